/* y = x convolved with w: windows slide over rows and columns, and see all channels of a group. */
#include "op/conv.h"
#ifdef LNG_FAST
#include "op/conv_product.h"
#endif

static conv geometry(const lng_node *n)
{
    return conv_of(n->attr, n->in[0]->shape, n->in[1]->shape);
}

static void naive(const lng_naive_call *call)
{
    const conv conv_ = geometry(call->node), *k = &conv_;
    for (int64_t oy = 0; oy < k->y.out; oy++)
        for (int64_t ox = 0; ox < k->x.out; ox++)
            for (int64_t o = 0; o < k->o; o++) {
                int64_t y0, y1, x0, x1;
                lng_axis_taps(&k->y, oy, &y0, &y1);
                lng_axis_taps(&k->x, ox, &x0, &x1);
                real sum = 0;
                for (int64_t ky = y0; ky < y1; ky++)
                    for (int64_t kx = x0; kx < x1; kx++)
                        for (int64_t c = 0; c < k->depth; c++) {
                            const int64_t at =
                                input_at(k, lng_axis_at(&k->y, oy, ky), lng_axis_at(&k->x, ox, kx), o / k->width * k->depth + c);
                            sum = real_fma(F(call->in[0], at), F(call->in[1], weight_at(k, ky, kx, c, o)), sum);
                        }
                F(call->out[0], output_at(k, oy, ox, o)) = sum;
            }
}

#ifdef LNG_FAST
/* For each output along one axis, the existing taps, in ascending order. */
static lng_taps *taps_of(const lng_axis *a, lng_arena *arena)
{
    lng_taps *t = LNG_NEW_N(arena, (size_t)a->out, lng_taps);
    int32_t *number = LNG_NEW_N(arena, (size_t)a->out * (size_t)a->window * 2, int32_t);
    for (int64_t o = 0; o < a->out; o++) {
        int64_t first, end;
        lng_axis_taps(a, o, &first, &end);
        t[o] = (lng_taps){(int)(end - first), number, number + (end - first)};
        for (int64_t k = first; k < end; k++) {
            number[k - first] = (int32_t)lng_axis_at(a, o, k);
            number[k - first + end - first] = (int32_t)k;
        }
        number += 2 * (end - first);
    }
    return t;
}

static const lng_product *product_of(const lng_node *n, bool turned, lng_arena *arena)
{
    const conv k = geometry(n);
    return conv_product(&k, false, turned, n->in[1]->per_example, arena);
}
#endif
LNG_KERNELS(conv2d, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    if (r->in[0]->shape.rank != 3)
        return lng_infer_fail_operand(r, 0, "an image [h, w, c]");
    if (r->in[1]->shape.rank != 4)
        return lng_infer_fail_operand(r, 1, "weights [kh, kw, c / groups, o]");
    return conv_output(r, r->in[0]->shape, r->in[1]->shape, 1, &r->shape[0]);
}

static void vjp(lng_vjp *r)
{
    conv_vjp(r, CONV_IMAGE, CONV_WEIGHTS);
}

const lng_op lng_op_conv2d = {
    .name = "conv2d",
    .about = "the convolution of an image with windows of weights",
    .math =
        "y[i, j, o] = the sum of x[i sy + ky dy - py, j sx + kx dx - px, b + c] w[ky, kx, c, o]: from +0, one fused multiply-add for "
        "each (ky, kx, c) in ascending order, where b is the first channel of o's group; taps outside the image are skipped; p is 0 for "
        "valid, half the missing rows or columns, rounded down, for same, else the number of rows above or columns to the left",
    .flags = LNG_OP_SLICE_SPLITS,
    LNG_IN(CONV_IMAGE_PORT, CONV_WEIGHTS_PORT),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "an image [h', w', o]"}),
    LNG_ATTRS(CONV_ATTRS),
    .infer = infer,
    .vjp = vjp,
    .cost = conv_cost,
    .trial = "[5, 6, 2] [2, 3, 2, 3] | [6, 5, 4] [3, 2, 2, 6] stride=[2, 1] dilation=[1, 2] padding=[1, 1, 0, 2] groups=2",
    .example =
        "params: {W: 'glorot_uniform([5, 5, 1, 8])'}\ngraph:\n  - op.conv2d(image / 255, W, stride=[2, 2], padding=same)\n  - flatten\n  - dense: {units: 10, activation: softmax}",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(3, 3, 1), 1, 2, 3, 4, 5, 6, 7, 8, 9), LNG_ARRAY(LNG_DIMS(2, 2, 1, 1), 1, 10, 100, 1000)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 5421, 6532, 8754, 9865)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 2), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(1, 2, 2, 2), 1, 10, 2, 20, 3, 30, 4, 40)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 2), 30, 300)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 4, 1), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 1, 10)},
     .attr = CONV(1, 1, 1, 1, "same", 0, 0),
     .out = {LNG_ARRAY(LNG_DIMS(1, 4, 1), 21, 32, 43, 4)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 6, 1), 1, 2, 3, 4, 5, 6), LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 1, 10)},
     .attr = CONV(1, 2, 1, 2, "valid", 0, 1),
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 31)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 2), LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 1, 10)},
     .attr = CONV_IN(1, 1, 1, 1, 1, 0, 0, 2, 1),
     .out = {LNG_ARRAY(LNG_DIMS(1, 4, 1), 0, 10, 21, 2)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 2), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(1, 2, 1, 2), 1, 10, 100, 1000)},
     .attr = CONV_IN(2, 1, 1, 1, 1, 0, 0, 0, 0),
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 2), 301, 4020)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 1, 4), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(1, 1, 2, 2), 1, 10, 100, 1000)},
     .attr = CONV_IN(2, 1, 1, 1, 1, 0, 0, 0, 0),
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 2), 201, 4030)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(5, 6, 2), LNG_DIMS(2, 3, 2, 3)}, .default_attr = true},
    {.in = {LNG_DIMS(9, 9, 3), LNG_DIMS(5, 5, 3, 7)}, .attr = CONV(1, 1, 1, 1, "valid", 1, 2)},
    {.in = {LNG_DIMS(6, 7, 2), LNG_DIMS(3, 4, 2, 5)}, .attr = CONV(1, 1, 1, 1, "same", 0, 0)},
    {.in = {LNG_DIMS(8, 7, 1), LNG_DIMS(3, 2, 1, 2)}, .attr = CONV(2, 3, 1, 1, "same", 1, 0)},
    {.in = {LNG_DIMS(7, 9, 2), LNG_DIMS(3, 3, 2, 1)}, .attr = CONV(1, 2, 2, 3, "valid", 0, 0)},
    {.in = {LNG_DIMS(5, 4, 1), LNG_DIMS(3, 3, 1, 2)}, .attr = CONV(2, 1, 2, 2, "same", 0, 0)},
    {.in = {LNG_DIMS(1, 1, 3), LNG_DIMS(1, 1, 3, 33)}, .attr = CONV(1, 1, 1, 1, "same", 0, 0)},
    {.in = {LNG_DIMS(5, 4, 2), LNG_DIMS(3, 2, 2, 3)}, .attr = CONV_IN(1, 2, 1, 1, 1, 1, 0, 2, 4)}, /* windows of padding alone */
    {.in = {LNG_DIMS(5, 6, 6), LNG_DIMS(2, 3, 3, 8)}, .attr = CONV_IN(2, 1, 1, 1, 1, 0, 0, 0, 0)},
    {.in = {LNG_DIMS(6, 5, 4), LNG_DIMS(3, 3, 1, 8)}, .attr = CONV_IN(4, 1, 2, 1, 1, 1, 1, 1, 1)},
    {.in = {LNG_DIMS(7, 6, 31), LNG_DIMS(3, 3, 1, 31)}, .attr = CONV_IN(31, 1, 1, 1, 1, 1, 1, 1, 1)}, /* each channel its own */
    {.in = {LNG_DIMS(7, 9, 3), LNG_DIMS(3, 2, 1, 3)}, .attr = CONV_IN(3, 2, 1, 2, 3, 0, 1, 2, 0)},
};
LNG_OP_CASES(conv2d);
#endif
