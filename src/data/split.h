/* Which examples of the training files train, which validate, and which test. */
#ifndef LNG_DATA_SPLIT_H
#define LNG_DATA_SPLIT_H
#include "data/array.h"
#include "data/spec.h"
#include "data/vocabulary.h"

/* What stands in the column or field by which a split goes, for each example of the training files. */
typedef struct lng_split_key {
    const lng_array *array;      /* NULL: the split goes by places */
    const lng_vocabulary *words; /* that its integers stand for; NULL: they are numbers */
} lng_split_key;

typedef struct lng_division {
    uint32_t *row; /* of all examples: those that train, those that validate, those that test, each in their order */
    int64_t train, validation, test;
    int64_t example; /* after a failure, what it is about; -1: no one example */
    lng_place place; /* likewise */
} lng_division;
int64_t lng_split_bytes(const lng_split_spec *); /* of working memory for each example */
/* key: of the validation and of the test split. d->row has room for n. false after a failure. */
bool lng_divide(lng_arena *, const lng_data_spec *, const lng_split_key key[2], int64_t n, lng_division *d, lng_failure *);
#endif
