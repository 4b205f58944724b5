/* y = 1 / (1 + e^-x). */
#define OP     sigmoid
#define ARITY  1
#define SCALAR real_sigmoid(a)
#define VECTOR v_sigmoid(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    lng_value *y = lng_result(r);
    lng_value *slope = lng_mul(r->graph, y, lng_sub(r->graph, lng_scalar(r->graph, 1), y));
    r->gin[0] = lng_mul(r->graph, r->gout[0], slope);
}

const lng_op lng_op_sigmoid = {
    .name = "sigmoid",
    .about = "the logistic function",
    .math = "y = 1 / (1 + e ^ -x); its derivative is y (1 - y)",
    .flags = LNG_OP_POINTWISE | LNG_OP_MONOTONE | LNG_OP_ACTIVATION,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- sigmoid(it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 2, -2)}, .out = {LNG_VALUES(0.5, 0.8807970779778823, 0.11920292202211755)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(1, 0, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(sigmoid);
#endif
