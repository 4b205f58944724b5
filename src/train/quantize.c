/* Weights in 8 bits (quantize.h). */
#include "train/quantize.h"
#include "graph/attributes.h"
#include "graph/ops.h"
#include <float.h>
#include <math.h>
#include <string.h>

#define MOST 127

/* The nearest whole number, ties to even, of one that is not large. */
static float whole(float x)
{
    const float rounder = 12582912.0f; /* 1.5 * 2^23 */
    return x + rounder - rounder;
}

int lng_quantized_number(float w, float scale)
{
    const float q = scale > 0 ? whole(w / scale) : 0;
    return (int)(q > MOST ? MOST : q < -MOST ? -MOST : q);
}

bool lng_channels_of(const lng_node *n, lng_channels *c)
{
    if (n->n_in < 2)
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
    return true;
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

const lng_node *lng_weight_of(const lng_node *n, lng_channels *c)
{
    if (!lng_channels_of(n, c))
        return NULL;
    const lng_value *v = n->in[1];
    for (; v->node->op == &lng_op_reshape || v->node->op == &lng_op_transpose; v = v->node->in[0])
        if (v->node->op == &lng_op_transpose && !before_transpose(v->node, c))
            return NULL;
    return v->node->op == &lng_op_variable && v->shape.rank > 1 ? v->node : NULL;
}

static int64_t channel_of(const lng_quantized *q, int64_t e)
{
    return e / q->channels.inner % q->channels.channels;
}

static void choose_scales(const lng_quantized *q, const float *w)
{
    for (int64_t e = 0; e < q->size; e++) {
        float *most = &q->scale[channel_of(q, e)];
        *most = fabsf(w[e]) > *most ? fabsf(w[e]) : *most;
    }
    for (int64_t k = 0; k < q->channels.channels; k++) {
        q->scale[k] /= MOST;
        q->scale[k] = q->scale[k] >= FLT_MIN ? q->scale[k] : 0;
    }
}

static void quantize(const lng_quantized *q, float *w)
{
    choose_scales(q, w);
    for (int64_t e = 0; e < q->size; e++) {
        const float scale = q->scale[channel_of(q, e)];
        w[e] = (float)lng_quantized_number(w[e], scale) * scale;
    }
}

const lng_quantized *lng_quantized_find(const lng_quantized *all, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}

lng_quantized *lng_quantize(lng_arena *arena, const lng_graph *g, lng_store *store, size_t *count)
{
    lng_quantized *all = LNG_NEW_N(arena, g->nodes + 1, lng_quantized);
    const bool *live = lng_graph_live(g, arena);
    *count = 0;
    for (size_t i = 0; i < g->nodes; i++) {
        lng_channels channels;
        const lng_node *weight = live[i] ? lng_weight_of(g->node[i], &channels) : NULL;
        if (!weight || lng_quantized_find(all, *count, weight->name))
            continue;
        lng_quantized *q = &all[(*count)++];
        *q = (lng_quantized){.name = weight->name, .channels = channels, .size = lng_shape_size(weight->out[0].shape)};
        q->scale = LNG_NEW_N(arena, (size_t)channels.channels, float);
        quantize(q, lng_store_find(store, weight->name, NULL));
    }
    return all;
}
