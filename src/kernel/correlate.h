/* The gradient of shared weights under windows: for each tap, x at the window's place times g, over all places.
 *
 *     dw[t][q] = lane tree of the sum over places of x[place + t] * g[place][q]
 *
 * Each lane adds up its places by fused multiply-adds from +0, in order; lanes are summed once at the end, 16 sums at a time.
 * A segment is a list of neighbouring taps (rows of dw, vectors of x) that see the same places; these lie in rows. */
#ifndef LNG_KERNEL_CORRELATE_H
#define LNG_KERNEL_CORRELATE_H
#include "kernel/lanes.h"

typedef struct lng_places { /* n places: vectors x, x + x_step, ... and g, g + g_step, ... */
    int32_t x, g, n;
} lng_places;
typedef struct lng_segment {
    const lng_places *row;
    int rows;
    int32_t first, taps; /* rows of dw */
} lng_segment;
typedef struct lng_correlation {
    const lng_segment *segment;
    int segments, channels; /* columns of dw */
    int32_t x_step, g_step; /* in vectors */
} lng_correlation;

#define LNG_CORRELATE_TAPS     36 /* at a time, with */
#define LNG_CORRELATE_CHANNELS 64 /* so many channels; their sums wait in the scratch memory while places go by in blocks */
#define LNG_CORRELATE_SCRATCH  (LNG_CORRELATE_TAPS * LNG_CORRELATE_CHANNELS * 16 * sizeof(float))
/* Dead lanes count as +0. add: to what stands in dw, once a sum is complete. */
void LNG_NAME(lng_correlate)(const lng_correlation *, int live, bool add, const float *x, const float *g, float *dw,
                             float *scratch);

/* n vectors to n sums by the lane tree, dead lanes as +0; add: to what stands there */
void LNG_NAME(lng_add_lanes)(const float *vectors, int n, int live, bool add, float *to);

#endif
