/* Lists: [28, 28] is a shape, [[1, 0], [2, 2]] a list of such lists, [a, b] several values, and so is [f(x[i]) for i in range(3)], which is
 * computed turn by turn. */
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include "lang/turn.h"

static const lng_datum none = {0};

/* Integers, if there are few, are a shape. */
static lng_datum list_of(lng_scope *s, const lng_expr *e, lng_datum *item, size_t n)
{
    lng_datum shape = lng_derived(s, e, LNG_DATUM_SHAPE, item, n), list = shape;
    bool integers = n <= LNG_MAX_RANK;
    shape.shape = (lng_shape){0};
    for (size_t i = 0; i < n && integers; i++) {
        integers = item[i].kind == LNG_DATUM_INT;
        shape.shape.dim[shape.shape.rank++] = item[i].i;
    }
    list.kind = LNG_DATUM_TUPLE;
    list.item = item;
    list.items = n;
    return integers ? shape : list;
}

/* Without a value in it, a list can only be meant for a shape, or for lists of integers. */
static bool is_known(lng_scope *s, const lng_expr *e, const lng_datum *item)
{
    for (size_t i = 0; i < e->items; i++)
        if (item[i].kind == LNG_DATUM_VALUE)
            return true;
    for (size_t i = 0; i < e->items; i++)
        if (item[i].kind != LNG_DATUM_INT && item[i].kind != LNG_DATUM_SHAPE)
            return lng_complain_at(s, e->item[i], LNG_E_TYPE, "a list without values is a shape and holds integers, not %s",
                                   lng_datum_text(s->e->arena, &item[i]));
    return e->items <= LNG_MAX_RANK || lng_complain_at(s, e, LNG_E_SHAPE, "a shape has at most 8 sizes, not %zu", e->items);
}

lng_datum lng_eval_list(lng_scope *s, const lng_expr *e)
{
    lng_datum *item = LNG_NEW_N(s->e->arena, e->items + 1, lng_datum);
    bool good = true;
    for (size_t i = 0; i < e->items; i++) {
        item[i] = lng_eval(s, e->item[i]);
        good = good && item[i].kind != LNG_DATUM_NONE;
    }
    return good && is_known(s, e, item) ? list_of(s, e, item, e->items) : none;
}

static const lng_datum *items_of_list(lng_scope *s, const lng_expr *e, const lng_datum *list, size_t *n)
{
    *n = list->kind == LNG_DATUM_TUPLE ? list->items : (size_t)list->shape.rank;
    if (list->kind == LNG_DATUM_TUPLE)
        return list->item;
    lng_datum *item = LNG_NEW_N(s->e->arena, *n + 1, lng_datum);
    for (size_t i = 0; i < *n; i++) {
        item[i] = lng_derived(s, e, LNG_DATUM_INT, list, 1);
        item[i].i = list->shape.dim[i];
    }
    return item;
}

lng_datum lng_join_lists(lng_scope *s, const lng_expr *e, const lng_datum *a, const lng_datum *b)
{
    size_t n, m;
    const lng_datum *first = items_of_list(s, e, a, &n), *second = items_of_list(s, e, b, &m);
    lng_datum *item = LNG_NEW_N(s->e->arena, n + m + 1, lng_datum);
    for (size_t i = 0; i < n + m; i++)
        item[i] = i < n ? first[i] : second[i - n];
    return list_of(s, e, item, n + m);
}

/* ---- for ---- */
/* The items to go through; NULL after an error. */
static const lng_datum *items_of(lng_scope *s, const lng_expr *e, size_t *n)
{
    const lng_datum list = lng_eval(s, e);
    if (list.kind == LNG_DATUM_NONE)
        return NULL;
    if (list.kind == LNG_DATUM_TUPLE || list.kind == LNG_DATUM_SHAPE)
        return items_of_list(s, e, &list, n);
    lng_complain_at(s, e, LNG_E_TYPE, "`for` goes through a list, not %s", lng_datum_text(s->e->arena, &list));
    if (list.kind == LNG_DATUM_VALUE)
        lng_hint(s, "for the rows of x, write [f(x[i]) for i in range(x.shape[0])]");
    else if (list.kind == LNG_DATUM_INT)
        lng_hint(s, "write range(%lld)", (long long)list.i);
    return NULL;
}

lng_datum lng_eval_for(lng_scope *s, const lng_expr *e)
{
    size_t n = 0;
    const lng_datum *in = items_of(s, e->item[1], &n);
    if (!in)
        return none;
    lng_datum *item = LNG_NEW_N(s->e->arena, n + 1, lng_datum);
    for (size_t i = 0; i < n; i++) {
        if (lng_exhausted(s, e, LNG_TURN_WORK))
            return none;
        lng_turn_begin(s, "`for`", e->call, (int64_t)i, e->place);
        lng_turn_bind(s, e->name, in[i]);
        item[i] = lng_eval(s, e->item[0]);
        lng_turn_end(s);
        if (item[i].kind == LNG_DATUM_NONE)
            return none;
    }
    lng_datum nothing = lng_derived(s, e, LNG_DATUM_TUPLE, NULL, 0);
    return n ? list_of(s, e, item, n) : nothing;
}

/* ---- what takes lists ---- */
lng_datum lng_apply_range(lng_scope *s, const lng_expr *e, lng_args a)
{
    int64_t at[3] = {0, 0, 1}; /* first, end, step */
    if (a.values < 1 || a.values > 3 || a.count != a.values) {
        lng_complain_at(s, e, LNG_E_ARGUMENTS, "write range(n), range(i, j) or range(i, j, step)");
        return none;
    }
    for (size_t i = 0; i < a.values; i++) {
        const lng_datum t = lng_argument(s, &a.arg[i]);
        if (t.kind == LNG_DATUM_NONE)
            return none;
        if (t.kind != LNG_DATUM_INT) {
            lng_complain(s, a.arg[i].place, LNG_E_TYPE, "`range` takes integers that are known before training, not %s",
                         lng_datum_text(s->e->arena, &t));
            return none;
        }
        at[a.values == 1 ? 1 : i] = t.i;
    }
    /* Unsigned, because the distance of two integers need not be one. */
    const uint64_t step = at[2] < 0 ? 0 - (uint64_t)at[2] : (uint64_t)at[2];
    const uint64_t way = at[2] < 0 ? (uint64_t)at[0] - (uint64_t)at[1] : (uint64_t)at[1] - (uint64_t)at[0];
    const bool empty = at[2] < 0 ? at[0] <= at[1] : at[0] >= at[1];
    const uint64_t count = empty || step == 0 ? 0 : (way - 1) / step + 1;
    if (step == 0 || count > LNG_MAX_TURNS) {
        char most[LNG_NUMBER_SIZE];
        lng_complain_at(s, e, step ? LNG_E_LIMIT : LNG_E_RANGE,
                        step ? "`range` gives at most %s integers" : "the step of `range` is 0", lng_grouped(most, LNG_MAX_TURNS));
        return none;
    }
    if (lng_exhausted(s, e, (int64_t)count))
        return none;
    lng_datum list = lng_derived(s, e, LNG_DATUM_TUPLE, NULL, 0);
    list.items = (size_t)count;
    list.item = LNG_NEW_N(s->e->arena, list.items + 1, lng_datum);
    for (size_t i = 0; i < list.items; i++) {
        list.item[i] = lng_derived(s, e, LNG_DATUM_INT, NULL, 0);
        list.item[i].i = at[0] + (int64_t)i * at[2];
    }
    return list;
}

bool lng_spread(lng_scope *s, lng_args *a, bool *listed)
{
    lng_args out = {0};
    size_t capacity = 0;
    bool good = true;
    *listed = false;
    for (size_t i = 0; i < a->count; i++) {
        lng_arg arg = a->arg[i];
        if (i < a->values)
            arg.datum = lng_argument(s, &arg), arg.expr = NULL;
        const bool empty = arg.datum.kind == LNG_DATUM_SHAPE && arg.datum.shape.rank == 0; /* [] */
        const bool list = i < a->values && (empty || arg.datum.kind == LNG_DATUM_TUPLE);
        good = good && (i >= a->values || arg.datum.kind != LNG_DATUM_NONE);
        *listed = *listed || list;
        for (size_t k = 0; k < (empty ? 0 : list ? arg.datum.items : 1); k++) {
            out.arg = lng_grow(s->e->arena, out.arg, out.count, &capacity, sizeof *out.arg);
            out.arg[out.count] = arg;
            if (list)
                out.arg[out.count].datum = arg.datum.item[k];
            out.count++;
            out.values += i < a->values;
        }
    }
    *a = out;
    return good;
}

lng_datum lng_sum_of_list(lng_scope *s, const lng_expr *e, const lng_datum *list)
{
    lng_expr plus = *e;
    plus.kind = LNG_EXPR_BINARY;
    plus.sign = LNG_ADD;
    lng_datum sum = lng_derived(s, e, LNG_DATUM_INT, NULL, 0), item = sum;
    const bool shape = list->kind == LNG_DATUM_SHAPE;
    const size_t n = shape ? (size_t)list->shape.rank : list->items;
    for (size_t i = 0; i < n; i++) {
        if (shape)
            item.i = list->shape.dim[i];
        else
            item = list->item[i];
        sum = i ? lng_operate(s, &plus, sum, item) : item;
    }
    return sum;
}
