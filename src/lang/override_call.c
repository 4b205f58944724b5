/* Overrides inside an expression: lr in `adam(lr=0.01)`, peak in `adam(lr=cosine(peak=1e-2))`, an item of `[3, 5]`. Only the value
 * changes; the rest of the text stays as it was written. */
#include "lang/override.h"
#include "syntax/lexer.h"
#include <string.h>

static bool opens(const lng_lexer *l)
{
    return lng_lexer_is(l, "(") || lng_lexer_is(l, "[") || lng_lexer_is(l, "{");
}

static bool closes(const lng_lexer *l)
{
    return lng_lexer_is(l, ")") || lng_lexer_is(l, "]") || lng_lexer_is(l, "}");
}

static const char *read_label(lng_lexer *l)
{
    lng_lexer after = *l;
    const char *label = l->token.text;
    if (l->token.kind != LNG_TOKEN_NAME)
        return NULL;
    lng_lexer_next(&after);
    if (!lng_lexer_take(&after, "="))
        return NULL;
    *l = after;
    return label;
}

static bool read_argument(lng_lexer *l, lng_override_argument *a, const char *end)
{
    a->label = read_label(l);
    a->from = a->to = l->token.offset;
    for (int depth = 0; depth > 0 || !(lng_lexer_is(l, ",") || lng_lexer_is(l, end)); lng_lexer_next(l)) {
        if (l->token.kind == LNG_TOKEN_END || l->token.kind == LNG_TOKEN_BAD)
            return false;
        depth += opens(l) - closes(l);
        a->to = l->token.offset + l->token.length;
    }
    return true;
}

static bool read_name(lng_lexer *l, lng_override_call *c)
{
    if (l->token.kind != LNG_TOKEN_NAME)
        return false;
    c->name = l->token.text;
    lng_lexer_next(l);
    if (!lng_lexer_take(l, "."))
        return true;
    c->name = lng_format(l->arena, "%s.%s", c->name, l->token.text);
    const bool named = l->token.kind == LNG_TOKEN_NAME;
    lng_lexer_next(l);
    return named;
}

bool lng_override_call_read(lng_arena *arena, const char *text, lng_override_call *c)
{
    lng_lexer l = lng_lexer_new(arena, lng_doc_scalar(arena, text, (lng_place){0}), NULL);
    *c = (lng_override_call){0};
    const bool list = lng_lexer_take(&l, "[");
    const char *end = list ? "]" : ")";
    if (!list && !read_name(&l, c))
        return false;
    if (!list && (l.token.kind == LNG_TOKEN_END || !lng_lexer_take(&l, "(")))
        return l.token.kind == LNG_TOKEN_END;
    while (!lng_lexer_is(&l, end)) {
        c->arg = lng_grow(arena, c->arg, c->args, &c->capacity, sizeof *c->arg);
        if (!read_argument(&l, &c->arg[c->args++], end))
            return false;
        lng_lexer_take(&l, ",");
    }
    c->close = l.token.offset;
    lng_lexer_next(&l);
    return l.token.kind == LNG_TOKEN_END;
}

/* ---- one argument ---- */
static const lng_override_argument *labelled(const lng_override_call *c, const char *label)
{
    for (size_t i = 0; i < c->args; i++)
        if (c->arg[i].label && strcmp(c->arg[i].label, label) == 0)
            return &c->arg[i];
    return NULL;
}

/* A block without ports takes its attributes by position, too: those not given by name, in order. */
static const lng_override_argument *positional(const lng_override_target *t, const lng_override_call *c, const char *label)
{
    const lng_doc *block = lng_override_block(t, c->name), *with = block ? lng_doc_get(block, "with") : NULL;
    size_t place = 0;
    if (!with || with->kind != LNG_DOC_MAPPING || lng_doc_get(block, "in"))
        return NULL;
    for (size_t i = 0; i < with->count && strcmp(with->key[i]->text, label) != 0; i++)
        place += !labelled(c, with->key[i]->text);
    return place < c->args && !c->arg[place].label && lng_doc_get(with, label) ? &c->arg[place] : NULL;
}

const lng_override_argument *lng_override_call_find(const lng_override_target *t, const lng_override_call *c, const char *attribute)
{
    int64_t at;
    if (!c->name)
        return lng_parse_int(attribute, strlen(attribute), &at) && at >= 0 && (uint64_t)at < c->args ? &c->arg[at] : NULL;
    const lng_override_argument *a = labelled(c, attribute);
    return a ? a : positional(t, c, attribute);
}

static const char *replaced(lng_arena *arena, const char *text, const lng_override_argument *a, const char *value)
{
    return lng_format(arena, "%.*s%s%s", (int)a->from, text, value, text + a->to);
}

static const char *added(lng_arena *arena, const char *text, const lng_override_call *c, const char *label, const char *value)
{
    const size_t at = c->args ? c->arg[c->args - 1].to : c->close;
    const char *comma = c->args ? ", " : "";
    if (!c->name)
        return lng_format(arena, "%.*s%s%s%s", (int)at, text, comma, value, text + at);
    if (c->close == 0)
        return lng_format(arena, "%s(%s=%s)", text, label, value);
    return lng_format(arena, "%.*s%s%s=%s%s", (int)at, text, comma, label, value, text + at);
}

/* c NULL: the text is no call and no list. */
static const char *refused(const lng_override_target *t, const lng_override_call *c, const char *text, const char *part, size_t n)
{
    const lng_place place = lng_override_place(t, part, n);
    if (n == 0)
        lng_override_no_list(t, lng_format(t->arena, "`%s`", text));
    else if (!c)
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "no key `%.*s`: `%.60s` is not a mapping, a call or a list", (int)n, part,
                  text);
    else if (c->name)
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, place, "`%.60s` gives no `%.*s`", text, (int)n, part);
    else
        lng_override_no_item(t, part, n, c->args);
    return NULL;
}

const char *lng_override_call_set(const lng_override_target *t, const char *text, const char *path, const char *value)
{
    const size_t n = strcspn(path, ".");
    const char *label = lng_copy_n(t->arena, path, n), *rest = path[n] ? path + n + 1 : path + n;
    const bool last = !*rest && (n == 0 || !t->append);
    lng_override_call c;
    if (!lng_override_call_read(t->arena, text, &c) || (n == 0 && c.name))
        return refused(t, NULL, text, path, n);
    if (last && !lng_expr_parse(t->arena, lng_doc_scalar(t->arena, value, lng_override_place(t, path, n)), false, t->errors))
        return NULL; /* it would be another call, not another value */
    const lng_override_argument *a = lng_override_call_find(t, &c, label);
    if (!a && *rest && c.name &&
        strcmp(c.name, label) == 0) /* the path names the block, as it must where the block is written in YAML */
        return lng_override_call_set(t, text, rest, value);
    if (!a && n > 0 && (!last || !c.name))
        return refused(t, &c, text, path, n);
    if (!last && !(value = lng_override_call_set(t, lng_copy_n(t->arena, text + a->from, a->to - a->from), rest, value)))
        return NULL;
    return a ? replaced(t->arena, text, a, value) : added(t->arena, text, &c, label, value);
}
