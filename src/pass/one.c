/* A model for one example: its inputs are shared. The ops are the same, so the bits are; but lanes run along the elements of a value, where a
 * slice of a single example would fill one lane of sixteen. */
#include "pass/pass.h"
#include <string.h>

static bool reads_batch_size(const lng_node *n)
{
    return n->op == &lng_op_clock && strstr(n->attr[LNG_CLOCK_PROGRAM].s, "batch_size");
}

bool lng_graph_has_one(const lng_graph *g)
{
    for (size_t i = 0; i < g->nodes; i++)
        if (reads_batch_size(g->node[i]) || (g->node[i]->op->flags & LNG_OP_RANDOM && g->node[i]->out[0].per_example))
            return false;
    return g->loops == 0 && g->updates == 0 && !lng_graph_reduces_batch(g);
}

static bool share(lng_rewrite *r)
{
    r->out[0] = lng_emit(r->to, &lng_op_input_first, NULL, 0, r->node->attr, r->node->name);
    return true;
}

static const lng_op *const inputs[] = {&lng_op_input, NULL};

const lng_pass lng_pass_one = {
    .name = "one", .about = "makes the inputs shared, for one example", .replaces = inputs, .rule = share, .changes_kinds = true};
