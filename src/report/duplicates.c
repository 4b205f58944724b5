/* Examples that repeat another one, and those that were trained on although they are to be judged by. */
#include "report/facts.h"
#include <string.h>

/* n bytes of numbers of 1 or 4 bytes as one of 8, the first the least significant, on every machine. */
static inline uint64_t word_of(const char *at, size_t n, size_t width)
{
    uint64_t word = 0;
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (size_t i = 0; i < n; i++)
        word |= (uint64_t)(unsigned char)at[i / width * width + width - 1 - i % width] << 8 * i;
#else
    (void)width;
    memcpy(&word, at, n);
#endif
    return word;
}

static inline uint64_t mix(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0xff51afd7ed558ccdu;
    return h ^ h >> 32;
}

/* Four chains side by side, as each waits for its own products. */
static uint64_t mix_lanes(uint64_t h, const char **at, size_t *n, size_t width)
{
    uint64_t lane[4] = {h, h + 1, h + 2, h + 3};
    if (*n < 32)
        return h;
    for (; *n >= 32; *n -= 32, *at += 32)
        for (int k = 0; k < 4; k++)
            lane[k] = mix(lane[k], word_of(*at + 8 * k, 8, width));
    for (int k = 0; k < 4; k++)
        h = mix(h, lane[k]);
    return h;
}

/* Of all inputs; equal examples have equal digests, others practically never. */
static uint64_t digest(const lng_model *m, const lng_part *part, int64_t i)
{
    uint64_t h = 0x9e3779b97f4a7c15u;
    for (size_t f = 0; f < part->fields; f++) {
        const lng_array *x = &part->array[f];
        const size_t width = (size_t)lng_array_width(x);
        size_t n = (size_t)lng_shape_size(x->shape) * width;
        const char *at = (const char *)x->at + (size_t)i * n;
        if (lng_field_is_class(&m->field[f]))
            continue;
        h = mix_lanes(h, &at, &n, width);
        for (; n >= 8; n -= 8, at += 8)
            h = mix(h, word_of(at, 8, width)); /* so many at a time need no call */
        if (n > 0)
            h = mix(h, word_of(at, n, width));
    }
    return h;
}

/* Of its class, if it has one. */
static uint64_t add_labels(uint64_t h, const lng_model *m, const lng_part *part, int64_t i)
{
    for (size_t f = 0; f < part->fields; f++)
        if (lng_field_is_class(&m->field[f])) {
            const double label = lng_array_at(&part->array[f], i);
            uint64_t bits;
            memcpy(&bits, &label, sizeof bits);
            h = mix(h, bits);
        }
    return h;
}

/* all: of the examples in their order, with what was before. */
static uint64_t *digests(lng_arena *a, const lng_model *m, const lng_range *r, uint64_t *all)
{
    uint64_t *d = LNG_NEW_N(a, (size_t)r->count, uint64_t);
    for (int64_t i = 0; i < r->count; i++) {
        d[i] = digest(m, r->part, r->first + i);
        *all = add_labels(mix(*all, d[i]), m, r->part, r->first + i);
    }
    return d;
}

/* ---- a set of digests ---- */
typedef struct set {
    uint64_t *slot; /* 0: empty */
    size_t mask;
} set;

static set set_of(lng_arena *a, int64_t most)
{
    size_t slots = 2;
    while (slots / 2 < (size_t)most)
        slots *= 2;
    return (set){LNG_NEW_N(a, slots, uint64_t), slots - 1};
}

/* Where a digest is, or would be. */
static uint64_t *find(const set *s, uint64_t d)
{
    size_t i = (size_t)(d ^ d >> 32) & s->mask;
    while (s->slot[i] && s->slot[i] != d)
        i = (i + 1) & s->mask;
    return &s->slot[i];
}

static uint64_t never_0(uint64_t d)
{
    return d ? d : 1;
}

lng_duplicates lng_duplicates_of(lng_arena *a, const lng_report *report)
{
    const lng_range train = lng_split_range(report->data, LNG_TRAIN);
    lng_duplicates d = {0};
    if (report->found)
        return report->found->duplicates;
    const set seen = set_of(a, train.count);
    const uint64_t *of = digests(a, report->model, &train, &d.digest);
    for (int64_t i = 0; i < train.count; i++) {
        uint64_t *slot = find(&seen, never_0(of[i]));
        d.repeated += *slot != 0;
        *slot = never_0(of[i]);
    }
    for (int s = LNG_VALIDATION; s < LNG_SPLITS; s++) {
        const lng_range r = lng_split_range(report->data, (lng_split)s);
        of = digests(a, report->model, &r, &d.digest);
        for (int64_t i = 0; i < r.count; i++)
            d.leaked[s] += *find(&seen, never_0(of[i])) != 0;
    }
    return d;
}
