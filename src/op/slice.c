/* y = the elements start, start + step, ... below stop of x along an axis. */
#include "op/move.h"
#include "op/span.h"

#define TO_THE_END 2147483648

static span span_of_node(const lng_node *n)
{
    lng_shape x = n->in[0]->shape;
    int axis = axis_of(n->attr[LNG_SLICE_AXIS].i, x.rank);
    int64_t start = n->attr[LNG_SLICE_START].i;
    return span_of(x, n->out[0].shape, axis, start < 0 ? start + x.dim[axis] : start, n->attr[LNG_SLICE_STEP].i);
}

static int64_t source(const lng_node *n, int64_t e)
{
    span s = span_of_node(n);
    return span_source(&s, e);
}

#ifdef LNG_FAST
static void route(move *m, const lng_node *n)
{
    span s = span_of_node(n);
    span_nest(&s, &m->nest, 1, 0);
    m->from = (ptrdiff_t)(s.start * s.inner);
}
#endif
LNG_KERNELS(slice, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    lng_shape x = r->in[0]->shape;
    int axis;
    if (!lng_infer_axis(r, LNG_SLICE_AXIS, r->attr[LNG_SLICE_AXIS].i, &axis))
        return false;
    int64_t size = x.dim[axis], start = r->attr[LNG_SLICE_START].i, stop = r->attr[LNG_SLICE_STOP].i;
    stop = stop == TO_THE_END ? size : stop < 0 ? stop + size : stop;
    start = start < 0 ? start + size : start;
    if (stop < 0 || stop > size)
        return lng_infer_fail_attr(r, LNG_SLICE_STOP, LNG_E_RANGE,
                                   "`stop` of slice is from %lld to %lld on an axis of size %lld, got %lld", (long long)-size,
                                   (long long)size, (long long)size, (long long)r->attr[LNG_SLICE_STOP].i);
    if (start < 0 || start >= stop)
        return lng_infer_fail_attr(r, LNG_SLICE_START, LNG_E_RANGE,
                                   "`start` of slice is before its stop, %lld, on an axis of size %lld; got %lld", (long long)stop,
                                   (long long)size, (long long)r->attr[LNG_SLICE_START].i);
    r->shape[0] = x;
    r->shape[0].dim[axis] = (stop - start - 1) / r->attr[LNG_SLICE_STEP].i + 1;
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

static void vjp(lng_vjp *r)
{
    span s = span_of_node(r->node);
    const lng_attr attr[LNG_MAX_ATTR] = {
        [LNG_PAD_AXIS] = {.i = axis_of(r->node->attr[LNG_SLICE_AXIS].i, r->node->in[0]->shape.rank)},
        [LNG_PAD_BEFORE] = {.i = s.start},
        [LNG_PAD_AFTER] = {.i = s.size - span_end(&s)},
        [LNG_PAD_STEP] = {.i = s.step}};
    r->gin[0] = lng_emit(r->graph, &lng_op_pad, r->gout, 1, attr, NULL);
}

const lng_op lng_op_slice = {
    .name = "slice",
    .about = "a range of elements along an axis",
    .math =
        "y = the elements start, start + step, ... below stop of x along the axis; a negative axis, start or stop counts from the "
        "end; flip reverses the order",
    .flags = LNG_OP_MOVES,
    LNG_IN({"x", LNG_ANY_DTYPE, "any value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the range"}),
    LNG_ATTRS([LNG_SLICE_AXIS] = {"axis", LNG_AXIS_ATTR},
              [LNG_SLICE_START] = {"start", LNG_ATTR_INT, .low = -TO_THE_END, .high = TO_THE_END, .about = "the first index"},
              [LNG_SLICE_STOP] = {"stop", LNG_ATTR_INT, .fallback = {.i = TO_THE_END}, .low = -TO_THE_END, .high = TO_THE_END,
                                  .about = "one past the last index; by default the end of the axis"},
              [LNG_SLICE_STEP] = {"step", LNG_ATTR_INT, .fallback = {.i = 1}, .low = 1, .high = TO_THE_END,
                                  .about = "the distance from one index to the next"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 7] axis=1 start=1 step=3",
    .example = "- slice(it, axis=0, start=4, stop=-4, step=2)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3, 4)}, .attr = {{.i = 0}, {.i = 1}, {.i = 3}, {.i = 1}}, .out = {LNG_VALUES(2, 3)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)},
     .attr = {{.i = -1}, {.i = -2}, {.i = TO_THE_END}, {.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 2), 2, 3, 5, 6)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4)},
     .attr = {{.i = 0}, {.i = 0}, {.i = -1}, {.i = 1}},
     .integers = true,
     .out = {LNG_ARRAY(LNG_DIMS(1, 2), 1, 2)}},
    {.in = {LNG_ARRAY(LNG_DIMS(4, 2), 1, 2, 3, 4, 5, 6, 7, 8)},
     .attr = {{.i = 0}, {.i = 1}, {.i = TO_THE_END}, {.i = 2}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 2), 3, 4, 7, 8)}},
    {.in = {LNG_VALUES(1, 2, 3)}, .attr = {{.i = 0}, {.i = 0}, {.i = TO_THE_END}, {.i = 9}}, .out = {LNG_VALUES(1)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(20)}, .attr = {{.i = 0}, {.i = 2}, {.i = 19}, {.i = 3}}},
    {.in = {LNG_DIMS(3, 4, 2)}, .attr = {{.i = 1}, {.i = 1}, {.i = 3}, {.i = 1}}},
    {.in = {LNG_DIMS(3, 7, 2)}, .attr = {{.i = 1}, {.i = 1}, {.i = TO_THE_END}, {.i = 3}}},
    {.in = {LNG_DIMS(5, 3)}, .attr = {{.i = 0}, {.i = 0}, {.i = TO_THE_END}, {.i = 2}}},
    {.in = {LNG_DIMS(3, 4)}, .attr = {{.i = -2}, {.i = -1}, {.i = TO_THE_END}, {.i = 1}}},
    {.in = {LNG_DIMS(3, 4)}, .attr = {{.i = -1}, {.i = 0}, {.i = 4}, {.i = 3}}, .integers = true},
};
LNG_OP_CASES(slice);
#endif
