/* A random graph, of which the bytes are the draws: the reference executor, the naive tape, and the fast tape at every level with several
 * threads give the same bits, before the passes and after them. */
#include "config.h"
#include "fuzz.h"
#include "../graphs.h"
#include "pass/pass.h"
#include "tape/engine.h"
#include "tape/reference.h"
#include <stdio.h>
#include <string.h>

typedef struct trial {
    fuzz *f;
    const random_graph *drawn;
    const lng_graph *graph;
    uint32_t rows[GRAPH_EXAMPLES];
    int batch;
    lng_context context;
    const lng_reference *expected; /* of the drawn graph */
    bool rewritten;                /* where a rewrite adds in another order, a zero may have another sign */
} trial;

static void *variable_at(void *context, const char *name)
{
    return lng_store_find(context, name, NULL);
}

static bool same(const trial *t, float a, double b)
{
    const float f = (float)b;
    return (a != a && f != f) || memcmp(&a, &f, sizeof f) == 0 || (t->rewritten && a == 0 && f == 0);
}

static lng_store *new_store(const trial *t)
{
    lng_store *s = lng_store_new(t->drawn->variable, GRAPH_VARIABLES, t->f->errors);
    random_graph_fill(t->drawn, 5, s);
    return s;
}

/* The outputs of a graph after a run, and its updates if they were applied. */
static void check_outputs(const trial *t, const lng_engine *engine)
{
    for (size_t i = 0; i < t->graph->outputs; i++) {
        const lng_value *was = t->drawn->graph->output[i].value, *is = t->graph->output[i].value;
        const float *got = lng_engine_output(engine, t->graph->output[i].name);
        const int64_t n = lng_shape_size(was->shape);
        FUZZ_MUST(lng_shape_equal(was->shape, is->shape));
        for (int e = 0; e < (is->per_example ? t->batch : 1); e++)
            for (int64_t k = 0; k < n; k++)
                FUZZ_MUST(same(t, got[e * n + k], lng_reference_at(t->expected, was, e, k)));
    }
}

static void check_updates(const trial *t, const lng_store *store)
{
    for (size_t i = 0; i < t->graph->updates; i++) {
        const lng_value *was = t->drawn->graph->update[i].value;
        const float *got = lng_store_find(store, t->graph->update[i].name, NULL);
        for (int64_t k = 0; k < lng_shape_size(was->shape); k++)
            FUZZ_MUST(same(t, got[k], lng_reference_at(t->expected, was, 0, k)));
    }
}

static void run(const trial *t, lng_isa isa, bool naive, int threads)
{
    const lng_tape_options options = {.max_batch = t->batch + 5, .isa = isa, .naive = naive, .group = 1 << t->batch % 4};
    lng_tape *tape = lng_tape_compile(t->graph, t->drawn->variable, GRAPH_VARIABLES, &options, t->f->errors);
    FUZZ_MUST(tape);
    lng_store *store = new_store(t);
    lng_team *team = lng_team_new(threads);
    lng_engine *engine = lng_engine_new(tape, store, team, t->f->errors);
    FUZZ_MUST(engine);
    lng_engine_poison(engine);
    const bool finite = lng_engine_run(engine, t->rows, t->batch, &t->context);
    check_outputs(t, engine);
    if (finite)
        check_updates(t, store);
    lng_engine_free(engine);
    lng_team_free(team);
    lng_store_free(store);
    lng_tape_free(tape);
}

static void run_all(const trial *t)
{
    FUZZ_MUST(lng_graph_verify(t->graph, t->f->errors));
    run(t, LNG_ISA_BASELINE, true, 1);
    for (int isa = 0; isa < LNG_ISA_COUNT; isa++)
        if (lng_isa_available((lng_isa)isa))
            run(t, (lng_isa)isa, false, 1 + isa);
}

void fuzz_graph(fuzz *f)
{
    trial t = {.f = f};
    rng r = {.state = 1, .draw = f->at, .draws = f->n};
    t.batch = 1 + rng_below(&r, 40);
    t.drawn = random_graph_draw(f->arena, &r, 4 + (int)(f->n / 4 % 40), f->errors);
    for (int i = 0; i < t.batch; i++)
        t.rows[i] = (uint32_t)(i * 7 % GRAPH_EXAMPLES);
    t.context = (lng_context){
        .seed = 1, .step = 3, .epoch = 1, .total_steps = 12, .progress = 0.25, .batch = t.batch, .field = t.drawn->field};
    lng_store *store = new_store(&t);
    t.graph = t.drawn->graph;
    t.expected = lng_reference_run(f->arena, t.graph, false, t.rows, t.batch, &t.context, variable_at, store);
    run_all(&t);
    t.rewritten = true;
    t.graph = lng_passes_run(lng_rewrites, t.graph, f->arena, f->errors);
    FUZZ_MUST(t.graph);
    run_all(&t);
    t.graph = lng_passes_run(lng_fusions, t.graph, f->arena, f->errors);
    FUZZ_MUST(t.graph);
    run_all(&t);
    lng_store_free(store);
}
