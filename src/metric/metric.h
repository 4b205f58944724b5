/* Metrics of a whole data set: those that are not means over its examples. Each is a file of this room and a row of the table; the
 * row's `math` has its formula, its conventions and its source, as lngraph-blocks(7) prints them.
 *
 * Figures by class. Class c against the rest is a binary problem; so is each column of targets. A class that has no examples, and where its
 * metric needs them, one that has no others, has no figure. Then macro, the mean over the classes, is undefined, and weighted is the mean
 * over the others, weighted by the number of their examples. micro takes all pairs of an example and a class as one binary problem.
 *
 * Pairs and hits are counted in integers and divided once. Sums of doubles are taken in an order that depends on the data alone. */
#ifndef LNG_METRIC_METRIC_H
#define LNG_METRIC_METRIC_H
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

/* What a metric is computed from. */
typedef struct lng_scored {
    int64_t count, columns;
    const float *score;   /* count x columns: scores, probabilities or predicted numbers */
    const int32_t *label; /* count: the class of each example; NULL: there are */
    const float *target;  /* count x columns: 1 if the example is of the column's class, else 0; or the number to predict */
} lng_scored;

/* One column of scores is a binary problem: the scores of class 1 of two. */
static inline int64_t lng_score_classes(int64_t columns)
{
    return columns == 1 ? 2 : columns;
}
/* The class that a column of scores is for. */
static inline int64_t lng_score_label(int64_t columns, int64_t column)
{
    return columns == 1 ? 1 : column;
}
/* The number of classes, for each of which lng_measure has the number of examples. */
static inline int64_t lng_example_classes(const lng_scored *e)
{
    return e->label ? lng_score_classes(e->columns) : e->columns;
}
static inline int64_t lng_example_class(const lng_scored *e, int64_t column)
{
    return e->label ? lng_score_label(e->columns, column) : column;
}
static inline bool lng_example_is(const lng_scored *e, int64_t i, int64_t column)
{
    return e->label ? e->label[i] == lng_score_label(e->columns, column) : e->target[i * e->columns + column] > 0.5f;
}
/* What is predicted: the first of the largest scores, NaN not being one unless all are; of a single column, 1 above 0.5, else 0. */
int64_t lng_predicted(const float *score, int64_t columns);
/* The probability that was given to what is predicted. */
double lng_confidence(const float *probability, int64_t columns, int64_t predicted);
bool lng_are_probabilities(const lng_scored *); /* all scores are from 0 to 1 */

/* A 95 % confidence interval; NaN: there is none. */
typedef struct lng_interval {
    double low, high;
} lng_interval;
#define LNG_NO_INTERVAL ((lng_interval){(double)NAN, (double)NAN})
/* Of a rate, from `hits` of `count` independent trials: Wilson's score interval (Journal of the American Statistical Association 22, 1927),
 * (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n), z = 1.96. */
lng_interval lng_wilson(double hits, double count);

/* ---- the metrics that a model file can name ---- */
typedef enum lng_metric_takes {
    LNG_TAKES_LABELS,  /* a score for each class, and a label */
    LNG_TAKES_TARGETS, /* this, or as many targets as scores, each 0 or 1 */
    LNG_TAKES_NUMBERS, /* predicted numbers, and as many right ones */
} lng_metric_takes;

enum { LNG_MACRO, LNG_WEIGHTED, LNG_MICRO, LNG_FIGURES };
/* NaN: undefined. */
typedef struct lng_measure {
    double figure[LNG_FIGURES];         /* the first lng_metric_figures() are the metric's */
    lng_interval interval[LNG_FIGURES]; /* of the figures */
    int64_t columns;                    /* figures by class; 0: none */
    double *per_class;
    lng_interval *class_interval;
    int64_t classes, *examples; /* of each class; 0: the metric has no classes */
} lng_measure;

/* The class that a figure by class is for. */
static inline int64_t lng_measure_class(const lng_measure *m, int64_t column)
{
    return m->classes == m->columns ? column : lng_score_label(m->columns, column);
}

typedef struct lng_metric lng_metric;
struct lng_metric {
    const char *name, *about, *math, *example;
    lng_metric_takes takes;
    bool by_class;      /* it has a figure for each class, and three averages; otherwise one figure */
    bool decides;       /* it predicts the class whose probability is above 0.5 if there is no largest score to predict */
    bool lower;         /* is better */
    bool probabilities; /* it takes probabilities rather than any scores */
    /* Fills figures and per_class, and the intervals that it has, if they are wanted; all are undefined before. false if there are too
     * many examples. The arena is for what it needs meanwhile. */
    bool (*compute)(const lng_scored *, lng_arena *, bool intervals, lng_measure *);
};
extern const lng_metric *const lng_metrics[];
extern const size_t lng_metric_count;
const lng_metric *lng_metric_find(const char *name); /* NULL when there is none */
/* The number of its figures, and their names: "macro"; NULL for the only one. */
int lng_metric_figures(const lng_metric *);
const char *lng_figure_name(const lng_metric *, int figure);

/* The arrays are the arena's. A label that is no class belongs to none. false if there are too many examples. */
bool lng_measure_compute(lng_arena *, const lng_metric *, const lng_scored *, bool intervals, lng_measure *);

/* counts[label * classes + prediction], where classes is lng_score_classes(columns). An example whose label is no class is not counted. */
void lng_confusion(const float *scores, const int32_t *labels, int64_t n, int64_t columns, int64_t *counts);

/* ---- two models on the same examples (paired.c) ---- */
/* Whether a difference is more than chance: p is the probability of one at least as large if there were none. */
typedef struct lng_paired {
    double first, second, difference; /* the figures, and the first less the second */
    double p;                         /* NaN: it cannot be told */
    int64_t only_first, only_second;  /* of accuracy: examples that only one of them predicts right */
} lng_paired;
/* Of predicted classes, by McNemar's test, exact: of the examples that only one predicts right, each is as likely to be either's
 * (Psychometrika 12, 1947). The labels are the same. */
lng_paired lng_compare_accuracy(const lng_scored *first, const lng_scored *second);
/* DeLong's test of two AUCs, macro where there are several classes; false: one is undefined. */
bool lng_compare_auc(lng_arena *, const lng_scored *first, const lng_scored *second, lng_paired *);

/* ---- for figures ---- */
/* Predictions of a confidence: bin b has those from b / LNG_BINS on. */
#define LNG_BINS 15
typedef struct lng_bin {
    int64_t count, right;
    double confidence; /* their sum */
} lng_bin;
void lng_calibration(const lng_scored *, lng_bin[LNG_BINS]);
/* Positives and others whose score is at least a limit, for each limit at which they become more, from the highest. */
typedef struct lng_corner {
    int64_t hits, false_alarms;
} lng_corner;
typedef struct lng_corners {
    lng_corner *at;
    size_t count;
    int64_t positives, negatives;
} lng_corners;
/* Of a column against the rest, or (-1) of all together; false if the scores cannot be ranked. */
bool lng_corners_of(lng_arena *, const lng_scored *, int64_t column, lng_corners *);

#endif
