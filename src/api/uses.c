/* What runs of a program read and give, for each of its uses. */
#include "api/api.h"
#include <string.h>

static const lng_runner *runner_of(const lng_program *p, lng_use use)
{
    return p && lng_use_name(use) ? lng_session_runner(p->session, use) : NULL;
}

bool lng_program_reads(const lng_program *p, lng_use use, const char *input)
{
    const lng_runner *r = runner_of(p, use);
    for (size_t i = 0; r && input && i < p->session->subject.inputs; i++)
        if (strcmp(p->session->subject.input[i].name, input) == 0)
            return r->reads[i];
    return false;
}

/* The i-th output with a public name, and that name; NULL when there are no more. */
static const lng_output *output_at(const lng_program *p, lng_use use, size_t i, const char **name)
{
    const lng_runner *r = runner_of(p, use);
    for (size_t k = 0, n = 0; r && k < r->graph->outputs; k++)
        if ((*name = lng_output_label(p->session->subject.model, r->graph->output[k].name)) && n++ == i)
            return &r->graph->output[k];
    return NULL;
}

size_t lng_program_outputs(const lng_program *p, lng_use use)
{
    const char *name;
    size_t n = 0;
    while (output_at(p, use, n, &name))
        n++;
    return n;
}

const char *lng_program_output_name(const lng_program *p, lng_use use, size_t i)
{
    const char *name;
    return output_at(p, use, i, &name) ? name : NULL;
}

int lng_program_output_shape(const lng_program *p, lng_use use, size_t i, int64_t dims[LNG_MAX_DIMS])
{
    const char *name;
    const lng_output *output = output_at(p, use, i, &name);
    return output ? lng_copy_shape(output->value->shape, dims) : 0;
}

bool lng_program_output_is_shared(const lng_program *p, lng_use use, size_t i)
{
    const char *name;
    const lng_output *output = output_at(p, use, i, &name);
    return output && !output->value->per_example;
}

bool lng_program_output_is_integer(const lng_program *p, lng_use use, size_t i)
{
    const char *name;
    const lng_output *output = output_at(p, use, i, &name);
    return output && output->value->dtype == LNG_I32;
}
