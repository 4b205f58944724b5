/* The table of what ops become in C. tests/test_export.c lists the ops that have no row. */
#include "export/c.h"

static bool view(lng_c *c, const lng_node *n)
{
    (void)c, (void)n; /* the operand's memory: there is nothing to compute */
    return true;
}

#define POINTWISE(name)                                                                                                            \
    {                                                                                                                              \
        &lng_op_##name, lng_c_pointwise                                                                                            \
    }

static const lng_c_row table[] = {
    POINTWISE(abs),
    POINTWISE(add),
    POINTWISE(atan),
    POINTWISE(cos),
    POINTWISE(div),
    POINTWISE(equal),
    POINTWISE(erf),
    POINTWISE(exp),
    POINTWISE(expm1),
    POINTWISE(floor),
    POINTWISE(floor_divide),
    POINTWISE(fused),
    POINTWISE(less),
    POINTWISE(less_equal),
    POINTWISE(log),
    POINTWISE(log1p),
    POINTWISE(maximum),
    POINTWISE(minimum),
    POINTWISE(mul),
    POINTWISE(neg),
    POINTWISE(not_equal),
    POINTWISE(pow),
    POINTWISE(relu),
    POINTWISE(remainder),
    POINTWISE(round),
    POINTWISE(round_int8),
    POINTWISE(select),
    POINTWISE(sigmoid),
    POINTWISE(sign),
    POINTWISE(sin),
    POINTWISE(softplus),
    POINTWISE(sqrt),
    POINTWISE(sub),
    POINTWISE(tanh),
    POINTWISE(to_float),
    POINTWISE(to_int),
    POINTWISE(xlogy),
    {&lng_op_input, view},
    {&lng_op_reshape, view},
    {&lng_op_stop_gradient, view},
    {&lng_op_batch_broadcast, view},
    {&lng_op_loop_step, view},
    {&lng_op_loop_last, view},
    {&lng_op_loop_carry, lng_c_carry},
    {&lng_op_loop_stack, lng_c_stack},
    {&lng_op_matmul, lng_c_matmul},
    {&lng_op_conv2d, lng_c_conv2d},
    {&lng_op_conv2d_pool, lng_c_conv2d_pool},
    {&lng_op_conv2d_transpose, lng_c_conv2d_transpose},
    {&lng_op_max_pool, lng_c_pool},
    {&lng_op_avg_pool, lng_c_pool},
    {&lng_op_sum, lng_c_sum},
    {&lng_op_mean, lng_c_sum},
    {&lng_op_sum_product, lng_c_sum},
    {&lng_op_prod, lng_c_prod},
    {&lng_op_max, lng_c_winner},
    {&lng_op_argmax, lng_c_winner},
    {&lng_op_softmax, lng_c_softmax},
    {&lng_op_log_softmax, lng_c_softmax},
    {&lng_op_slice, lng_c_slice},
    {&lng_op_flip, lng_c_flip},
    {&lng_op_pad, lng_c_pad},
    {&lng_op_transpose, lng_c_transpose},
    {&lng_op_broadcast, lng_c_broadcast},
    {&lng_op_concat, lng_c_concat},
    {&lng_op_gather, lng_c_gather},
    {&lng_op_one_hot, lng_c_one_hot},
    {&lng_op_linear_recurrence, lng_c_recurrence},
    {&lng_op_sample_affine, lng_c_sample_affine},
    {&lng_op_sample_affine_grad, lng_c_sample_affine_grad},
    {&lng_op_sample_affine_map_grad, lng_c_sample_affine_map_grad},
    {&lng_op_argsort, lng_c_argsort},
    {&lng_op_matmul_batch, lng_c_matmul_batch},
    {&lng_op_batch_sum, lng_c_batch_sum},
    {&lng_op_batch_roll, lng_c_batch_roll},
    {&lng_op_conv2d_weight_grad, lng_c_conv2d_weight_grad},
    {&lng_op_conv2d_weight_grad_batch, lng_c_conv2d_weight_grad},
    {&lng_op_conv2d_pool_weight_grad, lng_c_conv2d_pool_weight_grad},
    {&lng_op_conv2d_pool_input_grad, lng_c_conv2d_pool_input_grad},
    {&lng_op_conv2d_pool_wide_grad, lng_c_conv2d_pool_wide_grad},
    {&lng_op_conv2d_pool_index, lng_c_conv2d_pool_index},
    {&lng_op_conv2d_pool_weights, view},
    {&lng_op_max_pool_grad, lng_c_max_pool_grad},
    {&lng_op_avg_pool_grad, lng_c_avg_pool_grad},
    {&lng_op_max_mask, lng_c_winner},
    {&lng_op_scatter_add, lng_c_scatter_add},
    {&lng_op_scatter_add_batch, lng_c_scatter_add},
    {&lng_op_random_normal, lng_c_draw},
    {&lng_op_random_uniform, lng_c_draw},
    {&lng_op_clock, lng_c_clock},
};

const lng_c_row *lng_c_row_of(const lng_op *op)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].op == op)
            return &table[i];
    return NULL;
}

bool lng_c_adds_lanes(const lng_op *op)
{
    return op == &lng_op_batch_sum || op == &lng_op_conv2d_weight_grad_batch || op == &lng_op_conv2d_pool_weight_grad;
}

const char *lng_c_step_lacks(const lng_op *op)
{
    return lng_c_row_of(op) || op->flags & LNG_OP_STORED ? NULL : "it has no form in C yet";
}

const char *lng_c_lacks(const lng_op *op)
{
    const char *refused = lng_export_refused(op);
    return refused ? refused : lng_c_step_lacks(op);
}
