/* The table of what ops become in C. tests/test_export.c lists the ops that have no row. */
#include "export/c.h"

static bool view(lng_c *c, const lng_node *n)
{
    (void)c, (void)n; /* the operand's memory: there is nothing to compute */
    return true;
}

#define POINTWISE(name)                                                                                                            \
    {                                                                                                                              \
        &lng_op_##name, lng_c_pointwise, NULL                                                                                      \
    }
#define LACKS(name, why)                                                                                                           \
    {                                                                                                                              \
        &lng_op_##name, NULL, why                                                                                                  \
    }
#define BATCH  "it depends on the other examples of a batch"
#define DRAWS  "it draws random numbers"
#define TRAINS "it is of a gradient, which no prediction has"

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
    {&lng_op_input, view, NULL},
    {&lng_op_reshape, view, NULL},
    {&lng_op_stop_gradient, view, NULL},
    {&lng_op_batch_broadcast, view, NULL},
    {&lng_op_loop_step, view, NULL},
    {&lng_op_loop_last, view, NULL},
    {&lng_op_loop_carry, lng_c_carry, NULL},
    {&lng_op_loop_stack, lng_c_stack, NULL},
    {&lng_op_matmul, lng_c_matmul, NULL},
    {&lng_op_conv2d, lng_c_conv2d, NULL},
    {&lng_op_conv2d_pool, lng_c_conv2d_pool, NULL},
    {&lng_op_conv2d_transpose, lng_c_conv2d_transpose, NULL},
    {&lng_op_max_pool, lng_c_pool, NULL},
    {&lng_op_avg_pool, lng_c_pool, NULL},
    {&lng_op_sum, lng_c_sum, NULL},
    {&lng_op_mean, lng_c_sum, NULL},
    {&lng_op_prod, lng_c_prod, NULL},
    {&lng_op_max, lng_c_winner, NULL},
    {&lng_op_argmax, lng_c_winner, NULL},
    {&lng_op_softmax, lng_c_softmax, NULL},
    {&lng_op_log_softmax, lng_c_softmax, NULL},
    {&lng_op_slice, lng_c_slice, NULL},
    {&lng_op_flip, lng_c_flip, NULL},
    {&lng_op_pad, lng_c_pad, NULL},
    {&lng_op_transpose, lng_c_transpose, NULL},
    {&lng_op_broadcast, lng_c_broadcast, NULL},
    {&lng_op_concat, lng_c_concat, NULL},
    {&lng_op_gather, lng_c_gather, NULL},
    {&lng_op_one_hot, lng_c_one_hot, NULL},
    {&lng_op_linear_recurrence, lng_c_recurrence, NULL},
    LACKS(random_normal, DRAWS),
    LACKS(random_uniform, DRAWS),
    LACKS(batch_roll, BATCH),
    LACKS(batch_sum, BATCH),
    LACKS(matmul_batch, BATCH),
    LACKS(avg_pool_grad, TRAINS),
    LACKS(max_pool_grad, TRAINS),
    LACKS(conv2d_pool_input_grad, TRAINS),
    LACKS(conv2d_pool_weight_grad, TRAINS),
    LACKS(conv2d_weight_grad_batch, TRAINS),
    LACKS(scatter_add_batch, TRAINS),
};

const lng_c_row *lng_c_row_of(const lng_op *op)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].op == op)
            return &table[i];
    return NULL;
}

const char *lng_c_lacks(const lng_op *op)
{
    const lng_c_row *row = lng_c_row_of(op);
    return !row ? "it has no form in C yet" : row->lacks;
}
