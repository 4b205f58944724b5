/* Entry: a file or text to a model. */
#include "base/assert.h"
#include "lang/balance.h"
#include "syntax/include.h"
#include <string.h>

static bool version(const lng_doc *doc, lng_errors *errors)
{
    int64_t v;
    const lng_doc *d = lng_doc_get(doc, "lngraph");
    if (d && lng_section_int(&lng_section_model, doc, "lngraph", &v) && v != 1)
        return lng_error(errors, LNG_E_NOT_YET, d->place,
                         "this file uses version %lld of the language; this lngraph supports version 1", (long long)v);
    return true;
}

/* Every block of the file is read, used or not, so that all mistakes are reported at once. */
static bool read_blocks(lng_compiler *c)
{
    const lng_doc *blocks = lng_doc_get(c->doc, "blocks");
    if (!blocks || blocks->kind != LNG_DOC_MAPPING)
        return true;
    bool good = lng_library_add(c->library, blocks);
    for (size_t i = 0; i < lng_map_count(c->library->own); i++)
        good = lng_block_read(c->arena, lng_map_value(c->library->own, i), &lng_section_block, c->errors) && good;
    return good;
}

/* Lists the model's attributes; false if one has no value. */
static bool hyper_parameters(lng_compiler *c)
{
    const lng_block *b = c->block;
    bool good = true;
    c->model->hyper = LNG_NEW_N(c->arena, b->attrs + 1, lng_hyper);
    for (size_t i = 0; i < b->attrs; i++) {
        const lng_attr_decl *w = &b->attr[i];
        const char *value = lng_attr_decl_default(c->arena, w->text), *end = value;
        if (value) {
            while (end > w->text && strchr("= ", end[-1]))
                end--;
            c->model->hyper[c->model->hypers++] =
                (lng_hyper){w->name, lng_copy_n(c->arena, w->text, (size_t)(end - w->text)), value};
            continue;
        }
        good = lng_error(c->errors, LNG_E_MISSING_KEY, w->place, "the hyper-parameter `%s` has no value", w->name);
        lng_error_hint(c->errors, "give it a default, `%s: %s = ...`, or a value on the command line, -s %s=...", w->name, w->text,
                       w->name);
    }
    return good;
}

static bool compile(lng_compiler *c)
{
    lng_elab_begin(&c->elab, c->arena, c->errors, c->library);
    bool good = version(c->doc, c->errors);
    if (c->doc->kind != LNG_DOC_MAPPING)
        return lng_section_check(&lng_section_model, &lng_section_model, c->doc, c->errors);
    c->block = lng_block_new_named(c->arena, "model", c->doc->place, c->doc, false);
    good = read_blocks(c) && good;
    good = lng_block_read(c->arena, c->block, &lng_section_model, c->errors) && good;
    bool fields = lng_compile_data(c) && lng_compile_fields(c), section = lng_compile_train_section(c);
    c->elab.field = c->model->field;
    c->elab.fields = fields ? c->model->fields : 0;
    c->elab.batch = c->model->batch;
    if (c->block->ports == 0 && lng_doc_get(c->doc, "in")) /* the names that it does not define would only repeat it */
        return false;
    if (!lng_check_names(c) || !c->block->body || !hyper_parameters(c) || !fields) /* later errors would only repeat it */
        return false;
    section = lng_compile_balance(c, lng_doc_get(c->doc, "train")) && section;
    bool trains = lng_compile_train_graph(c); /* finds mistakes even if something is wrong elsewhere */
    const bool requires = lng_compile_requirements(c);
    section = lng_compile_keep(c, lng_doc_get(c->doc, "train")) && section;
    return good && section && trains && requires && lng_compile_eval_graph(c) && lng_compile_variables(c);
}

/* The files have been read: what includes them now is an override. */
static bool includes_no_more(const lng_doc *doc, lng_errors *errors)
{
    const lng_doc *list = lng_doc_get(doc, "include");
    return !list || list->kind != LNG_DOC_SEQUENCE ||
           lng_error(errors, LNG_E_UNKNOWN_KEY, list->place, "`include` is read from the file, and cannot be changed");
}

static bool build(lng_model *m, const lng_doc *doc, const lng_override *o, size_t overrides, lng_errors *errors)
{
    size_t before = lng_errors_count(errors);
    lng_compiler c = {.model = m, .arena = m->arena, .errors = errors, .doc = (lng_doc *)doc};
    c.library = lng_library_new(m->arena, errors);
    bool good =
        lng_override_apply(m->arena, c.doc, c.library, o, overrides, errors) && includes_no_more(doc, errors) && compile(&c);
    if (!good || lng_errors_count(errors) > before)
        return false;
    const lng_doc *name = lng_doc_get(doc, "name"), *note = lng_doc_get(doc, "note");
    m->name = name->text;
    m->note = note ? note->text : NULL;
    m->expanded = lng_expand(&c);
    return m->expanded != NULL;
}

typedef struct reading {
    lng_arena *arena;
    const char *path, *text; /* text NULL: read the file */
    size_t length;
    const lng_override *override;
    size_t overrides;
    lng_errors *errors;
    lng_model *model;
} reading;

static lng_doc *read_document(const reading *r, const lng_source **source)
{
    if (!r->text)
        return lng_doc_read(r->arena, r->path, source, r->errors);
    lng_source *own = LNG_NEW(r->arena, lng_source);
    *own = (lng_source){lng_copy(r->arena, r->path), lng_copy_n(r->arena, r->text, r->length), r->length};
    *source = own;
    return lng_doc_parse(r->arena, own, r->errors);
}

static bool read_model(void *context)
{
    reading *r = context;
    size_t before = lng_errors_count(r->errors);
    r->model = LNG_NEW(r->arena, lng_model);
    r->model->arena = r->arena;
    r->model->weighs = (lng_weighing){.label = -1, .drawn = -1};
    lng_doc *doc = read_document(r, &r->model->source);
    return doc && lng_include(r->arena, doc, r->text ? NULL : r->path, r->errors) &&
           build(r->model, doc, r->override, r->overrides, r->errors) && lng_errors_count(r->errors) == before;
}

static lng_model *read_in_arena(reading r)
{
    const size_t before = lng_errors_count(r.errors);
    r.arena = lng_arena_new();
    if (lng_attempt(r.arena, read_model, &r, r.errors, "reading the model"))
        return r.model;
    LNG_ASSERT(!r.errors || lng_errors_count(r.errors) > before); /* a refusal must leave an error */
    lng_arena_free(r.arena);
    return NULL;
}

lng_model *lng_model_read(const char *path, const lng_override *o, size_t overrides, lng_errors *errors)
{
    return read_in_arena((reading){.path = path, .override = o, .overrides = overrides, .errors = errors});
}

lng_model *lng_model_parse(const char *name, const char *text, size_t length, const lng_override *o, size_t overrides,
                           lng_errors *errors)
{
    return read_in_arena(
        (reading){.path = name, .text = text, .length = length, .override = o, .overrides = overrides, .errors = errors});
}

void lng_model_free(lng_model *m)
{
    if (m)
        lng_arena_free(m->arena);
}

void lng_model_write(const lng_model *m, lng_text *out)
{
    lng_doc_write(out, m->expanded);
}

/* ---- what is set after elaboration ---- */
typedef struct setting {
    lng_model *model;
    uint64_t seed;
    const lng_column_spec *const *learned;
    const char *folder;
    lng_errors *errors;
} setting;

static bool set_seed(void *context)
{
    const setting *s = context;
    lng_model *m = s->model;
    lng_doc *train = lng_doc_get(m->expanded, "train");
    m->seed = m->data.seed = s->seed;
    lng_doc_set(m->arena, train, "seed",
                lng_doc_scalar(m->arena, lng_format(m->arena, "%llu", (unsigned long long)s->seed), train->place));
    return true;
}

bool lng_model_set_seed(lng_model *m, uint64_t seed, lng_errors *errors)
{
    setting s = {.model = m, .seed = seed};
    return lng_attempt(m->arena, set_seed, &s, errors, "setting the seed");
}

static bool set_learned(void *context)
{
    const setting *s = context;
    lng_model *m = s->model;
    lng_doc *fields = lng_doc_get(lng_doc_get(lng_doc_get(m->expanded, "data"), "source"), "fields");
    m->learned = s->learned;
    for (size_t i = 0; i < m->fields; i++) {
        const char *name = m->field[i].partner ? m->field[i].base : m->field[i].name;
        lng_doc *field = lng_doc_get(fields, name);
        if (m->learned[i] && field->kind == LNG_DOC_SCALAR) { /* `class`, of folders */
            const lng_place place = field->place;
            field = lng_doc_mapping(m->arena, place);
            lng_doc_set(m->arena, field, "class", lng_doc_scalar(m->arena, "true", place));
            lng_doc_set(m->arena, fields, name, field);
        }
        if (m->learned[i])
            lng_columns_write(m->arena, m->learned[i], lng_field_row(&m->field[i]), field);
    }
    return true;
}

bool lng_model_set_learned(lng_model *m, const lng_column_spec *const *learned, lng_errors *errors)
{
    setting s = {.model = m, .learned = learned};
    return lng_attempt(m->arena, set_learned, &s, errors, "writing what was learned from the data");
}

static bool set_folder(void *context)
{
    const setting *s = context;
    lng_model *m = s->model;
    lng_doc *data = lng_doc_get(m->expanded, "data");
    const char *path = lng_absolute_path(m->arena, s->folder, data->place, s->errors);
    if (path)
        lng_doc_set(m->arena, data, "dir", lng_doc_scalar(m->arena, path, data->place));
    return path != NULL;
}

bool lng_model_set_folder(lng_model *m, const char *folder, lng_errors *errors)
{
    setting s = {.model = m, .folder = folder, .errors = errors};
    return lng_attempt(m->arena, set_folder, &s, errors, "naming the folder of the data");
}

int lng_model_figures(const lng_model_metric *m)
{
    return m->collective ? lng_metric_figures(m->collective) : 1;
}

const char *lng_model_figure(lng_arena *arena, const lng_model_metric *m, int figure)
{
    const char *name = m->collective ? lng_figure_name(m->collective, figure) : NULL;
    return name ? lng_path(arena, m->label, name) : m->label;
}
