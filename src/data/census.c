/* Cells are sorted into integers, numbers, dates and words; the kind of the column is what all of them are. The median is that of all numbers
 * while they fit, then that of a sample (algorithm L of Li, 1994, which draws only for those that enter it; a file always gives the same). */
#include "config.h"
#include "data/census.h"
#include "base/guard.h"
#include "base/random.h"
#include "base/text.h"
#include "data/cell.h"
#include "kernel/dmath.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const lng_census_kind_names[LNG_COLUMN_KINDS] = {"empty", "integer", "number", "date", "words", "array"};

static void moments_add(lng_moments *m, double x)
{
    const double apart = x - m->mean;
    m->least = m->count++ == 0 || x < m->least ? x : m->least;
    m->most = m->count == 1 || x > m->most ? x : m->most;
    m->mean += apart / (double)m->count;
    m->square += apart * (x - m->mean);
}

double lng_moments_deviation(const lng_moments *m)
{
    return m->count ? sqrt(m->square / (double)m->count) : 0;
}

static void free_values(void *what)
{
    lng_census *t = what;
    lng_vocabulary_free(t->values);
    t->values = NULL;
}

void lng_census_begin(lng_census *t, lng_arena *arena, const char *name, size_t most)
{
    *t = (lng_census){.arena = arena, .name = name, .most = most, .rising = true, .sieve = lng_sieve_new(arena, 2 * most)};
    if (!(t->values = lng_vocabulary_new()))
        lng_out_of_memory(arena);
    lng_arena_defer(arena, free_values, t);
}

/* ---- cells ---- */
static bool is_integer(const char *at, size_t n)
{
    for (size_t i = at[0] == '-' && n > 1; i < n; i++)
        if (at[i] < '0' || at[i] > '9')
            return false;
    return true;
}

/* 3/12/2026, 26.11.26 */
static bool is_datelike(const char *at, size_t n)
{
    int parts = 0;
    for (size_t i = 0; i < n && at[i] != ' ';) {
        const size_t start = i;
        while (i < n && at[i] >= '0' && at[i] <= '9')
            i++;
        if (i == start || i - start > 4)
            return false;
        parts++;
        if (i < n && at[i] != ' ' && (parts == 3 || !memchr("/.-", at[i], 3)))
            return false;
        i += i < n && at[i] != ' ';
    }
    return parts == 3;
}

static lng_key key_of_sample(void)
{
    static const char name[] = "describe";
    return lng_random_key(0, lng_hash(name, sizeof name - 1));
}

/* Between 0 and 1. */
static double draw(lng_census *t)
{
    return ((double)lng_random_word(key_of_sample(), 0, LNG_NO_EXAMPLE, t->drawn++) + 0.5) / 4294967296.0;
}

/* Which number enters the sample next. */
static void skip(lng_census *t)
{
    t->weight *= d_exp(d_log(draw(t)) / (double)t->most);
    const double passed = d_log(draw(t)) / d_log1p(-t->weight);
    t->next += 1 + (passed < 0x1p60 ? (int64_t)passed : (int64_t)1 << 60);
}

static void keep_number(lng_census *t, double x)
{
    const size_t n = (size_t)t->moment.count;
    if (n == t->most) {
        t->weight = 1;
        t->next = (int64_t)n - 1;
        skip(t);
    }
    if (n >= t->most) {
        if ((int64_t)n < t->next)
            return;
        t->kept[lng_random_below(key_of_sample(), 1, LNG_NO_EXAMPLE, (uint64_t)n, t->most)] = x;
        skip(t);
        return;
    }
    if (!t->kept)
        t->kept = LNG_NEW_N(t->arena, t->most, double);
    t->kept[n] = x;
}

static void add_number(lng_census *t, double x, const lng_row_label *label)
{
    t->rising = t->rising && (t->moment.count == 0 || x > t->last);
    t->last = x;
    keep_number(t, x);
    moments_add(&t->moment, x);
    if (label->class >= 0 && label->class < LNG_MOST_RANGES) {
        lng_class_range *r = &t->range[label->class];
        r->least = r->count++ == 0 || x < r->least ? x : r->least;
        r->most = r->count == 1 || x > r->most ? x : r->most;
    }
    if (label->number == label->number) {
        const double apart = label->number - t->label.mean;
        moments_add(&t->label, label->number);
        t->with_label += apart * (x - t->moment.mean);
    }
}

static void add_word(lng_census *t, const char *at, size_t n, int64_t line)
{
    t->words++;
    t->datelike += is_datelike(at, n);
    t->texts += n > LNG_VALUE_BYTES;
    if (t->odd)
        return;
    t->odd = lng_copy_n(t->arena, at, n < LNG_VALUE_BYTES ? n : LNG_VALUE_BYTES);
    t->odd_line = line;
}

static void sort_out(lng_census *t, const char *at, size_t n, int64_t line, const lng_row_label *label)
{
    double x;
    const bool point = lng_cell_number(at, n, false, &x), comma = !point && lng_cell_number(at, n, true, &x);
    if (!point && !comma && !lng_cell_date(at, n, &x)) {
        add_word(t, at, n, line);
        return;
    }
    if (point && is_integer(at, n)) {
        t->integers++;
        t->zeros += n > 1 && at[0] == '0';
    } else
        ++*(point ? &t->numbers : comma ? &t->commas : &t->dates);
    add_number(t, x, label);
}

static void count_value(lng_census *t, const char *at, size_t n)
{
    if (!t->values)
        return;
    const bool fits = n <= LNG_VALUE_BYTES;
    const int64_t value = fits ? lng_vocabulary_add(t->values, at, n) : -1;
    if (fits && value < 0)
        lng_out_of_memory(t->arena);
    if (!fits || (size_t)value >= t->most) {
        free_values(t);
        return;
    }
    t->uses = lng_grow(t->arena, t->uses, (size_t)value, &t->use_room, sizeof *t->uses);
    t->uses[value]++;
}

static void keep_example(lng_census *t, const char *at, size_t n)
{
    for (int i = 0; i < LNG_EXAMPLES; i++)
        if (!t->example[i]) {
            t->example[i] = lng_copy_n(t->arena, at, n < LNG_VALUE_BYTES ? n : LNG_VALUE_BYTES);
            return;
        }
}

uint64_t lng_census_cell(lng_census *t, const char *at, size_t n, int64_t line, const lng_row_label *label)
{
    if (t->rows++ < LNG_EXAMPLES)
        keep_example(t, at, n);
    if (lng_cell_is_missing(at, n)) {
        t->missing++;
        t->spelled += n > 0;
        t->digest = lng_sieve_mix(t->digest, 0);
        return 0;
    }
    const uint64_t hash = lng_sieve_hash(at, n);
    sort_out(t, at, n, line, label);
    count_value(t, at, n);
    lng_sieve_add(&t->sieve, hash, label->hash);
    t->digest = lng_sieve_mix(t->digest, hash);
    return hash;
}

uint64_t lng_census_array(lng_census *t, const lng_array *array, int64_t example, const lng_row_label *label)
{
    const int64_t size = lng_shape_size(array->shape);
    const size_t bytes = (size_t)size * (size_t)lng_array_width(array);
    const uint64_t hash = lng_sieve_hash((const char *)array->at + (size_t)example * bytes, bytes);
    t->is_array = true;
    t->rows++;
    for (int64_t i = 0; i < size; i++)
        moments_add(&t->moment, lng_array_at(array, example * size + i));
    lng_sieve_add(&t->sieve, hash, label->hash);
    return hash;
}

/* ---- the end ---- */
static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(lng_census *t)
{
    const size_t n = (size_t)t->moment.count < t->most ? (size_t)t->moment.count : t->most;
    if (!t->kept || n == 0)
        return NAN;
    qsort(t->kept, n, sizeof *t->kept, by_size);
    return n % 2 ? t->kept[n / 2] : (t->kept[n / 2 - 1] + t->kept[n / 2]) / 2;
}

static int by_count(const void *a, const void *b)
{
    const lng_counted *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : strcmp(x->text, y->text);
}

static void list_values(lng_census *t)
{
    if (!t->values)
        return;
    const int64_t n = lng_vocabulary_count(t->values);
    t->value = LNG_NEW_N(t->arena, (size_t)n + 1, lng_counted);
    t->value_count = (size_t)n;
    for (int64_t i = 0; i < n; i++)
        t->value[i] = (lng_counted){lng_copy(t->arena, lng_vocabulary_at(t->values, i)), t->uses[i]};
    qsort(t->value, (size_t)n, sizeof *t->value, by_count);
}

static lng_census_kind kind_of(const lng_census *t)
{
    const int64_t numbers = t->integers + t->numbers + t->commas;
    if (t->is_array)
        return LNG_COLUMN_ARRAY;
    if (numbers + t->dates + t->words == 0)
        return LNG_COLUMN_EMPTY;
    if (t->words || (t->dates && numbers) || (t->numbers && t->commas))
        return LNG_COLUMN_WORD;
    return t->dates ? LNG_COLUMN_DATE : t->numbers + t->commas ? LNG_COLUMN_NUMBER : LNG_COLUMN_INTEGER;
}

void lng_census_end(lng_census *t)
{
    t->kind = kind_of(t);
    t->distinct = lng_sieve_count(&t->sieve);
    t->median = median_of(t);
    list_values(t);
}

bool lng_census_is_number(const lng_census *t)
{
    return t->kind == LNG_COLUMN_INTEGER || t->kind == LNG_COLUMN_NUMBER;
}

bool lng_census_is_comma(const lng_census *t)
{
    return t->commas > 0;
}
