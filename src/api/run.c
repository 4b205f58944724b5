/* Running a batch or an epoch, and reading the results. */
#include "api/api.h"
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

/* The number of rows that all inputs of this use have; INT64_MAX when it reads no input, -1 after an error. */
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

static bool check_rows(const lng_program *p, const lng_runner *r, const uint32_t *rows, int count, lng_errors *errors)
{
    const int64_t most = count_rows(p, r, errors);
    if (most < 0)
        return false;
    if (count < 1 || count > p->batch)
        return lng_error(errors, LNG_E_RANGE, lng_nowhere, "the program takes 1 to %d examples per run, got %d", p->batch, count);
    for (int i = 0; i < count; i++)
        if (rows[i] >= most)
            return lng_error(errors, LNG_E_RANGE, lng_nowhere, "row %lu: only %lld rows are bound, counted from 0",
                             (unsigned long)rows[i], (long long)most);
    return true;
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

bool lng_program_run(lng_program *p, lng_use use, const uint32_t *rows, int count, lng_errors *errors)
{
    const lng_runner *r = find_runner(p, use, errors);
    if (!r)
        return false;
    if (!rows)
        rows = p->rows;
    if (!check_rows(p, r, rows, count, errors))
        return false;
    const lng_context context = context_of(p, use);
    const bool ok = use == LNG_STEP ? lng_trainer_run(&p->trainer, rows, count, errors)
                                    : lng_session_run(p->session, use, rows, count, &context, errors);
    p->last = ok ? r : NULL;
    return ok;
}

/* ---- epochs ---- */
/* All inputs must have the same number of rows: otherwise some rows would silently never be trained on. */
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
    if (!lng_trainer_bind(t, p->field, rows, errors))
        return false;
    if (t->batch > p->batch)
        return lng_error(errors, LNG_E_RANGE, lng_nowhere, "the model's batch is %d; the program was compiled for %d", t->batch,
                         p->batch);
    lng_trainer_restart_epoch(t);
    const bool ok = lng_trainer_epoch(t, NULL, NULL, errors);
    p->last = ok ? r : NULL;
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

void lng_program_set_clock(lng_program *p, uint32_t step, int epoch, double progress)
{
    if (!p)
        return;
    p->trainer.cursor = (lng_cursor){.step = step, .epoch = epoch};
    p->trainer.progress = progress;
}

/* ---- outputs ---- */
/* An output, by its public name. */
static lng_column find_column(const lng_program *p, const char *name)
{
    const lng_runner *r = p ? p->last : NULL;
    for (size_t i = 0; r && name && i < r->graph->outputs; i++) {
        const char *label = lng_output_label(p->session->subject.model, r->graph->output[i].name);
        if (label && strcmp(label, name) == 0)
            return lng_runner_column(r, r->graph->output[i].name);
    }
    return (lng_column){0};
}

static const void *read_output(const lng_program *p, const char *name, lng_dtype dtype, size_t *n)
{
    const lng_column c = find_column(p, name);
    const bool found = c.at && c.dtype == dtype;
    if (n)
        *n = found ? (size_t)c.size * (c.per_example ? (size_t)p->last->count : 1) : 0;
    return found ? c.at : NULL;
}

const float *lng_program_output(const lng_program *p, const char *name, size_t *n)
{
    return read_output(p, name, LNG_F32, n);
}

const int32_t *lng_program_output_i32(const lng_program *p, const char *name, size_t *n)
{
    return read_output(p, name, LNG_I32, n);
}

double lng_program_mean(const lng_program *p, const char *name)
{
    size_t n;
    const float *at = lng_program_output(p, name, &n);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)at[i];
    return at ? sum / (double)n : NAN;
}
