/* Products over the batch: the gradient of shared weights of a matrix product.
 *
 *     y[i][j] = the sum over live lanes l, and over rows m within each, of a[m][i][l] * b[m][j][l]
 *
 * from +0, one fused multiply-add per term, in order. With b transposed so that its columns are adjacent, this is a plain matrix product over the
 * lanes: 16 columns to a vector, a's numbers broadcast. add: the sums are added to y. So that y, which may be as large as all weights, is
 * written once for several slices, they are added up tile by tile, in the tree that splits at the largest power of two below their number. */
#ifndef LNG_KERNEL_OUTER_H
#define LNG_KERNEL_OUTER_H
#include "kernel/lanes.h"

typedef struct lng_outer {
    int64_t rows, i, j;
} lng_outer;

#define LNG_OUTER_PANEL 64 /* at most so many columns of b lie together, transposed, */
#define LNG_OUTER_ROWS  96 /* and go through at most so many rows of y one after the other: fewer if each has many terms */
static inline int64_t lng_outer_block(const lng_outer *k)
{
    return k->rows == 1 ? LNG_OUTER_ROWS : LNG_OUTER_ROWS / 2;
}
static inline size_t lng_outer_scratch(const lng_outer *k) /* bytes, for each slice */
{
    const int64_t columns = (k->j + LNG_OUTER_PANEL - 1) / LNG_OUTER_PANEL * LNG_OUTER_PANEL;
    return (size_t)((columns + lng_outer_block(k)) * k->rows * 16 + LNG_OUTER_ROWS * LNG_OUTER_PANEL + lng_outer_block(k) * 16) *
           sizeof(float);
}
/* n slices, at most 2^LNG_OUTER_LEVELS. a, b: the floats from one to the next. live: of the last slice. */
#define LNG_OUTER_LEVELS 6
typedef struct lng_outer_slices {
    int n;
    ptrdiff_t a, b;
    int live;
} lng_outer_slices;
/* Rows of y. */
typedef struct lng_outer_rows {
    int64_t from, end;
    bool add;           /* to what is there */
    const float *claim; /* what will be written next, laid out like y: its lines are asked for; or NULL */
} lng_outer_rows;
#define lng_outer_run LNG_NAME(lng_outer_run)
/* True if all sums are finite. */
bool lng_outer_run(const lng_outer *, lng_outer_slices, lng_outer_rows, const float *a, const float *b, float *y, float *scratch);

#endif
