/* A digest of what a graph does with its variables: equal for graphs that compute the same outputs from the same inputs and variables by
 * the same formula, whatever order they were built in, and however sums and products are written: a - 2 * b is -2 * b + a. The outputs are
 * `out`, and each other one (first `loss`) that reads a variable that those before it do not.
 *
 * An output's digest is its value in the field of the integers modulo 2^61 - 1. There + - * mean what they are called, an integer constant is
 * itself, and everything else is a hash: an input's of its index, a variable's and a draw's of its name, any other op's of its attributes
 * and its operands. So two polynomials are equal here only if they are the same, or by chance (about 1 in 2^61). */
#include "graph/op.h"
#include "graph/ops.h"
#include <math.h>
#include <string.h>

#define PRIME (((uint64_t)1 << 61) - 1)

/* x modulo the prime: 2^61 is 1. */
static uint64_t reduce(uint64_t x)
{
    x = (x & PRIME) + (x >> 61);
    return x >= PRIME ? x - PRIME : x;
}

static uint64_t negative(uint64_t x)
{
    return x ? PRIME - x : 0;
}

/* In halves of 32 bits, of which the high one has 29: 2^64 is 8. */
static uint64_t product(uint64_t x, uint64_t y)
{
    const uint64_t half = 0xffffffff, low = (x & half) * (y & half), high = (x >> 32) * (y >> 32);
    const uint64_t middle = (x & half) * (y >> 32) + (x >> 32) * (y & half);
    return reduce(reduce(low) + (high << 3) + (middle >> 29) + ((middle & (((uint64_t)1 << 29) - 1)) << 32));
}

/* ---- hashes ---- */
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

/* Operands of an op that commutes are hashed in the order of their digests. */
static void sort_pair(uint64_t in[2])
{
    if (in[0] > in[1]) {
        const uint64_t first = in[0];
        in[0] = in[1];
        in[1] = first;
    }
}

/* of[id]: of the first result of a node; the others are told from it by their number. */
static uint64_t of_value(const lng_value *v, const uint64_t *of)
{
    return v->port ? reduce(mix(of[v->node->id], (uint64_t)v->port)) : of[v->node->id];
}

static uint64_t hashed(const lng_node *n, const uint64_t *of)
{
    uint64_t in[LNG_MAX_IN] = {0}, h = add_text(0, n->op->name);
    if (n->op->flags & (LNG_OP_STORED | LNG_OP_RANDOM))
        h = add_text(h, n->name);
    for (int i = 0; i < n->op->n_attr; i++)
        h = add_attr(h, &n->attr[i]);
    h = add_shape(h, n->out[0].shape);
    for (int i = 0; i < n->n_in; i++)
        in[i] = add_shape(of_value(n->in[i], of), n->in[i]->shape);
    if (n->op->flags & LNG_OP_COMMUTES && n->n_in == 2)
        sort_pair(in);
    for (int i = 0; i < n->n_in; i++)
        h = mix(h, in[i]);
    return reduce(h);
}

/* ---- the field ---- */
static uint64_t constant(double x)
{
    const double size = fabs(x);
    const uint64_t digest = size < 0x1p53 && size == floor(size) ? (uint64_t)size : reduce(add_number(0, size));
    return x < 0 ? negative(digest) : digest;
}

static uint64_t digest_node(const lng_node *n, const uint64_t *of)
{
    double fill;
    const uint64_t a = n->n_in > 0 ? of_value(n->in[0], of) : 0, b = n->n_in > 1 ? of_value(n->in[1], of) : 0;
    if (lng_value_is_constant(&n->out[0], &fill))
        return constant(fill);
    if (n->out[0].dtype != LNG_F32)
        return hashed(n, of);
    if (n->op == &lng_op_add)
        return reduce(a + b);
    if (n->op == &lng_op_sub)
        return reduce(a + negative(b));
    if (n->op == &lng_op_neg)
        return negative(a);
    return n->op == &lng_op_mul ? product(a, b) : hashed(n, of);
}

/* ---- loops: what leaves one depends on all that it carries ---- */
static uint64_t digest_loop(const lng_loop *loop, const uint64_t *of)
{
    uint64_t h = mix((uint64_t)loop->count, loop->carries);
    for (size_t i = 0; i < loop->carries; i++)
        if (loop->carry[i].next)
            h = mix(mix(h, of[loop->carry[i].node->id]), of_value(loop->carry[i].next, of));
    return h;
}

static uint64_t digest_leaving(const lng_node *n, const uint64_t *of)
{
    const lng_loop *loop = n->in[0]->node->loop;
    return loop ? reduce(mix(hashed(n, of), digest_loop(loop, of))) : hashed(n, of);
}

/* ---- outputs ---- */
typedef struct digest {
    const uint64_t *of;
    bool *reads;           /* nodes that the outputs so far depend on */
    const lng_node **next; /* those of them whose operands are still to be looked at: a stack */
    size_t depth;
    uint64_t sum;
} digest;

/* Whether it is a variable that the outputs before it do not read. */
static bool read_node(digest *d, const lng_node *n)
{
    if (d->reads[n->id])
        return false;
    d->reads[n->id] = true;
    d->next[d->depth++] = n;
    return n->op->flags & LNG_OP_STORED;
}

/* Whether v depends on a variable that the outputs before it do not. */
static bool reads_more(digest *d, const lng_value *v)
{
    bool more = read_node(d, v->node);
    while (d->depth > 0) {
        const lng_node *n = d->next[--d->depth];
        for (int k = 0; k < n->n_in; k++)
            more |= read_node(d, n->in[k]->node);
        for (size_t k = 0; n->loop && k < n->loop->carries; k++)
            if (n->loop->carry[k].node == n && n->loop->carry[k].next)
                more |= read_node(d, n->loop->carry[k].next->node);
    }
    return more;
}

static void add_output(digest *d, const lng_value *v, bool always)
{
    if (v && (reads_more(d, v) || always))
        d->sum = mix(d->sum, add_shape(of_value(v, d->of), v->shape));
}

static const uint64_t *digest_nodes(const lng_graph *g, lng_arena *arena)
{
    uint64_t *of = LNG_NEW_N(arena, g->nodes + 1, uint64_t);
    for (size_t i = 0; i < g->nodes; i++)
        of[i] = g->node[i]->op->flags & LNG_OP_LEAVES ? digest_leaving(g->node[i], of) : digest_node(g->node[i], of);
    return of;
}

lng_formulas lng_graph_formulas(const lng_graph *g, const lng_value *v, lng_arena *arena)
{
    const uint64_t *of = digest_nodes(g, arena);
    lng_formulas all = {.value = of_value(v, of)};
    for (size_t i = 0; i < g->updates; i++)
        all.updates += mix(add_text(0, g->update[i].name), of_value(g->update[i].value, of));
    return all;
}

uint64_t lng_graph_digest(const lng_graph *g, lng_arena *arena)
{
    digest d = {.of = digest_nodes(g, arena),
                .reads = LNG_NEW_N(arena, g->nodes + 1, bool),
                .next = LNG_NEW_N(arena, g->nodes + 1, const lng_node *)};
    add_output(&d, lng_graph_find_output(g, "out"), true);
    add_output(&d, lng_graph_find_output(g, "loss"), false);
    for (size_t i = 0; i < g->outputs; i++)
        add_output(&d, g->output[i].value, false);
    return d.sum;
}
