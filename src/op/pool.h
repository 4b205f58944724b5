/* Geometry, attributes and shape rule of the pools and their gradients, over images [h, w, c]. */
#ifndef LNG_OP_POOL_H
#define LNG_OP_POOL_H
#include "op/kernel.h"
#include "op/window.h"

typedef struct pool {
    lng_axis y, x;
    int64_t channels;
} pool;

static inline pool pool_of(const lng_attr *attr, lng_shape x)
{
    const lng_shape *size = &attr[LNG_POOL_SIZE].v, *stride = attr[LNG_POOL_STRIDE].v.rank ? &attr[LNG_POOL_STRIDE].v : size;
    const bool ceil = attr[LNG_POOL_CEIL].i;
    return (pool){lng_axis_of(0, x.dim[0], size->dim[0], stride->dim[0], 1, &attr[LNG_POOL_PADDING], ceil),
                  lng_axis_of(1, x.dim[1], size->dim[1], stride->dim[1], 1, &attr[LNG_POOL_PADDING], ceil), x.dim[2]};
}

/* The window of one output: rows [y0, y1) and columns [x0, x1) of the input. */
typedef struct window {
    int64_t y0, y1, x0, x1;
} window;

static inline window window_of(const pool *p, int64_t oy, int64_t ox)
{
    int64_t first, end;
    window w;
    lng_axis_taps(&p->y, oy, &first, &end);
    w.y0 = lng_axis_at(&p->y, oy, first);
    w.y1 = w.y0 + end - first;
    lng_axis_taps(&p->x, ox, &first, &end);
    w.x0 = lng_axis_at(&p->x, ox, first);
    w.x1 = w.x0 + end - first;
    return w;
}

static inline int64_t window_size(const window *w)
{
    return (w->y1 - w->y0) * (w->x1 - w->x0);
}

/* clang-format off */
#define EACH_OUTPUT(p, oy, ox) for (int64_t oy = 0; oy < (p)->y.out; oy++) for (int64_t ox = 0; ox < (p)->x.out; ox++)
#define EACH_CHANNEL(p, c) for (int64_t c = 0; c < (p)->channels; c++)
#define EACH_TAP(w, iy, ix) for (int64_t iy = (w)->y0; iy < (w)->y1; iy++) for (int64_t ix = (w)->x0; ix < (w)->x1; ix++)
/* clang-format on */

/* Indices of elements. */
static inline int64_t output_at(const pool *p, int64_t oy, int64_t ox, int64_t c)
{
    return (oy * p->x.out + ox) * p->channels + c;
}
static inline int64_t input_at(const pool *p, int64_t iy, int64_t ix, int64_t c)
{
    return (iy * p->x.in + ix) * p->channels + c;
}

#ifdef LNG_TABLE
#include "op/table.h"

/* clang-format off */
#define POOL_ATTRS                                                                                                                 \
    [LNG_POOL_SIZE] = {"size", LNG_ATTR_INTS, .required = true, .low = 1, .high = 65536, .min_count = 2, .max_count = 2,           \
                       .about = "rows and columns of the window"},                                                                 \
    [LNG_POOL_STRIDE] = {"stride", LNG_ATTR_INTS, .low = 1, .high = 65536, .max_count = 2,                                         \
                         .about = "how far apart windows are; by default their size"},                                             \
    [LNG_POOL_PADDING] = {"padding", LNG_PADDING_ATTR},                                                                            \
    [LNG_POOL_CEIL] = {"ceil", LNG_ATTR_BOOL,                                                                                      \
                       .about = "the last window may reach beyond the end, if it begins before it: no row or column is dropped"}
#define POOL_GRAD_ATTRS POOL_ATTRS, [LNG_POOL_SHAPE] = {"shape", LNG_SHAPE_ATTR(3, "of the pool's operand")}
/* clang-format on */

/* The shape of a pool's outputs, for an operand of shape x. */
static inline bool infer_pool_of(lng_infer *r, lng_shape x, lng_shape *out)
{
    char text[LNG_SHAPE_TEXT];
    if (x.rank != 3)
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "%s expects an image [h, w, c], got %s", r->op->name, lng_shape_text(text, x));
    if (r->attr[LNG_POOL_STRIDE].v.rank == 1)
        return lng_infer_fail_attr(r, LNG_POOL_STRIDE, LNG_E_TYPE, "`stride` of %s takes two numbers, got one", r->op->name);
    const lng_shape size = r->attr[LNG_POOL_SIZE].v, padding = r->attr[LNG_POOL_PADDING].v;
    for (int i = 0; i < padding.rank; i++)
        if (padding.dim[i] >= size.dim[i / 2])
            return lng_infer_fail_attr(
                r, LNG_POOL_PADDING, LNG_E_RANGE,
                "`padding` of %s must be less than the window, %lld x %lld: one window would hold nothing else", r->op->name,
                (long long)size.dim[0], (long long)size.dim[1]);
    const pool p = pool_of(r->attr, x);
    if (p.y.out < 1 || p.x.out < 1)
        return lng_infer_fail_attr(r, LNG_POOL_SIZE, LNG_E_SHAPE, "a window of %lld x %lld does not fit into %s",
                                   (long long)p.y.window, (long long)p.x.window, lng_shape_text(text, x));
    *out = lng_shape_of(3, p.y.out, p.x.out, p.channels);
    return true;
}

/* The shape rule of a gradient: every operand has the shape of the pool's outputs. */
static inline bool infer_pool_grad(lng_infer *r)
{
    lng_shape out;
    if (!infer_pool_of(r, r->attr[LNG_POOL_SHAPE].v, &out))
        return false;
    for (int i = 0; i < r->n_in; i++)
        if (!lng_infer_expect(r, i, out))
            return false;
    r->shape[0] = r->attr[LNG_POOL_SHAPE].v;
    return true;
}

/* A pool's gradient has its attributes, and the shape of its operand. */
static inline lng_value *pool_gradient(const lng_vjp *r, const lng_op *op, lng_value *const *in, int n_in)
{
    lng_attr attr[LNG_MAX_ATTR] = {{0}};
    memcpy(attr, r->node->attr, (size_t)r->node->op->n_attr * sizeof *attr);
    attr[LNG_POOL_SHAPE].v = r->node->in[0]->shape;
    return lng_emit(r->graph, op, in, n_in, attr, NULL);
}
#endif

#ifdef LNG_CASES
/* Attributes of samples and cases: size, stride (0: the size), padding, and perhaps a shape. */
#define POOL(sy, sx, ty, tx, padding, ...)                                                                                         \
    {                                                                                                                              \
        {.v = LNG_DIMS(sy, sx)}, {.v = {.rank = (ty) ? 2 : 0, .dim = {ty, tx}}}, {.s = padding}, {0}, __VA_ARGS__                  \
    }
/* With padding above, below, to the left and to the right; ceil: 0 or 1. */
#define POOL_IN(ceil, sy, sx, ty, tx, above, below, left, right, ...)                                                              \
    {                                                                                                                              \
        {.v = LNG_DIMS(sy, sx)}, {.v = LNG_DIMS(ty, tx)}, {.v = LNG_DIMS(above, below, left, right)}, {.i = ceil}, __VA_ARGS__     \
    }
#endif

#endif
