/* y = -x. */
#define OP     neg
#define ARITY  1
#define SCALAR -a
#define VECTOR v_neg(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_neg(r->graph, r->gout[0]);
}

const lng_op lng_op_neg = {
    .name = "neg",
    .about = "the negative",
    .math = "y = -x, the sign flipped",
    .flags = LNG_OP_POINTWISE,
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
    {.in = {LNG_VALUES(1, -2, 0)}, .out = {LNG_VALUES(-1, 2, 0)}},
    {.in = {LNG_NUMBER(INFINITY)}, .out = {LNG_NUMBER(-INFINITY)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(neg);
#endif
