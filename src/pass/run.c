/* Runs a pass: copies the live part of a graph in order, while the pass's rule may replace nodes. */
#include "base/assert.h"
#include "pass/pass.h"
#include <string.h>

static int *count_uses(const lng_graph *g, const bool *live, lng_arena *arena)
{
    int *uses = LNG_NEW_N(arena, (g->nodes + 1) * LNG_MAX_OUT, int);
    for (size_t i = 0; i < g->nodes; i++)
        for (int k = 0; live[i] && k < g->node[i]->n_in; k++)
            uses[lng_value_index(g->node[i]->in[k])]++;
    for (size_t i = 0; i < g->outputs; i++)
        uses[lng_value_index(g->output[i].value)]++;
    for (size_t i = 0; i < g->updates; i++)
        uses[lng_value_index(g->update[i].value)]++;
    for (size_t k = 0; k < g->loops; k++)
        for (size_t i = 0; i < g->loop[k]->carries; i++)
            uses[lng_value_index(g->loop[k]->carry[i].next)]++;
    return uses;
}

int lng_rewrite_uses(const lng_rewrite *r, const lng_value *old)
{
    return r->uses[lng_value_index(old)];
}

static void copy_node(lng_rewrite *r)
{
    const lng_node *n = r->node;
    lng_value *first = lng_emit(r->to, n->op, r->in, n->n_in, n->attr, n->name);
    if (!first)
        return;
    r->out[0] = first;
    for (int i = 1; i < n->n_out; i++)
        r->out[i] = &first->node->out[i];
}

/* Whether what a rule has set can replace the node: each output that is read has a value of its type. */
static inline bool fits(const lng_rewrite *r, const lng_pass *pass)
{
    for (int k = 0; k < r->node->n_out; k++) {
        const lng_value *old = &r->node->out[k], *v = r->out[k];
        const bool same = v && lng_shape_equal(v->shape, old->shape) && v->dtype == old->dtype &&
                          (v->per_example == old->per_example || pass->changes_kinds);
        if (!same && (v || lng_rewrite_uses(r, old) > 0))
            return false;
    }
    return true;
}

static bool asks(const lng_pass *pass, const lng_node *n)
{
    const lng_op *const *op = pass->replaces;
    while (op && *op && *op != n->op)
        op++;
    return !op || *op;
}

static bool applies(const lng_pass *pass, const lng_graph *g)
{
    for (size_t i = 0; i < g->nodes; i++)
        if (asks(pass, g->node[i]))
            return true;
    return false;
}

/* ---- loops: the same in both graphs, by their numbers ---- */
static void copy_loops(lng_graph *to, const lng_graph *from)
{
    for (size_t k = 0; k < from->loops; k++) {
        const lng_loop *old = from->loop[k];
        to->inside = old->outer ? to->loop[old->outer->number] : NULL;
        lng_loop *loop = lng_loop_open(to, old->count);
        loop->back = old->back ? to->loop[old->back->number] : NULL;
        loop->place = old->place;
        loop->remat = old->remat;
    }
    to->inside = NULL;
}

/* A loop begins and ends at the same nodes. */
static void mark_loops(lng_graph *to, const lng_graph *from, size_t id)
{
    for (size_t k = 0; k < from->loops; k++) {
        if (from->loop[k]->begin == (int)id)
            to->loop[k]->begin = (int)to->nodes;
        if (from->loop[k]->end == (int)id)
            to->loop[k]->end = (int)to->nodes;
    }
}

static void copy_nexts(lng_graph *to, const lng_graph *from, const bool *live, lng_value *const *made)
{
    for (size_t k = 0; k < from->loops; k++) {
        lng_carry *carry = to->loop[k]->carry;
        for (size_t i = 0; i < from->loop[k]->carries; i++)
            if (live[from->loop[k]->carry[i].node->id])
                (carry++)->next = made[lng_value_index(from->loop[k]->carry[i].next)];
    }
}

lng_graph *lng_pass_run(const lng_pass *pass, const lng_graph *from, lng_arena *arena)
{
    lng_graph *to = lng_graph_new(arena, from->errors);
    lng_value **made = LNG_NEW_N(arena, (from->nodes + 1) * LNG_MAX_OUT, lng_value *);
    lng_rewrite r = {.to = to, .made = made, .live = lng_graph_live(from, arena)};
    r.uses = count_uses(from, r.live, arena);
    r.survey = pass->survey ? pass->survey(&r, from, arena) : NULL;
    copy_loops(to, from);
    for (size_t i = 0; i < from->nodes; i++) {
        mark_loops(to, from, i);
        if (!r.live[i])
            continue;
        r.node = from->node[i];
        for (int k = 0; k < r.node->n_in; k++)
            r.in[k] = made[lng_value_index(r.node->in[k])];
        memset(r.out, 0, sizeof r.out);
        to->scope = r.node->name;
        to->place = r.node->place;
        if (!asks(pass, r.node) || !pass->rule(&r))
            copy_node(&r);
        if (!r.out[0])
            return NULL;
        LNG_ASSERT(fits(&r, pass));
        memcpy(&made[i * LNG_MAX_OUT], r.out, sizeof r.out);
    }
    mark_loops(to, from, from->nodes);
    copy_nexts(to, from, r.live, made);
    for (size_t i = 0; i < from->outputs; i++)
        lng_graph_output(to, from->output[i].name, made[lng_value_index(from->output[i].value)]);
    for (size_t i = 0; i < from->updates; i++)
        lng_graph_update(to, from->update[i].name, made[lng_value_index(from->update[i].value)]);
    to->scope = from->scope;
    to->place = from->place;
    lng_graph_sweep(to);
    return to;
}

static bool copy_all(lng_rewrite *r)
{
    (void)r;
    return false;
}

const lng_pass lng_pass_copy = {.name = "copy", .about = "the same graph in another arena", .rule = copy_all};

lng_graph *lng_passes_run(const lng_pass *const *list, const lng_graph *g, lng_arena *arena, lng_errors *errors)
{
    lng_graph *now = NULL;
    for (; *list; list++)
        if (applies(*list, now ? now : g)) {
            now = lng_pass_run(*list, now ? now : g, arena);
            if (!now || !lng_graph_verify(now, errors))
                return NULL;
        }
    return now ? now : lng_pass_run(&lng_pass_copy, g, arena);
}
