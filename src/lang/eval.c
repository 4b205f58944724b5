/* Evaluates expressions. */
#include "lang/elab.h"
#include "lang/word.h"
#include <float.h>
#include <math.h>
#include <string.h>

static const lng_term none = {0};

/* ---- names ---- */
static lng_term clock_value(lng_scope *s, const lng_expr *e, const char *what)
{
    lng_attr attr[LNG_MAX_ATTR] = {{.s = what}};
    if (s->e->drawing) {
        lng_complain_at(s, e, LNG_E_KIND, "an initial value cannot depend on `%s`", what);
        return none;
    }
    return lng_emit_op(s, e, lng_op_find("clock"), NULL, 0, attr, NULL);
}

static lng_term no_chain(lng_scope *s, const lng_expr *e)
{
    lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "there is no `it` yet: a chain starts at the only input, and here are %zu",
                    s->block->ports);
    if (s->block->ports > 0)
        lng_hint(s, "start the chain with the one that is meant: - %s", s->block->port[0].name);
    return none;
}

static bool word(lng_scope *s, const lng_expr *e, lng_term *out)
{
    *out = lng_derived(s, e, LNG_TERM_BOOL, NULL, 0);
    if (strcmp(e->name, "it") == 0) {
        if (s->has_it)
            *out = s->it;
        else if (s->block->ports == 1)
            *out = lng_scope_read(s, lng_map_get(s->name, s->block->port[0].name), e);
        else
            *out = no_chain(s, e);
    } else if (strcmp(e->name, "training") == 0) {
        out->i = s->e->training;
        if (s->e->drawing)
            *out = none, lng_complain_at(s, e, LNG_E_KIND, "an initial value cannot depend on `training`");
    } else if (strcmp(e->name, "pi") == 0) {
        out->kind = LNG_TERM_FLOAT;
        out->f = 3.14159265358979323846;
    } else if (strcmp(e->name, "new") == 0) {
        *out = none;
        lng_complain_at(s, e, LNG_E_EXPRESSION, "`new` is used as new.NAME, in `update`");
    } else if (lng_is_reserved(e->name))
        *out = clock_value(s, e, e->name);
    else
        return false;
    return true;
}

static const char *meant(const char *name)
{
    static const char *const pairs[][2] = {
        {"yes", "true"},  {"on", "true"},     {"True", "true"},   {"TRUE", "true"},           {"no", "false"},
        {"off", "false"}, {"False", "false"}, {"FALSE", "false"}, {"nan", "a finite number"}, {"inf", "a finite number"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(pairs[i][0], name) == 0)
            return pairs[i][1];
    return NULL;
}

lng_term lng_unknown_value(lng_scope *s, const lng_expr *e)
{
    lng_nearest near = {.wrong = e->name};
    lng_callable c;
    lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "there is no value `%.60s` here", e->name);
    for (size_t i = 0; i < lng_map_count(s->name); i++)
        lng_nearest_offer(&near, lng_map_key(s->name, i));
    for (size_t i = 0; i < lng_word_count; i++)
        if (!lng_words[i].function)
            lng_nearest_offer(&near, lng_words[i].name);
    if (meant(e->name))
        lng_hint(s, "write `%s`", meant(e->name));
    else if (near.best)
        lng_hint(s, "did you mean `%s`?", near.best);
    else if (lng_find_callable(s, e->name, &c))
        lng_hint(s, "`%s` is a block: it is called, %s(...)", e->name, e->name);
    return none;
}

static lng_term name(lng_scope *s, const lng_expr *e)
{
    lng_term out;
    lng_binding *b = lng_map_get(s->name, e->name);
    if (b)
        out = lng_scope_read(s, b, e);
    else if (!word(s, e, &out))
        return lng_unknown_value(s, e);
    if (!s->block->standard) /* in the user's text, what is wrong with a name is wrong where it is used */
        out.inner = false, out.place = lng_expr_place(e);
    return out;
}

static lng_term field(lng_scope *s, const lng_expr *e)
{
    const lng_expr *of = e->item[0];
    if (of->kind == LNG_EXPR_NAME && strcmp(of->name, "new") == 0) {
        lng_binding *b = lng_map_get(s->name, lng_format(s->e->arena, "new.%s", e->name));
        if (b)
            return lng_scope_read(s, b, e);
        lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "`update` does not say what `%s` becomes", e->name);
        return none;
    }
    lng_term t = lng_eval(s, of);
    if (t.kind == LNG_TERM_NONE)
        return none;
    if (strcmp(e->name, "shape") == 0 && t.kind == LNG_TERM_VALUE) {
        lng_term out = lng_derived(s, e, LNG_TERM_SHAPE, &t, 1);
        out.shape = t.value->shape;
        return out;
    }
    lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "%s has no `%.60s`", lng_term_text(s->e->arena, &t), e->name);
    if (t.kind == LNG_TERM_VALUE)
        lng_hint(s, "a value has a shape: x.shape");
    return none;
}

/* ---- lists, indices ---- */
static lng_term list(lng_scope *s, const lng_expr *e)
{
    lng_shape shape = {0};
    lng_term from[LNG_MAX_RANK];
    if (e->items > LNG_MAX_RANK) {
        lng_complain_at(s, e, LNG_E_SHAPE, "a shape has at most 8 sizes, here are %zu", e->items);
        return none;
    }
    bool good = true;
    for (size_t i = 0; i < e->items; i++) {
        from[i] = lng_eval(s, e->item[i]);
        if (from[i].kind == LNG_TERM_INT)
            shape.dim[shape.rank++] = from[i].i;
        else if (from[i].kind != LNG_TERM_NONE)
            lng_complain_at(s, e->item[i], LNG_E_TYPE, "a list is a shape: integers, not %s", lng_term_text(s->e->arena, &from[i]));
        good = good && from[i].kind == LNG_TERM_INT;
    }
    lng_term out = lng_derived(s, e, LNG_TERM_SHAPE, from, e->items);
    out.shape = shape;
    return good ? out : none;
}

static lng_term item(lng_scope *s, const lng_expr *e, const lng_term *of, const lng_term *at)
{
    int64_t n = of->kind == LNG_TERM_SHAPE ? of->shape.rank : (int64_t)of->items;
    int64_t i = at->i < 0 ? at->i + n : at->i;
    if (i < 0 || i >= n) {
        lng_complain_at(s, e, LNG_E_RANGE, "there is no item %lld of %s", (long long)at->i, lng_term_text(s->e->arena, of));
        return none;
    }
    if (of->kind == LNG_TERM_TUPLE)
        return of->item[i];
    lng_term out = lng_derived(s, e, LNG_TERM_INT, of, 1);
    out.i = of->shape.dim[i];
    return out;
}

static lng_term part(lng_scope *s, const lng_expr *e, const lng_term *of, int64_t low, int64_t high)
{
    int64_t n = of->shape.rank;
    low = low < 0 ? low + n : low;
    high = high < 0 ? high + n : high;
    low = low < 0 ? 0 : low > n ? n : low;
    high = high < low ? low : high > n ? n : high;
    lng_term out = lng_derived(s, e, LNG_TERM_SHAPE, of, 1);
    out.shape = (lng_shape){.rank = (int)(high - low)};
    memcpy(out.shape.dim, of->shape.dim + low, (size_t)(high - low) * sizeof *out.shape.dim);
    return out;
}

static lng_term indexed(lng_scope *s, const lng_expr *e)
{
    lng_term of = lng_eval(s, e->item[0]), bound[2] = {{0}, {0}};
    bool good = of.kind != LNG_TERM_NONE;
    for (int i = 0; i < 2; i++)
        if (e->item[i + 1]) {
            bound[i] = lng_eval(s, e->item[i + 1]);
            if (bound[i].kind != LNG_TERM_INT && bound[i].kind != LNG_TERM_NONE)
                lng_complain_at(s, e->item[i + 1], LNG_E_TYPE, "an index is an integer, not %s",
                                lng_term_text(s->e->arena, &bound[i]));
            good = good && bound[i].kind == LNG_TERM_INT;
        }
    if (!good)
        return none;
    if (of.kind == LNG_TERM_SHAPE && e->kind == LNG_EXPR_SLICE)
        return part(s, e, &of, e->item[1] ? bound[0].i : 0, e->item[2] ? bound[1].i : LNG_MAX_RANK);
    if (e->kind == LNG_EXPR_INDEX && (of.kind == LNG_TERM_SHAPE || of.kind == LNG_TERM_TUPLE))
        return item(s, e, &of, &bound[0]);
    if (of.kind == LNG_TERM_VALUE) {
        lng_complain_at(s, e, LNG_E_NOT_YET, "values cannot be indexed in this version of lngraph");
        lng_hint(s, "use slice(x, axis=0, start=0, stop=1)");
    } else
        lng_complain_at(s, e, LNG_E_TYPE, "%s cannot be indexed", lng_term_text(s->e->arena, &of));
    return none;
}

/* ---- conditions ---- */
static lng_term condition(lng_scope *s, const lng_expr *e)
{
    lng_term c = lng_eval(s, e->item[1]);
    if (c.kind == LNG_TERM_NONE)
        return none;
    if (c.kind == LNG_TERM_BOOL)
        return lng_eval(s, e->item[c.i ? 0 : 2]);
    if (c.kind == LNG_TERM_VALUE)
        return lng_emit_named(s, e, "select", (lng_term[]){c, lng_eval(s, e->item[0]), lng_eval(s, e->item[2])}, 3);
    lng_complain_at(s, e->item[1], LNG_E_TYPE, "a condition is true or false, not %s", lng_term_text(s->e->arena, &c));
    return none;
}

static lng_term logic(lng_scope *s, const lng_expr *e)
{
    lng_term a = lng_eval(s, e->item[0]);
    bool stop = a.kind == LNG_TERM_BOOL && a.i == (e->sign == LNG_OR);
    if (stop || a.kind == LNG_TERM_NONE)
        return a;
    lng_term b = lng_eval(s, e->item[1]);
    if (a.kind == LNG_TERM_BOOL || b.kind == LNG_TERM_NONE) /* true and b, false or b */
        return b;
    if (b.kind == LNG_TERM_BOOL && a.kind == LNG_TERM_VALUE)
        return b.i == (e->sign == LNG_OR) ? b : a;
    return lng_operate(s, e, a, b);
}

static lng_term tuple(lng_scope *s, const lng_expr *e)
{
    lng_term t = lng_derived(s, e, LNG_TERM_TUPLE, NULL, 0);
    t.item = LNG_NEW_N(s->e->arena, e->items, lng_term);
    t.items = e->items;
    for (size_t i = 0; i < e->items; i++)
        t.item[i] = lng_eval(s, e->item[i]);
    return t;
}

static lng_term evaluate(lng_scope *s, const lng_expr *e)
{
    lng_term t = lng_derived(s, e, LNG_TERM_INT, NULL, 0);
    switch (e->kind) {
    case LNG_EXPR_INT:
        t.i = e->i;
        return t;
    case LNG_EXPR_FLOAT:
        t.kind = LNG_TERM_FLOAT, t.f = e->f;
        return t;
    case LNG_EXPR_BOOL:
        t.kind = LNG_TERM_BOOL, t.i = e->i;
        return t;
    case LNG_EXPR_STRING:
        t.kind = LNG_TERM_STRING, t.s = e->name;
        return t;
    case LNG_EXPR_NAME:
        return name(s, e);
    case LNG_EXPR_FIELD:
        return field(s, e);
    case LNG_EXPR_LIST:
        return list(s, e);
    case LNG_EXPR_TUPLE:
        return tuple(s, e);
    case LNG_EXPR_INDEX:
    case LNG_EXPR_SLICE:
        return indexed(s, e);
    case LNG_EXPR_IF:
        return condition(s, e);
    case LNG_EXPR_UNARY:
        return lng_negate(s, e, lng_eval(s, e->item[0]));
    case LNG_EXPR_BINARY:
        if (e->sign == LNG_AND || e->sign == LNG_OR)
            return logic(s, e);
        t = lng_eval(s, e->item[0]);
        return lng_operate(s, e, t, lng_eval(s, e->item[1]));
    case LNG_EXPR_CALL:
        return lng_apply_named(s, e, lng_args_of(s, e, NULL, 0), NULL);
    }
    return none;
}

lng_term lng_eval(lng_scope *s, const lng_expr *e)
{
    if (lng_exhausted(s, e, 1))
        return none;
    if (s->e->nesting >= LNG_MAX_NESTING) {
        lng_complain_at(s, e, LNG_E_LIMIT, "expressions and blocks are nested more than %d deep here", LNG_MAX_NESTING);
        return none;
    }
    s->e->nesting++;
    lng_term t = evaluate(s, e);
    s->e->nesting--;
    return t;
}

/* ---- as an attribute asks for it ---- */
static bool in_range(lng_scope *s, const lng_term *t, const lng_with *w)
{
    char number[LNG_NUMBER_SIZE];
    if (w->type == LNG_TYPE_FLOAT && fabs(t->f) > FLT_MAX)
        return lng_complain_term(s, t, LNG_E_RANGE, "`%s`: %s does not fit a 32-bit float", w->name, lng_number(number, t->f));
    if (lng_with_allows(w, lng_term_number(t)))
        return true;
    return lng_complain_term(s, t, LNG_E_RANGE, "`%s` is %s %s, got %s", w->name, lng_type_text(w->type),
                             lng_with_range(s->e->arena, w), lng_number(number, lng_term_number(t)));
}

static bool allowed_word(lng_scope *s, const lng_term *t, const lng_with *w)
{
    lng_nearest near = {.wrong = t->s};
    for (size_t i = 0; i < w->choices; i++) {
        if (strcmp(w->choice[i], t->s) == 0)
            return true;
        lng_nearest_offer(&near, w->choice[i]);
    }
    if (w->choices == 0)
        return true;
    lng_complain_term(s, t, LNG_E_RANGE, "`%s` is %s, got `%.60s`", w->name, lng_with_range(s->e->arena, w), t->s);
    if (near.best)
        lng_hint(s, "did you mean `%s`?", near.best);
    return false;
}

/* A float may vary while it runs: a shared scalar value. */
static bool varies(lng_scope *s, lng_term *t, const lng_with *w)
{
    const lng_callable *c = t->kind == LNG_TERM_BLOCK ? t->block : NULL;
    if (c && (c->op || (lng_block_read(s->e->arena, c->block, &lng_section_block, s->e->errors) && c->block->ports > 0))) {
        lng_complain_term(s, t, LNG_E_TYPE, "`%s` is a number, not the block `%s`", w->name, c->name);
        lng_hint(s, "a schedule is a block without ports: cosine(peak=1e-3)");
        return false;
    }
    lng_term as_value = *t;
    lng_value *v = lng_term_value(s, *t);
    if (!v)
        return false;
    char shape[LNG_SHAPE_TEXT];
    if (v->shape.rank != 0 || v->dtype != LNG_F32)
        return lng_complain_term(s, t, LNG_E_SHAPE, "`%s` is one number, not a value of shape %s", w->name,
                                 lng_shape_text(shape, v->shape));
    if (v->per_example)
        return lng_complain_term(s, t, LNG_E_KIND, "`%s` is one number for the whole batch, not one for each example", w->name);
    as_value.kind = LNG_TERM_VALUE;
    as_value.value = v;
    as_value.graph = s->e->graph;
    *t = as_value;
    return true;
}

lng_term lng_convert(lng_scope *s, lng_term t, const lng_with *w)
{
    static const lng_term_kind kinds[] = {
        [LNG_TYPE_INT] = LNG_TERM_INT,       [LNG_TYPE_FLOAT] = LNG_TERM_FLOAT, [LNG_TYPE_BOOL] = LNG_TERM_BOOL,
        [LNG_TYPE_STRING] = LNG_TERM_STRING, [LNG_TYPE_SHAPE] = LNG_TERM_SHAPE, [LNG_TYPE_BLOCK] = LNG_TERM_BLOCK};
    if (t.kind == LNG_TERM_NONE)
        return none;
    if (w->type == LNG_TYPE_FLOAT && (t.kind == LNG_TERM_VALUE || t.kind == LNG_TERM_BLOCK))
        return varies(s, &t, w) ? t : none;
    if (w->type == LNG_TYPE_FLOAT && t.kind == LNG_TERM_INT) {
        double x = (double)t.i;
        t.kind = LNG_TERM_FLOAT;
        t.f = x;
    }
    if (t.kind != kinds[w->type]) {
        lng_complain_term(s, &t, LNG_E_TYPE, "`%s` is %s, not %s", w->name, lng_type_text(w->type), lng_term_text(s->e->arena, &t));
        if (w->type == LNG_TYPE_INT && t.kind == LNG_TERM_FLOAT)
            lng_hint(s, "`//` divides integers");
        return none;
    }
    if ((w->type == LNG_TYPE_INT || w->type == LNG_TYPE_FLOAT) && !in_range(s, &t, w))
        return none;
    return w->type == LNG_TYPE_STRING && !allowed_word(s, &t, w) ? none : t;
}

lng_term lng_eval_as(lng_scope *s, const lng_expr *e, const lng_with *w)
{
    lng_callable c;
    bool plain = e->kind == LNG_EXPR_NAME && !lng_map_get(s->name, e->name);
    if (w->type == LNG_TYPE_STRING && plain) { /* a bare word */
        lng_term t = lng_derived(s, e, LNG_TERM_STRING, NULL, 0);
        t.s = e->name;
        return lng_convert(s, t, w);
    }
    bool schedule = w->type == LNG_TYPE_FLOAT && plain && !lng_is_reserved(e->name) && lng_find_callable(s, e->name, &c);
    lng_term t = w->type == LNG_TYPE_BLOCK || schedule ? lng_eval_block(s, e) : lng_eval(s, e);
    return lng_convert(s, t, w);
}
