/* The registry of ops. It is made from src/graph/ops.def, which the bootstrap makes from the names of the op files, so an op without a
 * table does not link. */
#include "base/assert.h"
#include "graph/ops.h"
#include <string.h>

const lng_op *const lng_ops[] = {
#define LNG_OP(name) &lng_op_##name,
#include "graph/ops.def"
#undef LNG_OP
};
#define COUNT (sizeof lng_ops / sizeof *lng_ops)
const size_t lng_op_count = COUNT;

static int search(const char *name)
{
    size_t low = 0, high = COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, lng_ops[middle]->name);
        if (order == 0)
            return (int)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

const lng_op *lng_op_find(const char *name)
{
    int i = search(name);
    return i < 0 ? NULL : lng_ops[i];
}

int lng_op_index(const lng_op *op)
{
    const int i = search(op->name);
    LNG_ASSERT(i >= 0);
    return i;
}

int lng_op_attr_index(const lng_op *op, const char *attr)
{
    for (int i = 0; i < op->n_attr; i++)
        if (strcmp(op->attr[i].name, attr) == 0)
            return i;
    return -1;
}
