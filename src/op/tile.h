/* A template for the functions of a pointwise op on operands of one dtype. OP is the op, ARITY the number of its operands (a, b, c), SCALAR what it
 * does to numbers, and VECTOR what it does to vectors. With INTEGERS defined, the operands are int32_t and i16, else real and v16; with
 * INTEGER_RESULT, so is the result. It defines
 *
 *     P(naive)   the naive kernel, which computes element by element
 *     P(tile)    which computes vectors, from operands in the layout of the result. The sweep in fused.c is the only fast kernel;
 *                it brings other operands into that form, a tile at a time.
 *     P(number)  the same for numbers in double, in the baseline's compilation
 *
 * P puts the op and the dtype into the name, because at the AVX levels all pointwise ops are compiled as one unit. */
#include "op/kernel.h"

#undef P
#undef NUMBER
#undef RESULT
#ifdef INTEGERS
#define P(name) LNG_PASTE3(OP, _##name, integers)
#define NUMBER  int32_t
#else
#define P(name) LNG_PASTE3(OP, _##name, floats)
#define NUMBER  real
#endif
#ifdef INTEGER_RESULT
#define RESULT int32_t
#else
#define RESULT real
#endif

#ifdef LNG_NAIVE
static inline RESULT P(scalar)(NUMBER a, NUMBER b, NUMBER c)
{
    (void)a, (void)b, (void)c;
    return SCALAR;
}

static void P(naive)(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    lng_shape shape = n->out[0].shape;
    int64_t size = lng_shape_size(shape);
    for (int64_t e = 0; e < size; e++) {
        NUMBER x[3] = {0};
        for (int k = 0; k < ARITY; k++)
            x[k] = ((const NUMBER *)call->in[k].at)[lng_shape_source(shape, n->in[k]->shape, e) * call->in[k].step];
        ((RESULT *)call->out[0].at)[e * call->out[0].step] = P(scalar)(x[0], x[1], x[2]);
    }
}
#endif

#if defined LNG_FAST && defined LNG_NAIVE && !defined INTEGERS
static double P(number)(double a, double b, double c)
{
    (void)a, (void)b, (void)c;
    return SCALAR;
}
#endif

#ifdef LNG_FAST
#ifdef INTEGERS
#define LANES   i16
#define SET1    iv_set1
#define LOAD(p) iv_load(p)
#else
#define LANES   v16
#define SET1    v_set1
#define LOAD(p) v_load(p)
#endif

#ifdef INTEGER_RESULT
#define LANES_OUT        i16
#define STORE(out, e, y) iv_store((int32_t *)(out) + (e), y)
#else
#define LANES_OUT        v16
#define STORE(out, e, y) v_store((float *)(out) + (e), y)
#endif

static inline LANES_OUT P(vector)(LANES a, LANES b, LANES c)
{
    (void)a, (void)b, (void)c;
    return VECTOR;
}

static void P(tile)(void *out, const void *const *in, size_t n)
{
    const NUMBER *const at[3] = {in[0], ARITY > 1 ? in[1] : NULL, ARITY > 2 ? in[2] : NULL};
#define OPERAND(k) ((k) < ARITY ? LOAD(at[k] + i) : SET1(0))
    for (size_t i = 0; i < n * LNG_LANES; i += LNG_LANES)
        STORE(out, i, P(vector)(OPERAND(0), OPERAND(1), OPERAND(2)));
#undef OPERAND
}

#undef LANES
#undef SET1
#undef LOAD
#undef LANES_OUT
#undef STORE
#endif
