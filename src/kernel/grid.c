/* The points and runs of products, which are the same at every level. */
#include "kernel/row_product.h"

/* ---- grouping ---- */
static bool same_taps(const lng_taps *a, const lng_taps *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 1; i < a->n; i++)
        if (a->at[i] - a->at[0] != b->at[i] - b->at[0] || a->tap[i] - a->tap[0] != b->tap[i] - b->tap[0])
            return false;
    return true;
}

/* Sorts points by their taps: kind[i] counts from 0, first[kind] is the first point of a kind. Returns the number of kinds. */
static int kinds_of(const lng_taps *t, int n, int *kind, int *first)
{
    int kinds = 0;
    for (int i = 0; i < n; i++) {
        int k = 0;
        while (k < kinds && !same_taps(&t[first[k]], &t[i]))
            k++;
        if (k == kinds)
            first[kinds++] = i;
        kind[i] = k;
    }
    return kinds;
}

/* A run goes on as long as both x and w do. */
static void make_runs(lng_group *g, const lng_product *p, const lng_grid *d, const lng_taps *row, const lng_taps *column,
                      lng_arena *arena)
{
    lng_run *run = LNG_NEW_N(arena, (size_t)row->n * (size_t)column->n + 1, lng_run);
    for (int i = 0; i < row->n; i++)
        for (int j = 0; j < column->n; j++) {
            lng_run r = {(row->at[i] - row->at[0]) * d->x_row + (column->at[j] - column->at[0]) * d->x_column,
                         (row->tap[i] - row->tap[0]) * d->w_row + (column->tap[j] - column->tap[0]) * d->w_column, d->depth};
            const lng_run *last = g->runs ? &run[g->runs - 1] : NULL;
            if (last && last->x + last->n == r.x && last->w + (int64_t)last->n * p->tap == r.w)
                run[g->runs - 1].n += r.n;
            else
                run[g->runs++] = r;
        }
    g->run = run;
}

/* Points of the same weights, which may go together, follow each other: a group has few kinds of them. */
static const lng_point *by_weights(lng_point *point, int n, lng_arena *arena)
{
    lng_point *sorted = LNG_NEW_N(arena, (size_t)n + 1, lng_point);
    for (int placed = 0, left = n; left > 0;) {
        const int32_t w = point[0].w;
        int kept = 0;
        for (int i = 0; i < left; i++)
            if (point[i].w == w)
                sorted[placed++] = point[i];
            else
                point[kept++] = point[i];
        left = kept;
    }
    return sorted;
}

static void make_points(lng_group *g, const lng_grid *d, const int *row_kind, int rk, const int *column_kind, int ck,
                        lng_arena *arena)
{
    int points = 0;
    for (int i = 0; i < d->rows; i++)
        for (int j = 0; j < d->columns; j++)
            points += row_kind[i] == rk && column_kind[j] == ck;
    lng_point *point = LNG_NEW_N(arena, (size_t)points, lng_point);
    for (int i = 0; i < d->rows; i++)
        for (int j = 0; j < d->columns; j++) {
            if (row_kind[i] != rk || column_kind[j] != ck)
                continue;
            lng_point *at = &point[g->points++];
            at->y = (i * d->columns + j) * d->y_column;
            if (g->runs) {
                at->x = d->row[i].at[0] * d->x_row + d->column[j].at[0] * d->x_column;
                at->w = d->row[i].tap[0] * d->w_row + d->column[j].tap[0] * d->w_column;
            }
        }
    g->point = by_weights(point, g->points, arena);
}

void lng_product_prepare(lng_product *p, const lng_grid *d, lng_arena *arena)
{
    int *kind = LNG_NEW_N(arena, 2 * ((size_t)d->rows + (size_t)d->columns), int);
    int *row_kind = kind, *row_first = kind + d->rows, *column_kind = row_first + d->rows, *column_first = column_kind + d->columns;
    int row_kinds = kinds_of(d->row, d->rows, row_kind, row_first);
    int column_kinds = kinds_of(d->column, d->columns, column_kind, column_first);
    p->group = LNG_NEW_N(arena, (size_t)row_kinds * (size_t)column_kinds, lng_group);
    for (int i = 0; i < row_kinds; i++)
        for (int j = 0; j < column_kinds; j++) {
            lng_group *g = &p->group[p->groups++];
            make_runs(g, p, d, &d->row[row_first[i]], &d->column[column_first[j]], arena);
            make_points(g, d, row_kind, i, column_kind, j, arena);
        }
}

/* ---- panels ---- */
#define LEAST_POINTS 64 /* to share a copy */

static int points_of(const lng_product *k)
{
    int points = 0;
    for (int i = 0; i < k->groups; i++)
        points += k->group[i].points;
    return points;
}

/* The same group, of weights whose rows are 16 numbers long instead of `row`. */
static lng_group in_panel(const lng_group *g, int32_t row, lng_arena *arena)
{
    lng_run *run = LNG_NEW_N(arena, (size_t)g->runs + 1, lng_run);
    lng_point *point = LNG_NEW_N(arena, (size_t)g->points + 1, lng_point);
    for (int i = 0; i < g->runs; i++)
        run[i] = (lng_run){g->run[i].x, g->run[i].w / row * 16, g->run[i].n};
    for (int i = 0; i < g->points; i++)
        point[i] = (lng_point){g->point[i].x, g->point[i].w / row * 16, g->point[i].y};
    return (lng_group){run, point, g->runs, g->points};
}

const lng_product *lng_row_product_panel(const lng_product *k, int times, lng_arena *arena)
{
    if (k->taps == 0 || k->bands > 1 || k->alone || k->channels <= 16 || (int64_t)k->taps * k->channels <= LNG_PRODUCT_MANY ||
        points_of(k) * times < LEAST_POINTS)
        return NULL;
    lng_product *panel = LNG_NEW(arena, lng_product);
    *panel = *k;
    panel->tap = panel->channels = 16;
    panel->group = LNG_NEW_N(arena, (size_t)k->groups, lng_group);
    for (int i = 0; i < k->groups; i++)
        panel->group[i] = in_panel(&k->group[i], k->tap, arena);
    return panel;
}
