/* y = the index of the largest of x along an axis. */
#include "op/winner.h"

static void reduction_of_op(reduction *r, const lng_node *n)
{
    const lng_shape x = n->in[0]->shape;
    bool axis[LNG_MAX_RANK] = {0};
    axis[axis_of(n->attr[LNG_ARGMAX_AXIS].i, x.rank)] = true;
    reduction_of_axes(r, x, axis);
}

static void put(const lng_naive_call *call, const reduction *r, const ptrdiff_t at[2], int32_t winner, real best)
{
    (void)r, (void)best;
    I(call->out[0], at[1]) = winner;
}

#ifdef LNG_FAST
static void v_put(const lng_call *call, const reduction *r, const ptrdiff_t at[2], i16 winner, v16 best)
{
    (void)r, (void)best;
    iv_store((int32_t *)call->out[0] + at[1], winner);
}
#endif
LNG_KERNELS(argmax, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    const lng_shape x = r->in[0]->shape;
    int axis;
    if (!lng_infer_axis(r, LNG_ARGMAX_AXIS, r->attr[LNG_ARGMAX_AXIS].i, &axis))
        return false;
    for (int i = 0; i < x.rank; i++)
        if (i != axis)
            r->shape[0].dim[r->shape[0].rank++] = x.dim[i];
    r->dtype[0] = LNG_I32;
    return true;
}

const lng_op lng_op_argmax = {
    .name = "argmax",
    .about = "the index of the largest number along an axis",
    .math = "y = the index of the largest of x along the axis; the first of equals wins, and NaN wins over numbers",
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is compared"}),
    LNG_OUT({"y", LNG_INT_ONLY, "indices from 0"}),
    LNG_ATTRS([LNG_ARGMAX_AXIS] = {"axis", LNG_AXIS_ATTR, .fallback = {.i = -1}}),
    .infer = infer,
    .no_vjp = "its results are integers",
    .example = "metrics: ['accuracy(out, label)', 'equal(argmax(out), label)']",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 5, 3, 5)}, .default_attr = true, .out = {LNG_NUMBER(1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 5, 3, 4, 2, 6)}, .attr = {{.i = 0}}, .out = {LNG_VALUES(1, 0, 1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 5, NAN, NAN, 2, 6)}, .attr = {{.i = -1}}, .out = {LNG_VALUES(2, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(1)}, .default_attr = true},     {.in = {LNG_DIMS(10)}, .default_attr = true},
    {.in = {LNG_DIMS(3, 20)}, .attr = {{.i = 0}}},   {.in = {LNG_DIMS(3, 20)}, .attr = {{.i = -1}}},
    {.in = {LNG_DIMS(2, 5, 3)}, .attr = {{.i = 1}}},
};
LNG_OP_CASES(argmax);
#endif
