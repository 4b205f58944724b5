/* The adjoint of shared weights of a conv2d: conv2d_weight_grad summed over the batch, without a copy of the weights for each example.
 * It is bit for bit batch_sum of the other: each lane adds up its positions, then the lane tree. */
#include "op/conv.h"
#ifdef LNG_FAST
#include "kernel/correlate.h"
#endif

static lng_view lane_of(const lng_naive_call *call, int which, int lane)
{
    lng_view v = call->in[which];
    if (call->node->in[which]->per_example)
        v.at = (real *)v.at + lane;
    return v;
}

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const conv conv_ = conv_of(n->attr, n->in[0]->shape, n->attr[LNG_CONV_SHAPE].v), *k = &conv_;
    for (int64_t ky = 0; ky < k->y.window; ky++)
        for (int64_t kx = 0; kx < k->x.window; kx++)
            for (int64_t c = 0; c < k->c; c++)
                for (int64_t o = 0; o < k->o; o++) {
                    real lane[LNG_LANES] = {0};
                    for (int l = 0; l < call->live; l++)
                        lane[l] = weight_gradient(k, lane_of(call, 0, l), lane_of(call, 1, l), ky, kx, c, o);
                    for (int half = LNG_LANES / 2; half > 0; half /= 2)
                        for (int l = 0; l < half; l++)
                            lane[l] += lane[l + half];
                    F(call->out[0], weight_at(k, ky, kx, c, o)) = lane[0];
                }
}

#ifdef LNG_FAST
static bool same_range(const lng_axis *a, int64_t tap, int64_t other)
{
    int64_t first[2], end[2];
    lng_axis_reads(a, tap, &first[0], &end[0]);
    lng_axis_reads(a, other, &first[1], &end[1]);
    return first[0] == first[1] && end[0] == end[1];
}

/* The places that taps (ky, kx) and its neighbours see: a row of the output each. */
static lng_segment segment_of(const conv *k, int64_t ky, int64_t kx, int64_t columns, lng_arena *arena)
{
    int64_t y0, y1, x0, x1;
    lng_axis_reads(&k->y, ky, &y0, &y1);
    lng_axis_reads(&k->x, kx, &x0, &x1);
    lng_places *row = LNG_NEW_N(arena, (size_t)(y1 - y0) + 1, lng_places);
    for (int64_t oy = y0; oy < y1 && x0 < x1; oy++)
        row[oy - y0] = (lng_places){(int32_t)input_at(k, lng_axis_at(&k->y, oy, ky), lng_axis_at(&k->x, x0, kx), 0),
                                    (int32_t)output_at(k, oy, x0, 0), (int32_t)(x1 - x0)};
    return (lng_segment){row, x0 < x1 ? (int)(y1 - y0) : 0, (int32_t)((ky * k->x.window + kx) * k->c), (int32_t)(columns * k->c)};
}

static lng_correlation *correlation_of(const lng_node *n, lng_arena *arena)
{
    const conv conv_ = conv_of(n->attr, n->in[0]->shape, n->attr[LNG_CONV_SHAPE].v), *k = &conv_;
    lng_correlation *r = LNG_NEW(arena, lng_correlation);
    lng_segment *s = LNG_NEW_N(arena, (size_t)(k->y.window * k->x.window), lng_segment);
    *r = (lng_correlation){.segment = s, .channels = (int)k->o, .x_step = (int32_t)(k->x.stride * k->c), .g_step = (int32_t)k->o};
    for (int64_t ky = 0; ky < k->y.window; ky++)
        for (int64_t kx = 0, end; kx < k->x.window; kx = end) {
            for (end = kx + 1; end < k->x.window && k->x.dilation == 1 && same_range(&k->x, kx, end);)
                end++;
            s[r->segments++] = segment_of(k, ky, kx, end - kx, arena);
        }
    return r;
}

static void fast(const lng_call *call)
{
    LNG_NAME(lng_correlate)(call->plan, call->live, call->add, call->in[0], call->in[1], call->out[0], call->scratch);
}

static lng_kernel *pick(const lng_node *n, lng_arena *arena, const void **plan, size_t *scratch)
{
    if (!n->in[0]->per_example || !n->in[1]->per_example)
        return NULL;
    *plan = correlation_of(n, arena);
    *scratch = LNG_CORRELATE_SCRATCH;
    return fast;
}
#endif
LNG_KERNELS(conv2d_weight_grad_batch, naive, pick);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    lng_shape out;
    if (r->in[0]->shape.rank != 3)
        return fail_shape(r, 0, "an image [h, w, c]");
    if (!conv_output(r, r->in[0]->shape, r->attr[LNG_CONV_SHAPE].v, 0, &out) || !conv_expects(r, 1, out))
        return false;
    r->shape[0] = r->attr[LNG_CONV_SHAPE].v;
    return true;
}

/* Linear in x and in g. */
static void vjp(lng_vjp *r)
{
    lng_value *x = r->node->in[0], *g = r->node->in[1], *w = r->gout[0];
    if (r->wants[0])
        r->gin[0] = conv_emit(r, &lng_op_conv2d_input_grad, g, w, x->shape);
    if (r->wants[1])
        r->gin[1] = conv_emit(r, &lng_op_conv2d, x, w, (lng_shape){0});
}

static int64_t cost(const lng_node *n)
{
    return conv_cost(n->attr, n->in[0]->shape, n->attr[LNG_CONV_SHAPE].v);
}

const lng_op lng_op_conv2d_weight_grad_batch = {
    .name = "conv2d_weight_grad_batch",
    .about = "the adjoint of conv2d in shared weights, summed over the batch",
    .math = "dw = the sum over the examples of conv2d_weight_grad(x, g): in a slice by the lane tree (lanes i and i + 8, i and i + "
            "4, i and i + 2, "
            "i and i + 1, dead lanes as +0)",
    .flags = LNG_OP_HIDDEN | LNG_OP_BATCH,
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}, {"g", LNG_FLOAT_ONLY, "the adjoint of conv2d's output [h', w', o]"}),
    LNG_OUT({"dw", LNG_FLOAT_ONLY, "the adjoint of the weights [kh, kw, c, o]"}),
    LNG_ATTRS(CONV_ATTRS, [LNG_CONV_SHAPE] = {"shape", LNG_SHAPE_ATTR(4, "of the weights")}),
    .infer = infer,
    .vjp = vjp,
    .cost = cost,
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 3, 1), 1, 2, 3), LNG_ARRAY(LNG_DIMS(1, 2, 1), 1, 10)},
     .attr = CONV(1, 1, 1, 1, "valid", 0, 0, {.v = LNG_DIMS(1, 2, 1, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(1, 2, 1, 1), 21, 32)}},
};
static const lng_case cases[] = {CONV_WEIGHT_GRAD_CASES};
LNG_OP_CASES(conv2d_weight_grad_batch);
#endif
