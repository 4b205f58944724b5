/* The engine's memory, allocated once: blocks for the spaces, each thread's own memory, rows for per-example outputs. */
#include "tape/engine.h"
#include <string.h>

static size_t round64(size_t n)
{
    return (n + 63) & ~(size_t)63;
}

static size_t old_bytes(const lng_tape *t)
{
    size_t bytes = 0;
    for (size_t i = 0; i < t->updates; i++)
        bytes += t->update[i].how == UPDATE_FROM_VARIABLE ? t->slot[t->update[i].slot].bytes : 0;
    return bytes;
}

static size_t rows_bytes(const lng_tape *t, size_t i)
{
    const lng_value *v = t->output[i].value;
    const slot *s = &t->slot[t->output[i].slot];
    return v->per_example                ? (size_t)t->options.max_batch * (size_t)lng_shape_size(v->shape) * 4
           : s->space == SPACE_VARIABLES ? s->bytes
                                         : 0;
}

size_t lng_tape_output_bytes(const lng_tape *t)
{
    size_t all = old_bytes(t);
    for (size_t i = 0; i < t->outputs; i++)
        all += rows_bytes(t, i);
    return all;
}

size_t lng_stride(size_t bytes)
{
    return bytes + (bytes && bytes % 4096 == 0 ? 64 : 0);
}

size_t lng_tape_thread_bytes(const lng_tape *t, int threads)
{
    return lng_stride(t->thread_bytes) * (size_t)lng_tape_group(t, threads);
}

static size_t takers_bytes(const lng_tape *t, int threads)
{
    return lng_tape_thread_bytes(t, threads) + t->scratch_bytes +
           (size_t)lng_tape_partial_blocks(t, threads) * round64(t->partial_floats * sizeof(float));
}

size_t lng_tape_memory(const lng_tape *t, int threads)
{
    const size_t takers = (size_t)lng_tape_takers(t, threads), others = (size_t)threads - takers;
    return t->common_bytes + t->kept_bytes * (size_t)t->slices + takers_bytes(t, threads) * takers + t->part_scratch * others +
           lng_tape_output_bytes(t);
}

static bool new_worker(lng_engine *e, worker *w)
{
    const lng_tape *t = e->tape;
    const bool takes = w - e->worker < lng_tape_takers(t, e->workers);
    w->base[SPACE_VARIABLES] = (char *)e->store->at;
    w->base[SPACE_COMMON] = e->common;
    w->own = lng_block_new((takes ? lng_tape_thread_bytes(t, e->workers) : 0) + 64);
    w->scratch = lng_block_new((takes ? t->scratch_bytes : t->part_scratch) + 64);
    w->partial = lng_block_new((takes ? (size_t)e->blocks * e->partial_stride * sizeof(float) : 0) + 64);
    w->turn = lng_block_new((t->graph->loops + 1) * sizeof *w->turn);
    return w->own && w->scratch && w->partial && w->turn && lng_meter_new(&w->meter, t);
}

bool lng_engine_allocate(lng_engine *e)
{
    const lng_tape *t = e->tape;
    e->group = lng_tape_group(t, e->workers);
    e->blocks = lng_tape_partial_blocks(t, e->workers);
    e->step[SPACE_THREAD] = lng_stride(t->thread_bytes);
    e->step[SPACE_KEPT] = t->kept_bytes;
    e->partial_stride = round64(t->partial_floats * sizeof(float)) / sizeof(float);
    e->common = lng_block_new(t->common_bytes + 64);
    e->kept = lng_block_new(t->kept_bytes * (size_t)t->slices + 64);
    e->worker = lng_block_new((size_t)e->workers * sizeof *e->worker);
    e->row = lng_block_new((t->outputs + 1) * sizeof *e->row);
    e->old = lng_block_new(old_bytes(t) + 64);
    e->profile.row = lng_block_new(((size_t)t->times + ACTIVITIES) * sizeof *e->profile.row);
    e->profile.meter = lng_block_new((size_t)e->workers * sizeof *e->profile.meter);
    e->pending = lng_block_new((size_t)e->workers * MAX_SUBTREES * sizeof *e->pending);
    e->finite = lng_block_new((size_t)e->workers * sizeof *e->finite);
    if (!e->common || !e->kept || !e->worker || !e->row || !e->old || !e->pending || !e->finite || !e->profile.row ||
        !e->profile.meter)
        return false;
    for (size_t i = 0; i < t->outputs; i++)
        if (rows_bytes(t, i) && !(e->row[i] = lng_block_new(rows_bytes(t, i))))
            return false;
    e->profile.threads = e->workers;
    for (int i = 0; i < e->workers; i++) {
        e->profile.meter[i] = &e->worker[i].meter;
        if (!new_worker(e, &e->worker[i]))
            return false;
    }
    return true;
}

void lng_engine_free(lng_engine *e)
{
    if (!e)
        return;
    for (int i = 0; e->worker && i < e->workers; i++) {
        lng_block_free(e->worker[i].own);
        lng_block_free(e->worker[i].scratch);
        lng_block_free(e->worker[i].partial);
        lng_block_free(e->worker[i].turn);
        lng_meter_free(&e->worker[i].meter);
    }
    for (size_t i = 0; e->row && i < e->tape->outputs; i++)
        lng_block_free(e->row[i]);
    lng_block_free(e->common);
    lng_block_free(e->kept);
    lng_block_free(e->worker);
    lng_block_free(e->row);
    lng_block_free(e->old);
    lng_block_free(e->profile.row);
    lng_block_free(e->profile.meter);
    lng_block_free(e->pending);
    lng_block_free(e->finite);
    lng_block_free(e);
}

void lng_engine_fill(lng_engine *e, int byte)
{
    const lng_tape *t = e->tape;
    memset(e->kept, byte, t->kept_bytes * (size_t)t->slices);
    memset(e->common, byte, t->common_bytes);
    for (int i = 0; i < lng_tape_takers(t, e->workers); i++) {
        memset(e->worker[i].own, byte, lng_tape_thread_bytes(t, e->workers));
        memset(e->worker[i].partial, byte, (size_t)e->blocks * e->partial_stride * sizeof(float));
    }
    for (int i = 0; i < e->workers; i++)
        memset(e->worker[i].scratch, byte, i < lng_tape_takers(t, e->workers) ? t->scratch_bytes : t->part_scratch);
}
