/* Tables of text (table.h). */
#include "report/table.h"
#include <math.h>
#include <string.h>

typedef struct cell {
    const char *text;
    lng_style style;
} cell;

struct lng_table {
    lng_arena *arena;
    const char *align;
    int columns, indent, gap;
    cell *cell;
    size_t cells, capacity;
    size_t *rule; /* the rows that it precedes */
    size_t rules, rule_capacity;
};

const char *lng_style_on(lng_look look, lng_style style)
{
    static const char *const on[] = {"", "\033[1m", "\033[2m", "\033[1;36m", "\033[1;35m"};
    return look.colour ? on[style] : "";
}

const char *lng_style_off(lng_look look, lng_style style)
{
    return !look.colour || style == LNG_PLAIN ? "" : "\033[0m";
}

lng_table *lng_table_new(lng_arena *arena, const char *align, int indent, int gap)
{
    lng_table *t = LNG_NEW(arena, lng_table);
    *t = (lng_table){.arena = arena, .align = align, .columns = (int)strlen(align), .indent = indent, .gap = gap};
    return t;
}

void lng_table_cell(lng_table *t, lng_style style, const char *text)
{
    t->cell = lng_grow(t->arena, t->cell, t->cells, &t->capacity, sizeof *t->cell);
    t->cell[t->cells++] = (cell){text, style};
}

void lng_table_rule(lng_table *t)
{
    t->rule = lng_grow(t->arena, t->rule, t->rules, &t->rule_capacity, sizeof *t->rule);
    t->rule[t->rules++] = t->cells / (size_t)t->columns;
}

static int text_width(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

/* width[c] < 0: the column is dropped. */
typedef struct layout {
    int *width, gap;
} layout;

static int total_width(const lng_table *t, layout l)
{
    int total = t->indent, shown = 0;
    for (int c = 0; c < t->columns; c++)
        if (l.width[c] >= 0)
            total += l.width[c] + (shown++ ? l.gap : 0);
    return total;
}

/* To fit a width (0: any), first narrows wide gaps, then drops columns, then closes gaps. */
static layout lay_out(const lng_table *t, int limit)
{
    layout l = {LNG_NEW_N(t->arena, (size_t)t->columns, int), t->gap};
    for (size_t i = 0; i < t->cells; i++) {
        const int n = text_width(t->cell[i].text), c = (int)(i % (size_t)t->columns);
        l.width[c] = n > l.width[c] ? n : l.width[c];
    }
    if (limit <= 0)
        return l;
    while (l.gap > 2 && total_width(t, l) > limit)
        l.gap--;
    for (int c = t->columns - 1; c >= 0 && total_width(t, l) > limit; c--)
        if (t->align[c] == 'L' || t->align[c] == 'R')
            l.width[c] = -1;
    if (l.gap > 1 && total_width(t, l) > limit)
        l.gap = 1;
    return l;
}

int lng_table_width(const lng_table *t)
{
    return total_width(t, lay_out(t, 0));
}

static void spaces(lng_text *out, int n)
{
    while (n-- > 0)
        lng_text_put(out, " ", 1);
}

static void write_rule(const lng_table *t, layout l, lng_text *out, lng_look look)
{
    spaces(out, t->indent);
    lng_text_add(out, "%s", lng_style_on(look, LNG_DIM));
    for (int n = total_width(t, l) - t->indent; n > 0; n--)
        lng_text_add(out, "%s", look.utf8 ? "─" : "-");
    lng_text_add(out, "%s\n", lng_style_off(look, LNG_DIM));
}

static void write_row(const lng_table *t, const cell *row, int cells, layout l, lng_text *out, lng_look look)
{
    int pending = t->indent; /* spaces held back, so that no line ends in one */
    for (int c = 0; c < cells; c++) {
        if (l.width[c] < 0)
            continue;
        const int pad = l.width[c] - text_width(row[c].text);
        const bool left = t->align[c] == 'l' || t->align[c] == 'L';
        if (*row[c].text) {
            spaces(out, pending + (left ? 0 : pad));
            lng_text_add(out, "%s%s%s", lng_style_on(look, row[c].style), row[c].text, lng_style_off(look, row[c].style));
            pending = left ? pad : 0;
        } else
            pending += l.width[c];
        pending += l.gap;
    }
    lng_text_put(out, "\n", 1);
}

void lng_table_write(const lng_table *t, lng_text *out, lng_look look)
{
    const size_t columns = (size_t)t->columns, rows = (t->cells + columns - 1) / columns;
    const layout l = lay_out(t, look.width);
    size_t rule = 0;
    for (size_t r = 0; r <= rows; r++) {
        for (; rule < t->rules && t->rule[rule] == r; rule++)
            write_rule(t, l, out, look);
        if (r < rows)
            write_row(t, t->cell + r * columns, (int)(r + 1 < rows ? columns : t->cells - r * columns), l, out, look);
    }
}

const char *lng_fixed(lng_arena *arena, double value, int decimals)
{
    if (!isfinite(value))
        return isnan(value) ? "undefined" : value > 0 ? "infinity" : "-infinity";
    return lng_format(arena, fabs(value) < 1e9 ? "%.*f" : "%.*e", decimals, value);
}

const char *lng_count(lng_arena *arena, int64_t n)
{
    char buffer[LNG_NUMBER_SIZE];
    return lng_copy(arena, lng_grouped(buffer, n));
}

const char *lng_rate(lng_arena *arena, double each_second)
{
    return each_second < 9.95 ? lng_fixed(arena, each_second, 1) : lng_count(arena, (int64_t)(each_second + 0.5));
}

static void wrap_line(lng_text *out, const char *line, size_t n, const char *indent, int width)
{
    const char *end = line + n;
    int column = 0;
    while (line < end) {
        size_t word = strcspn(line, " \n");
        if (word > (size_t)(end - line))
            word = (size_t)(end - line);
        if (column > 0 && column + 1 + (int)word > width) {
            lng_text_add(out, "\n");
            column = 0;
        }
        lng_text_add(out, "%s", column == 0 ? indent : " ");
        column += (column == 0 ? (int)strlen(indent) : 1) + (int)word;
        lng_text_put(out, line, word);
        line += word;
        while (line < end && *line == ' ')
            line++;
    }
}

void lng_wrap(lng_text *out, const char *text, const char *indent, int width)
{
    for (;;) {
        const size_t n = strcspn(text, "\n");
        wrap_line(out, text, n, indent, width > 0 ? width : 80);
        if (!text[n] || !text[n + 1])
            return;
        lng_text_add(out, "\n");
        text += n + 1;
    }
}
