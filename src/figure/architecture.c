/* The architecture: a box for each layer, with its shape and parameters, joined from above to below. */
#include "figure/inside.h"
#include "graph/ops.h"
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

/* ---- what is in a block ---- */
/* The call that a node belongs to: the name of a variable is that of its call and its own. */
static size_t path_length(const lng_node *n)
{
    const char *dot = n->op == &lng_op_variable ? strrchr(n->name, '.') : NULL;
    return dot ? (size_t)(dot - n->name) : strlen(n->name);
}

static lng_layer *find_or_add(lng_arena *a, lng_layer *list, size_t *n, const char *name, size_t length)
{
    for (size_t i = 0; i < *n; i++)
        if (strlen(list[i].name) == length && strncmp(list[i].name, name, length) == 0)
            return &list[i];
    list[*n].name = lng_copy_n(a, name, length);
    return &list[(*n)++];
}

static void count_node(const lng_model *m, lng_layer *to, const lng_node *n)
{
    to->cost += lng_node_cost(n);
    if (n->op != &lng_op_variable) {
        to->value = &n->out[0];
        to->shape = n->out[0].shape;
    }
    for (size_t i = 0; n->op == &lng_op_variable && i < m->variables; i++)
        if (m->variable[i].parameter && strcmp(m->variable[i].name, n->name) == 0)
            to->parameters += lng_shape_size(m->variable[i].shape);
}

/* The name of a block from that of its call: without a number. */
static const char *block_named(lng_arena *a, const char *call)
{
    const char *dot = strrchr(call, '.'), *last = dot ? dot + 1 : call, *end = strrchr(last, '_');
    if (end && end[1] && strspn(end + 1, "0123456789") == strlen(end + 1))
        return lng_copy_n(a, last, (size_t)(end - last));
    return last;
}

/* The calls in a layer, from the names of the graph's nodes; their number. */
static size_t inner_layers(lng_arena *a, const lng_model *m, const lng_layer *of, lng_layer *list, size_t most)
{
    const size_t prefix = strlen(of->name);
    size_t n = 0, kept = 0;
    for (size_t i = 0; m->plain && i < m->plain->nodes && n < most; i++) {
        const lng_node *node = m->plain->node[i];
        if (!node->name || strncmp(node->name, of->name, prefix) != 0 || node->name[prefix] != '.')
            continue;
        const size_t length = path_length(node);
        if (length > prefix)
            count_node(m, find_or_add(a, list, &n, node->name + prefix + 1, length - prefix - 1), node);
    }
    for (size_t i = 0; i < n; i++)
        if (list[i].value) {
            list[kept] = list[i];
            list[kept].block = block_named(a, list[kept].name);
            kept++;
        }
    return kept;
}

/* ---- drawing ---- */
static const char *block_of(const lng_layer *l)
{
    return l->block ? l->block : "";
}

/* The layers of one kind of block have one color. */
static int color_of(lng_map *colors, const lng_layer *l)
{
    static const char index[LNG_SERIES] = {0};
    if (!lng_map_get(colors, block_of(l)))
        lng_map_put(colors, block_of(l), (void *)&index[lng_map_count(colors) % LNG_SERIES]);
    return (int)((const char *)lng_map_get(colors, block_of(l)) - index);
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

static void draw_layers(lng_canvas *c, lng_map *colors, const lng_layer *layer, size_t n, bool joined)
{
    for (size_t i = 0; i < n; i++) {
        const double y = GAP + (double)i * (BOX + GAP);
        if (i > 0 || joined)
            lng_canvas_line(c, "axis", WIDTH / 2, y - GAP, WIDTH / 2, y);
        draw_layer(c, &layer[i], color_of(colors, &layer[i]), y);
    }
}

static double height_of(size_t layers)
{
    return GAP + (double)layers * (BOX + GAP);
}

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    const lng_model *m = d->model;
    lng_arena *a = out->arena;
    char count[LNG_NUMBER_SIZE];
    lng_canvas c =
        lng_canvas_begin(out, "architecture", WIDTH, height_of(m->layers), lng_format(a, "Architecture of %s", m->name),
                         lng_format(a, "%zu layers from above to below, each with the shape of its output; %s parameters in all.",
                                    m->layers, lng_grouped(count, m->parameters)),
                         alone);
    draw_layers(&c, lng_map_new(a), m->layer, m->layers, false);
    lng_canvas_end(&c);
}

/* ---- on a page ---- */
typedef struct parts {
    const lng_drawn *drawn;
    lng_text *out;
    lng_map *colors;
    int count; /* pictures so far */
} parts;

static void part(parts *p, const char *title, const lng_layer *layer, size_t n, bool joined)
{
    lng_arena *a = p->out->arena;
    lng_canvas c = lng_canvas_begin(p->out, lng_format(a, "architecture-%d", ++p->count), WIDTH, height_of(n), title,
                                    "Layers from above to below, each with the shape of its output.", false);
    draw_layers(&c, p->colors, layer, n, joined);
    lng_canvas_end(&c);
}

static void block(parts *p, const lng_layer *l, const lng_layer *inner, size_t n, bool joined)
{
    lng_arena *a = p->out->arena;
    lng_text_add(p->out, "<details class=\"block\"><summary>\n");
    part(p, lng_format(a, "%s, with %zu layers inside", l->name, n), l, 1, joined);
    lng_text_add(p->out, "</summary>\n");
    part(p, lng_format(a, "Inside of %s", l->name), inner, n, false);
    lng_text_add(p->out, "</details>\n");
}

bool lng_architecture_markup(const lng_drawn *d, lng_text *out)
{
    const lng_model *m = d->model;
    lng_arena *a = out->arena;
    parts p = {d, out, lng_map_new(a), 0};
    lng_layer *inner = LNG_NEW_N(a, MOST, lng_layer);
    size_t first = 0;
    for (size_t i = 0; i < m->layers; i++) {
        memset(inner, 0, MOST * sizeof *inner);
        const size_t n = inner_layers(a, m, &m->layer[i], inner, MOST);
        if (n < 2)
            continue;
        if (i > first)
            part(&p, lng_format(a, "Layers of %s", m->name), m->layer + first, i - first, first > 0);
        block(&p, &m->layer[i], inner, n, i > 0);
        first = i + 1;
    }
    if (first < m->layers)
        part(&p, lng_format(a, "Layers of %s", m->name), m->layer + first, m->layers - first, first > 0);
    return first > 0;
}

const lng_figure lng_figure_architecture = {
    .name = "architecture",
    .about = "the layers, with their shapes and parameters",
    .lacks = lacks,
    .draw = draw,
};
