/* Tiles of J taps by Q channels in registers; see correlate.h. */
#include "kernel/correlate.h"

#define UNROLL _Pragma("GCC unroll 24")

static inline __attribute__((always_inline)) void tile(const int J, const int Q, const lng_correlation *k, const lng_segment *s,
                                                       const float *x, const float *g, float *sums, ptrdiff_t stride, m16 live)
{
    const ptrdiff_t x_step = (ptrdiff_t)k->x_step * 16, g_step = (ptrdiff_t)k->g_step * 16;
    v16 sum[24];
    UNROLL for (int i = 0; i < J * Q; i++) sum[i] = v_zero();
    for (const lng_places *r = s->row, *end = r + s->rows; r < end; r++) {
        const float *vx = x + (ptrdiff_t)r->x * 16, *vg = g + (ptrdiff_t)r->g * 16;
        for (int n = r->n; n > 0; n--, vx += x_step, vg += g_step) {
            v16 b[6];
            UNROLL for (int q = 0; q < Q; q++) b[q] = v_load(vg + q * 16);
            UNROLL for (int j = 0; j < J; j++)
            {
                v16 a = v_load(vx + j * 16);
                UNROLL for (int q = 0; q < Q; q++) sum[j * Q + q] = v_fma(a, b[q], sum[j * Q + q]);
            }
        }
    }
    UNROLL for (int j = 0; j < J; j++)
    {
        UNROLL for (int q = 0; q < Q; q++) v_store(sums + (j * stride + q) * 16, v_keep(live, sum[j * Q + q]));
    }
}

typedef void tile_function(const lng_correlation *, const lng_segment *, const float *x, const float *g, float *sums,
                           ptrdiff_t stride, m16 live);
typedef struct tile_size {
    int j, q;
    tile_function *run;
} tile_size;

/* By falling J and, for each, falling Q down to 1. */
#ifdef LNG_AVX512
#define TILES(X)                                                                                                                   \
    X(6, 4) X(6, 3) X(6, 2) X(6, 1) X(4, 6) X(4, 4) X(4, 2) X(4, 1) X(2, 6) X(2, 4) X(2, 2) X(2, 1) X(1, 6) X(1, 4) X(1, 2) X(1, 1)
#else
#define TILES(X) X(2, 3) X(2, 2) X(2, 1) X(1, 4) X(1, 2) X(1, 1)
#endif
#define DEFINE(j, q)                                                                                                               \
    static void tile_##j##_##q(const lng_correlation *k, const lng_segment *s, const float *x, const float *g, float *sums,        \
                               ptrdiff_t stride, m16 live)                                                                         \
    {                                                                                                                              \
        tile(j, q, k, s, x, g, sums, stride, live);                                                                                \
    }
TILES(DEFINE)
#define LIST(j, q) {j, q, tile_##j##_##q},
static const tile_size sizes[] = {TILES(LIST)};

/* n vectors to n sums */
static void add_lanes(const float *vectors, int n, float *to)
{
    v16 r[16];
    for (; n > 0; n -= 16, vectors += 256, to += 16) {
        for (int i = 0; i < 16; i++)
            r[i] = i < n ? v_load(vectors + i * 16) : v_zero();
        if (n >= 16)
            v_storeu(to, v_hsums(r));
        else
            v_store_part(to, v_hsums(r), n);
    }
}

/* Columns q .. q + channels of all taps of a segment. */
static void run_segment(const lng_correlation *k, const lng_segment *s, int q, int channels, m16 live, const float *x,
                        const float *g, float *dw, float *scratch)
{
    const tile_size *size = sizes;
    for (int j = 0; j < s->taps; j += size->j) {
        while (size->j > s->taps - j)
            size++;
        const tile_size *t = size;
        for (int i = 0; i < channels; i += t->q) {
            while (t->q > channels - i)
                t++;
            t->run(k, s, x + (ptrdiff_t)j * 16, g + (ptrdiff_t)(q + i) * 16, scratch + i * 16, channels, live);
        }
        float *to = dw + ((ptrdiff_t)s->first + j) * k->channels + q;
        if (channels == k->channels)
            add_lanes(scratch, size->j * channels, to);
        else
            for (int i = 0; i < size->j; i++)
                add_lanes(scratch + (ptrdiff_t)i * channels * 16, channels, to + (ptrdiff_t)i * k->channels);
    }
}

void LNG_NAME(lng_correlate)(const lng_correlation *k, int live, const float *x, const float *g, float *dw, float *scratch)
{
    for (int q = 0; q < k->channels; q += 48)
        for (int i = 0; i < k->segments; i++)
            run_segment(k, &k->segment[i], q, k->channels - q < 48 ? k->channels - q : 48, m_live(live), x, g, dw, scratch);
}
