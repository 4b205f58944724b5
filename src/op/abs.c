/* y = |x|. */
#define OP     abs
#define ARITY  1
#define SCALAR a < 0 ? -a : a + 0
#define VECTOR v_abs(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_mul(r->graph, r->gout[0], lng_unary(r->graph, &lng_op_sign, r->node->in[0]));
}

const lng_op lng_op_abs = {
    .name = "abs",
    .about = "the absolute value",
    .math = "y = |x|; its derivative at 0 is 0",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- abs(it - 0.5)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, -2, 0)}, .out = {LNG_VALUES(1, 2, 0)}},
    {.in = {LNG_NUMBER(-INFINITY)}, .out = {LNG_NUMBER(INFINITY)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(.distinct = true)};
LNG_OP_CASES(abs);
#endif
