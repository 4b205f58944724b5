/* y = |x|. */
#define OP           abs
#define ARITY        1
#define SCALAR       a < 0 ? -a : a + 0
#define VECTOR       v_abs(a)
#define WHOLE_SCALAR a < 0 ? WRAPPED(0, -, a) : a
#define WHOLE_VECTOR iv_select(iv_lt(a, iv_set1(0)), iv_sub(iv_set1(0), a), a)
#include "op/arithmetic.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_mul(r->graph, r->gout[0], lng_unary(r->graph, &lng_op_sign, r->node->in[0]));
}

const lng_op lng_op_abs = {
    .name = "abs",
    .about = "the absolute value",
    .math = "y = |x|; its derivative at 0 is 0",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_ANY_DTYPE, "the operand"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    .infer = lng_infer_arithmetic,
    .vjp = vjp,
    .example = "- abs(it - 0.5)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, -2, 0)}, .out = {LNG_VALUES(1, 2, 0)}},
    {.in = {LNG_NUMBER(-INFINITY)}, .out = {LNG_NUMBER(INFINITY)}},
    {.in = {LNG_VALUES(5, -7, -2147483648)}, .integers = true, .out = {LNG_VALUES(5, 7, -2147483648)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(.distinct = true), LNG_UNARY_CASES(.integers = true)};
LNG_OP_CASES(abs);
#endif
