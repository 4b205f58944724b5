/* The ops by symbol: code says &lng_op_exp, and a name that no op has does not compile. graph/ops.def is made by ./bootstrap from the names of the
 * files in src/op; ops are looked up by text (lng_op_find) only where a user wrote the text. */
#ifndef LNG_GRAPH_OPS_H
#define LNG_GRAPH_OPS_H
#include "graph/op.h"

#define LNG_OP(name) extern const lng_op lng_op_##name;
#include "graph/ops.def"
#undef LNG_OP

#endif
