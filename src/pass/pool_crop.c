/* Rows and columns that a pool drops are not computed: a convolution that only a pool reads is cropped (9 x 9 becomes 8 x 8 under a pool of
 * 2 x 2). */
#include "op/window.h"
#include "pass/pass.h"
#include <string.h>

static bool rule(lng_rewrite *r)
{
    const lng_node *n = r->node;
    if (r->in[0]->node->op != &lng_op_conv2d || lng_rewrite_uses(r, n->in[0]) != 1)
        return false;
    lng_shape size = n->attr[LNG_POOL_SIZE].v, stride = n->attr[LNG_POOL_STRIDE].v;
    if (stride.rank == 0)
        stride = size;
    const lng_node *conv = r->in[0]->node;
    lng_attr attr[LNG_MAX_ATTR];
    memcpy(attr, conv->attr, (size_t)conv->op->n_attr * sizeof *attr);
    lng_shape *crop = &attr[LNG_CONV_CROP].v;
    if (crop->rank == 0)
        *crop = lng_shape_of(2, (int64_t)0, (int64_t)0);
    bool any = false;
    for (int i = 0; i < 2; i++) {
        const int64_t in = r->in[0]->shape.dim[i];
        const lng_axis a = lng_axis_of(i, in, size.dim[i], stride.dim[i], 1, &n->attr[LNG_POOL_PADDING], n->attr[LNG_POOL_CEIL].i);
        const int64_t dropped = in - lng_axis_used(&a);
        any |= dropped > 0;
        crop->dim[i] += dropped;
    }
    if (!any)
        return false;
    lng_value *x = lng_emit(r->to, conv->op, conv->in, conv->n_in, attr, conv->name);
    r->out[0] = x ? lng_emit(r->to, n->op, &x, 1, n->attr, n->name) : NULL;
    for (int i = 1; i < n->n_out && r->out[0]; i++)
        r->out[i] = &r->out[0]->node->out[i];
    return true;
}

static const lng_op *const replaces[] = {&lng_op_max_pool, &lng_op_avg_pool, NULL};
const lng_pass lng_pass_pool_crop = {.name = "pool-crop",
                                     .about = "a convolution under a pool computes only the rows and columns that the pool reads",
                                     .replaces = replaces,
                                     .rule = rule};
