/* y = the whole number nearest to x, ties to even. */
#define OP     round
#define ARITY  1
#define SCALAR real_round(a)
#define VECTOR v_round(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

const lng_op lng_op_round = {
    .name = "round",
    .about = "the nearest whole number; halves go to the even one",
    .math = "y = the whole number nearest to x, the even one of two: 0.5 and 2.5 give 0 and 2",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .no_vjp = "it is a step function",
    .example = "- round(4 * it) / 4",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0.5, 1.5, 2.5, -0.5, -1.5)}, .out = {LNG_VALUES(0, 2, 2, 0, -2)}},
    {.in = {LNG_VALUES(0.49999997, 2.5000002, -7.75)}, .out = {LNG_VALUES(0, 3, -8)}},
    {.in = {LNG_VALUES(4194303.5, 8388607.5, 16777215)}, .out = {LNG_VALUES(4194304, 8388608, 16777215)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(INFINITY, -INFINITY, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(round);
#endif
