/* Metrics over a whole data set. Counting is exact: AUC counts pairs in 64-bit integers (ties count half) and divides once.
 *
 * AUC of one class against the rest, by ranks (Hanley & McNeil, Radiology 143, 1982):
 *   (pairs of a positive and a negative with the positive's score higher + half the ties) / (positives * negatives)
 * macro: the mean over classes; weighted: weighted by the class' number of positives; micro: all (example, class) pairs as one
 * binary problem. A class without positives or without negatives has no AUC, and then neither have macro and weighted. */
#ifndef LNG_METRIC_METRIC_H
#define LNG_METRIC_METRIC_H
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

/* All AUCs of scores[n][classes] (f32, row-major) and labels[n] in [0, classes). Undefined ones are NaN. A NaN score is below every number. */
typedef struct lng_auc {
    int64_t classes;
    double *per_class;
    double macro, weighted, micro;
} lng_auc;
/* Scratch (8 bytes a score) is freed before it returns; only per_class stays, in the arena. A label outside of [0, classes) is no class'
 * positive. false when out of memory, or the pairs do not fit 64 bits. */
bool lng_auc_compute(lng_arena *, const float *scores, const int32_t *labels, int64_t n, int64_t classes, lng_auc *);
/* One binary problem: positive[i] != 0. *auc is NaN when undefined. false as above. */
bool lng_auc_binary(const float *scores, const uint8_t *positive, int64_t n, double *auc);

/* counts[actual * classes + predicted]; predicted is the first largest score (a NaN is never the largest). A label outside of
 * [0, classes) is not counted. */
void lng_confusion(const float *scores, const int32_t *labels, int64_t n, int64_t classes, int64_t *counts);

/* Collective metrics that a model file may name, each with the parts that reports show. The language asks lng_metric_find whether a name is one. */
typedef struct lng_metric {
    const char *name, *about;
    int operands; /* auc(out, label): 2 */
} lng_metric;
extern const lng_metric lng_metrics[];
extern const size_t lng_metric_count;
const lng_metric *lng_metric_find(const char *name);

#endif
