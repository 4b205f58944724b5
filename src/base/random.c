/* Philox 4x32-10, a block at a time. (op/random.h has the same for sixteen blocks.) */
#include "config.h"
#include "base/random.h"

void lng_philox(lng_key key, const uint32_t counter[4], uint32_t out[4])
{
    uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3], k = key.word[0], l = key.word[1];
    for (int round = 0; round < LNG_PHILOX_ROUNDS; round++) {
        uint64_t p = (uint64_t)LNG_PHILOX_FACTOR * a, q = (uint64_t)LNG_PHILOX_FACTOR_2 * c;
        a = (uint32_t)(q >> 32) ^ b ^ k;
        c = (uint32_t)(p >> 32) ^ d ^ l;
        b = (uint32_t)q;
        d = (uint32_t)p;
        k += LNG_PHILOX_STEP;
        l += LNG_PHILOX_STEP_2;
    }
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
}

/* The generator itself mixes seed and name: every bit of the key depends on all their bits. */
lng_key lng_random_key(uint64_t seed, uint64_t name_hash)
{
    uint32_t out[4];
    lng_philox((lng_key){{(uint32_t)seed, (uint32_t)(seed >> 32)}},
               (uint32_t[]){(uint32_t)name_hash, (uint32_t)(name_hash >> 32), 0, 0}, out);
    return (lng_key){{out[0], out[1]}};
}

static void block(lng_key key, uint32_t step, uint32_t example, uint64_t number, uint32_t out[4])
{
    lng_philox(key, (uint32_t[]){(uint32_t)number, (uint32_t)(number >> 32), example, step}, out);
}

uint32_t lng_random_word(lng_key key, uint32_t step, uint32_t example, uint64_t element)
{
    uint32_t out[4];
    block(key, step, example, element / 4, out);
    return out[element % 4];
}

/* (x * n) >> 64, by halves */
static uint64_t scale(uint64_t x, uint64_t n)
{
    uint64_t xl = (uint32_t)x, xh = x >> 32, nl = (uint32_t)n, nh = n >> 32;
    uint64_t middle = xh * nl + (xl * nl >> 32);
    uint64_t other = xl * nh + (uint32_t)middle;
    return xh * nh + (middle >> 32) + (other >> 32);
}

/* Element i takes the words 2i and 2i + 1. */
uint64_t lng_random_below(lng_key key, uint32_t step, uint32_t example, uint64_t element, uint64_t n)
{
    uint32_t out[4];
    block(key, step, example, element / 2, out);
    const uint32_t *word = out + 2 * (element % 2);
    return scale((uint64_t)word[0] << 32 | word[1], n);
}
