/* Running a pass: the live part of a graph is copied in order, and the pass's rule may put something else in place of a node. */
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

/* Whether what a rule has set may stand for the node: each output that is read has a value of its type. */
static inline bool fits(const lng_rewrite *r)
{
    for (int k = 0; k < r->node->n_out; k++) {
        const lng_value *old = &r->node->out[k], *v = r->out[k];
        const bool same =
            v && lng_shape_equal(v->shape, old->shape) && v->dtype == old->dtype && v->per_example == old->per_example;
        if (!same && (v || lng_rewrite_uses(r, old) > 0))
            return false;
    }
    return true;
}

lng_graph *lng_pass_run(const lng_pass *pass, const lng_graph *from, lng_arena *arena)
{
    lng_graph *to = lng_graph_new(arena, from->errors);
    bool *live = lng_graph_live(from, arena);
    lng_value **map = LNG_NEW_N(arena, (from->nodes + 1) * LNG_MAX_OUT, lng_value *);
    lng_rewrite r = {.to = to, .uses = count_uses(from, live, arena)};
    for (size_t i = 0; i < from->nodes; i++) {
        if (!live[i])
            continue;
        r.node = from->node[i];
        for (int k = 0; k < r.node->n_in; k++)
            r.in[k] = map[lng_value_index(r.node->in[k])];
        memset(r.out, 0, sizeof r.out);
        to->scope = r.node->name;
        to->place = r.node->place;
        if (!pass->rule(&r))
            copy_node(&r);
        if (!r.out[0])
            return NULL;
        LNG_ASSERT(fits(&r));
        memcpy(&map[i * LNG_MAX_OUT], r.out, sizeof r.out);
    }
    for (size_t i = 0; i < from->outputs; i++)
        lng_graph_output(to, from->output[i].name, map[lng_value_index(from->output[i].value)]);
    for (size_t i = 0; i < from->updates; i++)
        lng_graph_update(to, from->update[i].name, map[lng_value_index(from->update[i].value)]);
    to->scope = from->scope;
    to->place = from->place;
    return to;
}

lng_graph *lng_passes_run(const lng_pass *const *list, const lng_graph *g, lng_arena *arena, lng_errors *errors)
{
    lng_graph *now = (lng_graph *)g;
    for (; *list && now; list++) {
        now = lng_pass_run(*list, now, arena);
        if (now && !lng_graph_verify(now, errors))
            return NULL;
    }
    return now;
}
