/* Loads models, and answers questions about them. */
#include "api/api.h"
#include <string.h>

int lng_copy_shape(lng_shape shape, int64_t *dims)
{
    if (dims)
        memcpy(dims, shape.dim, (size_t)shape.rank * sizeof *dims);
    return shape.rank;
}

/* ---- loading ---- */
static bool split_override(lng_arena *arena, const char *text, lng_override *to, lng_errors *errors)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "override `%s`: write path=value, such as train.batch=64", text);
    to->path = lng_copy_n(arena, text, (size_t)(equals - text));
    to->value = lng_copy(arena, equals + 1);
    return true;
}

typedef struct splitting {
    lng_arena *arena;
    const char *const *text; /* NULL, or ends with NULL */
    lng_override *override;
    size_t n;
    lng_errors *errors;
} splitting;

static bool split_overrides(void *context)
{
    splitting *s = context;
    bool ok = true;
    while (s->text && s->text[s->n])
        s->n++;
    s->override = LNG_NEW_N(s->arena, s->n + 1, lng_override);
    for (size_t i = 0; i < s->n; i++)
        ok = split_override(s->arena, s->text[i], &s->override[i], s->errors) && ok;
    return ok;
}

/* text NULL: from the file `name`. */
static lng_model *load(const char *name, const char *text, const char *const *overrides, lng_errors *errors)
{
    splitting s = {.arena = lng_arena_new(), .text = overrides, .errors = errors};
    const bool ok = lng_attempt(s.arena, split_overrides, &s, errors, "loading a model");
    lng_model *model = !ok    ? NULL
                       : text ? lng_model_parse(name, text, strlen(text), s.override, s.n, errors)
                              : lng_model_read(name, s.override, s.n, errors);
    lng_arena_free(s.arena);
    return model;
}

/* Elaboration counts its errors, so it needs a list. */
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
    return lng_is_given(path, "path", errors) ? load_with_list(path, NULL, overrides, errors) : NULL;
}

lng_model *lng_model_load_text(const char *name, const char *text, const char *const *overrides, lng_errors *errors)
{
    const bool given = lng_is_given(name, "name", errors) && lng_is_given(text, "text", errors);
    return given ? load_with_list(name, text, overrides, errors) : NULL;
}

/* ---- facts ---- */
const char *lng_model_name(const lng_model *m)
{
    return m ? m->name : NULL;
}

const char *lng_model_note(const lng_model *m)
{
    return m ? m->note : NULL;
}

int64_t lng_model_parameters(const lng_model *m)
{
    return m ? m->parameters : 0;
}

int lng_model_batch(const lng_model *m)
{
    return m ? m->batch : 0;
}

int lng_model_epochs(const lng_model *m)
{
    return m ? m->epochs : 0;
}

int64_t lng_model_classes(const lng_model *m)
{
    return m ? m->data.classes : 0;
}

const char *lng_model_class(const lng_model *m, size_t i)
{
    const lng_column_spec *named = NULL;
    size_t labels = 0;
    for (size_t k = 0; m && k < m->fields; k++)
        if (m->field[k].columns && m->field[k].columns->class && ++labels)
            named = m->field[k].columns;
    return labels == 1 && named->word && i < (size_t)named->words ? named->word[i] : NULL;
}

size_t lng_model_inputs(const lng_model *m)
{
    return m ? m->fields : 0;
}

static const lng_data_field *field_at(const lng_model *m, size_t i)
{
    return m && i < m->fields ? &m->field[i] : NULL;
}

const char *lng_model_input(const lng_model *m, size_t i)
{
    const lng_data_field *f = field_at(m, i);
    return f ? f->name : NULL;
}

int lng_model_input_shape(const lng_model *m, size_t i, int64_t dims[LNG_MAX_DIMS])
{
    const lng_data_field *f = field_at(m, i);
    return f ? lng_copy_shape(f->shape, dims) : 0;
}

bool lng_model_input_is_integer(const lng_model *m, size_t i)
{
    const lng_data_field *f = field_at(m, i);
    return f && f->dtype == LNG_I32;
}

/* ---- outputs: those of an evaluation, metrics by their labels ---- */
const char *lng_output_label(const lng_model *m, const char *name)
{
    for (size_t i = 0; m && i < m->metrics; i++)
        for (int k = 0; k < LNG_METRIC_OUTPUTS && m->metric[i].output[k]; k++)
            if (strcmp(m->metric[i].output[k], name) == 0)
                return m->metric[i].collective ? NULL : m->metric[i].label;
    return name;
}

/* The i-th public output; NULL when there are no more. */
static const lng_output *visible(const lng_model *m, size_t i)
{
    size_t n = 0;
    for (size_t k = 0; m && k < m->eval->outputs; k++)
        if (lng_output_label(m, m->eval->output[k].name) && n++ == i)
            return &m->eval->output[k];
    return NULL;
}

size_t lng_model_outputs(const lng_model *m)
{
    size_t n = 0;
    while (visible(m, n))
        n++;
    return n;
}

const char *lng_model_output(const lng_model *m, size_t i)
{
    const lng_output *output = visible(m, i);
    return output ? lng_output_label(m, output->name) : NULL;
}

int lng_model_output_shape(const lng_model *m, size_t i, int64_t dims[LNG_MAX_DIMS])
{
    const lng_output *output = visible(m, i);
    return output ? lng_copy_shape(output->value->shape, dims) : 0;
}
