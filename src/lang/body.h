/* Bodies of blocks: the chain of steps, the result, and what training changes. */
#ifndef LNG_LANG_BODY_H
#define LNG_LANG_BODY_H
#include "lang/scope.h"

lng_datum lng_body(lng_scope *); /* steps, then out */
void lng_body_updates(lng_scope *);
#endif
