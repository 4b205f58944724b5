/* Overrides: shared by override.c, which walks the document, and override_call.c, which looks into calls. */
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
    bool append; /* `PATH+=VALUE`: the value becomes one more item of what the path leads to */
} lng_override_target;
lng_place lng_override_place(const lng_override_target *, const char *part, size_t n);
/* Errors; false. A part of the path names no item of a list of so many; the path leads to what is no list. */
bool lng_override_no_item(const lng_override_target *, const char *part, size_t n, size_t items);
bool lng_override_no_list(const lng_override_target *, const char *what);
const lng_doc *lng_override_block(const lng_override_target *, const char *name); /* NULL: there is none */

/* Where a path has led. */
typedef struct lng_override_position {
    lng_doc **at;
    const lng_section *section; /* the table of the mapping here; NULL: it has none */
    const lng_section *each;    /* the table of each entry, likewise */
    bool expression;            /* a call may stand here, */
    bool expressions;           /* or in each entry */
} lng_override_position;
/* `adam: {lr: 0.01}` where a call may stand: goes on to the attributes, unless the part is the name of the block. */
void lng_override_enter(const lng_override_target *, lng_override_position *, const char *part, size_t n);
/* Goes on to an entry. A section that is absent is made. false after an error. */
bool lng_override_go(const lng_override_target *, lng_override_position *, const char *part, size_t n);

/* ---- calls that are written as text ---- */
typedef struct lng_override_argument {
    const char *label; /* NULL: by position */
    size_t from, to;   /* bytes of the value in the text */
} lng_override_argument;
/* A call, the name of a block alone, or a list. */
typedef struct lng_override_call {
    const char *name; /* NULL: a list */
    lng_override_argument *arg;
    size_t args, capacity;
    size_t close; /* byte of its `)` or `]`; 0: a name alone */
} lng_override_call;
bool lng_override_call_read(lng_arena *, const char *text, lng_override_call *); /* false: it is none */
/* The argument that gives an attribute; NULL: there is none. */
const lng_override_argument *lng_override_call_find(const lng_override_target *, const lng_override_call *, const char *attribute);
/* The text of a call or list with another value for the attribute or item at the path, or with one more item there; NULL after an
 * error. An empty path is the list itself. */
const char *lng_override_call_set(const lng_override_target *, const char *text, const char *path, const char *value);
#endif
