/* A digest of what an output computes: equal for graphs that compute it by the same ops, with the same attributes, from the same inputs
 * and variables, whatever order they were built in and whatever else they compute.
 *
 * The digest of a value hashes its op, attributes, shape and the digests of its operands; a variable's and a draw's also its name. */
#include "graph/op.h"
#include <string.h>

static uint64_t mix(uint64_t h, uint64_t x)
{
    h ^= x + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
    return h * 0xff51afd7ed558ccdu;
}

static uint64_t add_text(uint64_t h, const char *text)
{
    return mix(h, text ? lng_hash(text, strlen(text)) : 0);
}

static uint64_t add_number(uint64_t h, double x)
{
    char text[LNG_NUMBER_SIZE];
    return add_text(h, lng_number(text, x));
}

static uint64_t add_shape(uint64_t h, lng_shape shape)
{
    char text[LNG_SHAPE_TEXT];
    return add_text(h, lng_shape_text(text, shape));
}

static uint64_t add_attr(uint64_t h, const lng_attr *a)
{
    h = add_number(mix(h, (uint64_t)a->i), a->f);
    return add_shape(add_text(h, a->s), a->v);
}

/* Operands of an op that commutes count in the order of their digests. */
static void sort_pair(uint64_t in[2])
{
    if (in[0] > in[1]) {
        const uint64_t first = in[0];
        in[0] = in[1];
        in[1] = first;
    }
}

static uint64_t digest_node(const lng_node *n, const uint64_t *of)
{
    uint64_t in[LNG_MAX_IN] = {0}, h = add_text(0, n->op->name);
    if (n->op->flags & (LNG_OP_STORED | LNG_OP_RANDOM))
        h = add_text(h, n->name);
    for (int i = 0; i < n->op->n_attr; i++)
        h = add_attr(h, &n->attr[i]);
    h = add_shape(h, n->out[0].shape);
    for (int i = 0; i < n->n_in; i++)
        in[i] = mix(of[n->in[i]->node->id], (uint64_t)n->in[i]->port);
    if (n->op->flags & LNG_OP_COMMUTES && n->n_in == 2)
        sort_pair(in);
    for (int i = 0; i < n->n_in; i++)
        h = mix(h, in[i]);
    return h;
}

uint64_t lng_graph_digest(const lng_graph *g, lng_arena *arena, const char *output)
{
    const lng_value *v = lng_graph_find_output(g, output);
    uint64_t *of = LNG_NEW_N(arena, g->nodes + 1, uint64_t);
    for (size_t i = 0; v && i < g->nodes; i++)
        of[i] = digest_node(g->node[i], of);
    return v ? mix(of[v->node->id], (uint64_t)v->port) : 0;
}
