/* The kernels of a pointwise op on floats or on integers, each with its own mathematics. The result is float; with WHOLE_RESULT defined,
 * that of integers is an integer. For ops through op/arithmetic.h and op/comparison.h.
 *
 *     SCALAR, VECTOR              in real and v16
 *     WHOLE_SCALAR, WHOLE_VECTOR  in int32_t and i16 */
#include "op/tile.h"
#undef SCALAR
#undef VECTOR
#define SCALAR WHOLE_SCALAR
#define VECTOR WHOLE_VECTOR
#define INTEGERS
#ifdef WHOLE_RESULT
#define INTEGER_RESULT
#endif
#include "op/tile.h"

#undef P
#define P(name)           LNG_PASTE3(OP, _##name, either)
#define BY_DTYPE(node, f) ((node)->in[0]->dtype == LNG_I32 ? LNG_PASTE3(OP, _##f, integers) : LNG_PASTE3(OP, _##f, floats))

#ifdef LNG_NAIVE
static void P(naive)(const lng_naive_call *call)
{
    BY_DTYPE(call->node, naive)(call);
}
#endif
#ifdef LNG_FAST
static lng_tile *P(tile_of)(const lng_node *n)
{
    return BY_DTYPE(n, tile);
}
#endif
LNG_POINTWISE_KERNELS(OP, P(naive), P(tile_of), LNG_PASTE3(OP, _number, floats));

#undef OP
#undef ARITY
#undef SCALAR
#undef VECTOR
#undef WHOLE_SCALAR
#undef WHOLE_VECTOR
#undef WHOLE_RESULT
#undef INTEGERS
#undef INTEGER_RESULT
#undef BY_DTYPE
