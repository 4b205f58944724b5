/* A model of another program as a model file and its weights. */
#ifndef LNG_IMPORT_IMPORT_H
#define LNG_IMPORT_IMPORT_H
#include "data/spec.h"
#include "doc/doc.h"
#include "import/foreign.h"

/* What a variable of the model is, by its name there. */
typedef struct lng_imported_weight {
    const char *name;
    lng_shape shape;
    const float *at;
} lng_imported_weight;

/* An input, or the output: its shape there, without the examples, and here; last: its channels moved to the end. */
typedef struct lng_imported_port {
    const char *tensor, *name;
    lng_shape there, here;
    bool last;
} lng_imported_port;

typedef struct lng_imported {
    lng_doc *doc; /* the model file */
    lng_imported_weight *weight;
    size_t weights;
    lng_imported_port *field, out;
    size_t fields;
    const char *left; /* names of other outputs, separated by commas; NULL: there are none */
} lng_imported;

/* What stands around the graph. */
typedef struct lng_import_frame {
    const char *name, *start;  /* of the model; of the file of its weights, relative to it */
    const lng_data_spec *data; /* a standard data set that it is to read; NULL: one is described, for the user to fill in */
} lng_import_frame;

/* False after errors: one for each operator, or node, that has no form here. All is the arena's. */
bool lng_import_onnx(lng_arena *, const lng_source *, const lng_foreign *, const lng_import_frame *, lng_imported *, lng_errors *);

#endif
