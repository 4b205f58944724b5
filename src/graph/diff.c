/* Reverse-mode differentiation, as more graph.
 *
 * Walks back from y over the nodes between any x and y, and asks each op's rule for the adjoints of its operands. An adjoint always has
 * the shape and kind of its value: here the adjoint of a broadcast operand is summed to the operand's shape, that of a shared operand is
 * summed over the batch, and that of a per-example operand is broadcast over it.
 *
 * Source: Griewank & Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, chapter 3 (the incremental reverse mode). */
#include "base/assert.h"
#include "graph/op.h"
#include <string.h>

typedef struct diff {
    lng_graph *g;
    const lng_value *y;
    bool *depends;       /* by id: depends on some x */
    lng_value **adjoint; /* by lng_value_index; NULL: zero so far */
} diff;

static bool refuse(diff *d, const lng_node *at)
{
    if (!d->g->errors)
        return false;
    const bool across = at->op->flags & LNG_OP_ACROSS;
    lng_error(d->g->errors, LNG_E_GRADIENT, d->g->place, "this gradient of a per-example value would cross %s",
              across ? "to other examples of the batch" : "a sum over the batch");
    lng_error_related(d->g->errors, at->place,
                      across ? "`%s` takes values from other examples here" : "`%s` sums over the batch here", at->op->name);
    return false;
}

/* Adds a contribution to v's adjoint, in v's shape and kind. */
static bool contribute(diff *d, lng_value *v, lng_value *g)
{
    g = lng_sum_to(d->g, g, v->shape);
    g = lng_broadcast(d->g, g, v->shape);
    if (g && g->per_example && !v->per_example) {
        if (d->y->per_example)
            return refuse(d, v->node);
        g = lng_batch_sum(d->g, g);
    }
    if (v->per_example)
        g = lng_batch_broadcast(d->g, g);
    if (!g)
        return false;
    LNG_ASSERT(lng_shape_equal(g->shape, v->shape) && g->per_example == v->per_example);
    lng_value **sum = &d->adjoint[lng_value_index(v)];
    *sum = *sum ? lng_add(d->g, *sum, g) : g;
    return *sum != NULL;
}

static bool step_back(diff *d, const lng_node *n)
{
    lng_vjp rule = {.graph = d->g, .node = n};
    bool any = false;
    for (int i = 0; i < n->n_out; i++)
        any |= (rule.gout[i] = d->adjoint[lng_value_index(&n->out[i])]) != NULL;
    if (!any || n->n_in == 0)
        return true;
    /* an op without a rule is flat almost everywhere, like a comparison; but a hidden op has a slope that no rule gives */
    if (!n->op->vjp)
        return !(n->op->flags & LNG_OP_HIDDEN) || !d->g->errors ||
               lng_error(d->g->errors, LNG_E_GRADIENT, d->g->place,
                         "`%s` has no gradient rule, so a second derivative cannot pass through it", n->op->name);
    if (d->y->per_example && (n->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS)))
        return refuse(d, n);
    for (int i = 0; i < n->n_in; i++)
        rule.wants[i] = d->depends[n->in[i]->node->id] && n->in[i]->dtype == LNG_F32;
    const char *scope = d->g->scope;
    lng_place place = d->g->place;
    d->g->scope = n->name;
    d->g->place = n->place;
    n->op->vjp(&rule);
    bool ok = true;
    for (int i = 0; i < n->n_in && ok; i++)
        if (rule.wants[i] && rule.gin[i])
            ok = contribute(d, n->in[i], rule.gin[i]);
    d->g->scope = scope;
    d->g->place = place;
    return ok;
}

bool lng_gradient(lng_graph *g, lng_value *y, lng_value *const *x, size_t n, lng_value **gradient)
{
    size_t end = (size_t)y->node->id + 1;
    for (size_t i = 0; i < n; i++)
        if ((size_t)x[i]->node->id >= end)
            end = (size_t)x[i]->node->id + 1;
    diff d = {.g = g, .y = y};
    d.depends = LNG_NEW_N(g->arena, end, bool);
    d.adjoint = LNG_NEW_N(g->arena, end * LNG_MAX_OUT, lng_value *);
    if (lng_shape_size(y->shape) != 1) {
        char text[LNG_SHAPE_TEXT];
        if (g->errors)
            lng_error(g->errors, LNG_E_GRADIENT, g->place, "only a scalar has a gradient; this has shape %s",
                      lng_shape_text(text, y->shape));
        return false;
    }
    for (size_t i = 0; i < n; i++)
        d.depends[x[i]->node->id] = true;
    for (size_t i = 0; i < end; i++)
        for (int k = 0; k < g->node[i]->n_in; k++)
            d.depends[i] |= d.depends[g->node[i]->in[k]->node->id];

    lng_value *one = lng_constant(g, 1, y->shape);
    d.adjoint[lng_value_index(y)] = y->per_example ? lng_batch_broadcast(g, one) : one;
    for (size_t i = end; i-- > 0;)
        if (d.depends[i] && !step_back(&d, g->node[i]))
            return false;
    for (size_t i = 0; i < n; i++) {
        lng_value *found = d.adjoint[lng_value_index(x[i])];
        lng_value *zero = found ? NULL : lng_constant(g, 0, x[i]->shape);
        gradient[i] = found ? found : x[i]->per_example ? lng_batch_broadcast(g, zero) : zero;
    }
    return true;
}
