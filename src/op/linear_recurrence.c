/* y[i] = a[i] y[i - 1] + x[i] along an axis: cumulative sums (a = 1) and products (x = 0, start = 1), moving averages. */
#include "graph/nest.h"
#include "op/kernel.h"

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const lng_shape y = n->out[0].shape;
    const int axis = axis_of(n->attr[LNG_RECURRENCE_AXIS].i, y.rank);
    const bool reverse = n->attr[LNG_RECURRENCE_REVERSE].i;
    const int64_t size = lng_shape_size(y), first = reverse ? y.dim[axis] - 1 : 0;
    int64_t step = 1;
    for (int i = axis + 1; i < y.rank; i++)
        step *= y.dim[i];
    for (int64_t k = 0; k < size; k++) {
        const int64_t e = reverse ? size - 1 - k : k;
        const bool starts = e / step % y.dim[axis] == first;
        const real before = starts ? (real)n->attr[LNG_RECURRENCE_START].f : F(call->out[0], reverse ? e + step : e - step);
        const real a = F(call->in[1], lng_shape_source(y, n->in[1]->shape, e));
        F(call->out[0], e) = real_fma(a, before, F(call->in[0], e));
    }
}

#ifdef LNG_FAST
/* The arrays are y, x and a: loops over the rows, and steps along the axis from the element that comes first. */
typedef struct recurrence {
    lng_nest rows;
    int64_t length;
    ptrdiff_t first[3], step[3];
    float start;
    bool x_lanes, a_lanes;
} recurrence;

static v16 number(const float *p, bool lanes)
{
    return lanes ? v_load(p) : v_set1(*p);
}

static void fast(const lng_call *call)
{
    const recurrence *r = call->prepared;
    const ptrdiff_t *step = r->step;
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[3] = {r->first[0], r->first[1], r->first[2]};
    do {
        float *y = (float *)call->out[0] + at[0];
        const float *x = (const float *)call->in[0] + at[1], *a = (const float *)call->in[1] + at[2];
        v16 before = v_set1(r->start);
        for (int64_t i = 0; i < r->length; i++, y += step[0], x += step[1], a += step[2]) {
            before = v_fma(number(a, r->a_lanes), before, number(x, r->x_lanes));
            v_store(y, before);
        }
    } while (lng_nest_next(&r->rows, r->rows.rank, 3, index, at));
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    const lng_value *const array[] = {&n->out[0], n->in[0], n->in[1]};
    const lng_shape y = n->out[0].shape;
    const int axis = axis_of(n->attr[LNG_RECURRENCE_AXIS].i, y.rank);
    const bool reverse = n->attr[LNG_RECURRENCE_REVERSE].i;
    if (!n->out[0].per_example)
        return (lng_prepared){0};
    recurrence *r = LNG_NEW(arena, recurrence);
    *r = (recurrence){.length = y.dim[axis],
                      .start = (float)n->attr[LNG_RECURRENCE_START].f,
                      .x_lanes = n->in[0]->per_example,
                      .a_lanes = n->in[1]->per_example};
    for (int k = 0; k < 3; k++) {
        lng_nest_broadcast(&r->rows, k, y, array[k]->shape);
        lng_nest_scale(&r->rows, k, array[k]->per_example);
        r->step[k] = r->rows.step[k][axis] * (reverse ? -1 : 1);
        r->first[k] = reverse ? r->rows.step[k][axis] * (ptrdiff_t)(r->length - 1) : 0;
    }
    r->rows.extent[axis] = 1;
    lng_nest_merge(&r->rows, 3);
    return (lng_prepared){.kernel = fast, .data = r};
}
#endif
LNG_KERNELS(linear_recurrence, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    int axis;
    char x[LNG_SHAPE_TEXT], a[LNG_SHAPE_TEXT];
    r->shape[0] = r->in[0]->shape;
    if (!lng_infer_axis(r, LNG_RECURRENCE_AXIS, r->attr[LNG_RECURRENCE_AXIS].i, &axis))
        return false;
    if (lng_shape_broadcast(&r->shape[0], r->in[1]->shape) && lng_shape_equal(r->shape[0], r->in[0]->shape))
        return true;
    return lng_infer_fail_in(r, 1, LNG_E_SHAPE, "linear_recurrence expects `a` to stretch to the shape of `x`, %s; got %s",
                             lng_shape_text(x, r->in[0]->shape), lng_shape_text(a, r->in[1]->shape));
}

/* v one place further along the axis of the result, where `fill` takes the free place. */
static lng_value *shifted(const lng_vjp *r, lng_value *v, bool forward, double fill)
{
    const lng_shape y = r->node->out[0].shape;
    return lng_shift(r->graph, lng_broadcast(r->graph, v, y), axis_of(r->node->attr[LNG_RECURRENCE_AXIS].i, y.rank), forward, fill);
}

static bool varies_along_axis(const lng_node *n)
{
    const lng_shape a = n->in[1]->shape;
    const int axis = axis_of(n->attr[LNG_RECURRENCE_AXIS].i, n->out[0].shape.rank) - n->out[0].shape.rank + a.rank;
    return axis >= 0 && a.dim[axis] > 1;
}

/* The slope of x[i] is z[i] = g[i] + a[i + 1] z[i + 1], and that of a[i] is z[i] y[i - 1]. */
static void vjp(lng_vjp *r)
{
    const lng_node *n = r->node;
    const bool reverse = n->attr[LNG_RECURRENCE_REVERSE].i;
    const lng_attr back[LNG_MAX_ATTR] = {
        [LNG_RECURRENCE_AXIS] = n->attr[LNG_RECURRENCE_AXIS], [LNG_RECURRENCE_REVERSE] = {.i = !reverse}};
    lng_value *a = varies_along_axis(n) ? shifted(r, n->in[1], reverse, 0) : n->in[1];
    lng_value *z = lng_emit(r->graph, &lng_op_linear_recurrence, (lng_value *[]){r->gout[0], a}, 2, back, NULL);
    r->gin[0] = z;
    if (r->wants[1])
        r->gin[1] = lng_mul(r->graph, z, shifted(r, lng_result(r), !reverse, n->attr[LNG_RECURRENCE_START].f));
}

const lng_op lng_op_linear_recurrence = {
    .name = "linear_recurrence",
    .about = "each number is a multiple of the one before it plus something new",
    .math = "y[i] = a[i] y[i - 1] + x[i] along the axis, with `start` before the first: one fused multiply-add per element. "
            "a stretches to the shape of x",
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is added"}, {"a", LNG_FLOAT_ONLY, "the factors"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the result, in the shape of x"}),
    LNG_ATTRS([LNG_RECURRENCE_AXIS] = {"axis", LNG_AXIS_ATTR, .fallback = {.i = -1}},
              [LNG_RECURRENCE_START] = {"start", LNG_ATTR_FLOAT, .about = "the number before the first"},
              [LNG_RECURRENCE_REVERSE] = {"reverse", LNG_ATTR_BOOL, .about = "whether it runs from the last to the first"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[4, 5] [4, 1] start=0.5 | [7] [] reverse=1",
    .example = "- linear_recurrence(0.1 * it, 0.9, axis=0)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3, 4), LNG_NUMBER(1)}, .default_attr = true, .out = {LNG_VALUES(1, 3, 6, 10)}},
    {.in = {LNG_VALUES(0, 0, 0), LNG_VALUES(2, 3, 4)}, .attr = {{.i = 0}, {.f = 1}}, .out = {LNG_VALUES(2, 6, 24)}},
    {.in = {LNG_VALUES(1, 2, 3), LNG_VALUES(7, 2, 0.5)},
     .attr = {{.i = -1}, {.f = 0.5}, {.i = 1}},
     .out = {LNG_VALUES(60.5, 8.5, 3.25)}},
    {.in = {LNG_ARRAY(LNG_DIMS(3, 2), 1, 2, 3, 4, 5, 6), LNG_VALUES(1, -1)},
     .attr = {{.i = 0}},
     .out = {LNG_ARRAY(LNG_DIMS(3, 2), 1, 2, 4, 2, 9, 4)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6), LNG_NUMBER(1)},
     .attr = {{.i = 1}, {.f = 0}, {.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 3), 6, 5, 3, 15, 11, 6)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(1), LNG_DIMS(1)}, .attr = {{.i = 0}, {.f = 2}}},
    {.in = {LNG_DIMS(7), LNG_SCALAR}, .default_attr = true, .n_in = 2},
    {.in = {LNG_DIMS(7), LNG_DIMS(7)}, .attr = {{.i = 0}, {.f = 1.5}}},
    {.in = {LNG_DIMS(4, 5), LNG_DIMS(4, 1)}, .attr = {{.i = 0}, {.f = -1}, {.i = 1}}},
    {.in = {LNG_DIMS(2, 3, 4), LNG_DIMS(3, 4)}, .attr = {{.i = 1}}},
    {.in = {LNG_DIMS(3, 6), LNG_DIMS(6)}, .attr = {{.i = -1}, {.f = 1}, {.i = 1}}},
};
LNG_OP_CASES(linear_recurrence);
#endif
