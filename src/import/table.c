/* The table of the operators of ONNX that can be imported. */
#include "import/build.h"
#include <string.h>

#define ANY 64

static const lng_import_row table[] = {
    /* pointwise */
    {"Abs", 1, 1, lng_import_pointwise, "abs($0)", false},
    {"Add", 2, 2, lng_import_add, "$0 + $1", true},
    {"And", 2, 2, lng_import_pointwise, "$0 * $1", true},
    {"Atan", 1, 1, lng_import_pointwise, "atan($0)", false},
    {"Cast", 1, 1, lng_import_cast, NULL, false},
    {"Ceil", 1, 1, lng_import_pointwise, "ceil($0)", false},
    {"Celu", 1, 1, lng_import_activation, "celu", false},
    {"Clip", 1, 3, lng_import_clip, NULL, false},
    {"Cos", 1, 1, lng_import_pointwise, "cos($0)", false},
    {"Div", 2, 2, lng_import_div, NULL, false},
    {"Dropout", 1, 3, lng_import_same, NULL, false},
    {"Elu", 1, 1, lng_import_activation, "elu", false},
    {"Equal", 2, 2, lng_import_pointwise, "$0 == $1", true},
    {"Erf", 1, 1, lng_import_pointwise, "erf($0)", false},
    {"Exp", 1, 1, lng_import_pointwise, "exp($0)", false},
    {"Floor", 1, 1, lng_import_pointwise, "floor($0)", false},
    {"Gelu", 1, 1, lng_import_gelu, NULL, false},
    {"Greater", 2, 2, lng_import_pointwise, "$0 > $1", true},
    {"GreaterOrEqual", 2, 2, lng_import_pointwise, "$0 >= $1", true},
    {"HardSigmoid", 1, 1, lng_import_activation, NULL, false},
    {"HardSwish", 1, 1, lng_import_activation, "hard_swish", false},
    {"Identity", 1, 1, lng_import_same, NULL, false},
    {"IsNaN", 1, 1, lng_import_pointwise, "$0 != $0", true},
    {"LeakyRelu", 1, 1, lng_import_activation, "leaky_relu", false},
    {"Less", 2, 2, lng_import_pointwise, "$0 < $1", true},
    {"LessOrEqual", 2, 2, lng_import_pointwise, "$0 <= $1", true},
    {"Log", 1, 1, lng_import_pointwise, "log($0)", false},
    {"Max", 1, ANY, lng_import_many, NULL, false},
    {"Mean", 1, ANY, lng_import_many, NULL, false},
    {"Min", 1, ANY, lng_import_many, NULL, false},
    {"Mish", 1, 1, lng_import_activation, "mish", false},
    {"Mod", 2, 2, lng_import_mod, NULL, false},
    {"Mul", 2, 2, lng_import_pointwise, "$0 * $1", true},
    {"Neg", 1, 1, lng_import_pointwise, "-$0", true},
    {"Not", 1, 1, lng_import_pointwise, "$0 == 0", true},
    {"Or", 2, 2, lng_import_pointwise, "maximum($0, $1)", false},
    {"PRelu", 2, 2, lng_import_prelu, NULL, false},
    {"Pow", 2, 2, lng_import_pointwise, "$0 ** $1", true},
    {"Reciprocal", 1, 1, lng_import_pointwise, "1 / $0", true},
    {"Relu", 1, 1, lng_import_activation, "relu", false},
    {"Round", 1, 1, lng_import_pointwise, "round($0)", false},
    {"Selu", 1, 1, lng_import_activation, "selu", false},
    {"Sigmoid", 1, 1, lng_import_activation, "sigmoid", false},
    {"Sign", 1, 1, lng_import_pointwise, "sign($0)", false},
    {"Sin", 1, 1, lng_import_pointwise, "sin($0)", false},
    {"Softplus", 1, 1, lng_import_activation, "softplus", false},
    {"Softsign", 1, 1, lng_import_activation, "softsign", false},
    {"Sqrt", 1, 1, lng_import_pointwise, "sqrt($0)", false},
    {"Sub", 2, 2, lng_import_pointwise, "$0 - $1", true},
    {"Sum", 1, ANY, lng_import_many, NULL, false},
    {"Tan", 1, 1, lng_import_pointwise, "tan($0)", false},
    {"Tanh", 1, 1, lng_import_activation, "tanh", false},
    {"Where", 3, 3, lng_import_where, NULL, false},
    {"Xor", 2, 2, lng_import_pointwise, "$0 != $1", true},
    /* layers */
    {"AveragePool", 1, 1, lng_import_pool, NULL, false},
    {"BatchNormalization", 5, 5, lng_import_batchnorm, NULL, false},
    {"Conv", 2, 3, lng_import_conv, NULL, false},
    {"ConvTranspose", 2, 3, lng_import_conv_transpose, NULL, false},
    {"DepthToSpace", 1, 1, lng_import_depth_to_space, NULL, false},
    {"Einsum", 1, LNG_MAX_IN, lng_import_einsum, NULL, false},
    {"GRU", 3, 6, lng_import_recurrent, NULL, false},
    {"Gemm", 2, 3, lng_import_gemm, NULL, false},
    {"GlobalAveragePool", 1, 1, lng_import_global_pool, NULL, false},
    {"GlobalMaxPool", 1, 1, lng_import_global_pool, NULL, false},
    {"InstanceNormalization", 3, 3, lng_import_instance_norm, NULL, false},
    {"LRN", 1, 1, lng_import_lrn, NULL, false},
    {"LSTM", 3, 8, lng_import_recurrent, NULL, false},
    {"LayerNormalization", 2, 3, lng_import_layernorm, NULL, false},
    {"MatMul", 2, 2, lng_import_matmul, NULL, false},
    {"MaxPool", 1, 1, lng_import_pool, NULL, false},
    {"RNN", 3, 6, lng_import_recurrent, NULL, false},
    {"Resize", 1, 4, lng_import_resize, NULL, false},
    {"SpaceToDepth", 1, 1, lng_import_space_to_depth, NULL, false},
    /* sums and searches */
    {"ArgMax", 1, 1, lng_import_argmax, "argmax", false},
    {"ArgMin", 1, 1, lng_import_argmax, "argmin", false},
    {"CumSum", 2, 2, lng_import_cumsum, NULL, false},
    {"LogSoftmax", 1, 1, lng_import_softmax, "log_softmax", false},
    {"ReduceL1", 1, 2, lng_import_reduce, "sum(abs($0)%s)", false},
    {"ReduceL2", 1, 2, lng_import_reduce, "norm($0%s)", false},
    {"ReduceLogSumExp", 1, 2, lng_import_reduce, "logsumexp($0%s)", false},
    {"ReduceMax", 1, 2, lng_import_reduce, "max($0%s)", false},
    {"ReduceMean", 1, 2, lng_import_reduce, "mean($0%s)", false},
    {"ReduceMin", 1, 2, lng_import_reduce, "min($0%s)", false},
    {"ReduceProd", 1, 2, lng_import_reduce, "prod($0%s)", false},
    {"ReduceSum", 1, 2, lng_import_reduce, "sum($0%s)", false},
    {"ReduceSumSquare", 1, 2, lng_import_reduce, "sum($0 * $0%s)", false},
    {"Softmax", 1, 1, lng_import_softmax, "softmax", false},
    {"TopK", 2, 2, lng_import_topk, NULL, false},
    /* moves */
    {"Concat", 1, ANY, lng_import_concat, NULL, false},
    {"Constant", 0, 0, lng_import_constant, NULL, false},
    {"Expand", 2, 2, lng_import_expand, NULL, false},
    {"Flatten", 1, 1, lng_import_flatten, NULL, false},
    {"Gather", 2, 2, lng_import_gather, NULL, false},
    {"GatherND", 2, 2, lng_import_gather_nd, NULL, false},
    {"OneHot", 3, 3, lng_import_one_hot, NULL, false},
    {"Pad", 1, 4, lng_import_pad, NULL, false},
    {"Reshape", 2, 2, lng_import_reshape, NULL, false},
    {"Shape", 1, 1, lng_import_shape, NULL, false},
    {"Slice", 1, 5, lng_import_slice, NULL, false},
    {"Split", 1, 2, lng_import_split, NULL, false},
    {"Squeeze", 1, 2, lng_import_squeeze, NULL, false},
    {"Tile", 2, 2, lng_import_tile, NULL, false},
    {"Transpose", 1, 1, lng_import_transpose, NULL, false},
    {"Unsqueeze", 1, 2, lng_import_unsqueeze, NULL, false},
    /* of constants alone: see fold.c */
    {"ConstantOfShape", 1, 1, NULL, NULL, false},
    {"Range", 3, 3, NULL, NULL, false},
};

static const lng_import_row *row_of(const char *type)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].type, type) == 0)
            return &table[i];
    return NULL;
}

const lng_import_row *lng_import_row_of(const lng_foreign_node *n)
{
    return !*n->domain || strcmp(n->domain, "ai.onnx") == 0 ? row_of(n->type) : NULL;
}
