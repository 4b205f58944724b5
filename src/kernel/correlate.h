/* The gradient of shared weights under windows: for each tap, the sum over all positions of the window of x times g.
 *
 *     dw[t][q] = lane tree of the sum over positions of x[position + t] * g[position][q]
 *
 * Each lane adds up its positions by fused multiply-adds from +0, in order; lanes are summed once at the end, 16 sums at a time. A strip is a
 * list of neighboring taps (rows of dw, vectors of x) that see the same positions, which lie in rows. Several such gradients, of other
 * vectors of x and other columns of g and dw, may share their strips: the bands. Or each column has an x of its own, dw[t][q] being the sum of
 * x[position + t][q] * g[position][q]. */
#ifndef LNG_KERNEL_CORRELATE_H
#define LNG_KERNEL_CORRELATE_H
#include "kernel/lanes.h"

typedef struct lng_positions { /* n of them: vectors x, x + x_step, ... and g, g + g_step, ... */
    int32_t x, g, n;
} lng_positions;
typedef struct lng_strip {
    const lng_positions *row;
    int rows;
    int32_t first, taps; /* rows of dw */
} lng_strip;
typedef struct lng_correlation {
    const lng_strip *strip;
    int strips, channels;   /* columns of dw, in a band */
    int32_t x_step, g_step; /* in vectors; g_step is also the number of all columns of dw */
    bool alone;             /* each column has its own x, and a strip has one tap */
    int bands;
    int32_t x_band; /* the step from band to band in x; in g and dw it is `channels` */
} lng_correlation;

/* So many taps by so many channels are computed together; their sums wait in the scratch memory between blocks of positions. */
#define LNG_CORRELATE_TAPS     36
#define LNG_CORRELATE_CHANNELS 64
#define LNG_CORRELATE_SCRATCH  (LNG_CORRELATE_TAPS * LNG_CORRELATE_CHANNELS * 16 * sizeof(float))
/* Dead lanes count as +0. add: complete sums are added to dw. */
#define lng_correlate LNG_NAME(lng_correlate)
void lng_correlate(const lng_correlation *, int live, bool add, const float *x, const float *g, float *dw, float *scratch);

/* The lane trees of n vectors, dead lanes as +0; add: they are added to what is there. */
#define lng_add_lanes LNG_NAME(lng_add_lanes)
void lng_add_lanes(const float *vectors, int n, int live, bool add, float *to);

#endif
