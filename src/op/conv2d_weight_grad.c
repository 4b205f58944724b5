/* The adjoint of conv2d in its weights, for each example; summed over the batch it becomes conv2d_weight_grad_batch. */
#include "op/conv.h"

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const conv conv_ = conv_of(n->attr, n->in[0]->shape, n->attr[LNG_CONV_SHAPE].v), *k = &conv_;
    for (int64_t ky = 0; ky < k->y.window; ky++)
        for (int64_t kx = 0; kx < k->x.window; kx++)
            for (int64_t c = 0; c < k->c; c++)
                for (int64_t o = 0; o < k->o; o++)
                    F(call->out[0], weight_at(k, ky, kx, c, o)) = weight_gradient(k, call->in[0], call->in[1], ky, kx, c, o);
}
LNG_KERNELS(conv2d_weight_grad, naive, NULL);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    lng_shape out;
    if (r->in[0]->shape.rank != 3)
        return fail_shape(r, 0, "an image [h, w, c]");
    if (!conv_output(r, r->in[0]->shape, r->attr[LNG_CONV_SHAPE].v, 0, &out) || !conv_expects(r, 1, out))
        return false;
    r->shape[0] = r->attr[LNG_CONV_SHAPE].v;
    return true;
}

/* Linear in x and in g. */
static void vjp(lng_vjp *r)
{
    lng_value *x = r->node->in[0], *g = r->node->in[1], *w = r->gout[0];
    if (r->wants[0])
        r->gin[0] = conv_emit(r, &lng_op_conv2d_input_grad, g, w, x->shape);
    if (r->wants[1])
        r->gin[1] = conv_emit(r, &lng_op_conv2d, x, w, (lng_shape){0});
}

static lng_value *contract(lng_graph *g, const lng_node *n)
{
    return lng_emit(g, &lng_op_conv2d_weight_grad_batch, n->in, 2, n->attr, NULL);
}

static int64_t cost(const lng_node *n)
{
    return conv_cost(n->attr, n->in[0]->shape, n->attr[LNG_CONV_SHAPE].v);
}

const lng_op lng_op_conv2d_weight_grad = {
    .name = "conv2d_weight_grad",
    .about = "the adjoint of conv2d in its weights",
    .math = "dw[ky, kx, c, o] = the sum of x[i sy + ky dy - py, j sx + kx dx - px, c] g[i, j, o]: from +0, one fused multiply-add "
            "for each "
            "(i, j) in ascending order whose tap lies in the image",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}, {"g", LNG_FLOAT_ONLY, "the adjoint of conv2d's output [h', w', o]"}),
    LNG_OUT({"dw", LNG_FLOAT_ONLY, "the adjoint of the weights [kh, kw, c, o]"}),
    LNG_ATTRS(CONV_ATTRS, [LNG_CONV_SHAPE] = {"shape", LNG_SHAPE_ATTR(4, "of the weights")}),
    .infer = infer,
    .vjp = vjp,
    .contract = contract,
    .cost = cost,
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 2, 3), LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 10)},
     .attr = CONV(1, 1, 1, 1, "valid", 0, 0, {.v = LNG_DIMS(1, 2, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 21, 32)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 2, 3), LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 10, 100)},
     .attr = CONV(1, 1, 1, 1, "same", 0, 0, {.v = LNG_DIMS(1, 2, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 321, 32)}},
};
static const lng_case cases[] = {CONV_WEIGHT_GRAD_CASES};
LNG_OP_CASES(conv2d_weight_grad);
#endif
