/* Products with weights in 8 bits (quantize.h). A max-pool over a product stays next to it, because a scale, which is not negative, may follow. */
#include "pass/quantize.h"
#include <string.h>

/* ---- which weights ---- */
static bool channels_of(const lng_node *n, lng_channels *c)
{
    const bool product =
        n->op == &lng_op_matmul || n->op == &lng_op_conv2d || n->op == &lng_op_conv2d_pool || n->op == &lng_op_conv2d_transpose;
    if (!product)
        return false;
    const lng_shape w = n->in[1]->shape;
    if (n->op == &lng_op_matmul && w.rank == 2)
        *c = n->attr[LNG_MATMUL_TRANSPOSE_B].i ? (lng_channels){w.dim[0], w.dim[1]} : (lng_channels){w.dim[1], 1};
    else if (n->op == &lng_op_conv2d || n->op == &lng_op_conv2d_pool)
        *c = (lng_channels){w.dim[3], 1};
    else if (n->op == &lng_op_conv2d_transpose && n->attr[LNG_CONV_GROUPS].i == 1)
        *c = (lng_channels){w.dim[2], w.dim[3]};
    else
        return false;
    return n->in[0]->per_example && !n->in[1]->per_example;
}

/* The channels of what a transpose reads, from those of its result. False: they are none of its dimensions. */
static bool before_transpose(const lng_node *n, lng_channels *c)
{
    const lng_shape x = n->in[0]->shape, y = n->out[0].shape, *order = &n->attr[LNG_TRANSPOSE_PERM].v;
    int64_t inner = 1;
    int axis = y.rank - 1;
    for (; axis >= 0 && (inner != c->inner || y.dim[axis] != c->channels); axis--)
        inner *= y.dim[axis];
    if (axis < 0)
        return false;
    c->inner = 1;
    for (int i = x.rank - 1, from = order->rank ? (int)order->dim[axis] : x.rank - 1 - axis; i > from; i--)
        c->inner *= x.dim[i];
    return true;
}

static bool is_moved(const lng_value *v)
{
    return v->node->op == &lng_op_reshape || v->node->op == &lng_op_transpose;
}

/* The variable that is a product's weight, with its channels; NULL: there is none. */
static const lng_value *weight_of(const lng_node *n, lng_channels *c)
{
    if (!channels_of(n, c))
        return NULL;
    const lng_value *v = n->in[1];
    for (; is_moved(v); v = v->node->in[0])
        if (v->node->op == &lng_op_transpose && !before_transpose(v->node, c))
            return NULL;
    return v->node->op == &lng_op_variable && v->shape.rank > 1 ? v : NULL;
}

static lng_quantized *find(lng_quantized *all, size_t count, const char *variable)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].name, variable) == 0 || strcmp(all[i].numbers, variable) == 0)
            return &all[i];
    return NULL;
}

static lng_quantized *read_by(const lng_node *n, lng_quantized *all, size_t count)
{
    lng_channels c;
    const lng_value *weight = weight_of(n, &c);
    lng_quantized *q = weight ? find(all, count, weight->node->name) : NULL;
    return q && c.channels == q->channels.channels && c.inner == q->channels.inner ? q : NULL;
}

const lng_quantized *lng_quantized_by(const lng_node *n, const lng_quantized *all, size_t count)
{
    return read_by(n, (lng_quantized *)all, count);
}

lng_quantized *lng_quantized_of(const lng_graph *g, bool activations, lng_arena *arena, size_t *count)
{
    lng_quantized *all = LNG_NEW_N(arena, g->nodes + 1, lng_quantized);
    const bool *live = lng_graph_live(g, arena);
    *count = 0;
    for (size_t i = 0; i < g->nodes; i++) {
        lng_channels channels;
        const lng_value *weight = live[i] ? weight_of(g->node[i], &channels) : NULL;
        if (weight && !find(all, *count, weight->node->name)) {
            const char *name = weight->node->name;
            all[(*count)++] = (lng_quantized){.name = name,
                                              .shape = weight->shape,
                                              .channels = channels,
                                              .numbers = lng_format(arena, "%s.int8", name),
                                              .scale = lng_format(arena, "%s.scale", name),
                                              .rate = activations ? lng_format(arena, "%s.rate", name) : NULL};
        }
        lng_quantized *q = live[i] ? read_by(g->node[i], all, *count) : NULL;
        if (q && g->node[i]->loop)
            q->rate = NULL;
    }
    return all;
}

/* ---- the rule ---- */
typedef struct survey {
    const lng_quantized *all;
    size_t count;
} survey;

static const void *survey_of(const lng_graph *g, bool activations, lng_arena *arena)
{
    survey *s = LNG_NEW(arena, survey);
    s->all = lng_quantized_of(g, activations, arena, &s->count);
    return s;
}

static const void *survey_weights(const lng_rewrite *r, const lng_graph *g, lng_arena *arena)
{
    (void)r;
    return survey_of(g, false, arena);
}

static const void *survey_all(const lng_rewrite *r, const lng_graph *g, lng_arena *arena)
{
    (void)r;
    return survey_of(g, true, arena);
}

static lng_value *rounded(lng_graph *g, lng_value *x, const char *rate)
{
    return lng_unary(g, &lng_op_round_int8, lng_mul(g, x, lng_read_variable(g, rate, (lng_shape){0})));
}

/* The numbers, moved as the old weight is. */
static lng_value *numbers_of(lng_graph *g, const lng_quantized *q, const lng_value *old)
{
    lng_value *now = lng_read_variable(g, q->numbers, q->shape);
    const lng_value *done = old;
    while (is_moved(done))
        done = done->node->in[0];
    while (done != old) {
        const lng_value *next = old;
        while (next->node->in[0] != done)
            next = next->node->in[0];
        now = lng_emit(g, next->node->op, &now, 1, next->node->attr, next->node->name);
        done = next;
    }
    return now;
}

static bool product(lng_rewrite *r)
{
    const survey *s = r->survey;
    const lng_node *n = r->node;
    const lng_quantized *q = lng_quantized_by(n, s->all, s->count);
    if (!q)
        return false;
    lng_value *in[] = {q->rate ? rounded(r->to, r->in[0], q->rate) : r->in[0], numbers_of(r->to, q, n->in[1])};
    lng_value *sums = lng_emit(r->to, n->op, in, 2, n->attr, n->name);
    r->out[0] = lng_mul(r->to, sums, lng_read_variable(r->to, q->scale, lng_shape_of(1, q->channels.channels)));
    return true;
}

static bool pool(lng_rewrite *r)
{
    const survey *s = r->survey;
    const lng_value *old = r->node->in[0];
    const lng_node *scaled = r->in[0]->node;
    if (!lng_quantized_by(old->node, s->all, s->count) || lng_rewrite_uses(r, old) != 1 ||
        lng_rewrite_uses(r, &r->node->out[1]) > 0)
        return false;
    const int sums = scaled->in[0]->per_example ? 0 : 1;
    lng_value *pooled = lng_emit(r->to, r->node->op, &scaled->in[sums], 1, r->node->attr, r->node->name);
    r->out[0] = lng_mul(r->to, pooled, scaled->in[1 - sums]);
    return true;
}

static bool rule(lng_rewrite *r)
{
    return r->node->op == &lng_op_max_pool ? pool(r) : product(r);
}

static const lng_op *const replaces[] = {&lng_op_matmul, &lng_op_conv2d, &lng_op_conv2d_transpose, &lng_op_max_pool, NULL};
const lng_pass lng_pass_quantize_weights = {.name = "quantize-weights",
                                            .about = "products read weights in 8 bits",
                                            .replaces = replaces,
                                            .rule = rule,
                                            .survey = survey_weights};
const lng_pass lng_pass_quantize_all = {.name = "quantize-all",
                                        .about = "products read weights and inputs in 8 bits",
                                        .replaces = replaces,
                                        .rule = rule,
                                        .survey = survey_all};
