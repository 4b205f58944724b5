/* Loops: they compute what the same nodes would compute one turn after the other, at every level and by any number of threads, and so do
 * their gradients, and those of the gradients. */
#include "graph/ops.h"
#include "pass/pass.h"
#include "suite.h"
#include "tape/inside.h"
#include "trials.h"
#include <math.h>
#include <string.h>

#define LEAVES   4            /* two per-example, two shared */
#define WIDTH    4            /* of rows */
#define SIZE     leaf_size(4) /* of a leaf */
#define EXAMPLES 33           /* three slices */

static int64_t leaf_size(int64_t width)
{
    return width * width + 8;
}

/* The leaves, as the graphs below want them. */
typedef struct net {
    lng_graph *g;
    int64_t width;
    lng_value *x, *h, *w, *b; /* [6, width], [width], [width, width], [width] */
} net;

static lng_value *mix(const net *n, lng_value *x, lng_value *h)
{
    lng_value *sum = lng_add(n->g, lng_matmul(n->g, h, false, n->w, false), lng_mul(n->g, x, n->b));
    return lng_unary(n->g, &lng_op_tanh, sum);
}

static lng_value *row(const net *n, lng_value *x, int64_t i)
{
    lng_shape shape = {.rank = x->shape.rank - 1};
    for (int k = 0; k < shape.rank; k++)
        shape.dim[k] = x->shape.dim[k + 1];
    return lng_reshape(n->g, lng_slice(n->g, x, 0, i, i + 1, 1), shape);
}

/* Both along the first axis; either may be NULL. */
static lng_value *after(const net *n, lng_value *a, lng_value *b)
{
    static const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CONCAT_AXIS] = {.i = 0}};
    return !a ? b : !b ? a : lng_emit(n->g, &lng_op_concat, (lng_value *[]){a, b}, 2, attr, NULL);
}

static lng_value *total(const net *n, lng_value *v)
{
    return lng_mul(n->g, lng_unary(n->g, &lng_op_sum, v), lng_scalar(n->g, 0.1));
}

/* ---- graphs: what they give is per-example, of any shape ---- */
static lng_value *recurrent(const net *n)
{
    lng_loop_open(n->g, 6);
    lng_value *h = lng_loop_carry(n->g, n->h);
    lng_loop_next(n->g, h, mix(n, lng_loop_step(n->g, n->x, false), h));
    lng_loop_close(n->g);
    return lng_loop_last(n->g, h);
}

static lng_value *recurrent_unrolled(const net *n)
{
    lng_value *h = n->h;
    for (int i = 0; i < 6; i++)
        h = mix(n, row(n, n->x, i), h);
    return h;
}

/* From the last row to the first; what each turn makes, at its row. */
static lng_value *backward(const net *n)
{
    lng_loop *loop = lng_loop_open(n->g, 6);
    lng_value *h = lng_loop_carry(n->g, n->h), *next = mix(n, lng_loop_step(n->g, n->x, true), h);
    lng_loop_next(n->g, h, next);
    lng_loop_close(n->g);
    return lng_loop_stack(n->g, loop, next, true);
}

static lng_value *backward_unrolled(const net *n)
{
    lng_value *h = n->h, *all = NULL;
    for (int i = 5; i >= 0; i--) {
        h = mix(n, row(n, n->x, i), h);
        lng_value *one = lng_reshape(n->g, h, lng_shape_of(2, (int64_t)1, n->width));
        all = after(n, one, all);
    }
    return all;
}

/* Carries that exchange their values, one that never changes, and one that nobody reads but the others. */
static lng_value *exchange(const net *n)
{
    lng_loop_open(n->g, 5);
    lng_value *a = lng_loop_carry(n->g, n->h), *b = lng_loop_carry(n->g, row(n, n->x, 0)), *c = lng_loop_carry(n->g, n->b),
              *d = lng_loop_carry(n->g, row(n, n->x, 1));
    lng_loop_next(n->g, a, b);
    lng_loop_next(n->g, b, lng_mul(n->g, a, lng_add(n->g, c, d)));
    lng_loop_next(n->g, c, c);
    lng_loop_next(n->g, d, n->h);
    lng_loop_close(n->g);
    return lng_add(n->g, lng_loop_last(n->g, a), lng_mul(n->g, lng_loop_last(n->g, b), lng_loop_last(n->g, c)));
}

static lng_value *exchange_unrolled(const net *n)
{
    lng_value *a = n->h, *b = row(n, n->x, 0), *c = lng_batch_broadcast(n->g, n->b), *d = row(n, n->x, 1);
    for (int i = 0; i < 5; i++) {
        lng_value *was = a;
        a = b;
        b = lng_mul(n->g, was, lng_add(n->g, c, d));
        d = n->h;
    }
    return lng_add(n->g, a, lng_mul(n->g, b, c));
}

/* A loop in a loop: the inner one runs over the numbers of a row, and reads what the outer one carries. */
static lng_value *nested(const net *n)
{
    lng_loop *outer = lng_loop_open(n->g, 6);
    lng_value *h = lng_loop_carry(n->g, n->h), *x = lng_loop_step(n->g, n->x, false);
    lng_loop *inner = lng_loop_open(n->g, n->width);
    lng_value *s = lng_loop_carry(n->g, row(n, x, 0));
    lng_value *t = lng_unary(n->g, &lng_op_sin, lng_add(n->g, lng_mul(n->g, s, lng_loop_step(n->g, x, false)), total(n, h)));
    lng_loop_next(n->g, s, t);
    lng_loop_close(n->g);
    lng_value *all = lng_loop_stack(n->g, inner, t, false);
    lng_loop_next(n->g, h, lng_add(n->g, mix(n, all, h), lng_loop_last(n->g, s)));
    lng_loop_close(n->g);
    return lng_add(n->g, lng_loop_stack(n->g, outer, all, false), lng_loop_last(n->g, h));
}

static lng_value *nested_unrolled(const net *n)
{
    lng_value *h = n->h, *rows = NULL;
    for (int i = 0; i < 6; i++) {
        lng_value *x = row(n, n->x, i), *s = row(n, x, 0), *all = NULL;
        for (int k = 0; k < n->width; k++) {
            s = lng_unary(n->g, &lng_op_sin, lng_add(n->g, lng_mul(n->g, s, row(n, x, k)), total(n, h)));
            lng_value *one = lng_reshape(n->g, s, lng_shape_of(1, (int64_t)1));
            all = after(n, all, one);
        }
        h = lng_add(n->g, mix(n, all, h), s);
        lng_value *one = lng_reshape(n->g, all, lng_shape_of(2, (int64_t)1, n->width));
        rows = after(n, rows, one);
    }
    return lng_add(n->g, rows, h);
}

/* Two loops, one after the other; what is from outside is stacked, too. */
static lng_value *two(const net *n)
{
    lng_loop *first = lng_loop_open(n->g, 6);
    lng_value *h = lng_loop_carry(n->g, n->h), *next = mix(n, lng_loop_step(n->g, n->x, false), h);
    lng_loop_next(n->g, h, next);
    lng_loop_close(n->g);
    lng_value *all = lng_loop_stack(n->g, first, next, false);
    lng_loop_open(n->g, 6);
    lng_value *k = lng_loop_carry(n->g, n->b);
    lng_loop_next(n->g, k, mix(n, lng_loop_step(n->g, all, true), lng_add(n->g, k, lng_loop_last(n->g, h))));
    lng_loop_close(n->g);
    return lng_add(n->g, lng_loop_stack(n->g, first, n->h, false), lng_loop_last(n->g, k));
}

static lng_value *two_unrolled(const net *n)
{
    lng_value *h = n->h, *all[6];
    for (int i = 0; i < 6; i++)
        all[i] = h = mix(n, row(n, n->x, i), h);
    lng_value *k = lng_batch_broadcast(n->g, n->b);
    for (int i = 5; i >= 0; i--)
        k = mix(n, all[i], lng_add(n->g, k, h));
    return lng_add(n->g, lng_broadcast(n->g, n->h, lng_shape_of(2, (int64_t)6, n->width)), k);
}

/* Draws: those of the turns of two nested loops, all from one node. */
static lng_value *drawn(const net *n)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_RANDOM_SHAPE] = {.v = {2, {2, n->width / 2}}}, [LNG_RANDOM_PER_EXAMPLE] = {.i = 1}};
    lng_loop_open(n->g, 6);
    lng_value *h = lng_loop_carry(n->g, n->h), *x = lng_loop_step(n->g, n->x, false);
    lng_loop_open(n->g, 3);
    lng_value *k = lng_loop_carry(n->g, h), *u = lng_loop_draw(n->g, &lng_op_random_uniform, attr, "draw");
    lng_loop_next(n->g, k, lng_mul(n->g, k, lng_reshape(n->g, u, n->h->shape)));
    lng_loop_close(n->g);
    lng_loop_next(n->g, h, mix(n, x, lng_loop_last(n->g, k)));
    lng_loop_close(n->g);
    return lng_loop_last(n->g, h);
}

static lng_value *drawn_unrolled(const net *n)
{
    size_t i = 0;
    while (n->g->node[i]->op != &lng_op_random_uniform)
        i++;
    lng_value *u = lng_reshape(n->g, n->g->node[i]->out, lng_shape_of(2, (int64_t)18, n->width)), *h = n->h;
    for (int t = 0; t < 6; t++) {
        for (int k = 0; k < 3; k++)
            h = lng_mul(n->g, h, row(n, u, 3 * t + k));
        h = mix(n, row(n, n->x, t), h);
    }
    return h;
}

static const struct {
    const char *name;
    lng_value *(*loop)(const net *), *(*unrolled)(const net *);
} graphs[] = {
    {"recurrent", recurrent, recurrent_unrolled},
    {"backward", backward, backward_unrolled},
    {"exchange", exchange, exchange_unrolled},
    {"nested", nested, nested_unrolled},
    {"two", two, two_unrolled},
    {"drawn", drawn, drawn_unrolled},
};

/* ---- leaves and sums ---- */
static trial *leaves_of(net *n, int64_t width)
{
    static lng_attr along[LNG_MAX_ATTR];
    trial_plan plan = {.op = &lng_op_concat, .n_in = LEAVES, .attr = along, .low = -1, .high = 1, .shared = 0xc, .seed = 3};
    for (int i = 0; i < LEAVES; i++)
        plan.in[i] = lng_shape_of(1, leaf_size(width));
    trial *t = trial_new(arena, &plan, errors);
    must(t && t->out);
    lng_graph *g = t->graph;
    *n = (net){.g = g,
               .width = width,
               .x = lng_reshape(g, lng_slice(g, t->in[0], 0, 0, 6 * width, 1), lng_shape_of(2, (int64_t)6, width)),
               .h = lng_slice(g, t->in[1], 0, 0, width, 1),
               .w = lng_reshape(g, lng_slice(g, t->in[2], 0, 0, width * width, 1), lng_shape_of(2, width, width)),
               .b = lng_slice(g, t->in[3], 0, 0, width, 1)};
    return t;
}

static trial *leaves(net *n)
{
    return leaves_of(n, WIDTH);
}

static lng_value *weighted(trial *t, lng_value *sum, lng_value *y, const char *name)
{
    lng_graph *g = t->graph;
    lng_value *p = lng_unary(g, &lng_op_sum, lng_mul(g, y, trial_variable(t, name, y->shape, 7)));
    p = y->per_example ? lng_batch_mean(g, p) : p;
    return sum ? lng_add(g, sum, p) : p;
}

static void check_differences(trial *t, const char *graph, const lng_value *y, lng_value *const *g, const char *what)
{
    lng_reference *r = trial_reference(t, arena, true, trial_rows(false, EXAMPLES), EXAMPLES, 0);
    for (int k = 0; k < LEAVES; k++) {
        double size;
        const double rule = trial_along(t, r, g[k], k, EXAMPLES, &size),
                     difference = trial_difference(t, y, k, EXAMPLES, 1.0 / 1024);
        ck_assert_msg(fabs(rule - difference) <= 1e-6 * (1 + size), "%s, %s by leaf %d: the rules say %.9g, differences %.9g",
                      graph, what, k, rule, difference);
    }
}

START_TEST(gradients)
{
    static const char *const name[LEAVES] = {"v0", "v1", "v2", "v3"};
    net n;
    trial *t = leaves(&n);
    lng_value *y = weighted(t, NULL, graphs[_i].loop(&n), "w"), *g[LEAVES], *again[LEAVES], *sum = NULL;
    must(y && lng_gradient(t->graph, y, t->in, LEAVES, g));
    must(lng_graph_verify(t->graph, errors));
    check_differences(t, graphs[_i].name, y, g, "the gradient");
    for (int k = 0; k < LEAVES; k++)
        sum = weighted(t, sum, g[k], name[k]);
    must(lng_gradient(t->graph, sum, t->in, LEAVES, again));
    must(lng_graph_verify(t->graph, errors));
    check_differences(t, graphs[_i].name, sum, again, "the second gradient");
}
END_TEST

START_TEST(unrolled)
{
    net n;
    trial *t = leaves(&n);
    lng_value *loop = graphs[_i].loop(&n), *same = graphs[_i].unrolled(&n);
    must(loop && same);
    lng_reference *r = trial_reference(t, arena, false, trial_rows(false, EXAMPLES), EXAMPLES, 0);
    ck_assert(lng_shape_equal(loop->shape, same->shape));
    for (int i = 0; i < EXAMPLES; i++)
        for (int64_t e = 0; e < lng_shape_size(loop->shape); e++)
            ck_assert_msg(lng_reference_at(r, loop, i, e) == lng_reference_at(r, same, i, e), "%s: element %lld of example %d",
                          graphs[_i].name, (long long)e, i);
}
END_TEST

/* The gradients by example and element are those of the unrolled graph. */
START_TEST(slopes)
{
    net n;
    trial *t = leaves(&n);
    lng_value *loop = weighted(t, NULL, graphs[_i].loop(&n), "w"), *same = weighted(t, NULL, graphs[_i].unrolled(&n), "w"),
              *g[LEAVES], *h[LEAVES];
    must(loop && same && lng_gradient(t->graph, loop, t->in, LEAVES, g) && lng_gradient(t->graph, same, t->in, LEAVES, h));
    lng_reference *r = trial_reference(t, arena, true, trial_rows(false, EXAMPLES), EXAMPLES, 0);
    for (int k = 0; k < LEAVES; k++)
        for (int i = 0; i < trial_examples(g[k], EXAMPLES); i++)
            for (int64_t e = 0; e < SIZE; e++)
                ck_assert_msg(fabs(lng_reference_at(r, g[k], i, e) - lng_reference_at(r, h[k], i, e)) < 1e-12,
                              "%s: element %lld of leaf %d, example %d: %.9g, not %.9g", graphs[_i].name, (long long)e, k, i,
                              lng_reference_at(r, g[k], i, e), lng_reference_at(r, h[k], i, e));
}
END_TEST

static lng_reference *gradients_of(int graph, bool remat, lng_value **g)
{
    net n;
    trial *t = leaves(&n);
    lng_value *y = weighted(t, NULL, graphs[graph].loop(&n), "w");
    for (size_t k = 0; k < t->graph->loops; k++)
        t->graph->loop[k]->remat = remat;
    must(y && lng_gradient(t->graph, y, t->in, LEAVES, g) && lng_graph_verify(t->graph, errors));
    return trial_reference(t, arena, false, trial_rows(false, EXAMPLES), EXAMPLES, 0);
}

/* What is computed again has the same bits. */
START_TEST(computed_again)
{
    lng_value *kept[LEAVES], *again[LEAVES];
    const lng_reference *r = gradients_of(_i, false, kept), *s = gradients_of(_i, true, again);
    for (int k = 0; k < LEAVES; k++)
        for (int i = 0; i < trial_examples(kept[k], EXAMPLES); i++)
            for (int64_t e = 0; e < SIZE; e++)
                ck_assert_msg(lng_reference_at(r, kept[k], i, e) == lng_reference_at(s, again[k], i, e),
                              "%s: element %lld of leaf %d, example %d", graphs[_i].name, (long long)e, k, i);
}
END_TEST

/* ---- the engine ---- */
static void *variable_of(void *store, const char *name)
{
    return lng_store_find(store, name, NULL);
}

static lng_store *store_of(trial *t)
{
    lng_store *store = lng_store_new(t->variable, (size_t)t->variables, errors);
    for (int i = 0; i < t->variables; i++)
        memcpy(lng_store_find(store, t->variable[i].name, NULL), t->single[i],
               (size_t)lng_shape_size(t->variable[i].shape) * sizeof(float));
    return store;
}

static lng_reference *reference_of(trial *t, const lng_graph *g)
{
    lng_store *store = store_of(t);
    lng_reference *r = lng_reference_run(arena, g, false, trial_rows(false, EXAMPLES), EXAMPLES, &t->context, variable_of, store);
    lng_store_free(store);
    return r;
}

/* What an engine has of the outputs of a graph that the reference ran, for some of its examples. */
static void check_outputs(const lng_engine *e, const lng_graph *g, int first, int count, const char *graph, lng_reference *r)
{
    for (size_t i = 0; i < g->outputs; i++) {
        const lng_value *v = g->output[i].value;
        const float *at = lng_engine_output(e, g->output[i].name);
        for (int k = 0; k < (v->per_example ? count : 1); k++)
            for (int64_t n = 0, size = lng_shape_size(v->shape); n < size; n++) {
                const double now = (double)at[k * size + n], right = lng_reference_at(r, v, first + k, n);
                ck_assert_msg(now == right, "%s: output %s, example %d, element %lld: %g, not %g", graph, g->output[i].name,
                              first + k, (long long)n, now, right);
            }
    }
}

/* Runs what the options say as a batch, from every `step`-th example on, by the graph `made` of g. */
static void check_runs(trial *t, const char *graph, const lng_graph *g, const lng_graph *made, const lng_tape_options *options,
                       int threads, int step, lng_reference *r)
{
    lng_tape *tape = lng_tape_compile(made, t->variable, (size_t)t->variables, options, errors);
    must(tape);
    ck_assert_ptr_null(lng_plan_fault(tape, arena));
    lng_store *store = store_of(t);
    lng_team *team = lng_team_new(threads);
    lng_engine *e = lng_engine_new(tape, store, team, errors);
    must(e);
    lng_engine_poison(e);
    for (int k = 0; k < EXAMPLES; k += step) {
        lng_engine_run(e, trial_rows(false, EXAMPLES) + k, options->max_batch, &t->context);
        check_outputs(e, g, k, options->max_batch, graph, r);
    }
    lng_engine_free(e);
    lng_store_free(store);
    lng_team_free(team);
    lng_tape_free(tape);
}

static void check_engine(trial *t, const char *graph, const lng_graph *g, lng_isa isa, bool naive, int threads, lng_reference *r)
{
    const lng_tape_options options = {
        .max_batch = EXAMPLES, .isa = isa, .naive = naive, .group = threads == 1 ? 2 : 0, .at_once = threads == 2};
    check_runs(t, graph, g, g, &options, threads, EXAMPLES, r);
}

START_TEST(engine)
{
    static const char *const name[LEAVES] = {"g0", "g1", "g2", "g3"};
    net n;
    trial *t = leaves(&n);
    lng_value *y = weighted(t, NULL, graphs[_i].loop(&n), "w"), *g[LEAVES];
    must(y && lng_gradient(t->graph, y, t->in, LEAVES, g));
    lng_graph_output(t->graph, "y", y);
    for (int k = 0; k < LEAVES; k++)
        lng_graph_output(t->graph, name[k], g[k]);
    lng_graph *fused = lng_passes_run(lng_fusions, t->graph, arena, errors);
    must(fused);
    trial_round(t);
    for (int k = 0; k < 2; k++) {
        const lng_graph *now = k ? fused : t->graph;
        lng_reference *r = reference_of(t, now);
        check_engine(t, graphs[_i].name, now, LNG_ISA_BASELINE, true, 1, r);
        for (int isa = 0; isa < LNG_ISA_COUNT; isa++)
            for (int k = 0; lng_isa_available((lng_isa)isa) && k < SUITE_TEAMS; k++)
                check_engine(t, graphs[_i].name, now, (lng_isa)isa, false, suite_threads[k], r);
    }
}
END_TEST

/* ---- one example: all is shared ---- */
static void check_alone(trial *t, const char *graph, const lng_graph *g, lng_isa isa, int threads, lng_reference *r)
{
    static const lng_pass *const pass[] = {&lng_pass_one, NULL};
    const lng_tape_options options = {.max_batch = 1, .isa = isa, .naive = threads == 3};
    ck_assert(lng_graph_has_one(g));
    const lng_graph *one = lng_passes_run(pass, g, arena, errors);
    must(one);
    for (size_t i = 0; i < one->nodes; i++)
        ck_assert(!one->node[i]->out[0].per_example);
    check_runs(t, graph, g, one, &options, threads, 8, r);
}

/* A loop, and the one that goes back over it, with rows that fill vectors and rows that do not; what is kept, or computed again. */
START_TEST(alone)
{
    static const int64_t width[] = {WIDTH, 16, 48};
    const int graph = _i % (int)LENGTH(graphs);
    for (int i = 0; i < (int)LENGTH(width); i++) {
        net n;
        trial *t = leaves_of(&n, width[i]);
        lng_value *y = graphs[graph].loop(&n), *g[2];
        lng_value *sum = lng_unary(t->graph, &lng_op_sum, lng_mul(t->graph, y, trial_variable(t, "w", y->shape, 7)));
        for (size_t k = 0; k < t->graph->loops; k++)
            t->graph->loop[k]->remat = _i >= (int)LENGTH(graphs);
        must(sum && lng_gradient(t->graph, sum, t->in, 2, g));
        lng_graph_output(t->graph, "y", y);
        lng_graph_output(t->graph, "x", g[0]);
        lng_graph_output(t->graph, "h", g[1]);
        const lng_graph *fused = lng_passes_run(lng_fusions, t->graph, arena, errors);
        must(fused);
        trial_round(t);
        lng_reference *r = reference_of(t, fused);
        for (int isa = 0; isa < LNG_ISA_COUNT; isa++)
            for (int k = 0; lng_isa_available((lng_isa)isa) && k < SUITE_TEAMS; k++)
                check_alone(t, graphs[graph].name, fused, (lng_isa)isa, suite_threads[k], r);
    }
}
END_TEST

/* Compiling takes no longer for more turns. */
START_TEST(size)
{
    size_t nodes[2];
    for (int k = 0; k < 2; k++) {
        lng_graph *g = lng_graph_new(arena, errors);
        lng_value *x = lng_read_input(g, 0, "x", lng_shape_of(2, (int64_t)(k ? 5000 : 5), (int64_t)3), LNG_F32), *y, *slope;
        lng_loop_open(g, x->shape.dim[0]);
        lng_value *h = lng_loop_carry(g, lng_constant(g, 0, lng_shape_of(1, (int64_t)3)));
        lng_loop_next(g, h, lng_unary(g, &lng_op_tanh, lng_add(g, h, lng_loop_step(g, x, false))));
        lng_loop_close(g);
        y = lng_unary(g, &lng_op_sum, lng_loop_last(g, h));
        must(lng_gradient(g, y, &x, 1, &slope));
        nodes[k] = g->nodes;
    }
    ck_assert_uint_eq(nodes[0], nodes[1]);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {LOOP(gradients, LENGTH(graphs)),
                                LOOP(unrolled, LENGTH(graphs)),
                                LOOP(slopes, LENGTH(graphs)),
                                LOOP(computed_again, LENGTH(graphs)),
                                LOOP(engine, LENGTH(graphs)),
                                LOOP(alone, 2 * LENGTH(graphs)),
                                TEST(size),
                                {0}};
    return suite_run("loops", tests, NULL, NULL);
}
