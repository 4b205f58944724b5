/* The gradient of shared weights under windows: for each tap, the sum over all positions of the window of x times g.
 *
 *     dw[tap][c][q] = lane tree of the sum over positions of x[position + tap][c] * g[position][q]
 *
 * Each lane adds up its positions by fused multiply-adds from +0, in order; lanes are summed once at the end, 16 sums at a time. A strip is a
 * list of neighboring taps that see the same positions. Several such gradients, of other channels of x and other columns
 * of g and dw, may share their strips: the bands. Or each column has a channel of its own, dw[tap][q] being the sum of
 * x[position + tap][q] * g[position][q]. */
#ifndef LNG_KERNEL_CORRELATE_H
#define LNG_KERNEL_CORRELATE_H
#include "kernel/lanes.h"

/* Positions are rows by columns of them, the first at pixel x of the image and g of the adjoint. */
typedef struct lng_strip {
    int32_t x, g, rows, columns;
    int32_t first, taps; /* the number of the first tap; the others read the pixels behind its own */
} lng_strip;
typedef struct lng_correlation {
    const lng_strip *strip;
    int strips, taps;
    int depth, channels;       /* channels of x and columns of dw, in a band */
    int x_channels, g_columns; /* in all bands */
    int32_t x_pixels, g_pixels;
    int32_t x_row, x_column, g_row; /* pixels from position to position */
    bool alone;                     /* each column has its own channel, and a strip has one tap */
    int bands;
} lng_correlation;

#define lng_correlate_scratch LNG_NAME(lng_correlate_scratch)
size_t lng_correlate_scratch(const lng_correlation *);
/* Dead lanes count as +0. add: complete sums are added to dw. */
#define lng_correlate LNG_NAME(lng_correlate)
void lng_correlate(const lng_correlation *, int live, bool add, const float *x, const float *g, float *dw, float *scratch);

#endif
