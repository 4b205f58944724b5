/* Sixteen lanes in two AVX registers (AVX2 and FMA); see lanes.h. */
#include <immintrin.h>

typedef struct {
    __m256 l, h;
} v16;
typedef struct {
    __m256i l, h;
} i16;
typedef i16 m16; /* all bits of a lane are equal */

#define LNG_REGISTERS 2
typedef __m256 r16;
#define r_load  _mm256_load_ps
#define r_loadu _mm256_loadu_ps
#define r_store _mm256_store_ps
#define r_zero  _mm256_setzero_ps
#define r_set1  _mm256_set1_ps
#define r_fma   _mm256_fmadd_ps

/* Defines a function of one, two or three of `type` that works on both halves. */
#define LNG_HALVES_1(type, name, argument, f)                                                                                      \
    static inline type name(argument a)                                                                                            \
    {                                                                                                                              \
        return (type){f(a.l), f(a.h)};                                                                                             \
    }
#define LNG_HALVES_2(type, name, argument, f)                                                                                      \
    static inline type name(argument a, argument b)                                                                                \
    {                                                                                                                              \
        return (type){f(a.l, b.l), f(a.h, b.h)};                                                                                   \
    }
#define LNG_HALVES_3(type, name, argument, f)                                                                                      \
    static inline type name(argument a, argument b, argument c)                                                                    \
    {                                                                                                                              \
        return (type){f(a.l, b.l, c.l), f(a.h, b.h, c.h)};                                                                         \
    }
#define LNG_SHIFT(name, f)                                                                                                         \
    static inline i16 name(i16 a, int n)                                                                                           \
    {                                                                                                                              \
        __m128i by = _mm_cvtsi32_si128(n);                                                                                         \
        return (i16){f(a.l, by), f(a.h, by)};                                                                                      \
    }
#define LNG_COMPARE(name, how)                                                                                                     \
    static inline m16 name(v16 a, v16 b)                                                                                           \
    {                                                                                                                              \
        return (m16){_mm256_castps_si256(_mm256_cmp_ps(a.l, b.l, how)), _mm256_castps_si256(_mm256_cmp_ps(a.h, b.h, how))};        \
    }

static inline v16 v_load(const float *p)
{
    return (v16){_mm256_load_ps(p), _mm256_load_ps(p + 8)};
}
static inline v16 v_loadu(const float *p)
{
    return (v16){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
static inline void v_store(float *p, v16 a)
{
    _mm256_store_ps(p, a.l);
    _mm256_store_ps(p + 8, a.h);
}
static inline void v_storeu(float *p, v16 a)
{
    _mm256_storeu_ps(p, a.l);
    _mm256_storeu_ps(p + 8, a.h);
}
static inline r16 r_hold(r16 a)
{
    __asm__("" : "+x"(a));
    return a;
}
static inline v16 v_hold(v16 a)
{
    return (v16){r_hold(a.l), r_hold(a.h)};
}
static inline v16 v_set1(float a)
{
    __m256 x = _mm256_set1_ps(a);
    return (v16){x, x};
}
static inline v16 v_zero(void)
{
    return (v16){_mm256_setzero_ps(), _mm256_setzero_ps()};
}
LNG_HALVES_2(v16, v_add, v16, _mm256_add_ps)
LNG_HALVES_2(v16, v_sub, v16, _mm256_sub_ps)
LNG_HALVES_2(v16, v_mul, v16, _mm256_mul_ps)
LNG_HALVES_2(v16, v_div, v16, _mm256_div_ps)
LNG_HALVES_3(v16, v_fma, v16, _mm256_fmadd_ps)
LNG_HALVES_3(v16, v_fnma, v16, _mm256_fnmadd_ps)
LNG_HALVES_1(v16, v_sqrt, v16, _mm256_sqrt_ps)
LNG_HALVES_1(v16, v_floor, v16, _mm256_floor_ps)
LNG_HALVES_1(i16, v_bits, v16, _mm256_castps_si256)
LNG_HALVES_1(v16, iv_bits, i16, _mm256_castsi256_ps)

static inline i16 iv_load(const int32_t *p)
{
    return (i16){_mm256_load_si256((const __m256i *)p), _mm256_load_si256((const __m256i *)(p + 8))};
}
static inline i16 iv_loadu(const int32_t *p)
{
    return (i16){_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)(p + 8))};
}
static inline void iv_store(int32_t *p, i16 a)
{
    _mm256_store_si256((__m256i *)p, a.l);
    _mm256_store_si256((__m256i *)(p + 8), a.h);
}
static inline void iv_storeu(int32_t *p, i16 a)
{
    _mm256_storeu_si256((__m256i *)p, a.l);
    _mm256_storeu_si256((__m256i *)(p + 8), a.h);
}
static inline i16 iv_set1(int32_t a)
{
    __m256i x = _mm256_set1_epi32(a);
    return (i16){x, x};
}
LNG_HALVES_2(i16, iv_add, i16, _mm256_add_epi32)
LNG_HALVES_2(i16, iv_sub, i16, _mm256_sub_epi32)
LNG_HALVES_2(i16, iv_mul, i16, _mm256_mullo_epi32)
/* Products of the even lanes, and of the odd ones. */
static inline __m256i lng_mul_high_8(__m256i a, __m256i b)
{
    const __m256i even = _mm256_mul_epu32(a, b), odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32));
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
}
LNG_HALVES_2(i16, iv_mul_high, i16, lng_mul_high_8)
LNG_HALVES_2(i16, iv_and, i16, _mm256_and_si256)
LNG_HALVES_2(i16, iv_or, i16, _mm256_or_si256)
LNG_HALVES_2(i16, iv_xor, i16, _mm256_xor_si256)
LNG_HALVES_2(m16, iv_eq, i16, _mm256_cmpeq_epi32)
LNG_SHIFT(iv_shl, _mm256_sll_epi32)
LNG_SHIFT(iv_shr, _mm256_srl_epi32)
LNG_SHIFT(iv_sar, _mm256_sra_epi32)
LNG_HALVES_1(v16, iv_to_v, i16, _mm256_cvtepi32_ps)
LNG_HALVES_1(i16, v_to_iv, v16, _mm256_cvtps_epi32) /* the rounding mode is always to nearest */
static inline m16 iv_lt(i16 a, i16 b)
{
    return (m16){_mm256_cmpgt_epi32(b.l, a.l), _mm256_cmpgt_epi32(b.h, a.h)};
}
static inline i16 iv_select(m16 m, i16 a, i16 b)
{
    return (i16){_mm256_blendv_epi8(b.l, a.l, m.l), _mm256_blendv_epi8(b.h, a.h, m.h)};
}

static inline v16 v_neg(v16 a)
{
    return iv_bits(iv_xor(v_bits(a), iv_set1(INT32_MIN)));
}
static inline v16 v_abs(v16 a)
{
    return iv_bits(iv_and(v_bits(a), iv_set1(INT32_MAX)));
}
LNG_COMPARE(v_lt, _CMP_LT_OQ)
LNG_COMPARE(v_le, _CMP_LE_OQ)
LNG_COMPARE(v_eq, _CMP_EQ_OQ)
LNG_COMPARE(v_ne, _CMP_NEQ_UQ)
static inline m16 v_isnan(v16 a)
{
    return v_ne(a, a);
}
static inline v16 v_select(m16 m, v16 a, v16 b)
{
    v16 k = iv_bits(m);
    return (v16){_mm256_blendv_ps(b.l, a.l, k.l), _mm256_blendv_ps(b.h, a.h, k.h)};
}
static inline v16 v_keep(m16 m, v16 a)
{
    return iv_bits(iv_and(v_bits(a), m));
}
LNG_HALVES_2(m16, m_and, m16, _mm256_and_si256)
LNG_HALVES_2(m16, m_or, m16, _mm256_or_si256)
static inline m16 m_not(m16 a)
{
    return iv_xor(a, iv_set1(-1));
}
static inline m16 m_live(int n)
{
    i16 lane = {_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15)};
    return iv_lt(lane, iv_set1(n));
}
static inline unsigned m_mask(m16 m)
{
    v16 k = iv_bits(m);
    return (unsigned)_mm256_movemask_ps(k.l) | (unsigned)_mm256_movemask_ps(k.h) << 8;
}
static inline v16 v_load_part(const float *p, int n)
{
    m16 m = m_live(n);
    return (v16){_mm256_maskload_ps(p, m.l), _mm256_maskload_ps(p + 8, m.h)};
}
/* In pieces: some processors take ten times as long to store under a mask. */
static inline void v_store_part(float *p, v16 a, int n)
{
    if (n >= 8) {
        _mm256_storeu_ps(p, a.l);
        p += 8;
        a.l = a.h;
    }
    __m128 q = _mm256_castps256_ps128(a.l);
    if (n & 4) {
        _mm_storeu_ps(p, q);
        p += 4;
        q = _mm256_extractf128_ps(a.l, 1);
    }
    if (n & 2) {
        _mm_storel_pi((__m64 *)(void *)p, q);
        p += 2;
        q = _mm_movehl_ps(q, q);
    }
    if (n & 1)
        _mm_store_ss(p, q);
}

static inline float v_hsum(v16 a)
{
    __m256 e = _mm256_add_ps(a.l, a.h);
    __m128 q = _mm_add_ps(_mm256_castps256_ps128(e), _mm256_extractf128_ps(e, 1));
    q = _mm_add_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_add_ss(q, _mm_movehdup_ps(q)));
}
/* Each level of the tree halves the number of vectors: two are cut into the parts to be added, and joined. */
static inline __m256 lng_quarters(const v16 *a, const v16 *b)
{
    __m256 x = _mm256_add_ps(a->l, a->h), y = _mm256_add_ps(b->l, b->h);
    return _mm256_add_ps(_mm256_permute2f128_ps(x, y, 0x20), _mm256_permute2f128_ps(x, y, 0x31));
}
static inline __m256 lng_eighths(__m256 a, __m256 b)
{
    return _mm256_add_ps(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xee));
}
static inline __m256 lng_hsums_8(const v16 *r)
{
    __m256 a = lng_eighths(lng_quarters(r, r + 4), lng_quarters(r + 1, r + 5));
    __m256 b = lng_eighths(lng_quarters(r + 2, r + 6), lng_quarters(r + 3, r + 7));
    return _mm256_add_ps(_mm256_shuffle_ps(a, b, 0x88), _mm256_shuffle_ps(a, b, 0xdd));
}
static inline v16 v_hsums(const v16 r[16])
{
    return (v16){lng_hsums_8(r), lng_hsums_8(r + 8)};
}
static inline float v_first(v16 a)
{
    return _mm256_cvtss_f32(a.l);
}

static inline void lng_transpose_8(__m256 r[8])
{
    __m256 t[8];
    for (int i = 0; i < 4; i++) {
        t[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 8; i += 4)
        for (int j = 0; j < 2; j++) {
            r[i + 2 * j] = _mm256_shuffle_ps(t[i + j], t[i + j + 2], 0x44);
            r[i + 2 * j + 1] = _mm256_shuffle_ps(t[i + j], t[i + j + 2], 0xee);
        }
    for (int i = 0; i < 4; i++) {
        t[i] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x20);
        t[i + 4] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x31);
    }
    for (int i = 0; i < 8; i++)
        r[i] = t[i];
}
/* Four examples' fours, of which the first and the last two are in the halves of a register. */
static inline void lng_scatter_fours_8(__m256 a, __m256 b, __m256 c, __m256 d, float *to, ptrdiff_t step)
{
    const __m256 low = _mm256_unpacklo_ps(a, b), high = _mm256_unpackhi_ps(a, b);
    const __m256 low_2 = _mm256_unpacklo_ps(c, d), high_2 = _mm256_unpackhi_ps(c, d);
    const __m256 four[4] = {_mm256_shuffle_ps(low, low_2, 0x44), _mm256_shuffle_ps(low, low_2, 0xee),
                            _mm256_shuffle_ps(high, high_2, 0x44), _mm256_shuffle_ps(high, high_2, 0xee)};
    for (int i = 0; i < 4; i++, to += step) {
        _mm_store_ps(to, _mm256_castps256_ps128(four[i]));
        _mm_store_ps(to + 4 * step, _mm256_extractf128_ps(four[i], 1));
    }
}
static inline void v_scatter_fours(const v16 r[4], float *to, ptrdiff_t step)
{
    lng_scatter_fours_8(r[0].l, r[1].l, r[2].l, r[3].l, to, step);
    lng_scatter_fours_8(r[0].h, r[1].h, r[2].h, r[3].h, to + 8 * step, step);
}
/* Shuffles of bytes, of which a core may do two at a time, where it does one variable permutation of floats. */
static inline i16 iv_quad(i16 at)
{
    return iv_add(iv_mul(iv_and(at, iv_set1(3)), iv_set1(0x04040404)), iv_set1(0x03020100));
}
static inline v16 v_quad(const float *p, int q, i16 at)
{
    const __m256i four = _mm256_castps_si256(_mm256_broadcast_ps((const __m128 *)(const void *)(p + 4 * q)));
    return iv_bits((i16){_mm256_shuffle_epi8(four, at.l), _mm256_shuffle_epi8(four, at.h)});
}
static inline void v_transpose(v16 r[16])
{
    __m256 q[4][8];
    for (int i = 0; i < 8; i++) {
        q[0][i] = r[i].l;
        q[1][i] = r[i].h;
        q[2][i] = r[i + 8].l;
        q[3][i] = r[i + 8].h;
    }
    for (int i = 0; i < 4; i++)
        lng_transpose_8(q[i]);
    for (int i = 0; i < 8; i++) {
        r[i] = (v16){q[0][i], q[2][i]};
        r[i + 8] = (v16){q[1][i], q[3][i]};
    }
}

static inline float s_fma(float a, float b, float c)
{
    return _mm_cvtss_f32(_mm_fmadd_ss(_mm_set_ss(a), _mm_set_ss(b), _mm_set_ss(c)));
}
static inline float s_sqrt(float a)
{
    return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(a)));
}
