/* Training as a model file describes it: epochs, each followed by an evaluation of the validation examples. */
#ifndef LNG_TRAIN_TRAIN_H
#define LNG_TRAIN_TRAIN_H
#include "train/epoch.h"
#include "train/evaluate.h"
#include "train/kept.h"

typedef struct lng_epoch {
    int epoch;             /* from 1 */
    int64_t examples;      /* trained on */
    double loss, *metric;  /* means over the epoch, before each update; metric by index, NaN for collective ones */
    double norm;           /* of the gradients, likewise, before `clip`, in every LNG_NORM_EVERYth step */
    double rate;           /* the learning rate of the last step; NaN if it does not change */
    lng_scores validation; /* count 0: there is none */
    double seconds, train_seconds;
} lng_epoch;

typedef struct lng_observer {
    void *context;
    void (*step)(void *context, const lng_trainer *); /* after every step; must be quick */
    void (*epoch)(void *context, const lng_epoch *);
    void (*unsaved)(void *context, const lng_errors *); /* a checkpoint, for the newest reason; training goes on */
} lng_observer;

typedef struct lng_history {
    lng_epoch *epoch;
    size_t epochs;
    int64_t steps;
    double train_seconds; /* spent in steps */
    int64_t examples;     /* trained on */
    int kept;             /* the epoch whose weights are kept as the best, from 1; 0: the last weights are */
    bool interrupted;     /* by a signal, before all was done */
} lng_history;

/* Whether a run has done all that its model asks for, and why. */
typedef enum lng_ending { LNG_NOT_ENDED, LNG_ENDED_BY_STEPS, LNG_ENDED_BY_EPOCHS, LNG_ENDED_BY_PATIENCE } lng_ending;
lng_ending lng_ending_of(const lng_model *, int64_t rows, const lng_cursor *, const lng_best *);

/* How a run goes: each may be NULL. */
typedef struct lng_saver lng_saver;           /* saver.h */
typedef struct lng_checkpoint lng_checkpoint; /* checkpoint.h */
typedef struct lng_course {
    const lng_observer *observer;
    lng_saver *saver;           /* of the checkpoints; NULL: none are saved */
    const lng_checkpoint *from; /* where it goes on; the session has the variables already */
} lng_course;

/* Trains a session that was made for LNG_STEP and LNG_EVALUATE, from its current variables. In the end the variables are those that `keep`
 * and `average` of the model say, and the saver has taken where training ended. The history, in the arena, covers what was done, also
 * before a checkpoint, even after an error, when the result is false. */
bool lng_train(lng_session *, lng_arena *, const lng_data *, const lng_course *, lng_history *, lng_errors *);

#endif
