/* Sessions: opening and closing runners, initial values, running a batch. */
#include "base/assert.h"
#include "lang/units.h"
#include "pass/pass.h"
#include "train/inside.h"
#include <math.h>
#include <string.h>

/* Examples in one run of an evaluation. Results depend on it only if the graph reduces over the batch. */
#define EVALUATE_BATCH 512

lng_subject lng_subject_of_model(const lng_model *m)
{
    return (lng_subject){.model = m,
                         .train = m->train,
                         .eval = m->eval,
                         .variable = m->variable,
                         .variables = m->variables,
                         .input = m->field,
                         .inputs = m->fields,
                         .digest = m->digest};
}

/* ---- runners ---- */
static lng_tape *compile(const lng_graph *graph, const lng_subject *subject, int batch, lng_errors *errors)
{
    const lng_tape_options options = {.max_batch = batch, .isa = lng_isa_best()};
    return lng_tape_compile(graph, subject->variable, subject->variables, &options, errors);
}

lng_tape *lng_fused_tape(const lng_graph *graph, const lng_subject *subject, int batch, lng_arena *arena, lng_errors *errors)
{
    if (graph == subject->train)
        graph = lng_step_graph(subject, arena, errors);
    graph = lng_passes_run(lng_fusions, graph, arena, errors);
    return graph ? compile(graph, subject, batch, errors) : NULL;
}

bool lng_runner_open(lng_runner *r, const lng_session *s, lng_store *store, lng_errors *errors)
{
    r->tape = compile(r->graph, &s->subject, r->batch, errors);
    r->engine = r->tape ? lng_engine_new(r->tape, store, s->team, errors) : NULL;
    return r->engine != NULL;
}

/* The same for one example, where it exists. */
static bool open_one(lng_runner *r, const lng_session *s, lng_errors *errors)
{
    static const lng_pass *const one[] = {&lng_pass_one, NULL};
    if (!lng_graph_has_one(r->graph))
        return true;
    const lng_graph *graph = lng_passes_run(one, r->graph, s->arena, errors);
    r->one_tape = graph ? compile(graph, &s->subject, 1, errors) : NULL;
    r->one = r->one_tape ? lng_engine_new(r->one_tape, s->store, s->team, errors) : NULL;
    return r->one != NULL;
}

void lng_runner_close(lng_runner *r)
{
    lng_engine_free(r->one);
    lng_tape_free(r->one_tape);
    lng_engine_free(r->engine);
    lng_tape_free(r->tape);
}

static bool *inputs_read(const lng_graph *graph, size_t inputs, lng_arena *arena)
{
    const lng_value **value = LNG_NEW_N(arena, inputs + 1, const lng_value *);
    bool *reads = LNG_NEW_N(arena, inputs + 1, bool);
    lng_graph_reads(graph, arena, value);
    for (size_t i = 0; i < inputs; i++)
        reads[i] = value[i] != NULL;
    return reads;
}

/* The batch of a model's graph if the caller has no preference. */
static int usual_batch(const lng_model *m, const lng_graph *graph)
{
    return graph == m->train || lng_graph_reduces_batch(m->eval) ? m->batch : EVALUATE_BATCH;
}

static bool open_use(lng_session *s, int i, int batch, lng_errors *errors)
{
    lng_runner *r = &s->runner[i];
    r->plain = lng_use_graph(s, i, errors);
    r->graph = r->plain ? lng_passes_run(lng_fusions, r->plain, s->arena, errors) : NULL;
    if (!r->graph)
        return false;
    const bool trains = 1u << i & (LNG_STEP | LNG_DIFFERENTIATE);
    r->batch = batch ? batch : usual_batch(s->subject.model, trains ? s->subject.train : s->subject.eval);
    r->reads = inputs_read(r->graph, s->subject.inputs, s->arena);
    return lng_runner_open(r, s, s->store, errors) && (1u << i != LNG_PREDICT || open_one(r, s, errors));
}

/* ---- sessions ---- */
static bool *find_used(const lng_session *s)
{
    const lng_graph *g = lng_without_updates(s, s->subject.eval, NULL);
    const bool *live = lng_graph_live(g, s->arena);
    bool *used = LNG_NEW_N(s->arena, s->store->count, bool);
    for (size_t i = 0; i < s->store->count; i++)
        used[i] = s->store->variable[i].parameter;
    for (size_t i = 0; i < g->nodes; i++) {
        size_t k;
        if (live[i] && g->node[i]->op->flags & LNG_OP_STORED && lng_store_find(s->store, g->node[i]->name, &k))
            used[k] = true;
    }
    return used;
}

typedef struct opening {
    lng_session *session;
    unsigned uses;
    int batch;
    lng_errors *errors;
} opening;

static bool open_uses(void *context)
{
    const opening *o = context;
    o->session->used = find_used(o->session);
    for (int i = 0; i < LNG_USES; i++)
        if (o->uses & 1u << i && !open_use(o->session, i, o->batch, o->errors))
            return false;
    return true;
}

lng_session *lng_session_new(const lng_subject *subject, unsigned uses, int batch, lng_team *team, lng_errors *errors)
{
    LNG_ASSERT(uses > 0 && uses < 1u << LNG_USES && team && (batch > 0 || (batch == 0 && subject->model)));
    lng_session *s = lng_block_new(sizeof *s);
    if (!s)
        return lng_error(errors, LNG_E_MEMORY, lng_nowhere, "out of memory while opening a session"), NULL;
    *s = (lng_session){.subject = *subject, .arena = lng_arena_new(), .isa = lng_isa_best(), .team = team};
    s->store = lng_store_new(subject->variable, subject->variables, errors);
    if (s->store && lng_attempt(s->arena, open_uses, &(opening){s, uses, batch, errors}, errors, "compiling the model"))
        return s;
    lng_session_free(s);
    return NULL;
}

void lng_session_free(lng_session *s)
{
    if (!s)
        return;
    for (int i = 0; i < LNG_USES; i++)
        lng_runner_close(&s->runner[i]);
    lng_store_free(s->store);
    lng_arena_free(s->arena);
    lng_block_free(s);
}

lng_runner *lng_session_runner(lng_session *s, lng_use use)
{
    for (int i = 0; i < LNG_USES; i++)
        if (1u << i == (unsigned)use)
            return s->runner[i].engine ? &s->runner[i] : NULL;
    return NULL;
}

lng_weights lng_session_weights(const lng_session *s)
{
    return (lng_weights){.store = s->store, .used = s->used, .digest = s->subject.digest};
}

bool lng_session_stops(const lng_session *s, enum lng_stop how)
{
    return s->stop && *s->stop >= (sig_atomic_t)how;
}

static size_t memory_of(const lng_tape *tape, const lng_team *team)
{
    return tape ? lng_tape_memory(tape, lng_team_size(team)) : 0;
}

size_t lng_session_memory(const lng_session *s)
{
    size_t bytes = s->store->floats * sizeof(float);
    for (int i = 0; i < LNG_USES; i++)
        bytes += memory_of(s->runner[i].tape, s->team) + memory_of(s->runner[i].one_tape, s->team);
    return bytes;
}

/* ---- initial values ---- */
static bool all_finite(const float *at, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(at[i]))
            return false;
    return true;
}

static bool store_initial(lng_session *s, const lng_runner *r, lng_errors *errors)
{
    bool ok = true;
    for (size_t i = 0; i < s->store->count; i++) {
        const lng_variable *v = &s->store->variable[i];
        const int64_t n = lng_shape_size(v->shape);
        const float *value = lng_engine_output(r->engine, v->name);
        if (!value)
            return lng_error(errors, LNG_E_DEFECT, v->place, "`%s` has no initial value", v->name);
        if (!all_finite(value, n))
            ok = lng_error(errors, LNG_E_NONFINITE, v->place, "the initial value of `%s` is not finite", v->name);
        memcpy(s->store->at + s->store->offset[i], value, (size_t)n * sizeof *value);
    }
    return ok;
}

/* Weights of another run, if the session is to train. */
static bool start_from(lng_session *s, lng_errors *errors)
{
    const lng_start *start = &s->subject.model->start;
    const lng_weights weights = lng_session_weights(s);
    if (!start->from || !lng_session_runner(s, LNG_STEP) || lng_weights_adopt(&weights, start, s->subject.model->plain, errors))
        return true;
    lng_error_related(errors, start->place, "the model starts from this file");
    return false;
}

bool lng_session_initialize(lng_session *s, lng_errors *errors)
{
    const lng_model *m = s->subject.model;
    LNG_ASSERT(m && m->variables == s->store->count);
    lng_runner r = {.graph = m->init, .batch = 1};
    bool ok = lng_runner_open(&r, s, s->store, errors);
    if (ok) {
        const uint32_t row = 0;
        const lng_context context = {.seed = m->seed, .batch = 1};
        lng_engine_run(r.engine, &row, 1, &context);
        ok = store_initial(s, &r, errors) && start_from(s, errors);
    }
    lng_runner_close(&r);
    return ok;
}

static void set_scale(lng_session *s, lng_arena *arena, const lng_data_field *field, lng_scale_part part, const double *number)
{
    size_t k;
    if (!lng_store_find(s->store, lng_scale_name(arena, field->name, part), &k))
        return;
    for (int64_t i = 0, n = lng_shape_size(field->shape); i < n; i++)
        s->store->at[s->store->offset[k] + i] = (float)number[i % lng_field_row(field)];
}

void lng_session_set_scales(lng_session *s, lng_arena *arena, const lng_column_spec *const *learned)
{
    for (size_t i = 0; i < s->subject.inputs; i++)
        if (learned[i] && learned[i]->subtract) {
            set_scale(s, arena, &s->subject.input[i], LNG_SCALE_SUBTRACT, learned[i]->subtract);
            set_scale(s, arena, &s->subject.input[i], LNG_SCALE_DIVIDE, learned[i]->divide);
        }
}

/* ---- running ---- */
lng_context lng_session_context(const lng_session *s, const lng_field *field)
{
    const lng_model *m = s->subject.model;
    return (lng_context){.seed = m ? m->seed : 0, .progress = 1, .field = field};
}

/* Estimates may be wrong by so much, and no batch may take longer than a larger one. */
#define DOUBT 1.33

/* How many of the last examples to run one by one: those that would leave a slice in part empty, which takes the same time whatever it holds, unless
 * they take longer than what the slice adds to a run. */
static int one_by_one(const lng_runner *r, int threads, int count)
{
    const int rest = count % LNG_LANES, slices = count / LNG_LANES;
    if (!r->one || rest == 0)
        return 0;
    const double slice = lng_tape_time(r->tape, slices + 1, threads) - lng_tape_time(r->tape, slices, threads);
    return rest * lng_tape_time(r->one_tape, 1, threads) * DOUBT < slice ? rest : 0;
}

static bool run(lng_runner *r, int threads, const uint32_t *rows, int count, const lng_context *context)
{
    const int together = count - one_by_one(r, threads, count);
    const bool done = together == 0 || lng_engine_run(r->engine, rows, together, context);
    for (int i = together; i < count; i++) {
        lng_engine_run(r->one, rows + i, 1, context);
        lng_engine_take(r->engine, r->one, i);
    }
    return done;
}

bool lng_session_run(lng_session *s, lng_use use, const uint32_t *rows, int count, const lng_context *context, lng_errors *errors)
{
    lng_runner *r = lng_session_runner(s, use);
    LNG_ASSERT(r && rows && count > 0 && count <= r->batch && (context->field || s->subject.inputs == 0));
    r->count = count;
    return run(r, lng_team_size(s->team), rows, count, context) || lng_trace_step(s, r, rows, count, context, errors);
}

lng_column lng_runner_column(const lng_runner *r, const char *output)
{
    const lng_value *v = lng_graph_find_output(r->graph, output);
    if (!v)
        return (lng_column){0};
    return (lng_column){lng_engine_output(r->engine, output), lng_shape_size(v->shape), v->per_example, v->dtype};
}

double lng_column_add(const lng_column *c, int n, double sum)
{
    const float *at = c->at;
    if (!at || c->size != 1 || c->dtype != LNG_F32)
        return NAN;
    for (int i = 0; i < n; i++)
        sum += (double)at[c->per_example ? i : 0];
    return sum;
}

/* ---- checking ---- */
typedef struct checking {
    lng_subject subject;
    lng_arena *arena;
    lng_errors *errors;
    int threads;
    size_t memory;
} checking;

static bool compiles(checking *c, const lng_graph *graph, int batch)
{
    lng_tape *tape = lng_fused_tape(graph, &c->subject, batch, c->arena, c->errors);
    if (tape && graph != c->subject.model->init)
        c->memory += lng_tape_memory(tape, c->threads);
    lng_tape_free(tape);
    return tape != NULL;
}

static bool all_compile(void *context)
{
    checking *c = context;
    const lng_model *m = c->subject.model;
    for (size_t i = 0; i < c->subject.variables; i++)
        c->memory += (size_t)lng_shape_size(c->subject.variable[i].shape) * sizeof(float);
    return compiles(c, m->train, usual_batch(m, m->train)) && compiles(c, m->eval, usual_batch(m, m->eval)) &&
           compiles(c, m->init, 1);
}

bool lng_session_check(const lng_model *m, int threads, size_t *memory, lng_errors *errors)
{
    checking c = {.subject = lng_subject_of_model(m), .arena = lng_arena_new(), .errors = errors, .threads = threads};
    const bool ok = lng_attempt(c.arena, all_compile, &c, errors, "compiling the model");
    lng_arena_free(c.arena);
    *memory = c.memory;
    return ok;
}
