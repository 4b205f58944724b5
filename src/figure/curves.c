/* Learning curves: loss, and each metric that is a mean, of training and validation, epoch by epoch; the gradient's norm. */
#include "figure/inside.h"
#include "lang/model.h"
#include <math.h>
#include <string.h>

#define WIDTH   480
#define PANEL   250 /* pixels of height */
#define ABREAST 2

static size_t panels_of(lng_arena *a, const lng_drawn *d, const lng_columns *c, lng_panel panels[LNG_PANELS])
{
    size_t n = 0;
    panels[n++] = (lng_panel){"loss", lng_column_named(c, "loss"), lng_column_named(c, "validation_loss")};
    for (size_t k = 0; k < d->model->metrics && n + 2 < LNG_PANELS; k++) {
        const lng_model_metric *m = &d->model->metric[k];
        const char *figure = m->collective ? lng_figure_name(m->collective, 0) : NULL;
        const char *column = figure ? lng_format(a, "%s_%s", m->label, figure) : m->label;
        const lng_panel p = {figure ? lng_format(a, "%s %s", m->label, figure) : m->label,
                             m->collective ? NULL : lng_column_named(c, column),
                             lng_column_named(c, lng_format(a, "validation_%s", column))};
        if (p.training || p.validation)
            panels[n++] = p;
    }
    static const char *const column[] = {LNG_LEARNING_RATE, "gradient_norm"}, *const name[] = {"learning rate", "gradient norm"};
    for (int k = 0; k < 2; k++) {
        const double *y = lng_column_named(c, column[k]);
        if (y)
            panels[n++] = (lng_panel){name[k], y, NULL};
    }
    return n;
}

static void widen(double *low, double *high, const double *y, size_t n)
{
    for (size_t i = 0; y && i < n; i++)
        if (isfinite(y[i])) {
            *low = y[i] < *low ? y[i] : *low;
            *high = y[i] > *high ? y[i] : *high;
        }
}

/* The epoch with the least loss of validation, or else of training. */
static size_t best_epoch(const lng_panel *loss, size_t rows)
{
    const double *y = loss->validation ? loss->validation : loss->training;
    size_t best = 0;
    for (size_t i = 1; y && i < rows; i++)
        if (isfinite(y[i]) && !(y[best] <= y[i]))
            best = i;
    return best;
}

/* The corner that has the fewest points of the curves: bit 0: left, bit 1: bottom. */
static int empty_corner(const lng_plot *p, const double *epoch, const double *const line[2], size_t rows)
{
    int points[4] = {0}, best = 0;
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; line[i] && k < rows; k++) {
            const double x = (epoch[k] - p->x0) / (p->x1 - p->x0), y = (line[i][k] - p->y0) / (p->y1 - p->y0);
            for (int corner = 0; corner < 4; corner++)
                points[corner] += (corner & 1 ? x < 0.36 : x > 0.64) && (corner & 2 ? y < 0.36 : y > 0.64);
        }
    for (int corner = 1; corner < 4; corner++)
        best = points[corner] < points[best] ? corner : best;
    return best;
}

static void draw_panel(lng_canvas *c, const lng_panel *p, const double *epoch, size_t rows, size_t best, double left, double top)
{
    double low = (double)INFINITY, high = -(double)INFINITY, first = epoch[0], last = epoch[rows - 1];
    const double *line[] = {p->training, p->validation};
    static const char *const name[] = {"training", "validation"};
    const int lines = (p->training != NULL) + (p->validation != NULL);
    widen(&low, &high, p->training, rows);
    widen(&low, &high, p->validation, rows);
    if (low > high)
        return;
    lng_round_range(&low, &high);
    if (last == first) { /* in the middle */
        first--;
        last++;
    }
    const lng_plot plot = {c, left + 80, top + 16, WIDTH - 100, PANEL - 70, first, last, low, high, true};
    lng_plot_axes(&plot, "epoch", p->name);
    if (rows > 1)
        lng_canvas_line(c, "gap", lng_plot_x(&plot, epoch[best]), plot.top, lng_plot_x(&plot, epoch[best]), plot.top + plot.height);
    for (int i = 0; i < 2; i++)
        if (line[i]) {
            lng_plot_curve(&plot, i, epoch, line[i], rows);
            if (rows == 1)
                lng_plot_dot(&plot, i, epoch[0], line[i][0], name[i]);
        }
    const int corner = empty_corner(&plot, epoch, line, rows);
    for (int i = 0; i < 2 && lines > 1; i++)
        lng_plot_legend(&plot, !(corner & 1), corner & 2, lines, i, i, name[i]);
}

void lng_curves_of(lng_arena *a, const lng_drawn *d, lng_curves *to)
{
    const lng_columns c = lng_history_read(a, d->history);
    to->epoch = lng_column_named(&c, "epoch");
    to->panels = to->epoch ? panels_of(a, d, &c, to->panel) : 0;
    to->rows = c.rows;
    to->best = to->panels ? best_epoch(&to->panel[0], c.rows) : 0;
}

static const char *lacks(const lng_drawn *d)
{
    const char *line = strchr(d->history, '\n');
    return line && line[1] ? NULL : "the run ended before its first epoch did";
}

static const char *about(lng_arena *a, const lng_curves *c)
{
    return lng_format(a, "Loss and metrics after each of %zu epochs. The %s loss is least after epoch %.0f, where a line is drawn.",
                      c->rows, c->panel[0].validation ? "validation" : "training", c->epoch[c->best]);
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_arena *a = out->arena;
    lng_curves c;
    lng_curves_of(a, d, &c);
    const size_t across = c.panels < ABREAST ? c.panels : ABREAST, down = (c.panels + across - 1) / across;
    lng_canvas canvas = lng_canvas_begin(out, "curves", (double)(WIDTH * across), (double)(PANEL * down),
                                         lng_format(a, "Learning curves of %s", d->model->name), about(a, &c), alone);
    for (size_t i = 0; i < c.panels; i++)
        draw_panel(&canvas, &c.panel[i], c.epoch, c.rows, c.best, (double)(WIDTH * (i % across)), (double)(PANEL * (i / across)));
    lng_canvas_end(&canvas);
}

void lng_curves_markup(const lng_drawn *d, lng_text *out)
{
    lng_arena *a = out->arena;
    lng_curves c;
    lng_curves_of(a, d, &c);
    for (size_t i = 0; i < c.panels; i++) {
        lng_canvas canvas =
            lng_canvas_begin(out, lng_format(a, "curves-%zu", i), WIDTH, PANEL,
                             lng_format(a, "Learning curve of %s: %s", d->model->name, c.panel[i].name), about(a, &c), false);
        draw_panel(&canvas, &c.panel[i], c.epoch, c.rows, c.best, 0, 0);
        lng_canvas_end(&canvas);
    }
}

const lng_figure lng_figure_curves = {
    .name = "curves",
    .about = "loss and metrics, epoch by epoch; a line marks the epoch with the least validation loss",
    .needs_history = true,
    .lacks = lacks,
    .draw = draw,
};
