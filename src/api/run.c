/* Running a program: some examples, or an epoch. */
#include "api/api.h"
#include "base/assert.h"
#include <limits.h>
#include <math.h>
#include <string.h>

/* NULL after an error: there is no program, or it was not compiled for this use. */
static const lng_runner *find_runner(const lng_program *p, lng_use use, lng_errors *errors)
{
    if (!lng_is_given(p, "program", errors))
        return NULL;
    const lng_runner *r = lng_session_runner(p->session, use);
    const char *name = lng_use_name(use);
    if (!name)
        lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "%u is not a single use of a program", (unsigned)use);
    else if (!r)
        lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "the program was not compiled for %s", name);
    return r;
}

/* The number of rows that all inputs of this use have; INT64_MAX if it reads no input, -1 after an error. */
static int64_t count_rows(const lng_program *p, const lng_runner *r, lng_errors *errors)
{
    const lng_subject *subject = &p->session->subject;
    int64_t rows = INT64_MAX;
    bool ok = true;
    for (size_t i = 0; i < subject->inputs; i++) {
        if (!r->reads[i])
            continue;
        if (p->bound[i].rows == 0)
            ok = lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "input `%s` is not bound", subject->input[i].name);
        else if (p->bound[i].rows < rows)
            rows = p->bound[i].rows;
    }
    return ok ? rows : -1;
}

/* A step, and whatever reduces over the batch, takes one batch; everything else is run batch by batch. */
static bool check_count(const lng_program *p, lng_use use, const lng_runner *r, int count, lng_errors *errors)
{
    const bool once = use == LNG_STEP || use == LNG_DIFFERENTIATE || lng_graph_reduces_batch(r->graph);
    const int most = once ? p->batch : INT_MAX;
    return (count >= 1 && count <= most) ||
           lng_error(errors, LNG_E_RANGE, lng_nowhere, "%s takes 1 to %d examples per run, got %d", lng_use_name(use), most, count);
}

/* rows NULL: the first ones. */
static bool check_rows(const lng_program *p, const lng_runner *r, const uint32_t *rows, int count, lng_errors *errors)
{
    const int64_t most = count_rows(p, r, errors);
    for (int i = 0; most >= 0 && i < count; i++) {
        const uint32_t row = rows ? rows[i] : (uint32_t)i;
        if (row >= most)
            return lng_error(errors, LNG_E_RANGE, lng_nowhere, "row %lu: only %lld rows are bound, counted from 0",
                             (unsigned long)row, (long long)most);
    }
    return most >= 0;
}

/* A model is evaluated at the end of its schedule, as `lngraph eval` does. */
static lng_context context_of(const lng_program *p, lng_use use)
{
    if (!p->session->subject.model || use == LNG_DIFFERENTIATE)
        return lng_trainer_context(&p->trainer);
    lng_context context = lng_session_context(p->session, p->field);
    context.seed = p->trainer.seed;
    return context;
}

/* Rows of a batch that begins with example `first`. */
static const uint32_t *batch_rows(lng_program *p, const uint32_t *rows, int first, int count)
{
    if (rows)
        return rows + first;
    for (int i = 0; i < count; i++)
        p->rows[i] = (uint32_t)(first + i);
    return p->rows;
}

static bool run_batches(lng_program *p, lng_use use, const lng_runner *r, const uint32_t *rows, int count, lng_errors *errors)
{
    LNG_ASSERT(p->batch <= r->batch);
    const lng_context context = context_of(p, use);
    if (count > p->batch && !lng_gather_begin(p, r, count, errors))
        return false;
    for (int first = 0; first < count; first += p->batch) {
        const int n = count - first < p->batch ? count - first : p->batch;
        if (!lng_session_run(p->session, use, batch_rows(p, rows, first, n), n, &context, errors))
            return false;
        if (count > p->batch)
            lng_gather_add(p, r, first, n);
    }
    return true;
}

bool lng_program_run(lng_program *p, lng_use use, const uint32_t *rows, int count, lng_errors *errors)
{
    const lng_runner *r = find_runner(p, use, errors);
    if (!r || !check_count(p, use, r, count, errors) || !check_rows(p, r, rows, count, errors))
        return false;
    lng_gather_end(p);
    const bool ok = use == LNG_STEP ? lng_trainer_run(&p->trainer, batch_rows(p, rows, 0, count), count, errors)
                                    : run_batches(p, use, r, rows, count, errors);
    p->last = ok ? r : NULL;
    p->last_count = count;
    return ok;
}

/* ---- epochs ---- */
/* All inputs must have the same number of rows: otherwise some rows would silently never be used. */
static int64_t epoch_rows(const lng_program *p, const lng_runner *r, lng_errors *errors)
{
    const lng_subject *subject = &p->session->subject;
    const int64_t rows = count_rows(p, r, errors);
    if (rows == INT64_MAX)
        return lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "an epoch needs rows, but a step reads no input"), -1;
    for (size_t i = 0; rows > 0 && i < subject->inputs; i++)
        if (r->reads[i] && p->bound[i].rows != rows)
            return lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "input `%s` has %lld rows, another input %lld",
                             subject->input[i].name, (long long)p->bound[i].rows, (long long)rows),
                   -1;
    return rows;
}

bool lng_program_epoch(lng_program *p, double *loss, lng_errors *errors)
{
    const lng_runner *r = find_runner(p, LNG_STEP, errors);
    const int64_t rows = r ? epoch_rows(p, r, errors) : -1;
    if (rows < 0)
        return false;
    lng_trainer *t = &p->trainer;
    lng_trainer_restart_epoch(t);
    if (!lng_trainer_bind(t, p->field, rows, errors))
        return false;
    if (t->batch > p->batch)
        return lng_error(errors, LNG_E_RANGE, lng_nowhere, "the model's batch is %d; the program was compiled for %d", t->batch,
                         p->batch);
    lng_gather_end(p);
    const bool ok = lng_trainer_epoch(t, NULL, NULL, errors);
    LNG_ASSERT(!ok || (t->cursor.row == rows && t->tally.examples == rows));
    p->last = ok ? r : NULL;
    p->last_count = r->count;
    if (!ok)
        return false;
    if (loss)
        *loss = t->tally.loss / (double)rows;
    lng_trainer_next_epoch(t);
    return true;
}

/* ---- the clock ---- */
uint32_t lng_program_steps(const lng_program *p)
{
    return p ? p->trainer.cursor.step : 0;
}

void lng_program_set_seed(lng_program *p, uint64_t seed)
{
    if (p)
        lng_trainer_set_seed(&p->trainer, seed);
}

void lng_program_set_clock(lng_program *p, uint32_t step, int epoch, uint32_t total)
{
    if (!p)
        return;
    p->trainer.cursor = (lng_cursor){.step = step, .epoch = epoch};
    p->trainer.steps = total;
}
