/* Convolutions (stride 1) under a max-pool of 2 x 2 windows that touch: forward without the map that the pool reads, gradients by the
 * winners alone. A window has four places, numbered 0 1 / 2 3; in each lane one of them has won.
 *
 *     forward         y = max over the places of the sum of x w
 *     weight grad     dw[ky][kx][c][o] = lane tree of the sum over the windows of x at the winner's tap, times g
 *     input grad      dx[pixel][c] = the sum over windows and o of g times the weight by which the winner read the pixel
 *
 * Both gradients take a quarter of the multiply-adds of the plain formulas; what a lane adds is selected instead: of four neighbouring x by
 * two selections a tap, of four weights by a permutation. Around the image lie zeros, as many as the taps reach, and they are multiplied like
 * anything else. */
#ifndef LNG_KERNEL_POOLED_H
#define LNG_KERNEL_POOLED_H
#include "kernel/lanes.h"

typedef struct lng_pooled {
    int32_t rows, columns;      /* of windows */
    int32_t kh, kw, c, o;       /* of the weights */
    int32_t in_y, in_x;         /* of the image */
    int32_t before_y, before_x; /* zeros above it and left of it */
} lng_pooled;

/* place: NULL when nobody reads it. Of a number that is no place the last two bits count. */
void LNG_NAME(lng_pooled_forward)(const lng_pooled *, int part, int parts, const float *x, const float *w, float *y, int32_t *place,
                                  float *scratch); /* a part: some rows of windows */
size_t LNG_NAME(lng_pooled_forward_scratch)(const lng_pooled *);

/* Dead lanes count as +0. add: to what stands in dw, once a sum is complete. */
void LNG_NAME(lng_pooled_weight_grad)(const lng_pooled *, int live, bool add, const float *x, const float *g, const int32_t *place,
                                      float *dw, float *scratch);
size_t LNG_NAME(lng_pooled_weight_grad_scratch)(const lng_pooled *);

/* Pixels go in blocks of 2 x 2, counted with the zeros before the image. The windows that reach block (y, x) are (y - i, x - j) for
 * 0 <= i <= kh / 2, 0 <= j <= kw / 2. table[i][j][o][c][pixel of the block][place]: the weight by which a place of that window reads the
 * pixel, 0 when it does not; [kh / 2 + 1, kw / 2 + 1, o, c, 16]. */
void LNG_NAME(lng_pooled_table)(const lng_pooled *, const float *w, float *table);
void LNG_NAME(lng_pooled_input_grad)(const lng_pooled *, const float *g, const int32_t *place, const float *table, float *dx);

#endif
