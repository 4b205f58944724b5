/* Vector mathematics: exp expm1 log log1p softplus tanh sigmoid sin cos atan pow erf for 16 lanes, written once in terms of the lane primitives, so that
 * every level gives the same bits; the s_ functions are lane 0 of the same text. No libm. The bounds, in units of the last place of the exact
 * result, are those of tests/bounds.c; tests/exhaustive/functions measures them at all floats:
 *
 *     v_exp 1.1   v_expm1 1.5   v_log 0.9   v_log1p 0.9   v_softplus 1.8   v_tanh 2.7   v_sigmoid 2.5
 *     v_sin 1.6   v_cos 1.6     v_atan 1.5   v_erf 1.2   v_pow 0.51
 *
 * Results below 2^-126 are zero (on a thread that flushes subnormals: base/team.h). exp, expm1, log, log1p, sigmoid and atan never decrease;
 * erf and tanh may fall by one place from a float to a larger one, and softplus by two.
 * NaN gives NaN, but pow(x, 0) = pow(1, y) = 1.
 *
 * Polynomials are minimax in the relative error of the result. Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low
 * bits; shifted by 23 these are an exponent. */
#ifndef LNG_KERNEL_VMATH_H
#define LNG_KERNEL_VMATH_H
#include "kernel/lanes.h"
#include <math.h> /* INFINITY, NAN */

/* In plain C they are long, and compiled only once, in plain.c, which defines LNG_VMATH_HERE. */
#if defined LNG_AVX512 || defined LNG_AVX2 || defined LNG_UNFUSED
#define LNG_VMATH_HERE
#define LNG_VMATH static inline
#else
#define LNG_VMATH
#define v_exp      lng_plain_exp
#define v_sigmoid  lng_plain_sigmoid
#define v_tanh     lng_plain_tanh
#define v_log      lng_plain_log
#define v_sin      lng_plain_sin
#define v_cos      lng_plain_cos
#define v_atan     lng_plain_atan
#define v_erf      lng_plain_erf
#define v_expm1    lng_plain_expm1
#define v_log1p    lng_plain_log1p
#define v_softplus lng_plain_softplus
v16 v_exp(v16), v_sigmoid(v16), v_tanh(v16), v_log(v16), v_sin(v16), v_cos(v16), v_atan(v16), v_erf(v16), v_expm1(v16),
    v_log1p(v16), v_softplus(v16);
#endif

#ifdef LNG_VMATH_HERE
#define LNG_ROUNDER 12582912.0f /* 1.5 * 2^23 */

/* c[0] + c[1] x + ... */
static inline v16 v_polynomial(v16 x, int n, const float *c)
{
    v16 p = v_set1(c[n - 1]);
    for (int i = n - 2; i >= 0; i--)
        p = v_fma(p, x, v_set1(c[i]));
    return p;
}
#define LNG_POLYNOMIAL(x, ...)                                                                                                     \
    v_polynomial(x, (int)(sizeof((const float[]){__VA_ARGS__}) / sizeof(float)), (const float[]){__VA_ARGS__})

/* x = n ln 2 + r with |r| <= ln 2 / 2: gives e^r - 1, and n << 23. */
static inline v16 lng_exp_parts(v16 x, i16 *exponent)
{
    v16 t = v_fma(x, v_set1(1.44269502f), v_set1(LNG_ROUNDER)), n = v_sub(t, v_set1(LNG_ROUNDER));
    v16 r = v_fnma(n, v_set1(-1.90465421e-09f), v_fnma(n, v_set1(0.693147182f), x));
    *exponent = iv_shl(v_bits(t), 23);
    return v_fma(v_mul(r, r), LNG_POLYNOMIAL(r, 0.49999994f, 0.166665211f, 0.0416683927f, 0.00836874545f, 0.00138145359f), r);
}

LNG_VMATH v16 v_exp(v16 x)
{
    const v16 high = v_set1(88.7228317f),
              low = v_set1(-87.3365402f); /* the largest with a finite, the smallest with a normal result */
    i16 n;
    v16 p = v_add(lng_exp_parts(x, &n), v_set1(1)), y = iv_bits(iv_add(v_bits(p), n));
    y = v_keep(m_not(v_lt(x, low)), y);
    return v_select(v_le(x, high), y, v_add(x, v_set1(INFINITY)));
}

/* e^x - 1: 2^n (e^r - 1) + (2^n - 1), one rounding where it matters; from 17.5 on the 1 is below the last place. */
LNG_VMATH v16 v_expm1(v16 x)
{
    const v16 one = v_set1(1), high = v_set1(17.5f), low = v_set1(-18);
    i16 n;
    v16 p = lng_exp_parts(v_max(v_min(x, high), low), &n), s = iv_bits(iv_add(n, v_bits(one)));
    v16 y = v_signed(v_fma(s, p, v_sub(s, one)), x); /* keeps the sign of 0 */
    return v_select(v_lt(high, x), v_exp(x), y);
}

LNG_VMATH v16 v_sigmoid(v16 x)
{
    const v16 one = v_set1(1);
    return v_div(one, v_add(one, v_exp(v_neg(x))));
}

/* With E = e^2|x| - 1, which is exact to the last place near 0 too: tanh |x| = E / (E + 2). */
LNG_VMATH v16 v_tanh(v16 x)
{
    const v16 one = v_set1(1), limit = v_set1(17.328f); /* from E = 2^25 on it is 1, or should be one place less */
    v16 a = v_abs(x), two = v_add(a, a);
    i16 n;
    two = v_select(v_lt(limit, two), v_set1(20), two);
    v16 p = lng_exp_parts(two, &n), s = iv_bits(iv_add(n, v_bits(one))), e = v_fma(s, p, v_sub(s, one));
    return v_signed(v_div(e, v_add(e, v_set1(2))), x);
}

/* x = 2^n (1 + f) with 1 + f in [2/3, 4/3), for a positive x: n; log(1 + f) - f; and e ln 2 + f + p, smaller terms first. */
static inline i16 lng_log_exponent(v16 x)
{
    return iv_sar(iv_sub(v_bits(x), v_bits(v_set1(0.666666687f))), 23);
}
static inline v16 lng_log_tail(v16 f)
{
    v16 s = v_mul(f, f);
    v16 p = LNG_POLYNOMIAL(f, 0.333333373f, -0.249998197f, 0.199993059f, -0.166796148f, 0.14312847f, -0.121952981f, 0.106612556f,
                           -0.128470555f, 0.123584539f);
    return v_fma(v_set1(-0.5f), s, v_mul(v_mul(s, f), p));
}
static inline v16 lng_log_sum(v16 e, v16 f, v16 p)
{
    return v_fma(e, v_set1(0.693147182f), v_add(f, v_fma(e, v_set1(-1.90465421e-09f), p)));
}

LNG_VMATH v16 v_log(v16 x)
{
    i16 n = lng_log_exponent(x);
    v16 f = v_sub(iv_bits(iv_sub(v_bits(x), iv_shl(n, 23))), v_set1(1)), y = lng_log_sum(iv_to_v(n), f, lng_log_tail(f));
    y = v_select(v_lt(x, v_set1(FLT_MIN)), v_select(v_le(x, v_set1(-FLT_MIN)), v_set1(NAN), v_set1(-INFINITY)), y);
    return v_select(v_lt(x, v_set1(INFINITY)), y, v_add(x, v_set1(INFINITY)));
}

/* log(1 + x): 1 + x = u + c exactly, u = 2^n (1 + f), and log(u + c) = log u + c / u; from 2^24 on, c is negligible. */
LNG_VMATH v16 v_log1p(v16 x)
{
    const v16 one = v_set1(1);
    const m16 far = v_lt(v_set1(16777216), x);
    v16 u = v_add(x, one), t = v_sub(u, x), c = v_keep(m_not(far), v_add(v_sub(one, t), v_sub(x, v_sub(u, t))));
    i16 n = lng_log_exponent(u), power = iv_shl(n, 23);
    v16 f = v_sub(iv_bits(iv_sub(v_bits(u), power)), one);
    v16 scaled = v_mul(c, iv_bits(iv_sub(v_bits(one), iv_select(far, iv_set1(0), power))));
    v16 more = v_fma(v_mul(scaled, f), v_sub(f, one), scaled); /* c / u, nearly: 1 / (1 + f) is 1 - f + f f */
    v16 y = lng_log_sum(iv_to_v(n), f, v_add(lng_log_tail(f), more));
    y = v_signed(y, x); /* keeps the sign of 0 */
    y = v_select(v_le(x, v_set1(-1)), v_select(v_eq(x, v_set1(-1)), v_set1(-INFINITY), v_set1(NAN)), y);
    return v_select(v_lt(x, v_set1(INFINITY)), y, v_add(x, v_set1(INFINITY)));
}

/* log(1 + e^x) */
LNG_VMATH v16 v_softplus(v16 x)
{
    return v_add(v_max(v_zero(), x), v_log1p(v_exp(v_neg(v_abs(x)))));
}

/* For x where 2/pi times x has lost its last digits in float: x = m 2^k with a 24-bit m, and of the digits of 2/pi only 96 matter, those
 * after the ones that give multiples of 4. Exact in integers up to 2^-70. Returns the nearest quadrant; *r becomes the rest. */
static inline int32_t lng_reduce_far(float x, float *r)
{
    static const uint32_t digits[] = {0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
    int32_t bits = s_bits(x), from = (bits >> 23) - 150 - 2 + 32;
    const uint32_t *d = digits + from / 32;
    uint64_t m = (bits & 0x7fffff) | 0x800000, w[3];
    for (int i = 0; i < 3; i++)
        w[i] = (uint32_t)(((uint64_t)d[i] << 32 | d[i + 1]) >> (32 - from % 32));
    uint64_t p = (m * w[0] << 32) + m * w[1] + (m * w[2] >> 32), quadrant = (p + ((uint64_t)1 << 61)) >> 62;
    *r = (float)((double)(int64_t)(p - (quadrant << 62)) * (1.5707963267948966 / 4611686018427387904.0));
    return (int32_t)(quadrant & 3);
}

/* sin (|x| + phase pi/2) */
static inline v16 lng_sin(v16 x, int phase)
{
    v16 a = v_abs(x), t = v_fma(a, v_set1(0.636619747f), v_set1(LNG_ROUNDER)), n = v_sub(t, v_set1(LNG_ROUNDER));
    v16 r = v_fnma(n, v_set1(-1.71512451e-15f), v_fnma(n, v_set1(-4.37113883e-08f), v_fnma(n, v_set1(1.57079637f), a)));
    i16 q = v_bits(t);
    unsigned far = m_mask(m_and(v_lt(v_set1(32768), a), v_le(a, v_set1(FLT_MAX))));
    if (far) {
        float ax[16], ar[16];
        int32_t aq[16];
        v_storeu(ax, a), v_storeu(ar, r), iv_storeu(aq, q);
        for (int i = 0; i < 16; i++)
            if (far >> i & 1)
                aq[i] = lng_reduce_far(ax[i], ar + i);
        r = v_loadu(ar), q = iv_loadu(aq);
    }
    q = iv_add(q, iv_set1(phase));
    v16 z = v_mul(r, r), one = v_set1(1);
    v16 s = v_fma(v_mul(z, r), LNG_POLYNOMIAL(z, -0.166666552f, 0.00833217334f, -0.000195166547f), r);
    v16 c = v_fma(v_mul(z, z), LNG_POLYNOMIAL(z, 0.0416666456f, -0.00138873619f, 2.44377297e-05f), v_fma(z, v_set1(-0.5f), one));
    v16 y = v_select(iv_eq(iv_and(q, iv_set1(1)), iv_set1(0)), s, c);
    return iv_bits(iv_xor(v_bits(y), iv_shl(iv_and(q, iv_set1(2)), 30)));
}
LNG_VMATH v16 v_sin(v16 x)
{
    return iv_bits(iv_xor(v_bits(lng_sin(x, 0)), iv_and(v_bits(x), iv_set1(INT32_MIN))));
}
LNG_VMATH v16 v_cos(v16 x)
{
    return lng_sin(x, 1);
}

/* An odd polynomial up to 1; beyond, pi/2 - atan(1/x). */
LNG_VMATH v16 v_atan(v16 x)
{
    const v16 a = v_abs(x), one = v_set1(1);
    const m16 far = v_lt(one, a);
    v16 z = v_select(far, v_div(one, a), a), w = v_mul(z, z);
    v16 p = LNG_POLYNOMIAL(w, -0.333332986f, 0.199985489f, -0.142642424f, 0.109521858f, -0.0840345025f, 0.0579575896f,
                           -0.0311778393f, 0.0109146014f, -0.00179362064f);
    v16 y = v_fma(v_mul(z, w), p, z);
    y = v_select(far, v_add(v_sub(v_set1(1.57079637f), y), v_set1(-4.37113883e-08f)), y);
    return v_signed(y, x);
}

/* Near 0 an odd polynomial; elsewhere 1 - e^g with g = log(erfc |x|), which is smooth. */
LNG_VMATH v16 v_erf(v16 x)
{
    const v16 limit = v_set1(3.95f), middle = v_set1(0.921875f); /* beyond the limit the result rounds to 1 */
    v16 a = v_abs(x), z = v_mul(a, a), one = v_set1(1);
    v16 low = LNG_POLYNOMIAL(z, 0.128379166f, -0.376126349f, 0.112836957f, -0.0268593971f, 0.00520102866f, -0.000814266212f,
                             8.36992258e-05f);
    low = v_fma(low, a, a);
    a = v_select(v_lt(limit, a), limit, a);
    v16 g = LNG_POLYNOMIAL(a, 0.000175087815f, -1.12951684f, -0.633342981f, -0.108284414f, 0.0251222234f, -0.0041721249f,
                           0.00043468189f, -2.11140214e-05f);
    v16 y = v_select(v_lt(middle, a), v_sub(one, v_exp(g)), low);
    return v_signed(y, x);
}

#endif

/* ---- pow ----
 * |x|^y = 2^(y log2 |x|) in double, from the series of artanh and of exp; then the cases of C's Annex F. */
static inline double lng_double(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, 8);
    return x;
}
static inline double lng_log2(float x) /* x normal and positive */
{
    int32_t n = (s_bits(x) - 0x3f3504f3) >> 23; /* x / 2^n in [sqrt 1/2, sqrt 2) */
    double m = is_bits(s_bits(x) - (int32_t)((uint32_t)n << 23)), s = (m - 1) / (m + 1), z = s * s;
    double p = 1 + z * (1 / 3. + z * (1 / 5. + z * (1 / 7. + z * (1 / 9. + z * (1 / 11. + z * (1 / 13. + z * (1 / 15.)))))));
    return n + 2.8853900817779268 * s * p;
}
static inline float lng_exp2(double t) /* -126 <= t < 128 */
{
    int n = (int)(t + 1024.5) - 1024;
    double r = (t - n) * 0.69314718055994531, p = 1;
    for (int i = 10; i > 0; i--)
        p = 1 + p * r / i;
    return (float)(p * lng_double((uint64_t)(n + 1023) << 52));
}
static inline float s_pow(float x, float y)
{
    float a = s_abs(x), b = s_abs(y);
    int whole = 0; /* y is: 0 not a whole number, 1 an odd one, 2 an even one */
    if (a < FLT_MIN)
        a = 0;
    if (b < FLT_MIN || x == 1 || (a == 1 && b == INFINITY))
        return 1;
    if (a != a || b != b)
        return a + b;
    if (b >= 16777216)
        whole = 2;
    else if ((float)(int32_t)b == b)
        whole = (int32_t)b & 1 ? 1 : 2;
    if (x < 0 && a > 0 && a < INFINITY && !whole)
        return NAN;
    double t = y * (a == 0 ? -(double)INFINITY : a == INFINITY ? (double)INFINITY : lng_log2(a));
    float p = t >= 128 ? INFINITY : t < -126 ? 0 : lng_exp2(t);
    return whole == 1 && s_bits(x) < 0 ? -p : p;
}
/* ---- floor division ----
 * Exact: |a| mod |b| is taken of the mantissas as whole numbers, a's shifted by the difference of the exponents, 40 bits at a time. */
static inline double lng_modulo(float a, float b) /* of normal numbers >= 0, or 0 mod b */
{
    const int32_t x = s_bits(a), y = s_bits(b);
    if (x < y)
        return a;
    const uint64_t m = (y & 0x7fffff) | 0x800000;
    uint64_t r = ((x & 0x7fffff) | 0x800000) % m;
    for (int left = (x >> 23) - (y >> 23), k; left > 0; left -= k) {
        k = left < 40 ? left : 40;
        r = (r << k) % m;
    }
    return (double)r * lng_double((uint64_t)((y >> 23) - 150 + 1023) << 52);
}
/* a - b floor(a / b), which has the sign of b, before it is rounded to float; NaN where b is 0 or a infinite */
static inline double lng_remainder(float a, float b)
{
    if (!(s_abs(a) < INFINITY) || !(s_abs(b) >= FLT_MIN))
        return NAN;
    const double m = s_abs(b) < INFINITY ? lng_modulo(s_abs(a), s_abs(b)) : s_abs(a);
    const double r = m != 0 && (a < 0) != (b < 0) ? s_abs(b) - m : m;
    return b < 0 ? -r : r;
}
static inline float s_remainder(float a, float b)
{
    const float r = (float)lng_remainder(a, b);
    return r == b && s_abs(b) < INFINITY ? is_bits(s_bits(b) - 1) : r; /* a tiny a below 0: the remainder stays below b */
}
static inline float s_floor_divide(float a, float b)
{
    if (s_abs(b) == INFINITY && s_abs(a) < INFINITY)
        return a != 0 && (a < 0) != (b < 0) ? -1 : 0;
    return s_abs(a) < INFINITY && s_abs(b) >= FLT_MIN ? (float)((a - lng_remainder(a, b)) / b) : a / b;
}
#define LNG_LANE_BY_LANE(name, f)                                                                                                  \
    static inline v16 name(v16 x, v16 y)                                                                                           \
    {                                                                                                                              \
        float a[16], b[16];                                                                                                        \
        v_storeu(a, x), v_storeu(b, y);                                                                                            \
        for (int i = 0; i < 16; i++)                                                                                               \
            a[i] = f(a[i], b[i]);                                                                                                  \
        return v_loadu(a);                                                                                                         \
    }
LNG_LANE_BY_LANE(v_pow, s_pow)
LNG_LANE_BY_LANE(v_remainder, s_remainder)
LNG_LANE_BY_LANE(v_floor_divide, s_floor_divide)

#define LNG_FIRST_LANE(f)                                                                                                          \
    static inline float s_##f(float x)                                                                                             \
    {                                                                                                                              \
        return v_first(v_##f(v_set1(x)));                                                                                          \
    }
LNG_FIRST_LANE(exp)
LNG_FIRST_LANE(expm1)
LNG_FIRST_LANE(log1p)
LNG_FIRST_LANE(softplus)
LNG_FIRST_LANE(log)
LNG_FIRST_LANE(tanh)
LNG_FIRST_LANE(sigmoid)
LNG_FIRST_LANE(sin)
LNG_FIRST_LANE(cos)
LNG_FIRST_LANE(atan)
LNG_FIRST_LANE(erf)

#endif
