/* Sixteen lanes: the vector type that all fast kernels are written in, at three levels with the same bits. AVX-512: one register; AVX2: two;
 * plain C: an array, with an exact software fused multiply-add.
 *
 *     v16                     16 floats
 *     i16                     16 int32_t
 *     m16                     16 truths
 *
 * Every v_ function is correctly rounded, and the same at every level. (A NaN is a NaN everywhere, but which one is not specified.) Where
 * subnormals are flushed (base/team.h), all levels flush results alike, and no operand may be subnormal: whatever comes from outside (data,
 * weights, constants) is flushed when it is read. A compiler may turn a comparison and a selection into a minimum, which flushes what a selection
 * keeps.
 *
 *     v_load, v_store         at 64-byte alignment
 *     v_loadu, v_storeu       anywhere
 *     v_load_part(p, n)       the first n lanes, the others +0
 *     v_store_part(p, a, n)   the first n lanes
 *     v_set1, v_zero
 *     v_add, v_sub, v_mul, v_div, v_sqrt, v_floor, v_round, v_neg, v_abs
 *     v_fma(a, b, c)          a * b + c, rounded once
 *     v_fnma(a, b, c)         c - a * b, rounded once
 *     v_lt, v_le, v_eq        false where either is NaN
 *     v_ne                    true where either is NaN
 *     v_isnan
 *     v_select(m, a, b)       a where m, else b (bits, no arithmetic)
 *     v_keep(m, a)            a where m, else +0
 *     v_max(a, b)             a where a > b or a is NaN, else b: NaN wins over numbers; of equals (+0, -0) the second is taken
 *     v_min(a, b)             a where a < b or a is NaN, else b
 *     v_signed(a, b)          a, whose sign bit is clear, with that of b
 *     v_hsum(a)               the lane tree: lanes i and i + 8, then i and i + 4, i and i + 2, i and i + 1
 *     v_hsums(r)              of 16 vectors at once: lane i is v_hsum(r[i])
 *     v_first(a)              lane 0
 *     v_hold(a)               a, kept in a register from here on, as it is read several times
 *     v_transpose(r)          16 x 16, in place
 *     v_scatter_fours(r, p, n) lane i of 4 vectors at p + i n, at 16-byte alignment
 *     iv_quad(i)              places in quads, as v_quad takes them: the last two bits of i count
 *     v_quad(p, q, iv_quad(i)) lane i gets p[4 q + i.i]; p is aligned to 64 bytes
 *
 *     iv_load, iv_loadu, iv_store, iv_storeu, iv_set1, iv_add, iv_sub, iv_mul, iv_eq, iv_lt, iv_select, iv_and, iv_or, iv_xor
 *     iv_mul_high(a, b)       the upper 32 bits of the products of unsigned numbers
 *     iv_shl(a, n)            left by 0 <= n < 32 bits
 *     iv_shr(a, n)            right, with zeros
 *     iv_sar(a, n)            right, with the sign
 *     iv_to_v(a)              converts
 *     v_to_iv(a)              converts to the nearest, ties to even; INT32_MIN when out of range or NaN
 *     v_bits(a)               the same bits as i16
 *     iv_bits(a)              the same bits as v16
 *
 *     m_and, m_or, m_not
 *     m_live(n)               lanes below n
 *     m_mask(m)               as 16 bits
 *
 * A v16 is LNG_REGISTERS registers, each an r16 of LNG_REGISTER_LANES lanes. Where a tile of whole vectors has no registers left for its operands,
 * it takes one after the other: r_load, r_loadu, r_store, r_zero, r_set1, r_fma, r_hold.
 *
 * s_ functions do the same to one element.
 *
 * LNG_NAME(x) is x_LEVEL. A function that is compiled at every level gets such a name by a line in its header, #define f LNG_NAME(f); from then
 * on it is declared, defined and called as f. */
#ifndef LNG_KERNEL_LANES_H
#define LNG_KERNEL_LANES_H
#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef LNG_LEVEL
#define LNG_LEVEL baseline
#endif
#define LNG_NAME_2(x, level) x##_##level
#define LNG_NAME_1(x, level) LNG_NAME_2(x, level)
#define LNG_NAME(x)          LNG_NAME_1(x, LNG_LEVEL)

/* Loops over a tile's registers, where there are registers to keep it in. */
#if defined LNG_AVX512 || defined LNG_AVX2
#define LNG_UNROLL _Pragma("GCC unroll 24")
#else
#define LNG_UNROLL
#endif
#define LNG_UNROLLED(i, n) LNG_UNROLL for (int i = 0; i < (n); i++)
/* A loop that is no faster written out, which a compiler would do with 16 turns. */
#define LNG_ROLLED _Pragma("GCC unroll 1")

#if defined LNG_AVX512 && !defined LNG_EMULATED_AVX512
#include "kernel/lanes_avx512.h"
#elif defined LNG_AVX2
#include "kernel/lanes_avx2.h"
#else
#include "kernel/lanes_plain.h"
#endif

#ifndef LNG_REGISTERS
#define LNG_REGISTERS 1
typedef v16 r16;
#define r_load  v_load
#define r_loadu v_loadu
#define r_store v_store
#define r_zero  v_zero
#define r_set1  v_set1
#define r_fma   v_fma
#define r_hold  v_hold
#endif
#define LNG_REGISTER_LANES (16 / LNG_REGISTERS)

static inline v16 v_max(v16 a, v16 b)
{
    return v_select(m_or(v_lt(b, a), v_isnan(a)), a, b);
}
static inline v16 v_signed(v16 a, v16 b)
{
    return iv_bits(iv_or(v_bits(a), iv_and(v_bits(b), iv_set1(INT32_MIN))));
}
/* The nearest whole number, ties to even: adding 2^23 leaves no room for a fraction. */
static inline v16 v_round(v16 a)
{
    const v16 size = v_abs(a), room = v_set1(8388608);
    const v16 whole = v_sub(v_add(size, room), room);
    return v_signed(v_select(v_lt(size, room), whole, size), a);
}
static inline v16 v_min(v16 a, v16 b)
{
    return v_select(m_or(v_lt(a, b), v_isnan(a)), a, b);
}

/* ---- one element ---- */
static inline int32_t s_bits(float a)
{
    int32_t i;
    memcpy(&i, &a, 4);
    return i;
}
static inline float is_bits(int32_t i)
{
    float a;
    memcpy(&a, &i, 4);
    return a;
}
static inline float s_fnma(float a, float b, float c)
{
    return s_fma(-a, b, c);
}
static inline float s_max(float a, float b)
{
    return a > b || a != a ? a : b;
}
static inline float s_min(float a, float b)
{
    return a < b || a != a ? a : b;
}
static inline float s_abs(float a)
{
    return is_bits(s_bits(a) & INT32_MAX);
}
static inline float s_floor(float a)
{
    return v_first(v_floor(v_set1(a)));
}
static inline float s_round(float a)
{
    return v_first(v_round(v_set1(a)));
}

/* What kernels require of their arrays. */
static inline bool is_aligned(const void *p)
{
    return ((uintptr_t)p & 63) == 0;
}

/* Where x wins over the best before it: it is larger, or the first NaN. */
static inline m16 v_wins(v16 x, v16 best)
{
    return m_and(m_not(v_le(x, best)), v_eq(best, best));
}

/* Asks for the line of p, which will be written. Where other threads have read it, as they do weights, it would else be waited for. */
static inline void v_claim(const float *p)
{
#if defined __x86_64__ && (defined LNG_AVX2 || defined LNG_AVX512)
    __asm__ volatile("prefetchw %0" : : "m"(*p));
#else
    __builtin_prefetch(p, 1);
#endif
}

/* Stores the first n lanes (all of them from 16 on), or adds them to what is in memory. */
static inline void v_store_or_add(float *p, v16 a, int64_t n, bool add)
{
    if (n >= 16)
        v_storeu(p, add ? v_add(v_loadu(p), a) : a);
    else
        v_store_part(p, add ? v_add(v_load_part(p, (int)n), a) : a, (int)n);
}

#endif
