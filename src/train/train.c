/* A run of training: epochs with their evaluations, and the history that they leave. */
#include "train/train.h"
#include "base/clock.h"
#include "train/checkpoint.h"
#include "train/inside.h"
#include "train/saver.h"
#include <math.h>

typedef struct run {
    lng_session *session;
    lng_arena *arena;
    const lng_data *data;
    const lng_course *course;
    const lng_observer *observer;
    lng_history *history;
    lng_errors *errors;
    lng_trainer trainer;
    lng_kept kept;
    size_t capacity; /* of the history */
} run;

static void add_epoch(run *r, const lng_epoch *e)
{
    lng_history *h = r->history;
    h->train_seconds += e->train_seconds;
    h->examples += e->examples;
    h->epoch = lng_grow(r->arena, h->epoch, h->epochs, &r->capacity, sizeof *h->epoch);
    h->epoch[h->epochs++] = *e;
}

lng_ending lng_ending_of(const lng_model *m, int64_t rows, const lng_cursor *c, const lng_best *best)
{
    if (m->keep.patience > 0 && best->since >= m->keep.patience)
        return LNG_ENDED_BY_PATIENCE;
    if (c->step < lng_steps_of_run(m, rows, c))
        return LNG_NOT_ENDED;
    return m->steps >= 0 && c->step >= m->steps ? LNG_ENDED_BY_STEPS : LNG_ENDED_BY_EPOCHS;
}

static bool has_ended(const run *r)
{
    const lng_trainer *t = &r->trainer;
    return lng_ending_of(r->session->subject.model, t->rows, &t->cursor, &r->kept.best) != LNG_NOT_ENDED;
}

static bool ends(const run *r)
{
    return lng_session_stops(r->session, LNG_STOP_SOON) || has_ended(r);
}

/* Nothing is left to do if the signal came during the last validation, which goes on unless it is to stop now. */
static bool is_interrupted(const run *r)
{
    return lng_session_stops(r->session, LNG_STOP_NOW) || (lng_session_stops(r->session, LNG_STOP_SOON) && !has_ended(r));
}

/* ---- checkpoints ---- */
static lng_standing standing(const run *r)
{
    const lng_trainer *t = &r->trainer;
    return (lng_standing){t->cursor, t->tally, r->kept.best, r->history->epoch, r->history->epochs};
}

static void look_at_saver(const run *r, bool ended)
{
    const lng_standing now = standing(r);
    if (r->course->saver && !lng_saver_look(r->course->saver, &now, r->kept.weights, ended) && r->observer && r->observer->unsaved)
        r->observer->unsaved(r->observer->context, r->errors);
}

static bool save_last(const run *r)
{
    const lng_standing now = standing(r);
    return !r->course->saver || lng_saver_last(r->course->saver, &now, r->kept.weights);
}

static void go_on(run *r, const lng_checkpoint *from)
{
    lng_history *h = r->history;
    lng_trainer *t = &r->trainer;
    double *metric = t->tally.metric;
    t->tally = from->standing.tally;
    t->tally.metric = metric;
    for (size_t i = 0; i < r->session->subject.model->metrics; i++)
        metric[i] = from->standing.tally.metric[i];
    lng_kept_set(&r->kept, &from->standing.best, from->best);
    h->steps = t->cursor.step;
    for (size_t i = 0; i < from->standing.epochs; i++)
        add_epoch(r, &from->standing.epoch[i]);
}

/* ---- epochs ---- */
static bool after_step(void *context, const lng_trainer *t)
{
    run *r = context;
    r->history->steps = t->cursor.step;
    if (r->observer && r->observer->step)
        r->observer->step(r->observer->context, t);
    if (t->cursor.row < t->rows)
        look_at_saver(r, false);
    return !ends(r);
}

static bool validate(run *r, lng_epoch *e)
{
    const lng_range range = lng_split_range(r->data, LNG_VALIDATION);
    if (range.count == 0)
        return true;
    lng_average_swap(r->session);
    const bool ok = lng_evaluate(r->session, r->arena, &range, &e->validation, r->errors);
    lng_average_swap(r->session);
    if (!ok)
        return false;
    lng_kept_look(&r->kept, e->epoch, &e->validation);
    lng_kept_slow_down(&r->kept);
    return true;
}

static lng_epoch means(const run *r)
{
    const lng_tally *t = &r->trainer.tally;
    const double n = (double)t->examples;
    const size_t metrics = r->session->subject.model->metrics;
    lng_epoch e = {.epoch = r->trainer.cursor.epoch + 1,
                   .examples = t->examples,
                   .loss = t->loss / n,
                   .norm = t->normed ? t->norm / (double)t->normed : NAN,
                   .rate = t->rate,
                   .metric = LNG_NEW_N(r->arena, metrics, double),
                   .train_seconds = t->seconds};
    for (size_t i = 0; i < metrics; i++)
        e.metric[i] = t->metric[i] / n;
    return e;
}

/* Whether there is nothing left of the epoch but its validation. */
static bool is_trained(const lng_trainer *t)
{
    return t->cursor.row == t->rows;
}

/* Adds the epoch, complete or not, to the history. In the checkpoint, it is not over before it is validated. */
static bool keep_epoch(run *r, bool *validated)
{
    const double start = lng_seconds();
    *validated = true;
    if (r->trainer.tally.examples == 0)
        return true;
    lng_epoch e = means(r);
    *validated = validate(r, &e);
    const bool saved = *validated || !is_trained(&r->trainer) || save_last(r);
    e.seconds = e.train_seconds + lng_seconds() - start;
    add_epoch(r, &e);
    if (r->observer && r->observer->epoch)
        r->observer->epoch(r->observer->context, &e);
    return saved && (*validated || lng_session_stops(r->session, LNG_STOP_NOW));
}

/* One epoch, or what is left of it. A part of one is not in the checkpoint's history: it is not over yet. */
static bool train_epoch(run *r)
{
    lng_trainer *t = &r->trainer;
    bool ok = lng_trainer_epoch(t, after_step, r, r->errors), validated;
    const bool whole = is_trained(t);
    ok = (whole || save_last(r)) && ok;
    ok = keep_epoch(r, &validated) && ok;
    if (!validated || !whole)
        return ok;
    lng_trainer_next_epoch(t);
    look_at_saver(r, true);
    return (ok && !ends(r)) || (save_last(r) && ok);
}

static bool train(void *context)
{
    run *r = context;
    lng_trainer *t = &r->trainer;
    lng_trainer_open(t, r->session, r->arena);
    if (r->course->from)
        t->cursor = r->course->from->standing.cursor;
    bool ok = lng_trainer_bind(t, r->data->train.field, r->data->train_count, r->errors) &&
              lng_kept_open(&r->kept, r->session, r->errors);
    if (ok && r->course->from)
        go_on(r, r->course->from);
    bool validated;
    if (ok && is_trained(t))
        ok = train_epoch(r);
    else if (ok && ends(r)) /* perhaps within an epoch */
        ok = save_last(r) && keep_epoch(r, &validated);
    while (ok && !ends(r))
        ok = train_epoch(r);
    r->history->kept = lng_kept_restore(&r->kept);
    lng_average_swap(r->session);
    r->history->interrupted = is_interrupted(r);
    return ok;
}

bool lng_train(lng_session *s, lng_arena *arena, const lng_data *data, const lng_course *course, lng_history *history,
               lng_errors *errors)
{
    run r = {.session = s,
             .arena = arena,
             .data = data,
             .course = course,
             .observer = course->observer,
             .history = history,
             .errors = errors};
    *history = (lng_history){0};
    const bool ok = lng_attempt(arena, train, &r, errors, "training");
    lng_kept_close(&r.kept);
    lng_trainer_close(&r.trainer);
    return ok;
}
