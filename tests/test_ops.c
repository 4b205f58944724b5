/* Generated from the op table and the cases (op/cases.h): every op, every sample and case, each operand shared and per-example, at 1, 15, 16, 17 and 33 examples.
 *
 *   table      complete: text, kernels at every level
 *   samples    the naive kernels against hand-written numbers, as floats and as doubles
 *   levels     the engine, all its memory NaN before, at every level against the reference, bit for bit
 *   written    a naive kernel writes every element of its outputs, whatever was there
 *   permuted   the batch in another order gives the outputs in that order, bit for bit
 *   gradients  against central differences in double, along a random direction for each operand; the rule is linear in its upstream
 *              gradient; gradients of gradients
 *   mutants    each rule with the sign of one result flipped is caught by the same check
 *   specials   pointwise ops on zeros, infinities, NaN, subnormals and extremes, at every level
 *   drawn      random shapes and attributes: an error, or the same bits at every level */
#include "graph/ops.h"
#include "tape/inside.h"
#include "trials.h"
#include "suite.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int counts[] = {1, 15, 16, 17, 33};
#define COUNTS LENGTH(counts)

/* Children count too: the numbers are in shared memory. */
static struct tally {
    long samples, runs, gradients, second, no_second, mutants, specials, drawn, refused;
} * tally;

static const lng_op *op; /* the one of this test; of which case, for messages */
static char where[200];

static void at(const char *what, int which, unsigned shared, int count)
{
    snprintf(where, sizeof where, "%s, %s %d, shared %x, %d examples", op->name, what, which, shared, count);
}

static void stop(const char *why)
{
    ck_abort_msg("%s: %s: %s", where, why, rendered(false));
}

static bool same_bits(double a, double b)
{
    return (a != a && b != b) || memcmp(&a, &b, sizeof a) == 0;
}

static bool close_to(double got, double want, double tolerance)
{
    return got == want || (got != got && want != want) || fabs(got - want) <= tolerance * fmax(1, fabs(want));
}

/* ---- what walks over all trials of an op ---- */
typedef void trial_test(trial *, int which);

static void run_trial(const trial_plan *p, const char *what, int which, trial_test *test)
{
    lng_arena *own = lng_arena_new(); /* there are thousands */
    at(what, which, p->shared, 0);
    trial *t = trial_new(own, p, errors);
    if (t && !t->out)
        stop("not made");
    if (t && !lng_graph_verify(t->graph, errors))
        stop("verifier");
    if (t)
        test(t, which);
    lng_arena_free(own);
    lng_errors_clear(errors);
}

static void for_samples(trial_test *test)
{
    for (int i = 0; i < lng_op_cases_of(op)->n_samples; i++)
        for (unsigned shared = 0, n = 0; shared < 1u << n || n == 0; shared++) {
            trial_plan p = trial_plan_sample(op, i, shared);
            bool floats = true; /* shared integers cannot be given */
            n = (unsigned)p.n_in;
            for (int k = 0; k < p.n_in; k++)
                floats &=
                    !(shared >> k & 1) || op->in[k].dtype == LNG_FLOAT_ONLY || (op->in[k].dtype == LNG_ANY_DTYPE && !p.integers);
            if (floats)
                run_trial(&p, "sample", i, test);
            if (n == 0)
                break;
        }
}

static void for_cases(trial_test *test)
{
    for (int i = 0; i < lng_op_cases_of(op)->n_cases; i++) {
        trial_plan p = trial_plan_case(op, i, 0);
        for (p.shared = 0; p.shared < 1u << p.n_in; p.shared++)
            run_trial(&p, "case", i, test);
    }
}

/* ---- table ---- */
START_TEST(table)
{
    op = lng_ops[_i];
    ck_assert_msg(op->about && *op->about && op->math && *op->math, "%s: no text", op->name);
    ck_assert_msg(op->flags & LNG_OP_HIDDEN || (op->example && *op->example), "%s: no example", op->name);
    ck_assert_msg(lng_op_cases_of(op)->n_samples > 0, "%s: no samples", op->name);
    ck_assert_msg(lng_op_cases_of(op)->n_cases > 0, "%s: no cases", op->name);
    ck_assert_msg(op->infer && op->n_out > 0, "%s: no shape rule", op->name);
    ck_assert_msg(_i == 0 || strcmp(lng_ops[_i - 1]->name, op->name) < 0, "%s: not sorted", op->name);
    ck_assert_ptr_eq(lng_op_find(op->name), op);
    ck_assert_int_eq(lng_op_index(op), _i);
    ck_assert_msg(op->n_in <= LNG_MAX_IN && op->n_out <= LNG_MAX_OUT && op->n_attr <= LNG_MAX_ATTR, "%s: too many", op->name);
    for (int k = 0; k < op->n_in; k++)
        ck_assert_msg(op->in[k].name && op->in[k].about, "%s: operand %d", op->name, k);
    for (int k = 0; k < op->n_out; k++)
        ck_assert_msg(op->out[k].name && op->out[k].about, "%s: output %d", op->name, k);
    for (int k = 0; k < op->n_attr; k++) {
        ck_assert_msg(op->attr[k].name && op->attr[k].about, "%s: attribute %d", op->name, k);
        ck_assert_int_eq(lng_op_attr_index(op, op->attr[k].name), k);
    }
    /* an op that stops gradients says so; leaves have none to stop */
    ck_assert_msg((op->vjp || op->n_in == 0) == !op->no_vjp, "%s: a gradient, or the reason why it has none", op->name);
    bool computed = !(op->flags & LNG_OP_STORED);
    ck_assert_msg(!computed || lng_op_kernels(LNG_ISA_BASELINE, op)->naive, "%s: no naive kernel", op->name);
    for (int isa = 0; isa < LNG_ISA_COUNT; isa++) {
        const lng_kernels *k = lng_op_kernels((lng_isa)isa, op);
        ck_assert_msg(!computed || !k || k->naive || k->prepare, "%s: no kernel at %s", op->name, lng_levels[isa].name);
    }
    ck_assert_msg(!computed || lng_op_double(op), "%s: no kernel in double", op->name);
    ck_assert_msg(!(op->flags & LNG_OP_POINTWISE) || op->n_attr > 0 || lng_op_kernels(LNG_ISA_BASELINE, op)->tile, "%s: no tile",
                  op->name);
    ck_assert_msg(!(op->flags & LNG_OP_MONOTONE) || (op->n_in == 1 && op->flags & LNG_OP_POINTWISE), "%s: flags", op->name);
}
END_TEST

/* ---- samples ---- */
static void check_sample(trial *t, int which)
{
    const lng_sample *s = &lng_op_cases_of(op)->samples[which];
    for (int in_double = 0; in_double < 2; in_double++) {
        lng_reference *r = trial_reference(t, t->arena, in_double, trial_rows(false, 1), 1, 0);
        for (int k = 0; k < op->n_out; k++) {
            const lng_value *v = &t->out->node->out[k];
            if (s->out[k].number && !lng_shape_equal(v->shape, s->out[k].shape))
                stop("another shape than the sample's");
            for (int64_t e = 0; s->out[k].number && e < lng_shape_size(v->shape); e++) {
                double got = lng_reference_at(r, v, 0, e), want = s->out[k].number[e];
                if (!close_to(got, want, in_double ? 2e-7 : 2e-6))
                    ck_abort_msg("%s: %s output %d element %d: %.9g, not %.9g", where, in_double ? "double" : "float", k, (int)e,
                                 got, want);
                tally->samples++;
            }
        }
    }
}

START_TEST(samples)
{
    op = lng_ops[_i];
    for_samples(check_sample);
}
END_TEST

/* ---- the engine against the reference ---- */
static double at_bits(const void *output, lng_dtype d, int64_t i)
{
    return d == LNG_I32 ? ((const int32_t *)output)[i] : (double)((const float *)output)[i];
}

/* Outputs against the reference, whose example i is `other(i)` when the batch is permuted. */
static void compare(const trial *t, const lng_engine *e, const lng_reference *r, int count, bool backwards, const char *what)
{
    for (size_t o = 0; o < t->graph->outputs; o++) {
        const lng_value *v = t->graph->output[o].value;
        int64_t n = lng_shape_size(v->shape);
        const void *got = lng_engine_output(e, t->graph->output[o].name);
        if (backwards && (!v->per_example || t->op->flags & LNG_OP_ACROSS))
            continue;
        for (int i = 0; i < trial_examples(v, count); i++)
            for (int64_t k = 0; k < n; k++) {
                double a = at_bits(got, v->dtype, i * n + k), b = lng_reference_at(r, v, backwards ? count - 1 - i : i, k);
                if (!same_bits(a, b)) /* an assertion that holds costs a write */
                    ck_abort_msg("%s: %s: %s of example %d, element %d: %a, not %a", where, what, t->graph->output[o].name, i,
                                 (int)k, a, b);
            }
    }
}

static void check_level(trial *t, lng_isa isa, bool naive, lng_reference *const *r, const int *count, int n, lng_team *team)
{
    lng_tape_options options = {
        .max_batch = TRIAL_EXAMPLES, .isa = isa, .naive = naive, .group = n % 2 ? 2 : 1, .at_once = lng_team_size(team) > 1};
    lng_tape *tape = lng_tape_compile(t->graph, t->variable, (size_t)t->variables, &options, t->errors);
    lng_store *store = lng_store_new(t->variable, (size_t)t->variables, t->errors);
    lng_engine *e = tape && store ? lng_engine_new(tape, store, team, t->errors) : NULL;
    if (!e)
        stop("no engine");
    for (int i = 0; i < t->variables; i++)
        memcpy(store->at + store->offset[i], t->single[i], (size_t)lng_shape_size(t->variable[i].shape) * sizeof(float));
    for (int i = 0; i < n; i++)
        for (int backwards = 0; backwards < 2; backwards++) {
            lng_engine_poison(e);
            lng_engine_run(e, trial_rows(backwards, count[i]), count[i], &t->context);
            compare(t, e, r[i], count[i], backwards, naive ? "naive" : lng_levels[isa].name);
            tally->runs++;
        }
    lng_engine_free(e);
    lng_store_free(store);
    lng_tape_free(tape);
}

static void check_levels_at(trial *t, const int *count, int n)
{
    static lng_team *team[SUITE_TEAMS]; /* for the process, which ends with the test */
    static int turn;
    lng_reference *r[COUNTS];
    for (int k = 0; k < SUITE_TEAMS && !team[k]; k++)
        team[k] = lng_team_new(suite_threads[k]);
    for (int i = 0; i < n; i++)
        r[i] = trial_reference(t, t->arena, false, trial_rows(false, count[i]), count[i], 0);
    check_level(t, LNG_ISA_BASELINE, true, r, count, n, team[0]);
    for (int isa = 0; isa < LNG_ISA_COUNT; isa++)
        if (lng_isa_available((lng_isa)isa)) {
            check_level(t, (lng_isa)isa, false, r, count, n, team[0]);
            if (op->flags & (LNG_OP_SLICE_SPLITS | LNG_OP_ROWWISE)) /* the smaller counts are one slice, in parts */
                check_level(t, (lng_isa)isa, false, r, count, n, team[1 + turn++ % (SUITE_TEAMS - 1)]);
        }
}

static void check_levels(trial *t, int which)
{
    (void)which;
    check_levels_at(t, counts, COUNTS);
}

START_TEST(levels)
{
    op = lng_ops[_i];
    for_cases(check_levels);
    for_samples(check_levels); /* NaN and infinities among them */
}
END_TEST

/* ---- every element is written ---- */
/* Operands of one slice as the reference has them; outputs filled with `poison`. */
static void run_naive(trial *t, const lng_reference *r, int poison, float *out[LNG_MAX_OUT])
{
    const lng_node *n = t->out->node;
    lng_naive_call call = {.node = n, .live = 1, .example = n->out[0].per_example ? 0 : LNG_NO_EXAMPLE, .context = &t->context};
    for (int k = 0; k < n->n_in; k++) {
        int64_t size = lng_shape_size(n->in[k]->shape);
        float *x = LNG_NEW_N(t->arena, (size_t)size, float);
        for (int64_t e = 0; e < size; e++)
            if (n->in[k]->dtype == LNG_I32)
                ((int32_t *)x)[e] = (int32_t)lng_reference_at(r, n->in[k], 0, e);
            else
                x[e] = (float)lng_reference_at(r, n->in[k], 0, e);
        call.in[k] = (lng_view){x, 1};
    }
    for (int k = 0; k < n->n_out; k++) {
        size_t bytes = (size_t)lng_shape_size(n->out[k].shape) * sizeof(float);
        call.out[k] = (lng_view){out[k] = lng_alloc(t->arena, bytes), 1};
        memset(out[k], poison, bytes);
    }
    lng_op_kernels(LNG_ISA_BASELINE, op)->naive(&call);
}

static void check_written(trial *t, int which)
{
    (void)which;
    if (op->flags & LNG_OP_STORED)
        return;
    float *a[LNG_MAX_OUT], *b[LNG_MAX_OUT];
    lng_reference *r = trial_reference(t, t->arena, false, trial_rows(false, 1), 1, 0);
    run_naive(t, r, 0x55, a);
    run_naive(t, r, 0xaa, b);
    for (int k = 0; k < op->n_out; k++)
        if (memcmp(a[k], b[k], (size_t)lng_shape_size(t->out->node->out[k].shape) * sizeof(float)) != 0)
            stop("an element of an output is not written");
}

START_TEST(written)
{
    op = lng_ops[_i];
    for_cases(check_written);
}
END_TEST

/* ---- gradients ---- */
/* The objective: the sum of all float outputs times weights, over the batch. */
static lng_value *objective(trial *t)
{
    static const char *const name[LNG_MAX_OUT] = {"w0", "w1", "w2", "w3"};
    lng_graph *g = t->graph;
    lng_value *sum = NULL;
    for (int k = 0; k < op->n_out; k++) {
        lng_value *y = &t->out->node->out[k];
        if (y->dtype != LNG_F32)
            continue;
        lng_value *p = lng_unary(g, &lng_op_sum, lng_mul(g, y, trial_variable(t, name[k], y->shape, 90 + (uint64_t)k)));
        p = y->per_example ? lng_batch_sum(g, p) : p;
        sum = sum ? lng_add(g, sum, p) : p;
    }
    return sum;
}

/* Whether the gradients g of v agree with differences, for operand `only` or (-1) all. */
static bool agrees(trial *t, const lng_value *v, lng_value *const *g, const int *operand, int n, int count, char *why)
{
    lng_reference *r = trial_reference(t, t->arena, true, trial_rows(false, count), count, 0);
    bool ok = true;
    for (int i = 0; i < n; i++) {
        double size, rule = trial_along(t, r, g[i], operand[i], count, &size),
                     measured = trial_difference(t, v, operand[i], count, 1.0 / 512);
        if (fabs(rule - measured) > 2e-6 * (1 + size)) {
            sprintf(why, "operand %s: the rule says %.9g, differences %.9g", op->in[operand[i]].name, rule, measured);
            ok = false;
        }
    }
    return ok;
}

/* The float operands, x; false when the op stops gradients. */
static int float_operands(const trial *t, lng_value **x, int *operand)
{
    int n = 0;
    for (int k = 0; k < t->n_in; k++)
        if (t->base[k] && !(t->truths >> k & 1)) {
            x[n] = t->in[k];
            operand[n++] = k;
        }
    return op->vjp && t->out->dtype == LNG_F32 ? n : 0;
}

/* All numbers of the gradients, in a row. */
static double *numbers_of(trial *t, lng_value *const *g, int n, int count, size_t *size)
{
    lng_reference *r = trial_reference(t, t->arena, true, trial_rows(false, count), count, 0);
    double *x = NULL;
    size_t capacity = 0;
    *size = 0;
    for (int k = 0; k < n; k++)
        for (int i = 0; i < trial_examples(g[k], count); i++)
            for (int64_t e = 0; e < lng_shape_size(g[k]->shape); e++) {
                x = lng_grow(t->arena, x, *size, &capacity, sizeof *x);
                x[(*size)++] = lng_reference_at(r, g[k], i, e);
            }
    return x;
}

/* The upstream gradient is w: the gradients at 2 w - 3 w' are twice those at w less three times those at w'. */
static void check_linear(trial *t, lng_value *const *g, int n, int count)
{
    double *w = trial_numbers(t, "w0"), *got[3];
    size_t size = (size_t)lng_shape_size(t->out->shape), total = 0;
    double *first = LNG_NEW_N(t->arena, size, double), *second = LNG_NEW_N(t->arena, size, double);
    rng draw = {.state = 11};
    for (size_t e = 0; e < size; e++) {
        first[e] = w[e];
        second[e] = rng_between(&draw, -2, 2);
    }
    for (int i = 0; i < 3; i++) {
        for (size_t e = 0; e < size; e++)
            w[e] = i == 0 ? first[e] : i == 1 ? second[e] : 2 * first[e] - 3 * second[e];
        got[i] = numbers_of(t, g, n, count, &total);
    }
    memcpy(w, first, size * sizeof *w);
    for (size_t i = 0; i < total; i++) {
        double a = 2 * got[0][i], b = -3 * got[1][i];
        if (op->n_out == 1 && fabs(got[2][i] - (a + b)) > 1e-9 * (fabs(a) + fabs(b) + 1))
            stop("the gradient is not linear in the upstream gradient");
    }
}

/* Gradients of a weighted sum of the gradients. */
static void check_second(trial *t, lng_value *const *x, lng_value *const *g, const int *operand, int n)
{
    static const char *const name[LNG_MAX_IN] = {"v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7"};
    lng_value *sum = NULL, *again[LNG_MAX_IN];
    for (int i = 0; i < n; i++) {
        lng_value *v = trial_variable(t, name[i], x[i]->shape, 70 + (uint64_t)i);
        lng_value *p = lng_unary(t->graph, &lng_op_sum, lng_mul(t->graph, g[i], v));
        p = x[i]->per_example ? lng_batch_sum(t->graph, p) : p;
        sum = sum ? lng_add(t->graph, sum, p) : p;
    }
    char why[200];
    if (!lng_gradient(t->graph, sum, x, (size_t)n, again)) {
        if (lng_errors_count(t->errors) != 1 || lng_errors_code(t->errors, 0) != LNG_E_GRADIENT)
            stop("no second gradient");
        tally->no_second++;
        return;
    }
    for (int count = 1; count < 18; count += 16) {
        at("second gradient of case", 0, t->shared, count);
        if (!agrees(t, sum, again, operand, n, count, why))
            stop(why);
        tally->second += n;
    }
}

static void check_gradient(trial *t, int which)
{
    lng_value *x[LNG_MAX_IN], *g[LNG_MAX_IN];
    int operand[LNG_MAX_IN], n = float_operands(t, x, operand);
    char why[200];
    if (n == 0)
        return;
    lng_value *y = objective(t);
    if (!lng_gradient(t->graph, y, x, (size_t)n, g))
        stop("no gradient");
    for (int i = 0; i < n; i++)
        if (!lng_shape_equal(g[i]->shape, x[i]->shape) || g[i]->per_example != x[i]->per_example)
            stop("a gradient has another shape or kind than its operand");
    for (int i = 0; i < COUNTS; i++) {
        at("gradient of case", which, t->shared, counts[i]);
        if (!agrees(t, y, g, operand, n, counts[i], why))
            stop(why);
        tally->gradients += n;
    }
    at("gradient of case", which, t->shared, 17);
    check_linear(t, g, n, 17);
    check_second(t, x, g, operand, n);
    if (!lng_graph_verify(t->graph, t->errors))
        stop("verifier");
}

START_TEST(gradients)
{
    op = lng_ops[_i];
    if (op != &lng_op_max_pool_grad) /* whose cases have winners that are in no window; its trial has others */
        for_cases(check_gradient);
}
END_TEST

/* ---- mutants ---- */
static int flipped;       /* the operand whose gradient has the wrong sign */
static bool gave, caught; /* the rule has a gradient for it; the check saw the mutant */

static void mutated_vjp(lng_vjp *r)
{
    op->vjp(r);
    if (!r->wants[flipped] || !r->gin[flipped])
        return;
    r->gin[flipped] = lng_neg(r->graph, r->gin[flipped]);
    gave = true;
}

static void check_mutant(trial *t, int which)
{
    lng_value *x[LNG_MAX_IN], *g[LNG_MAX_IN];
    int operand[LNG_MAX_IN], n = float_operands(t, x, operand);
    char why[200];
    (void)which;
    if (n == 0 || caught || flipped >= t->n_in)
        return;
    lng_value *y = objective(t);
    lng_op mutant = *op;
    mutant.vjp = mutated_vjp;
    t->out->node->op = &mutant;
    bool made = lng_gradient(t->graph, y, x, (size_t)n, g);
    t->out->node->op = op;
    if (!made)
        stop("no gradient");
    caught = !agrees(t, y, g, operand, n, 17, why);
}

START_TEST(mutants)
{
    op = lng_ops[_i];
    for (flipped = 0; op->vjp && flipped < op->n_in; flipped++) {
        gave = caught = false;
        for_cases(check_mutant);
        ck_assert_msg(!gave || caught, "%s: a flipped sign in the gradient of %s is not caught", op->name, op->in[flipped].name);
        tally->mutants += caught;
    }
}
END_TEST

/* ---- specials ---- */
static const float special[] = {0,        -0.0f,     1,       -1,        0.5f,      -1.5f,    2,           3,
                                -3,       1e-20f,    -1e-20f, 1e-38f,    -1e-38f,   1e-42f,   -1e-42f,     3.4e38f,
                                -3.4e38f, 88.5f,     -88.5f,  104,       -104,      8388609,  1e10f,       -1e10f,
                                INFINITY, -INFINITY, NAN,     0x1p-126f, 0x1p-149f, 16777216, 0.99999994f, 100.25f};
#define SPECIALS LENGTH(special)

static void run_scalar(const lng_node *n, const float *const *x, int i, float *y)
{
    lng_naive_call call = {.node = n, .live = 1, .example = LNG_NO_EXAMPLE, .out = {{y, 1}}};
    for (int k = 0; k < n->n_in; k++)
        call.in[k] = (lng_view){(float *)x[k] + i, 1};
    lng_op_kernels(LNG_ISA_BASELINE, n->op)->naive(&call);
}

/* All pairs (for a third operand, some triples) as floats, or their bits as integers. */
static void check_specials(bool integers)
{
    enum { N = 1024 };
    _Static_assert(SPECIALS * SPECIALS == N, "pairs fill whole vectors");
    static float x[3][N] __attribute__((aligned(64))), got[N] __attribute__((aligned(64))), want[N];
    const void *in[3] = {x[0], x[1], x[2]};
    const float *each[3] = {x[0], x[1], x[2]};
    lng_value operand = {.dtype = integers ? LNG_I32 : LNG_F32}, out = {0};
    lng_value *operands[3] = {&operand, &operand, &operand};
    lng_node n = {.op = op, .n_in = op->n_in, .n_out = 1, .in = operands, .out = &out};
    for (int i = 0; i < N; i++) {
        x[0][i] = special[i % SPECIALS];
        x[1][i] = special[i / SPECIALS];
        x[2][i] = special[(i * 7 + i / SPECIALS) % SPECIALS];
    }
    unsigned flush = lng_flush_subnormals();
    for (int i = 0; i < N; i++)
        run_scalar(&n, each, i, &want[i]);
    for (int isa = 0; isa < LNG_ISA_COUNT; isa++) {
        if (!lng_isa_available((lng_isa)isa))
            continue;
        lng_op_kernels((lng_isa)isa, op)->tile (&n)(got, in, N / LNG_LANES);
        for (int i = 0; i < N; i++)
            if (!same_bits(got[i], want[i]))
                ck_abort_msg("%s at %s of %a, %a, %a: %a, not %a", op->name, lng_levels[isa].name, x[0][i], x[1][i], x[2][i],
                             got[i], want[i]);
        memcpy(got, x[0], sizeof got); /* and over its own operand */
        lng_op_kernels((lng_isa)isa, op)->tile (&n)(got, (const void *[]){got, x[1], x[2]}, N / LNG_LANES);
        for (int i = 0; i < N; i++)
            if (!same_bits(got[i], want[i]))
                ck_abort_msg("%s over its operand", op->name);
        tally->specials += N;
    }
    lng_flush_restore(flush);
}

/* What lngraph-ops(7) says of special values: of NaN, -inf, -0, 0 and inf. */
static const struct {
    const char *op;
    double right[5];
} of_one[] = {
    {"abs", {NAN, INFINITY, 0, 0, INFINITY}},
    {"atan", {NAN, -1.5707963267948966, -0.0, 0, 1.5707963267948966}},
    {"cos", {NAN, NAN, 1, 1, NAN}},
    {"erf", {NAN, -1, -0.0, 0, 1}},
    {"exp", {NAN, 0, 1, 1, INFINITY}},
    {"expm1", {NAN, -1, -0.0, 0, INFINITY}},
    {"floor", {NAN, -INFINITY, -0.0, 0, INFINITY}},
    {"log", {NAN, NAN, -INFINITY, -INFINITY, INFINITY}},
    {"log1p", {NAN, NAN, -0.0, 0, INFINITY}},
    {"neg", {NAN, INFINITY, 0, -0.0, -INFINITY}},
    {"relu", {NAN, 0, 0, 0, INFINITY}},
    {"round", {NAN, -INFINITY, -0.0, 0, INFINITY}},
    {"round_int8", {-127, -127, 0, 0, 127}},
    {"sigmoid", {NAN, 0, 0.5, 0.5, 1}},
    {"sign", {NAN, -1, -0.0, 0, 1}},
    {"sin", {NAN, NAN, -0.0, 0, NAN}},
    {"softplus", {NAN, 0, 0.6931471805599453, 0.6931471805599453, INFINITY}},
    {"sqrt", {NAN, NAN, -0.0, 0, INFINITY}},
    {"tanh", {NAN, -1, -0.0, 0, 1}},
};
/* A NaN in any other op gives NaN. */
static const char not_always_nan[] = " equal less less_equal not_equal pow round_int8 select ";

static bool is_special(double got, double right)
{
    return got != got || right != right ? got != got && right != right
                                        : (got == right || fabs(got - right) < 1e-6) && !signbit(got) == !signbit(right);
}

static float apply(const float x[3])
{
    lng_value operand = {.dtype = LNG_F32}, out = {0};
    lng_value *operands[3] = {&operand, &operand, &operand};
    const lng_node n = {.op = op, .n_in = op->n_in, .n_out = 1, .in = operands, .out = &out};
    float y;
    run_scalar(&n, (const float *const[]){&x[0], &x[1], &x[2]}, 0, &y);
    return y;
}

static void check_one(void)
{
    const float x[] = {NAN, -INFINITY, -0.0f, 0, INFINITY};
    size_t row = 0;
    while (row < LENGTH(of_one) && strcmp(of_one[row].op, op->name) != 0)
        row++;
    ck_assert_msg(row < LENGTH(of_one), "nothing is said of %s at special values", op->name);
    for (int i = 0; i < LENGTH(x); i++) {
        const double y = (double)apply((float[3]){x[i]});
        ck_assert_msg(is_special(y, of_one[row].right[i]), "%s(%g) is %g, not %g", op->name, (double)x[i], y, of_one[row].right[i]);
    }
}

/* A max-pool takes one of equal elements, and NaN before any number. So what a monotone op may give there, when it has moved past the pool, must have
 * equal bits where it is equal, such as zeros of one sign, and be a number where the operand is. */
static void check_monotone(const float x[], int n)
{
    for (int i = 1; i < n; i++) {
        const float before = apply((float[3]){x[i - 1]}), y = apply((float[3]){x[i]});
        ck_assert_msg(y > before || (y == before && same_bits((double)y, (double)before)),
                      "%s is not monotone to the bit from %g to %g", op->name, (double)x[i - 1], (double)x[i]);
    }
}

/* Where the processor flushes them, a subnormal operand gives what a zero of its sign gives; what only copies or negates it is never given one. */
static void check_subnormals(void)
{
    static const float value[] = {1e-40F, -1e-40F, NAN, -INFINITY, -1.5F, -0.0F, 0, 2, INFINITY};
    enum { N = LENGTH(value) };
    const unsigned flush = lng_flush_subnormals();
    const volatile float tiny = value[0];
    for (int i = 0; i < N * N * N && tiny * 1 == 0; i++) {
        const int which[] = {i % N, i / N % N, i / N / N};
        float x[3], zero[3];
        for (int k = 0; k < 3; k++)
            x[k] = value[which[k]], zero[k] = which[k] < 2 ? copysignf(0, x[k]) : x[k];
        float y = apply(x);
        if (fabsf(y) < FLT_MIN)
            y = copysignf(0, y);
        ck_assert_msg(same_bits(y, apply(zero)), "%s of %a, %a, %a is not that of zeros", op->name, (double)x[0], (double)x[1],
                      (double)x[2]);
    }
    lng_flush_restore(flush);
}

/* Of the naive kernels, with which check_specials compares the levels. */
START_TEST(stated)
{
    enum { VALUES = 7 };
    static const float value[VALUES] = {NAN, -INFINITY, -1, -0.0f, 0, 1, INFINITY};
    op = lng_ops[_i];
    if (!lng_op_number(op) || op->n_in == 0 || op->out[0].dtype == LNG_INT_ONLY)
        return;
    check_subnormals();
    if (op->n_in == 1)
        check_one();
    if (op->flags & LNG_OP_MONOTONE) {
        static const float lower[] = {-INFINITY, -3, -1, -0.75F, -0.3F, 0, 0.3F, 0.75F, 1, 3, INFINITY};
        float upper[LENGTH(lower)];
        for (int i = 0; i < LENGTH(lower); i++)
            upper[i] = lower[i] == 0 ? -0.0F : lower[i];
        check_monotone(lower, LENGTH(lower));
        check_monotone(upper, LENGTH(upper));
    }
    bool always = true;
    for (int i = 0; i < VALUES * VALUES * VALUES; i++) {
        const float x[] = {value[i % VALUES], value[i / VALUES % VALUES], value[i / VALUES / VALUES]}, y = apply(x);
        for (int k = 0; k < op->n_in; k++)
            always = always && (x[k] == x[k] || y != y);
    }
    const bool listed = strstr(not_always_nan, lng_format(arena, " %s ", op->name)) != NULL;
    ck_assert_msg(always != listed, "%s: NaN %s NaN", op->name, always ? "always gives" : "does not always give");
}
END_TEST

START_TEST(specials)
{
    op = lng_ops[_i];
    if (!(op->flags & LNG_OP_POINTWISE) || op->n_in > 3)
        return;
    if (op->in[0].dtype != LNG_INT_ONLY)
        check_specials(false);
    if (op->in[0].dtype != LNG_FLOAT_ONLY)
        check_specials(true);
}
END_TEST

/* ---- drawn ---- */
static lng_shape draw_shape(rng *r, int low, int high)
{
    lng_shape s = {.rank = rng_below(r, 5)};
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = low + rng_below(r, high - low + 1);
    return s;
}

static const char *draw_choice(lng_arena *arena, rng *r, const char *choices)
{
    int words = 1;
    for (const char *c = choices; *c; c++)
        words += *c == ' ';
    for (int skip = rng_below(r, words); skip > 0; skip--)
        choices = strchr(choices, ' ') + 1;
    return lng_copy_n(arena, choices, strcspn(choices, " "));
}

static void draw_attr(lng_arena *arena, rng *r, lng_attr attr[LNG_MAX_ATTR])
{
    for (int k = 0; k < op->n_attr; k++) {
        const lng_attr_spec *s = &op->attr[k];
        attr[k] = s->fallback;
        if (!s->required && rng_below(r, 3) == 0)
            continue;
        attr[k].i = s->type == LNG_ATTR_BOOL ? rng_below(r, 2) : -2 + rng_below(r, 7);
        attr[k].f = rng_between(r, -2, 2);
        attr[k].s = s->type == LNG_ATTR_NAME && s->choices ? draw_choice(arena, r, s->choices) : "";
        attr[k].v = draw_shape(r, -1, 4);
    }
}

/* Operands of equal or related shapes more often than chance would have it. */
static void draw_operands(trial_plan *p, rng *r)
{
    p->n_in = op->n_in - rng_below(r, op->n_optional + 1);
    for (int k = 0; k < p->n_in; k++) {
        p->in[k] = k > 0 && rng_below(r, 3) ? p->in[k - 1] : draw_shape(r, 1, 6);
        if (k > 0 && p->in[k].rank > 0 && rng_below(r, 3) == 0)
            p->in[k].dim[rng_below(r, p->in[k].rank)] = 1 + rng_below(r, 6);
    }
    p->integers = rng_below(r, 4) == 0;
    p->shared = (unsigned)rng_below(r, 1 << p->n_in);
    p->low = -3, p->high = 3;
}

START_TEST(drawn)
{
    op = lng_ops[_i];
    rng r = {.state = (uint64_t)_i * 7919 + 1};
    if (op->flags & LNG_OP_STORED || op == &lng_op_input || op == &lng_op_input_first)
        return;
    for (int i = 0; i < 300; i++) {
        lng_arena *own = lng_arena_new();
        lng_attr attr[LNG_MAX_ATTR] = {0};
        trial_plan p = {.op = op, .attr = attr, .seed = (uint64_t)i};
        draw_operands(&p, &r);
        draw_attr(own, &r, attr);
        at("drawn", i, p.shared, 0);
        trial *t = trial_new(own, &p, errors);
        if (t && t->out) {
            if (!lng_graph_verify(t->graph, errors))
                stop("verifier");
            check_levels_at(t, (const int[]){1 + rng_below(&r, TRIAL_EXAMPLES)}, 1);
            tally->drawn++;
        } else {
            if (t && lng_errors_count(errors) != 1)
                stop("refused without exactly one error");
            if (t && lng_errors_status(errors) != LNG_BAD_INPUT)
                stop("refused as something else than bad input");
            tally->refused++;
        }
        lng_arena_free(own);
        lng_errors_clear(errors);
    }
}
END_TEST

int main(void)
{
    tally = suite_shared(sizeof *tally);
    if (!tally)
        return EXIT_FAILURE;
    const int n = (int)lng_op_count;
    const suite_test tests[] = {
        LOOP(table, n),   LOOP(samples, n),  LOOP(levels, n), LOOP(written, n), LOOP(gradients, n),
        LOOP(mutants, n), LOOP(specials, n), LOOP(stated, n), LOOP(drawn, n),   {0},
    };
    const int status = suite_run("ops", tests, NULL, NULL);
    printf("%d ops: %ld sample numbers, %ld runs of the engine, %ld gradients, %ld of gradients (%ld refused), %ld mutants caught, "
           "%ld special numbers, %ld drawn nodes and %ld refused\n",
           n, tally->samples, tally->runs, tally->gradients, tally->second, tally->no_second, tally->mutants, tally->specials,
           tally->drawn, tally->refused);
    return status;
}
