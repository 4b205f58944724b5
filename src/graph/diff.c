/* Reverse-mode differentiation, as more graph.
 *
 * Walks back from y over the nodes between any x and y, and asks each op's rule for the adjoints of its operands. An adjoint always has
 * the shape and kind of its value: here the adjoint of a broadcast operand is summed to the operand's shape, that of a shared operand is
 * summed over the batch, and that of a per-example operand is broadcast over it.
 *
 * Source: Griewank & Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, chapter 3 (the incremental reverse mode). */
#include "base/assert.h"
#include "graph/ops.h"
#include <string.h>

/* What a turn adds to the adjoint of a value outside of the loop: its sum over the turns or, of a stepped value, one row. */
typedef struct flow {
    lng_value *to, *adjoint;
    bool stacked, reverse;
} flow;

/* A loop that is gone back through. */
typedef struct passage {
    struct passage *outer;
    lng_loop *forward, *backward;
    flow *flow;
    size_t flows, capacity;
} passage;

typedef struct diff {
    lng_graph *g;
    const lng_value *y;
    bool *depends;       /* by id: depends on some x */
    lng_value **adjoint; /* by lng_value_index; NULL: zero so far */
    size_t end;          /* of the nodes that y and x need */
    passage *passage;    /* NULL: outside of all loops that y is outside of */
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

static bool leave(diff *d, flow f)
{
    passage *p = d->passage;
    p->flow = lng_grow(d->g->arena, p->flow, p->flows, &p->capacity, sizeof *p->flow);
    p->flow[p->flows++] = f;
    return true;
}

/* Adds a contribution to v's adjoint, in v's shape and kind. */
static bool contribute(diff *d, lng_value *v, lng_value *g)
{
    if (d->passage)
        g = lng_loop_reach(d->g, d->passage->backward, g);
    g = lng_sum_to(d->g, g, v->shape);
    g = lng_broadcast(d->g, g, v->shape);
    if (g && d->passage && v->node->loop != d->passage->forward)
        return leave(d, (flow){.to = v, .adjoint = g});
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
    if (n->op == &lng_op_loop_step && n->loop)
        return leave(d, (flow){n->in[0], rule.gout[0], .stacked = true, .reverse = !n->attr[LNG_LOOP_REVERSE].i});
    if (n->op->flags & (LNG_OP_ENTERS | LNG_OP_LEAVES) && n->attr[LNG_LOOP_NUMBER].i >= 0)
        return true; /* go_back sees to them */
    /* an op without a rule is flat almost everywhere, like a comparison; but a hidden op has a slope that no rule gives */
    if (!n->op->vjp)
        return !(n->op->flags & LNG_OP_HIDDEN) ||
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

/* ---- loops: the turns in reverse, as a loop that carries the adjoints of what the first one carries ---- */
static bool belongs(const diff *d, const lng_loop *loop)
{
    if (d->passage)
        return loop == d->passage->forward;
    return !loop || lng_loop_has(loop, d->y->node->loop);
}

static bool go_back(diff *d, lng_loop *loop);

/* Back over the nodes [begin, end) and the loops that end among them. */
static bool walk_back(diff *d, size_t begin, size_t end)
{
    for (size_t i = end;; i--) {
        for (size_t k = d->g->loops; k-- > 0;)
            if (d->g->loop[k]->end == (int)i && belongs(d, d->g->loop[k]->outer) && !belongs(d, d->g->loop[k]) &&
                !go_back(d, d->g->loop[k]))
                return false;
        if (i == begin)
            return true;
        const lng_node *n = d->g->node[i - 1];
        if (d->depends[n->id] && belongs(d, n->loop) && !step_back(d, n))
            return false;
    }
}

static lng_value *adjoint_of(const diff *d, const lng_value *v)
{
    lng_value *g = d->adjoint[lng_value_index(v)];
    return g ? g : lng_constant(d->g, 0, v->shape);
}

static bool is_differentiable(const diff *d, const lng_carry *c)
{
    return d->depends[c->node->id] && c->node->out[0].dtype == LNG_F32;
}

/* The only node that reads what a carry is left with, if y depends on it. */
static const lng_node *last_of(const diff *d, const lng_node *carry)
{
    for (size_t i = (size_t)carry->loop->end; i < d->end; i++)
        if (d->g->node[i]->op == &lng_op_loop_last && d->g->node[i]->in[0]->node == carry)
            return d->g->node[i];
    return NULL;
}

static bool leaves(const lng_node *n, const lng_loop *loop)
{
    return n->op->flags & LNG_OP_LEAVES && n->in[0]->node->loop == loop;
}

static bool has_adjoint(const diff *d, const lng_loop *loop)
{
    for (size_t i = (size_t)loop->end; i < d->end; i++)
        if (leaves(d->g->node[i], loop) && d->adjoint[lng_value_index(&d->g->node[i]->out[0])])
            return true;
    return false;
}

/* The adjoints that flow into each turn: what the turn after leaves, and rows of the stacks'. carry[k]: of carry k, or NULL. */
static bool begin_turn(diff *d, const lng_loop *loop, lng_value **carry)
{
    for (size_t k = 0; k < loop->carries; k++) {
        const lng_carry *c = &loop->carry[k];
        if (!is_differentiable(d, c))
            continue;
        const lng_node *last = last_of(d, c->node);
        carry[k] = lng_loop_carry(d->g, last ? adjoint_of(d, &last->out[0]) : lng_constant(d->g, 0, c->node->out[0].shape));
        if (!carry[k] || !contribute(d, c->next, carry[k]))
            return false;
    }
    for (size_t i = (size_t)loop->end; i < d->end; i++) {
        const lng_node *n = d->g->node[i];
        lng_value *rows = d->adjoint[lng_value_index(&n->out[0])];
        if (n->op == &lng_op_loop_stack && leaves(n, loop) && rows &&
            !contribute(d, n->in[0], lng_loop_step(d->g, rows, !n->attr[LNG_LOOP_REVERSE].i)))
            return false;
    }
    return true;
}

static bool end_turn(diff *d, const lng_loop *loop, lng_value *const *carry)
{
    for (size_t k = 0; k < loop->carries; k++)
        if (carry[k] && !lng_loop_next(d->g, carry[k], adjoint_of(d, &loop->carry[k].node->out[0])))
            return false;
    return true;
}

/* What flows out of the loop as a whole. */
static bool end_passage(diff *d, const passage *p, lng_value *const *carry)
{
    for (size_t k = 0; k < p->forward->carries; k++)
        if (carry[k] && !contribute(d, p->forward->carry[k].node->in[0], lng_loop_last(d->g, carry[k])))
            return false;
    for (size_t i = 0; i < p->flows; i++) {
        const flow *f = &p->flow[i];
        lng_value *g =
            f->stacked ? lng_loop_stack(d->g, p->backward, f->adjoint, f->reverse) : lng_loop_sum(d->g, p->backward, f->adjoint);
        if (!g || !contribute(d, f->to, g))
            return false;
    }
    return true;
}

static bool go_back(diff *d, lng_loop *loop)
{
    if (!has_adjoint(d, loop))
        return true;
    const lng_place place = d->g->place;
    d->g->place = loop->place;
    lng_loop *back = lng_loop_open(d->g, loop->count);
    back->back = loop;
    passage p = {.outer = d->passage, .forward = loop, .backward = back};
    lng_value **carry = LNG_NEW_N(d->g->arena, loop->carries + 1, lng_value *);
    d->passage = &p;
    if (!begin_turn(d, loop, carry) || !walk_back(d, (size_t)loop->begin, (size_t)loop->end) || !end_turn(d, loop, carry))
        return false;
    lng_loop_close(d->g);
    d->passage = p.outer;
    d->g->place = place;
    return end_passage(d, &p, carry);
}

bool lng_gradient(lng_graph *g, lng_value *y, lng_value *const *x, size_t n, lng_value **gradient)
{
    size_t end = (size_t)y->node->id + 1;
    for (size_t i = 0; i < n; i++)
        if ((size_t)x[i]->node->id >= end)
            end = (size_t)x[i]->node->id + 1;
    diff d = {.g = g, .y = y, .end = end};
    d.depends = LNG_NEW_N(g->arena, g->nodes + 1, bool);
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
    lng_graph_mark_dependent(g, d.depends, false);
    lng_value *one = lng_constant(g, 1, y->shape);
    d.adjoint[lng_value_index(y)] = y->per_example ? lng_batch_broadcast(g, one) : one;
    if (!walk_back(&d, 0, end))
        return false;
    for (size_t i = 0; i < n; i++) {
        lng_value *found = d.adjoint[lng_value_index(x[i])];
        lng_value *zero = found ? NULL : lng_constant(g, 0, x[i]->shape);
        gradient[i] = found ? found : x[i]->per_example ? lng_batch_broadcast(g, zero) : zero;
    }
    return true;
}
