/* A pointwise op stretches its operands as it reads them: what was stretched to the result's shape before, along axes or to each example, is
 * read as it was. So the adjoint of a mean over positions or over the batch is never stored for each of them. */
#include "pass/pass.h"

/* What v is stretched from, NULL if it is not. */
static lng_value *origin(lng_graph *g, lng_value *v)
{
    const lng_op *op = v->node->op;
    if (op == &lng_op_reshape) {
        /* between the two; to the batch alone, as axes that were stretched are no longer told from others */
        lng_value *from = v->node->in[0];
        return from->node->op == &lng_op_batch_broadcast ? lng_reshape(g, from->node->in[0], v->shape) : NULL;
    }
    return op == &lng_op_broadcast || op == &lng_op_batch_broadcast ? v->node->in[0] : NULL;
}

/* Whether operands but one give the result's shape and kind. */
static bool suffice(const lng_rewrite *r, int but)
{
    const lng_value *out = &r->node->out[0];
    for (int k = 0; k < r->node->n_in; k++)
        if (k != but && lng_shape_equal(r->in[k]->shape, out->shape) && r->in[k]->per_example == out->per_example)
            return true;
    return false;
}

static bool rule(lng_rewrite *r)
{
    bool any = false;
    for (int k = 0; k < r->node->n_in && r->node->op->flags & LNG_OP_POINTWISE; k++)
        for (lng_value *from; suffice(r, k) && (from = origin(r->to, r->in[k])); any = true)
            r->in[k] = from;
    if (any)
        r->out[0] = lng_emit(r->to, r->node->op, r->in, r->node->n_in, r->node->attr, r->node->name);
    return any;
}

const lng_pass lng_pass_stretched = {
    .name = "stretched", .about = "pointwise ops read what was stretched as it was before", .rule = rule};
