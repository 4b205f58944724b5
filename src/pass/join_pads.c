/* The gradients of slices that make up a value are joined, not added:
 *
 *     pad(a, before=0) + pad(b, before=|a|) + ... = concat(a, b, ...)
 *
 * if the pads adjoin along an axis and leave nothing out. Each element was one number and zeros, in any order: the same bits, but for a -0, which
 * the sum makes +0. */
#include "pass/pass.h"

typedef struct pads {
    const lng_node *at[LNG_MAX_IN];
    int n;
} pads;

/* The terms of a sum, so many additions deep; false if they are not all pads, or too many. */
static bool collect(pads *p, const lng_value *v, int depth)
{
    const lng_node *n = v->node;
    if (n->op == &lng_op_add && depth > 0)
        return collect(p, n->in[0], depth - 1) && collect(p, n->in[1], depth - 1);
    if (n->op != &lng_op_pad || n->attr[LNG_PAD_STEP].i != 1 || p->n == LNG_MAX_IN)
        return false;
    p->at[p->n++] = n;
    return true;
}

static int64_t axis_of(const lng_node *pad)
{
    const int64_t axis = pad->attr[LNG_PAD_AXIS].i;
    return axis < 0 ? axis + pad->out[0].shape.rank : axis;
}

/* The pad of an axis that begins at an element; NULL: none. */
static const lng_node *pad_at(const pads *p, int64_t axis, int64_t element)
{
    for (int i = 0; i < p->n; i++)
        if (axis_of(p->at[i]) == axis && p->at[i]->attr[LNG_PAD_BEFORE].i == element)
            return p->at[i];
    return NULL;
}

static bool rule(lng_rewrite *r)
{
    pads p = {.n = 0};
    lng_value *part[LNG_MAX_IN];
    if (!collect(&p, r->in[0], LNG_MAX_IN) || !collect(&p, r->in[1], LNG_MAX_IN))
        return false;
    const int64_t axis = axis_of(p.at[0]);
    int64_t element = 0;
    for (int i = 0; i < p.n; i++) {
        const lng_node *pad = pad_at(&p, axis, element);
        if (!pad)
            return false;
        part[i] = pad->in[0];
        element += part[i]->shape.dim[axis];
    }
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CONCAT_AXIS] = {.i = axis}};
    const bool whole = element == r->node->out[0].shape.dim[axis];
    r->out[0] = whole ? lng_emit(r->to, &lng_op_concat, part, p.n, attr, NULL) : NULL;
    return whole;
}

static const lng_op *const replaces[] = {&lng_op_add, NULL};
const lng_pass lng_pass_join_pads = {
    .name = "join-pads", .about = "the gradients of slices that make up a value are joined", .replaces = replaces, .rule = rule};
