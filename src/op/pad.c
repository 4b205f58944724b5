/* y = x with zeros before and after it along an axis: the adjoint of slice. */
#include "op/move.h"
#include "op/section.h"

static section cut(const lng_node *n)
{
    return section_of(n->out[0].shape, n->in[0]->shape, wrap_axis(n->attr[LNG_PAD_AXIS].i, n->out[0].shape.rank),
                      n->attr[LNG_PAD_BEFORE].i);
}

static int64_t source(const lng_node *n, int64_t e)
{
    section s = cut(n);
    int64_t i = e / s.inner % s.size - s.start;
    if (i < 0 || i >= s.length)
        return -1;
    return (e / (s.size * s.inner) * s.length + i) * s.inner + e % s.inner;
}

#ifdef LNG_FAST
static void route(move *m, const lng_node *n)
{
    section s = cut(n);
    section_walk(&s, &m->walk, 0, 1);
    m->to = (ptrdiff_t)(s.start * s.inner);
    m->partial = true;
}
#endif
LNG_KERNELS(pad, naive, pick);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    lng_shape x = r->in[0]->shape;
    char text[LNG_SHAPE_TEXT];
    int axis = wrap_axis(r->attr[LNG_PAD_AXIS].i, x.rank);
    if (axis < 0 || axis >= x.rank)
        return lng_infer_fail_attr(r, LNG_PAD_AXIS, LNG_E_RANGE,
                                   "pad expects an axis from %d to %d for a value of shape %s, got %d", -x.rank, x.rank - 1,
                                   lng_shape_text(text, x), (int)r->attr[LNG_PAD_AXIS].i);
    r->shape[0] = x;
    r->shape[0].dim[axis] += r->attr[LNG_PAD_BEFORE].i + r->attr[LNG_PAD_AFTER].i;
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

static void vjp(lng_vjp *r)
{
    section s = cut(r->node);
    const lng_attr attr[LNG_MAX_ATTR] = {
        [LNG_SLICE_AXIS] = {.i = wrap_axis(r->node->attr[LNG_PAD_AXIS].i, r->node->in[0]->shape.rank)},
        [LNG_SLICE_START] = {.i = s.start},
        [LNG_SLICE_STOP] = {.i = s.start + s.length}};
    r->gin[0] = lng_emit(r->graph, &lng_op_slice, r->gout, 1, attr, NULL);
}

#define MOST 2147483648
const lng_op lng_op_pad = {
    .name = "pad",
    .about = "zeros before and after a value along an axis",
    .math = "y = x at before <= i < before + size along the axis, +0 elsewhere",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"x", LNG_ANY_DTYPE, "any value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the longer value"}),
    LNG_ATTRS([LNG_PAD_AXIS] = {"axis", LNG_ATTR_INT, .low = -LNG_MAX_RANK, .high = LNG_MAX_RANK - 1,
                                .about = "the axis, -1 being the last"},
              [LNG_PAD_BEFORE] = {"before", LNG_ATTR_INT, .low = 0, .high = MOST, .about = "zeros before it"},
              [LNG_PAD_AFTER] = {"after", LNG_ATTR_INT, .low = 0, .high = MOST, .about = "zeros after it"}),
    .infer = infer,
    .vjp = vjp,
    .example = "made by the gradient of slice",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2)}, .attr = {{.i = 0}, {.i = 1}, {.i = 2}}, .out = {LNG_VALUES(0, 1, 2, 0, 0)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4)},
     .attr = {{.i = -1}, {.i = 1}, {.i = 0}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 3), 0, 1, 2, 0, 3, 4)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(17)}, .attr = {{.i = 0}, {.i = 2}, {.i = 3}}},
    {.in = {LNG_DIMS(3, 2, 2)}, .attr = {{.i = 1}, {.i = 1}, {.i = 3}}},
    {.in = {LNG_DIMS(3, 4)}, .attr = {{.i = -2}, {.i = 0}, {.i = 1}}, .integers = true},
};

LNG_OP_CASES(pad);
#endif
