/* The engine: runs a batch stage by stage. The caller's thread runs the shared instructions; the whole team runs the slices, each worker a
 * contiguous range, a group at a time, and combines their partials as it goes. A worker is memory, not a thread: one that is late has its part run by another
 * thread, in the memory of that part. Nothing here allocates after lng_engine_new. */
#include "tape/engine.h"
#include "base/assert.h"
#include <math.h>
#include <string.h>

/* ---- the team ---- */
static void enter(void *context, int part)
{
    lng_engine *e = context;
    lng_profile_enter(&e->profile, part);
    e->work(e, part);
}

/* All parts of some work: by the team or, one after the other, by this thread. */
static void run_parts(lng_engine *e, void (*work)(void *, int), bool by_team)
{
    e->work = work;
    lng_profile_launch(&e->profile);
    if (by_team)
        lng_team_run(e->team, enter, e);
    else
        for (int i = 0; i < e->workers; i++)
            enter(e, i);
    lng_profile_release(&e->profile);
}

/* The address of a slot in the store or the common space. */
static char *slot_at(const lng_engine *e, int number)
{
    const slot *s = &e->tape->slot[number];
    LNG_ASSERT(s->space == SPACE_VARIABLES || s->space == SPACE_COMMON);
    return e->worker[0].base[s->space] + s->offset;
}

/* ---- one instruction ---- */
/* The address of a slot for slice k of the thread's group, in the turns that its loops are in. */
static char *address(const lng_engine *e, const worker *w, int number, int k)
{
    const slot *s = &e->tape->slot[number];
    char *at = w->base[s->space] + e->step[s->space] * (size_t)k + s->offset;
    for (; s->whole >= 0; s = &e->tape->slot[s->whole])
        at += s->turn * w->turn[s->loop];
    return at;
}

static void run_naive(const instr *in, const lng_call *c)
{
    const lng_node *n = in->node;
    bool lanes = n->out[0].per_example;
    lng_naive_call one = {
        .node = n, .live = c->live, .apart = c->apart, .example = LNG_NO_EXAMPLE, .turn = c->turn, .context = c->context};
    for (int lane = 0; lane < (lanes ? LNG_LANES : 1); lane++) {
        for (int i = 0; i < n->n_in; i++)
            one.in[i] =
                (lng_view){(float *)c->in[i] + (n->in[i]->per_example && lanes ? lane : 0), n->in[i]->per_example ? LNG_LANES : 1};
        for (int i = 0; i < n->n_out; i++)
            one.out[i] = (lng_view){c->out[i] ? (float *)c->out[i] + lane : NULL, lanes ? LNG_LANES : 1};
        if (lanes)
            one.example = c->example[lane], one.place = c->place + lane;
        in->naive(&one);
    }
}

/* The instructions of a slice are counted from its beginning, so that the first one of all slices is known. */
static void note_nonfinite(lng_engine *e, const instr *in, const lng_call *c)
{
    for (int i = 0; i < in->node->n_out; i++) {
        const lng_value *v = &in->node->out[i];
        if (!c->out[i] || v->dtype != LNG_F32)
            continue;
        int lanes = v->per_example ? LNG_LANES : 1;
        int64_t n = lng_shape_size(v->shape);
        for (int64_t k = 0; k < n * lanes; k++)
            if (k % lanes < (lanes == 1 ? 1 : c->live) && !isfinite(((float *)c->out[i])[k])) {
                if (!e->bad.node || e->ran < e->bad_at) {
                    e->bad = (lng_blame){in->node, lanes == 1 ? LNG_NO_EXAMPLE : c->example[k % lanes], c->turn};
                    e->bad_at = e->ran;
                }
                return;
            }
    }
}

/* The operands and results of a call for the slices of a group from k on. */
static void point(const lng_engine *e, const worker *w, const instr *in, lng_call *c, int k)
{
    for (int i = 0; i < in->node->n_in; i++) {
        c->in[i] = address(e, w, in->in[i], k);
        c->in_step[i] = (ptrdiff_t)(e->step[e->tape->slot[in->in[i]].space] / sizeof(float));
    }
    for (int i = 0; i < in->node->n_out; i++) {
        c->out[i] = in->out[i] < 0 ? NULL : address(e, w, in->out[i], k);
        c->out_step[i] = in->out[i] < 0 ? 0 : (ptrdiff_t)(e->step[e->tape->slot[in->out[i]].space] / sizeof(float));
    }
}

/* The call for slice k of a group alone. */
static lng_call call_of_slice(const lng_call *group, int k)
{
    lng_call c = *group;
    c.slices = 1;
    c.live = k + 1 < group->slices ? LNG_LANES : group->live;
    c.place += k * LNG_LANES;
    c.example += (ptrdiff_t)k * LNG_LANES;
    return c;
}

static float *block_of_partials(const lng_engine *e, const worker *w, int number)
{
    return w->partial + (size_t)number * e->partial_stride;
}

/* Where a batch op's result is in it. */
static float *partial_at(const lng_engine *e, const worker *w, const instr *in, int number)
{
    return block_of_partials(e, w, number) + e->tape->slot[in->out[0]].offset / sizeof(float);
}

static void add_partial(const lng_engine *e, const instr *in, float *sum, const float *partial)
{
    e->tape->combine->add(sum, partial, e->tape->slot[in->out[0]].bytes / sizeof(float));
}

/* One call of a batch op, the result at `sum` or added to it. A naive kernel cannot add: the partial is computed in block `spare` first. */
static void sum_call(lng_engine *e, worker *w, const instr *in, lng_call *c, float *sum, int spare)
{
    const slot *s = &e->tape->slot[in->out[0]];
    float *partial = c->add && !in->kernel ? partial_at(e, w, in, spare) : sum;
    c->out[0] = partial;
    if (partial != sum || !c->add) /* the padding of a partial is combined and checked with it */
        memset((char *)partial + s->bytes - 64, 0, 64);
    if (in->kernel)
        in->kernel(c);
    else
        run_naive(in, c);
    if (partial != sum)
        add_partial(e, in, sum, partial);
}

/* The sum of slices [first, first + n) of a group, by the fixed tree, in block `at` of the partials; the blocks behind it are free. */
static void sum_slices(lng_engine *e, worker *w, const instr *in, const lng_call *group, int first, int n, bool add, int at)
{
    float *sum = partial_at(e, w, in, at);
    if (n == 1) {
        lng_call c = call_of_slice(group, first);
        point(e, w, in, &c, first);
        c.add = add;
        sum_call(e, w, in, &c, sum, at + 1);
        return;
    }
    sum_slices(e, w, in, group, first, n / 2, false, at);
    if (n == 2) {
        sum_slices(e, w, in, group, first + 1, 1, true, at);
        return;
    }
    sum_slices(e, w, in, group, first + n / 2, n / 2, false, at + 1);
    add_partial(e, in, sum, partial_at(e, w, in, at + 1));
}

static void run_batch(lng_engine *e, worker *w, const instr *in, lng_call *c)
{
    point(e, w, in, c, 0);
    if (c->slices == 1 || in->once) {
        sum_call(e, w, in, c, c->out[0], w->trees);
        return;
    }
    sum_slices(e, w, in, c, 0, c->slices, false, w->trees);
    if (c->add)
        add_partial(e, in, c->out[0], partial_at(e, w, in, w->trees));
}

static void run_call(lng_engine *e, worker *w, const instr *in, lng_call *c, int k)
{
    point(e, w, in, c, k);
    if (in->kernel)
        in->kernel(c);
    else
        run_naive(in, c);
    if (e->check)
        note_nonfinite(e, in, c);
}

static void run_instr(lng_engine *e, worker *w, const instr *in, lng_call *c)
{
    c->node = in->node;
    c->prepared = in->prepared;
    if (e->check)
        e->ran++;
    if (in->batch) {
        run_batch(e, w, in, c);
        if (e->check)
            note_nonfinite(e, in, c);
    } else if (c->slices == 1 || in->once) {
        run_call(e, w, in, c, 0);
    } else {
        for (int k = 0; k < c->slices; k++) {
            lng_call one = call_of_slice(c, k);
            run_call(e, w, in, &one, k);
        }
    }
    if (w->meter.ticks)
        lng_charge(&w->meter, &w->meter.instr[in->time]);
}

/* ---- loops ---- */
static void move_carry(const lng_engine *e, const worker *w, const tape_carry *c, int k, char **aside, bool in)
{
    const size_t bytes = e->tape->slot[c->to].bytes;
    char *to = address(e, w, c->to, k), *from = address(e, w, c->from, k);
    if (c->staged && in)
        memcpy(*aside, from, bytes);
    if (!in)
        memcpy(to, c->staged ? *aside : from, bytes);
    *aside += c->staged ? bytes : 0;
}

static void end_turn(const lng_engine *e, const worker *w, const tape_loop *l, int k)
{
    for (int in = 1; in >= 0; in--) {
        char *aside = w->scratch;
        for (size_t i = 0; i < l->carries; i++)
            move_carry(e, w, &l->carry[i], k, &aside, in);
    }
}

static void run_loop(lng_engine *e, worker *w, const segment *s, const tape_loop *l, lng_call *c);

/* The length of the joint run that begins with an instruction. */
static int run_length(const instr *first)
{
    return first->run_last - first->time + 1;
}

/* Floats of each value that a joint run goes through before it takes the next: so a gradient and an optimizer's state are read from memory
 * once for all instructions. */
#define SWEEP_FLOATS 4096

/* How many of the run's instructions from `first` on have results of the same size. */
static int alike(const instr *first, int length)
{
    const int64_t size = lng_shape_size(first->node->out[0].shape);
    int n = 1;
    while (n < length && lng_shape_size(first[n].node->out[0].shape) == size)
        n++;
    return n;
}

/* A part of instructions that are divided in the same way, in small pieces. */
static void sweep(lng_engine *e, worker *w, const instr *first, int n, lng_call c)
{
    const int64_t each = lng_shape_size(first->node->out[0].shape) / c.parts;
    const int part = c.part, pieces = n == 1 ? 1 : (int)(each / SWEEP_FLOATS + 1);
    c.parts *= pieces;
    for (int piece = 0; piece < pieces; piece++) {
        c.part = part * pieces + piece;
        for (int i = 0; i < n; i++)
            run_instr(e, w, &first[i], &c);
    }
}

/* A part of a joint run, on the values of the first worker. */
static void run_joint(void *context, int part)
{
    lng_engine *e = context;
    worker *w = &e->worker[part];
    lng_call c = *e->call;
    c.scratch = w->scratch;
    c.part = part;
    c.parts = e->threads;
    if (part > 0) {
        memcpy(w->base, e->worker[0].base, sizeof w->base);
        memcpy(w->turn, e->worker[0].turn, e->tape->graph->loops * sizeof *w->turn);
    }
    for (int i = 0, n; i < run_length(e->joint); i += n) {
        n = alike(&e->joint[i], run_length(e->joint) - i);
        sweep(e, w, &e->joint[i], n, c);
    }
}

static int run_together(lng_engine *e, const instr *first, const lng_call *c)
{
    e->joint = first;
    e->call = c;
    run_parts(e, run_joint, true);
    return run_length(first);
}

/* Instructions [first, end) of a segment; l: the first of its loops that does not begin before. */
static void run_range(lng_engine *e, worker *w, const segment *s, int first, int end, const tape_loop *l, lng_call *c)
{
    for (int i = first; i < end;)
        if (l < s->loop + s->loops && l->first == i) {
            run_loop(e, w, s, l, c);
            i = l->end;
            l += 1 + l->inner;
        } else if (e->together && s->at[i].joint) {
            i += run_together(e, &s->at[i], c);
        } else {
            run_instr(e, w, &s->at[i++], c);
        }
}

static void run_loop(lng_engine *e, worker *w, const segment *s, const tape_loop *l, lng_call *c)
{
    const int64_t before = c->turn;
    for (int64_t i = 0; i < l->loop->count; i++) {
        c->turn = before * l->loop->count + i;
        w->turn[l->loop->number] = i;
        run_range(e, w, s, l->first, l->end, l + 1, c);
        for (int k = 0; k < c->slices; k++)
            end_turn(e, w, l, k);
    }
    c->turn = before;
    w->turn[l->loop->number] = 0;
}

static void run_shared(lng_engine *e, const segment *s)
{
    lng_call c = {.slices = 1, .live = 1, .context = &e->context, .scratch = e->worker[0].scratch, .parts = 1};
    e->together = !e->check;
    run_range(e, &e->worker[0], s, 0, s->count, s->loop, &c);
}

/* ---- slices ---- */
/* k: of the group; slice: of the batch. */
static void store_rows(lng_engine *e, const worker *w, int k, int slice, int live)
{
    const lng_tape *t = e->tape;
    for (size_t i = 0; i < t->outputs; i++) {
        const tape_output *o = &t->output[i];
        if (!o->value->per_example || o->stage != e->stage)
            continue;
        const uint32_t *from = (const uint32_t *)address(e, w, o->slot, k);
        size_t n = (size_t)lng_shape_size(o->value->shape);
        uint32_t *to = (uint32_t *)e->row[i] + (size_t)slice * LNG_LANES * n;
        for (int lane = 0; lane < live; lane++)
            for (size_t element = 0; element < n; element++)
                to[(size_t)lane * n + element] = from[element * LNG_LANES + (size_t)lane];
    }
}

/* Whether a and b, in this order, are the halves of one subtree. */
static bool are_halves(const subtree *a, const subtree *b)
{
    return a->size == b->size && a->start % (2 * a->size) == 0;
}

/* Combines the newest subtrees as long as two are the halves of one. */
static void combine_subtrees(const lng_engine *e, worker *w)
{
    const size_t floats = e->tape->stage[e->stage].partial_floats;
    while (w->trees > 1 && are_halves(&w->tree[w->trees - 2], &w->tree[w->trees - 1])) {
        subtree *top = &w->tree[--w->trees - 1];
        e->tape->combine->add(top->at, top[1].at, floats);
        top->size *= 2;
    }
}

/* The arguments of a group's instructions, and the addresses of its values. Of two neighboring partials in the tree, the second is added
 * to the first as it is computed, which saves a round trip through memory. */
static lng_call begin_group(lng_engine *e, worker *w, int slice, int slices, uint32_t *example)
{
    const subtree *top = w->trees ? &w->tree[w->trees - 1] : NULL;
    const bool add = top && are_halves(top, &(subtree){.start = slice, .size = slices});
    const int first = slice * LNG_LANES, all = slices * LNG_LANES, live = e->count - first < all ? e->count - first : all;
    for (int lane = 0; lane < all; lane++)
        example[lane] = e->rows[first + (lane < live ? lane : live - 1)];
    w->base[SPACE_THREAD] = w->own;
    w->base[SPACE_KEPT] = e->kept + (size_t)slice * e->tape->kept_bytes;
    w->base[SPACE_PARTIAL] = (char *)(add ? top->at : block_of_partials(e, w, w->trees));
    return (lng_call){.slices = slices,
                      .live = live - (slices - 1) * LNG_LANES,
                      .add = add,
                      .place = first,
                      .apart = (ptrdiff_t)(e->tape->kept_bytes / sizeof(float)),
                      .parts = 1,
                      .example = example,
                      .context = &e->context,
                      .scratch = w->scratch};
}

static void end_group(lng_engine *e, worker *w, int slice, const lng_call *c)
{
    for (int k = 0; k < c->slices; k++)
        store_rows(e, w, k, slice + k, k + 1 < c->slices ? LNG_LANES : c->live);
    CHARGE(&w->meter, STORE);
    if (!e->tape->stage[e->stage].partial_floats)
        return;
    if (c->add)
        w->tree[w->trees - 1].size *= 2;
    else
        w->tree[w->trees++] = (subtree){slice, c->slices, (float *)(void *)w->base[SPACE_PARTIAL]};
    combine_subtrees(e, w);
    CHARGE(&w->meter, COMBINE);
}

static void run_group(lng_engine *e, worker *w, int slice, int slices)
{
    const segment *s = &e->tape->stage[e->stage].slice;
    uint32_t example[LNG_MAX_GROUP * LNG_LANES];
    lng_call c = begin_group(e, w, slice, slices, example);
    if (e->check)
        e->ran = e->began;
    run_range(e, w, s, 0, s->count, s->loop, &c);
    end_group(e, w, slice, &c);
}

static void run_slices(void *context, int part)
{
    lng_engine *e = context;
    worker *w = &e->worker[part];
    int first, end;
    lng_slices_of(e->slices, e->workers, part, &first, &end);
    w->trees = 0;
    for (int i = first, n; i < end; i += n) {
        n = lng_group_at(i, end, e->group);
        run_group(e, w, i, n);
    }
}

/* Whether the time that the others save is more than what it takes to start them. */
static bool pays_to_share(const lng_engine *e)
{
    const tape_time *slice = &e->tape->stage[e->stage].slice_time;
    const int share = (e->slices + e->workers - 1) / e->workers;
    return (e->slices - share) * (slice->serial + slice->divided) > LNG_TEAM_TIME;
}

/* A single slice is run by the first worker, and its joint instructions by all. */
static void run_all_slices(lng_engine *e)
{
    e->together = e->slices == 1 && e->threads > 1 && e->threads <= LNG_MOST_TOGETHER;
    if (e->check || e->slices > 1) {
        run_parts(e, run_slices, !e->check && pays_to_share(e));
        return;
    }
    for (int i = 0; i < e->threads; i++)
        e->worker[i].trees = 0;
    run_group(e, &e->worker[0], 0, 1);
}

/* From this many floats on, combining is divided among the team. */
#define COMBINE_FLOATS 4096

/* Combines floats [first, end) of the pending subtrees, in the order of the slices, into the result. */
static bool combine_range(lng_engine *e, meter *m, size_t first, size_t end)
{
    const lng_combine *combine = e->tape->combine;
    float *result = (float *)slot_at(e, e->tape->stage[e->stage].result);
    subtree stack[MAX_SUBTREES];
    stack[0] = e->pending[0];
    int depth = 1;
    for (int i = 1; i < e->pendings; i++) {
        const bool last = i == e->pendings - 1;
        stack[depth++] = e->pending[i];
        while (depth > 1 && are_halves(&stack[depth - 2], &stack[depth - 1]) && !(last && depth == 2)) {
            combine->add(stack[depth - 2].at + first, stack[depth - 1].at + first, end - first);
            stack[--depth - 1].size *= 2;
        }
    }
    for (; depth > 2; depth--)
        combine->add(stack[depth - 2].at + first, stack[depth - 1].at + first, end - first);
    CHARGE(m, COMBINE);
    const bool finite = combine->finite(stack[0].at + first, depth == 2 ? stack[1].at + first : NULL, end - first, result + first);
    CHARGE(m, CHECK);
    return finite;
}

static bool combine_part(lng_engine *e, meter *m, int part)
{
    const size_t vectors = e->tape->stage[e->stage].partial_floats / LNG_LANES, parts = (size_t)e->parts;
    const size_t first = vectors * (size_t)part / parts, end = vectors * (size_t)(part + 1) / parts;
    return first == end || combine_range(e, m, first * LNG_LANES, end * LNG_LANES);
}

/* ---- sums of all slices at once ---- */
static bool run_sums(lng_engine *e, int part)
{
    const segment *s = &e->tape->stage[e->stage].sums;
    worker *w = &e->worker[part];
    bool finite = true;
    lng_call c = {.slices = e->slices,
                  .live = e->count - (e->slices - 1) * LNG_LANES,
                  .part = part,
                  .parts = e->parts,
                  .finite = &finite,
                  .context = &e->context,
                  .scratch = w->scratch};
    w->base[SPACE_KEPT] = e->kept;
    for (int i = 0; i < s->count; i++) {
        const int claim = s->at[i].claim;
        c.claim = claim < 0 || c.parts == 1 ? NULL : (const float *)slot_at(e, claim);
        run_instr(e, w, &s->at[i], &c);
    }
    return finite;
}

/* ---- the end of a stage ---- */
static void finish_part(void *context, int part)
{
    lng_engine *e = context;
    const bool sums = run_sums(e, part);
    e->finite[part] = combine_part(e, &e->worker[part].meter, part) && sums;
}

/* Makes the stage's batch results. False if any is not finite. */
static bool finish_slices(lng_engine *e)
{
    const stage *s = &e->tape->stage[e->stage];
    e->pendings = 0;
    for (int i = 0; i < e->workers; i++)
        for (int k = 0; k < e->worker[i].trees; k++)
            e->pending[e->pendings++] = e->worker[i].tree[k];
    e->parts = s->sums.count || s->partial_floats >= COMBINE_FLOATS ? e->threads : 1;
    if (e->parts > 1)
        run_parts(e, finish_part, true);
    else
        finish_part(e, 0);
    bool finite = true;
    for (int i = 0; i < e->parts; i++)
        finite &= e->finite[i];
    return finite;
}

/* The partials were finite, but their sum is not: the batch op is to blame. */
static void note_bad_sum(lng_engine *e, const stage *s)
{
    for (int i = 0; i < s->slice.count && !e->bad.node; i++) {
        const instr *in = &s->slice.at[i];
        if (!in->batch)
            continue;
        const float *sum = (const float *)slot_at(e, lng_slot_of(e->tape, &in->node->out[0]));
        for (int64_t k = 0; k < lng_shape_size(in->node->out[0].shape); k++)
            if (!isfinite(sum[k])) {
                e->bad = (lng_blame){.node = in->node, .example = LNG_NO_EXAMPLE};
                break;
            }
    }
}

static bool run_stages(lng_engine *e)
{
    const lng_tape *t = e->tape;
    for (e->stage = 0; e->stage < t->stages; e->stage++) {
        const stage *s = &t->stage[e->stage];
        run_shared(e, &s->shared);
        e->began = e->ran;
        if (s->slice.count || e->stage == 0)
            run_all_slices(e);
        if ((s->partial_floats || s->sums.count) && !finish_slices(e) && t->updates) {
            if (e->check && !e->bad.node)
                note_bad_sum(e, s);
            return false; /* before a later stage changes a variable in place */
        }
    }
    return true;
}

/* An output that is a variable has the value before this run's updates. */
static void store_variables(lng_engine *e)
{
    const lng_tape *t = e->tape;
    for (size_t i = 0; i < t->outputs; i++) {
        const slot *s = &t->slot[t->output[i].slot];
        if (s->space == SPACE_VARIABLES)
            memcpy(e->row[i], slot_at(e, t->output[i].slot), s->bytes);
    }
}

static void apply_updates(lng_engine *e)
{
    const lng_tape *t = e->tape;
    char *old = e->old;
    for (size_t i = 0; i < t->updates; i++) {
        const tape_update *u = &t->update[i];
        if (u->how != UPDATE_FROM_VARIABLE)
            continue;
        memcpy(old, slot_at(e, u->slot), t->slot[u->slot].bytes);
        old += t->slot[u->slot].bytes;
    }
    old = e->old;
    for (size_t i = 0; i < t->updates; i++) {
        const tape_update *u = &t->update[i];
        const size_t bytes = t->slot[u->slot].bytes;
        float *variable = e->store->at + e->store->offset[u->variable];
        if (u->how == UPDATE_COPY)
            memcpy(variable, slot_at(e, u->slot), bytes);
        if (u->how != UPDATE_FROM_VARIABLE)
            continue;
        memcpy(variable, old, bytes);
        old += bytes;
    }
}

bool lng_engine_run(lng_engine *e, const uint32_t *rows, int count, const lng_context *context)
{
    LNG_ASSERT(rows && count >= 1 && count <= e->tape->options.max_batch);
    e->rows = rows;
    e->count = count;
    e->slices = (count + LNG_LANES - 1) / LNG_LANES;
    e->context = *context;
    e->context.batch = count;
    e->context.first = rows[0];
    unsigned flush = lng_flush_subnormals();
    lng_profile_step(&e->profile, e->slices, count);
    CHARGE(&e->worker[0].meter, BETWEEN);
    store_variables(e);
    CHARGE(&e->worker[0].meter, STORE);
    bool finite = run_stages(e);
    if (finite)
        apply_updates(e);
    CHARGE(&e->worker[0].meter, UPDATE);
    lng_flush_restore(flush);
    return finite;
}

bool lng_engine_blame(lng_engine *e, const uint32_t *rows, int count, const lng_context *context, lng_blame *blame)
{
    int threads = e->threads;
    lng_team *team = e->team;
    lng_team *alone = lng_team_new(1);
    if (!alone)
        return false;
    e->team = alone;
    e->threads = 1;
    e->check = true;
    e->bad = (lng_blame){.example = LNG_NO_EXAMPLE};
    e->ran = 0;
    lng_engine_run(e, rows, count, context);
    e->check = false;
    e->threads = threads;
    e->team = team;
    lng_team_free(alone);
    *blame = e->bad;
    return blame->node;
}

static void *output_at(const lng_engine *e, size_t i)
{
    return e->row[i] ? e->row[i] : slot_at(e, e->tape->output[i].slot);
}

const void *lng_engine_output(const lng_engine *e, const char *name)
{
    const tape_output *out = lng_map_get(e->tape->output_named, name);
    return out ? output_at(e, (size_t)(out - e->tape->output)) : NULL;
}

void lng_engine_take(lng_engine *e, const lng_engine *one, int example)
{
    LNG_ASSERT(e->tape->outputs == one->tape->outputs && example < e->tape->options.max_batch);
    for (size_t i = 0; i < e->tape->outputs; i++) {
        const lng_value *v = e->tape->output[i].value;
        const size_t bytes = (size_t)lng_shape_size(v->shape) * 4;
        memcpy((char *)output_at(e, i) + (v->per_example ? (size_t)example * bytes : 0), output_at(one, i), bytes);
    }
}

/* ---- making ---- */
lng_engine *lng_engine_new(const lng_tape *t, lng_store *store, lng_team *team, lng_errors *errors)
{
    LNG_ASSERT(t && store && store->count == t->variables);
    lng_engine *e = lng_block_new(sizeof *e);
    if (e) {
        *e = (lng_engine){.tape = t, .store = store, .team = team, .threads = lng_team_size(team), .workers = lng_team_size(team)};
        if (lng_engine_allocate(e)) {
            unsigned flush = lng_flush_subnormals();
            run_shared(e, &t->once);
            lng_flush_restore(flush);
            return e;
        }
    }
    lng_error(errors, LNG_E_MEMORY, (lng_place){0}, "out of memory: the engine needs %zu MiB",
              lng_tape_memory(t, lng_team_size(team)) >> 20);
    lng_engine_free(e);
    return NULL;
}

void lng_engine_poison(lng_engine *e)
{
    lng_engine_fill(e, 0xff);
    run_shared(e, &e->tape->once);
}

/* ---- profile ---- */
void lng_engine_profile(lng_engine *e, bool on)
{
    lng_profile_switch(&e->profile, on);
}

const lng_profile *lng_engine_profile_read(lng_engine *e)
{
    return lng_profile_result(&e->profile, e->tape);
}
