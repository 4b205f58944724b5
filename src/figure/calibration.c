/* Calibration: how often predictions are right, by the confidence that they were given; and how many there are of each. */
#include "figure/inside.h"

#define SIDE 380
#define LEFT 70
#define BARS 70 /* pixels of the histogram's height */

static void draw_bins(const lng_plot *p, const lng_plot *below, const lng_bin bin[LNG_BINS])
{
    double x[LNG_BINS], y[LNG_BINS], most = 1;
    size_t n = 0;
    lng_arena *a = p->canvas->out->arena;
    for (int b = 0; b < LNG_BINS; b++)
        most = (double)bin[b].count > most ? (double)bin[b].count : most;
    for (int b = 0; b < LNG_BINS; b++) {
        const double height = BARS * (double)bin[b].count / most, width = below->width / LNG_BINS;
        lng_canvas_box(p->canvas, "f7", below->left + width * b + 0.5, below->top + BARS - height, width - 1, height, 1);
        if (bin[b].count == 0)
            continue;
        x[n] = bin[b].confidence / (double)bin[b].count;
        y[n] = (double)bin[b].right / (double)bin[b].count;
        lng_canvas_line(p->canvas, "gap", lng_plot_x(p, x[n]), lng_plot_y(p, x[n]), lng_plot_x(p, x[n]), lng_plot_y(p, y[n]));
        n++;
    }
    lng_plot_curve(p, 0, x, y, n);
    for (int b = 0, i = 0; b < LNG_BINS; b++)
        if (bin[b].count > 0) {
            lng_plot_dot(
                p, 0, x[i], y[i],
                lng_format(a, "%lld predictions, mean confidence %.3f, accuracy %.3f", (long long)bin[b].count, x[i], y[i]));
            i++;
        }
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_bin bin[LNG_BINS];
    lng_arena *a = out->arena;
    lng_calibration(lng_drawn_scored(d), bin);
    lng_canvas c =
        lng_canvas_begin(out, "calibration", SIDE + LEFT + 16, SIDE + BARS + 84, lng_format(a, "Calibration of %s", d->model->name),
                         lng_format(a,
                                    "Accuracy of the predictions of the %s split against the mean confidence of those in the same "
                                    "of %d bins; on the diagonal, both are equal. Below, how many predictions each bin has.",
                                    lng_split_name(d->split), LNG_BINS),
                         alone);
    const lng_plot p = {&c, LEFT, 12, SIDE, SIDE, 0, 1, 0, 1, false}, below = {&c, LEFT, SIDE + 64, SIDE, BARS, 0, 1, 0, 1, false};
    lng_plot_axes(&p, "confidence", "accuracy");
    lng_canvas_line(&c, "axis", p.left, p.top + SIDE, p.left + SIDE, p.top);
    draw_bins(&p, &below, bin);
    lng_canvas_line(&c, "axis", LEFT, below.top + BARS, LEFT + SIDE, below.top + BARS);
    lng_canvas_text(&c, "dim", LNG_END, LEFT - 6, below.top + BARS, "count");
    lng_canvas_end(&c);
}

const lng_figure lng_figure_calibration = {
    .name = "calibration",
    .about = "how often predictions of a confidence are right",
    .needs_scores = true,
    .lacks = lng_lacks_probabilities,
    .draw = draw,
};
