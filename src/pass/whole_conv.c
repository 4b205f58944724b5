/* A convolution whose window is its whole input is a product: conv2d(x [h, w, c], w [h, w, c, o]) = x as [h w c] @ w as [h w c, o].
 * The order of summation is the same (ky, kx, c ascending), and so are the bits. */
#include "op/window.h"
#include "pass/pass.h"

static bool rule(lng_rewrite *r)
{
    lng_value *x = r->in[0], *w = r->in[1];
    for (int i = 0; i < 3; i++)
        if (x->shape.dim[i] != w->shape.dim[i])
            return false;
    const lng_value *out = &r->node->out[0];
    if (lng_shape_size(out->shape) != out->shape.dim[2] || !lng_is_valid(&r->node->attr[LNG_CONV_PADDING]) ||
        r->node->attr[LNG_CONV_GROUPS].i > 1)
        return false;
    int64_t k = lng_shape_size(x->shape), o = out->shape.dim[2];
    lng_value *a = lng_reshape(r->to, x, lng_shape_of(1, k)), *b = lng_reshape(r->to, w, lng_shape_of(2, k, o));
    lng_value *y = lng_matmul(r->to, a, false, b, false);
    r->out[0] = lng_reshape(r->to, y, out->shape);
    return true;
}

static const lng_op *const replaces[] = {&lng_op_conv2d, NULL};
const lng_pass lng_pass_whole_conv = {.name = "whole-conv",
                                      .about = "a convolution whose window is its whole input becomes a product",
                                      .replaces = replaces,
                                      .rule = rule};
