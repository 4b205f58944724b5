/* The tape and its engine against the reference executor, on random graphs: every output and every updated variable, bit for bit,
 * at several thread counts, batch sizes and levels. The thread, kept, partial and common memory starts as NaN, so what is read before it is
 * written shows. */
#include "graphs.h"
#include "graph/ops.h"
#include "pass/pass.h"
#include "tape/engine.h"
#include "tape/reference.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *variable_at(void *context, const char *name)
{
    return lng_store_find(context, name, NULL);
}

static void same_bits(float a, double b, const char *what, int example, int64_t element)
{
    float f = (float)b;
    if ((a != a && f != f) || memcmp(&a, &f, sizeof f) == 0) /* an assertion that holds costs a write */
        return;
    ck_abort_msg("%s[%d][%lld]: engine %a, reference %a", what, example, (long long)element, a, f);
}

typedef struct setting {
    int threads, batch;
    lng_isa isa;
    bool naive;
    int group;
    bool at_once;
} setting;

static lng_tape_options options_of(const setting *s, int batch)
{
    return (lng_tape_options){.max_batch = batch, .isa = s->isa, .naive = s->naive, .group = s->group, .at_once = s->at_once};
}

/* The plan is sound, and reuse never costs memory. */
static void check_plan(lng_arena *arena, const lng_tape *t)
{
    const size_t space[SPACES] = {[SPACE_COMMON] = t->common_bytes, [SPACE_KEPT] = t->kept_bytes, [SPACE_THREAD] = t->thread_bytes};
    const char *fault = lng_plan_fault(t, arena);
    ck_assert_msg(!fault, "%s", fault);
    for (int s = SPACE_COMMON; s <= SPACE_THREAD; s++)
        ck_assert_msg(space[s] <= t->sum_bytes[s], "space %d: %zu planned, %zu without reuse", s, space[s], t->sum_bytes[s]);
}

static void compare(lng_arena *arena, const random_graph *rg, const setting *s, uint64_t seed)
{
    const lng_tape_options options = options_of(s, s->batch + 5);
    lng_tape *tape = lng_tape_compile(rg->graph, rg->variable, GRAPH_VARIABLES, &options, errors);
    must(tape);
    check_plan(arena, tape);
    lng_store *store = lng_store_new(rg->variable, GRAPH_VARIABLES, errors),
              *before = lng_store_new(rg->variable, GRAPH_VARIABLES, errors);
    random_graph_fill(rg, seed, store);
    random_graph_fill(rg, seed, before);
    lng_team *team = lng_team_new(s->threads);
    lng_engine *engine = lng_engine_new(tape, store, team, errors);
    must(engine);
    lng_engine_poison(engine);
    uint32_t rows[GRAPH_EXAMPLES];
    rng r = {.state = seed};
    for (int i = 0; i < s->batch; i++)
        rows[i] = (uint32_t)rng_below(&r, GRAPH_EXAMPLES);
    lng_context context = {
        .seed = seed, .step = 3, .epoch = 1, .total_steps = 12, .progress = 0.25, .batch = s->batch, .field = rg->field};
    const lng_reference *ref = lng_reference_run(arena, rg->graph, false, rows, s->batch, &context, variable_at, before);
    must(lng_engine_run(engine, rows, s->batch, &context));
    for (size_t i = 0; i < rg->graph->outputs; i++) {
        const lng_value *v = rg->graph->output[i].value;
        const float *got = lng_engine_output(engine, rg->graph->output[i].name);
        int64_t n = lng_shape_size(v->shape);
        for (int e = 0; e < (v->per_example ? s->batch : 1); e++)
            for (int64_t k = 0; k < n; k++)
                same_bits(got[e * n + k], lng_reference_at(ref, v, e, k), rg->graph->output[i].name, e, k);
    }
    for (size_t i = 0; i < rg->graph->updates; i++) {
        const lng_value *v = rg->graph->update[i].value;
        const float *got = lng_store_find(store, rg->graph->update[i].name, NULL);
        for (int64_t k = 0; k < lng_shape_size(v->shape); k++)
            same_bits(got[k], lng_reference_at(ref, v, 0, k), rg->graph->update[i].name, 0, k);
    }
    lng_engine_free(engine);
    lng_team_free(team);
    lng_store_free(store);
    lng_store_free(before);
    lng_tape_free(tape);
}

START_TEST(random_graphs)
{
    const setting settings[] = {
        {1, 1, LNG_ISA_BASELINE, true, 0, false}, {1, 16, LNG_ISA_BASELINE, false, 0, false},
        {2, 33, LNG_ISA_AVX2, false, 0, false},   {3, 100, LNG_ISA_AVX512, false, 2, false},
        {7, 47, LNG_ISA_AVX512, false, 0, false}, {3, 11, LNG_ISA_AVX2, false, 0, false},
        {1, 70, LNG_ISA_AVX2, false, 4, false},   {1, 20, LNG_ISA_BASELINE, true, 2, false},
        {1, 100, LNG_ISA_AVX2, false, 0, true},   {7, 39, LNG_ISA_AVX2, false, 2, true},
    };
    for (uint64_t seed = 0; seed < 5; seed++) {
        uint64_t id = (uint64_t)_i * 100 + seed;
        random_graph *rg = random_graph_new(arena, id, 8 + 6 * (int)(id % 8), errors);
        must(lng_graph_verify(rg->graph, errors));
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
            if (lng_isa_available(settings[i].isa))
                compare(arena, rg, &settings[i], id);
    }
}
END_TEST

/* A batch of three slices, of which the last is short: each example gets the number of the one `shift` places before it, and the gradient goes
 * back to that one. */
START_TEST(rolls)
{
    enum { N = 37 };
    static const int shifts[] = {0, 1, -1, 16, 20, -37, 40};
    const int shift = shifts[_i];
    lng_graph *g = lng_graph_new(arena, errors);
    lng_value *x = lng_read_input(g, 0, "x", lng_shape_of(1, (int64_t)2), LNG_F32), *gradient;
    lng_value *y = lng_emit(g, &lng_op_batch_roll, &x, 1, (lng_attr[LNG_MAX_ATTR]){{.i = shift}}, NULL);
    lng_value *loss = lng_batch_sum(g, lng_mul(g, lng_slice(g, x, 0, 0, 1, 1), lng_slice(g, y, 0, 1, 2, 1)));
    must(lng_gradient(g, loss, &x, 1, &gradient));
    lng_graph_output(g, "y", y);
    lng_graph_output(g, "gradient", gradient);
    float data[N][2];
    uint32_t rows[N];
    for (int i = 0; i < N; i++) {
        data[i][0] = (float)(i + 1);
        data[i][1] = (float)(100 * (i + 1));
        rows[i] = (uint32_t)i;
    }
    const lng_field field = {.at = data, .type = LNG_FIELD_F32, .size = 2};
    for (int naive = 0; naive < 2; naive++) {
        const lng_tape_options options = {.max_batch = N + 20, .isa = lng_isa_best(), .naive = naive};
        lng_tape *tape = lng_tape_compile(g, NULL, 0, &options, errors);
        lng_store *store = lng_store_new(NULL, 0, errors);
        lng_team *team = lng_team_new(2);
        lng_engine *engine = lng_engine_new(tape, store, team, errors);
        must(engine != NULL);
        check_plan(arena, tape);
        must(lng_engine_run(engine, rows, N, &(lng_context){.field = &field}));
        const float *got = lng_engine_output(engine, "y"), *slope = lng_engine_output(engine, "gradient");
        for (int i = 0; i < N; i++) {
            const int before = ((i - shift) % N + N) % N, after = ((i + shift) % N + N) % N;
            ck_assert(got[2 * i] == (float)(before + 1) && got[2 * i + 1] == (float)(100 * (before + 1)));
            ck_assert(slope[2 * i] == (float)(100 * (before + 1)) && slope[2 * i + 1] == (float)(after + 1));
        }
        lng_engine_free(engine);
        lng_team_free(team);
        lng_store_free(store);
        lng_tape_free(tape);
    }
}
END_TEST

/* All ticks that a thread's meter has charged to something. */
static uint64_t charged(const lng_tape *t, const meter *m)
{
    uint64_t ticks = 0;
    for (int i = 0; i < t->times + 1 + ACTIVITIES; i++)
        ticks += m->instr[i].ticks;
    return ticks;
}

/* Twenty steps, of which some are measured. passed: the ticks of each thread from the beginning of a measurement to its last reading. */
static void run_measured(lng_engine *e, bool on, const uint32_t *rows, const lng_context *context, uint64_t *passed)
{
    uint64_t period[SUITE_MOST] = {0};
    for (int i = 0; i < 20; i++) {
        const bool measured = on && i % 4;
        lng_engine_profile(e, measured);
        for (int k = 0; k < e->threads && !measured; k++) {
            passed[k] += period[k];
            period[k] = 0;
        }
        lng_engine_run(e, rows, GRAPH_EXAMPLES, context);
        for (int k = 0; k < e->threads && measured; k++)
            period[k] = e->worker[k].meter.last - e->profile.begin;
    }
    lng_engine_profile(e, false);
    for (int k = 0; k < e->threads; k++)
        passed[k] += period[k];
}

static void check_profile(lng_engine *e, bool on, const uint64_t *passed)
{
    const lng_profile *p = lng_engine_profile_read(e);
    double seconds = 0;
    uint64_t ticks = 0;
    for (size_t i = 0; i < p->rows; i++) {
        ck_assert(p->row[i].seconds >= 0 && p->row[i].what);
        seconds += p->row[i].seconds;
    }
    for (int k = 0; k < e->threads; k++) {
        ck_assert_uint_eq(charged(e->tape, &e->worker[k].meter), passed[k]);
        ticks += passed[k];
    }
    ck_assert_int_eq(p->steps, on ? 15 : 0);
    ck_assert_int_eq(p->examples, p->steps * GRAPH_EXAMPLES);
    if (on)
        ck_assert_double_eq_tol(seconds, (double)ticks * p->seconds / (double)e->profile.spent, 1e-9 * p->seconds);
}

/* A profile charges the time of all threads without gaps, and changes no result. */
START_TEST(profiles)
{
    random_graph *rg = random_graph_new(arena, 7, 40, errors);
    uint32_t rows[GRAPH_EXAMPLES];
    for (uint32_t i = 0; i < GRAPH_EXAMPLES; i++)
        rows[i] = i;
    const lng_context context = {.field = rg->field};
    for (int k = 0; k < SUITE_TEAMS; k++) {
        lng_tape_options options = {.max_batch = GRAPH_EXAMPLES, .isa = lng_isa_best()};
        lng_tape *tape = lng_tape_compile(rg->graph, rg->variable, GRAPH_VARIABLES, &options, errors);
        lng_store *store[2] = {lng_store_new(rg->variable, GRAPH_VARIABLES, errors),
                               lng_store_new(rg->variable, GRAPH_VARIABLES, errors)};
        lng_team *team = lng_team_new(suite_threads[k]);
        for (int on = 0; on < 2; on++) {
            uint64_t passed[SUITE_MOST] = {0};
            random_graph_fill(rg, 7, store[on]);
            lng_engine *engine = lng_engine_new(tape, store[on], team, errors);
            run_measured(engine, on, rows, &context, passed);
            check_profile(engine, on, passed);
            lng_engine_free(engine);
        }
        ck_assert_mem_eq(store[0]->at, store[1]->at, store[0]->floats * sizeof(float));
        lng_team_free(team);
        lng_store_free(store[0]);
        lng_store_free(store[1]);
        lng_tape_free(tape);
    }
}
END_TEST

/* Updates large enough to be cut across the team, with a momentum that the same joint run makes and reads, and with scalars among them. */
START_TEST(large_updates)
{
    enum { SIZE = 70001, BATCH = 37 };
    lng_graph *g = lng_graph_new(arena, errors);
    const lng_variable variable[] = {
        {"v", {1, {SIZE}}, true, {0}, NULL}, {"m", {1, {SIZE}}, false, {0}, NULL}, {"s", {0}, true, {0}, NULL}};
    float data[GRAPH_EXAMPLES];
    for (int i = 0; i < GRAPH_EXAMPLES; i++)
        data[i] = (float)(i % 17) / 16 - 0.5f;
    lng_value *x = lng_read_input(g, 0, "x", (lng_shape){0}, LNG_F32), *v = lng_read_variable(g, "v", variable[0].shape);
    lng_value *m = lng_read_variable(g, "m", variable[1].shape), *s = lng_read_variable(g, "s", (lng_shape){0});
    lng_value *grad = lng_batch_mean(g, lng_unary(g, &lng_op_tanh, lng_mul(g, x, v)));
    lng_value *m2 = lng_add(g, lng_mul(g, lng_scalar(g, 0.9), m), lng_mul(g, s, grad));
    lng_graph_update(g, "m", m2);
    lng_graph_update(g, "v", lng_sub(g, v, lng_mul(g, lng_add(g, s, lng_scalar(g, 0.1)), m2)));
    lng_graph_update(g, "s", lng_mul(g, lng_add(g, s, lng_scalar(g, 1)), lng_scalar(g, 0.5)));
    g = lng_passes_run(lng_fusions, g, arena, errors);
    lng_store *store = lng_store_new(variable, 3, errors);
    lng_field field = {data, LNG_FIELD_F32, 1};
    uint32_t rows[BATCH];
    for (uint32_t i = 0; i < BATCH; i++)
        rows[i] = i * 3;
    for (int threads = 1; threads < 6; threads += 2) {
        for (size_t i = 0; i < store->floats; i++)
            store->at[i] = (float)((i * 7919) % 1000) / 1000 - 0.5f;
        lng_context context = {.batch = BATCH, .field = &field};
        lng_reference *ref = lng_reference_run(arena, g, false, rows, BATCH, &context, variable_at, store);
        lng_tape *tape = lng_tape_compile(g, variable, 3, &(lng_tape_options){.max_batch = BATCH, .isa = lng_isa_best()}, errors);
        lng_team *team = lng_team_new(threads);
        lng_engine *engine = lng_engine_new(tape, store, team, errors);
        lng_engine_poison(engine);
        must(lng_engine_run(engine, rows, BATCH, &context));
        for (size_t i = 0; i < 3; i++)
            for (int64_t k = 0; k < lng_shape_size(variable[i].shape); k++)
                same_bits(store->at[store->offset[i] + (size_t)k],
                          lng_reference_at(ref,
                                           g->update[i == 0   ? 1
                                                     : i == 1 ? 0
                                                              : 2]
                                               .value,
                                           0, k),
                          variable[i].name, 0, k);
        lng_engine_free(engine);
        lng_team_free(team);
        lng_tape_free(tape);
    }
    lng_store_free(store);
}
END_TEST

/* Matrices of weights that a thread's slices read together, and their gradients: products in panels, and the batch's tree within a tile. */
START_TEST(wide_products)
{
    static const struct {
        int64_t rows, taps, outputs;
    } sizes[] = {{1, 300, 220}, {2, 129, 130}, {1, 64, 257}};
    const int64_t rows = sizes[_i].rows, taps = sizes[_i].taps, outputs = sizes[_i].outputs;
    enum { BATCH = 117 };
    lng_graph *g = lng_graph_new(arena, errors);
    const lng_variable variable = {"w", {2, {taps, outputs}}, true, {0}, NULL};
    lng_value *x = lng_read_input(g, 0, "x", lng_shape_of(2, rows, taps), LNG_F32), *w = lng_read_variable(g, "w", variable.shape);
    lng_value *y = lng_unary(g, &lng_op_tanh, lng_matmul(g, x, false, w, false)), *gradient[2];
    must(lng_gradient(g, lng_batch_mean(g, lng_sum(g, lng_mul(g, y, y), (lng_shape){2, {0, 1}}, false)), (lng_value *[]){w, x}, 2,
                      gradient));
    lng_graph_output(g, "y", y);
    lng_graph_output(g, "dx", gradient[1]);
    lng_graph_update(g, "w", gradient[0]);
    g = lng_passes_run(lng_fusions, g, arena, errors);
    lng_store *store = lng_store_new(&variable, 1, errors);
    float *data = LNG_NEW_N(arena, (size_t)(BATCH * rows * taps), float), *first = LNG_NEW_N(arena, store->floats, float);
    rng r = {.state = 5};
    for (int64_t i = 0; i < BATCH * rows * taps; i++)
        data[i] = (float)(rng_below(&r, 2001) - 1000) / 1000;
    for (size_t i = 0; i < store->floats; i++)
        first[i] = (float)(rng_below(&r, 2001) - 1000) / 20000;
    uint32_t example[BATCH];
    for (uint32_t i = 0; i < BATCH; i++)
        example[i] = BATCH - 1 - i;
    const lng_field field = {data, LNG_FIELD_F32, rows * taps};
    lng_context context = {.field = &field, .batch = BATCH};
    memcpy(store->at, first, store->floats * sizeof(float));
    const lng_reference *ref = lng_reference_run(arena, g, false, example, BATCH, &context, variable_at, store);
    static const setting settings[] = {
        {1, 0, LNG_ISA_BASELINE, true, 1, false}, {1, 0, LNG_ISA_BASELINE, false, 8, false}, {1, 0, LNG_ISA_AVX2, false, 1, false},
        {1, 0, LNG_ISA_AVX2, false, 8, false},    {2, 0, LNG_ISA_AVX2, false, 4, false},     {3, 0, LNG_ISA_AVX2, false, 2, false},
        {2, 0, LNG_ISA_AVX512, false, 4, false},  {1, 0, LNG_ISA_BASELINE, false, 0, true},  {7, 0, LNG_ISA_AVX2, false, 2, true}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const setting *s = &settings[i];
        if (!lng_isa_available(s->isa))
            continue;
        memcpy(store->at, first, store->floats * sizeof(float));
        const lng_tape_options options = options_of(s, BATCH);
        lng_tape *tape = lng_tape_compile(g, &variable, 1, &options, errors);
        lng_team *team = lng_team_new(s->threads);
        lng_engine *engine = lng_engine_new(tape, store, team, errors);
        must(engine);
        lng_engine_poison(engine);
        must(lng_engine_run(engine, example, BATCH, &context));
        for (size_t o = 0; o < g->outputs; o++) {
            const lng_value *v = g->output[o].value;
            const float *got = lng_engine_output(engine, g->output[o].name);
            const int64_t n = lng_shape_size(v->shape);
            for (int64_t k = 0; k < BATCH * n; k++)
                same_bits(got[k], lng_reference_at(ref, v, (int)(k / n), k % n), g->output[o].name, (int)(k / n), k % n);
        }
        for (int64_t k = 0; k < taps * outputs; k++)
            same_bits(store->at[k], lng_reference_at(ref, g->update[0].value, 0, k), "w", 0, k);
        lng_engine_free(engine);
        lng_team_free(team);
        lng_tape_free(tape);
    }
    lng_store_free(store);
}
END_TEST

/* Every slice belongs to one thread, none has more than its share, and groups cover what a thread has. */
START_TEST(shares)
{
    for (int threads = 1; threads < 10; threads++)
        for (int slices = 1; slices < 70; slices++)
            for (int thread = 0, from = 0, first, end; thread < threads; thread++, from = end) {
                lng_slices_of(slices, threads, thread, &first, &end);
                ck_assert(first == from && end >= first && end - first <= (slices + threads - 1) / threads);
                ck_assert(thread + 1 < threads || end == slices);
                for (int i = first, n; i < end; i += n) {
                    n = lng_group_at(i, end, 8);
                    ck_assert(n >= 1 && n <= 8 && i % n == 0 && i + n <= end);
                }
            }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(random_graphs, 24), LOOP(rolls, 7), TEST(large_updates), LOOP(wide_products, 3), TEST(shares), TEST(profiles), {0},
    };
    return suite_run("tape", tests, NULL, NULL);
}
