/* y = ln(1 + e^x). */
#define OP     softplus
#define ARITY  1
#define SCALAR real_softplus(a)
#define VECTOR v_softplus(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_mul(r->graph, r->gout[0], lng_unary(r->graph, &lng_op_sigmoid, r->node->in[0]));
}

const lng_op lng_op_softplus = {
    .name = "softplus",
    .about = "log(1 + exp(x)), without overflow, and exact where it is small",
    .math = "y = ln(1 + e ^ x), as max(x, 0) + ln(1 + e ^ -|x|); its slope is sigmoid(x)",
    .flags = LNG_OP_POINTWISE | LNG_OP_ACTIVATION,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- dense: {units: 64, activation: softplus}",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 1, -17)}, .out = {LNG_VALUES(0.6931471805599453, 1.3132616875182228, 4.1399377e-8)}},
    {.in = {LNG_VALUES(200, -200, 40)}, .out = {LNG_VALUES(200, 0, 40)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(INFINITY, 0, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(softplus);
#endif
