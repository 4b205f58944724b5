/* y = floor(a / b), of the exact quotient. */
#include "op/whole_division.h"

#define OP           floor_divide
#define ARITY        2
#define SCALAR       real_floor_divide(a, b)
#define VECTOR       v_floor_divide(a, b)
#define WHOLE_SCALAR whole_quotient(a, b)
#define WHOLE_VECTOR iv_quotient(a, b)
#include "op/arithmetic.h"

#ifdef LNG_TABLE
#include "op/table.h"

const lng_op lng_op_floor_divide = {
    .name = "floor_divide",
    .about = "the quotient rounded down; written a // b",
    .math =
        "y = the largest whole number that is not above the exact a / b, rounded to a float; a / b where b is 0, but 0 of integers",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"a", LNG_ANY_DTYPE, "the dividend"}, {"b", LNG_ANY_DTYPE, "the divisor"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    .infer = infer_division,
    .no_vjp = "it is a step function",
    .example = "- it // 0.1",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(7, -7, 7, -7, 6), LNG_VALUES(3, 3, -3, -3, 3)}, .out = {LNG_VALUES(2, -3, -3, 2, 2)}},
    {.in = {LNG_VALUES(1e8, 2.5), LNG_VALUES(3, 0.5)}, .out = {LNG_VALUES(33333333, 5)}},
    {.in = {LNG_VALUES(1, -1, 1, 0), LNG_VALUES(INFINITY, INFINITY, 0, 0)}, .out = {LNG_VALUES(0, -1, INFINITY, NAN)}},
    {.in = {LNG_VALUES(7, -7, 7, -7, 6), LNG_VALUES(3, 3, -3, -3, 0)}, .integers = true, .out = {LNG_VALUES(2, -3, -3, 2, 0)}},
    {.in = {LNG_VALUES(2147483647, -2147483648), LNG_VALUES(2, -1)},
     .integers = true,
     .out = {LNG_VALUES(1073741823, -2147483648)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(.low = 0.5, .high = 2), LNG_PAIR_CASES(.integers = true)};
LNG_OP_CASES(floor_divide);
#endif
