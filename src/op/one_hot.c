/* y[.., k] = 1 where x[..] is k, else 0. */
#include "op/kernel.h"

static void naive(const lng_naive_call *call)
{
    int64_t depth = call->node->attr[LNG_ONE_HOT_DEPTH].i;
    for (int64_t e = 0, size = lng_shape_size(call->node->in[0]->shape); e < size; e++)
        for (int64_t k = 0; k < depth; k++)
            F(call->out[0], e * depth + k) = I(call->in[0], e) == k;
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const int64_t depth = call->node->attr[LNG_ONE_HOT_DEPTH].i, size = lng_shape_size(call->node->in[0]->shape);
    float *y = call->out[0];
    for (int64_t e = 0; e < size; e++) {
        i16 x = iv_load((const int32_t *)call->in[0] + e * LNG_LANES);
        for (int64_t k = 0; k < depth; k++, y += LNG_LANES)
            v_store(y, v_keep(iv_eq(x, iv_set1((int32_t)k)), v_set1(1)));
    }
}

LNG_FAST_IF(n->out[0].per_example)
#endif
LNG_KERNELS(one_hot, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    lng_shape y = r->in[0]->shape;
    char text[LNG_SHAPE_TEXT];
    if (y.rank == LNG_MAX_RANK)
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "one_hot expects at most %d dimensions, got shape %s", LNG_MAX_RANK - 1,
                                 lng_shape_text(text, y));
    y.dim[y.rank++] = r->attr[LNG_ONE_HOT_DEPTH].i;
    r->shape[0] = y;
    return true;
}

const lng_op lng_op_one_hot = {
    .name = "one_hot",
    .about = "indices as vectors with a single 1",
    .math = "y[.., k] = 1 where x[..] = k, else 0; all 0 where x is not from 0 to depth - 1",
    LNG_IN({"x", LNG_INT_ONLY, "indices"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "one more dimension, of size depth"}),
    LNG_ATTRS([LNG_ONE_HOT_DEPTH] = {"depth", LNG_ATTR_INT, .required = true, .low = 1, .high = 2147483647,
                                     .about = "the number of different indices"}),
    .infer = infer,
    .no_vjp = "its operands are integers",
    .example = "loss: mse(out, one_hot(label, depth=10))",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_NUMBER(2)}, .attr = {{.i = 4}}, .out = {LNG_VALUES(0, 0, 1, 0)}},
    {.in = {LNG_VALUES(1, 3, -1)}, .attr = {{.i = 3}}, .out = {LNG_ARRAY(LNG_DIMS(3, 3), 0, 1, 0, 0, 0, 0, 0, 0, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_SCALAR}, .attr = {{.i = 10}}, .low = 0, .high = 9},
    {.in = {LNG_DIMS(3, 2)}, .attr = {{.i = 5}}, .low = -2, .high = 6},
    {.in = {LNG_DIMS(17)}, .attr = {{.i = 1}}, .low = -1, .high = 1},
};
LNG_OP_CASES(one_hot);
#endif
