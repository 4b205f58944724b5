/* max_pool_grad: the adjoint of each window goes to its winner. */
#include "op/pool.h"

static void naive(const lng_naive_call *call)
{
    const pool pool_ = pool_of(call->node->attr, call->node->attr[LNG_POOL_SHAPE].v), *p = &pool_;
    const int64_t size = lng_shape_size(call->node->attr[LNG_POOL_SHAPE].v);
    for (int64_t e = 0; e < size; e++)
        F(call->out[0], e) = 0;
    EACH_OUTPUT(p, oy, ox) {
        const window w = window_of(p, oy, ox);
        EACH_CHANNEL(p, c)
            EACH_TAP(&w, iy, ix)
                if (I(call->in[1], output_at(p, oy, ox, c)) == input_at(p, iy, ix, c))
                    F(call->out[0], input_at(p, iy, ix, c)) += F(call->in[0], output_at(p, oy, ox, c));
    }
}

#ifdef LNG_FAST
static void zero(float *out, int64_t elements)
{
    for (int64_t i = 0; i < elements * LNG_LANES; i += LNG_LANES)
        v_store(out + i, v_zero());
}

static v16 adjoint(const lng_call *call, int64_t e)
{
    return call->node->in[0]->per_example ? v_load((const float *)call->in[0] + e * LNG_LANES)
                                          : v_set1(((const float *)call->in[0])[e]);
}

/* Windows that touch without overlapping: each of their elements is written once. */
static void tiled(const lng_call *call)
{
    const pool pool_ = pool_of(call->node->attr, call->node->attr[LNG_POOL_SHAPE].v), *p = &pool_;
    float *const out = call->out[0];
    const int32_t *const winner = call->in[1];
    const int64_t covered = p->x.out * p->x.window;
    EACH_OUTPUT(p, oy, ox) {
        const window w = window_of(p, oy, ox);
        EACH_CHANNEL(p, c) {
            const v16 g = v_add(v_zero(), adjoint(call, output_at(p, oy, ox, c))); /* +0 and -0 make +0, as in the definition */
            const i16 at = iv_load(winner + output_at(p, oy, ox, c) * LNG_LANES);
            EACH_TAP(&w, iy, ix)
                v_store(out + input_at(p, iy, ix, c) * LNG_LANES, v_keep(iv_eq(at, iv_set1((int32_t)input_at(p, iy, ix, c))), g));
        }
    }
    for (int64_t iy = 0; iy < p->y.out * p->y.window; iy++)
        zero(out + (iy * p->x.in + covered) * p->channels * LNG_LANES, (p->x.in - covered) * p->channels);
    zero(out + p->y.out * p->y.window * p->x.in * p->channels * LNG_LANES,
         (p->y.in - p->y.out * p->y.window) * p->x.in * p->channels);
}

static void scattered(const lng_call *call)
{
    const pool pool_ = pool_of(call->node->attr, call->node->attr[LNG_POOL_SHAPE].v), *p = &pool_;
    float *const out = call->out[0];
    const int32_t *const winner = call->in[1];
    zero(out, p->y.in * p->x.in * p->channels);
    EACH_OUTPUT(p, oy, ox) {
        const window w = window_of(p, oy, ox);
        EACH_CHANNEL(p, c) {
            const v16 g = adjoint(call, output_at(p, oy, ox, c));
            const i16 at = iv_load(winner + output_at(p, oy, ox, c) * LNG_LANES);
            EACH_TAP(&w, iy, ix) {
                float *to = out + input_at(p, iy, ix, c) * LNG_LANES;
                const v16 sum = v_load(to);
                v_store(to, v_select(iv_eq(at, iv_set1((int32_t)input_at(p, iy, ix, c))), v_add(sum, g), sum));
            }
        }
    }
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    (void)arena;
    if (!n->in[1]->per_example)
        return (lng_prepared){0};
    const pool p = pool_of(n->attr, n->attr[LNG_POOL_SHAPE].v);
    const bool adjacent = p.y.stride == p.y.window && p.x.stride == p.x.window && lng_is_valid(&n->attr[LNG_POOL_PADDING]) &&
                          p.y.out * p.y.window <= p.y.in && p.x.out * p.x.window <= p.x.in;
    return (lng_prepared){.kernel = adjacent ? tiled : scattered};
}
#endif
LNG_KERNELS(max_pool_grad, naive, prepare);

#ifdef LNG_TABLE
/* Linear in g: each window gets what its winner has. */
static void vjp(lng_vjp *r)
{
    lng_value *flat = lng_reshape(r->graph, r->gout[0], lng_shape_of(1, lng_shape_size(r->node->out[0].shape)));
    r->gin[0] = lng_gather(r->graph, flat, r->node->in[1], 0, 0);
}

const lng_op lng_op_max_pool_grad = {
    .name = "max_pool_grad",
    .about = "the adjoint of max_pool: each window's goes to its winner",
    .math = "dx[k] = the sum of g[i, j, c] over the windows that k wins; from +0, in row-major order of the windows",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"g", LNG_FLOAT_ONLY, "the adjoint of max_pool's y"}, {"winner", LNG_INT_ONLY, "max_pool's winner"}),
    LNG_OUT({"dx", LNG_FLOAT_ONLY, "the adjoint of its operand"}),
    LNG_ATTRS(POOL_GRAD_ATTRS),
    .infer = infer_pool_grad,
    .vjp = vjp,
    .trial = "[1, 1, 1] 12:[1, 1, 1] size=[3, 4] shape=[3, 4, 1]",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 1), 3, 4), LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 6)},
     .attr = POOL(2, 2, 0, 0, "valid", {.v = LNG_DIMS(3, 4, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(3, 4, 1), 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 1), 3, 4), LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 1)},
     .attr = POOL(1, 2, 1, 1, "valid", {.v = LNG_DIMS(1, 3, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 0, 7, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(3, 2, 3), LNG_DIMS(3, 2, 3)},
     .attr = POOL(2, 2, 0, 0, "valid", {.v = LNG_DIMS(7, 5, 3)}),
     .low = -9,
     .high = 90},
    {.in = {LNG_DIMS(3, 2, 1), LNG_DIMS(3, 2, 1)},
     .attr = POOL(2, 3, 1, 1, "valid", {.v = LNG_DIMS(4, 4, 1)}),
     .low = 0,
     .high = 16},
    {.in = {LNG_DIMS(3, 7, 1), LNG_DIMS(3, 7, 1)},
     .attr = POOL_IN(0, 3, 4, 2, 1, 1, 2, 0, 3, {.v = LNG_DIMS(5, 7, 1)}),
     .low = 0,
     .high = 35},
    {.in = {LNG_DIMS(3, 3, 1), LNG_DIMS(3, 3, 1)},
     .attr = POOL_IN(1, 2, 3, 2, 3, 0, 0, 0, 0, {.v = LNG_DIMS(5, 8, 1)}),
     .low = 0,
     .high = 40},
    {.in = {LNG_DIMS(5, 3, 1), LNG_DIMS(5, 3, 1)},
     .attr = POOL(3, 2, 1, 2, "same", {.v = LNG_DIMS(5, 6, 1)}),
     .low = 0,
     .high = 30},
};
LNG_OP_CASES(max_pool_grad);
#endif
