/* Training as a model file describes it: epochs, each followed by an evaluation of the validation examples. */
#ifndef LNG_TRAIN_TRAIN_H
#define LNG_TRAIN_TRAIN_H
#include "train/epoch.h"
#include "train/evaluate.h"

typedef struct lng_epoch {
    int epoch;             /* from 1 */
    int64_t examples;      /* trained on */
    double loss, *metric;  /* means over the epoch, before each update; metric by index, NaN for collective ones */
    double norm;           /* of the gradients, likewise, before `clip`; NaN if it is not computed */
    lng_scores validation; /* count 0: there is none */
    double seconds, train_seconds;
} lng_epoch;

typedef struct lng_observer {
    void *context;
    void (*step)(void *context, const lng_trainer *); /* after every step; must be quick */
    void (*epoch)(void *context, const lng_epoch *);
} lng_observer;

typedef struct lng_history {
    lng_epoch *epoch;
    size_t epochs;
    int64_t steps;
    double train_seconds; /* spent in steps */
    int64_t examples;     /* trained on */
    int kept;             /* the epoch whose weights are kept as the best, from 1; 0: the last weights are */
    bool interrupted;
} lng_history;
/* Trains a session that was made for LNG_STEP and LNG_EVALUATE, from its current variables. In the end the variables are those that `keep`
 * and `average` of the model say. The observer may be NULL. The history, in the
 * arena, covers what was done, even after an error, when the result is false. */
bool lng_train(lng_session *, lng_arena *, const lng_data *, const lng_observer *, lng_history *, lng_errors *);

#endif
