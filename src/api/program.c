/* Programs: a model or a graph compiled for the uses that were asked for.
 *
 * Each use is a copy of a graph with the outputs and updates that it shows, in the session's arena; nothing of a builder is kept. */
#include "api/api.h"
#include "pass/pass.h"
#include <string.h>

#define ALL_USES    (LNG_STEP | LNG_DIFFERENTIATE | LNG_EVALUATE | LNG_PREDICT)
#define MAX_BATCH   (1 << 20)
#define MAX_THREADS 1024

/* What a program is made from. */
typedef struct plan {
    const lng_model *model; /* NULL: of a builder */
    const lng_graph *train, *eval;
    const lng_variable *variable;
    size_t variables;
    const lng_public_input *input;
    size_t inputs;
    unsigned uses;
    int batch, threads;
    lng_errors *errors;
} plan;

static bool fail(const plan *from, lng_code code, const char *text)
{
    return lng_error(from->errors, code, lng_nowhere, "%s", text);
}

/* ---- graphs of the uses ---- */
static bool copy_rule(lng_rewrite *r)
{
    (void)r;
    return false;
}

/* The graph with no other outputs and updates than those; its errors go to the plan's list. */
static lng_graph *observe(const plan *from, lng_arena *arena, const lng_graph *graph, lng_output *output, size_t outputs,
                          bool updates)
{
    static const lng_pass copy = {"copy", "the same graph in another arena", copy_rule};
    lng_graph seen = *graph;
    seen.errors = from->errors;
    seen.output = output;
    seen.outputs = outputs;
    seen.updates = updates ? graph->updates : 0;
    return lng_pass_run(&copy, &seen, arena);
}

static lng_graph *observe_all(const plan *from, lng_arena *arena, const lng_graph *graph, bool updates)
{
    return observe(from, arena, graph, graph->output, graph->outputs, updates);
}

static lng_graph *step_graph(const plan *from, lng_arena *arena)
{
    if (from->train->updates == 0)
        return fail(from, LNG_E_ARGUMENTS, "there is nothing to do in a step: no variable has an update"), NULL;
    return observe_all(from, arena, from->train, true);
}

static lng_graph *predict_graph(const plan *from, lng_arena *arena)
{
    lng_output out = {"out", lng_graph_find_output(from->eval, "out")};
    if (!out.value)
        return fail(from, LNG_E_ARGUMENTS, "there is nothing to predict: the graph has no output `out`"), NULL;
    return observe(from, arena, from->eval, &out, 1, false);
}

static lng_value *variable_value(lng_graph *g, const lng_variable *v)
{
    const lng_op *op = lng_op_find("variable");
    lng_attr attr[LNG_MAX_ATTR] = {0};
    attr[lng_op_attr_index(op, "shape")].v = v->shape;
    return lng_emit(g, op, NULL, 0, attr, v->name);
}

static bool add_gradients(const plan *from, lng_arena *arena, lng_graph *g)
{
    lng_value *objective = lng_graph_find_output(g, "objective");
    if (!objective || objective->per_example || lng_shape_size(objective->shape) != 1 || objective->dtype != LNG_F32)
        return fail(from, LNG_E_GRADIENT, "differentiation needs an output `objective`: a scalar that is shared by the batch");
    lng_value **x = LNG_NEW_N(arena, from->variables + 1, lng_value *),
              **gradient = LNG_NEW_N(arena, from->variables + 1, lng_value *);
    const char **name = LNG_NEW_N(arena, from->variables + 1, const char *);
    size_t n = 0;
    for (size_t i = 0; i < from->variables; i++)
        if (from->variable[i].parameter) {
            name[n] = lng_format(arena, "gradient.%s", from->variable[i].name);
            if (lng_graph_find_output(g, name[n]))
                return lng_error(from->errors, LNG_E_DUPLICATE, lng_nowhere, "there is an output `%s` already", name[n]);
            x[n++] = variable_value(g, &from->variable[i]);
        }
    if (!lng_gradient(g, objective, x, n, gradient))
        return false;
    for (size_t i = 0; i < n; i++)
        lng_graph_output(g, name[i], gradient[i]);
    return true;
}

/* Rewrites come before differentiation. */
static lng_graph *gradient_graph(const plan *from, lng_arena *arena)
{
    lng_graph *plain = observe_all(from, arena, from->train, false);
    lng_graph *g = plain ? lng_passes_run(lng_rewrites, plain, arena, from->errors) : NULL;
    return g && add_gradients(from, arena, g) ? g : NULL;
}

static lng_graph *evaluate_graph(const plan *from, lng_arena *arena)
{
    return observe_all(from, arena, from->eval, false);
}

/* ---- one use ---- */
static void note_inputs(lng_program *p, lng_use_of *use)
{
    const lng_value **field = LNG_NEW_N(p->session.arena, p->inputs + 1, const lng_value *);
    lng_graph_reads(use->phase->graph, p->session.arena, field);
    use->reads = LNG_NEW_N(p->session.arena, p->inputs + 1, bool);
    for (size_t i = 0; i < p->inputs; i++)
        use->reads[i] = field[i] != NULL;
}

static bool open_use(lng_program *p, const plan *from, lng_use_of *use, lng_phase *phase, lng_graph *graph)
{
    lng_session *s = &p->session;
    const lng_tape_options options = {.max_batch = p->batch, .isa = s->isa};
    phase->graph = graph ? lng_passes_run(lng_fusions, graph, s->arena, from->errors) : NULL;
    phase->tape = phase->graph ? lng_tape_compile(phase->graph, p->variable, p->variables, &options, from->errors) : NULL;
    phase->engine = phase->tape ? lng_engine_new(phase->tape, s->store, s->team, from->errors) : NULL;
    phase->batch = p->batch;
    use->phase = phase;
    if (phase == &s->train)
        s->plain = graph;
    if (phase->engine)
        note_inputs(p, use);
    return phase->engine != NULL;
}

static bool open_uses(lng_program *p, const plan *from)
{
    const struct {
        lng_use use;
        lng_phase *phase;
        lng_graph *(*graph)(const plan *, lng_arena *);
    } table[LNG_USES] = {
        {LNG_STEP, &p->session.train, step_graph},
        {LNG_DIFFERENTIATE, &p->gradients, gradient_graph},
        {LNG_EVALUATE, &p->session.eval, evaluate_graph},
        {LNG_PREDICT, &p->session.infer, predict_graph},
    };
    for (int i = 0; i < LNG_USES; i++)
        if ((from->uses & table[i].use) && !open_use(p, from, &p->use[i], table[i].phase, table[i].graph(from, p->session.arena)))
            return false;
    return true;
}

/* ---- the whole ---- */
static void copy_tables(lng_program *p, const plan *from)
{
    lng_arena *arena = p->session.arena;
    p->variables = from->variables;
    p->variable = LNG_NEW_N(arena, from->variables + 1, lng_variable);
    for (size_t i = 0; i < from->variables; i++) {
        p->variable[i] = from->variable[i];
        p->variable[i].name = lng_copy(arena, from->variable[i].name);
    }
    p->inputs = from->inputs;
    p->input = LNG_NEW_N(arena, from->inputs + 1, lng_public_input);
    p->field = LNG_NEW_N(arena, from->inputs + 1, lng_field);
    p->bound = LNG_NEW_N(arena, from->inputs + 1, lng_bound);
    for (size_t i = 0; i < from->inputs; i++) {
        p->input[i] = from->input[i];
        p->input[i].name = lng_copy(arena, from->input[i].name);
    }
    p->rows = LNG_NEW_N(arena, (size_t)p->batch, uint32_t);
    for (int i = 0; i < p->batch; i++)
        p->rows[i] = (uint32_t)i;
}

/* A program in the making. */
typedef struct making {
    lng_program *program;
    const plan *from;
} making;

static bool fill(void *context)
{
    const making *m = context;
    const plan *from = m->from;
    lng_program *p = m->program;
    lng_session *s = &p->session;
    copy_tables(p, from);
    p->clock = (lng_clock){.seed = from->model ? from->model->seed : 0, .field = p->field};
    s->model = from->model;
    s->isa = lng_isa_best();
    s->store = lng_store_new(p->variable, p->variables, from->errors);
    s->team = s->store ? lng_team_new(from->threads ? from->threads : lng_cores()) : NULL;
    if (s->store && !s->team)
        return fail(from, LNG_E_SYSTEM, "the system refused the threads of a program");
    return s->team && open_uses(p, from) && (!from->model || lng_session_initialise(s, from->errors));
}

static bool check(const plan *from)
{
    if (from->uses == 0 || (from->uses & ~(unsigned)ALL_USES))
        return fail(from, LNG_E_ARGUMENTS,
                    "a program is compiled for LNG_STEP, LNG_DIFFERENTIATE, LNG_EVALUATE, LNG_PREDICT, or several");
    if (from->batch < 1 || from->batch > MAX_BATCH)
        return lng_error(from->errors, LNG_E_RANGE, lng_nowhere, "a batch has 1 to %d examples, got %d", MAX_BATCH, from->batch);
    if (from->threads < 0 || from->threads > MAX_THREADS)
        return lng_error(from->errors, LNG_E_RANGE, lng_nowhere, "a program has 1 to %d threads, or 0 for all cores; got %d",
                         MAX_THREADS, from->threads);
    return true;
}

static lng_program *compile(const plan *from)
{
    if (!check(from))
        return NULL;
    lng_arena *arena = lng_arena_new();
    lng_program *p = arena ? lng_block_new(sizeof *p) : NULL;
    if (!p) {
        lng_arena_free(arena);
        return fail(from, LNG_E_MEMORY, "out of memory while compiling a program"), NULL;
    }
    *p = (lng_program){.session = {.arena = arena}, .batch = from->batch};
    making m = {p, from};
    if (lng_attempt(arena, fill, &m, from->errors, "compiling a program"))
        return p;
    lng_program_free(p);
    return NULL;
}

lng_program *lng_builder_compile(lng_builder *b, unsigned uses, int batch, int threads)
{
    if (!b)
        return NULL;
    if (b->failed)
        return lng_builder_fail(b, LNG_E_ARGUMENTS, lng_nowhere, "the graph is not compiled: building it has failed");
    const plan from = {.train = b->graph,
                       .eval = b->graph,
                       .variable = b->variable,
                       .variables = b->variables,
                       .input = b->input,
                       .inputs = b->inputs,
                       .uses = uses,
                       .batch = batch,
                       .threads = threads,
                       .errors = b->errors};
    return compile(&from);
}

typedef struct listing {
    lng_arena *arena;
    const lng_model *model;
    lng_public_input *input;
} listing;

/* The model's fields as inputs. */
static bool list_inputs(void *context)
{
    listing *l = context;
    const lng_model *m = l->model;
    l->input = LNG_NEW_N(l->arena, m->fields + 1, lng_public_input);
    for (size_t i = 0; i < m->fields; i++)
        l->input[i] = (lng_public_input){m->field[i].name, m->field[i].shape, m->field[i].dtype};
    return true;
}

lng_program *lng_model_compile(const lng_model *m, unsigned uses, int batch, int threads, lng_errors *errors)
{
    if (!lng_is_given(m, "model", errors))
        return NULL;
    plan from = {.model = m,
                 .train = m->train,
                 .eval = m->eval,
                 .variable = m->variable,
                 .variables = m->variables,
                 .inputs = m->fields,
                 .uses = uses,
                 .batch = batch ? batch : m->batch,
                 .threads = threads,
                 .errors = errors};
    listing l = {.arena = lng_arena_new(), .model = m};
    const bool ok = lng_attempt(l.arena, list_inputs, &l, errors, "compiling a program");
    from.input = l.input;
    lng_program *p = ok ? compile(&from) : NULL;
    lng_arena_free(l.arena);
    return p;
}

static void close_phase(lng_phase *phase)
{
    lng_engine_free(phase->engine);
    lng_tape_free(phase->tape);
}

void lng_program_free(lng_program *p)
{
    if (!p)
        return;
    lng_session *s = &p->session;
    close_phase(&s->train);
    close_phase(&p->gradients);
    close_phase(&s->eval);
    close_phase(&s->infer);
    lng_team_free(s->team);
    lng_store_free(s->store);
    for (size_t i = 0; p->bound && i < p->inputs; i++)
        lng_block_free(p->bound[i].copy);
    lng_block_free(p->order);
    lng_arena_free(s->arena);
    lng_block_free(p);
}

size_t lng_program_memory(const lng_program *p)
{
    if (!p)
        return 0;
    const lng_tape *gradients = p->gradients.tape;
    return lng_session_memory(&p->session) + (gradients ? lng_tape_memory(gradients, lng_team_size(p->session.team)) : 0);
}
