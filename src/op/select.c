/* y = a where cond is not 0, else b. */
#define OP     select
#define ARITY  3
#define SCALAR a != 0 ? b : c
#define VECTOR v_select(v_ne(a, v_zero()), b, c)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    lng_value *cond = r->node->in[0], *zero = lng_scalar(r->graph, 0);
    if (r->wants[1])
        r->gin[1] = lng_ternary(r->graph, &lng_op_select, cond, r->gout[0], zero);
    if (r->wants[2])
        r->gin[2] = lng_ternary(r->graph, &lng_op_select, cond, zero, r->gout[0]);
}

const lng_op lng_op_select = {
    .name = "select",
    .about = "one of two values, by a condition",
    .math = "y = a where cond is not 0 (NaN is not 0), else b",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"cond", LNG_FLOAT_ONLY, "the condition, usually a comparison"},
           {"a", LNG_FLOAT_ONLY, "taken where the condition holds"}, {"b", LNG_FLOAT_ONLY, "taken elsewhere"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .trial = "2:[3, 4] [3, 4] [4]",
    .example = "- it if it < 0.5 else 1 - it",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 0, -0.5), LNG_VALUES(1, 2, 3), LNG_VALUES(4, 5, 6)}, .out = {LNG_VALUES(1, 5, 3)}},
    {.in = {LNG_VALUES(NAN, 0), LNG_NUMBER(1), LNG_NUMBER(2)}, .out = {LNG_VALUES(1, 2)}},
};
static const lng_case cases[] = {LNG_TRIPLE_CASES(.truths = 1)};
LNG_OP_CASES(select);
#endif
