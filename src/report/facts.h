/* What the page and report.json both show, beside the scores: counted once, in one way. */
#ifndef LNG_REPORT_FACTS_H
#define LNG_REPORT_FACTS_H
#include "figure/figure.h"
#include "report/quantity.h"
#include "report/report.h"

/* ---- drawn.c ---- */
/* What figures are drawn from: the history, and the scores of the last split, by which to judge. */
lng_drawn lng_report_drawn(const lng_report *, lng_arena *);

/* ---- classes.c ---- */
enum { LNG_PRECISION, LNG_RECALL, LNG_F1, LNG_AUC, LNG_CLASS_FIGURES };
typedef struct lng_class_row {
    int64_t class, examples;
    double figure[LNG_CLASS_FIGURES];
    lng_interval recall;
} lng_class_row;
/* Figures of each class, the worst first; NULL: nothing predicts a class. */
const lng_class_row *lng_class_rows(lng_arena *, const lng_drawn *, size_t *count);
/* How many examples of each class a split has; NULL: it has no examples, or the classes are not known. */
const int64_t *lng_class_counts(lng_arena *, const lng_report *, lng_split);

/* Single predictions: of mistakes, and of the least sure, so many are shown. */
#define LNG_ANSWERS 12

/* ---- duplicates.c ---- */
typedef struct lng_duplicates {
    int64_t repeated;           /* training examples that repeat another one */
    int64_t leaked[LNG_SPLITS]; /* examples of the other splits that equal a training example */
    uint64_t digest;            /* of all examples, in their order */
} lng_duplicates;
lng_duplicates lng_duplicates_of(lng_arena *, const lng_report *);

/* ---- found.c: what takes a look at every number or prediction, and is looked for once ---- */
typedef struct lng_found {
    lng_stats *stats; /* of the training examples, by field; of a class nothing */
    lng_duplicates duplicates;
    const lng_class_row *class; /* lng_class_rows */
    size_t classes;
    const lng_corners *corners; /* lng_all_corners */
} lng_found;
const lng_found *lng_found_of(lng_arena *, const lng_report *);
/* Of the validation or test examples: "never trained on" or, if some are, how many equal a training example. */
const char *lng_held_out_note(lng_arena *, const lng_report *, lng_split);

/* ---- ranks.c ---- */
/* What ROC and precision-recall curves are drawn from, with the points left out that could not be told apart. */
typedef struct lng_ranks {
    int64_t column; /* -1: all of them together */
    int64_t positives, negatives;
    lng_corner *at;
    size_t count;
} lng_ranks;
const lng_ranks *lng_ranks_of(lng_arena *, const lng_drawn *, size_t *count);
const lng_corners *lng_all_corners(lng_arena *, const lng_drawn *); /* for lng_drawn; NULL: too many, or nothing is ranked */

/* ---- all of them, for report.json ---- */
typedef struct lng_facts {
    const lng_report *report;
    lng_arena *arena;
    lng_drawn drawn;
    const lng_scored *scored; /* what is drawn; NULL: no class is predicted */
    lng_quantities quantities;
    const int64_t *count[LNG_SPLITS];
    const lng_found *found;
    lng_answer mistake[LNG_ANSWERS], unsure[LNG_ANSWERS];
    size_t mistakes, unsures;
    bool answers; /* there are such predictions */
    lng_bin bin[LNG_BINS];
    const struct lng_factor *factor; /* factors.h */
    size_t factors;
    const lng_ranks *ranks; /* of each column, unless they are many, and (last) of all together */
    size_t rankings;
} lng_facts;

#endif
