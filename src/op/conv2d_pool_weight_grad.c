/* The adjoint of conv2d_pool in shared weights, summed over the batch: of each window only the winner's taps have seen anything. */
#include "op/pooled.h"

static lng_view lane_of(const lng_naive_call *call, int which, int lane)
{
    lng_view v = call->in[which];
    if (call->node->in[which]->per_example)
        v.at = (char *)v.at + (size_t)lane * (which == 2 ? sizeof(int32_t) : sizeof(real));
    return v;
}

static real lane_gradient(const lng_pooled *k, const lng_naive_call *call, int l, int32_t ky, int32_t kx, int32_t c, int32_t o)
{
    const lng_view x = lane_of(call, 0, l), g = lane_of(call, 1, l), place = lane_of(call, 2, l);
    real sum = 0;
    EACH_WINDOW(k)
    {
        const ptrdiff_t at = pooled_at(k, wy, wx, o);
        const int p = I(place, at) & 3;
        sum = real_fma(pooled_input(k, x, 2 * wy + p / 2 + ky, 2 * wx + p % 2 + kx, c), F(g, at), sum);
    }
    return sum;
}

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const lng_pooled pooled = pooled_of(n->attr, n->in[0]->shape, n->attr[LNG_CONV_POOL_SHAPE].v), *k = &pooled;
    EACH_TAP(k)
    EACH_CHANNEL(k)
    EACH_OUTPUT(k)
    {
        real lane[LNG_LANES] = {0};
        for (int l = 0; l < call->live; l++)
            lane[l] = lane_gradient(k, call, l, ky, kx, c, o);
        for (int half = LNG_LANES / 2; half > 0; half /= 2)
            for (int l = 0; l < half; l++)
                lane[l] += lane[l + half];
        F(call->out[0], pooled_weight(k, ky, kx, c, o)) = lane[0];
    }
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    LNG_NAME(lng_pooled_weight_grad)
    (call->plan, call->live, call->add, call->in[0], call->in[1], call->in[2], call->out[0], call->scratch);
}

static lng_kernel *pick(const lng_node *n, lng_arena *arena, const void **plan, size_t *scratch)
{
    if (!n->in[0]->per_example || !n->in[1]->per_example || !n->in[2]->per_example)
        return NULL;
    *plan = pooled_plan(n, n->in[0]->shape, n->attr[LNG_CONV_POOL_SHAPE].v, arena);
    *scratch = LNG_NAME(lng_pooled_weight_grad_scratch)(*plan);
    return fast;
}
#endif
LNG_KERNELS(conv2d_pool_weight_grad, naive, pick);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    lng_shape out;
    if (!pooled_output(r, r->in[0]->shape, r->attr[LNG_CONV_POOL_SHAPE].v, &out) || !pooled_expects(r, 1, out) ||
        !pooled_expects(r, 2, out))
        return false;
    r->shape[0] = r->attr[LNG_CONV_POOL_SHAPE].v;
    return true;
}

static int64_t cost(const lng_node *n)
{
    return pooled_cost(n->attr, n->in[0]->shape, n->attr[LNG_CONV_POOL_SHAPE].v);
}

const lng_op lng_op_conv2d_pool_weight_grad = {
    .name = "conv2d_pool_weight_grad",
    .about = "the adjoint of conv2d_pool in shared weights, summed over the batch",
    .math =
        "dw[ky, kx, c, o] = in each lane the sum over the windows of x[i + ky - py, j + kx - px, c] g[., ., o], where the winner "
        "stands at (i, j) of the convolution's output: from +0, one fused multiply-add a window in row-major order, taps outside "
        "of the image as +0; then the lane tree",
    .flags = LNG_OP_HIDDEN | LNG_OP_BATCH,
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}, {"g", LNG_FLOAT_ONLY, "the adjoint of conv2d_pool's y [h', w', o]"},
           {"place", LNG_INT_ONLY, "its place"}),
    LNG_OUT({"dw", LNG_FLOAT_ONLY, "the adjoint of the weights [kh, kw, c, o]"}),
    LNG_ATTRS(POOLED_ATTRS, [LNG_CONV_POOL_SHAPE] = {"shape", LNG_SHAPE_ATTR(4, "of the weights")}),
    .infer = infer,
    .cost = cost,
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 5, 1), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 10),
            LNG_ARRAY(LNG_DIMS(1, 2, 1), 0, 3)},
     .attr = POOLED("valid", 0, 0, {.v = LNG_DIMS(1, 2, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 91, 102)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(1, 1, 1), 10), LNG_ARRAY(LNG_DIMS(1, 1, 1), 2)},
     .attr = POOLED("same", 0, 0, {.v = LNG_DIMS(1, 3, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 3, 1, 1), 0, 30, 40)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(7, 9, 2), LNG_DIMS(3, 3, 3), LNG_DIMS(3, 3, 3)},
     .attr = POOLED("valid", 0, 0, {.v = LNG_DIMS(2, 4, 2, 3)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(9, 10, 3), LNG_DIMS(2, 2, 17), LNG_DIMS(2, 2, 17)},
     .attr = POOLED("valid", 1, 2, {.v = LNG_DIMS(5, 5, 3, 17)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(30, 21, 1), LNG_DIMS(15, 10, 3), LNG_DIMS(15, 10, 3)},
     .attr = POOLED("same", 0, 0, {.v = LNG_DIMS(3, 2, 1, 3)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(6, 13, 1), LNG_DIMS(3, 6, 66), LNG_DIMS(3, 6, 66)},
     .attr = POOLED("same", 0, 0, {.v = LNG_DIMS(2, 7, 1, 66)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(2, 3, 2), LNG_DIMS(1, 1, 5), LNG_DIMS(1, 1, 5)},
     .attr = POOLED("same", 0, 1, {.v = LNG_DIMS(1, 1, 2, 5)}),
     .low = -9,
     .high = 9},
};
LNG_OP_CASES(conv2d_pool_weight_grad);
#endif
