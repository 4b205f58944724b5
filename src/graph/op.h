/* The op table: everything that lngraph knows about an op, in one struct, in one file (src/op/NAME.c).
 *
 * From it come attribute parsing and its errors, shape and gradient rules, the manual, and the generated tests. The list of ops is
 * made from the file names when the build is bootstrapped.
 *
 * An op's file is compiled once per instruction-set level, and for the tests once more in double. Its kernel part is in every one of
 * these; its table (under #ifdef LNG_TABLE) only in one; what it is tested with (op/cases.h) only for the tests. The macros that depend
 * on this are in op/kernel.h. */
#ifndef LNG_GRAPH_OP_H
#define LNG_GRAPH_OP_H
#include "base/random.h"
#include "graph/attributes.h"
#include "graph/graph.h"

#define LNG_LANES 16

/* ---- tables ---- */
typedef enum { LNG_ANY_DTYPE, LNG_FLOAT_ONLY, LNG_INT_ONLY } lng_port_dtype;

typedef struct lng_port {
    const char *name;
    lng_port_dtype dtype;
    const char *about;
} lng_port;

typedef enum { LNG_ATTR_INT, LNG_ATTR_FLOAT, LNG_ATTR_BOOL, LNG_ATTR_NAME, LNG_ATTR_INTS } lng_attr_type;

typedef struct lng_attr_spec {
    const char *name;
    lng_attr_type type;
    bool required; /* else `fallback` */
    lng_attr fallback;
    double low, high;         /* allowed range of a number, or of each int of a list; ignored when low == high */
    const char *choices;      /* of a name: "valid same" */
    int min_count, max_count; /* of a list */
    const char *about;
} lng_attr_spec;

enum lng_op_flag {
    LNG_OP_HIDDEN = 1,    /* made by rules and passes; not callable from YAML */
    LNG_OP_POINTWISE = 2, /* out[i] depends on in[..][i] only; operands broadcast (numpy's rule) */
    LNG_OP_MONOTONE = 4,  /* pointwise, one operand, non-decreasing, NaN to NaN */
    LNG_OP_COMMUTES = 8,  /* op(a, b) == op(b, a) bit for bit */
    LNG_OP_VIEW = 16,     /* the output is the operand's memory under another shape */
    LNG_OP_STORED = 32,   /* the value has a place of its own (variables): no instruction computes it */
    LNG_OP_RANDOM = 64,   /* draws: never merged, never folded */
    LNG_OP_BATCH =
        128, /* per-example operands, shared output: a sum over the live examples (a partial per slice, combined in the tree) */
    LNG_OP_SHARED_OUT = 256,   /* output shared whatever the operands (constants, clocks, variables) */
    LNG_OP_PER_EXAMPLE = 512,  /* output per-example whatever the operands (inputs, draws, batch_broadcast) */
    LNG_OP_SPLITS = 1024,      /* of a shared node, the fast kernel can compute a part of the elements: call->part of call->parts */
    LNG_OP_SLICE_SPLITS = 2048 /* of a per-example node, too: any division into parts that leaves none out */
};

/* Shape rule: reads in, attr; sets shape[] and dtype[] (preset: f32). */
typedef struct lng_infer {
    const lng_op *op;
    lng_value *const *in;
    int n_in;
    const lng_attr *attr;
    lng_shape shape[LNG_MAX_OUT];
    lng_dtype dtype[LNG_MAX_OUT];
    bool per_example; /* preset from the operands and the op's flags; a rule may decide otherwise */
    /* on failure */
    lng_code code;
    int bad_in, bad_attr; /* which operand or attribute is to blame; -1: none */
    char why[320];
} lng_infer;
/* Fill in the failure; always false. `which` is an operand's index, or attribute's; -1 for none. */
bool lng_infer_fail_in(lng_infer *, int which, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool lng_infer_fail_attr(lng_infer *, int which, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Gradient rule: given the adjoints of the outputs (NULL: none flows), emit those of the operands that are wanted.
 * A rule may leave gin[i] in the broadcast shape for pointwise ops, and per-example for a shared operand: the caller sums. */
typedef struct lng_vjp {
    lng_graph *graph;
    const lng_node *node;
    lng_value *gout[LNG_MAX_OUT];
    bool wants[LNG_MAX_IN];
    lng_value *gin[LNG_MAX_IN]; /* NULL: no gradient (not differentiable in this operand) */
} lng_vjp;

struct lng_op {
    const char *name;
    const char *about; /* one line, plain text */
    const char *math;  /* the formula, plain text; order of summation where there is one */
    unsigned flags;
    const lng_port *in, *out;
    const lng_attr_spec *attr;
    int n_in, n_optional, n_out, n_attr; /* operands: n_in in all, the last n_optional may be missing */
    bool (*infer)(lng_infer *);
    void (*vjp)(lng_vjp *); /* NULL: not differentiable (stops the gradient) */
    lng_value *(*contract)(lng_graph *,
                           const lng_node *); /* batch_sum of this node's output without storing it per example; may give NULL */
    int64_t (*cost)(const lng_node *);        /* multiply-adds per example; NULL: none */
    const char *example;                      /* a line of YAML or an expression that can be pasted */
};

extern const lng_op *const lng_ops[]; /* sorted by name */
extern const size_t lng_op_count;
const lng_op *
lng_op_find(const char *name); /* what a user calls it; NULL when there is none. Code says &lng_op_NAME (graph/ops.h) */
int lng_op_index(const lng_op *);
int lng_op_attr_index(
    const lng_op *, const char *attr); /* what a user calls it; -1 when there is none. Code says LNG_OP_ATTR (graph/attributes.h) */

/* ---- kernels ---- */
/* What a run tells its kernels. */
typedef struct lng_field {
    const void *at; /* rows of `size` elements, row-major */
    enum { LNG_FIELD_U8, LNG_FIELD_F32, LNG_FIELD_I32 } type;
    int64_t size; /* elements of one example */
} lng_field;
typedef struct lng_clock {
    uint64_t seed;
    uint32_t step;          /* from 0 */
    int epoch;              /* from 0 */
    double progress;        /* 0 at the first step, towards 1 at the last */
    int batch;              /* live examples of this batch */
    const lng_field *field; /* by the index attribute of `input` */
} lng_clock;

/* A naive kernel computes ONE example: element e of operand k is at[e * step]. Batch ops compute one slice: lane l of element e
 * of a per-example operand is at[e * step + l], for l < live, and the (shared) output is the slice's partial. */
typedef struct lng_view {
    void *at;
    ptrdiff_t step;
} lng_view;
typedef struct lng_naive_call {
    const lng_node *node;
    lng_view in[LNG_MAX_IN], out[LNG_MAX_OUT]; /* out[i].at == NULL: nobody reads it */
    int live;
    uint32_t example; /* index in the data set; LNG_NO_EXAMPLE for shared values */
    const lng_clock *clock;
} lng_naive_call;
typedef void lng_naive_kernel(const lng_naive_call *);

/* A fast kernel computes one slice (16 lanes, all of them; batch ops honour `live` and `add`), or one shared value.
 * Per-example operands are [element][16]; shared ones [element], padded to 16 with anything. All are aligned to 64 bytes.
 * Outputs never overlap operands, except that a pointwise kernel may write over an operand of the same shape and kind. */
typedef struct lng_call {
    const lng_node *node;
    const void *plan; /* what prepare made */
    void *in[LNG_MAX_IN], *out[LNG_MAX_OUT];
    int live;
    bool add;                /* batch ops: the partial, once computed, is added to what the output holds */
    int part, parts;         /* ops that split; shared nodes: the range of vectors n part / parts .. n (part + 1) / parts, of n */
    const uint32_t *example; /* 16 indices in the data set (dead lanes repeat the last live); NULL in shared segments */
    const lng_clock *clock;
    void *scratch; /* of the size that prepare asked for, aligned to 64, the thread's own; contents undefined */
} lng_call;
typedef void lng_kernel(const lng_call *);

/* A pointwise op as a step of a fused program: out[i] = f(in[0][i], in[1][i], in[2][i]) for n vectors of 16, all operands laid out
 * per example. The output may be an operand. */
typedef void lng_tile(void *out, const void *const *in, size_t n);

/* What an op offers at one instruction-set level. pick chooses a kernel for a node from its shapes and kinds, NULL when only the
 * naive one will do; it may put a plan into the arena and ask for scratch bytes. */
typedef struct lng_kernels {
    lng_naive_kernel *naive; /* NULL: that of the baseline, and there is a fast one for every node */
    lng_kernel *(*pick)(const lng_node *, lng_arena *, const void **plan, size_t *scratch);
    lng_tile *(*tile)(const lng_node *); /* of pointwise ops */
} lng_kernels;

#endif
