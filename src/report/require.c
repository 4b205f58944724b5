/* The verdict: the requirements of the model file against the figures. */
#include "report/quantity.h"
#include "report/report.h"
#include <math.h>
#include <string.h>

static const lng_scores *split_named(const lng_report *r, const char *name)
{
    for (int i = 0; i < LNG_SPLITS; i++)
        if (strcmp(lng_split_name((lng_split)i), name) == 0)
            return lng_report_split(r, i);
    return NULL;
}

bool lng_requirement_met(lng_arena *a, const lng_report *r, const lng_requirement *q, double *value)
{
    const lng_scores *s = split_named(r, q->split);
    const lng_quantities all = lng_quantities_of(a, r->model);
    *value = (double)NAN;
    for (size_t i = 0; s && i < all.count; i++)
        if (strcmp(all.at[i].name, q->quantity) == 0)
            *value = lng_quantity_value(&all.at[i], s);
    if (q->equal && *value == q->limit)
        return true;
    return q->above ? *value > q->limit : *value < q->limit;
}

void lng_report_judge(lng_arena *a, const lng_report *r, lng_errors *errors)
{
    for (size_t i = 0; i < r->model->requirements; i++) {
        const lng_requirement *q = &r->model->requirement[i];
        double value;
        char number[LNG_NUMBER_SIZE];
        if (lng_requirement_met(a, r, q, &value))
            continue;
        if (!split_named(r, q->split))
            lng_error(errors, LNG_E_UNMET, q->place, "%s.%s must be %s, but there are no %s examples", q->split, q->quantity,
                      q->text, q->split);
        else
            lng_error(errors, LNG_E_UNMET, q->place, "%s.%s is %s, not %s", q->split, q->quantity,
                      isnan(value) ? "undefined" : lng_number(number, value), q->text);
    }
}
