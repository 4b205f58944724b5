/* Winners of reductions by size, for max, argmax and max_mask: a later number wins over the best so far when it is larger, or when it
 * is NaN and the best is not. So of equals the first wins, and the first NaN wins over numbers. */
#include "op/reduce.h"

static inline bool wins(real x, real best)
{
    return !(x <= best) && best == best;
}

/* The winner among an element's reduced numbers, which start at element `at`; returns its place in row-major order. */
static inline int32_t winner(lng_view x, ptrdiff_t at, const lng_walk *w, real *best)
{
    int64_t index[LNG_MAX_RANK] = {0};
    int32_t place = 0, i = 0;
    *best = F(x, at);
    do {
        if (wins(F(x, at), *best))
            *best = F(x, at), place = i;
        i++;
    } while (lng_walk_next(w, w->rank, 1, index, &at));
    return place;
}

#ifdef LNG_FAST
static inline i16 v_winner(const float *x, const lng_walk *w, v16 *best)
{
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at = 0;
    i16 place = iv_set1(0), i = iv_set1(0);
    *best = v_load(x);
    do {
        v16 now = v_load(x + at);
        m16 stays = m_or(v_le(now, *best), v_isnan(*best));
        *best = v_select(stays, *best, now);
        place = iv_select(stays, place, i);
        i = iv_add(i, iv_set1(1));
    } while (lng_walk_next(w, w->rank, 1, index, &at));
    return place;
}
#endif
