/* y = sin x. */
#define OP     sin
#define ARITY  1
#define SCALAR real_sin(a)
#define VECTOR v_sin(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_mul(r->graph, r->gout[0], lng_unary(r->graph, &lng_op_cos, r->node->in[0]));
}

const lng_op lng_op_sin = {
    .name = "sin",
    .about = "the sine",
    .math = "y = sin x, x in radians",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- sin(2 * pi * it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 1, -2)}, .out = {LNG_VALUES(0, 0.8414709848078965, -0.9092974268256817)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(sin);
#endif
