/* Charts of text (chart.h). A cell has 2 x 4 dots in braille, otherwise one. */
#include "report/chart.h"
#include <math.h>
#include <string.h>

enum { MOST_COLUMNS = 100, MOST_ROWS = 24 };
static const char *const color[LNG_CHART_CURVES] = {"\033[1;36m", "\033[1;35m"};
static const char letter[LNG_CHART_CURVES] = {'*', 'o'};

typedef struct raster {
    int columns, rows, across, down;                               /* cells, and dots in each */
    unsigned char dots[LNG_CHART_CURVES][MOST_ROWS][MOST_COLUMNS]; /* of a cell, as braille has them */
} raster;

static int least(int a, int b)
{
    return a < b ? a : b;
}

static void put_dot(raster *r, int curve, int x, int y)
{
    static const unsigned char bit[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
    r->dots[curve][y / r->down][x / r->across] |= bit[y % r->down][x % r->across];
}

/* From one dot to the next, without gaps. */
static void join(raster *r, int curve, int x0, int y0, int x1, int y1)
{
    const int dx = x1 - x0, dy = y1 > y0 ? y1 - y0 : y0 - y1, steps = dx > dy ? dx : dy;
    for (int i = 0; i <= steps; i++)
        put_dot(r, curve, x0 + (steps ? (2 * dx * i + steps) / (2 * steps) : 0),
                y0 + (steps ? ((y1 > y0 ? 2 : -2) * dy * i + (y1 > y0 ? steps : -steps)) / (2 * steps) : 0));
}

static void draw_curve(raster *r, const lng_chart *c, int curve, double low, double high)
{
    const int width = r->columns * r->across - 1, height = r->rows * r->down - 1;
    const double first = c->x[0], last = c->x[c->n - 1];
    int x0 = -1, y0 = 0;
    for (size_t i = 0; c->y[curve] && i < c->n; i++) {
        if (!isfinite(c->y[curve][i])) {
            x0 = -1;
            continue;
        }
        const int x = last > first ? (int)(width * (c->x[i] - first) / (last - first) + 0.5) : 0;
        const int y = (int)(height * (high - c->y[curve][i]) / (high - low) + 0.5);
        join(r, curve, x0 < 0 ? x : x0, x0 < 0 ? y : y0, x, y);
        x0 = x, y0 = y;
    }
}

/* The curve in front, and its dots or its letter. */
static void put_cell(const raster *r, lng_text *out, lng_look look, int row, int column)
{
    const unsigned char back = r->dots[0][row][column], front = r->dots[1][row][column];
    const int curve = front != 0;
    const unsigned dots = look.colour ? back | front : back;
    if (!back && !front)
        lng_text_add(out, " ");
    else if (!look.utf8 || (front && !look.colour))
        lng_text_add(out, "%s%c%s", look.colour ? color[curve] : "", letter[curve], look.colour ? "\033[0m" : "");
    else
        lng_text_add(out, "%s%c%c%c%s", look.colour ? color[curve] : "", 0xe2, 0xa0 + (int)(dots >> 6), 0x80 + (int)(dots & 63),
                     look.colour ? "\033[0m" : "");
}

/* Up to the last one that is not empty. */
static int used_columns(const raster *r, int row)
{
    int n = r->columns;
    while (n > 0 && !r->dots[0][row][n - 1] && !r->dots[1][row][n - 1])
        n--;
    return n;
}

static void put_legend(const lng_chart *c, lng_text *out, lng_look look)
{
    lng_text_add(out, "%*s%s%s%s", LNG_CHART_LEFT, "", lng_style_on(look, LNG_BOLD), c->title, lng_style_off(look, LNG_BOLD));
    for (int k = 0; k < LNG_CHART_CURVES && c->y[0] && c->y[1]; k++)
        lng_text_add(out, "   %s%s%s %s", look.colour ? color[k] : "",
                     look.utf8 && (look.colour || k == 0) ? "⠒⠒" : (char[]){letter[k], letter[k], 0}, look.colour ? "\033[0m" : "",
                     c->name[k]);
    lng_text_add(out, "\n");
}

static void put_rows(const raster *r, const lng_chart *c, lng_text *out, lng_look look, double low, double high)
{
    lng_arena *a = out->arena;
    for (int row = 0; row < r->rows; row++) {
        const char *label = row == 0 ? lng_format(a, "%.4g", high) : row == r->rows - 1 ? lng_format(a, "%.4g", low) : "";
        lng_text_add(out, "%*s %s", LNG_CHART_LEFT - 2, label, look.utf8 ? "│" : "|");
        for (int column = 0; column < used_columns(r, row); column++)
            put_cell(r, out, look, row, column);
        lng_text_add(out, "\n");
    }
    lng_text_add(out, "%*s%s", LNG_CHART_LEFT - 1, "", look.utf8 ? "└" : "+");
    for (int column = 0; column < r->columns; column++)
        lng_text_add(out, look.utf8 ? "─" : "-");
    const char *first = lng_format(a, "%.0f", c->x[0]), *last = lng_format(a, "epoch %.0f", c->x[c->n - 1]);
    lng_text_add(out, "\n%*s%s%*s\n", LNG_CHART_LEFT, "", first, r->columns - (int)strlen(first), last);
}

void lng_chart_write(const lng_chart *c, lng_text *out, lng_look look)
{
    raster r = {.columns = least(c->columns, MOST_COLUMNS),
                .rows = least(c->rows, MOST_ROWS),
                .across = look.utf8 ? 2 : 1,
                .down = look.utf8 ? 4 : 1};
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (int k = 0; k < LNG_CHART_CURVES; k++)
        for (size_t i = 0; c->y[k] && i < c->n; i++)
            if (isfinite(c->y[k][i])) {
                low = fmin(low, c->y[k][i]);
                high = fmax(high, c->y[k][i]);
            }
    if (low > high)
        return;
    lng_round_range(&low, &high);
    for (int k = 0; k < LNG_CHART_CURVES; k++)
        draw_curve(&r, c, k, low, high);
    put_legend(c, out, look);
    put_rows(&r, c, out, look, low, high);
}
