/* The order of long sums. Up to 64 terms: one after the other, from +0. More: runs of 64 terms (the last may be shorter), which are added in
 * the tree that splits at the largest power of two below their number. So the sum of twenty million ones is twenty million. */
#ifndef LNG_OP_LONG_SUM_H
#define LNG_OP_LONG_SUM_H
#include "op/kernel.h"

#define LONG_SUM_RUN   64 /* terms */
#define LONG_SUM_DEPTH 26 /* 2^31 terms are 2^25 runs */

/* Subtree i holds 2^i runs, where bit i of `runs` is set. */
typedef struct long_sum {
    int terms; /* of the run that has begun */
    real run;
    int64_t runs; /* complete */
    real tree[LONG_SUM_DEPTH];
} long_sum;

static inline void long_sum_end_run(long_sum *s)
{
    int i = 0;
    for (int64_t n = s->runs++; n & 1; n >>= 1)
        s->run = s->tree[i++] + s->run;
    s->tree[i] = s->run;
    s->run = 0;
    s->terms = 0;
}

static inline void long_sum_add(long_sum *s, real term)
{
    if (s->terms == LONG_SUM_RUN)
        long_sum_end_run(s);
    s->run += term;
    s->terms++;
}

static inline real long_sum_total(long_sum *s)
{
    real sum = s->run;
    for (int i = 0; s->runs >> i; i++)
        if (s->runs >> i & 1)
            sum = s->tree[i] + sum;
    return sum;
}

#ifdef LNG_FAST
/* The same for m adjacent sums of vectors, a run at a time. */
#define LONG_SUM_WIDTH 8
typedef struct v_long_sum {
    int64_t runs;
    v16 tree[LONG_SUM_DEPTH][LONG_SUM_WIDTH];
} v_long_sum;

static inline void v_long_sum_add(v_long_sum *s, v16 *run, int m)
{
    int i = 0;
    for (int64_t n = s->runs++; n & 1; n >>= 1, i++)
        for (int k = 0; k < m; k++)
            run[k] = v_add(s->tree[i][k], run[k]);
    for (int k = 0; k < m; k++)
        s->tree[i][k] = run[k];
}

/* Adds the sums of all runs and of the last one, in place of the latter. */
static inline void v_long_sum_total(const v_long_sum *s, v16 *last, int m)
{
    for (int i = 0; s->runs >> i; i++)
        for (int k = 0; k < m && (s->runs >> i & 1); k++)
            last[k] = v_add(s->tree[i][k], last[k]);
}
#endif

#endif
