/* What the gradients of conv2d_pool in its image share: they are computed pixel by pixel, or by a kernel for shared weights. */
#ifndef LNG_OP_POOLED_IMAGE_H
#define LNG_OP_POOLED_IMAGE_H
#include "op/pooled.h"

/* Of the op: row y and column x are counted from the zeros before the image. */
static real pixel_gradient(const lng_pooled *, const lng_naive_call *, int32_t y, int32_t x, int32_t c);

static void naive(const lng_naive_call *call)
{
    const lng_pooled pooled = geometry(call->node), *k = &pooled;
    for (int32_t iy = 0; iy < k->in_y; iy++)
        for (int32_t ix = 0; ix < k->in_x; ix++)
            EACH_CHANNEL(k, c)
                F(call->out[0], ((ptrdiff_t)iy * k->in_x + ix) * k->c + c) =
                    pixel_gradient(k, call, iy + k->before_y, ix + k->before_x, c);
}

#ifdef LNG_FAST
static inline lng_prepared prepared_for_images(const lng_node *n, lng_arena *arena, size_t (*scratch)(const lng_pooled *))
{
    const bool suits = n->in[0]->per_example && n->in[1]->per_example && !n->in[2]->per_example;
    if (!suits)
        return (lng_prepared){0};
    lng_prepared p = prepared_geometry(n, arena);
    p.scratch = scratch(p.data);
    return p;
}
#endif

#ifdef LNG_TABLE
/* w: the shape of the weights. */
static inline bool infer_image(lng_infer *r, lng_shape w)
{
    const lng_shape x = r->attr[LNG_CONV_POOL_SHAPE].v;
    lng_shape out;
    r->shape[0] = x;
    return pooled_output(r, x, w, &out) && lng_infer_expect(r, 0, out) && lng_infer_expect(r, 1, out);
}
#endif

#endif
