/* What depends on what. In a loop, a carry depends on its next value, which is a later node. */
#include "graph/op.h"

bool *lng_graph_live(const lng_graph *g, lng_arena *arena)
{
    bool *live = LNG_NEW_N(arena, g->nodes + 1, bool);
    for (size_t i = 0; i < g->outputs; i++)
        live[g->output[i].value->node->id] = true;
    for (size_t i = 0; i < g->updates; i++)
        live[g->update[i].value->node->id] = true;
    lng_graph_mark_needed(g, live);
    return live;
}

/* Passes a mark on between each carry and its next value, to the carry if `back`; whether a mark is new. */
static bool mark_carries(const lng_graph *g, bool *marked, bool back)
{
    bool more = false;
    for (size_t k = 0; k < g->loops; k++)
        for (size_t i = 0; i < g->loop[k]->carries; i++) {
            const lng_carry *c = &g->loop[k]->carry[i];
            if (!c->next)
                continue;
            const int from = back ? c->next->node->id : c->node->id, to = back ? c->node->id : c->next->node->id;
            if (marked[from] && !marked[to])
                more = marked[to] = true;
        }
    return more;
}

void lng_graph_mark_needed(const lng_graph *g, bool *marked)
{
    do
        for (size_t i = g->nodes; i-- > 0;)
            for (int k = 0; marked[i] && k < g->node[i]->n_in; k++)
                marked[g->node[i]->in[k]->node->id] = true;
    while (mark_carries(g, marked, false));
}

void lng_graph_mark_dependent(const lng_graph *g, bool *marked, bool slopes)
{
    do
        for (size_t i = 0; i < g->nodes; i++) {
            const lng_node *n = g->node[i];
            for (int k = 0; k < n->n_in && !marked[i] && (!slopes || n->op->vjp); k++)
                marked[i] = marked[n->in[k]->node->id] && (!slopes || n->in[k]->dtype == LNG_F32);
        }
    while (mark_carries(g, marked, true));
}
