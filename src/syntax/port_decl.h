/* Declared ports: `image[28, 28, 1], label`, `x[..., n]`, `p[n], label[] < n`, `x[n], mask[n]?`. */
#ifndef LNG_SYNTAX_PORT_DECL_H
#define LNG_SYNTAX_PORT_DECL_H
#include "graph/graph.h"
#include "syntax/expression.h"

typedef struct lng_dim {
    enum { LNG_DIM_SIZE, LNG_DIM_NAME, LNG_DIM_ANY } kind; /* 28, n, any number of sizes: ... or ...s */
    int64_t size;
    const char *name; /* n, s; NULL: it has none */
} lng_dim;
/* The numbers that a port expects, by `expects`; there is a warning if it gets others. */
typedef enum lng_expectation {
    LNG_EXPECTS_ANYTHING,
    LNG_EXPECTS_DISTRIBUTION,  /* probabilities with sum 1 along the last axis */
    LNG_EXPECTS_PROBABILITIES, /* each from 0 to 1 */
    LNG_EXPECTS_LOGITS,        /* scores that a softmax or sigmoid makes probabilities of */
    LNG_EXPECTS_SAMPLES,       /* of the whole batch, several for each entry of the last axis */
    LNG_EXPECTATIONS
} lng_expectation;
extern const char *const lng_expectation_words[LNG_EXPECTATIONS]; /* the first is "" */

typedef struct lng_port_decl {
    const char *name;
    lng_place place;
    bool shaped;   /* a shape was given */
    bool optional; /* a call may leave it out: `mask[n]?` */
    lng_dim dim[LNG_MAX_RANK];
    int dims;
    lng_expectation expects;
    lng_expr *bound;  /* its integers are classes from 0 to bound - 1; NULL: not given */
    const char *text; /* as written: "x[..., n]", "label[] < n" */
} lng_port_decl;
/* false after recording errors. */
bool lng_port_decl_parse(lng_arena *, const lng_doc *, lng_port_decl **, size_t *count, lng_errors *);
#endif
