/* y = tanh x. */
#define OP     tanh
#define ARITY  1
#define SCALAR real_tanh(a)
#define VECTOR v_tanh(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    lng_value *y = lng_result(r);
    lng_value *slope = lng_sub(r->graph, lng_scalar(r->graph, 1), lng_mul(r->graph, y, y));
    r->gin[0] = lng_mul(r->graph, r->gout[0], slope);
}

const lng_op lng_op_tanh = {
    .name = "tanh",
    .about = "the hyperbolic tangent",
    .math = "y = tanh x; its derivative is 1 - y y",
    .flags = LNG_OP_POINTWISE | LNG_OP_ACTIVATION,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- tanh(it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 1, -0.5)}, .out = {LNG_VALUES(0, 0.7615941559557649, -0.46211715726000974)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(1, -1, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(tanh);
#endif
