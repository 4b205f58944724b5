/* Short forms for an op's table. */
#ifndef LNG_OP_TABLE_H
#define LNG_OP_TABLE_H
#include "graph/ops.h"

#define LNG_COUNT(array) (int)(sizeof(array) / sizeof *(array))
/* A table's operands, results and attributes, with how many there are: LNG_IN({"a", LNG_FLOAT_ONLY, "one side"}, ...). */
#define LNG_IN(...)    .in = (const lng_port[]){__VA_ARGS__}, .n_in = LNG_COUNT(((const lng_port[]){__VA_ARGS__}))
#define LNG_OUT(...)   .out = (const lng_port[]){__VA_ARGS__}, .n_out = LNG_COUNT(((const lng_port[]){__VA_ARGS__}))
#define LNG_ATTRS(...) .attr = (const lng_attr_spec[]){__VA_ARGS__}, .n_attr = LNG_COUNT(((const lng_attr_spec[]){__VA_ARGS__}))
/* Attributes that several tables have, after the name: a required shape of some rank, an axis, and what windows do at the border. */
#define LNG_SHAPE_ATTR(rank, about_)                                                                                               \
    LNG_ATTR_INTS, .required = true, .low = 1, .high = 1 << 30, .min_count = rank, .max_count = rank, .about = about_
#define LNG_AXIS_ATTR LNG_ATTR_INT, .low = -LNG_MAX_RANK, .high = LNG_MAX_RANK - 1, .about = "the axis, -1 being the last"
#define LNG_PADDING_ATTR                                                                                                           \
    LNG_ATTR_PADDING, .fallback = {.s = "valid"}, .choices = "valid same", .low = 0, .high = 65536, .min_count = 4,                \
                      .max_count = 4,                                                                                              \
                      .about = "valid: whole windows only; same: as many outputs as inputs divided by the stride; or how many "    \
                               "rows and columns to add, [[top, bottom], [left, right]]"
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
