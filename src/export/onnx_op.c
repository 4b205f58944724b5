/* The table of what ops become in ONNX. tests/test_export_onnx.c lists the ops that have no row. */
#include "export/onnx.h"

#define POINTWISE(name, type)                                                                                                      \
    {                                                                                                                              \
        &lng_op_##name, lng_onnx_pointwise, type, NULL                                                                             \
    }
#define FORMULA(name, type, formula)                                                                                               \
    {                                                                                                                              \
        &lng_op_##name, lng_onnx_pointwise, type, formula                                                                          \
    }
#define OTHER(name, type, emit)                                                                                                    \
    {                                                                                                                              \
        &lng_op_##name, emit, type, NULL                                                                                           \
    }

static const lng_onnx_row table[] = {
    POINTWISE(abs, "Abs"),
    POINTWISE(add, "Add"),
    POINTWISE(atan, "Atan"),
    POINTWISE(cos, "Cos"),
    POINTWISE(div, "Div"),
    POINTWISE(erf, "Erf"),
    POINTWISE(exp, "Exp"),
    POINTWISE(floor, "Floor"),
    POINTWISE(log, "Log"),
    POINTWISE(maximum, "Max"),
    POINTWISE(minimum, "Min"),
    POINTWISE(mul, "Mul"),
    POINTWISE(neg, "Neg"),
    POINTWISE(pow, "Pow"),
    POINTWISE(relu, "Relu"),
    POINTWISE(round, "Round"),
    POINTWISE(sigmoid, "Sigmoid"),
    POINTWISE(sign, "Sign"),
    POINTWISE(sin, "Sin"),
    POINTWISE(softplus, "Softplus"),
    POINTWISE(sqrt, "Sqrt"),
    POINTWISE(sub, "Sub"),
    POINTWISE(tanh, "Tanh"),
    FORMULA(equal, "Equal", lng_onnx_comparison),
    FORMULA(less, "Less", lng_onnx_comparison),
    FORMULA(less_equal, "LessOrEqual", lng_onnx_comparison),
    FORMULA(not_equal, NULL, lng_onnx_not_equal),
    FORMULA(select, NULL, lng_onnx_select),
    FORMULA(to_float, NULL, lng_onnx_to_float),
    FORMULA(to_int, NULL, lng_onnx_to_int),
    FORMULA(expm1, NULL, lng_onnx_expm1),
    FORMULA(log1p, NULL, lng_onnx_log1p),
    FORMULA(xlogy, NULL, lng_onnx_xlogy),
    FORMULA(round_int8, NULL, lng_onnx_round_int8),
    FORMULA(remainder, NULL, lng_onnx_remainder),
    FORMULA(floor_divide, NULL, lng_onnx_floor_divide),
    OTHER(stop_gradient, NULL, lng_onnx_view),
    OTHER(reshape, NULL, lng_onnx_reshaped),
    OTHER(matmul, NULL, lng_onnx_matmul),
    OTHER(conv2d, NULL, lng_onnx_conv2d),
    OTHER(conv2d_transpose, NULL, lng_onnx_conv2d_transpose),
    OTHER(sample_affine, NULL, lng_onnx_sample),
    OTHER(max_pool, "MaxPool", lng_onnx_pool),
    OTHER(avg_pool, "AveragePool", lng_onnx_pool),
    OTHER(sum, "ReduceSum", lng_onnx_reduce),
    OTHER(mean, "ReduceMean", lng_onnx_reduce),
    OTHER(prod, "ReduceProd", lng_onnx_reduce),
    OTHER(max, "ReduceMax", lng_onnx_reduce),
    OTHER(argmax, NULL, lng_onnx_argmax),
    OTHER(argsort, NULL, lng_onnx_argsort),
    OTHER(softmax, "Softmax", lng_onnx_softmax),
    OTHER(log_softmax, "LogSoftmax", lng_onnx_softmax),
    OTHER(slice, NULL, lng_onnx_slice_op),
    OTHER(flip, NULL, lng_onnx_flip),
    OTHER(pad, NULL, lng_onnx_pad_op),
    OTHER(transpose, NULL, lng_onnx_transpose),
    OTHER(broadcast, NULL, lng_onnx_broadcast),
    OTHER(batch_broadcast, NULL, lng_onnx_spread),
    OTHER(concat, NULL, lng_onnx_concat),
    OTHER(gather, NULL, lng_onnx_gather),
    OTHER(one_hot, NULL, lng_onnx_one_hot),
    OTHER(linear_recurrence, NULL, lng_onnx_recurrence),
    OTHER(loop_carry, NULL, lng_onnx_carry),
    OTHER(loop_last, NULL, lng_onnx_last),
    OTHER(loop_stack, NULL, lng_onnx_stack),
    OTHER(loop_step, NULL, lng_onnx_step),
};

const lng_onnx_row *lng_onnx_row_of(const lng_op *op)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].op == op)
            return &table[i];
    return NULL;
}

const char *lng_onnx_lacks(const lng_op *op)
{
    const char *refused = lng_export_refused(op);
    if (op->flags & LNG_OP_RANDOM) /* an input (onnx.c) */
        return NULL;
    return refused ? refused : lng_onnx_row_of(op) ? NULL : "it has no form there yet";
}
