/* Trainers: the data are bound, then come steps and epochs. */
#include "base/assert.h"
#include "data/data.h"
#include "train/epoch.h"
#include "train/inside.h"
#include <math.h>

int64_t lng_steps_per_epoch(int64_t rows, int batch)
{
    return (rows + batch - 1) / batch;
}

int64_t lng_steps_of_run(const lng_model *m, int64_t rows, const lng_cursor *at)
{
    const int64_t begun = lng_steps_per_epoch(rows - at->row, m->batch);
    const int64_t left = lng_steps_per_epoch(rows, m->batch) * (m->epochs - at->epoch - 1) + begun;
    const int64_t all = at->step + (left > 0 ? left : 0);
    return m->steps >= 0 && m->steps < all ? m->steps : all;
}

/* ---- opening ---- */
static size_t metrics(const lng_trainer *t)
{
    const lng_model *m = t->session->subject.model;
    return m ? m->metrics : 0;
}

static size_t gradients(const lng_trainer *t)
{
    const lng_model *m = t->session->subject.model;
    return m ? m->gradients : 0;
}

static void find_outputs(lng_trainer *t, lng_arena *arena)
{
    const lng_model *m = t->session->subject.model;
    const lng_runner *r = lng_session_runner(t->session, LNG_STEP);
    t->metric = LNG_NEW_N(arena, metrics(t), lng_column);
    t->gradient = LNG_NEW_N(arena, gradients(t), lng_column);
    if (!r)
        return;
    t->loss = lng_runner_column(r, "loss");
    t->rate = lng_runner_column(r, LNG_LEARNING_RATE);
    for (size_t i = 0; i < metrics(t); i++)
        if (!m->metric[i].collective)
            t->metric[i] = lng_runner_column(r, m->metric[i].output[0]);
    for (size_t i = 0; i < gradients(t); i++)
        t->gradient[i] = lng_runner_column(r, lng_gradient_name(arena, m->gradient[i].name));
}

void lng_trainer_open(lng_trainer *t, lng_session *s, lng_arena *arena)
{
    const lng_model *m = s->subject.model;
    *t = (lng_trainer){.session = s, .seed = m ? m->seed : 0, .ordered = -1, .weight = SIZE_MAX};
    if (m && m->weighs.label >= 0)
        lng_store_find(s->store, lng_class_weight_name(arena, m), &t->weight);
    t->tally.metric = LNG_NEW_N(arena, metrics(t), double);
    find_outputs(t, arena);
}

void lng_trainer_close(lng_trainer *t)
{
    lng_block_free(t->order);
    lng_balance_end(&t->balance);
    t->order = NULL;
}

static bool make_room(lng_trainer *t, int64_t rows, lng_errors *errors)
{
    if (rows <= t->room)
        return true;
    uint32_t *order = lng_block_new((size_t)rows * sizeof *order);
    if (!order)
        return lng_error(errors, LNG_E_MEMORY, lng_nowhere, "out of memory while shuffling %lld rows", (long long)rows);
    lng_block_free(t->order);
    t->order = order;
    t->room = rows;
    return true;
}

/* ---- classes that are rare ---- */
/* So that all classes of the training examples weigh the same, and an example 1 on average. */
static bool balance_weights(const lng_field *label, int64_t rows, int64_t classes, float *weight)
{
    int64_t *count = lng_block_new((size_t)classes * sizeof *count), present = 0;
    if (!count)
        return false;
    lng_class_count(label, rows, count, classes);
    for (int64_t c = 0; c < classes; c++)
        present += count[c] > 0;
    for (int64_t c = 0; c < classes; c++)
        weight[c] = count[c] ? (float)((double)rows / ((double)present * (double)count[c])) : 1;
    lng_block_free(count);
    return true;
}

static bool set_weights(const lng_trainer *t, const lng_field *field, int64_t rows, lng_errors *errors)
{
    const lng_model *m = t->session->subject.model;
    const lng_store *store = t->session->store;
    if (t->weight == SIZE_MAX)
        return true;
    const size_t label = (size_t)m->weighs.label;
    const lng_column_spec *c = m->learned && m->learned[label] ? m->learned[label] : m->field[label].columns;
    float *weight = store->at + store->offset[t->weight];
    if (m->weighs.by_name)
        return lng_class_weights(m, c ? c->word : NULL, weight, errors);
    return balance_weights(&field[label], rows, m->field[label].classes, weight) ||
           lng_error(errors, LNG_E_MEMORY, lng_nowhere, "out of memory while counting classes");
}

static bool set_balance(lng_trainer *t, const lng_field *field, int64_t rows, lng_errors *errors)
{
    const lng_model *m = t->session->subject.model;
    lng_balance_end(&t->balance);
    return !m || m->weighs.drawn < 0 ||
           lng_balance_begin(&t->balance, &field[m->weighs.drawn], rows, m->field[m->weighs.drawn].classes) ||
           lng_error(errors, LNG_E_MEMORY, lng_nowhere, "out of memory while drawing %lld rows", (long long)rows);
}

bool lng_trainer_bind(lng_trainer *t, const lng_field *field, int64_t rows, lng_errors *errors)
{
    const lng_model *m = t->session->subject.model;
    const lng_runner *r = lng_session_runner(t->session, LNG_STEP);
    const int64_t steps = m ? lng_steps_of_run(m, rows, &t->cursor) : 0;
    LNG_ASSERT((m || r) && field && rows > 0 && rows < LNG_NO_EXAMPLE);
    if (steps > UINT32_MAX)
        return lng_error(errors, LNG_E_LIMIT, lng_nowhere, "a run has at most %lu steps, this one has %lld",
                         (unsigned long)UINT32_MAX, (long long)steps);
    if (!make_room(t, rows, errors) || !set_weights(t, field, rows, errors) || !set_balance(t, field, rows, errors))
        return false;
    t->field = field;
    t->rows = rows;
    t->batch = m ? m->batch : r->batch;
    t->steps = steps;
    t->ordered = -1;
    return true;
}

void lng_trainer_set_seed(lng_trainer *t, uint64_t seed)
{
    t->seed = seed;
    t->ordered = -1;
}

/* ---- steps ---- */
static double progress(const lng_trainer *t)
{
    if (t->steps == 0)
        return 0;
    return t->cursor.step < t->steps ? (double)t->cursor.step / (double)t->steps : 1;
}

lng_context lng_trainer_context(const lng_trainer *t)
{
    return (lng_context){.seed = t->seed,
                         .step = t->cursor.step,
                         .epoch = t->cursor.epoch,
                         .total_steps = t->steps,
                         .progress = progress(t),
                         .field = t->field};
}

bool lng_trainer_run(lng_trainer *t, const uint32_t *rows, int count, lng_errors *errors)
{
    const lng_context context = lng_trainer_context(t);
    const bool ok = lng_session_run(t->session, LNG_STEP, rows, count, &context, errors);
    t->cursor.step += ok;
    return ok;
}

static void count_outputs(lng_trainer *t, int n)
{
    t->tally.examples += n;
    t->tally.loss = lng_column_add(&t->loss, n, t->tally.loss);
    t->tally.rate = lng_column_add(&t->rate, 1, 0);
    for (size_t i = 0; i < metrics(t); i++)
        t->tally.metric[i] = lng_column_add(&t->metric[i], n, t->tally.metric[i]);
}

/* In double, where no square of a float overflows. Four sums need not wait for each other. */
static double sum_of_squares(const lng_column *c)
{
    const float *at = c->at;
    double sum[4] = {0};
    int64_t i = 0;
    for (; i + 4 <= c->size; i += 4) {
        sum[0] += (double)at[i] * (double)at[i];
        sum[1] += (double)at[i + 1] * (double)at[i + 1];
        sum[2] += (double)at[i + 2] * (double)at[i + 2];
        sum[3] += (double)at[i + 3] * (double)at[i + 3];
    }
    for (; i < c->size; i++)
        sum[0] += (double)at[i] * (double)at[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void take_norm(lng_trainer *t, int n)
{
    double square = 0;
    for (size_t i = 0; i < gradients(t); i++)
        square += sum_of_squares(&t->gradient[i]);
    t->tally.norm += n * sqrt(square);
    t->tally.normed += n;
}

static void order(lng_trainer *t)
{
    t->ordered = t->cursor.epoch;
    if (t->balance.row)
        lng_balance_order(&t->balance, t->order, t->rows, t->seed, t->ordered);
    else
        lng_shuffle(t->order, t->rows, t->seed, t->ordered);
}

bool lng_trainer_step(lng_trainer *t, lng_errors *errors)
{
    LNG_ASSERT(t->cursor.row >= 0 && t->cursor.row < t->rows && t->cursor.row == t->tally.examples);
    const int64_t left = t->rows - t->cursor.row;
    const int count = (int)(left < t->batch ? left : t->batch);
    if (t->ordered != t->cursor.epoch)
        order(t);
    if (!lng_trainer_run(t, t->order + t->cursor.row, count, errors))
        return false;
    if (t->cursor.row / t->batch % LNG_NORM_EVERY == 0)
        take_norm(t, count);
    t->cursor.row += count;
    count_outputs(t, count);
    return true;
}

bool lng_trainer_full_step(lng_trainer *t, lng_errors *errors)
{
    if (t->cursor.row > 0 && t->rows - t->cursor.row < t->batch)
        lng_trainer_next_epoch(t);
    return lng_trainer_step(t, errors);
}

/* ---- epochs ---- */
bool lng_trainer_epoch(lng_trainer *t, lng_after_step *after, void *context, lng_errors *errors)
{
    lng_watch_begin(&t->watch);
    while (t->cursor.row < t->rows) {
        if (!lng_trainer_step(t, errors))
            return false;
        t->tally.seconds += lng_watch_lap(&t->watch);
        if (after && !after(context, t))
            break;
    }
    return true;
}

void lng_trainer_restart_epoch(lng_trainer *t)
{
    double *metric = t->tally.metric;
    for (size_t i = 0; i < metrics(t); i++)
        metric[i] = 0;
    t->tally = (lng_tally){.metric = metric};
    t->cursor.row = 0;
}

void lng_trainer_next_epoch(lng_trainer *t)
{
    lng_trainer_restart_epoch(t);
    t->cursor.epoch++;
}
