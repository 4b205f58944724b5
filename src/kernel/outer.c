/* Tiles of P rows by V vectors of columns in registers; see outer.h.
 *
 * The terms of a sum are adjacent in a, and those of adjacent columns in b, once both are turned; with one row, a is so as it is. A tile goes
 * through a strip of terms, which stays in the first cache while all tiles of a block of rows take their turn: several slices or, where a
 * slice has many terms, a part of it. What waits for another strip, a sum that goes on or a subtree of slices, is kept in memory. */
#include "kernel/outer.h"
#include "base/assert.h"

/* PANEL: so many columns of b lie together as the widest tile has. STRIP: the most terms of a part of a slice. */
#ifdef LNG_AVX512
#define PANEL 64
#define STRIP 64
#else
#define PANEL 16
#define STRIP 128
#endif
#define ROWS LNG_OUTER_ROWS /* of a block, at most */

/* Transposes b[m][j][l] of a slice into panels t[j / PANEL][l][m][j % PANEL], so many floats apart. */
static void turn_columns(const lng_outer *k, const float *b, float *t, ptrdiff_t apart)
{
    for (int64_t m = 0; m < k->rows; m++)
        for (int64_t j = 0; j < k->j; j += 16) {
            v16 r[16];
            for (int i = 0; i < 16; i++)
                r[i] = j + i < k->j ? v_load(b + (m * k->j + j + i) * 16) : v_zero();
            v_transpose(r);
            for (int l = 0; l < 16; l++)
                v_store(t + j / PANEL * apart + (l * k->rows + m) * PANEL + j % PANEL, r[l]);
        }
}

/* Transposes n rows of a slice, a[m][i][l], into t[i][l][m]. Of a number of m that fills no vector, what is too much is overwritten by what
 * follows: the next l or, of the same, an earlier m. */
static void turn_rows(const lng_outer *k, int64_t n, const float *a, float *t, ptrdiff_t apart)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t m = (k->rows - 1) / 16 * 16; m >= 0; m -= 16) {
            v16 r[16];
            for (int64_t q = 0; q < 16; q++)
                r[q] = m + q < k->rows ? v_load(a + ((m + q) * k->i + i) * 16) : v_zero();
            v_transpose(r);
            for (int l = 0; l < 16; l++)
                v_storeu(t + i * apart + l * k->rows + m, r[l]);
        }
}

/* Some slices, of so many terms each (the last slice of all has fewer), or a part of one. */
typedef struct strip {
    int slice, end, all;
    int64_t terms, last;
    bool begins, ends;     /* sums begin at +0; sums are complete */
    bool pairs;            /* of whole slices of 16 terms */
    ptrdiff_t a_row, a, b; /* floats from row to row of a, and from slice to slice */
    bool add;
    ptrdiff_t y_row;
} strip;

/* What waits, by level of the tree: a sum that goes on is where it will wait as a subtree. */
#define WAITING(level, i) (wait + (ptrdiff_t)(level)*ROWS * PANEL + (i) / V * PANEL + (i) % V * 16)

/* Term n of S slices at once. */
static inline __attribute__((always_inline)) void term(const int P, const int V, const int S, v16 *sum, const float *a,
                                                       ptrdiff_t row, ptrdiff_t a_slice, const float *b, ptrdiff_t b_slice,
                                                       int64_t n)
{
    LNG_UNROLLED(t, S) {
        v16 v[4];
        LNG_UNROLLED(j, V)
            v[j] = v_load(b + t * b_slice + n * PANEL + j * 16);
        LNG_UNROLLED(p, P) {
            v16 x = v_set1(a[t * a_slice + p * row + n]);
            LNG_UNROLLED(j, V)
                sum[(t * P + p) * V + j] = v_fma(x, v[j], sum[(t * P + p) * V + j]);
        }
    }
}

/* One slice after the other, or pairs of slices of 16 terms, whose sums are added up in registers. A sum minus itself is added to `bad`: 0 if it is
 * finite, else NaN. */
static inline __attribute__((always_inline)) void tile(const int P, const int V, const int S, const strip *k, const float *a,
                                                       const float *b, float *wait, float *y, int64_t columns, v16 *bad)
{
    v16 sum[24];
    int s = k->slice;
    do {
        const int free = __builtin_ctz(~(unsigned)(s + S - 1));
        const int64_t terms = s + 1 < k->all ? k->terms : k->last;
        const ptrdiff_t row = k->a_row, a_slice = k->a, b_slice = k->b;
        LNG_UNROLLED(i, S * P * V)
            sum[i] = S > 1 || k->begins ? v_zero() : v_load(WAITING(free, i));
        if (S > 1) {
            LNG_ROLLED for (int n = 0; n < 16; n++) term(P, V, S, sum, a, row, a_slice, b, b_slice, n);
            LNG_UNROLLED(i, P * V)
                sum[i] = v_add(sum[i], sum[P * V + i]);
        } else {
            _Pragma("GCC unroll 2") for (int64_t n = 0; n < terms; n++) term(P, V, S, sum, a, row, a_slice, b, b_slice, n);
        }
        for (int level = S - 1; k->ends && level < free; level++) {
            LNG_UNROLLED(i, P * V)
                sum[i] = v_add(v_load(WAITING(level, i)), sum[i]);
        }
        if (!k->ends || s + S < k->all) {
            LNG_UNROLLED(i, P * V)
                v_store(WAITING(free, i), sum[i]);
        }
        a += S * a_slice;
        b += S * b_slice;
        s += S;
    } while (s < k->end);
    if (!k->ends || k->end < k->all)
        return;
    for (int level = __builtin_ctz((unsigned)k->all) + 1; k->all >> level; level++)
        if (k->all >> level & 1) {
            LNG_UNROLLED(i, P * V)
                sum[i] = v_add(v_load(WAITING(level, i)), sum[i]);
        }
    const ptrdiff_t row = k->y_row;
    const bool add = k->add;
    LNG_UNROLLED(p, P) {
        LNG_UNROLLED(j, V)
            v_store_or_add(y + p * row + j * 16, sum[p * V + j], columns - j * 16, add);
    }
    v16 zero = v_zero();
    LNG_UNROLLED(i, P * V)
        zero = v_add(zero, v_sub(sum[i], sum[i]));
    *bad = v_add(*bad, zero);
}

typedef void tile_function(const strip *, const float *a, const float *b, float *wait, float *y, int64_t columns, v16 *bad);
typedef struct tile_size {
    int p, v;
    tile_function *run;
} tile_size;

/* The sizes, by falling V and, for each V, falling P down to 1. */
#ifdef LNG_AVX512
#define TILES(X) X(6, 4, 1) X(2, 4, 1) X(1, 4, 1) X(12, 2, 1) X(4, 2, 1) X(1, 2, 1) X(12, 1, 1) X(4, 1, 1) X(1, 1, 1)
#elif defined LNG_AVX2
#define TILES(X)      X(6, 1, 1) X(2, 1, 1) X(1, 1, 1)
#define PAIR_TILES(X) X(3, 1, 2) X(1, 1, 2)
#else
#define TILES(X) X(1, 1, 1)
#endif
#define DEFINE(p, v, s)                                                                                                            \
    static void tile_##p##_##v##_##s(const strip *k, const float *a, const float *b, float *wait, float *y, int64_t columns,       \
                                     v16 *bad)                                                                                     \
    {                                                                                                                              \
        tile(p, v, s, k, a, b, wait, y, columns, bad);                                                                             \
    }
#define LIST(p, v, s) {p, v, tile_##p##_##v##_##s},
TILES(DEFINE)
static const tile_size sizes[] = {TILES(LIST)};
#ifdef PAIR_TILES
#define PAIRS true
PAIR_TILES(DEFINE)
static const tile_size pair_sizes[] = {PAIR_TILES(LIST)};
#else
#define PAIRS      false
#define pair_sizes sizes
#endif

/* A block of so many rows by a panel, of which so many columns are left. */
typedef struct block {
    int64_t rows, columns;
    const float *a, *b;
    float *wait, *y;
    const float *claim;
} block;

static void claim(const strip *k, const tile_size *size, const float *at)
{
    for (int p = 0; p < size->p; p++)
        for (int j = 0; j < size->v; j++)
            v_claim(at + p * k->y_row + j * 16);
}

static void run_strip(const strip *k, const block *at, int64_t from, v16 *bad)
{
    const float *a = at->a + k->slice * k->a + from, *b = at->b + k->slice * k->b + from * PANEL;
    const tile_size *size = k->pairs ? pair_sizes : sizes;
    const bool alone = k->begins && k->ends && k->slice == 0 && k->end == k->all; /* nothing waits for another strip */
    for (int64_t j = 0; j < at->columns && j < PANEL; j += size->v * 16) {
        while ((size->v - 1) * 16 >= at->columns - j)
            size++;
        const tile_size *s = size;
        for (int64_t i = 0; i < at->rows; i += s->p) {
            while (s->p > at->rows - i)
                s++;
            if (at->claim && k->ends && k->end == k->all)
                claim(k, s, at->claim + i * k->y_row + j);
            s->run(k, a + i * k->a_row, b + j, at->wait + (alone ? 0 : i * PANEL + j), at->y + i * k->y_row + j, at->columns - j,
                   bad);
        }
    }
}

/* How many of the next slices go by pairs. */
static int in_pairs(const lng_outer *k, int live, const strip *s, int most)
{
    const int whole = s->all - s->slice - (live < 16), n = whole < most ? whole : most;
    return PAIRS && k->rows == 1 ? n & ~1 : 0;
}

/* All slices of a block. `each`: what its strips have in common. */
static void run_block(const lng_outer *k, int live, const strip *each, const block *at, v16 *bad)
{
    const int64_t terms = k->rows * 16;
    const int most = terms < STRIP ? (int)(STRIP / terms) : 1;
    strip s = *each;
    for (s.slice = 0; s.slice < s.all; s.slice = s.end) {
        const int paired = in_pairs(k, live, &s, most);
        s.pairs = paired > 0;
        s.end = s.pairs ? s.slice + paired : s.all - s.slice < most ? s.all : s.slice + most;
        const int64_t here = s.end == s.all && most == 1 ? k->rows * live : terms;
        for (int64_t from = 0; from < here; from += s.terms) {
            s.terms = here - from < STRIP ? here - from : STRIP;
            s.last = most == 1 ? s.terms : k->rows * live;
            s.begins = from == 0;
            s.ends = from + s.terms == here;
            run_strip(&s, at, from, bad);
        }
    }
}

bool lng_outer_run(const lng_outer *k, lng_outer_slices all, lng_outer_rows of, const float *a, const float *b, float *y,
                   float *scratch)
{
    LNG_ASSERT(is_aligned(a) && is_aligned(b) && is_aligned(scratch) && all.live > 0 && all.live <= 16 &&
               all.n <= 1 << LNG_OUTER_LEVELS);
    const int64_t terms = k->rows * 16;
    const bool turns = k->rows > 1;
    const strip s = {.all = all.n,
                     .a_row = turns ? all.n * terms + 16 : 16, /* not all rows on the same lines of a cache */
                     .a = turns ? terms : all.a,
                     .b = terms * PANEL,
                     .add = of.add,
                     .y_row = k->j};
    const int64_t most = lng_outer_block(k);
    float *wait = scratch, *rows = wait + all.n * ROWS * LNG_OUTER_PANEL, *columns = rows + most * s.a_row;
    v16 bad = v_zero();
    for (int i = 0; i < all.n; i++)
        turn_columns(k, b + i * all.b, columns + i * s.b, all.n * s.b);
    for (int64_t i = of.from; i < of.end; i += most) {
        block at = {.rows = of.end - i < most ? of.end - i : most, .a = turns ? rows : a + i * 16, .wait = wait};
        for (int n = 0; n < all.n && turns; n++)
            turn_rows(k, at.rows, a + n * all.a + i * 16, rows + n * s.a, s.a_row);
        for (int64_t j = 0; j < k->j; j += PANEL) {
            at.columns = k->j - j;
            at.b = columns + j * all.n * terms;
            at.y = y + i * k->j + j;
            at.claim = of.claim ? of.claim + i * k->j + j : NULL;
            run_block(k, all.live, &s, &at, &bad);
        }
    }
    return m_mask(v_isnan(bad)) == 0;
}
