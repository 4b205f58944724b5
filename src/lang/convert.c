/* Converts data to what attributes are declared as: types, ranges and words. */
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include "syntax/builtin_names.h"
#include <float.h>
#include <math.h>
#include <string.h>

static const lng_datum none = {0};

static bool in_range(lng_scope *s, const lng_datum *t, const lng_attr_decl *w)
{
    char number[LNG_NUMBER_SIZE];
    if (t->kind == LNG_DATUM_FLOAT && fabs(t->f) > FLT_MAX)
        return lng_complain_datum(s, t, LNG_E_RANGE, "`%s`: %s does not fit in a 32-bit float", w->name, lng_number(number, t->f));
    const bool integer = t->kind == LNG_DATUM_INT;
    if (integer ? lng_attr_decl_allows_int(w, t->i) : lng_attr_decl_allows(w, t->f))
        return true;
    return lng_complain_datum(s, t, LNG_E_RANGE, "`%s` must be %s, not %s", w->name, lng_attr_decl_wanted(s->e->arena, w),
                              integer ? lng_format(s->e->arena, "%lld", (long long)t->i) : lng_number(number, t->f));
}

static bool allowed_word(lng_scope *s, const lng_datum *t, const lng_attr_decl *w)
{
    lng_nearest near = {.wrong = t->s};
    for (size_t i = 0; i < w->choices; i++) {
        if (strcmp(w->choice[i], t->s) == 0)
            return true;
        lng_nearest_offer(&near, w->choice[i]);
    }
    if (w->choices == 0)
        return true;
    lng_complain_datum(s, t, LNG_E_RANGE, "`%s` must be %s, not `%.60s`", w->name,
                       w->other ? lng_attr_decl_wanted(s->e->arena, w) : lng_attr_decl_range(s->e->arena, w), t->s);
    if (near.best)
        lng_hint(s, "did you mean `%s`?", near.best);
    return false;
}

/* A float may vary during a run: it is a shared scalar value then. */
static bool varies(lng_scope *s, lng_datum *t, const lng_attr_decl *w)
{
    const lng_callable *c = t->kind == LNG_DATUM_BLOCK ? t->block : NULL;
    if (c && (c->op || (lng_block_read(s->e->arena, c->block, &lng_section_block, s->e->errors) && c->block->ports > 0))) {
        lng_complain_datum(s, t, LNG_E_TYPE, "`%s` must be a number, not the block `%s`", w->name, c->name);
        lng_hint(s, "a schedule is a block without ports: cosine(peak=1e-3)");
        return false;
    }
    lng_datum as_value = *t;
    lng_value *v = lng_datum_value(s, *t);
    if (!v)
        return false;
    char shape[LNG_SHAPE_TEXT];
    if (v->shape.rank != 0 || v->dtype != LNG_F32)
        return lng_complain_datum(s, t, LNG_E_SHAPE, "`%s` must be a single number, not a value of shape %s", w->name,
                                  lng_shape_text(shape, v->shape));
    if (v->per_example)
        return lng_complain_datum(s, t, LNG_E_KIND, "`%s` must be one number for the whole batch, not one per example", w->name);
    as_value.kind = LNG_DATUM_VALUE;
    as_value.value = v;
    as_value.graph = s->e->graph;
    *t = as_value;
    return true;
}

/* A hint for a number where an integer is needed: how to write it as one. `e` is its expression, or NULL. */
static void integer_hint(lng_scope *s, const lng_datum *t, const lng_expr *e)
{
    if (e && e->kind == LNG_EXPR_BINARY && e->sign == LNG_DIV)
        lng_hint(s, "`//` divides integers");
    else if (t->f == floor(t->f) && fabs(t->f) < 1e15)
        lng_hint(s, "write %lld", (long long)t->f);
}

/* A list of n integers; one integer stands for all. False if t is neither, or out of range after an error. */
static bool is_list(lng_scope *s, lng_datum *t, const lng_attr_decl *w, int n)
{
    lng_datum one = *t;
    if (t->kind == LNG_DATUM_INT) {
        t->kind = LNG_DATUM_SHAPE;
        t->shape = (lng_shape){.rank = n};
        for (int i = 0; i < n; i++)
            t->shape.dim[i] = one.i;
    }
    bool fits = t->kind == LNG_DATUM_SHAPE && t->shape.rank == n;
    one.kind = LNG_DATUM_INT;
    for (int i = 0; fits && i < n; i++) {
        one.i = t->shape.dim[i];
        fits = in_range(s, &one, w);
        t->kind = fits ? LNG_DATUM_SHAPE : LNG_DATUM_NONE;
    }
    return fits;
}

/* A list of lists, each given as one of n integers or as one integer for all; one integer stands for all of them. */
static bool is_list_of_lists(lng_scope *s, lng_datum *t, const lng_attr_decl *w)
{
    lng_datum all = *t;
    const bool one = t->kind == LNG_DATUM_INT, flat = t->kind == LNG_DATUM_SHAPE;
    if (!one && (flat ? t->shape.rank : t->kind == LNG_DATUM_TUPLE ? (int)t->items : 0) != w->rows)
        return false;
    all.kind = LNG_DATUM_TUPLE;
    all.item = LNG_NEW_N(s->e->arena, (size_t)w->rows, lng_datum);
    all.items = (size_t)w->rows;
    for (int i = 0; i < w->rows; i++) {
        all.item[i] = one || flat ? *t : t->item[i];
        if (flat)
            all.item[i].kind = LNG_DATUM_INT, all.item[i].i = t->shape.dim[i];
        if (!is_list(s, &all.item[i], w, w->count)) {
            *t = all.item[i];
            return false;
        }
    }
    *t = all;
    return true;
}

static lng_datum integers(lng_scope *s, lng_datum t, const lng_attr_decl *w)
{
    if (w->rows ? is_list_of_lists(s, &t, w) : is_list(s, &t, w, w->count))
        return t;
    if (t.kind != LNG_DATUM_NONE)
        lng_complain_datum(s, &t, LNG_E_TYPE, "`%s` must be %s, not %s", w->name, lng_attr_decl_wanted(s->e->arena, w),
                           lng_datum_text(s->e->arena, &t));
    return none;
}

static lng_datum convert(lng_scope *s, lng_datum t, const lng_attr_decl *w, const lng_expr *e)
{
    static const lng_datum_kind kinds[] = {
        [LNG_TYPE_INT] = LNG_DATUM_INT,       [LNG_TYPE_FLOAT] = LNG_DATUM_FLOAT, [LNG_TYPE_BOOL] = LNG_DATUM_BOOL,
        [LNG_TYPE_STRING] = LNG_DATUM_STRING, [LNG_TYPE_SHAPE] = LNG_DATUM_SHAPE, [LNG_TYPE_BLOCK] = LNG_DATUM_BLOCK};
    if (t.kind == LNG_DATUM_NONE)
        return none;
    if (w->type == LNG_TYPE_FLOAT && (t.kind == LNG_DATUM_VALUE || t.kind == LNG_DATUM_BLOCK))
        return varies(s, &t, w) ? t : none;
    if (w->type == LNG_TYPE_FLOAT && t.kind == LNG_DATUM_INT) {
        double x = (double)t.i;
        t.kind = LNG_DATUM_FLOAT;
        t.f = x;
    }
    if (w->type == LNG_TYPE_SHAPE && t.kind == LNG_DATUM_INT) { /* one size, one axis */
        const int64_t one = t.i;
        t.kind = LNG_DATUM_SHAPE;
        t.shape = (lng_shape){1, {one}};
    }
    if (w->other && (t.kind == LNG_DATUM_INT || t.kind == LNG_DATUM_SHAPE || t.kind == LNG_DATUM_TUPLE))
        return convert(s, t, w->other, e);
    if (w->type == LNG_TYPE_INTS)
        return integers(s, t, w);
    if (t.kind != kinds[w->type]) {
        lng_complain_datum(s, &t, LNG_E_TYPE, "`%s` must be %s, not %s", w->name,
                           w->other ? lng_attr_decl_wanted(s->e->arena, w) : lng_type_text(w->type),
                           lng_datum_text(s->e->arena, &t));
        if (w->type == LNG_TYPE_INT && t.kind == LNG_DATUM_FLOAT)
            integer_hint(s, &t, e);
        else if (w->type == LNG_TYPE_STRING && w->choices && !w->other)
            lng_hint(s, "`%s` is %s", w->name, lng_attr_decl_range(s->e->arena, w));
        return none;
    }
    if ((w->type == LNG_TYPE_INT || w->type == LNG_TYPE_FLOAT) && !in_range(s, &t, w))
        return none;
    return w->type == LNG_TYPE_STRING && !allowed_word(s, &t, w) ? none : t;
}

lng_datum lng_convert(lng_scope *s, lng_datum t, const lng_attr_decl *w)
{
    return convert(s, t, w, NULL);
}

lng_datum lng_eval_as(lng_scope *s, const lng_expr *e, const lng_attr_decl *w)
{
    lng_callable c;
    bool plain = e->kind == LNG_EXPR_NAME && !lng_scope_find(s, e->name);
    if (w->type == LNG_TYPE_STRING && plain) { /* a bare word */
        lng_datum t = lng_derived(s, e, LNG_DATUM_STRING, NULL, 0);
        t.s = e->name;
        return lng_convert(s, t, w);
    }
    bool schedule = w->type == LNG_TYPE_FLOAT && plain && !lng_is_reserved(e->name) && lng_find_callable(s, e->name, &c);
    lng_datum t = w->type == LNG_TYPE_BLOCK || schedule ? lng_eval_block(s, e) : lng_eval(s, e);
    return convert(s, schedule ? lng_apply_schedule(s, &t, e) : t, w, e);
}
