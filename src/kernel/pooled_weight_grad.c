/* The gradient of weights under a max-pool, with the lanes of a register along adjacent inputs instead of examples; see pooled.h.
 *
 * Where a window's winner is, an example and an output decide alone. So for one example and one output, the winner is a pixel, and all taps read
 * the image from there on: a term is one fused multiply-add of the adjoint and what is at an address, with nothing to select. A row of taps
 * reads adjacent pixels, and of a few channels that lie together one run of numbers, kw times as many. Adjoints that are 0, which they are where a
 * relu is off, are not listed. Each lane's sum is the same chain over the windows; at the end, the lane tree is one over examples, a vector at a
 * time. */
#include "base/assert.h"
#include "kernel/pooled.h"

#define TILE    static inline __attribute__((always_inline)) void

#define LANES   LNG_REGISTER_LANES
#define OUTPUTS 64   /* at a time */
#define PART    8    /* of them are listed at a time */
#define IMAGE   5120 /* floats of the image that an example's windows read in a block, at most: they stay in the first cache */

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* The steps from example to example are an odd number of lines, so that examples do not compete for the same lines of a cache. */
static ptrdiff_t step_of(ptrdiff_t floats)
{
    return ((floats + 15) / 16 | 1) * 16;
}

/* What an example has of a window for one output: the adjoint and the winner's first pixel, in a block of the image. */
typedef struct source {
    float g, pixel; /* the latter are the bits of an int32_t */
} source;

/* Some channels of some rows of windows; the steps are in floats. */
typedef struct block {
    int32_t number, first, rows, windows;
    int32_t c, depth;
    bool fresh;    /* the sums start here */
    ptrdiff_t row; /* of the image */
    ptrdiff_t run; /* from one row of taps to the next in the sums */
} block;

/* ---- tiles of rows of taps by registers of a run ---- */
TILE tile(const int R, const int V, const block *b, int32_t terms, const float *x, const source *s, float *sums)
{
    const ptrdiff_t row = b->row, depth = b->depth, stride = b->run;
    r16 sum[15];
    LNG_UNROLLED(r, R) {
        LNG_UNROLLED(v, V)
            sum[r * V + v] = b->fresh ? r_zero() : r_load(sums + r * stride + v * LANES);
    }
    for (const source *end = s + terms; s < end; s++) {
        const float *from = x + s_bits(s->pixel) * depth;
        const r16 g = r_set1(s->g);
        LNG_UNROLLED(r, R) {
            __asm__ volatile(""); /* row by row: where a compiler mixes the rows' loads, this takes a tenth longer */
            LNG_UNROLLED(v, V)
                sum[r * V + v] = r_fma(r_loadu(from + r * row + v * LANES), g, sum[r * V + v]);
        }
    }
    LNG_UNROLLED(r, R) {
        LNG_UNROLLED(v, V)
            r_store(sums + r * stride + v * LANES, sum[r * V + v]);
    }
}

/* clang-format off */
#if defined LNG_AVX512 || defined LNG_AVX2
#define SIDE 5  /* of a tile, at most */
#define SUMS 15
#define TILES(X)                                                                                                                   \
    X(1, 1) X(1, 2) X(1, 3) X(1, 4) X(1, 5) X(2, 1) X(2, 2) X(2, 3) X(2, 4) X(2, 5) X(3, 1) X(3, 2) X(3, 3) X(3, 4) X(3, 5)        \
        X(4, 1) X(4, 2) X(4, 3) X(5, 1) X(5, 2) X(5, 3)
#else
#define SIDE 1
#define SUMS 1
#define TILES(X) X(1, 1)
#endif
/* clang-format on */
typedef void tile_function(const block *, int32_t terms, const float *x, const source *, float *sums);
#define DEFINE(r, v)                                                                                                               \
    static void tile_##r##_##v(const block *b, int32_t terms, const float *x, const source *s, float *sums)                        \
    {                                                                                                                              \
        tile(r, v, b, terms, x, s, sums);                                                                                          \
    }
TILES(DEFINE)
#define LIST(r, v) [r][v] = tile_##r##_##v,
static tile_function *const tiles[SIDE + 1][SIDE + 1] = {TILES(LIST)};

/* n is cut into nearly equal pieces of at most `most`: the first one. */
static int32_t piece(int32_t n, int32_t most)
{
    const int32_t pieces = (n + most - 1) / most;
    return (n + pieces - 1) / pieces;
}

/* ---- the blocks ---- */
typedef struct scratch {
    float *x, *sums;                     /* [example][row][column][depth], [example][output][row of taps][run] */
    source *s;                           /* [block][example][output][window], as many as there are */
    int32_t *terms;                      /* how many: [block][example][output] */
    ptrdiff_t x_step, sums_step, s_step; /* from example to example */
    size_t size;
} scratch;

static int32_t depth_of(const lng_pooled *k)
{
    return least(k->c, LANES);
}

static int32_t registers_of(const lng_pooled *k, int32_t depth)
{
    return (k->kw * depth + LANES - 1) / LANES;
}

static ptrdiff_t run_of(const lng_pooled *k, int32_t depth)
{
    return (ptrdiff_t)registers_of(k, depth) * LANES;
}

/* The pixels of a row, so that rows begin at 16-byte alignment. */
static int32_t width_of(const lng_pooled *k)
{
    return (lng_pooled_columns(k) + 3) / 4 * 4;
}

static int32_t rows_of_image(const lng_pooled *k, int32_t rows)
{
    return 2 * rows + k->kh - 1;
}

/* The rows of windows in a block. */
static int32_t rows_of(const lng_pooled *k)
{
    const int32_t rows = (IMAGE / (width_of(k) * depth_of(k)) - k->kh + 1) / 2;
    return piece(k->rows, rows < 1 ? 1 : rows);
}

/* The windows of an output in a block, one more where their number is odd. */
static int32_t windows_of(const lng_pooled *k)
{
    return (rows_of(k) * k->columns + 1) / 2 * 2;
}

static int32_t outputs_of(const lng_pooled *k)
{
    return least(k->o, OUTPUTS);
}

static scratch scratch_of(const lng_pooled *k, float *at)
{
    const int32_t outputs = outputs_of(k), depth = depth_of(k);
    const ptrdiff_t lists = (ptrdiff_t)((k->rows + rows_of(k) - 1) / rows_of(k)) * 16;
    scratch s = {.x = at};
    s.x_step = step_of((ptrdiff_t)rows_of_image(k, rows_of(k)) * width_of(k) * depth + LANES);
    s.sums_step = step_of((ptrdiff_t)outputs * k->kh * run_of(k, depth) + LANES);
    s.s_step = step_of((ptrdiff_t)outputs * windows_of(k) * 2) / 2;
    s.sums = s.x + 16 * s.x_step;
    s.s = (source *)(void *)(s.sums + 16 * s.sums_step);
    s.terms = (int32_t *)(void *)(s.s + lists * s.s_step);
    s.size = (size_t)(16 * (s.x_step + s.sums_step)) * sizeof(float) + (size_t)(lists * s.s_step) * sizeof(source) +
             (size_t)(lists * outputs) * sizeof(int32_t);
    return s;
}

size_t lng_pooled_weight_grad_scratch(const lng_pooled *k)
{
    return scratch_of(k, NULL).size;
}

/* ---- what the tiles read ---- */
/* Where the winners of a window begin that is at pixel `window` of its block. */
static i16 pixels_of(int32_t window, int32_t width, const int32_t *winner)
{
    const i16 corner = iv_load(winner), one = iv_set1(1);
    const i16 x = iv_and(corner, one), y = iv_and(iv_shr(corner, 1), one);
    return iv_add(iv_add(iv_mul(y, iv_set1(width)), x), iv_set1(window));
}

/* The windows of a block for a few outputs, whose lists stay in the first cache. */
typedef struct part {
    const lng_pooled *k;
    int32_t windows, outputs, step; /* step: from list to list of an example */
    const float *g;
    const int32_t *winner;
    source *to;
    ptrdiff_t apart; /* from example to example */
} part;

/* Where a window is in g and winner, and in the image. */
static ptrdiff_t window_at(const part *p, int32_t w)
{
    return (ptrdiff_t)w * p->k->o * 16;
}
static int32_t window_pixel(const part *p, int32_t w)
{
    return 2 * (w / p->k->columns * width_of(p->k) + w % p->k->columns);
}

/* All adjoints, two windows at a time; false as soon as some are 0. */
static bool list_all(const part *p)
{
    const int32_t width = width_of(p->k);
    m16 zeros = m_not(m_live(16));
    for (int32_t w = 0; w < p->windows; w += 2) {
        const int32_t window[2] = {w, least(w + 1, p->windows - 1)},
                      pixel[2] = {window_pixel(p, window[0]), window_pixel(p, window[1])};
        for (int32_t i = 0; i < p->outputs; i++) {
            v16 r[4];
            for (int j = 0; j < 2; j++) {
                const ptrdiff_t at = window_at(p, window[j]) + i * 16;
                r[2 * j] = v_load(p->g + at);
                zeros = m_or(zeros, v_eq(r[2 * j], v_zero()));
                r[2 * j + 1] = iv_bits(pixels_of(pixel[j], width, p->winner + at));
            }
            v_scatter_fours(r, &p->to[i * p->step + w].g, p->apart * 2);
        }
        if (m_mask(zeros))
            return false;
    }
    return true;
}

/* One that is 0 is overwritten by the next, or left behind the last. at: where the lists of an example end. */
static void list_window(const part *p, int32_t w, int32_t (*at)[16])
{
    const i16 none = iv_set1(0), one = iv_set1(1);
    const int32_t pixel = window_pixel(p, w), width = width_of(p->k), *winner = p->winner + window_at(p, w);
    const float *g = p->g + window_at(p, w);
    for (int32_t i = 0; i < p->outputs; i++, g += 16, winner += 16) {
        int32_t from[16] __attribute__((aligned(64)));
        iv_store(from, pixels_of(pixel, width, winner));
        _Pragma("GCC unroll 2") for (int e = 0; e < 16; e++) p->to[e * p->apart + at[i][e]] = (source){g[e], is_bits(from[e])};
        iv_store(at[i], iv_add(iv_load(at[i]), iv_select(v_ne(v_load(g), v_zero()), one, none)));
    }
}

/* terms: of each output; those of the next example are `every` further on. */
static __attribute__((noinline)) void list_part(const part *p, int32_t *terms, int32_t every)
{
    const bool all_listed = list_all(p);
    int32_t at[PART][16] __attribute__((aligned(64)));
    for (int32_t i = 0; i < p->outputs; i++)
        iv_store(at[i], iv_set1(i * p->step + (all_listed ? p->windows : 0)));
    for (int32_t w = 0; w < p->windows && !all_listed; w++)
        list_window(p, w, at);
    for (int32_t i = 0; i < p->outputs; i++)
        LNG_ROLLED for (int32_t e = 0; e < 16; e++) terms[e * every + i] = at[i][e] - i * p->step;
}

static void list_sources(const lng_pooled *k, const block *b, int32_t o, int32_t outputs, const float *g, const int32_t *winner,
                         const scratch *s)
{
    const ptrdiff_t first = ((ptrdiff_t)b->first * k->columns * k->o + o) * 16;
    part p = {.k = k, .windows = b->windows, .step = windows_of(k), .apart = s->s_step};
    for (int32_t i = 0; i < outputs; i += PART) {
        p.outputs = least(PART, outputs - i);
        p.g = g + first + i * 16;
        p.winner = winner + first + i * 16;
        p.to = s->s + b->number * 16 * s->s_step + (ptrdiff_t)i * p.step;
        list_part(&p, s->terms + b->number * 16 * outputs_of(k) + i, outputs_of(k));
    }
}

/* Four numbers at a time, which may belong to several pixels. */
static void pack_row(const lng_pooled *k, const block *b, int32_t row, const float *x, const scratch *s)
{
    const int32_t iy = row - k->before_y, n = width_of(k) * b->depth;
    const bool exists = iy >= 0 && iy < k->in_y;
    x += ((ptrdiff_t)iy * k->in_x * k->c + b->c) * 16;
    float *to = s->x + (row - 2 * b->first) * b->row;
    for (int32_t i = 0, ix = -k->before_x, c = 0; i < n; i += 4, to += 4) {
        v16 r[4];
        for (int j = 0; j < 4; j++) {
            r[j] = exists && ix >= 0 && ix < k->in_x ? v_load(x + ((ptrdiff_t)ix * k->c + c) * 16) : v_zero();
            if (++c == b->depth)
                ix++, c = 0;
        }
        v_scatter_fours(r, to, s->x_step);
    }
}

/* ---- the sums ---- */
/* A tile of every output, for one example. */
static void run_outputs(const lng_pooled *k, const block *b, tile_function *run, int32_t outputs, const int32_t *terms,
                        const float *x, const source *from, float *sums)
{
    const ptrdiff_t windows = windows_of(k), step = k->kh * b->run;
    for (int32_t o = 0; o < outputs; o++, from += windows, sums += step)
        run(b, terms[o], x, from, sums);
}

static void run_block(const lng_pooled *k, const block *b, int32_t outputs, int live, const scratch *s)
{
    const int32_t registers = registers_of(k, b->depth);
    for (int32_t e = 0; e < live; e++)
        for (int32_t v = 0, nv; v < registers; v += nv) {
            nv = piece(registers - v, SIDE);
            for (int32_t ky = 0, nr; ky < k->kh; ky += nr) {
                nr = piece(k->kh - ky, least(SIDE, SUMS / nv));
                run_outputs(k, b, tiles[nr][nv], outputs, s->terms + (b->number * 16 + e) * outputs_of(k),
                            s->x + e * s->x_step + ky * b->row + v * LANES, s->s + (b->number * 16 + e) * s->s_step,
                            s->sums + e * s->sums_step + ky * b->run + v * LANES);
            }
        }
}

/* The lane tree of 16 examples. */
static v16 sum_of_examples(const float *sums, ptrdiff_t step, int live)
{
    v16 r[16];
    _Pragma("GCC unroll 2") for (int e = 0; e < 16; e++) r[e] = e < live ? v_loadu(sums + e * step) : v_zero();
    LNG_ROLLED for (int n = 8; n > 0; n /= 2) LNG_ROLLED for (int e = 0; e < n; e++) r[e] = v_add(r[e], r[e + n]);
    return r[0];
}

/* To the outputs of dw from `to` on; n: of them. */
static void add_examples(const lng_pooled *k, const block *b, int32_t n, int live, bool add, const float *sums, ptrdiff_t step,
                         float *to)
{
    const int32_t numbers = k->kw * b->depth;
    for (int32_t ky = 0; ky < k->kh; ky++)
        for (int32_t i = 0; i < numbers; i += 16) {
            v16 r[16];
            for (int32_t o = 0; o < 16; o++)
                r[o] = o < n ? sum_of_examples(sums + (o * k->kh + ky) * b->run + i, step, live) : v_zero();
            v_transpose(r);
            for (int32_t j = 0; j < least(16, numbers - i); j++) {
                const int32_t kx = (i + j) / b->depth, c = b->c + (i + j) % b->depth;
                v_store_or_add(to + ((ptrdiff_t)(ky * k->kw + kx) * k->c + c) * k->o, r[j], n, add);
            }
        }
}

void lng_pooled_weight_grad(const lng_pooled *k, int live, bool add, const float *x, const float *g, const int32_t *winner,
                            float *dw, float *at)
{
    LNG_ASSERT(is_aligned(x) && is_aligned(g) && is_aligned(at) && live > 0 && live <= 16);
    const scratch s = scratch_of(k, at);
    const int32_t rows = rows_of(k);
    for (int32_t o = 0; o < k->o; o += OUTPUTS) {
        const int32_t outputs = least(k->o - o, OUTPUTS);
        block b = {.c = 0};
        for (; b.c < k->c; b.c += b.depth) {
            b.depth = least(k->c - b.c, LANES);
            b.row = (ptrdiff_t)width_of(k) * b.depth;
            b.run = run_of(k, b.depth);
            for (b.number = b.first = 0; b.first < k->rows; b.number++, b.first += rows) {
                b.rows = least(rows, k->rows - b.first);
                b.windows = b.rows * k->columns;
                b.fresh = b.first == 0;
                if (b.c == 0)
                    list_sources(k, &b, o, outputs, g, winner, &s);
                for (int32_t y = 2 * b.first; y < 2 * b.first + rows_of_image(k, b.rows); y++)
                    pack_row(k, &b, y, x, &s);
                run_block(k, &b, outputs, live, &s);
            }
            for (int32_t i = 0; i < outputs; i += 16)
                add_examples(k, &b, least(outputs - i, 16), live, add, s.sums + i * k->kh * b.run, s.sums_step, dw + o + i);
        }
    }
}
