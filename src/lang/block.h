/* Blocks as they are declared: a mapping of the YAML file to ports, attributes, definitions and steps. Nothing is evaluated here.
 *
 * An attribute (`with:`) is declared as  TYPE [RANGE] [= DEFAULT]
 *     int > 0        float in [0, 1) = 0.5        string in {valid, same} = valid        block = identity        int = 2 * size
 * where RANGE is a comparison with a number, an interval, or the allowed words. The default is an expression of the block's own
 * names. */
#ifndef LNG_LANG_BLOCK_H
#define LNG_LANG_BLOCK_H
#include "graph/graph.h"
#include "lang/expr.h"
#include "lang/section.h"

/* ---- ports ---- */
typedef struct lng_dim {
    enum { LNG_DIM_SIZE, LNG_DIM_NAME, LNG_DIM_ANY } kind; /* 28, n, ... */
    int64_t size;
    const char *name;
} lng_dim;
typedef struct lng_port_decl {
    const char *name;
    lng_place place;
    bool shaped; /* a shape was given */
    lng_dim dim[LNG_MAX_RANK];
    int dims;
    const char *text; /* as written: "x[..., n]" */
} lng_port_decl;
/* `image[28, 28, 1], label`; NULL-safe count. false after recording errors. */
bool lng_ports_parse(lng_arena *, const lng_doc *, lng_port_decl **, size_t *count, lng_errors *);

/* ---- attributes ---- */
typedef enum lng_type { LNG_TYPE_INT, LNG_TYPE_FLOAT, LNG_TYPE_BOOL, LNG_TYPE_STRING, LNG_TYPE_SHAPE, LNG_TYPE_BLOCK } lng_type;
const char *lng_type_text(lng_type); /* "an integer" */
typedef struct lng_with {
    const char *name;
    lng_type type;
    double low, high; /* -inf, inf when open to that side */
    bool low_open, high_open;
    const char **choice;
    size_t choices;
    const lng_expr *fallback; /* NULL: required */
    lng_place place;
    const char *text; /* as written */
} lng_with;
bool lng_with_parse(lng_arena *, const lng_doc *key, const lng_doc *value, lng_with *, lng_errors *);
bool lng_with_allows(const lng_with *, double);
const char *lng_with_range(lng_arena *, const lng_with *); /* "> 0", "in [0, 1)"; "" for none */

/* ---- the block ---- */
#define LNG_MAX_DEFINITIONS 20000 /* of one kind in a block; also of steps */
typedef enum lng_define_kind {
    LNG_DEFINE_PARAM,
    LNG_DEFINE_STATE,
    LNG_DEFINE_LET,
    LNG_DEFINE_SHARED,
    LNG_DEFINE_UPDATE
} lng_define_kind;
typedef struct lng_define {
    lng_define_kind kind;
    const char **name; /* `h, c: ...` has several */
    size_t names;
    const lng_expr *expr;
    lng_place place; /* of the key */
} lng_define;
typedef struct lng_step {
    const lng_expr *expr; /* a name or call, or any other expression */
    bool bare;            /* `- flatten`, `- conv2d: {...}`: the values are `from`, or `it` */
    lng_expr **from;
    size_t froms;
    const char *as; /* NULL: unnamed */
    lng_place place, as_place;
    const char *text; /* of an expression, for tables */
} lng_step;

typedef struct lng_block lng_block;
struct lng_block {
    const char *name;
    const lng_doc *doc;
    lng_place place;
    bool standard; /* of the standard library, or a std.NAME of the file */
    bool read, good;
    bool body;   /* all but unknown or missing keys is good: it can be elaborated to find more */
    bool used;   /* elaborated at least once */
    bool failed; /* a call of it has reported an error in its body */
    const char *about;
    lng_port_decl *port;
    lng_with *with;
    lng_define *define;
    lng_step *step;
    size_t ports, withs, defines, steps;
    lng_expr **out; /* NULL: the chain's end */
    size_t outs;
    bool has_graph;
};
lng_block *lng_block_new_named(lng_arena *, const char *name, lng_place, const lng_doc *, bool standard);
/* Reads the declaration (once). false when it is wrong; errors have been recorded the first time. */
bool lng_block_read(lng_arena *, lng_block *, const lng_section *, lng_errors *);
const lng_with *lng_block_with(const lng_block *, const char *name); /* NULL when absent */

/* A word that no block may define: it, training, step, ... */
bool lng_is_reserved(const char *name);
#endif
