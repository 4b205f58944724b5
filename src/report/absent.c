/* Why averages over the classes are undefined: macro without all classes, weighted without two of them. */
#include "report/quantity.h"
#include "report/report.h"
#include <math.h>

#define LISTED_CLASSES 10

/* "no, yes and 3 more": the classes of which so many examples are. NULL if there are none. */
static const char *classes_with(lng_arena *a, const lng_report *r, const lng_measure *m, int64_t examples)
{
    lng_text text = lng_text_new(a);
    int64_t n = 0;
    for (int64_t c = 0; c < m->classes; c++)
        if (m->examples[c] == examples && n++ < LISTED_CLASSES)
            lng_text_add(&text, "%s%s", n > 1 ? ", " : "", lng_class_words(a, r->model, r->data, m->classes, c));
    if (n > LISTED_CLASSES)
        lng_text_add(&text, " and %lld more", (long long)(n - LISTED_CLASSES));
    return n > 0 ? text.at : NULL;
}

const char *lng_absent_note(lng_arena *a, const lng_report *r, size_t metric, int split)
{
    const lng_scores *s = lng_report_split(r, split);
    const lng_measure *m = s ? &s->measure[metric] : NULL;
    if (!m || !m->columns || !isnan(m->figure[LNG_MACRO]))
        return NULL;
    const char *none = classes_with(a, r, m, 0), *all = none ? NULL : classes_with(a, r, m, s->count);
    if (!none && !all)
        return NULL;
    return lng_format(a,
                      none ? "The %s split has no examples of class %s: %s macro %s undefined."
                           : "In the %s split, all examples are of class %s: %s macro %s undefined.",
                      lng_split_name((lng_split)split), none ? none : all, r->model->metric[metric].label,
                      isnan(m->figure[LNG_WEIGHTED]) ? "and weighted are" : "is");
}
