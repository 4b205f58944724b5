/* A convolution that only a max-pool of 2 x 2 windows reads becomes one op with it, and gradients through that pool go through the winners
 * alone: that takes a quarter of the multiply-adds, and the unpooled map and its adjoint are never stored. The gradients add up the same
 * terms in another order. */
#include "op/window.h"
#include "pass/pass.h"

static bool is_two_by_two(lng_shape s)
{
    return s.rank == 2 && s.dim[0] == 2 && s.dim[1] == 2;
}

/* Adjacent windows of 2 x 2, without padding. */
static bool tiles(const lng_node *pool)
{
    const lng_shape stride = pool->attr[LNG_POOL_STRIDE].v;
    return is_two_by_two(pool->attr[LNG_POOL_SIZE].v) && (stride.rank == 0 || is_two_by_two(stride)) &&
           lng_is_valid(&pool->attr[LNG_POOL_PADDING]) && !pool->attr[LNG_POOL_CEIL].i;
}

/* The kernels pay off if neighboring windows of the convolution overlap: otherwise winners share nothing. */
static bool slides(const lng_node *conv, lng_shape w)
{
    const lng_shape stride = conv->attr[LNG_CONV_STRIDE].v, dilation = conv->attr[LNG_CONV_DILATION].v;
    return conv->attr[LNG_CONV_GROUPS].i == 1 && stride.dim[0] == 1 && stride.dim[1] == 1 && dilation.dim[0] == 1 &&
           dilation.dim[1] == 1 && w.dim[0] > 1 && w.dim[1] > 1;
}

/* Emits an op of conv2d_pool's family for a node of conv2d's family. */
static lng_value *emit(lng_rewrite *r, const lng_op *op, const lng_node *conv, lng_value *const *in, int n_in, lng_shape shape,
                       lng_shape weights)
{
    const lng_attr attr[LNG_MAX_ATTR] = {
        [LNG_CONV_POOL_PADDING] = conv->attr[LNG_CONV_PADDING],
        [LNG_CONV_POOL_CROP] = conv->attr[LNG_CONV_CROP],
        [LNG_CONV_POOL_SHAPE] = {.v = shape},
        [LNG_CONV_POOL_WEIGHTS] = {.v = weights},
    };
    return lng_emit(r->to, op, in, n_in, attr, r->node->name);
}

static bool forward(lng_rewrite *r)
{
    const lng_node *conv = r->in[0]->node;
    if (r->in[0]->node->op != &lng_op_conv2d || lng_rewrite_uses(r, r->node->in[0]) != 1 || !tiles(r->node) ||
        !slides(conv, conv->in[1]->shape) || !conv->in[0]->per_example || conv->in[1]->per_example)
        return false;
    const lng_attr columns[LNG_MAX_ATTR] = {[LNG_CONV_POOL_INDEX_COLUMNS] = {.i = conv->out[0].shape.dim[1]}};
    r->out[0] = emit(r, &lng_op_conv2d_pool, conv, conv->in, 2, (lng_shape){0}, (lng_shape){0});
    if (r->out[0])
        r->out[1] = lng_emit(r->to, &lng_op_conv2d_pool_index, (lng_value *[]){&r->out[0]->node->out[1]}, 1, columns, NULL);
    return true;
}

/* Looks through an operand that is the gradient of conv2d_pool's max_pool: sets the adjoint that it takes, and the winners. */
static bool through(const lng_rewrite *r, int operand, lng_value *in[2])
{
    const lng_node *pool = r->in[operand]->node;
    if (r->in[operand]->node->op != &lng_op_max_pool_grad || pool->in[1]->node->op != &lng_op_conv2d_pool_index ||
        !pool->in[0]->per_example)
        return false;
    in[0] = pool->in[0];
    in[1] = pool->in[1]->node->in[0];
    return true;
}

static bool weight_gradient(lng_rewrite *r)
{
    lng_value *in[3] = {r->in[0]};
    if (!r->in[0]->per_example || !through(r, 1, in + 1))
        return false;
    r->out[0] = emit(r, &lng_op_conv2d_pool_weight_grad, r->node, in, 3, r->node->out[0].shape, (lng_shape){0});
    return true;
}

/* From so many channels on, they fill vectors. */
#define WIDE 16

static bool input_gradient(lng_rewrite *r)
{
    lng_value *const w = r->in[1], *in[3] = {NULL, NULL, w};
    const lng_shape shape = r->node->out[0].shape;
    if (w->per_example || !through(r, 0, in))
        return false;
    if (shape.dim[2] >= WIDE) {
        r->out[0] = emit(r, &lng_op_conv2d_pool_wide_grad, r->node, in, 3, shape, (lng_shape){0});
        return true;
    }
    in[2] = lng_unary(r->to, &lng_op_conv2d_pool_weights, w);
    r->out[0] = in[2] ? emit(r, &lng_op_conv2d_pool_input_grad, r->node, in, 3, shape, w->shape) : NULL;
    return true;
}

static bool rule(lng_rewrite *r)
{
    if (r->node->op == &lng_op_max_pool)
        return forward(r);
    return r->node->op == &lng_op_conv2d_transpose ? input_gradient(r) : weight_gradient(r);
}

static const lng_op *const replaces[] = {&lng_op_max_pool, &lng_op_conv2d_weight_grad_batch, &lng_op_conv2d_transpose, NULL};
const lng_pass lng_pass_conv_pool = {
    .name = "conv-pool",
    .about = "a convolution and the max-pool over it become one op, and gradients go through the winners",
    .replaces = replaces,
    .rule = rule};
