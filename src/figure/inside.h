/* Shared by the files of this room, and not for other rooms. */
#ifndef LNG_FIGURE_INSIDE_H
#define LNG_FIGURE_INSIDE_H
#include "figure/figure.h"

extern const lng_figure lng_figure_architecture, lng_figure_curves, lng_figure_confusion, lng_figure_roc, lng_figure_pr,
    lng_figure_calibration, lng_figure_coverage, lng_figure_pixels, lng_figure_mistakes, lng_figure_samples, lng_figure_filters,
    lng_figure_activations, lng_figure_embedding, lng_figure_predicted, lng_figure_residuals, lng_figure_outputs;

const char *lng_lacks_scores(const lng_drawn *);        /* a label or targets, and scores */
const char *lng_lacks_probabilities(const lng_drawn *); /* and they are probabilities */

/* ---- exhibits.c: examples side by side, as pictures with two lines below, or as rows of a table ---- */
typedef struct lng_exhibit {
    int64_t row;               /* of the part */
    const char *first, *under; /* lines; those of a row are long */
} lng_exhibit;
void lng_draw_exhibits(lng_canvas *, const lng_array *images, const lng_exhibit *, size_t n);
void lng_exhibits_size(const lng_array *images, size_t n, double *width, double *height);

float lng_largest(const float *, int64_t n); /* of absolute values */

/* ---- pca.c: the two directions in which rows differ most ---- */
#define LNG_PCA_AXES 2
/* Replaces rows of numbers, count x size, by their distances from the mean along them: at[i * 2], at[i * 2 + 1]. part: of the variance. */
void lng_pca(lng_arena *, double *x, int64_t count, int64_t size, double *at, double part[LNG_PCA_AXES]);

/* ---- history.c: history.csv as columns ---- */
typedef struct lng_columns {
    const char **name;
    double **value; /* NaN: an empty cell */
    size_t columns, rows;
} lng_columns;
lng_columns lng_history_read(lng_arena *, const char *csv);
const double *lng_column_named(const lng_columns *, const char *name); /* NULL: there is none, or no number in it */

/* ---- ranked.c: curves that come from examples in the order of their scores ---- */
enum { LNG_CURVE_ROC, LNG_CURVE_PR };
void lng_draw_ranked(const lng_drawn *, lng_text *, bool alone, int kind);

#endif
