/* Counter-based random numbers: Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * Nothing here has state, so nothing depends on the order of execution. Every draw is named by
 *   key:     the run's seed mixed with the hash of the drawing value's full name  (lng_random_key)
 *   counter: step (or epoch), the example's index in its data set, the element's index
 * One block of four words serves the elements 4i .. 4i+3. */
#ifndef LNG_BASE_RANDOM_H
#define LNG_BASE_RANDOM_H
#include <stdint.h>

typedef struct lng_key {
    uint32_t word[2];
} lng_key;

/* A round multiplies two words by constants and swaps the halves crosswise with the key, which steps by the golden ratio and sqrt(3) - 1. */
#define LNG_PHILOX_ROUNDS   10
#define LNG_PHILOX_FACTOR   0xD2511F53u
#define LNG_PHILOX_FACTOR_2 0xCD9E8D57u
#define LNG_PHILOX_STEP     0x9E3779B9u
#define LNG_PHILOX_STEP_2   0xBB67AE85u

lng_key lng_random_key(uint64_t seed, uint64_t name_hash);
void lng_philox(lng_key key, const uint32_t counter[4], uint32_t out[4]);
/* counter = {element / 4, element / 4 >> 32, example, step}: the word for one element */
uint32_t lng_random_word(lng_key key, uint32_t step, uint32_t example, uint64_t element);
/* Uniform below n (n > 0), unbiased enough for shuffles: (word64 * n) >> 64. */
uint64_t lng_random_below(lng_key key, uint32_t step, uint32_t example, uint64_t element, uint64_t n);
#define LNG_NO_EXAMPLE UINT32_MAX /* the example of a draw that is shared by all */

#endif
