/* Overrides: `--set train.batch=100` changes the document before it is elaborated. The value is YAML. */
#include "lang/compile.h"
#include <string.h>

typedef struct target {
    lng_arena *arena;
    lng_errors *errors;
    lng_source *path; /* the override's own text, to point at */
    const char *whole;
} target;

static lng_place place_of(const target *t, const char *part, size_t n)
{
    return (lng_place){t->path, 1, (int)(part - t->whole) + 1, n ? (int)n : 1};
}

static bool missing(const target *t, const lng_doc *in, const char *part, size_t n)
{
    const char *name = lng_copy_n(t->arena, part, n);
    lng_nearest near = {.wrong = name};
    for (size_t i = 0; in->kind == LNG_DOC_MAPPING && i < in->count; i++)
        lng_nearest_offer(&near, in->key[i]->text);
    lng_place place = place_of(t, part, n);
    if (in->kind == LNG_DOC_SCALAR)
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "no key `%.60s`: `%.60s` is not a mapping", name, in->text);
    else if (in->kind == LNG_DOC_MAPPING)
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "the file has no key `%.60s` here", name);
    else if (in->count == 0)
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "no item `%.60s`: the sequence is empty", name);
    else
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "no item `%.60s`: indices run from 0 to %zu", name, in->count - 1);
    if (near.best)
        lng_error_hint(t->errors, "did you mean `%s`?", near.best);
    return false;
}

static lng_doc **entry(lng_doc *in, const char *part, size_t n)
{
    int64_t at;
    if (in->kind == LNG_DOC_SEQUENCE)
        return lng_parse_int(part, n, &at) && at >= 0 && (uint64_t)at < in->count ? &in->item[at] : NULL;
    for (size_t i = 0; in->kind == LNG_DOC_MAPPING && i < in->count; i++)
        if (in->key[i]->length == n && memcmp(in->key[i]->text, part, n) == 0)
            return &in->item[i];
    return NULL;
}

static lng_doc *value_of(const target *t, const lng_override *o)
{
    lng_source *source = LNG_NEW(t->arena, lng_source);
    *source = (lng_source){
        .name = lng_format(t->arena, "--set %s", o->path), .text = lng_copy(t->arena, o->value), .length = strlen(o->value)};
    if (source->length == 0) {
        lng_error(t->errors, LNG_E_MISSING_KEY, (lng_place){source, 0, 0, 0}, "the value is missing: --set %s=VALUE", o->path);
        return NULL;
    }
    return lng_doc_parse(t->arena, source, t->errors);
}

/* The section that a key opens: one that is absent can be made. */
static const lng_section *opened(const target *t, const lng_section *in, const char *part, size_t n)
{
    const lng_section_key *key = in ? lng_section_find(in, lng_copy_n(t->arena, part, n)) : NULL;
    return key && key->type == LNG_KEY_SECTION ? key->section : NULL;
}

static bool apply(const target *t, lng_doc *at, const lng_override *o)
{
    lng_doc *value = value_of(t, o);
    const lng_section *section = &lng_section_model;
    if (!value)
        return false;
    for (const char *part = t->whole;;) {
        const char *dot = strchr(part, '.');
        size_t n = dot ? (size_t)(dot - part) : strlen(part);
        lng_doc **found = entry(at, part, n);
        if (!dot && found)
            *found = value;
        else if (!dot && at->kind == LNG_DOC_MAPPING && n > 0) /* a key that is absent: the tables know if there is one */
            lng_doc_set(t->arena, at, lng_copy_n(t->arena, part, n), value);
        else if (!dot)
            return missing(t, at, part, n);
        if (!dot)
            return true;
        section = opened(t, section, part, n);
        if (!found && section && at->kind == LNG_DOC_MAPPING) {
            lng_doc_set(t->arena, at, lng_copy_n(t->arena, part, n), lng_doc_mapping(t->arena, place_of(t, part, n)));
            found = entry(at, part, n);
        }
        if (!found)
            return missing(t, at, part, n);
        at = *found;
        part = dot + 1;
    }
}

bool lng_override_apply(lng_arena *arena, lng_doc *root, const lng_override *o, size_t n, lng_errors *errors)
{
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        lng_source *path = LNG_NEW(arena, lng_source);
        *path = (lng_source){.name = "--set", .text = lng_format(arena, "%s=%s", o[i].path, o[i].value)};
        path->length = strlen(path->text);
        target t = {arena, errors, path, path->text};
        lng_override copy = {lng_copy(arena, o[i].path), o[i].value};
        t.whole = copy.path;
        good = apply(&t, root, &copy) && good;
    }
    return good;
}
