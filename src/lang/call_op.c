/* Calls of ops: attributes by the op's table. */
#include "graph/level.h"
#include "graph/ops.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include <math.h>
#include <string.h>

static const lng_datum none = {0};

/* An op's attribute in the form in which blocks declare theirs; the builder checks ranges. */
static lng_attr_decl declared(lng_scope *s, const lng_attr_spec *spec)
{
    static const lng_type types[] = {
        [LNG_ATTR_INT] = LNG_TYPE_INT,     [LNG_ATTR_FLOAT] = LNG_TYPE_FLOAT, [LNG_ATTR_BOOL] = LNG_TYPE_BOOL,
        [LNG_ATTR_NAME] = LNG_TYPE_STRING, [LNG_ATTR_INTS] = LNG_TYPE_SHAPE,  [LNG_ATTR_PADDING] = LNG_TYPE_STRING};
    lng_attr_decl w = {.name = spec->name, .type = types[spec->type], .low = -INFINITY, .high = INFINITY};
    size_t capacity = 0;
    for (const char *at = spec->choices; at && *at;) {
        size_t n = strcspn(at, " ");
        w.choice = lng_grow(s->e->arena, w.choice, w.choices, &capacity, sizeof *w.choice);
        w.choice[w.choices++] = lng_copy_n(s->e->arena, at, n);
        at += n + (at[n] == ' ');
    }
    if (spec->type == LNG_ATTR_PADDING) {
        lng_attr_decl *pairs = LNG_NEW(s->e->arena, lng_attr_decl);
        *pairs = (lng_attr_decl){.name = spec->name,
                                 .type = LNG_TYPE_INTS,
                                 .low = spec->low,
                                 .low_int = (int64_t)spec->low,
                                 .high = INFINITY,
                                 .rows = spec->max_count / 2,
                                 .count = 2};
        w.other = pairs;
    }
    return w;
}

static lng_datum convert(lng_scope *s, const lng_attr_spec *spec, lng_datum t)
{
    lng_attr_decl w = declared(s, spec);
    if (spec->type == LNG_ATTR_INTS && t.kind == LNG_DATUM_INT) { /* 2 means [2, 2] where two are wanted */
        int64_t one = t.i;
        int n = spec->min_count == spec->max_count && spec->min_count > 0 ? spec->min_count : 1;
        t.kind = LNG_DATUM_SHAPE;
        t.shape = (lng_shape){.rank = n};
        for (int i = 0; i < n; i++)
            t.shape.dim[i] = one;
    }
    t = lng_convert(s, t, &w);
    if (t.kind == LNG_DATUM_VALUE) {
        lng_complain_datum(s, &t, LNG_E_TYPE, "`%s` must be known at compile time", spec->name);
        return none;
    }
    return t;
}

lng_datum lng_eval_op_attribute(lng_scope *s, const lng_op *op, int k, const lng_expr *e)
{
    const lng_attr_spec *spec = &op->attr[k];
    if (spec->type == LNG_ATTR_NAME || spec->type == LNG_ATTR_PADDING) {
        lng_attr_decl w = declared(s, spec);
        return lng_eval_as(s, e, &w);
    }
    return convert(s, spec, lng_eval(s, e));
}

/* The lists of a list, one after the other. */
static lng_shape flat(const lng_datum *t)
{
    lng_shape all = {0};
    for (size_t i = 0; i < t->items; i++)
        for (int k = 0; k < t->item[i].shape.rank; k++)
            all.dim[all.rank++] = t->item[i].shape.dim[k];
    return all;
}

static void store(lng_attr *attr, const lng_attr_spec *spec, const lng_datum *t)
{
    *attr = (lng_attr){0};
    if (t->kind == LNG_DATUM_TUPLE)
        attr->v = flat(t);
    else if (spec->type == LNG_ATTR_INTS)
        attr->v = t->shape;
    else if (t->kind == LNG_DATUM_STRING)
        attr->s = t->s;
    else if (spec->type == LNG_ATTR_FLOAT)
        attr->f = t->f;
    else
        attr->i = t->i;
}

static bool attributes(lng_scope *s, const lng_callable *c, const lng_args *a, const lng_expr *at, lng_attr *attr, lng_place *place)
{
    const lng_op *op = c->op;
    const bool unnamed = (int64_t)a->values > op->n_in && !(op->flags & LNG_OP_ANY_NUMBER); /* one may be meant for an attribute */
    bool set[LNG_MAX_ATTR] = {false}, good = true;
    for (int k = 0; k < op->n_attr; k++)
        attr[k] = op->attr[k].fallback;
    for (size_t i = 0; i < c->bounds + a->count - a->values; i++) {
        const lng_arg *arg = i < c->bounds ? NULL : &a->arg[a->values + i - c->bounds];
        const char *label = arg ? arg->label : c->label[i];
        lng_datum t = arg ? lng_bind_attribute(s, c, label, arg->expr, arg->place) : c->bound[i];
        int k = lng_op_attr_index(op, label);
        if (t.kind == LNG_DATUM_NONE || k < 0) {
            good = false;
            set[k < 0 ? 0 : k] |= k >= 0;
            continue;
        }
        if (set[k])
            good = lng_complain(s, arg ? arg->place : t.place, LNG_E_ARGUMENTS, "`%s` is given twice", label);
        set[k] = true;
        store(&attr[k], &op->attr[k], &t);
        place[k] = t.inner ? lng_user_place(s, t.place) : t.place;
    }
    for (int k = 0; k < op->n_attr; k++)
        if (op->attr[k].required && !set[k])
            good = !unnamed && lng_complain_at(s, at, LNG_E_MISSING_KEY, "`%s` needs the attribute `%s`: %s", op->name,
                                               op->attr[k].name, op->attr[k].about);
    return good;
}

/* A pointwise op of numbers gives a number, computed in double by the op itself. It is an integer if the op's result is, or can be, and all
 * operands are. */
static bool fold(const lng_op *op, const lng_datum *in, size_t n, lng_datum *out)
{
    lng_number_op *number = lng_op_number(op);
    double x[3] = {0};
    bool whole = op->out[0].dtype == LNG_ANY_DTYPE;
    if (!number)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!lng_datum_is_number(&in[i]))
            return false;
        x[i] = lng_datum_number(&in[i]);
        whole = whole && in[i].kind == LNG_DATUM_INT && x[i] > -0x1p53 && x[i] < 0x1p53;
    }
    const double y = number(x[0], x[1], x[2]);
    *out = in[0];
    out->kind = LNG_DATUM_INT;
    if (op->out[0].dtype == LNG_INT_ONLY || (whole && y > -0x1p53 && y < 0x1p53))
        out->i = (int64_t)y;
    else {
        out->kind = LNG_DATUM_FLOAT;
        out->f = y;
    }
    return isfinite(y);
}

/* "2 to 4 values (a, b, c, d)" */
static const char *count_text(lng_scope *s, const lng_op *op)
{
    const int least = op->n_in - op->n_optional;
    lng_text t = lng_text_new(s->e->arena);
    if (op->flags & LNG_OP_ANY_NUMBER)
        lng_text_add(&t, "at least %d value%s", least, least == 1 ? "" : "s");
    else if (op->n_optional)
        lng_text_add(&t, "%d to %d values", least, op->n_in);
    else
        lng_text_add(&t, "%d value%s", op->n_in, op->n_in == 1 ? "" : "s");
    for (int i = 0; i < op->n_in; i++)
        lng_text_add(&t, "%s%s", i ? ", " : " (", op->in[i].name);
    lng_text_add(&t, op->flags & LNG_OP_ANY_NUMBER ? ", ...)" : op->n_in ? ")" : "");
    return t.at;
}

/* The values of the operands; NULL after an error. */
static lng_datum *operands(lng_scope *s, const lng_callable *c, const lng_args *a, const lng_expr *at)
{
    const lng_op *op = c->op;
    bool good = true;
    const bool many = (op->flags & LNG_OP_ANY_NUMBER) && a->values > (size_t)op->n_in;
    if ((int64_t)a->values < op->n_in - op->n_optional || ((int64_t)a->values > op->n_in && !many)) {
        lng_complain_at(s, at, LNG_E_ARGUMENTS, "`%s` takes %s, got %zu", op->name, count_text(s, op), a->values);
        if ((int64_t)a->values > op->n_in)
            lng_unnamed_hint(s, c, at);
        lng_arguments_hint(s, c, a, at);
        return NULL;
    }
    lng_datum *in = LNG_NEW_N(s->e->arena, a->values + 1, lng_datum);
    for (size_t i = 0; i < a->values; i++) {
        in[i] = lng_argument(s, &a->arg[i]);
        good = good && in[i].kind != LNG_DATUM_NONE;
    }
    return good ? in : NULL;
}

/* In groups of as many as the op takes, then groups of these, so that no operand is copied often. */
lng_datum lng_emit_many(lng_scope *s, const lng_expr *at, const lng_op *op, lng_datum *in, size_t n, const lng_attr *attr,
                        const lng_place *place)
{
    const size_t most = (size_t)op->n_in;
    while (n > most) {
        size_t groups = 0;
        for (size_t i = 0; i < n; i += most, groups++) {
            const size_t count = n - i < most ? n - i : most;
            in[groups] = count == 1 ? in[i] : lng_emit_op(s, at, op, in + i, count, attr, place);
            if (in[groups].kind == LNG_DATUM_NONE)
                return none;
        }
        n = groups;
    }
    return lng_emit_op(s, at, op, in, n, attr, place);
}

lng_datum lng_apply_op(lng_scope *s, const lng_callable *c, lng_args args, const lng_expr *at)
{
    lng_datum folded;
    bool good = true, listed = false;
    if (c->op == &lng_op_sum && args.count == 1 && args.values == 1 && c->bounds == 0) {
        args.arg[0].datum = lng_argument(s, &args.arg[0]);
        args.arg[0].expr = NULL;
        if (args.arg[0].datum.kind == LNG_DATUM_TUPLE || args.arg[0].datum.kind == LNG_DATUM_SHAPE)
            return lng_sum_of_list(s, at, &args.arg[0].datum);
    } else if (c->op->flags & LNG_OP_ANY_NUMBER)
        good = lng_spread(s, &args, &listed);
    lng_attr attr[LNG_MAX_ATTR];
    lng_place place[LNG_MAX_ATTR] = {{0}};
    const bool complete = attributes(s, c, &args, at, attr, place);
    if (good && complete && listed && args.values == 1) /* a list of one is joined with nothing */
        return args.arg[0].datum;
    lng_datum *in = good ? operands(s, c, &args, at) : NULL;
    if (!in || !complete)
        return none;
    if (args.values > 0 && fold(c->op, in, args.values, &folded))
        return folded;
    const lng_datum out = lng_emit_many(s, at, c->op, in, args.values, attr, place);
    if (out.kind == LNG_DATUM_VALUE)
        lng_lint_op(s, out.value);
    return out;
}
