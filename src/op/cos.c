/* y = cos x. */
#define OP     cos
#define ARITY  1
#define SCALAR real_cos(a)
#define VECTOR v_cos(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_neg(r->graph, lng_mul(r->graph, r->gout[0], lng_unary(r->graph, &lng_op_sin, r->node->in[0])));
}

const lng_op lng_op_cos = {
    .name = "cos",
    .about = "the cosine",
    .math = "y = cos x, x in radians",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- cos(pi * it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 1, -2)}, .out = {LNG_VALUES(1, 0.5403023058681398, -0.4161468365471424)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(cos);
#endif
