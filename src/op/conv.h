/* Geometry, attributes, shape and gradient rules of conv2d and its gradients: x [h, w, c], w [kh, kw, c / groups, o]; y or its adjoint g
 * [h', w', o]. The outputs of a group see the channels of that group alone. */
#ifndef LNG_OP_CONV_H
#define LNG_OP_CONV_H
#include "op/kernel.h"
#include "op/window.h"

typedef struct conv {
    lng_axis y, x;
    int64_t c, o;
    int64_t groups, depth, width; /* each with so many channels and so many outputs */
} conv;

static inline conv conv_of(const lng_attr *attr, lng_shape x, lng_shape w)
{
    const lng_shape *stride = &attr[LNG_CONV_STRIDE].v, *dilation = &attr[LNG_CONV_DILATION].v, *crop = &attr[LNG_CONV_CROP].v;
    const lng_attr *padding = &attr[LNG_CONV_PADDING];
    const int64_t groups = attr[LNG_CONV_GROUPS].i;
    conv k = {.c = x.dim[2], .o = w.dim[3], .groups = groups, .depth = w.dim[2], .width = w.dim[3] / groups};
    k.y = lng_axis_of(0, x.dim[0], w.dim[0], stride->dim[0], dilation->dim[0], padding, false);
    k.x = lng_axis_of(1, x.dim[1], w.dim[1], stride->dim[1], dilation->dim[1], padding, false);
    k.y.out -= crop->dim[0];
    k.x.out -= crop->dim[1];
    return k;
}

/* Whether each channel has a single output, and that no other channel. */
static inline bool is_depthwise(const conv *k)
{
    return k->depth == 1 && k->width == 1 && k->groups > 1;
}

static conv geometry(const lng_node *); /* of the op */

/* Indices of elements; in weights, a channel is counted within its group. */
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
    return ((ky * k->x.window + kx) * k->depth + c) * k->o + o;
}

#ifdef LNG_TABLE
#include "op/table.h"

/* clang-format off */
#define CONV_PAIR(fallback_, low_, about_)                                                                                         \
    LNG_ATTR_INTS, .fallback = {.v = LNG_DIMS(fallback_, fallback_)}, .low = low_, .high = 65536, .min_count = 2, .max_count = 2,  \
    .about = about_
#define CONV_ATTRS                                                                                                                 \
    [LNG_CONV_STRIDE] = {"stride", CONV_PAIR(1, 1, "how far apart windows are")},                                                  \
    [LNG_CONV_DILATION] = {"dilation", CONV_PAIR(1, 1, "how far apart the taps of a window are")},                                 \
    [LNG_CONV_PADDING] = {"padding", LNG_PADDING_ATTR},                                                                            \
    [LNG_CONV_CROP] = {"crop", CONV_PAIR(0, 0, "rows and columns at the end that are not computed")},                              \
    [LNG_CONV_GROUPS] = {"groups", LNG_ATTR_INT, .fallback = {.i = 1}, .low = 1, .high = 1 << 30,                                  \
                         .about = "into so many parts channels and outputs are divided; outputs see the channels of their part"}
#define CONV_IMAGE_PORT   {"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}
#define CONV_WEIGHTS_PORT {"w", LNG_FLOAT_ONLY, "weights [kh, kw, c / groups, o]"}
#define CONV_ADJOINT_PORT {"g", LNG_FLOAT_ONLY, "the adjoint of conv2d's output [h', w', o]"}
/* clang-format on */

/* The shape of the outputs for an image and weights of these shapes; errors about the window blame operand `to_blame`. */
static inline bool conv_output(lng_infer *r, lng_shape x, lng_shape w, int to_blame, lng_shape *out)
{
    char text[2][LNG_SHAPE_TEXT];
    const int64_t groups = r->attr[LNG_CONV_GROUPS].i;
    if (x.dim[2] % groups || w.dim[3] % groups)
        return lng_infer_fail_attr(r, LNG_CONV_GROUPS, LNG_E_SHAPE,
                                   "%s: %lld groups do not divide the %lld channels and %lld outputs of the convolution",
                                   r->op->name, (long long)groups, (long long)x.dim[2], (long long)w.dim[3]);
    if (x.dim[2] != w.dim[2] * groups)
        return lng_infer_fail_in(r, to_blame, LNG_E_SHAPE, "%s: weights %s are for %lld channels, the image %s has %lld",
                                 r->op->name, lng_shape_text(text[0], w), (long long)(w.dim[2] * groups),
                                 lng_shape_text(text[1], x), (long long)x.dim[2]);
    const conv k = conv_of(r->attr, x, w);
    const lng_shape *crop = &r->attr[LNG_CONV_CROP].v, *dilation = &r->attr[LNG_CONV_DILATION].v;
    if (k.y.out + crop->dim[0] < 1 || k.x.out + crop->dim[1] < 1)
        return lng_infer_fail_in(
            r, to_blame, LNG_E_SHAPE, "%s: a window of %lld x %lld%s does not fit into %s %s", r->op->name, (long long)w.dim[0],
            (long long)w.dim[1], dilation->dim[0] * dilation->dim[1] > 1 ? ", dilated," : "",
            lng_is_valid(&r->attr[LNG_CONV_PADDING]) ? "an image" : "the padded image", lng_shape_text(text[0], x));
    if (k.y.out < 1 || k.x.out < 1)
        return lng_infer_fail_attr(r, LNG_CONV_CROP, LNG_E_RANGE, "`crop` of %s leaves nothing of an output of %lld x %lld",
                                   r->op->name, (long long)(k.y.out + crop->dim[0]), (long long)(k.x.out + crop->dim[1]));
    *out = lng_shape_of(3, k.y.out, k.x.out, k.o);
    return true;
}

/* The shape rule of a gradient, for an image and weights of these shapes, of which attribute LNG_CONV_SHAPE is one; g is operand `adjoint`. */
static inline bool infer_conv_grad(lng_infer *r, lng_shape x, lng_shape w, int adjoint)
{
    lng_shape out;
    if (!conv_output(r, x, w, 1 - adjoint, &out) || !lng_infer_expect(r, adjoint, out))
        return false;
    r->shape[0] = r->attr[LNG_CONV_SHAPE].v;
    return true;
}

/* conv2d and its gradients come from one form, linear in each of the image, the weights and the adjoint of the output: each op takes two of
 * the three, and gives the derivative by the third. So the gradient rule of each uses the other two. */
enum conv_role { CONV_IMAGE, CONV_WEIGHTS, CONV_OUTPUT };

static inline lng_value *conv_derivative(lng_vjp *r, enum conv_role by, lng_value *const role[3], lng_shape shape)
{
    static const struct {
        const lng_op *op;
        enum conv_role in[2];
    } of[] = {[CONV_IMAGE] = {&lng_op_conv2d_transpose, {CONV_OUTPUT, CONV_WEIGHTS}},
              [CONV_WEIGHTS] = {&lng_op_conv2d_weight_grad, {CONV_IMAGE, CONV_OUTPUT}},
              [CONV_OUTPUT] = {&lng_op_conv2d, {CONV_IMAGE, CONV_WEIGHTS}}};
    lng_attr attr[LNG_MAX_ATTR] = {{0}};
    memcpy(attr, r->node->attr, (size_t)r->node->op->n_attr * sizeof *attr);
    attr[LNG_CONV_SHAPE].v = by == CONV_OUTPUT ? (lng_shape){0} : shape;
    return lng_emit(r->graph, of[by].op, (lng_value *[]){role[of[by].in[0]], role[of[by].in[1]]}, 2, attr, NULL);
}

/* The gradient rule of an op whose operands have these roles. */
static inline void conv_vjp(lng_vjp *r, enum conv_role first, enum conv_role second)
{
    const enum conv_role of[2] = {first, second}, result = (enum conv_role)(3 - first - second);
    for (int i = 0; i < 2; i++) {
        lng_value *role[3] = {0};
        role[of[1 - i]] = r->node->in[1 - i];
        role[result] = r->gout[0];
        if (r->wants[i])
            r->gin[i] = conv_derivative(r, of[i], role, r->node->in[i]->shape);
    }
}

static inline int64_t taps_of_axis(const lng_axis *a)
{
    int64_t n = 0;
    for (int64_t o = 0; o < a->out; o++) {
        int64_t first, end;
        lng_axis_taps(a, o, &first, &end);
        n += end - first;
    }
    return n;
}
static inline int64_t conv_cost(const lng_node *n)
{
    const conv k = geometry(n);
    return taps_of_axis(&k.y) * taps_of_axis(&k.x) * k.depth * k.o;
}
#endif

#ifdef LNG_CASES
/* Attributes of samples and cases: stride, dilation, padding, crop, and perhaps a shape. */
#define CONV(sy, sx, dy, dx, padding, ry, rx, ...)                                                                                 \
    {                                                                                                                              \
        {.v = LNG_DIMS(sy, sx)}, {.v = LNG_DIMS(dy, dx)}, {.s = padding}, {.v = LNG_DIMS(ry, rx)}, {.i = 1}, __VA_ARGS__           \
    }
/* In groups, with padding above, below, to the left and to the right. */
#define CONV_IN(groups, sy, sx, dy, dx, above, below, left, right, ...)                                                            \
    {                                                                                                                              \
        {.v = LNG_DIMS(sy, sx)}, {.v = LNG_DIMS(dy, dx)}, {.v = LNG_DIMS(above, below, left, right)}, {.v = LNG_DIMS(0, 0)},       \
            {.i = groups}, __VA_ARGS__                                                                                             \
    }
#endif

#endif
