/* Models: a document elaborated to graphs.
 *
 * The model is a block; elaboration is done three times over the same tree: with training true (forward, loss, gradient, updates),
 * with training false (what evaluation and prediction run), and for the initial values of the variables. The graphs share one list
 * of variables. Whatever a run needs is here; nothing later looks at the document again.
 *
 * Outputs of the graphs, beside those that the metrics name:
 *   train  "loss", a float scalar per example, which rows and history show; "objective", the shared scalar that is minimized
 *   eval   "out", what the model computes; "loss"
 *   init   one for each variable, by its name */
#ifndef LNG_LANG_MODEL_H
#define LNG_LANG_MODEL_H
#include "doc/doc.h"
#include "graph/graph.h"
#include "lngraph/export.h"

/* A field of the data source that the model reads: `in: image[28, 28, 1], label`. The index is input's. */
typedef struct lng_model_field {
    const char *name;
    lng_shape shape; /* as declared; rank 0 when no shape was given and the source's is taken */
    bool shaped;
    lng_dtype dtype; /* f32 for u8 and f32 sources, i32 for labels */
    lng_place place;
} lng_model_field;

/* A data set as described in YAML (src/std or the model file). */
typedef struct lng_data_file {
    const char *field;  /* "image" */
    const char *file;   /* "train-images-idx3-ubyte" */
    const char *sha256; /* of the uncompressed content; NULL when not given */
} lng_data_file;
typedef struct lng_data_spec {
    const char *name; /* "mnist" */
    bool standard;    /* named, not described in the model file */
    const char *about;
    const char *format;    /* "idx", "digits"; known by the data room */
    const char *dir;       /* of the model file, resolved against its folder; NULL */
    int64_t classes;       /* labels are below; 0: no labels */
    lng_shape field_shape; /* of the first unlabelled field, when the description gives it (a generated set); else rank 0 */
    lng_data_file *train, *test;
    size_t n_train, n_test;
    const char **url; /* mirrors: folders that hold the files */
    size_t urls;
    double validation_last;   /* fraction of the training set's end */
    int64_t validation_count; /* or a count; -1 when the fraction counts */
    lng_place place;
} lng_data_spec;

/* A standard data set by its name. Memory is the arena's, which the caller guards. false after an error (a name that is none, with the nearest). */
bool lng_data_describe(lng_arena *, const char *name, lng_data_spec *, lng_errors *);

#define LNG_METRIC_OUTPUTS 2
typedef struct lng_model_metric {
    const char *label;      /* "accuracy": the call's name; made unique */
    const char *collective; /* NULL: the mean of a per-example output; else a name of the metric room: "auc" */
    /* Names of the outputs that it is computed from, NULL at the end: one of both graphs for a mean, one of the evaluation graph for
     * each operand of a collective metric. */
    const char *output[LNG_METRIC_OUTPUTS];
} lng_model_metric;

/* `published:` of the report: figures to show beside ours. */
typedef struct lng_published {
    const char *split, *metric; /* "test", "accuracy" or "auc.macro" */
    double value;
} lng_published;

/* A row of the layer table: a step of the model's own graph. */
typedef struct lng_layer {
    const char *name, *block;
    lng_shape shape;
    int64_t parameters, cost; /* multiply-adds of one example, forward */
    int64_t memory;           /* bytes of its output for one example */
} lng_layer;

typedef struct lng_model {
    lng_arena *arena;         /* owns everything here */
    const lng_source *source; /* the user's bytes */
    const lng_doc *expanded;  /* overrides applied, every default written, every block used included */
    const char *name, *note;  /* note may be NULL */
    lng_model_field *field;
    size_t fields;
    lng_data_spec data;
    lng_graph *train, *eval, *init; /* rewritten and (train) differentiated, with updates; not yet fused */
    lng_variable *variable;
    size_t variables;
    int64_t parameters; /* elements of the trained variables */
    int batch, epochs;
    int64_t steps; /* caps the run; -1: epochs decide */
    uint64_t seed;
    lng_model_metric *metric;
    size_t metrics;
    lng_published *published;
    size_t published_count;
    const char *published_source; /* NULL when none */
    const char *published_data;   /* the data set that they belong to */
    lng_layer *layer;
    size_t layers;
} lng_model;

typedef struct lng_override {
    const char *path, *value; /* "train.batch", "100" */
} lng_override;

/* Elaborates a document. NULL after errors (all that could be found). */
lng_model *lng_model_read(const char *path, const lng_override *, size_t overrides, lng_errors *); /* path "-": standard input */
lng_model *lng_model_parse(const char *name, const char *text, size_t length, const lng_override *, size_t overrides, lng_errors *);
LNG_API void lng_model_free(lng_model *); /* part of the public API as it is */
/* The expanded document as YAML: a file that gives the same bits. */
void lng_model_write(const lng_model *, lng_text *);
/* Changes one value of the expanded document after elaboration (a seed from the command line). */
void lng_model_set_seed(lng_model *, uint64_t);

#endif
