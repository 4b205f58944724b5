/* A class that is predicted, several of two classes each, or numbers. */
#include "lang/meaning.h"

typedef struct meanings {
    lng_arena *arena;
    const lng_model *model;
    const lng_column_spec *const *learned;
    int64_t size; /* of the output */
} meanings;

static const lng_column_spec *columns_of(const meanings *m, size_t i)
{
    return m->learned && m->learned[i] ? m->learned[i] : m->model->field[i].columns;
}

static bool is_class(const meanings *m, size_t i)
{
    const lng_data_field *f = &m->model->field[i];
    return lng_field_is_class(f) && !f->read;
}

/* The only field that is predicted and has as many numbers as the output; NULL: there is none, or several. */
static const lng_data_field *numbers_of(const meanings *m)
{
    const lng_data_field *found = NULL;
    for (size_t i = 0; i < m->model->fields; i++) {
        const lng_data_field *f = &m->model->field[i];
        if (f->dtype != LNG_F32 || f->read || lng_shape_size(f->shape) != m->size)
            continue;
        if (found)
            return NULL;
        found = f;
    }
    return found;
}

/* Of each number; NULL: the description names no columns. */
static const char **names_of(const meanings *m, const lng_data_field *f)
{
    const lng_column_spec *c = f->columns;
    return !c || c->patterns || c->columns != (size_t)m->size ? NULL : c->column;
}

/* One label for each number of the output, of two classes. */
static bool take_labels(const meanings *m, lng_meaning *to)
{
    int64_t n = 0;
    to->name = LNG_NEW_N(m->arena, m->model->fields, const char *);
    to->word = LNG_NEW_N(m->arena, m->model->fields, const char *const *);
    for (size_t i = 0; i < m->model->fields; i++) {
        const lng_data_field *f = &m->model->field[i];
        if (!is_class(m, i))
            continue;
        if (f->classes != 2)
            return false;
        to->name[n] = f->name;
        to->word[n++] = f->columns ? columns_of(m, i)->word : NULL;
    }
    to->names = n;
    return n == m->size;
}

lng_meaning lng_meaning_of(lng_arena *arena, const lng_model *model, const lng_column_spec *const *learned)
{
    const lng_value *out = model->eval ? lng_graph_find_output(model->eval, "out") : NULL; /* none: it is not compiled */
    const meanings m = {arena, model, learned, out ? lng_shape_size(out->shape) : 0};
    size_t classes = 0, label = 0;
    for (size_t i = 0; i < model->fields; i++)
        if (is_class(&m, i) && ++classes)
            label = i;
    lng_meaning to = {.kind = LNG_MEANS_LABELS};
    if (classes > 1 && model->probabilities && take_labels(&m, &to))
        return to;
    const lng_data_field *numbers = classes ? NULL : numbers_of(&m);
    if (numbers)
        return (lng_meaning){.kind = numbers->fraction && model->probabilities ? LNG_MEANS_LABELS : LNG_MEANS_NUMBERS,
                             .name = names_of(&m, numbers),
                             .names = m.size,
                             .predicts = true};
    const lng_column_spec *c = classes == 1 ? columns_of(&m, label) : NULL;
    return (lng_meaning){.kind = LNG_MEANS_CLASSES,
                         .pair = m.size == 1 && model->data.classes == 2 && out->dtype == LNG_F32 && !model->ranks,
                         .classes = model->data.classes,
                         .name = c ? c->word : NULL,
                         .names = c ? c->words : 0};
}

const char *lng_meaning_name(lng_arena *arena, const lng_meaning *m, int64_t of, int64_t i)
{
    return m->name && of == m->names && i >= 0 && i < m->names ? m->name[i] : lng_format(arena, "%lld", (long long)i);
}
