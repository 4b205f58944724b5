/* A graph of ONNX as plain structs. What the import has no use for, such as names of dimensions and documentation, is left out. */
#ifndef LNG_IMPORT_FOREIGN_H
#define LNG_IMPORT_FOREIGN_H
#include "base/error.h"
#include "base/text.h"
#include "graph/graph.h"

/* Types of elements: TensorProto.DataType. */
enum {
    LNG_FOREIGN_FLOAT = 1,
    LNG_FOREIGN_UINT8,
    LNG_FOREIGN_INT8,
    LNG_FOREIGN_UINT16,
    LNG_FOREIGN_INT16,
    LNG_FOREIGN_INT32,
    LNG_FOREIGN_INT64,
    LNG_FOREIGN_STRING,
    LNG_FOREIGN_BOOL,
    LNG_FOREIGN_HALF,
    LNG_FOREIGN_DOUBLE,
    LNG_FOREIGN_UINT32,
    LNG_FOREIGN_UINT64,
    LNG_FOREIGN_BFLOAT = 16
};
const char *lng_foreign_type_name(int); /* "float16", "type 42" is "another type" */
bool lng_foreign_is_real(int type);     /* floats of any size */
bool lng_foreign_is_whole(int type);    /* integers of any size, but no booleans, which are 0 and 1 as floats here */

typedef struct lng_foreign_tensor {
    const char *name;
    int type;
    lng_shape shape;
    const unsigned char *raw; /* the elements, little-endian; NULL: they are in `number` */
    double *number;
    const bool *batch;   /* of integers: those that are the number of examples; NULL: none */
    const char *outside; /* another file that has the elements; NULL: none */
} lng_foreign_tensor;
double lng_foreign_at(const lng_foreign_tensor *, int64_t element);

typedef struct lng_foreign_attr {
    const char *name, *text; /* text: "" if it has none */
    int64_t integer;
    float number;
    int64_t *integers;
    size_t count; /* of integers */
    const char **word;
    size_t words;
    const lng_foreign_tensor *tensor;
} lng_foreign_attr;

typedef struct lng_foreign_node {
    const char *name, *type, *domain;
    const char **in, **out; /* names of tensors; "": left out */
    size_t ins, outs;
    lng_foreign_attr *attr;
    size_t attrs;
} lng_foreign_node;

typedef struct lng_foreign_port {
    const char *name;
    int type;
    bool shaped;     /* its shape is known; of its dimensions, -1 are not */
    lng_shape shape; /* with the examples, as the first dimension */
} lng_foreign_port;

typedef struct lng_foreign {
    const char *title, *producer, *note;
    int64_t opset;
    lng_foreign_node *node;
    lng_foreign_tensor *tensor; /* initializers */
    lng_foreign_port *in, *out;
    size_t nodes, tensors, ins, outs;
} lng_foreign;

/* Reads a file of ONNX, whose bytes must outlive the result. NULL after errors. */
lng_foreign *lng_foreign_read(lng_arena *, const lng_source *, lng_errors *);

/* Attributes by name, or what they are if they are not given. */
const lng_foreign_attr *lng_foreign_attribute(const lng_foreign_node *, const char *name);
int64_t lng_foreign_int(const lng_foreign_node *, const char *name, int64_t otherwise);
double lng_foreign_number(const lng_foreign_node *, const char *name, double otherwise);
const char *lng_foreign_text(const lng_foreign_node *, const char *name, const char *otherwise);

#endif
