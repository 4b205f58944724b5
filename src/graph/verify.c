/* The verifier: every invariant of graph.h, checked from scratch. It trusts nothing that the builder computed. */
#include "graph/op.h"
#include <string.h>

static bool defect(lng_errors *errors, const lng_node *n, const char *what)
{
    return lng_error(errors, LNG_E_DEFECT, n->place, "graph: node %%%d (%s): %s", n->id, n->op->name, what);
}

static bool check_order(const lng_graph *g, const lng_node *n, size_t id, lng_errors *errors)
{
    if (n->id != (int)id)
        return defect(errors, n, "its index is not its id");
    for (int i = 0; i < n->n_in; i++) {
        const lng_value *v = n->in[i];
        if (v->node->id >= n->id || g->node[v->node->id] != v->node)
            return defect(errors, n, "reads a value that is not made before it in this graph");
        if (v->port >= v->node->n_out || v != &v->node->out[v->port])
            return defect(errors, n, "reads a port that does not exist");
    }
    return true;
}

static bool check_loop(const lng_loop *loop, lng_errors *errors)
{
    for (size_t i = 0; i < loop->carries; i++) {
        const lng_node *n = loop->carry[i].node;
        const lng_value *next = loop->carry[i].next;
        if (n->loop != loop || !next)
            return defect(errors, n, "is no carry of its loop, or has no next value");
        const lng_value *now = &n->out[0];
        if (!lng_shape_equal(next->shape, now->shape) || next->dtype != now->dtype || next->per_example != now->per_example)
            return defect(errors, n, "its next value is of another type");
        if (next->node->loop && !lng_loop_has(next->node->loop, loop))
            return defect(errors, n, "its next value is of another loop");
    }
    return true;
}

/* What a node of a loop reads belongs to the loop or to one around it; what leaves one is read outside of it. */
static bool check_place(const lng_node *n, lng_errors *errors)
{
    if (n->loop && (n->id < n->loop->begin || (n->id >= n->loop->end && !(n->op->flags & LNG_OP_LEAVES))))
        return defect(errors, n, "is not among the nodes of its loop");
    for (int i = 0; i < n->n_in; i++) {
        const lng_loop *loop = n->in[i]->node->loop;
        if (n->op->flags & LNG_OP_LEAVES ? loop && loop->outer != n->loop : loop && !lng_loop_has(loop, n->loop))
            return defect(errors, n, "reads a value of another loop");
    }
    return true;
}

static bool check_types(const lng_node *n, lng_errors *errors)
{
    lng_infer r = {.op = n->op, .in = n->in, .n_in = n->n_in, .attr = n->attr};
    if (!lng_infer_node(&r))
        return defect(errors, n, r.why);
    for (int i = 0; i < n->n_out; i++)
        if (!lng_shape_equal(r.shape[i], n->out[i].shape) || r.dtype[i] != n->out[i].dtype ||
            r.per_example != n->out[i].per_example || n->out[i].node != n || n->out[i].port != i)
            return defect(errors, n, "an output is not what the shape rule says");
    return true;
}

static bool check_updates(const lng_graph *g, lng_errors *errors)
{
    lng_map *updated = lng_map_new(g->arena);
    for (size_t i = 0; i < g->updates; i++) {
        lng_value *v = g->update[i].value;
        if (v->per_example || v->dtype != LNG_F32)
            return defect(errors, v->node, "updates a variable with a value that is not shared floats");
        if (lng_map_put(updated, g->update[i].name, v))
            return defect(errors, v->node, "updates a variable twice");
    }
    return true;
}

static bool check_outputs(const lng_graph *g, lng_errors *errors)
{
    lng_map *declared = lng_map_new(g->arena);
    for (size_t i = 0; i < g->outputs; i++)
        if (lng_map_put(declared, g->output[i].name, g->output[i].value))
            return defect(errors, g->output[i].value->node, "two outputs have one name");
    return true;
}

bool lng_graph_verify(const lng_graph *g, lng_errors *errors)
{
    for (size_t i = 0; i < g->nodes; i++)
        if (!check_order(g, g->node[i], i, errors) || !check_place(g->node[i], errors) || !check_types(g->node[i], errors))
            return false;
    for (size_t i = 0; i < g->loops; i++)
        if (!check_loop(g->loop[i], errors))
            return false;
    return check_updates(g, errors) && check_outputs(g, errors);
}
