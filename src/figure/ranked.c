/* ROC and precision-recall curves: of each class against the rest, of their mean, and of all pairs of an example and a class. */
#include "figure/inside.h"
#include <math.h>

#define SIDE 380
#define GRID 201 /* points of the mean curve */

typedef struct curve {
    double *x, *y;
    size_t n;
} curve;

bool lng_drawn_corners(lng_arena *a, const lng_drawn *d, int64_t column, lng_corners *c)
{
    const lng_scored *e = lng_drawn_scored(d);
    if (!d->corners)
        return lng_corners_of(a, e, column, c);
    *c = d->corners[column < 0 ? e->columns : column];
    return c->count > 0;
}

static curve curve_of(lng_arena *a, const lng_drawn *d, int64_t column, int kind)
{
    lng_corners r;
    curve c = {0};
    if (!lng_drawn_corners(a, d, column, &r) || r.positives == 0 || r.negatives == 0)
        return c;
    c.x = LNG_NEW_N(a, r.count + 1, double);
    c.y = LNG_NEW_N(a, r.count + 1, double);
    if (kind == LNG_CURVE_ROC)
        c.n = 1; /* from (0, 0) */
    for (size_t i = 0; i < r.count; i++, c.n++) {
        const double hits = (double)r.at[i].hits, false_alarms = (double)r.at[i].false_alarms;
        c.x[c.n] = kind == LNG_CURVE_ROC ? false_alarms / (double)r.negatives : hits / (double)r.positives;
        c.y[c.n] = kind == LNG_CURVE_ROC ? hits / (double)r.positives : hits / (hits + false_alarms);
    }
    return c;
}

/* Adds to the mean, at GRID values of x, the ROC curve between its corners. */
static void add_roc(const curve *c, double classes, double *mean)
{
    size_t i = 0;
    for (int g = 0; g < GRID; g++) {
        const double x = (double)g / (GRID - 1);
        while (i + 1 < c->n && c->x[i + 1] <= x)
            i++;
        const double dx = i + 1 < c->n ? c->x[i + 1] - c->x[i] : 0;
        mean[g] += (dx > 0 ? c->y[i] + (c->y[i + 1] - c->y[i]) * (x - c->x[i]) / dx : c->y[i]) / classes;
    }
}

/* Adds the best precision at a recall of at least x. */
static void add_pr(const curve *c, double classes, double *mean)
{
    size_t i = c->n;
    double best = 0;
    for (int g = GRID; g-- > 0;) {
        for (; i > 0 && c->x[i - 1] >= (double)g / (GRID - 1) - 1e-12; i--)
            best = c->y[i - 1] > best ? c->y[i - 1] : best;
        mean[g] += best / classes;
    }
}

static void draw_mean(const lng_plot *p, double *mean, bool roc)
{
    double x[GRID + 1], y[GRID + 1];
    x[0] = y[0] = 0;
    for (int g = 0; g < GRID; g++) {
        x[g + 1] = (double)g / (GRID - 1);
        y[g + 1] = mean[g];
    }
    lng_plot_curve(p, 0, roc ? x : x + 1, roc ? y : y + 1, roc ? GRID + 1 : GRID);
}

static const char *description(lng_arena *a, const lng_drawn *d, const lng_scored *e, int kind)
{
    return lng_format(
        a,
        kind == LNG_CURVE_ROC
            ? "The rate of true positives against that of false positives as the limit falls, for %lld class%s of %lld "
              "examples of the %s split: thin lines are classes."
            : "Precision against recall as the limit falls, for %lld class%s of %lld examples of the %s split: thin lines are "
              "classes.",
        (long long)e->columns, e->columns == 1 ? "" : "es", (long long)e->count, lng_split_name(d->split));
}

void lng_draw_ranked(const lng_drawn *d, lng_text *out, bool alone, int kind)
{
    const bool roc = kind == LNG_CURVE_ROC;
    lng_arena *a = out->arena;
    const lng_scored *e = lng_drawn_scored(d);
    double mean[GRID] = {0};
    bool whole = e->columns > 1;
    lng_canvas c = lng_canvas_begin(out, roc ? "roc" : "pr", SIDE + 86, SIDE + 60,
                                    lng_format(a, roc ? "ROC curves of %s" : "Precision and recall of %s", d->model->name),
                                    description(a, d, e, kind), alone);
    const lng_plot p = {&c, 70, 12, SIDE, SIDE, 0, 1, 0, 1, false};
    lng_plot_axes(&p, roc ? "false positive rate" : "recall", roc ? "true positive rate" : "precision");
    if (roc)
        lng_canvas_line(&c, "axis", p.left, p.top + SIDE, p.left + SIDE, p.top);
    for (int64_t k = 0; whole && k < e->columns && e->columns <= LNG_RANKED_COLUMNS; k++) {
        const curve one = curve_of(a, d, k, kind);
        whole = one.n > 0;
        if (whole) {
            lng_plot_curve(&p, -1, one.x, one.y, one.n);
            (roc ? add_roc : add_pr)(&one, (double)e->columns, mean);
        }
    }
    whole = whole && e->columns <= LNG_RANKED_COLUMNS;
    const curve micro = curve_of(a, d, -1, kind);
    if (whole)
        draw_mean(&p, mean, roc);
    if (micro.n > 0)
        lng_plot_curve(&p, whole ? 1 : 0, micro.x, micro.y, micro.n);
    if (e->columns > 1) {
        const int entries = whole ? 3 : 1;
        if (whole) {
            lng_plot_legend(&p, roc, true, entries, 0, 0, "macro");
            lng_plot_legend(&p, roc, true, entries, 2, -1, "each class");
        }
        lng_plot_legend(&p, roc, true, entries, whole, whole, "micro");
    }
    lng_canvas_end(&c);
}
