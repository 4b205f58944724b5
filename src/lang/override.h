/* Overrides: what override.c, which walks the document, and override_call.c, which looks into calls, share. */
#ifndef LNG_LANG_OVERRIDE_H
#define LNG_LANG_OVERRIDE_H
#include "lang/compile.h"

typedef struct lng_override_target {
    lng_arena *arena;
    lng_errors *errors;
    const lng_library *library;
    const lng_doc *root;
    lng_source *path; /* the override's own text, to point at */
    const char *whole;
} lng_override_target;
lng_place lng_override_place(const lng_override_target *, const char *part, size_t n);
const lng_doc *lng_override_block(const lng_override_target *, const char *name); /* NULL: there is none */
/* The text of a call with another value for the attribute at the path; NULL after an error. */
const char *lng_override_call(const lng_override_target *, const char *text, const char *path, const char *value);
bool lng_override_is_name(lng_arena *, const char *text); /* of a block, without arguments */
#endif
