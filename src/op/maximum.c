/* y = a where a > b or a is NaN, else b. */
#define OP           maximum
#define ARITY        2
#define SCALAR       a > b || a != a ? a : b
#define VECTOR       v_max(a, b)
#define WHOLE_SCALAR a > b ? a : b
#define WHOLE_VECTOR iv_select(iv_lt(b, a), a, b)
#include "op/arithmetic.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    lng_graph *g = r->graph;
    lng_value *a = r->node->in[0], *b = r->node->in[1], *zero = lng_scalar(g, 0);
    lng_value *first = lng_binary(g, &lng_op_less, b, a);
    if (r->wants[0])
        r->gin[0] = lng_ternary(g, &lng_op_select, first, r->gout[0], zero);
    if (r->wants[1])
        r->gin[1] = lng_ternary(g, &lng_op_select, first, zero, r->gout[0]);
}

const lng_op lng_op_maximum = {
    .name = "maximum",
    .about = "the larger of two values",
    .math = "y = a where a > b or a is NaN, else b; so NaN wins, and of equals b is taken and gets the gradient",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"a", LNG_ANY_DTYPE, "the first operand"}, {"b", LNG_ANY_DTYPE, "the second operand"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    .infer = lng_infer_arithmetic,
    .vjp = vjp,
    .example = "- maximum(it, 0.1)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 5, -3), LNG_VALUES(2, 4, -3)}, .out = {LNG_VALUES(2, 5, -3)}},
    {.in = {LNG_VALUES(NAN, 1, 2), LNG_VALUES(0, NAN, INFINITY)}, .out = {LNG_VALUES(NAN, NAN, INFINITY)}},
    {.in = {LNG_NUMBER(0), LNG_VALUES(-1, 1)}, .out = {LNG_VALUES(0, 1)}},
    {.in = {LNG_VALUES(5, -7), LNG_VALUES(16777216, -8)}, .integers = true, .out = {LNG_VALUES(16777216, -7)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(.distinct = true), LNG_PAIR_CASES(.integers = true)};
LNG_OP_CASES(maximum);
#endif
