/* Weights and checkpoints: variables as safetensors files, described in lngraph-files(5).
 *
 * A file of weights holds what evaluation and prediction need: the parameters, and the states that they read. A checkpoint holds every
 * variable, including the optimizer's. */
#ifndef LNG_TRAIN_WEIGHTS_H
#define LNG_TRAIN_WEIGHTS_H
#include "base/file.h"
#include "lang/model.h"
#include "tape/tape.h"

/* Numbers beside the variables, as a tensor of F64. */
typedef struct lng_numbers {
    const char *name; /* "run/clock" */
    lng_shape shape;
    double *at;
} lng_numbers;

/* What stays the same while a run goes on, as texts in the metadata of its checkpoints. */
enum {
    LNG_STAYS_SEED,
    LNG_STAYS_DATA,     /* digest of the training examples (lng_data_digest) */
    LNG_STAYS_HELD_OUT, /* and of the others (lng_data_digest_held_out) */
    LNG_STAYS_LOSS,     /* 16 hexadecimal digits: the formula of what is minimized */
    LNG_STAYS_UPDATES,  /* likewise: the formulas by which layers update their states */
    LNG_STAYS_KEEP,     /* "lowest(validation.loss)", or "last" */
    LNG_STAYS
};

/* What a checkpoint has beside the variables, so that its run can go on; checkpoint.h says what it means. */
typedef struct lng_rest {
    const char *stays[LNG_STAYS]; /* NULL, but for seed and data: an older version wrote it, which does not say so */
    const float *best;            /* the best weights so far, as in the store; NULL: there are none */
    lng_numbers *numbers;         /* their names begin with "run/" */
    size_t count;
} lng_rest;

/* The variables, and the graph that they belong to. */
typedef struct lng_weights {
    lng_store *store;
    const bool *used;     /* by variable: whether a file of weights has it */
    uint64_t digest;      /* of the graph (lng_graph_digest) */
    const lng_rest *rest; /* to be written into a checkpoint; NULL: nothing */
} lng_weights;

typedef enum { LNG_WEIGHTS_USED, LNG_WEIGHTS_ALL } lng_weights_content;

size_t lng_weights_size(const lng_weights *, lng_weights_content); /* bytes of the file; 0 when out of memory */
bool lng_weights_write(const lng_weights *, lng_weights_content, lng_file *, lng_errors *);
/* false after an error; then the file is as it was. */
bool lng_weights_save(const lng_weights *, lng_weights_content, const char *path, lng_errors *);
/* Reads a file of either content; variables that it lacks stay as they are. After errors, false, and all variables do. */
bool lng_weights_load(const lng_weights *, const char *path, lng_errors *);
/* The same for a checkpoint, with its rest, in the arena. A file without a rest is an error. */
bool lng_weights_load_checkpoint(const lng_weights *, const char *path, lng_arena *, lng_rest *, lng_errors *);
/* Takes the weights whose names match a pattern from a run's folder or a safetensors file, also of another model or program. `into`, if not
 * NULL, is the call that they are for: the file has its weight `into.NAME` as NAME. plain: the graph of a prediction, not rewritten, which decides
 * about the layout. After errors, false, and all variables stay as they are. */
bool lng_weights_adopt(const lng_weights *, const lng_start *, const lng_graph *plain, lng_errors *);

#endif
