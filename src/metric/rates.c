/* Precision, recall and F1: rates of what was predicted, of what is there, and between both. */
#include "metric/inside.h"

/* Of one class: examples that are of it, those predicted to be, and those of which both is true. */
typedef struct hits {
    int64_t actual, predicted, both;
} hits;

typedef double rate_of(const hits *, lng_interval *);

/* Predictions of one label are of one class; each column of targets is predicted by itself. */
static void count(const lng_scored *e, hits *h)
{
    for (int64_t i = 0; i < e->count; i++) {
        const float *row = e->score + i * e->columns;
        const int64_t class = e->label ? lng_predicted(row, e->columns) : 0;
        for (int64_t c = 0; c < e->columns; c++) {
            const bool is = lng_example_is(e, i, c);
            const bool predicted = e->label ? class == lng_score_label(e->columns, c) : row[c] > 0.5f;
            h[c].actual += is;
            h[c].predicted += predicted;
            h[c].both += is && predicted;
        }
    }
}

static double precision(const hits *h, lng_interval *i)
{
    *i = lng_wilson((double)h->both, (double)h->predicted);
    return h->predicted ? (double)h->both / (double)h->predicted : 0;
}

static double recall(const hits *h, lng_interval *i)
{
    *i = lng_wilson((double)h->both, (double)h->actual);
    return (double)h->both / (double)h->actual;
}

static double f1(const hits *h, lng_interval *i)
{
    *i = LNG_NO_INTERVAL;
    return (double)(2 * h->both) / (double)(h->actual + h->predicted);
}

static bool compute(const lng_scored *e, lng_arena *arena, lng_measure *m, rate_of *rate)
{
    hits *h = LNG_NEW_N(arena, (size_t)e->columns, hits), all = {0};
    count(e, h);
    for (int64_t c = 0; c < e->columns; c++) {
        if (h[c].actual > 0)
            m->per_class[c] = rate(&h[c], &m->class_interval[c]);
        all.actual += h[c].actual;
        all.predicted += h[c].predicted;
        all.both += h[c].both;
    }
    lng_averages(e, false, m);
    lng_interval micro;
    if (all.actual > 0)
        m->figure[LNG_MICRO] = rate(&all, &micro);
    if (all.actual > 0 && e->label) /* the targets of one example are not independent */
        m->interval[LNG_MICRO] = micro;
    return true;
}

static bool compute_precision(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    (void)intervals;
    return compute(e, arena, m, precision);
}

static bool compute_recall(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    (void)intervals;
    return compute(e, arena, m, recall);
}

static bool compute_f1(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    (void)intervals;
    return compute(e, arena, m, f1);
}

#define PREDICTION                                                                                                                     \
    " Predicted is the class with the largest score; of one score for two classes, class 1 above 0.5; of several targets, each whose " \
    "score is above 0.5."

const lng_metric lng_metric_precision = {
    .name = "precision",
    .about = "the part of the examples predicted to be of a class that are: precision(scores, labels)",
    .math = "hits / predicted; 0 for a class that has examples and is never predicted." PREDICTION " Intervals are Wilson's.",
    .example = "precision(out, label)",
    .takes = LNG_TAKES_TARGETS,
    .by_class = true,
    .decides = true,
    .compute = compute_precision,
};
const lng_metric lng_metric_recall = {
    .name = "recall",
    .about = "the part of the examples of a class that are predicted to be: recall(scores, labels)",
    .math = "hits / examples of the class." PREDICTION " Intervals are Wilson's.",
    .example = "recall(out, label)",
    .takes = LNG_TAKES_TARGETS,
    .by_class = true,
    .decides = true,
    .compute = compute_recall,
};
const lng_metric lng_metric_f1 = {
    .name = "f1",
    .about = "the harmonic mean of precision and recall: f1(scores, labels)",
    .math = "2 hits / (predicted + examples of the class) (van Rijsbergen, Information Retrieval, 1979). macro is the mean of the "
            "F1 of the classes." PREDICTION,
    .example = "f1(out, label)",
    .takes = LNG_TAKES_TARGETS,
    .by_class = true,
    .decides = true,
    .compute = compute_f1,
};
