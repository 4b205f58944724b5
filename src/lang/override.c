/* Overrides: `--set train.batch=100` changes the document before it is elaborated, `--set report.metrics+=...` adds an item to a list.
 * The value is YAML. A path leads through mappings, sequences (by index) and calls (by attribute). */
#include "lang/override.h"
#include <string.h>

lng_place lng_override_place(const lng_override_target *t, const char *part, size_t n)
{
    return (lng_place){t->path, 1, (int)(part - t->whole) + 1, n ? (int)n : 1};
}

const lng_doc *lng_override_block(const lng_override_target *t, const char *name)
{
    const lng_doc *own = lng_doc_get(lng_doc_get(t->root, "blocks"), name);
    lng_block *standard = lng_map_get(t->library->standard, strncmp(name, "std.", 4) == 0 ? name + 4 : name);
    return own ? own : standard ? lng_block_doc(t->arena, standard, t->errors) : NULL;
}

static void offer_keys(lng_nearest *near, const lng_doc *in)
{
    for (size_t i = 0; in && in->kind == LNG_DOC_MAPPING && i < in->count; i++)
        lng_nearest_offer(near, in->key[i]->text);
}

/* The keys that are here or may be, and at the beginning of a path the hyper-parameters. NULL: none is near. */
static const char *nearest_key(const lng_override_target *t, const lng_override_position *p, const char *name)
{
    lng_nearest near = {.wrong = name};
    offer_keys(&near, *p->at);
    for (size_t i = 0; p->section && i < p->section->keys; i++)
        lng_nearest_offer(&near, p->section->key[i].name);
    if (*p->at == t->root)
        offer_keys(&near, lng_doc_get(t->root, "with"));
    return near.best;
}

bool lng_override_no_item(const lng_override_target *t, const char *part, size_t n, size_t items)
{
    const lng_place place = lng_override_place(t, part, n);
    if (items == 0)
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "no item `%.*s`: the list is empty", (int)n, part);
    else if (items == 1)
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "no item `%.*s`: the only item of the list is 0", (int)n, part);
    else
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "no item `%.*s`: the items of the list are 0 to %zu", (int)n, part,
                  items - 1);
    if (part > t->whole)
        lng_error_hint(t->errors, "to add an item: `%.*s+=VALUE`", (int)(part - 1 - t->whole), t->whole);
    return false;
}

bool lng_override_no_list(const lng_override_target *t, const char *what)
{
    lng_error(t->errors, LNG_E_TYPE, lng_override_place(t, t->whole, strlen(t->whole)),
              "`+=` adds an item to a list, but `%.60s` is %.60s", t->whole, what);
    lng_error_hint(t->errors, "to replace it: `%s=VALUE`", t->whole);
    return false;
}

/* `name[0]`, which others write: the text of the hint; NULL: it is no such thing. */
static const char *dotted(const lng_override_target *t, const char *name)
{
    const size_t n = strcspn(name, "["), digits = name[n] ? strspn(name + n + 1, "0123456789") : 0;
    return digits && strcmp(name + n + 1 + digits, "]") == 0
               ? lng_format(t->arena, "%.*s.%.*s", (int)n, name, (int)digits, name + n + 1)
               : NULL;
}

static bool missing(const lng_override_target *t, const lng_override_position *p, const char *part, size_t n)
{
    const lng_doc *in = *p->at;
    const char *name = lng_copy_n(t->arena, part, n), *near = nearest_key(t, p, name), *path = dotted(t, name);
    if (in->kind == LNG_DOC_SEQUENCE)
        return lng_override_no_item(t, part, n, in->count);
    lng_error(t->errors, LNG_E_UNKNOWN_KEY, lng_override_place(t, part, n), "the file has no key `%.60s` here", name);
    if (path)
        lng_error_hint(t->errors, "the items of a list are keys, too: `%s`", path);
    else if (near)
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

/* The entry that is a call: the only one that is not a key of a step; NULL: there is none. */
static lng_doc **call_in(const lng_doc *step)
{
    lng_doc **found = NULL;
    for (size_t i = 0; i < step->count; i++)
        if (!lng_section_find(&lng_section_step, step->key[i]->text)) {
            if (found || (step->item[i]->kind == LNG_DOC_SCALAR && !lng_doc_is_null(step->item[i])))
                return NULL; /* terms of a loss */
            found = &step->item[i];
        }
    return found;
}

void lng_override_enter(const lng_override_target *t, lng_override_position *p, const char *part, size_t n)
{
    lng_doc *step = *p->at;
    if (!p->expression || step->kind != LNG_DOC_MAPPING || lng_section_find(&lng_section_step, lng_copy_n(t->arena, part, n)))
        return;
    lng_doc **call = call_in(step);
    if (!call)
        return;
    if (lng_doc_is_null(*call))
        *call = lng_doc_mapping(t->arena, (*call)->place);
    if (!entry_of(step, part, n))
        *p = (lng_override_position){.at = call, .expressions = true};
}

/* What the table says of an entry. */
static lng_override_position entry_position(const lng_override_position *p, const lng_section_key *key)
{
    const bool keyed = key && (key->type == LNG_KEY_SECTION || key->type == LNG_KEY_NAMED);
    const bool several = key && (key->type == LNG_KEY_NAMES || key->type == LNG_KEY_SEQUENCE);
    return (lng_override_position){
        .section = p->each ? p->each
                   : keyed ? key->section
                           : NULL,
        .each = several ? key->section : NULL,
        .expression = p->expressions || (key && (key->type == LNG_KEY_EXPRESSION || key->type == LNG_KEY_EXPRESSIONS)),
        .expressions = several && !key->section,
    };
}

bool lng_override_go(const lng_override_target *t, lng_override_position *p, const char *part, size_t n)
{
    lng_doc *in = *p->at, **found = entry_of(in, part, n);
    const char *name = lng_copy_n(t->arena, part, n);
    const lng_section_key *key = p->section ? lng_section_find(p->section, name) : NULL;
    const bool list = key && key->type == LNG_KEY_SEQUENCE && t->append && !part[n];
    if (!found && in->kind == LNG_DOC_MAPPING && (list || (key && key->type == LNG_KEY_SECTION))) {
        const lng_place place = lng_override_place(t, part, n);
        lng_doc_set(t->arena, in, name, list ? lng_doc_sequence(t->arena, place) : lng_doc_mapping(t->arena, place));
        found = entry_of(in, part, n);
    }
    if (!found && key && t->append && !part[n])
        return lng_override_no_list(t, lng_key_type_text(key->type));
    if (!found)
        return missing(t, p, part, n);
    const bool attribute = p->expression && in->kind == LNG_DOC_MAPPING, step = in->kind == LNG_DOC_SEQUENCE && !p->each;
    *p = entry_position(p, key);
    p->at = found;
    p->expression = p->expression || step;
    p->expressions = p->expressions || attribute;
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
        return t->append && !*path ? lng_override_no_list(t, lng_format(t->arena, "`%s`", old)) : no_call(t, old, path);
    lng_override_call written;
    if (lng_override_call_read(t->arena, old, &written) && written.close == 0 && !strchr(path, '.') && !t->append) {
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
    else if (in->kind != LNG_DOC_MAPPING || !*part || dotted(t, part) ||
             (in == t->root && !lng_section_find(&lng_section_model, part) && nearest_key(t, p, part)))
        return missing(t, p, part, strlen(part));
    else /* an absent key: the tables say whether it exists */
        lng_doc_set(t->arena, in, part, value);
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
    const size_t n = strcspn(o->path, ".");
    const char *rest = o->path[n] ? o->path + n + 1 : o->path + n, *new = value->kind == LNG_DOC_SCALAR ? value->text : o->value;
    const lng_place place = {source_of(t, o, new), 1, 1, (int)strlen(new)};
    const bool inside = *rest || t->append;
    if (inside && !old)
        return lng_error(t->errors, LNG_E_UNKNOWN_KEY, lng_override_place(t, rest, strlen(rest)), "`%.*s` has no default to change",
                         (int)n, o->path);
    if (inside ? !(new = lng_override_call_set(t, old, rest, new))
               : !lng_expr_parse(t->arena, lng_doc_scalar(t->arena, new, place), false, t->errors))
        return false;
    const char *whole =
        old ? lng_format(t->arena, "%.*s%s", (int)(old - text), text, new) : lng_format(t->arena, "%s = %s", text, new);
    *declaration = lng_doc_scalar(t->arena, whole, (lng_place){source_of(t, o, whole), 1, 1, (int)strlen(whole)});
    return true;
}

static bool append(const lng_override_target *t, const lng_override_position *p, const lng_override *o, lng_doc *value)
{
    lng_doc *list = *p->at;
    if (list->kind == LNG_DOC_SCALAR)
        return put_in_call(t, p, o, o->path + strlen(o->path), value);
    if (list->kind != LNG_DOC_SEQUENCE)
        return lng_override_no_list(t, "a mapping");
    lng_doc_push(t->arena, list, NULL, value);
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
        if (!dot && !t->append)
            return put(t, &p, part, value);
        if (!lng_override_go(t, &p, part, n))
            return false;
        if (!dot)
            return append(t, &p, o, value);
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
        const size_t n = strlen(o[i].path), plus = n > 0 && o[i].path[n - 1] == '+';
        const lng_override copy = {lng_copy_n(arena, o[i].path, n - plus), o[i].value};
        const lng_override_target t = {
            .arena = arena, .errors = errors, .library = library, .root = root, .path = path, .whole = copy.path, .append = plus};
        good = apply(&t, root, &copy) && good;
    }
    return good;
}
