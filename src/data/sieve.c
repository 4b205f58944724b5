/* A table with open addressing that grows, and once it may not, drops most of its values: those that come are then refused before they are looked for. */
#include "data/sieve.h"
#include "base/text.h"
#include <string.h>

#define FIRST_ROOM 64

lng_sieve lng_sieve_new(lng_arena *arena, size_t most)
{
    lng_sieve s = {.arena = arena, .room = FIRST_ROOM, .most = FIRST_ROOM};
    while (s.most < most)
        s.most *= 2;
    s.slot = LNG_NEW_N(arena, s.room, lng_sifted);
    return s;
}

static lng_sifted *slot_of(const lng_sieve *s, uint64_t hash)
{
    const size_t mask = s->room - 1;
    size_t i = (size_t)(hash >> 32) & mask;
    while (s->slot[i].hash && s->slot[i].hash != hash)
        i = (i + 1) & mask;
    return &s->slot[i];
}

static bool passes(const lng_sieve *s, uint64_t hash)
{
    return (hash & (((uint64_t)1 << s->level) - 1)) == 0;
}

/* Moves what passes into an empty table of this size. */
static void move(lng_sieve *s, lng_sifted *to, size_t room)
{
    const lng_sieve old = *s;
    s->slot = to;
    s->room = room;
    s->used = 0;
    for (size_t i = 0; i < old.room; i++)
        if (old.slot[i].hash && passes(s, old.slot[i].hash)) {
            *slot_of(s, old.slot[i].hash) = old.slot[i];
            s->used++;
        }
}

/* Between two tables of the full size, as an arena frees nothing. */
static void halve(lng_sieve *s)
{
    lng_sifted *old = s->slot, *to = s->spare ? s->spare : LNG_NEW_N(s->arena, s->room, lng_sifted);
    s->level++;
    move(s, to, s->room);
    memset(old, 0, s->room * sizeof *old);
    s->spare = old;
}

void lng_sieve_add(lng_sieve *s, uint64_t hash, uint64_t label)
{
    hash = hash ? hash : 1;
    if (!passes(s, hash))
        return;
    lng_sifted *found = slot_of(s, hash);
    if (found->hash) {
        found->repeats += found->repeats < UINT32_MAX;
        found->conflicts += found->label && label && found->label != label && found->conflicts < UINT32_MAX;
        found->label = found->label ? found->label : label;
        return;
    }
    *found = (lng_sifted){.hash = hash, .label = label};
    if (++s->used * 2 > s->room && s->room < s->most)
        move(s, LNG_NEW_N(s->arena, 2 * s->room, lng_sifted), 2 * s->room);
    if (s->used * 2 > s->room)
        while (s->used * 8 > s->room)
            halve(s);
}

lng_sieve_counts lng_sieve_count(const lng_sieve *s)
{
    lng_sieve_counts c = {(int64_t)s->used, 0, 0};
    for (size_t i = 0; i < s->room; i++) {
        c.repeats += s->slot[i].repeats;
        c.conflicts += s->slot[i].conflicts;
    }
    return (lng_sieve_counts){c.distinct << s->level, c.repeats << s->level, c.conflicts << s->level};
}

/* The finalizer of MurmurHash3. */
static uint64_t stir(uint64_t h)
{
    h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
    h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 33;
}

uint64_t lng_sieve_hash(const void *bytes, size_t n)
{
    return stir(lng_hash(bytes, n));
}

uint64_t lng_sieve_mix(uint64_t hash, uint64_t next)
{
    return stir(hash * 31 + next);
}
