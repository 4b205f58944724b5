/* Programs: a session, its threads, and room for what the caller binds.
 *
 * A model outlives its programs. A builder does not: its graph and its names are copied into the program's arena. */
#include "api/api.h"
#include "pass/pass.h"
#include <string.h>

#define ALL_USES  (LNG_STEP | LNG_DIFFERENTIATE | LNG_EVALUATE | LNG_PREDICT)
#define MAX_BATCH (1 << 20)

/* What the caller wants compiled. */
typedef struct request {
    const lng_model *model; /* NULL: of a builder */
    lng_builder *builder;
    unsigned uses;
    int batch, threads;
    lng_errors *errors;
} request;

static bool check(const request *q)
{
    if (q->uses == 0 || (q->uses & ~(unsigned)ALL_USES))
        return lng_error(q->errors, LNG_E_ARGUMENTS, lng_nowhere,
                         "a program is compiled for one or more of LNG_STEP, LNG_DIFFERENTIATE, LNG_EVALUATE and LNG_PREDICT");
    if (q->batch < 1 || q->batch > MAX_BATCH)
        return lng_error(q->errors, LNG_E_RANGE, lng_nowhere, "a batch has 1 to %d examples, got %d", MAX_BATCH, q->batch);
    if (q->threads < 0 || q->threads > LNG_MAX_THREADS)
        return lng_error(q->errors, LNG_E_RANGE, lng_nowhere, "a program has 1 to %d threads, or 0 for all cores; got %d",
                         LNG_MAX_THREADS, q->threads);
    return true;
}

/* ---- what a program keeps of a builder ---- */
static const lng_variable *copy_variables(const lng_builder *b, lng_arena *arena)
{
    lng_variable *to = LNG_NEW_N(arena, b->variables, lng_variable);
    for (size_t i = 0; i < b->variables; i++) {
        to[i] = b->variable[i];
        to[i].name = lng_copy(arena, b->variable[i].name);
    }
    return to;
}

static const lng_data_field *copy_inputs(const lng_builder *b, lng_arena *arena)
{
    lng_data_field *to = LNG_NEW_N(arena, b->inputs, lng_data_field);
    for (size_t i = 0; i < b->inputs; i++) {
        to[i] = b->input[i];
        to[i].name = lng_copy(arena, b->input[i].name);
    }
    return to;
}

static lng_subject subject_of(const request *q, lng_arena *arena)
{
    const lng_builder *b = q->builder;
    if (!b)
        return lng_subject_of_model(q->model);
    const lng_graph *graph = lng_pass_run(&lng_pass_copy, b->graph, arena);
    if (!graph)
        return (lng_subject){0};
    return (lng_subject){.train = graph,
                         .eval = graph,
                         .variable = copy_variables(b, arena),
                         .variables = b->variables,
                         .input = copy_inputs(b, arena),
                         .inputs = b->inputs,
                         .digest = lng_graph_digest(graph, arena)};
}

/* ---- making and freeing ---- */
static bool open_session(lng_program *p, const request *q)
{
    const lng_subject subject = subject_of(q, p->arena);
    if (!subject.train)
        return false;
    p->team = lng_team_new(q->threads ? q->threads : lng_cores());
    if (!p->team)
        return lng_error(q->errors, LNG_E_SYSTEM, lng_nowhere, "the system refused to start the program's threads");
    p->session = lng_session_new(&subject, q->uses, q->batch, p->team, q->errors);
    return p->session && (!q->model || lng_session_initialize(p->session, q->errors));
}

typedef struct opening {
    lng_program *program;
    const request *request;
} opening;

static bool fill(void *context)
{
    const opening *o = context;
    lng_program *p = o->program;
    if (!open_session(p, o->request))
        return false;
    const size_t inputs = p->session->subject.inputs;
    p->batch = o->request->batch;
    p->field = LNG_NEW_N(p->arena, inputs, lng_field);
    p->bound = LNG_NEW_N(p->arena, inputs, lng_bound);
    p->rows = LNG_NEW_N(p->arena, (size_t)p->batch, uint32_t);
    lng_trainer_open(&p->trainer, p->session, p->arena);
    p->trainer.field = p->field;
    return true;
}

static lng_program *compile(const request *q)
{
    if (!check(q))
        return NULL;
    lng_program *p = lng_block_new(sizeof *p);
    if (!p)
        return lng_error(q->errors, LNG_E_MEMORY, lng_nowhere, "out of memory while compiling a program"), NULL;
    p->arena = lng_arena_new();
    if (lng_attempt(p->arena, fill, &(opening){p, q}, q->errors, "compiling a program"))
        return p;
    lng_program_free(p);
    return NULL;
}

lng_program *lng_builder_compile(lng_builder *b, unsigned uses, int batch, int threads)
{
    if (!b)
        return NULL;
    if (b->failed)
        return lng_builder_fail(b, LNG_E_ARGUMENTS, lng_nowhere, "the graph cannot be compiled: building it has failed");
    return compile(&(request){.builder = b, .uses = uses, .batch = batch, .threads = threads, .errors = b->errors});
}

lng_program *lng_model_compile(const lng_model *m, unsigned uses, int batch, int threads, lng_errors *errors)
{
    if (!lng_is_given(m, "model", errors))
        return NULL;
    return compile(&(request){.model = m, .uses = uses, .batch = batch ? batch : m->batch, .threads = threads, .errors = errors});
}

void lng_program_free(lng_program *p)
{
    if (!p)
        return;
    for (size_t i = 0; p->bound && i < p->session->subject.inputs; i++)
        lng_block_free(p->bound[i].copy);
    lng_gather_end(p);
    lng_trainer_close(&p->trainer);
    lng_session_free(p->session);
    lng_team_free(p->team);
    lng_arena_free(p->arena);
    lng_block_free(p);
}

size_t lng_program_memory(const lng_program *p)
{
    return p ? lng_session_memory(p->session) : 0;
}
