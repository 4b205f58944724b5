/* Sixteen lanes in one AVX-512 register; see lanes.h. */
#include <immintrin.h>

typedef __m512 v16;
typedef __m512i i16;
typedef __mmask16 m16;

static inline v16 v_load(const float *p)
{
    return _mm512_load_ps(p);
}
static inline v16 v_loadu(const float *p)
{
    return _mm512_loadu_ps(p);
}
static inline void v_store(float *p, v16 a)
{
    _mm512_store_ps(p, a);
}
static inline void v_storeu(float *p, v16 a)
{
    _mm512_storeu_ps(p, a);
}
static inline v16 v_hold(v16 a)
{
    __asm__("" : "+v"(a));
    return a;
}
static inline v16 v_set1(float a)
{
    return _mm512_set1_ps(a);
}
static inline v16 v_zero(void)
{
    return _mm512_setzero_ps();
}
static inline v16 v_add(v16 a, v16 b)
{
    return _mm512_add_ps(a, b);
}
static inline v16 v_sub(v16 a, v16 b)
{
    return _mm512_sub_ps(a, b);
}
static inline v16 v_mul(v16 a, v16 b)
{
    return _mm512_mul_ps(a, b);
}
static inline v16 v_div(v16 a, v16 b)
{
    return _mm512_div_ps(a, b);
}
static inline v16 v_fma(v16 a, v16 b, v16 c)
{
    return _mm512_fmadd_ps(a, b, c);
}
static inline v16 v_fnma(v16 a, v16 b, v16 c)
{
    return _mm512_fnmadd_ps(a, b, c);
}
static inline v16 v_sqrt(v16 a)
{
    return _mm512_sqrt_ps(a);
}
static inline v16 v_floor(v16 a)
{
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}
static inline i16 v_bits(v16 a)
{
    return _mm512_castps_si512(a);
}
static inline v16 iv_bits(i16 a)
{
    return _mm512_castsi512_ps(a);
}
static inline v16 v_neg(v16 a)
{
    return iv_bits(_mm512_xor_si512(v_bits(a), _mm512_set1_epi32(INT32_MIN)));
}
static inline v16 v_abs(v16 a)
{
    return iv_bits(_mm512_and_si512(v_bits(a), _mm512_set1_epi32(INT32_MAX)));
}

static inline m16 v_lt(v16 a, v16 b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
static inline m16 v_le(v16 a, v16 b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ);
}
static inline m16 v_eq(v16 a, v16 b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ);
}
static inline m16 v_ne(v16 a, v16 b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ);
}
static inline m16 v_isnan(v16 a)
{
    return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q);
}
static inline v16 v_select(m16 m, v16 a, v16 b)
{
    return _mm512_mask_blend_ps(m, b, a);
}
static inline v16 v_keep(m16 m, v16 a)
{
    return _mm512_maskz_mov_ps(m, a);
}
static inline m16 m_and(m16 a, m16 b)
{
    return (m16)(a & b);
}
static inline m16 m_or(m16 a, m16 b)
{
    return (m16)(a | b);
}
static inline m16 m_not(m16 a)
{
    return (m16)~a;
}
static inline m16 m_live(int n)
{
    return (m16)(n >= 16 ? 0xffff : (1u << n) - 1);
}
static inline unsigned m_mask(m16 m)
{
    return m;
}
static inline v16 v_load_part(const float *p, int n)
{
    return _mm512_maskz_loadu_ps(m_live(n), p);
}
static inline void v_store_part(float *p, v16 a, int n)
{
    _mm512_mask_storeu_ps(p, m_live(n), a);
}

static inline float v_hsum(v16 a)
{
    __m256 e = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    __m128 q = _mm_add_ps(_mm256_castps256_ps128(e), _mm256_extractf128_ps(e, 1));
    q = _mm_add_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_add_ss(q, _mm_movehdup_ps(q)));
}
/* Each level of the tree halves the number of vectors: two are cut into the parts to be added, and joined. */
static inline v16 lng_halves(v16 a, v16 b)
{
    return v_add(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
}
static inline v16 lng_quarters(const v16 *r) /* r[0], r[4], r[8], r[12] */
{
    v16 a = lng_halves(r[0], r[4]), b = lng_halves(r[8], r[12]);
    return v_add(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
}
static inline v16 lng_eighths(v16 a, v16 b)
{
    __m512d x = _mm512_castps_pd(a), y = _mm512_castps_pd(b);
    return v_add(_mm512_castpd_ps(_mm512_unpacklo_pd(x, y)), _mm512_castpd_ps(_mm512_unpackhi_pd(x, y)));
}
static inline v16 v_hsums(const v16 r[16])
{
    v16 a = lng_eighths(lng_quarters(r), lng_quarters(r + 1)), b = lng_eighths(lng_quarters(r + 2), lng_quarters(r + 3));
    return v_add(_mm512_shuffle_ps(a, b, 0x88), _mm512_shuffle_ps(a, b, 0xdd));
}
static inline float v_first(v16 a)
{
    return _mm512_cvtss_f32(a);
}

static inline i16 iv_load(const int32_t *p)
{
    return _mm512_load_si512(p);
}
static inline i16 iv_loadu(const int32_t *p)
{
    return _mm512_loadu_si512(p);
}
static inline void iv_store(int32_t *p, i16 a)
{
    _mm512_store_si512(p, a);
}
static inline void iv_storeu(int32_t *p, i16 a)
{
    _mm512_storeu_si512(p, a);
}
static inline i16 iv_set1(int32_t a)
{
    return _mm512_set1_epi32(a);
}
static inline i16 iv_add(i16 a, i16 b)
{
    return _mm512_add_epi32(a, b);
}
static inline i16 iv_sub(i16 a, i16 b)
{
    return _mm512_sub_epi32(a, b);
}
static inline i16 iv_mul(i16 a, i16 b)
{
    return _mm512_mullo_epi32(a, b);
}
/* Products of the even lanes, and of the odd ones. */
static inline i16 iv_mul_high(i16 a, i16 b)
{
    const i16 even = _mm512_mul_epu32(a, b), odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), _mm512_srli_epi64(b, 32));
    return _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
}
static inline m16 iv_eq(i16 a, i16 b)
{
    return _mm512_cmpeq_epi32_mask(a, b);
}
static inline m16 iv_lt(i16 a, i16 b)
{
    return _mm512_cmplt_epi32_mask(a, b);
}
static inline i16 iv_select(m16 m, i16 a, i16 b)
{
    return _mm512_mask_blend_epi32(m, b, a);
}
static inline i16 iv_and(i16 a, i16 b)
{
    return _mm512_and_si512(a, b);
}
static inline i16 iv_or(i16 a, i16 b)
{
    return _mm512_or_si512(a, b);
}
static inline i16 iv_xor(i16 a, i16 b)
{
    return _mm512_xor_si512(a, b);
}
static inline i16 iv_shl(i16 a, int n)
{
    return _mm512_sll_epi32(a, _mm_cvtsi32_si128(n));
}
static inline i16 iv_shr(i16 a, int n)
{
    return _mm512_srl_epi32(a, _mm_cvtsi32_si128(n));
}
static inline i16 iv_sar(i16 a, int n)
{
    return _mm512_sra_epi32(a, _mm_cvtsi32_si128(n));
}
static inline v16 iv_to_v(i16 a)
{
    return _mm512_cvtepi32_ps(a);
}
static inline i16 v_to_iv(v16 a)
{
    return _mm512_cvt_roundps_epi32(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

static inline void v_scatter_fours(const v16 r[4], float *to, ptrdiff_t step)
{
    const __m512d a = _mm512_castps_pd(_mm512_unpacklo_ps(r[0], r[1])), b = _mm512_castps_pd(_mm512_unpackhi_ps(r[0], r[1]));
    const __m512d c = _mm512_castps_pd(_mm512_unpacklo_ps(r[2], r[3])), d = _mm512_castps_pd(_mm512_unpackhi_ps(r[2], r[3]));
    const v16 four[4] = {_mm512_castpd_ps(_mm512_unpacklo_pd(a, c)), _mm512_castpd_ps(_mm512_unpackhi_pd(a, c)),
                         _mm512_castpd_ps(_mm512_unpacklo_pd(b, d)), _mm512_castpd_ps(_mm512_unpackhi_pd(b, d))};
    for (int i = 0; i < 4; i++, to += step) {
        _mm_store_ps(to, _mm512_castps512_ps128(four[i]));
        _mm_store_ps(to + 4 * step, _mm512_extractf32x4_ps(four[i], 1));
        _mm_store_ps(to + 8 * step, _mm512_extractf32x4_ps(four[i], 2));
        _mm_store_ps(to + 12 * step, _mm512_extractf32x4_ps(four[i], 3));
    }
}
static inline i16 iv_quad(i16 at)
{
    return iv_and(at, iv_set1(3));
}
static inline v16 v_quad(const float *p, int q, i16 at)
{
    return _mm512_permutexvar_ps(iv_add(at, iv_set1(4 * q)), v_load(p));
}
static inline void v_transpose(v16 r[16])
{
    v16 t[16];
    LNG_UNROLLED(i, 8) { /* pairs of rows, then fours, within each quarter of the register */
        t[2 * i] = _mm512_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
    LNG_UNROLL
    for (int i = 0; i < 16; i += 4)
        LNG_UNROLLED(j, 2) {
            __m512d a = _mm512_castps_pd(t[i + j]), b = _mm512_castps_pd(t[i + j + 2]);
            r[i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
            r[i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
        }
    LNG_UNROLLED(i, 4) { /* then the quarters themselves, a 4 x 4 transpose */
        v16 a = _mm512_shuffle_f32x4(r[i], r[i + 4], 0x88), b = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0x88);
        v16 c = _mm512_shuffle_f32x4(r[i], r[i + 4], 0xdd), d = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0xdd);
        t[i] = _mm512_shuffle_f32x4(a, b, 0x88);
        t[i + 8] = _mm512_shuffle_f32x4(a, b, 0xdd);
        t[i + 4] = _mm512_shuffle_f32x4(c, d, 0x88);
        t[i + 12] = _mm512_shuffle_f32x4(c, d, 0xdd);
    }
    LNG_UNROLLED(i, 16)
        r[i] = t[i];
}

static inline float s_fma(float a, float b, float c)
{
    return _mm_cvtss_f32(_mm_fmadd_ss(_mm_set_ss(a), _mm_set_ss(b), _mm_set_ss(c)));
}
static inline float s_sqrt(float a)
{
    return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(a)));
}
