/* Evaluation: loss, metrics and confusion matrix of a range of examples, with the current weights. */
#ifndef LNG_TRAIN_EVALUATE_H
#define LNG_TRAIN_EVALUATE_H
#include "data/data.h"
#include "metric/metric.h"
#include "train/session.h"

typedef enum { LNG_TRAIN, LNG_VALIDATION, LNG_TEST, LNG_SPLITS } lng_split;
const char *lng_split_name(lng_split); /* "train" */
/* The examples of a split: rows first to first + count - 1 of a part. */
typedef struct lng_range {
    lng_split split;
    const lng_part *part;
    int64_t first, count;
} lng_range;
lng_range lng_split_range(const lng_data *, lng_split); /* count 0: the data set has no such split */

/* NaN: undefined. */
typedef struct lng_scores {
    int64_t count;
    double loss;
    double *mean;           /* by metric; NaN for collective ones */
    lng_interval *interval; /* by metric, of those that are rates */
    lng_measure *measure;   /* by metric; nothing for the others */
    lng_scored *examples;   /* by metric, of collective ones, and one more for a lone confusion matrix; NULL if they are not kept */
    int64_t *confusion;     /* classes x classes; NULL if there are no scores and labels to count */
    int64_t classes;
} lng_scores;
/* Evaluates a range in a model's session that was made for LNG_EVALUATE. The arena owns the results. Every loss, metric, score and output
 * must be finite: LNG_E_NONFINITE names the first node that is not, and its example. After an error, or if LNG_STOP_NOW ended it, returns
 * false, and scores->count is 0. */
bool lng_evaluate(lng_session *, lng_arena *, const lng_range *, lng_scores *, lng_errors *);
/* The same for a report: with confidence intervals, and the examples that they and its figures come from. */
bool lng_evaluate_fully(lng_session *, lng_arena *, const lng_range *, lng_scores *, lng_errors *);

#endif
