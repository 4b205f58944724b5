/* What was predicted for single examples, and how sure it was: a class, each of several targets, or numbers. */
#include "figure/inside.h"
#include "lang/meaning.h"
#include <math.h>

/* Predicted numbers, and the right ones; NULL: there are none. */
static const lng_scored *numbers_of(const lng_drawn *d)
{
    for (size_t i = 0; i < d->model->metrics; i++) {
        const lng_metric *metric = d->model->metric[i].collective;
        if (metric && metric->takes == LNG_TAKES_NUMBERS && d->scores->examples[i].score)
            return &d->scores->examples[i];
    }
    return NULL;
}

const lng_scored *lng_drawn_answered(const lng_drawn *d)
{
    const lng_scored *e = lng_drawn_scored(d);
    return e ? e : numbers_of(d);
}

bool lng_answers_are_numbers(const lng_drawn *d)
{
    return !lng_drawn_scored(d) && numbers_of(d);
}

const char *lng_lacks_answers(const lng_drawn *d)
{
    return lng_answers_are_numbers(d) ? NULL : lng_lacks_probabilities(d);
}

static lng_answer class_of(const lng_scored *e, int64_t i)
{
    const float *p = e->score + i * e->columns;
    const int64_t k = lng_predicted(p, e->columns);
    return (lng_answer){i, 0, k, e->label[i], lng_confidence(p, e->columns, k)};
}

static lng_answer target_of(const lng_scored *e, int64_t i, int64_t column)
{
    const double p = (double)e->score[i * e->columns + column];
    return (lng_answer){i, column, p > 0.5, lng_example_is(e, i, column), p > 0.5 ? p : 1 - p};
}

/* Of a number, the class is not what is right: 0 and 1. */
static lng_answer number_of(const lng_scored *e, int64_t i, int64_t column)
{
    const int64_t at = i * e->columns + column;
    return (lng_answer){i, column, 0, 1, fabs((double)e->score[at] - (double)e->target[at])};
}

/* Whether x comes before y. */
static bool precedes(const lng_answer *x, const lng_answer *y, bool mistakes)
{
    return mistakes ? x->weight > y->weight : x->weight < y->weight;
}

/* Into the list of those that come first; of equals, the earlier one does. */
static size_t insert(lng_answer *list, size_t n, size_t most, const lng_answer *one, bool mistakes)
{
    size_t at = n;
    while (at > 0 && precedes(one, &list[at - 1], mistakes))
        at--;
    if (at == most)
        return n;
    n += n < most;
    for (size_t k = n - 1; k > at; k--)
        list[k] = list[k - 1];
    list[at] = *one;
    return n;
}

size_t lng_answers_find(const lng_drawn *d, bool mistakes, lng_answer *list, size_t most)
{
    const bool numbers = lng_answers_are_numbers(d);
    const lng_scored *e = numbers ? numbers_of(d) : lng_drawn_scored(d);
    const int64_t questions = e->label ? 1 : e->columns;
    size_t n = 0;
    for (int64_t i = 0; i < e->count; i++)
        for (int64_t k = 0; k < questions; k++) {
            const lng_answer one = e->label ? class_of(e, i) : numbers ? number_of(e, i, k) : target_of(e, i, k);
            if (!mistakes || one.class != one.label)
                n = insert(list, n, most, &one, mistakes);
        }
    return n;
}

/* ---- in words ---- */
static const char *number_text(lng_arena *a, double x)
{
    return lng_format(a, "%.4g", x);
}

static const char *column_text(lng_arena *a, const lng_drawn *d, const lng_scored *e, int64_t column)
{
    if (e->columns <= 1)
        return "";
    const lng_meaning m = lng_meaning_of(a, d->model, d->data ? d->data->learned : NULL);
    return lng_format(a, "%s: ", lng_meaning_name(a, &m, e->columns, column));
}

const char *lng_answer_number(lng_arena *a, const lng_drawn *d, const lng_answer *x, bool right)
{
    const lng_scored *e = numbers_of(d);
    char number[LNG_NUMBER_SIZE];
    return lng_copy(a, lng_number_float(number, (right ? e->target : e->score)[x->example * e->columns + x->column]));
}

const char *lng_answer_said(lng_arena *a, const lng_drawn *d, const lng_answer *x)
{
    const bool numbers = lng_answers_are_numbers(d);
    const lng_scored *e = numbers ? numbers_of(d) : lng_drawn_scored(d);
    if (numbers)
        return lng_format(a, "%s%s", column_text(a, d, e, x->column),
                          number_text(a, (double)e->score[x->example * e->columns + x->column]));
    const char *answer = e->label ? lng_class_text(a, d, x->class) : x->class ? "yes" : "no";
    return lng_format(a, "%s%s (%.1f %%)", e->label ? "" : column_text(a, d, e, x->column), answer, 100 * x->weight);
}

const char *lng_answer_right(lng_arena *a, const lng_drawn *d, const lng_answer *x)
{
    if (lng_answers_are_numbers(d)) {
        const lng_scored *e = numbers_of(d);
        return lng_format(a, "right: %s", number_text(a, (double)e->target[x->example * e->columns + x->column]));
    }
    return lng_drawn_scored(d)->label ? lng_format(a, "label %s", lng_class_text(a, d, x->label))
           : x->label                 ? "right: yes"
                                      : "right: no";
}
