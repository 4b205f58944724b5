/* avg_pool: the mean of each window's elements. */
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
            real sum = 0;
            EACH_TAP(&w, iy, ix)
                sum += F(call->in[0], input_at(p, iy, ix, c));
            F(call->out[0], output_at(p, oy, ox, c)) = sum / (real)window_size(&w);
        }
    }
}
#endif

#ifdef LNG_FAST
POOL_KERNEL each_window(const lng_call *call, strides s)
{
    const pool pool_ = pool_of(call->node->attr, call->node->in[0]->shape), *p = &pool_;
    const float *const in = call->in[0];
    EACH_OUTPUT(p, oy, ox) {
        const window w = window_of(p, oy, ox);
        const v16 n = v_set1((float)window_size(&w));
        EACH_VECTOR(p, s, c) {
            v16 sum = v_zero();
            EACH_TAP(&w, iy, ix)
                sum = v_add(sum, v_loadu(in + input_at(p, iy, ix, c) * s.unit));
            store_channels(call->out[0], p, s, output_at(p, oy, ox, c), c, v_div(sum, n));
        }
    }
}

LNG_FAST_IF(true)
#endif
LNG_ALWAYS_FAST(avg_pool, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    return infer_pool_of(r, r->in[0]->shape, &r->shape[0]);
}

static void vjp(lng_vjp *r)
{
    r->gin[0] = pool_gradient(r, &lng_op_avg_pool_grad, r->gout, 1);
}

const lng_op lng_op_avg_pool = {
    .name = "avg_pool",
    .about = "the mean of each window's elements",
    .math = "y[i, j, c] = the sum over the window of x[.., .., c], from +0 in row-major order, divided by the number of its "
            "elements inside the image",
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the means [h', w', c]"}),
    LNG_ATTRS(POOL_ATTRS),
    .infer = infer,
    .vjp = vjp,
    .trial = "[6, 5, 2] size=[3, 2] stride=[2, 1] padding=same | [5, 7, 2] size=[3, 4] stride=[2, 1] padding=[1, 2, 0, 3]",
    .example = "- avg_pool(it, size=[2, 2])",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 4, 1), 1, 5, 2, 2, 4, 2, 2, 0)},
     .attr = POOL(2, 2, 0, 0, "valid"),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1), 3, 1.5)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 5, 3)},
     .attr = POOL(1, 2, 1, 1, "same"),
     .out = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 3, 4, 3)}}, /* the last window has one element */
    {.in = {LNG_ARRAY(LNG_DIMS(1, 4, 1), 1, 5, 3, 9)},
     .attr = POOL_IN(1, 1, 2, 1, 2, 0, 0, 1, 0),
     .out = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 4, 9)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(6, 4, 3)}, .attr = POOL(2, 2, 0, 0, "valid")},
    {.in = {LNG_DIMS(7, 5, 2)}, .attr = POOL(3, 2, 2, 1, "valid")},
    {.in = {LNG_DIMS(5, 7, 2)}, .attr = POOL_IN(0, 3, 4, 2, 1, 1, 2, 0, 3)},
    {.in = {LNG_DIMS(5, 8, 2)}, .attr = POOL_IN(1, 2, 3, 2, 3, 0, 0, 0, 0)},
    {.in = {LNG_DIMS(5, 6, 2)}, .attr = POOL(3, 2, 1, 2, "same")},
};
LNG_OP_CASES(avg_pool);
#endif
