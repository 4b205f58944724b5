/* The parts of the import of ONNX. Not for other rooms.
 *
 * A node of ONNX becomes a step of the model: a block, or an expression over the values of other steps. ONNX has the examples as the first dimension
 * of a tensor, and the channels of an image before its rows; here no shape has the examples, and channels come last. So a value is stored in
 * some order, and what reads it asks for one; a transpose is made only where both differ. */
#ifndef LNG_IMPORT_BUILD_H
#define LNG_IMPORT_BUILD_H
#include "import/import.h"

/* In which order the elements of a per-example value are stored, whose shape in ONNX is [c, ...] without the examples. */
typedef enum {
    LNG_IMPORT_PLAIN, /* as there */
    LNG_IMPORT_LAST,  /* [..., c] */
    LNG_IMPORT_FLAT,  /* a row of numbers that was such an image, and is to be read as [c, ...] */
    LNG_IMPORT_BARE   /* [c], of [c, 1, ...] */
} lng_import_order;

typedef struct lng_import_step lng_import_step;
typedef struct lng_import_value lng_import_value;
struct lng_import_value {
    const char *tensor; /* its name there */
    lng_shape shape;    /* there; of a per-example value, of one example */
    bool per_example, integer;
    int examples; /* how many of its dimensions stand before the examples there */
    bool single;  /* one node alone reads it */
    bool broken;  /* an error has been reported */
    lng_import_order order;
    int64_t channels;                             /* of a flat one */
    const lng_foreign_tensor *constant;           /* what it is; NULL: it is computed */
    const char *name;                             /* in expressions; NULL: that of its step */
    size_t param;                                 /* counted from 1: the parameter that it is; 0: none */
    lng_import_step *from;                        /* NULL: a field, or a constant */
    lng_import_value *other[LNG_IMPORT_BARE + 1]; /* the same in other orders */
};

typedef struct lng_import_weight {
    const char *name; /* "W" */
    lng_shape shape;
    const float *at;
    bool fixed; /* not trained */
} lng_import_weight;

enum { LNG_IMPORT_WEIGHTS = 4 };
struct lng_import_step {
    lng_import_value *out;
    const char *block; /* NULL: an expression */
    const char *form;  /* of an expression: "$0 + $1" */
    bool infix;        /* which needs parentheses in another one */
    lng_import_value **in;
    int ins;
    lng_doc *attributes; /* of a block */
    lng_import_weight weight[LNG_IMPORT_WEIGHTS];
    int weights;
    bool activated;   /* nothing more may be joined to it */
    const char *wish; /* how the other program calls it; NULL: nobody knows */
    const char *kind; /* "relu": what a name is made of */
    /* while it is written: */
    bool needed, inlined, named; /* named: others than the next step read it */
    int uses;
    const lng_import_step *reader;
    size_t length;
    const char *as, *call; /* what the language calls it by itself */
};

typedef struct lng_importer {
    lng_arena *arena;
    lng_errors *errors;
    const lng_source *source;
    const lng_foreign *net;
    const lng_foreign_node *node; /* in hand */
    int examples;                 /* of its results: how many dimensions stand before the examples */
    lng_map *values;              /* by the names of tensors */
    lng_map *reads;               /* how many nodes read a tensor: int */
    lng_map *taken;               /* names of the model file */
    lng_map *counts;              /* of names, by what they are made of: int */
    lng_import_step **step;
    size_t steps, step_capacity;
    lng_import_value **field;
    size_t fields;
    lng_import_weight *param; /* of the model itself */
    size_t params, param_capacity;
} lng_importer;

typedef bool lng_import_node(lng_importer *); /* false after an error */
typedef struct lng_import_row {
    const char *type;
    int least, most; /* operands */
    lng_import_node *node;
    const char *form; /* of pointwise operators */
    bool infix;
} lng_import_row;
const lng_import_row *lng_import_row_of(const lng_foreign_node *);

/* ---- errors: always false ---- */
bool lng_import_refuse(lng_importer *, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool lng_import_mixes(lng_importer *); /* the node mixes examples */

/* ---- operands and attributes of the node in hand ---- */
lng_import_value *lng_import_in(lng_importer *, int i); /* NULL: left out */
/* The integers of an attribute, or of operand i, which must be constant; *n: -1 if there are none. false after an error. */
bool lng_import_ints(lng_importer *, const char *attribute, int i, const int64_t **, int *n);
bool lng_import_axis(lng_importer *, int64_t given, int rank, int *axis); /* of one example, from one of ONNX with the examples */

/* ---- constants ---- */
bool lng_import_is_number(const lng_import_value *, double *); /* one number */
bool lng_import_is_int(const lng_import_value *, int64_t *);
int64_t lng_import_to_int(double);
/* The elements of a constant as [view], with the dimensions in another order. */
const float *lng_import_floats(lng_importer *, const lng_foreign_tensor *, lng_shape view, const int *perm);
lng_foreign_tensor *lng_import_made(lng_importer *, int type, lng_shape); /* with room for numbers, and marks of the examples */
bool lng_import_set_constant(lng_importer *, const lng_foreign_tensor *); /* as the result of the node */
bool lng_import_fold(lng_importer *, bool *folded);                       /* a node of constants; false after an error */

/* ---- values ---- */
lng_shape lng_import_stored(const lng_import_value *);                                       /* its shape here */
lng_import_value *lng_import_arranged(lng_importer *, lng_import_value *, lng_import_order); /* a constant is a parameter */
bool lng_import_alias(lng_importer *, lng_import_value *, lng_shape,
                      lng_import_order); /* the result is this value, of another shape there */
/* An error, and a value without dimensions that is broken, if it is too large. */
lng_import_value *lng_import_result(lng_importer *, int i, lng_shape, lng_import_order, bool per_example, bool integer);
int lng_import_stored_axis(const lng_import_value *, int axis);
const char *lng_import_shape_text(lng_importer *, lng_shape);
/* A constant as an operand of values that are stored in an order, with an example of so many dimensions: a number or a parameter. */
lng_import_value *lng_import_operand(lng_importer *, lng_import_value *, lng_import_order, int rank, int64_t channels);
void lng_import_fix(lng_importer *, const lng_import_value *); /* a parameter through which no gradient flows is a state */

/* ---- steps ---- */
lng_import_step *lng_import_express(lng_importer *, lng_import_value *out, const char *form, bool infix,
                                    lng_import_value *const *in, int n);
lng_import_step *lng_import_unary(lng_importer *, lng_import_value *out, const char *form, lng_import_value *in);
lng_import_step *lng_import_block(lng_importer *, lng_import_value *out, const char *block, lng_import_value *in);
void lng_import_set(lng_importer *, lng_import_step *, const char *attribute, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void lng_import_set_pair(lng_importer *, lng_import_step *, const char *attribute, int64_t rows, int64_t columns);
void lng_import_weigh(lng_importer *, lng_import_step *, const char *name, lng_shape, const float *);
void lng_import_wish(lng_importer *, lng_import_step *, const char *tensor); /* a name from that of a weight: "conv1.weight" */
const char *lng_import_identifier(lng_importer *, const char *name);         /* as the language has names; not taken yet */

/* ---- operators ---- */
lng_import_node lng_import_pointwise, lng_import_activation, lng_import_add, lng_import_div, lng_import_mod, lng_import_where,
    lng_import_clip, lng_import_prelu, lng_import_gelu, lng_import_cast, lng_import_same, lng_import_many, lng_import_conv,
    lng_import_conv_transpose, lng_import_pool, lng_import_global_pool, lng_import_resize, lng_import_depth_to_space,
    lng_import_space_to_depth, lng_import_reshape, lng_import_flatten, lng_import_squeeze, lng_import_unsqueeze,
    lng_import_transpose, lng_import_expand, lng_import_concat, lng_import_split, lng_import_slice, lng_import_gather,
    lng_import_gather_nd, lng_import_pad, lng_import_tile, lng_import_trilu, lng_import_constant, lng_import_shape,
    lng_import_reduce, lng_import_softmax, lng_import_argmax, lng_import_topk, lng_import_cumsum, lng_import_one_hot,
    lng_import_matmul, lng_import_gemm, lng_import_batchnorm, lng_import_layernorm, lng_import_instance_norm, lng_import_lrn,
    lng_import_recurrent, lng_import_einsum;

/* ---- the model file ---- */
void lng_import_write(lng_importer *, lng_import_value *out, const lng_import_frame *, lng_imported *);

#endif
