/* y = x as a float. */
#define OP     to_float
#define ARITY  1
#define SCALAR (real) a
#define VECTOR iv_to_v(a)
#define INTEGERS
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

const lng_op lng_op_to_float = {
    .name = "to_float",
    .about = "integers as floats",
    .math = "y = x, rounded to the nearest float, ties to even",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_INT_ONLY, "the numbers"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the same numbers"}),
    .infer = lng_infer_pointwise,
    .no_vjp = "its operands are integers",
    .example = "loss: cross_entropy(out, label) * (1 + to_float(label))",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(3, -2, 0)}, .out = {LNG_VALUES(3, -2, 0)}},
    {.in = {LNG_NUMBER(-2147483648)}, .out = {LNG_NUMBER(-2147483648)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(.low = -100, .high = 100)};
LNG_OP_CASES(to_float);
#endif
