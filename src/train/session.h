/* A session: the graphs of a model, compiled, and their variables.
 *
 * Each use (LNG_STEP, LNG_DIFFERENTIATE, LNG_EVALUATE, LNG_PREDICT of lngraph.h) has a runner: the graph for the use, fused, with its tape
 * and the memory it runs in. All runners share the variables and the threads, so a session runs one batch at a time.
 *
 * A session owns its runners and its variables. It borrows its subject, the team, and the data of a run, which outlive it. Running
 * allocates nothing, except to trace an error. */
#ifndef LNG_TRAIN_SESSION_H
#define LNG_TRAIN_SESSION_H
#include "base/team.h"
#include "lang/model.h"
#include "lngraph/lngraph.h"
#include "tape/tape.h"
#include "train/weights.h"
#include <signal.h>

/* What a session is made from: the graphs of a model file, or one graph built in C, for training and for evaluation. */
typedef struct lng_subject {
    const lng_model *model;        /* NULL: built in C */
    const lng_graph *train, *eval; /* rewritten, not fused */
    const lng_variable *variable;
    size_t variables;
    const lng_data_field *input; /* by the index of the op `input` */
    size_t inputs;
    uint64_t digest; /* of what the variables are used for (lng_graph_digest) */
} lng_subject;
lng_subject lng_subject_of_model(const lng_model *);

/* One graph, ready to run. */
typedef struct lng_runner {
    const lng_graph *plain; /* before the fusions: errors name its nodes */
    const lng_graph *graph; /* after them */
    lng_tape *tape;
    lng_engine *engine;
    lng_tape *
        one_tape; /* of a prediction: for one example; few examples, or the last few, go through it one by one; NULL: there is none */
    lng_engine *one;
    bool *reads; /* by input: whether the graph depends on it */
    int batch;   /* the most examples in one run */
    int count;   /* examples in the last run */
} lng_runner;

/* An output of a runner, with the values of its last run. Its address never changes. */
typedef struct lng_column {
    const void *at; /* NULL: there is no such output */
    int64_t size;   /* elements per example, or of the value that all examples share */
    bool per_example;
    lng_dtype dtype;
} lng_column;
lng_column lng_runner_column(const lng_runner *, const char *output);
/* Adds an output that is a float scalar to a sum, for the first n examples in order. NaN if it is not such an output. */
double lng_column_add(const lng_column *, int n, double sum);

enum { LNG_USES = 4 };
const char *lng_use_name(unsigned use); /* "LNG_STEP"; NULL if it is not a single use */

typedef struct lng_session {
    lng_subject subject;
    lng_arena *arena;
    lng_isa isa;
    lng_team *team;
    lng_store *store;
    bool *used;                  /* by variable: a parameter, or a state that evaluation reads; only training needs the others */
    lng_runner runner[LNG_USES]; /* see lng_session_runner */
    volatile sig_atomic_t *stop; /* an enum lng_stop, which interrupts it; NULL: nothing does */
} lng_session;

/* How urgently a session is to stop. A signal handler sets it; it is read between batches. */
enum lng_stop {
    LNG_STOP_SOON = 1, /* training ends with this step, and is evaluated */
    LNG_STOP_NOW       /* evaluations end as well */
};
bool lng_session_stops(const lng_session *, enum lng_stop); /* at least so urgently */

/* Compiles a subject for uses joined by `|`. batch: the most examples in one run; 0: the model's batch to train, and as many as suit the
 * graph to evaluate. The variables are 0. NULL after an error. */
lng_session *lng_session_new(const lng_subject *, unsigned uses, int batch, lng_team *, lng_errors *);
void lng_session_free(lng_session *);
/* Gives the variables their initial values, drawn with the model's seed. false after an error. */
bool lng_session_initialize(lng_session *, lng_errors *);
/* Sets the scales of what the model predicts, as learned from the data: of each field, NULL if nothing was (lang/units.h). */
void lng_session_set_scales(lng_session *, lng_arena *, const lng_column_spec *const *learned);
/* The runner of one use; NULL if the session was not made for it. */
lng_runner *lng_session_runner(lng_session *, lng_use);
/* Runs one batch: rows[i] is the row of example i in the context's fields. A step that is not finite changes nothing and fails with
 * LNG_E_NONFINITE, naming the first such node and its example. Other uses do not fail; lng_evaluate checks their results. */
bool lng_session_run(lng_session *, lng_use, const uint32_t *rows, int count, const lng_context *context, lng_errors *);
/* The context for evaluation: the end of the schedule. */
lng_context lng_session_context(const lng_session *, const lng_field *);
/* Its variables, to be written to a file or read from one (weights.h). */
lng_weights lng_session_weights(const lng_session *);
/* The bytes that the variables and all runners take. */
size_t lng_session_memory(const lng_session *);

/* Fuses a graph and compiles it as a session does. The fused graph belongs to the arena, which the caller protects. NULL after an error. */
lng_tape *lng_fused_tape(const lng_graph *, const lng_subject *, int batch, lng_arena *, lng_errors *);
/* Compiles all that training and evaluating a model takes, and keeps nothing. *memory: the bytes that a session for both would take, with so
 * many threads. */
bool lng_session_check(const lng_model *, int threads, size_t *memory, lng_errors *);

#endif
