/* Charts of text, for a terminal: curves in dots of braille, or in letters where there is no Unicode. And the figures that have this form. */
#ifndef LNG_REPORT_CHART_H
#define LNG_REPORT_CHART_H
#include "figure/figure.h"
#include "report/table.h"

enum { LNG_CHART_CURVES = 2, LNG_CHART_FRAME = 3 }; /* curves; lines of a chart beside its plot */
typedef struct lng_chart {
    const char *title;
    const double *x;                   /* ascending */
    const double *y[LNG_CHART_CURVES]; /* what is not finite leaves a gap; NULL: there is no such curve */
    const char *name[LNG_CHART_CURVES];
    size_t n;
    int columns, rows; /* of the plot; the labels on its left take LNG_CHART_LEFT more */
} lng_chart;
#define LNG_CHART_LEFT 11
/* Lines, each ended. Nothing if there is no number to show. */
void lng_chart_write(const lng_chart *, lng_text *, lng_look);

/* A figure as text; false if it has no such form. */
bool lng_figure_text(const lng_figure *, const lng_drawn *, lng_text *, lng_look);

#endif
