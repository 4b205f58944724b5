/* Shared by the files of this room, and not for other rooms. */
#ifndef LNG_FIGURE_INSIDE_H
#define LNG_FIGURE_INSIDE_H
#include "figure/figure.h"

extern const lng_figure lng_figure_architecture, lng_figure_curves, lng_figure_confusion, lng_figure_roc, lng_figure_pr,
    lng_figure_calibration, lng_figure_coverage, lng_figure_pixels;

const char *lng_lacks_scores(const lng_drawn *);        /* a label or targets, and scores */
const char *lng_lacks_probabilities(const lng_drawn *); /* and they are probabilities */

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
