/* Outputs of the last run: read from the runner or, if the run took several batches, gathered from all. */
#include "api/api.h"
#include "base/assert.h"
#include <math.h>
#include <string.h>

/* ---- gathering ---- */
static size_t bytes_of(const lng_column *c, int count) /* floats and integers are four bytes each */
{
    return 4 * (size_t)c->size * (c->per_example ? (size_t)count : 1);
}

bool lng_gather_begin(lng_program *p, const lng_runner *r, int count, lng_errors *errors)
{
    LNG_ASSERT(!p->gathered && p->gathers == 0);
    p->gathered = lng_block_new((r->graph->outputs + 1) * sizeof *p->gathered);
    for (; p->gathered && p->gathers < r->graph->outputs; p->gathers++) {
        const lng_column c = lng_runner_column(r, r->graph->output[p->gathers].name);
        const bool fits = (uint64_t)c.size <= SIZE_MAX / 4 / (uint64_t)count;
        if (!fits || !(p->gathered[p->gathers] = lng_block_new(bytes_of(&c, count))))
            break;
    }
    if (p->gathered && p->gathers == r->graph->outputs)
        return true;
    lng_gather_end(p);
    return lng_error(errors, LNG_E_MEMORY, lng_nowhere, "out of memory for the outputs of %d examples", count);
}

void lng_gather_add(lng_program *p, const lng_runner *r, int first, int count)
{
    LNG_ASSERT(p->gathers == r->graph->outputs && first >= 0 && count > 0 && count <= p->batch);
    for (size_t i = 0; i < p->gathers; i++) {
        const lng_column c = lng_runner_column(r, r->graph->output[i].name);
        const size_t at = c.per_example ? bytes_of(&c, first) : 0;
        memcpy((char *)p->gathered[i] + at, c.at, bytes_of(&c, count));
    }
}

void lng_gather_end(lng_program *p)
{
    while (p->gathers > 0)
        lng_block_free(p->gathered[--p->gathers]);
    lng_block_free(p->gathered);
    p->gathered = NULL;
}

/* ---- reading ---- */
static lng_column column_of(const lng_program *p, const lng_runner *r, size_t i)
{
    lng_column c = lng_runner_column(r, r->graph->output[i].name);
    LNG_ASSERT(!p->gathered || i < p->gathers);
    if (p->gathered)
        c.at = p->gathered[i];
    return c;
}

/* An output, by its public name. */
static lng_column find_column(const lng_program *p, const char *name)
{
    const lng_runner *r = p ? p->last : NULL;
    for (size_t i = 0; r && name && i < r->graph->outputs; i++) {
        const char *label = lng_output_label(p->session->subject.model, r->graph->output[i].name);
        if (label && strcmp(label, name) == 0)
            return column_of(p, r, i);
    }
    return (lng_column){0};
}

static const void *read_output(const lng_program *p, const char *name, lng_dtype dtype, size_t *n)
{
    const lng_column c = find_column(p, name);
    const bool found = c.at && c.dtype == dtype;
    if (n)
        *n = found ? (size_t)c.size * (c.per_example ? (size_t)p->last_count : 1) : 0;
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
