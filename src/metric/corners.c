/* How many positives and others a limit on the scores lets through, as it falls. */
#include "metric/inside.h"

bool lng_corners_of(lng_arena *arena, const lng_scored *e, int64_t column, lng_corners *c)
{
    lng_ranking r;
    *c = (lng_corners){0};
    if (!lng_ranking_new(&r, arena, e->count * (column < 0 ? e->columns : 1)))
        return false;
    lng_rank_column(&r, e, column);
    if (r.unordered)
        return false;
    for (lng_tie t = {0}; lng_tie_next(&r, &t);)
        c->count++;
    c->at = LNG_NEW_N(arena, c->count, lng_corner);
    c->positives = r.positives;
    c->negatives = r.count - r.positives;
    size_t i = c->count;
    for (lng_tie t = {0}; lng_tie_next(&r, &t);) {
        const int64_t hits = r.positives - t.positives_below;
        c->at[--i] = (lng_corner){hits, r.count - t.first - hits};
    }
    return true;
}
