/* An image as it is seen under an affine map: moved, turned, scaled, sheared. */
#include "op/sample.h"

static void naive(const lng_naive_call *call)
{
    const sampling s_ = sampling_of(call->node->attr, call->node->in[0]->shape), *s = &s_;
    EACH_RESULT(s, i, j)
    {
        const corners k = corners_of(s, call->in[1], i, j);
        EACH_CHANNEL(s, c) {
            real sum = 0;
            EACH_CORNER(q)
            sum = real_fma(k.weight[q], k.pixel[q] < 0 ? 0 : F(call->in[0], pixel_at(s, k.pixel[q], c)), sum);
            F(call->out[0], result_at(s, i, j, c)) = sum;
        }
    }
}

#ifdef LNG_FAST
static void under_one_map(const lng_call *call)
{
    const sampling s_ = sampling_of(call->node->attr, call->node->in[0]->shape), *s = &s_;
    const float *const in = call->in[0];
    EACH_RESULT(s, i, j)
    {
        const corners k = corners_of(s, shared_map(call), i, j);
        EACH_CHANNEL(s, c) {
            v16 sum = v_zero();
            EACH_CORNER(q)
            {
                const v16 x = k.pixel[q] < 0 ? v_zero() : v_load(in + pixel_at(s, k.pixel[q], c) * LNG_LANES);
                sum = v_fma(v_set1(k.weight[q]), x, sum);
            }
            v_store((float *)call->out[0] + result_at(s, i, j, c) * LNG_LANES, sum);
        }
    }
}

/* Each lane has a map of its own. */
static void under_maps(const lng_call *call)
{
    const sampling s_ = sampling_of(call->node->attr, call->node->in[0]->shape), *s = &s_;
    const float *const map = call->in[1];
    EACH_RESULT(s, i, j)
    {
        const float from_y = from_center(i, s->rows), from_x = from_center(j, s->columns);
        const v_reading y = v_reading_of(s, map, from_y, from_x, s->h),
                        x = v_reading_of(s, map + 3 * LNG_LANES, from_y, from_x, s->w);
        v_corner k[4];
        EACH_CORNER(q)
        k[q] = v_corner_of(s, &y, &x, q);
        EACH_CHANNEL(s, c) {
            v16 sum = v_zero();
            EACH_CORNER(q)
            sum = v_fma(k[q].weight, v_gathered(s, call->in[0], &k[q], c), sum);
            v_store((float *)call->out[0] + result_at(s, i, j, c) * LNG_LANES, sum);
        }
    }
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    (void)arena;
    if (!n->in[0]->per_example)
        return (lng_prepared){0};
    return (lng_prepared){.kernel = n->in[1]->per_example ? under_maps : under_one_map};
}
#endif
LNG_KERNELS(sample_affine, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    const lng_shape x = r->in[0]->shape;
    if (x.rank != 3)
        return lng_infer_fail_operand(r, 0, "an image [h, w, c]");
    return infer_sampling(r, x, 1, &r->shape[0]);
}

static void vjp(lng_vjp *r)
{
    lng_value *x = r->node->in[0], *map = r->node->in[1];
    lng_attr attr[LNG_MAX_ATTR] = {[SAMPLE_SIZE] = r->node->attr[SAMPLE_SIZE],
                                   [SAMPLE_OUTSIDE] = r->node->attr[SAMPLE_OUTSIDE],
                                   [SAMPLE_SHAPE] = {.v = x->shape}};
    if (r->wants[0])
        r->gin[0] = lng_emit(r->graph, &lng_op_sample_affine_grad, (lng_value *[]){r->gout[0], map}, 2, attr, NULL);
    if (r->wants[1])
        r->gin[1] = lng_emit(r->graph, &lng_op_sample_affine_map_grad, (lng_value *[]){x, map, r->gout[0]}, 3, attr, NULL);
}

static int64_t cost(const lng_node *n)
{
    return 4 * lng_shape_size(n->out[0].shape);
}

const lng_op lng_op_sample_affine = {
    .name = "sample_affine",
    .about = "an image read bilinearly under an affine map: moved, turned, scaled or sheared",
    .math =
        "y[i, j, c] = the sum over the four pixels around (row, column) of (1 - distance in rows) (1 - distance in columns) x[., ., c]: from "
        "+0, one fused multiply-add for each in row-major order, +0 for one outside; row = map[0] i + map[1] j + map[2], column = map[3] i + "
        "map[4] j + map[5], where i, j, row and column are counted from the centers of both images, in pixels: 1, 0, 0, 0, 1, 0 leaves an "
        "image as it is, 1, 0, 3, 0, 1, 0 moves it up by 3",
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}, SAMPLE_MAP_PORT),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "an image [h', w', c]"}),
    LNG_ATTRS(SAMPLE_ATTRS),
    .infer = infer,
    .vjp = vjp,
    .cost = cost,
    .trial = "[4, 2, 2] [6] size=[3, 2] 0.1..0.15 | [2, 4, 1] [6] size=[2, 3] outside=edge 0.1..0.15",
    .example =
        "let:\n  a: 0.2 * random_normal(shape=[1], per_example=true)\n  none: zeros([1])\n  map: concat(cos(a), -sin(a), none, sin(a), cos(a), none)\ngraph:\n  - sample_affine(image / 255, map)\n  - flatten\n  - dense: {units: 10, activation: softmax}",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 2, 3, 4), LNG_VALUES(1, 0, 0, 0, 1, 0)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 2, 3, 4)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 2, 3, 4), LNG_VALUES(1, 0, 0.5, 0, 1, 0)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 2, 3, 1.5, 2)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 2, 3, 4), LNG_VALUES(1, 0, 0.5, 0, 1, 0)},
     .attr = SAMPLE(2, 2, "edge"),
     .out = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 2, 3, 3, 4)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 2, 3, 4), LNG_VALUES(0, 1, 0, -1, 0, 0)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 2, 4, 1, 3)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2, 2), 0, 8, 4, 16), LNG_VALUES(1, 0, 0, 0, 0.5, 0)},
     .attr = SAMPLE(1, 4, "edge"),
     .out = {LNG_ARRAY(LNG_DIMS(1, 4, 2), 0, 8, 1, 10, 3, 14, 4, 16)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 5), LNG_VALUES(1, 0, 1e30, 0, 1, 0)},
     .attr = SAMPLE(1, 1, "edge"),
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 5)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 5), LNG_VALUES(1, 0, 1e30, 0, 1, 0)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 0)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 5), LNG_VALUES(1, 0, NAN, 0, 1, 0)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 1), NAN)}},
};
/* Either the map is of zeros and ones, or, as its slopes have joints at the pixels, all positions stay between the same four. */
static const lng_case cases[] = {
    {.in = {LNG_DIMS(5, 4, 2), LNG_DIMS(6)}, .default_attr = true, .truths = 2},
    {.in = {LNG_DIMS(3, 6, 1), LNG_DIMS(6)}, .attr = SAMPLE(5, 2, "edge"), .truths = 2},
    {.in = {LNG_DIMS(4, 2, 2), LNG_DIMS(6)}, .attr = SAMPLE(3, 2, "zero"), .low = 0.1, .high = 0.15},
    {.in = {LNG_DIMS(2, 4, 1), LNG_DIMS(6)}, .attr = SAMPLE(2, 3, "edge"), .low = 0.1, .high = 0.15},
    {.in = {LNG_DIMS(1, 1, 3), LNG_DIMS(6)}, .attr = SAMPLE(1, 1, "zero"), .low = 0.1, .high = 0.15},
};
LNG_OP_CASES(sample_affine);
#endif
