/* Functions of the plain level that are too long to be inline: the fused multiply-add of sixteen lanes, which is s_fma of lanes_plain.h in all
 * lanes, without branches; and vector mathematics. */
#define LNG_VMATH_HERE
#include "kernel/vmath.h"

typedef float floats __attribute__((vector_size(16)));
typedef double doubles __attribute__((vector_size(32)));
typedef int64_t integers __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) floats fma_four(floats a, floats b, floats c)
{
    const doubles p = __builtin_convertvector(a, doubles) * __builtin_convertvector(b, doubles);
    const doubles d = __builtin_convertvector(c, doubles), zero = {0};
    const doubles s = p + d, t = s - p, e = (p - (s - t)) + (d - t);
    const integers bits = (integers)s, more = e > zero, less = e < zero, inwards = more ^ (s > zero);
    const integers even = (bits & 1) - 1;
    return __builtin_convertvector((doubles)(bits + ((inwards | 1) & (more | less) & even)), floats);
}

void lng_plain_fma(v16 *r, const v16 *a, const v16 *b, const v16 *c)
{
    for (int i = 0; i < 4; i++) {
        floats x, y, z;
        memcpy(&x, (const float *)a + 4 * i, sizeof x);
        memcpy(&y, (const float *)b + 4 * i, sizeof y);
        memcpy(&z, (const float *)c + 4 * i, sizeof z);
        x = fma_four(x, y, z);
        memcpy((float *)r + 4 * i, &x, sizeof x);
    }
}
