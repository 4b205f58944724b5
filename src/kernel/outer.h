/* Products over the batch: the gradient of shared weights of a matrix product.
 *
 *     y[i][j] = the sum over live lanes l, and over rows m within each, of a[m][i][l] * b[m][j][l]
 *
 * from +0, one fused multiply-add per term, in order. With b transposed so that its columns are adjacent, this is a plain matrix product over the
 * lanes: 16 columns to a vector, a's numbers broadcast. add: the sums are added to y. */
#ifndef LNG_KERNEL_OUTER_H
#define LNG_KERNEL_OUTER_H
#include "kernel/lanes.h"

typedef struct lng_outer {
    int64_t rows, i, j;
} lng_outer;

static inline int64_t lng_outer_columns(const lng_outer *k) /* j, rounded up to whole vectors */
{
    return (k->j + 15) / 16 * 16;
}
static inline size_t lng_outer_scratch(const lng_outer *k)
{
    return (size_t)(lng_outer_columns(k) * k->rows * 16) * sizeof(float);
}
#define lng_outer_run LNG_NAME(lng_outer_run)
void lng_outer_run(const lng_outer *, int live, bool add, const float *a, const float *b, float *y, float *scratch);

#endif
