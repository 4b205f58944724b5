/* A field of the data: gathers the examples of a slice from the rows of an array straight into lanes.
 *
 * Rows of bytes, as images usually are, are read 16 at a time from 16 rows, transposed as bytes (four rounds of interleaving) and then
 * converted, so that each pixel of the slice is one load away from its vector. */
#include "base/assert.h"
#include "op/kernel.h"
#include <string.h>
#if defined __SSE2__ && defined LNG_FAST
#include <emmintrin.h>
#endif

static int32_t whole(float x) /* rounded towards zero; 0 if out of range */
{
    return x > -2147483648.0f && x < 2147483648.0f ? (int32_t)x : 0;
}

static const lng_field *field_of(const lng_context *context, const lng_node *n)
{
    const lng_field *f = &context->field[n->attr[LNG_INPUT_INDEX].i];
    LNG_ASSERT(f->at && f->size == lng_shape_size(n->out[0].shape));
    return f;
}

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const lng_field *f = field_of(call->context, n);
    int64_t size = lng_shape_size(n->out[0].shape), row = (int64_t)call->example * f->size;
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

#ifdef LNG_FAST
/* Elements of four bytes, of any type, from 16 rows. */
static void gather_words(uint32_t *out, const uint32_t *const *row, int64_t size)
{
    for (int64_t e = 0; e < size; e++)
        for (int l = 0; l < LNG_LANES; l++)
            out[e * LNG_LANES + l] = row[l][e];
}

static void convert(void *out, int64_t e, const uint8_t *lanes, bool integer)
{
    int32_t x[LNG_LANES];
    for (int l = 0; l < LNG_LANES; l++)
        x[l] = lanes[l];
    if (integer)
        iv_store((int32_t *)out + e * LNG_LANES, iv_loadu(x));
    else
        v_store((float *)out + e * LNG_LANES, iv_to_v(iv_loadu(x)));
}

/* Transposes 16 bytes of 16 rows: lanes[i][l] = row[l][e + i]. */
static void turn_bytes(uint8_t lanes[16][16], const uint8_t *const *row, int64_t e)
{
#ifdef __SSE2__
    __m128i a[16], b[16];
    for (int l = 0; l < 16; l++)
        a[l] = _mm_loadu_si128((const __m128i *)(row[l] + e));
    for (int round = 0; round < 4; round++) { /* interleave l with l + 8: four perfect shuffles of the 8 bits of an address */
        for (int l = 0; l < 8; l++) {
            b[2 * l] = _mm_unpacklo_epi8(a[l], a[l + 8]);
            b[2 * l + 1] = _mm_unpackhi_epi8(a[l], a[l + 8]);
        }
        memcpy(a, b, sizeof a);
    }
    for (int l = 0; l < 16; l++)
        _mm_storeu_si128((__m128i *)lanes[l], a[l]);
#else
    for (int i = 0; i < 16; i++)
        for (int l = 0; l < 16; l++)
            lanes[i][l] = row[l][e + i];
#endif
}

static void gather_bytes(void *out, const uint8_t *const *row, int64_t size, bool integer)
{
    uint8_t lanes[16][16];
    int64_t e = 0;
    for (; e + 16 <= size; e += 16) {
        turn_bytes(lanes, row, e);
        for (int i = 0; i < 16; i++)
            convert(out, e + i, lanes[i], integer);
    }
    for (; e < size; e++) {
        for (int l = 0; l < 16; l++)
            lanes[0][l] = row[l][e];
        convert(out, e, lanes[0], integer);
    }
}

static void fast(const lng_call *call)
{
    const lng_node *n = call->node;
    const lng_field *f = field_of(call->context, n);
    const int64_t size = lng_shape_size(n->out[0].shape);
    const bool integer = n->out[0].dtype == LNG_I32;
    const size_t bytes = f->type == LNG_FIELD_U8 ? 1 : 4;
    const void *row[LNG_LANES];
    for (int l = 0; l < LNG_LANES; l++)
        row[l] = (const char *)f->at + (size_t)call->example[l] * (size_t)f->size * bytes;
    if (f->type == LNG_FIELD_U8) {
        gather_bytes(call->out[0], (const uint8_t *const *)row, size, integer);
        return;
    }
    gather_words(call->out[0], (const uint32_t *const *)row, size);
    float *y = call->out[0];
    int32_t *i = call->out[0];
    if (f->type == LNG_FIELD_I32 && !integer)
        for (int64_t e = 0; e < size; e++, y += LNG_LANES, i += LNG_LANES)
            v_store(y, iv_to_v(iv_load(i)));
    if (f->type == LNG_FIELD_F32 && integer)
        for (int64_t e = 0; e < size * LNG_LANES; e++) {
            float x;
            memcpy(&x, &i[e], 4);
            i[e] = whole(x);
        }
}

LNG_FAST_IF(true)
#endif
LNG_KERNELS(input, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->shape[0] = r->attr[LNG_INPUT_SHAPE].v;
    r->dtype[0] = r->attr[LNG_INPUT_INTEGER].i ? LNG_I32 : LNG_F32;
    return true;
}

const lng_op lng_op_input = {
    .name = "input",
    .about = "a field of the data",
    .math =
        "y = the example's row of field `index`, converted to floats (rounded to the nearest) or integers (rounded towards zero)",
    .flags = LNG_OP_HIDDEN | LNG_OP_PER_EXAMPLE,
    LNG_OUT({"y", LNG_ANY_DTYPE, "the example's numbers"}),
    LNG_ATTRS([LNG_INPUT_INDEX] = {"index", LNG_ATTR_INT, .required = true, .low = 0, .high = 1023, .about = "which field"},
              [LNG_INPUT_SHAPE] = {"shape", LNG_ATTR_INTS, .low = 1, .high = 2147483648, .max_count = LNG_MAX_RANK,
                                   .about = "its shape"},
              [LNG_INPUT_INTEGER] = {"integer", LNG_ATTR_BOOL, .about = "whether it is read as integers"}),
    .infer = infer,
    .example = "in: image[28, 28, 1], label",
};
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
LNG_OP_CASES(input);
#endif
