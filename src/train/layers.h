/* The values of a model's layers (lng_layer), with the current weights. */
#ifndef LNG_TRAIN_LAYERS_H
#define LNG_TRAIN_LAYERS_H
#include "train/evaluate.h"

bool lng_layer_is_shown(const lng_layer *); /* it has float values of its own for each example */
/* value[i]: of layer i, a row of numbers for each example of the range, in the arena. layer: only this one; SIZE_MAX: all that are shown.
 * false after an error. */
bool lng_layers_compute(lng_session *, lng_arena *, const lng_range *, size_t layer, const float **value, lng_errors *);

#endif
