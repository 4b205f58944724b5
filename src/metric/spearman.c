/* Spearman's rank correlation: the correlation of ranks, equal numbers sharing the mean of theirs. */
#include "metric/inside.h"

/* rank[i]: of value i, less the mean of all ranks, doubled, so that it is whole. */
static void rank_all(const float *value, int64_t columns, lng_ranking *r, int64_t n, double *rank)
{
    r->count = r->positives = 0;
    r->unordered = false;
    for (int64_t i = 0; i < n; i++)
        lng_rank_add(r, value[i * columns], false);
    lng_rank_sort(r);
    for (lng_tie t = {0}; lng_tie_next(r, &t);)
        for (int64_t i = t.first; i < t.end; i++)
            rank[lng_ranked_index(r->at[i])] = (double)(t.first + t.end - n);
}

static double correlation(const double *x, const double *y, int64_t n)
{
    double xy = 0, xx = 0, yy = 0;
    for (int64_t i = 0; i < n; i++) {
        xy += x[i] * y[i];
        xx += x[i] * x[i];
        yy += y[i] * y[i];
    }
    return xx > 0 && yy > 0 ? xy / (sqrt(xx) * sqrt(yy)) : (double)NAN;
}

static bool compute(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    lng_ranking r;
    double sum = 0, *x = LNG_NEW_N(arena, (size_t)e->count, double), *y = LNG_NEW_N(arena, (size_t)e->count, double);
    (void)intervals;
    if (!lng_ranking_new(&r, arena, e->count))
        return false;
    for (int64_t c = 0; c < e->columns; c++) {
        bool unordered;
        rank_all(e->score + c, e->columns, &r, e->count, x);
        unordered = r.unordered;
        rank_all(e->target + c, e->columns, &r, e->count, y);
        sum += unordered || r.unordered ? (double)NAN : correlation(x, y, e->count);
    }
    m->figure[0] = sum / (double)e->columns;
    return true;
}

const lng_metric lng_metric_spearman = {
    .name = "spearman",
    .about = "Spearman's correlation of the ranks of predictions and targets: spearman(predictions, targets)",
    .math =
        "The correlation of both ranks, where equal numbers share the mean of their ranks (Spearman, American Journal of Psychology 15, 1904); of several "
        "numbers, the mean of each number's. Undefined if all predictions, or all targets, are equal.",
    .example = "spearman(sum(out), to_float(label))",
    .takes = LNG_TAKES_NUMBERS,
    .compute = compute,
};
