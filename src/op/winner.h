/* max, argmax and max_mask: each finds the winner among the numbers that are reduced to one. A later number wins over the best so far if it is
 * larger, or if it is NaN and the best is not. So the first of equals wins, and the first NaN wins over numbers. */
#include "op/reduce.h"

static void reduction_of_op(reduction *, const lng_node *); /* of the op: what it reduces */
/* What the op makes of the winner, which is number `winner` of those at at[0] of x, for element at[1] of the result. */
static void put(const lng_naive_call *, const reduction *, const ptrdiff_t at[2], int32_t winner, real best);

static inline bool wins(real x, real best)
{
    return !(x <= best) && best == best;
}

/* The winner's number, in row-major order, among those from element `at` on. */
static inline int32_t winner_of(lng_view x, ptrdiff_t at, const lng_nest *w, real *best)
{
    int64_t index[LNG_MAX_RANK] = {0};
    int32_t winner = 0, i = 0;
    *best = F(x, at);
    do {
        if (wins(F(x, at), *best))
            *best = F(x, at), winner = i;
        i++;
    } while (lng_nest_next(w, w->rank, 1, index, &at));
    return winner;
}

static void naive(const lng_naive_call *call)
{
    reduction r;
    reduction_of_op(&r, call->node);
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        real best;
        const int32_t winner = winner_of(call->in[0], at[0], &r.reduced, &best);
        put(call, &r, at, winner, best);
    } while (lng_nest_next(&r.kept, r.kept.rank, 2, index, at));
}

#ifdef LNG_FAST
static void v_put(const lng_call *, const reduction *, const ptrdiff_t at[2], i16 winner, v16 best); /* the same in lanes */

static inline i16 v_winner_of(const float *x, const lng_nest *w, v16 *best)
{
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at = 0;
    i16 winner = iv_set1(0), i = iv_set1(0);
    *best = v_load(x);
    do {
        v16 now = v_load(x + at);
        m16 stays = m_or(v_le(now, *best), v_isnan(*best));
        *best = v_select(stays, *best, now);
        winner = iv_select(stays, winner, i);
        i = iv_add(i, iv_set1(1));
    } while (lng_nest_next(w, w->rank, 1, index, &at));
    return winner;
}

static void fast(const lng_call *call)
{
    const reduction *r = call->prepared;
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        v16 best;
        const i16 winner = v_winner_of((const float *)call->in[0] + at[0], &r->reduced, &best);
        v_put(call, r, at, winner, best);
    } while (lng_nest_next(&r->kept, r->kept.rank, 2, index, at));
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->out[0].per_example)
        return (lng_prepared){0};
    reduction *r = LNG_NEW(arena, reduction);
    reduction_of_op(r, n);
    reduction_scale(r, true);
    return (lng_prepared){.kernel = fast, .data = r};
}
#endif
