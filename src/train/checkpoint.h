/* Checkpoints: a run that goes on from one ends with the same bits as if it had not stopped.
 *
 * A checkpoint is a file of weights (weights.h) with every variable, the best weights so far if the model keeps them, what stays the
 * same (seed, examples, loss, updates of states, what is kept), and where training stands:
 *   run/clock    [3]          steps and epochs done, and examples done in the current epoch
 *   run/tally    [5 + M]      sums over the current epoch: examples, loss, norm, rate, seconds; metrics
 *   run/best     [3]          figure and epoch of the best weights, and epochs since
 *   run/history  [epochs, K]  what an lng_epoch says, by epoch
 * for M metrics. Shuffles and draws are functions of seed and step, so nothing else is needed. */
#ifndef LNG_TRAIN_CHECKPOINT_H
#define LNG_TRAIN_CHECKPOINT_H
#include "train/kept.h"
#include "train/train.h"
#include "train/weights.h"

/* Where training stands, beside the variables. */
typedef struct lng_standing {
    lng_cursor cursor;
    lng_tally tally;
    lng_best best;
    lng_epoch *epoch;
    size_t epochs;
} lng_standing;
enum { LNG_STANDING_TENSORS = 4 };
/* As numbers to be written, in the arena, for a model with so many metrics. */
lng_numbers *lng_standing_numbers(lng_arena *, const lng_standing *, size_t metrics);

/* What stays the same in a run of a model on its data. */
typedef struct lng_stays {
    char text[LNG_STAYS][128];
} lng_stays;
void lng_stays_find(lng_stays *, const lng_model *, const lng_data *);

/* A checkpoint that was read. */
struct lng_checkpoint {
    const char *stays[LNG_STAYS]; /* as in lng_rest */
    lng_standing standing;
    const float *best; /* the best weights so far, as in the store; NULL: there are none */
};
/* Reads one into the arena, and gives the session's variables their values. After errors, false, and they stay as they are. */
bool lng_checkpoint_load(lng_checkpoint *, const lng_session *, const char *path, lng_arena *, lng_errors *);
/* The steps that one has done, by its clock alone, which is not checked; -1: it has none that can be read. */
int64_t lng_checkpoint_steps(lng_arena *, const char *path);

#endif
