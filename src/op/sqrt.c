/* y = sqrt x. */
#define OP     sqrt
#define ARITY  1
#define SCALAR real_sqrt(a)
#define VECTOR v_sqrt(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_div(r->graph, lng_mul(r->graph, r->gout[0], lng_scalar(r->graph, 0.5)), lng_result(r));
}

const lng_op lng_op_sqrt = {
    .name = "sqrt",
    .about = "the square root",
    .math = "y = sqrt(x), correctly rounded; NaN below 0",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .trial = "[3, 4] 0.25..3",
    .example = "- sqrt(it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(4, 2, 0.25)}, .out = {LNG_VALUES(2, 1.4142135623730951, 0.5)}},
    {.in = {LNG_VALUES(0, -1, INFINITY)}, .out = {LNG_VALUES(0, NAN, INFINITY)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(.low = 0.25, .high = 3)};
LNG_OP_CASES(sqrt);
#endif
