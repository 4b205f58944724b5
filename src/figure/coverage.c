/* Coverage against accuracy: what accuracy remains if only the most confident predictions are answered. */
#include "figure/inside.h"

#define WIDTH  366
#define HEIGHT 320

/* The confidence of each prediction, and whether it is right: a binary problem, whose corners are the curve. */
static lng_scored confidences(lng_arena *a, const lng_scored *e)
{
    float *confidence = LNG_NEW_N(a, (size_t)e->count, float), *right = LNG_NEW_N(a, (size_t)e->count, float);
    for (int64_t i = 0; i < e->count; i++) {
        const float *p = e->score + i * e->columns;
        const int64_t k = lng_predicted(p, e->columns);
        confidence[i] = (float)lng_confidence(p, e->columns, k);
        right[i] = (float)(k == e->label[i]);
    }
    return (lng_scored){e->count, 1, confidence, NULL, right};
}

static const char *lacks(const lng_drawn *d)
{
    const lng_scored *e = lng_drawn_scored(d);
    return e && !e->label ? "the model predicts no class of a label" : lng_lacks_probabilities(d);
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_arena *a = out->arena;
    lng_corners r = {0};
    const lng_scored e = confidences(a, lng_drawn_scored(d));
    double least = 1;
    lng_corners_of(a, &e, 0, &r);
    double *x = LNG_NEW_N(a, r.count + 1, double), *y = LNG_NEW_N(a, r.count + 1, double);
    for (size_t i = 0; i < r.count; i++) {
        x[i] = (double)(r.at[i].hits + r.at[i].false_alarms) / (double)e.count;
        y[i] = (double)r.at[i].hits / (double)(r.at[i].hits + r.at[i].false_alarms);
        least = x[i] > 0.05 && y[i] < least ? y[i] : least;
    }
    double high = 1;
    lng_round_range(&least, &high);
    lng_canvas c = lng_canvas_begin(
        out, "coverage", WIDTH + 100, HEIGHT + 60, lng_format(a, "Coverage and accuracy of %s", d->model->name),
        lng_format(
            a, "The accuracy of the most confident predictions of the %s split, against the part of all examples that they are.",
            lng_split_name(d->split)),
        alone);
    const lng_plot p = {&c, 80, 12, WIDTH, HEIGHT, 0, 1, least < 1 ? least : 0.9, 1, false};
    lng_plot_axes(&p, "coverage: part of the examples that are answered", "accuracy");
    size_t first = 0; /* the first predictions are too few to tell */
    while (first + 1 < r.count && y[first] < p.y0)
        first++;
    lng_plot_curve(&p, 0, x + first, y + first, r.count - first);
    lng_canvas_end(&c);
}

const lng_figure lng_figure_coverage = {
    .name = "coverage",
    .about = "the accuracy of the most confident predictions, against how many they are",
    .needs_scores = true,
    .lacks = lacks,
    .draw = draw,
};
