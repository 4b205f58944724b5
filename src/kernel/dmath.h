/* Mathematics of one number in double, without libm, so that every machine gives the same bits: for what is computed once per step and
 * rounded to float in the end. Errors are a few units in the last place; beyond 2^29 the sines are those of the float. */
#ifndef LNG_KERNEL_DMATH_H
#define LNG_KERNEL_DMATH_H
#include "kernel/vmath.h"

#define LNG_LN2_HIGH 0x1.62e42fefa38p-1 /* times 2^11 whole numbers exact */
#define LNG_LN2_LOW  0x1.ef35793c76730p-45

static inline uint64_t d_bits(double x)
{
    uint64_t i;
    memcpy(&i, &x, 8);
    return i;
}
static inline double d_abs(double x)
{
    return lng_double(d_bits(x) & INT64_MAX);
}
static inline double d_floor(double x)
{
    if (!(x > -0x1p52 && x < 0x1p52))
        return x;
    const double t = (double)(int64_t)x;
    return t - (t > x);
}
static inline double d_round(double x)
{
    if (!(d_abs(x) < 0x1p52))
        return x;
    const double whole = d_abs(x) + 0x1p52 - 0x1p52;
    return x < 0 ? -whole : whole;
}
/* e^r - 1 for |r| <= 0.35 */
static inline double lng_exp_series(double r)
{
    double p = 0;
    for (int i = 15; i > 0; i--)
        p = (p + 1) * r / i;
    return p;
}
static inline double d_exp(double x)
{
    if (!(x < 710))
        return x != x ? x : (double)INFINITY;
    if (x < -708)
        return 0;
    const int n = (int)(x * 1.4426950408889634 + 2048.5) - 2048;
    const double r = (x - n * LNG_LN2_HIGH) - n * LNG_LN2_LOW, half = lng_double((uint64_t)(n - 1 + 1023) << 52);
    return (1 + lng_exp_series(r)) * half * 2; /* 2^1024 is not a double */
}
static inline double d_expm1(double x)
{
    return d_abs(x) < 0.35 ? lng_exp_series(x) : d_exp(x) - 1;
}
/* x = 2^n m with m in [sqrt 1/2, sqrt 2) */
static inline double d_log(double x)
{
    if (!(x > 0) || x > DBL_MAX)
        return x == 0 ? -(double)INFINITY : x > 0 ? x : (double)NAN;
    if (x < DBL_MIN)
        return d_log(x * 0x1p54) - 54 * 0.69314718055994531;
    const int n = (int)((d_bits(x) - 0x3fe6a09e667f3bcd) >> 52) - ((d_bits(x) < 0x3fe6a09e667f3bcd) ? 4096 : 0);
    const double m = lng_double(d_bits(x) - ((uint64_t)n << 52)), s = (m - 1) / (m + 1), z = s * s;
    double p = 0;
    for (int i = 25; i > 1; i -= 2)
        p = (p + 1. / i) * z;
    return n * LNG_LN2_HIGH + (n * LNG_LN2_LOW + (2 * s + 2 * s * p));
}
static inline double d_log1p(double x)
{
    const double u = 1 + x;
    return u == 1 || !(x < 0x1p53) ? (u == 1 ? x : d_log(x)) : d_log(u) + (x - (u - 1)) / u;
}
static inline double d_softplus(double x)
{
    return (x > 0 ? x : x != x ? x : 0) + d_log1p(d_exp(-d_abs(x)));
}
static inline double d_sigmoid(double x)
{
    return 1 / (1 + d_exp(-x));
}
static inline double d_tanh(double x)
{
    const double e = d_expm1(2 * d_abs(x)), y = e < 0x1p60 ? e / (e + 2) : e != e ? e : 1;
    return x < 0 ? -y : y;
}
/* sin(x + phase pi/2): pi/2 in three parts of 24 bits, whose multiples are exact, and the rest */
static inline double lng_dsin(double x, int phase)
{
    if (!(x > -0x1p29 && x < 0x1p29))
        return phase ? s_cos((float)x) : s_sin((float)x);
    const double n = d_floor(x * 0.63661977236758134 + 0.5);
    const double r = (((x - n * 0x1.921fb4p+0) - n * 0x1.4442dp-24) - n * 0x1.846988p-48) - n * 0x1.8cc51701b839ap-72, z = r * r;
    const int q = (int)((int64_t)n + phase) & 3;
    double p = 0;
    for (int i = q & 1 ? 20 : 21; i > 1; i -= 2)
        p = (1 - p) * z / (i * (i - 1));
    const double y = q & 1 ? 1 - p : r - r * p;
    return q & 2 ? -y : y;
}
static inline double d_sin(double x)
{
    return lng_dsin(x, 0);
}
static inline double d_cos(double x)
{
    return lng_dsin(x, 1);
}
static inline double d_sqrt(double x)
{
    return sqrt(x);
}
/* Beyond 1, pi/2 - atan(1/x); halving the angle twice leaves less than pi/16 for the series. */
static inline double d_atan(double x)
{
    const bool far = d_abs(x) > 1;
    double z = far ? 1 / x : x, p = 0;
    for (int i = 0; i < 2; i++)
        z /= 1 + d_sqrt(1 + z * z);
    for (int i = 25; i > 1; i -= 2)
        p = (1. / i - p) * z * z;
    const double y = 4 * (z - z * p);
    return !far ? y : x < 0 ? -1.5707963267948966 - y : 1.5707963267948966 - y;
}
static inline double d_erf(double x)
{
    return s_erf((float)x);
}
static inline double d_fma(double a, double b, double c)
{
    return a * b + c;
}
static inline double d_remainder(double a, double b)
{
    const double r = fmod(a, b); /* which is exact, whatever library it comes from */
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
static inline double d_floor_divide(double a, double b)
{
    return d_floor((a - d_remainder(a, b)) / b + 0.5);
}
/* Whole powers by squaring, so that exact results stay exact; others, and large ones, by exp and log. */
static inline double d_pow(double x, double y)
{
    const bool whole = d_floor(y) == y, odd = whole && d_abs(y) < 0x1p53 && ((int64_t)y & 1);
    if (y == 0 || x == 1)
        return 1;
    if (x != x || y != y || (x < 0 && !whole))
        return (double)NAN;
    if (whole && d_abs(y) <= 1024) {
        double result = 1, square = x;
        for (int n = (int)d_abs(y); n; n >>= 1, square *= square)
            if (n & 1)
                result *= square;
        return y < 0 ? 1 / result : result;
    }
    const double p = d_abs(x) == 1 ? 1 : d_exp(y * d_log(d_abs(x)));
    return x < 0 && odd ? -p : p;
}

#endif
