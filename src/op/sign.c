/* y = 1, -1, or 0 x where x is 0 or NaN: no subnormal number gets through. */
#define OP     sign
#define ARITY  1
#define SCALAR a > 0 ? 1 : a < 0 ? -1 : a * 0
#define VECTOR v_select(v_lt(v_zero(), a), v_set1(1), v_select(v_lt(a, v_zero()), v_set1(-1), v_mul(a, v_zero())))
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

const lng_op lng_op_sign = {
    .name = "sign",
    .about = "the sign",
    .math = "y = 1 where x > 0, -1 where x < 0, else x (0 or NaN)",
    .flags = LNG_OP_POINTWISE | LNG_OP_MONOTONE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .no_vjp = "it is a step function",
    .example = "- sign(it - 0.5)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(3, -2, 0)}, .out = {LNG_VALUES(1, -1, 0)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(1, -1, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(sign);
#endif
