/* Checks a mapping against the table of its section. */
#include "doc/schema.h"
#include "doc/number.h"
#include <string.h>

const char *lng_key_type_text(lng_key_type type)
{
    static const char *const text[] = {"text",
                                       "a word",
                                       "an integer",
                                       "a number",
                                       "an expression",
                                       "one or more expressions, separated by commas",
                                       "a mapping `NAME: VALUE`",
                                       "a sequence",
                                       "a mapping",
                                       "a name or a mapping"};
    return text[type];
}

const lng_section_key *lng_section_find(const lng_section *s, const char *key)
{
    for (size_t i = 0; i < s->keys; i++)
        if (strcmp(s->key[i].name, key) == 0)
            return &s->key[i];
    return NULL;
}

/* ---- checks ---- */
static const char *of(const lng_section *s)
{
    return s->name[0] ? s->name : "a model file";
}

/* The key that a wrong one is near to; NULL when none is. */
static const char *nearest(const lng_section *s, const char *wrong)
{
    lng_nearest near = {.wrong = wrong};
    for (size_t i = 0; i < s->keys; i++)
        lng_nearest_offer(&near, s->key[i].name);
    return near.best;
}

static bool unknown(const lng_section *s, const lng_doc *key, lng_errors *errors)
{
    const char *near = nearest(s, key->text);
    lng_error(errors, LNG_E_UNKNOWN_KEY, key->place, "`%.60s` is no key of %s", key->text, of(s));
    if (near)
        lng_error_hint(errors, "did you mean `%s`?", near);
    return false;
}

/* A required key that is absent, unless a misspelt one has been reported already. */
static bool missing(const lng_section *s, const lng_section_key *key, const lng_doc *doc, lng_errors *errors)
{
    for (size_t i = 0; i < doc->count; i++) {
        const char *near = lng_section_find(s, doc->key[i]->text) ? NULL : nearest(s, doc->key[i]->text);
        if (near && strcmp(near, key->name) == 0)
            return false;
    }
    lng_error(errors, LNG_E_MISSING_KEY, doc->place, "%s has no `%s`", s->name[0] ? s->name : "this file", key->name);
    lng_error_hint(errors, "%s: %s", key->name, key->about);
    return false;
}

static bool in_range(const lng_section_key *key, double x, lng_place place, lng_errors *errors)
{
    char low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE], got[LNG_NUMBER_SIZE];
    if (key->low == key->high || (x >= key->low && x <= key->high))
        return true;
    return lng_error(errors, LNG_E_RANGE, place, "`%s` is from %s to %s, got %s", key->name, lng_number(low, key->low),
                     lng_number(high, key->high), lng_number(got, x));
}

static bool check_word(const lng_section_key *key, const lng_doc *value, lng_errors *errors)
{
    lng_nearest near = {.wrong = value->text};
    const char *about, *word;
    for (size_t i = 0; (word = key->choice(i, &about)); i++) {
        if (strcmp(word, value->text) == 0)
            return true;
        lng_nearest_offer(&near, word);
    }
    lng_error(errors, LNG_E_UNKNOWN_NAME, value->place, "there is no %s `%.60s`", key->name, value->text);
    if (near.best)
        lng_error_hint(errors, "did you mean `%s`?", near.best);
    for (size_t i = 0; !near.best && (word = key->choice(i, &about)); i++)
        lng_error_hint(errors, "%s: %s", word, about);
    return false;
}

static bool value_check(const lng_section_key *key, const lng_doc *value, lng_errors *errors)
{
    int64_t i;
    double x;
    lng_doc_kind kind = value->kind;
    bool fits = true;
    if (kind == LNG_DOC_SCALAR && value->length == 0 && !value->quoted)
        return lng_error(errors, LNG_E_MISSING_KEY, value->place, "`%s` has no value; it takes %s", key->name,
                         lng_key_type_text(key->type));
    switch (key->type) {
    case LNG_KEY_TEXT:
    case LNG_KEY_EXPRESSIONS:
        fits = kind == LNG_DOC_SCALAR;
        break;
    case LNG_KEY_WORD:
        if (kind == LNG_DOC_SCALAR)
            return check_word(key, value, errors);
        fits = false;
        break;
    case LNG_KEY_INT:
        return lng_scalar_int(value, &i, errors) && in_range(key, (double)i, value->place, errors);
    case LNG_KEY_NUMBER:
        return lng_scalar_number(value, &x, errors) && in_range(key, x, value->place, errors);
    case LNG_KEY_NAMES:
        fits = kind == LNG_DOC_MAPPING;
        break;
    case LNG_KEY_SEQUENCE:
        fits = kind == LNG_DOC_SEQUENCE;
        break;
    case LNG_KEY_NAMED:
        fits = kind == LNG_DOC_SCALAR;
        /* fall through */
    case LNG_KEY_SECTION:
        if (kind == LNG_DOC_MAPPING)
            return lng_section_check(key->section, value, errors);
        fits = fits && key->type == LNG_KEY_NAMED;
        break;
    case LNG_KEY_EXPRESSION:
        break;
    }
    return fits || lng_error(errors, LNG_E_TYPE, value->place, "`%s` is %s", key->name, lng_key_type_text(key->type));
}

bool lng_section_check(const lng_section *s, const lng_doc *doc, lng_errors *errors)
{
    bool good = true;
    if (doc->kind != LNG_DOC_MAPPING)
        return lng_error(errors, LNG_E_TYPE, doc->place, "%s is a mapping, `key: value` on each line", of(s));
    for (size_t i = 0; i < doc->count; i++) {
        const lng_section_key *key = lng_section_find(s, doc->key[i]->text);
        if (!key)
            good = unknown(s, doc->key[i], errors);
        else if (key->not_yet)
            good = lng_error(errors, LNG_E_NOT_YET, doc->key[i]->place, "`%s` is not in this version of lngraph", key->name);
        else
            good = value_check(key, doc->item[i], errors) && good;
    }
    for (size_t i = 0; i < s->keys; i++)
        if (s->key[i].required && !lng_doc_get(doc, s->key[i].name))
            good = missing(s, &s->key[i], doc, errors);
    return good;
}

void lng_section_complete(lng_arena *arena, const lng_section *s, lng_doc *doc)
{
    for (size_t i = 0; i < s->keys; i++) {
        lng_doc *value = lng_doc_get(doc, s->key[i].name);
        if (!value && s->key[i].fallback)
            lng_doc_set(arena, doc, s->key[i].name, lng_doc_scalar(arena, s->key[i].fallback, doc->place));
        else if (value && s->key[i].section && value->kind == LNG_DOC_MAPPING)
            lng_section_complete(arena, s->key[i].section, value);
    }
}

bool lng_section_int(const lng_section *s, const lng_doc *doc, const char *name, int64_t *out)
{
    const lng_doc *value = doc ? lng_doc_get(doc, name) : NULL;
    const lng_section_key *key = lng_section_find(s, name);
    if (value)
        return value->kind == LNG_DOC_SCALAR && lng_parse_int(value->text, value->length, out);
    return key->fallback && lng_parse_int(key->fallback, strlen(key->fallback), out);
}

bool lng_section_number(const lng_section *s, const lng_doc *doc, const char *name, double *out)
{
    const lng_doc *value = doc ? lng_doc_get(doc, name) : NULL;
    const lng_section_key *key = lng_section_find(s, name);
    if (value)
        return value->kind == LNG_DOC_SCALAR && lng_parse_double(value->text, value->length, out);
    return key->fallback && lng_parse_double(key->fallback, strlen(key->fallback), out);
}
