/* The fast kernel of conv2d and its input gradient: both are products, from the outputs' side or the inputs'. The op says which positions of the
 * other side meet each position of its own. */
#include "op/conv.h"
#include "op/product.h"

static lng_taps *taps_of(const lng_axis *, lng_arena *); /* of the op, along one axis, in ascending order */

/* The weights of a tap are a matrix of channels by outputs. */
static matrices weights_of(const lng_node *n)
{
    const conv k = geometry(n);
    return (matrices){k.y.window * k.x.window, k.depth, k.o};
}

/* If each channel has a single output, they are computed side by side; other groups one after the other. turned: the adjoint's weights are. */
static const lng_product *conv_product(const conv *k, bool adjoint, bool turned, bool per_example_weights, lng_arena *arena)
{
    const bool alone = is_depthwise(k) && !per_example_weights;
    const int32_t c = (int32_t)k->c, o = (int32_t)k->o, from = adjoint ? o : c, to = adjoint ? c : o;
    const int32_t depth = (int32_t)(adjoint ? k->width : k->depth), channels = (int32_t)(adjoint ? k->depth : k->width);
    const int32_t width = (int32_t)(adjoint ? k->x.out : k->x.in);
    lng_product *p = LNG_NEW(arena, lng_product);
    *p = (lng_product){.channels = alone ? to : channels,
                       .tap = !adjoint || alone ? o
                              : turned          ? channels
                                                : 1,
                       .channel = !adjoint || alone || turned ? 1 : o,
                       .chunk = lng_product_chunk(k->y.window * k->x.window * k->depth * k->width),
                       .taps = adjoint ? 0 : (int32_t)(k->y.window * k->x.window * k->depth),
                       .alone = alone,
                       .bands = alone ? 1 : (int)k->groups,
                       .x_band = depth,
                       .w_band = (int32_t)(turned ? k->width * k->depth : k->width),
                       .y_band = channels};
    const lng_grid grid = {.row = taps_of(&k->y, arena),
                           .column = taps_of(&k->x, arena),
                           .rows = (int)(adjoint ? k->y.in : k->y.out),
                           .columns = (int)(adjoint ? k->x.in : k->x.out),
                           .x_row = width * from,
                           .x_column = from,
                           .w_row = (int32_t)(k->x.window * k->depth) * o,
                           .w_column = (int32_t)k->depth * o,
                           .y_column = to,
                           .depth = depth};
    lng_product_prepare(p, &grid, arena);
    return p;
}
