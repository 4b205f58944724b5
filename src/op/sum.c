/* y = the sum of x over axes.
 *
 * The fast kernel runs up to eight neighbouring sums at once, so that additions overlap, and each sum keeps its order. A shared sum
 * runs 16 neighbours in a vector where the last axis is kept; else the plain chain. */
#include "op/sum.h"

static void naive(const lng_naive_call *call)
{
    naive_sum(call, 1);
}

#ifdef LNG_FAST
typedef struct plan {
    reduction over;
    float divisor;
} plan;

/* m sums (a constant) whose terms lie `gap` floats apart. */
static inline __attribute__((always_inline)) void chains(v16 *sum, const float *x, ptrdiff_t gap, const lng_walk *w, int m)
{
    int64_t index[LNG_MAX_RANK] = {0};
    const int inner = w->rank - 1;
    ptrdiff_t at = 0, step = w->step[0][inner];
    LNG_UNROLL for (int k = 0; k < m; k++) sum[k] = v_zero();
    do
        for (int64_t i = 0; i < w->extent[inner]; i++) {
            LNG_UNROLL for (int k = 0; k < m; k++) sum[k] = v_add(sum[k], v_loadu(x + at + i * step + k * gap));
        }
    while (lng_walk_next(w, inner, 1, index, &at));
}

/* n vectors of sums: those of the innermost kept loop. */
static void vectors(float *out, const float *x, ptrdiff_t gap, const lng_walk *w, int64_t n, float divisor)
{
    v16 sum[8];
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        chains(sum, x + i * gap, gap, w, 8);
        for (int k = 0; k < 8; k++)
            v_storeu(out + (i + k) * LNG_LANES, v_div(sum[k], v_set1(divisor)));
    }
    for (; i + 2 <= n; i += 2) {
        chains(sum, x + i * gap, gap, w, 2);
        v_storeu(out + i * LNG_LANES, v_div(sum[0], v_set1(divisor)));
        v_storeu(out + (i + 1) * LNG_LANES, v_div(sum[1], v_set1(divisor)));
    }
    for (; i < n; i++) {
        chains(sum, x + i * gap, gap, w, 1);
        v_storeu(out + i * LNG_LANES, v_div(sum[0], v_set1(divisor)));
    }
}

static void chain(float *out, const float *x, const lng_walk *w, float divisor)
{
    int64_t index[LNG_MAX_RANK] = {0};
    const int inner = w->rank - 1;
    ptrdiff_t at = 0;
    float sum = 0;
    do
        for (int64_t i = 0; i < w->extent[inner]; i++)
            sum += x[at + i * w->step[0][inner]];
    while (lng_walk_next(w, inner, 1, index, &at));
    *out = sum / divisor;
}

static void fast(const lng_call *call)
{
    const plan *p = call->plan;
    const lng_walk *kept = &p->over.kept, *reduced = &p->over.reduced;
    const int inner = kept->rank - 1;
    const ptrdiff_t gap = kept->step[0][inner];
    const int64_t n = kept->extent[inner];
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        const float *x = (const float *)call->in[0] + at[0];
        float *out = (float *)call->out[0] + at[1];
        if (call->node->out[0].per_example) {
            vectors(out, x, gap, reduced, n, p->divisor);
            continue;
        }
        int64_t i = gap == 1 ? n - n % LNG_LANES : 0;
        vectors(out, x, LNG_LANES, reduced, i / LNG_LANES, p->divisor);
        for (; i < n; i++)
            chain(out + i, x + i * gap, reduced, p->divisor);
    } while (lng_walk_next(kept, inner, 2, index, at));
}

lng_kernel *LNG_NAME(lng_sum_pick)(const lng_node *n, lng_arena *arena, const void **plan_, int64_t divisor)
{
    plan *p = LNG_NEW(arena, plan);
    reduction_of(&p->over, n);
    reduction_scale(&p->over, n->out[0].per_example);
    p->divisor = (float)divisor;
    *plan_ = p;
    return fast;
}

static lng_kernel *pick(const lng_node *n, lng_arena *arena, const void **plan_, size_t *scratch)
{
    (void)scratch;
    return LNG_NAME(lng_sum_pick)(n, arena, plan_, 1);
}
#endif

LNG_KERNELS(sum, naive, pick);

#ifdef LNG_TABLE
static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_broadcast(r->graph, unreduced(r->graph, r->node, r->gout[0]), r->node->in[0]->shape);
}

const lng_op lng_op_sum = {
    .name = "sum",
    .about = "the sum over axes",
    .math = "y = the sum of x over the axes: from +0, in row-major order of the reduced elements, by plain additions",
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is summed"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the sums"}),
    LNG_ATTRS(LNG_REDUCTION_ATTRS),
    .infer = infer_reduction,
    .vjp = vjp,
    .example = "- sum(it, axes=[0])",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .out = {LNG_NUMBER(21)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .attr = {{.v = LNG_DIMS(0)}}, .out = {LNG_VALUES(5, 7, 9)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)},
     .attr = {{.v = LNG_DIMS(-1)}, {.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 1), 6, 15)}},
    {.in = {LNG_VALUES(0x1p60, 1, -0x1p60)}, .out = {LNG_NUMBER(0)}}, /* in order: the 1 is lost */
};
static const lng_case cases[] = {LNG_REDUCTION_CASES()};
LNG_OP_CASES(sum);
#endif
