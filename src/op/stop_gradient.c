/* The same value, through which no gradient flows. */
#include "op/copy.h"
LNG_NAIVE_KERNELS(stop_gradient, naive);

#ifdef LNG_TABLE
#include "op/table.h"

const lng_op lng_op_stop_gradient = {
    .name = "stop_gradient",
    .about = "the same value, as a constant for gradients",
    .math = "y = x",
    .flags = LNG_OP_VIEW | LNG_OP_MOVES,
    LNG_IN({"x", LNG_ANY_DTYPE, "any value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the same value"}),
    .infer = lng_infer_arithmetic,
    .no_vjp = "it is there to stop it",
    .example = "loss: mse(out, stop_gradient(one_hot(label, depth=10)))",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {{.in = {LNG_VALUES(1, 2)}, .out = {LNG_VALUES(1, 2)}}};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(stop_gradient);
#endif
