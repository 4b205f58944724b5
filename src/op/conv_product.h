/* The fast kernel of conv2d and its input gradient: both are products, from the outputs' side or the inputs'. The op says which positions of the
 * other side meet each position of its own. */
#include "op/conv.h"
#include "op/product.h"

static lng_taps *taps_of(const lng_axis *, lng_arena *); /* of the op, along one axis, in ascending order */

static const lng_product *conv_product(const conv *k, bool adjoint, lng_arena *arena)
{
    const int32_t c = (int32_t)k->c, o = (int32_t)k->o;
    const int32_t depth = adjoint ? o : c, channels = adjoint ? c : o, width = (int32_t)(adjoint ? k->x.out : k->x.in);
    lng_product *p = LNG_NEW(arena, lng_product);
    *p = (lng_product){.channels = channels,
                       .tap = adjoint ? 1 : o,
                       .channel = adjoint ? o : 1,
                       .chunk = lng_product_chunk(k->y.window * k->x.window * k->c * k->o)};
    const lng_grid grid = {.row = taps_of(&k->y, arena),
                           .column = taps_of(&k->x, arena),
                           .rows = (int)(adjoint ? k->y.in : k->y.out),
                           .columns = (int)(adjoint ? k->x.in : k->x.out),
                           .x_row = width * depth,
                           .x_column = depth,
                           .w_row = (int32_t)k->x.window * c * o,
                           .w_column = c * o,
                           .y_column = channels,
                           .depth = depth};
    lng_product_prepare(p, &grid, arena);
    return p;
}
