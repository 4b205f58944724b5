/* Overrides: `--set train.batch=100` changes the document before it is elaborated. The value is YAML. A path leads through mappings,
 * sequences (by index) and calls (by attribute). */
#include "lang/override.h"
#include <string.h>

lng_place lng_override_place(const lng_override_target *t, const char *part, size_t n)
{
    return (lng_place){t->path, 1, (int)(part - t->whole) + 1, n ? (int)n : 1};
}

const lng_doc *lng_override_block(const lng_override_target *t, const char *name)
{
    const lng_doc *own = lng_doc_get(lng_doc_get(t->root, "blocks"), name);
    const lng_block *standard = lng_map_get(t->library->standard, strncmp(name, "std.", 4) == 0 ? name + 4 : name);
    return own ? own : standard ? standard->doc : NULL;
}

static void offer_keys(lng_nearest *near, const lng_doc *in)
{
    for (size_t i = 0; in && in->kind == LNG_DOC_MAPPING && i < in->count; i++)
        lng_nearest_offer(near, in->key[i]->text);
}

/* What a path can begin with: the keys of a model, present or not, and the hyper-parameters. */
static void offer_model(const lng_override_target *t, lng_nearest *near)
{
    for (size_t i = 0; i < lng_section_model.keys; i++)
        lng_nearest_offer(near, lng_section_model.key[i].name);
    offer_keys(near, lng_doc_get(t->root, "with"));
}

/* NULL: none is near. */
static const char *nearest_key(const lng_override_target *t, const lng_doc *in, const char *name)
{
    lng_nearest near = {.wrong = name};
    offer_keys(&near, in);
    if (in == t->root)
        offer_model(t, &near);
    return near.best;
}

static bool missing(const lng_override_target *t, const lng_doc *in, const char *part, size_t n)
{
    const char *name = lng_copy_n(t->arena, part, n), *near = nearest_key(t, in, name);
    lng_place place = lng_override_place(t, part, n);
    if (in->kind == LNG_DOC_MAPPING)
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "the file has no key `%.60s` here", name);
    else if (in->count == 0)
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "no item `%.60s`: the sequence is empty", name);
    else
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "no item `%.60s`: indices run from 0 to %zu", name, in->count - 1);
    if (near)
        lng_error_hint(t->errors, "did you mean `%s`?", near);
    return false;
}

/* ---- where a path has led ---- */
/* NULL: there is none. */
static lng_doc **entry_of(lng_doc *in, const char *part, size_t n)
{
    int64_t at;
    if (in->kind == LNG_DOC_SEQUENCE)
        return lng_parse_int(part, n, &at) && at >= 0 && (uint64_t)at < in->count ? &in->item[at] : NULL;
    for (size_t i = 0; in->kind == LNG_DOC_MAPPING && i < in->count; i++)
        if (in->key[i]->length == n && memcmp(in->key[i]->text, part, n) == 0)
            return &in->item[i];
    return NULL;
}

void lng_override_enter(const lng_override_target *t, lng_override_position *p, const char *part, size_t n)
{
    lng_doc *call = *p->at;
    if (!p->expression || call->kind != LNG_DOC_MAPPING || lng_section_find(&lng_section_step, lng_copy_n(t->arena, part, n)))
        return;
    const bool named = entry_of(call, part, n) != NULL;
    for (size_t i = 0; i < call->count; i++)
        if (!lng_section_find(&lng_section_step, call->key[i]->text)) {
            if (lng_doc_is_null(call->item[i]))
                call->item[i] = lng_doc_mapping(t->arena, call->item[i]->place);
            if (!named)
                *p = (lng_override_position){.at = &call->item[i], .expressions = true};
            return;
        }
}

bool lng_override_go(const lng_override_target *t, lng_override_position *p, const char *part, size_t n)
{
    lng_doc *in = *p->at, **found = entry_of(in, part, n);
    const lng_section_key *key = p->section ? lng_section_find(p->section, lng_copy_n(t->arena, part, n)) : NULL;
    const lng_section *section = key && key->type == LNG_KEY_SECTION ? key->section : NULL;
    const bool names = key && key->type == LNG_KEY_NAMES, blocks = names && strcmp(key->name, "blocks") == 0;
    if (!found && section && in->kind == LNG_DOC_MAPPING) {
        lng_doc_set(t->arena, in, lng_copy_n(t->arena, part, n), lng_doc_mapping(t->arena, lng_override_place(t, part, n)));
        found = entry_of(in, part, n);
    }
    if (!found)
        return missing(t, in, part, n);
    *p = (lng_override_position){.at = found,
                                 .section = p->blocks ? &lng_section_block : section,
                                 .blocks = blocks,
                                 .expression = p->expressions || in->kind == LNG_DOC_SEQUENCE ||
                                               (key && (key->type == LNG_KEY_EXPRESSION || key->type == LNG_KEY_EXPRESSIONS)),
                                 .expressions = (p->expression && in->kind == LNG_DOC_MAPPING) || (names && !blocks)};
    return true;
}

/* ---- the value ---- */
static lng_source *source_of(const lng_override_target *t, const lng_override *o, const char *text)
{
    lng_source *source = LNG_NEW(t->arena, lng_source);
    *source =
        (lng_source){.name = lng_format(t->arena, "--set %s", o->path), .text = lng_copy(t->arena, text), .length = strlen(text)};
    return source;
}

static lng_doc *value_of(const lng_override_target *t, const lng_override *o)
{
    lng_source *source = source_of(t, o, o->value);
    if (source->length > 0)
        return lng_doc_parse(t->arena, source, t->errors);
    lng_error(t->errors, LNG_E_MISSING_KEY, (lng_place){source, 0, 0, 0}, "the value is missing: --set %s=VALUE", o->path);
    return NULL;
}

static bool no_call(const lng_override_target *t, const char *text, const char *path)
{
    const size_t n = strcspn(path, ".");
    return lng_error(t->errors, LNG_E_UNKNOWN_KEY, lng_override_place(t, path, n), "no key `%.*s`: `%.60s` is not a mapping",
                     (int)n, path, text);
}

/* An attribute of a call that is written as text. A bare name becomes a mapping, which is a call in a chain, too. */
static bool put_in_call(const lng_override_target *t, const lng_override_position *p, const lng_override *o, const char *path,
                        lng_doc *value)
{
    lng_doc **at = p->at;
    const char *old = (*at)->text;
    if (!p->expression)
        return no_call(t, old, path);
    lng_override_call written;
    if (lng_override_call_read(t->arena, old, &written) && written.close == 0 && !strchr(path, '.')) {
        lng_doc *call = lng_doc_mapping(t->arena, (*at)->place), *attributes = lng_doc_mapping(t->arena, (*at)->place);
        lng_doc_set(t->arena, attributes, path, value);
        lng_doc_set(t->arena, call, old, attributes);
        *at = call;
        return true;
    }
    const char *text = lng_override_call_set(t, old, path, value->kind == LNG_DOC_SCALAR ? value->text : o->value);
    if (!text)
        return false;
    const lng_place place = {source_of(t, o, text), 1, 1, (int)strlen(text)};
    *at = lng_doc_scalar(t->arena, text, place);
    return true;
}

static bool put(const lng_override_target *t, const lng_override_position *p, const char *part, lng_doc *value)
{
    lng_doc *in = *p->at, **found = entry_of(in, part, strlen(part));
    if (found)
        *found = value;
    else if (in == t->root && !lng_section_find(&lng_section_model, part) && nearest_key(t, in, part))
        return missing(t, in, part, strlen(part));
    else if (in->kind == LNG_DOC_MAPPING && *part) /* an absent key: the tables say whether it exists */
        lng_doc_set(t->arena, in, part, value);
    else
        return missing(t, in, part, strlen(part));
    return true;
}

/* The declaration of the hyper-parameter that a path begins with; NULL: it begins with none. */
static lng_doc **hyper_parameter(lng_doc *root, const char *path)
{
    lng_doc *with = lng_doc_get(root, "with"), **found = with ? entry_of(with, path, strcspn(path, ".")) : NULL;
    return found && (*found)->kind == LNG_DOC_SCALAR ? found : NULL;
}

/* Another default, or another attribute in it. */
static bool put_default(const lng_override_target *t, lng_doc **declaration, const lng_override *o, lng_doc *value)
{
    const char *text = (*declaration)->text, *old = lng_attr_decl_default(t->arena, text);
    const char *dot = strchr(o->path, '.'), *new = value->kind == LNG_DOC_SCALAR ? value->text : o->value;
    const lng_place place = {source_of(t, o, new), 1, 1, (int)strlen(new)};
    if (dot && !old)
        return lng_error(t->errors, LNG_E_UNKNOWN_KEY, lng_override_place(t, dot + 1, strlen(dot + 1)),
                         "`%.*s` has no default to change", (int)(dot - o->path), o->path);
    if (dot ? !(new = lng_override_call_set(t, old, dot + 1, new))
            : !lng_expr_parse(t->arena, lng_doc_scalar(t->arena, new, place), false, t->errors))
        return false;
    const char *whole =
        old ? lng_format(t->arena, "%.*s%s", (int)(old - text), text, new) : lng_format(t->arena, "%s = %s", text, new);
    *declaration = lng_doc_scalar(t->arena, whole, (lng_place){source_of(t, o, whole), 1, 1, (int)strlen(whole)});
    return true;
}

static bool apply(const lng_override_target *t, lng_doc *root, const lng_override *o)
{
    lng_doc *value = value_of(t, o), **declaration = hyper_parameter(root, o->path);
    if (value && declaration)
        return put_default(t, declaration, o, value);
    lng_override_position p = {.at = &root, .section = &lng_section_model};
    for (const char *part = t->whole; value;) {
        const char *dot = strchr(part, '.');
        const size_t n = dot ? (size_t)(dot - part) : strlen(part);
        lng_override_enter(t, &p, part, n);
        if ((*p.at)->kind == LNG_DOC_SCALAR)
            return put_in_call(t, &p, o, part, value);
        if (!dot)
            return put(t, &p, part, value);
        if (!lng_override_go(t, &p, part, n))
            return false;
        part = dot + 1;
    }
    return false;
}

bool lng_override_apply(lng_arena *arena, lng_doc *root, const lng_library *library, const lng_override *o, size_t n,
                        lng_errors *errors)
{
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        lng_source *path = LNG_NEW(arena, lng_source);
        *path = (lng_source){.name = "--set", .text = lng_format(arena, "%s=%s", o[i].path, o[i].value)};
        path->length = strlen(path->text);
        const lng_override copy = {lng_copy(arena, o[i].path), o[i].value};
        const lng_override_target t = {
            .arena = arena, .errors = errors, .library = library, .root = root, .path = path, .whole = copy.path};
        good = apply(&t, root, &copy) && good;
    }
    return good;
}
