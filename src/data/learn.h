/* What the description of a field leaves to its training examples, and what is then done to all examples. */
#ifndef LNG_DATA_LEARN_H
#define LNG_DATA_LEARN_H
#include "data/array.h"
#include "data/spec.h"
#include "data/vocabulary.h"

bool lng_columns_are_complete(const lng_column_spec *); /* nothing is left to be learned */
/* Completes the description from the first `count` examples. words: of the array; NULL: its numbers are final. NULL after a failure. */
const lng_column_spec *lng_columns_learn(lng_arena *, const lng_data_field *, const lng_vocabulary *, const lng_array *,
                                         int64_t count, lng_failure *);
/* Fills in and scales numbers, as a complete description says; they are floats then. first: the number of the first example, for failures. */
bool lng_columns_apply(const lng_column_spec *, lng_array *, int64_t first, lng_failure *);
/* The words of a part to those of the description. *example: the one that has an unknown word, after a failure. */
bool lng_columns_translate(const lng_column_spec *, const lng_data_field *, const lng_vocabulary *, lng_array *, int64_t *example,
                           lng_failure *);
#endif
