/* Bodies of blocks: the chain of steps, the result, and what training changes. */
#ifndef LNG_LANG_BODY_H
#define LNG_LANG_BODY_H
#include "lang/scope.h"

/* Whether what the block of `in`, which s calls by that name, requires is so; else records what is not (need.c). */
bool lng_requirements_hold(lng_scope *s, lng_scope *in, const char *name, lng_place);
lng_datum lng_body(lng_scope *); /* steps, then out */
void lng_body_updates(lng_scope *);
#endif
