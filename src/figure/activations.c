/* The activations of one example: what each layer makes of it, from above to below. */
#include "figure/inside.h"
#include "train/layers.h"
#include <math.h>

#define LEFT  220 /* of the pictures */
#define WIDTH 960
#define TILE  44 /* of a channel */
#define GAP   6
#define MOST  60  /* layers */
#define MAPS  14  /* channels of a layer */
#define FEW   12  /* numbers that are written */
#define CELL  56  /* of these */
#define LINE  128 /* numbers in one row */

/* Numbers as pictures: `maps` of height x width, whose numbers are stride apart. */
typedef struct form {
    int64_t height, width, maps, stride;
    double tall, wide; /* pixels of a picture */
} form;

/* The widest rows, of equal length, for n numbers. */
static int64_t row_of(int64_t n)
{
    int64_t width = n < LINE ? n : LINE;
    while (n % width)
        width--;
    return width;
}

static form form_of(const lng_shape *s)
{
    const int64_t n = lng_shape_size(*s), width = row_of(n);
    if (s->rank == 3 && s->dim[0] > 1 && s->dim[1] > 1)
        return (form){s->dim[0], s->dim[1], s->dim[2], s->dim[2], TILE, TILE * (double)s->dim[1] / (double)s->dim[0]};
    if (s->rank == 2 && s->dim[0] > 1 && s->dim[1] > 1)
        return (form){s->dim[0], s->dim[1], 1, 1, fmin(160, 4 * (double)s->dim[0]), fmin(WIDTH - LEFT - 20, 4 * (double)s->dim[1])};
    if (n <= FEW)
        return (form){1, n, 1, 1, 20, CELL * (double)n};
    return (form){
        n / width, width, 1, 1, fmin(160, (width > 8 ? 12 : 3) * (double)(n / width)), fmin(WIDTH - LEFT - 20, 10 * (double)width)};
}

/* Wide pictures take the place of several. */
static int64_t maps_shown(const form *f)
{
    const int64_t most = (int64_t)((WIDTH - LEFT - 10) / (f->wide + GAP));
    return f->maps < most ? f->maps : most < 1 ? 1 : most;
}

static bool writes(const lng_layer *l)
{
    return lng_shape_size(l->shape) <= FEW;
}

static double height_of(const lng_layer *l)
{
    const double tall = form_of(&l->shape).tall + (writes(l) ? 30 : 0);
    return 14 + (tall > 44 ? tall : 44);
}

static void draw_numbers(lng_canvas *c, const lng_layer *l, const float *value, double y, const char *const *name)
{
    lng_arena *a = c->out->arena;
    for (int64_t i = 0; i < lng_shape_size(l->shape); i++) {
        const double x = LEFT + CELL * ((double)i + 0.5), size = fabs((double)value[i]);
        lng_canvas_text(c, "small", LNG_MIDDLE, x, y + 32, lng_format(a, size < 100 ? "%.3f" : "%.2g", (double)value[i]));
        if (name)
            lng_canvas_text(c, "small bold", LNG_MIDDLE, x, y + 45, name[i]);
    }
}

static void draw_layer(lng_canvas *c, const lng_layer *l, const float *value, double y, const char *const *name)
{
    lng_arena *a = c->out->arena;
    char shape[LNG_SHAPE_TEXT];
    const form f = form_of(&l->shape);
    const int64_t shown = maps_shown(&f);
    const double most = (double)lng_largest(value, lng_shape_size(l->shape));
    lng_canvas_text(c, "bold", LNG_START, 10, y + 12, l->name);
    lng_canvas_text(c, "dim", LNG_START, 10, y + 27,
                    lng_format(a, "%s%s", lng_shape_text(shape, l->shape),
                               shown < f.maps ? lng_format(a, ", %lld shown", (long long)shown) : ""));
    lng_canvas_text(c, "dim small", LNG_START, 10, y + 41, lng_format(a, "blue: %.3g", most));
    for (int64_t k = 0; k < shown; k++) {
        const double x = LEFT + (f.wide + GAP) * (double)k;
        lng_text uri = lng_text_new(a);
        lng_picture_signed(&uri, value + k, f.height, f.width, f.stride, most);
        lng_canvas_picture(c, x, y, f.wide, f.tall, uri.at);
        lng_canvas_box(c, "frame", x, y, f.wide, f.tall, 1);
    }
    if (writes(l))
        draw_numbers(c, l, value, y, name);
}

/* The names of the classes, if the layer has a number for each. */
static const char **names_of(lng_arena *a, const lng_drawn *d, const lng_layer *l)
{
    const size_t label = lng_label_field(d->model);
    const int64_t n = lng_shape_size(l->shape);
    if (label == SIZE_MAX || d->model->field[label].classes != n || n > FEW)
        return NULL;
    const char **name = LNG_NEW_N(a, (size_t)n, const char *);
    for (int64_t k = 0; k < n; k++)
        name[k] = lng_class_text(a, d, k);
    return name;
}

static const char *title_of(lng_arena *a, const lng_drawn *d)
{
    const lng_range r = lng_split_range(d->data, d->split);
    const size_t label = lng_label_field(d->model);
    const char *is =
        label == SIZE_MAX ? "" : lng_format(a, ", label %s", lng_class_text(a, d, lng_label_at(&r, label, d->example)));
    return lng_format(a, "Activations of %s: %s example %lld%s", d->model->name, lng_split_name(d->split), (long long)d->example,
                      is);
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    const lng_model *m = d->model;
    lng_arena *a = out->arena;
    lng_range one = lng_split_range(d->data, d->split);
    const float **value = LNG_NEW_N(a, m->layers + 1, const float *);
    double height = 10;
    size_t shown = 0;
    one.first += d->example;
    one.count = 1;
    if (!lng_layers_compute(d->session, a, &one, SIZE_MAX, value, d->errors))
        return;
    for (size_t i = 0; i < m->layers && shown < MOST; i++)
        if (value[i]) {
            height += height_of(&m->layer[i]);
            shown++;
        }
    lng_canvas c =
        lng_canvas_begin(out, "activations", WIDTH, height, title_of(a, d),
                         lng_format(a,
                                    "What %zu layers make of it, from above to below. In each layer, blue is its largest "
                                    "number, orange as far below zero, white zero.",
                                    shown),
                         alone);
    double y = 10;
    for (size_t i = 0, k = 0; k < shown; i++)
        if (value[i]) {
            draw_layer(&c, &m->layer[i], value[i], y, names_of(a, d, &m->layer[i]));
            y += height_of(&m->layer[i]);
            k++;
        }
    lng_canvas_end(&c);
}

static const char *lacks(const lng_drawn *d)
{
    for (size_t i = 0; i < d->model->layers; i++)
        if (lng_layer_is_shown(&d->model->layer[i]))
            return NULL;
    return "no layer computes numbers for each example";
}

const lng_figure lng_figure_activations = {
    .name = "activations",
    .about = "what each layer makes of one example (--example)",
    .needs_data = true,
    .needs_weights = true,
    .lacks = lacks,
    .draw = draw,
};
