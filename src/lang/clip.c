/* Limits to the gradients, between differentiation and the optimizer: `clip` of the section train.
 *
 * The norm is that of all gradients together. Its square is added up twice, once of the gradients as they are and once scaled down by a
 * power of two, so that neither gradients nor norm can overflow; the larger ones count if the first sum comes near the end of the range.
 * Gradients within the limit keep their bits. */
#include "graph/ops.h"
#include "lang/compile.h"

#define SCALE 0x1p-80 /* the square of the largest float, times it twice, leaves room for 2^64 of them */
#define LARGE 0x1p100 /* of a sum of squares: beyond it the scaled one is exact, below it the other */

/* First over all axes but the last: that kernel adds many numbers at once. */
static lng_value *sum_of_squares(lng_graph *g, lng_value *x)
{
    lng_shape axes = {0};
    for (; axes.rank + 1 < x->shape.rank; axes.rank++)
        axes.dim[axes.rank] = axes.rank;
    lng_value *sum = lng_sum(g, lng_mul(g, x, x), axes, false);
    return sum->shape.rank > 0 ? lng_sum(g, sum, (lng_shape){.rank = 1}, false) : sum;
}

/* The root of the sum of squares of the gradients times a factor. */
static lng_value *norm_times(lng_graph *g, const lng_trained *t, double factor, lng_value **square)
{
    *square = lng_scalar(g, 0);
    for (size_t i = 0; i < t->count; i++)
        *square = lng_add(g, *square, sum_of_squares(g, lng_mul(g, t->gradient[i], lng_scalar(g, factor))));
    return lng_unary(g, &lng_op_sqrt, *square);
}

static void clip_norm(lng_graph *g, lng_trained *t, double limit)
{
    lng_value *square, *scaled_square, *most = lng_scalar(g, limit);
    lng_value *plain = norm_times(g, t, 1, &square), *scaled = norm_times(g, t, SCALE, &scaled_square);
    lng_value *large = lng_binary(g, &lng_op_less, lng_scalar(g, LARGE), square);
    lng_value *norm = lng_ternary(g, &lng_op_select, large, lng_div(g, scaled, lng_scalar(g, SCALE)), plain);
    lng_value *beyond = lng_binary(g, &lng_op_less, most, norm);
    lng_value *scale = lng_ternary(g, &lng_op_select, large, lng_scalar(g, SCALE), lng_scalar(g, 1));
    lng_value *factor = lng_div(g, most, lng_ternary(g, &lng_op_select, large, scaled, plain));
    for (size_t i = 0; i < t->count; i++) {
        lng_value *shrunk = lng_mul(g, lng_mul(g, t->gradient[i], scale), factor);
        t->gradient[i] = lng_ternary(g, &lng_op_select, beyond, shrunk, t->gradient[i]);
    }
}

static void clip_values(lng_graph *g, lng_trained *t, double limit)
{
    for (size_t i = 0; i < t->count; i++) {
        lng_value *below = lng_binary(g, &lng_op_minimum, t->gradient[i], lng_scalar(g, limit));
        t->gradient[i] = lng_binary(g, &lng_op_maximum, below, lng_scalar(g, -limit));
    }
}

void lng_clip_gradients(const lng_compiler *c, lng_trained *t)
{
    c->elab.graph->scope = "clip";
    if (c->recipe.clip_norm > 0)
        clip_norm(c->elab.graph, t, c->recipe.clip_norm);
    else if (c->recipe.clip_value > 0)
        clip_values(c->elab.graph, t, c->recipe.clip_value);
}
