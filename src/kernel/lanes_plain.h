/* Sixteen lanes in C with vectors of any size, which the compiler cuts to what the machine has; see lanes.h.
 *
 * The fused multiply-add goes through double. The product of two floats is exact there. The sum is rounded to odd: when it is
 * inexact (the error term of Knuth's two-sum) and its last bit is even, its neighbor on the side of the error is taken. A value
 * rounded to odd with two bits or more to spare rounds again as the exact one would, so that the conversion to float, the one that
 * flushes a subnormal too, rounds once in effect. Infinities and NaN make the error NaN, and nothing is corrected. */
#include <math.h> /* only sqrtf: an instruction, or a correctly rounded function */

#ifdef LNG_UNFUSED /* op/kernel.h: only the first lane is read, so four do, and are less code */
#define LNG_PLAIN_LANES 4
#define LNG_IN_ALL(a)   a, a, a, a
#else
#define LNG_PLAIN_LANES 16
#define LNG_IN_ALL(a)   a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a
#endif
typedef float v16 __attribute__((vector_size(4 * LNG_PLAIN_LANES)));
typedef int32_t i16 __attribute__((vector_size(4 * LNG_PLAIN_LANES)));
typedef uint32_t lng_u16 __attribute__((vector_size(4 * LNG_PLAIN_LANES))); /* where an int32_t would overflow */
typedef i16 m16;                                                            /* 0 or -1 */

#define LNG_EACH_LANE(i) for (int i = 0; i < LNG_PLAIN_LANES; i++)

#ifdef LNG_UNFUSED
static inline float s_fma(float a, float b, float c)
{
    return a * b + c;
}
#else
static inline float s_fma(float a, float b, float c)
{
    double p = (double)a * b, d = c, s = p + d, t = s - p, e = (p - (s - t)) + (d - t);
    int64_t bits;
    memcpy(&bits, &s, 8);
    if ((e > 0 || e < 0) && !(bits & 1))
        bits += (e > 0) == (s > 0) ? 1 : -1;
    memcpy(&s, &bits, 8);
    return (float)s;
}
#endif
static inline float s_sqrt(float a)
{
    return sqrtf(a);
}

static inline v16 v_load(const float *p)
{
    v16 r;
    memcpy(&r, p, sizeof r);
    return r;
}
static inline v16 v_loadu(const float *p)
{
    return v_load(p);
}
static inline void v_store(float *p, v16 a)
{
    memcpy(p, &a, sizeof a);
}
static inline void v_storeu(float *p, v16 a)
{
    v_store(p, a);
}
static inline v16 v_set1(float a)
{
    return (v16){LNG_IN_ALL(a)};
}
static inline i16 iv_load(const int32_t *p)
{
    i16 r;
    memcpy(&r, p, sizeof r);
    return r;
}
static inline i16 iv_loadu(const int32_t *p)
{
    return iv_load(p);
}
static inline void iv_store(int32_t *p, i16 a)
{
    memcpy(p, &a, sizeof a);
}
static inline void iv_storeu(int32_t *p, i16 a)
{
    iv_store(p, a);
}
static inline i16 iv_set1(int32_t a)
{
    return (i16){LNG_IN_ALL(a)};
}
static inline v16 v_hold(v16 a)
{
    return a;
}
static inline v16 v_zero(void)
{
    return (v16){0};
}
static inline v16 v_load_part(const float *p, int n)
{
    v16 r = v_zero();
    memcpy(&r, p, (size_t)n * 4);
    return r;
}
static inline void v_store_part(float *p, v16 a, int n)
{
    memcpy(p, &a, (size_t)n * 4);
}

static inline v16 v_add(v16 a, v16 b)
{
    return a + b;
}
static inline v16 v_sub(v16 a, v16 b)
{
    return a - b;
}
static inline v16 v_mul(v16 a, v16 b)
{
    return a * b;
}
static inline v16 v_div(v16 a, v16 b)
{
    return a / b;
}

#ifdef LNG_UNFUSED
static inline v16 v_fma(v16 a, v16 b, v16 c)
{
    return a * b + c;
}
#else
void lng_plain_fma(v16 *r, const v16 *a, const v16 *b, const v16 *c); /* in plain.c: too long to be inline */
static inline v16 v_fma(v16 a, v16 b, v16 c)
{
    lng_plain_fma(&a, &a, &b, &c);
    return a;
}
#endif
static inline v16 v_sqrt(v16 a)
{
    LNG_EACH_LANE(i)
        a[i] = sqrtf(a[i]);
    return a;
}

static inline i16 v_bits(v16 a)
{
    return (i16)a;
}
static inline v16 iv_bits(i16 a)
{
    return (v16)a;
}
static inline i16 iv_add(i16 a, i16 b)
{
    return (i16)((lng_u16)a + (lng_u16)b);
}
static inline i16 iv_sub(i16 a, i16 b)
{
    return (i16)((lng_u16)a - (lng_u16)b);
}
static inline i16 iv_mul(i16 a, i16 b)
{
    return (i16)((lng_u16)a * (lng_u16)b);
}
static inline i16 iv_mul_high(i16 a, i16 b)
{
    i16 r;
    LNG_EACH_LANE(i)
        r[i] = (int32_t)((uint64_t)(uint32_t)a[i] * (uint32_t)b[i] >> 32);
    return r;
}
static inline i16 iv_and(i16 a, i16 b)
{
    return a & b;
}
static inline i16 iv_or(i16 a, i16 b)
{
    return a | b;
}
static inline i16 iv_xor(i16 a, i16 b)
{
    return a ^ b;
}
static inline m16 iv_eq(i16 a, i16 b)
{
    return a == b;
}
static inline m16 iv_lt(i16 a, i16 b)
{
    return a < b;
}
static inline i16 iv_select(m16 m, i16 a, i16 b)
{
    return (a & m) | (b & ~m);
}
static inline i16 iv_shl(i16 a, int n)
{
    return (i16)((lng_u16)a << n);
}
static inline i16 iv_shr(i16 a, int n)
{
    return (i16)((lng_u16)a >> n);
}
static inline i16 iv_sar(i16 a, int n)
{
    return a >> n;
}
static inline v16 iv_to_v(i16 a)
{
    return __builtin_convertvector(a, v16);
}
static inline int32_t lng_nearest_int(float x)
{
    const float one = 8388608; /* 2^23: from there on a float is a whole number, so adding it rounds to one */
    if (!(x >= -2147483648.f && x < 2147483648.f))
        return INT32_MIN;
    if (x >= 0 && x < one)
        x = (x + one) - one;
    else if (x < 0 && x > -one)
        x = (x - one) + one;
    return (int32_t)x;
}
static inline i16 v_to_iv(v16 a)
{
    i16 r = {0};
    LNG_EACH_LANE(i)
        r[i] = lng_nearest_int(a[i]);
    return r;
}
static inline float lng_floor(float x)
{
    if (!(x > -8388608 && x < 8388608))
        return x;
    float t = (float)(int32_t)x;
    t -= t > x;
    return x < 0 || t != 0 ? t : x * 0; /* the zero keeps its sign */
}
static inline v16 v_floor(v16 a)
{
    LNG_EACH_LANE(i)
        a[i] = lng_floor(a[i]);
    return a;
}
static inline v16 v_neg(v16 a)
{
    return iv_bits(iv_xor(v_bits(a), iv_set1(INT32_MIN)));
}
static inline v16 v_abs(v16 a)
{
    return iv_bits(iv_and(v_bits(a), iv_set1(INT32_MAX)));
}
static inline v16 v_fnma(v16 a, v16 b, v16 c)
{
    return v_fma(v_neg(a), b, c);
}

static inline m16 v_lt(v16 a, v16 b)
{
    return a < b;
}
static inline m16 v_le(v16 a, v16 b)
{
    return a <= b;
}
static inline m16 v_eq(v16 a, v16 b)
{
    return a == b;
}
static inline m16 v_ne(v16 a, v16 b)
{
    return a != b;
}
static inline m16 v_isnan(v16 a)
{
    return a != a;
}
static inline v16 v_select(m16 m, v16 a, v16 b)
{
    return iv_bits(iv_select(m, v_bits(a), v_bits(b)));
}
static inline v16 v_keep(m16 m, v16 a)
{
    return iv_bits(iv_and(v_bits(a), m));
}
static inline m16 m_and(m16 a, m16 b)
{
    return a & b;
}
static inline m16 m_or(m16 a, m16 b)
{
    return a | b;
}
static inline m16 m_not(m16 a)
{
    return ~a;
}
#ifndef LNG_UNFUSED
static inline m16 m_live(int n)
{
    return (i16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} < iv_set1(n);
}
#endif
static inline unsigned m_mask(m16 m)
{
    unsigned bits = 0;
    LNG_EACH_LANE(i)
        bits |= (unsigned)(m[i] & 1) << i;
    return bits;
}

static inline float v_hsum(v16 a)
{
    for (int n = LNG_PLAIN_LANES / 2; n > 0; n /= 2)
        for (int i = 0; i < n; i++)
            a[i] += a[i + n];
    return a[0];
}
static inline v16 v_hsums(const v16 *r)
{
    v16 s = v_zero();
    LNG_EACH_LANE(i)
        s[i] = v_hsum(r[i]);
    return s;
}
static inline float v_first(v16 a)
{
    return a[0];
}
static inline void v_scatter_fours(const v16 r[4], float *to, ptrdiff_t step)
{
    LNG_EACH_LANE(i)
        for (int j = 0; j < 4; j++)
            to[i * step + j] = r[j][i];
}
static inline i16 iv_quad(i16 at)
{
    return iv_and(at, iv_set1(3));
}
static inline v16 v_quad(const float *p, int q, i16 at)
{
    v16 r = v_zero();
    LNG_EACH_LANE(i)
        r[i] = p[4 * q + at[i]];
    return r;
}
static inline void v_transpose(v16 *r)
{
    for (int i = 1; i < LNG_PLAIN_LANES; i++)
        for (int j = 0; j < i; j++) {
            float t = r[i][j];
            r[i][j] = r[j][i];
            r[j][i] = t;
        }
}
