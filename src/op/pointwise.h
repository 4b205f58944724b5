/* Pointwise ops: a template. An op's file says what the op does to one number and to one vector, and gets all kernels.
 *
 *     #define ARITY  2              operands, up to 3: a, b, c
 *     #define SCALAR a + b          in real
 *     #define VECTOR v_add(a, b)    in v16
 *     #include "op/pointwise.h"     defines naive, pick and tile
 *     LNG_POINTWISE(add);
 *
 * With INTEGERS defined the operands are int32_t and i16, and the functions naive_integers, pick_integers and tile_integers; a file
 * may include the template once in each way. The output is always float.
 *
 * A per-example node runs one vector an element; shared operands are read as one number for all lanes. A shared node runs its
 * elements through the lanes. Both walk over the operands with merged loops, so that equal shapes, scalars and trailing dimensions
 * are one or two loops. */
#include "graph/walk.h"
#include "op/kernel.h"

#ifdef INTEGERS
#define P(name) name##_integers
#define NUMBER  int32_t
#else
#define P(name) name
#define NUMBER  real
#endif

static inline real P(scalar)(NUMBER a, NUMBER b, NUMBER c)
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
        F(call->out[0], e) = P(scalar)(x[0], x[1], x[2]);
    }
}

#ifdef LNG_FAST
#ifdef INTEGERS
#define LANES        i16
#define SET1         iv_set1
#define LOAD(p)      iv_load(p)
#define LOADU(p)     iv_loadu(p)
#define LOAD_PART(p) v_bits(v_load_part((const float *)(p), (int)(n - i)))
#else
#define LANES        v16
#define SET1         v_set1
#define LOAD(p)      v_load(p)
#define LOADU(p)     v_loadu(p)
#define LOAD_PART(p) v_load_part(p, (int)(n - i))
#endif

static inline v16 P(vector)(LANES a, LANES b, LANES c)
{
    (void)a, (void)b, (void)c;
    return VECTOR;
}

static void P(tile)(void *out, const void *const *in, size_t n)
{
#define OPERAND(k) ((k) < ARITY ? LOAD((const NUMBER *)in[k] + i) : SET1(0))
    for (size_t i = 0; i < n * LNG_LANES; i += LNG_LANES)
        v_store((float *)out + i, P(vector)(OPERAND(0), OPERAND(1), OPERAND(2)));
#undef OPERAND
}

/* One inner loop of a per-example node; bit k of `shared`, a constant: operand k is. */
static inline __attribute__((always_inline)) void P(row)(float *out, const NUMBER *const *in, const lng_walk *w, int shared)
{
#define OPERAND(k) ((k) >= ARITY ? SET1(0) : shared >> (k)&1 ? SET1(in[k][i * step[k]]) : LOAD(in[k] + i * step[k]))
    const int inner = w->rank - 1;
    const ptrdiff_t step[3] = {w->step[1][inner], w->step[2][inner], w->step[3][inner]};
    for (int64_t i = 0; i < w->extent[inner]; i++)
        v_store(out + i * LNG_LANES, P(vector)(OPERAND(0), OPERAND(1), OPERAND(2)));
#undef OPERAND
}

/* One inner loop of a shared node. Inner steps are 0 or 1. */
static inline void P(shared_row)(float *out, const NUMBER *const *in, const lng_walk *w)
{
#define OPERAND(k, load) ((k) >= ARITY || !w->step[(k) + 1][inner] ? SET1((k) < ARITY ? *in[k] : 0) : load(in[k] + i))
    const int inner = w->rank - 1;
    const int64_t n = w->extent[inner];
    int64_t i = 0;
    for (; i + LNG_LANES <= n; i += LNG_LANES)
        v_storeu(out + i, P(vector)(OPERAND(0, LOADU), OPERAND(1, LOADU), OPERAND(2, LOADU)));
    if (i < n)
        v_store_part(out + i, P(vector)(OPERAND(0, LOAD_PART), OPERAND(1, LOAD_PART), OPERAND(2, LOAD_PART)), (int)(n - i));
#undef OPERAND
}

static void P(fast)(const lng_call *call)
{
    const lng_walk *w = call->plan;
    const lng_node *n = call->node;
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[LNG_WALK] = {0};
    int shared = 0;
    for (int k = 0; k < ARITY; k++)
        shared |= !n->in[k]->per_example << k;
    do {
        const NUMBER *in[3] = {0};
        float *out = (float *)call->out[0] + at[0];
        for (int k = 0; k < ARITY; k++)
            in[k] = (const NUMBER *)call->in[k] + at[k + 1];
        switch (shared) {
        case 0:
            P(row)(out, in, w, 0);
            break;
#if ARITY > 1
        case 1:
            P(row)(out, in, w, 1);
            break;
        case 2:
            P(row)(out, in, w, 2);
            break;
#endif
#if ARITY > 2
        case 3:
            P(row)(out, in, w, 3);
            break;
        case 4:
            P(row)(out, in, w, 4);
            break;
        case 5:
            P(row)(out, in, w, 5);
            break;
        case 6:
            P(row)(out, in, w, 6);
            break;
#endif
        default:
            P(shared_row)(out, in, w);
        }
    } while (lng_walk_next(w, w->rank - 1, ARITY + 1, index, at));
}

static lng_kernel *P(pick)(const lng_node *n, lng_arena *arena, const void **plan, size_t *scratch)
{
    (void)scratch;
    lng_walk *w = LNG_NEW(arena, lng_walk);
    lng_walk_pointwise(w, n);
    *plan = w;
    return P(fast);
}

#undef LANES
#undef SET1
#undef LOAD
#undef LOADU
#undef LOAD_PART
#endif

#undef P
#undef NUMBER
#undef SCALAR
#undef VECTOR
#undef INTEGERS

/* tile_of: every node of the op has the same tile function. */
#ifdef LNG_FAST
#define LNG_POINTWISE(op)                                                                                                          \
    static lng_tile *tile_of(const lng_node *n)                                                                                    \
    {                                                                                                                              \
        (void)n;                                                                                                                   \
        return tile;                                                                                                               \
    }                                                                                                                              \
    LNG_POINTWISE_KERNELS(op, naive, pick, tile_of)
#else
#define LNG_POINTWISE(op) LNG_POINTWISE_KERNELS(op, naive, pick, tile_of)
#endif
