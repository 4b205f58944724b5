/* y = x stretched to a larger shape. */
#include "op/move.h"

static int64_t source(const lng_node *n, int64_t e)
{
    return lng_shape_source(n->out[0].shape, n->in[0]->shape, e);
}

#ifdef LNG_FAST
static void route(move *m, const lng_node *n)
{
    lng_nest_broadcast(&m->nest, 0, n->out[0].shape, n->out[0].shape);
    lng_nest_broadcast(&m->nest, 1, n->out[0].shape, n->in[0]->shape);
}
#endif
LNG_KERNELS(broadcast, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    lng_shape to = r->attr[LNG_BROADCAST_SHAPE].v, common = to;
    char from[LNG_SHAPE_TEXT], text[LNG_SHAPE_TEXT];
    if (!lng_shape_broadcast(&common, r->in[0]->shape) || !lng_shape_equal(common, to))
        return lng_infer_fail_attr(r, LNG_BROADCAST_SHAPE, LNG_E_SHAPE,
                                   "broadcast expects a shape that %s stretches to, with the last dimensions aligned; got %s",
                                   lng_shape_text(from, r->in[0]->shape), lng_shape_text(text, to));
    r->shape[0] = to;
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_sum_to(r->graph, r->gout[0], r->node->in[0]->shape);
}

const lng_op lng_op_broadcast = {
    .name = "broadcast",
    .about = "a value stretched to a larger shape",
    .math = "y = x, repeated along missing dimensions and those of size 1, with the last dimensions aligned",
    .flags = LNG_OP_MOVES,
    LNG_IN({"x", LNG_ANY_DTYPE, "any value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the stretched value"}),
    LNG_ATTRS([LNG_BROADCAST_SHAPE] = {"shape", LNG_ATTR_INTS, .required = true, .low = 1, .high = 2147483648,
                                       .max_count = LNG_MAX_RANK, .about = "the larger shape"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 1] shape=[2, 3, 4]",
    .example = "- it * broadcast(0.5, shape=[28, 28, 1])",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2)}, .attr = {{.v = LNG_DIMS(3, 2)}}, .out = {LNG_ARRAY(LNG_DIMS(3, 2), 1, 2, 1, 2, 1, 2)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 1), 1, 2)}, .attr = {{.v = LNG_DIMS(2, 2)}}, .out = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 1, 2, 2)}},
    {.in = {LNG_NUMBER(7)}, .attr = {{.v = LNG_DIMS(2)}}, .integers = true, .out = {LNG_VALUES(7, 7)}},
};
static const lng_case cases[] = {
    {.in = {LNG_SCALAR}, .attr = {{.v = LNG_DIMS(3, 17)}}},
    {.in = {LNG_DIMS(5)}, .attr = {{.v = LNG_DIMS(2, 1, 5)}}},
    {.in = {LNG_DIMS(3, 1, 2)}, .attr = {{.v = LNG_DIMS(2, 3, 4, 2)}}},
    {.in = {LNG_DIMS(4, 1)}, .attr = {{.v = LNG_DIMS(4, 3)}}, .integers = true},
};
LNG_OP_CASES(broadcast);
#endif
