/* A field of the data: input and input_first read its rows. */
#ifndef LNG_OP_FIELD_H
#define LNG_OP_FIELD_H
#include "base/assert.h"
#include "op/kernel.h"

static inline int32_t whole(float x) /* rounded towards zero; 0 if out of range */
{
    return x > -2147483648.0f && x < 2147483648.0f ? (int32_t)x : 0;
}

static inline const lng_field *field_of(const lng_context *context, const lng_node *n)
{
    const lng_field *f = &context->field[n->attr[LNG_INPUT_INDEX].i];
    LNG_ASSERT(f->at && f->size == lng_shape_size(n->out[0].shape));
    return f;
}

/* What both ops' naive kernels do. */
static inline void read_row(const lng_naive_call *call, uint32_t example)
{
    const lng_node *n = call->node;
    const lng_field *f = field_of(call->context, n);
    const int64_t size = lng_shape_size(n->out[0].shape), row = (int64_t)example * f->size;
    for (int64_t e = 0; e < size; e++) {
        int32_t i = f->type == LNG_FIELD_U8 ? ((const uint8_t *)f->at)[row + e] : 0;
        float x = (float)i;
        if (f->type == LNG_FIELD_I32)
            i = ((const int32_t *)f->at)[row + e], x = (float)i;
        else if (f->type == LNG_FIELD_F32)
            x = ((const float *)f->at)[row + e], i = whole(x);
        if (n->out[0].dtype == LNG_I32)
            I(call->out[0], e) = i;
        else
            F(call->out[0], e) = (real)x;
    }
}

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->shape[0] = r->attr[LNG_INPUT_SHAPE].v;
    r->dtype[0] = r->attr[LNG_INPUT_INTEGER].i ? LNG_I32 : LNG_F32;
    return true;
}

/* clang-format off */
#define INPUT_MATH " row of field `index`, converted to floats (rounded to the nearest) or integers (rounded towards zero)"
#define INPUT_ATTRS                                                                                                                \
    [LNG_INPUT_INDEX] = {"index", LNG_ATTR_INT, .required = true, .low = 0, .high = 1023, .about = "which field"},                 \
    [LNG_INPUT_SHAPE] = {"shape", LNG_ATTR_INTS, .low = 1, .high = 2147483648, .max_count = LNG_MAX_RANK, .about = "its shape"},   \
    [LNG_INPUT_INTEGER] = {"integer", LNG_ATTR_BOOL, .about = "whether it is read as integers"}
/* clang-format on */
#endif

#ifdef LNG_CASES
#include "op/cases.h"

/* the fields of the samples, one row each: bytes 0, 128, 255 / floats -1.5, 0, 3.5 / integers -7, 0, 16777217 */
static const lng_sample samples[] = {
    {.attr = {{.i = 0}, {.v = LNG_DIMS(3)}}, .out = {LNG_VALUES(0, 128, 255)}},
    {.attr = {{.i = 0}, {.v = LNG_DIMS(3)}, {.i = 1}}, .out = {LNG_VALUES(0, 128, 255)}},
    {.attr = {{.i = 1}, {.v = LNG_DIMS(3)}}, .out = {LNG_VALUES(-1.5, 0, 3.5)}},
    {.attr = {{.i = 1}, {.v = LNG_DIMS(3)}, {.i = 1}}, .out = {LNG_VALUES(-1, 0, 3)}},
    {.attr = {{.i = 2}, {.v = LNG_DIMS(3)}}, .out = {LNG_VALUES(-7, 0, 16777216)}},
    {.attr = {{.i = 2}, {.v = LNG_DIMS(3)}, {.i = 1}}, .out = {LNG_VALUES(-7, 0, 16777217)}},
};
#define FIELD(index, integer)                                                                                                      \
    {.attr = {{.i = index}, {.v = LNG_SCALAR}, {.i = integer}}}, {.attr = {{.i = index}, {.v = LNG_DIMS(7)}, {.i = integer}}},     \
    {                                                                                                                              \
        .attr = { {.i = index}, {.v = LNG_DIMS(5, 1, 7)}, {.i = integer} }                                                         \
    }
static const lng_case cases[] = {FIELD(0, 0), FIELD(0, 1), FIELD(1, 0), FIELD(1, 1), FIELD(2, 0), FIELD(2, 1)};
#endif

#endif
