/* The adjoint of conv2d_pool in its image: that of each window flows back through the taps of its winner. */
#include "op/pooled_image.h"

static lng_pooled geometry(const lng_node *n)
{
    return pooled_of(n->attr, n->attr[LNG_CONV_POOL_SHAPE].v, n->attr[LNG_CONV_POOL_WEIGHTS].v);
}

static real pixel_gradient(const lng_pooled *k, const lng_naive_call *call, int32_t y, int32_t x, int32_t c)
{
    real sum = 0;
    EACH_WINDOW(k, wy, wx) {
        const int32_t i = y / 2 - wy, j = x / 2 - wx;
        if (i < 0 || i > k->kh / 2 || j < 0 || j > k->kw / 2)
            continue;
        EACH_OUTPUT(k, o) {
            const ptrdiff_t at = pooled_at(k, wy, wx, o);
            const int winner = I(call->in[1], at) & 3;
            const ptrdiff_t row = ((i * (k->kw / 2 + 1) + j) * (ptrdiff_t)k->c + c) * k->o + o;
            sum = real_fma(F(call->in[2], row * 16 + y % 2 * 8 + x % 2 * 4 + winner), F(call->in[0], at), sum);
        }
    }
    return sum;
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    lng_pooled_input_grad(call->prepared, call->in[0], call->in[1], call->in[2], call->out[0], call->scratch);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    return prepared_for_images(n, arena, lng_pooled_input_grad_scratch);
}
#endif
LNG_KERNELS(conv2d_pool_input_grad, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    const lng_shape w = r->attr[LNG_CONV_POOL_WEIGHTS].v;
    return infer_image(r, w) &&
           lng_infer_expect(r, 2, lng_shape_of(5, w.dim[0] / 2 + 1, w.dim[1] / 2 + 1, w.dim[2], w.dim[3], (int64_t)16));
}

const lng_op lng_op_conv2d_pool_input_grad = {
    .name = "conv2d_pool_input_grad",
    .about = "the adjoint of conv2d_pool in an image of fewer than 16 channels",
    .math =
        "dx[y, x, c] = the sum of g[i, j, o] t[y' - i, x' - j, c, o, 4 p + q], where the pixel is pixel p of block (y', x') and q is the "
        "winner of the window: from +0, one fused multiply-add for each window (i, j) for which t has a row, and o, in ascending order",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"g", LNG_FLOAT_ONLY, "the adjoint of conv2d_pool's y [h', w', o]"}, CONV_POOL_WINNER,
           {"t", LNG_FLOAT_ONLY, "the weights, as conv2d_pool_weights lays them out"}),
    LNG_OUT({"dx", LNG_FLOAT_ONLY, "the adjoint of the image [h, w, c]"}),
    LNG_ATTRS(POOLED_ATTRS, [LNG_CONV_POOL_SHAPE] = {"shape", LNG_SHAPE_ATTR(3, "of the image")},
              [LNG_CONV_POOL_WEIGHTS] = {"weights", LNG_SHAPE_ATTR(4, "the shape of the weights")}),
    .infer = infer,
    .cost = cost_of_winners,
    .no_vjp = "it is made after differentiation",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 10), LNG_ARRAY(LNG_DIMS(1, 1, 1), 2),
            LNG_ARRAY(LNG_DIMS(1, 1, 1, 1, 16), 7, 0, 0, 0, 0, 7, 0, 0, 0, 0, 7, 0, 0, 0, 0, 7)},
     .attr = POOLED("valid", 0, 0, {.v = LNG_DIMS(2, 3, 1)}, {.v = LNG_DIMS(1, 1, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(2, 3, 1), 0, 0, 0, 70, 0, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(3, 3, 3), LNG_DIMS(3, 3, 3), LNG_DIMS(2, 3, 2, 3, 16)},
     .attr = POOLED("valid", 0, 0, {.v = LNG_DIMS(7, 9, 2)}, {.v = LNG_DIMS(2, 4, 2, 3)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(2, 2, 7), LNG_DIMS(2, 2, 7), LNG_DIMS(3, 3, 11, 7, 16)},
     .attr = POOLED("valid", 1, 2, {.v = LNG_DIMS(9, 10, 11)}, {.v = LNG_DIMS(5, 5, 11, 7)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(3, 2, 2), LNG_DIMS(3, 2, 2), LNG_DIMS(2, 3, 1, 2, 16)},
     .attr = POOLED("same", 0, 0, {.v = LNG_DIMS(6, 5, 1)}, {.v = LNG_DIMS(3, 4, 1, 2)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(1, 1, 1), LNG_DIMS(1, 1, 1), LNG_DIMS(1, 1, 2, 1, 16)},
     .attr = POOLED("same", 0, 1, {.v = LNG_DIMS(2, 3, 2)}, {.v = LNG_DIMS(1, 1, 2, 1)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(3, 4, 5), LNG_DIMS(3, 4, 5), LNG_DIMS(2, 2, 2, 5, 16)},
     .attr = POOLED_IN(3, 0, 1, 4, {.v = LNG_DIMS(4, 5, 2)}, {.v = LNG_DIMS(2, 3, 2, 5)}),
     .low = -9,
     .high = 9},
};
LNG_OP_CASES(conv2d_pool_input_grad);
#endif
