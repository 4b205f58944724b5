/* Exports: a graph, and the language, in the formats of other tools. */
#ifndef LNG_EXPORT_EXPORT_H
#define LNG_EXPORT_EXPORT_H
#include "graph/layout.h"
#include "lang/meaning.h"
#include "pass/quantize.h"
#include "train/weights.h"

/* The live part of the graph as a DOT digraph (Graphviz): nodes are boxes, rounded for shared values; variables are cylinders. */
void lng_dot_write(const lng_graph *, const char *name, lng_text *);

/* A JSON Schema of model files; false after an error, which is a defect: the library is the program's own. */
bool lng_schema_write(lng_text *, lng_errors *);

/* Why no export has an op: it draws, mixes examples, or is of a gradient; NULL: it may have a form. */
const char *lng_export_refused(const lng_op *);
void *lng_export_variable(void *store, const char *name); /* of an lng_store, for lng_reference */

/* ---- C ---- */
/* An input of the program, by the index of the op `input`. */
typedef struct lng_c_field {
    const char *name;            /* NULL: the output does not depend on it */
    float least, most;           /* of the training examples */
    int64_t classes;             /* of integers: they are below; 0: any */
    const lng_column_spec *spec; /* how columns of a table become it; NULL: as they are */
    int64_t row;                 /* numbers in a row of the table: of a window of rows, fewer than it has */
    void *example;               /* the self-test's, LNG_C_EXAMPLES rows: lng_c_compile makes them */
} lng_c_field;

enum { LNG_C_EXAMPLES = 4, LNG_C_STEPS = 3 };

/* What is different without fused multiply-adds: the largest difference of an output, and how many classes that are predicted. */
typedef struct lng_c_difference {
    int64_t examples, changed;
    double most;
} lng_c_difference;

/* A graph of a prediction as C. */
typedef struct lng_c_program {
    const char *name;       /* an identifier, before every name of the program */
    const char *title;      /* of the model, for the comments */
    const lng_graph *graph; /* fused, with the output `out` */
    const lng_store *store;
    const lng_context *context;
    const lng_meaning *meaning;
    lng_c_field *field;
    size_t fields;
    const lng_graph *step;          /* that of a training step, fused, for a program that trains; NULL: it predicts */
    int batch;                      /* the most examples of a step */
    bool fast;                      /* without fused multiply-adds */
    const lng_quantized *quantized; /* the weights in 8 bits, whose variables are in the store */
    size_t quantizeds;
    bool apart;                        /* the weights are in a file of their own */
    const void *expects;               /* the outputs of the examples, in rows; of a program that trains, what is below */
    float losses[LNG_C_STEPS];         /* of the self-test's steps */
    uint32_t states[LNG_C_STEPS], out; /* digests of the weights after each, and in the end of the first output of the last */
    double fast_difference;            /* the largest between these and what the program computes without fused multiply-adds */
    lng_c_difference tested;           /* the same of the data's examples; none: it was not measured */
    /* what it takes: set by lng_c_compile; the code's size is an estimate */
    int64_t context_bytes, stack_bytes, weight_bytes, code_bytes, multiply_adds, step_multiply_adds; /* of one example */
    struct lng_c *made;
} lng_c_program;
/* What the program takes, and the examples of its self-test. False after errors: one for each node that has no form in C. */
bool lng_c_compile(lng_c_program *, lng_arena *, lng_errors *);
/* Of a program that trains: makes the steps of its self-test, in a session for LNG_STEP and LNG_PREDICT that has the weights. False after errors. */
struct lng_session;
bool lng_c_try_steps(lng_c_program *, struct lng_session *, lng_errors *);
/* Sets fast_difference, once `expects` is there. */
void lng_c_measure_fast(lng_c_program *, lng_arena *);
/* Adds what is different in n examples, whose outputs are expected to be such rows. */
void lng_c_compare_fast(const lng_c_program *, const lng_context *, const uint32_t *rows, int n, const float *expects,
                        lng_arena *scratch, lng_c_difference *);
/* The text, once `expects` and fast_difference are there; the file of weights, if they are apart. header_file: the one to include; NULL: header
 * and source become one text, which declares what <string.h> has. */
void lng_c_write(const lng_c_program *, const char *header_file, lng_text *header, lng_text *source, lng_text *weights);
/* Why nodes of an op cannot be exported; NULL: they can. */
const char *lng_c_lacks(const lng_op *);
const char *lng_c_step_lacks(const lng_op *); /* those of a training step */

/* ---- weights ---- */
/* A variable, as a file in some layout has it. */
typedef struct lng_tensor {
    const lng_laid *laid;
    const lng_variable *variable; /* NULL: zeros, which another program adds to a variable */
    const float *at;
} lng_tensor;
/* Those that a file of weights has, by name. plain: the graph of a prediction, not rewritten. */
lng_tensor *lng_tensors_of(lng_arena *, lng_layout, const lng_graph *plain, const lng_weights *, size_t *count);
void lng_safetensors_write(lng_layout, const char *title, const lng_tensor *, size_t, lng_text *);
bool lng_npz_write(const lng_tensor *, size_t, lng_text *, lng_errors *);

/* ---- ONNX ---- */
#define LNG_ONNX_OPSET 17
/* An input of the model, by the index of the op `input`. */
typedef struct lng_onnx_field {
    const char *name;
    const lng_column_spec *spec; /* how columns of a table become it; NULL: as they are */
    int64_t row;                 /* numbers in a row of the table */
} lng_onnx_field;
/* A graph of a prediction as ONNX. */
typedef struct lng_onnx_program {
    const char *title, *note; /* of the model; note may be NULL */
    const lng_graph *graph;   /* not fused, with the output `out` */
    const lng_store *store;
    const lng_context *context;
    const lng_meaning *meaning;
    const lng_onnx_field *field;
    size_t fields;
} lng_onnx_program;
/* False after errors: one for each node that has no form in ONNX. */
bool lng_onnx_write(const lng_onnx_program *, lng_text *, lng_errors *);
/* Why nodes of an op cannot be exported; NULL: they can. */
const char *lng_onnx_lacks(const lng_op *);

#endif
