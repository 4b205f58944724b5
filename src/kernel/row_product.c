/* Tiles of P points by Q vectors of outputs, held in registers. */
#include "kernel/row_product.h"
#include "base/assert.h"

#define TILE static inline __attribute__((always_inline)) void

/* P and Q are constants wherever this is called, so that the sums are registers. The points have their weights in common. live: the
 * outputs that there are. */
TILE tile(const int P, const int Q, const bool alone, const lng_product *k, const lng_group *g, const lng_point *point,
          const float *x, const float *w, float *y, int live)
{
    const ptrdiff_t tap = k->tap;
    v16 sum[24];
    LNG_UNROLLED(i, P * Q)
        sum[i] = v_zero();
    for (const lng_run *r = g->run, *end = r + g->runs; r < end; r++) {
        const float *at[12], *weight = w + (ptrdiff_t)point->w + r->w;
        LNG_UNROLLED(p, P)
            at[p] = x + (ptrdiff_t)point[p].x + r->x;
        for (int32_t n = r->n; n > 0; n--, weight += tap) {
            LNG_UNROLLED(p, P) {
                if (!alone) {
                    const v16 a = v_set1(*at[p]);
                    LNG_UNROLLED(q, Q)
                        sum[p * Q + q] = v_fma(a, v_loadu(weight + q * 16), sum[p * Q + q]);
                } else {
                    LNG_UNROLLED(q, Q)
                        sum[p * Q + q] = v_fma(v_loadu(at[p] + q * 16), v_loadu(weight + q * 16), sum[p * Q + q]);
                }
                at[p]++;
            }
        }
    }
    LNG_UNROLLED(p, P) {
        LNG_UNROLLED(q, Q) /* the last vector alone may be in part */
            v_store_or_add(y + (ptrdiff_t)point[p].y + q * 16, sum[p * Q + q], q < Q - 1 ? 16 : live - q * 16, false);
    }
}

/* The sizes, by falling P and, for each P, falling Q; each Q goes down to P = 1. A single point has no weights to share, but needs as many
 * sums as hide the time that an addition takes. */
/* clang-format off */
#if defined LNG_AVX512
#define TILES(X)                                                                                                                   \
    X(12, 2) X(12, 1) X(6, 4) X(6, 2) X(6, 1) X(3, 4) X(3, 2) X(3, 1) X(1, 8) X(1, 4) X(1, 2) X(1, 1)
#define LEAST_TOGETHER 3
#elif defined LNG_AVX2
#define TILES(X) X(6, 1) X(4, 1) X(2, 2) X(2, 1) X(1, 6) X(1, 4) X(1, 2) X(1, 1)
#define LEAST_TOGETHER 2
#else /* no registers */
#define TILES(X) X(1, 1)
#define LEAST_TOGETHER 1
#endif
/* clang-format on */

typedef void tile_function(const lng_product *, const lng_group *, const lng_point *, const float *x, const float *w, float *y,
                           int live);
typedef struct tile_size {
    int p, q;
    tile_function *run;
} tile_size;

#define DEFINE(name, alone, p, q)                                                                                                  \
    static void name##_##p##_##q(const lng_product *k, const lng_group *g, const lng_point *at, const float *x, const float *w,    \
                                 float *y, int live)                                                                               \
    {                                                                                                                              \
        tile(p, q, alone, k, g, at, x, w, y, live);                                                                                \
    }
#define DEFINE_SHARED(p, q) DEFINE(shared, false, p, q)
#define DEFINE_ALONE(p, q)  DEFINE(alone, true, p, q)
TILES(DEFINE_SHARED)
TILES(DEFINE_ALONE)
#define LIST_SHARED(p, q) {p, q, shared_##p##_##q},
#define LIST_ALONE(p, q)  {p, q, alone_##p##_##q},
static const tile_size by_shared[] = {TILES(LIST_SHARED)}, by_alone[] = {TILES(LIST_ALONE)};

/* ---- running ---- */
/* How many of n points share the weights of the first: those of the same weights follow each other. */
static int common(const lng_point *point, int n)
{
    int i = point[n - 1].w == point->w ? n : 1;
    while (i < n && point[i].w == point->w)
        i++;
    return i;
}

/* The first size of at most so many points and vectors. */
static const tile_size *fitting(const tile_size *size, int points, int vectors)
{
    while (size->p > points || size->q > vectors)
        size++;
    return size;
}

/* n points of the same weights: Q vectors of outputs go through all of them before the next ones, so that their weights stay in a cache. */
static void run_points(const lng_product *k, const lng_group *g, const lng_point *point, int n, lng_span vectors, const float *x,
                       const float *w, float *y)
{
    for (int v = vectors.from; v < vectors.end && n > 0;) {
        const tile_size *size = fitting(k->alone ? by_alone : by_shared, n, vectors.end - v), *t = size;
        for (int i = 0; i < n; i += t->p) {
            while (t->p > n - i || t->q != size->q)
                t++;
            t->run(k, g, point + i, k->alone ? x + v * 16 : x, w + v * 16, y + v * 16, k->channels - v * 16);
        }
        v += size->q;
    }
}

static void run_band(const lng_product *k, int part, int parts, const float *x, const float *w, float *y)
{
    const int vectors = lng_row_product_vectors(k);
    for (int i = 0; i < k->groups; i++) {
        const lng_group *g = &k->group[i];
        lng_span points, outputs;
        lng_product_part(g, vectors, part, parts, &points, &outputs);
        for (int at = points.from, n; at < points.end; at += n) {
            n = common(g->point + at, points.end - at);
            const int rest = n % LEAST_TOGETHER; /* those that no tile of several points takes go alone, by more outputs */
            run_points(k, g, g->point + at, n - rest, outputs, x, w, y);
            for (int one = n - rest; one < n; one++)
                run_points(k, g, g->point + at + one, 1, outputs, x, w, y);
        }
    }
}

void lng_row_product_run(const lng_product *k, int part, int parts, const float *x, const float *w, float *y)
{
    LNG_ASSERT(part >= 0 && part < parts && k->channel == 1 && k->bands > 0);
    for (int i = 0; i < k->bands; i++)
        run_band(k, part, parts, x + (ptrdiff_t)i * k->x_band, w + (ptrdiff_t)i * k->w_band, y + (ptrdiff_t)i * k->y_band);
}

/* ---- panels ---- */
#define AHEAD 16 /* rows to prefetch */

lng_product lng_row_product_pack(const lng_product *k, const lng_product *panel, int v, const float *w, float *to)
{
    lng_product some = *panel;
    some.channels = k->channels - v * 16 < 16 ? k->channels - v * 16 : 16;
    w += v * 16;
    for (int32_t row = 0; row < k->taps; row++, w += k->tap, to += 16) {
        __builtin_prefetch(w + AHEAD * k->tap);
        v_storeu(to, v_loadu(w));
    }
    return some;
}

/* ---- turning ---- */
static void turn_block(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row)
{
    v16 block[16];
    for (int i = 0; i < 16; i++)
        block[i] = v_loadu(from + i * from_row);
    v_transpose(block);
    for (int i = 0; i < 16; i++)
        v_storeu(to + i * to_row, block[i]);
}

void lng_row_product_turn(float *to, const float *from, int64_t rows, int64_t columns)
{
    for (int64_t i = 0; i < rows; i += 16)
        for (int64_t j = 0; j < columns; j += 16)
            if (rows - i >= 16 && columns - j >= 16)
                turn_block(to + j * rows + i, rows, from + i * columns + j, columns);
            else
                for (int64_t r = i; r < rows && r < i + 16; r++)
                    for (int64_t c = j; c < columns && c < j + 16; c++)
                        to[c * rows + r] = from[r * columns + c];
}
