/* Tiles in registers for convolutions under pools; see pooled.h. Q, T and C are constants wherever the tiles are called. */
#include "kernel/pooled.h"
#include "base/assert.h"
#include "kernel/correlate.h"

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

/* ---- winners ---- */
typedef struct choice {
    m16 lower, right;
} choice;

static choice choice_of(i16 winner)
{
    const i16 none = iv_set1(0);
    return (choice){m_not(iv_eq(iv_and(winner, iv_set1(2)), none)), m_not(iv_eq(iv_and(winner, iv_set1(1)), none))};
}

/* ---- weight gradient ---- */
#define BLOCK    48 /* windows in a block, whose x and g stay in the first cache; between blocks the sums wait in memory */
#define CHANNELS 64 /* of g, at a time */
#define TAPS     5  /* of a row of the weights in one tile, at most */

/* Some rows of windows, for some columns of dw. The adjoints and choices for a tile's columns lie together, window by window. */
typedef struct block {
    int32_t rows, columns;
    ptrdiff_t row;    /* of x, in floats */
    bool fresh;       /* the sums start here */
    ptrdiff_t stride; /* from tap to tap in the sums */
} block;

/* The right-hand corners of a tap are the left-hand corners of the next one, so the row is chosen once for both. */
TILE weight_grad(const int T, const int Q, const block *b, const float *x, const float *g, const choice *choices, float *sums)
{
    const ptrdiff_t row = b->row, stride = b->stride;
    v16 sum[24];
    LNG_UNROLLED(t, T) {
        LNG_UNROLLED(q, Q)
            sum[t * Q + q] = b->fresh ? v_zero() : v_load(sums + t * stride + q * 16);
    }
    for (int32_t wy = b->rows; wy > 0; wy--, x += 2 * row) {
        const float *upper = x, *lower = x + row;
        for (int32_t wx = b->columns; wx > 0; wx--, upper += 2 * 16, lower += 2 * 16, g += Q * 16, choices += Q) {
            v16 above = v_hold(v_load(upper)), below = v_hold(v_load(lower)), left[6];
            LNG_UNROLLED(q, Q)
                left[q] = v_select(choices[q].lower, below, above);
            LNG_UNROLLED(t, T) {
                above = v_hold(v_load(upper + (t + 1) * 16));
                below = v_hold(v_load(lower + (t + 1) * 16));
                LNG_UNROLLED(q, Q) {
                    const v16 right = v_select(choices[q].lower, below, above);
                    sum[t * Q + q] = v_fma(v_select(choices[q].right, right, left[q]), v_load(g + q * 16), sum[t * Q + q]);
                    left[q] = right;
                }
            }
        }
    }
    LNG_UNROLLED(t, T) {
        LNG_UNROLLED(q, Q)
            v_store(sums + t * stride + q * 16, sum[t * Q + q]);
    }
}

/* The sizes; widest[T] is the largest Q for T taps, which exists for T - 1 too. */
/* clang-format off */
#ifdef LNG_AVX512
#define TILES(X) X(5, 2) X(5, 1) X(4, 2) X(4, 1) X(3, 4) X(3, 2) X(3, 1) X(2, 6) X(2, 4) X(2, 2) X(2, 1) X(1, 4) X(1, 2) X(1, 1)
static const int32_t widest[TAPS + 1] = {0, 4, 6, 4, 2, 2};
#elif defined LNG_AVX2
#define TILES(X) X(5, 1) X(4, 1) X(3, 1) X(2, 2) X(2, 1) X(1, 2) X(1, 1)
static const int32_t widest[TAPS + 1] = {0, 2, 2, 1, 1, 1};
#else
#define TILES(X) X(5, 1) X(4, 1) X(3, 1) X(2, 1) X(1, 1)
static const int32_t widest[TAPS + 1] = {0, 1, 1, 1, 1, 1};
#endif
/* clang-format on */
typedef void weight_tile(const block *, const float *x, const float *g, const choice *, float *sums);
#define DEFINE(t, q)                                                                                                               \
    static void weight_grad_##t##_##q(const block *b, const float *x, const float *g, const choice *choices, float *sums)          \
    {                                                                                                                              \
        weight_grad(t, q, b, x, g, choices, sums);                                                                                 \
    }
TILES(DEFINE)
#define LIST(t, q) [t][q] = weight_grad_##t##_##q,
static weight_tile *const weight_tiles[TAPS + 1][7] = {TILES(LIST)};
#undef DEFINE
#undef LIST
#undef TILES

/* A row of kw weights is cut into nearly equal pieces of at most TAPS: the size of the piece at kx. */
static int32_t piece(int32_t kw, int32_t kx)
{
    const int32_t left = (kw + TAPS - 1) / TAPS - kx / TAPS;
    return (kw - kx + left - 1) / left;
}

/* The number of channels that the next tile takes. */
static int32_t width(const lng_pooled *k, int32_t channels)
{
    const int32_t taps = piece(k->kw, 0);
    int32_t q = widest[taps];
    while (q > channels || !weight_tiles[taps][q])
        q--;
    return q;
}

typedef struct weight_scratch {
    float *plane, *sums, *g;
    choice *choices;
    size_t size;
} weight_scratch;

static weight_scratch weight_scratch_of(const lng_pooled *k, float *at)
{
    const size_t channels = (size_t)least(k->o, CHANNELS), each = (size_t)k->rows * (size_t)k->columns * channels;
    const size_t plane = (size_t)lng_pooled_rows(k) * (size_t)lng_pooled_columns(k) * 16,
                 sums = (size_t)(k->kh * k->kw) * channels * 16;
    return (weight_scratch){at, at + plane, at + plane + sums, (choice *)(void *)(at + plane + sums + each * 16),
                            (plane + sums + each * 16) * sizeof(float) + each * sizeof(choice)};
}

size_t lng_pooled_weight_grad_scratch(const lng_pooled *k)
{
    return weight_scratch_of(k, NULL).size;
}

/* Copies `channels` channels of g and of the winners from q on, tile by tile. */
static void pack(const lng_pooled *k, int32_t q, int32_t channels, const float *g, const int32_t *winner, const weight_scratch *s)
{
    float *to = s->g;
    choice *choices = s->choices;
    for (int32_t end = q + channels, n; q < end; q += n) {
        n = width(k, end - q);
        for (int32_t wy = 0; wy < k->rows; wy++)
            for (int32_t wx = 0; wx < k->columns; wx++)
                for (int32_t i = 0; i < n; i++, to += 16) {
                    const ptrdiff_t at = (((ptrdiff_t)wy * k->columns + wx) * k->o + q + i) * 16;
                    v_store(to, v_load(g + at));
                    *choices++ = choice_of(iv_load(winner + at));
                }
    }
}

/* A block of windows from number `first` on, and one row of the weights. */
static void run_block(const lng_pooled *k, const block *b, ptrdiff_t first, int32_t channels, const float *x,
                      const weight_scratch *s, float *sums)
{
    const ptrdiff_t windows = (ptrdiff_t)k->rows * k->columns;
    for (int32_t kx = 0, t; kx < k->kw; kx += t) {
        t = piece(k->kw, kx);
        for (int32_t q = 0, n; q < channels; q += n) {
            n = width(k, channels - q);
            const ptrdiff_t at = q * windows + first * n;
            weight_tiles[t][n](b, x + (ptrdiff_t)kx * 16, s->g + at * 16, s->choices + at,
                               sums + kx * b->stride + (ptrdiff_t)q * 16);
        }
    }
}

void lng_pooled_weight_grad(const lng_pooled *k, int live, bool add, const float *x, const float *g, const int32_t *winner,
                            float *dw, float *scratch)
{
    LNG_ASSERT(is_aligned(x) && is_aligned(g) && is_aligned(scratch) && live > 0 && live <= 16);
    const weight_scratch s = weight_scratch_of(k, scratch);
    const int32_t rows = k->columns < BLOCK ? BLOCK / k->columns : 1;
    const bool direct = k->c == 1 && !lng_pooled_pads(k);
    const float *plane = direct ? x : s.plane; /* one channel */
    for (int32_t q = 0; q < k->o; q += CHANNELS) {
        const int32_t channels = least(k->o - q, CHANNELS);
        block b = {
            .columns = k->columns, .row = (direct ? k->in_x : lng_pooled_columns(k)) * (ptrdiff_t)16, .stride = channels * 16};
        pack(k, q, channels, g, winner, &s);
        for (int32_t c = 0; c < k->c; c++) {
            if (!direct)
                lng_pooled_copy_image(k, x + (ptrdiff_t)c * 16, 1, s.plane);
            for (int32_t wy = 0; wy < k->rows; wy += rows) {
                b.rows = least(rows, k->rows - wy);
                b.fresh = wy == 0;
                for (int32_t ky = 0; ky < k->kh; ky++)
                    run_block(k, &b, (ptrdiff_t)wy * k->columns, channels, plane + (2 * wy + ky) * b.row, &s,
                              s.sums + ky * k->kw * b.stride);
            }
            for (int32_t t = 0; t < k->kh * k->kw; t++)
                lng_add_lanes(s.sums + t * b.stride, channels, live, add, dw + ((ptrdiff_t)t * k->c + c) * k->o + q);
        }
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

/* At each window that reaches them, a few blocks of pixels take in some of its outputs, for all channels, while the adjoints are in the first
 * cache and the table's rows in the second. Meanwhile the sums wait in dx. */
#define OUTPUTS 64
#define AHEAD   2 /* blocks */

/* Where the sums of the four pixels of a block are. */
typedef struct pixels {
    float *at[4];
} pixels;

/* n outputs of one window, for C channels of a block; more: the sums go on. channel: from one to the next in the table. */
TILE input_grad(const int C, int32_t n, bool more, const float *g, const int32_t *winner, const float *table, ptrdiff_t channel,
                const pixels *to)
{
    v16 s[24];
    LNG_UNROLLED(p, 4) {
        LNG_UNROLLED(c, C)
            s[p * C + c] = more ? v_load(to->at[p] + c * 16) : v_zero();
    }
    for (; n > 0; n--, g += 16, winner += 16, table += 16) {
        const v16 adjoint = v_load(g);
        const i16 won = iv_load(winner);
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

/* clang-format off */
#ifdef LNG_AVX512
#define TILES(X) X(6) X(4) X(2) X(1)
#define WIDEST   6
#else
#define TILES(X) X(1)
#define WIDEST   1
#endif
/* clang-format on */
typedef void input_tile(int32_t n, bool more, const float *g, const int32_t *winner, const float *table, ptrdiff_t channel,
                        const pixels *to);
#define DEFINE(c)                                                                                                                  \
    static void input_grad_##c(int32_t n, bool more, const float *g, const int32_t *winner, const float *table, ptrdiff_t channel, \
                               const pixels *to)                                                                                   \
    {                                                                                                                              \
        input_grad(c, n, more, g, winner, table, channel, to);                                                                     \
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
                       const int32_t *winner, const float *table, float *dx)
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
            input_tiles[size].run(n, more, g + window, winner + window, table + c * channel, channel, &to);
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

void lng_pooled_input_grad(const lng_pooled *k, const float *g, const int32_t *winner, const float *table, float *dx)
{
    LNG_ASSERT(is_aligned(g) && is_aligned(table) && is_aligned(dx));
    clear_rest(k, dx);
    const int32_t y_end = (k->before_y + k->in_y + 1) / 2, x_end = (k->before_x + k->in_x + 1) / 2;
    for (int32_t i = k->kh / 2; i >= 0; i--)
        for (int32_t j = k->kw / 2; j >= 0; j--)
            for (int32_t o = 0; o < k->o; o += OUTPUTS)
                for (int32_t y = most(k->before_y / 2, i); y < least(y_end, k->rows + i); y++)
                    for (int32_t x = most(k->before_x / 2, j), end = least(x_end, k->columns + j); x < end; x += AHEAD)
                        run_blocks(k, i, j, y, x, least(x + AHEAD, end), o, g, winner, table, dx);
}
