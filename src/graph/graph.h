/* The graph: the computation of one example, as values made by ops.
 *
 * A value is an array of f32 or i32 with a static shape and no batch dimension. There are two kinds:
 *   per-example  reached from an input, or drawn at random for each example
 *   shared       variables, constants, the run's clock, and what is computed from them alone
 * A node is one use of an op. Nodes refer only to earlier nodes, so their order is topological, and no walk over a graph recurses. A graph
 * only grows; a pass builds a new graph from an old one (pass/pass.h).
 *
 * A node that reads a value of a loop belongs to that loop; what reads none is outside, and so is computed once. Values come into a loop
 * as they are, or as a step of a larger one; they leave it as the last value of a carry, or stacked over the turns. Only the next value of a
 * carry is a later node.
 *
 * Making a node checks it (lng_infer_node), folds constants, and returns an equal node if there is one, unless the op is random. So there
 * are no common subexpressions. Dead code is whatever no output or update depends on.
 *
 * Only declared outputs and updates are observable. All memory is in the graph's arena. */
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
int64_t lng_shape_size(lng_shape);     /* the product; -1 beyond LNG_MAX_ELEMENTS */
bool lng_shape_equal(lng_shape, lng_shape);
/* Numpy's rule: shapes are aligned at their last dimension, missing ones count as 1, and 1 stretches. Sets *out to the common shape
 * of out and in; false if they do not fit. */
bool lng_shape_broadcast(lng_shape *out, lng_shape in);
/* With one more first dimension, of size n (the shape has room for it); without the first. */
lng_shape lng_shape_stacked(lng_shape, int64_t n);
lng_shape lng_shape_row(lng_shape);
/* The element of an operand of shape `from` that corresponds to element e of `to`. */
int64_t lng_shape_source(lng_shape to, lng_shape from, int64_t e);
#define LNG_SHAPE_TEXT 200
const char *lng_shape_text(char buffer[LNG_SHAPE_TEXT], lng_shape); /* "[28, 28, 1]", "scalar" for rank 0 */

typedef enum { LNG_F32, LNG_I32 } lng_dtype;
const char *lng_dtype_name(lng_dtype); /* "f32", "i32" */

typedef struct lng_op lng_op; /* op.h */
typedef struct lng_node lng_node;
typedef struct lng_value lng_value;
typedef struct lng_graph lng_graph;

/* The value of an attribute, in the member that the op's table says; the others are zero. */
typedef struct lng_attr {
    int64_t i;     /* int, bool */
    double f;      /* float */
    const char *s; /* name; the builder copies it into the graph's arena */
    lng_shape v;   /* ints: shapes, axes */
} lng_attr;

struct lng_value {
    lng_node *node;
    int port; /* which output of the node */
    lng_dtype dtype;
    bool per_example;
    lng_shape shape;
};

/* A loop: nodes that are computed `count` times in a row, for each example (loop.c). */
typedef struct lng_carry {
    lng_node *node;  /* its value in this turn: at first the operand's */
    lng_value *next; /* in the next turn */
} lng_carry;
typedef struct lng_loop lng_loop;
struct lng_loop {
    int number;      /* index in the graph */
    lng_loop *outer; /* that it is in; NULL: none */
    lng_loop *back;  /* the loop whose gradient it computes, the last turn first; NULL: none */
    int64_t count;
    bool remat;         /* what its gradient reads of a turn is computed again, from the carries, and not stacked */
    lng_value **replay; /* of a loop that goes back over such a one: what a turn computes again (loop.c) */
    lng_carry *carry;
    size_t carries, carry_capacity;
    int begin, end; /* the nodes of the loop are among these ids */
    lng_place place;
};

struct lng_node {
    int id;         /* index in the graph */
    lng_loop *loop; /* the innermost one that its results belong to; NULL: none */
    const lng_op *op;
    int n_in, n_out;
    lng_value **in;       /* n_in */
    lng_value *out;       /* n_out */
    const lng_attr *attr; /* op->n_attr, in the order of the op's table */
    const char *name;     /* where it comes from in the model ("conv2d_2.W", "dense"); identifies variables and random nodes */
    lng_place place;
};

/* A number for each value of a graph, below nodes * LNG_MAX_OUT, to index tables. */
static inline size_t lng_value_index(const lng_value *v)
{
    return (size_t)v->node->id * LNG_MAX_OUT + (size_t)v->port;
}

/* What can be observed, by name. */
typedef struct lng_output {
    const char *name;
    lng_value *value;
} lng_output;

/* A parameter or state: what lasts from step to step. A store (tape/tape.h) lays them out in the order of their list. */
typedef struct lng_variable {
    const char *name; /* full path, unique */
    lng_shape shape;
    bool parameter; /* trained by the optimizer; else state */
    lng_place place;
    const char *average_of; /* of a state: the parameter whose average it is; else NULL */
} lng_variable;

struct lng_graph {
    lng_arena *arena;
    lng_errors *errors; /* where failures to make a node are recorded; NULL: nowhere */
    lng_node **node;
    size_t nodes, node_capacity;
    lng_output *output; /* in order of declaration */
    size_t outputs, output_capacity;
    lng_map *output_named; /* their values */
    lng_output *update;    /* name: the variable's; value: shared, the variable's shape */
    size_t updates, update_capacity;
    lng_loop **loop; /* in the order in which they were opened */
    size_t loops, loop_capacity;
    lng_loop *inside; /* that is open; NULL: none */
    /* the names and places of new nodes; only the language, passes and differentiation set them */
    const char *scope;
    lng_place place;
    const lng_place *in_place;   /* of each operand, or NULL */
    const lng_place *attr_place; /* of each attribute, or NULL */
    struct lng_intern *intern;   /* equal nodes (builder.c) */
};

lng_graph *lng_graph_new(lng_arena *, lng_errors *);

/* Makes a node, or finds its equal. attr: as many as the op has, or NULL for defaults. name: required for variables and random nodes (a
 * second random node of a name gets a number); else NULL for the current scope. Returns the first output; NULL after recording an error
 * at graph->place, or at the place of the operand or attribute. */
lng_value *lng_emit(lng_graph *, const lng_op *, lng_value *const *in, int n_in, const lng_attr *attr, const char *name);

/* Declare an output, or the update of a variable. Declaring one name twice is a defect of the caller. */
void lng_graph_output(lng_graph *, const char *name, lng_value *);
void lng_graph_change_output(lng_graph *, const char *name, lng_value *); /* of one that there is */
void lng_graph_update(lng_graph *, const char *variable, lng_value *);
void lng_graph_change_update(lng_graph *, const char *variable, lng_value *); /* of one that there is */
lng_value *lng_graph_find_output(const lng_graph *, const char *name);        /* NULL if absent */
lng_value *lng_graph_find_variable(const lng_graph *, const char *name);      /* NULL if nothing reads it */
void lng_graph_forget_outputs(lng_graph *);                                   /* so that others can be declared */

/* Checks every invariant above from scratch, between passes; false after recording LNG_E_DEFECT. */
bool lng_graph_verify(const lng_graph *, lng_errors *);
/* One line per node: `%7 f32[27, 27, 6]* = conv2d(%3, %5) {stride=[1, 1]} ; conv2d` (* marks per-example). */
void lng_graph_print(const lng_graph *, lng_text *);

/* What the graph does with its variables, in 64 bits (digest.c). */
uint64_t lng_graph_digest(const lng_graph *, lng_arena *);
/* Likewise the formula of one of its values, and those of its updates, in whatever order. */
typedef struct lng_formulas {
    uint64_t value, updates;
} lng_formulas;
lng_formulas lng_graph_formulas(const lng_graph *, const lng_value *, lng_arena *);
int64_t lng_node_turns(const lng_node *);        /* how often it runs: of all loops around it; 1: it is in none */
int64_t lng_node_cost(const lng_node *);         /* multiply-adds per example, of all turns of its loops */
bool lng_graph_reduces_batch(const lng_graph *); /* whether a node's value depends on several examples */
/* Removes the nodes that nothing observable depends on, and renumbers the rest. */
void lng_graph_sweep(lng_graph *);
/* live[id]: whether some output or update depends on the node. */
bool *lng_graph_live(const lng_graph *, lng_arena *);
/* Marks, by id, all nodes that the marked ones depend on; all that depend on marked ones, if `slopes` only by ops with gradients. */
void lng_graph_mark_needed(const lng_graph *, bool *marked);
void lng_graph_mark_dependent(const lng_graph *, bool *marked, bool slopes);
/* Sets field[LNG_INPUT_INDEX] to the input, for every field of the data that an output or update depends on. */
void lng_graph_reads(const lng_graph *, lng_arena *, const lng_value **field);

/* ---- building: short forms; each emits one node (or none), and returns NULL if an operand is NULL ---- */
lng_value *lng_constant(lng_graph *, double value, lng_shape); /* f32, filled */
lng_value *lng_scalar(lng_graph *, double value);
lng_value *lng_integer(lng_graph *, int64_t value);                                        /* i32, a scalar */
lng_value *lng_read_input(lng_graph *, int index, const char *name, lng_shape, lng_dtype); /* a field of the data */
lng_value *lng_read_variable(lng_graph *, const char *name, lng_shape);
lng_value *lng_read_clock(lng_graph *, const char *what);       /* "step", "epoch", "progress", "total_steps", "batch_size" */
lng_value *lng_unary(lng_graph *, const lng_op *, lng_value *); /* an op (graph/ops.h), with default attributes */
lng_value *lng_binary(lng_graph *, const lng_op *, lng_value *, lng_value *);
lng_value *lng_ternary(lng_graph *, const lng_op *, lng_value *, lng_value *, lng_value *);
lng_value *lng_add(lng_graph *, lng_value *, lng_value *);
lng_value *lng_sub(lng_graph *, lng_value *, lng_value *);
lng_value *lng_mul(lng_graph *, lng_value *, lng_value *);
lng_value *lng_div(lng_graph *, lng_value *, lng_value *);
lng_value *lng_neg(lng_graph *, lng_value *);
lng_value *lng_matmul(lng_graph *, lng_value *a, bool transpose_a, lng_value *b, bool transpose_b);
lng_value *lng_sum(lng_graph *, lng_value *, lng_shape axes, bool keep); /* over axes; keep: they stay, as 1 */
lng_value *lng_sum_to(lng_graph *, lng_value *, lng_shape);              /* to a shape that broadcasts to the value's */
lng_value *lng_broadcast(lng_graph *, lng_value *, lng_shape);
lng_value *lng_reshape(lng_graph *, lng_value *, lng_shape);
/* x[start], x[start + step], ... before `stop` along an axis, as Python has it: a negative step goes down, to after `stop`, which may be -1. */
lng_value *lng_slice(lng_graph *, lng_value *, int axis, int64_t start, int64_t stop, int64_t step);
lng_value *lng_flip(lng_graph *, lng_value *, int axis);
/* x[i - 1] at i along an axis or, if not forward, x[i + 1]; `fill` takes the free place. */
lng_value *lng_shift(lng_graph *, lng_value *, int axis, bool forward, double fill);
lng_value *lng_gather(lng_graph *, lng_value *, lng_value *index, int axis, int batch_axes); /* op/gather.c */
lng_value *lng_batch_sum(lng_graph *, lng_value *); /* contracted (op.h) if the value's op can be */
lng_value *lng_batch_mean(lng_graph *, lng_value *);
lng_value *lng_batch_broadcast(lng_graph *, lng_value *);    /* shared -> per-example */
bool lng_value_is(const lng_value *, double x);              /* a constant of floats, each of which is x */
bool lng_value_is_constant(const lng_value *, double *fill); /* of floats; fill: NULL, or set if it is one */

/* ---- loops (loop.c) ----
 * Each value is NULL if an operand is NULL or after recording an error. All values of a loop are per-example. */
lng_loop *lng_loop_open(lng_graph *, int64_t count);      /* within the one that is open, if any */
lng_value *lng_loop_carry(lng_graph *, lng_value *start); /* of the open loop */
lng_value *lng_loop_step(lng_graph *, lng_value *x,
                         bool reverse); /* x[turn] or, in reverse, x[count - 1 - turn], of the open loop */
bool lng_loop_next(lng_graph *, lng_value *carry, lng_value *next); /* for each carry, before the loop is closed */
void lng_loop_close(lng_graph *);                                   /* the outer one is open again */
lng_value *lng_loop_last(lng_graph *, lng_value *carry);            /* what the last turn has left in it */
/* What v is in each turn, along a new first axis; in reverse, the last turn first. v may be from outside. */
lng_value *lng_loop_stack(lng_graph *, lng_loop *, lng_value *v, bool reverse);
lng_value *lng_loop_sum(lng_graph *, lng_loop *, lng_value *v); /* over the turns */
/* A random node that draws anew in each turn of the open loop, if any: a row of what is drawn for all turns. */
lng_value *lng_loop_draw(lng_graph *, const lng_op *, const lng_attr *, const char *name);
bool lng_loop_has(const lng_loop *, const lng_loop *inner); /* whether `inner` is the loop or in it */
/* The value as a node of `loop` may read it: as it is or, in a loop that goes back over the value's, its step. */
lng_value *lng_loop_reach(lng_graph *, lng_loop *, lng_value *);
/* The nodes in the order of execution: a loop is between two marks, and follows what its nodes read from outside. */
typedef struct lng_entry {
    enum { LNG_ENTRY_NODE, LNG_ENTRY_BEGIN, LNG_ENTRY_END } what;
    lng_node *node;
    lng_loop *loop;
} lng_entry;
lng_entry *lng_graph_order(const lng_graph *, lng_arena *, size_t *count);
const lng_loop *lng_loop_outermost(const lng_loop *); /* NULL: none */
/* The stage of each live node, by id: the highest of its operands', or one more if it is a sum over the batch or an op across it. All nodes of a loop,
 * and the stacks that it leaves, are in the last stage that one of them needs: of_loop, by number, for outermost loops. */
#define LNG_STAGE_ONCE (-1) /* a constant: it depends on no variable, clock, input or draw */
#define LNG_STAGE_DEAD (-2) /* not live; a loop without live nodes */
int *lng_graph_stages(const lng_graph *, const bool *live, lng_arena *, int *of_loop);

/* ---- differentiation (diff.c, diff_loop.c) ----
 * Appends the gradient of y (a scalar) with respect to each x: g[i] has x[i]'s shape and kind, and is a constant zero if y does not depend
 * on x[i]. The gradient of a per-example y is per-example too, so no sum over the batch may lie between y and x. The result can be
 * differentiated again. False after recording an error. */
bool lng_gradient(lng_graph *, lng_value *y, lng_value *const *x, size_t n, lng_value **g);

#endif
