/* The parts of the export to ONNX. Not for other rooms.
 *
 * A per-example value of shape [s] is a tensor [N, s]; what is shared is computed while exporting, and becomes an initializer. lngraph has the channels
 * of an image last, ONNX first: a value is kept in the order in which it was computed, and transposed where another reader needs the other order. */
#ifndef LNG_EXPORT_ONNX_H
#define LNG_EXPORT_ONNX_H
#include "export/export.h"
#include "graph/ops.h"
#include "tape/reference.h"

typedef struct lng_onnx lng_onnx;
typedef bool lng_onnx_emit(lng_onnx *, const lng_node *);                                            /* false after an error */
typedef const char *lng_onnx_formula(lng_onnx *, const lng_node *, const char *const *in, int n_in); /* the name of the result */

/* What an op becomes. */
typedef struct lng_onnx_row {
    const lng_op *op;
    lng_onnx_emit *emit;
    const char *type;          /* of the ONNX operator, where it is one */
    lng_onnx_formula *formula; /* of pointwise ops that are several */
} lng_onnx_row;
const lng_onnx_row *lng_onnx_row_of(const lng_op *);

/* Types of tensors: TensorProto.DataType. */
enum { LNG_ONNX_FLOAT = 1, LNG_ONNX_INT32 = 6, LNG_ONNX_INT64 = 7, LNG_ONNX_DOUBLE = 11 };
static inline int lng_onnx_type(lng_dtype dtype)
{
    return dtype == LNG_I32 ? LNG_ONNX_INT32 : LNG_ONNX_FLOAT;
}

/* In which order a tensor's dimensions are. */
typedef enum {
    LNG_ONNX_AS_IS,
    LNG_ONNX_CHANNELS_FIRST, /* of an image, or what stretches to one: [c, h, w] */
    LNG_ONNX_KERNEL,         /* of a convolution's weights: [o, c, kh, kw] */
    LNG_ONNX_SWAPPED,        /* the last two */
    LNG_ONNX_ORDERS
} lng_onnx_order;

/* What comes into a loop turn by turn, or leaves it so: a tensor outside and one of a turn. */
typedef struct lng_onnx_crossing {
    const lng_node *node;
    const char *outside, *inside;
} lng_onnx_crossing;

/* Where nodes are written: the graph, or the body of a loop. */
typedef struct lng_onnx_body lng_onnx_body;
struct lng_onnx_body {
    lng_onnx_body *outer;
    const lng_loop *loop; /* NULL: the graph */
    lng_text nodes;
    lng_onnx_crossing *step, *stack;
    size_t steps, step_capacity, stacks, stack_capacity;
};

struct lng_onnx {
    lng_arena *arena;
    lng_errors *errors;
    const lng_graph *graph;
    const lng_reference *shared;
    const lng_value *some;              /* an input, whose tensor tells the number of examples */
    const char **name[LNG_ONNX_ORDERS]; /* of values' tensors, by lng_value_index; NULL: not there in this order */
    const bool *winners;                /* by id: whether a second result, which of a window is the largest, is read */
    const char **carried;               /* of carries, by id: the tensor at the start; after the loop, at the end */
    lng_map *names;                     /* that are taken */
    lng_map *constants;                 /* names, by content */
    lng_onnx_body *body;                /* of the node in hand */
    lng_text inputs, properties, initializers;
    lng_text attributes; /* of the node to be made next */
    const char *scope;   /* of the node in hand */
};

/* ---- Protocol Buffers ---- */
void lng_proto_int(lng_text *, int field, int64_t);
void lng_proto_bytes(lng_text *, int field, const void *, size_t);
void lng_proto_string(lng_text *, int field, const char *);

/* A port of a graph, of shape [N, shape] or, if all examples share it, of that shape. */
void lng_onnx_port(lng_text *, int field, const char *name, lng_dtype, lng_shape, bool per_example);

/* ---- nodes ---- */
const char *lng_onnx_new_name(lng_onnx *, const char *wanted);
void lng_onnx_int(lng_onnx *, const char *attribute, int64_t);
void lng_onnx_ints(lng_onnx *, const char *attribute, const int64_t *, int n);
void lng_onnx_word(lng_onnx *, const char *attribute, const char *);
void lng_onnx_graph(lng_onnx *, const char *attribute, const lng_text *);
/* A node with the attributes that were set since the last one, and outputs of these names. */
void lng_onnx_put(lng_onnx *, const char *name, const char *type, const char *const *in, int n_in, const char *const *out,
                  int n_out);
/* The same; returns the name of its output `which`, of as many as `outputs`. */
const char *lng_onnx_node_of(lng_onnx *, const char *type, const char *const *in, int n_in, int outputs, int which);
void lng_onnx_finish(lng_onnx *, const char *, const char *name); /* gives a tensor a name of the graph's outputs */
const char *lng_onnx_unary(lng_onnx *, const char *type, const char *);
const char *lng_onnx_binary(lng_onnx *, const char *type, const char *, const char *);
const char *lng_onnx_where(lng_onnx *, const char *condition, const char *, const char *);
const char *lng_onnx_cast(lng_onnx *, const char *, lng_dtype);
const char *lng_onnx_number(lng_onnx *, lng_dtype, double);     /* a scalar */
const char *lng_onnx_shape(lng_onnx *, const int64_t *, int n); /* a row of 64-bit integers */
const char *lng_onnx_floats(lng_onnx *, const char *wanted, const float *, lng_shape);
const char *lng_onnx_doubles(lng_onnx *, const char *wanted, const double *, lng_shape);
const char *lng_onnx_range(lng_onnx *, int64_t n);                 /* 0, 1, ... as 32-bit integers */
const char *lng_onnx_reshape(lng_onnx *, const char *, lng_shape); /* [N, shape] */
const char *lng_onnx_slice(lng_onnx *, const char *, int axis, int64_t start, int64_t stop, int64_t step); /* axis: of the tensor */
const char *lng_onnx_pad(lng_onnx *, const char *, lng_dtype, int rank, int axis, int64_t before, int64_t after); /* likewise */

/* ---- fields ---- */
const char *lng_onnx_prepared(lng_onnx *, const lng_onnx_field *, lng_shape); /* as the graph reads it */

/* ---- loops ---- */
void lng_onnx_loop_begin(lng_onnx *, const lng_loop *);
void lng_onnx_loop_end(lng_onnx *);
const char *lng_onnx_recurred(lng_onnx *, const lng_node *, int axis); /* a linear recurrence; axis: of the tensor */

/* ---- values ---- */
const char *lng_onnx_read(lng_onnx *, const lng_value *, lng_onnx_order);
/* A per-example value with ones before its dimensions, up to a rank; a shared one as it is, as it stretches. */
const char *lng_onnx_stretched(lng_onnx *, const lng_value *, int rank, lng_onnx_order);
const char *lng_onnx_expanded(lng_onnx *, const lng_value *, lng_shape); /* as [N, shape] or, of a shared one, [1, shape] */
const char *lng_onnx_batched(lng_onnx *, const lng_value *);             /* a shared value, too, as [N, shape] */
bool lng_onnx_result(lng_onnx *, const lng_value *, const char *name, lng_onnx_order);
bool lng_onnx_done(lng_onnx *, const lng_node *, const char *name); /* the same of a node's only result, as it is */
bool lng_onnx_image_first(const lng_onnx *, const lng_value *);     /* whether it is there with its channels first, and not last */
int lng_onnx_axis(int64_t given, int rank);                         /* of the tensor, for one of the value, which may be negative */

lng_onnx_emit lng_onnx_pointwise, lng_onnx_view, lng_onnx_reshaped, lng_onnx_matmul, lng_onnx_conv2d, lng_onnx_conv2d_transpose,
    lng_onnx_sample, lng_onnx_pool, lng_onnx_reduce, lng_onnx_argmax, lng_onnx_argsort, lng_onnx_softmax, lng_onnx_slice_op,
    lng_onnx_flip, lng_onnx_pad_op, lng_onnx_transpose, lng_onnx_broadcast, lng_onnx_concat, lng_onnx_gather, lng_onnx_one_hot,
    lng_onnx_recurrence, lng_onnx_spread, lng_onnx_carry, lng_onnx_last, lng_onnx_step, lng_onnx_stack;
lng_onnx_formula lng_onnx_comparison, lng_onnx_not_equal, lng_onnx_select, lng_onnx_to_float, lng_onnx_to_int, lng_onnx_expm1,
    lng_onnx_log1p, lng_onnx_xlogy, lng_onnx_round_int8, lng_onnx_remainder, lng_onnx_floor_divide;

#endif
