/* y = x without its fraction, as an integer. */
#include "op/kernel.h"

#ifdef LNG_FAST
static inline i16 v_to_int(v16 a)
{
    const v16 size = v_floor(v_abs(a)), limit = v_set1(0x1p31f);
    const i16 y = v_to_iv(v_select(v_lt(a, v_zero()), v_neg(size), size));
    return iv_select(v_isnan(a), iv_set1(0), iv_select(v_le(limit, a), iv_set1(INT32_MAX), y));
}
#endif

#define OP             to_int
#define ARITY          1
#define SCALAR         a != a ? 0 : a >= 2147483648 ? INT32_MAX : a <= -2147483648 ? INT32_MIN : (int32_t)a
#define VECTOR         v_to_int(a)
#define INTEGER_RESULT 1
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->dtype[0] = LNG_I32;
    return lng_infer_pointwise(r);
}

const lng_op lng_op_to_int = {
    .name = "to_int",
    .about = "floats as integers, without their fractions",
    .math =
        "y = the whole part of x, rounded toward 0: 1.9 gives 1, -1.9 gives -1. What is beyond an i32 becomes the largest or the least "
        "one, and NaN becomes 0",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the numbers"}),
    LNG_OUT({"y", LNG_INT_ONLY, "their whole parts"}),
    .infer = infer,
    .no_vjp = "its results are integers",
    .example = "metrics: ['equal(to_int(10 * max(out)), 9)']",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1.9, -1.9, 0.5, -0.5, 3)}, .out = {LNG_VALUES(1, -1, 0, 0, 3)}},
    {.in = {LNG_VALUES(2147483520, 2147483648, 1e20)}, .out = {LNG_VALUES(2147483520, 2147483647, 2147483647)}},
    {.in = {LNG_VALUES(-2147483648, -1e20, NAN)}, .out = {LNG_VALUES(-2147483648, -2147483648, 0)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY)}, .out = {LNG_VALUES(2147483647, -2147483648)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(.low = -100, .high = 100)};
LNG_OP_CASES(to_int);
#endif
