/* Stages (graph.h): what is computed before something is added up over the batch, and what after it. */
#include "graph/ops.h"

static bool is_constant(const lng_node *n)
{
    if (n->n_in == 0)
        return n->op == &lng_op_constant || n->op == &lng_op_arange;
    return !n->out[0].per_example && !(n->op->flags & (LNG_OP_RANDOM | LNG_OP_BATCH));
}

static int stage_of_node(const lng_node *n, const int *stage)
{
    int s = is_constant(n) ? LNG_STAGE_ONCE : 0;
    for (int i = 0; i < n->n_in; i++)
        if (stage[n->in[i]->node->id] > s)
            s = stage[n->in[i]->node->id];
    return n->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS) ? s + 1 : s;
}

const lng_loop *lng_loop_outermost(const lng_loop *loop)
{
    while (loop && loop->outer)
        loop = loop->outer;
    return loop;
}

/* The outermost loop in whose stage a node is; a stack is in that of the loop whose turns leave it. */
static const lng_loop *loop_of(const lng_graph *g, const lng_node *n)
{
    const bool stacks = n->op == &lng_op_loop_stack && n->attr[LNG_LOOP_NUMBER].i >= 0;
    return lng_loop_outermost(stacks ? g->loop[n->attr[LNG_LOOP_NUMBER].i] : n->loop);
}

/* Whether a loop turned out to have a later stage than was known when its first nodes were seen. */
static bool find_stages(const lng_graph *g, const bool *live, int *stage, int *of_loop)
{
    bool again = false;
    for (size_t i = 0; i < g->nodes; i++) {
        const lng_loop *loop = loop_of(g, g->node[i]);
        stage[i] = live[i] ? stage_of_node(g->node[i], stage) : LNG_STAGE_DEAD;
        if (!loop || !live[i])
            continue;
        int *least = &of_loop[loop->number];
        again |= stage[i] > *least;
        stage[i] = *least = stage[i] > *least ? stage[i] : *least;
    }
    return again;
}

int *lng_graph_stages(const lng_graph *g, const bool *live, lng_arena *arena, int *of_loop)
{
    int *stage = LNG_NEW_N(arena, g->nodes + 1, int);
    for (size_t i = 0; i < g->loops; i++)
        of_loop[i] = LNG_STAGE_DEAD;
    while (find_stages(g, live, stage, of_loop))
        continue;
    return stage;
}
