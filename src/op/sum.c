/* y = the sum of x over axes.
 *
 * The fast kernel computes up to eight neighbouring sums at once, so that additions overlap while each sum keeps its order. A shared sum takes 16
 * neighbours in a vector where the last axis is kept; else one number after the other. */
#include "op/sum.h"

static void naive(const lng_naive_call *call)
{
    naive_sum(call, 1);
}

#ifdef LNG_FAST
typedef struct prepared {
    reduction over;
    float divisor;
} prepared;

/* m sums (a constant) whose terms are `gap` floats apart. */
static inline __attribute__((always_inline)) void add_terms(v16 *sum, const float *x, ptrdiff_t gap, const lng_nest *w, int m)
{
    int64_t index[LNG_MAX_RANK] = {0};
    const int inner = w->rank - 1;
    ptrdiff_t at = 0, step = w->step[0][inner];
    LNG_UNROLLED(k, m)
        sum[k] = v_zero();
    do
        for (int64_t i = 0; i < w->extent[inner]; i++) {
            LNG_UNROLLED(k, m)
                sum[k] = v_add(sum[k], v_loadu(x + at + i * step + k * gap));
        }
    while (lng_nest_next(w, inner, 1, index, &at));
}

/* The n vectors of sums of the innermost kept loop. */
static void vector_sums(float *out, const float *x, ptrdiff_t gap, const lng_nest *w, int64_t n, float divisor)
{
    v16 sum[8];
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        add_terms(sum, x + i * gap, gap, w, 8);
        for (int k = 0; k < 8; k++)
            v_storeu(out + (i + k) * LNG_LANES, v_div(sum[k], v_set1(divisor)));
    }
    for (; i + 2 <= n; i += 2) {
        add_terms(sum, x + i * gap, gap, w, 2);
        v_storeu(out + i * LNG_LANES, v_div(sum[0], v_set1(divisor)));
        v_storeu(out + (i + 1) * LNG_LANES, v_div(sum[1], v_set1(divisor)));
    }
    for (; i < n; i++) {
        add_terms(sum, x + i * gap, gap, w, 1);
        v_storeu(out + i * LNG_LANES, v_div(sum[0], v_set1(divisor)));
    }
}

static void one_sum(float *out, const float *x, const lng_nest *w, float divisor)
{
    int64_t index[LNG_MAX_RANK] = {0};
    const int inner = w->rank - 1;
    ptrdiff_t at = 0;
    float sum = 0;
    do
        for (int64_t i = 0; i < w->extent[inner]; i++)
            sum += x[at + i * w->step[0][inner]];
    while (lng_nest_next(w, inner, 1, index, &at));
    *out = sum / divisor;
}

static void fast(const lng_call *call)
{
    const prepared *p = call->prepared;
    const lng_nest *kept = &p->over.kept, *reduced = &p->over.reduced;
    const int inner = kept->rank - 1;
    const ptrdiff_t gap = kept->step[0][inner];
    const int64_t n = kept->extent[inner];
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        const float *x = (const float *)call->in[0] + at[0];
        float *out = (float *)call->out[0] + at[1];
        if (call->node->out[0].per_example) {
            vector_sums(out, x, gap, reduced, n, p->divisor);
            continue;
        }
        int64_t i = gap == 1 ? n - n % LNG_LANES : 0;
        vector_sums(out, x, LNG_LANES, reduced, i / LNG_LANES, p->divisor);
        for (; i < n; i++)
            one_sum(out + i, x + i * gap, reduced, p->divisor);
    } while (lng_nest_next(kept, inner, 2, index, at));
}

lng_prepared lng_prepare_sum(const lng_node *n, int64_t divisor, lng_arena *arena)
{
    prepared *p = LNG_NEW(arena, prepared);
    reduction_of(&p->over, n);
    reduction_scale(&p->over, n->out[0].per_example);
    p->divisor = (float)divisor;
    return (lng_prepared){.kernel = fast, .data = p};
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    return lng_prepare_sum(n, 1, arena);
}
#endif

LNG_KERNELS(sum, naive, prepare);

#ifdef LNG_TABLE
static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_broadcast(r->graph, unreduced(r->graph, r->node, r->gout[0]), r->node->in[0]->shape);
}

const lng_op lng_op_sum = {
    .name = "sum",
    .about = "the sum over axes",
    .math = "y = the sum of x over the axes: from +0, by plain additions in row-major order",
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
