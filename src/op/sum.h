/* Sums over axes, for sum and mean. The definition is a chain: from +0, one addition for each reduced element, in row-major order.
 *
 * The fast kernel runs up to eight neighbouring sums at once, so that additions overlap, and each sum keeps its order. A shared sum
 * runs 16 neighbours in a vector where the last axis is kept; else the plain chain. */
#include "op/reduce.h"

static inline real finish(real sum, int64_t n); /* of the op */

static void naive(const lng_naive_call *call)
{
    reduction r;
    reduction_of(&r, call->node);
    int64_t kept[LNG_MAX_RANK] = {0}, n = reduced_size(call->node);
    ptrdiff_t at[2] = {0};
    do {
        int64_t reduced[LNG_MAX_RANK] = {0};
        ptrdiff_t x = at[0];
        real sum = 0;
        do
            sum += F(call->in[0], x);
        while (lng_walk_next(&r.reduced, r.reduced.rank, 1, reduced, &x));
        F(call->out[0], at[1]) = finish(sum, n);
    } while (lng_walk_next(&r.kept, r.kept.rank, 2, kept, at));
}

#ifdef LNG_FAST
static inline v16 v_finish(v16 sum, int64_t n); /* of the op */

/* m sums (a constant) whose terms lie `gap` floats apart. */
static inline __attribute__((always_inline)) void chains(v16 *sum, const float *x, ptrdiff_t gap, const lng_walk *w, int m)
{
    int64_t index[LNG_MAX_RANK] = {0};
    const int inner = w->rank - 1;
    ptrdiff_t at = 0, step = w->step[0][inner];
    for (int k = 0; k < m; k++)
        sum[k] = v_zero();
    do
        for (int64_t i = 0; i < w->extent[inner]; i++)
            for (int k = 0; k < m; k++)
                sum[k] = v_add(sum[k], v_loadu(x + at + i * step + k * gap));
    while (lng_walk_next(w, inner, 1, index, &at));
}

/* n vectors of sums: those of the innermost kept loop. */
static void vectors(float *out, const float *x, ptrdiff_t gap, const lng_walk *w, int64_t n, int64_t terms)
{
    v16 sum[8];
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        chains(sum, x + i * gap, gap, w, 8);
        for (int k = 0; k < 8; k++)
            v_storeu(out + (i + k) * LNG_LANES, v_finish(sum[k], terms));
    }
    for (; i + 2 <= n; i += 2) {
        chains(sum, x + i * gap, gap, w, 2);
        v_storeu(out + i * LNG_LANES, v_finish(sum[0], terms));
        v_storeu(out + (i + 1) * LNG_LANES, v_finish(sum[1], terms));
    }
    for (; i < n; i++) {
        chains(sum, x + i * gap, gap, w, 1);
        v_storeu(out + i * LNG_LANES, v_finish(sum[0], terms));
    }
}

static void chain(float *out, const float *x, const lng_walk *w, int64_t terms)
{
    int64_t index[LNG_MAX_RANK] = {0};
    const int inner = w->rank - 1;
    ptrdiff_t at = 0;
    float sum = 0;
    do
        for (int64_t i = 0; i < w->extent[inner]; i++)
            sum += x[at + i * w->step[0][inner]];
    while (lng_walk_next(w, inner, 1, index, &at));
    *out = finish(sum, terms);
}

static void fast(const lng_call *call)
{
    const reduction *r = call->plan;
    const lng_walk *kept = &r->kept;
    const int inner = kept->rank - 1;
    const ptrdiff_t gap = kept->step[0][inner];
    const int64_t n = kept->extent[inner], terms = reduced_size(call->node);
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        const float *x = (const float *)call->in[0] + at[0];
        float *out = (float *)call->out[0] + at[1];
        if (call->node->out[0].per_example) {
            vectors(out, x, gap, &r->reduced, n, terms);
            continue;
        }
        int64_t i = gap == 1 ? n - n % LNG_LANES : 0;
        vectors(out, x, LNG_LANES, &r->reduced, i / LNG_LANES, terms);
        for (; i < n; i++)
            chain(out + i, x + i * gap, &r->reduced, terms);
    } while (lng_walk_next(kept, inner, 2, index, at));
}

static lng_kernel *pick(const lng_node *n, lng_arena *arena, const void **plan, size_t *scratch)
{
    (void)scratch;
    reduction *r = LNG_NEW(arena, reduction);
    reduction_of(r, n);
    reduction_scale(r, n->out[0].per_example);
    *plan = r;
    return fast;
}
#endif
