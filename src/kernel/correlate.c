/* Tiles of J taps by Q channels in registers; see correlate.h.
 *
 * At each position a tile reads J + Q vectors for J * Q multiply-adds, so what it reads must be near. Positions come in blocks of a
 * few rows; for each block, all tiles of a part of dw take their turn, the same taps for all channels while their x is in the first cache.
 * Between blocks the sums wait in memory, which changes none of their bits. */
#include "kernel/correlate.h"
#include "base/assert.h"

#define BLOCK 96 /* positions */

/* Some rows of a strip's positions, for some columns of dw. */
typedef struct block {
    const lng_positions *row, *end;
    bool fresh; /* the sums start here */
    ptrdiff_t x_step, g_step;
    ptrdiff_t stride; /* from tap to tap in the sums */
    bool alone;
} block;

static inline __attribute__((always_inline)) void tile(const int J, const int Q, const block *k, const float *x, const float *g,
                                                       float *sums)
{
    v16 sum[24];
    LNG_UNROLLED(j, J) {
        LNG_UNROLLED(q, Q)
            sum[j * Q + q] = k->fresh ? v_zero() : v_load(sums + j * k->stride + q * 16);
    }
    for (const lng_positions *r = k->row; r < k->end; r++) {
        const float *vx = x + (ptrdiff_t)r->x * 16, *vg = g + (ptrdiff_t)r->g * 16;
        for (int n = r->n; n > 0; n--, vx += k->x_step, vg += k->g_step) {
            v16 kept[6]; /* of taps or channels, whichever are fewer */
            LNG_UNROLLED(i, J < Q ? J : Q)
                kept[i] = v_load((J < Q ? vx : vg) + i * 16);
            LNG_UNROLLED(i, J < Q ? Q : J) {
                const v16 one = v_load((J < Q ? vg : vx) + i * 16);
                LNG_UNROLLED(m, J < Q ? J : Q) {
                    v16 *s = &sum[J < Q ? m * Q + i : i * Q + m];
                    *s = v_fma(kept[m], one, *s);
                }
            }
        }
    }
    LNG_UNROLLED(j, J) {
        LNG_UNROLLED(q, Q)
            v_store(sums + j * k->stride + q * 16, sum[j * Q + q]);
    }
}

/* One tap, of which each of Q columns has its own. */
static inline __attribute__((always_inline)) void tile_alone(const int Q, const block *k, const float *x, const float *g,
                                                             float *sums)
{
    v16 sum[24];
    LNG_UNROLLED(q, Q)
        sum[q] = k->fresh ? v_zero() : v_load(sums + q * 16);
    for (const lng_positions *r = k->row; r < k->end; r++) {
        const float *vx = x + (ptrdiff_t)r->x * 16, *vg = g + (ptrdiff_t)r->g * 16;
        for (int n = r->n; n > 0; n--, vx += k->x_step, vg += k->g_step)
            LNG_UNROLLED(q, Q)
                sum[q] = v_fma(v_load(vx + q * 16), v_load(vg + q * 16), sum[q]);
    }
    LNG_UNROLLED(q, Q)
        v_store(sums + q * 16, sum[q]);
}

typedef void tile_function(const block *, const float *x, const float *g, float *sums);
typedef struct tile_size {
    int j, q;
    tile_function *run;
} tile_size;

/* The sizes, by falling J and, for each J, falling Q down to 1. */
/* clang-format off */
#ifdef LNG_AVX512
#define ALONE_TILES(X) X(1, 16) X(1, 8) X(1, 4) X(1, 2) X(1, 1)
#define TILES(X)                                                                                                                   \
    X(6, 4)                                                                                                                        \
    X(6, 2) X(6, 1) X(4, 6) X(4, 4) X(4, 2) X(4, 1) X(3, 8) X(3, 4) X(3, 2) X(3, 1) X(2, 12) X(2, 6) X(2, 4) X(2, 2) X(2, 1)       \
        X(1, 24) X(1, 12) X(1, 6) X(1, 4) X(1, 2) X(1, 1)
#elif defined LNG_AVX2
#define ALONE_TILES(X) X(1, 6) X(1, 4) X(1, 2) X(1, 1)
#define TILES(X) X(2, 3) X(2, 2) X(2, 1) X(1, 6) X(1, 4) X(1, 2) X(1, 1)
#else
#define ALONE_TILES(X) X(1, 1)
#define TILES(X) X(1, 1)
#endif
/* clang-format on */
#define DEFINE(j, q)                                                                                                               \
    static void tile_##j##_##q(const block *k, const float *x, const float *g, float *sums)                                        \
    {                                                                                                                              \
        tile(j, q, k, x, g, sums);                                                                                                 \
    }
TILES(DEFINE)
#define DEFINE_ALONE(j, q)                                                                                                         \
    static void alone_##j##_##q(const block *k, const float *x, const float *g, float *sums)                                       \
    {                                                                                                                              \
        tile_alone(q, k, x, g, sums);                                                                                              \
    }
ALONE_TILES(DEFINE_ALONE)
#define LIST(j, q)       {j, q, tile_##j##_##q},
#define LIST_ALONE(j, q) {j, q, alone_##j##_##q},
static const tile_size sizes[] = {TILES(LIST)}, alone[] = {ALONE_TILES(LIST_ALONE)};

/* One block of positions, for so many taps and channels. */
static void run_block(const block *k, int taps, int channels, const float *x, const float *g, float *sums)
{
    const tile_size *size = k->alone ? alone : sizes;
    for (int j = 0; j < taps; j += size->j) {
        while (size->j > taps - j)
            size++;
        const tile_size *t = size;
        for (int q = 0; q < channels; q += t->q) {
            while (t->q > channels - q)
                t++;
            t->run(k, x + (ptrdiff_t)(k->alone ? q : j) * 16, g + (ptrdiff_t)q * 16, sums + (ptrdiff_t)j * k->stride + q * 16);
        }
    }
}

void lng_add_lanes(const float *vectors, int n, int live_lanes, bool add, float *to)
{
    const m16 live = m_live(live_lanes);
    v16 r[16];
    for (; n > 0; n -= 16, vectors += 256, to += 16) {
        for (int i = 0; i < 16; i++)
            r[i] = i < n ? v_keep(live, v_load(vectors + i * 16)) : v_zero();
        v_store_or_add(to, v_hsums(r), n, add);
    }
}

static const lng_positions *block_end(const lng_positions *row, const lng_positions *end)
{
    for (int positions = 0; row < end && (positions == 0 || positions + row->n <= BLOCK); row++)
        positions += row->n;
    return row;
}

/* `taps` taps of a strip from t on, `channels` columns from q on. */
static void run_part(const lng_correlation *k, const lng_strip *s, int t, int taps, int q, int channels, int live, bool add,
                     const float *x, const float *g, float *dw, float *sums)
{
    const lng_positions *const end = s->row + s->rows;
    block b = {.end = s->row,
               .fresh = true,
               .x_step = (ptrdiff_t)k->x_step * 16,
               .g_step = (ptrdiff_t)k->g_step * 16,
               .stride = channels * 16,
               .alone = k->alone};
    do {
        b.row = b.end;
        b.end = block_end(b.row, end);
        run_block(&b, taps, channels, x + (ptrdiff_t)(k->alone ? q : t) * 16, g + (ptrdiff_t)q * 16, sums);
        b.fresh = false;
    } while (b.end < end);
    float *to = dw + ((ptrdiff_t)s->first + t) * k->g_step + q;
    if (channels == k->g_step)
        lng_add_lanes(sums, taps * channels, live, add, to);
    else
        for (int i = 0; i < taps; i++)
            lng_add_lanes(sums + (ptrdiff_t)i * channels * 16, channels, live, add, to + (ptrdiff_t)i * k->g_step);
}

static void run_band(const lng_correlation *k, int live, bool add, const float *x, const float *g, float *dw, float *scratch)
{
    for (int q = 0; q < k->channels; q += LNG_CORRELATE_CHANNELS)
        for (int i = 0; i < k->strips; i++) {
            const lng_strip *s = &k->strip[i];
            const int channels = k->channels - q < LNG_CORRELATE_CHANNELS ? k->channels - q : LNG_CORRELATE_CHANNELS;
            const bool one_block = block_end(s->row, s->row + s->rows) == s->row + s->rows;
            const int part = one_block ? 6 : LNG_CORRELATE_TAPS;
            for (int t = 0; t < s->taps; t += part)
                run_part(k, s, t, s->taps - t < part ? s->taps - t : part, q, channels, live, add, x, g, dw, scratch);
        }
}

void lng_correlate(const lng_correlation *k, int live, bool add, const float *x, const float *g, float *dw, float *scratch)
{
    LNG_ASSERT(is_aligned(x) && is_aligned(g) && is_aligned(scratch) && live > 0 && live <= 16 && k->bands > 0);
    for (int i = 0; i < k->bands; i++)
        run_band(k, live, add, x + (ptrdiff_t)i * k->x_band * 16, g + (ptrdiff_t)i * k->channels * 16,
                 dw + (ptrdiff_t)i * k->channels, scratch);
}
