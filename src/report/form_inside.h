/* Shared by the files of the form (form.h). */
#ifndef LNG_REPORT_FORM_INSIDE_H
#define LNG_REPORT_FORM_INSIDE_H
#include "report/form.h"
#include <math.h>

#define lng_form_nothing ((lng_form_value){.absent = true})
static inline lng_form_value lng_form_integer(int64_t x)
{
    return (lng_form_value){.integer = x};
}
static inline lng_form_value lng_form_number(double x)
{
    return (lng_form_value){.number = x};
}
static inline lng_form_value lng_form_text(const char *text) /* NULL: absent */
{
    return (lng_form_value){.text = text, .absent = !text};
}
static inline lng_form_value lng_form_many(size_t items)
{
    return (lng_form_value){.integer = (int64_t)items};
}

/* ---- form_run.c ---- */
extern const lng_form lng_form_model[], lng_form_run[], lng_form_requirement, lng_form_epoch;
lng_form_value lng_form_requirements(const lng_form_place *);
lng_form_value lng_form_epochs(const lng_form_place *);

/* ---- form_factors.c ---- */
extern const lng_form lng_form_factor;
lng_form_value lng_form_factors(const lng_form_place *);
const char *lng_form_factor_name(const lng_form_place *);

/* ---- form_scores.c ---- */
extern const lng_form lng_form_split, lng_form_judged[];
lng_form_value lng_form_splits(const lng_form_place *);
const char *lng_form_split_name(const lng_form_place *);
lng_form_value lng_form_is_judged(const lng_form_place *);

#endif
