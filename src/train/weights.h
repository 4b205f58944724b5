/* Weights and checkpoints: variables as safetensors files, described in lngraph-files(5).
 *
 * A file of weights holds what evaluation and prediction need: the parameters, and the states that they read. A checkpoint holds every
 * variable, including the optimizer's. */
#ifndef LNG_TRAIN_WEIGHTS_H
#define LNG_TRAIN_WEIGHTS_H
#include "base/file.h"
#include "tape/tape.h"

/* The variables, and the graph that they belong to. */
typedef struct lng_weights {
    lng_store *store;
    const bool *used; /* by variable: whether a file of weights has it */
    uint64_t digest;  /* of the graph (lng_graph_digest) */
} lng_weights;

typedef enum { LNG_WEIGHTS_USED, LNG_WEIGHTS_ALL } lng_weights_content;

size_t lng_weights_size(const lng_weights *, lng_weights_content); /* bytes of the file; 0 when out of memory */
bool lng_weights_write(const lng_weights *, lng_weights_content, lng_file *, lng_errors *);
/* false after an error; then the file is as it was. */
bool lng_weights_save(const lng_weights *, lng_weights_content, const char *path, lng_errors *);
/* Reads a file of either content; variables that it lacks stay as they are. After errors, false, and all variables do. */
bool lng_weights_load(const lng_weights *, const char *path, lng_errors *);
/* Takes the weights whose names match a pattern from a run's folder or a safetensors file, also of another model or program. `into`, if not
 * NULL, is the call that they are for: the file has its weight `into.NAME` as NAME. After errors, false, and all variables stay as they
 * are. */
bool lng_weights_adopt(const lng_weights *, const char *from, const char *into, const char *match, lng_errors *);

#endif
