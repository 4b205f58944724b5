/* What the exports of graphs share: what no program that predicts, one example at a time, can have; and where variables are. */
#include "export/export.h"
#include "graph/ops.h"

static const lng_op *const of_gradients[] = {&lng_op_avg_pool_grad,           &lng_op_max_pool_grad,
                                             &lng_op_conv2d_pool_input_grad,  &lng_op_conv2d_pool_wide_grad,
                                             &lng_op_conv2d_pool_weight_grad, &lng_op_conv2d_weight_grad_batch,
                                             &lng_op_scatter_add_batch};

const char *lng_export_refused(const lng_op *op)
{
    for (size_t i = 0; i < sizeof of_gradients / sizeof *of_gradients; i++)
        if (of_gradients[i] == op)
            return "it is of a gradient, which no prediction has";
    return op->flags & LNG_OP_RANDOM                    ? "it draws random numbers"
           : op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS) ? "it depends on the other examples of a batch"
                                                        : NULL;
}

void *lng_export_variable(void *store, const char *name)
{
    return lng_store_find(store, name, NULL);
}
