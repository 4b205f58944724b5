/* The largest error. */
#include "metric/inside.h"

static bool compute(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    const int64_t n = e->count * e->columns;
    double most = 0;
    (void)arena;
    (void)intervals;
    for (int64_t i = 0; i < n && most == most; i++) {
        const double error = fabs((double)e->target[i] - (double)e->score[i]);
        if (!(error <= most))
            most = error;
    }
    m->figure[0] = most;
    return true;
}

const lng_metric lng_metric_max_error = {
    .name = "max_error",
    .about = "the largest absolute error, in the units of the targets: max_error(predictions, targets)",
    .math = "max(|y - x|) over the examples and, of several numbers, over these.",
    .example = "max_error(sum(out), to_float(label))",
    .takes = LNG_TAKES_NUMBERS,
    .lower = true,
    .compute = compute,
};
