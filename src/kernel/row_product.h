/* Products of single values: what product.h says of vectors of sixteen examples, for numbers. Lanes run along the outputs, whose weights are
 * adjacent. Each output is still one chain of fused multiply-adds in the order of the taps, so the bits are the same.
 *
 * Positions in x and y are counted in numbers. `channel` is 1, and w holds numbers. Up to fifteen numbers after the end of w, and of x if each
 * output has its own, are read and not used. */
#ifndef LNG_KERNEL_ROW_PRODUCT_H
#define LNG_KERNEL_ROW_PRODUCT_H
#include "kernel/product.h"

static inline int lng_row_product_vectors(const lng_product *k) /* of outputs */
{
    return (k->channels + 15) / 16;
}

/* y = x w, or part of it. */
#define lng_row_product_run LNG_NAME(lng_row_product_run)
void lng_row_product_run(const lng_product *, int part, int parts, const float *x, const float *w, float *y);

/* Where rows of many weights lie far apart, those of 16 outputs are copied into a panel, one row after the other, for all points. Such a product of 16
 * outputs, to be run so many times; NULL: it would not be faster. */
const lng_product *lng_row_product_panel(const lng_product *, int times, lng_arena *);
static inline size_t lng_row_product_panel_floats(const lng_product *panel) /* of its weights */
{
    return panel ? (size_t)panel->taps * 16 : 0;
}
/* Whether so many threads are about as busy as each other if each takes some of the panels. */
static inline bool lng_row_product_divides(const lng_product *k, int threads)
{
    const int panels = lng_row_product_vectors(k), most = (panels + threads - 1) / threads;
    return 5 * panels >= 4 * most * threads;
}
/* Copies the weights of the vector `v` of k's outputs, and returns the product for those that there are. */
#define lng_row_product_pack LNG_NAME(lng_row_product_pack)
lng_product lng_row_product_pack(const lng_product *k, const lng_product *panel, int v, const float *w, float *to);

/* A matrix with its rows as columns. */
#define lng_row_product_turn LNG_NAME(lng_row_product_turn)
void lng_row_product_turn(float *to, const float *from, int64_t rows, int64_t columns);

#endif
