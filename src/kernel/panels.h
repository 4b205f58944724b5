/* Products of many vectors with one large matrix, such as a wide dense layer's, where the weights do not stay in a cache.
 *
 *     y[row][q] = the sum over taps t of x[row][t] * w[t][q],    from +0, one fused multiply-add per tap, in order
 *
 * A block of the weights is copied into panels, each as wide as a tile, so that a tile reads its weights one after the other; then all rows of
 * all slices go through the block. Sums wait in y between blocks of taps. */
#ifndef LNG_KERNEL_PANELS_H
#define LNG_KERNEL_PANELS_H
#include "kernel/lanes.h"

#define LNG_PANEL_TAPS    256
#define LNG_PANEL_OUTPUTS 48
#define LNG_PANEL_SCRATCH (LNG_PANEL_TAPS * LNG_PANEL_OUTPUTS * sizeof(float))

typedef struct lng_panels {
    int64_t rows, taps, outputs;
    int64_t tap; /* the step in w from tap to tap; outputs are adjacent */
} lng_panels;

/* Slices of 16 examples: the floats from one to the next in x and in y. */
typedef struct lng_panel_slices {
    int n;
    ptrdiff_t x, y;
} lng_panel_slices;
#define lng_panels_run LNG_NAME(lng_panels_run)
void lng_panels_run(const lng_panels *, lng_panel_slices, const float *x, const float *w, float *y, float *scratch);

#endif
