/* What a model sees of images while it trains: its augmentation, and nothing that it learns. */
#ifndef LNG_TRAIN_SEEN_H
#define LNG_TRAIN_SEEN_H
#include "train/evaluate.h"

/* The last value of the training graph that is an image like those of the field, comes from them, and depends on no variable. NULL: there is
 * none. */
const lng_value *lng_seen_value(lng_arena *, const lng_model *, size_t field);
/* This value for each of the rows of the training part, as drawn in a step: image i is example i of the array, which the caller frees.
 * false after an error. */
bool lng_seen_compute(lng_session *, const lng_value *, const lng_part *, const uint32_t *row, int rows, uint32_t step, lng_array *,
                      lng_errors *);
#endif
