/* y = x with its elements in reverse order along an axis. */
#include "op/move.h"
#include "op/span.h"

static span span_of_node(const lng_node *n)
{
    const lng_shape x = n->in[0]->shape;
    const int axis = axis_of(n->attr[LNG_FLIP_AXIS].i, x.rank);
    return span_of(x, x, axis, x.dim[axis] - 1, -1);
}

static int64_t source(const lng_node *n, int64_t e)
{
    const span s = span_of_node(n);
    return span_source(&s, e);
}

#ifdef LNG_FAST
static void route(move *m, const lng_node *n)
{
    const span s = span_of_node(n);
    span_nest(&s, &m->nest, 1, 0);
    m->from = (ptrdiff_t)(s.start * s.inner);
}
#endif
LNG_KERNELS(flip, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    int axis;
    r->shape[0] = r->in[0]->shape;
    r->dtype[0] = r->in[0]->dtype;
    return lng_infer_axis(r, LNG_FLIP_AXIS, r->attr[LNG_FLIP_AXIS].i, &axis);
}

static void vjp(lng_vjp *r)
{
    const lng_shape x = r->node->in[0]->shape;
    r->gin[0] = lng_flip(r->graph, r->gout[0], axis_of(r->node->attr[LNG_FLIP_AXIS].i, x.rank));
}

const lng_op lng_op_flip = {
    .name = "flip",
    .about = "the elements along an axis in reverse order",
    .math = "y[i] = x[n - 1 - i] along an axis of size n",
    .flags = LNG_OP_MOVES,
    LNG_IN({"x", LNG_ANY_DTYPE, "any value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    LNG_ATTRS([LNG_FLIP_AXIS] = {"axis", LNG_AXIS_ATTR, .fallback = {.i = -1}}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 4, 2] axis=1",
    .example = "- flip(it, axis=1)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3)}, .default_attr = true, .out = {LNG_VALUES(3, 2, 1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .attr = {{.i = 0}}, .out = {LNG_ARRAY(LNG_DIMS(2, 3), 4, 5, 6, 1, 2, 3)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4)},
     .attr = {{.i = -1}},
     .integers = true,
     .out = {LNG_ARRAY(LNG_DIMS(2, 2), 2, 1, 4, 3)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(17)}, .default_attr = true},
    {.in = {LNG_DIMS(3, 4, 2)}, .attr = {{.i = 1}}},
    {.in = {LNG_DIMS(4, 1, 3)}, .attr = {{.i = 0}}},
    {.in = {LNG_DIMS(3, 5)}, .attr = {{.i = -1}}, .integers = true},
};
LNG_OP_CASES(flip);
#endif
