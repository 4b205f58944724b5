/* y = the sum of x over axes.
 *
 * The fast kernel computes up to eight adjacent sums at once, so that additions overlap while each sum keeps its order. A shared sum takes 16
 * adjacent numbers as a vector if the last axis is kept, otherwise one number after the other. */
#include "op/sum.h"

#ifdef LNG_NAIVE
static void naive(const lng_naive_call *call)
{
    naive_sum(call, 1);
}
#endif

#ifdef LNG_FAST
typedef struct prepared {
    reduction over;
    float divisor;
} prepared;

/* The progress in reading the terms of some sums. */
typedef struct position {
    int64_t index[LNG_MAX_RANK], inner; /* of the outer loops; of the innermost */
    ptrdiff_t at;
    bool more;
} position;

/* The next terms, in the innermost loop and at most `left`: their number; *from: where the first one is. */
static inline int64_t next_terms(const lng_nest *w, position *p, int64_t left, ptrdiff_t *from)
{
    const int inner = w->rank - 1;
    const int64_t here = w->extent[inner] - p->inner, n = here < left ? here : left;
    *from = p->at + (ptrdiff_t)p->inner * w->step[0][inner];
    p->inner += n;
    if (p->inner == w->extent[inner]) {
        p->inner = 0;
        p->more = lng_nest_next(w, inner, 1, p->index, &p->at);
    }
    return n;
}

/* The next run of m sums (a constant) whose terms are `gap` floats apart: numbers of x or, if `by` is not NULL, products of both. */
static inline __attribute__((always_inline)) void add_run(v16 *run, const float *x, const float *by, ptrdiff_t gap,
                                                          const lng_nest *w, position *p, int m)
{
    const ptrdiff_t step = w->step[0][w->rank - 1];
    v16 sum[LONG_SUM_WIDTH];
    LNG_UNROLLED(k, m)
        sum[k] = v_zero();
    for (int64_t left = LONG_SUM_RUN, n; left > 0 && p->more; left -= n) {
        ptrdiff_t from;
        n = next_terms(w, p, left, &from);
        for (int64_t i = 0; i < n; i++) {
            LNG_UNROLLED(k, m) {
                const v16 term = v_loadu(x + from + i * step + k * gap);
                sum[k] = v_add(sum[k], by ? v_mul(term, v_loadu(by + from + i * step + k * gap)) : term);
            }
        }
    }
    LNG_UNROLLED(k, m)
        run[k] = sum[k];
}

/* m sums from number i on, divided. */
static inline __attribute__((always_inline)) void sums(float *out, const float *x, const float *by, int64_t i, ptrdiff_t gap,
                                                       const lng_nest *w, float divisor, int m)
{
    position p = {.more = true};
    v16 run[LONG_SUM_WIDTH];
    x += i * gap;
    by = by ? by + i * gap : NULL;
    add_run(run, x, by, gap, w, &p, m);
    if (p.more) {
        v_long_sum sum;
        for (sum.runs = 0; p.more; add_run(run, x, by, gap, w, &p, m))
            v_long_sum_add(&sum, run, m);
        v_long_sum_total(&sum, run, m);
    }
    for (int k = 0; k < m; k++)
        v_storeu(out + (i + k) * LNG_LANES, v_div(run[k], v_set1(divisor)));
}

/* The n vectors of sums of the innermost kept loop, `wide` at once. */
static inline __attribute__((always_inline)) void all_sums(float *out, const float *x, const float *by, ptrdiff_t gap,
                                                           const lng_nest *w, int64_t n, float divisor, int wide)
{
    int64_t i = 0;
    for (; i + wide <= n; i += wide)
        sums(out, x, by, i, gap, w, divisor, wide);
    for (; !by && i + 2 <= n; i += 2)
        sums(out, x, by, i, gap, w, divisor, 2);
    for (; i < n; i++)
        sums(out, x, by, i, gap, w, divisor, 1);
}

/* by: of a sum of products, or NULL. */
static void vector_sums(float *out, const float *x, const float *by, ptrdiff_t gap, const lng_nest *w, int64_t n, float divisor)
{
    if (by)
        all_sums(out, x, by, gap, w, n, divisor, LONG_SUM_WIDTH / 2); /* products take registers */
    else
        all_sums(out, x, NULL, gap, w, n, divisor, LONG_SUM_WIDTH);
}

static void one_sum(float *out, const float *x, const float *by, const lng_nest *w, float divisor)
{
    const ptrdiff_t step = w->step[0][w->rank - 1];
    position p = {.more = true};
    long_sum sum = {0};
    while (p.more) {
        ptrdiff_t from;
        const int64_t n = next_terms(w, &p, LONG_SUM_RUN, &from);
        for (int64_t i = 0; i < n; i++)
            long_sum_add(&sum, by ? x[from + i * step] * by[from + i * step] : x[from + i * step]);
    }
    *out = long_sum_total(&sum) / divisor;
}

static void fast(const lng_call *call)
{
    const prepared *p = call->prepared;
    const lng_nest *kept = &p->over.kept, *reduced = &p->over.reduced;
    const int inner = kept->rank - 1;
    const ptrdiff_t gap = kept->step[0][inner];
    const int64_t n = kept->extent[inner];
    const bool products = call->node->n_in > 1;
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        const float *x = (const float *)call->in[0] + at[0], *by = products ? (const float *)call->in[1] + at[0] : NULL;
        float *out = (float *)call->out[0] + at[1];
        if (call->node->out[0].per_example) {
            vector_sums(out, x, by, gap, reduced, n, p->divisor);
            continue;
        }
        int64_t i = gap == 1 ? n - n % LNG_LANES : 0;
        vector_sums(out, x, by, LNG_LANES, reduced, i / LNG_LANES, p->divisor);
        for (; i < n; i++)
            one_sum(out + i, x + i * gap, products ? by + i * gap : NULL, reduced, p->divisor);
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

LNG_ALWAYS_FAST(sum, naive, prepare);

#ifdef LNG_TABLE
static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_broadcast(r->graph, unreduced(r->graph, r->node, r->gout[0]), r->node->in[0]->shape);
}

const lng_op lng_op_sum = {
    .name = "sum",
    .about = "the sum over axes",
    .math = "y = the sum of x over the axes, in row-major order: up to 64 terms one after the other, from +0; more in runs of 64 "
            "terms, which are added in the tree that splits at the largest power of two below their number",
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is summed"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the sums"}),
    LNG_ATTRS(LNG_REDUCTION_ATTRS),
    .infer = infer_reduction,
    .vjp = vjp,
    .trial = "[3, 4] axes=[1] | [2, 3]",
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
static const lng_case cases[] = {LNG_SUM_CASES};
LNG_OP_CASES(sum);
#endif
