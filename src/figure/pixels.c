/* The pixels of one image: its values that are not zero, in their places. */
#include "data/image.h"
#include "figure/inside.h"

#define CELL      18
#define MOST_SIDE 64

/* The first field that is an image; SIZE_MAX: there is none. */
static size_t image_of(const lng_drawn *d)
{
    for (size_t i = 0; i < d->model->fields; i++) {
        const lng_data_field *f = &d->model->field[i];
        if (f->dtype == LNG_F32 && lng_shape_is_image(f->shape) && lng_shape_channels(f->shape) <= 4 &&
            !lng_shape_is_sequence(f->shape) && f->shape.dim[0] <= MOST_SIDE && f->shape.dim[1] <= MOST_SIDE)
            return i;
    }
    return SIZE_MAX;
}

static const char *lacks(const lng_drawn *d)
{
    return image_of(d) == SIZE_MAX ? "the model reads no image of at most 64 by 64 pixels" : NULL;
}

static double mean_at(const lng_array *x, int64_t pixel, int64_t channels)
{
    double sum = 0;
    for (int64_t k = 0; k < channels; k++)
        sum += lng_array_at(x, pixel * channels + k);
    return sum / (double)channels;
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    const lng_range range = lng_split_range(d->data, d->split);
    const lng_array *x = &range.part->array[image_of(d)];
    const int64_t rows = x->shape.dim[0], columns = x->shape.dim[1], channels = x->shape.rank == 3 ? x->shape.dim[2] : 1;
    const int64_t first = (range.first + d->example) * rows * columns;
    double least = mean_at(x, first, channels), most = least;
    int64_t count = 0;
    lng_arena *a = out->arena;
    for (int64_t i = 0; i < rows * columns; i++) {
        const double value = mean_at(x, first + i, channels);
        least = value < least ? value : least;
        most = value > most ? value : most;
        count += value != 0;
    }
    lng_canvas c =
        lng_canvas_begin(out, "pixels", CELL * (double)columns + 2, CELL * (double)rows + 2,
                         lng_format(a, "Pixels of %s example %lld", lng_split_name(d->split), (long long)d->example),
                         lng_format(a, "%lld by %lld pixels, of which %lld are not zero; these have their value, from %g to %g.",
                                    (long long)rows, (long long)columns, (long long)count, least, most),
                         alone);
    for (int64_t i = 0; i < rows * columns; i++) {
        const double value = mean_at(x, first + i, channels), part = most > least ? (value - least) / (most - least) : 0;
        const double left = 1 + CELL * (double)(i % columns), top = 1 + CELL * (double)(i / columns);
        if (value == 0)
            continue;
        lng_canvas_box(&c, "f0", left, top, CELL, CELL, lng_shade(part));
        lng_canvas_text(&c, lng_format(a, "mono %s", lng_shade_text(part)), LNG_MIDDLE, left + CELL / 2.0, top + 12,
                        lng_format(a, most > 9.5 ? "%.0f" : "%.1f", value));
    }
    lng_canvas_box(&c, "frame", 1, 1, CELL * (double)columns, CELL * (double)rows, 1);
    lng_canvas_end(&c);
}

const lng_figure lng_figure_pixels = {
    .name = "pixels",
    .about = "the values of one image that are not zero, in their places",
    .needs_data = true,
    .lacks = lacks,
    .draw = draw,
};
