/* What the ops that computed a value tell about its numbers, whatever the data and the parameters are. */
#ifndef LNG_LANG_NATURE_H
#define LNG_LANG_NATURE_H
#include "lang/scope.h"

typedef enum lng_nature {
    LNG_UNKNOWN_NUMBERS,
    LNG_LINEAR,       /* any numbers of either sign, as from a linear layer */
    LNG_ACTIVATED,    /* computed from such by relu, tanh, a logarithm ..., which leave the range from 0 to 1 */
    LNG_PROBABILITY,  /* each from 0 to 1 */
    LNG_DISTRIBUTION, /* and with sum 1 along the last axis, at least before the value was given another shape */
    LNG_NATURES
} lng_nature;
static inline bool lng_is_score(lng_nature n)
{
    return n == LNG_LINEAR || n == LNG_ACTIVATED;
}

/* The value that it was before it was moved, reshaped or converted. */
const lng_value *lng_origin(const lng_value *);
lng_nature lng_nature_of(const lng_elab *, const lng_value *);
/* Whether it is a softmax or sigmoid of what already is a probability. */
bool lng_is_squashed_twice(const lng_elab *, const lng_value *);
/* The number of classes that its integers, all below it, count: those of a label or argmax, 2 of a comparison. 0: unknown. */
int64_t lng_classes_of(const lng_elab *, const lng_value *);
#endif
