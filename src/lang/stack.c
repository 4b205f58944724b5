/* stack(a, b, c, axis=0): values of one shape along a new axis. */
#include "graph/ops.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include <math.h>
#include <string.h>

static const lng_datum none = {0};

/* A value with the new axis; it must have the shape of the first one. */
static lng_datum with_axis(lng_scope *s, const lng_expr *e, const lng_datum *t, lng_shape first, int axis)
{
    char text[2][LNG_SHAPE_TEXT];
    lng_value *x = lng_datum_value(s, *t);
    if (!x)
        return none;
    if (!lng_shape_equal(x->shape, first)) {
        lng_complain_datum(s, t, LNG_E_SHAPE, "stack expects values of one shape, got %s and %s", lng_shape_text(text[0], first),
                           lng_shape_text(text[1], x->shape));
        return none;
    }
    lng_attr attr[LNG_MAX_ATTR] = {[LNG_RESHAPE_SHAPE] = {.v = first}};
    lng_shape *to = &attr[LNG_RESHAPE_SHAPE].v;
    memmove(to->dim + axis + 1, to->dim + axis, (size_t)(to->rank - axis) * sizeof *to->dim);
    to->dim[axis] = 1;
    to->rank++;
    return lng_emit_op(s, e, &lng_op_reshape, t, 1, attr, NULL);
}

/* Groups of as many as concat takes, then groups of these. */
static lng_datum joined(lng_scope *s, const lng_expr *e, lng_datum *item, size_t n, int axis)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CONCAT_AXIS] = {.i = axis}};
    const size_t most = (size_t)lng_op_concat.n_in;
    while (n > 1) {
        size_t groups = 0;
        for (size_t i = 0; i < n; i += most, groups++) {
            const size_t count = n - i < most ? n - i : most;
            item[groups] = count == 1 ? item[i] : lng_emit_op(s, e, &lng_op_concat, item + i, count, attr, NULL);
            if (item[groups].kind == LNG_DATUM_NONE)
                return none;
        }
        n = groups;
    }
    return item[0];
}

static lng_datum stack(lng_scope *s, const lng_expr *e, const lng_datum *item, size_t n, int64_t axis, const lng_expr *at)
{
    lng_value *first = lng_datum_value(s, item[0]);
    if (!first)
        return none;
    const int rank = first->shape.rank;
    char text[LNG_SHAPE_TEXT];
    if (rank == LNG_MAX_RANK || axis < -rank - 1 || axis > rank) {
        lng_complain_at(s, at, LNG_E_RANGE,
                        rank == LNG_MAX_RANK ? "stack makes at most 8 dimensions"
                                             : "`axis` of stack is from %d to %d for values of shape %s, got %lld",
                        -rank - 1, rank, lng_shape_text(text, first->shape), (long long)axis);
        return none;
    }
    lng_datum *each = LNG_NEW_N(s->e->arena, n, lng_datum);
    const int to = (int)(axis < 0 ? axis + rank + 1 : axis);
    for (size_t i = 0; i < n; i++) {
        each[i] = with_axis(s, e, &item[i], first->shape, to);
        if (each[i].kind == LNG_DATUM_NONE)
            return none;
    }
    return joined(s, e, each, n, to);
}

/* The values of the arguments by position; several in one argument count each. NULL after an error. */
static lng_datum *values_of(lng_scope *s, const lng_args *a, size_t *n)
{
    lng_datum *all = NULL;
    size_t capacity = 0;
    *n = 0;
    for (size_t i = 0; i < a->values; i++) {
        const lng_datum t = a->arg[i].expr ? lng_eval(s, a->arg[i].expr) : a->arg[i].datum;
        const bool several = t.kind == LNG_DATUM_TUPLE;
        for (size_t k = 0; k < (several ? t.items : 1); k++) {
            all = lng_grow(s->e->arena, all, *n, &capacity, sizeof *all);
            all[*n] = several ? t.item[k] : t;
            if (all[(*n)++].kind == LNG_DATUM_NONE)
                return NULL;
        }
    }
    return all;
}

lng_datum lng_apply_stack(lng_scope *s, const lng_expr *e, lng_args a)
{
    static const lng_attr_decl axis = {
        .name = "axis", .type = LNG_TYPE_INT, .low = -INFINITY, .high = INFINITY, .low_int = INT64_MIN};
    const bool given = a.count == a.values + 1;
    if (a.values == 0 || (a.count > a.values && (!given || strcmp(a.arg[a.values].label, "axis") != 0))) {
        lng_complain_at(s, e, LNG_E_ARGUMENTS, "write stack(a, b, axis=0)");
        return none;
    }
    size_t n;
    lng_datum *item = values_of(s, &a, &n), where = {.kind = LNG_DATUM_INT};
    if (n == 0)
        lng_complain_at(s, e, LNG_E_ARGUMENTS, "stack takes at least one value");
    if (given)
        where = lng_eval_as(s, a.arg[a.values].expr, &axis);
    return item && where.kind == LNG_DATUM_INT ? stack(s, e, item, n, where.i, given ? a.arg[a.values].expr : e) : none;
}
