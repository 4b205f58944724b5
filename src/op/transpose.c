/* y = x with its axes in another order. */
#include "op/move.h"

/* The steps through x of each axis of y. */
static void steps(const lng_node *n, ptrdiff_t step[LNG_MAX_RANK])
{
    lng_shape x = n->in[0]->shape;
    const lng_shape *order = &n->attr[LNG_TRANSPOSE_PERM].v;
    lng_nest w = {0};
    lng_nest_broadcast(&w, 0, x, x);
    for (int i = 0; i < x.rank; i++)
        step[i] = w.step[0][order->rank ? order->dim[i] : x.rank - 1 - i];
}

static int64_t source(const lng_node *n, int64_t e)
{
    ptrdiff_t step[LNG_MAX_RANK];
    int64_t from = 0;
    steps(n, step);
    for (int i = n->out[0].shape.rank - 1; i >= 0; i--) {
        from += e % n->out[0].shape.dim[i] * step[i];
        e /= n->out[0].shape.dim[i];
    }
    return from;
}

#ifdef LNG_FAST
static void route(move *m, const lng_node *n)
{
    lng_nest_broadcast(&m->nest, 0, n->out[0].shape, n->out[0].shape);
    steps(n, m->nest.step[1]);
}
#endif
LNG_KERNELS(transpose, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    lng_shape x = r->in[0]->shape, order = r->attr[LNG_TRANSPOSE_PERM].v;
    bool used[LNG_MAX_RANK] = {0};
    char text[LNG_SHAPE_TEXT], got[LNG_SHAPE_TEXT];
    bool fits = order.rank == 0 || order.rank == x.rank;
    for (int i = 0; fits && i < order.rank; i++) {
        fits = order.dim[i] >= 0 && order.dim[i] < x.rank && !used[order.dim[i]];
        if (fits)
            used[order.dim[i]] = true;
    }
    if (!fits)
        return lng_infer_fail_attr(r, LNG_TRANSPOSE_PERM, LNG_E_SHAPE,
                                   "transpose expects each axis from 0 to %d once for a value of shape %s, got %s", x.rank - 1,
                                   lng_shape_text(text, x), lng_shape_text(got, order));
    r->shape[0].rank = x.rank;
    for (int i = 0; i < x.rank; i++)
        r->shape[0].dim[i] = x.dim[order.rank ? order.dim[i] : x.rank - 1 - i];
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

static void vjp(lng_vjp *r)
{
    const lng_shape *order = &r->node->attr[LNG_TRANSPOSE_PERM].v;
    lng_attr back[LNG_MAX_ATTR] = {[LNG_TRANSPOSE_PERM] = {.v.rank = order->rank}};
    for (int i = 0; i < order->rank; i++)
        back[LNG_TRANSPOSE_PERM].v.dim[order->dim[i]] = i;
    r->gin[0] = lng_emit(r->graph, r->node->op, r->gout, 1, back, NULL);
}

const lng_op lng_op_transpose = {
    .name = "transpose",
    .about = "the same numbers with the axes in another order",
    .math = "y = x, with axis perm[k] of x as axis k; without perm, the axes are reversed",
    .flags = LNG_OP_MOVES,
    LNG_IN({"x", LNG_ANY_DTYPE, "any value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the result"}),
    LNG_ATTRS([LNG_TRANSPOSE_PERM] = {"perm", LNG_ATTR_INTS, .low = 0, .high = LNG_MAX_RANK - 1, .max_count = LNG_MAX_RANK,
                                      .about = "the axis of x that becomes each axis of y"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[2, 3, 4] perm=[1, 2, 0]",
    .example = "- transpose(it, perm=[1, 0, 2])",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(3, 2), 1, 4, 2, 5, 3, 6)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 3), 1, 2, 3, 4, 5, 6)},
     .attr = {{.v = LNG_DIMS(2, 0, 1)}},
     .out = {LNG_ARRAY(LNG_DIMS(3, 1, 2), 1, 4, 2, 5, 3, 6)}},
};
static const lng_case cases[] = {
    {.in = {LNG_SCALAR}, .default_attr = true},
    {.in = {LNG_DIMS(3, 17)}, .default_attr = true},
    {.in = {LNG_DIMS(2, 3, 4)}, .attr = {{.v = LNG_DIMS(1, 2, 0)}}},
    {.in = {LNG_DIMS(2, 3, 1, 5)}, .attr = {{.v = LNG_DIMS(1, 0, 2, 3)}}},
    {.in = {LNG_DIMS(2, 3)}, .default_attr = true, .integers = true},
};
LNG_OP_CASES(transpose);
#endif
