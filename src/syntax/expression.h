/* Expressions: the text of a scalar to a tree, with Python's precedence.
 *
 *     test     A if C else B                            lowest
 *              or, and, not, == != < <= > >= (chained), + -, * / // % @, unary - +, **  (to the right)
 *     postfix  f(x, name=y)  x.name  x[i]  x[..., i:j:k]       highest
 *     atom     12  1e-3  .5  true  false  "text"  name  (a)  [a, b]  [f(i) for i in a]
 *
 * Every node knows its bytes in the scalar, so an error about it points there. Depth (of the tree, so also the length of a
 * sum) is limited: nothing that walks a tree can run out of stack. */
#ifndef LNG_SYNTAX_EXPRESSION_H
#define LNG_SYNTAX_EXPRESSION_H
#include "doc/doc.h"

#define LNG_EXPR_MAX_DEPTH 200

typedef enum lng_sign {
    LNG_NO_SIGN,
    LNG_ADD,
    LNG_SUB,
    LNG_MUL,
    LNG_DIV,
    LNG_FLOOR_DIV,
    LNG_MOD,
    LNG_POW,
    LNG_MATMUL,
    LNG_EQ,
    LNG_NE,
    LNG_LT,
    LNG_LE,
    LNG_GT,
    LNG_GE,
    LNG_AND,
    LNG_OR,
    LNG_NOT,
    LNG_NEGATE,
    LNG_PLUS
} lng_sign;
const char *lng_sign_text(lng_sign); /* "//" */

typedef enum lng_expr_kind {
    LNG_EXPR_INT,
    LNG_EXPR_FLOAT,
    LNG_EXPR_BOOL,
    LNG_EXPR_STRING,
    LNG_EXPR_NAME,
    LNG_EXPR_UNARY,  /* sign item[0] */
    LNG_EXPR_BINARY, /* item[0] sign item[1]; a chain of comparisons is made of LNG_AND */
    LNG_EXPR_IF,     /* item[0] if item[1] else item[2] */
    LNG_EXPR_CALL,   /* name(item[0..values), label[i]=item[i] ...) */
    LNG_EXPR_FIELD,  /* item[0].name */
    LNG_EXPR_INDEX,  /* item[0][item[1], ...]; among these may be: */
    LNG_EXPR_SLICE,  /* item[0]:item[1]:item[2]; each may be NULL */
    LNG_EXPR_REST,   /* ... */
    LNG_EXPR_LIST,   /* [item, ...] */
    LNG_EXPR_FOR,    /* [item[0] for name in item[1]] */
    LNG_EXPR_TUPLE,  /* item, item */
    LNG_EXPR_SCAN    /* a loop: the values at its start, what it goes over, what a turn gives, what is stacked */
} lng_expr_kind;

/* The names of a loop. Its items are so many starts, so many values that it goes over, whether in reverse (if `reverses`), whether turns are
 * computed again for the gradient (if `remats`), what a turn gives, and so many that are stacked. */
typedef struct lng_scan {
    const char **carry, **row, **stack;
    lng_place row_place, *stack_place; /* of `as`; of each stack's name */
    size_t carries, rows, stacks;
    size_t starts, overs;
    bool reverses, remats;
} lng_scan;

typedef struct lng_expr lng_expr;
struct lng_expr {
    lng_expr_kind kind;
    lng_sign sign;
    int depth;          /* of the tree below, counting this */
    const lng_doc *doc; /* the scalar (or YAML collection) that it was read from */
    lng_place place;    /* of its mark in the scalar: an operator's sign, a call's name; or of the whole of doc */
    bool marked;        /* the former */
    int64_t i;          /* int, bool */
    double f;
    const char *name; /* name, string, field, callee (may be dotted: "op.relu") */
    const char *call; /* the call's own name in its block, from its place in the text (lang/call_names.c); else NULL */
    lng_expr **item;
    size_t items;
    size_t values;      /* of a call: how many items come by position */
    const char **label; /* of a call: names of the others; NULL by position */
    lng_scan *scan;     /* of a loop */
    lng_place *label_place;
};

/* The tree of a scalar. `tuple`: "a, b" at the top is allowed. NULL after recording an error. */
lng_expr *lng_expr_parse(lng_arena *, const lng_doc *scalar, bool tuple, lng_errors *);
/* A YAML value where an expression may stand: a scalar; a sequence is a list; {block: {name: value}} is a call. */
lng_expr *lng_expr_read(lng_arena *, const lng_doc *, lng_errors *);
/* A call made of YAML: `conv2d: {filters: 6}`. attributes: a mapping, or null for none. */
lng_expr *lng_expr_call(lng_arena *, const lng_doc *name, const lng_doc *attributes, lng_errors *);
lng_expr *lng_expr_name(lng_arena *, const char *name, const lng_doc *at);
lng_expr *lng_expr_scan(lng_arena *, const lng_doc *at, lng_scan *); /* without items */
void lng_expr_append(lng_arena *, lng_expr *, lng_expr *item);
bool lng_scan_names(const lng_expr *scan, const char *name); /* whether a turn has a value of its own by that name */
/* The first item that is evaluated in each turn: what it gives. */
static inline size_t lng_scan_turn(const lng_expr *scan)
{
    return scan->scan->starts + scan->scan->overs + scan->scan->reverses + scan->scan->remats;
}
static inline lng_place lng_expr_place(const lng_expr *e)
{
    return e->place;
}
bool lng_is_name(const char *text, size_t n); /* [A-Za-z_][A-Za-z0-9_]* and no word of the language */
#endif
