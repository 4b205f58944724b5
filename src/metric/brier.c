/* The mean squared error of probabilities. */
#include "metric/inside.h"

static bool compute(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    double sum = 0;
    (void)arena;
    (void)intervals;
    for (int64_t i = 0; i < e->count; i++)
        for (int64_t c = 0; c < e->columns; c++) {
            const double error = (double)e->score[i * e->columns + c] - lng_example_is(e, i, c);
            sum += error * error;
        }
    m->figure[0] = sum / (double)(e->count * (e->target ? e->columns : 1));
    return true;
}

const lng_metric lng_metric_brier = {
    .lower = true,
    .name = "brier",
    .about = "the Brier score, the mean squared error of probabilities: brier(probabilities, labels)",
    .math =
        "The mean over the examples of sum((p - y)^2) over the classes, from 0 to 2 (Brier, Monthly Weather Review 78, 1950); of one "
        "probability for two classes (p - y)^2, from 0 to 1; of targets, the mean of (p - y)^2 over all of them.",
    .example = "brier(out, label)",
    .takes = LNG_TAKES_TARGETS,
    .decides = true,
    .probabilities = true,
    .compute = compute,
};
