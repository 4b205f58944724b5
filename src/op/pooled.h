/* Geometry, attributes and shape rule of conv2d_pool and its gradients: a convolution (stride 1) under a max-pool of adjacent windows of 2 x 2.
 * x [h, w, c], w [kh, kw, c, o]; y, its adjoint g and the winners [h', w', o]: the number of the winning corner of each window, 0 1 / 2 3. */
#ifndef LNG_OP_POOLED_H
#define LNG_OP_POOLED_H
#include "kernel/pooled.h"
#include "op/kernel.h"
#include "op/window.h"

/* The convolution along one axis. */
static inline lng_axis pooled_axis(const lng_attr *attr, int which, lng_shape x, lng_shape w)
{
    lng_axis a = lng_axis_of(which, x.dim[which], w.dim[which], 1, 1, &attr[LNG_CONV_POOL_PADDING], false);
    a.out -= attr[LNG_CONV_POOL_CROP].v.dim[which];
    return a;
}

static inline lng_pooled pooled_of(const lng_attr *attr, lng_shape x, lng_shape w)
{
    const lng_axis y = pooled_axis(attr, 0, x, w), across = pooled_axis(attr, 1, x, w);
    return (lng_pooled){.rows = (int32_t)(y.out / 2),
                        .columns = (int32_t)(across.out / 2),
                        .kh = (int32_t)w.dim[0],
                        .kw = (int32_t)w.dim[1],
                        .c = (int32_t)w.dim[2],
                        .o = (int32_t)w.dim[3],
                        .in_y = (int32_t)x.dim[0],
                        .in_x = (int32_t)x.dim[1],
                        .before_y = (int32_t)y.before,
                        .before_x = (int32_t)across.before};
}

/* x at row iy and column ix, counted from the zeros before the image. */
static inline real pooled_input(const lng_pooled *k, lng_view x, int32_t iy, int32_t ix, int32_t c)
{
    iy -= k->before_y;
    ix -= k->before_x;
    return iy < 0 || iy >= k->in_y || ix < 0 || ix >= k->in_x ? 0 : F(x, ((ptrdiff_t)iy * k->in_x + ix) * k->c + c);
}
static inline ptrdiff_t pooled_at(const lng_pooled *k, int32_t wy, int32_t wx, int32_t o)
{
    return ((ptrdiff_t)wy * k->columns + wx) * k->o + o;
}
static inline ptrdiff_t pooled_weight(const lng_pooled *k, int32_t ky, int32_t kx, int32_t c, int32_t o)
{
    return (((ptrdiff_t)ky * k->kw + kx) * k->c + c) * k->o + o;
}

/* clang-format off */
#define EACH_WINDOW(k, wy, wx) for (int32_t wy = 0; wy < (k)->rows; wy++) for (int32_t wx = 0; wx < (k)->columns; wx++)
#define EACH_TAP(k, ky, kx) for (int32_t ky = 0; ky < (k)->kh; ky++) for (int32_t kx = 0; kx < (k)->kw; kx++)
#define EACH_CHANNEL(k, c) for (int32_t c = 0; c < (k)->c; c++)
#define EACH_OUTPUT(k, o) for (int32_t o = 0; o < (k)->o; o++)
/* clang-format on */

static lng_pooled geometry(const lng_node *); /* of the op */

#ifdef LNG_FAST
static void fast(const lng_call *); /* of the op */

/* What a fast kernel reads as call->prepared. */
static inline lng_prepared prepared_geometry(const lng_node *n, lng_arena *arena)
{
    lng_pooled *k = LNG_NEW(arena, lng_pooled);
    *k = geometry(n);
    return (lng_prepared){.kernel = fast, .data = k};
}
#endif

#ifdef LNG_TABLE
#include "op/table.h"

/* clang-format off */
#define CONV_POOL_WINNER {"winner", LNG_INT_ONLY, "the winning corner of each window, 0 1 / 2 3"}
#define POOLED_ATTRS                                                                                                               \
    [LNG_CONV_POOL_PADDING] = {"padding", LNG_PADDING_ATTR},                                                                       \
    [LNG_CONV_POOL_CROP] = {"crop", LNG_ATTR_INTS, .fallback = {.v = LNG_DIMS(0, 0)}, .low = 0, .high = 65536, .min_count = 2,     \
                            .max_count = 2, .about = "rows and columns at the convolution's end that are not computed"}
/* clang-format on */

/* The shape of y for an image and weights of these shapes. */
static inline bool pooled_output(lng_infer *r, lng_shape x, lng_shape w, lng_shape *out)
{
    char text[2][LNG_SHAPE_TEXT];
    const bool fits = x.rank == 3 && w.rank == 4 && x.dim[2] == w.dim[2];
    const int64_t rows = fits ? pooled_axis(r->attr, 0, x, w).out / 2 : 0,
                  columns = fits ? pooled_axis(r->attr, 1, x, w).out / 2 : 0;
    if (rows < 1 || columns < 1)
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "%s: weights %s and a pool of 2 x 2 do not fit an image %s", r->op->name,
                                 lng_shape_text(text[0], w), lng_shape_text(text[1], x));
    *out = lng_shape_of(3, rows, columns, w.dim[3]);
    return true;
}

/* The multiply-adds of a gradient through the winners. */
static inline int64_t cost_of_winners(const lng_node *n)
{
    const lng_pooled k = geometry(n);
    return (int64_t)k.rows * k.columns * k.kh * k.kw * k.c * k.o;
}
#endif

#ifdef LNG_CASES
/* Attributes of samples and cases: padding, crop, and perhaps a shape. */
#define POOLED(padding, ry, rx, ...)                                                                                               \
    {                                                                                                                              \
        {.s = padding}, {.v = LNG_DIMS(ry, rx)}, __VA_ARGS__                                                                       \
    }
/* The same with padding above, below, to the left and to the right. */
#define POOLED_IN(above, below, left, right, ...)                                                                                  \
    {                                                                                                                              \
        {.v = LNG_DIMS(above, below, left, right)}, {.v = LNG_DIMS(0, 0)}, __VA_ARGS__                                             \
    }
#endif

#endif
