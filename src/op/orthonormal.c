/* y = the rows of x, made orthonormal one after the other: the Q of x = L Q, where the diagonal of L is positive.
 *
 * Gram and Schmidt's process, each row twice: what rounding leaves after the first time is gone after the second. In double, as the sums
 * have as many terms as x has columns. */
#include "op/kernel.h"

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

LNG_NAIVE_KERNELS(orthonormal, naive);

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
        "that depends on those before it, what rounding leaves is taken. For initial values: no gradient flows",
    LNG_IN({"x", LNG_FLOAT_ONLY, "a matrix with at most as many rows as columns"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result, in the shape of x"}),
    .infer = infer,
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
};
LNG_OP_CASES(orthonormal);
#endif
