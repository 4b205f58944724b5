/* Sums over axes, divided by a number: 1, or the number of terms in mean. The terms, in sum_product the products of two operands' elements, come
 * in row-major order, and are added as long_sum.h says. sum.c has the fast kernel of all. */
#ifndef LNG_OP_SUM_H
#define LNG_OP_SUM_H
#include "op/long_sum.h"
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
        long_sum sum = {0};
        do
            long_sum_add(&sum, call->node->n_in > 1 ? F(call->in[0], x) * F(call->in[1], x) : F(call->in[0], x));
        while (lng_nest_next(&r.reduced, r.reduced.rank, 1, reduced, &x));
        F(call->out[0], at[1]) = long_sum_total(&sum) / (real)divisor;
    } while (lng_nest_next(&r.kept, r.kept.rank, 2, kept, at));
}

#ifdef LNG_FAST
#define lng_prepare_sum LNG_NAME(lng_prepare_sum)
lng_prepared lng_prepare_sum(const lng_node *, int64_t divisor, lng_arena *);
#endif

#ifdef LNG_CASES
/* The last four are long. */
#define LNG_SUM_CASES                                                                                                              \
    LNG_REDUCTION_CASES(), {.in = {LNG_DIMS(64)}}, {.in = {LNG_DIMS(65)}},                                                         \
        {.in = {LNG_DIMS(2, 900)}, .attr = {{.v = LNG_DIMS(1)}}},                                                                  \
    {                                                                                                                              \
        .in = {LNG_DIMS(20, 33, 3)}, .attr = { {.v = LNG_DIMS(0, 1)} }                                                             \
    }
#endif

#endif
