/* max_pool(conv2d(x, w)) for adjacent windows of 2 x 2, without the map between the two. */
#include "op/pooled.h"

static lng_pooled geometry(const lng_node *n)
{
    return pooled_of(n->attr, n->in[0]->shape, n->in[1]->shape);
}

static real output(const lng_pooled *k, const lng_naive_call *call, int32_t oy, int32_t ox, int32_t o)
{
    real sum = 0;
    EACH_TAP(k, ky, kx)
        EACH_CHANNEL(k, c)
            sum = real_fma(pooled_input(k, call->in[0], oy + ky, ox + kx, c), F(call->in[1], pooled_weight(k, ky, kx, c, o)), sum);
    return sum;
}

static void naive(const lng_naive_call *call)
{
    const lng_pooled pooled = geometry(call->node), *k = &pooled;
    EACH_WINDOW(k, wy, wx)
        EACH_OUTPUT(k, o) {
            real best = 0;
            int winner = -1;
            for (int corner = 0; corner < 4; corner++) {
                const real x = output(k, call, 2 * wy + corner / 2, 2 * wx + corner % 2, o);
                if (winner < 0 || x > best || (x != x && best == best)) {
                    best = x;
                    winner = corner;
                }
            }
            if (call->out[0].at)
                F(call->out[0], pooled_at(k, wy, wx, o)) = best;
            if (call->out[1].at)
                I(call->out[1], pooled_at(k, wy, wx, o)) = winner;
        }
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    lng_pooled_forward(call->prepared, call->part, call->parts, call->in[0], call->in[1], call->out[0], call->out[1],
                       call->scratch);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->in[0]->per_example || n->in[1]->per_example)
        return (lng_prepared){0};
    lng_prepared p = prepared_geometry(n, arena);
    p.scratch = lng_pooled_forward_scratch(p.data);
    return p;
}
#endif
LNG_KERNELS(conv2d_pool, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    r->dtype[1] = LNG_I32;
    if (!pooled_output(r, r->in[0]->shape, r->in[1]->shape, &r->shape[0]))
        return false;
    r->shape[1] = r->shape[0];
    return true;
}

static int64_t cost(const lng_node *n)
{
    return 4 * cost_of_winners(n);
}

const lng_op lng_op_conv2d_pool = {
    .name = "conv2d_pool",
    .about = "conv2d and, over its output, max_pool with windows of 2 x 2",
    .math =
        "y = max_pool(conv2d(x, w), size=[2, 2]), bit for bit except for the sign of a zero: taps outside the image count as +0",
    .flags = LNG_OP_HIDDEN | LNG_OP_SLICE_SPLITS,
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}, {"w", LNG_FLOAT_ONLY, "weights [kh, kw, c, o]"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the winners' values [h', w', o]"}, CONV_POOL_WINNER),
    LNG_ATTRS(POOLED_ATTRS),
    .infer = infer,
    .cost = cost,
    .no_vjp = "it is made after differentiation",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(3, 3, 1), 1, 2, 3, 4, 5, 6, 7, 8, 9),
            LNG_ARRAY(LNG_DIMS(2, 2, 1, 2), 1, -1, 10, -10, 100, -100, 1000, -1000)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 2), 9865, -5421), LNG_ARRAY(LNG_DIMS(1, 1, 2), 3, 0)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 2, NAN, 1), LNG_ARRAY(LNG_DIMS(1, 1, 1, 1), 1)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 1), NAN), LNG_ARRAY(LNG_DIMS(1, 1, 1), 2)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 4, 1), 1, 2, 3, 4, 0, 0, 0, 0), LNG_ARRAY(LNG_DIMS(1, 3, 1, 1), 1, 1, 1)},
     .attr = POOLED("same", 0, 1),
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 6), LNG_ARRAY(LNG_DIMS(1, 1, 1), 1)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(7, 9, 2), LNG_DIMS(2, 4, 2, 3)}, .default_attr = true},
    {.in = {LNG_DIMS(9, 10, 3), LNG_DIMS(5, 5, 3, 17)}, .attr = POOLED("valid", 1, 2)},
    {.in = {LNG_DIMS(6, 5, 1), LNG_DIMS(3, 4, 1, 10)}, .attr = POOLED("same", 0, 0)},
    {.in = {LNG_DIMS(2, 3, 2), LNG_DIMS(1, 1, 2, 1)}, .attr = POOLED("same", 0, 1)},
    {.in = {LNG_DIMS(4, 5, 2), LNG_DIMS(2, 3, 2, 5)}, .attr = POOLED_IN(3, 0, 1, 4)}, /* windows of padding alone */
};
LNG_OP_CASES(conv2d_pool);
#endif
