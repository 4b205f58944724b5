/* Sums over axes, divided by a number: by 1 in sum, by how many there are in mean. The definition is a chain: from +0, one addition for
 * each reduced element, in row-major order. The fast kernel of both is in sum.c. */
#ifndef LNG_OP_SUM_H
#define LNG_OP_SUM_H
#include "op/reduce.h"

static inline void naive_sum(const lng_naive_call *call, int64_t divisor)
{
    reduction r;
    reduction_of(&r, call->node);
    int64_t kept[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        int64_t reduced[LNG_MAX_RANK] = {0};
        ptrdiff_t x = at[0];
        real sum = 0;
        do
            sum += F(call->in[0], x);
        while (lng_walk_next(&r.reduced, r.reduced.rank, 1, reduced, &x));
        F(call->out[0], at[1]) = sum / (real)divisor;
    } while (lng_walk_next(&r.kept, r.kept.rank, 2, kept, at));
}

#ifdef LNG_FAST
lng_kernel *LNG_NAME(lng_sum_pick)(const lng_node *, lng_arena *, const void **plan, int64_t divisor);
#endif

#endif
