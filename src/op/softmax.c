/* y = e^x / sum e^x along the last axis. */
#include "op/softmax.h"

static void row(lng_view out, lng_view in, int64_t at, int64_t n)
{
    const real m = row_max(in, at, n), sum = row_sum(&out, in, m, at, n);
    for (int64_t i = 0; i < n; i++)
        F(out, at + i) /= sum;
}

#ifdef LNG_FAST
static void v_row(float *y, const float *x, int64_t n)
{
    const v16 m = v_row_max(x, n), sum = v_row_sum(y, x, m, n);
    for (int64_t i = 0; i < n; i++)
        v_store(y + i * LNG_LANES, v_div(v_load(y + i * LNG_LANES), sum));
}
#endif
LNG_KERNELS(softmax, naive, prepare);

#ifdef LNG_TABLE
static void vjp(lng_vjp *r) /* y (g - sum(g y)) */
{
    lng_graph *g = r->graph;
    lng_value *y = lng_result(r), *common = sum_of_rows(g, lng_mul(g, r->gout[0], y));
    r->gin[0] = lng_mul(g, y, lng_sub(g, r->gout[0], common));
}

const lng_op lng_op_softmax = {
    .name = "softmax",
    .about = "probabilities along the last axis",
    .math = "y = e ^ (x - m) / s along the last axis, where m is the maximum and s the sum of e ^ (x - m), added up as in sum",
    .flags = LNG_OP_ACTIVATION | LNG_OP_OVERWRITES,
    LNG_IN({"x", LNG_FLOAT_ONLY, "scores"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "probabilities, in the shape of x"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 5]",
    .example = "- dense: {units: 10, activation: softmax}",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 0.6931471805599453)}, .out = {LNG_VALUES(0.3333333333333333, 0.6666666666666667)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1000, 1000, 0, -1000)}, .out = {LNG_ARRAY(LNG_DIMS(2, 2), 0.5, 0.5, 1, 0)}},
    {.in = {LNG_VALUES(1, NAN)}, .out = {LNG_VALUES(NAN, NAN)}},
};
static const lng_case cases[] = {LNG_ROW_CASES};
LNG_OP_CASES(softmax);
#endif
