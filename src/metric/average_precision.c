/* Average precision: the area under the steps of the precision-recall curve. */
#include "metric/inside.h"

static double precision_of(const lng_ranking *r)
{
    double sum = 0;
    if (r->positives == 0 || r->unordered)
        return (double)NAN;
    for (lng_tie t = {0}; lng_tie_next(r, &t);)
        sum += (double)t.positives * ((double)(r->positives - t.positives_below) / (double)(r->count - t.first));
    return sum / (double)r->positives;
}

static bool compute(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    lng_ranking r;
    (void)intervals;
    if (!lng_ranking_new(&r, arena, e->count * (e->columns > 1 ? e->columns : 1)))
        return false;
    for (int64_t c = 0; c < e->columns; c++) {
        lng_rank_column(&r, e, c);
        m->per_class[c] = precision_of(&r);
    }
    lng_averages(e, false, m);
    lng_rank_column(&r, e, -1);
    m->figure[LNG_MICRO] = precision_of(&r);
    return true;
}

const lng_metric lng_metric_average_precision = {
    .name = "average_precision",
    .about = "area under the precision-recall curve of each class against the rest: average_precision(scores, labels)",
    .math =
        "The sum over the scores t, from the highest, of (R(t) - R(t before)) P(t): precision P and recall R of predicting the class "
        "where the score is at least t. Equal scores are one t, and nothing is interpolated (Davis and Goadrich, ICML 2006).",
    .example = "average_precision(out, label)",
    .takes = LNG_TAKES_TARGETS,
    .by_class = true,
    .compute = compute,
};
