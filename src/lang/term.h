/* Terms: what an expression is worth while a model is elaborated. Numbers, words, shapes and blocks are known at compile time; a value
 * is a value of a graph. */
#ifndef LNG_LANG_TERM_H
#define LNG_LANG_TERM_H
#include "graph/op.h"
#include "lang/block.h"

typedef enum lng_term_kind {
    LNG_TERM_NONE, /* an error has been recorded: everything made of it is NONE, silently */
    LNG_TERM_INT,
    LNG_TERM_FLOAT,
    LNG_TERM_BOOL,
    LNG_TERM_STRING,
    LNG_TERM_SHAPE,
    LNG_TERM_BLOCK,
    LNG_TERM_VALUE,
    LNG_TERM_TUPLE
} lng_term_kind;

typedef struct lng_term lng_term;
typedef struct lng_callable lng_callable;
struct lng_term {
    lng_term_kind kind;
    bool inner;      /* `place` is inside a standard block: of a user's mistake it tells nothing */
    lng_place place; /* where it was written */
    union {
        int64_t i; /* int, bool */
        double f;
        const char *s;
        lng_shape shape;
        const lng_callable *block;
        struct {
            lng_value *value;
            lng_graph *graph; /* that the value belongs to */
        };
        struct {
            lng_term *item;
            size_t items;
        };
    };
};

/* A block or op that can be called, with the attributes that are bound already. */
struct lng_callable {
    const char *name; /* names the nodes that it makes */
    const lng_op *op; /* one of these */
    lng_block *block;
    const char **label;
    lng_term *bound;
    size_t bounds;
    const char *only; /* a shared block: the path of its only node; else NULL */
};

const char *lng_term_kind_text(const lng_term *);         /* "an integer", "a value of shape [28, 28, 1]"... without the shape */
const char *lng_term_text(lng_arena *, const lng_term *); /* "the integer 3", "a value of shape [3]" */
bool lng_term_is_number(const lng_term *);                /* int or float */
double lng_term_number(const lng_term *);
#endif
