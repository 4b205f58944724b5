/* Decimal text to the nearest double, eight digits at a time. */
#ifndef LNG_DATA_DECIMAL_H
#define LNG_DATA_DECIMAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LNG_DECIMAL_ROOM 8 /* bytes after the text that are read, whatever they are */

/* [-] digits [point digits] [e [sign] digits], or no digits on one side of the point. false, and any *x: it has another form, more than 19
 * digits, is past the largest float, or has a power of ten that is not known here. */
bool lng_decimal_of_any_form(const char *, size_t n, char point, double *);

/* ---- eight characters as one word, the first one in the lowest byte ---- */
#define LNG_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Digits become 0 to 9. */
static inline uint64_t lng_eight(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word ^ LNG_EACH('0');
}

/* The first n of them, with zeros before. */
static inline uint64_t lng_first(uint64_t word, size_t n)
{
    const unsigned half = 32 - 4 * (unsigned)n;
    return word << half << half;
}

/* Bits in the bytes that are no digits; exact up to the first of them. */
static inline uint64_t lng_others(uint64_t word)
{
    return ((word + LNG_EACH(0x76)) | word) & LNG_EACH(0x80);
}

/* Of pairs of digits, then of pairs of pairs. */
static inline uint64_t lng_value_of(uint64_t word)
{
    const uint64_t pairs = UINT64_C(0x000000ff000000ff);
    word = word * 10 + (word >> 8);
    return ((word & pairs) * UINT64_C(0x000f424000000064) + (word >> 16 & pairs) * UINT64_C(0x0000271000000001)) >> 32;
}

/* Without a jump, which cannot be predicted. */
static inline double lng_signed(double x, uint64_t negative)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits |= negative << 63;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

/* The same; most numbers have at most seven digits before the point and eight after it, and are read at once. */
static inline bool lng_decimal(const char *at, size_t n, char point, double *x)
{
    static const double power[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
    static const uint32_t integer[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    const size_t sign = n && *at == '-', digits = n - sign;
    const uint64_t word = lng_eight(at + sign), other = lng_others(word);
    const size_t whole = other ? (size_t)__builtin_ctzll(other) / 8 : 8, places = digits - whole - 1;
    if (digits - 1 < whole) { /* what is there is shorter than what was read */
        *x = lng_signed((double)(int64_t)lng_value_of(lng_first(word, digits)), sign);
        return true;
    }
    if (whole < 8 && places - 1 < 8 && at[sign + whole] == point) {
        const uint64_t part = lng_first(lng_eight(at + n - places), places),
                       all = lng_value_of(lng_first(word, whole)) * integer[places] + lng_value_of(part);
        *x = lng_signed((double)(int64_t)all / power[places], sign);
        if (!lng_others(part))
            return true;
    }
    return lng_decimal_of_any_form(at, n, point, x);
}

#endif
