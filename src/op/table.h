/* Short forms for an op's table: shapes, samples, cases. */
#ifndef LNG_OP_TABLE_H
#define LNG_OP_TABLE_H
#include "graph/op.h"
#include "graph/walk.h"
#include <math.h> /* NAN, INFINITY */

#define LNG_COUNT(array) (int)(sizeof(array) / sizeof *(array))
/* a shape from its dimensions: LNG_DIMS(28, 28, 1); LNG_SCALAR has none */
#define LNG_DIMS(...)                                                                                                              \
    {                                                                                                                              \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .dim = { __VA_ARGS__ }                                         \
    }
#define LNG_SCALAR                                                                                                                 \
    {                                                                                                                              \
        0                                                                                                                          \
    }
/* a sample's value: LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4), LNG_VALUES(1, 2, 3) of rank 1, LNG_NUMBER(1) of rank 0 */
#define LNG_ARRAY(shape_, ...)                                                                                                     \
    {                                                                                                                              \
        .shape = shape_, .number = (const double[])                                                                                \
        {                                                                                                                          \
            __VA_ARGS__                                                                                                            \
        }                                                                                                                          \
    }
#define LNG_VALUES(...)                                                                                                            \
    {                                                                                                                              \
        .shape = {.rank = 1, .dim = {sizeof((double[]){__VA_ARGS__}) / sizeof(double)}}, .number = (const double[])                \
        {                                                                                                                          \
            __VA_ARGS__                                                                                                            \
        }                                                                                                                          \
    }
#define LNG_NUMBER(x) LNG_ARRAY(LNG_SCALAR, x)

/* The node's own result, for gradient rules that are written with y. */
static inline lng_value *lng_result(const lng_vjp *r)
{
    return (lng_value *)&r->node->out[0];
}

/* Shapes that try every way of broadcasting one, two or three operands; the arguments are further members of each case. */
#define LNG_UNARY_CASES(...)                                                                                                       \
    {.in = {LNG_SCALAR}, __VA_ARGS__}, {.in = {LNG_DIMS(5)}, __VA_ARGS__}, {.in = {LNG_DIMS(1, 17)}, __VA_ARGS__},                 \
    {                                                                                                                              \
        .in = {LNG_DIMS(3, 1, 4)}, __VA_ARGS__                                                                                     \
    }
#define LNG_PAIR_CASES(...)                                                                                                        \
    {.in = {LNG_SCALAR, LNG_SCALAR}, __VA_ARGS__}, {.in = {LNG_DIMS(3, 6), LNG_DIMS(3, 6)}, __VA_ARGS__},                          \
        {.in = {LNG_DIMS(2, 3, 4), LNG_DIMS(4)}, __VA_ARGS__}, {.in = {LNG_DIMS(1), LNG_DIMS(4, 3)}, __VA_ARGS__},                 \
        {.in = {LNG_DIMS(2, 1, 17), LNG_DIMS(3, 1)}, __VA_ARGS__}, {.in = {LNG_SCALAR, LNG_DIMS(5)}, __VA_ARGS__},                 \
    {                                                                                                                              \
        .in = {LNG_DIMS(3, 1), LNG_DIMS(1, 1, 4)}, __VA_ARGS__                                                                     \
    }
#define LNG_TRIPLE_CASES(...)                                                                                                      \
    {.in = {LNG_SCALAR, LNG_SCALAR, LNG_SCALAR}, __VA_ARGS__},                                                                     \
        {.in = {LNG_DIMS(3, 6), LNG_DIMS(3, 6), LNG_DIMS(3, 6)}, __VA_ARGS__},                                                     \
        {.in = {LNG_DIMS(4), LNG_DIMS(3, 4), LNG_SCALAR}, __VA_ARGS__},                                                            \
    {                                                                                                                              \
        .in = {LNG_DIMS(2, 1, 3), LNG_DIMS(4, 1), LNG_DIMS(5, 1, 1, 1)}, __VA_ARGS__                                               \
    }

#endif
