/* A run of training: epochs with their evaluations, and the history that they leave. */
#include "train/train.h"
#include "base/clock.h"
#include "train/inside.h"
#include "train/kept.h"

typedef struct run {
    lng_session *session;
    lng_arena *arena;
    const lng_data *data;
    const lng_observer *observer;
    lng_history *history;
    lng_errors *errors;
    lng_trainer trainer;
    lng_kept kept;
    size_t capacity; /* of the history */
} run;

static bool is_over(const run *r)
{
    return r->trainer.cursor.step >= r->trainer.steps || lng_session_stops(r->session, LNG_STOP_SOON);
}

static bool after_step(void *context, const lng_trainer *t)
{
    run *r = context;
    r->history->steps = t->cursor.step;
    if (r->observer && r->observer->step)
        r->observer->step(r->observer->context, t);
    return !is_over(r);
}

static bool validate(run *r, lng_epoch *e)
{
    const lng_range range = lng_split_range(r->data, LNG_VALIDATION);
    if (range.count == 0)
        return true;
    lng_average_swap(r->session);
    const bool ok = lng_evaluate(r->session, r->arena, &range, &e->validation, r->errors);
    lng_average_swap(r->session);
    lng_kept_look(&r->kept, e->epoch, &e->validation);
    return ok || lng_session_stops(r->session, LNG_STOP_NOW);
}

static lng_epoch means(const run *r)
{
    const lng_tally *t = &r->trainer.tally;
    const double n = (double)t->examples;
    const size_t metrics = r->session->subject.model->metrics;
    lng_epoch e = {.epoch = r->trainer.cursor.epoch + 1,
                   .examples = t->examples,
                   .loss = t->loss / n,
                   .norm = t->norm / n,
                   .metric = LNG_NEW_N(r->arena, metrics, double),
                   .train_seconds = t->seconds};
    for (size_t i = 0; i < metrics; i++)
        e.metric[i] = t->metric[i] / n;
    return e;
}

/* Adds the epoch, complete or not, to the history. */
static bool keep_epoch(run *r, double start)
{
    lng_history *h = r->history;
    if (r->trainer.tally.examples == 0)
        return true;
    lng_epoch e = means(r);
    const bool ok = validate(r, &e);
    e.seconds = lng_seconds() - start;
    h->train_seconds += e.train_seconds;
    h->examples += e.examples;
    h->epoch = lng_grow(r->arena, h->epoch, h->epochs, &r->capacity, sizeof *h->epoch);
    h->epoch[h->epochs++] = e;
    if (r->observer && r->observer->epoch)
        r->observer->epoch(r->observer->context, &e);
    return ok;
}

static bool train(void *context)
{
    run *r = context;
    lng_trainer *t = &r->trainer;
    lng_trainer_open(t, r->session, r->arena);
    bool ok = lng_trainer_bind(t, r->data->train.field, r->data->train_count, r->errors) &&
              lng_kept_open(&r->kept, r->session, r->errors);
    while (ok && !is_over(r) && !lng_kept_gives_up(&r->kept)) {
        const double start = lng_seconds();
        ok = lng_trainer_epoch(t, after_step, r, r->errors);
        ok = keep_epoch(r, start) && ok;
        lng_trainer_next_epoch(t);
    }
    r->history->kept = lng_kept_restore(&r->kept);
    lng_average_swap(r->session);
    r->history->interrupted = lng_session_stops(r->session, LNG_STOP_SOON);
    return ok;
}

bool lng_train(lng_session *s, lng_arena *arena, const lng_data *data, const lng_observer *observer, lng_history *history,
               lng_errors *errors)
{
    run r = {.session = s, .arena = arena, .data = data, .observer = observer, .history = history, .errors = errors};
    *history = (lng_history){0};
    const bool ok = lng_attempt(arena, train, &r, errors, "training");
    lng_kept_close(&r.kept);
    lng_trainer_close(&r.trainer);
    return ok;
}
