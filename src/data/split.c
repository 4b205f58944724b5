/* Rows are put into an order: of the file, drawn by the seed, or by time. Those to take out are a range of that order, of each class
 * alike if the split is stratified; whole groups, or what a column says.
 *
 * Fractions are rounded once, to the nearest number of examples. Over several classes the rounded ends of the ranges are shared, so that
 * the parts add up, and no class is off by more than one. */
#include "config.h"
#include "data/split.h"
#include "base/random.h"
#include "base/text.h"
#include "data/cell.h"
#include "data/data.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STAYS = LNG_PART_TRAIN }; /* a row is in one of the parts */

typedef struct splitting {
    lng_arena *arena;
    const lng_split_spec *spec;
    const lng_split_key *key;
    int part;      /* that the rows are taken for */
    uint64_t seed; /* of the run */
    uint32_t *row; /* those that are left, in the order in which they are taken */
    int64_t n;     /* how many */
    uint8_t *in;   /* the part of each row of the file */
    lng_division *division;
    lng_failure *failure;
} splitting;

static bool wrong(const splitting *s, int64_t example, lng_code code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static bool wrong(const splitting *s, int64_t example, lng_code code, const char *format, ...)
{
    char text[300];
    va_list arguments;
    va_start(arguments, format);
    lng_vprint(text, sizeof text, format, arguments);
    va_end(arguments);
    s->division->example = example;
    s->division->place = s->spec->place;
    return lng_fail(s->failure, code, "%s", text);
}

/* ---- order ---- */
typedef struct timed {
    double time;
    uint32_t row, place;
} timed;

static int by_time(const void *a, const void *b)
{
    const timed *x = a, *y = b;
    if (x->time != y->time)
        return x->time > y->time ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Dates or numbers; NaN: neither. */
static double time_of(const splitting *s, uint32_t row)
{
    double time;
    if (!s->key->words)
        return lng_array_at(s->key->array, row);
    const char *word = lng_vocabulary_at(s->key->words, ((const int32_t *)s->key->array->at)[row]);
    const size_t n = strlen(word);
    return lng_cell_date(word, n, &time) || lng_cell_number(word, n, false, &time) ? time : NAN;
}

static bool sort_by_time(splitting *s)
{
    timed *all = LNG_NEW_N(s->arena, (size_t)s->n, timed);
    for (int64_t i = 0; i < s->n; i++) {
        all[i] = (timed){time_of(s, s->row[i]), s->row[i], (uint32_t)i};
        if (all[i].time != all[i].time)
            return wrong(s, s->row[i], LNG_E_DATA, "`%.60s` is `%.60s`, expected a date, such as 2026-11-26, or a number",
                         s->spec->key->name,
                         s->key->words ? lng_vocabulary_at(s->key->words, (int64_t)lng_array_at(s->key->array, s->row[i])) : "NaN");
    }
    qsort(all, (size_t)s->n, sizeof *all, by_time);
    for (int64_t i = 0; i < s->n; i++)
        s->row[i] = all[i].row;
    return true;
}

static bool arrange(splitting *s)
{
    const uint64_t seed = s->spec->seed >= 0 ? (uint64_t)s->spec->seed : s->seed;
    const char *name = lng_part_names[s->part];
    if (s->spec->by == LNG_SPLIT_BY_TIME)
        return sort_by_time(s);
    if (s->spec->shuffle)
        lng_permute(s->row, s->n, lng_random_key(seed, lng_hash(name, strlen(name))), 0);
    return true;
}

/* ---- values of the key as numbers from 0, in the order of their first appearance ---- */
typedef struct valued {
    double value;
    int64_t place;
} valued;

static int by_value(const void *a, const void *b)
{
    const valued *x = a, *y = b;
    if (x->value != y->value)
        return x->value > y->value ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Of the rows in their order; *count: how many values there are. */
static int64_t *values_of(const splitting *s, int64_t *count)
{
    valued *all = LNG_NEW_N(s->arena, (size_t)s->n + 1, valued);
    int64_t *number = LNG_NEW_N(s->arena, (size_t)s->n + 1, int64_t), *first = LNG_NEW_N(s->arena, (size_t)s->n + 1, int64_t);
    for (int64_t i = 0; i < s->n; i++)
        all[i] = (valued){lng_array_at(s->key->array, s->row[i]), i};
    qsort(all, (size_t)s->n, sizeof *all, by_value);
    for (int64_t i = 0; i < s->n; i++) /* the place where each value appears first */
        first[all[i].place] = i > 0 && all[i].value == all[i - 1].value ? first[all[i - 1].place] : all[i].place;
    *count = 0;
    for (int64_t i = 0; i < s->n; i++)
        number[i] = first[i] == i ? (*count)++ : number[first[i]];
    return number;
}

/* ---- ranges ---- */
static void take(const splitting *s, int64_t place)
{
    s->in[s->row[place]] = (uint8_t)s->part;
}

/* How many of `all` examples are to be taken. */
static int64_t amount_of(const lng_split_spec *spec, int64_t all)
{
    return spec->how == LNG_SPLIT_COUNT ? spec->count : (int64_t)((double)all * spec->part + 0.5);
}

/* The share of the first `before` of n examples. */
static int64_t share(int64_t wanted, int64_t before, int64_t n)
{
    return n ? (int64_t)((double)wanted * (double)before / (double)n + 0.5) : 0;
}

/* Places [from, to) of the order are a stratum; of those before it, `from`, all shares are known. */
static void take_range(const splitting *s, int64_t from, int64_t to, int64_t wanted)
{
    const lng_split_spec *p = s->spec;
    int64_t first, last; /* [first, last) */
    if (p->how == LNG_SPLIT_FOLD) {
        for (int64_t i = from; i < to; i++)
            if (p->by == LNG_SPLIT_BY_CLASS ? i % p->folds == p->fold
                                            : i >= p->fold * s->n / p->folds && i < (p->fold + 1) * s->n / p->folds)
                take(s, i);
        return;
    }
    const int64_t some = share(wanted, to, s->n) - share(wanted, from, s->n);
    first = p->how == LNG_SPLIT_FIRST ? from : to - some;
    last = first + some;
    for (int64_t i = first; i < last; i++)
        take(s, i);
}

static void take_strata(splitting *s, int64_t wanted)
{
    int64_t classes, *class = values_of(s, &classes), *start = LNG_NEW_N(s->arena, (size_t)classes + 2, int64_t);
    uint32_t *sorted = LNG_NEW_N(s->arena, (size_t)s->n + 1, uint32_t);
    for (int64_t i = 0; i < s->n; i++)
        start[class[i] + 2]++;
    for (int64_t c = 2; c <= classes; c++)
        start[c] += start[c - 1];
    for (int64_t i = 0; i < s->n; i++)
        sorted[start[class[i] + 1]++] = s->row[i];
    s->row = sorted;
    for (int64_t c = 0; c < classes; c++)
        take_range(s, start[c], start[c + 1], wanted);
}

/* ---- groups ---- */
typedef struct group {
    int64_t number, count, place; /* in the order of appearance; its examples; where it is now */
    int64_t fold;
} group;

static int by_count(const void *a, const void *b)
{
    const group *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : (x->number > y->number) - (x->number < y->number);
}

/* The largest groups first, each into the fold that is smallest so far. */
static void assign_folds(const splitting *s, group *g, int64_t groups)
{
    int64_t *size = LNG_NEW_N(s->arena, (size_t)s->spec->folds, int64_t);
    qsort(g, (size_t)groups, sizeof *g, by_count);
    for (int64_t i = 0; i < groups; i++) {
        int64_t best = 0;
        for (int64_t f = 1; f < s->spec->folds; f++)
            best = size[f] < size[best] ? f : best;
        g[i].fold = best;
        size[best] += g[i].count;
    }
}

/* From one end of the order, a group at a time, as long as that comes nearer to what is wanted; at least one. */
static void assign_some(const splitting *s, group *g, int64_t groups, int64_t wanted)
{
    const bool forward = s->spec->how == LNG_SPLIT_FIRST || s->spec->shuffle;
    int64_t taken = 0;
    bool over = wanted == 0;
    for (int64_t i = 0; i < groups; i++) {
        group *next = &g[forward ? i : groups - 1 - i];
        const bool takes = !over && (taken == 0 || 2 * (wanted - taken) >= next->count);
        next->fold = takes ? s->spec->fold : -1;
        taken += takes ? next->count : 0;
        over = over || (!takes && !s->spec->shuffle); /* groups that are drawn may be skipped */
    }
}

static bool take_groups(splitting *s, int64_t wanted)
{
    int64_t groups, *number = values_of(s, &groups);
    group *g = LNG_NEW_N(s->arena, (size_t)groups + 1, group);
    int64_t *fold = LNG_NEW_N(s->arena, (size_t)groups + 1, int64_t);
    for (int64_t i = 0; i < groups; i++)
        g[i].number = i;
    for (int64_t i = 0; i < s->n; i++)
        g[number[i]].count++;
    if (s->spec->how == LNG_SPLIT_FOLD && groups < s->spec->folds)
        return wrong(s, -1, LNG_E_RANGE, "%lld groups cannot make %lld folds", (long long)groups, (long long)s->spec->folds);
    if (s->spec->how == LNG_SPLIT_FOLD)
        assign_folds(s, g, groups);
    else
        assign_some(s, g, groups, wanted);
    for (int64_t i = 0; i < groups; i++)
        fold[g[i].number] = g[i].fold;
    for (int64_t i = 0; i < s->n; i++)
        if (fold[number[i]] == s->spec->fold)
            take(s, i);
    return true;
}

/* ---- what a column says ---- */
static int part_called(const char *word)
{
    static const struct {
        const char *name;
        int part;
    } names[] = {{"train", LNG_PART_TRAIN},    {"validation", LNG_PART_VALIDATION}, {"valid", LNG_PART_VALIDATION},
                 {"val", LNG_PART_VALIDATION}, {"dev", LNG_PART_VALIDATION},        {"test", LNG_PART_TEST}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, word) == 0)
            return names[i].part;
    return -1;
}

/* `validation` takes out both parts, as no other key says what becomes of the examples for tests. */
static bool take_named(const splitting *s)
{
    for (int64_t i = 0; i < s->n; i++) {
        const char *word = lng_vocabulary_at(s->key->words, ((const int32_t *)s->key->array->at)[s->row[i]]);
        const int part = part_called(word);
        if (part < 0)
            return wrong(s, s->row[i], LNG_E_DATA, "`%.60s` is `%.60s`, expected train, validation or test", s->spec->key->name,
                         word);
        s->in[s->row[i]] = (uint8_t)part;
    }
    return true;
}

/* ---- the whole ---- */
int64_t lng_split_bytes(const lng_split_spec *p)
{
    if (p->how == LNG_SPLIT_NOTHING)
        return 0;
    const int64_t rows = 2 * sizeof(uint32_t) + 1;
    return p->by == LNG_SPLIT_BY_TIME    ? rows + (int64_t)sizeof(timed)
           : p->by == LNG_SPLIT_BY_CLASS ? rows + (int64_t)(sizeof(valued) + 2 * sizeof(int64_t) + sizeof(uint32_t))
           : p->by == LNG_SPLIT_BY_GROUP ? rows + (int64_t)(sizeof(valued) + 2 * sizeof(int64_t) + sizeof(group) + sizeof(int64_t))
                                         : rows;
}

static bool enough(const splitting *s, int64_t wanted)
{
    if (s->spec->how == LNG_SPLIT_FOLD && s->n < s->spec->folds)
        return wrong(s, -1, LNG_E_RANGE, "%lld examples cannot make %lld folds", (long long)s->n, (long long)s->spec->folds);
    if (s->spec->how == LNG_SPLIT_FOLD || s->spec->how == LNG_SPLIT_NAMED || s->n == 0)
        return true;
    if (wanted == 0 && s->spec->part > 0)
        return wrong(s, -1, LNG_E_RANGE, "the %s set would have none of the %lld examples", lng_part_names[s->part],
                     (long long)s->n);
    return wanted < s->n || wrong(s, -1, LNG_E_RANGE, "a %s set of %lld examples leaves none of %lld to train on",
                                  lng_part_names[s->part], (long long)wanted, (long long)s->n);
}

/* Of the rows that are left. */
static bool split(splitting *s, const uint8_t *in, int64_t all)
{
    const lng_split_spec *p = s->spec;
    const int64_t wanted = p->how == LNG_SPLIT_NAMED ? 0 : amount_of(p, all);
    if (p->how == LNG_SPLIT_NOTHING || all == 0)
        return true;
    s->row = LNG_NEW_N(s->arena, (size_t)all, uint32_t);
    s->n = 0;
    for (int64_t i = 0; i < all; i++)
        if (in[i] == STAYS)
            s->row[s->n++] = (uint32_t)i;
    if (!enough(s, wanted) || !arrange(s))
        return false;
    if (p->how == LNG_SPLIT_NAMED)
        return take_named(s);
    if (p->by == LNG_SPLIT_BY_GROUP)
        return take_groups(s, wanted);
    if (p->by == LNG_SPLIT_BY_CLASS)
        take_strata(s, wanted);
    else
        take_range(s, 0, s->n, wanted);
    return true;
}

static int64_t gather(const uint8_t *in, int64_t n, int part, uint32_t *row)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        if (in[i] == part)
            row[count++] = (uint32_t)i;
    return count;
}

bool lng_divide(lng_arena *arena, const lng_data_spec *spec, const lng_split_key key[2], int64_t n, lng_division *d,
                lng_failure *failure)
{
    uint8_t *in = LNG_NEW_N(arena, (size_t)n + 1, uint8_t);
    splitting s = {.arena = arena, .seed = spec->seed, .in = in, .division = d, .failure = failure};
    const lng_split_spec *const splits[] = {&spec->test, &spec->validation};
    d->example = -1;
    for (int i = 0; i < 2; i++) {
        s.spec = splits[i];
        s.key = &key[1 - i];
        s.part = i == 0 ? LNG_PART_TEST : LNG_PART_VALIDATION;
        if (!split(&s, in, n))
            return false;
    }
    d->train = gather(in, n, LNG_PART_TRAIN, d->row);
    d->validation = gather(in, n, LNG_PART_VALIDATION, d->row + d->train);
    d->test = gather(in, n, LNG_PART_TEST, d->row + d->train + d->validation);
    d->place = spec->validation.place;
    return d->train > 0 || n == 0 ||
           lng_fail(failure, LNG_E_RANGE, "the splits leave none of %lld examples to train on", (long long)n);
}
