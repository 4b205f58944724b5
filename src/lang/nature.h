/* What the ops that made a value tell of its numbers, whatever the data and the parameters are. */
#ifndef LNG_LANG_NATURE_H
#define LNG_LANG_NATURE_H
#include "lang/scope.h"

/* How many classes its numbers count, which are below: those of a label or argmax, 2 of a comparison. 0: not known. */
int64_t lng_classes_of(const lng_elab *, const lng_value *);
#endif
