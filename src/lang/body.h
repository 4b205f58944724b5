/* Bodies of blocks: the chain of steps, the result, and what training changes. */
#ifndef LNG_LANG_BODY_H
#define LNG_LANG_BODY_H
#include "lang/scope.h"

lng_datum lng_body(lng_scope *); /* steps, then out */
/* `told` is called for every step of the chain (it makes the layer table). */
lng_datum lng_steps(lng_scope *, void (*told)(void *, const lng_step *, const char *name, const lng_datum *), void *context);
lng_datum lng_out(lng_scope *, lng_datum end);
void lng_body_updates(lng_scope *);
#endif
