/* Whether the gradients of a graph are right: each is compared with central differences of its objective, both computed in double by the ops'
 * definitions.
 *
 * Draws and the clock are those of one step. What comes from an op that gives no gradient (stop_gradient, floor, a comparison) keeps its value
 * in the differences, too. Parameters are first moved a little from the values they have, because many functions have a kink where these
 * tend to be: at 0. */
#ifndef LNG_TRAIN_GRADCHECK_H
#define LNG_TRAIN_GRADCHECK_H
#include "graph/op.h"
#include "tape/tape.h"

#define LNG_GRADCHECK_TOLERANCE 1e-5 /* the largest relative error of a right gradient */

typedef struct lng_gradcheck_subject {
    lng_graph *graph;
    const lng_output *gradient;  /* by parameter, whose name it has */
    lng_value *const *objective; /* of which each is the gradient */
    size_t gradients;
    const lng_store *store; /* the values of the variables */
    const uint32_t *rows;   /* the examples */
    int examples;
    const lng_context *context;
    int64_t elements; /* to check of each parameter, beside a direction through all */
} lng_gradcheck_subject;

typedef struct lng_gradcheck_row {
    const char *name;
    lng_shape shape;
    int64_t size, elements; /* of the parameter; how many were checked one by one */
    int kinks;              /* checks that were left undecided, because the objective has a kink there */
    bool wrong;
    double error;            /* the largest relative one */
    double rule, difference; /* what the two say where it is */
} lng_gradcheck_row;

#define LNG_GRADCHECK_SUSPECTS 4
typedef struct lng_gradcheck {
    lng_gradcheck_row *row;
    size_t rows;
    const lng_gradcheck_row *worst; /* the wrong row with the largest error; NULL: all are right */
    /* The nodes that read the last value whose gradient is wrong, so the rule of one of them is; none: no value but the parameters' is. */
    const lng_node *suspect[LNG_GRADCHECK_SUSPECTS];
    int operand[LNG_GRADCHECK_SUSPECTS]; /* as which it reads it */
    int suspects;
} lng_gradcheck;

/* The caller protects the arena. The graph grows if a gradient is wrong. false after an error: a value is not finite. */
bool lng_gradcheck_run(lng_arena *, const lng_gradcheck_subject *, lng_gradcheck *, lng_errors *);

#endif
