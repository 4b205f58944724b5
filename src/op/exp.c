/* y = e^x. */
#define OP     exp
#define ARITY  1
#define SCALAR real_exp(a)
#define VECTOR v_exp(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_mul(r->graph, r->gout[0], lng_result(r));
}

const lng_op lng_op_exp = {
    .name = "exp",
    .about = "the exponential",
    .math = "y = e ^ x",
    .flags = LNG_OP_POINTWISE | LNG_OP_MONOTONE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- exp(-it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 1, -1)}, .out = {LNG_VALUES(1, 2.718281828459045, 0.36787944117144233)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(INFINITY, 0, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(exp);
#endif
