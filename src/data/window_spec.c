/* Windows of a series: from the section `data.source.window`, which has been checked. */
#include "config.h"
#include "data/format.h"
#include <string.h>

typedef struct describing {
    lng_arena *arena;
    lng_errors *errors;
    lng_data_spec *spec;
    const lng_doc *doc;
    bool good;
} describing;

static void make_sequence(describing *d, lng_data_field *f)
{
    lng_shape *s = &f->shape;
    if (s->rank == LNG_MAX_RANK) {
        d->good = lng_error(d->errors, LNG_E_LIMIT, f->place, "a window of `%s` would have more than %d dimensions", f->name,
                            LNG_MAX_RANK);
        return;
    }
    memmove(s->dim + 1, s->dim, (size_t)s->rank * sizeof *s->dim);
    s->dim[0] = f->rows = d->spec->window.length;
    s->rank++;
    if (lng_shape_size(*s) < 0)
        d->good = lng_error(d->errors, LNG_E_LIMIT, f->place, "a window of `%s` would have more than 2^31 elements", f->name);
}

/* Which fields are targets. */
static bool *read_targets(describing *d)
{
    const lng_doc *list = lng_doc_get(d->doc, "targets"), *ahead = lng_doc_get(d->doc, "ahead");
    bool *is = LNG_NEW_N(d->arena, d->spec->fields + 1, bool);
    size_t n = 0;
    if (ahead && !list)
        d->good = lng_error(d->errors, LNG_E_MISSING_KEY, ahead->place, "`ahead` says where `targets` are, which is missing");
    for (size_t i = 0; list && i < list->count; i++) {
        const lng_doc *name = list->item[i];
        const lng_data_field *f = name->kind == LNG_DOC_SCALAR ? lng_field_named(d->spec, name, d->errors) : NULL;
        if (name->kind != LNG_DOC_SCALAR)
            d->good = lng_error(d->errors, LNG_E_TYPE, name->place, "each of `targets` is the name of a field");
        d->good = d->good && f;
        n += f && !is[f - d->spec->field];
        if (f)
            is[f - d->spec->field] = true;
    }
    if (n == d->spec->fields)
        d->good = lng_error(d->errors, LNG_E_ARGUMENTS, list->place, "all fields are targets: none is left for the window");
    return is;
}

/* Rows that are left out would make neighbors of others. */
static void check_drop(describing *d, const lng_data_field *f)
{
    if (f->columns && f->columns->missing == LNG_MISSING_DROP)
        d->good = lng_error(d->errors, LNG_E_ARGUMENTS, f->place,
                            "`missing: drop` leaves rows out, but a window needs all of them: fill in `%s`", f->name);
}

static void read_group(describing *d)
{
    const lng_doc *group = lng_doc_get(d->doc, "group");
    if (!group || group->kind != LNG_DOC_SCALAR)
        return;
    const lng_data_field *f = d->spec->window.group = lng_key_describe(d->arena, d->spec, group, d->errors);
    d->good = d->good && f;
    if (f && (f->dtype != LNG_I32 || f->whole))
        d->good = lng_error(d->errors, LNG_E_DTYPE, group->place, "`%s` holds numbers; series are told apart by a class", f->name);
}

bool lng_window_describe(lng_arena *arena, const lng_doc *doc, lng_data_spec *spec, lng_errors *errors)
{
    lng_window_spec *w = &spec->window;
    describing d = {arena, errors, spec, doc, true};
    if (doc->kind != LNG_DOC_MAPPING)
        return false;
    w->place = doc->place;
    w->step = w->ahead = 1;
    if (!spec->format->in_order)
        d.good = lng_error(d.errors, LNG_E_ARGUMENTS, doc->place,
                           "the examples of format %s are in no order, so they make no windows", spec->format->name);
    if (!lng_section_int(&lng_section_window, doc, "length", &w->length))
        return false;
    lng_section_int(&lng_section_window, doc, "step", &w->step);
    lng_section_int(&lng_section_window, doc, "ahead", &w->ahead);
    const bool *target = read_targets(&d);
    read_group(&d);
    for (size_t i = 0; i < spec->fields; i++)
        check_drop(&d, &spec->field[i]);
    const bool sound = d.good;
    for (size_t i = 0; sound && i < spec->fields; i++)
        if (!target[i])
            make_sequence(&d, &spec->field[i]);
    return d.good;
}
