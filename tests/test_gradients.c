/* Gradients of random graphs: ops of the table, with shapes, attributes and ranges from their cases, on top of one another. The gradient by every
 * leaf, and the gradient of a sum of gradients, agree with central differences in double along a random direction.
 *
 * Where the differences at two steps disagree, a joint of some op lies between, and nothing is claimed; that must be rare. LNG_GRAPHS=5000 draws as many
 * graphs; those of `make check` are always the same, and use every op. A gradient that is checked goes through each op that has one, also through those
 * that only gradients use. */
#include "graph/ops.h"
#include "suite.h"
#include "trials.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GRAPHS    90
#define NODES     9
#define LEAVES    4 /* two per-example, two shared */
#define LEAF_SIZE 24
#define LARGEST   4096
#define EXAMPLES  17 /* two slices */

/* Children count too: the numbers are in shared memory. */
static struct tally {
    long gradients, second, no_second, joints;
    int used[1000];    /* by op: in graphs */
    int crossed[1000]; /* by op: nodes that lie between a leaf and what was differentiated */
} * tally;

typedef struct pool {
    lng_graph *graph;
    rng *r;
    lng_value *value[LEAVES + NODES * LNG_MAX_OUT];
    int n, mix; /* mix: below 4; how the next op's operands are drawn */
} pool;

/* ---- operands ---- */
/* As many elements as the shape has: a part of the value, or several copies. */
static lng_value *fit(lng_graph *g, rng *r, lng_value *v, lng_shape shape)
{
    const int64_t have = lng_shape_size(v->shape), want = lng_shape_size(shape);
    v = lng_reshape(g, v, lng_shape_of(1, have));
    if (have < want) {
        const int64_t copies = (want + have - 1) / have;
        v = lng_reshape(g, lng_broadcast(g, v, lng_shape_of(2, copies, have)), lng_shape_of(1, copies * have));
    }
    const int64_t start = have > want ? rng_below(r, (int)(have - want + 1)) : 0;
    return lng_reshape(g, lng_slice(g, v, 0, start, start + want, 1), shape);
}

/* For operand k. Half of the ops read leaves, per-example and shared ones in turn: gradients are sums over the batch only where the two meet. */
static lng_value *any(const pool *p, int k)
{
    const int shared = (k + p->mix) % 2;
    return p->value[p->mix < 2 ? rng_below(p->r, p->n) : rng_below(p->r, LEAVES / 2) + shared * LEAVES / 2];
}

/* Indices below `end`. */
static lng_value *integers(const pool *p, int k, lng_shape shape, int64_t end)
{
    shape.dim[shape.rank++] = end;
    lng_value *scores = lng_unary(p->graph, &lng_op_sin, fit(p->graph, p->r, any(p, k), shape));
    return lng_unary(p->graph, &lng_op_argmax, scores);
}

/* Floats within the case's range. */
static lng_value *floats(const pool *p, const lng_case *c, int k)
{
    lng_graph *g = p->graph;
    const bool open = c->low == 0 && c->high == 0;
    const double low = open ? -2 : c->low, high = open ? 2 : c->high;
    lng_value *v = fit(g, p->r, any(p, k), c->in[k]);
    if (c->truths >> k & 1)
        return lng_binary(g, &lng_op_less, v, lng_scalar(g, 0.1));
    v = lng_unary(g, &lng_op_sin, lng_mul(g, v, lng_scalar(g, 1.7)));
    return lng_add(g, lng_mul(g, v, lng_scalar(g, 0.49 * (high - low))), lng_scalar(g, 0.5 * (low + high)));
}

/* ---- growing ---- */
static bool is_eligible(const lng_op *op)
{
    if (op->flags & (LNG_OP_HIDDEN | LNG_OP_RANDOM | LNG_OP_STORED) || op->n_in == 0 || op == &lng_op_stop_gradient ||
        op == &lng_op_orthonormal) /* has a slope that it says it does not follow */
        return false;
    const lng_op_cases *all = lng_op_cases_of(op);
    for (int i = 0; i < all->n_cases; i++)
        if (!all->cases[i].integers)
            return true;
    return false;
}

static const lng_case *draw_case(const lng_op *op, rng *r)
{
    const lng_op_cases *all = lng_op_cases_of(op);
    const lng_case *c;
    do
        c = &all->cases[rng_below(r, all->n_cases)];
    while (c->integers);
    return c;
}

/* Adds the results of one more op; false if this draw does not fit. */
static bool grow(pool *p, const lng_op *op)
{
    const lng_case *c = draw_case(op, p->r);
    const trial_plan plan = trial_plan_case(op, (int)(c - lng_op_cases_of(op)->cases), 0);
    lng_value *in[LNG_MAX_IN];
    p->mix = rng_below(p->r, 4);
    for (int k = 0; k < plan.n_in; k++)
        in[k] = op->in[k].dtype == LNG_INT_ONLY ? integers(p, k, plan.in[k], (int64_t)fmin(fmax(plan.high, 0), 7) + 1)
                                                : floats(p, c, k);
    lng_value *out = lng_emit(p->graph, op, in, plan.n_in, plan.attr, NULL);
    for (int i = 0; out && i < op->n_out; i++) {
        lng_value *y = op->n_out == 1 ? out : &out->node->out[i];
        if (y->dtype == LNG_F32 && lng_shape_size(y->shape) <= LARGEST)
            p->value[p->n++] = y;
    }
    tally->used[lng_op_index(op)] += out != NULL;
    return out != NULL;
}

/* The eligible ops in a random order, another one for each round. */
static int shuffled(const lng_op **order, int round)
{
    rng r = {.state = (uint64_t)round};
    int n = 0;
    for (size_t i = 0; i < lng_op_count; i++)
        if (is_eligible(lng_ops[i])) {
            const int k = rng_below(&r, n + 1); /* the new one takes a random place, and what was there goes to the end */
            order[n] = order[k];
            order[k] = lng_ops[i];
            n++;
        }
    return n;
}

static lng_value *weighted_sum(trial *t, lng_value *sum, lng_value *y, const char *name, uint64_t seed)
{
    lng_graph *g = t->graph;
    lng_value *p = lng_unary(g, &lng_op_sum, lng_mul(g, y, trial_variable(t, name, y->shape, seed)));
    p = y->per_example ? lng_batch_mean(g, p) : p;
    return sum ? lng_add(g, sum, p) : p;
}

static trial *leaves(uint64_t seed)
{
    static lng_attr along[LNG_MAX_ATTR];
    trial_plan plan = {.op = &lng_op_concat, .n_in = LEAVES, .attr = along, .low = -2, .high = 2, .shared = 0xc, .seed = seed};
    for (int i = 0; i < LEAVES; i++)
        plan.in[i] = lng_shape_of(1, (int64_t)LEAF_SIZE);
    trial *t = trial_new(arena, &plan, errors);
    must(t && t->out);
    return t;
}

/* ---- checking ---- */
/* Notes the ops that a gradient of y goes through. */
static void note_crossed(const lng_graph *g, const lng_value *y, lng_value *const *leaf)
{
    bool *depends = LNG_NEW_N(arena, g->nodes, bool), *needed = LNG_NEW_N(arena, g->nodes, bool);
    for (int k = 0; k < LEAVES; k++)
        depends[leaf[k]->node->id] = true;
    for (int i = 0; i <= y->node->id; i++)
        for (int k = 0; k < g->node[i]->n_in; k++)
            depends[i] |= depends[g->node[i]->in[k]->node->id] && g->node[i]->in[k]->dtype == LNG_F32;
    needed[y->node->id] = true;
    for (int i = y->node->id; i >= 0; i--) {
        const lng_node *n = g->node[i];
        for (int k = 0; k < n->n_in && needed[i]; k++)
            needed[n->in[k]->node->id] |= n->op->vjp && depends[n->in[k]->node->id] && n->in[k]->dtype == LNG_F32;
        tally->crossed[lng_op_index(n->op)] += needed[i] && depends[i];
    }
}

static void check(trial *t, const lng_value *y, lng_value *const *g, long *count, const char *what)
{
    lng_reference *r = trial_reference(t, arena, true, trial_rows(false, EXAMPLES), EXAMPLES, 0);
    for (int k = 0; k < LEAVES; k++) {
        double size;
        const double rule = trial_along(t, r, g[k], k, EXAMPLES, &size), near = trial_difference(t, y, k, EXAMPLES, 1.0 / 1024),
                     far = trial_difference(t, y, k, EXAMPLES, 1.0 / 512), scale = 1 + size;
        if (!(fabs(near - far) <= 3e-6 * scale)) {
            tally->joints++;
            continue;
        }
        if (!(fabs(rule - near) <= 1e-5 * scale)) {
            lng_text text = lng_text_new(arena);
            lng_graph_print(t->graph, &text);
            ck_abort_msg("%s by leaf %d: the rules say %.9g, differences %.9g, terms of %.3g:\n%s", what, k, rule, near, size,
                         text.at);
        }
        ++*count;
    }
}

static void check_second(trial *t, lng_value *const *g)
{
    static const char *const name[LEAVES] = {"v0", "v1", "v2", "v3"};
    lng_value *sum = NULL, *again[LEAVES];
    for (int k = 0; k < LEAVES; k++)
        sum = weighted_sum(t, sum, g[k], name[k], 70 + (uint64_t)k);
    if (lng_gradient(t->graph, sum, t->in, LEAVES, again)) {
        check(t, sum, again, &tally->second, "the second gradient");
        note_crossed(t->graph, sum, t->in);
    } else {
        ck_assert_msg(lng_errors_code(errors, 0) == LNG_E_GRADIENT, "%s", rendered(false));
        tally->no_second++;
    }
}

START_TEST(graphs)
{
    static const char *const name[] = {"w0", "w1", "w2"};
    rng r = {.state = (uint64_t)_i + 1};
    trial *t = leaves((uint64_t)_i + 1);
    pool p = {.graph = t->graph, .r = &r, .n = LEAVES};
    lng_value *y = NULL, *g[LEAVES];
    memcpy(p.value, t->in, LEAVES * sizeof *p.value);
    const lng_op *order[LENGTH(tally->used)];
    const int n = shuffled(order, 0);
    for (int i = 0; i < NODES; i++) {
        const int turn = _i * NODES + i;
        shuffled(order, turn / n);
        const lng_op *op = order[turn % n];
        for (int tries = 0; tries < 10 && !grow(&p, op); tries++)
            lng_errors_clear(errors);
    }
    lng_errors_clear(errors);
    for (int i = 0; i < LENGTH(name); i++)
        y = weighted_sum(t, y, p.value[p.n - 1 - i], name[i], 90 + (uint64_t)i);
    must(lng_gradient(t->graph, y, t->in, LEAVES, g));
    must(lng_graph_verify(t->graph, errors));
    check(t, y, g, &tally->gradients, "the gradient");
    note_crossed(t->graph, y, t->in);
    check_second(t, g);
}
END_TEST

/* How many ops are in no graph, or have a gradient that none goes through. */
static int missing(int graphs)
{
    int with_gradient = 0, crossed = 0, missed = 0;
    for (size_t i = 0; i < lng_op_count; i++) {
        const lng_op *op = lng_ops[i];
        const bool at_loop = op->flags & (LNG_OP_ENTERS | LNG_OP_LEAVES); /* those are in test_loops.c */
        const bool counts = op->vjp && op->n_in > 0 && !at_loop, unused = is_eligible(op) && !tally->used[i];
        with_gradient += counts;
        crossed += counts && tally->crossed[i];
        if (graphs >= GRAPHS && (unused || (counts && !tally->crossed[i]))) {
            printf("%s %s in %d graphs; draw more\n", unused ? "no use of" : "no gradient goes through", op->name, graphs);
            missed++;
        }
    }
    printf("gradients go through %d of the %d ops that have one\n", crossed, with_gradient);
    return missed;
}

int main(void)
{
    tally = suite_shared(sizeof *tally);
    if (!tally)
        return EXIT_FAILURE;
    const char *given = getenv("LNG_GRAPHS");
    const int n = given ? atoi(given) : GRAPHS;
    const suite_test tests[] = {LOOP(graphs, n), {0}};
    int status = suite_run("gradients", tests, NULL, NULL);
    if (missing(n))
        status = EXIT_FAILURE;
    const long all = tally->gradients + tally->second + tally->joints;
    printf("%d graphs: %ld gradients, %ld of gradients (%ld graphs refused), %ld at joints\n", n, tally->gradients, tally->second,
           tally->no_second, tally->joints);
    if (tally->joints * 4 > all) {
        printf("too many at joints\n");
        status = EXIT_FAILURE;
    }
    return status;
}
