/* A model for one example: its inputs and draws are shared, so all values are. The ops are the same, so the bits are; but lanes run along the
 * elements of a value, where a slice of a single example would fill one lane of sixteen. */
#include "pass/pass.h"
#include <string.h>

static bool reads_batch_size(const lng_node *n)
{
    return n->op == &lng_op_clock && strstr(n->attr[LNG_CLOCK_PROGRAM].s, "batch_size");
}

bool lng_graph_has_one(const lng_graph *g)
{
    for (size_t i = 0; i < g->nodes; i++)
        if (reads_batch_size(g->node[i]))
            return false;
    return g->updates == 0 && !lng_graph_reduces_batch(g);
}

/* What only one example draws. */
static bool share_draw(lng_rewrite *r)
{
    const lng_node *n = r->node;
    lng_attr attr[LNG_MAX_ATTR];
    if (!n->out[0].per_example)
        return false;
    memcpy(attr, n->attr, (size_t)n->op->n_attr * sizeof *attr);
    attr[LNG_RANDOM_PER_EXAMPLE].i = LNG_DRAWN_FOR_FIRST;
    r->out[0] = lng_emit(r->to, n->op, NULL, 0, attr, n->name);
    return true;
}

static bool share(lng_rewrite *r)
{
    const lng_node *n = r->node;
    if (n->op->flags & LNG_OP_RANDOM)
        return share_draw(r);
    r->out[0] = n->op == &lng_op_input ? lng_emit(r->to, &lng_op_input_first, NULL, 0, n->attr, n->name) : r->in[0];
    return true;
}

static const lng_op *const per_example[] = {&lng_op_input, &lng_op_random_normal, &lng_op_random_uniform, &lng_op_batch_broadcast,
                                            NULL};

const lng_pass lng_pass_one = {.name = "one",
                               .about = "makes inputs and draws shared, for one example",
                               .replaces = per_example,
                               .rule = share,
                               .changes_kinds = true};
