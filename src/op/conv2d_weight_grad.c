/* The adjoint of conv2d in its weights, for each example; summed over the batch it becomes conv2d_weight_grad_batch. */
#include "op/conv_weight_grad.h"

static real element(const lng_naive_call *call, const conv *k, int64_t ky, int64_t kx, int64_t c, int64_t o)
{
    return weight_gradient(k, call->in[0], call->in[1], ky, kx, c, o);
}
LNG_KERNELS(conv2d_weight_grad, naive, NULL);

#ifdef LNG_TABLE
static lng_value *contract(lng_graph *g, const lng_node *n)
{
    return lng_emit(g, &lng_op_conv2d_weight_grad_batch, n->in, 2, n->attr, NULL);
}

const lng_op lng_op_conv2d_weight_grad = {
    .name = "conv2d_weight_grad",
    .about = "the adjoint of conv2d in its weights",
    .math = "dw[ky, kx, c, o] = the sum of x[i sy + ky dy - py, j sx + kx dx - px, c] g[i, j, o]: from +0, one fused multiply-add "
            "for each (i, j) in ascending order whose tap lies in the image",
    .flags = LNG_OP_HIDDEN,
    CONV_WEIGHT_GRAD_TABLE,
    .contract = contract,
    .trial = "[5, 6, 2] [4, 4, 3] shape=[2, 3, 2, 3] | [6, 6, 2] [3, 6, 2] stride=[2, 1] padding=same shape=[3, 3, 2, 2]",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 2, 3), LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 10)},
     .attr = CONV(1, 1, 1, 1, "valid", 0, 0, {.v = LNG_DIMS(1, 2, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 21, 32)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 2, 3), LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 10, 100)},
     .attr = CONV(1, 1, 1, 1, "same", 0, 0, {.v = LNG_DIMS(1, 2, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 321, 32)}},
};
static const lng_case cases[] = {CONV_WEIGHT_GRAD_CASES};
LNG_OP_CASES(conv2d_weight_grad);
#endif
