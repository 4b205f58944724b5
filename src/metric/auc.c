/* Exact AUC, by counting pairs of a positive and a negative, and its interval.
 *
 * In the order of the scores, equal scores with p positives, q negatives and b negatives below them add p (2 b + q) to twice the number of
 * pairs: an integer, so neither the order of the examples nor rounding shows in the result.
 *
 * DeLong's variance comes from the same walk. An example's component is the part of the pairs that it is in which are in order: a positive's
 * is (b + q / 2) / negatives; a negative's, likewise, counts the positives above it. With A_i the component of example i less the AUC,
 * divided by sqrt(m (m - 1)) of its own side's number m, the variance is the sum of A_i^2. That is DeLong's S10 / m + S01 / n, and the sum
 * of A_i B_i is his covariance of two AUCs; so the variance of macro is the sum of squares of each example's mean A over the classes. In micro
 * an example is in several pairs that are not independent; its components are added before they are squared. */
#include "metric/inside.h"

typedef struct work {
    const lng_scored *examples;
    lng_ranking ranking;
    double *component; /* of each example, in one AUC; NULL: no intervals are wanted */
    double *mean;      /* of each example, over the classes */
} work;

static double auc_of(const lng_ranking *r)
{
    const uint64_t positives = (uint64_t)r->positives, negatives = (uint64_t)(r->count - r->positives);
    if (!positives || !negatives || r->unordered)
        return (double)NAN;
    uint64_t twice = 0;
    for (lng_tie t = {0}; lng_tie_next(r, &t);) {
        const int64_t q = t.end - t.first - t.positives, below = t.first - t.positives_below;
        twice += (uint64_t)t.positives * (uint64_t)(2 * below + q);
    }
    return (double)twice / (double)(2 * positives * negatives);
}

/* Adds A of each score of the ranking to its example's component; `each`: scores per example. */
static void add_components(work *w, double auc, int64_t each)
{
    const lng_ranking *r = &w->ranking;
    const double m = (double)r->positives, n = (double)(r->count - r->positives);
    for (lng_tie t = {0}; lng_tie_next(r, &t);) {
        const double q = (double)(t.end - t.first - t.positives), below = (double)(t.first - t.positives_below);
        const double above = m - (double)(t.positives_below + t.positives);
        const double positive = ((below + q / 2) / n - auc) / sqrt(m * (m - 1));
        const double negative = ((above + (double)t.positives / 2) / m - auc) / sqrt(n * (n - 1));
        for (int64_t i = t.first; i < t.end; i++)
            w->component[lng_ranked_index(r->at[i]) / each] += lng_is_positive(r->at[i]) ? positive : negative;
    }
}

/* Without a variance there is no interval: the scores are few, all equal, or separate the classes completely. */
static lng_interval interval_of(double auc, const double *component, int64_t n)
{
    double variance = 0;
    for (int64_t i = 0; i < n; i++)
        variance += component[i] * component[i];
    if (!(variance > 0) || isinf(variance))
        return LNG_NO_INTERVAL;
    const double half = LNG_Z95 * sqrt(variance);
    return (lng_interval){auc > half ? auc - half : 0, auc + half < 1 ? auc + half : 1};
}

/* The AUC of a column, or (-1) of all together, with its interval and, in w->component, what it is computed from. */
static double solve(work *w, int64_t column, lng_interval *interval)
{
    const int64_t n = w->examples->count;
    lng_rank_column(&w->ranking, w->examples, column);
    const double auc = auc_of(&w->ranking);
    for (int64_t i = 0; w->component && i < n; i++)
        w->component[i] = 0;
    if (!w->component || isnan(auc))
        return auc;
    add_components(w, auc, column < 0 ? w->examples->columns : 1);
    *interval = interval_of(auc, w->component, n);
    return auc;
}

/* Every column, and in w->mean, what the mean of their AUCs is computed from. false if there are too many examples. */
static bool solve_columns(work *w, lng_arena *arena, bool intervals, double *auc, lng_interval *interval)
{
    const lng_scored *e = w->examples;
    if (!lng_ranking_new(&w->ranking, arena, e->count * (e->columns > 1 ? e->columns : 1)))
        return false;
    if (intervals) {
        w->component = LNG_NEW_N(arena, (size_t)e->count, double);
        w->mean = LNG_NEW_N(arena, (size_t)e->count, double);
    }
    for (int64_t c = 0; c < e->columns; c++) {
        auc[c] = solve(w, c, &interval[c]);
        for (int64_t i = 0; intervals && i < e->count; i++)
            w->mean[i] += w->component[i] / (double)e->columns;
    }
    return true;
}

static bool compute(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    work w = {.examples = e};
    if (!solve_columns(&w, arena, intervals, m->per_class, m->class_interval))
        return false;
    lng_averages(e, true, m);
    if (intervals && !isnan(m->figure[LNG_MACRO]))
        m->interval[LNG_MACRO] = interval_of(m->figure[LNG_MACRO], w.mean, e->count);
    m->figure[LNG_MICRO] = solve(&w, -1, &m->interval[LNG_MICRO]);
    return true;
}

const double *lng_auc_parts(const lng_scored *e, lng_arena *arena, double *auc)
{
    work w = {.examples = e};
    double *each = LNG_NEW_N(arena, (size_t)e->columns, double);
    lng_interval *interval = LNG_NEW_N(arena, (size_t)e->columns, lng_interval);
    *auc = 0;
    if (!solve_columns(&w, arena, true, each, interval))
        return NULL;
    for (int64_t c = 0; c < e->columns; c++)
        *auc += each[c] / (double)e->columns;
    return isnan(*auc) ? NULL : w.mean;
}

const lng_metric lng_metric_auc = {
    .name = "auc",
    .about = "area under the ROC curve of each class against the rest, exact, ties counting half: auc(scores, labels)",
    .math =
        "(pairs in which the positive scores higher than the negative + half the ties) / (positives * negatives) (Hanley and McNeil, "
        "Radiology 143, 1982). The intervals are DeLong's (DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988), from the parts "
        "of its pairs that each example wins; in micro, the parts of one example are added first (Obuchowski, Biometrics 53, 1997). "
        "There is none if these parts do not vary, as those of a perfect ranking.",
    .example = "auc(out, label)",
    .takes = LNG_TAKES_TARGETS,
    .by_class = true,
    .compute = compute,
};
