/* y = the rows of x, made orthonormal one after the other: the Q of x = L Q, where the diagonal of L is positive.
 *
 * Gram and Schmidt's process, each row twice: what rounding leaves after the first time is gone after the second. In double, as the sums
 * have as many terms as x has columns. */
#include "op/kernel.h"
#include <string.h>

/* The inner product of rows i and k of y. */
static double product(lng_view y, int64_t columns, int64_t i, int64_t k)
{
    double sum = 0;
    for (int64_t c = 0; c < columns; c++)
        sum += (double)F(y, i * columns + c) * (double)F(y, k * columns + c);
    return sum;
}

/* Removes from row k what it has along the rows before it, and makes its length 1. */
static void orthonormalize(lng_view y, int64_t columns, int64_t k)
{
    for (int64_t i = 0; i < k; i++) {
        const double along = product(y, columns, i, k);
        for (int64_t c = 0; c < columns; c++)
            F(y, k * columns + c) = (real)((double)F(y, k * columns + c) - along * (double)F(y, i * columns + c));
    }
    const double length = real_sqrt(product(y, columns, k, k));
    for (int64_t c = 0; c < columns && length > 0; c++)
        F(y, k * columns + c) = (real)((double)F(y, k * columns + c) / length);
}

static void naive(const lng_naive_call *call)
{
    const lng_shape x = call->node->in[0]->shape;
    const int64_t rows = x.dim[0], columns = x.dim[1];
    for (int64_t e = 0; e < rows * columns; e++)
        F(call->out[0], e) = F(call->in[0], e);
    for (int64_t k = 0; k < rows; k++)
        for (int turn = 0; turn < 2; turn++)
            orthonormalize(call->out[0], columns, k);
}

#ifdef LNG_FAST
/* The same for one matrix. An inner product is a chain of additions, in which each waits for the one before; so a group of rows is freed at once
 * from what is along the rows before the group, but only the first time: the second time, a row needs all rows before it to be done. */
#define GROUP 8

static void remove_along(float *restrict y, const float *restrict from, int64_t columns, double along)
{
    for (int64_t c = 0; c < columns; c++)
        y[c] = (float)((double)y[c] - along * (double)from[c]);
}

static double inner_product(const float *a, const float *b, int64_t columns)
{
    double sum = 0;
    for (int64_t c = 0; c < columns; c++)
        sum += (double)a[c] * (double)b[c];
    return sum;
}

static void remove_from_group(float *restrict y, const float *restrict from, int64_t columns)
{
    double along[GROUP] = {0};
    for (int64_t c = 0; c < columns; c++)
        for (int r = 0; r < GROUP; r++)
            along[r] += (double)from[c] * (double)y[r * columns + c];
    for (int r = 0; r < GROUP; r++)
        remove_along(y + r * columns, from, columns, along[r]);
}

static void remove_rows(float *y, int64_t columns, int64_t first, int64_t k)
{
    float *row = y + k * columns;
    for (int64_t i = first; i < k; i++)
        remove_along(row, y + i * columns, columns, inner_product(y + i * columns, row, columns));
    const double length = real_sqrt(inner_product(row, row, columns));
    for (int64_t c = 0; c < columns && length > 0; c++)
        row[c] = (float)((double)row[c] / length);
}

static void fast(const lng_call *call)
{
    const lng_shape x = call->node->in[0]->shape;
    const int64_t rows = x.dim[0], columns = x.dim[1];
    float *y = call->out[0];
    memcpy(y, call->in[0], (size_t)(rows * columns) * sizeof *y);
    for (int64_t group = 0; group < rows; group += GROUP) {
        const bool whole = rows - group >= GROUP;
        for (int64_t i = 0; i < group && whole; i++)
            remove_from_group(y + group * columns, y + i * columns, columns);
        for (int64_t k = group; k < rows && k < group + GROUP; k++) {
            remove_rows(y, columns, whole ? group : 0, k);
            remove_rows(y, columns, 0, k);
        }
    }
}

LNG_FAST_IF(!n->in[0]->per_example)
#endif
LNG_KERNELS(orthonormal, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    const lng_shape x = r->in[0]->shape;
    r->shape[0] = x;
    return (x.rank == 2 && x.dim[0] <= x.dim[1]) || lng_infer_fail_operand(r, 0, "a matrix with at most as many rows as columns");
}

const lng_op lng_op_orthonormal = {
    .name = "orthonormal",
    .about = "the rows of a matrix, made orthonormal one after the other",
    .math =
        "y = Q of x = L Q, where Q has orthonormal rows and L is lower triangular with a positive diagonal. A row of 0 stays 0; of one "
        "that depends on those before it, what rounding leaves is taken",
    LNG_IN({"x", LNG_FLOAT_ONLY, "a matrix with at most as many rows as columns"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result, in the shape of x"}),
    .infer = infer,
    .no_vjp = "it is meant for initial values",
    .example = "- sum(orthonormal(reshape(it, shape=[8, 98])), axes=[0])",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 3, 4, 1, 2)}, .out = {LNG_ARRAY(LNG_DIMS(2, 2), 0.6, 0.8, -0.8, 0.6)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3), -2, 1, 2)}, .out = {LNG_ARRAY(LNG_DIMS(1, 3), -2 / 3., 1 / 3., 2 / 3.)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 0, 1, 1e-3)}, .out = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 0, 0, 1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2), 0, 0)}, .out = {LNG_ARRAY(LNG_DIMS(1, 2), 0, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(1, 1)}, .low = 1, .high = 2},
    {.in = {LNG_DIMS(5, 17)}},
    {.in = {LNG_DIMS(3, 40)}},
    {.in = {LNG_DIMS(21, 23)}},
};
LNG_OP_CASES(orthonormal);
#endif
