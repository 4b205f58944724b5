/* Models: a document elaborated to graphs.
 *
 * The model is a block; elaboration is done three times over the same tree: with training true (forward, loss, gradient, updates),
 * with training false (what evaluation and prediction run), and for the initial values of the variables. The graphs share one list
 * of variables. A model has all that a run needs; nothing later looks at the document again.
 *
 * Outputs of the graphs, beside those that the metrics name:
 *   train  "loss", a float scalar per example, which rows and history show; "objective", the shared scalar that is minimized;
 *          LNG_LEARNING_RATE, if it changes
 *   eval   "out", what the model computes; "loss"
 *   init   one for each variable, by its name */
#ifndef LNG_LANG_MODEL_H
#define LNG_LANG_MODEL_H
#include "data/spec.h"
#include "graph/layout.h"
#include "lngraph/export.h"
#include "metric/metric.h"

#define LNG_LEARNING_RATE  "learning_rate"
#define LNG_PLATEAU        "plateau.rate" /* a state: the factor of the learning rates that `plateau` has reached */

#define LNG_METRIC_OUTPUTS 2
typedef enum lng_better { LNG_UNKNOWN_BETTER, LNG_LOWER_IS_BETTER, LNG_HIGHER_IS_BETTER } lng_better;
typedef struct lng_model_metric {
    const char *label;            /* the name of the call, such as "accuracy", made unique */
    const lng_metric *collective; /* of the whole set; NULL: the mean of a per-example output */
    bool rate;                    /* a mean of zeros and ones */
    lng_better better;            /* unknown of what is no call of a standard block */
    /* Names of the outputs that it is computed from, then NULL: for a mean, one in both graphs; for a collective metric, one in the
     * evaluation graph for each operand. */
    const char *output[LNG_METRIC_OUTPUTS];
} lng_model_metric;
int lng_model_figures(const lng_model_metric *); /* how many figures it has: one, or those of the metric over the set */
/* "auc.macro"; the label alone where that is the figure. */
const char *lng_model_figure(lng_arena *, const lng_model_metric *, int figure);

/* `keep` and `stop`: which weights remain. */
typedef struct lng_keeping {
    const char *text;   /* "validation.auc.macro", whose best weights remain; NULL: the last ones do */
    int metric, figure; /* -1: the loss; of a metric over the whole set: which of its figures */
    bool lower;         /* is better */
    int64_t patience;   /* epochs without an improvement that end the run; 0: none do */
    /* `plateau`: after so many of them, and each time after as many more, the learning rates are multiplied; 0: they are not */
    int64_t slower_patience;
    double slower;
} lng_keeping;

/* `checkpoint`: how often a run saves what it needs to go on. */
typedef struct lng_cadence {
    double seconds; /* one of these is not 0, or it saves them in the end only */
    int64_t steps, epochs;
    int64_t keep; /* how many files */
} lng_cadence;

/* `start`: where weights come from that are not drawn. */
typedef struct lng_start {
    const char *from;     /* a folder of a run, or a file; NULL: there is none */
    const char *into;     /* the call that they are for; NULL: the model itself */
    const char *match;    /* the names of those that do */
    lng_layout layout;    /* whose names and order of dimensions the file has */
    const lng_doc *names; /* by those of the file: what the model or the layout calls them; NULL: no others */
    bool tells;           /* warn of tensors of the file that no weight takes */
    lng_place place;
} lng_start;
/* Checks a mapping of `names`; NULL has none. false after errors. */
bool lng_start_names_check(const lng_doc *, lng_errors *);

/* `class_weights` and `sample`: fields of classes by index; -1: none. */
typedef struct lng_weighing {
    int label;              /* whose classes have weights */
    const lng_doc *by_name; /* the weights; NULL: balanced */
    int drawn;              /* of whose classes equally many examples are drawn */
} lng_weighing;

/* `published` of the report: figures to show beside those of the run. */
typedef struct lng_published {
    const char *split, *metric; /* "test", "accuracy" or "auc.macro" */
    double value;
} lng_published;

/* `require` of the report: a figure of a split that must be above or below a limit. */
typedef struct lng_requirement {
    const char *split, *quantity, *text; /* "test", "auc.macro", "> 0.998" */
    bool above, equal;                   /* > or >=; else < or <= */
    double limit;
    lng_place place;
} lng_requirement;

/* A row of the layer table: a step of the model, a let, its `out`, or another call in them that costs something. */
typedef struct lng_layer {
    const char *name, *block;
    lng_shape shape;
    int64_t parameters, cost; /* multiply-adds of one example, forward */
    int64_t memory;           /* bytes of its output for one example */
    const lng_value *value;   /* of the graph `plain`; of several, the first; NULL: it is in none, such as the body of a scan */
} lng_layer;

/* An attribute of the model. */
typedef struct lng_hyper {
    const char *name, *type, *value; /* "width", "int > 0", "16" */
} lng_hyper;

typedef struct lng_model {
    lng_arena *arena;         /* owns everything here */
    const lng_source *source; /* the user's bytes */
    const lng_doc *expanded;  /* overrides applied, every default written, every block used included */
    const char *name, *note;  /* note may be NULL */
    lng_data_field *field;    /* that the model reads, `in: image[28, 28, 1], label`: by the index of input */
    size_t fields;
    lng_data_spec data;
    lng_graph *train, *eval, *init; /* rewritten and (train) differentiated, with updates; not yet fused */
    lng_graph *plain;               /* eval before it was rewritten, in which every layer has its value */
    lng_output *gradient;           /* of the objective, in the graph train: the name is the parameter's */
    lng_value **objective;          /* of which each is the gradient: see `objectives` */
    size_t gradients;
    lng_variable *variable;
    size_t variables;
    int64_t parameters; /* elements of all trained variables */
    uint64_t digest;    /* of the evaluation graph before rewrites (lng_graph_digest) */
    uint64_t trained;   /* of what is minimized, likewise (lng_graph_formulas) */
    uint64_t updated;   /* of how the layers' states are */
    bool ranks;         /* `out` gives scores that are certainly not probabilities */
    bool probabilities; /* each number of `out` certainly is one, and they do not exclude each other */
    int batch, epochs;
    int64_t steps; /* caps the run; -1: epochs decide */
    uint64_t seed;
    lng_keeping keep;
    lng_cadence checkpoint;
    lng_start start;
    lng_weighing weighs;
    const lng_column_spec *const *learned; /* of each field, once the data are open (lng_model_set_learned); may be NULL */
    lng_model_metric *metric;
    size_t metrics;
    lng_published *published;
    size_t published_count;
    const char *published_source; /* NULL when none */
    const char *published_data;   /* the data set that they belong to */
    lng_requirement *requirement;
    size_t requirements;
    lng_layer *layer;
    size_t layers;
    lng_hyper *hyper;
    size_t hypers;
} lng_model;

typedef struct lng_override {
    const char *path, *value; /* "train.batch", "100"; a path that ends with `+` adds an item to a list */
} lng_override;
/* What can continue an override that is being typed: whole words such as "train.batch=", each with one line about it (a char *). */
void lng_override_offer(lng_arena *, const lng_doc *model, const char *typed, lng_map *words); /* model: NULL if there is none */

/* Elaborates a document. NULL after errors (all that could be found). */
lng_model *lng_model_read(const char *path, const lng_override *, size_t overrides, lng_errors *); /* path "-": standard input */
lng_model *lng_model_parse(const char *name, const char *text, size_t length, const lng_override *, size_t overrides, lng_errors *);
LNG_API void lng_model_free(lng_model *); /* part of the public API as it is */
/* The expanded document as YAML: a file that gives the same bits. */
void lng_model_write(const lng_model *, lng_text *);
/* Change values of the expanded document after elaboration: the seed and the folder of the data that the command line gives, and what each field has
 * learned. false after an error. */
bool lng_model_set_seed(lng_model *, uint64_t, lng_errors *);
bool lng_model_set_learned(lng_model *, const lng_column_spec *const *, lng_errors *);
bool lng_model_set_folder(lng_model *, const char *, lng_errors *);
/* The weights of the classes that `class_weights` names, 1 of others; word: what the classes are called, NULL: they are counted. false
 * after an error. */
bool lng_class_weights(const lng_model *, const char *const *word, float *weight, lng_errors *);
/* The state that has them. */
const char *lng_class_weight_name(lng_arena *, const lng_model *);

#endif
