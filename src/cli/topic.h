/* Everything that has a name in lngraph: sections and keys of a model file, words and operators of expressions, blocks, metrics, ops,
 * data sets, error codes. The topics are made of the tables that the program itself uses.
 *
 * What is to be said of a topic goes to a pen: one of them writes for the terminal (doc.c), another one the manuals (man/mdoc.c). */
#ifndef LNG_CLI_TOPIC_H
#define LNG_CLI_TOPIC_H
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

typedef struct lng_pen lng_pen;
struct lng_pen {
    lng_arena *arena;
    void (*title)(lng_pen *, const char *name, const char *kind);
    void (*say)(lng_pen *, const char *text);                      /* a paragraph */
    void (*quote)(lng_pen *, const char *label, const char *text); /* lines as they are; label: what they are, or NULL */
    void (*item)(lng_pen *, const char *term, const char *text);   /* of a list, which anything else ends */
    bool listing;                                                  /* the pen's own: a list is open */
    lng_text *out;                                                 /* the pen's own */
    const void *style;                                             /* the pen's own */
};

typedef struct lng_topic lng_topic;
struct lng_topic {
    const char *name;  /* "dense", "train.batch", "unknown-key" */
    const char *word;  /* another name of it: "batch", "std.dense"; NULL: none */
    const char *group; /* its heading in lists: "losses"; NULL: it stands in none */
    const char *kind;  /* "an op" */
    bool entry;        /* a line of a list alone: another topic tells of it */
    const char *about;
    const char *class;  /* "keys", "expressions", "blocks", "ops", "data" or "errors" */
    const char *manual; /* the page that tells more: "model" is lngraph-model */
    void (*tell)(lng_pen *, const lng_topic *);
    const void *what, *of; /* the row of its table, and the table */
};
typedef struct lng_topics {
    lng_arena *arena;
    lng_topic *at;
    size_t count, capacity;
} lng_topics;

/* NULL after recording an error: a defect, as the library is the program's own. */
lng_topics *lng_topics_new(lng_arena *, lng_errors *);
bool lng_topic_called(const lng_topic *, const char *name, bool exactly); /* by its name, or else by its other name */
/* The first of this name of this class; NULL when there is none. */
const lng_topic *lng_topics_find(const lng_topics *, const char *class, const char *name);
void lng_topic_tell(lng_pen *, const lng_topic *); /* from its title on */

/* ---- for those who make topics ---- */
void lng_topics_add(lng_topics *, lng_topic);
void lng_topics_language(lng_topics *);
bool lng_topics_library(lng_topics *, lng_errors *); /* blocks, data sets */
void lng_topics_ops(lng_topics *);
void lng_topics_codes(lng_topics *);
/* A capital letter at its start, unless it begins with a name or formula, and a full stop. */
const char *lng_sentence(lng_arena *, const char *text);
/* "name(a, b: int = 3)", an argument a line where it is long. */
const char *lng_signature(lng_arena *, const char *name, const char *const *argument, size_t n);

#endif
