/* y = 1 where a != b, else 0, for two floats or two integers. */
#define OP          not_equal
#define COMPARES    a != b
#define IN_FLOATS   v_ne(a, b)
#define IN_INTEGERS m_not(iv_eq(a, b))
#include "op/comparison.h"

#ifdef LNG_TABLE
#include "op/table.h"

const lng_op lng_op_not_equal = {
    .name = "not_equal",
    .about = "whether two values differ",
    .math = "y = 1 where a differs from b, else 0 (NaN differs from everything); a and b are both floats or both integers; no "
            "gradient flows",
    .flags = LNG_OP_POINTWISE | LNG_OP_COMMUTES,
    LNG_IN({"a", LNG_ANY_DTYPE, "the first operand"}, {"b", LNG_ANY_DTYPE, "the second operand, of the same dtype"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "1 or 0"}),
    .infer = lng_infer_comparison,
    .no_vjp = "it is a step function",
    .example = "- it != 0",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3, NAN), LNG_VALUES(2, 2, 2, NAN)}, .out = {LNG_VALUES(1, 0, 1, 1)}},
    {.in = {LNG_VALUES(1, 2147483647, 3), LNG_VALUES(2, 2147483647, 2)}, .integers = true, .out = {LNG_VALUES(1, 0, 1)}},
    {.in = {LNG_NUMBER(16777217), LNG_NUMBER(16777216)}, .integers = true, .out = {LNG_NUMBER(1)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(), LNG_PAIR_CASES(.integers = true)};
LNG_OP_CASES(not_equal);
#endif
