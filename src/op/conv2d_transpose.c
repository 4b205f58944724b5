/* The adjoint of conv2d in its image, and a layer of its own, the transposed convolution: what stands at each output goes to the inputs that the
 * output of such a convolution reads, through the taps by which it reads them. */
#include "op/conv.h"
#ifdef LNG_FAST
#include "op/conv_product.h"
#endif

static conv geometry(const lng_node *n)
{
    return conv_of(n->attr, n->attr[LNG_CONV_SHAPE].v, n->in[1]->shape);
}

static void naive(const lng_naive_call *call)
{
    const conv conv_ = geometry(call->node), *k = &conv_;
    for (int64_t iy = 0; iy < k->y.in; iy++)
        for (int64_t ix = 0; ix < k->x.in; ix++)
            for (int64_t c = 0; c < k->c; c++) {
                real sum = 0;
                int64_t y0, y1, x0, x1;
                lng_axis_outputs(&k->y, iy, &y0, &y1);
                lng_axis_outputs(&k->x, ix, &x0, &x1);
                for (int64_t oy = y0; oy < y1; oy++)
                    for (int64_t ox = x0; ox < x1; ox++) {
                        const int64_t ky = lng_axis_tap(&k->y, iy, oy), kx = lng_axis_tap(&k->x, ix, ox);
                        if (ky >= 0 && kx >= 0)
                            for (int64_t o = c / k->depth * k->width, end = o + k->width; o < end; o++)
                                sum = real_fma(F(call->in[0], output_at(k, oy, ox, o)),
                                               F(call->in[1], weight_at(k, ky, kx, c % k->depth, o)), sum);
                    }
                F(call->out[0], input_at(k, iy, ix, c)) = sum;
            }
}

#ifdef LNG_FAST
/* For each input along one axis, the outputs that read it, in ascending order. */
static lng_taps *taps_of(const lng_axis *a, lng_arena *arena)
{
    lng_taps *t = LNG_NEW_N(arena, (size_t)a->in, lng_taps);
    int32_t *number = LNG_NEW_N(arena, (size_t)a->in * (size_t)a->window * 2, int32_t);
    for (int64_t i = 0; i < a->in; i++, number += 2 * a->window) {
        int64_t first, end;
        lng_axis_outputs(a, i, &first, &end);
        t[i] = (lng_taps){0, number, number + a->window};
        for (int64_t o = first; o < end; o++) {
            const int64_t tap = lng_axis_tap(a, i, o);
            if (tap < 0)
                continue;
            number[t[i].n] = (int32_t)o;
            number[t[i].n++ + a->window] = (int32_t)tap;
        }
    }
    return t;
}

static const lng_product *product_of(const lng_node *n, bool turned, lng_arena *arena)
{
    const conv k = geometry(n);
    return conv_product(&k, true, turned, n->in[1]->per_example, arena);
}
#endif
LNG_KERNELS(conv2d_transpose, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    if (r->in[1]->shape.rank != 4)
        return lng_infer_fail_operand(r, 1, "weights [kh, kw, c / groups, o]");
    return infer_conv_grad(r, r->attr[LNG_CONV_SHAPE].v, r->in[1]->shape, 0);
}

static void vjp(lng_vjp *r)
{
    conv_vjp(r, CONV_OUTPUT, CONV_WEIGHTS);
}

const lng_op lng_op_conv2d_transpose = {
    .name = "conv2d_transpose",
    .about = "the transposed convolution, which is the adjoint of conv2d in its image",
    .math =
        "y[a, b, c] = the sum of x[i, j, o] w[ky, kx, c, o] over the outputs (i, j) at which conv2d of an image of the given shape "
        "reads (a, b), at tap (ky, kx): from +0, one fused multiply-add for each (i, j, o) in ascending order, o in c's group",
    .flags = LNG_OP_SLICE_SPLITS,
    LNG_IN({"x", LNG_FLOAT_ONLY, "what has the shape of conv2d's result [h', w', o]"}, CONV_WEIGHTS_PORT),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "an image [h, w, c]"}),
    LNG_ATTRS(CONV_ATTRS, [LNG_CONV_SHAPE] = {"shape", LNG_SHAPE_ATTR(3, "of the result [h, w, c]")}),
    .infer = infer,
    .vjp = vjp,
    .cost = conv_cost,
    .trial = "[4, 4, 3] [2, 3, 2, 3] shape=[5, 6, 2] | [3, 3, 2] [3, 2, 1, 2] stride=[2, 3] padding=same shape=[6, 7, 1]",
    .example =
        "params: {W: 'glorot_uniform([2, 2, 3, 1])'}\ngraph:\n  - op.conv2d_transpose(image, W, shape=[56, 56, 3], stride=[2, 2])\n  - flatten\n  - dense: {units: 10, activation: softmax}",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 2), LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 1, 10)},
     .attr = CONV(1, 1, 1, 1, "valid", 0, 0, {.v = LNG_DIMS(1, 3, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 12, 20)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 2), LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 1, 10)},
     .attr = CONV(1, 3, 1, 2, "valid", 0, 0, {.v = LNG_DIMS(1, 7, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 7, 1), 1, 0, 10, 2, 0, 20, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(4, 4, 3), LNG_DIMS(2, 3, 2, 3)}, .attr = CONV(1, 1, 1, 1, "valid", 0, 0, {.v = LNG_DIMS(5, 6, 2)})},
    {.in = {LNG_DIMS(4, 3, 7), LNG_DIMS(5, 5, 3, 7)}, .attr = CONV(1, 1, 1, 1, "valid", 1, 2, {.v = LNG_DIMS(9, 9, 3)})},
    {.in = {LNG_DIMS(6, 7, 5), LNG_DIMS(3, 4, 2, 5)}, .attr = CONV(1, 1, 1, 1, "same", 0, 0, {.v = LNG_DIMS(6, 7, 2)})},
    {.in = {LNG_DIMS(3, 3, 2), LNG_DIMS(3, 2, 1, 2)}, .attr = CONV(2, 3, 1, 1, "same", 1, 0, {.v = LNG_DIMS(8, 7, 1)})},
    {.in = {LNG_DIMS(3, 2, 1), LNG_DIMS(3, 3, 2, 1)}, .attr = CONV(1, 2, 2, 3, "valid", 0, 0, {.v = LNG_DIMS(7, 9, 2)})},
    {.in = {LNG_DIMS(3, 4, 2), LNG_DIMS(3, 3, 1, 2)}, .attr = CONV(2, 1, 2, 2, "same", 0, 0, {.v = LNG_DIMS(5, 4, 1)})},
    {.in = {LNG_DIMS(2, 9, 3), LNG_DIMS(3, 2, 2, 3)}, .attr = CONV_IN(1, 2, 1, 1, 1, 1, 0, 2, 4, {.v = LNG_DIMS(5, 4, 2)})},
    {.in = {LNG_DIMS(4, 4, 8), LNG_DIMS(2, 3, 3, 8)}, .attr = CONV_IN(2, 1, 1, 1, 1, 0, 0, 0, 0, {.v = LNG_DIMS(5, 6, 6)})},
    {.in = {LNG_DIMS(6, 3, 8), LNG_DIMS(3, 3, 1, 8)}, .attr = CONV_IN(4, 1, 2, 1, 1, 1, 1, 1, 1, {.v = LNG_DIMS(6, 5, 4)})},
    {.in = {LNG_DIMS(7, 6, 31), LNG_DIMS(3, 3, 1, 31)}, .attr = CONV_IN(31, 1, 1, 1, 1, 1, 1, 1, 1, {.v = LNG_DIMS(7, 6, 31)})},
    {.in = {LNG_DIMS(2, 8, 3), LNG_DIMS(3, 2, 1, 3)}, .attr = CONV_IN(3, 2, 1, 2, 3, 0, 1, 2, 0, {.v = LNG_DIMS(7, 9, 3)})},
};
LNG_OP_CASES(conv2d_transpose);
#endif
