/* The parser: precedence climbing over the table below. */
#include "base/assert.h"
#include "doc/number.h"
#include "syntax/lexer.h"
#include <string.h>

typedef struct parser {
    lng_lexer lex;
    int depth; /* of the parser's own calls */
} parser;

/* Python's precedences; the right operand is parsed with `right`. */
static const struct {
    int left, right;
} power[] = {[LNG_OR] = {1, 2},    [LNG_AND] = {3, 4},   [LNG_EQ] = {7, 8},          [LNG_NE] = {7, 8},    [LNG_LT] = {7, 8},
             [LNG_LE] = {7, 8},    [LNG_GT] = {7, 8},    [LNG_GE] = {7, 8},          [LNG_ADD] = {9, 10},  [LNG_SUB] = {9, 10},
             [LNG_MUL] = {11, 12}, [LNG_DIV] = {11, 12}, [LNG_FLOOR_DIV] = {11, 12}, [LNG_MOD] = {11, 12}, [LNG_MATMUL] = {11, 12},
             [LNG_POW] = {16, 13}, [LNG_PLUS] = {0, 0}}; /* 2 ** -1 and -2 ** 2 */
enum { OF_NOT = 5, OF_SIGN = 13, COMPARED = 7 };

static lng_expr *test(parser *);
static lng_expr *operand(parser *, int least);

/* For the whole of a scalar or YAML collection. */
static lng_expr *whole(lng_arena *arena, lng_expr_kind kind, const lng_doc *doc)
{
    lng_expr *e = LNG_NEW(arena, lng_expr);
    *e = (lng_expr){.kind = kind, .doc = doc, .place = doc->place, .depth = 1};
    return e;
}

static lng_expr *marked(parser *p, lng_expr_kind kind, lng_place at)
{
    lng_expr *e = whole(p->lex.arena, kind, p->lex.doc);
    e->place = at;
    e->marked = true;
    return e;
}

static lng_expr *node(parser *p, lng_expr_kind kind, lng_token at)
{
    return marked(p, kind, at.place);
}

static void add(lng_arena *arena, lng_expr *e, lng_expr *item, const char *label, lng_place place)
{
    size_t n = e->items;
    if (n == 0 || (n >= 4 && (n & (n - 1)) == 0)) { /* full: the capacities are 4, 8, 16 ... */
        size_t room = n ? n * 2 : 4;
        lng_expr **items = LNG_NEW_N(arena, room, lng_expr *);
        const char **labels = LNG_NEW_N(arena, room, const char *);
        lng_place *places = LNG_NEW_N(arena, room, lng_place);
        if (n) {
            memcpy(items, e->item, n * sizeof *items);
            memcpy(labels, e->label, n * sizeof *labels);
            memcpy(places, e->label_place, n * sizeof *places);
        }
        e->item = items, e->label = labels, e->label_place = places;
    }
    e->item[n] = item;
    e->label[n] = label;
    e->label_place[n] = place;
    e->items++;
    if (item && item->depth >= e->depth)
        e->depth = item->depth + 1;
}

static lng_expr *within_depth(parser *p, lng_expr *e)
{
    if (!e || e->depth <= LNG_EXPR_MAX_DEPTH)
        return e;
    if (p->lex.token.kind != LNG_TOKEN_BAD)
        lng_error(p->lex.errors, LNG_E_LIMIT, lng_expr_place(e),
                  "an expression may be at most %d operators deep; name a part of it in `let`", LNG_EXPR_MAX_DEPTH);
    p->lex.token.kind = LNG_TOKEN_BAD;
    return NULL;
}

static lng_expr *append(parser *p, lng_expr *e, lng_expr *item)
{
    if (!e || !item)
        return NULL;
    add(p->lex.arena, e, item, NULL, (lng_place){0});
    return within_depth(p, e);
}

/* ---- atoms and what follows them ---- */
static bool closed(parser *p, const char *mark, const char *what)
{
    return lng_lexer_take(&p->lex, mark) || lng_lexer_expected(&p->lex, what);
}

/* item, item ... up to the closing mark; a trailing comma is fine */
static lng_expr *items(parser *p, lng_expr *e, const char *close)
{
    while (!lng_lexer_is(&p->lex, close)) {
        if (!append(p, e, test(p)))
            return NULL;
        if (!lng_lexer_take(&p->lex, ","))
            break;
    }
    return closed(p, close, close[0] == ']' ? "`,` or `]`" : "`,` or `)`") ? e : NULL;
}

/* The dotted name in NAME or NAME.NAME, else NULL. */
static const char *callee(parser *p, const lng_expr *e)
{
    if (e->kind == LNG_EXPR_NAME)
        return e->name;
    if (e->kind == LNG_EXPR_FIELD && e->item[0]->kind == LNG_EXPR_NAME)
        return lng_format(p->lex.arena, "%s.%s", e->item[0]->name, e->name);
    return NULL;
}

/* name = ..., and not name == ... */
static bool is_named(const parser *p)
{
    const lng_doc *d = p->lex.doc;
    size_t at = p->lex.at;
    while (at < d->length && (d->text[at] == ' ' || d->text[at] == '\n'))
        at++;
    return p->lex.token.kind == LNG_TOKEN_NAME && at < d->length && d->text[at] == '=' && d->text[at + 1] != '=';
}

static bool argument(parser *p, lng_expr *call)
{
    lng_token name = p->lex.token;
    bool named = is_named(p);
    if (named) {
        lng_lexer_next(&p->lex);
        lng_lexer_next(&p->lex);
    } else if (call->items > call->values && p->lex.token.kind != LNG_TOKEN_BAD) {
        lng_error(p->lex.errors, LNG_E_ARGUMENTS, p->lex.token.place, "a positional value cannot follow a named one");
        lng_lexer_comma_hint(&p->lex, p->lex.token.offset ? p->lex.token.offset - 1 : 0);
        p->lex.token.kind = LNG_TOKEN_BAD;
        return false;
    }
    lng_expr *value = test(p);
    if (!value)
        return false;
    add(p->lex.arena, call, value, named ? name.text : NULL, name.place);
    call->values += !named;
    return within_depth(p, call) != NULL;
}

static lng_expr *call(parser *p, lng_expr *of)
{
    const char *name = callee(p, of);
    if (!name) {
        lng_lexer_expected(&p->lex, "an operator; only a name can be called");
        return NULL;
    }
    lng_expr *e = marked(p, LNG_EXPR_CALL, of->place);
    e->name = name;
    if (of->kind == LNG_EXPR_FIELD) {
        e->place = of->item[0]->place;
        e->place.width = (int)strlen(name);
    }
    lng_lexer_next(&p->lex);
    while (!lng_lexer_is(&p->lex, ")")) {
        if (!argument(p, e))
            return NULL;
        if (!lng_lexer_take(&p->lex, ","))
            break;
    }
    return closed(p, ")", "`,` or `)`") ? e : NULL;
}

/* Up to the next colon, if there is something. false after an error. */
static bool slice_part(parser *p, lng_expr *slice)
{
    lng_expr *part = NULL;
    if (!lng_lexer_is(&p->lex, ":") && !lng_lexer_is(&p->lex, ",") && !lng_lexer_is(&p->lex, "]") && !(part = test(p)))
        return false;
    add(p->lex.arena, slice, part, NULL, (lng_place){0});
    return true;
}

/* i, i:j, i:j:k or ... */
static lng_expr *one_index(parser *p)
{
    lng_expr *rest = node(p, LNG_EXPR_REST, p->lex.token), *low = NULL;
    if (lng_lexer_take(&p->lex, "..."))
        return rest;
    if (!lng_lexer_is(&p->lex, ":") && !(low = test(p)))
        return NULL;
    lng_expr *slice = node(p, LNG_EXPR_SLICE, p->lex.token);
    if (!lng_lexer_take(&p->lex, ":"))
        return low;
    add(p->lex.arena, slice, low, NULL, (lng_place){0});
    if (!slice_part(p, slice))
        return NULL;
    if (!lng_lexer_take(&p->lex, ":"))
        add(p->lex.arena, slice, NULL, NULL, (lng_place){0});
    else if (!slice_part(p, slice))
        return NULL;
    return slice;
}

static lng_expr *subscript(parser *p, lng_expr *of)
{
    lng_expr *e = append(p, node(p, LNG_EXPR_INDEX, p->lex.token), of);
    lng_lexer_next(&p->lex);
    do
        e = append(p, e, one_index(p));
    while (e && lng_lexer_take(&p->lex, ",") && !lng_lexer_is(&p->lex, "]"));
    return e && closed(p, "]", "`,` or `]`") ? e : NULL;
}

static lng_expr *postfix(parser *p, lng_expr *e)
{
    while (e) {
        if (lng_lexer_is(&p->lex, "("))
            e = call(p, e);
        else if (lng_lexer_is(&p->lex, "["))
            e = subscript(p, e);
        else if (lng_lexer_is(&p->lex, ".")) {
            lng_lexer_next(&p->lex);
            if (p->lex.token.kind != LNG_TOKEN_NAME)
                return lng_lexer_expected(&p->lex, "a name after `.`"), NULL;
            lng_expr *field = node(p, LNG_EXPR_FIELD, p->lex.token);
            field->name = p->lex.token.text;
            lng_lexer_next(&p->lex);
            e = append(p, field, e);
        } else
            break;
    }
    return e;
}

/* [a for i in b]: what follows the first item */
static lng_expr *comprehension(parser *p, lng_expr *item)
{
    lng_expr *e = append(p, node(p, LNG_EXPR_FOR, p->lex.token), item);
    lng_lexer_next(&p->lex);
    if (p->lex.token.kind != LNG_TOKEN_NAME)
        return lng_lexer_expected(&p->lex, "a name after `for`"), NULL;
    if (e)
        e->name = p->lex.token.text;
    lng_lexer_next(&p->lex);
    if (!lng_lexer_take(&p->lex, "in"))
        return lng_lexer_expected(&p->lex, "`in`"), NULL;
    e = append(p, e, operand(p, 0));
    const bool more = lng_lexer_is(&p->lex, "for") || lng_lexer_is(&p->lex, "if");
    if (!e || closed(p, "]", "`]`"))
        return e;
    if (more)
        lng_error_hint(p->lex.errors, "such a list has one `for`, and takes every item; `for` may stand in another list's item");
    return NULL;
}

static lng_expr *list_of(parser *p)
{
    lng_expr *e = node(p, LNG_EXPR_LIST, p->lex.token), *first;
    lng_lexer_next(&p->lex);
    if (lng_lexer_take(&p->lex, "]"))
        return e;
    if (!(first = test(p)))
        return NULL;
    if (lng_lexer_is(&p->lex, "for"))
        return comprehension(p, first);
    e = append(p, e, first);
    if (!lng_lexer_take(&p->lex, ","))
        return e && closed(p, "]", "`,` or `]`") ? e : NULL;
    return items(p, e, "]");
}

static lng_expr *atom(parser *p)
{
    lng_token t = p->lex.token;
    lng_expr *e = NULL;
    if (t.kind == LNG_TOKEN_INT)
        (e = node(p, LNG_EXPR_INT, t))->i = t.i;
    else if (t.kind == LNG_TOKEN_FLOAT)
        (e = node(p, LNG_EXPR_FLOAT, t))->f = t.f;
    else if (t.kind == LNG_TOKEN_STRING)
        (e = node(p, LNG_EXPR_STRING, t))->name = t.text;
    else if (t.kind == LNG_TOKEN_NAME)
        (e = node(p, LNG_EXPR_NAME, t))->name = t.text;
    else if (lng_lexer_is(&p->lex, "true") || lng_lexer_is(&p->lex, "false"))
        (e = node(p, LNG_EXPR_BOOL, t))->i = t.text[0] == 't';
    if (e) {
        lng_lexer_next(&p->lex);
        return e;
    }
    if (lng_lexer_take(&p->lex, "(")) {
        e = test(p);
        return e && closed(p, ")", "`)`") ? e : NULL;
    }
    if (lng_lexer_is(&p->lex, "["))
        return list_of(p);
    return lng_lexer_expected(&p->lex, "a value"), NULL;
}

/* ---- operators ---- */
static lng_expr *unary(parser *p)
{
    lng_token t = p->lex.token;
    if (t.kind != LNG_TOKEN_SIGN || (t.sign != LNG_NOT && t.sign != LNG_SUB && t.sign != LNG_ADD))
        return postfix(p, atom(p));
    lng_expr *e = node(p, LNG_EXPR_UNARY, t);
    e->sign = t.sign == LNG_NOT ? LNG_NOT : t.sign == LNG_SUB ? LNG_NEGATE : LNG_PLUS;
    lng_lexer_next(&p->lex);
    return append(p, e, operand(p, t.sign == LNG_NOT ? OF_NOT : OF_SIGN));
}

static lng_expr *operand(parser *p, int least)
{
    if (++p->depth > 2 * LNG_EXPR_MAX_DEPTH) {
        if (p->lex.token.kind != LNG_TOKEN_BAD)
            lng_error(p->lex.errors, LNG_E_LIMIT, p->lex.token.place, "an expression may be nested at most %d deep",
                      LNG_EXPR_MAX_DEPTH);
        p->lex.token.kind = LNG_TOKEN_BAD;
        return NULL;
    }
    lng_expr *left = unary(p), *compared = NULL; /* the right operand of the last comparison: a < b < c is a < b and b < c */
    while (left && p->lex.token.kind == LNG_TOKEN_SIGN) {
        lng_token t = p->lex.token;
        if (power[t.sign].left == 0 || power[t.sign].left < least)
            break;
        bool compares = power[t.sign].left == COMPARED;
        lng_expr *e = node(p, LNG_EXPR_BINARY, t);
        e->sign = t.sign;
        lng_lexer_next(&p->lex);
        lng_expr *right = operand(p, power[t.sign].right);
        e = append(p, append(p, e, compares && compared ? compared : left), right);
        if (compares && compared) {
            lng_expr *both = node(p, LNG_EXPR_BINARY, t);
            both->sign = LNG_AND;
            e = append(p, append(p, both, left), e);
        }
        compared = compares ? right : NULL;
        left = e;
    }
    p->depth--;
    return left;
}

static lng_expr *test(parser *p)
{
    lng_expr *value = operand(p, 0);
    lng_token t = p->lex.token;
    if (!value || !lng_lexer_is(&p->lex, "if"))
        return value;
    if (++p->depth > 2 * LNG_EXPR_MAX_DEPTH)
        return lng_lexer_expected(&p->lex, "fewer nested conditions"), NULL;
    lng_expr *e = node(p, LNG_EXPR_IF, t);
    lng_lexer_next(&p->lex);
    if (!append(p, e, value) || !append(p, e, operand(p, 0)))
        return NULL;
    if (!lng_lexer_take(&p->lex, "else"))
        return lng_lexer_expected(&p->lex, "`else`"), NULL;
    e = append(p, e, test(p));
    p->depth--;
    return e;
}

lng_expr *lng_lexer_expression(lng_lexer *l)
{
    parser p = {.lex = *l};
    lng_expr *e = test(&p);
    *l = p.lex;
    return e;
}

lng_expr *lng_expr_parse(lng_arena *arena, const lng_doc *doc, bool tuple, lng_errors *errors)
{
    const size_t before = lng_errors_count(errors);
    parser p = {.lex = lng_lexer_new(arena, doc, errors)};
    lng_expr *e = test(&p);
    if (e && tuple && lng_lexer_is(&p.lex, ",")) {
        lng_expr *all = append(&p, whole(arena, LNG_EXPR_TUPLE, doc), e);
        while (all && lng_lexer_take(&p.lex, ","))
            all = append(&p, all, test(&p));
        e = all;
    }
    if (e && p.lex.token.kind != LNG_TOKEN_END) {
        const bool comma = lng_lexer_is(&p.lex, ","), assigned = lng_lexer_is(&p.lex, "=");
        const size_t at = p.lex.token.offset;
        lng_lexer_expected(&p.lex, comma ? "the end, because only one value is allowed here" : "an operator or the end");
        if (assigned)
            lng_error_hint(errors, "use == to compare; `let` and `as` give names to values");
        if (comma)
            lng_lexer_comma_hint(&p.lex, at);
        return NULL;
    }
    if (p.lex.token.kind == LNG_TOKEN_BAD)
        e = NULL;
    LNG_ASSERT(e ? p.depth == 0 && e->depth <= LNG_EXPR_MAX_DEPTH : !errors || lng_errors_count(errors) > before);
    return e;
}

/* ---- YAML where an expression may stand ---- */
static lng_expr *list(lng_arena *arena, const lng_doc *doc, lng_errors *errors)
{
    lng_expr *e = whole(arena, LNG_EXPR_LIST, doc);
    bool good = true;
    for (size_t i = 0; i < doc->count; i++) {
        lng_expr *item = lng_expr_read(arena, doc->item[i], errors);
        good = item && good;
        if (item)
            add(arena, e, item, NULL, item->doc->place);
    }
    return good ? e : NULL;
}

lng_expr *lng_expr_call(lng_arena *arena, const lng_doc *name, const lng_doc *attributes, lng_errors *errors)
{
    lng_expr *e = whole(arena, LNG_EXPR_CALL, name);
    e->name = name->text;
    if (attributes->kind != LNG_DOC_MAPPING) {
        if (lng_doc_is_null(attributes))
            return e;
        lng_expr *value = lng_expr_read(arena, attributes, errors);
        if (!value)
            return NULL;
        add(arena, e, value, NULL, attributes->place); /* a mistake; those who know the block report it */
        e->values = 1;
        return e;
    }
    bool good = true;
    for (size_t i = 0; i < attributes->count; i++) {
        const char *key = attributes->key[i]->text;
        const size_t name = strcspn(key, ": ");
        lng_expr *value = lng_expr_read(arena, attributes->item[i], errors);
        good = value && good;
        if (!value)
            lng_cut_number_hint(attributes, i, errors);
        if (lng_doc_is_null(attributes->item[i]) && key[name]) /* {units 64}, {units:64} */
            lng_error_hint(errors, "a space is needed after the colon: `%.*s: %s`", (int)name, key,
                           key + name + strspn(key + name, ": "));
        if (value)
            add(arena, e, value, attributes->key[i]->text, attributes->key[i]->place);
    }
    return good ? e : NULL;
}

/* {name: sgd, lr: 0.1} should be sgd(lr=0.1). */
static void named_block_hint(lng_arena *arena, const lng_doc *doc, lng_errors *errors)
{
    const lng_doc *name = lng_doc_get(doc, "name");
    lng_text call = lng_text_new(arena);
    if (!name || name->kind != LNG_DOC_SCALAR)
        return;
    for (size_t i = 0; i < doc->count; i++)
        if (doc->item[i] != name)
            lng_text_add(&call, "%s%s=%s", call.length ? ", " : "", doc->key[i]->text,
                         doc->item[i]->kind == LNG_DOC_SCALAR ? doc->item[i]->text : "...");
    lng_error_hint(errors, "write `%s(%s)`", name->text, call.at);
}

lng_expr *lng_expr_read(lng_arena *arena, const lng_doc *doc, lng_errors *errors)
{
    if (doc->kind == LNG_DOC_SEQUENCE)
        return list(arena, doc, errors);
    if (doc->kind == LNG_DOC_SCALAR) {
        if (doc->length == 0 || lng_doc_is_null(doc))
            return lng_error(errors, LNG_E_MISSING_KEY, doc->place, "a value is missing here"), NULL;
        return lng_expr_parse(arena, doc, false, errors);
    }
    if (doc->count == 1)
        return lng_expr_call(arena, doc->key[0], doc->item[0], errors);
    lng_error(errors, LNG_E_TYPE, doc->place,
              "a block with attributes is a mapping with one key, `{block: {name: value}}`, not %zu", doc->count);
    named_block_hint(arena, doc, errors);
    return NULL;
}

lng_expr *lng_expr_name(lng_arena *arena, const char *name, const lng_doc *at)
{
    lng_expr *e = whole(arena, LNG_EXPR_NAME, at);
    e->name = name;
    return e;
}

lng_expr *lng_expr_scan(lng_arena *arena, const lng_doc *at, lng_scan *scan)
{
    lng_expr *e = whole(arena, LNG_EXPR_SCAN, at);
    e->scan = scan;
    return e;
}

void lng_expr_append(lng_arena *arena, lng_expr *e, lng_expr *item)
{
    add(arena, e, item, NULL, item->place);
}

static bool is_among(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

bool lng_scan_names(const lng_expr *e, const char *name)
{
    return is_among(e->scan->carry, e->scan->carries, name) || is_among(e->scan->row, e->scan->rows, name);
}
