/* The values of a model's layers, computed from the graph before its rewrites, in which every layer still has its value. */
#include "train/layers.h"
#include "pass/pass.h"
#include "train/inside.h"
#include <string.h>

#define MOST_BATCH 256

bool lng_layer_is_shown(const lng_layer *l)
{
    return l->value && l->value->per_example && l->value->dtype == LNG_F32;
}

static const lng_graph *graph_of(const lng_session *s, size_t layer, lng_errors *errors)
{
    const lng_model *m = s->subject.model;
    lng_graph *g = lng_without_updates(s, m->plain, errors);
    lng_graph_forget_outputs(g);
    for (size_t i = 0; i < m->layers; i++)
        if (lng_layer_is_shown(&m->layer[i]) && (i == layer || layer == SIZE_MAX))
            lng_graph_output(g, lng_format(s->arena, "%zu", i), (lng_value *)m->layer[i].value);
    return g->outputs ? lng_passes_run(lng_fusions, g, s->arena, errors) : NULL;
}

static bool run(const lng_session *s, lng_runner *r, const lng_range *range, lng_arena *arena, const float **value)
{
    const lng_model *m = s->subject.model;
    const lng_context context = lng_session_context(s, range->part->field);
    uint32_t row[MOST_BATCH];
    float **to = LNG_NEW_N(arena, m->layers + 1, float *);
    for (int64_t at = 0; at < range->count; at += r->batch) {
        const int n = range->count - at < r->batch ? (int)(range->count - at) : r->batch;
        for (int i = 0; i < n; i++)
            row[i] = (uint32_t)(range->first + at + i);
        if (!lng_engine_run(r->engine, row, n, &context))
            return false;
        for (size_t i = 0; i < m->layers; i++) {
            const lng_column c = lng_runner_column(r, lng_format(arena, "%zu", i));
            const size_t size = (size_t)c.size;
            if (!c.at)
                continue;
            if (!to[i])
                value[i] = to[i] = lng_alloc_n(arena, (size_t)range->count, size * sizeof *to[i]);
            memcpy(to[i] + (size_t)at * size, c.at, (size_t)n * size * sizeof *to[i]);
        }
    }
    return true;
}

bool lng_layers_compute(lng_session *s, lng_arena *arena, const lng_range *range, size_t layer, const float **value,
                        lng_errors *errors)
{
    lng_runner r = {.graph = graph_of(s, layer, errors), .batch = range->count < MOST_BATCH ? (int)range->count : MOST_BATCH};
    const bool good = r.graph && lng_runner_open(&r, s, s->store, errors) && run(s, &r, range, arena, value);
    lng_runner_close(&r);
    return good;
}
