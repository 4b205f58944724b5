/* Distinct values by their hashes, in bounded memory: all of them while they fit, then those whose hashes end in a zero bit, then in two, and
 * so on (adaptive sampling: Flajolet 1990). What is counted of them stands for 2^level times as much. */
#ifndef LNG_DATA_SIEVE_H
#define LNG_DATA_SIEVE_H
#include "base/arena.h"
#include <stdint.h>

typedef struct lng_sifted {
    uint64_t hash, label; /* of the first one that has a label, or 0; hash 0: free */
    uint32_t repeats;     /* it came again so often, */
    uint32_t conflicts;   /* and with another label */
} lng_sifted;
typedef struct lng_sieve {
    lng_arena *arena;
    lng_sifted *slot, *spare; /* spare: NULL until it halves */
    size_t room, used, most;  /* slots, powers of two; the most there may be */
    int level;
} lng_sieve;

lng_sieve lng_sieve_new(lng_arena *, size_t most);
void lng_sieve_add(lng_sieve *, uint64_t hash, uint64_t label);
/* Estimates, exact at level 0: of the distinct values, of the repeats, and of those with another label. */
typedef struct lng_sieve_counts {
    int64_t distinct, repeats, conflicts;
} lng_sieve_counts;
lng_sieve_counts lng_sieve_count(const lng_sieve *);

/* A hash whose every bit depends on all bits of the bytes. */
uint64_t lng_sieve_hash(const void *bytes, size_t n);
uint64_t lng_sieve_mix(uint64_t hash, uint64_t next); /* of a list, by its elements' hashes */
#endif
