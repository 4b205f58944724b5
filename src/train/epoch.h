/* Epochs: the training examples in shuffled batches, one step per batch.
 *
 * A trainer moves through epochs with a cursor. The order of an epoch depends only on seed and epoch, and random numbers only on seed,
 * step and example. So the cursor, the tally and the session's variables suffice to continue a run at any batch with the same bits.
 *
 * A trainer borrows its session, its data and the arena. After lng_trainer_bind it allocates nothing. */
#ifndef LNG_TRAIN_EPOCH_H
#define LNG_TRAIN_EPOCH_H
#include "base/clock.h"
#include "data/balance.h"
#include "train/session.h"

/* Of every so many steps of an epoch, from its first, the norm of the gradients is taken: to read them costs a step some per cent. */
#define LNG_NORM_EVERY 32

/* Where training stands. */
typedef struct lng_cursor {
    uint32_t step; /* steps done */
    int epoch;     /* epochs done */
    int64_t row;   /* examples done in the current epoch: a position in its order */
} lng_cursor;

/* Sums over the current epoch so far, of outputs before each update, added in double in the order of training. */
typedef struct lng_tally {
    int64_t examples;
    double loss;    /* NaN if the graph has no output `loss` */
    double norm;    /* of the gradients before `clip`, for each example of the steps whose norm is taken that of its step */
    int64_t normed; /* how many examples these are */
    double rate;    /* the learning rate of the last step; NaN if it does not change */
    double *metric; /* by the model's metrics; NaN for collective ones */
    double seconds; /* spent in steps */
} lng_tally;

typedef struct lng_trainer {
    lng_session *session;
    const lng_field *field; /* the data, by input */
    int64_t rows;           /* rows 0 to rows - 1 are trained on */
    int batch;              /* examples in a step; the last step of an epoch may have fewer */
    int64_t steps;          /* in the whole run, from which progress is computed; 0: not known */
    uint64_t seed;
    lng_cursor cursor;
    lng_tally tally;
    lng_watch watch; /* its laps are the steps of epochs */
    lng_column loss, rate, *metric, *gradient;
    size_t weight;       /* the variable with the weights of the classes; SIZE_MAX: there is none */
    lng_balance balance; /* what epochs are drawn from; without rows: they are shuffled */
    uint32_t *order;     /* of epoch `ordered`; lng_block_new */
    int64_t room;        /* for an order */
    int ordered;         /* -1: none */
} lng_trainer;

/* Starts a run, without data, with the model's seed (0 without a model). The caller protects the arena. */
void lng_trainer_open(lng_trainer *, lng_session *, lng_arena *);
void lng_trainer_close(lng_trainer *);
/* Sets the data, and from where the cursor stands, the steps of the run. false when out of memory. */
bool lng_trainer_bind(lng_trainer *, const lng_field *, int64_t rows, lng_errors *);
void lng_trainer_set_seed(lng_trainer *, uint64_t);
/* The context of the next step. */
lng_context lng_trainer_context(const lng_trainer *);

/* One step on rows that the caller chooses; only `cursor.step` moves. After an error (see lng_session_run), false, and nothing moves. */
bool lng_trainer_run(lng_trainer *, const uint32_t *rows, int count, lng_errors *);
/* The next step of the epoch, which must have rows left. */
bool lng_trainer_step(lng_trainer *, lng_errors *);
/* The same for measuring: goes on to the next epoch instead of making a smaller last step. */
bool lng_trainer_full_step(lng_trainer *, lng_errors *);
/* The rest of the epoch: steps until no rows are left, `after` returns false, or a step fails. */
typedef bool lng_after_step(void *context, const lng_trainer *);
bool lng_trainer_epoch(lng_trainer *, lng_after_step *, void *context, lng_errors *); /* after: may be NULL */
/* Moves to the first row of the next epoch, and clears the tally. */
void lng_trainer_next_epoch(lng_trainer *);
/* Moves back to the first row of this epoch, and clears the tally. */
void lng_trainer_restart_epoch(lng_trainer *);

int64_t lng_steps_per_epoch(int64_t rows, int batch); /* the last may be smaller */
/* From its epochs and steps, seen from where it stands: those that are done may have had other batches. */
int64_t lng_steps_of_run(const lng_model *, int64_t rows, const lng_cursor *);

#endif
