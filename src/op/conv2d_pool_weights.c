/* Weights laid out for conv2d_pool_input_grad: for each corner of a window, which may be the winner, the weight by which it reads a pixel. */
#include "op/pooled.h"

static lng_pooled geometry(const lng_node *n)
{
    const lng_shape w = n->in[0]->shape;
    return (lng_pooled){.kh = (int32_t)w.dim[0], .kw = (int32_t)w.dim[1], .c = (int32_t)w.dim[2], .o = (int32_t)w.dim[3]};
}

static void naive(const lng_naive_call *call)
{
    const lng_pooled weights = geometry(call->node), *k = &weights;
    ptrdiff_t e = 0;
    for (int32_t i = 0; i <= k->kh / 2; i++)
        for (int32_t j = 0; j <= k->kw / 2; j++)
            EACH_CHANNEL(k, c)
                EACH_OUTPUT(k, o)
                    for (int pixel = 0; pixel < 4; pixel++)
                        for (int corner = 0; corner < 4; corner++) {
                            const int32_t ky = 2 * i + pixel / 2 - corner / 2, kx = 2 * j + pixel % 2 - corner % 2;
                            const bool reads = ky >= 0 && ky < k->kh && kx >= 0 && kx < k->kw;
                            F(call->out[0], e++) = reads ? F(call->in[0], pooled_weight(k, ky, kx, c, o)) : 0;
                        }
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    lng_pooled_table(call->prepared, call->in[0], call->out[0]);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    return n->in[0]->per_example ? (lng_prepared){0} : prepared_geometry(n, arena);
}
#endif
LNG_KERNELS(conv2d_pool_weights, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    const lng_shape w = r->in[0]->shape;
    if (w.rank != 4)
        return lng_infer_fail_operand(r, 0, "weights [kh, kw, c, o]");
    r->shape[0] = lng_shape_of(5, w.dim[0] / 2 + 1, w.dim[1] / 2 + 1, w.dim[2], w.dim[3], (int64_t)16);
    return true;
}

const lng_op lng_op_conv2d_pool_weights = {
    .name = "conv2d_pool_weights",
    .about = "weights laid out for conv2d_pool_input_grad",
    .math =
        "y[i, j, c, o, 4 p + q] = w[2 i + p / 2 - q / 2, 2 j + p % 2 - q % 2, c, o], or 0 outside w: how corner q of a window reads pixel "
        "p of the block of 2 x 2 pixels that is (i, j) blocks after the window",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"w", LNG_FLOAT_ONLY, "weights [kh, kw, c, o]"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "[kh / 2 + 1, kw / 2 + 1, c, o, 16]"}),
    .infer = infer,
    .no_vjp = "it is made after differentiation",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 1, 2)},
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1, 16), 1, 0, 0, 0, 2, 1, 0, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
                       0, 0, 0, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(2, 4, 2, 3)}},
    {.in = {LNG_DIMS(5, 3, 3, 17)}},
    {.in = {LNG_DIMS(1, 1, 1, 40)}},
};
LNG_OP_CASES(conv2d_pool_weights);
#endif
