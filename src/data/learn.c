/* Statistics are those of the cells that are not missing, in double, added up in order. Quantiles lie between the two nearest numbers. */
#include "config.h"
#include "data/learn.h"
#include "base/arena.h"
#include "kernel/dmath.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool learns_fill(const lng_column_spec *c)
{
    return c->missing == LNG_MISSING_MEAN || c->missing == LNG_MISSING_MEDIAN;
}

static bool learns_scale(const lng_column_spec *c)
{
    return c->scale == LNG_SCALE_STANDARD || c->scale == LNG_SCALE_MINMAX || c->scale == LNG_SCALE_ROBUST;
}

bool lng_columns_are_complete(const lng_column_spec *c)
{
    return c->words ? c->word != NULL : !learns_fill(c) && !learns_scale(c);
}

/* ---- numbers ---- */
/* Numbers of examples as doubles, some at a time: calling for each of them takes longer than what is done with it. */
enum { SOME = 512 };

static void read_some(const lng_array *array, int64_t first, int64_t n, double to[SOME])
{
    const float *single = array->at;
    if (array->type == LNG_ARRAY_F64)
        memcpy(to, (const double *)array->at + first, (size_t)n * sizeof *to);
    else if (array->type == LNG_ARRAY_F32)
        for (int64_t i = 0; i < n; i++)
            to[i] = (double)single[first + i];
    else
        for (int64_t i = 0; i < n; i++)
            to[i] = lng_array_at(array, first + i);
}

/* The figures of a column, whose numbers are added up in the order of the examples. */
typedef struct column {
    int64_t count; /* of the numbers that are there */
    double sum, mean, squares;
    double least, most;
} column;

/* All columns side by side, in one pass over the examples. squares: of the differences from the means, after the sums. */
static void add_up(const lng_array *array, int64_t count, column *c, bool squares)
{
    const int64_t size = lng_shape_size(array->shape), n = count * size;
    double some[SOME];
    for (int64_t first = 0, k = 0; first < n; first += SOME) {
        const int64_t part = n - first < SOME ? n - first : SOME;
        read_some(array, first, part, some);
        for (int64_t i = 0; i < part; i++, k = k + 1 == size ? 0 : k + 1) {
            const double x = some[i], apart = squares ? x - c[k].mean : 0;
            if (x != x)
                continue;
            if (squares) {
                c[k].squares += apart * apart;
                continue;
            }
            c[k].sum += x;
            c[k].least = c[k].count == 0 || x < c[k].least ? x : c[k].least;
            c[k].most = c[k].count == 0 || x > c[k].most ? x : c[k].most;
            c[k].count++;
        }
    }
}

/* The numbers of a column that are there, sorted. */
typedef struct sample {
    double *at; /* a block */
    int64_t count;
} sample;

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static sample sample_of(const lng_array *array, int64_t count, int64_t element)
{
    const int64_t size = lng_shape_size(array->shape);
    sample s = {.at = lng_block_new((size_t)count * sizeof *s.at)};
    for (int64_t i = 0; s.at && i < count; i++) {
        const double x = lng_array_at(array, i * size + element);
        if (x == x)
            s.at[s.count++] = x;
    }
    if (s.at)
        qsort(s.at, (size_t)s.count, sizeof *s.at, by_size);
    return s;
}

static double quantile(const sample *s, double part)
{
    const double at = part * (double)(s->count - 1);
    const int64_t i = (int64_t)at;
    return i + 1 < s->count ? s->at[i] + (at - (double)i) * (s->at[i + 1] - s->at[i]) : s->at[i];
}

typedef struct figures {
    double *fill, *subtract, *divide; /* of each column; NULL: not asked for */
} figures;

/* What a column that is constant is divided by: nothing. */
static double divisor(double x)
{
    return x > 0 ? x : 1;
}

static void learn_column(const lng_column_spec *c, const column *sums, const figures *f, int64_t i)
{
    const double mean = sums->mean;
    if (c->missing == LNG_MISSING_MEAN)
        f->fill[i] = mean;
    if (c->scale == LNG_SCALE_STANDARD) {
        f->subtract[i] = mean;
        f->divide[i] = divisor(sqrt(sums->squares / (double)sums->count));
    } else if (c->scale == LNG_SCALE_MINMAX) {
        f->subtract[i] = sums->least;
        f->divide[i] = divisor(sums->most - sums->least);
    }
}

static bool needs_sample(const lng_column_spec *c)
{
    return c->missing == LNG_MISSING_MEDIAN || c->scale == LNG_SCALE_ROBUST;
}

/* What needs the numbers in their order, which takes longer than reading them. */
static bool learn_quantiles(const lng_column_spec *c, const lng_array *array, int64_t count, const figures *f, int64_t i)
{
    const sample s = sample_of(array, count, i);
    if (!s.at)
        return false;
    const double median = quantile(&s, 0.5);
    if (c->missing == LNG_MISSING_MEDIAN)
        f->fill[i] = median;
    if (c->scale == LNG_SCALE_ROBUST) {
        f->subtract[i] = median;
        f->divide[i] = divisor(quantile(&s, 0.75) - quantile(&s, 0.25));
    }
    lng_block_free(s.at);
    return true;
}

static bool learn_numbers(lng_arena *arena, const lng_data_field *field, const lng_array *array, int64_t count, lng_column_spec *to,
                          lng_failure *failure)
{
    const lng_column_spec *c = field->columns;
    const int64_t size = lng_shape_size(field->shape);
    figures f = {NULL, NULL, NULL};
    if (!learns_fill(c) && !learns_scale(c))
        return true;
    if (learns_fill(c))
        to->fill = f.fill = LNG_NEW_N(arena, (size_t)size, double);
    if (learns_scale(c)) {
        to->subtract = f.subtract = LNG_NEW_N(arena, (size_t)size, double);
        to->divide = f.divide = LNG_NEW_N(arena, (size_t)size, double);
    }
    column *sums = LNG_NEW_N(arena, (size_t)size, column);
    add_up(array, count, sums, false);
    for (int64_t i = 0; i < size; i++)
        if (sums[i].count == 0)
            return lng_fail(failure, LNG_E_DATA, "number %lld of `%s` is missing in all training examples", (long long)i,
                            field->name);
    for (int64_t i = 0; i < size; i++)
        sums[i].mean = sums[i].sum / (double)sums[i].count;
    if (c->scale == LNG_SCALE_STANDARD)
        add_up(array, count, sums, true);
    for (int64_t i = 0; i < size; i++) {
        learn_column(c, &sums[i], &f, i);
        if (needs_sample(c) && !learn_quantiles(c, array, count, &f, i))
            return lng_fail(failure, LNG_E_MEMORY, "out of memory");
    }
    return true;
}

static bool no_logarithm(int64_t example, double x, lng_failure *failure)
{
    return lng_fail(failure, LNG_E_DATA, "example %lld holds %g, of which there is no log1p", (long long)example, x);
}

/* `to` may be where the numbers are. */
static bool apply(const lng_column_spec *c, const lng_array *from, float *to, int64_t first, lng_failure *failure)
{
    const int64_t size = lng_shape_size(from->shape), n = from->count * size;
    const bool log1p = c->scale == LNG_SCALE_LOG1P;
    double some[SOME];
    for (int64_t at = 0, k = 0; at < n; at += SOME) {
        const int64_t part = n - at < SOME ? n - at : SOME;
        read_some(from, at, part, some);
        for (int64_t i = 0; i < part; i++, k = k + 1 == size ? 0 : k + 1) {
            double x = some[i];
            if (x != x && c->fill)
                x = c->fill[k];
            if (log1p && x <= -1)
                return no_logarithm(first + (at + i) / size, x, failure);
            if (log1p)
                x = d_log1p(x);
            else if (c->subtract)
                x = (x - c->subtract[k]) / c->divide[k];
            to[at + i] = (float)x;
        }
    }
    return true;
}

bool lng_columns_apply(const lng_column_spec *c, lng_array *array, int64_t first, lng_failure *failure)
{
    if (c->words || c->whole || (!c->fill && c->scale == LNG_SCALE_NONE)) /* whole numbers are filled in as they are read */
        return true;
    if (array->type == LNG_ARRAY_F32)
        return apply(c, array, array->at, first, failure);
    lng_array scaled = {.type = LNG_ARRAY_F32, .shape = array->shape};
    if (!lng_array_new(&scaled, array->count, failure) || !apply(c, array, scaled.at, first, failure))
        return lng_array_free(&scaled), false;
    lng_array_free(array);
    *array = scaled;
    return true;
}

/* ---- words ---- */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool wrong_count(const lng_data_field *field, const char *const *word, int64_t n, lng_failure *failure)
{
    char list[LNG_WORDS_TEXT];
    lng_words_text(list, word, (size_t)n);
    return lng_fail(failure, LNG_E_DATA, "`%s` has %lld names in the training examples, but its `count` is %lld: %s", field->name,
                    (long long)n, (long long)field->columns->words, list);
}

/* Of all words, those that training examples have. */
static bool learn_words(lng_arena *arena, const lng_data_field *field, const lng_vocabulary *words, const lng_array *array,
                        int64_t count, lng_column_spec *to, lng_failure *failure)
{
    const int64_t all = lng_vocabulary_count(words);
    bool *seen = LNG_NEW_N(arena, (size_t)all + 1, bool);
    int64_t n = 0;
    to->word = LNG_NEW_N(arena, (size_t)all + 1, const char *);
    for (int64_t i = 0; i < count; i++) {
        const int64_t word = ((const int32_t *)array->at)[i];
        if (word < 0 || word >= all || seen[word])
            continue;
        seen[word] = true;
        to->word[n++] = lng_copy(arena, lng_vocabulary_at(words, word));
    }
    qsort(to->word, (size_t)n, sizeof *to->word, by_text);
    return n == to->words || wrong_count(field, to->word, n, failure);
}

/* Of each word of the part, which one of the description it is; -1: none. A block. */
static int32_t *numbers_of(const lng_column_spec *c, const lng_vocabulary *words)
{
    const int64_t n = lng_vocabulary_count(words);
    int32_t *number = lng_block_new((size_t)(n + 1) * sizeof *number);
    for (int64_t i = 0; number && i < n; i++) {
        const char *word = lng_vocabulary_at(words, i);
        const char **found = bsearch(&word, c->word, (size_t)c->words, sizeof *c->word, by_text);
        number[i] = found ? (int32_t)(found - c->word) : -1;
    }
    return number;
}

bool lng_columns_translate(const lng_column_spec *c, const lng_data_field *field, const lng_vocabulary *words, lng_array *array,
                           int64_t *example, lng_failure *failure)
{
    int32_t *at = array->at, *number = numbers_of(c, words);
    bool good = number || lng_fail(failure, LNG_E_MEMORY, "out of memory");
    for (*example = 0; good && *example < array->count; *example += good) {
        int32_t *value = &at[*example];
        const char *word = *value >= 0 ? lng_vocabulary_at(words, *value) : NULL;
        const int32_t found = word ? number[*value] : -1;
        good = found >= 0 || (word ? c->unknown_is_other : c->missing == LNG_MISSING_OTHER) ||
               lng_fail(failure, LNG_E_DATA, "`%s` is `%.60s`, which no training example has", field->name, word ? word : "");
        *value = found >= 0 ? found : (int32_t)c->words;
    }
    lng_block_free(number);
    return good;
}

const lng_column_spec *lng_columns_learn(lng_arena *arena, const lng_data_field *field, const lng_vocabulary *words,
                                         const lng_array *array, int64_t count, lng_failure *failure)
{
    lng_column_spec *to = LNG_NEW(arena, lng_column_spec);
    *to = *field->columns;
    const bool learned = to->words ? to->word || learn_words(arena, field, words, array, count, to, failure)
                                   : learn_numbers(arena, field, array, count, to, failure);
    return learned ? to : NULL;
}
