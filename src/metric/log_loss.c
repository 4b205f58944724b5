/* The mean negative logarithm of the probability that was given to what is true. */
#include "kernel/dmath.h"
#include "metric/inside.h"

static double cost(float p)
{
    return -d_log(p > FLT_MIN ? (double)p : (double)FLT_MIN);
}

/* 1 - p is exact in double. */
static double binary_cost(float p, bool is)
{
    const double q = 1 - (double)p;
    return is ? cost(p) : -d_log(q > (double)FLT_MIN ? q : (double)FLT_MIN);
}

static bool compute(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    const bool binary = e->target || e->columns == 1;
    double sum = 0;
    (void)arena;
    (void)intervals;
    for (int64_t i = 0; i < e->count; i++) {
        const float *p = e->score + i * e->columns;
        if (!binary)
            sum += cost(p[e->label[i]]);
        else
            for (int64_t c = 0; c < e->columns; c++)
                sum += binary_cost(p[c], lng_example_is(e, i, c));
    }
    m->figure[0] = sum / (double)(e->count * (binary ? e->columns : 1));
    return true;
}

const lng_metric lng_metric_log_loss = {
    .lower = true,
    .name = "log_loss",
    .about = "the mean of -log(p), the probability given to what is true: log_loss(probabilities, labels)",
    .math =
        "The mean of -log(p at the label) (Good, Journal of the Royal Statistical Society B 14, 1952); of one probability for two classes, and of targets, "
        "the mean of -(y log(p) + (1 - y) log(1 - p)). A probability below 2^-126, the smallest that is computed, counts as that.",
    .example = "log_loss(out, label)",
    .takes = LNG_TAKES_TARGETS,
    .decides = true,
    .probabilities = true,
    .compute = compute,
};
