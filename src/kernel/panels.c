/* Tiles of Q outputs of one row, in registers. */
#include "kernel/panels.h"
#include "base/assert.h"

/* taps [taps] vectors of x against rows of Q weights; more: the sums go on from those in y. */
static inline __attribute__((always_inline)) void tile(const int Q, int taps, bool more, const float *x, const float *w, float *y)
{
    v16 sum[24];
    LNG_UNROLLED(q, Q)
        sum[q] = more ? v_load(y + q * 16) : v_zero();
    for (int t = 0; t < taps; t++, w += Q) {
        const v16 a = v_load(x + t * 16);
        LNG_UNROLLED(q, Q)
            sum[q] = v_fma(a, v_set1(w[q]), sum[q]);
    }
    LNG_UNROLLED(q, Q)
        v_store(y + q * 16, sum[q]);
}

typedef void tile_function(int taps, bool more, const float *x, const float *w, float *y);
typedef struct tile_size {
    int q;
    tile_function *run;
} tile_size;

/* By falling size. AVX-512 has registers for 24 sums, AVX2 for 6 (of two registers each). */
#ifdef LNG_AVX512
#define TILES(X) X(24) X(12) X(6) X(4) X(2) X(1)
#elif defined LNG_AVX2
#define TILES(X) X(6) X(4) X(2) X(1)
#else
#define TILES(X) X(1)
#endif
#define DEFINE(q)                                                                                                                  \
    static void tile_##q(int taps, bool more, const float *x, const float *w, float *y)                                            \
    {                                                                                                                              \
        tile(q, taps, more, x, w, y);                                                                                              \
    }
TILES(DEFINE)
#define LIST(q) {q, tile_##q},
static const tile_size sizes[] = {TILES(LIST)};

/* The widest tile. */
#ifdef LNG_AVX512
#define WIDE 24
#elif defined LNG_AVX2
#define WIDE 6
#else
#define WIDE 1
#endif
#define AHEAD 12 /* rows to prefetch: they lie on pages of their own */

typedef struct block {
    int taps, outputs;
} block;

/* Copies n panels of the widest tiles. Row by row: rows of a power of two compete for the same few lines of a cache.  */
static void copy_wide(const float *from, ptrdiff_t tap, int taps, int n, float *to)
{
    for (int row = 0; row < taps; row++, from += tap, to += WIDE) {
        for (int i = 0; i < n * WIDE; i += 16)
            __builtin_prefetch(from + AHEAD * tap + i);
        for (int i = 0; i < n; i++)
            memcpy(to + (ptrdiff_t)i * taps * WIDE, from + i * WIDE, WIDE * sizeof *to);
    }
}

/* Copies the weights of the taps from t on and of the outputs from q on. */
static block copy_block(const lng_panels *k, const float *w, int64_t t, int64_t q, float *to)
{
    const block b = {(int)(k->taps - t < LNG_PANEL_TAPS ? k->taps - t : LNG_PANEL_TAPS),
                     (int)(k->outputs - q < LNG_PANEL_OUTPUTS ? k->outputs - q : LNG_PANEL_OUTPUTS)};
    const float *from = w + t * k->tap + q;
    const int wide = b.outputs / WIDE;
    copy_wide(from, k->tap, b.taps, wide, to);
    to += (ptrdiff_t)wide * WIDE * b.taps;
    const tile_size *size = sizes;
    for (int i = wide * WIDE; i < b.outputs; i += size->q) {
        while (size->q > b.outputs - i)
            size++;
        for (int row = 0; row < b.taps; row++, to += size->q)
            memcpy(to, from + row * k->tap + i, (size_t)size->q * sizeof *to);
    }
    return b;
}

static void run_row(const block *b, bool more, const float *x, const float *w, float *y)
{
    const tile_size *size = sizes;
    for (int i = 0; i < b->outputs; i += size->q) {
        while (size->q > b->outputs - i)
            size++;
        size->run(b->taps, more, x, w + (ptrdiff_t)i * b->taps, y + i * 16);
    }
}

void lng_panels_run(const lng_panels *k, lng_panel_slices all, const float *x, const float *w, float *y, float *scratch)
{
    LNG_ASSERT(is_aligned(x) && is_aligned(y));
    for (int64_t t = 0; t < k->taps; t += LNG_PANEL_TAPS)
        for (int64_t q = 0; q < k->outputs; q += LNG_PANEL_OUTPUTS) {
            const block b = copy_block(k, w, t, q, scratch);
            for (int s = 0; s < all.n; s++)
                for (int64_t row = 0; row < k->rows; row++)
                    run_row(&b, t > 0, x + s * all.x + (row * k->taps + t) * 16, scratch,
                            y + s * all.y + (row * k->outputs + q) * 16);
        }
}
