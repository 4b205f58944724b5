/* The parts of the export to C. Not for other rooms.
 *
 * The program computes one example at a time, so an array has no lanes: its elements follow one another in the context, floats and integers apart.
 * What is known while exporting becomes a constant: all that examples share, or, in a program that trains, what neither the weights nor the run's state
 * lead to. Each other node is a call of a function; nodes of the same shape call the same.
 *
 * In the text that is built, `$` stands for the program's name and an underscore, `@` for the same in capitals. */
#ifndef LNG_EXPORT_C_H
#define LNG_EXPORT_C_H
#include "export/export.h"
#include "graph/ops.h"
#include "tape/reference.h"

typedef struct lng_c lng_c;
typedef bool lng_c_emit(lng_c *, const lng_node *); /* false after an error */

/* What an op becomes: a call of a function. */
typedef struct lng_c_row {
    const lng_op *op;
    lng_c_emit *emit;
} lng_c_row;

/* In which order a constant's numbers are stored. */
typedef enum { LNG_C_AS_IS, LNG_C_SWAPPED /* the last two dimensions */ } lng_c_layout;

typedef struct lng_c_constant {
    const lng_value *value;
    const lng_reference *from;
    lng_c_layout layout;
    bool small; /* whole numbers of 8 bits */
    const char *name;
    int64_t padding; /* zeros at the end, which vectors reach but do not use */
} lng_c_constant;

/* Where a value is. */
typedef struct lng_c_home {
    int64_t at;      /* in the context's floats or integers */
    int last;        /* when it is read for the last time; 0: never */
    bool given, out; /* it is the caller's: an input, or the output */
    bool kept;       /* of all examples of a batch, one after the other */
    struct lng_pool_block *block;
} lng_c_home;

struct lng_c {
    lng_arena *arena;
    lng_errors *errors;
    lng_c_program *program;
    /* the graph in hand */
    const lng_graph *graph;
    bool steps; /* it is that of a training step */
    bool draws; /* its examples have numbers of their own, by which they draw */
    const lng_reference *shared;
    const bool *live, *computed; /* by node: something depends on it; it is computed by the program */
    int *stage;                  /* of a step, by node: in which loop over the examples it is; -1: in none */
    const lng_entry *order;
    size_t entries;
    int now;             /* the number of the entry in hand, from 1 */
    bool *runs;          /* by loop: whether a live node is in it */
    int depth;           /* of the loops around the calls */
    const char *example; /* of a step: the place in the batch */
    const lng_value *out;
    const char *out_name; /* the parameter that it goes to; NULL: to none */
    lng_c_home *home;     /* by lng_value_index */
    struct lng_pool *floats, *integers, *bytes;
    lng_map *functions; /* names, by parameters and body */
    lng_map *names;
    lng_c_constant **constant;
    size_t constants, capacity;
    lng_text code, calls;
    struct lng_c_total *sum;           /* of a step, by node */
    struct lng_pool_block *scratch[2]; /* of the node in hand, in the context's floats and bytes */
    bool *learned;                     /* by node: whether a trained value leads to it; only where the weights are in a file */
    uint32_t form;                     /* a digest of the program without its weights, which their file repeats */
    int64_t slack;                     /* floats after the context's last, which vectors reach but do not use */
    struct lng_c_learner *learner;     /* of a program that trains; else NULL */
};

/* c.c: the code of one graph */
bool lng_c_compile_graph(lng_c *, const lng_graph *);
void lng_c_put(const lng_c *, lng_text *, const char *text); /* with the program's name for `$` and `@` */
const char *lng_c_safe(lng_arena *, const char *);           /* in a comment */
void lng_c_make_example(const lng_c_field *, const lng_value *, int64_t example, uint32_t *state); /* of the self-test */
const lng_value **lng_c_reads(const lng_c *); /* the fields that the graph in hand reads, by index */
const char *lng_c_parameters(const lng_c *);  /* of the function that predicts */
void lng_c_declare_names(const lng_c *, lng_text *);
void lng_c_write_names(const lng_c *, lng_text *);
void lng_c_write_predict(const lng_c *, lng_text *);
/* The machine and the mathematics that functions need. */
void lng_c_support(const lng_c *, const lng_text *functions, lng_text *);
extern const char lng_c_machine[], lng_c_vectors[], lng_c_whole_numbers[]; /* c_machine.c */

/* c_memory.c */
const lng_value *lng_c_behind(const lng_value *); /* whose memory a value has */
void lng_c_memory_begin(lng_c *);
void lng_c_place(lng_c *, const lng_node *,
                 const lng_value *over); /* gives its results a place; over: which it may write over; NULL: none */
/* Memory for the node in hand, as an argument. */
const char *lng_c_scratch(lng_c *, int64_t floats), *lng_c_scratch_bytes(lng_c *, int64_t bytes);
void lng_c_leave(lng_c *, const lng_node *);       /* after its call: what nobody reads later is free */
void lng_c_leave_all(lng_c *);                     /* after a loop, of all values */
bool lng_c_dies(const lng_c *, const lng_value *); /* whether the node in hand reads it last */
bool lng_c_is_computed(const lng_c *, const lng_value *);
bool lng_c_is_variable_of(const lng_c *, const lng_value *, const lng_value *result); /* that it is written to */
lng_c_home *lng_c_home_of(const lng_c *, const lng_value *);
void lng_c_take(lng_c *, const lng_value *, int64_t size); /* its place, of so many elements */
bool lng_c_is_placed(const lng_c *, const lng_value *);    /* before its node is in hand: it is kept, or the caller's */
bool lng_c_is_read(const lng_c *, const lng_value *);
const char *lng_c_at(lng_c *, const lng_value *); /* an operand or result as an argument */
/* The same of a node's second operand, its weights. */
const char *lng_c_weights(lng_c *, const lng_node *, lng_c_layout, int64_t padding);
const lng_quantized *lng_c_quantized(const lng_c *, const lng_node *); /* what they are in 8 bits; NULL: in floats */

const char *lng_c_parameter(lng_arena *, const char *field); /* its name as a parameter, which is no word of C */
int64_t lng_c_floats(const lng_c *), lng_c_integers(const lng_c *), lng_c_bytes(const lng_c *); /* of the context */

/* c_step.c: the order of a training step, and its sums over the batch */
/* What is added up over the batch: the sums of slices that wait for others, which end with the whole; of an op with lanes also the terms of a slice. */
typedef struct lng_c_total {
    int64_t lanes, term; /* where they are, in the context's floats */
    struct lng_pool_block *block;
} lng_c_total;
void lng_c_order_step(lng_c *);
void lng_c_place_variables(lng_c *);
void lng_c_read_results(lng_c *); /* those that last: the updates, and the loss */
void lng_c_examples_begin(lng_c *);
void lng_c_examples_end(lng_c *);
const char *lng_c_part_at(lng_c *, const lng_node *); /* where a sum over the batch is to put the term of an example, or add it */
void lng_c_part_end(lng_c *, const lng_node *);       /* after its call */
void lng_c_update(lng_c *);                           /* the end of a step */

/* c_learner.c: the program that trains */
typedef struct lng_c_learner {
    const lng_variable **variable; /* that the program has */
    int64_t *at;                   /* in the context's floats */
    size_t variables;
    int64_t state;            /* floats of all */
    int64_t floats, integers; /* of the context */
    bool draws;               /* that of the step */
    lng_text step;            /* the calls */
    const lng_value **reads;  /* the fields, by index */
    bool *trained;            /* whether the step reads them */
} lng_c_learner;
bool lng_c_compile_learner(lng_c *);
#define LNG_C_DIGEST 2166136261u                     /* of no numbers */
int lng_c_examples(const lng_c_program *, int step); /* of a step of the self-test; their rows follow those of the steps before */
uint32_t lng_c_digest(uint32_t before, const void *words, int64_t);
uint32_t lng_c_state(const lng_c_program *, const lng_store *); /* the digest of what lasts */
void lng_c_write_learner(lng_c *, const char *header_file, lng_text *header, lng_text *source);

/* c_loop.c */
void lng_c_loop_begin(lng_c *, const lng_loop *);
void lng_c_loop_end(lng_c *, const lng_loop *);
/* What leads from a value of so many rows, each of `size` elements, to the row that a node at the border of a loop has in this turn. */
const char *lng_c_row_at(lng_c *, const lng_node *, int64_t rows, int64_t size);

/* c_constant.c: the constants, in the program or in a file of their own */
int64_t lng_c_constant_bytes(const lng_c *);
void lng_c_constants(const lng_c *, lng_text *);
void lng_c_file_declare(const lng_c *, lng_text *); /* the type of the file, and what checks one */
void lng_c_file_open(const lng_c *, lng_text *);
void lng_c_put_check(lng_text *);                /* a function that computes a CRC-32 */
void lng_c_file_read(const lng_c *, lng_text *); /* for the self-test: $read, which LNG_C_OPEN_FILE calls in its `main` */
void lng_c_file_write(const lng_c *, lng_text *);
#define LNG_C_OPEN_FILE                                                                                                            \
    "    const $weights *const w = $read($arguments > 1 ? $argument[1] : 0);\n"                                                    \
    "    if (!w) {\n"                                                                                                              \
    "        printf(\"the argument is not the file of weights that was written with this program\\n\");\n"                         \
    "        return 100;\n"                                                                                                        \
    "    }\n"

/* c_prepare.c */
void lng_c_prepare_declare(const lng_c *, const lng_value *const *reads, lng_text *);
void lng_c_prepare_define(const lng_c *, lng_text *);

/* c_call.c */
typedef struct lng_c_call {
    lng_c *c;
    const lng_node *node;
    const char *kind;
    lng_text parameters, arguments, body;
} lng_c_call;
lng_c_call lng_c_call_begin(lng_c *, const lng_node *);
void lng_c_pass(lng_c_call *, const char *type, const char *name, const char *argument);
void lng_c_pass_word(lng_c_call *, const char *type, const char *name, const char *argument);
void lng_c_pass_operand(lng_c_call *, int k, const char *name);
void lng_c_pass_result(lng_c_call *);
/* A call with the first operands under these names, and the result as y. */
lng_c_call lng_c_call_of(lng_c *, const lng_node *, int operands, const char *const *name);
void lng_c_pass_winner(lng_c_call *); /* the second result, an index */
/* Adds lines to the body, at a depth. */
void lng_c_line(lng_c_call *, int depth, const char *format, ...) __attribute__((format(printf, 3, 4)));
void lng_c_statement(lng_c *, const char *format, ...) __attribute__((format(printf, 2, 3))); /* among the calls */
bool lng_c_call_end(lng_c_call *);
const char *lng_c_identifier(lng_arena *, const char *);
const char *lng_c_quoted(lng_arena *, const char *); /* the inside of a string */
const char *lng_c_float(lng_arena *, float);         /* a literal */
const char *lng_c_exact(lng_arena *, float);         /* all its bits, where only a constant may stand */
const char *lng_c_type(const lng_value *);

/* A nest of loops over the elements of a result, and the steps of arrays in it. */
enum { LNG_C_ARRAYS = LNG_MAX_IN + 1 };
typedef struct lng_c_nest {
    int rank;
    int64_t extent[LNG_MAX_RANK], step[LNG_C_ARRAYS][LNG_MAX_RANK], start[LNG_C_ARRAYS];
} lng_c_nest;
void lng_c_nest_broadcast(lng_c_nest *, int array, lng_shape to, lng_shape from);
void lng_c_nest_merge(lng_c_nest *, int arrays);
int lng_c_nest_open(lng_c_call *, const lng_c_nest *, const char *letter, int depth); /* the depth within */
const char *lng_c_nest_at(lng_arena *, const lng_c_nest *, int array, const char *letter);

/* The rows or columns of a window that are in the image: v0 and v1, if that is the name. */
struct lng_axis;
void lng_c_window_of_axis(lng_c_call *, const struct lng_axis *, const char *name, const char *output, int depth);

/* the ops, and the table of them */
lng_c_emit lng_c_pointwise, lng_c_matmul, lng_c_conv2d, lng_c_conv2d_pool, lng_c_conv2d_transpose, lng_c_pool, lng_c_sum,
    lng_c_prod, lng_c_winner, lng_c_softmax, lng_c_slice, lng_c_pad, lng_c_flip, lng_c_transpose, lng_c_broadcast, lng_c_concat,
    lng_c_gather, lng_c_one_hot, lng_c_recurrence, lng_c_carry, lng_c_stack, lng_c_matmul_batch, lng_c_batch_sum, lng_c_batch_roll,
    lng_c_conv2d_weight_grad, lng_c_conv2d_pool_weight_grad, lng_c_conv2d_pool_input_grad, lng_c_conv2d_pool_wide_grad,
    lng_c_conv2d_pool_index, lng_c_max_pool_grad, lng_c_avg_pool_grad, lng_c_scatter_add, lng_c_draw, lng_c_clock,
    lng_c_sample_affine, lng_c_sample_affine_grad, lng_c_sample_affine_map_grad, lng_c_argsort;
const lng_c_row *lng_c_row_of(const lng_op *);
bool lng_c_adds_lanes(const lng_op *); /* of a sum over the batch: the lanes of a slice in the tree, else one after the other */

/* c_math.c, and for training c_step_math.c: the functions that a text calls, with all that they need; later ones may call earlier ones */
typedef struct lng_c_function {
    const char *name, *text;
} lng_c_function;
extern const lng_c_function lng_c_step_functions[]; /* ends with NULL */
void lng_c_math(lng_arena *, const lng_text *calls, lng_text *to);
void lng_c_math_names(lng_map *); /* adds the names of all functions */

#endif
