/* The adjoint of sample_affine in its image: that of each pixel of the result goes to the pixels it was read from, by their weights. */
#include "op/sample.h"

static void naive(const lng_naive_call *call)
{
    const lng_shape shape = call->node->attr[SAMPLE_SHAPE].v;
    const sampling s_ = sampling_of(call->node->attr, shape), *s = &s_;
    for (int64_t e = 0, size = lng_shape_size(shape); e < size; e++)
        F(call->out[0], e) = 0;
    EACH_RESULT(s, i, j)
    {
        const corners k = corners_of(s, call->in[1], i, j);
        EACH_CORNER(q)
        for (int64_t c = 0; c < s->c && k.pixel[q] >= 0; c++) {
            real *to = &F(call->out[0], pixel_at(s, k.pixel[q], c));
            *to = real_fma(k.weight[q], F(call->in[0], result_at(s, i, j, c)), *to);
        }
    }
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const sampling s_ = sampling_of(call->node->attr, call->node->attr[SAMPLE_SHAPE].v), *s = &s_;
    float *const out = call->out[0];
    for (int64_t e = 0; e < s->h * s->w * s->c * LNG_LANES; e += LNG_LANES)
        v_store(out + e, v_zero());
    EACH_RESULT(s, i, j)
    {
        const corners k = corners_of(s, shared_map(call), i, j);
        EACH_CORNER(q)
        for (int64_t c = 0; c < s->c && k.pixel[q] >= 0; c++) {
            float *to = out + pixel_at(s, k.pixel[q], c) * LNG_LANES;
            const v16 g = v_load((const float *)call->in[0] + result_at(s, i, j, c) * LNG_LANES);
            v_store(to, v_fma(v_set1(k.weight[q]), g, v_load(to)));
        }
    }
}

LNG_FAST_IF(n->in[0]->per_example && !n->in[1]->per_example)
#endif
LNG_KERNELS(sample_affine_grad, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    lng_shape out;
    if (!infer_sampling(r, r->attr[SAMPLE_SHAPE].v, 1, &out) || !lng_infer_expect(r, 0, out))
        return false;
    r->shape[0] = r->attr[SAMPLE_SHAPE].v;
    return true;
}

/* Linear in g, and <v, this> = <sample_affine(v), g>. */
static void vjp(lng_vjp *r)
{
    lng_value *g = r->node->in[0], *map = r->node->in[1];
    if (r->wants[0])
        r->gin[0] = lng_emit(r->graph, &lng_op_sample_affine, (lng_value *[]){r->gout[0], map}, 2, r->node->attr, NULL);
    if (r->wants[1])
        r->gin[1] = lng_emit(r->graph, &lng_op_sample_affine_map_grad, (lng_value *[]){r->gout[0], map, g}, 3, r->node->attr, NULL);
}

const lng_op lng_op_sample_affine_grad = {
    .name = "sample_affine_grad",
    .about = "the adjoint of sample_affine in its image",
    .math =
        "dx[p, c] = the sum of the weight by which (i, j) reads pixel p, times g[i, j, c]: from +0, one fused multiply-add for each "
        "(i, j) in row-major order",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"g", LNG_FLOAT_ONLY, "the adjoint of sample_affine's y [h', w', c]"}, SAMPLE_MAP_PORT),
    LNG_OUT({"dx", LNG_FLOAT_ONLY, "the adjoint of the image [h, w, c]"}),
    LNG_ATTRS(SAMPLE_ATTRS, [SAMPLE_SHAPE] = {"shape", LNG_SHAPE_ATTR(3, "of the image")}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 2, 2] [6] size=[3, 2] shape=[4, 2, 2] 0.1..0.15",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 10, 100, 1000), LNG_VALUES(1, 0, 0.5, 0, 1, 0)},
     .attr = SAMPLE(2, 2, "zero", {.v = LNG_DIMS(2, 2, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 0.5, 5, 50.5, 505)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 10, 100, 1000), LNG_VALUES(1, 0, 0.5, 0, 1, 0)},
     .attr = SAMPLE(2, 2, "edge", {.v = LNG_DIMS(2, 2, 1)}),
     .out = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 0.5, 5, 100.5, 1005)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(5, 4, 2), LNG_DIMS(6)}, .attr = SAMPLE(5, 4, "zero", {.v = LNG_DIMS(5, 4, 2)}), .truths = 2},
    {.in = {LNG_DIMS(5, 2, 1), LNG_DIMS(6)}, .attr = SAMPLE(5, 2, "edge", {.v = LNG_DIMS(3, 6, 1)}), .truths = 2},
    {.in = {LNG_DIMS(3, 2, 2), LNG_DIMS(6)}, .attr = SAMPLE(3, 2, "zero", {.v = LNG_DIMS(4, 2, 2)}), .low = 0.1, .high = 0.15},
    {.in = {LNG_DIMS(2, 3, 1), LNG_DIMS(6)}, .attr = SAMPLE(2, 3, "edge", {.v = LNG_DIMS(2, 4, 1)}), .low = 0.1, .high = 0.15},
    {.in = {LNG_DIMS(1, 1, 3), LNG_DIMS(6)}, .attr = SAMPLE(1, 1, "zero", {.v = LNG_DIMS(1, 1, 3)}), .low = 0.1, .high = 0.15},
};
LNG_OP_CASES(sample_affine_grad);
#endif
