/* Nests of loops over several arrays at once, for the kernels of pointwise, reducing and moving ops. */
#ifndef LNG_GRAPH_NEST_H
#define LNG_GRAPH_NEST_H
#include "graph/op.h"

/* Loop i, of which the last is the innermost, runs extent[i] times and moves array k by step[k][i]. There is at least one loop. */
#define LNG_NEST_ARRAYS 4
typedef struct lng_nest {
    int rank;
    int64_t extent[LNG_MAX_RANK];
    ptrdiff_t step[LNG_NEST_ARRAYS][LNG_MAX_RANK];
} lng_nest;

/* Loops over `to`, and the steps of an array of shape `from` under them: 0 where it is stretched. */
void lng_nest_broadcast(lng_nest *, int array, lng_shape to, lng_shape from);
/* Drops loops of one turn, and merges loops that step through all arrays without gaps. */
void lng_nest_merge(lng_nest *, int arrays);
/* Converts an array's steps from elements to floats in memory: a per-example element has 16. */
void lng_nest_scale(lng_nest *, int array, bool per_example);

/* Moves on to the next turn of loops 0 to loops - 1; index: of those loops, at: of the arrays. False after the last turn. */
static inline bool lng_nest_next(const lng_nest *w, int loops, int arrays, int64_t *index, ptrdiff_t *at)
{
    for (int i = loops - 1; i >= 0; i--) {
        for (int k = 0; k < arrays; k++)
            at[k] += w->step[k][i];
        if (++index[i] < w->extent[i])
            return true;
        index[i] = 0;
        for (int k = 0; k < arrays; k++)
            at[k] -= w->step[k][i] * w->extent[i];
    }
    return false;
}

/* Sets index to turn number n of the whole nest, and moves `at` there along loops 0 to loops - 1 alone. */
static inline void lng_nest_seek(const lng_nest *w, int loops, int arrays, int64_t n, int64_t *index, ptrdiff_t *at)
{
    for (int i = w->rank - 1; i >= 0; n /= w->extent[i--]) {
        index[i] = n % w->extent[i];
        for (int k = 0; i < loops && k < arrays; k++)
            at[k] += (ptrdiff_t)index[i] * w->step[k][i];
    }
}

#endif
