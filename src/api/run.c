/* Running: one batch, or one epoch of them; and what the last run gave. */
#include "api/api.h"
#include <math.h>
#include <string.h>

/* NULL after an error: no program, or none for this use. */
static const lng_use_of *find_use(const lng_program *p, lng_use use, lng_errors *errors)
{
    static const struct {
        lng_use use;
        const char *name;
    } table[LNG_USES] = {{LNG_STEP, "LNG_STEP"},
                         {LNG_DIFFERENTIATE, "LNG_DIFFERENTIATE"},
                         {LNG_EVALUATE, "LNG_EVALUATE"},
                         {LNG_PREDICT, "LNG_PREDICT"}};
    if (!lng_is_given(p, "program", errors))
        return NULL;
    for (int i = 0; i < LNG_USES; i++) {
        if (table[i].use != use)
            continue;
        if (p->use[i].phase)
            return &p->use[i];
        lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "the program was not compiled for %s", table[i].name);
        return NULL;
    }
    lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "%u is no single use of a program", (unsigned)use);
    return NULL;
}

/* How many rows all inputs of this use have; -1 after an error. INT64_MAX when it reads none. */
static int64_t count_rows(const lng_program *p, const lng_use_of *use, lng_errors *errors)
{
    int64_t rows = INT64_MAX;
    bool ok = true;
    for (size_t i = 0; i < p->inputs; i++) {
        if (!use->reads[i])
            continue;
        if (p->bound[i].rows == 0)
            ok = lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "input `%s` is not bound", p->input[i].name);
        else if (p->bound[i].rows < rows)
            rows = p->bound[i].rows;
    }
    return ok ? rows : -1;
}

static bool check_rows(const lng_program *p, const lng_use_of *use, const uint32_t *rows, int count, lng_errors *errors)
{
    const int64_t most = count_rows(p, use, errors);
    if (most < 0)
        return false;
    if (count < 1 || count > p->batch)
        return lng_error(errors, LNG_E_RANGE, lng_nowhere, "the program runs 1 to %d examples at once, got %d", p->batch, count);
    for (int i = 0; i < count; i++)
        if (rows[i] >= most)
            return lng_error(errors, LNG_E_RANGE, lng_nowhere, "row %lu: only %lld rows are bound", (unsigned long)rows[i],
                             (long long)most);
    return true;
}

static bool run(lng_program *p, const lng_use_of *use, const uint32_t *rows, int count, lng_errors *errors)
{
    lng_clock clock = p->clock;
    bool ok = true;
    p->last = NULL;
    if (use->phase == &p->session.train) {
        ok = lng_train_step(&p->session, rows, count, &clock, errors);
        p->clock.step += ok;
    } else {
        if (p->session.model && use->phase != &p->gradients) /* as lngraph evaluates: at the end of the schedule */
            clock = (lng_clock){.seed = clock.seed, .progress = 1, .field = clock.field};
        lng_engine_run(use->phase->engine, rows, count, &clock);
    }
    p->last = ok ? use : NULL;
    p->last_count = count;
    return ok;
}

bool lng_program_run(lng_program *p, lng_use use, const uint32_t *rows, int count, lng_errors *errors)
{
    const lng_use_of *of = find_use(p, use, errors);
    if (!of)
        return false;
    if (!rows)
        rows = p->rows;
    return check_rows(p, of, rows, count, errors) && run(p, of, rows, count, errors);
}

/* ---- epochs ---- */
static bool make_order(lng_program *p, int64_t rows, lng_errors *errors)
{
    if (rows > p->order_rows) {
        uint32_t *order = lng_block_new((size_t)rows * sizeof *order);
        if (!order)
            return lng_error(errors, LNG_E_MEMORY, lng_nowhere, "out of memory: the order of %lld rows", (long long)rows);
        lng_block_free(p->order);
        p->order = order;
        p->order_rows = rows;
    }
    lng_shuffle(p->order, rows, p->clock.seed, p->clock.epoch);
    return true;
}

/* All inputs must have as many rows: with fewer of one, some would silently never be trained on. */
static int64_t epoch_rows(const lng_program *p, const lng_use_of *use, lng_errors *errors)
{
    const int64_t rows = count_rows(p, use, errors);
    if (rows == INT64_MAX)
        return lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "an epoch needs rows, and the step reads no input"), -1;
    for (size_t i = 0; rows > 0 && i < p->inputs; i++)
        if (use->reads[i] && p->bound[i].rows != rows)
            return lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "input `%s` has %lld rows, another one %lld", p->input[i].name,
                             (long long)p->bound[i].rows, (long long)rows),
                   -1;
    return rows;
}

/* Steps of the whole recipe; 0: there is none. */
static int64_t all_steps(const lng_program *p, int64_t rows)
{
    const lng_model *m = p->session.model;
    const int64_t all = m ? (rows + m->batch - 1) / m->batch * m->epochs : 0;
    return m && m->steps >= 0 && m->steps < all ? m->steps : all;
}

static double progress_at(const lng_program *p, int64_t all)
{
    return all == 0 ? p->clock.progress : p->clock.step < all ? (double)p->clock.step / (double)all : 1;
}

static double add_output(const lng_program *p, const char *name, double sum)
{
    size_t n;
    const float *at = lng_program_output(p, name, &n);
    for (int i = 0; at && i < p->last_count; i++)
        sum += (double)at[n == 1 ? 0 : i];
    return at ? sum : NAN;
}

bool lng_program_epoch(lng_program *p, double *loss, lng_errors *errors)
{
    const lng_use_of *use = find_use(p, LNG_STEP, errors);
    if (!use)
        return false;
    const int64_t rows = epoch_rows(p, use, errors), all = all_steps(p, rows);
    const int batch = p->session.model ? p->session.model->batch : p->batch;
    double sum = 0;
    if (rows < 0 || !make_order(p, rows, errors))
        return false;
    if (batch > p->batch)
        return lng_error(errors, LNG_E_RANGE, lng_nowhere, "the model's batch is %d; the program was compiled for %d", batch,
                         p->batch);
    for (int64_t first = 0; first < rows; first += batch) {
        const int count = (int)(rows - first < batch ? rows - first : batch);
        p->clock.progress = progress_at(p, all);
        if (!run(p, use, p->order + first, count, errors))
            return false;
        sum = add_output(p, "loss", sum);
    }
    p->clock.epoch++;
    p->clock.progress = progress_at(p, all);
    if (loss)
        *loss = sum / (double)rows;
    return true;
}

/* ---- the clock ---- */
uint32_t lng_program_steps(const lng_program *p)
{
    return p ? p->clock.step : 0;
}

void lng_program_set_seed(lng_program *p, uint64_t seed)
{
    if (p)
        p->clock.seed = seed;
}

void lng_program_set_clock(lng_program *p, uint32_t step, int epoch, double progress)
{
    if (!p)
        return;
    p->clock.step = step;
    p->clock.epoch = epoch;
    p->clock.progress = progress;
}

/* ---- outputs ---- */
static const lng_output *find_output(const lng_program *p, const char *name)
{
    const lng_graph *g = p && p->last ? p->last->phase->graph : NULL;
    for (size_t i = 0; g && name && i < g->outputs; i++) {
        const char *label = lng_output_label(p->session.model, g->output[i].name);
        if (label && strcmp(label, name) == 0)
            return &g->output[i];
    }
    return NULL;
}

static const void *read_output(const lng_program *p, const char *name, lng_dtype dtype, size_t *n)
{
    const lng_output *output = find_output(p, name);
    if (n)
        *n = 0;
    if (!output || output->value->dtype != dtype)
        return NULL;
    if (n)
        *n = (size_t)lng_shape_size(output->value->shape) * (output->value->per_example ? (size_t)p->last_count : 1);
    return lng_engine_output(p->last->phase->engine, output->name);
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
    return at ? lng_mean(at, (int64_t)n) : NAN;
}
