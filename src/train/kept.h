/* The best weights of a run so far, by a figure of the validation: `keep`, `stop` and `plateau` of a model file.
 *
 * Ties keep the earlier weights, and a figure that is undefined is never the best. */
#ifndef LNG_TRAIN_KEPT_H
#define LNG_TRAIN_KEPT_H
#include "train/evaluate.h"

/* Which are the best. */
typedef struct lng_best {
    double figure;
    int epoch;     /* 0: none yet */
    int64_t since; /* epochs without an improvement */
} lng_best;

typedef struct lng_kept {
    const lng_model *model;
    lng_store *store;
    float *weights; /* NULL: the last weights are kept; all variables; lng_block_new */
    lng_best best;
} lng_kept;

/* Makes room, unless the last weights are kept. false when out of memory. */
bool lng_kept_open(lng_kept *, const lng_session *, lng_errors *);
void lng_kept_close(lng_kept *);
/* Goes on from a checkpoint; NULL: none were the best yet. */
void lng_kept_set(lng_kept *, const lng_best *, const float *weights);
/* Looks at the scores of an epoch, and copies its weights if they are the best. */
void lng_kept_look(lng_kept *, int epoch, const lng_scores *);
void lng_kept_slow_down(const lng_kept *); /* makes the learning rates smaller, if it is time to */
/* Brings the best weights back, if there are any: their epoch, else 0. */
int lng_kept_restore(const lng_kept *);

#endif
