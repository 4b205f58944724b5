/* y = -x. */
#define OP           neg
#define ARITY        1
#define SCALAR       -a
#define VECTOR       v_neg(a)
#define WHOLE_SCALAR WRAPPED(0, -, a)
#define WHOLE_VECTOR iv_sub(iv_set1(0), a)
#include "op/arithmetic.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_neg(r->graph, r->gout[0]);
}

const lng_op lng_op_neg = {
    .name = "neg",
    .about = "the negative",
    .math = "y = -x, the sign flipped",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_ANY_DTYPE, "the operand"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    .infer = lng_infer_arithmetic,
    .vjp = vjp,
    .example = "- exp(-it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, -2, 0)}, .out = {LNG_VALUES(-1, 2, 0)}},
    {.in = {LNG_NUMBER(INFINITY)}, .out = {LNG_NUMBER(-INFINITY)}},
    {.in = {LNG_VALUES(5, 0, -2147483648)}, .integers = true, .out = {LNG_VALUES(-5, 0, -2147483648)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(), LNG_UNARY_CASES(.integers = true)};
LNG_OP_CASES(neg);
#endif
