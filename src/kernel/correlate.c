/* Tiles of J taps by Q columns in registers; see correlate.h.
 *
 * At each position a tile reads J + Q vectors for J * Q multiply-adds, so what it reads must be in the first cache. Channels are a power of two
 * more often than not, and then pixels compete for the same few lines: so a few channels of the whole image, and each few columns of g, are
 * copied to lie together, the lanes of a register apart from those of the next. All taps of these channels take their turn at a block of
 * positions before the next block. Between blocks the sums wait in memory, which changes none of their bits. */
#include "kernel/correlate.h"
#include "base/assert.h"

#define TILE    static inline __attribute__((always_inline)) void

#define LANES   LNG_REGISTER_LANES
#define BLOCK   (896 / LANES) /* positions */
#define COLUMNS 64            /* of dw, at a time */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* A position, in floats from the first pixels. */
typedef struct position {
    int32_t x, g;
} position;

/* Some positions of a strip, for some columns of dw. */
typedef struct block {
    const position *at;
    int positions;
    bool fresh;       /* the sums start here */
    ptrdiff_t vector; /* from channel to channel, and from column to column; in floats, as is: */
    ptrdiff_t stride; /* from tap to tap in the sums */
} block;

TILE tile(const int J, const int Q, const block *k, const float *x, const float *g, float *sums)
{
    r16 sum[24];
    const ptrdiff_t stride = k->stride, vector = k->vector;
    LNG_UNROLLED(j, J) {
        LNG_UNROLLED(q, Q)
            sum[j * Q + q] = k->fresh ? r_zero() : r_load(sums + j * stride + q * 16);
    }
    for (const position *at = k->at, *end = at + k->positions; at < end; at++) {
        const float *vx = x + at->x, *vg = g + at->g;
        r16 kept[6]; /* of taps or columns, whichever are fewer */
        LNG_UNROLLED(i, J < Q ? J : Q)
            kept[i] = r_load((J < Q ? vx : vg) + i * vector);
        LNG_UNROLLED(i, J < Q ? Q : J) {
            const r16 one = r_hold(r_load((J < Q ? vg : vx) + i * vector));
            LNG_UNROLLED(m, J < Q ? J : Q) {
                r16 *s = &sum[J < Q ? m * Q + i : i * Q + m];
                *s = r_fma(kept[m], one, *s);
            }
        }
    }
    LNG_UNROLLED(j, J) {
        LNG_UNROLLED(q, Q)
            r_store(sums + j * stride + q * 16, sum[j * Q + q]);
    }
}

/* One tap, of which each of Q columns has its own. */
TILE tile_alone(const int Q, const block *k, const float *x, const float *g, float *sums)
{
    v16 sum[24];
    LNG_UNROLLED(q, Q)
        sum[q] = k->fresh ? v_zero() : v_load(sums + q * 16);
    for (const position *at = k->at, *end = at + k->positions; at < end; at++)
        LNG_UNROLLED(q, Q)
            sum[q] = v_fma(v_load(x + at->x + q * 16), v_load(g + at->g + q * 16), sum[q]);
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
#define TILES(X) X(3, 4) X(3, 2) X(3, 1) X(2, 4) X(2, 2) X(2, 1) X(1, 12) X(1, 4) X(1, 2) X(1, 1)
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

/* All taps by columns, of one block of positions. */
static void run_tiles(const block *k, bool each_alone, int taps, int columns, const float *x, const float *g, float *sums)
{
    const tile_size *size = each_alone ? alone : sizes;
    for (int j = 0; j < taps; j += size->j) {
        while (size->j > taps - j)
            size++;
        const tile_size *t = size;
        for (int q = 0; q < columns; q += t->q) {
            while (t->q > columns - q)
                t++;
            t->run(k, x + (each_alone ? q : j) * k->vector, g + q * k->vector, sums + (ptrdiff_t)j * k->stride + q * 16);
        }
    }
}

/* The lane trees of n vectors, dead lanes as +0; add: they are added to what is there. */
static void add_lanes(const float *vectors, int n, int live_lanes, bool add, float *to)
{
    const m16 live = m_live(live_lanes);
    v16 r[16];
    for (; n > 0; n -= 16, vectors += 256, to += 16) {
        for (int i = 0; i < 16; i++)
            r[i] = i < n ? v_keep(live, v_load(vectors + i * 16)) : v_zero();
        v_store_or_add(to, v_hsums(r), n, add);
    }
}

/* ---- some channels of x by some columns of g ---- */
typedef struct piece {
    int depth, columns, group; /* columns of a group lie together, and take their turn together */
    bool alone;
    const float *x, *g;
    ptrdiff_t vector; /* in floats, as is: */
    int32_t x_pixel, g_pixel;
    ptrdiff_t x_part, g_part; /* from the lanes of one register to those of the next */
    ptrdiff_t x_group, g_group;
    float *sums;  /* [tap][depth][columns] */
    position *at; /* [strip][BLOCK] */
} piece;

static int positions_of(const lng_strip *s)
{
    return s->rows * s->columns;
}

/* The positions of strip i in a block: `size` of them from the first one on, as far as there are any. */
static block block_of(const lng_correlation *k, const piece *p, int i, int first, int size)
{
    return (block){.at = p->at + i * BLOCK,
                   .positions = least(size, positions_of(&k->strip[i]) - first),
                   .fresh = first == 0,
                   .vector = p->vector,
                   .stride = (ptrdiff_t)p->columns * 16};
}

static void locate(const lng_correlation *k, const piece *p, int first, int size)
{
    for (int i = 0; i < k->strips; i++) {
        const lng_strip *s = &k->strip[i];
        position *to = p->at + i * BLOCK, *end = to + block_of(k, p, i, first, size).positions;
        if (to >= end)
            continue;
        int row = first / s->columns, column = first % s->columns;
        for (; to < end; row++, column = 0) {
            position at = {(s->x + row * k->x_row + column * k->x_column) * p->x_pixel,
                           (s->g + row * k->g_row + column) * p->g_pixel};
            for (; to < end && column < s->columns; column++, at.x += k->x_column * p->x_pixel, at.g += p->g_pixel)
                *to++ = at;
        }
    }
}

/* All taps by a group of columns from q on. */
static void run_group(const lng_correlation *k, const piece *p, int first, int size, int part, int q)
{
    const int columns = least(p->group, p->columns - q);
    const float *x = p->x + part * p->x_part + q / p->group * p->x_group, *g = p->g + part * p->g_part + q / p->group * p->g_group;
    for (int i = 0; i < k->strips; i++) {
        const lng_strip *s = &k->strip[i];
        const block b = block_of(k, p, i, first, size);
        float *sums = p->sums + s->first * p->depth * b.stride + q * 16 + part * LANES;
        if (b.fresh || b.positions > 0)
            run_tiles(&b, p->alone, s->taps * p->depth, columns, x, g, sums);
    }
}

/* The rows of dw that belong to a tap begin k->depth rows after those of the one before. */
static void run_piece(const lng_correlation *k, const piece *p, int live, bool add, float *dw)
{
    int most = 1; /* without any position, sums are zero */
    for (int i = 0; i < k->strips; i++)
        most = positions_of(&k->strip[i]) > most ? positions_of(&k->strip[i]) : most;
    const int blocks = (most + BLOCK - 1) / BLOCK, size = (most + blocks - 1) / blocks;
    for (int first = 0; first < most; first += size) {
        locate(k, p, first, size);
        for (int part = 0; part < (p->alone ? 1 : LNG_REGISTERS); part++)
            for (int q = 0; q < p->columns; q += p->group)
                run_group(k, p, first, size, part, q);
    }
    const float *sums = p->sums;
    for (int t = 0; t < k->taps; t++)
        for (int c = 0; c < p->depth; c++, sums += (ptrdiff_t)p->columns * 16)
            add_lanes(sums, p->columns, live, add, dw + ((ptrdiff_t)t * k->depth + c) * k->g_columns);
}

/* n vectors of each pixel, of which one has `all`, so that the lanes of a register lie together, of `group` vectors at a time. */
static void copy(const float *from, int all, int n, int group, int32_t pixels, float *to)
{
    const ptrdiff_t pixel = (ptrdiff_t)group * LANES, part = pixels * pixel;
    for (int32_t at = 0; at < pixels; at++, from += (ptrdiff_t)all * 16, to += pixel)
        for (int first = 0; first < n; first += group)
            for (int p = 0; p < LNG_REGISTERS; p++) {
                float *vectors = to + (first / group * LNG_REGISTERS + p) * part;
                for (int i = first; i < least(first + group, n); i++, vectors += LANES)
                    r_store(vectors, r_load(from + i * 16 + p * LANES));
            }
}

/* The columns that the widest tile takes. */
static int group_of(const lng_correlation *k)
{
    int taps = 1;
    for (int i = 0; i < k->strips; i++)
        taps = k->strip[i].taps > taps ? k->strip[i].taps : taps;
    const tile_size *size = k->alone ? alone : sizes;
    while (size->j > taps * k->depth)
        size++;
    return size->q;
}

typedef struct scratch {
    float *x, *g, *sums;
    position *at;
    size_t size;
} scratch;

/* Where a register holds a whole vector, x of few channels, if they are one band, and g that is read but a few times may stay where they are. */
static bool copies(const lng_correlation *k)
{
    return !k->alone && (LNG_REGISTERS > 1 || k->bands > 1 || k->depth > sizes->j || k->depth * k->taps > 64);
}

static scratch scratch_of(const lng_correlation *k, float *base)
{
    const size_t columns = (size_t)least(k->channels, COLUMNS), group = (size_t)group_of(k),
                 depth = (size_t)(k->alone ? 1 : least(k->depth, sizes->j));
    const size_t x = copies(k) ? depth * (size_t)k->x_pixels * 16 : 0,
                 g = copies(k) ? (columns + group - 1) / group * group * (size_t)k->g_pixels * 16 : 0,
                 sums = (size_t)k->taps * depth * columns * 16, at = (size_t)k->strips * BLOCK * sizeof(position);
    return (scratch){base, base + x, base + x + g, (position *)(void *)(base + x + g + sums), (x + g + sums) * sizeof(float) + at};
}

size_t lng_correlate_scratch(const lng_correlation *k)
{
    return scratch_of(k, NULL).size;
}

/* So many columns of a band from column q on. The channels are divided into nearly equal pieces. */
static void run_columns(const lng_correlation *k, int q, int columns, int live, bool add, const float *x, const float *g, float *dw,
                        const scratch *s)
{
    piece p = {.columns = columns, .group = group_of(k), .sums = s->sums, .at = s->at};
    if (copies(k)) {
        p.vector = LANES;
        p.g = s->g;
        p.g_pixel = p.group * LANES;
        p.g_part = k->g_pixels * (ptrdiff_t)p.g_pixel;
        p.g_group = LNG_REGISTERS * p.g_part;
        copy(g + q * 16, k->g_columns, columns, p.group, k->g_pixels, s->g);
    } else {
        p.vector = 16;
        p.g = g + q * 16;
        p.g_pixel = k->g_columns * 16;
        p.g_part = p.x_part = LANES;
        p.g_group = p.group * 16;
    }
    for (int c = 0, left = (k->depth + sizes->j - 1) / sizes->j; left > 0; c += p.depth, left--) {
        p.depth = (k->depth - c + left - 1) / left;
        p.x = x + c * 16;
        p.x_pixel = k->x_channels * 16;
        if (copies(k)) {
            p.x = s->x;
            p.x_pixel = p.depth * LANES;
            p.x_part = k->x_pixels * (ptrdiff_t)p.x_pixel;
            copy(x + c * 16, k->x_channels, p.depth, p.depth, k->x_pixels, s->x);
        }
        run_piece(k, &p, live, add, dw + (ptrdiff_t)c * k->g_columns + q);
    }
}

static void run_alone(const lng_correlation *k, int q, int columns, int live, bool add, const float *x, const float *g, float *dw,
                      const scratch *s)
{
    const int group = group_of(k);
    const piece p = {.depth = 1,
                     .columns = columns,
                     .group = group,
                     .alone = true,
                     .x = x + q * 16,
                     .g = g + q * 16,
                     .x_pixel = k->x_channels * 16,
                     .g_pixel = k->g_columns * 16,
                     .vector = 16,
                     .x_group = group * 16,
                     .g_group = group * 16,
                     .sums = s->sums,
                     .at = s->at};
    run_piece(k, &p, live, add, dw + q);
}

void lng_correlate(const lng_correlation *k, int live, bool add, const float *x, const float *g, float *dw, float *scratch_)
{
    LNG_ASSERT(is_aligned(x) && is_aligned(g) && is_aligned(scratch_) && live > 0 && live <= 16 && k->bands > 0);
    const scratch s = scratch_of(k, scratch_);
    for (int i = 0; i < k->bands; i++)
        for (int q = 0; q < k->channels; q += COLUMNS)
            (k->alone ? run_alone : run_columns)(k, q, least(COLUMNS, k->channels - q), live, add, x + (ptrdiff_t)i * k->depth * 16,
                                                 g + (ptrdiff_t)i * k->channels * 16, dw + (ptrdiff_t)i * k->channels, &s);
}
