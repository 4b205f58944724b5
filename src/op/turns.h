/* What the ops at the borders of loops share: a row of a stack for each turn. Bits are moved as they are, whatever the dtype. */
#include "op/kernel.h"

static inline int64_t row_of(const lng_node *n, int64_t turn, int64_t rows)
{
    turn %= rows;
    return n->attr[LNG_LOOP_REVERSE].i ? rows - 1 - turn : turn;
}

#ifdef LNG_FAST
static inline void copy_fast(const lng_call *call, int64_t to, int64_t from, int64_t size)
{
    const int64_t unit = call->node->out[0].per_example ? LNG_LANES : 1;
    memcpy((float *)call->out[0] + to * unit, (const float *)call->in[0] + from * unit, (size_t)(size * unit) * sizeof(float));
}
#endif
