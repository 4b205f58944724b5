/* The training loop: epochs of shuffled batches, each followed by a look at the validation examples.
 *
 * The running loss and metrics of an epoch are what its batches gave before their updates, added in double in the order of
 * training. */
#include "base/clock.h"
#include "train/train.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct loop {
    lng_session *session;
    lng_arena *arena;
    const lng_observer *observer;
    volatile sig_atomic_t *stop;
    lng_history *history;
    lng_errors *errors;
    size_t capacity;
    uint32_t *order;
    int64_t batches, total;       /* of an epoch; steps of the whole run */
    const float *loss, **metric;  /* outputs of the training tape; metric NULL for collective ones */
    bool loss_each, *metric_each; /* per example, or one for all */
} loop;

static const float *output(const lng_phase *phase, const char *name, bool *each)
{
    const lng_value *value = lng_graph_find_output(phase->graph, name);
    *each = value && value->per_example;
    return value ? lng_engine_output(phase->engine, name) : NULL;
}

static double add(const float *at, bool each, int n, double sum)
{
    for (int i = 0; i < n; i++)
        sum += (double)at[each ? i : 0];
    return sum;
}

/* What failed is run again by the graph as it was before the fusions, on a copy of the variables: its nodes are those that the file speaks of. */
static const lng_node *replay(const lng_session *s, const uint32_t *rows, int count, const lng_clock *clock, uint32_t *example)
{
    const lng_variable *variable = s->store->variable;
    const lng_tape_options options = {.max_batch = count, .isa = s->isa};
    const lng_node *node = NULL;
    lng_errors *unheard = lng_errors_new(); /* without memory for a replay the node stays unknown */
    lng_tape *tape = unheard ? lng_tape_compile(s->plain, variable, s->store->count, &options, unheard) : NULL;
    lng_store *store = tape ? lng_store_new(variable, s->store->count, unheard) : NULL;
    lng_engine *engine = store ? lng_engine_new(tape, store, s->team, unheard) : NULL;
    if (engine) {
        memcpy(store->at, s->store->at, store->floats * sizeof *store->at);
        if (!lng_engine_run(engine, rows, count, clock))
            node = lng_engine_blame(engine, example);
    }
    lng_engine_free(engine);
    lng_store_free(store);
    lng_tape_free(tape);
    lng_errors_free(unheard);
    return node;
}

static bool blame(lng_session *s, const uint32_t *rows, int count, const lng_clock *clock, lng_errors *errors)
{
    uint32_t example = LNG_NO_EXAMPLE;
    const lng_node *node = replay(s, rows, count, clock, &example);
    char what[200] = "the loss or a gradient", where[64] = "";
    if (node && node->name && strcmp(node->name, node->op->name) != 0)
        snprintf(what, sizeof what, "`%s` in `%.120s`", node->op->name, node->name);
    else if (node)
        snprintf(what, sizeof what, "`%s`", node->op->name);
    if (node && example != LNG_NO_EXAMPLE)
        snprintf(where, sizeof where, " for training example %lu", (unsigned long)example);
    lng_error(errors, LNG_E_NONFINITE, node ? node->place : (lng_place){0}, "step %lld (epoch %d): %s is not finite%s",
              (long long)clock->step + 1, clock->epoch + 1, what, where);
    lng_error_hint(errors, "the weights are those before this step; a smaller learning rate often helps");
    return false;
}

bool lng_train_step(lng_session *s, const uint32_t *rows, int count, const lng_clock *clock, lng_errors *errors)
{
    return lng_engine_run(s->train.engine, rows, count, clock) || blame(s, rows, count, clock, errors);
}

/* One epoch's batches, as far as they go. false after an error. */
static bool train_epoch(loop *l, lng_epoch *e)
{
    lng_session *s = l->session;
    const lng_model *m = s->model;
    const int64_t n = s->data->train_count;
    const double start = lng_seconds();
    bool ok = true;
    lng_shuffle(l->order, n, m->seed, e->epoch - 1);
    for (int64_t b = 0; ok && b < l->batches && l->history->steps < l->total && !(l->stop && *l->stop); b++) {
        const int64_t first = b * m->batch;
        const int count = (int)(n - first < m->batch ? n - first : m->batch);
        const lng_clock clock = {.seed = m->seed,
                                 .step = (uint32_t)l->history->steps,
                                 .epoch = e->epoch - 1,
                                 .progress = (double)l->history->steps / (double)l->total,
                                 .batch = count,
                                 .field = s->data->train.field};
        ok = lng_train_step(s, l->order + first, count, &clock, l->errors);
        if (!ok)
            break;
        l->history->steps++;
        e->examples += count;
        e->loss = l->loss ? add(l->loss, l->loss_each, count, e->loss) : NAN;
        for (size_t i = 0; i < m->metrics; i++)
            e->metric[i] = l->metric[i] ? add(l->metric[i], l->metric_each[i], count, e->metric[i]) : NAN;
        if (l->observer && l->observer->batch)
            l->observer->batch(l->observer->context, e->epoch, b + 1, l->batches, e->examples, e->loss / (double)e->examples,
                               lng_seconds() - start);
    }
    e->train_seconds = lng_seconds() - start;
    return ok;
}

static bool validate(loop *l, lng_epoch *e)
{
    const lng_data *data = l->session->data;
    return data->validation_count == 0 ||
           lng_evaluate(l->session, l->arena, &data->train, data->train_count, data->validation_count, &e->validation, l->errors);
}

/* Adds a finished (or cut) epoch to the history. */
static bool keep_epoch(loop *l, lng_epoch *e, double start)
{
    lng_history *h = l->history;
    h->train_seconds += e->train_seconds;
    h->examples += e->examples;
    if (e->examples == 0)
        return true;
    e->loss /= (double)e->examples;
    for (size_t i = 0; i < l->session->model->metrics; i++)
        e->metric[i] /= (double)e->examples;
    const bool ok = validate(l, e);
    e->seconds = lng_seconds() - start;
    h->epoch = lng_grow(l->arena, h->epoch, h->epochs, &l->capacity, sizeof *h->epoch);
    h->epoch[h->epochs++] = *e;
    if (l->observer && l->observer->epoch)
        l->observer->epoch(l->observer->context, e);
    return ok;
}

static void begin(loop *l)
{
    const lng_session *s = l->session;
    const lng_model *m = s->model;
    l->order = LNG_NEW_N(l->arena, (size_t)s->data->train_count, uint32_t);
    l->metric = LNG_NEW_N(l->arena, m->metrics, const float *);
    l->metric_each = LNG_NEW_N(l->arena, m->metrics, bool);
    l->loss = output(&s->train, "loss", &l->loss_each);
    for (size_t i = 0; i < m->metrics; i++)
        if (!m->metric[i].collective)
            l->metric[i] = output(&s->train, lng_format(l->arena, "metric.%zu", i), &l->metric_each[i]);
    l->batches = lng_train_batches(m, s->data);
    l->total = lng_train_steps(m, s->data);
}

int64_t lng_train_batches(const lng_model *m, const lng_data *data)
{
    return (data->train_count + m->batch - 1) / m->batch;
}

int64_t lng_train_steps(const lng_model *m, const lng_data *data)
{
    const int64_t all = lng_train_batches(m, data) * m->epochs;
    return m->steps >= 0 && m->steps < all ? m->steps : all;
}

static bool train(void *context)
{
    loop *l = context;
    lng_history *history = l->history;
    bool ok = true;
    begin(l);
    for (int epoch = 1; ok && history->steps < l->total && !history->interrupted; epoch++) {
        const double start = lng_seconds();
        lng_epoch e = {.epoch = epoch, .metric = LNG_NEW_N(l->arena, l->session->model->metrics, double)};
        ok = train_epoch(l, &e);
        ok = keep_epoch(l, &e, start) && ok;
        history->interrupted = l->stop && *l->stop;
    }
    return ok;
}

bool lng_train(lng_session *s, lng_arena *arena, const lng_observer *observer, volatile sig_atomic_t *stop, lng_history *history,
               lng_errors *errors)
{
    *history = (lng_history){0};
    loop l = {.session = s, .arena = arena, .observer = observer, .stop = stop, .history = history, .errors = errors};
    return lng_attempt(arena, train, &l, errors, "training");
}
