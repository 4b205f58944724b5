/* Overrides of a call's attributes: lr in `adam(lr=0.01)`, peak in `adam(lr=cosine(peak=1e-2))`. Only the value changes; the rest of
 * the text stays as it was written. */
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

static bool read_argument(lng_lexer *l, lng_override_argument *a)
{
    a->label = read_label(l);
    a->from = a->to = l->token.offset;
    for (int depth = 0; depth > 0 || !(lng_lexer_is(l, ",") || lng_lexer_is(l, ")")); lng_lexer_next(l)) {
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
    if (!read_name(&l, c))
        return false;
    if (l.token.kind == LNG_TOKEN_END || !lng_lexer_take(&l, "("))
        return l.token.kind == LNG_TOKEN_END;
    while (!lng_lexer_is(&l, ")")) {
        c->arg = lng_grow(arena, c->arg, c->args, &c->capacity, sizeof *c->arg);
        if (!read_argument(&l, &c->arg[c->args++]))
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
    if (c->close == 0)
        return lng_format(arena, "%s(%s=%s)", text, label, value);
    return lng_format(arena, "%.*s%s%s=%s%s", (int)at, text, c->args ? ", " : "", label, value, text + at);
}

const char *lng_override_call_set(const lng_override_target *t, const char *text, const char *path, const char *value)
{
    const char *dot = strchr(path, '.');
    const size_t n = dot ? (size_t)(dot - path) : strlen(path);
    const char *label = lng_copy_n(t->arena, path, n);
    lng_override_call c;
    if (!lng_override_call_read(t->arena, text, &c)) {
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, lng_override_place(t, path, n),
                  "no key `%.60s`: `%.60s` is neither a mapping nor a call", label, text);
        return NULL;
    }
    if (!dot && !lng_expr_parse(t->arena, lng_doc_scalar(t->arena, value, lng_override_place(t, path, n)), false, t->errors))
        return NULL; /* it would be another call, not another value */
    const lng_override_argument *a = lng_override_call_find(t, &c, label);
    if (!a && dot && strcmp(c.name, label) == 0) /* the path names the block, as it must where the block is written in YAML */
        return lng_override_call_set(t, text, dot + 1, value);
    if (!a && dot) {
        lng_error(t->errors, LNG_E_UNKNOWN_KEY, lng_override_place(t, path, n), "`%.60s` gives no `%.60s`", text, label);
        return NULL;
    }
    if (dot && !(value = lng_override_call_set(t, lng_copy_n(t->arena, text + a->from, a->to - a->from), dot + 1, value)))
        return NULL;
    return a ? replaced(t->arena, text, a, value) : added(t->arena, text, &c, label, value);
}
