/* y = x - log(sum e^x) along the last axis. */
#include "op/softmax.h"

static void row(lng_view out, lng_view in, int64_t at, int64_t n)
{
    const real m = row_max(in, at, n), log_sum = real_log(row_sum(NULL, in, m, at, n));
    for (int64_t i = 0; i < n; i++)
        F(out, at + i) = F(in, at + i) - m - log_sum;
}

#ifdef LNG_FAST
static void v_row(float *y, const float *x, int64_t n)
{
    const v16 m = v_row_max(x, n), log_sum = v_log(v_row_sum(NULL, x, m, n));
    for (int64_t i = 0; i < n; i++)
        v_store(y + i * LNG_LANES, v_sub(v_sub(v_load(x + i * LNG_LANES), m), log_sum));
}
#endif
LNG_KERNELS(log_softmax, naive, prepare);

#ifdef LNG_TABLE
static void vjp(lng_vjp *r) /* g - e^y sum(g) */
{
    lng_graph *g = r->graph;
    lng_value *p = lng_unary(g, &lng_op_exp, lng_result(r));
    r->gin[0] = lng_sub(g, r->gout[0], lng_mul(g, p, sum_of_rows(g, r->gout[0])));
}

const lng_op lng_op_log_softmax = {
    .name = "log_softmax",
    .about = "logarithms of probabilities along the last axis",
    .math = "y = (x - m) - log(s) along the last axis, where m is the maximum and s the sum of e ^ (x - m), added up as in sum",
    .flags = LNG_OP_ACTIVATION | LNG_OP_OVERWRITES,
    LNG_IN({"x", LNG_FLOAT_ONLY, "scores"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "logarithms, in the shape of x"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 5]",
    .example = "- log_softmax(flatten(it))",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 0.6931471805599453)}, .out = {LNG_VALUES(-1.0986122886681098, -0.4054651081081644)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1000, 1000, 0, -1000)},
     .out = {LNG_ARRAY(LNG_DIMS(2, 2), -0.6931471805599453, -0.6931471805599453, 0, -1000)}},
    {.in = {LNG_VALUES(1, NAN)}, .out = {LNG_VALUES(NAN, NAN)}},
};
static const lng_case cases[] = {LNG_ROW_CASES};
LNG_OP_CASES(log_softmax);
#endif
