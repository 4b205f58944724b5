/* argsort in C: a heap of indices; the order leaves no equals, so any method gives the same. */
#include "export/c.h"
#include "op/kernel.h"

bool lng_c_argsort(lng_c *c, const lng_node *n)
{
    const lng_shape x = n->in[0]->shape;
    const int axis = axis_of(n->attr[LNG_ARGSORT_AXIS].i, x.rank);
    int64_t inner = 1;
    for (int i = axis + 1; i < x.rank; i++)
        inner *= x.dim[i];
    const long long length = (long long)x.dim[axis], step = (long long)inner;
    lng_c_call call = lng_c_call_of(c, n, 1, (const char *const[]){"x"}), *to = &call;
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i += %lld)", (long long)lng_shape_size(x), length * step);
    lng_c_line(to, 1, "for (int32_t k = 0; k < %lld; k++)", step);
    lng_c_line(to, 2, "$sort(x + i + k, y + i + k, %lld, %lld, %d);", length, step, n->attr[LNG_ARGSORT_DESCENDING].i != 0);
    return lng_c_call_end(to);
}
