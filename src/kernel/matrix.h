/* Products of matrices in lanes, such as attention's: each of the 16 examples has its own, or shares one operand with the others.
 *
 *     y[m][n] = the sum of a[m][k] b[k][n]: from +0, one fused multiply-add for each k in ascending order
 *
 * An operand holds vectors if its kind is per-example (`lanes`), and numbers if it is shared. Steps are counted in those, so transposed operands are read
 * where they lie. */
#ifndef LNG_KERNEL_MATRIX_H
#define LNG_KERNEL_MATRIX_H
#include "kernel/lanes.h"

typedef struct lng_matrix {
    int64_t m, n, k;
    int64_t a_m, a_k, b_k, b_n; /* the operands' steps */
    bool a_lanes, b_lanes;      /* at least one is */
} lng_matrix;

/* Rows `from` <= m < `end` of y. */
#define lng_matrix_run LNG_NAME(lng_matrix_run)
void lng_matrix_run(const lng_matrix *, int64_t from, int64_t end, const float *a, const float *b, float *y);

#endif
