/* A field of the data: gathers the examples of a slice from the rows of an array straight into lanes.
 *
 * Rows of bytes, as images usually are, are read 16 at a time from 16 rows, transposed as bytes (four rounds of interleaving) and then
 * converted, so that each pixel of the slice is one load away from its vector. */
#include "op/field.h"
#include <string.h>
#if defined __SSE2__ && defined LNG_FAST
#include <emmintrin.h>
#endif

static void naive(const lng_naive_call *call)
{
    read_row(call, call->example);
}

#ifdef LNG_FAST
/* Elements of four bytes, of any type, from 16 rows. */
static void gather_words(uint32_t *out, const uint32_t *const *row, int64_t size)
{
    for (int64_t e = 0; e < size; e++)
        for (int l = 0; l < LNG_LANES; l++)
            out[e * LNG_LANES + l] = row[l][e];
}

#ifdef __SSE2__
static void convert_quad(int32_t *out, __m128i x, bool integer)
{
    _mm_store_si128((__m128i *)out, integer ? x : _mm_castps_si128(_mm_cvtepi32_ps(x)));
}
#endif

static void convert(void *out, int64_t e, const uint8_t *lanes, bool integer)
{
    int32_t *y = (int32_t *)out + e * LNG_LANES;
#ifdef __SSE2__
    const __m128i zero = _mm_setzero_si128(), all = _mm_loadu_si128((const __m128i *)lanes);
    const __m128i half[2] = {_mm_unpacklo_epi8(all, zero), _mm_unpackhi_epi8(all, zero)};
    for (int i = 0; i < 2; i++) {
        convert_quad(y + i * 8, _mm_unpacklo_epi16(half[i], zero), integer);
        convert_quad(y + i * 8 + 4, _mm_unpackhi_epi16(half[i], zero), integer);
    }
#else
    int32_t x[LNG_LANES];
    for (int l = 0; l < LNG_LANES; l++)
        x[l] = lanes[l];
    if (integer)
        iv_store(y, iv_loadu(x));
    else
        v_store((float *)out + e * LNG_LANES, iv_to_v(iv_loadu(x)));
#endif
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
const lng_op lng_op_input = {
    .name = "input",
    .about = "a field of the data",
    .math = "y = the example's" INPUT_MATH,
    .flags = LNG_OP_HIDDEN | LNG_OP_PER_EXAMPLE,
    LNG_OUT({"y", LNG_ANY_DTYPE, "the example's numbers"}),
    LNG_ATTRS(INPUT_ATTRS),
    .infer = infer,
    .example = "in: image[28, 28, 1], label",
};
#endif

#ifdef LNG_CASES
LNG_OP_CASES(input);
#endif
