/* What the numbers of a model's output are, from the fields that it does not read: those are what it predicts. */
#ifndef LNG_LANG_MEANING_H
#define LNG_LANG_MEANING_H
#include "lang/model.h"

/* What the numbers of the output are. */
typedef struct lng_meaning {
    enum {
        LNG_MEANS_NUMBERS, /* whatever the model computes, or predicted numbers */
        LNG_MEANS_CLASSES, /* a probability for each class, if they are a distribution */
        LNG_MEANS_LABELS   /* the probability of each label, which do not exclude each other */
    } kind;
    bool pair;                /* one number may be the probability of class 1 of two */
    int64_t classes;          /* of the data set; 0: there are none */
    const char **name;        /* of the classes, labels or numbers; NULL: they are counted */
    int64_t names;            /* how many there are */
    const char *const **word; /* of each label: what it is called if it is not predicted, and if it is; NULL: 0 and 1 */
    bool predicts;            /* the numbers are those of a field of the data */
} lng_meaning;
/* learned: of each field, what its description does not say; NULL: it says everything. */
lng_meaning lng_meaning_of(lng_arena *, const lng_model *, const lng_column_spec *const *learned);
/* The name of class, label or number i, of as many as there are of what is named; "3" if they have no names, or are others. */
const char *lng_meaning_name(lng_arena *, const lng_meaning *, int64_t of, int64_t i);
#endif
