/* Predicted numbers against the right ones, and how far they are off: many marks in one place mean many examples. */
#include "figure/inside.h"
#include <math.h>

#define SIDE 380
#define LEFT 70
#define MOST 2000 /* marks, of examples at equal distances in the order of the data */

static const lng_scored *numbers_of(const lng_drawn *d)
{
    return lng_answers_are_numbers(d) ? lng_drawn_answered(d) : NULL;
}

static double right_of(const lng_scored *e, int64_t i)
{
    return (double)e->target[i];
}

static double said_of(const lng_scored *e, int64_t i)
{
    return (double)e->score[i];
}

static double off_by(const lng_scored *e, int64_t i)
{
    return said_of(e, i) - right_of(e, i);
}

typedef double number(const lng_scored *, int64_t i);

static void widen(const lng_scored *e, number *of, double *low, double *high)
{
    for (int64_t i = 0; i < e->count * e->columns; i++) {
        *low = fmin(*low, of(e, i));
        *high = fmax(*high, of(e, i));
    }
}

static int64_t step_of(const lng_scored *e)
{
    return (e->count + MOST - 1) / MOST;
}

static void draw_marks(const lng_plot *p, const lng_scored *e, number *x, number *y)
{
    for (int64_t i = 0; i < e->count; i += step_of(e))
        for (int64_t k = 0; k < e->columns; k++)
            lng_plot_mark(p, (int)k, x(e, i * e->columns + k), y(e, i * e->columns + k));
    for (int64_t k = 0; e->columns > 1 && k < e->columns && k < LNG_SERIES; k++)
        lng_plot_legend(p, true, true, (int)(e->columns < LNG_SERIES ? e->columns : LNG_SERIES), (int)k, (int)k,
                        lng_format(p->canvas->out->arena, "number %lld", (long long)k));
}

static const char *lacks(const lng_drawn *d)
{
    return numbers_of(d) ? NULL : "no metric compares predicted numbers with right ones, such as r2";
}

static const char *shown(lng_arena *a, const lng_drawn *d, const lng_scored *e)
{
    return lng_format(a, "%lld of %lld examples of the %s split", (long long)((e->count + step_of(e) - 1) / step_of(e)),
                      (long long)e->count, lng_split_name(d->split));
}

static void draw_predicted(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_arena *a = out->arena;
    const lng_scored *e = numbers_of(d);
    double low = (double)INFINITY, high = -(double)INFINITY;
    widen(e, right_of, &low, &high);
    widen(e, said_of, &low, &high);
    lng_round_range(&low, &high);
    lng_canvas c = lng_canvas_begin(out, "predicted", SIDE + LEFT + 16, SIDE + 60,
                                    lng_format(a, "Predicted and right numbers of %s", d->model->name),
                                    lng_format(a, "%s; on the diagonal, both are equal.", shown(a, d, e)), alone);
    const lng_plot p = {&c, LEFT, 12, SIDE, SIDE, low, high, low, high, false};
    lng_plot_axes(&p, "right", "predicted");
    lng_canvas_line(&c, "axis", p.left, p.top + SIDE, p.left + SIDE, p.top);
    draw_marks(&p, e, right_of, said_of);
    lng_canvas_end(&c);
}

static void draw_residuals(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_arena *a = out->arena;
    const lng_scored *e = numbers_of(d);
    double x0 = (double)INFINITY, x1 = -(double)INFINITY, y0 = 0, y1 = 0;
    widen(e, said_of, &x0, &x1);
    widen(e, off_by, &y0, &y1);
    lng_round_range(&x0, &x1);
    lng_round_range(&y0, &y1);
    lng_canvas c =
        lng_canvas_begin(out, "residuals", SIDE + LEFT + 16, SIDE + 60, lng_format(a, "Residuals of %s", d->model->name),
                         lng_format(a, "Predicted less right, against predicted: %s. The line is at zero.", shown(a, d, e)), alone);
    const lng_plot p = {&c, LEFT, 12, SIDE, SIDE, x0, x1, y0, y1, false};
    lng_plot_axes(&p, "predicted", "predicted less right");
    lng_canvas_line(&c, "axis", p.left, lng_plot_y(&p, 0), p.left + SIDE, lng_plot_y(&p, 0));
    draw_marks(&p, e, said_of, off_by);
    lng_canvas_end(&c);
}

const lng_figure lng_figure_predicted = {
    .name = "predicted",
    .about = "predicted numbers against the right ones; on the diagonal, both are equal",
    .needs_scores = true,
    .lacks = lacks,
    .draw = draw_predicted,
};

const lng_figure lng_figure_residuals = {
    .name = "residuals",
    .about =
        "how far predicted numbers are off, against what was predicted: without a pattern, if the model has caught all there is",
    .needs_scores = true,
    .lacks = lacks,
    .draw = draw_residuals,
};
