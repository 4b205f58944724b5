/* y = a - b floor(a / b), exactly. */
#include "op/whole_division.h"

#define OP           remainder
#define ARITY        2
#define SCALAR       real_remainder(a, b)
#define VECTOR       v_remainder(a, b)
#define WHOLE_SCALAR whole_remainder(a, b)
#define WHOLE_VECTOR iv_remainder(a, b)
#include "op/arithmetic.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    lng_graph *g = r->graph;
    r->gin[0] = r->gout[0];
    if (r->wants[1]) {
        lng_value *turns = lng_binary(g, &lng_op_floor_divide, r->node->in[0], r->node->in[1]);
        r->gin[1] = lng_neg(g, lng_mul(g, r->gout[0], turns));
    }
}

const lng_op lng_op_remainder = {
    .name = "remainder",
    .about = "what floor division leaves; written a % b",
    .math = "y = a - b floor(a / b), exact: at least 0 and below b, or at most 0 and above b where b is negative; NaN where b is "
            "0, but a of integers. The slope in a is 1, that in b -floor(a / b), at the jumps too",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"a", LNG_ANY_DTYPE, "the dividend"}, {"b", LNG_ANY_DTYPE, "the divisor"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    .infer = infer_division,
    .vjp = vjp,
    .trial = "[3, 4] [4] 3..4",
    .example = "- it % 0.1",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(7, -7, 7, -7, 6), LNG_VALUES(3, 3, -3, -3, 3)}, .out = {LNG_VALUES(1, 2, -2, -1, 0)}},
    {.in = {LNG_VALUES(1e8, 2.5, 16777216), LNG_VALUES(3, 0.5, 7)}, .out = {LNG_VALUES(1, 0, 1)}},
    {.in = {LNG_VALUES(1, -1, 1), LNG_VALUES(INFINITY, INFINITY, 0)}, .out = {LNG_VALUES(1, INFINITY, NAN)}},
    {.in = {LNG_VALUES(INFINITY, NAN, 1), LNG_VALUES(2, 2, NAN)}, .out = {LNG_VALUES(NAN, NAN, NAN)}},
    {.in = {LNG_VALUES(7, -7, 7, -7, 6), LNG_VALUES(3, 3, -3, -3, 0)}, .integers = true, .out = {LNG_VALUES(1, 2, -2, -1, 6)}},
    {.in = {LNG_VALUES(2147483647, -2147483648), LNG_VALUES(2, -1)}, .integers = true, .out = {LNG_VALUES(1, 0)}},
};
/* quotients stay away from 1, and far from 0 and 2 */
static const lng_case cases[] = {LNG_PAIR_CASES(.low = 3, .high = 4, .distinct = true), LNG_PAIR_CASES(.integers = true)};
LNG_OP_CASES(remainder);
#endif
