/* An op's attributes, from what YAML would have between braces.
 *
 * The text is a document of its own, named after the op, so errors show the place in it. */
#include "api/api.h"
#include "doc/doc.h"
#include <string.h>

typedef struct reader {
    lng_builder *builder;
    const lng_op *op;
} reader;

static const lng_doc *parse(const reader *r, const char *text)
{
    lng_arena *arena = r->builder->arena;
    lng_source *source = LNG_NEW(arena, lng_source);
    *source = (lng_source){.name = lng_format(arena, "<%s>", r->op->name), .text = lng_format(arena, "{%s}", text)};
    source->length = strlen(source->text);
    const lng_doc *doc = lng_doc_parse(arena, source, r->builder->errors);
    r->builder->failed |= !doc;
    return doc;
}

static bool wrong(const reader *r, const lng_attr_spec *s, const lng_doc *doc, const char *expected)
{
    return lng_builder_fail(r->builder, LNG_E_TYPE, doc->place, "attribute `%s` of %s must be %s", s->name, r->op->name, expected);
}

static bool is_word(const lng_doc *doc, const char *word)
{
    return doc->kind == LNG_DOC_SCALAR && !doc->quoted && strcmp(doc->text, word) == 0;
}

static bool read_int(const lng_doc *doc, int64_t *to)
{
    return doc->kind == LNG_DOC_SCALAR && !doc->quoted && lng_parse_int(doc->text, doc->length, to);
}

static bool read_ints(const reader *r, const lng_attr_spec *s, const lng_doc *doc, lng_shape *to)
{
    if (doc->kind != LNG_DOC_SEQUENCE || doc->count > LNG_MAX_RANK)
        return wrong(r, s, doc, "a list of integers: [2, 2]");
    to->rank = (int)doc->count;
    for (size_t i = 0; i < doc->count; i++)
        if (!read_int(doc->item[i], &to->dim[i]))
            return wrong(r, s, doc->item[i], "a list of integers: [2, 2]");
    return true;
}

/* A word, or a pair for each axis. */
static bool read_padding(const reader *r, const lng_attr_spec *s, const lng_doc *doc, lng_attr *to)
{
    static const char wanted[] = "a word, or a list of pairs: [[1, 0], [2, 2]]";
    *to = (lng_attr){.s = doc->kind == LNG_DOC_SCALAR ? doc->text : NULL};
    if (doc->kind != LNG_DOC_SEQUENCE || doc->count > LNG_MAX_RANK / 2)
        return to->s || wrong(r, s, doc, wanted);
    for (size_t i = 0; i < doc->count; i++) {
        const lng_doc *pair = doc->item[i];
        if (pair->kind != LNG_DOC_SEQUENCE || pair->count != 2 || !read_int(pair->item[0], &to->v.dim[to->v.rank++]) ||
            !read_int(pair->item[1], &to->v.dim[to->v.rank++]))
            return wrong(r, s, pair, wanted);
    }
    return true;
}

static bool read_value(const reader *r, const lng_attr_spec *s, const lng_doc *doc, lng_attr *to)
{
    switch (s->type) {
    case LNG_ATTR_INT:
        return read_int(doc, &to->i) || wrong(r, s, doc, "an integer");
    case LNG_ATTR_FLOAT:
        return (doc->kind == LNG_DOC_SCALAR && !doc->quoted && lng_parse_double(doc->text, doc->length, &to->f)) ||
               wrong(r, s, doc, "a number");
    case LNG_ATTR_BOOL:
        to->i = is_word(doc, "true");
        return to->i || is_word(doc, "false") || wrong(r, s, doc, "true or false");
    case LNG_ATTR_NAME:
        to->s = doc->text;
        return doc->kind == LNG_DOC_SCALAR || wrong(r, s, doc, "a name");
    case LNG_ATTR_INTS:
        return read_ints(r, s, doc, &to->v);
    case LNG_ATTR_PADDING:
        return read_padding(r, s, doc, to);
    }
    return false;
}

static bool unknown(const reader *r, const lng_doc *key)
{
    lng_nearest near = {.wrong = key->text};
    for (int i = 0; i < r->op->n_attr; i++)
        lng_nearest_offer(&near, r->op->attr[i].name);
    lng_builder_fail(r->builder, LNG_E_UNKNOWN_KEY, key->place, "%s has no attribute `%s`", r->op->name, key->text);
    if (near.best)
        lng_error_hint(r->builder->errors, "did you mean `%s`?", near.best);
    return false;
}

bool lng_attributes_read(lng_builder *b, const lng_op *op, const char *text, lng_attr *attr, lng_place *place)
{
    const reader r = {.builder = b, .op = op};
    const lng_doc *doc = text ? parse(&r, text) : NULL;
    bool given[LNG_MAX_ATTR] = {false}, ok = doc || !text;
    for (int i = 0; i < op->n_attr; i++)
        attr[i] = op->attr[i].fallback;
    for (size_t k = 0; doc && k < doc->count; k++) {
        const int i = lng_op_attr_index(op, doc->key[k]->text);
        if (i < 0) {
            ok = unknown(&r, doc->key[k]);
            continue;
        }
        attr[i] = (lng_attr){0};
        given[i] = true;
        place[i] = doc->item[k]->place;
        ok = read_value(&r, &op->attr[i], doc->item[k], &attr[i]) && ok;
    }
    for (int i = 0; ok && i < op->n_attr; i++)
        if (op->attr[i].required && !given[i])
            ok = lng_builder_fail(b, LNG_E_MISSING_KEY, lng_nowhere, "%s needs the attribute `%s`: %s", op->name, op->attr[i].name,
                                  op->attr[i].about);
    return ok;
}
