/* y = the mean of x over axes. */
#include "op/sum.h"

#ifdef LNG_NAIVE
static void naive(const lng_naive_call *call)
{
    naive_sum(call, reduced_size(call->node));
}
#endif

#ifdef LNG_FAST
static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    return lng_prepare_sum(n, reduced_size(n), arena);
}
#endif

LNG_ALWAYS_FAST(mean, naive, prepare);

#ifdef LNG_TABLE
static void vjp(lng_vjp *r)
{
    lng_value *share = lng_div(r->graph, r->gout[0], lng_scalar(r->graph, (double)reduced_size(r->node)));
    r->gin[0] = lng_broadcast(r->graph, unreduced(r->graph, r->node, share), r->node->in[0]->shape);
}

const lng_op lng_op_mean = {
    .name = "mean",
    .about = "the mean over axes",
    .math = "y = (the sum of x over the axes) / n, n being the number of terms; added up as in sum",
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is averaged"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the means"}),
    LNG_ATTRS(LNG_REDUCTION_ATTRS),
    .infer = infer_reduction,
    .vjp = vjp,
    .trial = "[3, 4] axes=[1] | [2, 3]",
    .example = "- it - mean(it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .out = {LNG_NUMBER(3.5)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .attr = {{.v = LNG_DIMS(0)}}, .out = {LNG_VALUES(2.5, 3.5, 4.5)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)},
     .attr = {{.v = LNG_DIMS(-1)}, {.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 1), 2, 5)}},
};
static const lng_case cases[] = {LNG_SUM_CASES};
LNG_OP_CASES(mean);
#endif
