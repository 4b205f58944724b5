/* Metrics of a whole data set: those that are not means over its examples.
 *
 * AUC of one class against the rest, by ranks (Hanley and McNeil, Radiology 143, 1982):
 *   (pairs in which the positive scores higher than the negative + half the ties) / (positives * negatives)
 * macro is the mean over the classes; weighted, their mean weighted by the number of positives; micro takes all pairs of an example
 * and a class as one binary problem. A class without positives or without negatives has no AUC; then macro is undefined, and weighted
 * the mean over the others. A NaN cannot be ranked: an AUC with such a score is undefined. Pairs are counted in 64-bit
 * integers and divided once, so the result is exact. */
#ifndef LNG_METRIC_METRIC_H
#define LNG_METRIC_METRIC_H
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

/* One column of scores is a binary problem: the scores of class 1 of two. */
static inline int64_t lng_score_classes(int64_t columns)
{
    return columns == 1 ? 2 : columns;
}
/* The class that a column of scores is for. */
static inline int64_t lng_score_label(int64_t columns, int64_t column)
{
    return columns == 1 ? 1 : column;
}

/* NaN: undefined. */
typedef struct lng_auc {
    int64_t columns;
    double *per_class;  /* by column */
    int64_t *positives; /* by class, of which there are lng_score_classes(columns): the number of its examples */
    double macro, weighted, micro;
} lng_auc;
/* The AUCs of scores[n][columns] and labels[n]; the arrays are the arena's. A label that is no class belongs to none of them. Needs 8
 * bytes per score. false when out of memory, or if there are more pairs than 64 bits can count. */
bool lng_auc_compute(lng_arena *, const float *scores, const int32_t *labels, int64_t n, int64_t columns, lng_auc *);

/* counts[label * classes + prediction], where classes is lng_score_classes(columns). The prediction is the first of the largest scores,
 * NaN not being one unless all are; of a single column it is 1 for scores above 0.5, else 0. An example whose label is no class is not
 * counted. */
void lng_confusion(const float *scores, const int32_t *labels, int64_t n, int64_t columns, int64_t *counts);

/* The metrics of this kind that a model file can name. */
typedef struct lng_metric {
    const char *name, *about;
    int operands; /* auc(out, label): 2 */
} lng_metric;
extern const lng_metric lng_metrics[];
extern const size_t lng_metric_count;
const lng_metric *lng_metric_find(const char *name); /* NULL when there is none */

#endif
