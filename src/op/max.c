/* y = the largest of x over axes. */
#include "op/winner.h"

static void reduction_of_op(reduction *r, const lng_node *n)
{
    reduction_of(r, n);
}

static void put(const lng_naive_call *call, const reduction *r, const ptrdiff_t at[2], int32_t winner, real best)
{
    (void)r, (void)winner;
    F(call->out[0], at[1]) = best;
}

#ifdef LNG_FAST
static void v_put(const lng_call *call, const reduction *r, const ptrdiff_t at[2], i16 winner, v16 best)
{
    (void)r, (void)winner;
    v_store((float *)call->out[0] + at[1], best);
}
#endif
LNG_KERNELS(max, naive, prepare);

#ifdef LNG_TABLE
static void vjp(lng_vjp *r)
{
    const lng_node *n = r->node;
    lng_value *mask = lng_emit(r->graph, &lng_op_max_mask, n->in, 1, n->attr, NULL);
    r->gin[0] = lng_mul(r->graph, mask, unreduced(r->graph, n, r->gout[0]));
}

const lng_op lng_op_max = {
    .name = "max",
    .about = "the largest number over axes",
    .math =
        "y = the largest of x over the axes; the first of equals in row-major order wins and gets the gradient; NaN wins over numbers",
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is compared"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the winners"}),
    LNG_ATTRS(LNG_REDUCTION_ATTRS),
    .infer = infer_reduction,
    .vjp = vjp,
    .trial = "[3, 4] axes=[1] | [2, 3]",
    .example = "- it / max(it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 5, 3, 4, 2, 6)}, .out = {LNG_NUMBER(6)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 5, 3, 4, 2, 6)}, .attr = {{.v = LNG_DIMS(0)}}, .out = {LNG_VALUES(4, 5, 6)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 5, 3, 4, 2, 6)},
     .attr = {{.v = LNG_DIMS(-1)}, {.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 1), 5, 6)}},
    {.in = {LNG_VALUES(1, NAN, INFINITY)}, .out = {LNG_NUMBER(NAN)}},
};
static const lng_case cases[] = {LNG_REDUCTION_CASES(.distinct = true)};
LNG_OP_CASES(max);
#endif
