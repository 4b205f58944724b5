/* Gradients of convolutions (stride 1) under a max-pool of adjacent windows of 2 x 2, through the winners alone. The four corners of a window
 * are numbered 0 1 / 2 3; in each lane one of them is the winner.
 *
 *     weight grad     dw[ky][kx][c][o] = lane tree of the sum over the windows of x at the winner's tap, times g
 *     input grad      dx[pixel][c] = the sum over windows and o of g times the weight by which the winner read the pixel
 *
 * Both take a quarter of the multiply-adds of the plain formulas. What is added instead is read where an example's winner is, with lanes along
 * adjacent inputs (pooled_weight_grad.c) or many channels (pooled_wide.c), or, for few channels, selected among four weights by a permutation. The
 * image is surrounded by zeros, as far as the taps reach, which are multiplied like anything else. */
#ifndef LNG_KERNEL_POOLED_H
#define LNG_KERNEL_POOLED_H
#include "kernel/lanes.h"

typedef struct lng_pooled {
    int32_t rows, columns;      /* of windows */
    int32_t kh, kw, c, o;       /* of the weights */
    int32_t in_y, in_x;         /* of the image */
    int32_t before_y, before_x; /* zeros above it and to its left */
} lng_pooled;

/* The rows and columns that windows read, and whether some of them are zeros around the image. */
static inline int32_t lng_pooled_rows(const lng_pooled *k)
{
    return 2 * k->rows + k->kh - 1;
}
static inline int32_t lng_pooled_columns(const lng_pooled *k)
{
    return 2 * k->columns + k->kw - 1;
}
static inline bool lng_pooled_pads(const lng_pooled *k)
{
    return k->before_y || k->before_x || lng_pooled_rows(k) > k->in_y || lng_pooled_columns(k) > k->in_x;
}

/* The pixels that windows read, `channels` of each. */
#define lng_pooled_copy_image LNG_NAME(lng_pooled_copy_image)
void lng_pooled_copy_image(const lng_pooled *, const float *x, int32_t channels, float *to);

/* Dead lanes count as +0, and adjoints that are 0 have no terms. add: complete sums are added to dw. Of a winner, here and below, only the last
 * two bits count. */
#define lng_pooled_weight_grad         LNG_NAME(lng_pooled_weight_grad)
#define lng_pooled_weight_grad_scratch LNG_NAME(lng_pooled_weight_grad_scratch)
void lng_pooled_weight_grad(const lng_pooled *, int live, bool add, const float *x, const float *g, const int32_t *winner,
                            float *dw, float *scratch);
size_t lng_pooled_weight_grad_scratch(const lng_pooled *);

/* Pixels go in blocks of 2 x 2, counted with the zeros before the image. The windows that reach block (y, x) are (y - i, x - j) for
 * 0 <= i <= kh / 2, 0 <= j <= kw / 2. table[i][j][c][o][pixel of the block][corner]: the weight by which a corner of that window reads the
 * pixel, 0 if it does not; [kh / 2 + 1, kw / 2 + 1, c, o, 16]. */
#define lng_pooled_table              LNG_NAME(lng_pooled_table)
#define lng_pooled_input_grad         LNG_NAME(lng_pooled_input_grad)
#define lng_pooled_input_grad_scratch LNG_NAME(lng_pooled_input_grad_scratch)
void lng_pooled_table(const lng_pooled *, const float *w, float *table);
void lng_pooled_input_grad(const lng_pooled *, const float *g, const int32_t *winner, const float *table, float *dx,
                           int32_t *scratch);
size_t lng_pooled_input_grad_scratch(const lng_pooled *);

/* For many channels, in the order of the convolution's outputs. Adjoints that are 0 have no terms. */
#define lng_pooled_wide_grad         LNG_NAME(lng_pooled_wide_grad)
#define lng_pooled_wide_grad_scratch LNG_NAME(lng_pooled_wide_grad_scratch)
void lng_pooled_wide_grad(const lng_pooled *, const float *g, const int32_t *winner, const float *w, float *dx, float *scratch);
size_t lng_pooled_wide_grad_scratch(const lng_pooled *);

#endif
