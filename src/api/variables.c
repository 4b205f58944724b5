/* A program's variables, and weights as files. */
#include "api/api.h"
#include "train/weights.h"
#include <string.h>

size_t lng_program_variables(const lng_program *p)
{
    return p ? p->session->store->count : 0;
}

static const lng_variable *variable_at(const lng_program *p, size_t i)
{
    return i < lng_program_variables(p) ? &p->session->store->variable[i] : NULL;
}

const char *lng_program_variable_name(const lng_program *p, size_t i)
{
    const lng_variable *v = variable_at(p, i);
    return v ? v->name : NULL;
}

int lng_program_variable_shape(const lng_program *p, size_t i, int64_t dims[LNG_MAX_DIMS])
{
    const lng_variable *v = variable_at(p, i);
    return v ? lng_copy_shape(v->shape, dims) : 0;
}

bool lng_program_variable_is_parameter(const lng_program *p, size_t i)
{
    const lng_variable *v = variable_at(p, i);
    return v && v->parameter;
}

float *lng_program_variable(lng_program *p, const char *name, size_t *n)
{
    size_t i;
    float *at = p && name ? lng_store_find(p->session->store, name, &i) : NULL;
    if (n)
        *n = at ? (size_t)lng_shape_size(variable_at(p, i)->shape) : 0;
    return at;
}

static bool save(const lng_program *p, lng_weights_content content, const char *path, lng_errors *errors)
{
    if (!lng_is_given(p, "program", errors) || !lng_is_given(path, "path", errors))
        return false;
    const lng_weights weights = lng_session_weights(p->session);
    return lng_weights_save(&weights, content, path, errors);
}

bool lng_program_save(const lng_program *p, const char *path, lng_errors *errors)
{
    return save(p, LNG_WEIGHTS_ALL, path, errors);
}

bool lng_program_save_weights(const lng_program *p, const char *path, lng_errors *errors)
{
    return save(p, LNG_WEIGHTS_USED, path, errors);
}

bool lng_program_load(lng_program *p, const char *path, lng_errors *errors)
{
    if (!lng_is_given(p, "program", errors) || !lng_is_given(path, "path", errors))
        return false;
    const lng_weights weights = lng_session_weights(p->session);
    return lng_weights_load(&weights, path, errors);
}
