/* The data section: the description of the data set, and the fields that the model reads. */
#include "lang/call.h"
#include "lang/compile.h"
#include "syntax/number.h"
#include <string.h>

static bool unknown(lng_compiler *c, lng_place place, const char *what, const char *name, const lng_doc *mapping,
                    const lng_map *map)
{
    lng_nearest near = {.wrong = name};
    for (size_t i = 0; mapping && i < mapping->count; i++)
        lng_nearest_offer(&near, mapping->key[i]->text);
    for (size_t i = 0; map && i < lng_map_count(map); i++)
        lng_nearest_offer(&near, lng_map_key(map, i));
    lng_error(c->errors, LNG_E_UNKNOWN_NAME, place, "there is no %s `%.60s`", what, name);
    if (near.best)
        lng_error_hint(c->errors, "did you mean `%s`?", near.best);
    return false;
}

const lng_doc *lng_data_source(const lng_compiler *c, const lng_doc *data)
{
    const lng_doc *source = lng_doc_get(data, "source");
    if (!source || source->kind == LNG_DOC_MAPPING)
        return source;
    if (source->kind != LNG_DOC_SCALAR)
        return NULL;
    const lng_doc *known = lng_map_get(c->library->data, source->text);
    if (!known)
        unknown((lng_compiler *)c, source->place, "data set", source->text, NULL, c->library->data);
    return known;
}

/* ---- the description ---- */
static bool shape_of(lng_compiler *c, const lng_doc *d, lng_shape *shape)
{
    *shape = (lng_shape){0};
    if (d->kind != LNG_DOC_SEQUENCE || d->count > LNG_MAX_RANK)
        return lng_error(c->errors, LNG_E_TYPE, d->place, "a field is a shape, [28, 28, 1], or the word `class`");
    for (size_t i = 0; i < d->count; i++) {
        int64_t size;
        if (!lng_scalar_int(d->item[i], &size, c->errors))
            return false;
        if (size < 1 || size > LNG_MAX_ELEMENTS)
            return lng_error(c->errors, LNG_E_RANGE, d->item[i]->place, "a size is from 1 to 2^31");
        shape->dim[shape->rank++] = size;
    }
    return lng_shape_size(*shape) > 0 || lng_error(c->errors, LNG_E_LIMIT, d->place, "a field may have 2^31 elements");
}

static bool is_class(const lng_doc *d)
{
    return d->kind == LNG_DOC_SCALAR && strcmp(d->text, "class") == 0;
}

/* A name that can stand in a folder. */
static bool is_file_name(const lng_doc *d)
{
    return d->length > 0 && !strchr(d->text, '/') && strcmp(d->text, ".") != 0 && strcmp(d->text, "..") != 0;
}

static bool files(lng_compiler *c, const lng_doc *fields, const lng_doc *d, lng_data_file **out, size_t *count)
{
    bool good = true;
    if (!d)
        return true;
    *out = LNG_NEW_N(c->arena, d->count + 1, lng_data_file);
    for (size_t i = 0; i < d->count; i++) {
        const char *field = d->key[i]->text;
        if (!lng_doc_get(fields, field))
            good = unknown(c, d->key[i]->place, "field", field, fields, NULL);
        if (!lng_section_check(&lng_section_file, d->item[i], c->errors)) {
            good = false;
            continue;
        }
        const lng_doc *file = lng_doc_get(d->item[i], "file"), *sha = lng_doc_get(d->item[i], "sha256");
        if (!is_file_name(file))
            good =
                lng_error(c->errors, LNG_E_RANGE, file->place, "a file is named without its folder; folders are `dir` and `urls`");
        if (sha && (sha->length != 64 || strspn(sha->text, "0123456789abcdef") != 64))
            good = lng_error(c->errors, LNG_E_RANGE, sha->place, "a SHA-256 digest has 64 digits, 0-9 and a-f");
        (*out)[(*count)++] = (lng_data_file){field, file->text, sha ? sha->text : NULL};
    }
    return good;
}

static bool fields_of(lng_compiler *c, const lng_doc *fields, lng_data_spec *spec)
{
    bool good = true, has_shape = false;
    for (size_t i = 0; i < fields->count; i++) {
        lng_shape shape;
        if (is_class(fields->item[i])) {
            if (spec->classes == 0)
                good = lng_error(c->errors, LNG_E_MISSING_KEY, fields->item[i]->place,
                                 "`%s` holds classes, but the description has no `classes`", fields->key[i]->text);
            continue;
        }
        good = shape_of(c, fields->item[i], &shape) && good;
        if (!has_shape)
            spec->field_shape = shape;
        has_shape = true;
    }
    return good;
}

static bool urls(lng_compiler *c, const lng_doc *d, lng_data_spec *spec)
{
    if (!d)
        return true;
    spec->url = LNG_NEW_N(c->arena, d->count + 1, const char *);
    for (size_t i = 0; i < d->count; i++) {
        if (d->item[i]->kind != LNG_DOC_SCALAR)
            return lng_error(c->errors, LNG_E_TYPE, d->item[i]->place, "a URL is text");
        spec->url[spec->urls++] = d->item[i]->text;
    }
    return true;
}

static bool describe(lng_compiler *c, const lng_doc *source, lng_data_spec *spec)
{
    const lng_doc *name = lng_doc_get(source, "name"), *about = lng_doc_get(source, "about"),
                  *fields = lng_doc_get(source, "fields");
    const lng_doc *given = lng_doc_get(lng_doc_get(c->doc, "data"), "source");
    spec->name = name ? name->text : given->kind == LNG_DOC_SCALAR ? given->text : "data";
    spec->standard = given->kind == LNG_DOC_SCALAR;
    spec->about = about ? about->text : NULL;
    spec->format = lng_doc_get(source, "format")->text;
    lng_section_int(&lng_section_source, source, "classes", &spec->classes);
    bool good = fields_of(c, fields, spec);
    if (name && !is_file_name(name))
        good = lng_error(c->errors, LNG_E_RANGE, name->place, "a data set's name is that of its folder, without `/`");
    good = files(c, fields, lng_doc_get(source, "train"), &spec->train, &spec->n_train) && good;
    good = files(c, fields, lng_doc_get(source, "test"), &spec->test, &spec->n_test) && good;
    return urls(c, lng_doc_get(source, "urls"), spec) && good;
}

/* A folder as seen from the model file's. */
static const char *beside(lng_compiler *c, const char *dir)
{
    const char *file = c->model->source->name, *slash = strrchr(file, '/');
    return dir[0] == '/' || !slash ? dir : lng_format(c->arena, "%.*s/%s", (int)(slash - file), file, dir);
}

bool lng_compile_data(lng_compiler *c)
{
    lng_data_spec *spec = &c->model->data;
    const lng_doc *data = lng_doc_get(c->doc, "data"), *source = lng_data_source(c, data), *dir = lng_doc_get(data, "dir");
    const lng_doc *validation = lng_doc_get(data, "validation");
    const lng_doc *format = source ? lng_doc_get(source, "format") : NULL, *fields = source ? lng_doc_get(source, "fields") : NULL;
    if (!source || !format || format->kind != LNG_DOC_SCALAR || !fields || fields->kind != LNG_DOC_MAPPING)
        return false; /* recorded */
    spec->place = lng_doc_get(data, "source")->place;
    spec->dir = dir && dir->kind == LNG_DOC_SCALAR ? beside(c, dir->text) : NULL;
    spec->validation_count = -1;
    if (validation && lng_doc_get(validation, "last") && lng_doc_get(validation, "count"))
        return lng_error(c->errors, LNG_E_ARGUMENTS, validation->place, "`last` and `count` exclude each other");
    if (!lng_section_int(&lng_section_validation, validation, "count", &spec->validation_count))
        lng_section_number(&lng_section_validation, validation, "last", &spec->validation_last);
    return describe(c, source, spec);
}

bool lng_data_describe(lng_arena *arena, const char *name, lng_data_spec *spec, lng_errors *errors)
{
    lng_model *m = LNG_NEW(arena, lng_model);
    lng_source *source = LNG_NEW(arena, lng_source);
    *source = (lng_source){.name = "the command line"};
    m->source = source;
    const lng_place nowhere = {0};
    lng_doc *data = lng_doc_mapping(arena, nowhere), *doc = lng_doc_mapping(arena, nowhere);
    lng_doc_set(arena, data, "source", lng_doc_scalar(arena, name, nowhere));
    lng_doc_set(arena, doc, "data", data);
    lng_compiler c = {.model = m, .arena = arena, .errors = errors, .doc = doc, .library = lng_library_new(arena, errors)};
    if (!c.library || !lng_compile_data(&c))
        return false;
    *spec = m->data;
    return true;
}

/* ---- fields ---- */
static bool field(lng_compiler *c, const lng_port_decl *port, const lng_doc *fields, lng_model_field *f)
{
    const lng_doc *d = lng_doc_get(fields, port->name);
    char text[LNG_SHAPE_TEXT];
    *f = (lng_model_field){.name = port->name, .shaped = port->shaped, .dtype = LNG_F32, .place = port->place};
    if (!d)
        return unknown(c, port->place, lng_format(c->arena, "field in the data set `%s`:", c->model->data.name), port->name, fields,
                       NULL);
    if (is_class(d)) {
        f->dtype = LNG_I32;
        return !port->shaped || port->dims == 0 ||
               lng_error(c->errors, LNG_E_SHAPE, port->place, "`%s` is a class, an integer; it has no shape", port->name);
    }
    if (!shape_of(c, d, &f->shape))
        return false;
    f->shaped = true;
    lng_scope in = {.e = &c->elab, .name = lng_map_new(c->arena)};
    return lng_match_shape(&in, port, f->shape, port->place) ||
           lng_error(c->errors, LNG_E_SHAPE, port->place, "`%s` of the data set `%s` has shape %s", port->name, c->model->data.name,
                     lng_shape_text(text, f->shape));
}

bool lng_compile_fields(lng_compiler *c)
{
    const lng_doc *source = lng_data_source(c, lng_doc_get(c->doc, "data"));
    const lng_block *b = c->block;
    bool good = true;
    if (b->ports == 0)
        return lng_error(c->errors, LNG_E_MISSING_KEY, c->doc->place, "the model reads no field of its data: `in` is missing");
    c->model->field = LNG_NEW_N(c->arena, b->ports, lng_model_field);
    c->model->fields = b->ports;
    for (size_t i = 0; i < b->ports; i++)
        good = field(c, &b->port[i], lng_doc_get(source, "fields"), &c->model->field[i]) && good;
    return good;
}
