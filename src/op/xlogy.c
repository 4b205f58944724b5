/* y = a ln b, 0 where a is 0. */
#define OP     xlogy
#define ARITY  2
#define SCALAR a == 0 && b == b ? 0 : a *real_log(b)
#define VECTOR v_select(m_and(v_eq(a, v_zero()), v_eq(b, b)), v_zero(), v_mul(a, v_log(b)))
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    lng_graph *g = r->graph;
    lng_value *a = r->node->in[0], *b = r->node->in[1], *zero = lng_scalar(g, 0);
    lng_value *counts = lng_binary(g, &lng_op_not_equal, a, zero);
    if (r->wants[0])
        r->gin[0] = lng_mul(
            g, r->gout[0],
            lng_binary(g, &lng_op_xlogy, lng_binary(g, &lng_op_maximum, counts, lng_binary(g, &lng_op_not_equal, b, zero)), b));
    if (r->wants[1])
        r->gin[1] = lng_ternary(g, &lng_op_select, counts, lng_div(g, lng_mul(g, r->gout[0], a), b), zero);
}

const lng_op lng_op_xlogy = {
    .name = "xlogy",
    .about = "the product a ln b, but 0 where a is 0",
    .math = "y = a ln b; 0 where a is 0, unless b is NaN. The slope in b is a / b, 0 where a is 0; the slope in a is ln b, 0 where "
            "a and b are 0",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"a", LNG_FLOAT_ONLY, "the factor, such as a probability"}, {"b", LNG_FLOAT_ONLY, "what the logarithm is taken of"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .trial = "[3, 4] [4] 0.5..2",
    .example = "loss: -sum(xlogy(one_hot(label, depth=10), out))",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(2, 1, 0.5), LNG_VALUES(2.718281828459045, 1, 4)}, .out = {LNG_VALUES(2, 0, 0.6931471805599453)}},
    {.in = {LNG_VALUES(0, 0, 0, 1), LNG_VALUES(0, -1, INFINITY, 0)}, .out = {LNG_VALUES(0, 0, 0, -INFINITY)}},
    {.in = {LNG_VALUES(0, NAN), LNG_VALUES(NAN, 1)}, .out = {LNG_VALUES(NAN, NAN)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(.low = 0.5, .high = 2)};
LNG_OP_CASES(xlogy);
#endif
