/* y = a + b. */
#define OP           add
#define ARITY        2
#define SCALAR       a + b
#define VECTOR       v_add(a, b)
#define WHOLE_SCALAR WRAPPED(a, +, b)
#define WHOLE_VECTOR iv_add(a, b)
#include "op/arithmetic.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = r->gin[1] = r->gout[0];
}

const lng_op lng_op_add = {
    .name = "add",
    .about = "the sum of two values",
    .math = "y = a + b; integers wrap around at 2^31",
    .flags = LNG_OP_POINTWISE | LNG_OP_COMMUTES,
    LNG_IN({"a", LNG_ANY_DTYPE, "the first operand"}, {"b", LNG_ANY_DTYPE, "the second operand"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    .infer = lng_infer_arithmetic,
    .vjp = vjp,
    .example = "- it + relu(it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3), LNG_VALUES(10, 20, 30)}, .out = {LNG_VALUES(11, 22, 33)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4), LNG_VALUES(0.5, -0.5)}, .out = {LNG_ARRAY(LNG_DIMS(2, 2), 1.5, 1.5, 3.5, 3.5)}},
    {.in = {LNG_NUMBER(2), LNG_NUMBER(3)}, .out = {LNG_NUMBER(5)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 1), 1, 2), LNG_VALUES(10, 20, 30)}, .out = {LNG_ARRAY(LNG_DIMS(2, 3), 11, 21, 31, 12, 22, 32)}},
    {.in = {LNG_VALUES(5, 2147483647), LNG_VALUES(-7, 1)}, .integers = true, .out = {LNG_VALUES(-2, -2147483648)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(), LNG_PAIR_CASES(.integers = true)};
LNG_OP_CASES(add);
#endif
