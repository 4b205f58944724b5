/* Products of single values: what product.h says of vectors of sixteen examples, for numbers. Lanes run along the outputs, whose weights are
 * adjacent. Each output is still one chain of fused multiply-adds in the order of the taps, so the bits are the same.
 *
 * Positions in x and y are counted in numbers. `channel` is 1, and w holds numbers. Up to fifteen numbers after the end of w, and of x if each
 * output has its own, are read and not used. */
#ifndef LNG_KERNEL_ROW_PRODUCT_H
#define LNG_KERNEL_ROW_PRODUCT_H
#include "kernel/product.h"

/* y = x w, or part of it. */
#define lng_row_product_run LNG_NAME(lng_row_product_run)
void lng_row_product_run(const lng_product *, int part, int parts, const float *x, const float *w, float *y);

/* A matrix with its rows as columns. */
#define lng_row_product_turn LNG_NAME(lng_row_product_turn)
void lng_row_product_turn(float *to, const float *from, int64_t rows, int64_t columns);

#endif
