/* The test data of the ops, by op: made from src/graph/ops.def, like the registry. */
#include "op/cases.h"

#define LNG_OP(name) extern const lng_op_cases lng_cases_##name;
#include "graph/ops.def"
#undef LNG_OP

static const lng_op_cases *const cases[] = {
#define LNG_OP(name) &lng_cases_##name,
#include "graph/ops.def"
#undef LNG_OP
};

const lng_op_cases *lng_op_cases_of(const lng_op *op)
{
    return cases[lng_op_index(op)];
}
