/* Training: the loop, evaluation, and what is kept of a run. Prints nothing: it tells an observer. */
#ifndef LNG_TRAIN_TRAIN_H
#define LNG_TRAIN_TRAIN_H
#include "base/team.h"
#include "data/data.h"
#include "lang/model.h"
#include "metric/metric.h"
#include "tape/tape.h"
#include <signal.h>

/* One graph made ready: fused, compiled, with its memory. */
typedef struct lng_phase {
    lng_graph *graph; /* after the fusions */
    lng_tape *tape;
    lng_engine *engine;
    int batch; /* most examples of one run */
} lng_phase;

/* A model ready to run: fusions done, tapes compiled. */
typedef struct lng_session {
    const lng_model *model;
    const lng_graph *plain; /* the training graph before the fusions: what errors speak of */
    lng_arena *arena;
    lng_phase train, eval;
    lng_phase infer; /* only the output "out"; empty until lng_session_infer */
    lng_isa isa;
    lng_store *store;
    lng_team *team;
    lng_data *data; /* borrowed; NULL until bound */
} lng_session;
lng_session *lng_session_new(const lng_model *, lng_team *, lng_isa, lng_errors *);
lng_session *lng_session_bare(const lng_model *, lng_team *, lng_isa,
                              lng_errors *); /* the variables alone: for lng_session_infer */
void lng_session_free(lng_session *);
bool lng_session_check(const lng_model *, lng_errors *);        /* compiles everything, and keeps nothing */
bool lng_session_initialise(lng_session *, lng_errors *);       /* variables from the init graph and the model's seed */
bool lng_session_infer(lng_session *, int batch, lng_errors *); /* makes `infer`, for up to `batch` examples a run */
void lng_session_bind(lng_session *, lng_data *);
size_t lng_session_memory(const lng_session *);

/* One value per declared metric; loss is not among them. NaN: undefined. */
typedef struct lng_scores {
    int64_t count;
    double loss;
    double *mean;       /* by metric; NaN for collective ones */
    lng_auc *auc;       /* by metric; classes == 0 for the others */
    int64_t *confusion; /* classes x classes, or NULL when the model has no scores and labels to count */
    int64_t classes;
} lng_scores;
/* Evaluates examples first .. first + count of a part, with the present weights. Memory is the arena's. */
bool lng_evaluate(lng_session *, lng_arena *, const lng_part *, int64_t first, int64_t count, lng_scores *, lng_errors *);

typedef struct lng_epoch {
    int epoch;             /* from 1 */
    int64_t examples;      /* trained in it */
    double loss, *metric;  /* running, over the epoch's training batches; metric by index, NaN for collective ones */
    lng_scores validation; /* count 0: there is none */
    double seconds, train_seconds;
} lng_epoch;

typedef struct lng_observer {
    void *context;
    /* after each batch; about 20 times a second is enough for a screen, it is called for every batch and must be quick */
    void (*batch)(void *context, int epoch, int64_t batch, int64_t batches, int64_t examples, double loss, double seconds);
    void (*epoch)(void *context, const lng_epoch *);
} lng_observer;

typedef struct lng_history {
    lng_epoch *epoch;
    size_t epochs;
    int64_t steps;
    double train_seconds; /* steps only, without validation */
    int64_t examples;     /* trained */
    bool interrupted;
} lng_history;
int64_t lng_train_batches(const lng_model *, const lng_data *); /* of one epoch; the last may be smaller */
int64_t lng_train_steps(const lng_model *, const lng_data *);   /* of the whole recipe */
/* One step on the given examples; an error of LNG_E_NONFINITE names the node when a loss or gradient is not finite, and changes
 * nothing. */
bool lng_train_step(lng_session *, const uint32_t *rows, int count, const lng_clock *, lng_errors *);
/* Runs the model's recipe from the present weights. *stop is polled after every batch: nonzero ends the run (interrupted).
 * false after an error (LNG_E_NONFINITE names step, node and op); the history holds what was done. */
bool lng_train(lng_session *, lng_arena *, const lng_observer *, volatile sig_atomic_t *stop, lng_history *, lng_errors *);

/* ---- weights: safetensors ---- (weights.c)
 * Variables by name, logical shapes, F32, in the store's order; metadata: {"format": "lngraph", "format_version": "1", "graph":
 * digest of names and shapes, "sha256": digest over header names, shapes and tensors}. Nothing in the file depends on the machine,
 * threads or time. */
bool lng_weights_save(const lng_store *, const char *path, lng_errors *);
bool lng_weights_load(lng_store *, const char *path, lng_errors *); /* all or nothing */

#endif
