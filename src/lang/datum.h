/* Data: what expressions are worth while a model is elaborated. Numbers, words, shapes and blocks are known at compile time; a value
 * belongs to a graph. */
#ifndef LNG_LANG_DATUM_H
#define LNG_LANG_DATUM_H
#include "graph/op.h"
#include "syntax/block.h"

typedef enum lng_datum_kind {
    LNG_DATUM_NONE, /* after a recorded error: whatever is made of it is NONE, silently */
    LNG_DATUM_INT,
    LNG_DATUM_FLOAT,
    LNG_DATUM_BOOL,
    LNG_DATUM_STRING,
    LNG_DATUM_SHAPE,
    LNG_DATUM_BLOCK,
    LNG_DATUM_VALUE,
    LNG_DATUM_TUPLE /* several values, or a list that has lists */
} lng_datum_kind;

typedef struct lng_datum lng_datum;
typedef struct lng_callable lng_callable;
struct lng_datum {
    lng_datum_kind kind;
    bool inner;      /* `place` is inside a standard block, and so does not show a user's mistake */
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
            lng_datum *item;
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
    lng_datum *bound;
    size_t bounds;
    const char *only; /* of a shared block, the path of its only node; else NULL */
    lng_place given;  /* where the user wrote it, of a block that is passed to another one */
};

const char *lng_datum_text(lng_arena *, const lng_datum *); /* "the integer 3", "a value of shape [3]" */
lng_datum lng_datum_alone(lng_datum);        /* the item of a list of one, such as params('dense.W'); else what it is given */
bool lng_datum_is_number(const lng_datum *); /* int or float */
double lng_datum_number(const lng_datum *);
#endif
