/* Broadcasting, and walks over several arrays at once: what shape rules and kernels of pointwise, reducing and moving ops share. */
#ifndef LNG_GRAPH_WALK_H
#define LNG_GRAPH_WALK_H
#include "graph/op.h"

/* Numpy's rule: shapes are aligned at their last dimension, missing ones count as 1, and 1 stretches. Sets *out to the common shape
 * of out and in; false when they do not fit. */
bool lng_shape_broadcast(lng_shape *out, lng_shape in);
/* The shape rule of pointwise ops: outputs get the operands' common shape. */
bool lng_infer_pointwise(lng_infer *);
/* The element of an operand of shape `from` that belongs to element e of `to`. */
int64_t lng_shape_source(lng_shape to, lng_shape from, int64_t e);

/* A nest of loops, the last one innermost, over up to LNG_WALK arrays: loop i runs extent[i] times and moves array k by
 * step[k][i]. A walk has at least one loop. */
#define LNG_WALK 4
typedef struct lng_walk {
    int rank;
    int64_t extent[LNG_MAX_RANK];
    ptrdiff_t step[LNG_WALK][LNG_MAX_RANK];
} lng_walk;

/* The steps of an array of shape `from` under loops over `to`: 0 where it is stretched. */
void lng_walk_broadcast(lng_walk *, int array, lng_shape to, lng_shape from);
/* Drops loops of one turn and joins those that all arrays run through without a gap. */
void lng_walk_merge(lng_walk *, int arrays);
/* Turns an array's steps from elements into numbers of memory: a per-example element is 16 of them. */
void lng_walk_scale(lng_walk *, int array, bool per_example);

/* Moves on to the next turn of the loops 0 .. loops-1 (index: of those loops, at: of the arrays); false after the last one. */
static inline bool lng_walk_next(const lng_walk *w, int loops, int arrays, int64_t *index, ptrdiff_t *at)
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

/* Where the nest is at its turn number n: index of every loop, at of the loops 0 .. loops-1 alone. */
static inline void lng_walk_seek(const lng_walk *w, int loops, int arrays, int64_t n, int64_t *index, ptrdiff_t *at)
{
    for (int i = w->rank - 1; i >= 0; n /= w->extent[i--]) {
        index[i] = n % w->extent[i];
        for (int k = 0; i < loops && k < arrays; k++)
            at[k] += (ptrdiff_t)index[i] * w->step[k][i];
    }
}

#endif
