/* Programs of the op `fused`: several pointwise ops as one node, so that intermediate values never leave the first-level cache.
 *
 * A program is an attribute, as text: steps separated by ';', each an op's name and its operands. A letter is an operand of the node, a number
 * the result of an earlier step: "mul a b;add 0 c;sigmoid 1" is sigmoid(a b + c). The last step's result is the node's. All values are
 * f32. */
#ifndef LNG_GRAPH_FUSED_H
#define LNG_GRAPH_FUSED_H
#include "graph/op.h"

#define LNG_FUSED_STEPS    16
#define LNG_FUSED_OPERANDS 3 /* of one step */

typedef struct lng_fused_step {
    const lng_op *op;
    int n_in;
    int in[LNG_FUSED_OPERANDS]; /* >= 0: operand of the node; < 0: ~step */
} lng_fused_step;

typedef struct lng_fused {
    int steps;
    lng_fused_step step[LNG_FUSED_STEPS];
} lng_fused;

bool lng_fused_parse(const char *program, lng_fused *); /* false when malformed */
const char *lng_fused_text(lng_arena *, const lng_fused *);

#endif
