/* Training examples: the first of each class, or the first ones. */
#include "figure/inside.h"

#define LENGTH 110 /* bytes of a row */

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_arena *a = out->arena;
    int64_t *example;
    double width, height;
    const lng_range r = lng_split_range(d->data, LNG_TRAIN);
    const lng_array *images = lng_picture_field(r.part);
    const size_t label = lng_label_field(d->model), n = lng_samples_of(a, d, &example);
    lng_exhibit *exhibit = LNG_NEW_N(a, n + 1, lng_exhibit);
    for (size_t i = 0; i < n; i++) {
        const char *number = lng_format(a, "example %lld", (long long)example[i]);
        const char *class = label == SIZE_MAX ? NULL : lng_class_text(a, d, lng_label_at(&r, label, example[i]));
        if (images)
            exhibit[i] = (lng_exhibit){r.first + example[i], class ? class : number, class ? number : ""};
        else
            exhibit[i] = (lng_exhibit){0, class ? lng_format(a, "%s, %s", class, number) : number,
                                       lng_example_text(a, d, &r, example[i], LENGTH)};
    }
    lng_exhibits_size(images, n, &width, &height);
    lng_canvas c =
        lng_canvas_begin(out, "samples", width, height, lng_format(a, "Training examples of %s", d->data->name),
                         lng_format(a, label == SIZE_MAX ? "The first %zu." : "The first of each class, %zu in all.", n), alone);
    lng_draw_exhibits(&c, images, exhibit, n);
    lng_canvas_end(&c);
}

const lng_figure lng_figure_samples = {
    .name = "samples",
    .about = "training examples, as pictures or rows: the first of each class",
    .needs_data = true,
    .draw = draw,
};
