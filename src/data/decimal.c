/* Up to 19 digits are an integer below 2^64; the number is this integer times a power of ten, or divided by one. If both are doubles, one operation
 * rounds once. Otherwise the integer, as 64 bits of which the highest is set, is multiplied by a power of five, or divided by it, exactly:
 * all bits past those that a double has are either there, or told by one that stands for them. A power of two is left, which is exact. */
#include "config.h"
#include "data/decimal.h"
#include <float.h>

enum { MOST_DIGITS = 19, MOST_EXACT = 22, MOST_POWER = 27 };
static const double power[MOST_EXACT + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static const char *take_digits(const char *at, const char *end, uint64_t *digits)
{
    uint64_t word;
    for (; end - at >= 8 && !lng_others(word = lng_eight(at)); at += 8)
        *digits = *digits * 100000000 + lng_value_of(word);
    for (; at < end && *at >= '0' && *at <= '9'; at++)
        *digits = *digits * 10 + (uint64_t)(*at - '0');
    return at;
}

/* Zeros before the other digits. */
static long count_zeros(const char *at, const char *end, char point)
{
    long n = 0;
    for (; at < end && (*at == '0' || *at == point); at++)
        n += *at == '0';
    return n;
}

static bool take_exponent(const char *at, const char *end, long *exponent)
{
    long e = 0;
    const bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end || end - at > 3)
        return false;
    for (; at < end && *at >= '0' && *at <= '9'; at++)
        e = 10 * e + (*at - '0');
    *exponent += negative ? -e : e;
    return at == end;
}

static bool take(const char *at, const char *end, char point, uint64_t *digits, long *exponent)
{
    const char *const start = at;
    at = take_digits(at, end, digits);
    long n = at - start;
    if (at < end && *at == point) {
        const char *const fraction = at + 1;
        at = take_digits(fraction, end, digits);
        *exponent = fraction - at;
        n += at - fraction;
    }
    if (n == 0 || (n > MOST_DIGITS && n - count_zeros(start, at, point) > MOST_DIGITS))
        return false;
    return at == end || ((*at == 'e' || *at == 'E') && take_exponent(at + 1, end, exponent));
}

/* ---- rounding ---- */
#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

static const uint64_t power_of_five[MOST_POWER + 1] = {1,
                                                       5,
                                                       25,
                                                       125,
                                                       625,
                                                       3125,
                                                       15625,
                                                       78125,
                                                       390625,
                                                       1953125,
                                                       9765625,
                                                       48828125,
                                                       244140625,
                                                       1220703125,
                                                       UINT64_C(6103515625),
                                                       UINT64_C(30517578125),
                                                       UINT64_C(152587890625),
                                                       UINT64_C(762939453125),
                                                       UINT64_C(3814697265625),
                                                       UINT64_C(19073486328125),
                                                       UINT64_C(95367431640625),
                                                       UINT64_C(476837158203125),
                                                       UINT64_C(2384185791015625),
                                                       UINT64_C(11920928955078125),
                                                       UINT64_C(59604644775390625),
                                                       UINT64_C(298023223876953125),
                                                       UINT64_C(1490116119384765625),
                                                       UINT64_C(7450580596923828125)};

/* x 2^e, rounded once. */
static double rounded(uint64_t x, long e)
{
    const uint64_t bits = (uint64_t)(1023 + e) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return (double)x * scale;
}

static bool scale(uint64_t digits, long exponent, double *x)
{
    if (exponent < -MOST_POWER || exponent > MOST_POWER)
        return false;
    uint64_t five = power_of_five[exponent < 0 ? -exponent : exponent];
    const int zeros = __builtin_clzll(digits), zeros_of_five = __builtin_clzll(five);
    digits <<= zeros;
    five <<= zeros_of_five;
    if (exponent < 0) { /* the quotient is between 2^62 and 2^64 */
        const wide all = (wide)digits << 63;
        const uint64_t quotient = (uint64_t)(all / five);
        *x = rounded(quotient | (all != (wide)quotient * five), exponent - 63 - zeros + zeros_of_five);
    } else { /* the product has 127 or 128 bits */
        const wide product = (wide)digits * five;
        *x = rounded((uint64_t)(product >> 64) | ((uint64_t)product != 0), exponent + 64 - zeros - zeros_of_five);
    }
    return *x <= (double)FLT_MAX;
}
#else
static bool scale(uint64_t digits, long exponent, double *x)
{
    (void)digits, (void)exponent, (void)x;
    return false;
}
#endif

static bool to_double(uint64_t digits, long exponent, double *x)
{
    if (digits >= (uint64_t)1 << 53 || exponent < -MOST_EXACT || exponent > MOST_EXACT)
        return digits ? scale(digits, exponent, x) : (*x = 0, true);
    *x = exponent < 0 ? (double)(int64_t)digits / power[-exponent] : (double)(int64_t)digits * power[exponent];
    return *x <= (double)FLT_MAX;
}

bool lng_decimal_of_any_form(const char *at, size_t n, char point, double *x)
{
    uint64_t digits = 0;
    long exponent = 0;
    const bool negative = n && *at == '-';
    double size;
    if (!take(at + negative, at + n, point, &digits, &exponent) || !to_double(digits, exponent, &size))
        return false;
    *x = negative ? -size : size;
    return true;
}
