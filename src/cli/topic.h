/* Topics: everything that has a name in lngraph. Sections and keys of a model file, names and operators of expressions, blocks, metrics,
 * ops, data sets and error codes, all taken from the tables that the program itself uses.
 *
 * A topic describes itself to a writer: one writes for the terminal (doc.c), another the manuals (man/mdoc.c). */
#ifndef LNG_CLI_TOPIC_H
#define LNG_CLI_TOPIC_H
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

typedef struct lng_writer lng_writer;
struct lng_writer {
    lng_arena *arena;
    void (*heading)(lng_writer *, const char *name, const char *kind);
    void (*paragraph)(lng_writer *, const char *text);
    void (*literal)(lng_writer *, const char *label, const char *text); /* lines as they are, below a label unless it is NULL */
    void (*item)(lng_writer *, const char *term, const char *text);     /* in a list, which anything else ends */
    bool listing;                                                       /* the writer's own: a list is open */
    lng_text *out;                                                      /* the writer's own */
    const void *style;                                                  /* the writer's own */
};

typedef struct lng_topic lng_topic;
struct lng_topic {
    const char *name;  /* "dense", "train.batch", "unknown-key" */
    const char *word;  /* another name for it: "batch", "std.dense"; NULL: none */
    const char *group; /* its heading in lists: "losses"; NULL: it is not listed */
    const char *kind;  /* "an op" */
    bool entry;        /* only listed: another topic describes it */
    const char *about;
    const char *class;  /* "keys", "expressions", "blocks", "ops", "data" or "errors" */
    const char *manual; /* the page with more: "model" is lngraph-model */
    void (*describe)(lng_writer *, const lng_topic *);
    const void *what, *of; /* the row of its table, and the table */
};
typedef struct lng_topics {
    lng_arena *arena;
    lng_topic *at;
    size_t count, capacity;
} lng_topics;

/* NULL after recording an error, which is a defect: the library is the program's own. */
lng_topics *lng_topics_new(lng_arena *, lng_errors *);
bool lng_topic_called(const lng_topic *, const char *name, bool exactly); /* by its name, or else by its other name */
/* The first topic of this class and name; NULL if there is none. */
const lng_topic *lng_topics_find(const lng_topics *, const char *class, const char *name);
void lng_topic_describe(lng_writer *, const lng_topic *); /* with its heading */

/* ---- for the files that make topics ---- */
void lng_topics_add(lng_topics *, lng_topic);
void lng_topics_language(lng_topics *);
bool lng_topics_library(lng_topics *, lng_errors *); /* blocks, data sets */
void lng_topics_ops(lng_topics *);
void lng_topics_codes(lng_topics *);
/* With a capital letter, unless it begins with a name or formula, and a full stop. */
const char *lng_sentence(lng_arena *, const char *text);
/* "name(a, b: int = 3)"; one argument per line if it is long. */
const char *lng_signature(lng_arena *, const char *name, const char *const *argument, size_t n);

#endif
