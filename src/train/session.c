/* A session: the model's graphs fused, compiled and given memory, around one store of variables.
 *
 * Three phases share the store: training (forward, backward, update), evaluation (everything that a report counts), and, when asked
 * for, inference (the output alone). The initial values come from a graph of their own, compiled, run once and thrown away. */
#include "pass/pass.h"
#include "train/train.h"
#include <string.h>

/* Examples in one run of the evaluation tape. No result depends on it unless the graph reduces over the batch. */
#define EVAL_BATCH 512

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

typedef struct opening {
    lng_session *session;
    lng_phase *phase;
    const lng_graph *from;
    int batch;
    lng_errors *errors;
} opening;

static bool make_phase(void *context)
{
    const opening *o = context;
    const lng_session *s = o->session;
    const lng_tape_options options = {.max_batch = o->batch, .isa = s->isa};
    lng_phase *phase = o->phase;
    phase->batch = o->batch;
    phase->graph = lng_passes_run(lng_fusions, o->from, s->arena, o->errors);
    phase->tape =
        phase->graph ? lng_tape_compile(phase->graph, s->model->variable, s->model->variables, &options, o->errors) : NULL;
    phase->engine = phase->tape ? lng_engine_new(phase->tape, s->store, s->team, o->errors) : NULL;
    return phase->engine != NULL;
}

static bool open_phase(lng_session *s, lng_phase *phase, const lng_graph *from, int batch, lng_errors *errors)
{
    opening o = {s, phase, from, batch, errors};
    return lng_attempt(s->arena, make_phase, &o, errors, "compiling the model");
}

static void close_phase(lng_phase *phase)
{
    lng_engine_free(phase->engine);
    lng_tape_free(phase->tape);
    *phase = (lng_phase){0};
}

typedef struct making {
    lng_session what, *made;
    lng_errors *errors;
} making;

static bool make_session(void *context)
{
    making *m = context;
    const lng_model *model = m->what.model;
    m->made = LNG_NEW(m->what.arena, lng_session);
    *m->made = m->what;
    m->made->store = lng_store_new(model->variable, model->variables, m->errors);
    return m->made->store != NULL;
}

lng_session *lng_session_bare(const lng_model *model, lng_team *team, lng_isa isa, lng_errors *errors)
{
    making m = {.what = {.model = model, .plain = model->train, .arena = lng_arena_new(), .isa = isa, .team = team},
                .errors = errors};
    if (lng_attempt(m.what.arena, make_session, &m, errors, "opening a session"))
        return m.made;
    lng_arena_free(m.what.arena);
    return NULL;
}

lng_session *lng_session_new(const lng_model *model, lng_team *team, lng_isa isa, lng_errors *errors)
{
    lng_session *s = lng_session_bare(model, team, isa, errors);
    if (s && open_phase(s, &s->train, model->train, model->batch, errors) &&
        open_phase(s, &s->eval, model->eval, eval_batch(model), errors))
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
    return open_phase(s, &s->infer, &only, batch, errors);
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

typedef struct checking {
    const lng_model *model;
    lng_arena *arena;
    lng_errors *errors;
} checking;

static bool compiles(const checking *c, const lng_graph *graph, int batch)
{
    const lng_model *m = c->model;
    const lng_tape_options options = {.max_batch = batch, .isa = lng_isa_best()};
    graph = lng_passes_run(lng_fusions, graph, c->arena, c->errors);
    lng_tape *tape = graph ? lng_tape_compile(graph, m->variable, m->variables, &options, c->errors) : NULL;
    lng_tape_free(tape);
    return tape != NULL;
}

static bool all_compile(void *context)
{
    const checking *c = context;
    const lng_model *m = c->model;
    return compiles(c, m->train, m->batch) && compiles(c, m->eval, eval_batch(m)) && compiles(c, m->init, 1);
}

bool lng_session_check(const lng_model *m, lng_errors *errors)
{
    checking c = {m, lng_arena_new(), errors};
    const bool ok = lng_attempt(c.arena, all_compile, &c, errors, "compiling the model");
    lng_arena_free(c.arena);
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
