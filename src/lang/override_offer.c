/* What can continue an override, for completion: keys and attributes after a path, values after its `=`. */
#include "lang/override.h"
#include "data/format.h"
#include "syntax/attr_decl.h"
#include <string.h>

typedef struct offering {
    lng_override_target target;
    lng_override_position p;
    const char *text;  /* of the call that is looked into; NULL: p */
    const char *block; /* p is a mapping of this block's attributes; NULL: it is not */
    const char *before;
    lng_map *words;
} offering;

static void offer(offering *o, const char *name, const char *end, const char *about)
{
    lng_map_put(o->words, lng_format(o->target.arena, "%s%s%s", o->before, name, end), (void *)(about ? about : ""));
}

/* ---- the way there ---- */
static bool go_into_call(offering *o, const char *part)
{
    lng_override_call c;
    if (!lng_override_call_read(o->target.arena, o->text, &c))
        return false;
    const lng_override_argument *a = lng_override_call_find(&o->target, &c, part);
    if (a)
        o->text = lng_copy_n(o->target.arena, o->text + a->from, a->to - a->from);
    return a || strcmp(c.name, part) == 0;
}

/* A call that is written in YAML: on to its attributes. */
static void enter(offering *o, const char *part)
{
    lng_doc *call = *o->p.at;
    if (o->text)
        return;
    for (size_t i = 0; o->p.expression && call->kind == LNG_DOC_MAPPING && i < call->count; i++)
        if (!lng_section_find(&lng_section_step, call->key[i]->text))
            o->block = call->key[i]->text;
    lng_override_enter(&o->target, &o->p, part, strlen(part));
    if (o->p.expression && (*o->p.at)->kind == LNG_DOC_SCALAR)
        o->text = (*o->p.at)->text;
}

/* The model's own attributes; NULL: it has none. */
static const lng_doc *hyper_parameters(const offering *o)
{
    const lng_doc *with = lng_doc_get(o->target.root, "with");
    return with && with->kind == LNG_DOC_MAPPING ? with : NULL;
}

/* The default of a hyper-parameter, which may be a call; NULL: the part names none, or it has no default. */
static const char *default_of(const offering *o, const char *part)
{
    const lng_doc *declared = o->p.section == &lng_section_model ? lng_doc_get(hyper_parameters(o), part) : NULL;
    return declared && declared->kind == LNG_DOC_SCALAR ? lng_attr_decl_default(o->target.arena, declared->text) : NULL;
}

static bool go(offering *o, const char *part)
{
    enter(o, part);
    if (!o->text && (o->text = default_of(o, part))) {
        o->p.section = NULL;
        return true;
    }
    if (o->text)
        return go_into_call(o, part);
    if (!o->p.expression)
        o->block = NULL;
    return lng_override_go(&o->target, &o->p, part, strlen(part));
}

/* ---- what is there ---- */
static const lng_doc *attributes_of(const offering *o)
{
    lng_override_call c;
    const char *name = o->block;
    if (o->p.section == &lng_section_model && !o->text)
        return hyper_parameters(o);
    if (o->text && lng_override_call_read(o->target.arena, o->text, &c))
        name = c.name;
    const lng_doc *block = name ? lng_override_block(&o->target, name) : NULL, *with = block ? lng_doc_get(block, "with") : NULL;
    return with && with->kind == LNG_DOC_MAPPING ? with : NULL;
}

static bool is_call(const lng_override_target *t, const char *text)
{
    lng_override_call c;
    return lng_override_call_read(t->arena, text, &c) && lng_override_block(t, c.name);
}

/* Offers a key, which a value or more of a path can follow. */
static void offer_key(offering *o, const char *name, const lng_doc *value, bool mapping, const char *about)
{
    const bool scalar = !mapping && (!value || value->kind == LNG_DOC_SCALAR);
    if (scalar)
        offer(o, name, "=", about);
    if (!scalar || (value && is_call(&o->target, value->text)))
        offer(o, name, ".", about);
}

static void offer_section(offering *o)
{
    const lng_section *s = o->p.section;
    for (size_t i = 0; i < s->keys; i++)
        if (s->key[i].type == LNG_KEY_SEQUENCE)
            offer(o, s->key[i].name, "+=", s->key[i].about);
    for (size_t i = 0; i < s->keys; i++)
        offer_key(o, s->key[i].name, lng_doc_get(*o->p.at, s->key[i].name), s->key[i].type == LNG_KEY_SECTION, s->key[i].about);
}

static void offer_entries(offering *o)
{
    const lng_doc *in = *o->p.at;
    for (size_t i = 0; i < in->count; i++) {
        const lng_doc *item = in->item[i];
        const char *name = in->kind == LNG_DOC_MAPPING ? in->key[i]->text : lng_format(o->target.arena, "%zu", i);
        const char *about = item->kind == LNG_DOC_SCALAR                   ? item->text
                            : item->kind == LNG_DOC_MAPPING && item->count ? item->key[0]->text
                                                                           : "";
        offer_key(o, name, item, false, about);
    }
}

static void offer_keys(offering *o)
{
    const lng_doc *with = attributes_of(o);
    for (size_t i = 0; with && i < with->count; i++) {
        const char *name = with->key[i]->text, *call = default_of(o, name);
        offer(o, name, "=", with->item[i]->kind == LNG_DOC_SCALAR ? with->item[i]->text : NULL);
        if (call && is_call(&o->target, call))
            offer(o, name, ".", call);
    }
    if (o->p.section)
        offer_section(o);
    else if (!with && !o->text)
        offer_entries(o);
}

/* ---- values ---- */
static void offer_attribute_values(offering *o, const lng_doc *with, const char *name)
{
    lng_attr_decl decl;
    for (size_t i = 0; i < with->count; i++) {
        if (strcmp(with->key[i]->text, name) != 0 ||
            !lng_attr_decl_parse(o->target.arena, with->key[i], with->item[i], &decl, o->target.errors))
            continue;
        for (size_t k = 0; k < decl.choices; k++)
            offer(o, decl.choice[k], "", NULL);
        if (decl.type == LNG_TYPE_BOOL)
            offer(o, "true", "", NULL), offer(o, "false", "", NULL);
        else if (decl.fallback && decl.choices == 0)
            offer(o, lng_attr_decl_default(o->target.arena, decl.text), "", "the default");
    }
}

static void offer_values(offering *o, const char *name)
{
    const lng_doc *with = attributes_of(o);
    const lng_section_key *key = o->p.section ? lng_section_find(o->p.section, name) : NULL;
    const char *about, *word;
    if (with)
        offer_attribute_values(o, with, name);
    for (size_t i = 0; key && key->choice && (word = key->choice(i, &about)); i++)
        offer(o, word, "", about);
    if (key && key->type == LNG_KEY_NAMED) {
        const lng_map *sets = lng_data_sets(o->target.arena, o->target.errors);
        for (size_t i = 0; i < lng_map_count(sets); i++)
            offer(o, lng_map_key(sets, i), "", "a data set");
    }
    if (key && key->fallback && !key->choice)
        offer(o, key->fallback, "", "the default");
}

/* Offers what can follow the last dot, or the `=`. */
static void offer_after(offering *o, const char *path, const char *equals)
{
    const char *part = path;
    for (const char *dot; (dot = strchr(part, '.')) && (!equals || dot < equals); part = dot + 1)
        if (!go(o, lng_copy_n(o->target.arena, part, (size_t)(dot - part))))
            return;
    const char *last = equals ? lng_copy_n(o->target.arena, part, (size_t)(equals - part)) : "";
    o->before = lng_copy_n(o->target.arena, path, (size_t)((equals ? equals + 1 : part) - path));
    enter(o, last);
    if (equals)
        offer_values(o, last);
    else
        offer_keys(o);
}

void lng_override_offer(lng_arena *arena, const lng_doc *model, const char *typed, lng_map *words)
{
    lng_errors *unheard = lng_errors_unheard(arena); /* half a path is full of mistakes */
    lng_doc *root = model && model->kind == LNG_DOC_MAPPING ? lng_doc_copy(arena, model) : lng_doc_mapping(arena, (lng_place){0});
    const lng_override_target target = {.arena = arena,
                                        .errors = unheard,
                                        .library = lng_library_new(arena, unheard),
                                        .root = root,
                                        .path = LNG_NEW(arena, lng_source),
                                        .whole = typed};
    offer_after(&(offering){.target = target, .p = {.at = &root, .section = &lng_section_model}, .words = words}, typed,
                strchr(typed, '='));
}
