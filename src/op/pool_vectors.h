/* The fast kernel of the pools, for slices of examples and for a single value. */
#ifndef LNG_OP_POOL_VECTORS_H
#define LNG_OP_POOL_VECTORS_H
#include "op/pool.h"

/* A vector holds a channel of sixteen examples or, of a single value, sixteen adjacent channels. */
typedef struct strides {
    int64_t unit;     /* floats from element to element */
    int64_t channels; /* of a vector */
} strides;

/* clang-format off */
#define EACH_VECTOR(p, s, c) for (int64_t c = 0; c < (p)->channels; c += (s).channels)
/* clang-format on */

static inline void store_channels(void *out, const pool *p, strides s, int64_t at, int64_t c, v16 y)
{
    v_store_or_add((float *)out + at * s.unit, y, s.channels == 1 ? LNG_LANES : p->channels - c, false);
}

#define POOL_KERNEL static inline __attribute__((always_inline)) void
POOL_KERNEL each_window(const lng_call *, strides); /* of the op, which is compiled for both */

static void fast(const lng_call *call)
{
    if (call->node->out[0].per_example)
        each_window(call, (strides){LNG_LANES, 1});
    else
        each_window(call, (strides){1, LNG_LANES});
}

#endif
