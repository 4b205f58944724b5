/* Consecutive pointwise ops become one node (graph/fused.h): a node absorbs the makers of operands that nothing else reads, as long as the
 * result has their shape and kind and there are few enough operands. A shared result fills the lanes with its elements, so its operands are
 * arrays of its shape, or single numbers. */
#include "graph/fused.h"
#include "pass/pass.h"

/* The program of a node and those that it has absorbed, on values of the old graph. */
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

/* A node as a program of one step; false if it is not a pointwise op on floats. */
static bool single_step(const lng_node *n, draft *d)
{
    if (!(n->op->flags & LNG_OP_POINTWISE) || n->op->n_attr || n->n_out != 1 || n->n_in > LNG_FUSED_OPERANDS ||
        n->out[0].dtype != LNG_F32)
        return false;
    *d = (draft){.program = {.steps = 1, .step = {{.op = n->op, .n_in = n->n_in}}}};
    for (int i = 0; i < n->n_in; i++) {
        if (n->in[i]->dtype != LNG_F32)
            return false;
        d->program.step[0].in[i] = operand(d, n->in[i]);
    }
    return true;
}

/* Appends a program whose operand i is number where[i] in the draft; false if there is no room. */
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

/* Absorbs the maker of the operand v of n; returns its last step, or -1 if that is not possible. of: by the node's id, NULL for single steps. */
static int absorb(draft *d, const lng_rewrite *r, draft *const *of, const lng_node *n, const lng_value *v)
{
    const lng_value *out = &n->out[0];
    draft single;
    const draft *maker = of[v->node->id];
    if (lng_rewrite_uses(r, v) != 1 || !lng_shape_equal(v->shape, out->shape) || v->per_example != out->per_example ||
        (!maker && !single_step(v->node, &single)))
        return -1;
    if (!maker)
        maker = &single;
    draft tried = *d;
    int where[LNG_MAX_IN];
    for (int i = 0; i < maker->n_in; i++)
        if ((where[i] = operand(&tried, maker->in[i])) < 0)
            return -1;
    if (!append(&tried, &maker->program, where))
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

/* The draft of a node that absorbs some of its operands' makers, which are then no longer needed; NULL: it absorbs none. */
static draft *fuse(const lng_rewrite *r, draft *const *of, const lng_node *n, lng_arena *arena)
{
    draft own, d = {0};
    int where[LNG_FUSED_OPERANDS];
    bool absorbed[LNG_FUSED_OPERANDS] = {false}, any = false;
    if (!single_step(n, &own))
        return NULL;
    for (int i = 0; i < own.n_in; i++) {
        const int step = absorb(&d, r, of, n, own.in[i]);
        any |= absorbed[i] = step >= 0;
        where[i] = step >= 0 ? ~step : operand(&d, own.in[i]);
        if (step < 0 && where[i] < 0)
            return NULL;
    }
    if (!any || !append(&d, &own.program, where) || (!n->out[0].per_example && !fills_lanes(&d, &n->out[0])))
        return NULL;
    draft *made = NULL;
    for (int i = 0; i < own.n_in; i++)
        if (absorbed[i]) {
            r->live[own.in[i]->node->id] = false;
            made = made ? made : of[own.in[i]->node->id];
        }
    if (!made)
        made = LNG_NEW(arena, draft);
    *made = d;
    return made;
}

/* The drafts, by the node's id. */
static const void *survey(const lng_rewrite *r, const lng_graph *g, lng_arena *arena)
{
    draft **of = LNG_NEW_N(arena, g->nodes + 1, draft *);
    for (size_t i = 0; i < g->nodes; i++)
        of[i] = r->live[i] ? fuse(r, of, g->node[i], arena) : NULL;
    return of;
}

static bool rule(lng_rewrite *r)
{
    const draft *d = ((draft *const *)r->survey)[r->node->id];
    lng_value *in[LNG_MAX_IN];
    if (!d)
        return false;
    for (int i = 0; i < d->n_in; i++)
        in[i] = r->made[lng_value_index(d->in[i])];
    const lng_attr attr[] = {[LNG_FUSED_PROGRAM] = {.s = lng_fused_text(r->to->arena, &d->program)}};
    r->out[0] = lng_emit(r->to, &lng_op_fused, in, d->n_in, attr, r->node->name);
    return true;
}

const lng_pass lng_pass_fuse_pointwise = {
    .name = "fuse-pointwise", .about = "consecutive pointwise ops run as one sweep", .rule = rule, .survey = survey};
