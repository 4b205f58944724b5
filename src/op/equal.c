/* y = 1 where a == b, else 0, for two floats or two integers. */
#define OP          equal
#define COMPARES    a == b
#define IN_FLOATS   v_eq(a, b)
#define IN_INTEGERS iv_eq(a, b)
#include "op/comparison.h"

#ifdef LNG_TABLE
#include "op/table.h"

const lng_op lng_op_equal = {
    .name = "equal",
    .about = "whether two values are equal",
    .math = "y = 1 where a = b, else 0 (never where either is NaN); a and b are both floats or both integers",
    .flags = LNG_OP_POINTWISE | LNG_OP_COMMUTES,
    LNG_IN({"a", LNG_ANY_DTYPE, "the first operand"}, {"b", LNG_ANY_DTYPE, "the second operand, of the same dtype"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "1 or 0"}),
    .infer = lng_infer_comparison,
    .no_vjp = "it is a step function",
    .example = "- equal(it, 0)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3, NAN), LNG_VALUES(2, 2, 2, NAN)}, .out = {LNG_VALUES(0, 1, 0, 0)}},
    {.in = {LNG_VALUES(1, 2147483647, 3), LNG_VALUES(2, 2147483647, 2)}, .integers = true, .out = {LNG_VALUES(0, 1, 0)}},
    {.in = {LNG_NUMBER(16777217), LNG_NUMBER(16777216)}, .integers = true, .out = {LNG_NUMBER(0)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(), LNG_PAIR_CASES(.integers = true)};
LNG_OP_CASES(equal);
#endif
