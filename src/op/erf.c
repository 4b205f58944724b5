/* y = erf x. */
#define OP     erf
#define ARITY  1
#define SCALAR real_erf(a)
#define VECTOR v_erf(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    lng_graph *g = r->graph;
    lng_value *x = r->node->in[0], *bell = lng_unary(g, &lng_op_exp, lng_neg(g, lng_mul(g, x, x)));
    r->gin[0] = lng_mul(g, r->gout[0], lng_mul(g, bell, lng_scalar(g, 1.1283791670955126))); /* 2 / sqrt(pi) */
}

const lng_op lng_op_erf = {
    .name = "erf",
    .about = "the error function",
    .math = "y = 2 / sqrt(pi) times the integral of e ^ (-t t) from 0 to x",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- 0.5 * (1 + erf(it))",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 1, -0.5)}, .out = {LNG_VALUES(0, 0.8427007929497149, -0.5204998778130465)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(1, -1, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(erf);
#endif
