/* Shared by the files of this room, and not for other rooms. */
#ifndef LNG_METRIC_INSIDE_H
#define LNG_METRIC_INSIDE_H
#include "metric/metric.h"
#include <math.h>

/* ---- rank.c: examples in the order of their scores ---- */
typedef struct lng_ranked {
    uint32_t key,
        index; /* keys are in the order of the scores, -0 and +0 being equal; index: twice its number, + 1 if it is positive */
} lng_ranked;
typedef struct lng_ranking {
    lng_ranked *at, *spare; /* from the lowest score */
    int64_t count, positives;
    bool unordered; /* a score is NaN, which has no rank */
} lng_ranking;
#define LNG_MOST_RANKED ((int64_t)1 << 31)
bool lng_ranking_new(lng_ranking *, lng_arena *, int64_t most); /* empty; false if `most` are too many */
static inline bool lng_is_positive(lng_ranked r)
{
    return r.index & 1;
}
static inline int64_t lng_ranked_index(lng_ranked r)
{
    return r.index >> 1;
}
void lng_rank_add(lng_ranking *, float score, bool positive);
void lng_rank_sort(lng_ranking *);
/* Ranks one column against the rest, or (column -1) all of them as one problem; index: that of the score. */
void lng_rank_column(lng_ranking *, const lng_scored *, int64_t column);
/* A run of equal scores: at[first .. end); `positives` of them, and below it. Begins with {0}. */
typedef struct lng_tie {
    int64_t first, end, positives, positives_below;
} lng_tie;
bool lng_tie_next(const lng_ranking *, lng_tie *);

/* ---- averages.c ---- */
/* macro and weighted, from per_class. A class that has no examples is left out of weighted, and so is one that has no others. */
void lng_averages(const lng_scored *, bool needs_others, lng_measure *);

/* ---- auc.c ---- */
/* Of each example, A of the mean AUC over the columns (see there), and this mean; NULL: it is undefined, or there are too many examples. */
const double *lng_auc_parts(const lng_scored *, lng_arena *, double *auc);

/* mean + z sd for 95 %. */
#define LNG_Z95 1.959963984540054

extern const lng_metric lng_metric_auc, lng_metric_average_precision, lng_metric_precision, lng_metric_recall, lng_metric_f1,
    lng_metric_kappa, lng_metric_matthews, lng_metric_log_loss, lng_metric_max_error, lng_metric_brier,
    lng_metric_calibration_error, lng_metric_r2, lng_metric_rmse, lng_metric_spearman;

#endif
