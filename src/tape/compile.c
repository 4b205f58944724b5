/* From graph to tape: which stage each node belongs to, and the instructions of each stage in the graph's order.
 *
 * Constants (what depends on no variable, clock, input or draw) are computed once, when an engine is made. */
#include "config.h"
#include "graph/ops.h"
#include "tape/inside.h"
#include <stdio.h>
#include <string.h>

#define ONCE (-1)
#define DEAD (-2)

static bool makes_instr(const lng_node *n)
{
    return !(n->op->flags & (LNG_OP_STORED | LNG_OP_VIEW));
}

static bool is_constant(const lng_node *n)
{
    if (n->n_in == 0)
        return n->op == &lng_op_constant;
    return !n->out[0].per_example && !(n->op->flags & (LNG_OP_RANDOM | LNG_OP_BATCH));
}

static int stage_of_node(const lng_tape *t, const lng_node *n)
{
    int stage = is_constant(n) ? ONCE : 0;
    for (int i = 0; i < n->n_in; i++) {
        int s = t->stage_of[n->in[i]->node->id];
        if (s > stage)
            stage = s;
    }
    return n->op->flags & LNG_OP_BATCH ? stage + 1 : stage;
}

/* A batch op runs with the slices of the stage before its result's. */
static int runs_in(const lng_tape *t, const lng_node *n)
{
    return t->stage_of[n->id] - (n->op->flags & LNG_OP_BATCH ? 1 : 0);
}

static bool runs_in_slices(const lng_node *n)
{
    return n->out[0].per_example || (n->op->flags & LNG_OP_BATCH);
}

static void assign_stages(lng_tape *t)
{
    const lng_graph *g = t->graph;
    bool *live = lng_graph_live(g, t->arena);
    t->stages = 1;
    t->stage_of = LNG_NEW_N(t->arena, g->nodes + 1, int);
    for (size_t i = 0; i < g->nodes; i++) {
        t->stage_of[i] = live[i] ? stage_of_node(t, g->node[i]) : DEAD;
        if (t->stage_of[i] >= t->stages)
            t->stages = t->stage_of[i] + 1;
    }
}

static void choose_kernel(lng_tape *t, instr *in)
{
    const lng_node *n = in->node;
    const lng_kernels *k = lng_op_kernels(t->options.naive ? LNG_ISA_BASELINE : t->options.isa, n->op);
    size_t scratch = 0;
    in->naive = k->naive;
    in->batch = n->op->flags & LNG_OP_BATCH;
    if (!t->options.naive && k->pick)
        in->kernel = k->pick(n, t->arena, &in->plan, &scratch);
    in->splits = in->kernel && n->op->flags & LNG_OP_SLICE_SPLITS;
    if (scratch > t->scratch_bytes)
        t->scratch_bytes = scratch;
}

/* The instructions of one segment: all nodes that `stage` and `slices` select, in order. */
static void fill_segment(lng_tape *t, segment *s, int stage, bool slices, int *time)
{
    const lng_graph *g = t->graph;
    for (int pass = 0; pass < 2; pass++) {
        s->count = 0;
        for (size_t i = 0; i < g->nodes; i++) {
            const lng_node *n = g->node[i];
            if (t->stage_of[i] == DEAD || !makes_instr(n) || runs_in(t, n) != stage || runs_in_slices(n) != slices)
                continue;
            if (pass) {
                s->at[s->count].node = n;
                s->at[s->count].time = s->at[s->count].until = (*time)++;
                choose_kernel(t, &s->at[s->count]);
            }
            s->count++;
        }
        if (!pass)
            s->at = LNG_NEW_N(t->arena, (size_t)s->count + 1, instr);
    }
}

/* Floats below which another round of the team costs more than it saves. */
#define JOINT_FLOATS 8192

static bool splits(const instr *in)
{
    return in->kernel && (in->node->op->flags & LNG_OP_SPLITS);
}

/* Whether instruction k may belong to the joint run that begins at `first`: what it reads of the run's results must be divided as its
 * own result is. */
static bool fits_joint_run(const segment *s, int first, int k)
{
    for (int i = 0; i < s->at[k].node->n_in; i++) {
        const lng_value *v = s->at[k].node->in[i];
        while (v->node->op->flags & LNG_OP_VIEW)
            v = v->node->in[0];
        for (int j = first; j < k; j++)
            if (s->at[j].node == v->node && lng_shape_size(v->shape) != lng_shape_size(s->at[k].node->out[0].shape))
                return false;
    }
    return true;
}

/* A joint run is a sequence of shared instructions (such as an optimiser's updates) that the whole team goes through together: each
 * thread computes its part of the elements, and waits for nobody in between. */
static void find_joint_runs(segment *s)
{
    for (int i = 0; i < s->count;) {
        int end = i;
        int64_t floats = 0;
        for (; end < s->count && splits(&s->at[end]) && fits_joint_run(s, i, end); end++)
            floats += lng_shape_size(s->at[end].node->out[0].shape);
        if (floats >= JOINT_FLOATS) { /* while a thread is in it, nothing that any of its instructions reads is written over */
            s->at[i].joint = end - i;
            for (int k = i; k < end; k++)
                s->at[k].until = s->at[end - 1].time;
        }
        i = end > i ? end : i + 1;
    }
}

static void make_stages(lng_tape *t)
{
    int time = 0;
    fill_segment(t, &t->once, ONCE, false, &time);
    t->stage = LNG_NEW_N(t->arena, (size_t)t->stages, stage);
    for (int i = 0; i < t->stages; i++) {
        stage *s = &t->stage[i];
        s->begin = time;
        fill_segment(t, &s->shared, i, false, &time);
        find_joint_runs(&s->shared);
        fill_segment(t, &s->slice, i, true, &time);
        s->end = ++time; /* one more moment: outputs are stored, partials combined */
    }
    t->times = time;
}

static bool find_updates(lng_tape *t, lng_errors *errors)
{
    const lng_graph *g = t->graph;
    t->updates = g->updates;
    t->update = LNG_NEW_N(t->arena, g->updates + 1, tape_update);
    for (size_t i = 0; i < g->updates; i++) {
        size_t k = 0;
        while (k < t->variables && strcmp(t->variable[k].name, g->update[i].name) != 0)
            k++;
        if (k == t->variables)
            return lng_error(errors, LNG_E_DEFECT, (lng_place){0}, "tape: an update of `%s`, which is no variable",
                             g->update[i].name);
        if (!lng_shape_equal(t->variable[k].shape, g->update[i].value->shape))
            return lng_error(errors, LNG_E_DEFECT, t->variable[k].place, "tape: the update of `%s` has another shape",
                             g->update[i].name);
        t->update[i].variable = k;
    }
    return true;
}

static const lng_combine *combine_at(lng_isa isa)
{
#ifdef LNG_X86
    if (isa != LNG_ISA_BASELINE)
        return isa == LNG_ISA_AVX512 ? &lng_combine_avx512 : &lng_combine_avx2;
#endif
    (void)isa;
    return &lng_combine_baseline;
}

typedef struct compiling {
    lng_arena *arena;
    const lng_graph *graph;
    const lng_variable *variable;
    size_t variables;
    const lng_tape_options *options;
    lng_errors *errors;
    lng_tape *tape;
} compiling;

static bool compile(void *context)
{
    compiling *c = context;
    lng_tape *t = c->tape = LNG_NEW(c->arena, lng_tape);
    *t = (lng_tape){.arena = c->arena,
                    .graph = c->graph,
                    .variable = c->variable,
                    .variables = c->variables,
                    .options = *c->options,
                    .slices = (c->options->max_batch + LNG_LANES - 1) / LNG_LANES,
                    .combine = combine_at(c->options->isa)};
    t->variable_offset = LNG_NEW_N(t->arena, t->variables + 1, size_t);
    lng_store_layout(t->variable, t->variables, t->variable_offset);
    assign_stages(t);
    make_stages(t);
    return find_updates(t, c->errors) && lng_tape_plan(t, c->errors);
}

lng_tape *lng_tape_compile(const lng_graph *g, const lng_variable *variable, size_t variables, const lng_tape_options *options,
                           lng_errors *errors)
{
    compiling c = {
        .arena = lng_arena_new(), .graph = g, .variable = variable, .variables = variables, .options = options, .errors = errors};
    if (lng_attempt(c.arena, compile, &c, errors, "compiling the tape"))
        return c.tape;
    lng_arena_free(c.arena);
    return NULL;
}

void lng_tape_free(lng_tape *t)
{
    if (t)
        lng_arena_free(t->arena);
}
