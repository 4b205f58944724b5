/* y = a - b. */
#define OP           sub
#define ARITY        2
#define SCALAR       a - b
#define VECTOR       v_sub(a, b)
#define WHOLE_SCALAR WRAPPED(a, -, b)
#define WHOLE_VECTOR iv_sub(a, b)
#include "op/arithmetic.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    if (r->wants[0])
        r->gin[0] = r->gout[0];
    if (r->wants[1])
        r->gin[1] = lng_neg(r->graph, r->gout[0]);
}

const lng_op lng_op_sub = {
    .name = "sub",
    .about = "the difference of two values",
    .math = "y = a - b; integers wrap around at 2^31",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"a", LNG_ANY_DTYPE, "the first operand"}, {"b", LNG_ANY_DTYPE, "the second operand"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    .infer = lng_infer_arithmetic,
    .vjp = vjp,
    .example = "- 1 - it",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3), LNG_VALUES(10, 0.5, 3)}, .out = {LNG_VALUES(-9, 1.5, 0)}},
    {.in = {LNG_NUMBER(1), LNG_VALUES(1, 2)}, .out = {LNG_VALUES(0, -1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(2, 1), 1, 2)},
     .out = {LNG_ARRAY(LNG_DIMS(2, 2), 0, 1, 1, 2)}},
    {.in = {LNG_VALUES(5, -2147483648), LNG_VALUES(7, 1)}, .integers = true, .out = {LNG_VALUES(-2, 2147483647)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(), LNG_PAIR_CASES(.integers = true)};
LNG_OP_CASES(sub);
#endif
