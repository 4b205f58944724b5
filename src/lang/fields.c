/* The fields of the data set that the model reads: what `in` names, matched with the data set's description. */
#include "lang/call.h"
#include "lang/compile.h"

bool lng_compile_data(lng_compiler *c)
{
    const lng_doc *data = lng_doc_get(c->doc, "data");
    return data && lng_data_describe(c->arena, data, c->model->source->name, &c->model->data, c->errors);
}

static bool no_field(lng_compiler *c, const lng_port_decl *port)
{
    const lng_data_spec *data = &c->model->data;
    lng_nearest near = {.wrong = port->name};
    for (size_t i = 0; i < data->fields; i++)
        lng_nearest_offer(&near, data->field[i].name);
    for (size_t i = 0; i < data->fields * data->partners; i++)
        lng_nearest_offer(&near, lng_partner_field(c->arena, &data->partner[i / data->fields], &data->field[i % data->fields]));
    lng_error(c->errors, LNG_E_UNKNOWN_NAME, port->place, "the data set `%s` has no field `%.60s`", data->name, port->name);
    if (!near.best)
        return false;
    lng_map_put(c->elab.misnamed, near.best, c->block);
    lng_error_hint(c->errors, "did you mean `%s`?", near.best);
    return false;
}

static bool read_field(lng_compiler *c, const lng_port_decl *port, lng_data_field *f)
{
    if (port->optional)
        return lng_error(c->errors, LNG_E_ARGUMENTS, port->place, "a field of the data is never left out; remove the `?`");
    char text[LNG_SHAPE_TEXT];
    if (!lng_data_spec_find(c->arena, &c->model->data, port->name, f))
        return no_field(c, port);
    f->place = port->place;
    if (f->dtype == LNG_I32 && f->shape.rank == 0)
        return !port->shaped || port->dims == 0 ||
               lng_error(c->errors, LNG_E_SHAPE, port->place,
                         f->whole ? "`%s` is one integer; it has no shape" : "`%s` is a class, an integer; it has no shape",
                         port->name);
    lng_scope in = {.e = &c->elab, .name = lng_map_new(c->arena)};
    if (lng_match_shape(&in, port, f->shape, port->place))
        return true;
    const char *shape = f->shape.rank ? lng_shape_text(text, f->shape) : "[]";
    lng_error(c->errors, LNG_E_SHAPE, port->place, "`%s` of the data set `%s` has shape %s", port->name, c->model->data.name,
              shape);
    lng_error_hint(c->errors, "write %s%s", port->name, shape);
    return false;
}

/* Of a data set whose labels differ in their classes, the model may read only one. */
static int64_t classes_of_label(const lng_model *m)
{
    int64_t classes = 0;
    for (size_t i = 0; i < m->fields; i++) {
        const lng_data_field *f = &m->field[i];
        if (!lng_field_is_class(f))
            continue;
        if (classes && classes != f->classes)
            return 0;
        classes = f->classes;
    }
    return classes;
}

static bool partners_are_read(lng_compiler *c)
{
    const lng_model *m = c->model;
    bool good = true;
    for (size_t k = 0; k < m->data.partners; k++) {
        const lng_partner *p = &m->data.partner[k];
        size_t i = 0;
        while (i < m->fields && m->field[i].partner != p)
            i++;
        if (i == m->fields && m->data.fields > 0)
            good = lng_error(c->errors, LNG_E_UNUSED, p->place, "`in` reads no field of the partner `%.60s`, such as `%s`", p->name,
                             lng_partner_field(c->arena, p, &m->data.field[0]));
    }
    return good;
}

bool lng_compile_fields(lng_compiler *c)
{
    const lng_block *b = c->block;
    bool good = true;
    if (b->ports == 0)
        return lng_doc_get(c->doc, "in") ||
               lng_error(c->errors, LNG_E_MISSING_KEY, c->doc->place, "the model reads no field of its data: `in` is missing");
    c->model->field = LNG_NEW_N(c->arena, b->ports, lng_data_field);
    c->model->fields = b->ports;
    for (size_t i = 0; i < b->ports; i++)
        good = read_field(c, &b->port[i], &c->model->field[i]) && good;
    if (c->model->data.classes == 0)
        c->model->data.classes = classes_of_label(c->model);
    return good && partners_are_read(c);
}
