/* y = the sum of x over axes. */
#include "op/sum.h"

static inline real finish(real sum, int64_t n)
{
    (void)n;
    return sum;
}
#ifdef LNG_FAST
static inline v16 v_finish(v16 sum, int64_t n)
{
    (void)n;
    return sum;
}
#endif
LNG_KERNELS(sum, naive, pick);

#ifdef LNG_TABLE
static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_broadcast(r->graph, unreduced(r->graph, r->node, r->gout[0]), r->node->in[0]->shape);
}

const lng_op lng_op_sum = {
    .name = "sum",
    .about = "the sum over axes",
    .math = "y = the sum of x over the axes: from +0, in row-major order of the reduced elements, by plain additions",
    .n_in = 1,
    .n_out = 1,
    .in = {{"x", LNG_FLOAT_ONLY, "what is summed"}},
    .out = {{"y", LNG_FLOAT_ONLY, "the sums"}},
    .n_attr = 2,
    .attr = LNG_REDUCTION_ATTRS,
    .infer = infer_reduction,
    .vjp = vjp,
    .example = "- sum(it, axes=[0])",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .out = {LNG_NUMBER(21)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .attr = {{.v = LNG_DIMS(0)}}, .out = {LNG_VALUES(5, 7, 9)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)},
     .attr = {{.v = LNG_DIMS(-1)}, {.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 1), 6, 15)}},
    {.in = {LNG_VALUES(0x1p60, 1, -0x1p60)}, .out = {LNG_NUMBER(0)}}, /* in order: the 1 is lost */
};
static const lng_case cases[] = {LNG_REDUCTION_CASES()};
LNG_OP_CASES(sum);
#endif
