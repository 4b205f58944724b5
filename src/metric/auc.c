/* Exact AUC, by counting pairs of a positive and a negative.
 *
 * Scores become unsigned keys of the same order (-0 and +0 share a key). Positives and negatives are
 * sorted separately, by radix, and merged once. A distinct key with p positives, q negatives and b negatives below it adds p (2 b + q)
 * to twice the number of pairs: an integer, so neither the order of the examples nor rounding shows in the result. */
#include "metric/metric.h"
#include <math.h>
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

/* Sorts key[0 .. n); spare[0 .. n) is scratch. */
static void sort_keys(uint32_t *key, uint32_t *spare, int64_t n)
{
    uint32_t *from = key, *to = spare;
    for (int shift = 0; shift < 32; shift += DIGIT) {
        int64_t start[BUCKETS] = {0};
        for (int64_t i = 0; i < n; i++)
            start[from[i] >> shift & (BUCKETS - 1)]++;
        int64_t sum = 0;
        for (int b = 0; b < BUCKETS; b++) {
            int64_t count = start[b];
            start[b] = sum;
            sum += count;
        }
        for (int64_t i = 0; i < n; i++)
            to[start[from[i] >> shift & (BUCKETS - 1)]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != key)
        memcpy(key, from, (size_t)n * sizeof *key);
}

/* Twice the number of pairs in which the positive key is higher, plus the ties. Both are sorted. */
static uint64_t count_pairs(const uint32_t *positive, int64_t positives, const uint32_t *negative, int64_t negatives)
{
    uint64_t twice = 0;
    int64_t below = 0;
    for (int64_t i = 0; i < positives;) {
        uint32_t key = positive[i];
        int64_t p = i, q;
        while (i < positives && positive[i] == key)
            i++;
        while (below < negatives && negative[below] < key)
            below++;
        for (q = below; q < negatives && negative[q] == key; q++)
            ;
        twice += (uint64_t)(i - p) * (uint64_t)(below + q);
        below = q;
    }
    return twice;
}

/* A binary problem: positives grow from the front of key[], negatives from its back. */
typedef struct problem {
    uint32_t *key, *spare;
    int64_t n, positives, negatives;
    bool unordered; /* a score is NaN */
} problem;

static bool problem_new(problem *p, int64_t n)
{
    *p = (problem){.n = n};
    if (n < 0 || (uint64_t)n > SIZE_MAX / (2 * sizeof *p->key))
        return false;
    p->key = lng_block_new((size_t)n * 2 * sizeof *p->key);
    p->spare = p->key ? p->key + n : NULL;
    return p->key != NULL;
}

static void put(problem *p, float score, bool positive)
{
    p->unordered |= isnan(score);
    if (positive)
        p->key[p->positives++] = key_of(score);
    else
        p->key[p->n - ++p->negatives] = key_of(score);
}

/* Empties the problem. false if 64 bits cannot count the pairs. */
static bool solve(problem *p, double *auc)
{
    uint64_t positives = (uint64_t)p->positives, negatives = (uint64_t)p->negatives;
    uint32_t *negative = p->key + p->n - p->negatives;
    const bool unordered = p->unordered;
    p->positives = p->negatives = 0;
    p->unordered = false;
    *auc = (double)NAN;
    if (!positives || !negatives || unordered)
        return true;
    if (positives > UINT64_MAX / 2 / negatives)
        return false;
    sort_keys(p->key, p->spare, (int64_t)positives);
    sort_keys(negative, p->spare, (int64_t)negatives);
    uint64_t twice = count_pairs(p->key, (int64_t)positives, negative, (int64_t)negatives);
    *auc = (double)twice / (double)(2 * positives * negatives);
    return true;
}

/* One column against the rest. */
static void put_column(problem *p, const float *scores, const int32_t *labels, int64_t n, int64_t columns, int64_t c)
{
    for (int64_t i = 0; i < n; i++)
        put(p, scores[i * columns + c], labels[i] == lng_score_label(columns, c));
}

static bool solve_all(problem *p, const float *scores, const int32_t *labels, int64_t n, lng_auc *auc)
{
    const int64_t columns = auc->columns;
    double sum = 0, weighted = 0, weight = 0;
    p->n = n;
    for (int64_t c = 0; c < columns; c++) {
        put_column(p, scores, labels, n, columns, c);
        const double positives = (double)p->positives;
        const bool missing = p->positives == 0 || p->negatives == 0;
        if (!solve(p, &auc->per_class[c]))
            return false;
        sum += auc->per_class[c];
        if (missing)
            continue;
        weighted += auc->per_class[c] * positives;
        weight += positives;
    }
    auc->macro = columns ? sum / (double)columns : (double)NAN;
    auc->weighted = weight > 0 ? weighted / weight : (double)NAN;
    p->n = n * columns;
    for (int64_t c = 0; c < columns; c++)
        put_column(p, scores, labels, n, columns, c);
    return solve(p, &auc->micro);
}

static void count_classes(const int32_t *labels, int64_t n, lng_auc *auc)
{
    const int64_t classes = lng_score_classes(auc->columns);
    for (int64_t i = 0; i < n; i++)
        if (labels[i] >= 0 && labels[i] < classes)
            auc->positives[labels[i]]++;
}

bool lng_auc_compute(lng_arena *arena, const float *scores, const int32_t *labels, int64_t n, int64_t columns, lng_auc *auc)
{
    problem p;
    *auc = (lng_auc){.columns = columns, .macro = (double)NAN, .weighted = (double)NAN, .micro = (double)NAN};
    if (n < 0 || columns < 0 || (columns && n > INT64_MAX / columns))
        return false;
    auc->per_class = LNG_NEW_N(arena, (size_t)columns, double);
    auc->positives = LNG_NEW_N(arena, (size_t)lng_score_classes(columns), int64_t);
    if (!problem_new(&p, n * (columns > 1 ? columns : 1)))
        return false;
    count_classes(labels, n, auc);
    bool done = solve_all(&p, scores, labels, n, auc);
    lng_block_free(p.key);
    return done;
}
