/* y = a / b. */
#define OP     div
#define ARITY  2
#define SCALAR a / b
#define VECTOR v_div(a, b)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    if (r->wants[0])
        r->gin[0] = lng_div(r->graph, r->gout[0], r->node->in[1]);
    if (r->wants[1])
        r->gin[1] = lng_neg(r->graph, lng_div(r->graph, lng_mul(r->graph, r->gout[0], lng_result(r)), r->node->in[1]));
}

const lng_op lng_op_div = {
    .name = "div",
    .about = "the quotient of two values, element by element",
    .math = "y = a / b; the adjoint of b is -(g y) / b",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"a", LNG_FLOAT_ONLY, "the first operand"}, {"b", LNG_FLOAT_ONLY, "the second operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .trial = "[3, 4] [4] 0.5..2",
    .example = "- it / 2",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, -9), LNG_VALUES(2, 0.5, 3)}, .out = {LNG_VALUES(0.5, 4, -3)}},
    {.in = {LNG_NUMBER(1), LNG_VALUES(1, 4)}, .out = {LNG_VALUES(1, 0.25)}},
    {.in = {LNG_NUMBER(1), LNG_NUMBER(0)}, .out = {LNG_NUMBER(INFINITY)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(.low = 0.5, .high = 2)};
LNG_OP_CASES(div);
#endif
