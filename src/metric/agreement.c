/* Agreement of predictions and labels beyond chance, from the confusion matrix: Cohen's kappa and Matthews' correlation. */
#include "metric/inside.h"

/* Sums over the matrix, which are exact: of all examples, of the diagonal, of products of margins. */
typedef struct sums {
    double all, right, cross, actual, predicted;
} sums;

static sums sums_of(const lng_scored *e, lng_arena *arena)
{
    const int64_t classes = lng_score_classes(e->columns);
    int64_t *counts = lng_alloc_n(arena, (size_t)classes, (size_t)classes * sizeof *counts);
    sums s = {0};
    lng_confusion(e->score, e->label, e->count, e->columns, counts);
    for (int64_t c = 0; c < classes; c++) {
        double row = 0, column = 0;
        for (int64_t k = 0; k < classes; k++) {
            row += (double)counts[c * classes + k];
            column += (double)counts[k * classes + c];
        }
        s.all += row;
        s.right += (double)counts[c * classes + c];
        s.cross += row * column;
        s.actual += row * row;
        s.predicted += column * column;
    }
    return s;
}

/* Undefined where chance alone agrees completely. */
static bool compute_kappa(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    const sums s = sums_of(e, arena);
    (void)intervals;
    if (s.cross < s.all * s.all)
        m->figure[0] = (s.right * s.all - s.cross) / (s.all * s.all - s.cross);
    return true;
}

/* Undefined if all labels, or all predictions, are of one class. */
static bool compute_matthews(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    const sums s = sums_of(e, arena);
    const double actual = s.all * s.all - s.actual, predicted = s.all * s.all - s.predicted;
    (void)intervals;
    if (actual > 0 && predicted > 0)
        m->figure[0] = (s.right * s.all - s.cross) / (sqrt(actual) * sqrt(predicted));
    return true;
}

const lng_metric lng_metric_kappa = {
    .name = "kappa",
    .about = "Cohen's kappa, the agreement of predictions and labels beyond chance: kappa(scores, labels)",
    .math =
        "(p - c) / (1 - c): p is the accuracy, c what it would be if predictions and labels, as many of each class, were independent "
        "(Cohen, Educational and Psychological Measurement 20, 1960).",
    .example = "kappa(out, label)",
    .takes = LNG_TAKES_LABELS,
    .decides = true,
    .compute = compute_kappa,
};
const lng_metric lng_metric_matthews = {
    .name = "matthews",
    .about = "Matthews' correlation of predictions and labels: matthews(scores, labels)",
    .math =
        "(n h - sum(p t)) / sqrt((n^2 - sum(p^2)) (n^2 - sum(t^2))): of n examples, h are predicted right; p are predicted to be of a "
        "class, t are of it (Matthews, Biochimica et Biophysica Acta 405, 1975; for several classes, Gorodkin, Computational Biology and Chemistry 28, "
        "2004). Undefined if all predictions, or all labels, are of one class.",
    .example = "matthews(out, label)",
    .takes = LNG_TAKES_LABELS,
    .decides = true,
    .compute = compute_matthews,
};
