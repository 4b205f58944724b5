/* Consecutive pointwise ops become one node (graph/fused.h): a node absorbs the makers of operands that nothing else reads, also through
 * reshapes, as long as the result has their size and kind and there are few enough operands. A shared result fills the lanes with its elements,
 * so its operands are arrays of its size, or single numbers. */
#include "graph/fused.h"
#include "pass/pass.h"
#include <string.h>

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

static bool same_size(const lng_value *a, const lng_value *b)
{
    return a->per_example == b->per_example && lng_shape_size(a->shape) == lng_shape_size(b->shape);
}

/* What v is another shape of; NULL if several nodes read one of these. */
static const lng_value *behind(const lng_rewrite *r, const lng_value *v)
{
    for (; lng_rewrite_uses(r, v) == 1; v = v->node->in[0])
        if (v->node->op != &lng_op_reshape)
            return v;
    return NULL;
}

static int leading_ones(lng_shape s)
{
    int n = 0;
    while (n < s.rank && s.dim[n] == 1)
        n++;
    return n;
}

/* Whether an operand means the same under both shapes of a result: it is as large, or it has their last dimensions. */
static bool means_the_same(lng_shape in, lng_shape a, lng_shape b)
{
    bool same = true;
    for (int i = 1, n = in.rank - leading_ones(in); i <= n && same; i++) {
        const int64_t dim = in.dim[in.rank - i];
        same = i <= a.rank && i <= b.rank && dim == a.dim[a.rank - i] && dim == b.dim[b.rank - i];
    }
    return same || lng_shape_size(in) == lng_shape_size(a);
}

/* Appends the steps that make v, where the result is `out`; returns the last one, or -1 if that is not possible. of: drafts by the node's id, NULL
 * for single steps. */
static int append_maker(draft *d, draft *const *of, const lng_value *v, const lng_value *out)
{
    draft single;
    const draft *maker = of[v->node->id];
    if (!same_size(v, out) || (!maker && !single_step(v->node, &single)))
        return -1;
    if (!maker)
        maker = &single;
    draft tried = *d;
    int where[LNG_MAX_IN];
    for (int i = 0; i < maker->n_in; i++)
        if (!means_the_same(maker->in[i]->shape, v->shape, out->shape) || (where[i] = operand(&tried, maker->in[i])) < 0)
            return -1;
    if (!append(&tried, &maker->program, where))
        return -1;
    *d = tried;
    return d->program.steps - 1;
}

/* Absorbs the maker of the operand v of n if nothing else reads it; returns its last step or -1. */
static int absorb(draft *d, const lng_rewrite *r, draft *const *of, const lng_node *n, const lng_value *v)
{
    v = behind(r, v);
    return v ? append_maker(d, of, v, &n->out[0]) : -1;
}

/* Absorbs the maker of operand i of a draft if all that read it are steps of the draft: its own steps come before them. */
static bool absorb_first(draft *d, const lng_rewrite *r, draft *const *of, const lng_node *n, int i)
{
    int readers = 0, where[LNG_MAX_IN];
    for (int k = 0; k < d->program.steps; k++)
        for (int j = 0; j < d->program.step[k].n_in; j++)
            readers += d->program.step[k].in[j] == i;
    draft joined = {0};
    const int last = readers == lng_rewrite_uses(r, d->in[i]) ? append_maker(&joined, of, d->in[i], &n->out[0]) : -1;
    for (int k = 0; k < d->n_in && last >= 0; k++)
        if ((where[k] = k == i ? ~last : operand(&joined, d->in[k])) < 0 && k != i)
            return false;
    if (last < 0 || !append(&joined, &d->program, where))
        return false;
    *d = joined;
    return true;
}

/* Whether every operand is an array of the output's shape, or one number. */
static bool fills_lanes(const draft *d, const lng_value *out)
{
    for (int i = 0; i < d->n_in; i++)
        if (lng_shape_size(d->in[i]->shape) != lng_shape_size(out->shape) && lng_shape_size(d->in[i]->shape) != 1)
            return false;
    return true;
}

/* The nodes from an operand to its maker need not be copied; returns the maker's draft. */
static draft *forget(const lng_rewrite *r, draft *const *of, const lng_value *v)
{
    for (; v->node->op == &lng_op_reshape; v = v->node->in[0])
        r->live[v->node->id] = false;
    r->live[v->node->id] = false;
    return of[v->node->id];
}

/* The draft of a node that absorbs some of its operands' makers, which are then no longer needed; NULL: it absorbs none. */
static draft *fuse(const lng_rewrite *r, draft *const *of, const lng_node *n, lng_arena *arena)
{
    draft own, d = {0};
    int where[LNG_FUSED_OPERANDS];
    bool absorbed[LNG_FUSED_OPERANDS] = {false};
    const lng_value *first[LNG_FUSED_STEPS];
    int firsts = 0;
    if (!single_step(n, &own))
        return NULL;
    for (int i = 0; i < own.n_in; i++) {
        const int step = absorb(&d, r, of, n, own.in[i]);
        absorbed[i] = step >= 0;
        where[i] = step >= 0 ? ~step : operand(&d, own.in[i]);
        if (step < 0 && where[i] < 0)
            return NULL;
    }
    if (!append(&d, &own.program, where))
        return NULL;
    for (int i = 0; i < d.n_in; i++) {
        const lng_value *v = d.in[i];
        if (absorb_first(&d, r, of, n, i))
            first[firsts++] = v, i = -1; /* again, from the first operand on */
    }
    if (d.program.steps == 1 || (!n->out[0].per_example && !fills_lanes(&d, &n->out[0])))
        return NULL;
    draft *made = NULL;
    for (int i = 0; i < own.n_in; i++)
        if (absorbed[i]) {
            draft *free = forget(r, of, own.in[i]);
            made = made ? made : free;
        }
    for (int i = 0; i < firsts; i++)
        r->live[first[i]->node->id] = false;
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

/* An operand in a shape that stretches to that of the result. */
static lng_value *fitting(lng_graph *g, lng_value *v, lng_shape to)
{
    if (lng_shape_size(v->shape) == lng_shape_size(to))
        return lng_reshape(g, v, to);
    lng_shape s = v->shape;
    const int cut = s.rank - to.rank;
    if (cut <= 0)
        return v;
    s.rank = to.rank;
    memmove(s.dim, s.dim + cut, (size_t)s.rank * sizeof *s.dim);
    return lng_reshape(g, v, s);
}

static bool rule(lng_rewrite *r)
{
    const draft *d = ((draft *const *)r->survey)[r->node->id];
    lng_value *in[LNG_MAX_IN];
    if (!d)
        return false;
    for (int i = 0; i < d->n_in; i++)
        in[i] = fitting(r->to, r->made[lng_value_index(d->in[i])], r->node->out[0].shape);
    const lng_attr attr[] = {[LNG_FUSED_PROGRAM] = {.s = lng_fused_text(r->to->arena, &d->program)}};
    r->out[0] = lng_emit(r->to, &lng_op_fused, in, d->n_in, attr, r->node->name);
    return true;
}

const lng_pass lng_pass_fuse_pointwise = {
    .name = "fuse-pointwise", .about = "consecutive pointwise ops run as one sweep", .rule = rule, .survey = survey};
