/* The confusion matrix as a heat map: counts, and the percentage of the row. */
#include "figure/inside.h"
#include <string.h>

#define MOST_CLASSES 40
#define CHARACTER    7.4 /* pixels of width, about */

static const char *lacks(const lng_drawn *d)
{
    if (!d->scores->confusion)
        return "the model predicts no class of a label";
    return d->scores->classes > MOST_CLASSES ? "there are more than 40 classes" : NULL;
}

static int64_t row_sum(const lng_scores *s, int64_t row)
{
    int64_t sum = 0;
    for (int64_t c = 0; c < s->classes; c++)
        sum += s->confusion[row * s->classes + c];
    return sum;
}

static void draw_cell(lng_canvas *c, double x, double y, double size, int64_t count, int64_t row, bool right)
{
    const double part = row > 0 ? (double)count / (double)row : 0, strength = right ? part : part * 3 < 1 ? part * 3 : 1;
    lng_arena *a = c->out->arena;
    char number[LNG_NUMBER_SIZE];
    const bool wide = size >= 36;
    lng_canvas_box(c, right ? "f0" : "f1", x + 0.5, y + 0.5, size - 1, size - 1, lng_shade(strength));
    if (count == 0)
        return;
    const char *over = lng_shade_text(strength);
    lng_canvas_text(c, wide ? over : lng_format(a, "small %s", over), LNG_MIDDLE, x + size / 2, y + size / 2 + (wide ? 0 : 4),
                    lng_copy(a, lng_grouped(number, count)));
    if (wide)
        lng_canvas_text(c, lng_format(a, "small %s", over), LNG_MIDDLE, x + size / 2, y + size / 2 + 13,
                        lng_format(a, part < 0.1 ? "%.1f %%" : "%.0f %%", 100 * part));
}

/* Characters of the longest name. */
static size_t longest(lng_arena *a, const lng_drawn *d, int64_t classes)
{
    size_t most = 1;
    for (int64_t k = 0; k < classes; k++) {
        const size_t n = strlen(lng_class_text(a, d, k));
        most = n > most ? n : most;
    }
    return most < 40 ? most : 40;
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    const lng_scores *s = d->scores;
    lng_arena *a = out->arena;
    const double size = s->classes <= 12 ? 46 : s->classes <= 20 ? 30 : 22, side = size * (double)s->classes;
    const double names = CHARACTER * (double)longest(a, d, s->classes);
    const bool upright = names > size; /* the heads of columns */
    const double left = 56 + names, top = 34 + (upright ? names : CHARACTER);
    int64_t right = 0;
    for (int64_t k = 0; k < s->classes; k++)
        right += s->confusion[k * s->classes + k];
    lng_canvas c = lng_canvas_begin(
        out, "confusion", left + side + 10, top + side + 10,
        lng_format(a, "Confusion matrix of %s, %s", d->model->name, lng_split_name(d->split)),
        lng_format(
            a,
            "Rows are labels, columns predictions. %lld of %lld examples are on the diagonal, where both agree. Mistakes are "
            "shaded three times as strongly.",
            (long long)right, (long long)s->count),
        alone);
    lng_canvas_text(&c, "", LNG_MIDDLE, left + side / 2, 14, "predicted");
    lng_canvas_text_up(&c, "", 16, top + side / 2, "label");
    for (int64_t k = 0; k < s->classes; k++) {
        const char *name = lng_class_text(a, d, k);
        const double at = size * ((double)k + 0.5);
        if (upright)
            lng_canvas_text_up(&c, "bold", left + at + 4, top - 8 - names / 2, name);
        else
            lng_canvas_text(&c, "bold", LNG_MIDDLE, left + at, top - 8, name);
        lng_canvas_text(&c, "bold", LNG_END, left - 8, top + at + 4, name);
    }
    for (int64_t y = 0; y < s->classes; y++) {
        const int64_t row = row_sum(s, y);
        for (int64_t x = 0; x < s->classes; x++)
            draw_cell(&c, left + size * (double)x, top + size * (double)y, size, s->confusion[y * s->classes + x], row, x == y);
    }
    lng_canvas_box(&c, "frame", left, top, side, side, 1);
    lng_canvas_end(&c);
}

const lng_figure lng_figure_confusion = {
    .name = "confusion",
    .about = "the confusion matrix as a heat map, with counts and percentages of the label",
    .needs_scores = true,
    .lacks = lacks,
    .draw = draw,
};
