/* Weights: a store's variables as a safetensors file.
 *
 * Variables by name, logical shapes, F32, in the store's order; metadata: {"format": "lngraph", "format_version": "1", "graph":
 * digest of names and shapes, "sha256": digest over header names, shapes and tensors}. Nothing in the file depends on the machine,
 * threads or time. */
#ifndef LNG_TRAIN_WEIGHTS_H
#define LNG_TRAIN_WEIGHTS_H
#include "tape/tape.h"

bool lng_weights_save(const lng_store *, const char *path, lng_errors *);
bool lng_weights_load(lng_store *, const char *path, lng_errors *); /* all or nothing */

#endif
