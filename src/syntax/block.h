/* Blocks as they are declared: a mapping of the YAML file becomes ports, attributes, definitions and steps. Nothing is evaluated. */
#ifndef LNG_SYNTAX_BLOCK_H
#define LNG_SYNTAX_BLOCK_H
#include "syntax/attr_decl.h"
#include "syntax/port_decl.h"
#include "syntax/sections.h"

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
    lng_expr *expr;
    lng_place place; /* of the key */
} lng_define;
/* What must hold of sizes and attributes: `n % 2 == 0: an even number of values`. */
typedef struct lng_requires {
    lng_expr *condition;
    const lng_doc *needs; /* text, in which {EXPRESSION} stands for what it is */
} lng_requires;
typedef struct lng_step lng_step;
typedef struct lng_chain {
    lng_step *step;
    size_t steps;
} lng_chain;
/* `repeat: 3`, `as: i`, `do: [...]` */
typedef struct lng_repeat {
    const char *as; /* the turn's number; NULL: unnamed */
    lng_chain body;
} lng_repeat;
struct lng_step {
    lng_expr *expr;     /* a name or call, or any other expression; of a `repeat`, the number of turns */
    lng_repeat *repeat; /* NULL: it is one step */
    bool bare;          /* `- flatten`, `- conv2d: {...}`: the values are `from`, or `it` */
    lng_expr **from;
    size_t froms;
    const char **as; /* names of its values; NULL: unnamed */
    size_t names;
    lng_place place, as_place;
    bool failed;      /* an error about it has been reported; it has no result */
    const char *text; /* of an expression, for tables */
};

typedef struct lng_block lng_block;
struct lng_block {
    const char *name;
    const lng_doc *doc; /* NULL: not parsed yet */
    lng_place place;
    size_t at, end;    /* of a block that is parsed when it is read: the bytes of its lines */
    bool standard;     /* of the standard library, or a std.NAME of the file */
    const char *group; /* "layers", of std/layers.yaml, and of what replaces a block there; NULL: the file's own */
    bool read, good;
    bool body;   /* good but for unknown or missing keys: it can be elaborated to find more mistakes */
    bool used;   /* elaborated at least once */
    bool failed; /* a call of it has reported an error in its body */
    const char *about;
    lng_port_decl *port;
    lng_attr_decl *attr;
    lng_map *attr_named; /* NULL: there are none */
    lng_define *define;
    lng_requires *require;
    lng_chain chain;
    size_t ports, attrs, defines, requires;
    lng_expr **out; /* NULL: the chain's end */
    size_t outs;
    bool has_graph;
    lng_map *taken;        /* names of values: where each is defined */
    lng_map *local;        /* names of values that exist only inside of a `repeat` or `scan`: which */
    lng_map *call, *calls; /* names that calls have; how many calls of each block */
    bool named;            /* the calls have their names */
};
lng_block *lng_block_new_named(lng_arena *, const char *name, lng_place, const lng_doc *, bool standard);
/* What is declared; NULL after an error: memory has run out. */
const lng_doc *lng_block_doc(lng_arena *, lng_block *, lng_errors *);
/* Reads the declaration, once. false if it is wrong; errors are recorded the first time. */
bool lng_block_read(lng_arena *, lng_block *, const lng_section *, lng_errors *);
const lng_port_decl *lng_block_optional(const lng_block *, const char *name); /* an optional port; NULL when absent */
const lng_attr_decl *lng_block_attr(const lng_block *, const char *name);     /* NULL when absent */
bool lng_block_updates(const lng_block *, const char *name); /* whether its `update` says what a port or state becomes */
#endif
