/* y = a^b. */
#define OP     pow
#define ARITY  2
#define SCALAR real_pow(a, b)
#define VECTOR v_pow(a, b)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

/* b a^(b - 1), which is 0 where b is 0, even if a is 0 */
static lng_value *slope_in_base(lng_graph *g, lng_value *a, lng_value *b)
{
    lng_value *zero = lng_scalar(g, 0);
    if (lng_value_is(b, 0))
        return zero;
    lng_value *slope = lng_mul(g, b, lng_binary(g, &lng_op_pow, a, lng_sub(g, b, lng_scalar(g, 1))));
    return lng_value_is_constant(b, NULL) ? slope : lng_ternary(g, &lng_op_select, b, slope, zero);
}

static void vjp(lng_vjp *r)
{
    lng_graph *g = r->graph;
    lng_value *a = r->node->in[0], *b = r->node->in[1], *y = lng_result(r);
    if (r->wants[0])
        r->gin[0] = lng_mul(g, r->gout[0], slope_in_base(g, a, b));
    if (r->wants[1]) {
        lng_value *zero = lng_scalar(g, 0), *slope = lng_mul(g, y, lng_unary(g, &lng_op_log, a));
        r->gin[1] = lng_mul(g, r->gout[0], lng_ternary(g, &lng_op_select, lng_binary(g, &lng_op_less, zero, a), slope, zero));
    }
}

const lng_op lng_op_pow = {
    .name = "pow",
    .about = "the power a ^ b; written a ** b",
    .math =
        "y = a ^ b as in C, so a may be negative where b is whole; the slope in a is b a ^ (b - 1), 0 where b is 0; that in b is y log(a), 0 "
        "where a <= 0",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"a", LNG_FLOAT_ONLY, "the first operand"}, {"b", LNG_FLOAT_ONLY, "the second operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .trial = "[3, 4] [4] 0.5..2",
    .example = "- it ** 0.7",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(2, 3, 4), LNG_VALUES(3, 2, 0.5)}, .out = {LNG_VALUES(8, 9, 2)}},
    {.in = {LNG_VALUES(-2, -2, 5), LNG_VALUES(3, 2, 0)}, .out = {LNG_VALUES(-8, 4, 1)}},
    {.in = {LNG_NUMBER(2), LNG_VALUES(-1, 10)}, .out = {LNG_VALUES(0.5, 1024)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(.low = 0.5, .high = 2)};
LNG_OP_CASES(pow);
#endif
