/* Short forms for an op's table. */
#ifndef LNG_OP_TABLE_H
#define LNG_OP_TABLE_H
#include "graph/op.h"
#include "graph/walk.h"

#define LNG_COUNT(array) (int)(sizeof(array) / sizeof *(array))
/* A table's operands, results and attributes, with how many there are: LNG_IN({"a", LNG_FLOAT_ONLY, "one side"}, ...). */
#define LNG_IN(...)    .in = (const lng_port[]){__VA_ARGS__}, .n_in = LNG_COUNT(((const lng_port[]){__VA_ARGS__}))
#define LNG_OUT(...)   .out = (const lng_port[]){__VA_ARGS__}, .n_out = LNG_COUNT(((const lng_port[]){__VA_ARGS__}))
#define LNG_ATTRS(...) .attr = (const lng_attr_spec[]){__VA_ARGS__}, .n_attr = LNG_COUNT(((const lng_attr_spec[]){__VA_ARGS__}))
/* a shape from its dimensions: LNG_DIMS(28, 28, 1); LNG_SCALAR has none */
#define LNG_DIMS(...)                                                                                                              \
    {                                                                                                                              \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .dim = { __VA_ARGS__ }                                         \
    }
#define LNG_SCALAR                                                                                                                 \
    {                                                                                                                              \
        0                                                                                                                          \
    }

/* The node's own result, for gradient rules that are written with y. */
static inline lng_value *lng_result(const lng_vjp *r)
{
    return (lng_value *)&r->node->out[0];
}

#endif
