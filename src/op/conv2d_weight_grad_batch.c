/* The adjoint of shared weights of a conv2d: conv2d_weight_grad summed over the batch, without a copy of the weights for each example.
 * It is bit for bit batch_sum of the other: each lane adds up its positions, then the lane tree. */
#include "op/conv.h"

static lng_view lane_of(const lng_naive_call *call, int which, int lane)
{
    lng_view v = call->in[which];
    if (call->node->in[which]->per_example)
        v.at = (real *)v.at + lane;
    return v;
}

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const conv conv_ = conv_of(n->attr, n->in[0]->shape, n->attr[SHAPE].v), *k = &conv_;
    for (int64_t ky = 0; ky < k->y.window; ky++)
        for (int64_t kx = 0; kx < k->x.window; kx++)
            for (int64_t c = 0; c < k->c; c++)
                for (int64_t o = 0; o < k->o; o++) {
                    real lane[LNG_LANES] = {0};
                    for (int l = 0; l < call->live; l++)
                        lane[l] = weight_gradient(k, lane_of(call, 0, l), lane_of(call, 1, l), ky, kx, c, o);
                    for (int half = LNG_LANES / 2; half > 0; half /= 2)
                        for (int l = 0; l < half; l++)
                            lane[l] += lane[l + half];
                    F(call->out[0], weight_at(k, ky, kx, c, o)) = lane[0];
                }
}

#ifdef LNG_FAST
static lng_kernel *pick(const lng_node *n, lng_arena *arena, const void **plan, size_t *scratch)
{
    (void)n, (void)arena, (void)plan, (void)scratch;
    return NULL;
}
#endif
LNG_KERNELS(conv2d_weight_grad_batch, naive, pick);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    lng_shape out;
    if (r->in[0]->shape.rank != 3)
        return fail_shape(r, 0, "an image [h, w, c]");
    if (!conv_output(r, r->in[0]->shape, r->attr[SHAPE].v, 0, &out) || !conv_expects(r, 1, out))
        return false;
    r->shape[0] = r->attr[SHAPE].v;
    return true;
}

/* Linear in x and in g. */
static void vjp(lng_vjp *r)
{
    lng_value *x = r->node->in[0], *g = r->node->in[1], *w = r->gout[0];
    if (r->wants[0])
        r->gin[0] = conv_emit(r, "conv2d_input_grad", g, w, x->shape);
    if (r->wants[1])
        r->gin[1] = conv_emit(r, "conv2d", x, w, (lng_shape){0});
}

static int64_t cost(const lng_node *n)
{
    return conv_cost(n->attr, n->in[0]->shape, n->attr[SHAPE].v);
}

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 2, 3), LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 10)},
     .attr = CONV(1, 1, 1, 1, "valid", 0, 0, {.v = LNG_DIMS(1, 2, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 21, 32)}},
};
static const lng_case cases[] = {CONV_WEIGHT_GRAD_CASES};

const lng_op lng_op_conv2d_weight_grad_batch = {
    .name = "conv2d_weight_grad_batch",
    .about = "the adjoint of conv2d in shared weights, summed over the batch",
    .math = "dw = the sum over the examples of conv2d_weight_grad(x, g): in a slice by the lane tree (lanes i and i + 8, i and i + "
            "4, i and i + 2, "
            "i and i + 1, dead lanes as +0)",
    .flags = LNG_OP_HIDDEN | LNG_OP_BATCH,
    .n_in = 2,
    .n_out = 1,
    .in = {{"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}, {"g", LNG_FLOAT_ONLY, "the adjoint of conv2d's output [h', w', o]"}},
    .out = {{"dw", LNG_FLOAT_ONLY, "the adjoint of the weights [kh, kw, c, o]"}},
    .n_attr = 5,
    .attr = {CONV_ATTRS, CONV_SHAPE_ATTR(4, "of the weights")},
    .infer = infer,
    .vjp = vjp,
    .cost = cost,
    .samples = samples,
    .n_samples = LNG_COUNT(samples),
    .cases = cases,
    .n_cases = LNG_COUNT(cases),
};
#endif
