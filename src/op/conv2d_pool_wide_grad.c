/* conv2d_pool_input_grad for images of many channels, which adds up the same terms in the order of the convolution. */
#include "op/pooled_image.h"

static lng_pooled geometry(const lng_node *n)
{
    return pooled_of(n->attr, n->attr[LNG_CONV_POOL_SHAPE].v, n->in[2]->shape);
}

/* The outputs of the convolution that read the pixel are at (i, j). */
static real pixel_gradient(const lng_pooled *k, const lng_naive_call *call, int32_t y, int32_t x, int32_t c)
{
    real sum = 0;
    for (int32_t i = y < k->kh ? 0 : y - k->kh + 1; i <= y && i < 2 * k->rows; i++)
        for (int32_t j = x < k->kw ? 0 : x - k->kw + 1; j <= x && j < 2 * k->columns; j++)
            EACH_OUTPUT(k, o) {
                const ptrdiff_t at = pooled_at(k, i / 2, j / 2, o);
                const real g = F(call->in[0], at);
                if ((I(call->in[1], at) & 3) == i % 2 * 2 + j % 2 && g != 0)
                    sum = real_fma(F(call->in[2], pooled_weight(k, y - i, x - j, c, o)), g, sum);
            }
    return sum;
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    lng_pooled_wide_grad(call->prepared, call->in[0], call->in[1], call->in[2], call->out[0], call->scratch);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    return prepared_for_images(n, arena, lng_pooled_wide_grad_scratch);
}
#endif
LNG_KERNELS(conv2d_pool_wide_grad, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    return infer_image(r, r->in[2]->shape);
}

const lng_op lng_op_conv2d_pool_wide_grad = {
    .name = "conv2d_pool_wide_grad",
    .about = "the adjoint of conv2d_pool in an image of 16 channels or more",
    .math =
        "dx[y, x, c] = the sum of g[i, j, o] w[v, u, c, o], where tap (v, u) of the winner of window (i, j) reads the pixel: from +0, one fused "
        "multiply-add for each winner whose g is not 0, in the order of the convolution's outputs, then of o",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"g", LNG_FLOAT_ONLY, "the adjoint of conv2d_pool's y [h', w', o]"}, CONV_POOL_WINNER,
           {"w", LNG_FLOAT_ONLY, "weights [kh, kw, c, o]"}),
    LNG_OUT({"dx", LNG_FLOAT_ONLY, "the adjoint of the image [h, w, c]"}),
    LNG_ATTRS(POOLED_ATTRS, [LNG_CONV_POOL_SHAPE] = {"shape", LNG_SHAPE_ATTR(3, "of the image")}),
    .infer = infer,
    .cost = cost_of_winners,
    .no_vjp = "it is made after differentiation",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 10), LNG_ARRAY(LNG_DIMS(1, 1, 1), 2), LNG_ARRAY(LNG_DIMS(1, 1, 1, 1), 7)},
     .attr = POOLED("valid", 0, 0, {.v = LNG_DIMS(2, 3, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(2, 3, 1), 0, 0, 0, 70, 0, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(3, 3, 3), LNG_DIMS(3, 3, 3), LNG_DIMS(2, 4, 2, 3)},
     .attr = POOLED("valid", 0, 0, {.v = LNG_DIMS(7, 9, 2)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(2, 2, 7), LNG_DIMS(2, 2, 7), LNG_DIMS(5, 5, 11, 7)},
     .attr = POOLED("valid", 1, 2, {.v = LNG_DIMS(9, 10, 11)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(3, 2, 2), LNG_DIMS(3, 2, 2), LNG_DIMS(3, 4, 1, 2)},
     .attr = POOLED("same", 0, 0, {.v = LNG_DIMS(6, 5, 1)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(1, 1, 1), LNG_DIMS(1, 1, 1), LNG_DIMS(1, 1, 2, 1)},
     .attr = POOLED("same", 0, 1, {.v = LNG_DIMS(2, 3, 2)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(2, 3, 19), LNG_DIMS(2, 3, 19), LNG_DIMS(3, 3, 27, 19)},
     .attr = POOLED("same", 0, 0, {.v = LNG_DIMS(4, 6, 27)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(1, 2, 2), LNG_DIMS(1, 2, 2), LNG_DIMS(7, 6, 9, 2)},
     .attr = POOLED("valid", 0, 0, {.v = LNG_DIMS(8, 9, 9)}),
     .low = -9,
     .high = 9},
    {.in = {LNG_DIMS(3, 4, 5), LNG_DIMS(3, 4, 5), LNG_DIMS(2, 3, 2, 5)},
     .attr = POOLED_IN(3, 0, 1, 4, {.v = LNG_DIMS(4, 5, 2)}),
     .low = -9,
     .high = 9},
};
LNG_OP_CASES(conv2d_pool_wide_grad);
#endif
