/* Convolutions and pools in ONNX (onnx.h). */
#include "export/onnx.h"
#include "op/sample.h"
#include "op/window.h"
#include <string.h>

static int64_t span(const lng_axis *a)
{
    return (a->window - 1) * a->dilation + 1;
}

/* What must be added after the end for exactly the outputs that are wanted; less than 0: so many inputs at the end are not read, and have to be
 * added to what an adjoint makes. */
static int64_t after(const lng_axis *a)
{
    return (a->out - 1) * a->stride + span(a) - a->in - a->before;
}

static int64_t at_least_0(int64_t n)
{
    return n > 0 ? n : 0;
}

static void set_windows(lng_onnx *o, const lng_axis *y, const lng_axis *x)
{
    lng_onnx_ints(o, "kernel_shape", (int64_t[]){y->window, x->window}, 2);
    lng_onnx_ints(o, "strides", (int64_t[]){y->stride, x->stride}, 2);
    lng_onnx_ints(o, "pads", (int64_t[]){y->before, x->before, at_least_0(after(y)), at_least_0(after(x))}, 4);
}

/* Without the outputs at the end that are not wanted. */
static const char *cropped(lng_onnx *o, const char *image, const lng_axis *a, int axis)
{
    const int64_t made = (a->in + a->before + at_least_0(after(a)) - span(a)) / a->stride + 1;
    return made > a->out ? lng_onnx_slice(o, image, axis, 0, a->out, 1) : image;
}

static lng_axis axis_of_conv(const lng_node *n, int which, int64_t in, int64_t out)
{
    lng_axis a = lng_axis_of(which, in, n->in[1]->shape.dim[which], n->attr[LNG_CONV_STRIDE].v.dim[which],
                             n->attr[LNG_CONV_DILATION].v.dim[which], &n->attr[LNG_CONV_PADDING], false);
    a.out = out;
    return a;
}

static bool has_weights(lng_onnx *o, const lng_node *n)
{
    return !n->in[1]->per_example ||
           lng_error(o->errors, LNG_E_NOT_YET, n->place,
                     "`%s` cannot be exported to ONNX: its weights differ from example to example", n->op->name);
}

/* A convolution or its adjoint; NULL after an error. */
static const char *convolution(lng_onnx *o, const char *type, const lng_node *n, const lng_axis *y, const lng_axis *x)
{
    if (!has_weights(o, n))
        return NULL;
    const char *const operands[] = {lng_onnx_read(o, n->in[0], LNG_ONNX_CHANNELS_FIRST),
                                    lng_onnx_read(o, n->in[1], LNG_ONNX_KERNEL)};
    lng_onnx_ints(o, "dilations", (int64_t[]){y->dilation, x->dilation}, 2);
    lng_onnx_int(o, "group", n->attr[LNG_CONV_GROUPS].i);
    set_windows(o, y, x);
    return lng_onnx_node_of(o, type, operands, 2, 1, 0);
}

bool lng_onnx_conv2d(lng_onnx *o, const lng_node *n)
{
    const lng_shape in = n->in[0]->shape, out = n->out[0].shape;
    const lng_axis y = axis_of_conv(n, 0, in.dim[0], out.dim[0]), x = axis_of_conv(n, 1, in.dim[1], out.dim[1]);
    const char *image = convolution(o, "Conv", n, &y, &x);
    return image && lng_onnx_result(o, &n->out[0], cropped(o, cropped(o, image, &y, 2), &x, 3), LNG_ONNX_CHANNELS_FIRST);
}

bool lng_onnx_conv2d_transpose(lng_onnx *o, const lng_node *n)
{
    const lng_shape in = n->in[0]->shape, out = n->out[0].shape;
    const lng_axis y = axis_of_conv(n, 0, out.dim[0], in.dim[0]), x = axis_of_conv(n, 1, out.dim[1], in.dim[1]);
    const char *image = convolution(o, "ConvTranspose", n, &y, &x);
    if (!image)
        return false;
    image = lng_onnx_pad(o, image, LNG_F32, 4, 2, 0, at_least_0(-after(&y)));
    return lng_onnx_result(o, &n->out[0], lng_onnx_pad(o, image, LNG_F32, 4, 3, 0, at_least_0(-after(&x))),
                           LNG_ONNX_CHANNELS_FIRST);
}

static lng_axis axis_of_pool(const lng_node *n, int which)
{
    const lng_shape size = n->attr[LNG_POOL_SIZE].v, stride = n->attr[LNG_POOL_STRIDE].v;
    return lng_axis_of(which, n->in[0]->shape.dim[which], size.dim[which], stride.rank ? stride.dim[which] : size.dim[which], 1,
                       &n->attr[LNG_POOL_PADDING], n->attr[LNG_POOL_CEIL].i);
}

/* ONNX counts through all examples and channels, we through the pixels of one example, whose channels are last. */
static bool number_winners(lng_onnx *o, const lng_node *n, const char *index)
{
    const lng_shape s = n->in[0]->shape;
    const char *pixel =
        lng_onnx_binary(o, "Mod", lng_onnx_cast(o, index, LNG_I32), lng_onnx_number(o, LNG_I32, (double)(s.dim[0] * s.dim[1])));
    const char *first = lng_onnx_binary(o, "Mul", pixel, lng_onnx_number(o, LNG_I32, (double)s.dim[2]));
    const char *channels =
        lng_onnx_binary(o, "Reshape", lng_onnx_range(o, s.dim[2]), lng_onnx_shape(o, (int64_t[]){s.dim[2], 1, 1}, 3));
    return lng_onnx_result(o, &n->out[1], lng_onnx_binary(o, "Add", first, channels), LNG_ONNX_CHANNELS_FIRST);
}

bool lng_onnx_pool(lng_onnx *o, const lng_node *n)
{
    const lng_axis y = axis_of_pool(n, 0), x = axis_of_pool(n, 1);
    const char *from = lng_onnx_read(o, n->in[0], LNG_ONNX_CHANNELS_FIRST), *type = lng_onnx_row_of(n->op)->type;
    const char *image = lng_onnx_new_name(o, lng_format(o->arena, "%s.%s", o->scope, type)), *index = NULL;
    if (o->winners[n->id])
        index = lng_onnx_new_name(o, lng_format(o->arena, "%s.index", o->scope));
    const char *const out[] = {image, index};
    set_windows(o, &y, &x);
    lng_onnx_put(o, image, type, &from, 1, out, index ? 2 : 1);
    if (index)
        number_winners(o, n, cropped(o, cropped(o, index, &y, 2), &x, 3));
    return lng_onnx_result(o, &n->out[0], cropped(o, cropped(o, image, &y, 2), &x, 3), LNG_ONNX_CHANNELS_FIRST);
}

/* ---- sampling ---- */
/* Where each pixel of the result is, from the center: [pixels, 3], the last 1. */
static const char *pixels_of(lng_onnx *o, int64_t rows, int64_t columns)
{
    float *at = LNG_NEW_N(o->arena, (size_t)(3 * rows * columns), float), *to = at;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) {
            *to++ = (float)i - (float)(rows - 1) * 0.5f;
            *to++ = (float)j - (float)(columns - 1) * 0.5f;
            *to++ = 1;
        }
    return lng_onnx_floats(o, lng_format(o->arena, "pixels of %lld x %lld", (long long)rows, (long long)columns), at,
                           lng_shape_of(2, rows * columns, (int64_t)3));
}

/* Where each pixel reads, as ONNX has it: columns first, and the borders of the image at -1 and 1. */
bool lng_onnx_sample(lng_onnx *o, const lng_node *n)
{
    const lng_shape in = n->in[0]->shape, s = n->out[0].shape;
    const float scale[] = {2 / (float)in.dim[0], 2 / (float)in.dim[1]};
    const char *image = lng_onnx_batched(o, n->in[0]), *map = lng_onnx_batched(o, n->in[1]);
    if (n->in[0]->per_example)
        image = lng_onnx_read(o, n->in[0], LNG_ONNX_CHANNELS_FIRST);
    else {
        lng_onnx_ints(o, "perm", (int64_t[]){0, 3, 1, 2}, 4);
        image = lng_onnx_unary(o, "Transpose", image);
    }
    map = lng_onnx_reshape(o, map, lng_shape_of(2, (int64_t)2, (int64_t)3));
    map = lng_onnx_binary(o, "Mul", map,
                          lng_onnx_floats(o, lng_format(o->arena, "%lld x %lld to 1", (long long)in.dim[0], (long long)in.dim[1]),
                                          scale, lng_shape_of(2, (int64_t)2, (int64_t)1)));
    map = lng_onnx_slice(o, map, 1, -1, INT64_MIN, -1);
    lng_onnx_ints(o, "perm", (int64_t[]){0, 2, 1}, 3);
    map = lng_onnx_unary(o, "Transpose", map);
    const char *grid = lng_onnx_reshape(o, lng_onnx_binary(o, "MatMul", pixels_of(o, s.dim[0], s.dim[1]), map),
                                        lng_shape_of(3, s.dim[0], s.dim[1], (int64_t)2));
    lng_onnx_word(o, "padding_mode", strcmp(n->attr[SAMPLE_OUTSIDE].s, "edge") == 0 ? "border" : "zeros");
    return lng_onnx_result(o, &n->out[0], lng_onnx_binary(o, "GridSample", image, grid), LNG_ONNX_CHANNELS_FIRST);
}
