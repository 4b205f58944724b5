/* From graph to tape: the stage of each node, and the instructions of each stage in the graph's order.
 *
 * Constants, which depend on no variable, clock, input or draw, are computed once, when an engine is made. */
#include "base/assert.h"
#include "graph/ops.h"
#include "tape/inside.h"
#include <stdio.h>
#include <string.h>

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
    t->stage_of = lng_graph_stages(g, lng_graph_live(g, t->arena), t->arena, LNG_NEW_N(t->arena, g->loops + 1, int));
    t->stages = 1;
    for (size_t i = 0; i < g->nodes; i++)
        if (t->stage_of[i] >= t->stages)
            t->stages = t->stage_of[i] + 1;
}

static void choose_kernel(lng_tape *t, instr *in)
{
    const lng_node *n = in->node;
    const lng_kernels *k = lng_op_kernels(t->options.naive ? LNG_ISA_BASELINE : t->options.isa, n->op);
    lng_prepared prepared = {0};
    in->naive = k->naive;
    const bool all = lng_sums_at_once(t, n);
    in->batch = n->op->flags & LNG_OP_BATCH && !all;
    if (!t->options.naive && k->prepare)
        prepared = k->prepare(n, t->arena);
    in->kernel = prepared.kernel;
    in->prepared = prepared.data;
    in->once = prepared.once;
    in->splits = in->kernel && n->op->flags & LNG_OP_SLICE_SPLITS;
    in->takes = lng_instr_time(in);
    LNG_ASSERT(in->kernel || in->naive);
    LNG_ASSERT(in->kernel || !all);
    in->scratch = prepared.scratch * (size_t)(all ? t->slices : 1);
    size_t *scratch = prepared.once && !all ? &t->group_scratch : &t->scratch_bytes;
    if (in->scratch > *scratch)
        *scratch = in->scratch;
}

static segment *segment_of(lng_tape *t, const lng_node *n)
{
    const int at = runs_in(t, n);
    if (at == LNG_STAGE_ONCE)
        return &t->once;
    stage *s = &t->stage[at];
    return lng_sums_at_once(t, n) ? &s->sums : runs_in_slices(n) ? &s->slice : &s->shared;
}

static bool has_instr(const lng_tape *t, const lng_node *n)
{
    return t->stage_of[n->id] != LNG_STAGE_DEAD && !t->idle[n->id] && !(n->op->flags & LNG_OP_STORED);
}

/* ---- joint runs: sequences of shared instructions (such as an optimizer's updates) that the whole team runs together, each part of the
 * elements without waiting in between; and single instructions that can be divided ---- */

/* Fewer floats are not worth another round of the team. */
#define JOINT_FLOATS 8192

static bool splits(const instr *in)
{
    return in->kernel && (in->node->op->flags & LNG_OP_SPLITS);
}

/* Whether an instruction may belong to the joint run that begins at time `first`: results of the run that it reads must be divided among
 * the threads in the same way as its own. time_of: by the node's id. */
static bool fits_run(const lng_tape *t, const instr *in, int first, const int *time_of)
{
    for (int i = 0; i < in->node->n_in; i++) {
        const lng_value *v = lng_owner(t, in->node->in[i]);
        const int time = time_of[v->node->id];
        const bool in_parts = t->idle[v->node->id];
        if (time >= first && time < in->time && (in_parts || lng_shape_size(v->shape) != lng_shape_size(in->node->out[0].shape)))
            return false;
    }
    return true;
}

static void find_joint_runs(const lng_tape *t, segment *s, const int *time_of)
{
    for (int begin = 0, end; begin<s->count; begin = end> begin ? end : begin + 1) {
        int64_t floats = 0;
        const lng_loop *loop = s->at[begin].node->loop;
        for (end = begin; end < s->count && s->at[end].node->loop == loop && splits(&s->at[end]) &&
                          fits_run(t, &s->at[end], s->at[begin].time, time_of);
             end++)
            floats += lng_shape_size(s->at[end].node->out[0].shape);
        for (int k = begin; k < end && floats >= JOINT_FLOATS; k++) {
            s->at[k].run_first = s->at[begin].time;
            s->at[k].run_last = s->at[end - 1].time;
            s->at[k].joint = begin + 1 < end;
        }
    }
}

static void find_joint_instructions(segment *s)
{
    for (int i = 0; i < s->count; i++)
        s->at[i].joint |= s->at[i].splits && lng_pays_to_divide(&s->at[i]);
}

/* What a thread without slices needs: for its part of what all divide. */
static void find_part_scratch(lng_tape *t, const segment *s, bool all)
{
    for (int i = 0; i < s->count; i++)
        if ((all || s->at[i].joint) && s->at[i].scratch > t->part_scratch)
            t->part_scratch = s->at[i].scratch;
}

/* ---- stages ---- */
static void count_instructions(lng_tape *t)
{
    for (size_t i = 0; i < t->entries; i++)
        if (t->order[i].node && has_instr(t, t->order[i].node))
            segment_of(t, t->order[i].node)->count++;
}

static void allocate_segment(lng_tape *t, segment *s)
{
    s->at = LNG_NEW_N(t->arena, (size_t)s->count + 1, instr);
    s->loop = LNG_NEW_N(t->arena, t->graph->loops + 1, tape_loop);
    s->count = 0;
}

/* The segment that a loop's instructions go to; NULL: it has none. */
static segment *segment_of_loop(lng_tape *t, const lng_entry *begin)
{
    for (const lng_entry *e = begin + 1; e->loop != begin->loop; e++)
        if (e->node && has_instr(t, e->node))
            return segment_of(t, e->node);
    return NULL;
}

static void begin_loop(segment *s, const lng_loop *loop)
{
    s->loop[s->loops++] = (tape_loop){.loop = loop, .first = s->count, .end = -1};
}

static void end_loop(segment *s, const lng_loop *loop)
{
    int k = s->loops - 1;
    while (s->loop[k].loop != loop)
        k--;
    s->loop[k].end = s->count;
    s->loop[k].inner = s->loops - k - 1;
}

static void make_instructions(lng_tape *t)
{
    segment **home = LNG_NEW_N(t->arena, t->graph->loops + 1, segment *); /* by the loop's number; NULL: it has no instructions */
    for (size_t i = 0; i < t->entries; i++) {
        const lng_entry *e = &t->order[i];
        if (e->what == LNG_ENTRY_BEGIN && (home[e->loop->number] = segment_of_loop(t, e)))
            begin_loop(home[e->loop->number], e->loop);
        if (e->what == LNG_ENTRY_END && home[e->loop->number])
            end_loop(home[e->loop->number], e->loop);
        if (e->what != LNG_ENTRY_NODE || !has_instr(t, e->node))
            continue;
        segment *s = segment_of(t, e->node);
        instr *in = &s->at[s->count++];
        in->node = e->node;
        in->claim = -1;
        choose_kernel(t, in);
    }
}

/* A loop has a time of its own before its first instruction, and one after its last. */
static void number_segment(const lng_tape *t, segment *s, int *time, int *time_of)
{
    for (int i = 0; i <= s->count; i++) {
        for (int k = s->loops; k-- > 0;) /* inner ones first */
            if (s->loop[k].end == i)
                s->loop[k].end_time = (*time)++;
        for (int k = 0; k < s->loops; k++)
            if (s->loop[k].first == i)
                s->loop[k].begin_time = (*time)++;
        if (i == s->count)
            return;
        instr *in = &s->at[i];
        in->time = in->run_first = in->run_last = (*time)++;
        for (int k = 0; k < in->node->n_out; k++)
            time_of[lng_owner(t, &in->node->out[k])->node->id] = in->time;
    }
}

const tape_loop *lng_loop_around(const segment *s, int i, const lng_node *n)
{
    for (int k = 0; k < s->loops; k++)
        if (s->loop[k].first <= i && i < s->loop[k].end && !lng_loop_has(s->loop[k].loop, n->loop))
            return &s->loop[k];
    return NULL;
}

static void make_stages(lng_tape *t)
{
    int time = 0, *time_of = LNG_NEW_N(t->arena, t->graph->nodes + 1, int);
    for (size_t i = 0; i < t->graph->nodes; i++)
        time_of[i] = -1;
    t->stage = LNG_NEW_N(t->arena, (size_t)t->stages, stage);
    count_instructions(t);
    allocate_segment(t, &t->once);
    for (int i = 0; i < t->stages; i++) {
        allocate_segment(t, &t->stage[i].shared);
        allocate_segment(t, &t->stage[i].slice);
        allocate_segment(t, &t->stage[i].sums);
    }
    make_instructions(t);
    number_segment(t, &t->once, &time, time_of);
    for (int i = 0; i < t->stages; i++) {
        stage *s = &t->stage[i];
        number_segment(t, &s->shared, &time, time_of);
        find_joint_runs(t, &s->shared, time_of);
        find_joint_instructions(&s->shared);
        number_segment(t, &s->slice, &time, time_of);
        find_joint_instructions(&s->slice);
        number_segment(t, &s->sums, &time, time_of);
        find_part_scratch(t, &s->shared, false);
        find_part_scratch(t, &s->slice, false);
        find_part_scratch(t, &s->sums, true);
        s->moment = time++;
    }
    t->times = time;
    lng_estimate(t);
}

/* ---- variables, outputs, updates ---- */
static void index_variables(lng_tape *t)
{
    t->variable_named = lng_map_new(t->arena);
    t->variable_slot = LNG_NEW_N(t->arena, t->variables + 1, int);
    t->variable_offset = LNG_NEW_N(t->arena, t->variables + 1, size_t);
    for (size_t k = 0; k < t->variables; k++) {
        t->variable_slot[k] = -1;
        lng_map_put(t->variable_named, t->variable[k].name, (void *)&t->variable[k]);
    }
    lng_store_layout(t->variable, t->variables, t->variable_offset);
}

static void find_outputs(lng_tape *t)
{
    const lng_graph *g = t->graph;
    t->outputs = g->outputs;
    t->output = LNG_NEW_N(t->arena, g->outputs + 1, tape_output);
    t->output_named = lng_map_new(t->arena);
    for (size_t i = 0; i < g->outputs; i++) {
        const lng_value *v = g->output[i].value;
        const int stage = v->per_example ? t->stage_of[lng_owner(t, v)->node->id] : t->stages - 1;
        t->output[i] = (tape_output){.name = g->output[i].name, .value = v, .stage = stage};
        lng_map_put(t->output_named, g->output[i].name, &t->output[i]);
    }
}

static bool find_updates(lng_tape *t, lng_errors *errors)
{
    const lng_graph *g = t->graph;
    t->updates = g->updates;
    t->update = LNG_NEW_N(t->arena, g->updates + 1, tape_update);
    for (size_t i = 0; i < g->updates; i++) {
        const lng_variable *v = lng_map_get(t->variable_named, g->update[i].name);
        if (!v)
            return lng_error(errors, LNG_E_DEFECT, (lng_place){0}, "tape: an update of `%s`, which is not a variable",
                             g->update[i].name);
        if (!lng_shape_equal(v->shape, g->update[i].value->shape))
            return lng_error(errors, LNG_E_DEFECT, v->place, "tape: the update of `%s` has another shape", g->update[i].name);
        t->update[i] = (tape_update){.variable = (size_t)(v - t->variable), .value = g->update[i].value};
    }
    return true;
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
                    .combine = lng_levels[c->options->isa].combine};
    index_variables(t);
    t->order = lng_graph_order(t->graph, t->arena, &t->entries);
    assign_stages(t);
    lng_find_parts(t);
    make_stages(t);
    find_outputs(t);
    return find_updates(t, c->errors) && lng_tape_plan(t, c->errors);
}

lng_tape *lng_tape_compile(const lng_graph *g, const lng_variable *variable, size_t variables, const lng_tape_options *options,
                           lng_errors *errors)
{
    LNG_ASSERT(g && options->max_batch >= 1);
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
