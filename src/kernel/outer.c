/* Tiles of P rows by V vectors of columns in registers; see outer.h. */
#include "kernel/outer.h"
#include "base/assert.h"

/* A panel: so many columns as the widest tile has. */
#ifdef LNG_AVX512
#define PANEL 64
#elif defined LNG_AVX2
#define PANEL 32
#else
#define PANEL 16
#endif

/* Transposes b[m][j][l] of slice s into panels t[j / PANEL][s][l][m][j % PANEL]. */
static void turn(const lng_outer *k, int s, int slices, const float *b, float *t)
{
    for (int64_t m = 0; m < k->rows; m++)
        for (int64_t j = 0; j < k->j; j += 16) {
            v16 r[16];
            for (int i = 0; i < 16; i++)
                r[i] = j + i < k->j ? v_load(b + (m * k->j + j + i) * 16) : v_zero();
            v_transpose(r);
            for (int l = 0; l < 16; l++)
                v_store(t + ((j / PANEL * slices + s) * 16 * k->rows + l * k->rows + m) * PANEL + j % PANEL, r[l]);
        }
}

/* A sum minus itself is added to `bad`: 0 if it is finite, else NaN. */
static inline __attribute__((always_inline)) void tile(const int P, const int V, const lng_outer *k, const lng_outer_slices *all,
                                                       bool add, const float *a, const float *t, float *y, int64_t columns,
                                                       v16 *bad)
{
    const ptrdiff_t row = (ptrdiff_t)k->i * 16;
    v16 sum[24], held[LNG_OUTER_LEVELS][24];
    int s = 0;
    do {
        const int live = s + 1 < all->n ? 16 : all->live;
        const float *at = a + s * all->a;
        LNG_UNROLLED(i, P * V)
            sum[i] = v_zero();
        for (int l = 0; l < live; l++) {
            const float *u = at + l;
            for (int64_t m = 0; m < k->rows; m++, u += row, t += PANEL) {
                v16 b[4];
                LNG_UNROLLED(v, V)
                    b[v] = v_load(t + v * 16);
                LNG_UNROLLED(p, P) {
                    v16 x = v_set1(u[p * 16]);
                    LNG_UNROLLED(v, V)
                        sum[p * V + v] = v_fma(x, b[v], sum[p * V + v]);
                }
            }
        }
        int level = 0;
        for (; s >> level & 1; level++) {
            LNG_UNROLLED(i, P * V)
                sum[i] = v_add(held[level][i], sum[i]);
        }
        if (s + 1 < all->n) {
            LNG_UNROLLED(i, P * V)
                held[level][i] = sum[i];
        }
    } while (++s < all->n);
    for (int level = __builtin_ctz((unsigned)all->n) + 1; all->n >> level; level++)
        if (all->n >> level & 1) {
            LNG_UNROLLED(i, P * V)
                sum[i] = v_add(held[level][i], sum[i]);
        }
    LNG_UNROLLED(p, P) {
        LNG_UNROLLED(v, V) {
            v_store_or_add(y + p * k->j + v * 16, sum[p * V + v], columns - v * 16, add);
            *bad = v_add(*bad, v_sub(sum[p * V + v], sum[p * V + v]));
        }
    }
}

typedef void tile_function(const lng_outer *, const lng_outer_slices *, bool add, const float *a, const float *t, float *y,
                           int64_t columns, v16 *bad);
typedef struct tile_size {
    int p, v;
    tile_function *run;
} tile_size;

/* The sizes, by falling V and, for each V, falling P down to 1. */
#ifdef LNG_AVX512
#define TILES(X) X(6, 4) X(2, 4) X(1, 4) X(12, 2) X(4, 2) X(1, 2) X(12, 1) X(4, 1) X(1, 1)
#elif defined LNG_AVX2
#define TILES(X) X(3, 2) X(1, 2) X(6, 1) X(2, 1) X(1, 1)
#else
#define TILES(X) X(1, 1)
#endif
#define DEFINE(p, v)                                                                                                               \
    static void tile_##p##_##v(const lng_outer *k, const lng_outer_slices *all, bool add, const float *a, const float *t,          \
                               float *y, int64_t columns, v16 *bad)                                                                \
    {                                                                                                                              \
        tile(p, v, k, all, add, a, t, y, columns, bad);                                                                            \
    }
TILES(DEFINE)
#define LIST(p, v) {p, v, tile_##p##_##v},
static const tile_size sizes[] = {TILES(LIST)};

/* The rows of y that are computed for one panel after the other, while those of a stay in a cache: so many for all slices. */
#define ROWS       1536
#define LEAST_ROWS 48

static void run_rows(const lng_outer *k, const lng_outer_slices *all, bool add, int64_t from, int64_t end, const float *a,
                     const float *t, float *y, v16 *bad)
{
    const tile_size *size = sizes;
    for (int64_t j = 0; j < k->j; j += size->v * 16) {
        while ((size->v - 1) * 16 >= k->j - j)
            size++;
        const float *panel = t + j / PANEL * all->n * 16 * k->rows * PANEL + j % PANEL;
        const tile_size *s = size;
        for (int64_t i = from; i < end; i += s->p) {
            while (s->p > end - i)
                s++;
            s->run(k, all, add, a + i * 16, panel, y + i * k->j + j, k->j - j, bad);
        }
    }
}

bool lng_outer_run(const lng_outer *k, lng_outer_slices all, bool add, int64_t from, int64_t end, const float *a, const float *b,
                   float *y, float *scratch)
{
    LNG_ASSERT(is_aligned(a) && is_aligned(b) && is_aligned(scratch) && all.live > 0 && all.live <= 16 &&
               all.n <= 1 << LNG_OUTER_LEVELS);
    const int64_t rows = ROWS / all.n > LEAST_ROWS ? ROWS / all.n : LEAST_ROWS;
    v16 bad = v_zero();
    for (int s = 0; s < all.n; s++)
        turn(k, s, all.n, b + s * all.b, scratch);
    for (int64_t i = from; i < end; i += rows)
        run_rows(k, &all, add, i, end - i < rows ? end : i + rows, a, scratch, y, &bad);
    return m_mask(v_isnan(bad)) == 0;
}
