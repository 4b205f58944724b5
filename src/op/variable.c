/* Parameters and state. The name of its node identifies a variable; a store (tape/tape.h) holds its numbers, and no kernel computes it. */
#include "op/kernel.h"
LNG_NAIVE_KERNELS(variable, NULL);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->shape[0] = r->attr[LNG_VARIABLE_SHAPE].v;
    return true;
}

const lng_op lng_op_variable = {
    .name = "variable",
    .about = "a parameter or state",
    .math = "y = the numbers that the store holds under the node's name",
    .flags = LNG_OP_HIDDEN | LNG_OP_STORED | LNG_OP_SHARED_OUT,
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the stored numbers"}),
    LNG_ATTRS([LNG_VARIABLE_SHAPE] = {"shape", LNG_ATTR_INTS, .low = 1, .high = 2147483648, .max_count = LNG_MAX_RANK,
                                      .about = "the shape"}),
    .infer = infer,
    .example = "params: {b: zeros([10])}",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {{.attr = {{.v = LNG_DIMS(2, 3)}}}};
static const lng_case cases[] = {{.attr = {{.v = LNG_DIMS(2, 3)}}}, {.attr = {{.v = LNG_SCALAR}}}};
LNG_OP_CASES(variable);
#endif
