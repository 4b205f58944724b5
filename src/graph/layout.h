/* Layouts of weights: how other programs name a model's variables, and order their dimensions.
 *
 * The op that reads a weight decides about its dimensions, not the name:
 *
 *     read by                                   lngraph             pytorch             keras
 *     conv2d, conv2d_transpose                  [kh, kw, c, o]      [o, c, kh, kw]      [kh, kw, c, o]
 *     the same, in an image of one row          [k, c, o]           [o, c, k]           [k, c, o]
 *     matmul                                    [in, out]           [out, in]           [in, out]
 *     matmul, transposed                        [out, in]           [out, in]           [in, out]
 *     matmul, of a flattened image [h, w, c]    [h w c, out]        [out, c h w]        [h w c, out]
 *
 * Between a weight and the op, there may be transposes. PyTorch has the channels of an image first, so what is flattened has another order there, too. A weight that anything else reads, or that is
 * read in two ways, stays as it is.
 *
 * Where a matrix U is multiplied by a state that goes on from turn to turn, the block that has it is a recurrent layer: PyTorch calls its W, U, b and d
 * weight_ih_l0, weight_hh_l0, bias_ih_l0 and bias_hh_l0, and adds the last to the biases if the layer here has no d. The gates of lstm and gru are in
 * PyTorch's order. */
#ifndef LNG_GRAPH_LAYOUT_H
#define LNG_GRAPH_LAYOUT_H
#include "graph/graph.h"

typedef enum lng_layout {
#define LNG_LAYOUT(name, about) LNG_LAYOUT_##name,
#include "graph/layouts.def"
#undef LNG_LAYOUT
    LNG_LAYOUTS
} lng_layout;
extern const char *const lng_layout_names[LNG_LAYOUTS];

/* A variable in a layout. */
typedef struct lng_laid {
    const char *name;
    lng_shape shape;
    lng_shape view; /* the variable's elements, with the dimensions that change places */
    int perm[LNG_MAX_RANK];
    const char *more; /* another tensor of this shape, which is added to it there; NULL: none */
} lng_laid;

/* The variables in a layout, as `out` of the graph, which is not rewritten, reads them. No two have the same name. */
lng_laid *lng_lay_out(lng_arena *, lng_layout, const lng_graph *, const lng_variable *, size_t variables);
/* The element of the variable that is element e of the layout. */
int64_t lng_laid_source(const lng_laid *, int64_t e);

#endif
