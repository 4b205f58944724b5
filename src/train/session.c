/* A session: the model's graphs fused, compiled and given memory, around one store of variables.
 *
 * Three phases share the store: training (forward, backward, update), evaluation (everything that a report counts), and, when asked
 * for, inference (the output alone). The initial values come from a graph of their own, compiled, run once and thrown away. */
#include "pass/pass.h"
#include "train/train.h"
#include <string.h>

/* Examples in one run of the evaluation tape. No result depends on it unless the graph reduces over the batch. */
#define EVAL_BATCH 512

static const lng_place nowhere;

static bool reduces_batch(const lng_graph *graph)
{
    for (size_t i = 0; i < graph->nodes; i++)
        if (graph->node[i]->op->flags & LNG_OP_BATCH)
            return true;
    return false;
}

static int eval_batch(const lng_model *m)
{
    return reduces_batch(m->eval) ? m->batch : EVAL_BATCH;
}

static bool open_phase(lng_session *s, lng_phase *phase, const lng_graph *from, int batch, lng_errors *errors)
{
    const lng_tape_options options = {.max_batch = batch, .isa = s->isa};
    phase->batch = batch;
    phase->graph = lng_passes_run(lng_fusions, from, s->arena, errors);
    phase->tape = phase->graph ? lng_tape_compile(phase->graph, s->model->variable, s->model->variables, &options, errors) : NULL;
    phase->engine = phase->tape ? lng_engine_new(phase->tape, s->store, s->team, errors) : NULL;
    return phase->engine != NULL;
}

static void close_phase(lng_phase *phase)
{
    lng_engine_free(phase->engine);
    lng_tape_free(phase->tape);
    *phase = (lng_phase){0};
}

/* The entry of everything here that allocates: memory that runs out is an error of the list. */
static bool open_guarded(lng_session *s, lng_phase *phase, const lng_graph *from, int batch, lng_errors *errors)
{
    if (LNG_GUARD(s->arena))
        return lng_error(errors, LNG_E_MEMORY, nowhere, "memory ran out while the model was compiled");
    const bool ok = open_phase(s, phase, from, batch, errors);
    lng_arena_unguard(s->arena);
    return ok;
}

lng_session *lng_session_bare(const lng_model *model, lng_team *team, lng_isa isa, lng_errors *errors)
{
    lng_arena *arena = lng_arena_new();
    if (!arena || LNG_GUARD(arena)) {
        lng_arena_free(arena);
        return lng_error(errors, LNG_E_MEMORY, nowhere, "memory ran out"), NULL;
    }
    lng_session *s = LNG_NEW(arena, lng_session);
    lng_arena_unguard(arena);
    *s = (lng_session){.model = model, .plain = model->train, .arena = arena, .isa = isa, .team = team};
    s->store = lng_store_new(model->variable, model->variables, errors);
    if (s->store)
        return s;
    lng_session_free(s);
    return NULL;
}

lng_session *lng_session_new(const lng_model *model, lng_team *team, lng_isa isa, lng_errors *errors)
{
    lng_session *s = lng_session_bare(model, team, isa, errors);
    if (s && open_guarded(s, &s->train, model->train, model->batch, errors) &&
        open_guarded(s, &s->eval, model->eval, eval_batch(model), errors))
        return s;
    lng_session_free(s);
    return NULL;
}

void lng_session_free(lng_session *s)
{
    if (!s)
        return;
    close_phase(&s->infer);
    close_phase(&s->eval);
    close_phase(&s->train);
    lng_store_free(s->store);
    lng_arena_free(s->arena);
}

bool lng_session_infer(lng_session *s, int batch, lng_errors *errors)
{
    lng_graph only = *s->model->eval; /* the same nodes, of which one output is observed */
    lng_output out = {"out", lng_graph_find_output(&only, "out")};
    only.output = &out;
    only.outputs = 1;
    close_phase(&s->infer);
    return open_guarded(s, &s->infer, &only, batch, errors);
}

static bool all_finite(const float *at, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!(at[i] - at[i] == 0))
            return false;
    return true;
}

static bool store_initial(lng_session *s, lng_engine *engine, lng_errors *errors)
{
    bool ok = true;
    for (size_t i = 0; i < s->store->count; i++) {
        const lng_variable *v = &s->store->variable[i];
        const int64_t n = lng_shape_size(v->shape);
        const float *value = lng_engine_output(engine, v->name);
        if (!value)
            return lng_error(errors, LNG_E_DEFECT, v->place, "`%s` has no initial value", v->name);
        if (!all_finite(value, n))
            ok = lng_error(errors, LNG_E_NONFINITE, v->place, "the initial value of `%s` is not finite", v->name);
        memcpy(s->store->at + s->store->offset[i], value, (size_t)n * sizeof *value);
    }
    return ok;
}

bool lng_session_initialise(lng_session *s, lng_errors *errors)
{
    const lng_tape_options options = {.max_batch = 1, .isa = s->isa};
    lng_tape *tape = lng_tape_compile(s->model->init, s->model->variable, s->model->variables, &options, errors);
    lng_engine *engine = tape ? lng_engine_new(tape, s->store, s->team, errors) : NULL;
    bool ok = engine != NULL;
    if (ok) {
        const uint32_t row = 0;
        const lng_clock clock = {.seed = s->model->seed, .batch = 1};
        lng_engine_run(engine, &row, 1, &clock);
        ok = store_initial(s, engine, errors);
    }
    lng_engine_free(engine);
    lng_tape_free(tape);
    return ok;
}

static bool compiles(const lng_model *m, const lng_graph *graph, int batch, lng_arena *arena, lng_errors *errors)
{
    const lng_tape_options options = {.max_batch = batch, .isa = lng_isa_best()};
    graph = lng_passes_run(lng_fusions, graph, arena, errors);
    lng_tape *tape = graph ? lng_tape_compile(graph, m->variable, m->variables, &options, errors) : NULL;
    lng_tape_free(tape);
    return tape != NULL;
}

bool lng_session_check(const lng_model *m, lng_errors *errors)
{
    lng_arena *arena = lng_arena_new();
    if (!arena || LNG_GUARD(arena)) {
        lng_arena_free(arena);
        return lng_error(errors, LNG_E_MEMORY, nowhere, "memory ran out while the model was compiled");
    }
    const bool ok = compiles(m, m->train, m->batch, arena, errors) && compiles(m, m->eval, eval_batch(m), arena, errors) &&
                    compiles(m, m->init, 1, arena, errors);
    lng_arena_free(arena);
    return ok;
}

void lng_session_bind(lng_session *s, lng_data *data)
{
    s->data = data;
}

size_t lng_session_memory(const lng_session *s)
{
    const int threads = lng_team_size(s->team);
    size_t bytes = s->store->floats * sizeof(float);
    const lng_phase *phase[] = {&s->train, &s->eval, &s->infer};
    for (size_t i = 0; i < sizeof phase / sizeof *phase; i++)
        bytes += phase[i]->tape ? lng_tape_memory(phase[i]->tape, threads) : 0;
    return bytes;
}
