/* Evaluates expressions. */
#include "graph/ops.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include "lang/turn.h"
#include "syntax/builtin_names.h"
#include <string.h>

static const lng_datum none = {0};

/* ---- names ---- */
static lng_datum clock_value(lng_scope *s, const lng_expr *e, const char *what)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CLOCK_PROGRAM] = {.s = what}};
    if (s->e->initializing) {
        lng_complain_at(s, e, LNG_E_KIND, "an initial value cannot depend on `%s`", what);
        return none;
    }
    return lng_emit_op(s, e, &lng_op_clock, NULL, 0, attr, NULL);
}

static lng_datum no_chain(lng_scope *s, const lng_expr *e)
{
    if (s->outside) {
        lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "`it`, the value of the step before, exists only in steps and in `out`");
        lng_hint(s, "name a step with `as`, and write its name here");
        return none;
    }
    lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "there is no `it` yet: a chain starts from the only input, but this %s has %zu",
                    s->caller ? "block" : "model", s->block->ports);
    if (s->block->ports > 0)
        lng_hint(s, "start the chain with one of them: - %s", s->block->port[0].name);
    return none;
}

static bool word(lng_scope *s, const lng_expr *e, lng_datum *out)
{
    *out = lng_derived(s, e, LNG_DATUM_BOOL, NULL, 0);
    if (strcmp(e->name, "it") == 0) {
        if (s->has_it && !s->outside)
            *out = s->it;
        else if (s->block->ports == 1)
            *out = lng_scope_read(s, lng_map_get(s->name, s->block->port[0].name), e);
        else
            *out = no_chain(s, e);
    } else if (strcmp(e->name, "training") == 0) {
        out->i = s->e->training;
        if (s->e->initializing)
            *out = none, lng_complain_at(s, e, LNG_E_KIND, "an initial value cannot depend on `training`");
    } else if (strcmp(e->name, "pi") == 0) {
        out->kind = LNG_DATUM_FLOAT;
        out->f = 3.14159265358979323846;
    } else if (strcmp(e->name, "new") == 0) {
        *out = none;
        lng_complain_at(s, e, LNG_E_EXPRESSION, "write new.NAME, and only in `update`");
    } else if (lng_is_reserved(e->name))
        *out = clock_value(s, e, e->name);
    else
        return false;
    return true;
}

static const char *meant(const char *name)
{
    static const char *const pairs[][2] = {
        {"yes", "write `true`"},           {"on", "write `true`"},           {"True", "write `true`"},   {"TRUE", "write `true`"},
        {"no", "write `false`"},           {"off", "write `false`"},         {"False", "write `false`"}, {"FALSE", "write `false`"},
        {"nan", "numbers must be finite"}, {"inf", "numbers must be finite"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(pairs[i][0], name) == 0)
            return pairs[i][1];
    return NULL;
}

/* Whether the name, or the sign, is what comes first on a line that looks like an item of a sequence: indented too deeply, it continues the
 * text above. */
bool lng_continues_as_item(const lng_expr *e)
{
    const lng_place place = lng_expr_place(e);
    if (e->doc->quoted || e->doc->block || place.line <= e->doc->place.line)
        return false;
    const char *line = lng_source_line(place.source, place.line);
    const int dash = (int)strspn(line, " "), column = place.column - 1;
    line += dash;
    return line[0] == '-' && line[1] == ' ' && (column == dash || column == dash + 1 + (int)strspn(line + 1, " "));
}

void lng_offer_names(const lng_scope *s, lng_nearest *near)
{
    for (const lng_turn *t = s->turn; t; t = t->outer)
        for (size_t i = 0; i < lng_map_count(t->name); i++)
            lng_nearest_offer(near, lng_map_key(t->name, i));
    for (size_t i = 0; i < lng_map_count(s->name); i++)
        lng_nearest_offer(near, lng_map_key(s->name, i));
}

/* Whether it is a hyper-parameter of the model, which a block of its file does not see. */
static bool is_hyper_parameter(const lng_scope *s, const char *name)
{
    while (s->caller)
        s = s->caller;
    const lng_doc *with = lng_doc_get(s->block->doc, "with");
    return with && lng_doc_get(with, name);
}

lng_datum lng_unknown_value(lng_scope *s, const lng_expr *e)
{
    lng_nearest near = {.wrong = e->name};
    lng_callable c;
    if (lng_is_misnamed(s, e->name))
        return none;
    lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "there is no value `%.60s` here", e->name);
    if (!lng_heard(s))
        return none;
    lng_offer_names(s, &near);
    for (size_t i = 0; i < lng_builtin_name_count; i++)
        if (!lng_builtin_names[i].function)
            lng_nearest_offer(&near, lng_builtin_names[i].name);
    if (lng_continues_as_item(e))
        lng_hint(s, "this line is indented too deeply: it continues the line above");
    else if (meant(e->name))
        lng_hint(s, "%s", meant(e->name));
    else if (lng_map_get(s->block->local, e->name))
        lng_hint(s, "`%s` exists only within its `%s`", e->name, (const char *)lng_map_get(s->block->local, e->name));
    else if (is_hyper_parameter(s, e->name))
        lng_hint(s, "`%s` is a hyper-parameter of the model; a block gets it by an attribute of its own", e->name);
    else if (near.best)
        lng_suggest(s, near.best);
    else if (lng_find_callable(s, e->name, &c))
        lng_hint(s, "`%s` is a block; call it: %s(...)", e->name, e->name);
    return none;
}

static lng_datum name(lng_scope *s, const lng_expr *e)
{
    lng_datum out;
    lng_binding *b = lng_scope_find(s, e->name);
    if (b)
        out = lng_scope_read(s, b, e), out = lng_apply_schedule(s, &out, e);
    else if (!word(s, e, &out))
        return lng_unknown_value(s, e);
    if (!s->block->standard) /* in the user's text, an error about a name belongs where it is used */
        out.inner = false, out.place = lng_expr_place(e);
    return out;
}

static lng_datum field(lng_scope *s, const lng_expr *e)
{
    const lng_expr *of = e->item[0];
    if (of->kind == LNG_EXPR_NAME && strcmp(of->name, "new") == 0) {
        lng_binding *b = lng_map_get(s->name, lng_format(s->e->arena, "new.%s", e->name));
        if (b)
            return lng_scope_read(s, b, e);
        lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "`update` does not set `%s`", e->name);
        return none;
    }
    lng_datum t = lng_eval(s, of);
    if (t.kind == LNG_DATUM_NONE)
        return none;
    if (strcmp(e->name, "shape") == 0 && t.kind == LNG_DATUM_VALUE) {
        lng_datum out = lng_derived(s, e, LNG_DATUM_SHAPE, &t, 1);
        out.shape = t.value->shape;
        return out;
    }
    lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "%s has no `%.60s`", lng_datum_text(s->e->arena, &t), e->name);
    if (t.kind == LNG_DATUM_VALUE)
        lng_hint(s, "the only field of a value is its shape: x.shape");
    return none;
}

/* ---- conditions ---- */
static lng_datum condition(lng_scope *s, const lng_expr *e)
{
    lng_datum c = lng_eval(s, e->item[1]);
    if (c.kind == LNG_DATUM_NONE)
        return none;
    if (c.kind == LNG_DATUM_BOOL)
        return lng_eval(s, e->item[c.i ? 0 : 2]);
    if (c.kind == LNG_DATUM_VALUE)
        return lng_emit_plain(s, e, &lng_op_select, (lng_datum[]){c, lng_eval(s, e->item[0]), lng_eval(s, e->item[2])}, 3);
    lng_complain_at(s, e->item[1], LNG_E_TYPE, "a condition must be true or false, not %s", lng_datum_text(s->e->arena, &c));
    return none;
}

static lng_datum logic(lng_scope *s, const lng_expr *e)
{
    lng_datum a = lng_eval(s, e->item[0]);
    bool stop = a.kind == LNG_DATUM_BOOL && a.i == (e->sign == LNG_OR);
    if (stop || a.kind == LNG_DATUM_NONE)
        return a;
    lng_datum b = lng_eval(s, e->item[1]);
    if (a.kind == LNG_DATUM_BOOL || b.kind == LNG_DATUM_NONE) /* true and b, false or b */
        return b;
    if (b.kind == LNG_DATUM_BOOL && a.kind == LNG_DATUM_VALUE)
        return b.i == (e->sign == LNG_OR) ? b : a;
    return lng_operate(s, e, a, b);
}

static bool is_list(const lng_datum *t)
{
    return t->kind == LNG_DATUM_TUPLE || t->kind == LNG_DATUM_SHAPE;
}

/* [a, b] + [c] is a list. What two calls give is not joined: a list of one, such as params('dense.W'), stands for its value. */
static lng_datum binary(lng_scope *s, const lng_expr *e)
{
    const lng_datum a = lng_eval(s, e->item[0]), b = lng_eval(s, e->item[1]);
    const bool shapes = a.kind == LNG_DATUM_SHAPE && b.kind == LNG_DATUM_SHAPE;
    const bool calls = e->item[0]->kind == LNG_EXPR_CALL && e->item[1]->kind == LNG_EXPR_CALL;
    if (e->sign == LNG_ADD && is_list(&a) && is_list(&b) && !shapes && !calls)
        return lng_join_lists(s, e, &a, &b);
    return lng_operate(s, e, a, b);
}

static lng_datum tuple(lng_scope *s, const lng_expr *e)
{
    lng_datum t = lng_derived(s, e, LNG_DATUM_TUPLE, NULL, 0);
    t.item = LNG_NEW_N(s->e->arena, e->items, lng_datum);
    t.items = e->items;
    for (size_t i = 0; i < e->items; i++)
        t.item[i] = lng_eval(s, e->item[i]);
    return t;
}

static lng_datum evaluate(lng_scope *s, const lng_expr *e)
{
    lng_datum t = lng_derived(s, e, LNG_DATUM_INT, NULL, 0);
    switch (e->kind) {
    case LNG_EXPR_INT:
        t.i = e->i;
        return t;
    case LNG_EXPR_FLOAT:
        t.kind = LNG_DATUM_FLOAT, t.f = e->f;
        return t;
    case LNG_EXPR_BOOL:
        t.kind = LNG_DATUM_BOOL, t.i = e->i;
        return t;
    case LNG_EXPR_STRING:
        t.kind = LNG_DATUM_STRING, t.s = e->name;
        return t;
    case LNG_EXPR_NAME:
        return name(s, e);
    case LNG_EXPR_FIELD:
        return field(s, e);
    case LNG_EXPR_LIST:
        return lng_eval_list(s, e);
    case LNG_EXPR_FOR:
        return lng_eval_for(s, e);
    case LNG_EXPR_TUPLE:
        return tuple(s, e);
    case LNG_EXPR_SCAN:
        return lng_eval_scan(s, e);
    case LNG_EXPR_INDEX:
        return lng_eval_index(s, e);
    case LNG_EXPR_SLICE: /* only in an index */
    case LNG_EXPR_REST:
        break;
    case LNG_EXPR_IF:
        return condition(s, e);
    case LNG_EXPR_UNARY:
        return lng_negate(s, e, lng_eval(s, e->item[0]));
    case LNG_EXPR_BINARY:
        if (e->sign == LNG_AND || e->sign == LNG_OR)
            return logic(s, e);
        return binary(s, e);
    case LNG_EXPR_CALL:
        return lng_apply_named(s, e, lng_args_of(s, e, NULL, 0));
    }
    return none;
}

lng_datum lng_eval(lng_scope *s, const lng_expr *e)
{
    if (lng_exhausted(s, e, 1))
        return none;
    if (s->e->nesting >= LNG_MAX_NESTING) {
        lng_complain_at(s, e, LNG_E_LIMIT, "expressions and blocks are nested more than %d deep here", LNG_MAX_NESTING);
        return none;
    }
    s->e->nesting++;
    lng_datum t = evaluate(s, e);
    s->e->nesting--;
    return t;
}
