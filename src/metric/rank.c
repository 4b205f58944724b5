/* Examples in the order of their scores, by radix sort of keys: unsigned integers of the same order. */
#include "base/assert.h"
#include "metric/inside.h"
#include <string.h>

#define DIGIT   11 /* bits sorted per pass: three passes over 32-bit keys */
#define BUCKETS (1 << DIGIT)

static uint32_t key_of(float score)
{
    uint32_t bits;
    memcpy(&bits, &score, sizeof bits);
    uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude == 0)
        return 0x80000000;
    return bits & 0x80000000 ? ~bits : bits | 0x80000000;
}

bool lng_ranking_new(lng_ranking *r, lng_arena *arena, int64_t most)
{
    *r = (lng_ranking){0};
    if (most < 0 || most >= LNG_MOST_RANKED)
        return false;
    r->at = LNG_NEW_N(arena, (size_t)most, lng_ranked);
    r->spare = LNG_NEW_N(arena, (size_t)most, lng_ranked);
    return true;
}

void lng_rank_add(lng_ranking *r, float score, bool positive)
{
    r->unordered |= isnan(score);
    r->positives += positive;
    r->at[r->count] = (lng_ranked){key_of(score), (uint32_t)r->count << 1 | positive};
    r->count++;
}

void lng_rank_sort(lng_ranking *r)
{
    for (int shift = 0; shift < 32; shift += DIGIT) {
        int64_t start[BUCKETS] = {0};
        for (int64_t i = 0; i < r->count; i++)
            start[r->at[i].key >> shift & (BUCKETS - 1)]++;
        int64_t sum = 0;
        for (int b = 0; b < BUCKETS; b++) {
            int64_t count = start[b];
            start[b] = sum;
            sum += count;
        }
        for (int64_t i = 0; i < r->count; i++)
            r->spare[start[r->at[i].key >> shift & (BUCKETS - 1)]++] = r->at[i];
        lng_ranked *swap = r->at;
        r->at = r->spare;
        r->spare = swap;
    }
}

void lng_rank_column(lng_ranking *r, const lng_scored *e, int64_t column)
{
    const int64_t first = column < 0 ? 0 : column, end = column < 0 ? e->columns : column + 1;
    r->count = r->positives = 0;
    r->unordered = false;
    for (int64_t i = 0; i < e->count; i++)
        for (int64_t c = first; c < end; c++)
            lng_rank_add(r, e->score[i * e->columns + c], lng_example_is(e, i, c));
    lng_rank_sort(r);
}

bool lng_tie_next(const lng_ranking *r, lng_tie *t)
{
    if (t->end == r->count)
        return false;
    *t = (lng_tie){.first = t->end, .end = t->end, .positives_below = t->positives_below + t->positives};
    while (t->end < r->count && r->at[t->end].key == r->at[t->first].key)
        t->positives += lng_is_positive(r->at[t->end++]);
    return true;
}
