/* avg_pool_grad: the adjoint of each window is divided among its elements. */
#include "op/pool.h"

static void naive(const lng_naive_call *call)
{
    const pool pool_ = pool_of(call->node->attr, call->node->attr[LNG_POOL_SHAPE].v), *p = &pool_;
    const int64_t size = lng_shape_size(call->node->attr[LNG_POOL_SHAPE].v);
    for (int64_t e = 0; e < size; e++)
        F(call->out[0], e) = 0;
    EACH_OUTPUT(p, oy, ox) {
        const window w = window_of(p, oy, ox);
        EACH_CHANNEL(p, c) {
            const real share = F(call->in[0], output_at(p, oy, ox, c)) / (real)window_size(&w);
            EACH_TAP(&w, iy, ix)
                F(call->out[0], input_at(p, iy, ix, c)) += share;
        }
    }
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const pool pool_ = pool_of(call->node->attr, call->node->attr[LNG_POOL_SHAPE].v), *p = &pool_;
    float *const out = call->out[0];
    for (int64_t e = 0; e < p->y.in * p->x.in * p->channels * LNG_LANES; e += LNG_LANES)
        v_store(out + e, v_zero());
    EACH_OUTPUT(p, oy, ox) {
        const window w = window_of(p, oy, ox);
        const v16 n = v_set1((float)window_size(&w));
        EACH_CHANNEL(p, c) {
            const v16 share = v_div(v_load((const float *)call->in[0] + output_at(p, oy, ox, c) * LNG_LANES), n);
            EACH_TAP(&w, iy, ix) {
                float *to = out + input_at(p, iy, ix, c) * LNG_LANES;
                v_store(to, v_add(v_load(to), share));
            }
        }
    }
}

LNG_FAST_IF(n->out[0].per_example)
#endif
LNG_KERNELS(avg_pool_grad, naive, prepare);

#ifdef LNG_TABLE
/* Linear in g: its adjoint is the pool itself. */
static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_emit(r->graph, &lng_op_avg_pool, r->gout, 1, r->node->attr, NULL);
}

const lng_op lng_op_avg_pool_grad = {
    .name = "avg_pool_grad",
    .about = "the adjoint of avg_pool: each window's is divided among its elements",
    .math = "dx[k] = the sum of g[i, j, c] / (elements of the window) over the windows that hold k; from +0, in row-major order of "
            "the windows",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"g", LNG_FLOAT_ONLY, "the adjoint of avg_pool's y"}),
    LNG_OUT({"dx", LNG_FLOAT_ONLY, "the adjoint of its operand"}),
    LNG_ATTRS(POOL_GRAD_ATTRS),
    .infer = infer_pool_grad,
    .vjp = vjp,
    .trial = "[3, 2, 3] size=[2, 2] shape=[7, 5, 3]",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 3, 4, 0, 0)},
     .attr = POOL(1, 2, 1, 1, "valid", {.v = LNG_DIMS(2, 3, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(2, 3, 1), 1.5, 3.5, 2, 0, 0, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(3, 2, 3)}, .attr = POOL(2, 2, 0, 0, "valid", {.v = LNG_DIMS(7, 5, 3)})},
    {.in = {LNG_DIMS(3, 7, 2)}, .attr = POOL_IN(0, 3, 4, 2, 1, 1, 2, 0, 3, {.v = LNG_DIMS(5, 7, 2)})},
    {.in = {LNG_DIMS(3, 3, 2)}, .attr = POOL_IN(1, 2, 3, 2, 3, 0, 0, 0, 0, {.v = LNG_DIMS(5, 8, 2)})},
    {.in = {LNG_DIMS(5, 3, 2)}, .attr = POOL(3, 2, 1, 2, "same", {.v = LNG_DIMS(5, 6, 2)})},
};
LNG_OP_CASES(avg_pool_grad);
#endif
