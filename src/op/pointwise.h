/* The kernels of a pointwise op, made from what it does to one number and to one vector.
 *
 *     #define OP     add
 *     #define ARITY  2              operands, up to 3: a, b, c
 *     #define SCALAR a + b          in real
 *     #define VECTOR v_add(a, b)    in v16
 *     #include "op/pointwise.h"
 *
 * With INTEGERS defined, the operands are int32_t and i16; with INTEGER_RESULT, so is the result. */
#include "op/tile.h"

#ifdef LNG_FAST
static lng_tile *P(tile_of)(const lng_node *n)
{
    (void)n; /* every node of the op has the same tile function */
    return P(tile);
}
#endif
#ifdef INTEGERS
LNG_POINTWISE_KERNELS(OP, P(naive), P(tile_of), NULL);
#else
LNG_POINTWISE_KERNELS(OP, P(naive), P(tile_of), P(number));
#endif

#undef OP
#undef ARITY
#undef SCALAR
#undef VECTOR
#undef INTEGERS
#undef INTEGER_RESULT
