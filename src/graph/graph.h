/* The graph: what one example's computation is, as values made by ops.
 *
 * A value is an array of f32 or i32 with a static shape and no batch dimension. It is of one of two kinds:
 *   per-example  reached from an input, or drawn at random for each example
 *   shared       variables, constants, the run's clock, and what is computed from them alone
 * A node is one use of an op. Nodes only refer to nodes made before them, so the order of making is a topological order, and
 * no walk over a graph recurses. A graph is only ever appended to; a pass builds a new graph from an old one (pass/pass.h).
 *
 * Making a node checks it (the op's infer), folds constants, and returns an existing equal node if there is one, unless the op is
 * random. So common subexpressions never exist, and dead code is what is not reached from outputs and updates.
 *
 * Only declared outputs and updates are observable. All memory is the graph's arena. */
#ifndef LNG_GRAPH_GRAPH_H
#define LNG_GRAPH_GRAPH_H
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include <stdbool.h>
#include <stdint.h>

#define LNG_MAX_RANK     8
#define LNG_MAX_IN       8
#define LNG_MAX_OUT      4
#define LNG_MAX_ATTR     8
#define LNG_MAX_ELEMENTS ((int64_t)1 << 31) /* of one value */

typedef struct lng_shape {
    int rank; /* 0: a scalar */
    int64_t dim[LNG_MAX_RANK];
} lng_shape;

lng_shape lng_shape_of(int rank, ...); /* int64_t dims; pass int64_t */
int64_t lng_shape_size(lng_shape);     /* product; -1 on overflow past LNG_MAX_ELEMENTS */
bool lng_shape_equal(lng_shape, lng_shape);
#define LNG_SHAPE_TEXT 200
const char *lng_shape_text(char buffer[LNG_SHAPE_TEXT], lng_shape); /* "[28, 28, 1]", "scalar" for rank 0 */

typedef enum { LNG_F32, LNG_I32 } lng_dtype;
const char *lng_dtype_name(lng_dtype); /* "f32", "i32" */

typedef struct lng_op lng_op; /* op.h */
typedef struct lng_node lng_node;
typedef struct lng_value lng_value;
typedef struct lng_graph lng_graph;

/* The value of an attribute; the op's table says which member counts. Unused members are zero, so values compare bytewise. */
typedef struct lng_attr {
    int64_t i;     /* int, bool */
    double f;      /* float */
    const char *s; /* name; interned in the graph's arena by the builder */
    lng_shape v;   /* ints: shapes, axes */
} lng_attr;

struct lng_value {
    lng_node *node;
    int port; /* which output of the node */
    lng_dtype dtype;
    bool per_example;
    lng_shape shape;
};

struct lng_node {
    int id; /* index in the graph */
    const lng_op *op;
    int n_in, n_out;
    lng_value *in[LNG_MAX_IN];
    lng_value out[LNG_MAX_OUT];
    lng_attr attr[LNG_MAX_ATTR]; /* in the order of the op's table */
    const char *name; /* where it comes from in the model ("conv2d_2.W", "dense"); variables and random nodes: their identity */
    lng_place place;
};

/* A number for each value of a graph, below nodes * LNG_MAX_OUT: for tables by value. */
static inline size_t lng_value_index(const lng_value *v)
{
    return (size_t)v->node->id * LNG_MAX_OUT + (size_t)v->port;
}

/* A named observable. */
typedef struct lng_output {
    const char *name;
    lng_value *value;
} lng_output;

/* Parameters and state: what lasts from step to step. Laid out in this order in a store (tape/tape.h), in every tape alike. */
typedef struct lng_variable {
    const char *name; /* full path, unique */
    lng_shape shape;
    bool parameter; /* trained by the optimiser; else state */
    lng_place place;
} lng_variable;

struct lng_graph {
    lng_arena *arena;
    lng_errors *errors; /* where infer failures go; NULL: a failure is a defect of the caller */
    lng_node **node;
    size_t nodes, node_capacity;
    lng_output *output; /* in order of declaration */
    size_t outputs, output_capacity;
    lng_output *update; /* name: the variable's; value: shared, the variable's shape */
    size_t updates, update_capacity;
    /* what new nodes are stamped with; the language sets these as it goes, everything else leaves them alone */
    const char *scope;
    lng_place place;
    const lng_place *in_place;   /* of each operand, or NULL */
    const lng_place *attr_place; /* of each attribute, or NULL */
    struct lng_intern *intern;   /* equal nodes (builder.c) */
};

lng_graph *lng_graph_new(lng_arena *, lng_errors *);

/* Makes a node, or finds its equal. attr: one for each of the op's attributes, or NULL for all defaults. name: needed for variables
 * and random nodes (made unique with a count when taken), else NULL for the current scope.
 * Returns its first output, NULL after recording an error at graph->place (or the operand's or attribute's own place). */
lng_value *lng_emit(lng_graph *, const lng_op *, lng_value *const *in, int n_in, const lng_attr *attr, const char *name);

/* Declares a value observable / an update of a variable. A name twice is a defect of the caller. */
void lng_graph_output(lng_graph *, const char *name, lng_value *);
void lng_graph_update(lng_graph *, const char *variable, lng_value *);
lng_value *lng_graph_find_output(const lng_graph *, const char *name); /* NULL when absent */

/* Checks every invariant above again, from scratch; false after recording LNG_E_DEFECT. Run between passes. */
bool lng_graph_verify(const lng_graph *, lng_errors *);
/* One line a node: `%7 f32[27, 27, 6]* = conv2d(%3, %5) {stride=[1, 1]} ; conv2d` (* marks per-example). */
void lng_graph_print(const lng_graph *, lng_text *);

/* Marks what outputs and updates are reached from: live[id]. */
bool *lng_graph_live(const lng_graph *, lng_arena *);
/* The fields of the data that they are reached from: sets field[index] to a value that `input` made of it, and leaves the others. */
void lng_graph_reads(const lng_graph *, lng_arena *, const lng_value **field);

/* ---- building: short forms; each emits one node (or none), and gives NULL when an operand is NULL ---- */
lng_value *lng_constant(lng_graph *, double value, lng_shape); /* f32, filled */
lng_value *lng_scalar(lng_graph *, double value);
lng_value *lng_read_input(lng_graph *, int index, const char *name, lng_shape, lng_dtype); /* a field of the data */
lng_value *lng_read_variable(lng_graph *, const char *name, lng_shape);
lng_value *lng_read_clock(lng_graph *, const char *what);       /* "step", "epoch", "progress", "batch_size" */
lng_value *lng_unary(lng_graph *, const lng_op *, lng_value *); /* an op (graph/ops.h), with default attributes */
lng_value *lng_binary(lng_graph *, const lng_op *, lng_value *, lng_value *);
lng_value *lng_ternary(lng_graph *, const lng_op *, lng_value *, lng_value *, lng_value *);
lng_value *lng_add(lng_graph *, lng_value *, lng_value *);
lng_value *lng_sub(lng_graph *, lng_value *, lng_value *);
lng_value *lng_mul(lng_graph *, lng_value *, lng_value *);
lng_value *lng_div(lng_graph *, lng_value *, lng_value *);
lng_value *lng_neg(lng_graph *, lng_value *);
lng_value *lng_sum(lng_graph *, lng_value *, lng_shape axes, bool keep); /* axes: which to sum over; keep: they stay as 1 */
lng_value *lng_sum_to(lng_graph *, lng_value *, lng_shape);              /* undoes a broadcast: sums to the smaller shape */
lng_value *lng_broadcast(lng_graph *, lng_value *, lng_shape);           /* to the larger shape (numpy's rule) */
lng_value *lng_reshape(lng_graph *, lng_value *, lng_shape);
lng_value *lng_batch_sum(lng_graph *, lng_value *); /* contracts where the maker of the value can (op.h, contract) */
lng_value *lng_batch_mean(lng_graph *, lng_value *);
lng_value *lng_batch_broadcast(lng_graph *, lng_value *);    /* shared -> per-example */
bool lng_value_is_constant(const lng_value *, double *fill); /* made by the op `constant` */

/* ---- differentiation (diff.c) ----
 * Appends the gradient of y (a scalar) with respect to each x: g[i] has x[i]'s shape and kind; a constant zero where y does not
 * depend on x[i]. A shared y may reach per-example x only through batch reductions; a per-example y gives per-example gradients of
 * per-example x, and is an error for x across a batch reduction. Can be called again on its own result. */
bool lng_gradient(lng_graph *, lng_value *y, lng_value *const *x, size_t n, lng_value **g);

#endif
