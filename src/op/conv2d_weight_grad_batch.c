/* The adjoint of the shared weights of conv2d: conv2d_weight_grad summed over the batch, without a copy of the weights for each example. It is
 * bit for bit batch_sum of the other: each lane adds up its positions, then the lane tree. */
#include "op/conv_weight_grad.h"
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

static real element(const lng_naive_call *call, const conv *k, int64_t ky, int64_t kx, int64_t c, int64_t o)
{
    real lane[LNG_LANES] = {0};
    for (int l = 0; l < call->live; l++)
        lane[l] = weight_gradient(k, lane_of(call, 0, l), lane_of(call, 1, l), ky, kx, c, o);
    return lane_tree(lane);
}

#ifdef LNG_FAST
static bool same_range(const lng_axis *a, int64_t tap, int64_t other)
{
    int64_t first[2], end[2];
    lng_axis_reads(a, tap, &first[0], &end[0]);
    lng_axis_reads(a, other, &first[1], &end[1]);
    return first[0] == first[1] && end[0] == end[1];
}

/* The positions that tap (ky, kx) and its neighbors see. */
static lng_strip strip_of(const conv *k, int64_t ky, int64_t kx, int64_t taps)
{
    int64_t y0, y1, x0, x1;
    lng_axis_reads(&k->y, ky, &y0, &y1);
    lng_axis_reads(&k->x, kx, &x0, &x1);
    return (lng_strip){.x = (int32_t)(lng_axis_at(&k->y, y0, ky) * k->x.in + lng_axis_at(&k->x, x0, kx)),
                       .g = (int32_t)(y0 * k->x.out + x0),
                       .rows = x0 < x1 && y0 < y1 ? (int32_t)(y1 - y0) : 0,
                       .columns = (int32_t)(x1 - x0),
                       .first = (int32_t)(ky * k->x.window + kx),
                       .taps = (int32_t)taps};
}

static lng_correlation *correlation_of(const lng_node *n, lng_arena *arena)
{
    const conv conv_ = geometry(n), *k = &conv_;
    lng_correlation *r = LNG_NEW(arena, lng_correlation);
    lng_strip *s = LNG_NEW_N(arena, (size_t)(k->y.window * k->x.window), lng_strip);
    const bool alone = is_depthwise(k);
    *r = (lng_correlation){.strip = s,
                           .taps = (int)(k->y.window * k->x.window),
                           .depth = (int)k->depth,
                           .channels = (int)(alone ? k->o : k->width),
                           .x_channels = (int)k->c,
                           .g_columns = (int)k->o,
                           .x_pixels = (int32_t)(k->y.in * k->x.in),
                           .g_pixels = (int32_t)(k->y.out * k->x.out),
                           .x_row = (int32_t)(k->y.stride * k->x.in),
                           .x_column = (int32_t)k->x.stride,
                           .g_row = (int32_t)k->x.out,
                           .alone = alone,
                           .bands = alone ? 1 : (int)k->groups};
    for (int64_t ky = 0; ky < k->y.window; ky++)
        for (int64_t kx = 0, end; kx < k->x.window; kx = end) {
            for (end = kx + 1; end < k->x.window && k->x.dilation == 1 && !alone && same_range(&k->x, kx, end);)
                end++;
            s[r->strips++] = strip_of(k, ky, kx, end - kx);
        }
    return r;
}

static void fast(const lng_call *call)
{
    lng_correlate(call->prepared, call->live, call->add, call->in[0], call->in[1], call->out[0], call->scratch);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->in[0]->per_example || !n->in[1]->per_example)
        return (lng_prepared){0};
    const lng_correlation *k = correlation_of(n, arena);
    return (lng_prepared){.kernel = fast, .data = k, .scratch = lng_correlate_scratch(k)};
}
#endif
LNG_KERNELS(conv2d_weight_grad_batch, naive, prepare);

#ifdef LNG_TABLE
const lng_op lng_op_conv2d_weight_grad_batch = {
    .name = "conv2d_weight_grad_batch",
    .about = "the adjoint of conv2d in shared weights, summed over the batch",
    .math =
        "dw = the sum over the examples of conv2d_weight_grad(x, g): within a slice by the lane tree (lanes i and i + 8, i and i + 4, "
        "i and i + 2, i and i + 1, dead lanes as +0)",
    .flags = LNG_OP_HIDDEN | LNG_OP_BATCH,
    CONV_WEIGHT_GRAD_TABLE,
    .trial = "[5, 6, 2] [4, 4, 3] shape=[2, 3, 2, 3] | [6, 6, 2] [3, 6, 2] stride=[2, 1] padding=same shape=[3, 3, 2, 2]",
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
