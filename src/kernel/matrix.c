/* Tiles of P rows by Q columns in registers; see matrix.h. The Q columns of b stay in the first cache while all rows of a pass by. */
#include "kernel/matrix.h"
#include "base/assert.h"

enum lanes { BOTH, A_ONLY, B_ONLY };

static inline __attribute__((always_inline)) v16 read(const float *p, int64_t at, bool lanes)
{
    return lanes ? v_load(p + at * 16) : v_set1(p[at]);
}

static inline __attribute__((always_inline)) void tile(const int P, const int Q, const enum lanes lanes, const lng_matrix *x,
                                                       const float *a, const float *b, float *y)
{
    const bool a_lanes = lanes != B_ONLY, b_lanes = lanes != A_ONLY;
    v16 sum[24];
    LNG_UNROLLED(i, P * Q)
        sum[i] = v_zero();
    for (int64_t k = 0; k < x->k; k++) {
        v16 column[6];
        LNG_UNROLLED(q, Q)
            column[q] = read(b, k * x->b_k + q * x->b_n, b_lanes);
        LNG_UNROLLED(p, P) {
            const v16 row = read(a, p * x->a_m + k * x->a_k, a_lanes);
            LNG_UNROLLED(q, Q)
                sum[p * Q + q] = v_fma(row, column[q], sum[p * Q + q]);
        }
    }
    LNG_UNROLLED(p, P) {
        LNG_UNROLLED(q, Q)
            v_store(y + (p * x->n + q) * 16, sum[p * Q + q]);
    }
}

typedef void tile_function(const lng_matrix *, const float *a, const float *b, float *y);
typedef struct tile_size {
    int p, q;
    tile_function *run;
} tile_size;

/* The sizes, by falling Q and, for each Q, falling P down to 1. */
#ifdef LNG_AVX512
#define TILES(X, lanes) X(lanes, 4, 6) X(lanes, 1, 6) X(lanes, 4, 2) X(lanes, 1, 2) X(lanes, 4, 1) X(lanes, 1, 1)
#elif defined LNG_AVX2
#define TILES(X, lanes) X(lanes, 2, 2) X(lanes, 1, 2) X(lanes, 2, 1) X(lanes, 1, 1)
#else
#define TILES(X, lanes) X(lanes, 1, 1)
#endif
#define DEFINE(lanes, p, q)                                                                                                        \
    static void tile_##lanes##_##p##_##q(const lng_matrix *x, const float *a, const float *b, float *y)                            \
    {                                                                                                                              \
        tile(p, q, lanes, x, a, b, y);                                                                                             \
    }
#define LIST(lanes, p, q) {p, q, tile_##lanes##_##p##_##q},
TILES(DEFINE, BOTH)
TILES(DEFINE, A_ONLY)
TILES(DEFINE, B_ONLY)
static const tile_size both[] = {TILES(LIST, BOTH)}, a_only[] = {TILES(LIST, A_ONLY)}, b_only[] = {TILES(LIST, B_ONLY)};

void lng_matrix_run(const lng_matrix *x, int64_t from, int64_t end, const float *a, const float *b, float *y)
{
    LNG_ASSERT((x->a_lanes || x->b_lanes) && is_aligned(y) && (!x->a_lanes || is_aligned(a)) && (!x->b_lanes || is_aligned(b)));
    const tile_size *size = !x->a_lanes ? b_only : x->b_lanes ? both : a_only;
    const int64_t row = x->a_m * (x->a_lanes ? 16 : 1), column = x->b_n * (x->b_lanes ? 16 : 1);
    for (int64_t n = 0; n < x->n; n += size->q) {
        while (size->q > x->n - n)
            size++;
        const tile_size *t = size;
        for (int64_t m = from; m < end; m += t->p) {
            while (t->p > end - m)
                t++;
            t->run(x, a + m * row, b + n * column, y + (m * x->n + n) * 16);
        }
    }
}
