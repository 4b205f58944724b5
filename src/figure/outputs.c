/* Images that a model gives: of some examples, what it read, what was wanted and what it gave, below each other. Where something was
 * wanted, those are the examples of the least, the middle and the largest mean squared difference, else the first ones. */
#include "data/image.h"
#include "figure/inside.h"
#include "train/layers.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOOKED    256 /* examples, among which the best and the worst are found */
#define GROUPS    3   /* the best, those in the middle, the worst */
#define OF_EACH   2
#define SHOWN     (GROUPS * OF_EACH)
#define MOST_SIDE 96 /* of an image */
#define TILE      104
#define LEFT      76
#define TOP       34

typedef struct strip { /* a row of pictures */
    const char *name;
    lng_array images;
    int64_t first; /* the example of the array that is the first one looked at */
} strip;

typedef struct ranked {
    double off;
    int64_t example;
} ranked;

static bool is_picture(const lng_shape *s)
{
    return lng_shape_is_picture(*s) && s->dim[0] > 1 && s->dim[1] > 1 && s->dim[0] <= MOST_SIDE && s->dim[1] <= MOST_SIDE;
}

/* The layer that is the result; SIZE_MAX: it gives no images. */
static size_t result_of(const lng_model *m)
{
    const lng_value *out = m->plain ? lng_graph_find_output(m->plain, "out") : NULL;
    for (size_t i = 0; out && i < m->layers; i++)
        if (m->layer[i].value == out && lng_layer_is_shown(&m->layer[i]) && is_picture(&m->layer[i].shape))
            return i;
    return SIZE_MAX;
}

/* The last name in the loss, as `mask` in binary_cross_entropy(out, mask): "" if there is none. */
static const char *wanted_of(lng_arena *a, const lng_model *m)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const lng_doc *loss = lng_doc_get(lng_doc_get(m->expanded, "train"), "loss");
    const char *last = "";
    for (const char *at = loss && loss->kind == LNG_DOC_SCALAR ? loss->text : ""; *at; at++) {
        const size_t n = strspn(at, letters);
        if (n > 0) {
            last = lng_copy_n(a, at, n);
            at += n - 1;
        }
    }
    return last;
}

static bool compute(const lng_drawn *d, lng_arena *a, const lng_range *r, size_t layer, strip *to)
{
    const lng_layer *l = &d->model->layer[layer];
    const float **value = LNG_NEW_N(a, d->model->layers + 1, const float *);
    if (!lng_layers_compute(d->session, a, r, layer, value, d->errors))
        return false;
    to->images = (lng_array){.type = LNG_ARRAY_F32, .shape = l->shape, .count = r->count, .at = (void *)value[layer]};
    return true;
}

static void take_field(const lng_range *r, size_t field, const char *name, strip *to)
{
    *to = (strip){name, r->part->array[field], r->first};
}

/* What was wanted: a field, or what `let` names. */
static bool find_wanted(const lng_drawn *d, lng_arena *a, const lng_range *r, size_t result, strip *to)
{
    const lng_model *m = d->model;
    const char *name = wanted_of(a, m);
    const int64_t size = lng_shape_size(m->layer[result].shape);
    *to = (strip){.name = "target"};
    for (size_t i = 0; i < m->fields; i++)
        if (strcmp(m->field[i].name, name) == 0 && m->field[i].dtype == LNG_F32 && lng_shape_size(m->field[i].shape) == size &&
            is_picture(&m->field[i].shape)) {
            take_field(r, i, "target", to);
            return true;
        }
    for (size_t i = 0; i < m->layers; i++)
        if (i != result && strcmp(m->layer[i].name, name) == 0 && lng_layer_is_shown(&m->layer[i]) &&
            lng_shape_size(m->layer[i].shape) == size && is_picture(&m->layer[i].shape))
            return compute(d, a, r, i, to);
    return false;
}

static bool find_read(const lng_drawn *d, const lng_range *r, strip *to)
{
    for (size_t i = 0; i < r->part->fields; i++)
        if (d->model->field[i].read && d->model->field[i].dtype == LNG_F32 && is_picture(&r->part->array[i].shape)) {
            take_field(r, i, "input", to);
            return true;
        }
    return false;
}

static int nearest_first(const void *x, const void *y)
{
    const ranked *a = x, *b = y;
    return a->off != b->off ? (a->off > b->off) - (a->off < b->off) : (a->example > b->example) - (a->example < b->example);
}

static double difference(const strip *x, const strip *y, int64_t example)
{
    const int64_t n = lng_shape_size(x->images.shape);
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        const double by =
            lng_array_at(&x->images, (x->first + example) * n + i) - lng_array_at(&y->images, (y->first + example) * n + i);
        sum += by * by;
    }
    return sum / (double)n;
}

/* The examples to show, in three groups if they are ranked; how many. */
static size_t choose(lng_arena *a, const strip *wanted, const strip *given, int64_t count, ranked shown[SHOWN])
{
    ranked *all = LNG_NEW_N(a, (size_t)count, ranked);
    const size_t n = count < SHOWN ? (size_t)count : SHOWN;
    for (int64_t i = 0; i < count; i++)
        all[i] = (ranked){wanted ? difference(wanted, given, i) : 0, i};
    if (wanted)
        qsort(all, (size_t)count, sizeof *all, nearest_first);
    for (size_t i = 0; i < n; i++) {
        const size_t group = i / OF_EACH, middle = ((size_t)count - OF_EACH) / 2, last = (size_t)count - OF_EACH;
        shown[i] = all[!wanted || count < SHOWN ? i : (group == 0 ? 0 : group == 1 ? middle : last) + i % OF_EACH];
    }
    return n;
}

static void draw_strip(lng_canvas *c, const strip *s, const ranked *shown, size_t n, double y)
{
    const double h = (double)s->images.shape.dim[0], w = (double)s->images.shape.dim[1], scale = (TILE - 8) / (h > w ? h : w);
    lng_canvas_text(c, "dim", LNG_END, LEFT - 10, y + TILE / 2, s->name);
    for (size_t i = 0; i < n; i++) {
        const double x = LEFT + TILE * (double)i + 8 * (double)(i / OF_EACH);
        lng_text uri = lng_text_new(c->out->arena);
        lng_picture_uri(&uri, &s->images, s->first + shown[i].example);
        lng_canvas_picture(c, x, y, w * scale, h * scale, uri.at);
        lng_canvas_box(c, "frame", x, y, w * scale, h * scale, 1);
    }
}

static void draw_heads(lng_canvas *c, const ranked *shown, size_t n, bool ranks)
{
    static const char *const group[] = {"nearest", "in the middle", "farthest"};
    lng_arena *a = c->out->arena;
    for (size_t i = 0; i < n; i++) {
        const double x = LEFT + TILE * (double)i + 8 * (double)(i / OF_EACH);
        if (ranks && i % OF_EACH == 0 && n == SHOWN)
            lng_canvas_text(c, "bold", LNG_START, x, 13, group[i / OF_EACH]);
        lng_canvas_text(c, "small dim", LNG_START, x, 27,
                        ranks ? lng_format(a, "%lld, off by %.2g", (long long)shown[i].example, shown[i].off)
                              : lng_format(a, "example %lld", (long long)shown[i].example));
    }
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_arena *a = out->arena;
    const size_t result = result_of(d->model);
    lng_range r = lng_split_range(d->data, d->split);
    strip strips[3], given = {.name = "output"}, wanted;
    ranked shown[SHOWN];
    size_t n = 0;
    r.count = r.count < LOOKED ? r.count : LOOKED;
    if (!compute(d, a, &r, result, &given))
        return;
    n += find_read(d, &r, &strips[n]);
    const bool ranks = n > 0 && find_wanted(d, a, &r, result, &wanted);
    if (ranks)
        strips[n++] = wanted;
    strips[n++] = given;
    const size_t examples = choose(a, ranks ? &wanted : NULL, &given, r.count, shown);
    lng_canvas c = lng_canvas_begin(
        out, "outputs", LEFT + TILE * (double)examples + 8 * GROUPS, TOP + TILE * (double)n,
        lng_format(a, "Outputs of %s", d->model->name),
        lng_format(
            a,
            ranks
                ? "Of %lld examples of the %s split, those whose output is nearest to the target, in the middle and farthest from "
                  "it, by the mean squared difference."
                : "The first %lld outputs for examples of the %s split.",
            (long long)(ranks ? r.count : (int64_t)examples), lng_split_name(d->split)),
        alone);
    draw_heads(&c, shown, examples, ranks);
    for (size_t i = 0; i < n; i++)
        draw_strip(&c, &strips[i], shown, examples, TOP + TILE * (double)i);
    lng_canvas_end(&c);
}

static const char *lacks(const lng_drawn *d)
{
    return result_of(d->model) == SIZE_MAX ? "the model's result is no image" : NULL;
}

const lng_figure lng_figure_outputs = {
    .name = "outputs",
    .about = "images that the model gives, below what it read and what was wanted: the best, the middle and the worst ones",
    .needs_data = true,
    .needs_weights = true,
    .lacks = lacks,
    .draw = draw,
};
