/* A projection of a layer: examples where the layer puts them, seen along its two principal components. */
#include "figure/inside.h"
#include "train/layers.h"
#include <math.h>
#include <string.h>

#define SIDE         520
#define LEFT         80
#define MOST         1000    /* examples */
#define LEAST        100     /* of them, however many numbers the layer has */
#define NUMBERS      1000000 /* altogether, about */
#define MOST_CLASSES 40      /* that have colors */

static bool has_axes(const lng_layer *l)
{
    return lng_layer_is_shown(l) && lng_shape_size(l->shape) >= LNG_PCA_AXES;
}

/* The last layer before the result, or the one that is wanted; SIZE_MAX: there is none. */
static size_t layer_of(const lng_drawn *d)
{
    const lng_model *m = d->model;
    const lng_value *result = lng_graph_find_output(m->plain, "out");
    for (size_t i = m->layers; i-- > 0;)
        if (has_axes(&m->layer[i]) && (d->layer ? strcmp(m->layer[i].name, d->layer) == 0 : m->layer[i].value != result))
            return i;
    return SIZE_MAX;
}

static const char *lacks(const lng_drawn *d)
{
    if (layer_of(d) != SIZE_MAX)
        return NULL;
    return d->layer ? "that layer has no two numbers for each example"
                    : "no layer before the result has two numbers for each example";
}

static int64_t count_of(int64_t examples, int64_t size)
{
    int64_t n = NUMBERS / size;
    n = n > MOST ? MOST : n < LEAST ? LEAST : n;
    return n < examples ? n : examples;
}

static double *rows_of(lng_arena *a, const lng_drawn *d, const lng_range *r, size_t layer)
{
    const float **value = LNG_NEW_N(a, d->model->layers + 1, const float *);
    const int64_t n = r->count * lng_shape_size(d->model->layer[layer].shape);
    if (!lng_layers_compute(d->session, a, r, layer, value, d->errors))
        return NULL;
    double *row = LNG_NEW_N(a, (size_t)n, double);
    for (int64_t i = 0; i < n; i++) {
        row[i] = (double)value[layer][i];
        if (!isfinite(row[i])) {
            lng_error(d->errors, LNG_E_NONFINITE, (lng_place){0}, "the layer `%s` is not finite for all examples",
                      d->model->layer[layer].name);
            return NULL;
        }
    }
    return row;
}

static lng_plot plot_of(lng_canvas *c, const double *at, int64_t n)
{
    double low[LNG_PCA_AXES], high[LNG_PCA_AXES];
    for (int k = 0; k < LNG_PCA_AXES; k++) {
        low[k] = high[k] = at[k];
        for (int64_t i = 0; i < n; i++) {
            low[k] = fmin(low[k], at[i * LNG_PCA_AXES + k]);
            high[k] = fmax(high[k], at[i * LNG_PCA_AXES + k]);
        }
        lng_round_range(&low[k], &high[k]);
    }
    return (lng_plot){c, LEFT, 12, SIDE, SIDE, low[0], high[0], low[1], high[1], false};
}

/* A name where the examples of a class are, on average. */
static void name_class(const lng_plot *p, const lng_drawn *d, const lng_range *r, size_t label, int64_t class, const double *at)
{
    double x = 0, y = 0, n = 0;
    for (int64_t i = 0; i < r->count; i++)
        if (lng_label_at(r, label, i) == class) {
            x += at[i * LNG_PCA_AXES];
            y += at[i * LNG_PCA_AXES + 1];
            n++;
        }
    if (n > 0)
        lng_canvas_text(p->canvas, "halo", LNG_MIDDLE, lng_plot_x(p, x / n), lng_plot_y(p, y / n) + 4,
                        lng_class_text(p->canvas->out->arena, d, class));
}

static void draw_examples(const lng_plot *p, const lng_drawn *d, const lng_range *r, const double *at)
{
    const size_t label = lng_label_field(d->model);
    const int64_t classes = label == SIZE_MAX ? 0 : d->model->field[label].classes;
    const bool colored = classes > 0 && classes <= MOST_CLASSES;
    for (int64_t i = 0; i < r->count; i++)
        lng_plot_mark(p, colored ? (int)lng_label_at(r, label, i) : 0, at[i * LNG_PCA_AXES], at[i * LNG_PCA_AXES + 1]);
    for (int64_t k = 0; colored && k < classes; k++)
        name_class(p, d, r, label, k, at);
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_arena *a = out->arena;
    const size_t layer = layer_of(d);
    const lng_layer *l = &d->model->layer[layer];
    const int64_t size = lng_shape_size(l->shape);
    double part[LNG_PCA_AXES];
    lng_range r = lng_split_range(d->data, d->split);
    r.count = count_of(r.count, size);
    double *at = LNG_NEW_N(a, (size_t)r.count * LNG_PCA_AXES, double), *row = rows_of(a, d, &r, layer);
    if (!row)
        return;
    lng_pca(a, row, r.count, size, at, part);
    lng_canvas c = lng_canvas_begin(
        out, "embedding", LEFT + SIDE + 20, SIDE + 60, lng_format(a, "Examples in the layer %s of %s", l->name, d->model->name),
        lng_format(a,
                   "The first %lld %s examples by the two principal components of the layer's %lld numbers, "
                   "which have %.1f %% of their variance. Classes are named where they are on average.",
                   (long long)r.count, lng_split_name(d->split), (long long)size, 100 * (part[0] + part[1])),
        alone);
    const lng_plot p = plot_of(&c, at, r.count);
    lng_plot_axes(&p, lng_format(a, "first component, %.1f %% of the variance", 100 * part[0]),
                  lng_format(a, "second component, %.1f %%", 100 * part[1]));
    draw_examples(&p, d, &r, at);
    lng_canvas_end(&c);
}

const lng_figure lng_figure_embedding = {
    .name = "embedding",
    .about = "examples as a layer (--layer) sees them, by its two principal components",
    .needs_data = true,
    .needs_weights = true,
    .lacks = lacks,
    .draw = draw,
};
