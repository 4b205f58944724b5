/* The quantities of a split: its loss, each metric that is a mean, and each figure of a metric of the whole set, in the order of the file.
 * Reports, history and published figures name them alike. */
#ifndef LNG_REPORT_QUANTITY_H
#define LNG_REPORT_QUANTITY_H
#include "lang/model.h"
#include "train/evaluate.h"

typedef struct lng_quantity {
    const char *name;  /* "loss", "accuracy", "auc.macro" */
    const char *words; /* "auc macro" */
    const lng_metric *collective;
    size_t metric; /* the model's; SIZE_MAX: the loss */
    int figure;    /* of a collective metric */
    int decimals;
} lng_quantity;
typedef struct lng_quantities {
    lng_quantity *at;
    size_t count;
} lng_quantities;
lng_quantities lng_quantities_of(lng_arena *, const lng_model *);
double lng_quantity_value(const lng_quantity *, const lng_scores *); /* NaN: undefined */
lng_interval lng_quantity_interval(const lng_quantity *, const lng_scores *);
static inline bool lng_has_interval(lng_interval i)
{
    return i.low <= i.high;
}
/* "0.25 to 0.5"; "" if there is no interval. */
const char *lng_interval_text(lng_arena *, lng_interval, int decimals);
const char *lng_quantity_interval_text(lng_arena *, const lng_quantity *, const lng_scores *);
/* The name of a class, of so many, or its number; made printable. */
const char *lng_class_words(lng_arena *, const lng_model *, const lng_data *, int64_t classes, int64_t class);
bool lng_published_applies(const lng_model *, const lng_data *); /* there are published figures, for these data */
const lng_published *lng_published_find(const lng_model *, const char *split, const char *quantity); /* NULL: none */

#endif
