/* The image of a convolution under a pool, and the gradient in it; see pooled.h. */
#include "kernel/pooled.h"
#include "base/assert.h"

#define TILE static inline __attribute__((always_inline)) void

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t most(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* ---- the image and the zeros around it ---- */
void lng_pooled_copy_image(const lng_pooled *k, const float *x, int32_t channels, float *to)
{
    for (int32_t i = 0; i < lng_pooled_rows(k); i++)
        for (int32_t j = 0; j < lng_pooled_columns(k); j++) {
            const int32_t iy = i - k->before_y, ix = j - k->before_x;
            const bool exists = iy >= 0 && iy < k->in_y && ix >= 0 && ix < k->in_x;
            const float *from = x + ((ptrdiff_t)iy * k->in_x + ix) * k->c * 16;
            for (int32_t c = 0; c < channels; c++, to += 16)
                v_store(to, exists ? v_load(from + (ptrdiff_t)c * 16) : v_zero());
        }
}

/* ---- input gradient ---- */
/* Sixteen rows of the weights, or zeros, become table rows of 16 outputs. */
void lng_pooled_table(const lng_pooled *k, const float *w, float *table)
{
    v16 r[16];
    for (int32_t i = 0; i <= k->kh / 2; i++)
        for (int32_t j = 0; j <= k->kw / 2; j++, table += (ptrdiff_t)k->o * k->c * 16)
            for (int32_t c = 0; c < k->c; c++)
                for (int32_t o = 0; o < k->o; o += 16) {
                    const int32_t n = least(16, k->o - o);
                    for (int32_t e = 0; e < 16; e++) {
                        const int32_t pixel = e / 4, corner = e % 4;
                        const int32_t ky = 2 * i + pixel / 2 - corner / 2, kx = 2 * j + pixel % 2 - corner % 2;
                        const bool reads = ky >= 0 && ky < k->kh && kx >= 0 && kx < k->kw;
                        r[e] = reads ? v_load_part(w + (((ptrdiff_t)ky * k->kw + kx) * k->c + c) * k->o + o, n) : v_zero();
                    }
                    v_transpose(r);
                    for (int32_t e = 0; e < n; e++)
                        v_store(table + ((ptrdiff_t)c * k->o + o + e) * 16, r[e]);
                }
}

/* Where the sums of the four pixels of a block are. */
typedef struct pixels {
    float *at[4];
} pixels;

/* n outputs of one window, for C channels of a block; more: the sums go on. channel: from one to the next in the table. */
TILE input_grad(const int C, int32_t n, bool more, const float *g, const int32_t *quads, const float *table, ptrdiff_t channel,
                const pixels *to)
{
    v16 s[24];
    LNG_UNROLLED(p, 4) {
        LNG_UNROLLED(c, C)
            s[p * C + c] = more ? v_load(to->at[p] + c * 16) : v_zero();
    }
    for (; n > 0; n--, g += 16, quads += 16, table += 16) {
        const v16 adjoint = v_load(g);
        const i16 won = iv_load(quads);
        LNG_UNROLLED(c, C) {
            LNG_UNROLLED(p, 4)
                s[p * C + c] = v_fma(v_quad(table + c * channel, p, won), adjoint, s[p * C + c]);
        }
    }
    LNG_UNROLLED(p, 4) {
        LNG_UNROLLED(c, C)
            v_store(to->at[p] + c * 16, s[p * C + c]);
    }
}

/* At each window that reaches them, a few blocks of pixels take in some of its outputs, for all channels, while the adjoints are in the first
 * cache and the table's rows in the second. Meanwhile the sums wait in dx. */
/* clang-format off */
#ifdef LNG_AVX512
#define TILES(X) X(6) X(4) X(2) X(1)
#define WIDEST   6
#define OUTPUTS  64
#define AHEAD    2 /* blocks */
#else
#define TILES(X) X(1)
#define WIDEST   1
#define OUTPUTS  128
#define AHEAD    1
#endif
/* clang-format on */
typedef void input_tile(int32_t n, bool more, const float *g, const int32_t *quads, const float *table, ptrdiff_t channel,
                        const pixels *to);
#define DEFINE(c)                                                                                                                  \
    static void input_grad_##c(int32_t n, bool more, const float *g, const int32_t *quads, const float *table, ptrdiff_t channel,  \
                               const pixels *to)                                                                                   \
    {                                                                                                                              \
        input_grad(c, n, more, g, quads, table, channel, to);                                                                      \
    }
TILES(DEFINE)
#define LIST(c) {c, input_grad_##c},
static const struct {
    int c;
    input_tile *run;
} input_tiles[] = {TILES(LIST)};

/* The pixels of block (y, x), from channel c on; what is outside of the image goes nowhere. */
static pixels pixels_of(const lng_pooled *k, int32_t y, int32_t x, int32_t c, float *dx, float *nowhere)
{
    pixels to;
    for (int32_t p = 0; p < 4; p++) {
        const int32_t iy = 2 * y + p / 2 - k->before_y, ix = 2 * x + p % 2 - k->before_x;
        const bool exists = iy >= 0 && iy < k->in_y && ix >= 0 && ix < k->in_x;
        to.at[p] = exists ? dx + (((ptrdiff_t)iy * k->in_x + ix) * k->c + c) * 16 : nowhere;
    }
    return to;
}

/* Some outputs, from o on, of the windows (i, j) before the blocks of row y from column x to `end`. */
static void run_blocks(const lng_pooled *k, int32_t i, int32_t j, int32_t y, int32_t x, int32_t end, int32_t o, const float *g,
                       const int32_t *quads, const float *table, float *dx)
{
    const int32_t n = least(OUTPUTS, k->o - o);
    const ptrdiff_t channel = (ptrdiff_t)k->o * 16;
    float nowhere[WIDEST * 16] __attribute__((aligned(64))) = {0};
    table += (((ptrdiff_t)i * (k->kw / 2 + 1) + j) * k->c * k->o + o) * 16;
    for (int32_t c = 0, size = 0; c < k->c; c += input_tiles[size].c) {
        while (input_tiles[size].c > k->c - c)
            size++;
        for (int32_t b = x; b < end; b++) {
            const bool more = o > 0 || i < least(k->kh / 2, y) || j < least(k->kw / 2, b);
            const ptrdiff_t window = (((ptrdiff_t)(y - i) * k->columns + b - j) * k->o + o) * 16;
            const pixels to = pixels_of(k, y, b, c, dx, nowhere);
            input_tiles[size].run(n, more, g + window, quads + window, table + c * channel, channel, &to);
        }
    }
}

/* Pixels that no window reads. */
static void clear_rest(const lng_pooled *k, float *dx)
{
    for (int32_t iy = 0; iy < k->in_y; iy++)
        for (int32_t ix = 0; ix < k->in_x; ix++)
            if ((iy + k->before_y) / 2 - k->kh / 2 >= k->rows || (ix + k->before_x) / 2 - k->kw / 2 >= k->columns)
                for (int32_t c = 0; c < k->c; c++)
                    v_store(dx + (((ptrdiff_t)iy * k->in_x + ix) * k->c + c) * 16, v_zero());
}

size_t lng_pooled_input_grad_scratch(const lng_pooled *k)
{
    return (size_t)k->rows * (size_t)k->columns * (size_t)k->o * 16 * sizeof(int32_t);
}

/* All channels select by the same winners, which are therefore made ready for it once. */
void lng_pooled_input_grad(const lng_pooled *k, const float *g, const int32_t *winner, const float *table, float *dx,
                           int32_t *quads)
{
    LNG_ASSERT(is_aligned(g) && is_aligned(table) && is_aligned(dx) && is_aligned(quads));
    for (ptrdiff_t i = 0; i < (ptrdiff_t)k->rows * k->columns * k->o * 16; i += 16)
        iv_store(quads + i, iv_quad(iv_load(winner + i)));
    clear_rest(k, dx);
    const int32_t y_end = (k->before_y + k->in_y + 1) / 2, x_end = (k->before_x + k->in_x + 1) / 2;
    for (int32_t i = k->kh / 2; i >= 0; i--)
        for (int32_t j = k->kw / 2; j >= 0; j--)
            for (int32_t o = 0; o < k->o; o += OUTPUTS)
                for (int32_t y = most(k->before_y / 2, i); y < least(y_end, k->rows + i); y++)
                    for (int32_t x = most(k->before_x / 2, j), end = least(x_end, k->columns + j); x < end; x += AHEAD)
                        run_blocks(k, i, j, y, x, least(x + AHEAD, end), o, g, quads, table, dx);
}
