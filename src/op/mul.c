/* y = a b. */
#define OP           mul
#define ARITY        2
#define SCALAR       a *b
#define VECTOR       v_mul(a, b)
#define WHOLE_SCALAR WRAPPED(a, *, b)
#define WHOLE_VECTOR iv_mul(a, b)
#include "op/arithmetic.h"

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
    .math = "y = a * b; integers wrap around at 2^31",
    .flags = LNG_OP_POINTWISE | LNG_OP_COMMUTES,
    LNG_IN({"a", LNG_ANY_DTYPE, "the first operand"}, {"b", LNG_ANY_DTYPE, "the second operand"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    .infer = lng_infer_arithmetic,
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
    {.in = {LNG_VALUES(5, 65536), LNG_VALUES(-7, 65537)}, .integers = true, .out = {LNG_VALUES(-35, 65536)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES(), LNG_PAIR_CASES(.integers = true)};
LNG_OP_CASES(mul);
#endif
