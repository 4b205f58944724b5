/* Evaluation: loss, metrics and confusion matrix of a range of examples, with the current weights. */
#ifndef LNG_TRAIN_EVALUATE_H
#define LNG_TRAIN_EVALUATE_H
#include "data/data.h"
#include "metric/metric.h"
#include "train/session.h"

/* NaN: undefined. */
typedef struct lng_scores {
    int64_t count;
    double loss;
    double *mean;       /* by metric; NaN for collective ones */
    lng_auc *auc;       /* by metric; classes == 0 for the others */
    int64_t *confusion; /* classes x classes; NULL when there are no scores and labels to count */
    int64_t classes;
} lng_scores;
/* Evaluates examples first to first + count - 1 of a part, in a session of a model that was made for LNG_EVALUATE. Memory is the arena's.
 * false after an error. */
bool lng_evaluate(lng_session *, lng_arena *, const lng_part *, int64_t first, int64_t count, lng_scores *, lng_errors *);

#endif
