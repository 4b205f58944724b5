/* The profile of an engine: its meters, and the rows made from them (profile.h).
 *
 * When a thread other than the first is called again, its wait is divided: until the slowest thread was done, until the first thread knew,
 * until the first thread had done its work alone, and until it was awake itself. The cost of reading the clock is measured when the profile
 * is switched on, subtracted from every entry, and shown in a row of its own. */
#include "tape/profile.h"
#include "base/arena.h"
#include "base/cache.h"
#include <string.h>

static size_t entries(const lng_tape *t)
{
    return (size_t)t->times + 1 + ACTIVITIES;
}

bool lng_meter_new(meter *m, const lng_tape *t)
{
    m->instr = lng_block_new(entries(t) * sizeof *m->instr);
    m->activity = m->instr ? m->instr + t->times + 1 : NULL;
    return m->instr;
}

void lng_meter_free(meter *m)
{
    lng_block_free(m->instr);
}

/* ---- the team ---- */
void lng_profile_launch(profile *p)
{
    if (p->meter[0]->ticks)
        p->launched = p->ticks();
}

/* Charges the time until `end` to a reason for waiting; the counters of two cores may differ by a few ticks. */
static void wait_until(meter *m, enum activity why, uint64_t end)
{
    if (end <= m->last)
        return;
    m->activity[why].ticks += end - m->last;
    m->last = end;
}

void lng_profile_enter(profile *p, int thread)
{
    meter *m = p->meter[thread];
    if (!m->ticks)
        return;
    if (thread > 0) {
        wait_until(m, DOING_SLOWEST, p->slowest);
        wait_until(m, DOING_TEAM, p->released);
        wait_until(m, DOING_ALONE, p->launched);
    }
    CHARGE(m, TEAM);
}

void lng_profile_release(profile *p)
{
    meter *m = p->meter[0];
    if (!m->ticks)
        return;
    p->slowest = m->last;
    for (int i = 1; i < p->threads; i++)
        p->slowest = p->meter[i]->last > p->slowest ? p->meter[i]->last : p->slowest;
    wait_until(m, DOING_SLOWEST, p->slowest);
    CHARGE(m, TEAM);
    p->released = m->last;
}

/* ---- on and off ---- */
void lng_profile_step(profile *p, int slices, int examples)
{
    if (!p->meter[0]->ticks)
        return;
    p->steps++;
    p->slices += slices;
    p->examples += examples;
}

#define TRIALS   8
#define READINGS 512

/* The ticks that one charge takes, in the quickest of several trials. */
static double reading_cost(meter *m)
{
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < TRIALS; i++) {
        m->last = m->ticks();
        const uint64_t begin = m->last;
        for (int k = 0; k < READINGS; k++)
            CHARGE(m, TIMING);
        best = m->last - begin < best ? m->last - begin : best;
    }
    m->activity[DOING_TIMING] = (entry){0};
    return (double)best / READINGS;
}

void lng_profile_switch(profile *p, bool on)
{
    if (on == (p->meter[0]->ticks != NULL))
        return;
    p->ticks = lng_ticks_pick();
    for (int i = 0; i < p->threads; i++)
        p->meter[i]->ticks = on ? p->ticks : NULL;
    if (!on) {
        p->seconds += lng_seconds() - p->begin_seconds;
        p->spent += p->ticks() - p->begin;
        return;
    }
    p->reading = reading_cost(p->meter[0]);
    p->begin_seconds = lng_seconds();
    p->begin = p->slowest = p->released = p->launched = p->ticks();
    for (int i = 0; i < p->threads; i++)
        p->meter[i]->last = p->begin;
}

/* ---- rows ---- */
/* Adds an entry of all threads to a row, without the cost of reading the clock, which it returns in seconds. */
static double add_entries(const profile *p, size_t at, lng_profile_row *row)
{
    const double second = p->spent ? p->seconds / (double)p->spent : 0;
    double timing = 0;
    for (int i = 0; i < p->threads; i++) {
        const entry *e = &p->meter[i]->instr[at];
        const double all = (double)e->ticks * second, readings = (double)e->readings * p->reading * second;
        const double cost = readings < all ? readings : all;
        row->seconds += all - cost;
        row->calls += e->readings;
        timing += cost;
    }
    return timing;
}

static int64_t value_bytes(const lng_value *v, bool per_example)
{
    return v->per_example != per_example ? 0 : lng_shape_size(v->shape) * 4 * (per_example ? LNG_LANES : 1);
}

int64_t lng_instr_bytes(const instr *in, bool per_example)
{
    int64_t bytes = 0;
    for (int i = 0; i < in->node->n_in; i++)
        bytes += value_bytes(in->node->in[i], per_example);
    for (int i = 0; i < in->node->n_out; i++)
        bytes += in->out[i] < 0 ? 0 : value_bytes(&in->node->out[i], per_example);
    return bytes;
}

/* examples, slices, calls: of each instruction, while the profile was on. */
static double segment_rows(profile *p, const segment *s, int64_t examples, int64_t slices, int64_t calls)
{
    double timing = 0;
    for (int i = 0; i < s->count; i++) {
        const lng_node *n = s->at[i].node;
        lng_profile_row *row = &p->row[p->result.rows++];
        *row = (lng_profile_row){.node = n, .what = n->op->name};
        timing += add_entries(p, (size_t)s->at[i].time, row);
        row->multiply_adds = lng_node_cost(n) * examples;
        const int64_t own = lng_instr_bytes(&s->at[i], true), shared = lng_instr_bytes(&s->at[i], false);
        row->bytes = own * slices + shared * calls;
        row->cached = own + shared <= (int64_t)lng_core_cache();
    }
    return timing;
}

const lng_profile *lng_profile_result(profile *p, const lng_tape *t)
{
#define NAME(name, text) text,
    static const char *const activity[] = {LNG_ACTIVITIES(NAME)};
#undef NAME
    double timing = 0;
    p->result =
        (lng_profile){.row = p->row, .steps = p->steps, .examples = p->examples, .seconds = p->seconds, .threads = p->threads};
    for (int i = 0; i < t->stages; i++) {
        timing += segment_rows(p, &t->stage[i].shared, p->steps, 0, p->steps);
        timing += segment_rows(p, &t->stage[i].slice, p->examples, p->slices, p->slices);
        timing += segment_rows(p, &t->stage[i].sums, p->examples, p->slices, p->steps);
    }
    for (size_t i = 0; i < ACTIVITIES; i++) {
        lng_profile_row *row = &p->row[p->result.rows++];
        *row = (lng_profile_row){.what = activity[i]};
        timing += add_entries(p, (size_t)t->times + 1 + i, row);
    }
    p->row[p->result.rows - ACTIVITIES + DOING_TIMING].seconds = timing;
    return &p->result;
}
