/* y = a b. */
#define OP     mul
#define ARITY  2
#define SCALAR a *b
#define VECTOR v_mul(a, b)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    if (r->wants[0])
        r->gin[0] = lng_mul(r->graph, r->gout[0], r->node->in[1]);
    if (r->wants[1])
        r->gin[1] = lng_mul(r->graph, r->gout[0], r->node->in[0]);
}

const lng_op lng_op_mul = {
    .name = "mul",
    .about = "the product of two values, element by element",
    .math = "y = a * b",
    .flags = LNG_OP_POINTWISE | LNG_OP_COMMUTES,
    LNG_IN({"a", LNG_FLOAT_ONLY, "the first operand"}, {"b", LNG_FLOAT_ONLY, "the second operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- it * it",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3), LNG_VALUES(10, 0.5, -3)}, .out = {LNG_VALUES(10, 1, -9)}},
    {.in = {LNG_NUMBER(3), LNG_VALUES(1, 2)}, .out = {LNG_VALUES(3, 6)}},
    {.in = {LNG_VALUES(-1, 0), LNG_VALUES(0, 2)}, .out = {LNG_VALUES(0, 0)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES()};
LNG_OP_CASES(mul);
#endif
