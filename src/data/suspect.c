/* What is suspicious in a data set: one table, from which `lngraph describe` warns and the manual tells. */
#include "config.h"
#include "data/survey.h"
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#define LEAST_ROWS 20   /* below them, hardly anything is unlikely to be chance */
#define BY_CHANCE  10.0 /* so many contradictions are expected of a column that has nothing to do with the label */
#define MOST_CODES 12   /* numbers that may be categories */
#define UNBALANCED 10   /* times as many examples as the rarest class */

static bool is_label(const lng_survey *s, const lng_census *t)
{
    return t == lng_survey_label(s);
}

static int64_t present(const lng_census *t)
{
    return t->rows - t->missing;
}

/* ---- of a column ---- */
static bool is_empty(const lng_survey *s, const lng_census *t)
{
    (void)s;
    return t->kind == LNG_COLUMN_EMPTY && t->rows > 0;
}

static bool is_constant(const lng_survey *s, const lng_census *t)
{
    (void)s;
    return present(t) > 1 && (t->kind == LNG_COLUMN_ARRAY ? t->moment.least == t->moment.most : t->value_count == 1);
}

/* "id", "customer_id", "customerId" */
static bool is_called_id(const char *name)
{
    const size_t n = strlen(name);
    return n >= 2 && strcasecmp(name + n - 2, "id") == 0 && (n == 2 || !isalpha((unsigned char)name[n - 3]) || name[n - 2] == 'I');
}

/* Numbers that merely happen to differ are no id: those of one rise with the rows, or are called so. */
static bool is_id(const lng_survey *s, const lng_census *t)
{
    const bool different = t->distinct.repeats == 0 && present(t) >= LEAST_ROWS && t->missing == 0;
    if (is_label(s, t) || !different)
        return false;
    const bool dense = t->moment.most - t->moment.least + 1 == (double)t->rows;
    return t->kind == LNG_COLUMN_INTEGER ? t->rising || dense || is_called_id(t->name)
                                         : t->kind == LNG_COLUMN_WORD && t->texts == 0 && t->datelike == 0;
}

static bool is_text(const lng_survey *s, const lng_census *t)
{
    (void)s;
    return t->kind == LNG_COLUMN_WORD && t->texts > 0;
}

static bool is_code(const lng_survey *s, const lng_census *t)
{
    if (is_label(s, t) || t->kind != LNG_COLUMN_INTEGER || is_id(s, t))
        return false;
    return t->zeros > 0 || (t->value_count > 2 && t->value_count <= MOST_CODES && t->rows >= LEAST_ROWS * (int64_t)t->value_count);
}

static bool is_nearly_number(const lng_survey *s, const lng_census *t)
{
    const int64_t numbers = t->integers + t->numbers + t->commas;
    (void)s;
    return t->kind == LNG_COLUMN_WORD && numbers > 0 && (double)numbers >= 0.8 * (double)present(t);
}

static const char *odd_cell(const lng_survey *s, const lng_census *t)
{
    if (!t->odd)
        return "some with a decimal point, some with a comma";
    return t->odd_line ? lng_format(s->arena, "`%.40s` in line %lld", t->odd, (long long)t->odd_line)
                       : lng_format(s->arena, "`%.40s`", t->odd);
}

static bool is_odd_date(const lng_survey *s, const lng_census *t)
{
    (void)s;
    return t->kind == LNG_COLUMN_WORD && t->datelike == t->words && t->words == present(t);
}

static bool is_mostly_missing(const lng_survey *s, const lng_census *t)
{
    (void)s;
    return t->missing * 2 > t->rows && !is_empty(s, t);
}

static const char *share_missing(const lng_survey *s, const lng_census *t)
{
    return lng_format(s->arena, "%.0f %%", 100 * (double)t->missing / (double)t->rows);
}

/* Names that differ in nothing but the case of letters. */
static const char *alike(const lng_survey *s, const lng_census *t)
{
    for (size_t i = 0; t->kind == LNG_COLUMN_WORD && t->value_count <= 200 && i < t->value_count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcasecmp(t->value[i].text, t->value[k].text) == 0)
                return lng_format(s->arena, "`%.40s` and `%.40s`", t->value[k].text, t->value[i].text);
    return NULL;
}

static bool has_alike(const lng_survey *s, const lng_census *t)
{
    return alike(s, t) != NULL;
}

static const lng_census *twin(const lng_survey *s, const lng_census *t)
{
    for (const lng_census *other = s->column; other < t; other++)
        if (other->digest == t->digest && t->kind != LNG_COLUMN_ARRAY && t->kind != LNG_COLUMN_EMPTY && !is_constant(s, t))
            return other;
    return NULL;
}

static bool has_twin(const lng_survey *s, const lng_census *t)
{
    return twin(s, t) != NULL;
}

static const char *name_of_twin(const lng_survey *s, const lng_census *t)
{
    return lng_format(s->arena, "`%.40s`", twin(s, t)->name);
}

/* ---- of a column and the label ---- */
/* How likely two rows are to have different labels. */
static double variety(const lng_census *label)
{
    double same = 0;
    for (size_t i = 0; i < label->value_count; i++)
        same += pow((double)label->value[i].count / (double)present(label), 2);
    return 1 - same;
}

/* Equal values always come with equal labels, although chance would have contradicted this often. */
static bool determines_by_value(const lng_census *t, const lng_census *label)
{
    return t->kind != LNG_COLUMN_ARRAY && t->distinct.conflicts == 0 && (double)t->distinct.repeats * variety(label) >= BY_CHANCE;
}

/* The numbers of no two classes lie in one range. */
static bool determines_by_range(const lng_survey *s, const lng_census *t, const lng_census *label)
{
    const size_t n = label->value_count;
    if (n > LNG_MOST_RANGES || n < 2 || !lng_survey_classifies(s) || t->moment.count < LEAST_ROWS)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (t->range[i].count < 5)
            return false;
        for (size_t k = 0; k < i; k++)
            if (t->range[i].least <= t->range[k].most && t->range[k].least <= t->range[i].most)
                return false;
    }
    return true;
}

static bool follows(const lng_survey *s, const lng_census *t, const lng_census *label)
{
    if (lng_survey_classifies(s) || t->label.count < LEAST_ROWS || t->label.square <= 0 || t->moment.square <= 0)
        return false;
    return t->with_label * t->with_label > 0.9999 * t->label.square * t->moment.square && lng_census_is_number(label);
}

static bool is_leak(const lng_survey *s, const lng_census *t)
{
    const lng_census *label = lng_survey_label(s);
    if (!label || t == label || t->kind == LNG_COLUMN_ARRAY || t->rows < LEAST_ROWS || is_constant(s, t) || is_constant(s, label))
        return false;
    return determines_by_value(t, label) || determines_by_range(s, t, label) || follows(s, t, label);
}

/* ---- of the label ---- */
static const char *missing_labels(const lng_survey *s)
{
    const lng_census *t = lng_survey_label(s);
    return t && t->missing ? lng_format(s->arena, "%lld rows have no `%.40s`", (long long)t->missing, t->name) : NULL;
}

static const char *single_examples(const lng_survey *s)
{
    const lng_census *t = lng_survey_label(s);
    lng_text list = lng_text_new(s->arena);
    int64_t n = 0;
    for (size_t i = 0; lng_survey_classifies(s) && i < t->value_count; i++)
        if (t->value[i].count == 1 && ++n <= 10)
            lng_text_add(&list, "%s`%.40s`", list.length ? ", " : "", t->value[i].text);
    if (n > 10)
        lng_text_add(&list, " and %lld more", (long long)n - 10);
    return n ? lng_format(s->arena, "only one row has %s", list.at) : NULL;
}

static const char *unbalanced(const lng_survey *s)
{
    const lng_census *t = lng_survey_label(s);
    if (!lng_survey_classifies(s) || t->value_count < 2)
        return NULL;
    const lng_counted most = t->value[0], least = t->value[t->value_count - 1];
    return most.count >= UNBALANCED * least.count ? lng_format(s->arena, "%lld rows have `%.40s`, %lld have `%.40s`",
                                                               (long long)most.count, most.text, (long long)least.count, least.text)
                                                  : NULL;
}

/* In random order, the label changes as often as two rows differ. */
static const char *sorted_rows(const lng_survey *s)
{
    const lng_census *t = lng_survey_label(s);
    if (!lng_survey_classifies(s) || t->value_count < 2 || s->rows < LEAST_ROWS ||
        (double)s->label_runs > 0.1 * (double)s->rows * variety(t))
        return NULL;
    return lng_format(s->arena, "the rows are sorted by `%.40s`, or nearly so", t->name);
}

/* ---- of the rows ---- */
static const char *about(const lng_survey *s)
{
    return s->row.level ? "about " : "";
}

static const char *duplicates(const lng_survey *s)
{
    const lng_sieve_counts c = lng_sieve_count(&s->row);
    const int64_t n = c.repeats - c.conflicts;
    return n > 0 ? lng_format(s->arena, "%s%lld of %lld rows repeat another one", about(s), (long long)n, (long long)s->rows)
                 : NULL;
}

static const char *contradictions(const lng_survey *s)
{
    const lng_sieve_counts c = lng_sieve_count(&s->row);
    return c.conflicts > 0 && lng_survey_classifies(s)
               ? lng_format(s->arena, "%s%lld rows are equal to another one, but for their `%.40s`", about(s),
                            (long long)c.conflicts, lng_survey_label(s)->name)
               : NULL;
}

const lng_suspicion lng_suspicions[] = {
    {"empty", "a column without a cell", "leave it out", .of_column = is_empty},
    {"constant", "a column that has one value alone", "nothing can be learned from it: leave it out", .of_column = is_constant},
    {"id", "a column with another value in each row: names, or integers that rise with the rows, are dense, or are called an id",
     "it names the row; a model could only learn it by heart: leave it out", .of_column = is_id},
    {"text", "a column with cells of more than 100 bytes", "leave it out, or make numbers of it", .of_column = is_text},
    {"codes", "integers of which there are no more than 12, or that begin with 0",
     "if they are names of something, such as a ZIP code, make them a category", .of_column = is_code},
    {"nearly-numbers", "a column of which at least four fifths, but not all, are numbers",
     "mend the others in the file, or leave them empty", .of_column = is_nearly_number, .detail = odd_cell},
    {"dates", "dates of another form than 2026-11-26 or 26.11.2026", "write them as 2026-11-26", .of_column = is_odd_date},
    {"missing", "a column that is empty in more than half of the rows", "ask why; that a value is missing may itself say something",
     .of_column = is_mostly_missing, .detail = share_missing},
    {"alike", "names that differ only in the case of letters", "make them one in the file", .of_column = has_alike,
     .detail = alike},
    {"equal-columns", "a column that is equal to another one", "leave one of them out", .of_column = has_twin,
     .detail = name_of_twin},
    {"leak",
     "a column that determines the label: equal values always have equal labels, where chance would contradict it at least ten times; or "
     "the numbers of each class lie in a range of their own; or its correlation with the label is above 0.99995",
     "is it known before the label is? If not, leave it out", .of_column = is_leak},
    {"no-label", "rows whose label is missing", "`missing: drop` leaves them out", .of_all = missing_labels},
    {"single", "a class that has one row", "it cannot be in two parts of the data, and nothing general is learned from it",
     .of_all = single_examples},
    {"imbalance", "a class with at least ten times as many rows as another one",
     "accuracy says little here: look at recall and average precision; see `class_weights` and `sample` in lngraph-model(5)",
     .of_all = unbalanced},
    {"sorted", "a label that changes from row to row less than a tenth as often as in random order",
     "the last rows are not like the others: draw the validation examples at random, or shuffle the file", .of_all = sorted_rows},
    {"duplicates", "rows that are equal to another one, with their label",
     "if they are in the training and the test set, the test is too easy", .of_all = duplicates},
    {"contradictions", "rows that are equal to another one but for the label", "no model can predict both labels",
     .of_all = contradictions},
};
const size_t lng_suspicion_count = sizeof lng_suspicions / sizeof *lng_suspicions;

const lng_suspicion *lng_suspicion_find(const char *name)
{
    for (size_t i = 0; i < lng_suspicion_count; i++)
        if (strcmp(lng_suspicions[i].name, name) == 0)
            return &lng_suspicions[i];
    return NULL;
}
