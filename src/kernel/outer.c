/* Tiles of P rows by V vectors of columns in registers; see outer.h. */
#include "kernel/outer.h"
#include "base/assert.h"

/* Transposes b[m][j][l] into t[l][m][j]. */
static void turn(const lng_outer *k, const float *b, float *t)
{
    const int64_t columns = lng_outer_columns(k);
    for (int64_t m = 0; m < k->rows; m++)
        for (int64_t j = 0; j < columns; j += 16) {
            v16 r[16];
            for (int i = 0; i < 16; i++)
                r[i] = j + i < k->j ? v_load(b + (m * k->j + j + i) * 16) : v_zero();
            v_transpose(r);
            for (int l = 0; l < 16; l++)
                v_store(t + (l * k->rows + m) * columns + j, r[l]);
        }
}

static inline __attribute__((always_inline)) void tile(const int P, const int V, const lng_outer *k, int live, bool add,
                                                       const float *a, const float *t, float *y, int64_t columns)
{
    const ptrdiff_t row = (ptrdiff_t)k->i * 16, next = (ptrdiff_t)lng_outer_columns(k);
    v16 sum[24];
    LNG_UNROLLED(i, P * V)
        sum[i] = v_zero();
    for (int l = 0; l < live; l++) {
        const float *u = a + l;
        for (int64_t m = 0; m < k->rows; m++, u += row, t += next) {
            v16 b[4];
            LNG_UNROLLED(v, V)
                b[v] = v_load(t + v * 16);
            LNG_UNROLLED(p, P) {
                v16 s = v_set1(u[p * 16]);
                LNG_UNROLLED(v, V)
                    sum[p * V + v] = v_fma(s, b[v], sum[p * V + v]);
            }
        }
    }
    LNG_UNROLLED(p, P) {
        LNG_UNROLLED(v, V) {
            v_store_or_add(y + p * k->j + v * 16, sum[p * V + v], columns - v * 16, add);
        }
    }
}

typedef void tile_function(const lng_outer *, int live, bool add, const float *a, const float *t, float *y, int64_t columns);
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
    static void tile_##p##_##v(const lng_outer *k, int live, bool add, const float *a, const float *t, float *y, int64_t columns)  \
    {                                                                                                                              \
        tile(p, v, k, live, add, a, t, y, columns);                                                                                \
    }
TILES(DEFINE)
#define LIST(p, v) {p, v, tile_##p##_##v},
static const tile_size sizes[] = {TILES(LIST)};

void lng_outer_run(const lng_outer *k, int live, bool add, const float *a, const float *b, float *y, float *scratch)
{
    LNG_ASSERT(is_aligned(a) && is_aligned(b) && is_aligned(scratch) && live > 0 && live <= 16);
    const tile_size *size = sizes;
    const int64_t columns = lng_outer_columns(k);
    turn(k, b, scratch);
    for (int64_t j = 0; j < columns; j += size->v * 16) {
        while (size->v * 16 > columns - j)
            size++;
        const tile_size *t = size;
        for (int64_t i = 0; i < k->i; i += t->p) {
            while (t->p > k->i - i)
                t++;
            t->run(k, live, add, a + i * 16, scratch + j, y + i * k->j + j, k->j - j);
        }
    }
}
