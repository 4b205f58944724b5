/* What the convolution and its gradients share: x [h, w, c], w [kh, kw, c, o], y or its adjoint g [h', w', o]. */
#ifndef LNG_OP_CONV_H
#define LNG_OP_CONV_H
#include "op/kernel.h"
#include "op/window.h"
#ifdef LNG_FAST
#include "kernel/product.h"
#endif

typedef struct conv {
    lng_axis y, x;
    int64_t c, o;
} conv;

static inline conv conv_of(const lng_attr *attr, lng_shape x, lng_shape w)
{
    const lng_shape *stride = &attr[LNG_CONV_STRIDE].v, *dilation = &attr[LNG_CONV_DILATION].v, *crop = &attr[LNG_CONV_CROP].v;
    const bool same = lng_is_same(&attr[LNG_CONV_PADDING]);
    conv k = {.c = w.dim[2], .o = w.dim[3]};
    k.y = lng_axis_of(x.dim[0], w.dim[0], stride->dim[0], dilation->dim[0], same);
    k.x = lng_axis_of(x.dim[1], w.dim[1], stride->dim[1], dilation->dim[1], same);
    k.y.out -= crop->dim[0];
    k.x.out -= crop->dim[1];
    return k;
}

/* Indices of elements. */
static inline int64_t input_at(const conv *k, int64_t iy, int64_t ix, int64_t c)
{
    return (iy * k->x.in + ix) * k->c + c;
}
static inline int64_t output_at(const conv *k, int64_t oy, int64_t ox, int64_t o)
{
    return (oy * k->x.out + ox) * k->o + o;
}
static inline int64_t weight_at(const conv *k, int64_t ky, int64_t kx, int64_t c, int64_t o)
{
    return ((ky * k->x.window + kx) * k->c + c) * k->o + o;
}

/* One element of the weights' gradient in one example. */
static inline real weight_gradient(const conv *k, lng_view x, lng_view g, int64_t ky, int64_t kx, int64_t c, int64_t o)
{
    real sum = 0;
    for (int64_t oy = 0; oy < k->y.out; oy++)
        for (int64_t ox = 0; ox < k->x.out; ox++) {
            const int64_t iy = lng_axis_at(&k->y, oy, ky), ix = lng_axis_at(&k->x, ox, kx);
            if (iy >= 0 && iy < k->y.in && ix >= 0 && ix < k->x.in)
                sum = real_fma(F(x, input_at(k, iy, ix, c)), F(g, output_at(k, oy, ox, o)), sum);
        }
    return sum;
}

#ifdef LNG_FAST
/* Weights that stay in the first caches are read again for every few points; large ones once for all points. */
static inline int product_chunk(const conv *k)
{
    return k->y.window * k->x.window * k->c * k->o > LNG_PRODUCT_NEAR ? INT32_MAX / 2 : 4;
}
#endif

#ifdef LNG_TABLE
#include "op/table.h"

/* clang-format off */
#define CONV_PAIR(fallback_, low_, about_)                                                                                         \
    LNG_ATTR_INTS, .fallback = {.v = LNG_DIMS(fallback_, fallback_)}, .low = low_, .high = 65536, .min_count = 2, .max_count = 2,  \
    .about = about_
#define CONV_ATTRS                                                                                                                 \
    [LNG_CONV_STRIDE] = {"stride", CONV_PAIR(1, 1, "how far windows lie apart")},                                                  \
    [LNG_CONV_DILATION] = {"dilation", CONV_PAIR(1, 1, "how far the taps of a window lie apart")},                                 \
    [LNG_CONV_PADDING] = {"padding", LNG_PADDING_ATTR},                                                                            \
    [LNG_CONV_CROP] = {"crop", CONV_PAIR(0, 0, "rows and columns at the end that are not computed")}
/* clang-format on */

static inline bool fail_shape(lng_infer *r, int which, const char *expected)
{
    char text[LNG_SHAPE_TEXT];
    return lng_infer_fail_in(r, which, LNG_E_SHAPE, "%s expects `%s` to be %s, got %s", r->op->name, r->op->in[which].name,
                             expected, lng_shape_text(text, r->in[which]->shape));
}

/* The output's shape, for operands (or what gradients are of) of these shapes; what is wrong with the window is said of operand `w_in`. */
static inline bool conv_output(lng_infer *r, lng_shape x, lng_shape w, int w_in, lng_shape *out)
{
    char text[2][LNG_SHAPE_TEXT];
    if (x.dim[2] != w.dim[2])
        return lng_infer_fail_in(r, w_in, LNG_E_SHAPE, "%s: weights %s are for %lld channels, the image %s has %lld", r->op->name,
                                 lng_shape_text(text[0], w), (long long)w.dim[2], lng_shape_text(text[1], x), (long long)x.dim[2]);
    const conv k = conv_of(r->attr, x, w);
    const lng_shape *crop = &r->attr[LNG_CONV_CROP].v;
    if (k.y.out + crop->dim[0] < 1 || k.x.out + crop->dim[1] < 1)
        return lng_infer_fail_in(r, w_in, LNG_E_SHAPE, "%s: a window of %lld x %lld%s does not fit into an image %s", r->op->name,
                                 (long long)w.dim[0], (long long)w.dim[1],
                                 r->attr[LNG_CONV_DILATION].v.dim[0] * r->attr[LNG_CONV_DILATION].v.dim[1] > 1 ? ", dilated," : "",
                                 lng_shape_text(text[0], x));
    if (k.y.out < 1 || k.x.out < 1)
        return lng_infer_fail_attr(r, LNG_CONV_CROP, LNG_E_RANGE, "`crop` of %s leaves nothing of an output of %lld x %lld",
                                   r->op->name, (long long)(k.y.out + crop->dim[0]), (long long)(k.x.out + crop->dim[1]));
    *out = lng_shape_of(3, k.y.out, k.x.out, k.o);
    return true;
}

/* Whether an operand has the shape that the others ask for. */
static inline bool conv_expects(lng_infer *r, int which, lng_shape expected)
{
    char text[LNG_SHAPE_TEXT];
    return lng_shape_equal(r->in[which]->shape, expected) || fail_shape(r, which, lng_shape_text(text, expected));
}

/* The node's attributes for another op of the family; shape.rank 0: that one has no shape attribute. */
static inline lng_value *conv_emit(lng_vjp *r, const lng_op *op, lng_value *a, lng_value *b, lng_shape shape)
{
    lng_attr attr[LNG_MAX_ATTR];
    memcpy(attr, r->node->attr, sizeof attr);
    attr[LNG_CONV_SHAPE].v = shape;
    return lng_emit(r->graph, op, (lng_value *[]){a, b}, 2, attr, NULL);
}

static inline int64_t axis_taps(const lng_axis *a)
{
    int64_t n = 0;
    for (int64_t o = 0; o < a->out; o++) {
        int64_t first, end;
        lng_axis_taps(a, o, &first, &end);
        n += end - first;
    }
    return n;
}
static inline int64_t conv_cost(const lng_attr *attr, lng_shape x, lng_shape w)
{
    const conv k = conv_of(attr, x, w);
    return axis_taps(&k.y) * axis_taps(&k.x) * k.c * k.o;
}
#endif

#ifdef LNG_CASES
/* Attributes of samples and cases: stride, dilation, padding, crop, and perhaps a shape. */
#define CONV(sy, sx, dy, dx, padding, ry, rx, ...)                                                                                 \
    {                                                                                                                              \
        {.v = LNG_DIMS(sy, sx)}, {.v = LNG_DIMS(dy, dx)}, {.s = padding}, {.v = LNG_DIMS(ry, rx)}, __VA_ARGS__                     \
    }
#define CONV_WEIGHT_GRAD_CASES                                                                                                     \
    {.in = {LNG_DIMS(5, 6, 2), LNG_DIMS(4, 4, 3)}, .attr = CONV(1, 1, 1, 1, "valid", 0, 0, {.v = LNG_DIMS(2, 3, 2, 3)})},          \
        {.in = {LNG_DIMS(11, 10, 1), LNG_DIMS(11, 10, 66)}, .attr = CONV(1, 1, 1, 1, "same", 0, 0, {.v = LNG_DIMS(2, 1, 1, 66)})}, \
        {.in = {LNG_DIMS(9, 9, 3), LNG_DIMS(4, 3, 7)}, .attr = CONV(1, 1, 1, 1, "valid", 1, 2, {.v = LNG_DIMS(5, 5, 3, 7)})},      \
        {.in = {LNG_DIMS(6, 7, 2), LNG_DIMS(6, 7, 5)}, .attr = CONV(1, 1, 1, 1, "same", 0, 0, {.v = LNG_DIMS(3, 4, 2, 5)})},       \
        {.in = {LNG_DIMS(8, 7, 1), LNG_DIMS(3, 3, 2)}, .attr = CONV(2, 3, 1, 1, "same", 1, 0, {.v = LNG_DIMS(3, 2, 1, 2)})},       \
        {.in = {LNG_DIMS(7, 9, 2), LNG_DIMS(3, 2, 1)}, .attr = CONV(1, 2, 2, 3, "valid", 0, 0, {.v = LNG_DIMS(3, 3, 2, 1)})},      \
    {                                                                                                                              \
        .in = {LNG_DIMS(5, 4, 1), LNG_DIMS(3, 4, 2)}, .attr = CONV(2, 1, 2, 2, "same", 0, 0, {.v = LNG_DIMS(3, 3, 1, 2)})          \
    }
#endif

#endif
