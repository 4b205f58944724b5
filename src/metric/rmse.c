/* The root of the mean squared error. */
#include "metric/inside.h"

static bool compute(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    const int64_t n = e->count * e->columns;
    double sum = 0;
    (void)arena;
    (void)intervals;
    for (int64_t i = 0; i < n; i++) {
        const double error = (double)e->target[i] - (double)e->score[i];
        sum += error * error;
    }
    m->figure[0] = sqrt(sum / (double)n);
    return true;
}

const lng_metric lng_metric_rmse = {
    .name = "rmse",
    .about = "the root mean squared error, in the units of the targets: rmse(predictions, targets)",
    .math =
        "sqrt(mean((y - x)^2)), the mean being over the examples and, of several numbers, over these: the root is taken once. The loss "
        "rmse, which in a list of metrics is called std.rmse, takes it for each example; the mean of these roots is never larger, and for "
        "one number it is the mean absolute error.",
    .example = "rmse(sum(out), to_float(label))",
    .takes = LNG_TAKES_NUMBERS,
    .lower = true,
    .compute = compute,
};
