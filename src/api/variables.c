/* Variables: the program's store, by name; and weights as files. */
#include "api/api.h"
#include <string.h>

size_t lng_program_variables(const lng_program *p)
{
    return p->variables;
}

const char *lng_program_variable_name(const lng_program *p, size_t i)
{
    return p->variable[i].name;
}

int lng_program_variable_shape(const lng_program *p, size_t i, int64_t dims[LNG_MAX_DIMS])
{
    return lng_copy_shape(p->variable[i].shape, dims);
}

bool lng_program_variable_is_parameter(const lng_program *p, size_t i)
{
    return p->variable[i].parameter;
}

float *lng_program_variable(lng_program *p, const char *name, size_t *n)
{
    size_t i;
    float *at = name ? lng_store_find(p->session.store, name, &i) : NULL;
    if (n)
        *n = at ? (size_t)lng_shape_size(p->variable[i].shape) : 0;
    return at;
}

bool lng_program_save(const lng_program *p, const char *path, lng_errors *errors)
{
    return lng_weights_save(p->session.store, path, errors);
}

bool lng_program_load(lng_program *p, const char *path, lng_errors *errors)
{
    return lng_weights_load(p->session.store, path, errors);
}
