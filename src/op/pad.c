/* y = x with zeros before, between and after its elements along an axis: the adjoint of slice. */
#include "op/move.h"
#include "op/span.h"

static span span_of_node(const lng_node *n)
{
    return span_of(n->out[0].shape, n->in[0]->shape, axis_of(n->attr[LNG_PAD_AXIS].i, n->out[0].shape.rank),
                   n->attr[LNG_PAD_BEFORE].i, n->attr[LNG_PAD_STEP].i);
}

static int64_t source(const lng_node *n, int64_t e)
{
    span s = span_of_node(n);
    int64_t i = e / s.inner % s.size - s.start;
    if (i < 0 || i % s.step != 0 || i / s.step >= s.length)
        return -1;
    return (e / (s.size * s.inner) * s.length + i / s.step) * s.inner + e % s.inner;
}

#ifdef LNG_FAST
static void route(move *m, const lng_node *n)
{
    span s = span_of_node(n);
    span_nest(&s, &m->nest, 0, 1);
    m->to = (ptrdiff_t)(s.start * s.inner);
    m->partial = true;
}
#endif
LNG_KERNELS(pad, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    lng_shape x = r->in[0]->shape;
    char number[LNG_NUMBER_SIZE], size[LNG_NUMBER_SIZE];
    int axis;
    if (!lng_infer_axis(r, LNG_PAD_AXIS, r->attr[LNG_PAD_AXIS].i, &axis))
        return false;
    const int64_t step = r->attr[LNG_PAD_STEP].i;
    if (x.dim[axis] > LNG_MAX_ELEMENTS / step)
        return lng_infer_fail_attr(r, LNG_PAD_STEP, LNG_E_LIMIT,
                                   "pad makes at most 2^31 elements: `step` %s is too much for size %s", lng_grouped(number, step),
                                   lng_grouped(size, x.dim[axis]));
    r->shape[0] = x;
    r->shape[0].dim[axis] = r->attr[LNG_PAD_BEFORE].i + (x.dim[axis] - 1) * step + 1 + r->attr[LNG_PAD_AFTER].i;
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

static void vjp(lng_vjp *r)
{
    span s = span_of_node(r->node);
    const int axis = axis_of(r->node->attr[LNG_PAD_AXIS].i, r->node->in[0]->shape.rank);
    r->gin[0] = lng_slice(r->graph, r->gout[0], axis, s.start, span_end(&s), s.step);
}

#define MOST 2147483648
const lng_op lng_op_pad = {
    .name = "pad",
    .about = "zeros before, after and between the elements of a value along an axis",
    .math = "y[before + i step] = x[i] along the axis, +0 elsewhere",
    LNG_IN({"x", LNG_ANY_DTYPE, "any value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the longer value"}),
    LNG_ATTRS([LNG_PAD_AXIS] = {"axis", LNG_AXIS_ATTR},
              [LNG_PAD_BEFORE] = {"before", LNG_ATTR_INT, .low = 0, .high = MOST, .about = "the number of zeros before it"},
              [LNG_PAD_AFTER] = {"after", LNG_ATTR_INT, .low = 0, .high = MOST, .about = "the number of zeros after it"},
              [LNG_PAD_STEP] = {"step", LNG_ATTR_INT, .fallback = {.i = 1}, .low = 1, .high = MOST,
                                .about = "the distance from one element to the next: step - 1 zeros between them"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 4] axis=1 before=2 after=1 step=2",
    .example = "- pad(it, axis=0, before=2, after=2)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2)}, .attr = {{.i = 0}, {.i = 1}, {.i = 2}, {.i = 1}}, .out = {LNG_VALUES(0, 1, 2, 0, 0)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4)},
     .attr = {{.i = -1}, {.i = 1}, {.i = 0}, {.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 3), 0, 1, 2, 0, 3, 4)}},
    {.in = {LNG_VALUES(1, 2)}, .attr = {{.i = 0}, {.i = 1}, {.i = 1}, {.i = 3}}, .out = {LNG_VALUES(0, 1, 0, 0, 2, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(17)}, .attr = {{.i = 0}, {.i = 2}, {.i = 3}, {.i = 1}}},
    {.in = {LNG_DIMS(3, 2, 2)}, .attr = {{.i = 1}, {.i = 1}, {.i = 3}, {.i = 2}}},
    {.in = {LNG_DIMS(3, 4)}, .attr = {{.i = -2}, {.i = 0}, {.i = 1}, {.i = 3}}, .integers = true},
};
LNG_OP_CASES(pad);
#endif
