/* The coefficient of determination. */
#include "metric/inside.h"

static double column_r2(const lng_scored *e, int64_t c)
{
    double mean = 0, left = 0, all = 0;
    for (int64_t i = 0; i < e->count; i++)
        mean += (double)e->target[i * e->columns + c];
    mean /= (double)e->count;
    for (int64_t i = 0; i < e->count; i++) {
        const double y = (double)e->target[i * e->columns + c], error = y - (double)e->score[i * e->columns + c];
        left += error * error;
        all += (y - mean) * (y - mean);
    }
    return all > 0 ? 1 - left / all : (double)NAN;
}

static bool compute(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    double sum = 0;
    (void)arena;
    (void)intervals;
    for (int64_t c = 0; c < e->columns; c++)
        sum += column_r2(e, c);
    m->figure[0] = sum / (double)e->columns;
    return true;
}

const lng_metric lng_metric_r2 = {
    .name = "r2",
    .about = "R squared, the part of the targets' variance that the predictions explain: r2(predictions, targets)",
    .math =
        "1 - sum((y - x)^2) / sum((y - mean(y))^2) over the examples (Wright, Journal of Agricultural Research 20, 1921); of several numbers, the mean of "
        "each number's. Below 0, the mean predicts better. Undefined if a number's target is always the same.",
    .example = "r2(sum(out), to_float(label))",
    .takes = LNG_TAKES_NUMBERS,
    .compute = compute,
};
