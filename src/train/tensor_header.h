/* The header of a file of safetensors: JSON, padded with spaces to a multiple of 8 bytes, with the place of each tensor behind it. */
#ifndef LNG_TRAIN_TENSOR_HEADER_H
#define LNG_TRAIN_TENSOR_HEADER_H
#include "base/json.h"
#include "graph/graph.h"

/* Adds a tensor to the object of the header. *at: where its numbers begin behind the header, in bytes; becomes where they end. */
void lng_tensor_header_put(lng_json *, const char *name, lng_shape, bool wide, int64_t *at); /* wide: F64, else F32 */
/* Ends the object; the text of the header. */
lng_text lng_tensor_header_end(lng_json *);

#endif
