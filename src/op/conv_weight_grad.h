/* Shared by conv2d_weight_grad and conv2d_weight_grad_batch: the same gradient, per example or summed over the batch. */
#ifndef LNG_OP_CONV_WEIGHT_GRAD_H
#define LNG_OP_CONV_WEIGHT_GRAD_H
#include "op/conv.h"

static conv geometry(const lng_node *n)
{
    return conv_of(n->attr, n->in[0]->shape, n->attr[LNG_CONV_SHAPE].v);
}

/* One element of one example's gradient. */
static inline real weight_gradient(const conv *k, lng_view x, lng_view g, int64_t ky, int64_t kx, int64_t c, int64_t o)
{
    real sum = 0;
    for (int64_t oy = 0; oy < k->y.out; oy++)
        for (int64_t ox = 0; ox < k->x.out; ox++) {
            const int64_t iy = lng_axis_at(&k->y, oy, ky), ix = lng_axis_at(&k->x, ox, kx);
            if (iy >= 0 && iy < k->y.in && ix >= 0 && ix < k->x.in)
                sum = real_fma(F(x, input_at(k, iy, ix, o / k->width * k->depth + c)), F(g, output_at(k, oy, ox, o)), sum);
        }
    return sum;
}

static real element(const lng_naive_call *, const conv *, int64_t ky, int64_t kx, int64_t c, int64_t o); /* of the op's result */

static void naive(const lng_naive_call *call)
{
    const conv conv_ = geometry(call->node), *k = &conv_;
    for (int64_t ky = 0; ky < k->y.window; ky++)
        for (int64_t kx = 0; kx < k->x.window; kx++)
            for (int64_t c = 0; c < k->depth; c++)
                for (int64_t o = 0; o < k->o; o++)
                    F(call->out[0], weight_at(k, ky, kx, c, o)) = element(call, k, ky, kx, c, o);
}

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    if (r->in[0]->shape.rank != 3)
        return lng_infer_fail_operand(r, 0, "an image [h, w, c]");
    return infer_conv_grad(r, r->in[0]->shape, r->attr[LNG_CONV_SHAPE].v, 1);
}

static void vjp(lng_vjp *r)
{
    conv_vjp(r, CONV_IMAGE, CONV_OUTPUT);
}

/* clang-format off */
#define CONV_WEIGHT_GRAD_TABLE                                                                                                     \
    LNG_IN(CONV_IMAGE_PORT, CONV_ADJOINT_PORT),                                                                                    \
    LNG_OUT({"dw", LNG_FLOAT_ONLY, "the adjoint of the weights [kh, kw, c / groups, o]"}),                                                  \
    LNG_ATTRS(CONV_ATTRS, [LNG_CONV_SHAPE] = {"shape", LNG_SHAPE_ATTR(4, "of the weights")}),                                      \
    .infer = infer, .vjp = vjp, .cost = conv_cost
/* clang-format on */
#endif

#ifdef LNG_CASES
#define CONV_WEIGHT_GRAD_CASES                                                                                                     \
    {.in = {LNG_DIMS(5, 6, 2), LNG_DIMS(4, 4, 3)}, .attr = CONV(1, 1, 1, 1, "valid", 0, 0, {.v = LNG_DIMS(2, 3, 2, 3)})},          \
        {.in = {LNG_DIMS(11, 10, 1), LNG_DIMS(11, 10, 66)}, .attr = CONV(1, 1, 1, 1, "same", 0, 0, {.v = LNG_DIMS(2, 1, 1, 66)})}, \
        {.in = {LNG_DIMS(9, 9, 3), LNG_DIMS(4, 3, 7)}, .attr = CONV(1, 1, 1, 1, "valid", 1, 2, {.v = LNG_DIMS(5, 5, 3, 7)})},      \
        {.in = {LNG_DIMS(6, 7, 2), LNG_DIMS(6, 7, 5)}, .attr = CONV(1, 1, 1, 1, "same", 0, 0, {.v = LNG_DIMS(3, 4, 2, 5)})},       \
        {.in = {LNG_DIMS(8, 7, 1), LNG_DIMS(3, 3, 2)}, .attr = CONV(2, 3, 1, 1, "same", 1, 0, {.v = LNG_DIMS(3, 2, 1, 2)})},       \
        {.in = {LNG_DIMS(7, 9, 2), LNG_DIMS(3, 2, 1)}, .attr = CONV(1, 2, 2, 3, "valid", 0, 0, {.v = LNG_DIMS(3, 3, 2, 1)})},      \
        {.in = {LNG_DIMS(5, 4, 1), LNG_DIMS(3, 4, 2)}, .attr = CONV(2, 1, 2, 2, "same", 0, 0, {.v = LNG_DIMS(3, 3, 1, 2)})},       \
        {.in = {LNG_DIMS(5, 4, 2), LNG_DIMS(2, 9, 3)}, .attr = CONV_IN(1, 2, 1, 1, 1, 1, 0, 2, 4, {.v = LNG_DIMS(3, 2, 2, 3)})},   \
        {.in = {LNG_DIMS(5, 6, 6), LNG_DIMS(4, 4, 8)}, .attr = CONV_IN(2, 1, 1, 1, 1, 0, 0, 0, 0, {.v = LNG_DIMS(2, 3, 3, 8)})},   \
        {.in = {LNG_DIMS(6, 5, 4), LNG_DIMS(6, 3, 8)}, .attr = CONV_IN(4, 1, 2, 1, 1, 1, 1, 1, 1, {.v = LNG_DIMS(3, 3, 1, 8)})},   \
        {.in = {LNG_DIMS(7, 17, 71), LNG_DIMS(7, 17, 71)},                                                                         \
         .attr = CONV_IN(71, 1, 1, 1, 1, 1, 1, 1, 1, {.v = LNG_DIMS(3, 3, 1, 71)})},                                               \
    {                                                                                                                              \
        .in = {LNG_DIMS(7, 9, 3), LNG_DIMS(2, 8, 3)}, .attr = CONV_IN(3, 2, 1, 2, 3, 0, 1, 2, 0, {.v = LNG_DIMS(3, 2, 1, 3)})      \
    }
#endif

#endif
