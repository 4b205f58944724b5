/* Models: loading, and facts. */
#include "api/api.h"
#include <stdlib.h>
#include <string.h>

int lng_copy_shape(lng_shape shape, int64_t dims[LNG_MAX_DIMS])
{
    memcpy(dims, shape.dim, (size_t)shape.rank * sizeof *dims);
    return shape.rank;
}

/* ---- loading ---- */
static bool split_override(lng_arena *arena, const char *text, lng_override *to, lng_errors *errors)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "override `%s`: write it as path=value, train.batch=64", text);
    to->path = lng_copy_n(arena, text, (size_t)(equals - text));
    to->value = lng_copy(arena, equals + 1);
    return true;
}

static bool split_overrides(lng_arena *arena, const char *const *text, lng_override **to, size_t *n, lng_errors *errors)
{
    bool ok = true;
    for (*n = 0; text && text[*n];)
        ++*n;
    *to = LNG_NEW_N(arena, *n + 1, lng_override);
    for (size_t i = 0; i < *n; i++)
        ok = split_override(arena, text[i], &(*to)[i], errors) && ok;
    return ok;
}

/* text NULL: from the file `name`. */
static lng_model *load(const char *name, const char *text, const char *const *overrides, lng_errors *errors)
{
    lng_arena *arena = lng_arena_new();
    if (!arena || LNG_GUARD(arena)) {
        lng_arena_free(arena);
        return lng_error(errors, LNG_E_MEMORY, lng_nowhere, "memory ran out"), NULL;
    }
    lng_override *split;
    size_t n;
    const bool ok = split_overrides(arena, overrides, &split, &n, errors);
    lng_arena_unguard(arena);
    lng_model *model = !ok    ? NULL
                       : text ? lng_model_parse(name, text, strlen(text), split, n, errors)
                              : lng_model_read(name, split, n, errors);
    lng_arena_free(arena);
    return model;
}

/* Elaboration counts its errors, so it always gets a list. */
static lng_model *load_with_list(const char *name, const char *text, const char *const *overrides, lng_errors *errors)
{
    if (errors)
        return load(name, text, overrides, errors);
    lng_errors *own = lng_errors_new();
    lng_model *model = own ? load(name, text, overrides, own) : NULL;
    lng_errors_free(own);
    return model;
}

lng_model *lng_model_load(const char *path, const char *const *overrides, lng_errors *errors)
{
    return load_with_list(path, NULL, overrides, errors);
}

lng_model *lng_model_load_text(const char *name, const char *text, const char *const *overrides, lng_errors *errors)
{
    return load_with_list(name, text, overrides, errors);
}

/* ---- facts ---- */
const char *lng_model_name(const lng_model *m)
{
    return m->name;
}

const char *lng_model_note(const lng_model *m)
{
    return m->note;
}

int64_t lng_model_parameters(const lng_model *m)
{
    return m->parameters;
}

int lng_model_batch(const lng_model *m)
{
    return m->batch;
}

int lng_model_epochs(const lng_model *m)
{
    return m->epochs;
}

int64_t lng_model_classes(const lng_model *m)
{
    return m->data.classes;
}

size_t lng_model_inputs(const lng_model *m)
{
    return m->fields;
}

const char *lng_model_input(const lng_model *m, size_t i)
{
    return m->field[i].name;
}

int lng_model_input_shape(const lng_model *m, size_t i, int64_t dims[LNG_MAX_DIMS])
{
    return lng_copy_shape(m->field[i].shape, dims);
}

bool lng_model_input_is_integer(const lng_model *m, size_t i)
{
    return m->field[i].dtype == LNG_I32;
}

/* ---- outputs: those of the evaluation, with metrics by their labels ---- */
const char *lng_output_label(const lng_model *m, const char *name)
{
    if (!m || strncmp(name, "metric.", 7) != 0)
        return name;
    char *end;
    const unsigned long i = strtoul(name + 7, &end, 10);
    return *end == '\0' && i < m->metrics ? m->metric[i].label : NULL;
}

/* The i-th output that a caller may know, or how many there are when i is too large. */
static const lng_output *visible(const lng_model *m, size_t i, size_t *count)
{
    size_t n = 0;
    for (size_t k = 0; k < m->eval->outputs; k++)
        if (lng_output_label(m, m->eval->output[k].name) && n++ == i)
            return &m->eval->output[k];
    *count = n;
    return NULL;
}

size_t lng_model_outputs(const lng_model *m)
{
    size_t n;
    visible(m, SIZE_MAX, &n);
    return n;
}

const char *lng_model_output(const lng_model *m, size_t i)
{
    size_t n;
    return lng_output_label(m, visible(m, i, &n)->name);
}

int lng_model_output_shape(const lng_model *m, size_t i, int64_t dims[LNG_MAX_DIMS])
{
    size_t n;
    return lng_copy_shape(visible(m, i, &n)->value->shape, dims);
}
