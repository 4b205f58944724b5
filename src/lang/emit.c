/* Data to values of the current graph, and ops on them. */
#include "base/assert.h"
#include "graph/ops.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include <float.h>
#include <math.h>
#include <string.h>

static void aim(lng_scope *s, lng_place place)
{
    s->e->graph->place = lng_user_place(s, place);
    s->e->graph->scope = s->now ? s->now : lng_scope_path(s);
    s->e->graph->in_place = s->e->graph->attr_place = NULL;
}

static lng_value *number(lng_scope *s, const lng_datum *t, double x)
{
    if (fabs(x) > FLT_MAX) {
        lng_complain_datum(s, t, LNG_E_RANGE, "%s does not fit in a 32-bit float", lng_datum_text(s->e->arena, t));
        return NULL;
    }
    aim(s, t->place);
    return lng_scalar(s->e->graph, x);
}

/* A value of another graph: a constant is made again, a variable gives its initial value; any other does not exist here. */
static lng_value *foreign(lng_scope *s, const lng_datum *t)
{
    double fill;
    aim(s, t->place);
    if (lng_value_is_constant(t->value, &fill))
        return lng_constant(s->e->graph, fill, t->value->shape);
    lng_value *first = t->value->node->op->flags & LNG_OP_STORED ? lng_graph_find_output(s->e->init, t->value->node->name) : NULL;
    if (first && s->e->graph == s->e->init)
        return first;
    lng_complain_datum(s, t, LNG_E_KIND,
                       "an initial value can depend on sizes, constants and random numbers, but not on what the model computes");
    return NULL;
}

lng_value *lng_datum_value(lng_scope *s, lng_datum t)
{
    LNG_ASSERT(t.kind != LNG_DATUM_VALUE || (t.value && t.graph));
    t = lng_datum_alone(t);
    switch (t.kind) {
    case LNG_DATUM_NONE:
        return NULL;
    case LNG_DATUM_INT:
    case LNG_DATUM_FLOAT:
        return number(s, &t, lng_datum_number(&t));
    case LNG_DATUM_BOOL:
        return number(s, &t, (double)t.i);
    case LNG_DATUM_VALUE:
        return t.graph == s->e->graph ? t.value : foreign(s, &t);
    default:
        lng_complain_datum(s, &t, LNG_E_TYPE, "expected a value, not %s", lng_datum_text(s->e->arena, &t));
        lng_hint_items(s, &t);
        return NULL;
    }
}

/* Whether all operands were known at compile time: then the result that the builder folded is known, too. */
static bool all_known(const lng_datum *in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!lng_datum_is_number(&in[i]))
            return false;
    return n > 0;
}

static lng_datum result(const lng_scope *s, const lng_expr *e, lng_value *v, const lng_datum *in, size_t n)
{
    lng_datum t = lng_derived(s, e, LNG_DATUM_VALUE, in, n);
    double fill;
    if (all_known(in, n) && v->shape.rank == 0 && lng_value_is_constant(v, &fill) && isfinite(fill)) {
        t.kind = LNG_DATUM_FLOAT;
        t.f = fill;
        return t;
    }
    t.value = v;
    t.graph = s->e->graph;
    return t;
}

/* Whether an integer known at compile time becomes an i32: the op takes only that, or takes any dtype and another operand is i32. */
static bool stands_for_i32(const lng_op *op, const lng_datum *in, size_t n, size_t i)
{
    bool meets = op->in[i].dtype == LNG_INT_ONLY;
    for (size_t k = 0; k < n && op->in[i].dtype == LNG_ANY_DTYPE; k++)
        meets |= op->in[k].dtype == LNG_ANY_DTYPE && in[k].kind == LNG_DATUM_VALUE && in[k].value->dtype == LNG_I32;
    return in[i].kind == LNG_DATUM_INT && meets;
}

static lng_value *operand_value(lng_scope *s, const lng_op *op, const lng_datum *in, size_t n, size_t i)
{
    if (!stands_for_i32(op, in, n, i))
        return lng_datum_value(s, in[i]);
    aim(s, in[i].place);
    return lng_integer(s->e->graph, in[i].i);
}

/* Whether an op was refused because it got integers instead of floats. */
static bool wants_floats(const lng_op *op, lng_value *const *operand, size_t n)
{
    bool any_integer = false, any_float = false;
    for (size_t i = 0; i < n; i++) {
        any_integer |= operand[i]->dtype == LNG_I32;
        any_float |= operand[i]->dtype == LNG_F32 || op->in[i].dtype == LNG_FLOAT_ONLY;
        if (op->in[i].dtype == LNG_INT_ONLY)
            return false;
    }
    return any_integer && any_float;
}

/* Whether operand i must be floats: the op takes only them, or takes one dtype for all, and others are floats. */
static bool meets_floats(const lng_op *op, lng_value *const *operand, size_t n, size_t i)
{
    bool meets = op->in[i].dtype == LNG_FLOAT_ONLY;
    for (size_t k = 0; k < n && op->in[i].dtype == LNG_ANY_DTYPE; k++)
        meets |= op->in[k].dtype == LNG_ANY_DTYPE && operand[k]->dtype == LNG_F32;
    return meets;
}

/* What the user gave to a standard block is a mistake in the call, not in the op inside that meets it: integers where floats belong, or floats
 * where integers do. */
static bool takes_dtypes(const lng_scope *s, const lng_op *op, const lng_datum *in, lng_value *const *operand, size_t n)
{
    for (size_t i = 0; s->block->standard && i < n; i++) {
        const bool integers = operand[i]->dtype == LNG_I32;
        if (in[i].inner || !(integers ? meets_floats(op, operand, n, i) : op->in[i].dtype == LNG_INT_ONLY))
            continue;
        lng_complain_datum(s, &in[i], LNG_E_DTYPE,
                           integers ? "`%s` takes floats (f32), but this is an integer (i32)"
                                    : "`%s` takes integers (i32), but this is a float (f32)",
                           lng_user_block(s));
        lng_hint(s, integers ? "to_float(x) turns integers into floats" : "to_int(x) turns floats into integers");
        return false;
    }
    return true;
}

lng_datum lng_emit_op(lng_scope *s, const lng_expr *e, const lng_op *op, const lng_datum *in, size_t n, const lng_attr *attr,
                      const lng_place *attr_place)
{
    LNG_ASSERT(n <= LNG_MAX_IN && n <= (size_t)op->n_in && s->e->graph);
    lng_elab *elab = s->e;
    lng_value *operand[LNG_MAX_IN];
    lng_place place[LNG_MAX_IN];
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        operand[i] = operand_value(s, op, in, n, i);
        good = good && operand[i];
        place[i] = in[i].inner ? lng_user_place(s, in[i].place) : in[i].place;
    }
    aim(s, lng_expr_place(e));
    if (!good || !takes_dtypes(s, op, in, operand, n))
        return (lng_datum){0};
    const char *name = NULL;
    if (op->flags & LNG_OP_RANDOM)
        name = elab->draws_of ? elab->draws_of : lng_path(elab->arena, lng_scope_site(s), e->call);
    lng_errors *errors = elab->graph->errors;
    if (s->muted)
        elab->graph->errors = NULL;
    elab->graph->in_place = place;
    elab->graph->attr_place = attr_place;
    bool sums = n == 1 && operand[0]->per_example && op == &lng_op_batch_sum; /* contracted if possible */
    lng_value *v = sums   ? lng_batch_sum(elab->graph, operand[0])
                   : name ? lng_loop_draw(elab->graph, op, attr, name)
                          : lng_emit(elab->graph, op, operand, (int)n, attr, NULL);
    elab->graph->in_place = elab->graph->attr_place = NULL;
    elab->graph->errors = errors;
    if (!v) {
        elab->silent = s->muted;
        lng_relate(s, lng_expr_place(e));
        if (op == &lng_op_sub && lng_continues_as_item(e))
            lng_hint(s, "a step that begins on this line is indented too deeply: it continues the line above");
        else if (wants_floats(op, operand, n))
            lng_hint(s, op == &lng_op_div ? "to_float(x) turns integers into floats; `//` divides integers"
                                          : "to_float(x) turns integers into floats");
        return (lng_datum){0};
    }
    if (op->n_out == 1) /* v may be one of several results of another node, which the op has left as it is */
        return result(s, e, v, in, n);
    lng_datum all = lng_derived(s, e, LNG_DATUM_TUPLE, in, n);
    all.items = (size_t)op->n_out;
    all.item = LNG_NEW_N(elab->arena, all.items, lng_datum);
    for (size_t i = 0; i < all.items; i++)
        all.item[i] = result(s, e, &v->node->out[i], in, n);
    return all;
}

lng_datum lng_emit_plain(lng_scope *s, const lng_expr *e, const lng_op *op, const lng_datum *in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (in[i].kind == LNG_DATUM_NONE)
            return (lng_datum){0};
    return lng_emit_op(s, e, op, in, n, NULL, NULL);
}
