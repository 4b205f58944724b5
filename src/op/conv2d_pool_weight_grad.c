/* The adjoint of conv2d_pool in shared weights, summed over the batch: in each window, only the winner's taps contribute. */
#include "op/pooled.h"

static lng_pooled geometry(const lng_node *n)
{
    return pooled_of(n->attr, n->in[0]->shape, n->attr[LNG_CONV_POOL_SHAPE].v);
}

static lng_view lane_of(const lng_naive_call *call, int which, int lane)
{
    lng_view v = call->in[which];
    if (call->node->in[which]->per_example)
        v.at = (char *)v.at + (size_t)lane * (which == 2 ? sizeof(int32_t) : sizeof(real));
    return v;
}

static real lane_gradient(const lng_pooled *k, const lng_naive_call *call, int l, int32_t ky, int32_t kx, int32_t c, int32_t o)
{
    const lng_view x = lane_of(call, 0, l), g = lane_of(call, 1, l), winner = lane_of(call, 2, l);
    real sum = 0;
    EACH_WINDOW(k, wy, wx) {
        const ptrdiff_t at = pooled_at(k, wy, wx, o);
        const int corner = I(winner, at) & 3;
        if (F(g, at) != 0)
            sum = real_fma(pooled_input(k, x, 2 * wy + corner / 2 + ky, 2 * wx + corner % 2 + kx, c), F(g, at), sum);
    }
    return sum;
}

static void naive(const lng_naive_call *call)
{
    const lng_pooled pooled = geometry(call->node), *k = &pooled;
    EACH_TAP(k, ky, kx)
        EACH_CHANNEL(k, c)
            EACH_OUTPUT(k, o) {
                real lane[LNG_LANES] = {0};
                for (int l = 0; l < call->live; l++)
                    lane[l] = lane_gradient(k, call, l, ky, kx, c, o);
                F(call->out[0], pooled_weight(k, ky, kx, c, o)) = lane_tree(lane);
            }
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    lng_pooled_weight_grad(call->prepared, call->live, call->add, call->in[0], call->in[1], call->in[2], call->out[0],
                           call->scratch);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->in[0]->per_example || !n->in[1]->per_example || !n->in[2]->per_example)
        return (lng_prepared){0};
    lng_prepared p = prepared_geometry(n, arena);
    p.scratch = lng_pooled_weight_grad_scratch(p.data);
    return p;
}
#endif
LNG_KERNELS(conv2d_pool_weight_grad, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    lng_shape out;
    if (!pooled_output(r, r->in[0]->shape, r->attr[LNG_CONV_POOL_SHAPE].v, &out) || !lng_infer_expect(r, 1, out) ||
        !lng_infer_expect(r, 2, out))
        return false;
    r->shape[0] = r->attr[LNG_CONV_POOL_SHAPE].v;
    return true;
}

const lng_op lng_op_conv2d_pool_weight_grad = {
    .name = "conv2d_pool_weight_grad",
    .about = "the adjoint of conv2d_pool in shared weights, summed over the batch",
    .math =
        "dw[ky, kx, c, o] = in each lane the sum over the windows of x[i + ky - py, j + kx - px, c] g[., ., o], where (i, j) is the winner's "
        "position in the convolution's output: from +0, one fused multiply-add for each window whose g is not 0, row by row, taps outside "
        "the image as +0; then the lane tree",
    .flags = LNG_OP_HIDDEN | LNG_OP_BATCH,
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}, {"g", LNG_FLOAT_ONLY, "the adjoint of conv2d_pool's y [h', w', o]"},
           CONV_POOL_WINNER),
    LNG_OUT({"dw", LNG_FLOAT_ONLY, "the adjoint of the weights [kh, kw, c, o]"}),
    LNG_ATTRS(POOLED_ATTRS, [LNG_CONV_POOL_SHAPE] = {"shape", LNG_SHAPE_ATTR(4, "of the weights")}),
    .infer = infer,
    .cost = cost_of_winners,
    .no_vjp = "it is made after differentiation",
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
    {.in = {LNG_ARRAY(LNG_DIMS(2, 5, 1), 1, 2, 3, 4, 5, 6, 7, 8, INFINITY, 10), LNG_ARRAY(LNG_DIMS(1, 2, 1), 2, 0),
            LNG_ARRAY(LNG_DIMS(1, 2, 1), 0, 3)},
     .attr = POOLED("valid", 0, 0, {.v = LNG_DIMS(1, 2, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 2, 4)}},
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
    {.in = {LNG_DIMS(34, 42, 18), LNG_DIMS(17, 21, 3), LNG_DIMS(17, 21, 3)},
     .attr = POOLED("same", 0, 0, {.v = LNG_DIMS(3, 3, 18, 3)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(4, 5, 2), LNG_DIMS(3, 4, 5), LNG_DIMS(3, 4, 5)},
     .attr = POOLED_IN(3, 0, 1, 4, {.v = LNG_DIMS(2, 3, 2, 5)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(2, 3, 2), LNG_DIMS(1, 1, 5), LNG_DIMS(1, 1, 5)},
     .attr = POOLED("same", 0, 1, {.v = LNG_DIMS(1, 1, 2, 5)}),
     .low = -9,
     .high = 9},
};
LNG_OP_CASES(conv2d_pool_weight_grad);
#endif
