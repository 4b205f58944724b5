/* y = a + b. */
#define OP     add
#define ARITY  2
#define SCALAR a + b
#define VECTOR v_add(a, b)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    r->gin[0] = r->gin[1] = r->gout[0];
}

const lng_op lng_op_add = {
    .name = "add",
    .about = "the sum of two values",
    .math = "y = a + b",
    .flags = LNG_OP_POINTWISE | LNG_OP_COMMUTES,
    LNG_IN({"a", LNG_FLOAT_ONLY, "the first operand"}, {"b", LNG_FLOAT_ONLY, "the second operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- it + relu(it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3), LNG_VALUES(10, 20, 30)}, .out = {LNG_VALUES(11, 22, 33)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4), LNG_VALUES(0.5, -0.5)}, .out = {LNG_ARRAY(LNG_DIMS(2, 2), 1.5, 1.5, 3.5, 3.5)}},
    {.in = {LNG_NUMBER(2), LNG_NUMBER(3)}, .out = {LNG_NUMBER(5)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 1), 1, 2), LNG_VALUES(10, 20, 30)}, .out = {LNG_ARRAY(LNG_DIMS(2, 3), 11, 21, 31, 12, 22, 32)}},
};
static const lng_case cases[] = {LNG_PAIR_CASES()};
LNG_OP_CASES(add);
#endif
