/* max_pool: the largest element of each window, and its index. */
#include "op/pool.h"
#ifdef LNG_FAST
#include "op/pool_vectors.h"
#endif

#ifdef LNG_NAIVE
static void naive(const lng_naive_call *call)
{
    const pool pool_ = pool_of(call->node->attr, call->node->in[0]->shape), *p = &pool_;
    EACH_OUTPUT(p, oy, ox) {
        const window w = window_of(p, oy, ox);
        EACH_CHANNEL(p, c) {
            real best = 0;
            int64_t winner = -1;
            EACH_TAP(&w, iy, ix) {
                const real x = F(call->in[0], input_at(p, iy, ix, c));
                if (winner < 0 || x > best || (x != x && best == best)) {
                    best = x;
                    winner = input_at(p, iy, ix, c);
                }
            }
            if (call->out[0].at)
                F(call->out[0], output_at(p, oy, ox, c)) = best;
            if (call->out[1].at)
                I(call->out[1], output_at(p, oy, ox, c)) = (int32_t)winner;
        }
    }
}
#endif

#ifdef LNG_FAST
POOL_KERNEL each_window(const lng_call *call, strides s)
{
    static const int32_t lanes[LNG_LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const pool pool_ = pool_of(call->node->attr, call->node->in[0]->shape), *p = &pool_;
    const float *in = call->in[0];
    const i16 channel = s.channels == 1 ? iv_set1(0) : iv_loadu(lanes);
    EACH_OUTPUT(p, oy, ox) {
        const window w = window_of(p, oy, ox);
        EACH_VECTOR(p, s, c) {
            const int64_t first = input_at(p, w.y0, w.x0, c), at = output_at(p, oy, ox, c);
            v16 best = v_loadu(in + first * s.unit);
            i16 winner = iv_set1((int32_t)first);
            EACH_TAP(&w, iy, ix) {
                const v16 x = v_loadu(in + input_at(p, iy, ix, c) * s.unit);
                const m16 wins = v_wins(x, best);
                best = v_select(wins, x, best);
                winner = iv_select(wins, iv_set1((int32_t)input_at(p, iy, ix, c)), winner);
            }
            if (call->out[0])
                store_channels(call->out[0], p, s, at, c, best);
            if (call->out[1])
                store_channels(call->out[1], p, s, at, c, iv_bits(iv_add(winner, channel)));
        }
    }
}

LNG_FAST_IF(true)
#endif
LNG_ALWAYS_FAST(max_pool, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    r->dtype[1] = LNG_I32;
    if (!infer_pool_of(r, r->in[0]->shape, &r->shape[0]))
        return false;
    r->shape[1] = r->shape[0];
    return true;
}

static void vjp(lng_vjp *r)
{
    if (r->gout[0])
        r->gin[0] = pool_gradient(r, &lng_op_max_pool_grad, (lng_value *[]){r->gout[0], (lng_value *)&r->node->out[1]}, 2);
}

const lng_op lng_op_max_pool = {
    .name = "max_pool",
    .about = "the largest element of each window, and its index",
    .math = "y[i, j, c] = max over the window of x[.., .., c]; the first of equals in row-major order wins, and NaN wins over "
            "numbers. winner: the index of that element in x, flattened",
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the winners' values [h', w', c]"}, {"winner", LNG_INT_ONLY, "their indices in x"}),
    LNG_ATTRS(POOL_ATTRS),
    .infer = infer,
    .vjp = vjp,
    .trial = "[6, 5, 2] size=[2, 2] | [5, 7, 2] size=[3, 2] stride=[2, 1] padding=same",
    .example =
        "let:\n  y, winner: max_pool(image / 255, size=[2, 2])\ngraph:\n  - concat(y, to_float(winner) / 784)\n  - flatten\n  - dense: {units: 10, activation: softmax}",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 4, 1), 1, 5, 2, 2, 4, 3, 2, 0)},
     .attr = POOL(2, 2, 0, 0, "valid"),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1), 5, 2), LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 2)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3, 2), 1, NAN, 7, 2, 3, NAN)},
     .attr = POOL(1, 2, 1, 1, "same"),
     .out = {LNG_ARRAY(LNG_DIMS(1, 3, 2), 7, NAN, 7, NAN, 3, NAN), LNG_ARRAY(LNG_DIMS(1, 3, 2), 2, 1, 2, 5, 4, 5)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 5, 1), 1, 2, 3, 4, 5)},
     .attr = POOL_IN(1, 1, 2, 1, 2, 0, 0, 0, 0),
     .out = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 2, 4, 5), LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 3, 4)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 2, 3)}, /* with one column on the left, a third window would begin after the end */
     .attr = POOL_IN(1, 1, 2, 1, 2, 0, 0, 1, 1),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 3), LNG_ARRAY(LNG_DIMS(1, 2, 1), 0, 2)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(6, 4, 3)}, .attr = POOL(2, 2, 0, 0, "valid"), .distinct = true},
    {.in = {LNG_DIMS(7, 5, 2)}, .attr = POOL(2, 2, 0, 0, "valid"), .distinct = true},
    {.in = {LNG_DIMS(5, 6, 2)}, .attr = POOL(3, 2, 1, 2, "same"), .distinct = true},
    {.in = {LNG_DIMS(7, 7, 1)}, .attr = POOL(2, 2, 3, 3, "valid"), .distinct = true},
    {.in = {LNG_DIMS(5, 7, 2)}, .attr = POOL_IN(0, 3, 4, 2, 1, 1, 2, 0, 3), .distinct = true},
    {.in = {LNG_DIMS(5, 8, 2)}, .attr = POOL_IN(1, 2, 3, 2, 3, 0, 0, 0, 0), .distinct = true},
    {.in = {LNG_DIMS(1, 7, 1)}, .attr = POOL_IN(1, 2, 2, 2, 3, 0, 0, 1, 0), .distinct = true},
    {.in = {LNG_DIMS(1, 1, 5)}, .attr = POOL(1, 1, 0, 0, "same"), .distinct = true},
};
LNG_OP_CASES(max_pool);
#endif
