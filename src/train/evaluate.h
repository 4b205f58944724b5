/* Evaluation: loss, metrics and confusion counts over a range of a part, with the present weights. */
#ifndef LNG_TRAIN_EVALUATE_H
#define LNG_TRAIN_EVALUATE_H
#include "data/data.h"
#include "metric/metric.h"
#include "train/session.h"

/* One value per declared metric; loss is not among them. NaN: undefined. */
typedef struct lng_scores {
    int64_t count;
    double loss;
    double *mean;       /* by metric; NaN for collective ones */
    lng_auc *auc;       /* by metric; classes == 0 for the others */
    int64_t *confusion; /* classes x classes, or NULL when the model has no scores and labels to count */
    int64_t classes;
} lng_scores;
/* Evaluates examples first .. first + count of a part, in a session of a model that was made for LNG_EVALUATE. Memory is the arena's.
 * false after an error. */
bool lng_evaluate(lng_session *, lng_arena *, const lng_part *, int64_t first, int64_t count, lng_scores *, lng_errors *);

#endif
