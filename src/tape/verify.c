/* The plan's verifier: runs a step of two slices on names instead of numbers.
 *
 * For each 64 bytes of memory it knows which value is there. An instruction must find its operands where it reads them; then its results
 * are where it writes. So every invariant of plan.c is checked by what the engine would do, without the lifetimes, which the planner might
 * have got wrong. Two steps are run, because constants are computed once for all of them.
 *
 * Only in builds with assertions, and in the tests. */
#include "graph/ops.h"
#include "tape/inside.h"
#ifdef LNG_ASSERTIONS
#include <string.h>

#define LINE   64
#define SLICES 2

enum { NOTHING, DIVIDED = -1 }; /* of a line: no value, no reader; readers that divide it differently */

typedef struct memory {
    const lng_tape *tape;
    size_t lines[SPACES];
    int *held[SPACES];   /* by line: lng_value_index + 1 of the value there */
    int *kept[SLICES];   /* held[SPACE_KEPT] of each slice */
    int *reader[SPACES]; /* by line: the slot + 1 through which a joint run reads it, or DIVIDED */
    int64_t *turn;       /* by the loop's number: the one that it is in */
    const char *fault;   /* the first */
    bool may_set_variables;
} memory;

static bool fault(memory *m, const char *what)
{
    if (!m->fault)
        m->fault = what;
    return false;
}

static void check(memory *m, bool holds, const char *what)
{
    if (!holds)
        fault(m, what);
}

/* ---- lines ---- */
static size_t first_line(const memory *m, const slot *s)
{
    size_t at = s->offset;
    for (; s->whole >= 0; s = &m->tape->slot[s->whole])
        at += (size_t)(s->turn * m->turn[s->loop]);
    return at / LINE;
}

static size_t end_line(const memory *m, const slot *s)
{
    return first_line(m, s) + s->bytes / LINE;
}

static bool is_within(const memory *m, const slot *s)
{
    return s->space != SPACE_NONE && s->offset % LINE == 0 && s->bytes % LINE == 0 && s->turn % LINE == 0 &&
           end_line(m, s) <= m->lines[s->space];
}

/* As large as the engine needs it. */
static bool has_room(const slot *s, const lng_value *v)
{
    const size_t n = (size_t)lng_shape_size(v->shape), floats = v->per_example ? n * LNG_LANES : (n + 15) / 16 * 16;
    return s->bytes >= floats * sizeof(float);
}

static bool overlap(const memory *m, const slot *a, const slot *b)
{
    return a->space == b->space && first_line(m, a) < end_line(m, b) && first_line(m, b) < end_line(m, a);
}

/* The name of a part is that of the value whose part it is. */
static int name_of(const memory *m, const lng_value *v)
{
    return (int)lng_value_index(lng_owner(m->tape, v)) + 1;
}

static bool holds(const memory *m, const slot *s, const lng_value *v)
{
    const size_t end = end_line(m, s);
    for (size_t i = first_line(m, s); i < end; i++)
        if (m->held[s->space][i] != name_of(m, v))
            return false;
    return true;
}

static void hold(memory *m, const slot *s, const lng_value *v)
{
    const size_t end = end_line(m, s);
    for (size_t i = first_line(m, s); i < end; i++)
        m->held[s->space][i] = name_of(m, v);
}

static void forget(memory *m, enum space space)
{
    memset(m->held[space], NOTHING, m->lines[space] * sizeof *m->held[space]);
}

/* The slot of that number, if values can be read there; NULL after recording a fault. */
static const slot *slot_at(memory *m, int number)
{
    const slot *s = number >= 0 && number < m->tape->slots ? &m->tape->slot[number] : NULL;
    if (s && is_within(m, s))
        return s;
    return fault(m, "1: a slot is not within its space, or not aligned to 64 bytes"), NULL;
}

static void expect(memory *m, int number, const lng_value *v, const char *what)
{
    const slot *s = slot_at(m, number);
    if (s)
        check(m, holds(m, s, v), what);
}

/* ---- instructions ---- */
static bool same_layout(const lng_value *a, const lng_value *b)
{
    return a->per_example == b->per_example && lng_shape_equal(a->shape, b->shape);
}

static void check_overwriting(memory *m, const instr *in, int out)
{
    const slot *to = &m->tape->slot[in->out[out]];
    for (int i = 0; i < in->node->n_in; i++)
        if (overlap(m, &m->tape->slot[in->in[i]], to))
            check(m,
                  (in->node->op->flags & (LNG_OP_POINTWISE | LNG_OP_OVERWRITES)) && in->in[i] == in->out[out] &&
                      same_layout(in->node->in[i], &in->node->out[out]),
                  "3: an instruction writes over an operand that it does not read in step");
}

static void write_result(memory *m, const instr *in, int out)
{
    const slot *to = slot_at(m, in->out[out]);
    if (!to)
        return;
    check(m, has_room(to, &in->node->out[out]), "1: a slot is smaller than its value");
    check_overwriting(m, in, out);
    check(m, to->space != SPACE_VARIABLES || m->may_set_variables,
          "6: a variable is written before every batch result has been found finite");
    hold(m, to, &in->node->out[out]);
}

/* Slices run in any order: what is read across the batch is there in each of them. */
static void expect_in_all(memory *m, const instr *in)
{
    int *own = m->held[SPACE_KEPT];
    for (int s = 0; s < SLICES; s++) {
        m->held[SPACE_KEPT] = m->kept[s];
        for (int i = 0; i < in->node->n_in; i++)
            expect(m, in->in[i], in->node->in[i], "2: an instruction across the batch reads a value that is not there");
    }
    m->held[SPACE_KEPT] = own;
}

static void run_instr(memory *m, const instr *in)
{
    const lng_node *n = in->node;
    for (int i = 0; i < n->n_in; i++)
        expect(m, in->in[i], n->in[i], "2: an instruction reads a value that is not there");
    if (n->op->flags & LNG_OP_ACROSS)
        expect_in_all(m, in);
    for (int i = 0; i < n->n_out; i++)
        if (in->out[i] >= 0)
            write_result(m, in, i);
    for (int i = 0; i < n->n_out; i++)
        if (in->out[i] >= 0)
            expect(m, in->out[i], &n->out[i], "2: an instruction writes one result over another");
}

/* ---- loops: two turns show what the second one finds of the first ---- */
static void end_turn(memory *m, const tape_loop *l)
{
    for (size_t k = 0; k < l->loop->carries; k++) {
        const lng_value *v = &l->loop->carry[k].node->out[0], *next = l->loop->carry[k].next;
        if (m->tape->stage_of[v->node->id] == LNG_STAGE_DEAD)
            continue;
        const int to = lng_slot_of(m->tape, v);
        expect(m, lng_slot_of(m->tape, next), next, "2: the next value of a carry is not there at the end of a turn");
        expect(m, to, v, "2: a carry is not there at the end of a turn");
    }
}

/* Whether the turns write a part of their own of a value. */
static bool is_filled(const slot *s, const tape_loop *l)
{
    return s->turn && s->loop == l->loop->number && s->value->node->op != &lng_op_loop_step;
}

/* What the turns that were run have written is there; as those that were not would have written it, the whole is. */
static void end_loop(memory *m, const tape_loop *l, int turns)
{
    int64_t *turn = &m->turn[l->loop->number];
    for (int i = 0; i < m->tape->slots; i++)
        for (*turn = 0; is_filled(&m->tape->slot[i], l) && *turn < turns; ++*turn)
            expect(m, i, m->tape->slot[i].value, "2: a stack has lost what earlier turns have put there");
    *turn = 0;
    for (int i = 0; i < m->tape->slots; i++)
        if (is_filled(&m->tape->slot[i], l))
            hold(m, &m->tape->slot[m->tape->slot[i].whole], m->tape->slot[i].value);
}

static void run_range(memory *m, const segment *s, int first, int end, const tape_loop *l, int turn)
{
    for (int i = first; i < end && !m->fault;) {
        if (l == s->loop + s->loops || l->first != i) {
            const instr *in = &s->at[i++];
            if (turn > 0 && in->node->op == &lng_op_loop_stack)
                expect(m, in->out[0], &in->node->out[0], "2: a stack has lost what earlier turns have put there");
            run_instr(m, in);
            continue;
        }
        const int turns = l->loop->count > 1 ? 2 : 1;
        for (int k = 0; k < turns; k++) {
            m->turn[l->loop->number] = k;
            run_range(m, s, l->first, l->end, l + 1, k);
            end_turn(m, l);
        }
        end_loop(m, l, turns);
        i = l->end;
        l += 1 + l->inner;
    }
}

static void run_segment(memory *m, const segment *s)
{
    run_range(m, s, 0, s->count, s->loop, 0);
}

/* ---- joint runs ---- */
static bool divides_alike(const lng_value *a, const lng_value *b)
{
    return lng_shape_size(a->shape) == lng_shape_size(b->shape);
}

static void note_read(memory *m, const instr *in, int operand)
{
    const slot *s = &m->tape->slot[in->in[operand]];
    const bool alike = divides_alike(in->node->in[operand], &in->node->out[0]);
    for (size_t i = first_line(m, s); i < end_line(m, s); i++) {
        int *reader = &m->reader[s->space][i];
        const bool same = *reader == NOTHING || *reader == in->in[operand] + 1;
        *reader = alike && same ? in->in[operand] + 1 : DIVIDED;
    }
}

static void check_write(memory *m, const instr *in)
{
    const slot *s = &m->tape->slot[in->out[0]];
    for (size_t i = first_line(m, s); i < end_line(m, s); i++) {
        const int reader = m->reader[s->space][i];
        check(m, reader == NOTHING || reader == in->out[0] + 1, "4: a joint run writes what another thread may still read");
    }
}

/* Forgets the reads that were noted. */
static void forget_reads(memory *m, const instr *in)
{
    for (int k = 0; k < in->node->n_in; k++) {
        const slot *s = &m->tape->slot[in->in[k]];
        memset(&m->reader[s->space][first_line(m, s)], NOTHING, s->bytes / LINE * sizeof(int));
    }
}

static void check_joint_run(memory *m, const instr *first)
{
    const int length = first->run_last - first->time + 1;
    for (int i = 0; i < length; i++)
        for (int k = 0; k < first[i].node->n_in; k++)
            note_read(m, &first[i], k);
    for (int i = 0; i < length; i++)
        check_write(m, &first[i]);
    for (int i = 0; i < length; i++)
        forget_reads(m, &first[i]);
}

static void check_joint_runs(memory *m, const segment *s)
{
    for (int i = 0; i < s->count && !m->fault; i++)
        if (s->at[i].time == s->at[i].run_first && s->at[i].run_last > s->at[i].time)
            check_joint_run(m, &s->at[i]);
}

/* ---- stages ---- */
static void store_rows(memory *m, int stage)
{
    const lng_tape *t = m->tape;
    for (size_t i = 0; i < t->outputs; i++)
        if (t->output[i].value->per_example && t->output[i].stage == stage)
            expect(m, t->output[i].slot, t->output[i].value, "2: an output is not there when its rows are stored");
}

/* In a thread's own memory, a slice must not use what other slices left. */
static void run_slice(memory *m, int stage, int slice)
{
    const lng_tape *t = m->tape;
    const size_t partials = t->stage[stage].partial_floats * sizeof(float) / LINE;
    m->held[SPACE_KEPT] = m->kept[slice];
    forget(m, SPACE_THREAD);
    forget(m, SPACE_PARTIAL);
    run_segment(m, &t->stage[stage].slice);
    for (size_t i = 0; i < partials; i++)
        check(m, m->held[SPACE_PARTIAL][i] != NOTHING, "5: the partials leave a gap");
    store_rows(m, stage);
}

/* Every slice must have the operands; each result is written by all threads, while others are. */
static void run_sums(memory *m, const segment *s)
{
    for (int i = 0; i < s->count && !m->fault; i++) {
        expect_in_all(m, &s->at[i]);
        write_result(m, &s->at[i], 0);
    }
    for (int i = 0; i < s->count && !m->fault; i++) {
        expect_in_all(m, &s->at[i]);
        expect(m, s->at[i].out[0], &s->at[i].node->out[0], "2: a sum is written over another one, or over what it reads");
    }
}

static void combine_partials(memory *m, const stage *s)
{
    for (int i = 0; i < s->slice.count && !m->fault; i++) {
        const instr *in = &s->slice.at[i];
        const slot *whole = in->batch ? slot_at(m, s->result) : NULL;
        const slot *part = whole ? slot_at(m, lng_slot_of(m->tape, &in->node->out[0])) : NULL;
        if (!part)
            continue;
        check(m, part->space == whole->space && part->offset == whole->offset + m->tape->slot[in->out[0]].offset,
              "5: a batch result does not lie where its partials are combined");
        hold(m, part, &in->node->out[0]);
    }
}

static void run_stages(memory *m)
{
    const lng_tape *t = m->tape;
    for (int k = 0; k < t->stages && !m->fault; k++) {
        const stage *s = &t->stage[k];
        m->may_set_variables = k == t->stages - 1 && s->slice.count == 0;
        run_segment(m, &s->shared);
        check_joint_runs(m, &s->shared);
        for (int slice = 0; slice < SLICES && !m->fault; slice++)
            run_slice(m, k, slice);
        run_sums(m, &s->sums);
        combine_partials(m, s);
    }
}

/* ---- a step ---- */
/* Constants last from step to step; everything else is made again. */
static void forget_step(memory *m)
{
    const int *stage_of = m->tape->stage_of;
    int *common = m->held[SPACE_COMMON];
    for (size_t i = 0; i < m->lines[SPACE_COMMON]; i++)
        if (common[i] != NOTHING && stage_of[(common[i] - 1) / LNG_MAX_OUT] != LNG_STAGE_ONCE)
            common[i] = NOTHING;
    for (int i = 0; i < SLICES; i++)
        memset(m->kept[i], NOTHING, m->lines[SPACE_KEPT] * sizeof *m->kept[i]);
}

static void hold_variables(memory *m)
{
    const lng_tape *t = m->tape;
    for (size_t i = 0; i < t->graph->nodes && !m->fault; i++) {
        const lng_node *n = t->graph->node[i];
        if (!(n->op->flags & LNG_OP_STORED) || t->stage_of[i] == LNG_STAGE_DEAD)
            continue;
        const slot *s = slot_at(m, lng_slot_of(t, &n->out[0]));
        if (s)
            hold(m, s, &n->out[0]);
    }
}

/* Outputs that are variables are stored before the step, other shared ones are read after it. */
static void check_outputs(memory *m, bool variables)
{
    const lng_tape *t = m->tape;
    for (size_t i = 0; i < t->outputs && !m->fault; i++) {
        const tape_output *o = &t->output[i];
        if (!o->value->per_example && (t->slot[o->slot].space == SPACE_VARIABLES) == variables)
            expect(m, o->slot, o->value, "2: an output is not there when it is read");
    }
}

static void check_updates(memory *m)
{
    const lng_tape *t = m->tape;
    for (size_t i = 0; i < t->updates && !m->fault; i++) {
        const tape_update *u = &t->update[i];
        expect(m, u->slot, u->value, "2: the value of an update is not there at the end of the step");
        check(m, u->how != UPDATE_IN_PLACE || u->slot == t->variable_slot[u->variable],
              "6: an update is made in place, but not in its variable");
    }
}

static void run_step(memory *m)
{
    forget_step(m);
    hold_variables(m);
    check_outputs(m, true);
    run_stages(m);
    check_outputs(m, false);
    check_updates(m);
}

static int *new_lines(lng_arena *arena, size_t lines)
{
    return LNG_NEW_N(arena, lines + 1, int);
}

static memory new_memory(const lng_tape *t, lng_arena *arena)
{
    size_t *offset = LNG_NEW_N(arena, t->variables + 1, size_t);
    memory m = {.tape = t, .turn = LNG_NEW_N(arena, t->graph->loops + 1, int64_t)};
    m.lines[SPACE_VARIABLES] = lng_store_layout(t->variable, t->variables, offset) * sizeof(float) / LINE;
    m.lines[SPACE_COMMON] = t->common_bytes / LINE;
    m.lines[SPACE_KEPT] = t->kept_bytes / LINE;
    m.lines[SPACE_THREAD] = t->thread_bytes / LINE;
    m.lines[SPACE_PARTIAL] = t->partial_floats * sizeof(float) / LINE;
    for (int i = 0; i < SPACES; i++) {
        m.held[i] = new_lines(arena, m.lines[i]);
        m.reader[i] = new_lines(arena, m.lines[i]);
    }
    for (int i = 0; i < SLICES; i++)
        m.kept[i] = new_lines(arena, m.lines[SPACE_KEPT]);
    return m;
}

const char *lng_plan_fault(const lng_tape *t, lng_arena *arena)
{
    memory m = new_memory(t, arena);
    run_segment(&m, &t->once);
    for (int step = 0; step < 2 && !m.fault; step++)
        run_step(&m);
    return m.fault;
}
#endif
