/* The architecture: a box for each layer, with its shape and parameters, joined from above to below. */
#include "figure/inside.h"
#include <string.h>

#define WIDTH 560
#define BOX   34
#define GAP   12
#define MOST  200 /* layers */
#define STEP  20  /* by which a call inside another is moved in */

static int depth_of(const char *name)
{
    int depth = 0;
    for (; *name && *name != ' ' && *name != '('; name++)
        depth += *name == '.';
    return depth;
}

static const char *block_of(const lng_layer *l)
{
    return l->block ? l->block : "";
}

/* The layers of one kind of block have one color. */
static int *colors_of(lng_arena *a, const lng_model *m)
{
    int colors = 0, *color = LNG_NEW_N(a, m->layers, int);
    for (size_t i = 0; i < m->layers; i++) {
        size_t k = 0;
        while (strcmp(block_of(&m->layer[k]), block_of(&m->layer[i])) != 0)
            k++;
        color[i] = k < i ? color[k] : colors++ % LNG_SERIES;
    }
    return color;
}

static void draw_layer(lng_canvas *c, const lng_layer *l, int color, double y)
{
    lng_arena *a = c->out->arena;
    char shape[LNG_SHAPE_TEXT], count[LNG_NUMBER_SIZE];
    const int depth = depth_of(l->name);
    const double left = 10 + STEP * (depth < 6 ? depth : 6), width = WIDTH - 20 - (left - 10);
    const bool same = !l->block || strcmp(l->name, l->block) == 0;
    lng_canvas_box(c, lng_format(a, "f%d", color), left, y, 6, BOX, 1);
    lng_canvas_box(c, "frame", left, y, width, BOX, 1);
    lng_canvas_text(c, "bold", LNG_START, left + 16, y + (same ? 21 : 15), l->name);
    if (!same)
        lng_canvas_text(c, "dim small", LNG_START, left + 16, y + 28, l->block);
    lng_canvas_text(c, "", LNG_END, left + width - 10, y + (l->parameters ? 15 : 21), lng_shape_text(shape, l->shape));
    if (l->parameters)
        lng_canvas_text(c, "dim small", LNG_END, left + width - 10, y + 28,
                        lng_format(a, "%s parameters", lng_grouped(count, l->parameters)));
}

static const char *lacks(const lng_drawn *d)
{
    return d->model->layers > MOST ? "there are more than 200 layers" : NULL;
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    const lng_model *m = d->model;
    lng_arena *a = out->arena;
    char count[LNG_NUMBER_SIZE];
    const int *color = colors_of(a, m);
    const double height = 20 + (double)m->layers * (BOX + GAP);
    lng_canvas c =
        lng_canvas_begin(out, "architecture", WIDTH, height, lng_format(a, "Architecture of %s", m->name),
                         lng_format(a, "%zu layers from above to below, each with the shape of its output; %s parameters in all.",
                                    m->layers, lng_grouped(count, m->parameters)),
                         alone);
    for (size_t i = 0; i < m->layers; i++) {
        const double y = 10 + (double)i * (BOX + GAP);
        if (i > 0)
            lng_canvas_line(&c, "axis", WIDTH / 2, y - GAP, WIDTH / 2, y);
        draw_layer(&c, &m->layer[i], color[i], y);
    }
    lng_canvas_end(&c);
}

const lng_figure lng_figure_architecture = {
    .name = "architecture",
    .about = "the layers, with their shapes and parameters",
    .lacks = lacks,
    .draw = draw,
};
