/* y = the largest whole number up to x. */
#define OP     floor
#define ARITY  1
#define SCALAR real_floor(a)
#define VECTOR v_floor(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

const lng_op lng_op_floor = {
    .name = "floor",
    .about = "the largest whole number not above x",
    .math = "y = the largest whole number <= x",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .no_vjp = "it is a step function",
    .example = "- floor(4 * it) / 4",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1.5, -1.5, 2)}, .out = {LNG_VALUES(1, -2, 2)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(INFINITY, -INFINITY, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(floor);
#endif
