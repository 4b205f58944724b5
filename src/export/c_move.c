/* Ops that move numbers, in C: slices, transposes and the like are a nest of copies; gather and one_hot go by indices. */
#include "export/c.h"
#include "op/rows.h"
#include "op/span.h"
#include <string.h>

/* Copies operand k by a nest in which array 0 is y and array 1 the operand. */
static bool copy(lng_c *c, const lng_node *n, lng_c_nest *w, bool partial)
{
    lng_c_nest_merge(w, 2);
    lng_c_call call = lng_c_call_begin(c, n), *to = &call;
    lng_c_pass_operand(to, 0, "x");
    lng_c_place(c, n, NULL);
    lng_c_pass_result(to);
    if (partial)
        lng_c_line(to, 0, "memset(y, 0, sizeof *y * %lld);", (long long)lng_shape_size(n->out[0].shape));
    const int depth = lng_c_nest_open(to, w, "i", 0);
    lng_c_line(to, depth, "y[%s] = x[%s];", lng_c_nest_at(c->arena, w, 0, "i"), lng_c_nest_at(c->arena, w, 1, "i"));
    return lng_c_call_end(to);
}

static void from_span(lng_c_nest *w, const span *s, int whole, int part)
{
    lng_nest nest = {0};
    span_nest(s, &nest, whole, part);
    w->rank = nest.rank;
    for (int i = 0; i < nest.rank; i++) {
        w->extent[i] = nest.extent[i];
        w->step[0][i] = nest.step[0][i];
        w->step[1][i] = nest.step[1][i];
    }
    w->start[whole] = s->start * s->inner;
}

bool lng_c_slice(lng_c *c, const lng_node *n)
{
    const lng_shape x = n->in[0]->shape;
    const int axis = axis_of(n->attr[LNG_SLICE_AXIS].i, x.rank);
    const int64_t start = n->attr[LNG_SLICE_START].i;
    const span s = span_of(x, n->out[0].shape, axis, start < 0 ? start + x.dim[axis] : start, n->attr[LNG_SLICE_STEP].i);
    lng_c_nest w = {0};
    from_span(&w, &s, 1, 0);
    return copy(c, n, &w, false);
}

bool lng_c_flip(lng_c *c, const lng_node *n)
{
    const lng_shape x = n->in[0]->shape;
    const int axis = axis_of(n->attr[LNG_FLIP_AXIS].i, x.rank);
    const span s = span_of(x, x, axis, x.dim[axis] - 1, -1);
    lng_c_nest w = {0};
    from_span(&w, &s, 1, 0);
    return copy(c, n, &w, false);
}

bool lng_c_pad(lng_c *c, const lng_node *n)
{
    const lng_shape y = n->out[0].shape;
    const span s =
        span_of(y, n->in[0]->shape, axis_of(n->attr[LNG_PAD_AXIS].i, y.rank), n->attr[LNG_PAD_BEFORE].i, n->attr[LNG_PAD_STEP].i);
    lng_c_nest w = {0};
    from_span(&w, &s, 0, 1);
    return copy(c, n, &w, true);
}

bool lng_c_transpose(lng_c *c, const lng_node *n)
{
    const lng_shape x = n->in[0]->shape, y = n->out[0].shape, *order = &n->attr[LNG_TRANSPOSE_PERM].v;
    lng_c_nest w = {0}, from = {0};
    lng_c_nest_broadcast(&w, 0, y, y);
    lng_c_nest_broadcast(&from, 1, x, x);
    for (int i = 0; i < y.rank; i++)
        w.step[1][i] = from.step[1][order->rank ? order->dim[i] : x.rank - 1 - i];
    return copy(c, n, &w, false);
}

bool lng_c_broadcast(lng_c *c, const lng_node *n)
{
    lng_c_nest w = {0};
    lng_c_nest_broadcast(&w, 0, n->out[0].shape, n->out[0].shape);
    lng_c_nest_broadcast(&w, 1, n->out[0].shape, n->in[0]->shape);
    return copy(c, n, &w, false);
}

/* One operand after the other: y is blocks, of each operand so many elements. */
bool lng_c_concat(lng_c *c, const lng_node *n)
{
    const int axis = axis_of(n->attr[LNG_CONCAT_AXIS].i, n->out[0].shape.rank);
    int64_t outer = 1, row = 1, at = 0;
    for (int i = 0; i < n->out[0].shape.rank; i++)
        *(i < axis ? &outer : &row) *= n->out[0].shape.dim[i];
    lng_c_call call = lng_c_call_begin(c, n), *to = &call;
    for (int k = 0; k < n->n_in; k++)
        lng_c_pass_operand(to, k, lng_format(c->arena, "x%d", k));
    lng_c_place(c, n, NULL);
    lng_c_pass_result(to);
    for (int k = 0; k < n->n_in; k++) {
        const long long length = (long long)(lng_shape_size(n->in[k]->shape) / outer);
        lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i++)", (long long)outer);
        lng_c_line(to, 1, "for (int32_t k = 0; k < %lld; k++)", length);
        lng_c_line(to, 2, "y[i * %lld + %lld + k] = x%d[i * %lld + k];", (long long)row, (long long)at, k, length);
        at += length;
    }
    return lng_c_call_end(to);
}

/* A row whose index is out of range is 0. */
bool lng_c_gather(lng_c *c, const lng_node *n)
{
    const rows r = rows_of(n->in[0]->shape, n->in[1]->shape, n->attr);
    lng_c_call call = lng_c_call_begin(c, n), *to = &call;
    lng_c_pass_operand(to, 0, "x");
    lng_c_pass_operand(to, 1, "index");
    lng_c_place(c, n, NULL);
    lng_c_pass_result(to);
    lng_c_line(to, 0, "for (int32_t t = 0; t < %lld; t++) {", (long long)r.reads);
    lng_c_line(to, 1, "const int32_t k = index[t / %lld * %lld + t %% %lld];", (long long)(r.count * r.outer), (long long)r.count,
               (long long)r.count);
    lng_c_line(to, 1, "const int32_t at = k < 0 || k >= %lld ? -1 : (t / %lld * %lld + k) * %lld;", (long long)r.n,
               (long long)r.count, (long long)r.n, (long long)r.inner);
    lng_c_line(to, 1, "for (int32_t i = 0; i < %lld; i++)", (long long)r.inner);
    lng_c_line(to, 2, "y[t * %lld + i] = at < 0 ? 0 : x[at + i];", (long long)r.inner);
    lng_c_line(to, 0, "}");
    return lng_c_call_end(to);
}

bool lng_c_one_hot(lng_c *c, const lng_node *n)
{
    const long long size = (long long)lng_shape_size(n->in[0]->shape), depth = (long long)n->attr[LNG_ONE_HOT_DEPTH].i;
    lng_c_call call = lng_c_call_begin(c, n), *to = &call;
    lng_c_pass_operand(to, 0, "x");
    lng_c_place(c, n, NULL);
    lng_c_pass_result(to);
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i++)", size);
    lng_c_line(to, 1, "for (int32_t k = 0; k < %lld; k++)", depth);
    lng_c_line(to, 2, "y[i * %lld + k] = x[i] == k ? 1.0f : 0.0f;", depth);
    return lng_c_call_end(to);
}

/* y[i] = a[i] y[i - 1] + x[i] along an axis, or from its end. */
bool lng_c_recurrence(lng_c *c, const lng_node *n)
{
    const lng_shape y = n->out[0].shape;
    const int axis = axis_of(n->attr[LNG_RECURRENCE_AXIS].i, y.rank);
    const bool reverse = n->attr[LNG_RECURRENCE_REVERSE].i;
    lng_c_nest w = {0};
    lng_c_nest_broadcast(&w, 0, y, y);
    lng_c_nest_broadcast(&w, 1, y, n->in[1]->shape);
    const long long step = (long long)w.step[0][axis], last = (long long)y.dim[axis] - 1;
    lng_c_call call = lng_c_call_begin(c, n), *to = &call;
    lng_c_pass_operand(to, 0, "x");
    lng_c_pass_operand(to, 1, "a");
    lng_c_place(c, n, NULL);
    lng_c_pass_result(to);
    int depth = 0;
    for (int i = 0; i < y.rank; i++, depth++)
        if (i == axis && reverse)
            lng_c_line(to, depth, "for (int32_t i%d = %lld; i%d >= 0; i%d--)", i, last, i, i);
        else
            lng_c_line(to, depth, "for (int32_t i%d = 0; i%d < %lld; i%d++)", i, i, (long long)y.dim[i], i);
    const char *at = lng_c_nest_at(c->arena, &w, 0, "i");
    lng_c_line(to, depth - 1, "{");
    lng_c_line(to, depth, "const float before = i%d == %lld ? %s : y[%s %s %lld];", axis, reverse ? last : 0,
               lng_c_float(c->arena, (float)n->attr[LNG_RECURRENCE_START].f), at, reverse ? "+" : "-", step);
    lng_c_line(to, depth, "y[%s] = $fma(a[%s], before, x[%s]);", at, lng_c_nest_at(c->arena, &w, 1, "i"), at);
    lng_c_line(to, depth - 1, "}");
    return lng_c_call_end(to);
}
