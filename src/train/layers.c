/* The values of a model's layers, computed from the graph before its rewrites, in which every layer still has its value. */
#include "train/layers.h"
#include "base/guard.h"
#include "pass/pass.h"
#include "train/inside.h"
#include <string.h>

#define MOST_BATCH 256

bool lng_layer_is_shown(const lng_layer *l)
{
    return l->value && l->value->per_example && l->value->dtype == LNG_F32;
}

typedef struct cut {
    const lng_session *session;
    size_t layer;
    const lng_graph *graph; /* with the layers as outputs; NULL: there is none, or an error */
    lng_errors *errors;
} cut;

static bool cut_graph(void *context)
{
    cut *k = context;
    lng_arena *a = k->session->arena;
    const lng_model *m = k->session->subject.model;
    lng_graph *g = lng_without_updates(k->session, m->plain, k->errors);
    lng_graph_forget_outputs(g);
    for (size_t i = 0; i < m->layers; i++)
        if (lng_layer_is_shown(&m->layer[i]) && (i == k->layer || k->layer == SIZE_MAX))
            lng_graph_output(g, lng_format(a, "%zu", i), (lng_value *)m->layer[i].value);
    k->graph = g->outputs ? lng_passes_run(lng_fusions, g, a, k->errors) : NULL;
    return k->graph != NULL;
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

static void close_runner(void *runner)
{
    lng_runner_close(runner);
}

bool lng_layers_compute(lng_session *s, lng_arena *arena, const lng_range *range, size_t layer, const float **value,
                        lng_errors *errors)
{
    cut k = {s, layer, NULL, errors};
    lng_attempt(s->arena, cut_graph, &k, errors, "compiling the layers");
    lng_runner r = {.graph = k.graph, .batch = range->count < MOST_BATCH ? (int)range->count : MOST_BATCH};
    lng_guard guard;
    lng_guard_begin(&guard, arena, close_runner, &r);
    const bool good = r.graph && lng_runner_open(&r, s, s->store, errors) && run(s, &r, range, arena, value);
    lng_guard_end(&guard);
    return good;
}
