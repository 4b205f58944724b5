/* y = ln(1 + x). */
#define OP     log1p
#define ARITY  1
#define SCALAR real_log1p(a)
#define VECTOR v_log1p(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_div(r->graph, r->gout[0], lng_add(r->graph, lng_scalar(r->graph, 1), r->node->in[0]));
}

const lng_op lng_op_log1p = {
    .name = "log1p",
    .about = "the natural logarithm of 1 + x, exact near 0",
    .math = "y = ln(1 + x); -infinity at -1, NaN below",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .trial = "[3, 4] -0.75..3",
    .example = "- log1p(it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 1, -0.5)}, .out = {LNG_VALUES(0, 0.6931471805599453, -0.6931471805599453)}},
    {.in = {LNG_VALUES(1e-10, -1e-10)}, .out = {LNG_VALUES(1e-10, -1e-10)}},
    {.in = {LNG_VALUES(-1, -2, INFINITY)}, .out = {LNG_VALUES(-INFINITY, NAN, INFINITY)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(.low = -0.75, .high = 3)};
LNG_OP_CASES(log1p);
#endif
