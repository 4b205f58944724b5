/* The weights of the first layer: a picture for each filter, or one of all weights where the layer does not see an image. */
#include "data/image.h"
#include "figure/inside.h"
#include <math.h>

#define ACROSS  8
#define SIDE    84 /* of a filter, in pixels */
#define STEP    108
#define EDGE    10
#define MOST    64   /* pictures */
#define LARGEST 4096 /* rows or columns of a picture */

/* Weights [height, width, channels, filters]. */
typedef struct filters {
    const lng_variable *variable;
    int64_t height, width, channels, count;
} filters;

/* The image that is seen by a layer of so many inputs; NULL: it sees none. */
static const lng_shape *image_of(const lng_model *m, int64_t inputs)
{
    for (size_t i = 0; i < m->fields; i++)
        if (lng_shape_is_image(m->field[i].shape) && lng_shape_size(m->field[i].shape) == inputs)
            return &m->field[i].shape;
    return NULL;
}

static filters filters_of(const lng_model *m)
{
    size_t i = 0;
    while (i < m->variables && !(m->variable[i].parameter && m->variable[i].shape.rank >= 2))
        i++;
    if (i == m->variables)
        return (filters){NULL, 0, 0, 0, 0};
    const lng_variable *v = &m->variable[i];
    const int64_t *dim = v->shape.dim;
    const lng_shape *image = v->shape.rank == 2 ? image_of(m, dim[0]) : NULL;
    if (v->shape.rank == 4)
        return (filters){v, dim[0], dim[1], dim[2], dim[3]};
    if (v->shape.rank == 3)
        return (filters){v, 1, dim[0], dim[1], dim[2]};
    if (image)
        return (filters){v, image->dim[0], image->dim[1], lng_shape_channels(*image), dim[1]};
    return (filters){v, dim[0], v->shape.rank == 2 ? dim[1] : 0, 1, 1};
}

static const char *lacks(const lng_drawn *d)
{
    const filters f = filters_of(d->model);
    if (!f.variable)
        return "the model has no parameter of two dimensions or more";
    if (f.variable->shape.rank > 4)
        return "the first layer's weights have more than four dimensions";
    return f.height > LARGEST || f.width > LARGEST ? "the first layer's weights are too many to be seen" : NULL;
}

static const char *caption(lng_arena *a, const filters *f, int64_t i)
{
    if (f->count == 1 && f->channels == 1)
        return "";
    if (f->channels == 1)
        return lng_format(a, "%lld", (long long)i);
    return lng_format(a, "%lld, channel %lld", (long long)(i / f->channels), (long long)(i % f->channels));
}

float lng_largest(const float *x, int64_t n)
{
    float most = 0;
    for (int64_t i = 0; i < n; i++)
        most = fabsf(x[i]) > most ? fabsf(x[i]) : most;
    return most;
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_arena *a = out->arena;
    const filters f = filters_of(d->model);
    size_t index;
    const float *w = lng_store_find(d->session->store, f.variable->name, &index);
    const int64_t all = f.channels * f.count, n = all < MOST ? all : MOST, across = n < ACROSS ? n : ACROSS;
    const double larger = (double)(f.height > f.width ? f.height : f.width), side = all == 1 ? 600 : SIDE, scale = side / larger;
    const double most = (double)lng_largest(w, lng_shape_size(f.variable->shape));
    char shape[LNG_SHAPE_TEXT];
    lng_canvas c = lng_canvas_begin(
        out, "filters", 2 * EDGE + (all == 1 ? side : STEP * (double)(across > 4 ? across : 4)),
        2 * EDGE + 24 +
            (all == 1 ? scale * (double)f.height : (double)((n + ACROSS - 1) / ACROSS) * (scale * (double)f.height + 24)),
        lng_format(a, "Weights of %s: %s", d->model->name, f.variable->name),
        lng_format(a, "%lld of %lld pictures of the first layer's weights %s: blue is positive, orange negative, white zero.",
                   (long long)n, (long long)all, lng_shape_text(shape, f.variable->shape)),
        alone);
    lng_canvas_text(&c, "dim", LNG_START, EDGE, EDGE + 12, lng_format(a, "orange: %.3g, white: 0, blue: %.3g", -most, most));
    for (int64_t i = 0; i < n; i++) {
        const double x = EDGE + STEP * (double)(i % ACROSS), y = EDGE + 24 + (scale * (double)f.height + 24) * (double)(i / ACROSS);
        lng_text uri = lng_text_new(a);
        lng_picture_signed(&uri, w + i % f.channels * f.count + i / f.channels, f.height, f.width, all, most);
        lng_canvas_picture(&c, x, y, scale * (double)f.width, scale * (double)f.height, uri.at);
        lng_canvas_box(&c, "frame", x, y, scale * (double)f.width, scale * (double)f.height, 1);
        lng_canvas_text(&c, "dim small", LNG_START, x, y + scale * (double)f.height + 13, caption(a, &f, i));
    }
    lng_canvas_end(&c);
}

const lng_figure lng_figure_filters = {
    .name = "filters",
    .about = "the weights of the first layer, a picture for each filter",
    .needs_weights = true,
    .lacks = lacks,
    .draw = draw,
};
