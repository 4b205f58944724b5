/* The memory plan: a slot for every value, and an offset for every slot from its lifetime.
 *
 * Time runs over the instructions of all stages; after a stage's last instruction comes one more moment, at which its outputs are
 * stored and its partials combined; sums of all slices at once have times before it. A shared value lives from its instruction to its last
 * reader, or to the moment of the last stage whose slices read it, because slices run in any order; so does a per-example value that an op
 * across the batch reads. A per-example value that is read only in the stage where it is made lives in the memory of its thread; one that is
 * read in a later stage, or by a sum of all slices, is kept.
 *
 * Invariants of every plan, checked if assertions are compiled in (verify.c):
 *
 *   1. A slot lies within its space, begins on 64 bytes, and has room for its values.
 *   2. Whoever reads a value finds it: an instruction, an output, an update, in this step or the next. So no two values that are
 *      alive at the same time share memory, and every value that is read in a later stage is kept.
 *   3. An instruction writes over an operand only if it is pointwise, or goes row by row, and the operand has the result's layout.
 *   4. In a joint run threads are at different instructions. What one instruction reads and another writes is therefore divided among
 *      the threads in the same way by both.
 *   5. The partials of a stage fill a block from 0 to partial_floats without a gap, and its results lie in the same order.
 *   6. A variable is written only by its own update, in shared instructions of the last stage, when every batch result has been found
 *      finite. */
#include "base/assert.h"
#include "graph/ops.h"
#include "tape/inside.h"

static int new_slot(lng_tape *t, slot s)
{
    t->slot[t->slots] = s;
    return t->slots++;
}

static size_t bytes_of(const lng_value *v)
{
    size_t n = (size_t)lng_shape_size(v->shape);
    return (v->per_example ? n * LNG_LANES : (n + 15) & ~(size_t)15) * sizeof(float);
}

int lng_new_variable_slot(lng_tape *t, size_t variable, const lng_value *v)
{
    return new_slot(t, (slot){.space = SPACE_VARIABLES,
                              .offset = t->variable_offset[variable] * sizeof(float),
                              .bytes = bytes_of(v),
                              .last = t->times,
                              .whole = -1,
                              .value = v});
}

/* ---- lifetimes ---- */
typedef struct use {
    int last;     /* the last time at which it is read; -1: never */
    bool crosses; /* read in a later stage than it is made in */
} use;

static void read_until(const lng_tape *t, use *u, const lng_value *v, int time)
{
    use *it = &u[lng_value_index(lng_owner(t, v))];
    if (time > it->last)
        it->last = time;
}

/* What an instruction of a loop reads from outside must last until the loop has ended. */
static void read_operand(const lng_tape *t, use *u, const segment *s, int i, const lng_value *v, int stage)
{
    const instr *in = &s->at[i];
    v = lng_owner(t, v);
    const bool sums = stage >= 0 && s == &t->stage[stage].sums, slices = stage >= 0 && s == &t->stage[stage].slice;
    const bool any_time = sums || (slices && (!v->per_example || in->node->op->flags & LNG_OP_ACROSS));
    const tape_loop *around = lng_loop_around(s, i, v->node);
    read_until(t, u, v, any_time ? t->stage[stage].moment : around ? around->end_time : in->run_last);
    if (v->per_example && (sums || t->stage_of[v->node->id] != stage))
        u[lng_value_index(v)].crosses = true;
}

/* When a turn ends, what it makes of the carries is read; they must be there for the next turn. */
static void read_carries(const lng_tape *t, use *u, const segment *s, const tape_loop *l, int stage)
{
    for (size_t k = 0; k < l->loop->carries; k++) {
        const lng_carry *c = &l->loop->carry[k];
        if (t->stage_of[c->node->id] == LNG_STAGE_DEAD)
            continue;
        const lng_value *next = lng_owner(t, c->next);
        const tape_loop *around = lng_loop_around(s, l->first, next->node);
        read_until(t, u, &c->node->out[0], l->end_time);
        read_until(t, u, next, around ? around->end_time : l->end_time);
        if (t->stage_of[next->node->id] != stage)
            u[lng_value_index(next)].crosses = true;
    }
}

static void read_segment(const lng_tape *t, use *u, const segment *s, int stage)
{
    for (int i = 0; i < s->count; i++)
        for (int k = 0; k < s->at[i].node->n_in; k++)
            read_operand(t, u, s, i, s->at[i].node->in[k], stage);
    for (int i = 0; i < s->loops; i++)
        read_carries(t, u, s, &s->loop[i], stage);
}

static const use *find_uses(const lng_tape *t)
{
    const size_t values = (t->graph->nodes + 1) * LNG_MAX_OUT;
    use *u = LNG_NEW_N(t->arena, values, use);
    for (size_t i = 0; i < values; i++)
        u[i].last = -1;
    read_segment(t, u, &t->once, LNG_STAGE_ONCE);
    for (int s = 0; s < t->stages; s++) {
        read_segment(t, u, &t->stage[s].shared, s);
        read_segment(t, u, &t->stage[s].slice, s);
        read_segment(t, u, &t->stage[s].sums, s);
    }
    for (size_t i = 0; i < t->outputs; i++)
        read_until(t, u, t->output[i].value, t->output[i].value->per_example ? t->stage[t->output[i].stage].moment : t->times);
    for (size_t i = 0; i < t->updates; i++)
        read_until(t, u, t->update[i].value, t->times);
    return u;
}

/* ---- slots ---- */
static void variable_slots(lng_tape *t)
{
    for (size_t i = 0; i < t->graph->nodes; i++) {
        const lng_node *n = t->graph->node[i];
        if (!(n->op->flags & LNG_OP_STORED) || t->stage_of[i] == LNG_STAGE_DEAD)
            continue;
        const lng_variable *v = lng_map_get(t->variable_named, n->name);
        LNG_ASSERT(v && lng_shape_equal(v->shape, n->out[0].shape));
        const size_t k = (size_t)(v - t->variable);
        LNG_ASSERT(t->variable_slot[k] < 0); /* equal nodes are one */
        t->variable_slot[k] = t->slot_of[lng_value_index(&n->out[0])] = lng_new_variable_slot(t, k, &n->out[0]);
    }
}

/* Whether an instruction also reads a part of an operand. */
static bool reads_part_of(const lng_tape *t, const instr *in, int operand)
{
    for (int i = 0; i < in->node->n_in; i++)
        if (in->in[i] != in->in[operand] && lng_owner(t, in->node->in[i]) == lng_owner(t, in->node->in[operand]))
            return true;
    return false;
}

/* A pointwise instruction, or one that goes row by row, may write over an operand of the same layout that nobody reads later. In a joint run,
 * another thread may still be reading it. */
static bool may_overwrite(const lng_tape *t, const instr *in, int operand, enum space space)
{
    const lng_value *x = in->node->in[operand], *y = &in->node->out[0];
    const slot *s = &t->slot[in->in[operand]];
    const bool same_layout = x->per_example == y->per_example && lng_shape_equal(x->shape, y->shape);
    const bool alone = in->run_first == in->run_last;
    return s->space == space && s->whole < 0 && same_layout && s->last == in->time && alone && !reads_part_of(t, in, operand);
}

/* The slot of the operand to overwrite; -1: none. */
static int slot_to_overwrite(const lng_tape *t, const instr *in, enum space space)
{
    if (in->node->op->flags & (LNG_OP_POINTWISE | LNG_OP_OVERWRITES))
        for (int i = 0; i < in->node->n_in; i++)
            if (may_overwrite(t, in, i, space))
                return in->in[i];
    return -1;
}

static void partial_slot(lng_tape *t, stage *at, instr *in)
{
    const lng_value *v = &in->node->out[0];
    const size_t bytes = bytes_of(v);
    LNG_ASSERT(in->node->n_out == 1 && !in->splits);
    in->out[0] = new_slot(t, (slot){.space = SPACE_PARTIAL,
                                    .offset = at->partial_floats * sizeof(float),
                                    .bytes = bytes,
                                    .first = in->time,
                                    .last = at->moment,
                                    .whole = -1,
                                    .value = v});
    at->partial_floats += bytes / sizeof(float);
}

/* What a loop leaves is written in every turn. */
static int first_time(const segment *s, int i, const lng_value *v)
{
    const tape_loop *around = lng_loop_around(s, i, v->node);
    return around ? around->begin_time : s->at[i].time;
}

/* The slot of a value that instruction i makes, or makes a part of, unless it has one. */
static int own_slot(lng_tape *t, const segment *s, int i, const lng_value *v, const use *u)
{
    const use *it = &u[lng_value_index(v)];
    const instr *in = &s->at[i];
    const bool forever = t->stage_of[v->node->id] == LNG_STAGE_ONCE;
    const int last = forever ? t->times : it->last < in->time ? in->time : it->last;
    const enum space space = !v->per_example ? SPACE_COMMON : it->crosses ? SPACE_KEPT : SPACE_THREAD;
    const int over = forever || v->node != in->node ? -1 : slot_to_overwrite(t, in, space);
    t->sum_bytes[space] += bytes_of(v);
    if (over < 0)
        return new_slot(
            t, (slot){.space = space, .bytes = bytes_of(v), .first = first_time(s, i, v), .last = last, .whole = -1, .value = v});
    t->slot[over].last = last;
    return over;
}

/* A view is its operand's slot, any other part one of its own. */
static int part_slot(lng_tape *t, const lng_value *v, const tape_part *p, int whole)
{
    slot s = t->slot[whole];
    const size_t element = v->per_example ? LNG_LANES * sizeof(float) : sizeof(float);
    if (s.bytes == bytes_of(v) && !p->turn)
        return whole;
    s.offset = (size_t)p->first * element;
    s.turn = (ptrdiff_t)p->turn * (ptrdiff_t)element;
    s.loop = p->loop;
    s.bytes = bytes_of(v);
    s.whole = whole;
    s.value = v;
    return new_slot(t, s);
}

/* The slot of a value that instruction i of a segment reads or makes; what makes the first part of a value makes its slot. Once there are
 * all, one can be asked for by no instruction. */
static int slot_for(lng_tape *t, const segment *s, int i, const lng_value *v, const use *u)
{
    const tape_part *p = &t->part[lng_value_index(v)];
    int *at = &t->slot_of[lng_value_index(v)];
    if (*at < 0)
        *at = p->whole ? part_slot(t, v, p, slot_for(t, s, i, p->whole, u)) : own_slot(t, s, i, v, u);
    return *at;
}

static void segment_slots(lng_tape *t, const segment *s, const use *u, stage *at)
{
    for (int k = 0; k < s->count; k++) {
        instr *in = &s->at[k];
        const lng_node *n = in->node;
        for (int i = 0; i < n->n_in; i++)
            in->in[i] = slot_for(t, s, k, n->in[i], u);
        for (int i = 0; i < n->n_out && !in->batch; i++) {
            const bool unread = u[lng_value_index(lng_owner(t, &n->out[i]))].last < 0 && n->n_out > 1;
            in->out[i] = unread ? -1 : slot_for(t, s, k, &n->out[i], u);
        }
        if (in->batch)
            partial_slot(t, at, in);
    }
}

/* A batch result is read in the common space, where the partials are combined: one contiguous slot per stage. */
static void combined_slots(lng_tape *t, stage *s, const use *u)
{
    int last = s->moment;
    s->result = -1;
    if (!s->partial_floats)
        return;
    for (int i = 0; i < s->slice.count; i++) {
        const instr *in = &s->slice.at[i];
        if (in->batch && u[lng_value_index(&in->node->out[0])].last > last)
            last = u[lng_value_index(&in->node->out[0])].last;
    }
    const size_t bytes = s->partial_floats * sizeof(float);
    t->sum_bytes[SPACE_COMMON] += bytes;
    s->result = new_slot(t, (slot){.space = SPACE_COMMON, .bytes = bytes, .first = s->moment, .last = last, .whole = -1});
    for (int i = 0; i < s->slice.count; i++) {
        const instr *in = &s->slice.at[i];
        if (!in->batch)
            continue;
        slot part = t->slot[in->out[0]]; /* at the same offset within the whole */
        part.space = SPACE_COMMON;
        part.first = s->moment;
        part.last = last;
        part.whole = s->result;
        t->slot_of[lng_value_index(&in->node->out[0])] = new_slot(t, part);
    }
    if (s->partial_floats > t->partial_floats)
        t->partial_floats = s->partial_floats;
}

/* What goes on from turn to turn, by slots. Carries that exchange their values are put aside in the scratch memory. */
static void plan_loop(lng_tape *t, const segment *s, tape_loop *l, const use *u)
{
    size_t staged = 0;
    l->carry = LNG_NEW_N(t->arena, l->loop->carries + 1, tape_carry);
    for (size_t k = 0; k < l->loop->carries; k++) {
        const lng_carry *c = &l->loop->carry[k];
        const bool on_track = t->part[lng_value_index(&c->node->out[0])].turn;
        if (t->stage_of[c->node->id] == LNG_STAGE_DEAD)
            continue;
        const int from = slot_for(t, s, l->first, c->next, u), to = lng_slot_of(t, &c->node->out[0]);
        if (!on_track && from != to)
            l->carry[l->carries++] = (tape_carry){.from = from, .to = to};
    }
    for (size_t k = 0; k < l->carries; k++) {
        for (size_t i = 0; i < l->carries; i++)
            l->carry[k].staged |= l->carry[i].to == l->carry[k].from;
        staged += l->carry[k].staged ? t->slot[l->carry[k].to].bytes : 0;
    }
    if (staged > t->scratch_bytes)
        t->scratch_bytes = staged;
}

static void plan_carries(lng_tape *t, const segment *s, const use *u)
{
    for (int i = 0; i < s->loops; i++)
        plan_loop(t, s, &s->loop[i], u);
}

/* At most so many slots are made: one for each result, a second for a batch result and for the track of a carry, those of stages and of
 * variables. */
static size_t most_slots(const lng_tape *t)
{
    size_t slots = (size_t)t->stages + t->updates;
    for (size_t i = 0; i < t->graph->nodes; i++)
        slots += (size_t)t->graph->node[i]->n_out + (t->graph->node[i]->op->flags & (LNG_OP_BATCH | LNG_OP_ENTERS) ? 1 : 0);
    return slots;
}

static void assign_slots(lng_tape *t)
{
    const size_t values = (t->graph->nodes + 1) * LNG_MAX_OUT;
    const use *u = find_uses(t);
    t->slot = LNG_NEW_N(t->arena, most_slots(t), slot);
    t->slot_of = LNG_NEW_N(t->arena, values, int);
    for (size_t i = 0; i < values; i++)
        t->slot_of[i] = -1;
    variable_slots(t);
    segment_slots(t, &t->once, u, NULL);
    for (int k = 0; k < t->stages; k++) {
        stage *s = &t->stage[k];
        segment_slots(t, &s->shared, u, s);
        segment_slots(t, &s->slice, u, s);
        segment_slots(t, &s->sums, u, s);
        combined_slots(t, s, u);
    }
    plan_carries(t, &t->once, u);
    for (int k = 0; k < t->stages; k++) {
        plan_carries(t, &t->stage[k].shared, u);
        plan_carries(t, &t->stage[k].slice, u);
    }
    for (size_t i = 0; i < t->outputs; i++)
        t->output[i].slot = slot_for(t, NULL, 0, t->output[i].value, u);
    for (size_t i = 0; i < t->updates; i++)
        slot_for(t, NULL, 0, t->update[i].value, u);
}

static bool within_limit(const lng_tape *t, lng_errors *errors)
{
    size_t limit = t->options.memory_limit ? t->options.memory_limit : (size_t)64 << 30;
    size_t total = lng_tape_memory(t, 1);
    if (total <= limit)
        return true;
    return lng_error(errors, LNG_E_LIMIT, (lng_place){0}, "the model needs %zu MiB to run a batch of %d; the limit is %zu MiB",
                     total >> 20, t->options.max_batch, limit >> 20);
}

bool lng_tape_plan(lng_tape *t, lng_errors *errors)
{
    assign_slots(t);
    lng_plan_updates(t);
    lng_plan_offsets(t);
    t->group = lng_plan_group(t);
    if (t->group_scratch * (size_t)t->group > t->scratch_bytes)
        t->scratch_bytes = t->group_scratch * (size_t)t->group;
    LNG_ASSERT(!lng_plan_fault(t, t->arena));
    return within_limit(t, errors);
}
