/* Computes a metric of the table. */
#include "base/guard.h"
#include "metric/inside.h"

typedef struct work {
    const lng_metric *metric;
    const lng_scored *examples;
    bool intervals, done;
    lng_measure *measure;
    lng_arena *scratch;
} work;

static void compute(void *context)
{
    work *w = context;
    w->done = w->metric->compute(w->examples, w->scratch, w->intervals, w->measure);
}

static void count_classes(const lng_scored *e, lng_measure *m)
{
    for (int64_t i = 0; i < e->count; i++) {
        if (e->label && e->label[i] >= 0 && e->label[i] < m->classes)
            m->examples[e->label[i]]++;
        for (int64_t c = 0; !e->label && c < m->classes; c++)
            m->examples[c] += lng_example_is(e, i, c);
    }
}

static void begin(lng_arena *arena, const lng_metric *metric, const lng_scored *e, lng_measure *m)
{
    *m = (lng_measure){0};
    for (int f = 0; f < LNG_FIGURES; f++) {
        m->figure[f] = (double)NAN;
        m->interval[f] = LNG_NO_INTERVAL;
    }
    m->classes = metric->takes == LNG_TAKES_NUMBERS ? 0 : lng_example_classes(e);
    m->examples = LNG_NEW_N(arena, (size_t)m->classes, int64_t);
    count_classes(e, m);
    m->columns = metric->by_class ? e->columns : 0;
    m->per_class = LNG_NEW_N(arena, (size_t)m->columns, double);
    m->class_interval = LNG_NEW_N(arena, (size_t)m->columns, lng_interval);
    for (int64_t c = 0; c < m->columns; c++) {
        m->per_class[c] = (double)NAN;
        m->class_interval[c] = LNG_NO_INTERVAL;
    }
}

bool lng_measure_compute(lng_arena *arena, const lng_metric *metric, const lng_scored *e, bool intervals, lng_measure *m)
{
    if (e->count < 0 || e->columns < 0 || (e->columns && e->count > INT64_MAX / e->columns))
        return false;
    begin(arena, metric, e, m);
    work w = {metric, e, intervals, false, m, lng_arena_new()};
    const bool enough = w.scratch && lng_protect(w.scratch, compute, &w);
    lng_arena_free(w.scratch);
    if (!enough)
        lng_out_of_memory(arena);
    return w.done;
}
