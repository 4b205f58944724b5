/* Trees: queries, construction, changes. */
#include "config.h"
#include "doc/inside.h"
#include <string.h>

static size_t capacity_of(size_t count)
{
    size_t capacity = count ? 4 : 0;
    while (capacity < count)
        capacity *= 2;
    return capacity;
}

void lng_doc_push(lng_arena *a, lng_doc *c, lng_doc *key, lng_doc *item)
{
    size_t keys = capacity_of(c->count), items = keys;
    if (c->kind == LNG_DOC_MAPPING) {
        c->key = lng_grow(a, c->key, c->count, &keys, sizeof *c->key);
        c->key[c->count] = key;
    }
    c->item = lng_grow(a, c->item, c->count, &items, sizeof *c->item);
    c->item[c->count++] = item;
}

static lng_doc **slot_of(const lng_doc *mapping, const char *key)
{
    if (mapping && mapping->kind == LNG_DOC_MAPPING)
        for (size_t i = 0; i < mapping->count; i++)
            if (strcmp(mapping->key[i]->text, key) == 0)
                return &mapping->item[i];
    return NULL;
}

lng_doc *lng_doc_get(const lng_doc *mapping, const char *key)
{
    lng_doc **slot = slot_of(mapping, key);
    return slot ? *slot : NULL;
}

bool lng_doc_is_null(const lng_doc *d)
{
    return d->kind == LNG_DOC_SCALAR && !d->quoted && (d->length == 0 || strcmp(d->text, "null") == 0 || strcmp(d->text, "~") == 0);
}

static lng_doc *make(lng_arena *a, lng_doc_kind kind, lng_place place)
{
    lng_doc *d = LNG_NEW(a, lng_doc);
    d->kind = kind;
    d->place = place;
    return d;
}

lng_doc *lng_doc_scalar(lng_arena *a, const char *text, lng_place place)
{
    lng_doc *d = make(a, LNG_DOC_SCALAR, place);
    d->text = lng_copy(a, text);
    d->length = strlen(text);
    return d;
}

lng_doc *lng_doc_mapping(lng_arena *a, lng_place place)
{
    return make(a, LNG_DOC_MAPPING, place);
}

lng_doc *lng_doc_sequence(lng_arena *a, lng_place place)
{
    lng_doc *d = make(a, LNG_DOC_SEQUENCE, place);
    d->flow = true;
    return d;
}

void lng_doc_set(lng_arena *a, lng_doc *mapping, const char *key, lng_doc *item)
{
    lng_doc **slot = slot_of(mapping, key);
    if (slot)
        *slot = item;
    else
        lng_doc_push(a, mapping, lng_doc_scalar(a, key, item->place), item);
}

lng_doc *lng_doc_key(const lng_doc *mapping, const char *key)
{
    lng_doc **slot = slot_of(mapping, key);
    return slot ? mapping->key[slot - mapping->item] : NULL;
}

void lng_doc_remove(lng_doc *mapping, const char *key)
{
    lng_doc **slot = slot_of(mapping, key);
    if (!slot)
        return;
    const size_t at = (size_t)(slot - mapping->item), after = --mapping->count - at;
    memmove(slot, slot + 1, after * sizeof *slot);
    memmove(mapping->key + at, mapping->key + at + 1, after * sizeof *mapping->key);
}

/* Recurses as deep as the tree, which the parser, or the code that made it, limits. */
lng_doc *lng_doc_copy(lng_arena *a, const lng_doc *d)
{
    lng_doc *copy = LNG_NEW(a, lng_doc);
    *copy = *d;
    if (d->kind == LNG_DOC_SCALAR) {
        copy->text = lng_copy_n(a, d->text, d->length);
        return copy;
    }
    copy->count = 0;
    copy->key = copy->item = NULL;
    for (size_t i = 0; i < d->count; i++)
        lng_doc_push(a, copy, d->kind == LNG_DOC_MAPPING ? lng_doc_copy(a, d->key[i]) : NULL, lng_doc_copy(a, d->item[i]));
    return copy;
}

/* ---- places inside scalars ---- */

/* A walk goes through the source of a plain or quoted scalar, in step with its text. */
static void step(lng_doc_walk *w)
{
    if (*w->at == '\n' || (*w->at == '\r' && !(w->at + 1 < w->end && w->at[1] == '\n'))) {
        w->line++;
        w->column = 0;
    } else if (*w->at == '\r') {
        w->column--;
    }
    do
        w->at++;
    while (w->at < w->end && ((unsigned char)*w->at & 0xc0) == 0x80);
    w->column++;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Passes line ends and the space around them, if they follow: n line ends were folded to a space or n - 1 line ends. Returns how many bytes
 * of the text they became, 0 if there is no line end here. */
static size_t pass_fold(lng_doc_walk *w)
{
    lng_doc_walk ahead = *w;
    int line = w->line;
    while (ahead.at < ahead.end && is_space(*ahead.at))
        step(&ahead);
    if (ahead.line == line)
        return 0;
    *w = ahead;
    return ahead.line - line == 1 ? 1 : (size_t)(ahead.line - line - 1);
}

static int escape_length(char c)
{
    return c == 'x' ? 3 : c == 'u' ? 5 : c == 'U' ? 9 : 1;
}

/* Passes the source of one character of the text. */
static bool pass_character(lng_doc_walk *w, char quote, const char *text)
{
    if (quote == '"' && *w->at == '\\') {
        step(w);
        for (int n = w->at < w->end ? escape_length(*w->at) : 0; n > 0 && w->at < w->end; n--)
            step(w);
        return true;
    }
    if (*w->at != *text)
        return false;
    if (quote == '\'' && *w->at == '\'')
        step(w);
    step(w);
    return true;
}

static bool is_known(const lng_doc *d)
{
    const lng_place *p = &d->place;
    return d->kind == LNG_DOC_SCALAR && !d->block && p->source && p->source->text && p->line >= 1;
}

lng_doc_walk lng_doc_walk_new(const lng_doc *d)
{
    lng_doc_walk w = {.doc = d};
    if (!is_known(d))
        return w;
    const lng_source *s = d->place.source;
    w.at = s->text + (d->at > 0 && d->at <= s->length ? d->at : lng_place_offset(d->place));
    w.end = s->text + s->length;
    w.line = d->place.line;
    w.column = d->place.column;
    if (!d->quoted)
        return w;
    if (w.at < w.end && (*w.at == '"' || *w.at == '\'')) {
        w.quote = *w.at;
        step(&w);
    } else
        w.at = NULL;
    return w;
}

/* Passes what is nothing in the text: an escaped line end, and the space after it. */
static void pass_nothing(lng_doc_walk *w)
{
    while (w->quote == '"' && w->at + 1 < w->end && *w->at == '\\' && (w->at[1] == '\n' || w->at[1] == '\r')) {
        step(w);
        pass_fold(w);
    }
}

/* Passes the next character of the text; false when the source says something else. */
static bool pass_next(lng_doc_walk *w)
{
    const lng_doc *d = w->doc;
    const char *text = d->text + w->offset;
    if (w->at >= w->end)
        return false;
    const size_t folded = pass_fold(w);
    uint32_t code;
    const int length = folded ? (int)folded : lng_utf8(text, d->length - w->offset, &code);
    if (length == 0 || (!folded && !pass_character(w, w->quote, text)))
        return false;
    w->offset += (size_t)length;
    return true;
}

lng_place lng_doc_walk_to(lng_doc_walk *w, size_t offset, int width)
{
    const lng_doc *d = w->doc;
    if (offset < w->offset)
        *w = lng_doc_walk_new(d);
    if (!w->at || offset > d->length)
        return d->place;
    for (pass_nothing(w); w->offset < offset; pass_nothing(w))
        if (!pass_next(w)) {
            w->at = NULL;
            return d->place;
        }
    return (lng_place){d->place.source, w->line, w->column, width > 0 ? width : 1};
}

lng_place lng_doc_place_at(const lng_doc *d, size_t offset, int width)
{
    lng_doc_walk w = lng_doc_walk_new(d);
    return lng_doc_walk_to(&w, offset, width);
}
