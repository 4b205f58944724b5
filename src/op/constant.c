/* A value filled with one number. */
#include "op/kernel.h"

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    for (int64_t e = 0, size = lng_shape_size(n->out[0].shape); e < size; e++)
        if (n->out[0].dtype == LNG_I32)
            I(call->out[0], e) = (int32_t)n->attr[LNG_CONSTANT_VALUE].f;
        else
            F(call->out[0], e) = (real)n->attr[LNG_CONSTANT_VALUE].f;
}
LNG_NAIVE_KERNELS(constant, naive);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    const double value = r->attr[LNG_CONSTANT_VALUE].f;
    const bool integer = r->attr[LNG_CONSTANT_INTEGER].i;
    if (integer && !(value >= INT32_MIN && value <= INT32_MAX))
        return lng_infer_fail_attr(r, LNG_CONSTANT_VALUE, LNG_E_RANGE, "an integer (i32) is from -2,147,483,648 to 2,147,483,647");
    r->shape[0] = r->attr[LNG_CONSTANT_SHAPE].v;
    r->dtype[0] = integer ? LNG_I32 : LNG_F32;
    return true;
}

const lng_op lng_op_constant = {
    .name = "constant",
    .about = "a value filled with one number",
    .math = "y = value, rounded to a float or, of an integer, towards zero",
    .flags = LNG_OP_HIDDEN | LNG_OP_SHARED_OUT,
    LNG_OUT({"y", LNG_ANY_DTYPE, "the filled value"}),
    LNG_ATTRS([LNG_CONSTANT_VALUE] = {"value", LNG_ATTR_FLOAT, .required = true, .about = "the number"},
              [LNG_CONSTANT_SHAPE] = {"shape", LNG_ATTR_INTS, .low = 1, .high = 2147483648, .max_count = LNG_MAX_RANK,
                                      .about = "the shape"},
              [LNG_CONSTANT_INTEGER] = {"integer", LNG_ATTR_BOOL, .about = "whether it is an integer"}),
    .infer = infer,
    .example = "0.5",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.attr = {{.f = 0.5}, {.v = LNG_DIMS(3)}}, .out = {LNG_VALUES(0.5, 0.5, 0.5)}},
    {.attr = {{.f = -2}}, .out = {LNG_NUMBER(-2)}},
    {.attr = {{.f = 16777217}, {0}, {.i = 1}}, .out = {LNG_NUMBER(16777217)}},
};
static const lng_case cases[] = {{.attr = {{.f = 3}, {.v = LNG_DIMS(17)}}}, {.attr = {{.f = 0.1}}}};
LNG_OP_CASES(constant);
#endif
