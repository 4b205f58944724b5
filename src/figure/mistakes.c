/* The most confident mistakes, or of predicted numbers those that are farthest off: as pictures, or as rows. */
#include "figure/inside.h"

#define SHOWN  12
#define LENGTH 110 /* bytes of a row */

static lng_exhibit exhibit_of(lng_arena *a, const lng_drawn *d, const lng_range *r, const lng_array *images, const lng_answer *x)
{
    const char *said = lng_answer_said(a, d, x), *right = lng_answer_right(a, d, x);
    if (images)
        return (lng_exhibit){r->first + x->example, said, right};
    return (lng_exhibit){r->first + x->example, lng_format(a, "example %lld: %s, %s", (long long)x->example, said, right),
                         lng_example_text(a, d, r, x->example, LENGTH)};
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_arena *a = out->arena;
    lng_answer mistake[SHOWN];
    lng_exhibit exhibit[SHOWN];
    double width, height;
    const lng_range range = lng_split_range(d->data, d->split);
    const lng_array *images = lng_picture_field(range.part);
    const bool numbers = lng_answers_are_numbers(d);
    const size_t n = lng_answers_find(d, true, mistake, SHOWN);
    for (size_t i = 0; i < n; i++)
        exhibit[i] = exhibit_of(a, d, &range, images, &mistake[i]);
    lng_exhibits_size(images, n, &width, &height);
    lng_canvas c = lng_canvas_begin(
        out, "mistakes", width, height,
        lng_format(a, numbers ? "The largest errors of %s" : "The most confident mistakes of %s", d->model->name),
        lng_format(a, "%zu examples of the %s split, each with what was predicted and what is right.", n, lng_split_name(d->split)),
        alone);
    lng_draw_exhibits(&c, images, exhibit, n);
    lng_canvas_end(&c);
}

static const char *lacks(const lng_drawn *d)
{
    lng_answer one;
    const char *why = lng_lacks_answers(d);
    return why ? why : lng_answers_find(d, true, &one, 1) ? NULL : "every prediction is right";
}

const lng_figure lng_figure_mistakes = {
    .name = "mistakes",
    .about = "the most confident mistakes, as pictures or rows; of predicted numbers, the largest errors",
    .needs_data = true,
    .needs_scores = true,
    .lacks = lacks,
    .draw = draw,
};
