/* avg_pool_grad: each window's adjoint is divided among its elements. */
#include "op/pool.h"

static void naive(const lng_naive_call *call)
{
    const pool pool_ = pool_of(call->node->attr, call->node->attr[LNG_POOL_SHAPE].v), *p = &pool_;
    const int64_t size = lng_shape_size(call->node->attr[LNG_POOL_SHAPE].v);
    for (int64_t e = 0; e < size; e++)
        F(call->out[0], e) = 0;
    EACH_OUTPUT(p)
    {
        const window w = pool_window(p, oy, ox);
        EACH_CHANNEL(p)
        {
            const real share = F(call->in[0], OUTPUT_AT(p, c)) / (real)((w.y1 - w.y0) * (w.x1 - w.x0));
            EACH_TAP(w)
            F(call->out[0], TAP_AT(p, c)) += share;
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
    EACH_OUTPUT(p)
    {
        const window w = pool_window(p, oy, ox);
        const v16 n = v_set1((float)((w.y1 - w.y0) * (w.x1 - w.x0)));
        EACH_CHANNEL(p)
        {
            const v16 share = v_div(v_load((const float *)call->in[0] + OUTPUT_AT(p, c) * LNG_LANES), n);
            EACH_TAP(w)
            {
                float *to = out + TAP_AT(p, c) * LNG_LANES;
                v_store(to, v_add(v_load(to), share));
            }
        }
    }
}

static lng_kernel *pick(const lng_node *n, lng_arena *arena, const void **plan, size_t *scratch)
{
    (void)arena, (void)plan, (void)scratch;
    return n->out[0].per_example ? fast : NULL;
}
#endif
LNG_KERNELS(avg_pool_grad, naive, pick);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    char got[LNG_SHAPE_TEXT], expected[LNG_SHAPE_TEXT];
    lng_shape out;
    if (!infer_pool_over(r, r->attr[LNG_POOL_SHAPE].v, &out))
        return false;
    if (!lng_shape_equal(r->in[0]->shape, out))
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "%s expects %s, got %s", r->op->name, lng_shape_text(expected, out),
                                 lng_shape_text(got, r->in[0]->shape));
    r->shape[0] = r->attr[LNG_POOL_SHAPE].v;
    return true;
}

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
    LNG_ATTRS(POOL_ATTRS, [LNG_POOL_SHAPE] = {"shape", LNG_SHAPE_ATTR(3, "of the pool's operand")}),
    .infer = infer,
    .vjp = vjp,
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 3, 4, 0, 0)},
     .attr = {{.v = LNG_DIMS(1, 2)}, {.v = LNG_DIMS(1, 1)}, {.s = "valid"}, {.v = LNG_DIMS(2, 3, 1)}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 3, 1), 1.5, 3.5, 2, 0, 0, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(3, 2, 3)}, .attr = {{.v = LNG_DIMS(2, 2)}, {0}, {.s = "valid"}, {.v = LNG_DIMS(7, 5, 3)}}},
    {.in = {LNG_DIMS(5, 3, 2)}, .attr = {{.v = LNG_DIMS(3, 2)}, {.v = LNG_DIMS(1, 2)}, {.s = "same"}, {.v = LNG_DIMS(5, 6, 2)}}},
};
LNG_OP_CASES(avg_pool_grad);
#endif
