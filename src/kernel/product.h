/* Products in lanes: what convolutions, their input gradients and products with shared weights have in common.
 *
 *     y[point][q] = the sum over taps t of x[point + t] * w[point + t][q],    from +0, one fused multiply-add a tap, in order
 *
 * x and y hold vectors (an element of 16 examples each), w holds numbers that all examples share (or vectors too). The taps of a point are
 * a list of runs: n neighbouring vectors of x against n rows of w. All points of a group have the same runs, each from its own places in x
 * and in w. So the pixels of an image fall into few groups: those inside into one, and on its borders, where taps are missing, those with
 * the same shape of window go together, wherever they lie. Nothing is ever multiplied by a padding zero, and no tile is half empty.
 *
 * Tiles of P points by Q outputs are held in registers; their sizes are fixed when this is compiled (product.c). */
#ifndef LNG_KERNEL_PRODUCT_H
#define LNG_KERNEL_PRODUCT_H
#include "base/arena.h"
#include "kernel/lanes.h"

/* Places in x and y are counted in vectors; those in w in numbers (or vectors). */
typedef struct lng_run {
    int32_t x, w, n;
} lng_run;
typedef struct lng_point {
    int32_t x, w, y;
} lng_point;
typedef struct lng_group {
    const lng_run *run;
    const lng_point *point;
    int runs, points;
} lng_group;
typedef struct lng_product {
    lng_group *group;
    int groups, channels;
    int32_t tap, channel; /* steps in w from tap to tap of a run, and from output to output; one of them is 1 */
    int chunk;            /* how many points go together through all outputs */
} lng_product;
#define LNG_PRODUCT_NEAR 65536 /* numbers of w: up to here chunks are small, beyond it all points go together */

/* y = x w, or that part of it; lanes: w holds vectors. */
void LNG_NAME(lng_product_run)(const lng_product *, bool lanes, int part, int parts, const float *x, const float *w, float *y);

/* One axis of an image: for each point, the places that its taps read and the taps' numbers. */
typedef struct lng_taps {
    int n;
    const int32_t *place, *tap;
} lng_taps;
/* Rows by columns of points: steps of one place, one tap and one point in rows (y) and columns (x); each place holds `depth` vectors. */
typedef struct lng_grid {
    const lng_taps *row, *column;
    int rows, columns;
    int32_t x_row, x_column, w_row, w_column, y_column;
    int32_t depth;
} lng_grid;
/* Fills in the groups; the other members are the caller's. */
void LNG_NAME(lng_product_plan)(lng_product *, const lng_grid *, lng_arena *);

#endif
