/* The adjoint of sample_affine in its map, for each example: how what is read changes with the place, times how the place changes with the map. */
#include "op/sample.h"

/* The slopes of one channel along rows and columns. */
static real slope(const sampling *s, lng_view x, const corners *k, int64_t c, bool columns)
{
    real v[4];
    EACH_CORNER(q)
    v[q] = k->pixel[q] < 0 ? 0 : F(x, pixel_at(s, k->pixel[q], c));
    const real part = columns ? k->y.part : k->x.part;
    return columns ? real_fma(1 - part, v[1] - v[0], part * (v[3] - v[2])) : real_fma(1 - part, v[2] - v[0], part * (v[3] - v[1]));
}

static void naive(const lng_naive_call *call)
{
    const sampling s_ = sampling_of(call->node->attr, call->node->in[0]->shape), *s = &s_;
    real sum[6] = {0};
    EACH_RESULT(s, i, j)
    {
        const corners k = corners_of(s, call->in[1], i, j);
        for (int row = 0; row < 2; row++) {
            real g = 0;
            for (int64_t c = 0; c < s->c && !(row ? k.x.held : k.y.held); c++)
                g = real_fma(F(call->in[2], result_at(s, i, j, c)), slope(s, call->in[0], &k, c, row), g);
            sum[3 * row] = real_fma(g, from_center(i, s->rows), sum[3 * row]);
            sum[3 * row + 1] = real_fma(g, from_center(j, s->columns), sum[3 * row + 1]);
            sum[3 * row + 2] += g;
        }
    }
    for (int e = 0; e < 6; e++)
        F(call->out[0], e) = sum[e];
}

#ifdef LNG_FAST
/* From a to b and from c to d, in the given parts. */
static inline v16 v_slope(v16 part, v16 a, v16 b, v16 c, v16 d)
{
    return v_fma(v_sub(v_set1(1), part), v_sub(b, a), v_mul(part, v_sub(d, c)));
}

static void fast(const lng_call *call)
{
    const sampling s_ = sampling_of(call->node->attr, call->node->in[0]->shape), *s = &s_;
    const float *const given = call->in[1];
    float map[6 * LNG_LANES] __attribute__((aligned(64)));
    v16 sum[6];
    for (int e = 0; e < 6; e++) {
        v_store(map + e * LNG_LANES, call->node->in[1]->per_example ? v_load(given + e * LNG_LANES) : v_set1(given[e]));
        sum[e] = v_zero();
    }
    EACH_RESULT(s, i, j)
    {
        const float from_y = from_center(i, s->rows), from_x = from_center(j, s->columns);
        const v_reading y = v_reading_of(s, map, from_y, from_x, s->h),
                        x = v_reading_of(s, map + 3 * LNG_LANES, from_y, from_x, s->w);
        v_corner k[4];
        v16 rows = v_zero(), columns = v_zero();
        EACH_CORNER(q)
        k[q] = v_corner_of(s, &y, &x, q);
        EACH_CHANNEL(s, c) {
            v16 v[4];
            EACH_CORNER(q)
            v[q] = v_gathered(s, call->in[0], &k[q], c);
            const v16 g = v_load((const float *)call->in[2] + result_at(s, i, j, c) * LNG_LANES);
            rows = v_fma(g, v_slope(x.part, v[0], v[2], v[1], v[3]), rows);
            columns = v_fma(g, v_slope(y.part, v[0], v[1], v[2], v[3]), columns);
        }
        const v16 g[2] = {v_keep(y.free, rows), v_keep(x.free, columns)};
        for (int row = 0; row < 2; row++) {
            sum[3 * row] = v_fma(g[row], v_set1(from_y), sum[3 * row]);
            sum[3 * row + 1] = v_fma(g[row], v_set1(from_x), sum[3 * row + 1]);
            sum[3 * row + 2] = v_add(sum[3 * row + 2], g[row]);
        }
    }
    for (int e = 0; e < 6; e++)
        v_store((float *)call->out[0] + e * LNG_LANES, sum[e]);
}

LNG_FAST_IF(n->in[0]->per_example && n->in[2]->per_example)
#endif
LNG_KERNELS(sample_affine_map_grad, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    const lng_shape x = r->in[0]->shape;
    lng_shape out;
    if (x.rank != 3)
        return lng_infer_fail_operand(r, 0, "an image [h, w, c]");
    if (!infer_sampling(r, x, 1, &out) || !lng_infer_expect(r, 2, out))
        return false;
    r->shape[0] = lng_shape_of(1, (int64_t)6);
    return true;
}

const lng_op lng_op_sample_affine_map_grad = {
    .name = "sample_affine_map_grad",
    .about = "the adjoint of sample_affine in its map",
    .math =
        "dmap[0..2] = the sum over the result's pixels (i, j) of g' i, g' j and g', where g' = the sum over c of g[i, j, c] times the slope "
        "of what is read along rows; dmap[3..5] the same along columns; from +0 in row-major order, 0 where a position is held. The second "
        "derivative is 0 inside the cells between pixels and does not exist between them, so none flows",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}, SAMPLE_MAP_PORT,
           {"g", LNG_FLOAT_ONLY, "the adjoint of sample_affine's y [h', w', c]"}),
    LNG_OUT({"dmap", LNG_FLOAT_ONLY, "the adjoint of the map [6]"}),
    LNG_ATTRS(SAMPLE_ATTRS),
    .infer = infer,
    .no_vjp = "the slope of sample_affine by its map has none",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 2, 3, 5), LNG_VALUES(1, 0, 0.25, 0, 1, 0.25),
            LNG_ARRAY(LNG_DIMS(2, 2, 1), 100, 0, 0, 0)}, /* slopes: 2 * 0.75 + 3 * 0.25 and 1 * 0.75 + 2 * 0.25, at (-0.5, -0.5) */
     .default_attr = true,
     .out = {LNG_VALUES(-112.5, -112.5, 225, -62.5, -62.5, 125)}},
    {.in = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 3), LNG_VALUES(1, 0, 7, 0, 1, 0), LNG_ARRAY(LNG_DIMS(1, 1, 1), 1)},
     .default_attr = true,
     .out = {LNG_VALUES(0, 0, 0, 0, 0, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(5, 4, 2), LNG_DIMS(6), LNG_DIMS(5, 4, 2)}, .default_attr = true},
    {.in = {LNG_DIMS(3, 6, 1), LNG_DIMS(6), LNG_DIMS(5, 2, 1)}, .attr = SAMPLE(5, 2, "edge")},
};
LNG_OP_CASES(sample_affine_map_grad);
#endif
