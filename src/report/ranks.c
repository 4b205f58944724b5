/* Rankings of examples, short enough for a file. */
#include "report/facts.h"
#include <math.h>

#define NEAR 0.005 /* of both rates: a point so near to the last one is left out */

static lng_ranks thinned(lng_arena *a, const lng_corners *c, int64_t column)
{
    lng_ranks r = {column, c->positives, c->negatives, LNG_NEW_N(a, c->count, lng_corner), 0};
    const double m = c->positives ? (double)c->positives : 1, n = c->negatives ? (double)c->negatives : 1;
    lng_corner last = {0, 0};
    for (size_t i = 0; i < c->count; i++) {
        const lng_corner p = c->at[i];
        const double far = fmax((double)(p.hits - last.hits) / m, (double)(p.false_alarms - last.false_alarms) / n);
        if (far < NEAR && i + 1 < c->count)
            continue;
        last = r.at[r.count++] = p;
    }
    return r;
}

static int64_t columns_of(const lng_scored *e)
{
    return e->columns > 1 && e->columns <= LNG_RANKED_COLUMNS ? e->columns : 0;
}

const lng_corners *lng_all_corners(lng_arena *a, const lng_drawn *d)
{
    const lng_scored *e = d->scores ? lng_drawn_scored(d) : NULL;
    if (!e || e->columns > LNG_RANKED_COLUMNS)
        return NULL;
    lng_corners *all = LNG_NEW_N(a, (size_t)e->columns + 1, lng_corners);
    for (int64_t c = 0; c < e->columns; c++)
        lng_corners_of(a, e, c, &all[c]);
    lng_corners_of(a, e, -1, &all[e->columns]);
    return all;
}

const lng_ranks *lng_ranks_of(lng_arena *a, const lng_drawn *d, size_t *count)
{
    const int64_t columns = columns_of(lng_drawn_scored(d));
    lng_ranks *r = LNG_NEW_N(a, (size_t)columns + 1, lng_ranks);
    lng_corners corners;
    *count = 0;
    for (int64_t c = 0; c <= columns; c++)
        if (lng_drawn_corners(a, d, c < columns ? c : -1, &corners))
            r[(*count)++] = thinned(a, &corners, c < columns ? c : -1);
    return r;
}
