/* Indices: a size of a shape, one of several values, a part of either; and of a value, along its axes from the first:
 *
 *     x[2], x[-1]      one of the parts along the axis, which the result has not
 *     x[1:5], x[::-2]  a range of them
 *     x[table]         those that an integer value names: its axes take the place of the axis
 *     x[..., 0]        as many whole axes as are left
 *
 * Ranges and gathers keep or replace their axis where it is; at the end, the axes of single parts are dropped. */
#include "graph/ops.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include <string.h>

static const lng_datum none = {0};

/* A range of n things, resolved: count of them, from the first. */
typedef struct range {
    int64_t first, step, count;
    int64_t bound[2]; /* as written; 0 where none is */
} range;

/* ---- integers ---- */
static bool integer(lng_scope *s, const lng_expr *e, int64_t *out, const char *what)
{
    const lng_datum t = lng_eval(s, e);
    if (t.kind == LNG_DATUM_INT)
        *out = t.i;
    else if (t.kind != LNG_DATUM_NONE)
        lng_complain_at(s, e, LNG_E_TYPE, "%s must be an integer that is known before training, not %s", what,
                        lng_datum_text(s->e->arena, &t));
    return t.kind == LNG_DATUM_INT;
}

static int64_t clamp(int64_t i, int64_t low, int64_t high)
{
    return i < low ? low : i > high ? high : i;
}

/* i:j:k of n things, as in Python: what lies outside is cut off. */
static bool resolve(lng_scope *s, const lng_expr *e, int64_t n, range *r)
{
    int64_t bound[3] = {0, 0, 1};
    for (int i = 2; i >= 0; i--)
        if (e->item[i] && !integer(s, e->item[i], &bound[i], i == 2 ? "a step" : "an index"))
            return false;
    const int64_t step = bound[2], written[2] = {bound[0], bound[1]};
    if (step == 0)
        return lng_complain_at(s, e->item[2], LNG_E_RANGE, "the step of a range cannot be 0");
    for (int i = 0; i < 2; i++)
        if (bound[i] < 0)
            bound[i] += n;
    const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
    const int64_t from = e->item[0] ? clamp(bound[0], low, high) : step > 0 ? 0 : n - 1;
    const int64_t to = e->item[1] ? clamp(bound[1], low, high) : step > 0 ? n : -1;
    const int64_t span = step > 0 ? to - from : from - to, stride = step == INT64_MIN ? INT64_MAX : step > 0 ? step : -step;
    *r = (range){.first = from,
                 .step = step > 0 ? stride : -stride,
                 .count = span > 0 ? (span - 1) / stride + 1 : 0,
                 .bound = {written[0], written[1]}};
    return true;
}

/* ---- shapes, several values ---- */
static lng_datum item_of(const lng_scope *s, const lng_expr *e, const lng_datum *of, int64_t i)
{
    if (of->kind == LNG_DATUM_TUPLE)
        return of->item[i];
    lng_datum out = lng_derived(s, e, LNG_DATUM_INT, of, 1);
    out.i = of->shape.dim[i];
    return out;
}

static lng_datum part_of_list(lng_scope *s, const lng_expr *e, const lng_datum *of, int64_t n)
{
    range r;
    if (!resolve(s, e->item[1], n, &r) || lng_exhausted(s, e, r.count))
        return none;
    lng_datum out = lng_derived(s, e, of->kind, of, 1);
    if (of->kind == LNG_DATUM_SHAPE) {
        out.shape = (lng_shape){.rank = (int)r.count};
        for (int64_t i = 0; i < r.count; i++)
            out.shape.dim[i] = of->shape.dim[r.first + i * r.step];
        return out;
    }
    out.items = (size_t)r.count;
    out.item = LNG_NEW_N(s->e->arena, out.items + 1, lng_datum);
    for (int64_t i = 0; i < r.count; i++)
        out.item[i] = of->item[r.first + i * r.step];
    return out;
}

static lng_datum of_list(lng_scope *s, const lng_expr *e, const lng_datum *of)
{
    const int64_t n = of->kind == LNG_DATUM_SHAPE ? of->shape.rank : (int64_t)of->items;
    int64_t i;
    if (e->items != 2 || e->item[1]->kind == LNG_EXPR_REST) {
        lng_complain_at(s, e, LNG_E_TYPE, "%s takes one index", lng_datum_text(s->e->arena, of));
        return none;
    }
    if (e->item[1]->kind == LNG_EXPR_SLICE)
        return part_of_list(s, e, of, n);
    if (!integer(s, e->item[1], &i, "an index"))
        return none;
    if (i >= -n && i < n)
        return item_of(s, e, of, i < 0 ? i + n : i);
    const bool values = of->kind == LNG_DATUM_TUPLE && (n == 0 || of->item[0].kind != LNG_DATUM_SHAPE); /* no list of shapes */
    lng_complain_at(s, e, LNG_E_RANGE, "%s %s no item %lld", lng_datum_text(s->e->arena, of), values && n != 1 ? "have" : "has",
                    (long long)i);
    if (n > 0)
        lng_hint(s, "indices run from 0 to %lld", (long long)n - 1);
    return none;
}

/* ---- values ---- */
typedef struct indexing {
    lng_scope *s;
    const lng_expr *e;
    lng_shape shape;            /* of the value that is indexed */
    lng_datum x;                /* what has been made of it */
    int from, axis;             /* of the next index: in the shape, in x */
    bool dropped[LNG_MAX_RANK]; /* axes of x */
    bool gathers;
} indexing;

static bool emit(indexing *x, const lng_op *op, const lng_datum *in, size_t n, const lng_attr *attr)
{
    x->x = lng_emit_op(x->s, x->e, op, in, n, attr, NULL);
    return x->x.kind != LNG_DATUM_NONE;
}

static bool take_range(indexing *x, range r)
{
    const bool back = r.step < 0;
    const int64_t first = back ? r.first + (r.count - 1) * r.step : r.first, step = back ? -r.step : r.step;
    const int64_t last = first + (r.count - 1) * step;
    const lng_attr slice[LNG_MAX_ATTR] = {[LNG_SLICE_AXIS] = {.i = x->axis},
                                          [LNG_SLICE_START] = {.i = first},
                                          [LNG_SLICE_STOP] = {.i = last + 1},
                                          [LNG_SLICE_STEP] = {.i = r.count > 1 ? step : 1}};
    const lng_attr flip[LNG_MAX_ATTR] = {[LNG_FLIP_AXIS] = {.i = x->axis}};
    const bool whole = r.count == x->shape.dim[x->from] && step == 1;
    if (!whole && !emit(x, &lng_op_slice, &x->x, 1, slice))
        return false;
    return !back || r.count == 1 || emit(x, &lng_op_flip, &x->x, 1, flip);
}

static bool take_slice(indexing *x, const lng_expr *e)
{
    const int64_t n = x->shape.dim[x->from];
    char text[LNG_SHAPE_TEXT];
    range r;
    if (!resolve(x->s, e, n, &r))
        return false;
    if (r.count == 0)
        return lng_complain_at(x->s, e, LNG_E_RANGE, "this range selects nothing of axis %d of a value of shape %s", x->from,
                               lng_shape_text(text, x->shape));
    for (int i = 0; i < 2; i++) /* what is beyond the end would be cut off silently */
        if (r.bound[i] > n || r.bound[i] < -n)
            return lng_complain_at(x->s, e->item[i], LNG_E_RANGE, "%lld is beyond axis %d of a value of shape %s",
                                   (long long)r.bound[i], x->from, lng_shape_text(text, x->shape));
    if (!take_range(x, r))
        return false;
    x->axis++;
    return true;
}

static bool take_one(indexing *x, const lng_expr *e, int64_t i)
{
    const int64_t n = x->shape.dim[x->from];
    char text[LNG_SHAPE_TEXT];
    if (i < -n || i >= n) {
        lng_complain_at(x->s, e, LNG_E_RANGE, "%lld is out of range for axis %d of a value of shape %s", (long long)i, x->from,
                        lng_shape_text(text, x->shape));
        lng_hint(x->s, "indices run from 0 to %lld, and from the end from -1 to %lld", (long long)n - 1, (long long)-n);
        return false;
    }
    if (!take_range(x, (range){.first = i < 0 ? i + n : i, .step = 1, .count = 1}))
        return false;
    x->dropped[x->axis++] = true;
    return true;
}

static bool take_named(indexing *x, const lng_expr *e, const lng_datum *index)
{
    const lng_shape named = index->value->shape;
    if (index->value->dtype != LNG_I32) {
        lng_complain_at(x->s, e, LNG_E_DTYPE, "an index must hold integers (i32), but this holds floats (f32)");
        return false;
    }
    if (x->gathers)
        return lng_complain_at(x->s, e, LNG_E_ARGUMENTS, "only one of the indices can be a value");
    if (named.rank + x->x.value->shape.rank - 1 > LNG_MAX_RANK)
        return lng_complain_at(x->s, e, LNG_E_SHAPE, "the result would have more than %d dimensions", LNG_MAX_RANK);
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_GATHER_AXIS] = {.i = x->axis}};
    x->gathers = true;
    if (!emit(x, &lng_op_gather, (lng_datum[]){x->x, *index}, 2, attr))
        return false;
    lng_lint_op(x->s, x->x.value);
    x->axis += named.rank;
    return true;
}

static bool take(indexing *x, const lng_expr *e)
{
    if (e->kind == LNG_EXPR_SLICE)
        return take_slice(x, e);
    const lng_datum t = lng_eval(x->s, e);
    if (t.kind == LNG_DATUM_INT)
        return take_one(x, e, t.i);
    if (t.kind == LNG_DATUM_VALUE)
        return take_named(x, e, &t);
    if (t.kind != LNG_DATUM_NONE)
        lng_complain_at(x->s, e, LNG_E_TYPE, "an index is an integer, a range or a value of integers, not %s",
                        lng_datum_text(x->s->e->arena, &t));
    return false;
}

/* How many of the indices stand for one axis; -1 after an error. */
static int axes_of(indexing *x)
{
    char text[LNG_SHAPE_TEXT];
    int axes = 0, rests = 0;
    for (size_t i = 1; i < x->e->items; i++) {
        const bool rest = x->e->item[i]->kind == LNG_EXPR_REST;
        axes += !rest;
        rests += rest;
        if (rests > 1)
            return lng_complain_at(x->s, x->e->item[i], LNG_E_ARGUMENTS, "`...` can stand only once among the indices"), -1;
        if (axes > x->shape.rank) {
            lng_complain_at(x->s, x->e->item[i], LNG_E_SHAPE, "a value of shape %s has no axis for this index",
                            lng_shape_text(text, x->shape));
            lng_related(x->s, x->x.value->node->place, "the value is computed here");
            return -1;
        }
    }
    return axes;
}

static lng_datum without_dropped(indexing *x)
{
    lng_attr attr[LNG_MAX_ATTR] = {0};
    lng_shape *to = &attr[LNG_RESHAPE_SHAPE].v;
    const lng_shape from = x->x.value->shape;
    for (int i = 0; i < from.rank; i++)
        if (!x->dropped[i])
            to->dim[to->rank++] = from.dim[i];
    if (to->rank < from.rank)
        emit(x, &lng_op_reshape, &x->x, 1, attr);
    return x->x;
}

static lng_datum of_value(lng_scope *s, const lng_expr *e, const lng_datum *of)
{
    lng_value *v = lng_datum_value(s, *of);
    if (!v)
        return none;
    indexing x = {.s = s, .e = e, .shape = v->shape, .x = *of};
    const int axes = axes_of(&x);
    if (axes < 0)
        return none;
    for (size_t i = 1; i < e->items; i++) {
        const bool rest = e->item[i]->kind == LNG_EXPR_REST;
        const int step = rest ? x.shape.rank - axes : 1;
        if (rest)
            x.axis += step;
        else if (!take(&x, e->item[i]))
            return none;
        x.from += step;
    }
    return without_dropped(&x);
}

lng_datum lng_eval_index(lng_scope *s, const lng_expr *e)
{
    const lng_datum of = lng_eval(s, e->item[0]);
    if (of.kind == LNG_DATUM_SHAPE || of.kind == LNG_DATUM_TUPLE)
        return of_list(s, e, &of);
    if (of.kind == LNG_DATUM_VALUE)
        return of_value(s, e, &of);
    if (of.kind != LNG_DATUM_NONE)
        lng_complain_at(s, e, LNG_E_TYPE, "%s cannot be indexed", lng_datum_text(s->e->arena, &of));
    return none;
}
