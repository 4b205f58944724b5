/* Weights: the variables of a store as a safetensors file, described in lngraph-files(5). */
#ifndef LNG_TRAIN_WEIGHTS_H
#define LNG_TRAIN_WEIGHTS_H
#include "tape/tape.h"

/* false after an error; then the file is as it was. */
bool lng_weights_save(const lng_store *, const char *path, lng_errors *);
/* false after errors; then the store is as it was. */
bool lng_weights_load(lng_store *, const char *path, lng_errors *);

#endif
