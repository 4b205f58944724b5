/* The memory plan: a slot for every value, and an offset for every slot from its lifetime.
 *
 * Time runs over the instructions of all stages. A shared value lives from its instruction to its last reader, or to the end of the
 * last stage whose slices read it, because slices run in any order. A per-example value that is read in the stage where it is made
 * lives in the memory of its thread; one that crosses a stage is kept. Offsets are given in the order of time, best fit, adjacent
 * free ranges merged. */
#include "tape/inside.h"
#include <string.h>

static size_t key(const lng_value *v)
{
    return (size_t)v->node->id * LNG_MAX_OUT + (size_t)v->port;
}

static const lng_value *behind_views(const lng_value *v)
{
    while (v->node->op->flags & LNG_OP_VIEW)
        v = v->node->in[0];
    return v;
}

static size_t bytes_of(const lng_value *v)
{
    size_t n = (size_t)lng_shape_size(v->shape);
    return (v->per_example ? n * LNG_LANES : (n + 15) & ~(size_t)15) * sizeof(float);
}

static int new_slot(lng_tape *t, enum space space, size_t bytes, int first, int last, const lng_value *v)
{
    t->slot[t->slots] = (slot){.space = space, .bytes = bytes, .first = first, .last = last, .value = v};
    return t->slots++;
}

static int slot_of(const lng_tape *t, const lng_value *v)
{
    return t->slot_of[key(behind_views(v))];
}

/* ---- lifetimes ---- */
typedef struct use {
    int last;     /* the last time at which it is read; -1: never */
    bool crosses; /* read in a later stage than it is made in */
} use;

static void read_value(const lng_tape *t, use *u, const lng_value *v, int time, int in_stage, bool by_slices)
{
    v = behind_views(v);
    use *it = &u[key(v)];
    int until = by_slices && !v->per_example ? t->stage[in_stage].end : time;
    if (until > it->last)
        it->last = until;
    if (v->per_example && t->stage_of[v->node->id] != in_stage)
        it->crosses = true;
}

static void read_segment(const lng_tape *t, use *u, const segment *s, int stage, bool slices)
{
    for (int i = 0; i < s->count; i++)
        for (int k = 0; k < s->at[i].node->n_in; k++)
            read_value(t, u, s->at[i].node->in[k], s->at[i].until, stage, slices);
}

static use *find_uses(lng_tape *t)
{
    const lng_graph *g = t->graph;
    use *u = LNG_NEW_N(t->arena, (g->nodes + 1) * LNG_MAX_OUT, use);
    for (size_t i = 0; i < (g->nodes + 1) * LNG_MAX_OUT; i++)
        u[i].last = -1;
    read_segment(t, u, &t->once, 0, false);
    for (int s = 0; s < t->stages; s++) {
        read_segment(t, u, &t->stage[s].shared, s, false);
        read_segment(t, u, &t->stage[s].slice, s, true);
    }
    t->outputs = g->outputs;
    t->output = LNG_NEW_N(t->arena, g->outputs + 1, tape_output);
    for (size_t i = 0; i < g->outputs; i++) {
        const lng_value *v = behind_views(g->output[i].value);
        int stage = v->per_example ? t->stage_of[v->node->id] : t->stages - 1;
        t->output[i] = (tape_output){.name = g->output[i].name, .value = g->output[i].value, .stage = stage};
        read_value(t, u, v, v->per_example ? t->stage[stage].end : t->times, stage, true);
    }
    for (size_t i = 0; i < g->updates; i++)
        read_value(t, u, g->update[i].value, t->times, t->stages - 1, false);
    return u;
}

/* ---- slots ---- */
static void variable_slots(lng_tape *t)
{
    for (size_t i = 0; i < t->graph->nodes; i++) {
        const lng_node *n = t->graph->node[i];
        if (!(n->op->flags & LNG_OP_STORED) || t->stage_of[i] < -1)
            continue;
        for (size_t k = 0; k < t->variables; k++)
            if (strcmp(t->variable[k].name, n->name) == 0) {
                int s = new_slot(t, SPACE_VARIABLES, bytes_of(&n->out[0]), 0, t->times, &n->out[0]);
                t->slot[s].offset = t->variable_offset[k] * sizeof(float);
                t->slot_of[key(&n->out[0])] = s;
            }
    }
}

/* A pointwise instruction may write over an operand that nobody reads afterwards. */
static int slot_to_overwrite(const lng_tape *t, const instr *in, enum space space, size_t bytes)
{
    if (!(in->node->op->flags & LNG_OP_POINTWISE))
        return -1;
    for (int i = 0; i < in->node->n_in; i++) {
        const slot *s = &t->slot[in->in[i]];
        if (s->space == space && s->bytes == bytes && s->last == in->time && s->first > 0 &&
            in->node->in[i]->per_example == in->node->out[0].per_example &&
            lng_shape_equal(in->node->in[i]->shape, in->node->out[0].shape))
            return in->in[i];
    }
    return -1;
}

static void instr_slots(lng_tape *t, instr *in, const use *u, stage *at, bool once)
{
    const lng_node *n = in->node;
    for (int i = 0; i < n->n_in; i++)
        in->in[i] = slot_of(t, n->in[i]);
    for (int i = 0; i < n->n_out; i++) {
        const lng_value *v = &n->out[i];
        const use *it = &u[key(v)];
        in->out[i] = -1;
        if (it->last < 0 && n->n_out > 1)
            continue;
        int last = it->last < in->time ? in->time : it->last;
        size_t bytes = bytes_of(v);
        enum space space = v->per_example ? (it->crosses ? SPACE_KEPT : SPACE_THREAD) : SPACE_COMMON;
        if (in->batch) {
            int s = new_slot(t, SPACE_PARTIAL, bytes, in->time, last, v);
            t->slot[s].offset = at->partial_floats * sizeof(float);
            at->partial_floats += bytes / sizeof(float);
            in->out[i] = s;
            continue;
        }
        if (once)
            last = t->times;
        int over = once ? -1 : slot_to_overwrite(t, in, space, bytes);
        if (over >= 0)
            t->slot[over].last = last;
        in->out[i] = over >= 0 ? over : new_slot(t, space, bytes, in->time, last, v);
        t->slot_of[key(v)] = in->out[i];
        t->sum_bytes[space] += bytes;
    }
}

/* Readers of a batch result find it in the common space, where the partials are combined: one contiguous slot per stage. */
static void result_slots(lng_tape *t, stage *s, const use *u)
{
    if (!s->partial_floats)
        return;
    int last = s->end;
    for (int i = 0; i < s->slice.count; i++)
        if (s->slice.at[i].batch && u[key(&s->slice.at[i].node->out[0])].last > last)
            last = u[key(&s->slice.at[i].node->out[0])].last;
    int whole = new_slot(t, SPACE_COMMON, s->partial_floats * sizeof(float), s->end - 1, last, NULL);
    t->sum_bytes[SPACE_COMMON] += t->slot[whole].bytes;
    s->result_offset = (size_t)whole; /* the slot for now; its offset once that is known */
    for (int i = 0; i < s->slice.count; i++) {
        instr *in = &s->slice.at[i];
        if (!in->batch)
            continue;
        int part = new_slot(t, SPACE_NONE, t->slot[in->out[0]].bytes, s->end, last, &in->node->out[0]);
        t->slot[part].offset = t->slot[in->out[0]].offset; /* within the whole, until that has its place */
        t->slot_of[key(&in->node->out[0])] = part;
    }
}

/* ---- offsets ---- */
typedef struct range {
    size_t at, bytes;
} range;
typedef struct pool {
    range *free; /* by address */
    size_t count, capacity, end;
} pool;

static size_t take(pool *p, size_t bytes)
{
    size_t best = p->count;
    for (size_t i = 0; i < p->count; i++)
        if (p->free[i].bytes >= bytes && (best == p->count || p->free[i].bytes < p->free[best].bytes))
            best = i;
    if (best == p->count && p->count && p->free[best - 1].at + p->free[best - 1].bytes == p->end) { /* grow the last hole */
        best--;
        p->end = p->free[best].at + bytes;
        p->free[best].bytes = bytes;
    }
    if (best == p->count) {
        size_t at = p->end;
        p->end += bytes;
        return at;
    }
    size_t at = p->free[best].at;
    p->free[best].at += bytes;
    p->free[best].bytes -= bytes;
    if (!p->free[best].bytes)
        memmove(&p->free[best], &p->free[best + 1], (--p->count - best) * sizeof *p->free);
    return at;
}

static void give(pool *p, lng_arena *arena, size_t at, size_t bytes)
{
    size_t i = 0;
    while (i < p->count && p->free[i].at < at)
        i++;
    bool left = i > 0 && p->free[i - 1].at + p->free[i - 1].bytes == at, right = i < p->count && at + bytes == p->free[i].at;
    if (left && right) {
        p->free[i - 1].bytes += bytes + p->free[i].bytes;
        memmove(&p->free[i], &p->free[i + 1], (--p->count - i) * sizeof *p->free);
    } else if (left) {
        p->free[i - 1].bytes += bytes;
    } else if (right) {
        p->free[i].at = at;
        p->free[i].bytes += bytes;
    } else {
        p->free = lng_grow(arena, p->free, p->count, &p->capacity, sizeof *p->free);
        memmove(&p->free[i + 1], &p->free[i], (p->count++ - i) * sizeof *p->free);
        p->free[i] = (range){at, bytes};
    }
}

/* Slots were made in the order of their first moments; ends come from lists by time. */
static void assign_offsets(lng_tape *t)
{
    int *ends = LNG_NEW_N(t->arena, (size_t)t->times + 2, int), *next = LNG_NEW_N(t->arena, (size_t)t->slots + 1, int);
    int *starts = LNG_NEW_N(t->arena, (size_t)t->times + 2, int), *also = LNG_NEW_N(t->arena, (size_t)t->slots + 1, int);
    pool pools[SPACES] = {0};
    for (int i = t->slots; i-- > 0;) {
        slot *s = &t->slot[i];
        if (s->space != SPACE_COMMON && s->space != SPACE_KEPT && s->space != SPACE_THREAD)
            continue;
        also[i] = starts[s->first];
        starts[s->first] = i + 1;
        next[i] = ends[s->last];
        ends[s->last] = i + 1;
    }
    for (int time = 0; time <= t->times; time++) {
        for (int i = starts[time]; i; i = also[i - 1])
            t->slot[i - 1].offset = take(&pools[t->slot[i - 1].space], t->slot[i - 1].bytes);
        for (int i = ends[time]; i; i = next[i - 1])
            give(&pools[t->slot[i - 1].space], t->arena, t->slot[i - 1].offset, t->slot[i - 1].bytes);
    }
    t->common_bytes = pools[SPACE_COMMON].end;
    t->kept_bytes = pools[SPACE_KEPT].end;
    t->thread_bytes = pools[SPACE_THREAD].end;
}

static void place_results(lng_tape *t)
{
    for (int k = 0; k < t->stages; k++) {
        stage *s = &t->stage[k];
        if (!s->partial_floats)
            continue;
        s->result_offset = t->slot[s->result_offset].offset;
        for (int i = 0; i < s->slice.count; i++)
            if (s->slice.at[i].batch) {
                slot *part = &t->slot[t->slot_of[key(&s->slice.at[i].node->out[0])]];
                part->space = SPACE_COMMON;
                part->offset += s->result_offset;
            }
        if (s->partial_floats > t->partial_floats)
            t->partial_floats = s->partial_floats;
    }
}

/* An update whose value is made in the last stage by an instruction after which nobody reads the variable writes the variable
 * itself. Every batch result has been checked by then. */
static void update_in_place(lng_tape *t)
{
    segment *last = &t->stage[t->stages - 1].shared;
    for (size_t i = 0; i < t->updates; i++) {
        const lng_value *v = t->graph->update[i].value;
        tape_update *u = &t->update[i];
        int maker = -1, target = -1;
        bool clash = t->stage[t->stages - 1].slice.count > 0;
        for (int k = 0; k < last->count && !clash; k++)
            if (last->at[k].node == v->node)
                maker = k;
        for (int k = 0; k < t->slots; k++)
            if (t->slot[k].space == SPACE_VARIABLES && t->slot[k].offset == t->variable_offset[u->variable] * sizeof(float))
                target = k;
        if (maker < 0 || !(v->node->op->flags & LNG_OP_POINTWISE) || v->port != 0)
            continue;
        for (int k = maker + 1; k < last->count; k++)
            for (int j = 0; j < last->at[k].node->n_in; j++)
                clash |= last->at[k].in[j] == target || last->at[k].in[j] == last->at[maker].out[0];
        for (int k = 0; k < maker; k++) /* of one joint run, on another thread: it must read the same part */
            for (int j = 0; j < last->at[k].node->n_in && last->at[k].until >= last->at[maker].time; j++)
                clash |=
                    last->at[k].in[j] == target && !lng_shape_equal(last->at[k].node->in[j]->shape, last->at[k].node->out[0].shape);
        for (size_t k = 0; k < t->updates; k++)
            clash |= k != i && (slot_of(t, t->graph->update[k].value) == target ||
                                slot_of(t, t->graph->update[k].value) == last->at[maker].out[0]);
        for (size_t k = 0; k < t->outputs; k++)
            clash |= slot_of(t, t->output[k].value) == target || slot_of(t, t->output[k].value) == last->at[maker].out[0];
        for (int j = 0; j < v->node->n_in; j++) /* an operand that is the variable must be read in step */
            clash |= last->at[maker].in[j] == target && !lng_shape_equal(v->node->in[j]->shape, v->shape);
        if (clash)
            continue;
        if (target < 0) {
            target = new_slot(t, SPACE_VARIABLES, t->slot[last->at[maker].out[0]].bytes, 0, t->times, v);
            t->slot[target].offset = t->variable_offset[u->variable] * sizeof(float);
        }
        if (t->slot[last->at[maker].out[0]].value == v)
            t->slot[last->at[maker].out[0]].space = SPACE_NONE; /* its own place is not needed */
        last->at[maker].out[0] = target;
        t->slot_of[key(v)] = target;
        u->in_place = true;
    }
}

static bool within_limit(lng_tape *t, lng_errors *errors)
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
    const lng_graph *g = t->graph;
    t->slot = LNG_NEW_N(t->arena, g->nodes * LNG_MAX_OUT + g->updates + (size_t)t->stages + 1, slot);
    t->slot_of = LNG_NEW_N(t->arena, (g->nodes + 1) * LNG_MAX_OUT, int);
    for (size_t i = 0; i < (g->nodes + 1) * LNG_MAX_OUT; i++)
        t->slot_of[i] = -1;
    use *u = find_uses(t);
    variable_slots(t);
    for (int i = 0; i < t->once.count; i++)
        instr_slots(t, &t->once.at[i], u, NULL, true);
    for (int k = 0; k < t->stages; k++) {
        stage *s = &t->stage[k];
        for (int i = 0; i < s->shared.count; i++)
            instr_slots(t, &s->shared.at[i], u, s, false);
        for (int i = 0; i < s->slice.count; i++)
            instr_slots(t, &s->slice.at[i], u, s, false);
        result_slots(t, s, u);
    }
    for (size_t i = 0; i < t->outputs; i++)
        t->output[i].slot = slot_of(t, t->output[i].value);
    update_in_place(t);
    assign_offsets(t);
    place_results(t);
    for (size_t i = 0; i < t->updates; i++)
        t->update[i].slot = slot_of(t, g->update[i].value);
    return within_limit(t, errors);
}
