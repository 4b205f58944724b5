/* Examples that repeat another one, and those that were trained on although they are to be judged by. */
#include "report/facts.h"
#include <stdlib.h>
#include <string.h>

static inline uint64_t mix(uint64_t h, const char *at, size_t n)
{
    uint64_t word = 0;
    memcpy(&word, at, n);
    h = (h ^ word) * 0xff51afd7ed558ccdu;
    return h ^ h >> 32;
}

/* Four chains side by side, as each waits for its own products. */
static uint64_t mix_lanes(uint64_t h, const char **at, size_t *n)
{
    uint64_t lane[4] = {h, h + 1, h + 2, h + 3};
    if (*n < 32)
        return h;
    for (; *n >= 32; *n -= 32, *at += 32)
        for (int k = 0; k < 4; k++)
            lane[k] = mix(lane[k], *at + 8 * k, 8);
    for (int k = 0; k < 4; k++)
        h = mix(h, (const char *)&lane[k], sizeof lane[k]);
    return h;
}

/* Of everything that the model reads as numbers; equal examples have equal digests, others practically never. */
static uint64_t digest(const lng_model *m, const lng_part *part, int64_t i)
{
    uint64_t h = 0x9e3779b97f4a7c15u;
    for (size_t f = 0; f < part->fields; f++) {
        const lng_array *x = &part->array[f];
        size_t n = (size_t)lng_shape_size(x->shape) * (size_t)lng_array_width(x);
        const char *at = (const char *)x->at + (size_t)i * n;
        if (m->field[f].dtype != LNG_F32)
            continue;
        h = mix_lanes(h, &at, &n);
        for (; n >= 8; n -= 8, at += 8)
            h = mix(h, at, 8); /* so many at a time need no call */
        if (n > 0)
            h = mix(h, at, n);
    }
    return h;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Of its class, if it has one. */
static uint64_t add_labels(uint64_t h, const lng_model *m, const lng_part *part, int64_t i)
{
    for (size_t f = 0; f < part->fields; f++)
        if (m->field[f].dtype != LNG_F32) {
            const double label = lng_array_at(&part->array[f], i);
            h = mix(h, (const char *)&label, sizeof label);
        }
    return h;
}

/* Sorted; all: of the examples in their order, with what was before. */
static uint64_t *digests(lng_arena *a, const lng_model *m, const lng_range *r, uint64_t *all)
{
    uint64_t *d = LNG_NEW_N(a, (size_t)r->count, uint64_t);
    for (int64_t i = 0; i < r->count; i++) {
        d[i] = digest(m, r->part, r->first + i);
        *all = add_labels(mix(*all, (const char *)&d[i], sizeof d[i]), m, r->part, r->first + i);
    }
    qsort(d, (size_t)r->count, sizeof *d, by_value);
    return d;
}

lng_duplicates lng_duplicates_of(lng_arena *a, const lng_report *report)
{
    const lng_range train = lng_split_range(report->data, LNG_TRAIN);
    lng_duplicates d = {0};
    const uint64_t *seen = digests(a, report->model, &train, &d.digest);
    for (int64_t i = 1; i < train.count; i++)
        d.repeated += seen[i] == seen[i - 1];
    for (int s = LNG_VALIDATION; s < LNG_SPLITS; s++) {
        const lng_range r = lng_split_range(report->data, (lng_split)s);
        const uint64_t *own = digests(a, report->model, &r, &d.digest);
        for (int64_t i = 0, at = 0; i < r.count; i++) {
            while (at < train.count && seen[at] < own[i])
                at++;
            d.leaked[s] += at < train.count && seen[at] == own[i];
        }
    }
    return d;
}
