/* Products in lanes: what convolutions, their input gradients and products with shared weights have in common.
 *
 *     y[point][q] = the sum over taps t of x[point + t] * w[point + t][q],    from +0, one fused multiply-add per tap, in order
 *
 * x and y hold vectors (one element of 16 examples each); w holds numbers that all examples share (or vectors too). The taps of a point are a
 * list of runs: n adjacent vectors of x against n rows of w. All points of a group have the same runs, each from its own positions in x and
 * w. The pixels of an image thus fall into few groups: one for the inside and, at the borders, where taps are missing, one for each shape of
 * window, wherever it lies. Nothing is ever multiplied by a padding zero, and no tile is half empty.
 *
 * Several such products, of other vectors of x with other columns of w, may share their points: the bands. Or each output has an x of its own:
 *
 *     y[point][q] = the sum over taps t of x[point + t][q] * w[point + t][q]
 *
 * Tiles of P points by Q outputs are held in registers; product.c fixes their sizes. */
#ifndef LNG_KERNEL_PRODUCT_H
#define LNG_KERNEL_PRODUCT_H
#include "base/arena.h"
#include "kernel/lanes.h"

/* Positions in x and y are counted in vectors, those in w in numbers (or vectors). */
typedef struct lng_run {
    int32_t x, w, n;
} lng_run;
typedef struct lng_point {
    int32_t x, w, y;
} lng_point;
typedef struct lng_group {
    const lng_run *run;
    const lng_point *point; /* those of the same w follow each other */
    int runs, points;
} lng_group;
typedef struct lng_product {
    lng_group *group;
    int groups, channels;
    int32_t tap, channel; /* steps in w from tap to tap of a run, and from output to output; one of them is 1 */
    int chunk;            /* the number of points that go through all outputs together */
    int32_t taps;         /* the rows of w, if they are adjacent from tap to tap; else 0 */
    bool alone;           /* each output has its own x, `channel` is 1, and w holds numbers */
    int bands;
    int32_t x_band, w_band, y_band; /* steps from band to band */
} lng_product;
/* Few weights stay in the first caches and are read again for every few points; many are read once for all points. */
#define LNG_PRODUCT_MANY 65536
static inline int lng_product_chunk(int64_t weights)
{
    return weights > LNG_PRODUCT_MANY ? INT32_MAX / 2 : 4;
}

typedef struct lng_span {
    int from, end;
} lng_span;
static inline lng_span lng_span_part(int n, int part, int parts)
{
    return (lng_span){(int)((int64_t)n * part / parts), (int)((int64_t)n * (part + 1) / parts)};
}
/* A part is some of a group's points or, where points are few, some of the outputs. */
static inline void lng_product_part(const lng_group *g, int all, int part, int parts, lng_span *points, lng_span *outputs)
{
    const bool many = g->points >= 4 * parts;
    *points = many ? lng_span_part(g->points, part, parts) : (lng_span){0, g->points};
    *outputs = many ? (lng_span){0, all} : lng_span_part(all, part, parts);
}

/* Many weights are copied into panels, each as wide as a tile, and then read in their order. Returns w, or the panels. lanes: w holds vectors. */
#define lng_product_scratch LNG_NAME(lng_product_scratch)
#define lng_product_pack    LNG_NAME(lng_product_pack)
size_t lng_product_scratch(const lng_product *, bool lanes);
const float *lng_product_pack(const lng_product *, bool lanes, const float *w, float *scratch);

/* y = x w, or part of it; w has been packed. */
#define lng_product_run LNG_NAME(lng_product_run)
void lng_product_run(const lng_product *, bool lanes, int part, int parts, const float *x, const float *w, float *y);

/* A point on one axis of an image: the positions that its taps read, and the numbers of the taps. */
typedef struct lng_taps {
    int n;
    const int32_t *at, *tap;
} lng_taps;
/* Rows by columns of points: the steps of one position, one tap and one point along rows and columns; each position holds `depth` vectors. */
typedef struct lng_grid {
    const lng_taps *row, *column;
    int rows, columns;
    int32_t x_row, x_column, w_row, w_column, y_column;
    int32_t depth;
} lng_grid;
/* Fills in the groups; the other members are the caller's. (grid.c) */
void lng_product_prepare(lng_product *, const lng_grid *, lng_arena *);

#endif
