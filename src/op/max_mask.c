/* y = 1 at the winner of each max, else 0: it carries the gradient of max. */
#include "op/winner.h"

static void reduction_of_op(reduction *r, const lng_node *n)
{
    reduction_of(r, n);
}

static void put(const lng_naive_call *call, const reduction *r, const ptrdiff_t at[2], int32_t winner, real best)
{
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t y = at[0];
    int32_t i = 0;
    (void)best;
    do
        F(call->out[0], y) = i++ == winner;
    while (lng_nest_next(&r->reduced, r->reduced.rank, 1, index, &y));
}

#ifdef LNG_FAST
static void v_put(const lng_call *call, const reduction *r, const ptrdiff_t at[2], i16 winner, v16 best)
{
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t y = at[0];
    int32_t i = 0;
    (void)best;
    do
        v_store((float *)call->out[0] + y, v_keep(iv_eq(winner, iv_set1(i++)), v_set1(1)));
    while (lng_nest_next(&r->reduced, r->reduced.rank, 1, index, &y));
}
#endif
LNG_KERNELS(max_mask, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    if (!infer_reduction(r))
        return false;
    r->shape[0] = r->in[0]->shape;
    return true;
}

/* The mask is constant as long as the winners are. */
static void vjp(lng_vjp *r)
{
    r->gin[0] = NULL;
}

const lng_op lng_op_max_mask = {
    .name = "max_mask",
    .about = "marks the winners of max",
    .math = "y = 1 where x is the winner of max over the same axes, else 0",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is compared"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "1 or 0, in the shape of x"}),
    LNG_ATTRS(LNG_REDUCTION_ATTRS),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 4] axes=[1]",
    .example = "made by the gradient of max",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 5, 3, 5, 2, 3)}, .out = {LNG_ARRAY(LNG_DIMS(2, 3), 0, 1, 0, 0, 0, 0)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 5, 3, 5, 2, 3)},
     .attr = {{.v = LNG_DIMS(0)}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 3), 0, 1, 1, 1, 0, 0)}},
    {.in = {LNG_VALUES(1, NAN, INFINITY, NAN)}, .out = {LNG_VALUES(0, 1, 0, 0)}},
};
static const lng_case cases[] = {LNG_REDUCTION_CASES(.distinct = true)};
LNG_OP_CASES(max_mask);
#endif
