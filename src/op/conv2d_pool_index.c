/* The winners of conv2d_pool as max_pool gives them, for whatever else reads them. */
#include "op/kernel.h"

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const lng_shape shape = n->out[0].shape;
    for (int64_t e = 0, size = lng_shape_size(shape); e < size; e++) {
        const int64_t o = e % shape.dim[2], x = e / shape.dim[2] % shape.dim[1], y = e / shape.dim[2] / shape.dim[1];
        const int corner = I(call->in[0], e) & 3;
        const int64_t row = 2 * y + corner / 2, column = 2 * x + corner % 2;
        I(call->out[0], e) = (int32_t)((row * n->attr[LNG_CONV_POOL_INDEX_COLUMNS].i + column) * shape.dim[2] + o);
    }
}

LNG_KERNELS(conv2d_pool_index, naive, NULL);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    char text[LNG_SHAPE_TEXT];
    const lng_shape s = r->in[0]->shape;
    if (s.rank != 3 || r->attr[LNG_CONV_POOL_INDEX_COLUMNS].i < 2 * s.dim[1])
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "%s expects winners [h', w', o] in at least 2 w' columns, got %s", r->op->name,
                                 lng_shape_text(text, s));
    r->shape[0] = s;
    r->dtype[0] = LNG_I32;
    return true;
}

const lng_op lng_op_conv2d_pool_index = {
    .name = "conv2d_pool_index",
    .about = "the winners of conv2d_pool as indices",
    .math =
        "y[i, j, o] = ((2 i + winner / 2) columns + 2 j + winner % 2) n + o, n being the number of outputs: the winner's index in conv2d's output",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"winner", LNG_INT_ONLY, "of conv2d_pool [h', w', o]"}),
    LNG_OUT({"y", LNG_INT_ONLY, "the indices"}),
    LNG_ATTRS([LNG_CONV_POOL_INDEX_COLUMNS] = {.name = "columns",
                                               .type = LNG_ATTR_INT,
                                               .required = true,
                                               .low = 1,
                                               .high = 1 << 30,
                                               .about = "of conv2d's output"}),
    .infer = infer,
    .no_vjp = "its results are integers",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 1, 2), 0, 3, 1, 2)}, .attr = {{.i = 3}}, .out = {LNG_ARRAY(LNG_DIMS(2, 1, 2), 0, 9, 14, 19)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(2, 3, 4)}, .attr = {{.i = 6}}, .low = -9, .high = 9},
    {.in = {LNG_DIMS(1, 1, 17)}, .attr = {{.i = 3}}, .low = -9, .high = 9},
};
LNG_OP_CASES(conv2d_pool_index);
#endif
