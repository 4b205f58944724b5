/* y = a - b. */
#define OP     sub
#define ARITY  2
#define SCALAR a - b
#define VECTOR v_sub(a, b)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    if (r->wants[0])
        r->gin[0] = r->gout[0];
    if (r->wants[1])
        r->gin[1] = lng_neg(r->graph, r->gout[0]);
}

const lng_op lng_op_sub = {
    .name = "sub",
    .about = "the difference of two values",
    .math = "y = a - b",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"a", LNG_FLOAT_ONLY, "the first operand"}, {"b", LNG_FLOAT_ONLY, "the second operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- 1 - it",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3), LNG_VALUES(10, 0.5, 3)}, .out = {LNG_VALUES(-9, 1.5, 0)}},
    {.in = {LNG_NUMBER(1), LNG_VALUES(1, 2)}, .out = {LNG_VALUES(0, -1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(2, 1), 1, 2)},
     .out = {LNG_ARRAY(LNG_DIMS(2, 2), 0, 1, 1, 2)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES()};
LNG_OP_CASES(sub);
#endif
