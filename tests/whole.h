/* A file of examples as one array for each field, though it is read by blocks. */
#ifndef LNG_TEST_WHOLE_H
#define LNG_TEST_WHOLE_H
#include "data/examples.h"

/* Reads at most `block` examples at a time; frees the arrays after an error. */
bool read_whole(const char *file, lng_wish, const lng_data_field *, size_t fields, int64_t block, lng_array *, lng_errors *);
#endif
