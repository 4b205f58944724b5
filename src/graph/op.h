/* The op table: everything that lngraph knows about an op, in one struct, in one file (src/op/NAME.c).
 *
 * Attribute parsing and its errors, shape and gradient rules, the manual and the generated tests all use it. ./bootstrap makes the list of
 * ops from the file names.
 *
 * An op's file is compiled once per instruction-set level, and once more in double to check gradients. Each compilation contains the
 * kernels; only one contains the table (#ifdef LNG_TABLE), and only one more, for the tests, the test data (op/cases.h). The macros that
 * depend on this are in op/kernel.h. */
#ifndef LNG_GRAPH_OP_H
#define LNG_GRAPH_OP_H
#include "base/random.h"
#include "graph/attributes.h"
#include "graph/graph.h"

#define LNG_LANES       16
#define LNG_MAX_GROUP   8  /* most slices in one call */
#define LNG_MAX_ROWWISE 64 /* of an op that computes rows of its result (LNG_OP_ROWWISE) */

/* ---- tables ---- */
typedef enum { LNG_ANY_DTYPE, LNG_FLOAT_ONLY, LNG_INT_ONLY } lng_port_dtype;

typedef struct lng_port {
    const char *name;
    lng_port_dtype dtype;
    const char *about;
} lng_port;

/* A padding is one of the `choices` or, as ints, the numbers before and after each axis. */
typedef enum { LNG_ATTR_INT, LNG_ATTR_FLOAT, LNG_ATTR_BOOL, LNG_ATTR_NAME, LNG_ATTR_INTS, LNG_ATTR_PADDING } lng_attr_type;

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
    LNG_OP_HIDDEN = 1,          /* made by rules and passes; cannot be called from YAML */
    LNG_OP_POINTWISE = 2,       /* out[i] depends only on in[..][i]; operands broadcast (numpy's rule) */
    LNG_OP_MONOTONE = 4,        /* pointwise, one operand, may move past a max-pool: see pass/pool_activation.c */
    LNG_OP_COMMUTES = 8,        /* op(a, b) == op(b, a) bit for bit */
    LNG_OP_VIEW = 16,           /* the output is the operand's memory under another shape */
    LNG_OP_STORED = 32,         /* the value is kept in the store (variables): no instruction computes it */
    LNG_OP_RANDOM = 64,         /* draws: never merged, never folded */
    LNG_OP_BATCH = 128,         /* per-example operands, shared output: each slice gives a partial sum over its live examples */
    LNG_OP_SHARED_OUT = 256,    /* the output is shared whatever the operands (constants, the clock, variables) */
    LNG_OP_PER_EXAMPLE = 512,   /* the output is per-example whatever the operands (inputs, draws, batch_broadcast) */
    LNG_OP_SPLITS = 1024,       /* the fast kernel of a shared node can compute a part of the elements: call->part of call->parts */
    LNG_OP_SLICE_SPLITS = 2048, /* that of any node can compute a part of its own choice; the parts together leave nothing out */
    LNG_OP_ANY_NUMBER = 4096,   /* op(a, b, c) == op(op(a, b), c): a call takes any number of operands */
    LNG_OP_MOVES = 8192,        /* the result has numbers of its only operand, in another place or shape */
    LNG_OP_ACTIVATION = 16384,  /* listed among the activations, beside the blocks of std/activations.yaml */
    LNG_OP_ACROSS = 32768,      /* per-example, of what other examples have: runs when a stage is through for the whole batch */
    LNG_OP_ENTERS = 65536,      /* the result belongs to the loop that attribute LNG_LOOP_NUMBER says, and the operand need not */
    LNG_OP_LEAVES = 131072,     /* the operand belongs to that loop, and the result is outside of it */
    LNG_OP_ROWWISE = 262144, /* a batch op whose fast kernel can take all slices at once, and compute a part of the result's rows */
    LNG_OP_OVERWRITES = 524288, /* not pointwise, but may write over an operand of the result's shape: it goes row by row */
};

/* What a shape rule reads (in, attr) and sets (shape, and dtype if it is not f32). */
typedef struct lng_infer {
    const lng_op *op;
    lng_value *const *in;
    int n_in;
    const lng_attr *attr;
    lng_shape shape[LNG_MAX_OUT];
    lng_dtype dtype[LNG_MAX_OUT];
    bool per_example; /* preset from the operands and the op's flags; a rule may change it */
    /* after a failure */
    lng_code code;
    int bad_in, bad_attr; /* the operand or attribute to blame; -1: none */
    char why[320];
} lng_infer;
/* Record a failure and return false. `which`: the index of the operand or attribute to blame; -1: none. */
bool lng_infer_fail_in(lng_infer *, int which, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool lng_infer_fail_attr(lng_infer *, int which, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Whether an operand has this rank; if not, records that it should be what `words` say: "weights [kh, kw, c, o]". */
bool lng_infer_expect(lng_infer *, int which, lng_shape);
bool lng_infer_fail_operand(lng_infer *, int which, const char *expected);
/* Whether a number given for attribute `which` is an axis of the first operand, from the start or, negative, from the end; sets *axis. */
bool lng_infer_axis(lng_infer *, int which, int64_t given, int *axis);
/* Everything that must hold for a node to be made: number and dtypes of operands, ranges of attributes, kinds, the op's shape rule, sizes
 * of results. False after recording a failure. */
bool lng_infer_node(lng_infer *);
/* The shape rule of pointwise ops: outputs get the operands' common shape. */
bool lng_infer_pointwise(lng_infer *);
/* The same where all operands have one dtype: with a result of floats, and with one of that dtype, as what only moves values has. */
bool lng_infer_comparison(lng_infer *);
bool lng_infer_arithmetic(lng_infer *);

/* What a gradient rule reads (the adjoints of the outputs; NULL: none flows) and sets (the adjoints of the operands, if wanted). It may
 * leave gin[i] in the broadcast shape, and per-example for a shared operand: the caller sums. */
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
    const char *math;  /* the formula, plain text, with the order of summation if there is one */
    unsigned flags;
    const lng_port *in, *out;
    const lng_attr_spec *attr;
    int n_in, n_optional, n_out, n_attr; /* n_in operands; the last n_optional may be missing */
    bool (*infer)(lng_infer *);
    void (*vjp)(lng_vjp *); /* NULL: no gradient flows */
    const char *no_vjp;     /* why not; of an op with operands */
    const char *trial;      /* operands to check the gradient with (train/opcheck.h); NULL: any, of a pointwise op */
    /* batch_sum of the node's output, without storing the output per example; NULL if there is no such op */
    lng_value *(*contract)(lng_graph *, const lng_node *);
    /* The sum of the node's output over the turns of a loop, of operands that are stacked along a new first axis; NULL if there is no such op */
    lng_value *(*contract_turns)(lng_graph *, const lng_node *, lng_value *const *stacked);
    int64_t (*cost)(const lng_node *); /* multiply-adds per example; NULL: none */
    const char *example;               /* lines of a model file, or a step, that can be pasted */
};

extern const lng_op *const lng_ops[]; /* sorted by name */
extern const size_t lng_op_count;
int lng_op_index(const lng_op *);
/* These look up names that a user wrote; NULL, -1: there is none. Code says &lng_op_NAME (graph/ops.h) and LNG_OP_ATTR (graph/attributes.h). */
const lng_op *lng_op_find(const char *name);
int lng_op_attr_index(const lng_op *, const char *attr);

/* ---- kernels ---- */
/* One field of the examples. */
typedef struct lng_field {
    const void *at; /* rows of `size` elements, row-major */
    enum { LNG_FIELD_U8, LNG_FIELD_F32, LNG_FIELD_I32 } type;
    int64_t size; /* elements of one example */
} lng_field;
/* What a run tells its kernels. */
typedef struct lng_context {
    uint64_t seed;
    uint32_t step;          /* from 0 */
    int epoch;              /* from 0 */
    int64_t total_steps;    /* of the run; 0: not known */
    double progress;        /* step / total_steps: 0 at the first step, towards 1 at the last */
    int batch;              /* live examples of this batch */
    uint32_t first;         /* its first example: the index in the data set */
    const lng_field *field; /* [LNG_INPUT_INDEX of an input] */
} lng_context;

/* A naive kernel computes ONE example: element e of operand k is at[e * step]. That of a batch op computes one slice: lane l of element
 * e of a per-example operand is at[e * step + l], for l < live, and the (shared) output is the slice's partial. */
typedef struct lng_view {
    void *at;
    ptrdiff_t step;
} lng_view;
typedef struct lng_naive_call {
    const lng_node *node;
    lng_view in[LNG_MAX_IN], out[LNG_MAX_OUT]; /* out[i].at == NULL: nobody reads it */
    int live;
    int place;        /* in the batch; of a lane that repeats the last example, its own. Only for ops across the batch, as is: */
    ptrdiff_t apart;  /* from an operand's element of one slice to that of the next */
    uint32_t example; /* index in the data set; LNG_NO_EXAMPLE for shared values */
    int64_t turn;     /* from 0, counted through all turns of the loops around the node */
    const lng_context *context;
} lng_naive_call;
typedef void lng_naive_kernel(const lng_naive_call *);

/* A fast kernel computes one slice (all 16 lanes; batch ops honor `live` and `add`) or one shared value. Per-example operands are
 * [element][16]; shared ones are [element], padded to a multiple of 16 with arbitrary numbers, and 16 more can be read. All are aligned to 64
 * bytes. Outputs never overlap operands, except that a pointwise kernel may write over an operand of the output's shape and kind. */
typedef struct lng_call {
    const lng_node *node;
    const void *prepared; /* lng_prepared.data */
    void *in[LNG_MAX_IN], *out[LNG_MAX_OUT];
    int slices; /* 1, but of a grouped kernel (lng_prepared.once); then ... */
    ptrdiff_t in_step[LNG_MAX_IN],
        out_step[LNG_MAX_OUT]; /* floats from an operand's or result's first element in one slice to the next's */
    int live;                  /* lanes of the last slice; the others have 16 */
    bool add;                  /* batch ops: the partial, once computed, is added to what the output holds */
    int place;                 /* ops across the batch: that of lane 0 in the batch */
    ptrdiff_t apart;           /* ops across the batch: floats from an operand's element of one slice to that of the next */
    int part, parts;         /* ops that split; of n vectors (LNG_OP_SPLITS) or rows: from n part / parts to n (part + 1) / parts */
    const uint32_t *example; /* 16 indices in the data set (dead lanes repeat the last live one); NULL for shared values */
    int64_t turn;            /* from 0, counted through all turns of the loops around the node */
    bool *finite;            /* LNG_OP_ROWWISE: if not NULL, set to false when a result is not */
    const float *claim;      /* LNG_OP_ROWWISE: a variable that is written next, element by element as out[0]; or NULL */
    const lng_context *context;
    void *scratch; /* lng_prepared.scratch bytes of the thread's own, aligned to 64; contents undefined */
} lng_call;
typedef void lng_kernel(const lng_call *);

/* A pointwise op as a step of a fused one: out[i] = f(in[0][i], in[1][i], in[2][i]) for n vectors of 16, all operands laid out like the
 * output, which may be one of them. */
typedef void lng_tile(void *out, const void *const *in, size_t n);

/* The fast kernel for a node of these shapes and kinds, and what it needs. */
typedef struct lng_prepared {
    lng_kernel *kernel; /* NULL: use the naive one */
    const void *data;   /* in the arena */
    size_t scratch;     /* bytes; if `once` is not 0, for each slice */
    size_t once; /* bytes of shared values that a call reads or writes once for any number of slices; 0: it takes one slice */
} lng_prepared;

/* A pointwise op of numbers in double, for constants in a model file and for the run's state. */
typedef double lng_number_op(double, double, double);

/* What an op offers at one instruction-set level. */
typedef struct lng_kernels {
    lng_naive_kernel *naive; /* NULL: use the baseline's; there is a fast one for every node */
    lng_prepared (*prepare)(const lng_node *, lng_arena *);
    lng_tile *(*tile)(const lng_node *); /* of pointwise ops */
    lng_number_op *number;               /* of pointwise ops on floats, only in the baseline */
} lng_kernels;

#endif
