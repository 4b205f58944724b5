/* The gradient in an image of many channels, under a pool; see pooled.h.
 *
 * The lanes of a register run along channels, and each example goes through its own terms: those of an output of the convolution
 * are listed, and each is a multiply-add of its adjoint and the weights of its output, with nothing to select. The sums of the pixels that are
 * in reach wait in registers while the terms are added, and move on by one pixel with the outputs of a row. */
#include "kernel/pooled.h"
#include "base/assert.h"

#define TILE static inline __attribute__((always_inline)) void

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

#define LANES LNG_REGISTER_LANES

/* Of a tile of taps, at most. */
#if defined LNG_AVX512 || defined LNG_AVX2
#define MOST_ROWS    4
#define MOST_COLUMNS 5
#define MOST_SUMS    15
#else
#define MOST_ROWS    1
#define MOST_COLUMNS 1
#define MOST_SUMS    1
#endif

/* n is cut into nearly equal pieces of at most `most`: the first one. */
static int32_t piece(int32_t n, int32_t most)
{
    const int32_t pieces = n <= most ? 1 : (n + most - 1) / most;
    return pieces == 1 ? n : (n + pieces - 1) / pieces;
}

/* An adjoint, and where the weights of its output are. */
typedef struct term {
    float g;
    int32_t w;
} term;

/* Two rows of outputs of the convolution, which are one of windows. The rows of pixels that they reach are a ring. */
typedef struct scratch {
    float *w, *sums;               /* [channels / LANES][o][tap][LANES], [channels / LANES][example][row][column][LANES] */
    term *term;                    /* [example][row]: those of an output, and one more, from column to column */
    int32_t *terms;                /* how many: [example][row][column] */
    ptrdiff_t w_step, step, group; /* from group to group of w, from example to example and from group to group of sums */
    ptrdiff_t row;                 /* from row to row of terms */
    size_t size;
} scratch;

static int32_t groups_of(const lng_pooled *k)
{
    return (k->c + LANES - 1) / LANES;
}

static int32_t ring_of(const lng_pooled *k)
{
    return k->kh + 1;
}

static scratch scratch_of(const lng_pooled *k, float *at)
{
    const ptrdiff_t groups = groups_of(k), outputs = 16 * 4 * (ptrdiff_t)k->columns;
    scratch s = {.w = at, .row = (k->o + 2) * (ptrdiff_t)k->columns};
    s.w_step = (ptrdiff_t)k->o * k->kh * k->kw * LANES;
    s.step =
        ((ptrdiff_t)ring_of(k) * lng_pooled_columns(k) | 1) * LANES; /* examples do not compete for the same lines of a cache */
    s.group = 16 * s.step;
    s.sums = s.w + groups * s.w_step;
    s.term = (term *)(void *)(s.sums + groups * s.group);
    s.terms = (int32_t *)(void *)(s.term + 32 * s.row);
    s.size = (size_t)(groups * (s.w_step + s.group) + outputs) * sizeof(float) + (size_t)(32 * s.row) * sizeof(term);
    return s;
}

size_t lng_pooled_wide_grad_scratch(const lng_pooled *k)
{
    return scratch_of(k, NULL).size;
}

/* Tap (ky, kx), where `columns` of them up to `end` are those of a tile. */
static int32_t place_of(const lng_pooled *k, int32_t ky, int32_t kx, int32_t columns, int32_t end)
{
    return (end - columns) * k->kh + ky * columns + kx - (end - columns);
}

/* Tap number t, which is the place-th. */
static void pack_tap(const lng_pooled *k, int32_t t, int32_t place, const float *w, const scratch *s)
{
    const int32_t taps = k->kh * k->kw;
    for (int32_t c = 0; c < k->c; c += 16)
        for (int32_t o = 0; o < k->o; o += 16) {
            const int32_t n = least(16, k->o - o);
            v16 r[16];
            for (int32_t i = 0; i < 16; i++)
                r[i] = c + i < k->c ? v_load_part(w + ((ptrdiff_t)t * k->c + c + i) * k->o + o, n) : v_zero();
            v_transpose(r);
            for (int32_t i = 0; i < n; i++)
                for (int32_t part = 0; part < LNG_REGISTERS && c + part * LANES < k->c; part++)
                    memcpy(s->w + (c / LANES + part) * s->w_step + ((ptrdiff_t)(o + i) * taps + place) * LANES,
                           (const float *)&r[i] + part * LANES, LANES * sizeof(float));
        }
}

/* The taps of a tile lie together. */
static void pack_weights(const lng_pooled *k, const float *w, const scratch *s)
{
    for (int32_t end = k->kw, n; end > 0; end -= n) {
        n = piece(end, MOST_COLUMNS);
        for (int32_t ky = 0; ky < k->kh; ky++)
            for (int32_t kx = end - n; kx < end; kx++)
                pack_tap(k, ky * k->kw + kx, place_of(k, ky, kx, n, end), w, s);
    }
}

/* How many terms the winners at the two corners on the left have in a window, for each example. */
static void count_terms(const lng_pooled *k, const float *g, const int32_t *winner, int32_t to[2][16])
{
    const i16 none = iv_set1(0), one = iv_set1(1), two = iv_set1(2), last_bits = iv_set1(3);
    i16 upper = none, lower = none;
    for (int32_t o = 0; o < k->o; o++, g += 16, winner += 16) {
        const i16 corner = iv_and(iv_load(winner), last_bits);
        const m16 counts = v_ne(v_load(g), v_zero());
        upper = iv_add(upper, iv_select(m_and(counts, iv_eq(corner, none)), one, none));
        lower = iv_add(lower, iv_select(m_and(counts, iv_eq(corner, two)), one, none));
    }
    iv_store(to[0], upper);
    iv_store(to[1], lower);
}

/* The terms of a window, from where those before it end in a row of outputs. One that is 0 is overwritten by the next, or left behind the last. */
static void list_window(const lng_pooled *k, const float *g, const int32_t *winner, term *row[16][2], int32_t *terms,
                        ptrdiff_t step)
{
    int32_t left[2][16] __attribute__((aligned(64)));
    term *at[16][4];
    count_terms(k, g, winner, left);
    LNG_ROLLED for (int i = 0; i < 64; i++)
    {
        const int e = i / 4, corner = i % 4, y = corner / 2;
        at[e][corner] = row[e][y] + (corner % 2 ? left[y][e] + 1 : 0);
    }
    for (int32_t o = 0, w = 0; o < k->o; o++, w += k->kh * k->kw * LANES, g += 16, winner += 16)
        _Pragma("GCC unroll 4") for (int e = 0; e < 16; e++)
        {
            term **to = &at[e][winner[e] & 3];
            **to = (term){g[e], w};
            *to += (uint32_t)s_bits(g[e]) << 1 != 0;
        }
    LNG_ROLLED for (int e = 0; e < 16; e++) for (int i = 0; i < 2; i++, terms += step)
    {
        terms[0] = left[i][e];
        terms[1] = (int32_t)(at[e][2 * i + 1] - row[e][i]) - left[i][e] - 1;
        row[e][i] = at[e][2 * i + 1] + 1;
    }
}

static void list_terms(const lng_pooled *k, const float *g, const int32_t *winner, const scratch *s)
{
    term *row[16][2];
    for (int i = 0; i < 32; i++)
        row[i / 2][i % 2] = s->term + i * s->row;
    for (int32_t j = 0; j < k->columns; j++)
        list_window(k, g + (ptrdiff_t)j * k->o * 16, winner + (ptrdiff_t)j * k->o * 16, row, s->terms + 2 * j,
                    2 * (ptrdiff_t)k->columns);
}

/* ---- tiles of rows by columns of taps, along a row of the convolution's outputs ---- */
typedef struct outputs {
    int32_t n;
    const int32_t *terms;
    const term *term;
} outputs;

TILE tile(const int R, const int K, const outputs *b, const float *w, float *const *to)
{
    r16 sum[MOST_SUMS];
    LNG_UNROLLED(r, R) {
        LNG_UNROLLED(k, K - 1)
            sum[r * K + k] = r_load(to[r] + k * LANES);
    }
    const term *t = b->term;
    for (int32_t u = 0; u < b->n; u++, t++) {
        LNG_UNROLLED(r, R)
            sum[r * K + K - 1] = r_load(to[r] + (u + K - 1) * LANES);
        for (const term *end = t + b->terms[u]; t < end; t++) {
            const float *weight = w + t->w;
            const r16 g = r_set1(t->g);
            LNG_UNROLLED(r, R) {
                LNG_UNROLLED(k, K)
                    sum[r * K + k] = r_fma(r_load(weight + (r * K + k) * LANES), g, sum[r * K + k]);
            }
        }
        LNG_UNROLLED(r, R) {
            r_store(to[r] + u * LANES, sum[r * K]);
            LNG_UNROLLED(k, K - 1)
                sum[r * K + k] = sum[r * K + k + 1];
        }
    }
    LNG_UNROLLED(r, R) {
        LNG_UNROLLED(k, K - 1)
            r_store(to[r] + (b->n + k) * LANES, sum[r * K + k]);
    }
}

/* clang-format off */
#if defined LNG_AVX512 || defined LNG_AVX2
#define TILES(X)                                                                                                                   \
    X(1, 1) X(1, 2) X(1, 3) X(1, 4) X(1, 5) X(2, 1) X(2, 2) X(2, 3) X(2, 4) X(2, 5) X(3, 1) X(3, 2) X(3, 3) X(3, 4) X(3, 5)                \
        X(4, 1) X(4, 2) X(4, 3)
#else
#define TILES(X) X(1, 1)
#endif
/* clang-format on */
typedef void tile_function(const outputs *, const float *w, float *const *to);
#define DEFINE(r, k)                                                                                                               \
    static void tile_##r##_##k(const outputs *b, const float *w, float *const *to)                                                 \
    {                                                                                                                              \
        tile(r, k, b, w, to);                                                                                                      \
    }
TILES(DEFINE)
#define LIST(r, k) [r][k] = tile_##r##_##k,
static tile_function *const tiles[MOST_ROWS + 1][MOST_COLUMNS + 1] = {TILES(LIST)};

/* The outputs of a row, by some rows of taps. A pixel takes the outputs to its left first, which reach it by later columns of taps. */
static void run_outputs(const lng_pooled *k, int32_t ky, int32_t rows, const outputs *b, const float *w, float *sums,
                        const ptrdiff_t *row)
{
    for (int32_t end = k->kw, n; end > 0; end -= n) {
        float *to[MOST_ROWS];
        n = piece(end, MOST_COLUMNS);
        for (int32_t r = 0; r < rows; r++)
            to[r] = sums + row[r] + (end - n) * LANES;
        tiles[rows][n](b, w + (ptrdiff_t)place_of(k, ky, end - n, n, end) * LANES, to);
    }
}

/* A row of windows. A pixel takes the upper outputs first, which reach it by later rows of taps. */
static void run_windows(const lng_pooled *k, int32_t y, const scratch *s)
{
    const int32_t most = least(MOST_ROWS, MOST_SUMS / piece(k->kw, MOST_COLUMNS)), n = 2 * k->columns;
    for (int32_t c = 0; c < groups_of(k); c++)
        for (int32_t end = k->kh, rows; end > 0; end -= rows) {
            ptrdiff_t row[2][MOST_ROWS];
            rows = piece(end, most);
            for (int32_t r = 0; r < 2 * rows; r++)
                row[r / rows][r % rows] =
                    (2 * y + r / rows + end - rows + r % rows) % ring_of(k) * (ptrdiff_t)lng_pooled_columns(k) * LANES;
            for (int32_t i = 0; i < 32; i++) {
                const outputs b = {n, s->terms + i * n, s->term + i * s->row};
                run_outputs(k, end - rows, rows, &b, s->w + c * s->w_step, s->sums + c * s->group + i / 2 * s->step, row[i % 2]);
            }
        }
}

/* Of an example, the sums of so many groups of channels. */
static v16 join(const float *sums, ptrdiff_t group, int32_t groups)
{
    float all[16] __attribute__((aligned(64)));
    for (int part = 0; part < LNG_REGISTERS; part++)
        r_store(all + part * LANES, part < groups ? r_load(sums + part * group) : r_zero());
    return v_load(all);
}

/* Sums that are complete, of row y, which begins again. */
static void deliver(const lng_pooled *k, int32_t y, const scratch *s, float *dx)
{
    const int32_t iy = y - k->before_y, width = lng_pooled_columns(k);
    const bool exists = iy >= 0 && iy < k->in_y;
    float *sums = s->sums + (ptrdiff_t)(y % ring_of(k)) * width * LANES;
    dx += (ptrdiff_t)iy * k->in_x * k->c * 16;
    for (int32_t c = 0; c < k->c; c += 16)
        for (int32_t x = k->before_x; exists && x < least(width, k->before_x + k->in_x); x++) {
            v16 r[16];
            for (int e = 0; e < 16; e++)
                r[e] = join(sums + c / LANES * s->group + e * s->step + x * LANES, s->group, groups_of(k) - c / LANES);
            v_transpose(r);
            for (int32_t i = 0; i < least(16, k->c - c); i++)
                v_store(dx + ((ptrdiff_t)(x - k->before_x) * k->c + c + i) * 16, r[i]);
        }
    for (int32_t i = 0; i < 16 * groups_of(k); i++)
        memset(sums + i * s->step, 0, (size_t)width * LANES * sizeof *sums);
}

/* Pixels that no window reads. */
static void clear_rest(const lng_pooled *k, float *dx)
{
    for (int32_t iy = 0; iy < k->in_y; iy++) {
        const bool reached = iy + k->before_y < lng_pooled_rows(k);
        const int32_t end = reached ? least(k->in_x, lng_pooled_columns(k) - k->before_x) : 0;
        if (end < k->in_x)
            memset(dx + ((ptrdiff_t)iy * k->in_x + end) * k->c * 16, 0, (size_t)(k->in_x - end) * (size_t)k->c * 16 * sizeof *dx);
    }
}

void lng_pooled_wide_grad(const lng_pooled *k, const float *g, const int32_t *winner, const float *w, float *dx, float *at)
{
    LNG_ASSERT(is_aligned(g) && is_aligned(winner) && is_aligned(dx) && is_aligned(at));
    const scratch s = scratch_of(k, at);
    pack_weights(k, w, &s);
    memset(s.sums, 0, (size_t)(groups_of(k) * s.group) * sizeof *s.sums);
    clear_rest(k, dx);
    for (int32_t y = 0; y < k->rows; y++) {
        const ptrdiff_t first = (ptrdiff_t)y * k->columns * k->o * 16;
        list_terms(k, g + first, winner + first, &s);
        run_windows(k, y, &s);
        for (int32_t i = 2 * y; i < (y + 1 < k->rows ? 2 * y + 2 : lng_pooled_rows(k)); i++)
            deliver(k, i, &s, dx);
    }
}
