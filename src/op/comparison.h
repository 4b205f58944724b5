/* The kernels and the shape rule of a comparison of two floats or two integers. It gives 1 where it holds, else 0.
 *
 *     #define OP          less
 *     #define SCALAR      a < b
 *     #define IN_FLOATS   v_lt(a, b)      in m16
 *     #define IN_INTEGERS iv_lt(a, b)
 *     #include "op/comparison.h"
 */
#define ARITY  2
#define VECTOR v_keep(IN_FLOATS, v_set1(1))
#include "op/tile.h"
#undef VECTOR
#define VECTOR v_keep(IN_INTEGERS, v_set1(1))
#define INTEGERS
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
#undef INTEGERS
#undef IN_FLOATS
#undef IN_INTEGERS
#undef BY_DTYPE

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    if (r->in[0]->dtype != r->in[1]->dtype)
        return lng_infer_fail_in(r, 1, LNG_E_DTYPE, "%s expects two floats or two integers, got %s and %s", r->op->name,
                                 lng_dtype_name(r->in[0]->dtype), lng_dtype_name(r->in[1]->dtype));
    return lng_infer_pointwise(r);
}
#endif
