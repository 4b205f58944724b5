/* Rows to windows: the series are told apart, cut where rows of other parts stand, and followed from the first row of each run. */
#include "config.h"
#include "data/window.h"
#include <string.h>

int64_t lng_field_row(const lng_data_field *f)
{
    return lng_shape_size(f->shape) / (f->rows ? f->rows : 1);
}

bool lng_field_takes(const lng_data_field *f, double x)
{
    return (!f->fraction || (x >= 0 && x <= 1)) && (f->below == 0 || x < (double)f->below);
}

bool lng_field_is_class(const lng_data_field *f)
{
    return f->dtype == LNG_I32 && f->shape.rank == 0 && !f->whole && (!f->columns || f->columns->class);
}

const char *lng_field_kind(const lng_data_field *f)
{
    return f->dtype == LNG_F32                ? "numbers"
           : f->whole                         ? "integers"
           : f->columns && f->columns->text   ? "text"
           : f->columns && !f->columns->class ? "category"
                                              : "class";
}

lng_data_field lng_field_of_row(const lng_data_field *field)
{
    lng_data_field f = *field;
    if (f.rows) {
        f.shape = lng_shape_row(f.shape);
        f.rows = 0;
    }
    return f;
}

lng_series lng_series_of(lng_arena *arena, const lng_array *group, int64_t rows)
{
    lng_series s = {.groups = 1};
    if (!group)
        return s;
    int32_t *of = LNG_NEW_N(arena, (size_t)rows + 1, int32_t);
    for (int64_t i = 0; i < rows; i++) {
        of[i] = (int32_t)lng_array_at(group, i);
        s.groups = of[i] >= s.groups ? of[i] + 1 : s.groups;
    }
    uint32_t *turn = LNG_NEW_N(arena, (size_t)rows + 1, uint32_t), *next = LNG_NEW_N(arena, (size_t)s.groups, uint32_t);
    for (int64_t i = 0; i < rows; i++)
        turn[i] = next[of[i]]++;
    s.group = of;
    s.turn = turn;
    return s;
}

/* A part of the file, while its windows are found. */
typedef struct part {
    const lng_series *series;
    const uint32_t *number; /* of its rows in the file; NULL: 0, 1, ... */
    int64_t rows;
} part;

static int64_t number_of(const part *p, int64_t row)
{
    return p->number ? p->number[row] : row;
}

static int32_t group_of(const part *p, int64_t row)
{
    return p->series->group ? p->series->group[number_of(p, row)] : 0;
}

static int64_t turn_of(const part *p, int64_t row)
{
    return p->series->turn ? (int64_t)p->series->turn[number_of(p, row)] : number_of(p, row);
}

/* Stably by series. */
static uint32_t *sorted_rows(lng_arena *arena, const part *p)
{
    uint32_t *row = LNG_NEW_N(arena, (size_t)p->rows + 1, uint32_t);
    int64_t *start = LNG_NEW_N(arena, (size_t)p->series->groups + 1, int64_t);
    for (int64_t i = 0; i < p->rows; i++)
        start[group_of(p, i) + 1]++;
    for (int64_t g = 0; g < p->series->groups; g++)
        start[g + 1] += start[g];
    for (int64_t i = 0; i < p->rows; i++)
        row[start[group_of(p, i)]++] = (uint32_t)i;
    return row;
}

/* Whether the row at a place of the sorted ones follows the one before it in its series. */
static bool follows(const part *p, const uint32_t *row, int64_t at)
{
    return group_of(p, row[at]) == group_of(p, row[at - 1]) && turn_of(p, row[at]) == turn_of(p, row[at - 1]) + 1;
}

int64_t lng_window_span(const lng_window_spec *spec, const lng_data_field *field, size_t fields)
{
    for (size_t i = 0; i < fields; i++)
        if (field[i].rows == 0)
            return spec->length + spec->ahead;
    return spec->length;
}

void lng_windows_find(lng_arena *arena, const lng_window_spec *spec, const lng_series *series, const uint32_t *number, int64_t rows,
                      int64_t span, lng_windows *w)
{
    const part p = {series, number, rows};
    int64_t *ends = LNG_NEW_N(arena, (size_t)rows + 1, int64_t); /* the window that each row ends: 1 + its first row's place */
    *w = (lng_windows){.row = sorted_rows(arena, &p)};
    for (int64_t run = 0, end; run < rows; run = end) {
        for (end = run + 1; end < rows && follows(&p, w->row, end);)
            end++;
        w->longest = end - run > w->longest ? end - run : w->longest;
        for (int64_t at = run; at + span <= end; at += spec->step, w->count++)
            ends[w->row[at + spec->length - 1]] = at + 1;
    }
    w->first = LNG_NEW_N(arena, (size_t)w->count + 1, uint32_t);
    for (int64_t i = 0, n = 0; i < rows; i++)
        if (ends[i])
            w->first[n++] = (uint32_t)(ends[i] - 1);
}

void lng_windows_gather(const lng_windows *w, const lng_window_spec *spec, const lng_data_field *field, const lng_array *rows,
                        int64_t before, lng_array *to, int64_t at)
{
    const size_t bytes = (size_t)lng_shape_size(rows->shape) * (size_t)lng_array_width(rows);
    const int64_t start = field->rows ? 0 : spec->length - 1 + spec->ahead, n = field->rows ? field->rows : 1;
    char *out = (char *)to->at + (size_t)(at * n) * bytes;
    for (int64_t i = 0; i < w->count; i++)
        for (int64_t k = 0; k < n; k++, out += bytes)
            memcpy(out, (const char *)rows->at + (size_t)(before + w->row[w->first[i] + start + k]) * bytes, bytes);
}
