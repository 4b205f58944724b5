/* Operators of ONNX that join values, select parts of them, or read them by index (build.h). */
#include "import/build.h"
#include <string.h>

/* ---- joining and dividing ---- */
bool lng_import_concat(lng_importer *m)
{
    const int n = (int)m->node->ins;
    lng_import_value **in = LNG_NEW_N(m->arena, (size_t)n + 1, lng_import_value *);
    lng_text form = lng_text_new(m->arena);
    bool last = false;
    int axis = 0;
    const lng_import_value *example = NULL;
    for (int i = 0; i < n; i++) {
        in[i] = lng_import_in(m, i);
        if (!in[i])
            return lng_import_refuse(m, "an operand is missing");
        example = in[i]->per_example ? in[i] : example;
        last = last || (in[i]->per_example && in[i]->order == LNG_IMPORT_LAST);
    }
    if (!example)
        return lng_import_refuse(m, "it joins constants");
    if (!lng_import_axis(m, lng_foreign_int(m->node, "axis", 1), example->shape.rank, &axis))
        return false;
    lng_shape to = example->shape;
    to.dim[axis] = 0;
    lng_text_add(&form, "concat(");
    for (int i = 0; i < n; i++) {
        if (!in[i]->per_example)
            return lng_import_refuse(m, "it joins the constant `%s` to values of each example", in[i]->tensor);
        if (in[i]->shape.rank != to.rank)
            return lng_import_refuse(m, "its operands have %d and %d dimensions", to.rank + 1, in[i]->shape.rank + 1);
        to.dim[axis] += in[i]->shape.dim[axis];
        in[i] = lng_import_arranged(m, in[i], last ? LNG_IMPORT_LAST : LNG_IMPORT_PLAIN);
        lng_text_add(&form, "%s$%d", i ? ", " : "", i);
    }
    lng_import_value *y = lng_import_result(m, 0, to, last ? LNG_IMPORT_LAST : LNG_IMPORT_PLAIN, true, example->integer);
    const int at = lng_import_stored_axis(y, axis);
    lng_text_add(&form, at == to.rank - 1 ? ")" : ", axis=%d)", at);
    if (n == 1)
        return lng_import_alias(m, in[0], to, in[0]->order);
    lng_import_express(m, y, form.at, false, in, n);
    return true;
}

/* "$0[:, 2:5]", of the stored axis. */
static const char *part(lng_importer *m, int axis, int64_t start, int64_t stop)
{
    lng_text form = lng_text_new(m->arena);
    lng_text_add(&form, "$0[");
    for (int i = 0; i < axis; i++)
        lng_text_add(&form, ":, ");
    lng_text_add(&form, "%lld:%lld]", (long long)start, (long long)stop);
    return form.at;
}

bool lng_import_split(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    const int64_t *sizes;
    const int outs = (int)m->node->outs;
    int n, axis;
    int64_t at = 0;
    if (!x->per_example)
        return lng_import_refuse(m, "it divides a constant");
    if (!lng_import_ints(m, "split", 1, &sizes, &n) ||
        !lng_import_axis(m, lng_foreign_int(m->node, "axis", 0), x->shape.rank, &axis))
        return false;
    x = x->order == LNG_IMPORT_LAST ? x : lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    const int64_t all = x->shape.dim[axis], each = outs ? (all + outs - 1) / outs : 0;
    for (int i = 0; i < outs; i++) {
        const int64_t size = n > i ? sizes[i] : all - at < each ? all - at : each;
        if (size < 1 || size > all - at || (n >= 0 && n != outs))
            return lng_import_refuse(m, "its parts are not those of %lld elements", (long long)all);
        lng_shape to = x->shape;
        to.dim[axis] = size;
        lng_import_unary(m, lng_import_result(m, i, to, x->order, true, x->integer),
                         part(m, lng_import_stored_axis(x, axis), at, at + size), x);
        at += size;
    }
    return true;
}

/* ---- slices ---- */
/* One axis as numpy has it; whole: all of it. false: what is selected is nothing, or goes backward from within. */
static bool range_of(int64_t size, int64_t start, int64_t stop, int64_t step, const char **text, int64_t *count, lng_arena *arena)
{
    start = start < 0 ? start + size : start;
    stop = stop < 0 && stop > INT64_MIN / 2 ? stop + size : stop;
    if (step < 0) {
        *count = size;
        *text = "::-1";
        return step == -1 && start >= size - 1 && stop < 0;
    }
    start = start < 0 ? 0 : start;
    stop = stop > size ? size : stop;
    if (step < 1 || start >= stop)
        return false;
    *count = (stop - start - 1) / step + 1;
    lng_text t = lng_text_new(arena);
    if (start > 0)
        lng_text_add(&t, "%lld", (long long)start);
    lng_text_add(&t, ":");
    if (stop < size)
        lng_text_add(&t, "%lld", (long long)stop);
    if (step > 1)
        lng_text_add(&t, ":%lld", (long long)step);
    *text = t.at;
    return true;
}

bool lng_import_slice(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    const int64_t *start, *stop, *axes, *step;
    int n, stops, axes_n, steps;
    const char *text[LNG_MAX_RANK];
    if (!lng_import_ints(m, "starts", 1, &start, &n) || !lng_import_ints(m, "ends", 2, &stop, &stops) ||
        !lng_import_ints(m, "axes", 3, &axes, &axes_n) || !lng_import_ints(m, "steps", 4, &step, &steps))
        return false;
    if (n < 1 || stops != n || (axes_n >= 0 && axes_n != n) || (steps >= 0 && steps != n))
        return lng_import_refuse(m, "its starts, ends, axes and steps are not equally many");
    if (!x->per_example)
        return lng_import_refuse(m, "it takes a part of a constant");
    x = x->order == LNG_IMPORT_LAST ? x : lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    lng_shape to = x->shape;
    int most = -1;
    for (int i = 0; i < LNG_MAX_RANK; i++)
        text[i] = ":";
    for (int i = 0; i < n; i++) {
        int axis;
        if (!lng_import_axis(m, axes_n < 0 ? i : axes[i], x->shape.rank, &axis))
            return false;
        const int at = lng_import_stored_axis(x, axis);
        if (!range_of(x->shape.dim[axis], start[i], stop[i], steps < 0 ? 1 : step[i], &text[at], &to.dim[axis], m->arena))
            return lng_import_refuse(m, "what it selects of axis %d is nothing, or runs backward from within", axis + 1);
        most = at > most ? at : most;
    }
    lng_text form = lng_text_new(m->arena);
    for (int i = 0; i <= most; i++)
        lng_text_add(&form, "%s%s", i ? ", " : "$0[", text[i]);
    lng_text_add(&form, "]");
    lng_import_unary(m, lng_import_result(m, 0, to, x->order, true, x->integer), form.at, x);
    return true;
}

bool lng_import_pad(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    const int64_t *pads, *axes;
    int n, axes_n;
    double value = lng_foreign_number(m->node, "value", 0);
    const char *form = "$0";
    if (strcmp(lng_foreign_text(m->node, "mode", "constant"), "constant") != 0)
        return lng_import_refuse(m, "its mode is `%s`; only zeros can be added", lng_foreign_text(m->node, "mode", ""));
    if (!lng_import_ints(m, "pads", 1, &pads, &n) || !lng_import_ints(m, NULL, 3, &axes, &axes_n))
        return false;
    if ((lng_import_in(m, 2) && !lng_import_is_number(lng_import_in(m, 2), &value)) || value != 0)
        return lng_import_refuse(m, "only zeros can be added");
    const int count = axes_n < 0 ? x->shape.rank + 1 : axes_n;
    if (!x->per_example || n != 2 * count)
        return lng_import_refuse(m, "it has %d numbers for %d axes", n, count);
    x = x->order == LNG_IMPORT_LAST ? x : lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    lng_shape to = x->shape;
    for (int i = 0; i < count; i++) {
        int axis;
        const int64_t before = pads[i], after = pads[count + i];
        if (before == 0 && after == 0)
            continue;
        if (!lng_import_axis(m, axes_n < 0 ? i : axes[i], x->shape.rank, &axis))
            return false;
        if (before < 0 || after < 0 || before > LNG_MAX_ELEMENTS || after > LNG_MAX_ELEMENTS)
            return lng_import_refuse(m, "it adds %lld and %lld elements", (long long)before, (long long)after);
        to.dim[axis] += before + after;
        form = lng_format(m->arena, "pad(%s, axis=%d, before=%lld, after=%lld)", form, lng_import_stored_axis(x, axis),
                          (long long)before, (long long)after);
    }
    if (lng_shape_equal(to, x->shape))
        return lng_import_alias(m, x, to, x->order);
    lng_import_unary(m, lng_import_result(m, 0, to, x->order, true, x->integer), form, x);
    return true;
}

/* ---- reading by index ---- */
/* Rows of a table. */
static bool embed(lng_importer *m, lng_import_value *table, lng_import_value *index)
{
    static const int same[] = {0, 1};
    const lng_foreign_tensor *t = table->constant;
    lng_shape to = index->shape;
    if (t->shape.rank != 2 || to.rank == LNG_MAX_RANK || !index->integer)
        return lng_import_refuse(m, "it reads a table that is no matrix, or by numbers that are no integers");
    index = lng_import_arranged(m, index, LNG_IMPORT_PLAIN);
    to.dim[to.rank++] = t->shape.dim[1];
    lng_import_step *s = lng_import_block(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, false), "embedding", index);
    lng_import_set(m, s, "count", "%lld", (long long)t->shape.dim[0]);
    lng_import_set(m, s, "units", "%lld", (long long)t->shape.dim[1]);
    lng_import_weigh(m, s, "table", t->shape, lng_import_floats(m, t, t->shape, same));
    lng_import_wish(m, s, t->name);
    return true;
}

/* One position of an axis: an index. */
static bool pick(lng_importer *m, lng_import_value *x, int axis, int64_t at)
{
    lng_text form = lng_text_new(m->arena);
    lng_shape to = {.rank = x->shape.rank - 1};
    at = at < 0 ? at + x->shape.dim[axis] : at;
    if (at < 0 || at >= x->shape.dim[axis])
        return lng_import_refuse(m, "it reads element %lld of %lld", (long long)at, (long long)x->shape.dim[axis]);
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    m->examples -= axis < m->examples;
    for (int i = 0, k = 0; i < x->shape.rank; i++)
        if (i != axis)
            to.dim[k++] = x->shape.dim[i];
    lng_text_add(&form, "$0[");
    for (int i = 0; i < axis; i++)
        lng_text_add(&form, ":, ");
    lng_text_add(&form, "%lld]", (long long)at);
    lng_import_unary(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, x->integer), form.at, x);
    return true;
}

bool lng_import_gather(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0), *index = lng_import_in(m, 1);
    const int64_t given = lng_foreign_int(m->node, "axis", 0);
    int64_t at;
    int axis;
    if (x->constant && index->per_example && (given == 0 || given == -x->shape.rank))
        return embed(m, x, index);
    if (!x->per_example)
        return lng_import_refuse(m, "it reads a constant in a way that has no form here");
    if (!lng_import_axis(m, given, x->shape.rank, &axis))
        return false;
    if (lng_import_is_int(index, &at) && index->constant->shape.rank == 0)
        return pick(m, x, axis, at);
    if (index->per_example || index->constant == NULL || index->constant->shape.rank != 1)
        return lng_import_refuse(m, "its indices must be a constant list, or the table that it reads a constant");
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    lng_shape to = x->shape;
    to.dim[axis] = index->constant->shape.dim[0];
    lng_import_value *const in[] = {x, lng_import_operand(m, index, LNG_IMPORT_PLAIN, 1, 0)};
    lng_import_express(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, x->integer),
                       lng_format(m->arena, "gather($0, $1, axis=%d)", axis), false, in, 2);
    return true;
}

/* Each example reads its own table, by indices of one axis. */
bool lng_import_gather_nd(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0), *index = lng_import_in(m, 1);
    const int64_t common = lng_foreign_int(m->node, "batch_dims", 0) - 1;
    if (!x->per_example || !index->per_example || common < 0 || common >= x->shape.rank || index->shape.rank < 1 ||
        index->shape.dim[index->shape.rank - 1] != 1 || index->shape.rank - 1 < common)
        return lng_import_refuse(m, "only indices of one axis, after the examples, can be imported");
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    index = lng_import_arranged(m, index, LNG_IMPORT_PLAIN);
    lng_shape rows = index->shape;
    rows.rank--;
    lng_shape to = rows;
    if (rows.rank + x->shape.rank - common - 1 > LNG_MAX_RANK)
        return lng_import_refuse(m, "its result has too many dimensions");
    for (int i = (int)common + 1; i < x->shape.rank; i++)
        to.dim[to.rank++] = x->shape.dim[i];
    lng_import_value *const in[] = {x, index};
    lng_import_express(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, x->integer),
                       lng_format(m->arena, "gather($0, reshape($1, shape=%s), axis=%lld, batch_axes=%lld)",
                                  lng_import_shape_text(m, rows), (long long)common, (long long)common),
                       false, in, 2);
    return true;
}

/* ---- constants ---- */
bool lng_import_constant(lng_importer *m)
{
    const lng_foreign_attr *value = lng_foreign_attribute(m->node, "value"),
                           *number = lng_foreign_attribute(m->node, "value_float"),
                           *integer = lng_foreign_attribute(m->node, "value_int"),
                           *list = lng_foreign_attribute(m->node, "value_ints");
    if (value && value->tensor) {
        lng_foreign_tensor *t = LNG_NEW(m->arena, lng_foreign_tensor);
        *t = *value->tensor;
        t->name = m->node->outs ? m->node->out[0] : "";
        return lng_import_set_constant(m, t);
    }
    if (!number && !integer && !list)
        return lng_import_refuse(m, "its value is neither a tensor nor a number");
    lng_foreign_tensor *t = lng_import_made(m, number ? LNG_FOREIGN_FLOAT : LNG_FOREIGN_INT64,
                                            list ? lng_shape_of(1, (int64_t)list->count) : (lng_shape){0});
    if (!list)
        t->number[0] = number ? (double)number->number : (double)integer->integer;
    for (size_t i = 0; list && i < list->count; i++)
        t->number[i] = (double)list->integers[i];
    return lng_import_set_constant(m, t);
}

/* The shape of a value, of which the number of examples is not known. */
bool lng_import_shape(lng_importer *m)
{
    const lng_import_value *x = lng_import_in(m, 0);
    const int first = x->per_example, rank = x->shape.rank + first;
    int64_t start = lng_foreign_int(m->node, "start", 0), end = lng_foreign_int(m->node, "end", rank);
    start = start < 0 ? start + rank : start;
    end = end < 0 ? end + rank : end > rank ? rank : end;
    start = start < 0 ? 0 : start;
    lng_foreign_tensor *t = lng_import_made(m, LNG_FOREIGN_INT64, lng_shape_of(1, end > start ? end - start : 0));
    bool *batch = LNG_NEW_N(m->arena, LNG_MAX_RANK + 2, bool);
    for (int64_t i = start; i < end; i++) {
        batch[i - start] = first && i == 0;
        t->number[i - start] = first && i == 0 ? 1 : (double)x->shape.dim[i - first];
    }
    t->batch = first ? batch : NULL;
    return lng_import_set_constant(m, t);
}
