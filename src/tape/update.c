/* Updates: how each variable gets its new value.
 *
 * Most updates are an instruction of an optimizer, which can write the variable itself and save a copy; whoever needs the new value then reads it there.
 * That is right if nobody reads the variable's old value later, and the step can no longer fail: the instruction belongs to the last stage,
 * whose shared instructions run after every batch result has been found finite. */
#include "tape/inside.h"

/* How the shared instructions of the last stage, and what follows them, use a slot. */
typedef struct access {
    int last_read, last_written; /* -1: never */
    int divided_until; /* the end of the last joint run in which it is read in another layout than the reader's result; -1: none */
    int updates;       /* that take their value from it */
    bool output;       /* that shows it */
} access;

static const access untouched = {.last_read = -1, .last_written = -1, .divided_until = -1};

static const segment *last_segment(const lng_tape *t)
{
    return &t->stage[t->stages - 1].shared;
}

static void note_instr(access *a, const instr *in)
{
    const lng_node *n = in->node;
    for (int i = 0; i < n->n_in; i++) {
        access *it = &a[in->in[i]];
        it->last_read = in->time;
        if (!lng_shape_equal(n->in[i]->shape, n->out[0].shape))
            it->divided_until = in->run_last;
    }
    for (int i = 0; i < n->n_out; i++)
        if (in->out[i] >= 0)
            a[in->out[i]].last_written = in->time;
}

static const access *find_accesses(const lng_tape *t)
{
    const segment *s = last_segment(t);
    access *a = LNG_NEW_N(t->arena, (size_t)t->slots + 1, access);
    for (int i = 0; i < t->slots; i++)
        a[i] = untouched;
    for (int i = 0; i < s->count; i++)
        note_instr(a, &s->at[i]);
    for (size_t i = 0; i < t->updates; i++)
        a[lng_slot_of(t, t->update[i].value)].updates++;
    for (size_t i = 0; i < t->outputs; i++)
        a[t->output[i].slot].output = true;
    return a;
}

/* The shared instructions of the last stage by their node's id; NULL for other nodes. */
static instr **find_makers(const lng_tape *t)
{
    const segment *s = last_segment(t);
    instr **maker = LNG_NEW_N(t->arena, t->graph->nodes + 1, instr *);
    for (int i = 0; i < s->count; i++)
        maker[s->at[i].node->id] = &s->at[i];
    return maker;
}

static bool is_read_after(const access *a, const instr *in)
{
    return a->last_read > in->time;
}

/* Whether some thread may read other elements of the variable than it writes itself, while `in` writes it. */
static bool is_read_across_threads(const access *a, const instr *in)
{
    return a->divided_until >= in->time;
}

/* Whether the maker of an update's value may write the variable. variable, value: how their slots are used. */
static bool may_write_variable(const instr *maker, const access *variable, const access *value)
{
    const bool pointwise = maker->node->op->flags & LNG_OP_POINTWISE;
    const bool old_is_done = !is_read_after(variable, maker) && !variable->output && variable->updates == 0;
    const bool new_stays = value->last_written == maker->time && !value->output && value->updates == 1;
    return pointwise && old_is_done && new_stays && !is_read_across_threads(variable, maker);
}

static void write_variable(lng_tape *t, tape_update *u, instr *maker)
{
    slot *value = &t->slot[maker->out[0]];
    if (value->value == u->value)
        value->space = SPACE_NONE; /* no other value is there */
    if (t->variable_slot[u->variable] < 0)
        t->variable_slot[u->variable] = lng_new_variable_slot(t, u->variable, u->value);
    maker->out[0] = t->slot_of[lng_value_index(u->value)] = t->variable_slot[u->variable];
    u->how = UPDATE_IN_PLACE;
}

/* By slot: whether slices read it. */
static bool *find_read_by_slices(const lng_tape *t)
{
    bool *is_read = LNG_NEW_N(t->arena, (size_t)t->slots + 1, bool);
    for (int i = 0; i < t->stages; i++)
        for (int k = 0; k < t->stage[i].slice.count; k++)
            for (int n = 0; n < t->stage[i].slice.at[k].node->n_in; n++)
                is_read[t->stage[i].slice.at[k].in[n]] = true;
    return is_read;
}

/* By slot: the sum of all slices from which it is computed, element by element; of several, the last operand's. NULL: none. */
static instr **find_sums(const lng_tape *t)
{
    const segment *s = last_segment(t);
    instr **sum = LNG_NEW_N(t->arena, (size_t)t->slots + 1, instr *);
    for (int i = 0; i < t->stages; i++)
        for (int k = 0; k < t->stage[i].sums.count; k++)
            sum[t->stage[i].sums.at[k].out[0]] = &t->stage[i].sums.at[k];
    for (int i = 0; i < s->count; i++) {
        const instr *in = &s->at[i];
        const bool pointwise = in->node->op->flags & LNG_OP_POINTWISE && in->out[0] >= 0;
        for (int k = 0; k < in->node->n_in && pointwise; k++)
            if (sum[in->in[k]] && lng_shape_equal(in->node->in[k]->shape, in->node->out[0].shape))
                sum[in->out[0]] = sum[in->in[k]];
    }
    return sum;
}

/* Variables that all threads have read before they are written, as weights are: their lines are claimed while the gradient is computed. */
static void find_claims(const lng_tape *t)
{
    const bool *is_read = find_read_by_slices(t);
    instr **sum = find_sums(t);
    for (size_t k = 0; k < t->variables; k++) {
        const int slot = t->variable_slot[k];
        if (slot >= 0 && is_read[slot] && sum[slot])
            sum[slot]->claim = slot;
    }
}

/* Whoever reads a new value finds it where it is now. */
static void point_readers(const lng_tape *t)
{
    const segment *s = last_segment(t);
    for (int i = 0; i < s->count; i++)
        for (int k = 0; k < s->at[i].node->n_in; k++)
            s->at[i].in[k] = lng_slot_of(t, s->at[i].node->in[k]);
}

void lng_plan_updates(lng_tape *t)
{
    const access *a = find_accesses(t);
    instr **maker = find_makers(t);
    const bool slices_come_later = t->stage[t->stages - 1].slice.count > 0;
    for (size_t i = 0; i < t->updates && !slices_come_later; i++) {
        tape_update *u = &t->update[i];
        instr *in = maker[u->value->node->id];
        const int variable = t->variable_slot[u->variable];
        if (in && may_write_variable(in, variable < 0 ? &untouched : &a[variable], &a[in->out[0]]))
            write_variable(t, u, in);
    }
    point_readers(t);
    find_claims(t);
    for (size_t i = 0; i < t->updates; i++) {
        tape_update *u = &t->update[i];
        u->slot = lng_slot_of(t, u->value);
        if (u->how != UPDATE_IN_PLACE)
            u->how = t->slot[u->slot].space == SPACE_VARIABLES ? UPDATE_FROM_VARIABLE : UPDATE_COPY;
    }
}
