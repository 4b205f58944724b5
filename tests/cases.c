/* The test data of the ops, and their kernels in double, by op: made from src/graph/ops.def, like the registry. */
#include "op/cases.h"

#define LNG_OP(name)                                                                                                               \
    extern const lng_op_cases lng_cases_##name;                                                                                    \
    extern const lng_kernels lng_kernels_##name##_double;
#include "graph/ops.def"
#undef LNG_OP

static const struct {
    const lng_op_cases *cases;
    const lng_kernels *kernels;
} rows[] = {
#define LNG_OP(name) {&lng_cases_##name, &lng_kernels_##name##_double},
#include "graph/ops.def"
#undef LNG_OP
};

const lng_op_cases *lng_op_cases_of(const lng_op *op)
{
    return rows[lng_op_index(op)].cases;
}

lng_naive_kernel *lng_op_double(const lng_op *op)
{
    return rows[lng_op_index(op)].kernels->naive;
}
