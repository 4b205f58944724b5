/* Runs a file of ONNX as an imported model does, for tests. */
#ifndef LNG_TESTS_IMPORTED_H
#define LNG_TESTS_IMPORTED_H
#include "base/text.h"

/* An input by its name in the file, with the numbers of all examples in the order that it has there, without changes. */
typedef struct imported_input {
    const char *name;
    const float *at;
} imported_input;

/* The model file of what was imported; NULL after errors. */
const char *imported_text(const lng_text *onnx);
/* The output of all examples, in the order of the file, and how many numbers an example has; NULL after errors. */
const float *imported_run(const lng_text *onnx, const imported_input *, size_t inputs, int examples, int64_t *size);

#endif
