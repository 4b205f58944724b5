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

static lng_datum stack(lng_scope *s, const lng_expr *e, const lng_args *a, int64_t axis, const lng_expr *at)
{
    const size_t n = a->values;
    lng_value *first = lng_datum_value(s, a->arg[0].datum);
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
        each[i] = with_axis(s, e, &a->arg[i].datum, first->shape, to);
        if (each[i].kind == LNG_DATUM_NONE)
            return none;
    }
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CONCAT_AXIS] = {.i = to}};
    return n == 1 ? each[0] : lng_emit_many(s, e, &lng_op_concat, each, n, attr, NULL);
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
    const lng_expr *at = given ? a.arg[a.values].expr : e;
    const lng_datum where = given ? lng_eval_as(s, at, &axis) : (lng_datum){.kind = LNG_DATUM_INT};
    bool listed;
    if (!lng_spread(s, &a, &listed) || where.kind != LNG_DATUM_INT)
        return none;
    if (a.values == 0) {
        lng_complain_at(s, e, LNG_E_ARGUMENTS, "stack takes at least one value");
        return none;
    }
    return stack(s, e, &a, where.i, at);
}
