/* The tiles. */
#include "kernel/product.h"
#include "base/assert.h"

#define TILE static inline __attribute__((always_inline)) void

/* ---- tiles ----
 * P and Q are constants wherever these are called, so that the sums are registers. */
enum how {
    ROWS,
    COLUMNS,
    LANES,
    ALONE
}; /* adjacent in w are outputs; are taps; w holds vectors, at any steps; outputs, each with its x */

/* J taps of a run. */
TILE taps(const int P, const int Q, const int J, const enum how how, v16 *sum, const float *const *x, const float *const *w,
          ptrdiff_t tap, ptrdiff_t channel)
{
    LNG_UNROLLED(p, P) {
        v16 v[4];
        const float *u = w[p];
        LNG_UNROLLED(j, J)
            v[j] = v_load(x[p] + j * 16);
        LNG_UNROLLED(q, Q) {
            LNG_UNROLLED(j, J) {
                v16 weight = how == LANES ? v_load(u + j * tap * 16) : v_set1(u[how == ROWS ? j * tap : j]);
                sum[p * Q + q] = v_fma(v[j], weight, sum[p * Q + q]);
            }
            u += how == LANES ? channel * 16 : how == ROWS ? 1 : channel;
        }
    }
}

/* One tap, of which each output has its own. */
TILE tap_alone(const int P, const int Q, v16 *sum, const float *const *x, const float *const *w)
{
    LNG_UNROLLED(p, P) {
        LNG_UNROLLED(q, Q)
            sum[p * Q + q] = v_fma(v_load(x[p] + q * 16), v_set1(w[p][q]), sum[p * Q + q]);
    }
}

TILE tile(const int P, const int Q, const enum how how, const lng_product *k, const lng_group *g, const lng_point *point, bool more,
          const float *x, const float *w, float *y)
{
    const ptrdiff_t tap = k->tap, channel = k->channel, row = how == LANES ? tap * 16 : how == COLUMNS ? 1 : tap;
    const int J = how == COLUMNS ? 4 : 1; /* four taps share the computation of a row of w */
    v16 sum[24];
    LNG_UNROLLED(p, P) {
        LNG_UNROLLED(q, Q)
            sum[p * Q + q] = P == 1 && how == ROWS && more ? v_load(y + (ptrdiff_t)point[p].y * 16 + q * 16) : v_zero();
    }
    for (const lng_run *r = g->run, *end = r + g->runs; r < end; r++) {
        const float *vx[4], *vw[4];
        LNG_UNROLLED(p, P) {
            vx[p] = x + ((ptrdiff_t)point[p].x + r->x) * 16;
            vw[p] = w + ((ptrdiff_t)point[p].w + r->w) * (how == LANES ? 16 : 1);
        }
        int n = r->n;
        for (; n >= J; n -= J) {
            if (how == ALONE)
                tap_alone(P, Q, sum, vx, vw);
            else
                taps(P, Q, J, how, sum, vx, vw, tap, channel);
            LNG_UNROLLED(p, P)
                vx[p] += J * 16, vw[p] += J * row;
        }
        for (; J > 1 && n > 0; n--) {
            taps(P, Q, 1, how, sum, vx, vw, tap, channel);
            LNG_UNROLLED(p, P)
                vx[p] += 16, vw[p] += row;
        }
    }
    LNG_UNROLLED(p, P) {
        float *to = y + (ptrdiff_t)point[p].y * 16;
        LNG_UNROLLED(q, Q)
            v_store(to + q * 16, sum[p * Q + q]);
    }
}

/* The sizes, by falling Q and, for each Q, falling P down to 1. AVX-512 has registers for 24 sums, AVX2 for 6 (of two registers each). */
/* clang-format off */
#ifdef LNG_AVX512
#define TILES(X)                                                                                                                   \
    X(1, 24)                                                                                                                       \
    X(1, 16) X(2, 12) X(1, 12) X(2, 8) X(1, 8) X(4, 6) X(2, 6) X(1, 6) X(4, 4) X(2, 4) X(1, 4) X(4, 3) X(1, 3) X(4, 2) X(1, 2)     \
        X(4, 1) X(1, 1)
#elif defined LNG_AVX2
#define TILES(X) X(1, 6) X(1, 4) X(2, 3) X(1, 3) X(2, 2) X(1, 2) X(4, 1) X(1, 1)
#else /* no registers */
#define TILES(X) X(1, 1)
#endif
/* clang-format on */
#if defined LNG_AVX512
#define LANE_TILES(X)  X(1, 8) X(1, 4) X(1, 2) X(1, 1)
#define ALONE_TILES(X) X(1, 16) X(1, 8) X(2, 4) X(1, 4) X(4, 2) X(1, 2) X(4, 1) X(1, 1)
#elif defined LNG_AVX2
#define LANE_TILES(X)  X(1, 8) X(1, 4) X(1, 2) X(1, 1)
#define ALONE_TILES(X) X(1, 6) X(1, 4) X(2, 2) X(1, 2) X(4, 1) X(1, 1)
#else
#define LANE_TILES(X)  X(1, 1)
#define ALONE_TILES(X) X(1, 1)
#endif

/* more: the sums go on from those in y; only by rows, of a single point. */
typedef void tile_function(const lng_product *, const lng_group *, const lng_point *, bool more, const float *x, const float *w,
                           float *y);
typedef struct tile_size {
    int p, q;
    tile_function *run;
} tile_size;

#define DEFINE(how, p, q)                                                                                                          \
    static void tile_##how##_##p##_##q(const lng_product *k, const lng_group *g, const lng_point *at, bool more, const float *x,   \
                                       const float *w, float *y)                                                                   \
    {                                                                                                                              \
        tile(p, q, how, k, g, at, more, x, w, y);                                                                                  \
    }
#define DEFINE_ROWS(p, q)    DEFINE(ROWS, p, q)
#define DEFINE_COLUMNS(p, q) DEFINE(COLUMNS, p, q)
#define DEFINE_LANES(p, q)   DEFINE(LANES, p, q)
#define DEFINE_ALONE(p, q)   DEFINE(ALONE, p, q)
TILES(DEFINE_ROWS)
TILES(DEFINE_COLUMNS)
LANE_TILES(DEFINE_LANES)
ALONE_TILES(DEFINE_ALONE)
#define LIST_ROWS(p, q)    {p, q, tile_ROWS_##p##_##q},
#define LIST_COLUMNS(p, q) {p, q, tile_COLUMNS_##p##_##q},
#define LIST_LANES(p, q)   {p, q, tile_LANES_##p##_##q},
#define LIST_ALONE(p, q)   {p, q, tile_ALONE_##p##_##q},
static const tile_size by_rows[] = {TILES(LIST_ROWS)}, by_columns[] = {TILES(LIST_COLUMNS)}, by_lanes[] = {LANE_TILES(LIST_LANES)},
                       alone[] = {ALONE_TILES(LIST_ALONE)};

/* ---- running ---- */
static void run_points(const lng_product *k, const lng_group *g, const tile_size *size, lng_span points, lng_span channels,
                       const float *x, const float *w, float *y, bool lanes)
{
    for (int q = channels.from; q < channels.end; q += size->q) {
        while (size->q > channels.end - q)
            size++;
        const float *weight = w + (ptrdiff_t)q * k->channel * (lanes ? 16 : 1), *own = k->alone ? x + (ptrdiff_t)q * 16 : x;
        const tile_size *t = size;
        for (int i = points.from; i < points.end; i += t->p) {
            while (t->p > points.end - i)
                t++;
            t->run(k, g, g->point + i, false, own, weight, y + (ptrdiff_t)q * 16);
        }
    }
}

/* ---- panels ----
 * A block of taps is small enough for x to stay in the first cache while all outputs take their turn, and for the block's weights to stay in
 * the second while all points do. Between blocks the sums wait in y. */
#define BLOCK 256 /* taps */

static bool packs(const lng_product *k, bool lanes)
{
    return !lanes && !k->alone && k->channel == 1 && (int64_t)k->taps * k->channels > LNG_PRODUCT_MANY;
}

size_t lng_product_scratch(const lng_product *k, bool lanes)
{
    return packs(k, lanes) ? (size_t)k->bands * (size_t)k->taps * (size_t)k->channels * sizeof(float) : 0;
}

/* The widest tile of at most so many outputs, of a single point. */
static const tile_size *widest(const tile_size *size, int outputs)
{
    while (size->q > outputs || size->p > 1)
        size++;
    return size;
}

const float *lng_product_pack(const lng_product *k, bool lanes, const float *w, float *scratch)
{
    if (!packs(k, lanes))
        return w;
    for (int band = 0; band < k->bands; band++, w += k->w_band, scratch += (ptrdiff_t)k->taps * k->channels)
        for (int row = 0; row < k->taps; row++) {
            const tile_size *t = by_rows;
            for (int q = 0; q < k->channels; q += t->q) {
                t = widest(t, k->channels - q);
                memcpy(scratch + (ptrdiff_t)q * k->taps + row * t->q, w + row * k->tap + q, (size_t)t->q * sizeof *w);
            }
        }
    return scratch - (ptrdiff_t)k->bands * k->taps * k->channels;
}

/* One point at n taps, from row `row` of w on. */
static void run_outputs(const lng_product *k, int n, int row, bool more, const float *x, const float *w, float *y)
{
    const lng_run run = {.n = n};
    const lng_group g = {.run = &run, .runs = 1};
    const lng_point here = {0};
    const tile_size *t = by_rows;
    for (int q = 0; q < k->channels; q += t->q) {
        t = widest(t, k->channels - q);
        const lng_product panel = {.tap = t->q, .channel = 1};
        t->run(&panel, &g, &here, more, x, w + (ptrdiff_t)q * k->taps + row * t->q, y + (ptrdiff_t)q * 16);
    }
}

static void run_panels(const lng_product *k, const lng_group *g, lng_span points, const float *x, const float *w, float *y)
{
    static const lng_run nothing;
    bool more = false;
    for (const lng_run *r = g->runs ? g->run : &nothing, *end = r + (g->runs ? g->runs : 1); r < end; r++)
        for (int from = 0, blocks = r->n / BLOCK + 1; blocks > 0; blocks--, more = true) {
            const int n = (r->n - from + blocks - 1) / blocks;
            for (int i = points.from; i < points.end; i++) {
                const lng_point *at = &g->point[i];
                run_outputs(k, n, (at->w + r->w) / k->tap + from, more, x + ((ptrdiff_t)at->x + r->x + from) * 16, w,
                            y + (ptrdiff_t)at->y * 16);
            }
            from += n;
        }
}

static void run_band(const lng_product *k, bool lanes, int part, int parts, const float *x, const float *w, float *y)
{
    const tile_size *size = lanes ? by_lanes : k->alone ? alone : k->channel == 1 ? by_rows : by_columns;
    for (int i = 0; i < k->groups; i++) {
        const lng_group *g = &k->group[i];
        lng_span points, channels;
        if (packs(k, lanes)) {
            run_panels(k, g, lng_span_part(g->points, part, parts), x, w, y);
            continue;
        }
        lng_product_part(g, k->channels, part, parts, &points, &channels);
        for (lng_span now = points; now.from < points.end; now.from = now.end) {
            now.end = points.end - now.from > k->chunk ? now.from + k->chunk : points.end;
            run_points(k, g, size, now, channels, x, w, y, lanes);
        }
    }
}

void lng_product_run(const lng_product *k, bool lanes, int part, int parts, const float *x, const float *w, float *y)
{
    LNG_ASSERT(is_aligned(x) && is_aligned(y) && part >= 0 && part < parts && (k->channel == 1 || k->tap == 1) && k->bands > 0);
    LNG_ASSERT(!k->alone || (k->channel == 1 && !lanes));
    const ptrdiff_t w_band = packs(k, lanes) ? (ptrdiff_t)k->taps * k->channels : k->w_band * (ptrdiff_t)(lanes ? 16 : 1);
    for (int i = 0; i < k->bands; i++)
        run_band(k, lanes, part, parts, x + (ptrdiff_t)i * k->x_band * 16, w + i * w_band, y + (ptrdiff_t)i * k->y_band * 16);
}
