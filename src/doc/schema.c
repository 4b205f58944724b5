/* Checks a mapping against the table of its section. */
#include "doc/schema.h"
#include "doc/number.h"
#include <stdio.h>
#include <string.h>

const char *lng_key_type_text(lng_key_type type)
{
    static const char *const text[] = {"text",
                                       "a word",
                                       "true or false",
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

bool lng_section_key_range(const lng_section_key *key, char low[LNG_NUMBER_SIZE], char high[LNG_NUMBER_SIZE])
{
    if (key->type == LNG_KEY_INT) {
        lng_grouped(low, key->least);
        lng_grouped(high, key->most);
        return key->least != key->most;
    }
    lng_grouped_number(low, key->low);
    lng_grouped_number(high, key->high);
    return key->low != key->high;
}

/* ---- unknown and missing keys ---- */

/* The outermost section, which has all others. */
typedef struct check {
    const lng_section *root;
    lng_errors *errors;
} check;

static bool check_section(const check *, const lng_section *, const lng_doc *);

/* The key nearest to a wrong one; NULL if none is near. */
static const char *nearest(const lng_section *s, const char *wrong)
{
    lng_nearest near = {.wrong = wrong};
    for (size_t i = 0; i < s->keys; i++)
        lng_nearest_offer(&near, s->key[i].name);
    return near.best;
}

/* The sections that have such a key, the outermost first. */
#define MOST_OWNERS 4
typedef struct owners {
    const lng_section *section[MOST_OWNERS];
    size_t count;
} owners;

static void find_owners(owners *o, const lng_section *from, const char *key)
{
    bool known = !lng_section_find(from, key) || o->count == MOST_OWNERS;
    for (size_t i = 0; i < o->count; i++)
        known = known || o->section[i] == from;
    if (!known)
        o->section[o->count++] = from;
    for (size_t i = 0; i < from->keys; i++)
        if (from->key[i].section)
            find_owners(o, from->key[i].section, key);
}

/* "a model file, `report` or a block" */
static void hint_owners(const owners *o, const char *key, lng_errors *errors)
{
    char nouns[MOST_OWNERS * 80] = "";
    size_t n = 0;
    for (size_t i = 0; i < o->count; i++)
        n += (size_t)snprintf(nouns + n, sizeof nouns - n, "%s%.60s",
                              i == 0             ? ""
                              : i + 1 < o->count ? ", "
                                                 : " and ",
                              o->section[i]->noun);
    lng_error_hint(errors, "`%s` is a key of %s", key, nouns);
}

static void list_keys(const lng_section *s, lng_errors *errors)
{
    char names[400] = "";
    size_t n = 0;
    for (size_t i = 0; i < s->keys; i++)
        if (n < sizeof names)
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "", s->key[i].name);
    lng_error_hint(errors, "the keys of %s are %s", s->noun, names);
}

static bool unknown(const check *c, const lng_section *s, const lng_doc *key)
{
    const char *near = nearest(s, key->text);
    owners others = {.count = 0};
    find_owners(&others, c->root, key->text);
    lng_error(c->errors, LNG_E_UNKNOWN_KEY, key->place, "%s has no key `%.60s`", s->noun, key->text);
    for (size_t i = 0; i < c->root->aliases; i++)
        if (strcmp(c->root->alias[i].wrong, key->text) == 0)
            return lng_error_hint(c->errors, "%s", c->root->alias[i].hint), false;
    if (others.count && !(near && lng_is_synonym(key->text, near)))
        hint_owners(&others, key->text, c->errors);
    else if (near)
        lng_error_hint(c->errors, "did you mean `%s`?", near);
    else
        list_keys(s, c->errors);
    return false;
}

static void list_words(const lng_section_key *key, lng_errors *errors)
{
    const char *about, *word;
    for (size_t i = 0; (word = key->choice(i, &about)); i++)
        lng_error_hint(errors, "%s: %s", word, about);
}

/* Reports an absent required key, unless a misspelled one has been reported. */
static bool missing(const lng_section *s, const lng_section_key *key, const lng_doc *doc, lng_errors *errors)
{
    for (size_t i = 0; i < doc->count; i++) {
        const char *near = lng_section_find(s, doc->key[i]->text) ? NULL : nearest(s, doc->key[i]->text);
        if (near && strcmp(near, key->name) == 0)
            return false;
    }
    lng_error(errors, LNG_E_MISSING_KEY, doc->place, "%s needs the key `%s`", s->noun, key->name);
    if (key->choice)
        list_words(key, errors);
    else
        lng_error_hint(errors, "%s: %s", key->name, key->about);
    return false;
}

/* ---- values ---- */
static bool in_range(const lng_section_key *key, bool within, const lng_doc *value, lng_errors *errors)
{
    char low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE];
    if (!lng_section_key_range(key, low, high) || within)
        return true;
    lng_error(errors, LNG_E_RANGE, value->place, "`%s` must be from %s to %s, not %.60s", key->name, low, high, value->text);
    if (key->beyond)
        lng_error_hint(errors, "%s", key->beyond);
    return false;
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
    else
        list_words(key, errors);
    return false;
}

/* A scalar in place of a section may be meant for the one key that the section needs, or has before all others. */
static void hint_key(const lng_section *s, const lng_doc *doc, lng_errors *errors)
{
    const lng_section_key *meant = s->keys ? &s->key[0] : NULL;
    for (size_t i = s->keys; i-- > 0;)
        if (s->key[i].required)
            meant = &s->key[i];
    const bool numeric = meant && (meant->type == LNG_KEY_INT || meant->type == LNG_KEY_NUMBER);
    if (doc->kind == LNG_DOC_SCALAR && meant &&
        (meant->type == LNG_KEY_TEXT || meant->type == LNG_KEY_NAMED ||
         (numeric && *doc->text && strchr("+-.0123456789", *doc->text))))
        lng_error_hint(errors, "write {%s: %.60s}", meant->name, doc->text);
    else if (meant)
        list_keys(s, errors);
}

static bool check_value(const check *c, const lng_section_key *key, const lng_doc *value)
{
    lng_errors *errors = c->errors;
    int64_t i;
    double x;
    lng_doc_kind kind = value->kind;
    bool fits = true, good = true;
    const bool nothing = lng_doc_is_null(value) && (value->length == 0 || key->type == LNG_KEY_EXPRESSIONS);
    if (nothing)
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
    case LNG_KEY_BOOL:
        fits = kind == LNG_DOC_SCALAR && (strcmp(value->text, "true") == 0 || strcmp(value->text, "false") == 0);
        break;
    case LNG_KEY_INT:
        return lng_scalar_int(value, &i, errors) && in_range(key, i >= key->least && i <= key->most, value, errors);
    case LNG_KEY_NUMBER:
        return lng_scalar_number(value, &x, errors) && in_range(key, x >= key->low && x <= key->high, value, errors);
    case LNG_KEY_NAMES:
        fits = kind == LNG_DOC_MAPPING;
        break;
    case LNG_KEY_SEQUENCE:
        fits = kind == LNG_DOC_SEQUENCE || (kind == LNG_DOC_MAPPING && key->terms);
        for (size_t n = 0; fits && key->section && n < value->count; n++)
            good = check_section(c, key->section, value->item[n]) && good;
        break;
    case LNG_KEY_NAMED:
        fits = kind == LNG_DOC_SCALAR;
        /* fall through */
    case LNG_KEY_SECTION:
        if (kind == LNG_DOC_MAPPING)
            return check_section(c, key->section, value);
        fits = fits && key->type == LNG_KEY_NAMED;
        break;
    case LNG_KEY_EXPRESSION:
        break;
    }
    if (fits)
        return good;
    lng_error(errors, LNG_E_TYPE, value->place, "`%s` must be %s", key->name, lng_key_type_text(key->type));
    if (key->type == LNG_KEY_NAMES)
        lng_error_hint(errors, "%s: %s", key->name, key->about);
    else if (key->type == LNG_KEY_SEQUENCE && kind == LNG_DOC_SCALAR &&
             lng_doc_place_at(value, value->length, 1).line == value->place.line)
        lng_error_hint(errors, "write each item on a line of its own: `- %.60s`", value->text);
    else if (key->type == LNG_KEY_SEQUENCE)
        lng_error_hint(errors, "each item starts with `- `");
    else if (key->type == LNG_KEY_WORD)
        list_words(key, errors);
    else if (key->type == LNG_KEY_SECTION)
        hint_key(key->section, value, errors);
    return false;
}

static bool not_a_mapping(const lng_section *s, const lng_doc *doc, lng_errors *errors)
{
    lng_error(errors, LNG_E_TYPE, doc->place, "%s must be a mapping, with `key: value` on each line", s->noun);
    hint_key(s, doc, errors);
    return false;
}

static bool check_section(const check *c, const lng_section *s, const lng_doc *doc)
{
    lng_errors *errors = c->errors;
    bool good = true;
    if (doc->kind != LNG_DOC_MAPPING)
        return not_a_mapping(s, doc, errors);
    for (size_t i = 0; i < doc->count; i++) {
        const lng_section_key *key = lng_section_find(s, doc->key[i]->text);
        if (!key)
            good = unknown(c, s, doc->key[i]), lng_cut_number_hint(doc, i, errors);
        else
            good = check_value(c, key, doc->item[i]) && good;
    }
    for (size_t i = 0; i < s->keys; i++)
        if (s->key[i].required && !lng_doc_get(doc, s->key[i].name))
            good = missing(s, &s->key[i], doc, errors);
    return good;
}

bool lng_section_check(const lng_section *root, const lng_section *s, const lng_doc *doc, lng_errors *errors)
{
    return check_section(&(check){root, errors}, s, doc);
}

void lng_section_complete(lng_arena *arena, const lng_section *s, lng_doc *doc)
{
    for (size_t i = 0; i < s->keys; i++) {
        lng_doc *value = lng_doc_get(doc, s->key[i].name);
        if (!value && s->key[i].fallback)
            lng_doc_set(arena, doc, s->key[i].name, lng_doc_scalar(arena, s->key[i].fallback, doc->place));
        else if (value && s->key[i].section && s->key[i].type != LNG_KEY_NAMES && value->kind == LNG_DOC_MAPPING)
            lng_section_complete(arena, s->key[i].section, value);
        else if (value && s->key[i].section && value->kind == LNG_DOC_SEQUENCE)
            for (size_t n = 0; n < value->count; n++)
                lng_section_complete(arena, s->key[i].section, value->item[n]);
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

bool lng_section_word(const lng_section *s, const lng_doc *doc, const char *name, unsigned *out)
{
    const lng_doc *value = doc ? lng_doc_get(doc, name) : NULL;
    const lng_section_key *key = lng_section_find(s, name);
    const char *text = !value ? key->fallback : value->kind == LNG_DOC_SCALAR ? value->text : NULL, *about, *word;
    for (unsigned i = 0; text && (word = key->choice(i, &about)); i++)
        if (strcmp(word, text) == 0)
            return *out = i, true;
    return false;
}
