/* y = e^x - 1. */
#define OP     expm1
#define ARITY  1
#define SCALAR real_expm1(a)
#define VECTOR v_expm1(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_mul(r->graph, r->gout[0], lng_unary(r->graph, &lng_op_exp, r->node->in[0])); /* y + 1 would be 0 far below 0 */
}

const lng_op lng_op_expm1 = {
    .name = "expm1",
    .about = "the exponential minus 1, exact near 0",
    .math = "y = e ^ x - 1; its slope is e ^ x",
    .flags = LNG_OP_POINTWISE | LNG_OP_MONOTONE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- expm1(-it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 1, -1)}, .out = {LNG_VALUES(0, 1.718281828459045, -0.6321205588285577)}},
    {.in = {LNG_VALUES(1e-10, -1e-10)}, .out = {LNG_VALUES(1e-10, -1e-10)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(INFINITY, -1, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(expm1);
#endif
