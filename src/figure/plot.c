/* Plots (canvas.h). */
#include "figure/canvas.h"
#include <math.h>

#define TICKS      6    /* at most, about */
#define MOST_TICKS 100  /* whatever the range */
#define NARROW     1e-9 /* of a range, as a part of its numbers: ticks within it could not be told apart */
#define TINY       1e-280
#define LARGE      1e300

/* 1, 2 or 5 times a power of ten, so that there are few ticks. */
static double step_of(double low, double high)
{
    const double rough = fmax(fmin((high - low) / TICKS, LARGE), TINY);
    double step = 1;
    while (step < rough)
        step *= 10;
    while (step / 10 >= rough)
        step /= 10;
    return step / 5 >= rough ? step / 5 : step / 2 >= rough ? step / 2 : step;
}

void lng_round_range(double *low, double *high)
{
    *low = fmax(fmin(*low, LARGE), -LARGE);
    *high = fmax(fmin(*high, LARGE), -LARGE);
    const double size = fmax(fabs(*low), fabs(*high));
    if (!(*high - *low > fmax(NARROW * size, TINY))) {
        const double margin = size > TINY ? size / 10 : 1;
        *low -= margin;
        *high += margin;
    }
    const double step = step_of(*low, *high);
    *low = floor(*low / step) * step;
    *high = ceil(*high / step) * step;
}

double lng_plot_x(const lng_plot *p, double x)
{
    return p->left + p->width * (x - p->x0) / (p->x1 - p->x0);
}

double lng_plot_y(const lng_plot *p, double y)
{
    return p->top + p->height * (p->y1 - y) / (p->y1 - p->y0);
}

/* As many decimals as the step needs. */
static const char *tick_text(lng_arena *a, double value, double step)
{
    int decimals = 0;
    for (double s = step; decimals < 9 && fabs(s - floor(s + 0.5)) > 1e-6 * s; s *= 10)
        decimals++;
    return lng_format(a, fabs(value) < 1e6 ? "%.*f" : "%.*e", fabs(value) < 1e6 ? decimals : 1, fabs(value) < step / 2 ? 0 : value);
}

void lng_plot_axes(const lng_plot *p, const char *x_label, const char *y_label)
{
    lng_canvas *c = p->canvas;
    lng_arena *a = c->out->arena;
    const double bottom = p->top + p->height, right = p->left + p->width;
    const double step = step_of(p->x0, p->x1), dx = p->counts && step < 1 ? 1 : step, dy = step_of(p->y0, p->y1);
    const double first_x = ceil(p->x0 / dx - 1e-9) * dx, first_y = ceil(p->y0 / dy - 1e-9) * dy;
    for (int i = 0; i < MOST_TICKS && first_x + i * dx <= p->x1 + dx * 1e-9; i++) {
        const double x = first_x + i * dx;
        lng_canvas_line(c, "grid", lng_plot_x(p, x), p->top, lng_plot_x(p, x), bottom);
        lng_canvas_text(c, "dim", LNG_MIDDLE, lng_plot_x(p, x), bottom + 16, tick_text(a, x, dx));
    }
    for (int i = 0; i < MOST_TICKS && first_y + i * dy <= p->y1 + dy * 1e-9; i++) {
        const double y = first_y + i * dy;
        lng_canvas_line(c, "grid", p->left, lng_plot_y(p, y), right, lng_plot_y(p, y));
        lng_canvas_text(c, "dim", LNG_END, p->left - 6, lng_plot_y(p, y) + 4, tick_text(a, y, dy));
    }
    lng_canvas_line(c, "axis", p->left, bottom, right, bottom);
    lng_canvas_line(c, "axis", p->left, p->top, p->left, bottom);
    lng_canvas_text(c, "", LNG_MIDDLE, p->left + p->width / 2, bottom + 34, x_label);
    if (y_label)
        lng_canvas_text_up(c, "", p->left - 60, p->top + p->height / 2, y_label);
}

/* A path being written: its last point, and one that waits, as the next may lie on the same horizontal or vertical line. */
typedef struct path {
    lng_text *out;
    double x, y, wait_x, wait_y, near;
    bool open, waits;
} path;

static void flush(path *p)
{
    if (p->waits) {
        lng_text_add(p->out, "L%.1f %.1f", p->wait_x, p->wait_y);
        p->x = p->wait_x;
        p->y = p->wait_y;
    }
    p->waits = false;
}

static bool in_line(double a, double b, double c)
{
    return fabs(a - b) < 0.05 && fabs(b - c) < 0.05;
}

static void add_point(path *p, double x, double y, bool last)
{
    if (!p->open) {
        lng_text_add(p->out, "M%.1f %.1f", x, y);
        p->x = x;
        p->y = y;
        p->open = true;
        return;
    }
    if (p->waits && !in_line(p->x, p->wait_x, x) && !in_line(p->y, p->wait_y, y)) {
        if (!last && fabs(x - p->wait_x) + fabs(y - p->wait_y) < p->near)
            return;
        flush(p);
    }
    p->wait_x = x;
    p->wait_y = y;
    p->waits = true;
    if (last)
        flush(p);
}

void lng_plot_curve(const lng_plot *p, int series, const double *x, const double *y, size_t n)
{
    path path = {.out = p->canvas->out, .near = series < 0 ? 2 : 0.5}; /* pixels; thin lines are many */
    lng_text_add(path.out, series < 0 ? "<path class=\"fine\" d=\"" : "<path class=\"s%d\" d=\"", series % LNG_SERIES);
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i]) && isfinite(y[i]))
            add_point(&path, lng_plot_x(p, x[i]), lng_plot_y(p, y[i]), i + 1 == n);
        else {
            flush(&path);
            path.open = false;
        }
    flush(&path);
    lng_text_add(path.out, "\"/>\n");
}

void lng_plot_mark(const lng_plot *p, int series, double x, double y)
{
    const double at_x = lng_plot_x(p, x), at_y = lng_plot_y(p, y);
    lng_text_add(p->canvas->out,
                 series < LNG_SERIES
                     ? "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill-opacity=\"0.7\"/>\n"
                     : "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"4\" height=\"4\" fill-opacity=\"0.7\"/>\n",
                 series % LNG_SERIES, series < LNG_SERIES ? at_x : at_x - 2, series < LNG_SERIES ? at_y : at_y - 2);
}

void lng_plot_dot(const lng_plot *p, int series, double x, double y, const char *title)
{
    lng_text *out = p->canvas->out;
    lng_text_add(out, "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>", series % LNG_SERIES, lng_plot_x(p, x),
                 lng_plot_y(p, y));
    lng_markup(out, title);
    lng_text_add(out, "</title></circle>\n");
}

#define LINE   17 /* of a legend */
#define LEGEND 96 /* its width, for words such as "validation" */

void lng_plot_legend(const lng_plot *p, bool right, bool bottom, int entries, int i, int series, const char *text)
{
    const double x = right ? p->left + p->width - 8 : p->left + 8;
    const double y = (bottom ? p->top + p->height - 8 - LINE * (entries - 1) : p->top + 14) + LINE * i, side = right ? -1 : 1;
    lng_arena *a = p->canvas->out->arena;
    if (i == 0)
        lng_canvas_box(p->canvas, "back", right ? x - LEGEND : x - 4, y - LINE + 4, LEGEND + 4, LINE * entries + 2, 0.85);
    lng_canvas_line(p->canvas, series < 0 ? "fine" : lng_format(a, "s%d", series % LNG_SERIES), x, y - 4, x + side * 26, y - 4);
    lng_canvas_text(p->canvas, "", right ? LNG_END : LNG_START, x + side * 32, y, text);
}
