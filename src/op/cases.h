/* The test data of ops: numbers worked out by hand, and shapes to try at random. They are in the op's file under #ifdef LNG_CASES, and compiled
 * only for the tests. */
#ifndef LNG_OP_CASES_H
#define LNG_OP_CASES_H
#include "op/table.h"
#include <math.h> /* NAN, INFINITY */

/* Hand-written numbers: operands in row-major order, each with its shape; expected outputs.
 * integers, here and in a case: operands of ports that take any dtype are i32. */
typedef struct lng_sample_value {
    lng_shape shape;
    const double *number;
} lng_sample_value;
typedef struct lng_sample {
    lng_sample_value in[LNG_MAX_IN];
    lng_attr attr[LNG_MAX_ATTR];
    bool default_attr; /* ignore attr: all defaults */
    bool integers;
    lng_sample_value out[LNG_MAX_OUT]; /* out[i].number == NULL: not checked */
} lng_sample;

/* Shapes of operands, and attributes, to test at random with values that the test draws within [low, high] (i32: integers). Where a gradient has
 * kinks, `distinct` keeps away from them: the values of all operands differ pairwise, and from 0, by at least 0.01. */
typedef struct lng_case {
    lng_shape in[LNG_MAX_IN];
    lng_attr attr[LNG_MAX_ATTR];
    bool default_attr;
    double low, high; /* both 0: [-2, 2] */
    bool distinct;
    bool integers;
    unsigned truths; /* bit k: operand k is drawn as 0 or 1, and is not differentiated */
    int n_in;        /* operands; 0: the required ones, and the optional ones that have dimensions */
} lng_case;

typedef struct lng_op_cases {
    const lng_sample *samples;
    int n_samples;
    const lng_case *cases;
    int n_cases;
} lng_op_cases;
/* The last line of an op's file: its arrays `samples` and `cases`. */
#define LNG_OP_CASES(op) const lng_op_cases lng_cases_##op = {samples, LNG_COUNT(samples), cases, LNG_COUNT(cases)}

const lng_op_cases *lng_op_cases_of(const lng_op *);

/* ---- short forms ---- */
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

/* Shapes that try all ways of broadcasting one, two or three operands; the arguments are further members of each case. */
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
