/* y = max(x, 0), NaN to NaN. */
#define OP     relu
#define ARITY  1
#define SCALAR a <= 0 ? 0 : a
#define VECTOR v_select(v_le(a, v_zero()), v_zero(), a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    lng_value *y = lng_result(r);
    lng_value *zero = lng_scalar(r->graph, 0);
    r->gin[0] = lng_ternary(r->graph, &lng_op_select, lng_binary(r->graph, &lng_op_less, zero, y), r->gout[0], zero);
}

const lng_op lng_op_relu = {
    .name = "relu",
    .about = "the rectifier",
    .math = "y = 0 where x <= 0, else x; its derivative at 0 is 0",
    .flags = LNG_OP_POINTWISE | LNG_OP_MONOTONE | LNG_OP_ACTIVATION,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- relu(it - 0.5)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, -2, 0)}, .out = {LNG_VALUES(1, 0, 0)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(INFINITY, 0, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(.distinct = true)};
LNG_OP_CASES(relu);
#endif
