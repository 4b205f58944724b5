/* Pointwise ops that follow each other become one node (graph/fused.h): a node absorbs the makers of operands that nothing else reads, as long as
 * the result has their shape and kind and there are few enough operands. A shared result fills the lanes with its elements, so its operands are
 * arrays of its shape, or single numbers. */
#include "graph/fused.h"
#include "pass/pass.h"

/* A node as a program: its own if it is fused, one step if it is a pointwise op on floats. */
static bool as_program(const lng_node *n, lng_fused *c)
{
    if (n->op == &lng_op_fused)
        return lng_fused_parse(n->attr[LNG_FUSED_PROGRAM].s, c);
    if (!(n->op->flags & LNG_OP_POINTWISE) || n->op->n_attr || n->n_out != 1 || n->n_in > LNG_FUSED_OPERANDS)
        return false;
    for (int i = 0; i < n->n_in; i++)
        if (n->in[i]->dtype != LNG_F32)
            return false;
    c->steps = 1;
    c->step[0] = (lng_fused_step){.op = n->op, .n_in = n->n_in};
    for (int i = 0; i < n->n_in; i++)
        c->step[0].in[i] = i;
    return true;
}

typedef struct draft {
    lng_fused program;
    lng_value *in[LNG_MAX_IN];
    int n_in;
} draft;

static int operand(draft *d, lng_value *v)
{
    for (int i = 0; i < d->n_in; i++)
        if (d->in[i] == v)
            return i;
    if (d->n_in == LNG_MAX_IN)
        return -1;
    d->in[d->n_in] = v;
    return d->n_in++;
}

/* Appends a program whose operand i is number where[i] in the draft; false when there is no room. */
static bool append(draft *d, const lng_fused *c, const int *where)
{
    const int first = d->program.steps;
    if (first + c->steps > LNG_FUSED_STEPS)
        return false;
    for (int i = 0; i < c->steps; i++) {
        lng_fused_step s = c->step[i];
        for (int k = 0; k < s.n_in; k++)
            s.in[k] = s.in[k] < 0 ? ~(~s.in[k] + first) : where[s.in[k]];
        d->program.step[d->program.steps++] = s;
    }
    return true;
}

/* Absorbs the maker of operand v; returns its last step, or -1 when that cannot be done. */
static int absorb(draft *d, const lng_rewrite *r, const lng_value *old, lng_value *v)
{
    const lng_value *out = &r->node->out[0];
    lng_fused c;
    if (lng_rewrite_uses(r, old) != 1 || !lng_shape_equal(v->shape, out->shape) || v->per_example != out->per_example ||
        !as_program(v->node, &c))
        return -1;
    draft tried = *d;
    int where[LNG_MAX_IN];
    for (int i = 0; i < v->node->n_in; i++)
        if ((where[i] = operand(&tried, v->node->in[i])) < 0)
            return -1;
    if (!append(&tried, &c, where))
        return -1;
    *d = tried;
    return d->program.steps - 1;
}

/* Whether every operand is an array of the output's shape, or one number. */
static bool fills_lanes(const draft *d, const lng_value *out)
{
    for (int i = 0; i < d->n_in; i++)
        if (!lng_shape_equal(d->in[i]->shape, out->shape) && lng_shape_size(d->in[i]->shape) != 1)
            return false;
    return true;
}

static bool rule(lng_rewrite *r)
{
    lng_fused own;
    lng_node now = *r->node; /* the node on its new operands */
    for (int i = 0; i < now.n_in; i++)
        now.in[i] = r->in[i];
    if (!as_program(&now, &own))
        return false;
    draft d = {0};
    int where[LNG_MAX_IN];
    bool any = false;
    for (int i = 0; i < now.n_in; i++) {
        int step = absorb(&d, r, r->node->in[i], r->in[i]);
        any |= step >= 0;
        where[i] = step >= 0 ? ~step : operand(&d, r->in[i]);
        if (step < 0 && where[i] < 0)
            return false;
    }
    if (!any || !append(&d, &own, where) || (!now.out[0].per_example && !fills_lanes(&d, &now.out[0])))
        return false;
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_FUSED_PROGRAM] = {.s = lng_fused_text(r->to->arena, &d.program)}};
    r->out[0] = lng_emit(r->to, &lng_op_fused, d.in, d.n_in, attr, r->node->name);
    return true;
}

const lng_pass lng_pass_fuse_pointwise = {"fuse-pointwise", "pointwise ops that follow each other run as one sweep", rule};
