/* The parts of the export to C. Not for other rooms.
 *
 * The program computes one example, so an array has no lanes: its elements follow one another in the context, floats and integers apart. What is
 * shared is computed while exporting, and becomes a constant. Each other node is a call of a function; nodes of the same shape call the same.
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
    struct lng_pool_block *block;
} lng_c_home;

struct lng_c {
    lng_arena *arena;
    lng_errors *errors;
    lng_c_program *program;
    const lng_reference *shared;
    const bool *live;
    const lng_entry *order;
    size_t entries;
    int now;    /* the number of the entry in hand, from 1 */
    bool *runs; /* by loop: whether a live node is in it */
    int depth;  /* of the loops around the calls */
    const lng_value *out;
    const char *out_name; /* the parameter that it goes to */
    lng_c_home *home;     /* by lng_value_index */
    struct lng_pool *floats, *integers, *bytes;
    lng_map *functions; /* names, by parameters and body */
    lng_map *names;
    lng_c_constant **constant;
    size_t constants, capacity;
    lng_text code, calls;
    struct lng_pool_block *scratch[2]; /* of the node in hand, in the context's floats and bytes */
    bool *learned;                     /* by node: whether a trained value leads to it; only where the weights are in a file */
    uint32_t form;                     /* a digest of the program without its weights, which their file repeats */
    int64_t slack;                     /* floats after the context's last, which vectors reach but do not use */
};

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
const char *lng_c_at(lng_c *, const lng_value *);  /* an operand or result as an argument */
/* The same of a node's second operand, its weights. */
const char *lng_c_weights(lng_c *, const lng_node *, lng_c_layout, int64_t padding);
const lng_quantized *lng_c_quantized(const lng_c *, const lng_node *); /* what they are in 8 bits; NULL: in floats */

const char *lng_c_parameter(lng_arena *, const char *field); /* its name as a parameter, which is no word of C */
int64_t lng_c_floats(const lng_c *), lng_c_integers(const lng_c *), lng_c_bytes(const lng_c *); /* of the context */

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
void lng_c_pass_operand(lng_c_call *, int k, const char *name);
void lng_c_pass_result(lng_c_call *);
/* Adds lines to the body, at a depth. */
void lng_c_line(lng_c_call *, int depth, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool lng_c_call_end(lng_c_call *);
const char *lng_c_identifier(lng_arena *, const char *);
const char *lng_c_quoted(lng_arena *, const char *); /* the inside of a string */
const char *lng_c_float(lng_arena *, float);         /* a literal */
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

/* the ops, and the table of them */
lng_c_emit lng_c_pointwise, lng_c_matmul, lng_c_conv2d, lng_c_conv2d_pool, lng_c_conv2d_transpose, lng_c_pool, lng_c_sum,
    lng_c_prod, lng_c_winner, lng_c_softmax, lng_c_slice, lng_c_pad, lng_c_flip, lng_c_transpose, lng_c_broadcast, lng_c_concat,
    lng_c_gather, lng_c_one_hot, lng_c_recurrence, lng_c_carry, lng_c_stack;
const lng_c_row *lng_c_row_of(const lng_op *);

/* c_math.c: the functions that a text calls, with all that they need */
void lng_c_math(const lng_text *calls, lng_text *to);
void lng_c_math_names(lng_map *); /* adds the names of all functions */

#endif
