/* Parses attribute declarations: TYPE [RANGE] [or TYPE [RANGE]] [= DEFAULT]. */
#include "syntax/attr_decl.h"
#include "syntax/lexer.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *text;
} types[] = {
    [LNG_TYPE_INT] = {"int", "an integer"},   [LNG_TYPE_FLOAT] = {"float", "a number"}, [LNG_TYPE_BOOL] = {"bool", "true or false"},
    [LNG_TYPE_STRING] = {"string", "a word"}, [LNG_TYPE_SHAPE] = {"shape", "a shape"},  [LNG_TYPE_BLOCK] = {"block", "a block"},
    [LNG_TYPE_INTS] = {"int[n]", "integers"}};

const char *lng_type_text(lng_type type)
{
    return types[type].text;
}

static bool is_integer(const lng_attr_decl *w)
{
    return w->type == LNG_TYPE_INT || w->type == LNG_TYPE_INTS;
}

/* Of int[2] or int[2, 2], the part in brackets. */
static bool sizes(lng_lexer *l, lng_attr_decl *w)
{
    w->type = LNG_TYPE_INTS;
    do {
        if (l->token.kind != LNG_TOKEN_INT || l->token.i < 1 || l->token.i > 8 || w->rows)
            return lng_lexer_expected(l, "one or two sizes from 1 to 8, as in int[2]");
        w->rows = w->count;
        w->count = (int)l->token.i;
        lng_lexer_next(l);
    } while (lng_lexer_take(l, ","));
    return lng_lexer_take(l, "]") || lng_lexer_expected(l, "`,` or `]`");
}

static bool type(lng_lexer *l, lng_attr_decl *w)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (l->token.kind == LNG_TOKEN_NAME && strcmp(types[i].name, l->token.text) == 0) {
            w->type = (lng_type)i;
            lng_lexer_next(l);
            return w->type != LNG_TYPE_INT || !lng_lexer_take(l, "[") || sizes(l, w);
        }
    return lng_lexer_expected(l, "a type: int, int[2], float, bool, string, shape or block");
}

/* The limit of an integer is an integer, and stays exact. */
static bool bound(lng_lexer *l, const lng_attr_decl *w, double *out, int64_t *exact)
{
    bool minus = l->token.kind == LNG_TOKEN_SIGN && l->token.sign == LNG_SUB;
    if (minus)
        lng_lexer_next(l);
    const bool integer = l->token.kind == LNG_TOKEN_INT;
    if (!integer && (is_integer(w) || l->token.kind != LNG_TOKEN_FLOAT))
        return lng_lexer_expected(l, is_integer(w) ? "an integer" : "a number");
    *exact = integer ? l->token.i : 0;
    *out = integer ? (double)l->token.i : l->token.f;
    if (minus) {
        *exact = -*exact;
        *out = -*out;
    }
    lng_lexer_next(l);
    return true;
}

static bool interval(lng_lexer *l, lng_attr_decl *w)
{
    w->low_open = lng_lexer_is(l, "(");
    if (!w->low_open && !lng_lexer_is(l, "["))
        return lng_lexer_expected(l, "an interval such as [0, 1)");
    lng_lexer_next(l);
    if (!bound(l, w, &w->low, &w->low_int))
        return false;
    if (!lng_lexer_take(l, ","))
        return lng_lexer_expected(l, "`,`");
    if (!bound(l, w, &w->high, &w->high_int))
        return false;
    w->high_open = lng_lexer_is(l, ")");
    if (!w->high_open && !lng_lexer_is(l, "]"))
        return lng_lexer_expected(l, "`)` or `]`");
    lng_lexer_next(l);
    return true;
}

static bool choices(lng_lexer *l, lng_attr_decl *w)
{
    size_t capacity = 0;
    do {
        if (l->token.kind != LNG_TOKEN_NAME)
            return lng_lexer_expected(l, "a word");
        w->choice = lng_grow(l->arena, w->choice, w->choices, &capacity, sizeof *w->choice);
        w->choice[w->choices++] = l->token.text;
        lng_lexer_next(l);
    } while (lng_lexer_take(l, ","));
    return lng_lexer_take(l, "}") || lng_lexer_expected(l, "`,` or `}`");
}

static bool range(lng_lexer *l, lng_attr_decl *w)
{
    bool number = is_integer(w) || w->type == LNG_TYPE_FLOAT;
    lng_sign sign = l->token.kind == LNG_TOKEN_SIGN ? l->token.sign : LNG_NO_SIGN;
    if (number && (sign == LNG_GT || sign == LNG_GE)) {
        lng_lexer_next(l);
        w->low_open = sign == LNG_GT;
        return bound(l, w, &w->low, &w->low_int);
    }
    if (number && (sign == LNG_LT || sign == LNG_LE)) {
        lng_lexer_next(l);
        w->high_open = sign == LNG_LT;
        return bound(l, w, &w->high, &w->high_int);
    }
    if (!lng_lexer_is(l, "in"))
        return true;
    lng_lexer_next(l);
    if (number)
        return interval(l, w);
    if (w->type == LNG_TYPE_STRING && lng_lexer_take(l, "{"))
        return choices(l, w);
    return lng_lexer_expected(l, w->type == LNG_TYPE_STRING ? "a set of words, `{valid, same}`"
                                                            : "`=` or the end; only numbers and strings have a range");
}

/* `or TYPE [RANGE]`, after a set of words. */
static bool other(lng_lexer *l, lng_attr_decl *w)
{
    if (l->token.kind != LNG_TOKEN_SIGN || l->token.sign != LNG_OR)
        return true;
    if (!w->choices)
        return lng_lexer_expected(l, "`=` or the end; only a set of words is followed by `or`");
    lng_lexer_next(l);
    lng_attr_decl *o = LNG_NEW(l->arena, lng_attr_decl);
    *o = (lng_attr_decl){.name = w->name, .place = w->place, .low = -INFINITY, .high = INFINITY, .text = w->text};
    w->other = o;
    return type(l, o) && range(l, o);
}

bool lng_attr_decl_parse(lng_arena *arena, const lng_doc *key, const lng_doc *value, lng_attr_decl *w, lng_errors *errors)
{
    *w = (lng_attr_decl){.name = key->text, .place = key->place, .low = -INFINITY, .high = INFINITY, .text = value->text};
    if (value->kind != LNG_DOC_SCALAR)
        return lng_error(errors, LNG_E_TYPE, value->place,
                         "declare an attribute as TYPE [RANGE] [= DEFAULT], for example `int > 0 = 3`");
    lng_lexer l = lng_lexer_new(arena, value, errors);
    if (!type(&l, w) || !range(&l, w) || !other(&l, w))
        return false;
    if (!lng_lexer_take(&l, "="))
        return l.token.kind == LNG_TOKEN_END || lng_lexer_expected(&l, "a range, `=` or the end");
    w->fallback = lng_lexer_expression(&l);
    return w->fallback && (l.token.kind == LNG_TOKEN_END || lng_lexer_expected(&l, "an operator or the end"));
}

const char *lng_attr_decl_default(lng_arena *arena, const char *text)
{
    lng_lexer l = lng_lexer_new(arena, lng_doc_scalar(arena, text, (lng_place){0}), NULL);
    while (l.token.kind != LNG_TOKEN_END && l.token.kind != LNG_TOKEN_BAD)
        if (lng_lexer_take(&l, "="))
            return text + l.token.offset;
        else
            lng_lexer_next(&l);
    return NULL;
}

bool lng_attr_decl_allows(const lng_attr_decl *w, double x)
{
    return (w->low_open ? x > w->low : x >= w->low) && (w->high_open ? x < w->high : x <= w->high);
}

bool lng_attr_decl_allows_int(const lng_attr_decl *w, int64_t i)
{
    return (isinf(w->low) || (w->low_open ? i > w->low_int : i >= w->low_int)) &&
           (isinf(w->high) || (w->high_open ? i < w->high_int : i <= w->high_int));
}

static void limit_text(char text[LNG_NUMBER_SIZE], const lng_attr_decl *w, double limit, int64_t exact)
{
    if (is_integer(w))
        snprintf(text, LNG_NUMBER_SIZE, "%lld", (long long)exact);
    else
        lng_number(text, limit);
}

const char *lng_attr_decl_range(lng_arena *arena, const lng_attr_decl *w)
{
    char low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE];
    limit_text(low, w, w->low, w->low_int);
    limit_text(high, w, w->high, w->high_int);
    if (w->choices) {
        lng_text t = lng_text_new(arena);
        for (size_t i = 0; i < w->choices; i++)
            lng_text_add(&t, "%s%s", i ? ", " : "one of ", w->choice[i]);
        return t.at;
    }
    if (isinf(w->low) && isinf(w->high))
        return "";
    if (isinf(w->high))
        return lng_format(arena, "%s %s", w->low_open ? ">" : ">=", low);
    if (isinf(w->low))
        return lng_format(arena, "%s %s", w->high_open ? "<" : "<=", high);
    return lng_format(arena, "in %c%s, %s%c", w->low_open ? '(' : '[', low, high, w->high_open ? ')' : ']');
}

/* "an integer > 0, a list of 2, or 2 lists of 2" */
static void list_text(lng_text *t, const lng_attr_decl *w, const char *range)
{
    lng_text_add(t, "an integer%s%s", *range ? " " : "", range);
    if (w->rows)
        lng_text_add(t, ", a list of %d, or %d lists of %d", w->rows, w->rows, w->count);
    else
        lng_text_add(t, " or a list of %d", w->count);
}

const char *lng_attr_decl_wanted(lng_arena *arena, const lng_attr_decl *w)
{
    const char *range = lng_attr_decl_range(arena, w);
    lng_text t = lng_text_new(arena);
    if (w->type == LNG_TYPE_INTS)
        list_text(&t, w, range);
    else if (w->other)
        lng_text_add(&t, "%s, or %s", range, lng_attr_decl_wanted(arena, w->other));
    else
        lng_text_add(&t, "%s%s%s", lng_type_text(w->type), *range ? " " : "", range);
    return t.at;
}
