/* A canvas that writes SVG: lines, boxes, text, and plots with axes, ticks and a legend.
 *
 * Coordinates are in pixels of the figure's natural size. Colors are classes of lng_figure_style: series 0 to 7 are those of Okabe and Ito
 * (Color Universal Design, 2008), told apart by color-blind readers, and have different dashes; light and dark follow the reader. */
#ifndef LNG_FIGURE_CANVAS_H
#define LNG_FIGURE_CANVAS_H
#include "base/text.h"

typedef struct lng_canvas {
    lng_text *out;
    double width, height;
} lng_canvas;

/* Style of figures and of the page around them: colors as variables, --bg, --ink, --dim, --grid, --c0 to --c7. */
extern const char lng_figure_style[];
#define LNG_SERIES 8

/* The SVG element, with title and description for those who do not see it. `name` is unique in its page; alone: a file of its own, which needs
 * its namespace and its style. */
lng_canvas lng_canvas_begin(lng_text *, const char *name, double width, double height, const char *title, const char *about,
                            bool alone);
void lng_canvas_end(lng_canvas *);

/* A text as markup: escaped, and printable; lines stay lines. */
void lng_markup(lng_text *, const char *text);
/* class: "axis", "grid", "s0" ... of lines; "f0" ... of boxes; "", "dim", "small" ... of text, "halo" of text on marks. */
void lng_canvas_line(lng_canvas *, const char *class, double x0, double y0, double x1, double y1);
void lng_canvas_box(lng_canvas *, const char *class, double x, double y, double width, double height, double opacity);
/* The opacity of a box that is to show a part from 0 to 1, so that text on it can be read in light and dark: below a half it is in ink, else,
 * where the box is nearly opaque, in the class "over". */
double lng_shade(double part);
static inline const char *lng_shade_text(double part)
{
    return part < 0.5 ? "" : "over";
}
typedef enum { LNG_START, LNG_MIDDLE, LNG_END } lng_anchor;
void lng_canvas_text(lng_canvas *, const char *class, lng_anchor, double x, double y, const char *text);
void lng_canvas_text_up(lng_canvas *, const char *class, double x, double y, const char *text); /* from below to above, centered */

/* A picture (a data: URI), enlarged without smoothing. */
void lng_canvas_picture(lng_canvas *, double x, double y, double width, double height, const char *uri);

/* An area with a horizontal and a vertical axis. */
typedef struct lng_plot {
    lng_canvas *canvas;
    double left, top, width, height;
    double x0, x1, y0, y1; /* of the data, at the edges */
    bool counts;           /* x is a whole number */
} lng_plot;
/* Grid, ticks at round numbers, and labels; y_label may be NULL. */
void lng_plot_axes(const lng_plot *, const char *x_label, const char *y_label);
double lng_plot_x(const lng_plot *, double x);
double lng_plot_y(const lng_plot *, double y);
/* Points in order, joined. Points that are not finite leave a gap; those that would not be seen are left out. */
void lng_plot_curve(const lng_plot *, int series, const double *x, const double *y, size_t n);
void lng_plot_mark(const lng_plot *, int series, double x,
                   double y); /* small, for many; of a series past the last color, a square */
void lng_plot_dot(const lng_plot *, int series, double x, double y, const char *title);
/* Entry i of a legend, below each other from the plot's corner (right or left, top or bottom). */
void lng_plot_legend(const lng_plot *, bool right, bool bottom, int entries, int i, int series, const char *text);
/* Widens a range that is empty or a single number, and rounds its ends to the ticks. */
void lng_round_range(double *low, double *high);

#endif
