/* y = the whole number of 8 bits nearest to x, ties to even. */
#define OP     round_int8
#define ARITY  1
#define SCALAR !(a > -127) ? -127 : a < 127 ? real_round(a) + 0 : 127
#define VECTOR                                                                                                                     \
    v_select(v_lt(v_set1(-127), a), v_select(v_lt(a, v_set1(127)), v_add(v_round(a), v_zero()), v_set1(127)), v_set1(-127))
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

const lng_op lng_op_round_int8 = {
    .name = "round_int8",
    .about = "the nearest whole number from -127 to 127, as products with weights in 8 bits read it",
    .math = "y = the whole number nearest to x, the even one of two, but at least -127 and at most 127; of NaN -127; never -0",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .no_vjp = "it is a step function",
    .example = "- round_int8(127 * it) / 127",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0.5, 1.5, 2.5, -0.5, -1.5)}, .out = {LNG_VALUES(0, 2, 2, 0, -2)}},
    {.in = {LNG_VALUES(126.5, 126.49999, -126.5, -126.49999)}, .out = {LNG_VALUES(126, 126, -126, -126)}},
    {.in = {LNG_VALUES(127, 127.5, 1e30, -127, -128)}, .out = {LNG_VALUES(127, 127, 127, -127, -127)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(127, -127, -127)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(.low = -200, .high = 200)};
LNG_OP_CASES(round_int8);
#endif
