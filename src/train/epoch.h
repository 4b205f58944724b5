/* Epochs: the training examples in shuffled batches, one step a batch.
 *
 * A trainer walks through epochs with a cursor. The order of an epoch is a function of seed and epoch, and what a step draws is one of
 * seed, step and example. So the cursor, the tally and the session's variables are all that a run can be continued from, at any batch,
 * with the same bits: they are what a checkpoint has to hold.
 *
 * A trainer borrows its session, its data and the arena. After lng_trainer_bind nothing is allocated. */
#ifndef LNG_TRAIN_EPOCH_H
#define LNG_TRAIN_EPOCH_H
#include "train/session.h"

/* Where training stands. */
typedef struct lng_cursor {
    uint32_t step; /* steps done */
    int epoch;     /* epochs done */
    int64_t row;   /* examples done of the epoch that has begun: a position in its order */
} lng_cursor;

/* What the epoch that has begun has given so far: outputs before each update, added in double in the order of training. */
typedef struct lng_tally {
    int64_t examples;
    double loss;    /* a sum; NaN when the graph has no output `loss` */
    double *metric; /* sums, by the model's metrics; NaN for the collective ones */
    double seconds; /* in steps */
} lng_tally;

typedef struct lng_trainer {
    lng_session *session;
    const lng_field *field; /* the data, by input */
    int64_t rows;           /* of which rows 0 to rows - 1 are trained on */
    int batch;              /* examples of a step; the last step of an epoch may have fewer */
    int64_t steps;          /* of the whole run, which is what `progress` goes by; 0: it stays as it was set */
    uint64_t seed;
    double progress;
    lng_cursor cursor;
    lng_tally tally;
    lng_column loss, *metric;
    uint32_t *order; /* of epoch `ordered`; lng_block_new */
    int64_t room;    /* for an order */
    int ordered;     /* -1: none */
} lng_trainer;

/* At the start of a run, with the model's seed (0 without a model), and without data. The caller guards the arena. */
void lng_trainer_open(lng_trainer *, lng_session *, lng_arena *);
void lng_trainer_close(lng_trainer *);
/* The data from now on. false when memory ran out. */
bool lng_trainer_bind(lng_trainer *, const lng_field *, int64_t rows, lng_errors *);
void lng_trainer_set_seed(lng_trainer *, uint64_t);
/* What the next step is told: seed, step, epoch, progress, data. */
lng_clock lng_trainer_context(const lng_trainer *);

/* One step on rows of the caller's choice: moves `cursor.step` alone. false after an error (see lng_session_run); then nothing has moved. */
bool lng_trainer_run(lng_trainer *, const uint32_t *rows, int count, lng_errors *);
/* The next step of the epoch, which has rows left. */
bool lng_trainer_step(lng_trainer *, lng_errors *);
/* The same, for measuring: begins the next epoch instead of a last step that is smaller than the others. */
bool lng_trainer_full_step(lng_trainer *, lng_errors *);
/* The rest of the epoch: steps until no row is left, `after` returns false, or a step fails. */
typedef bool lng_after_step(void *context, const lng_trainer *);
bool lng_trainer_epoch(lng_trainer *, lng_after_step *, void *context, lng_errors *); /* after: may be NULL */
/* Moves on to the first row of the next epoch, with an empty tally. */
void lng_trainer_next_epoch(lng_trainer *);
/* Back to the first row of this epoch, with an empty tally. */
void lng_trainer_restart_epoch(lng_trainer *);

int64_t lng_steps_per_epoch(int64_t rows, int batch);      /* the last may be a smaller one */
int64_t lng_steps_of_run(const lng_model *, int64_t rows); /* by the model's epochs and steps */

#endif
