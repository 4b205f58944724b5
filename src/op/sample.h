/* Sampling an image [h, w, c] under an affine map, for sample_affine and its gradients: where each pixel of the result [h', w', c] reads.
 *
 * Positions are counted from the centers of both images, in pixels, rows first. The pixel (i, j) of the result reads at
 *
 *     row     m[0] i + m[1] j + m[2]
 *     column  m[3] i + m[4] j + m[5]
 *
 * between four pixels, each with the weight (1 - its distance in rows) (1 - its distance in columns). A pixel outside counts as +0. Positions are
 * held at one pixel outside the image, where nothing is read; or, for `edge`, at its border. */
#ifndef LNG_OP_SAMPLE_H
#define LNG_OP_SAMPLE_H
#include "op/kernel.h"
#include <string.h>

/* the gradients also have the shape of the image, or none */
enum { SAMPLE_SIZE, SAMPLE_OUTSIDE, SAMPLE_SHAPE };

typedef struct sampling {
    int64_t h, w, c, rows, columns; /* of the image, and of the result */
    bool edge;
} sampling;

static inline sampling sampling_of(const lng_attr *attr, lng_shape x)
{
    const lng_shape *size = &attr[SAMPLE_SIZE].v;
    return (sampling){.h = x.dim[0],
                      .w = x.dim[1],
                      .c = x.dim[2],
                      .rows = size->rank ? size->dim[0] : x.dim[0],
                      .columns = size->rank ? size->dim[size->rank - 1] : x.dim[1],
                      .edge = strcmp(attr[SAMPLE_OUTSIDE].s, "edge") == 0};
}

/* clang-format off */
#define EACH_RESULT(s, i, j) for (int64_t i = 0; i < (s)->rows; i++) for (int64_t j = 0; j < (s)->columns; j++)
#define EACH_CHANNEL(s, k) for (int64_t k = 0; k < (s)->c; k++)
#define EACH_CORNER(q) for (int q = 0; q < 4; q++)
/* clang-format on */

/* Elements of the image, by a pixel's number, and of the result. */
static inline int64_t pixel_at(const sampling *s, int64_t pixel, int64_t channel)
{
    return pixel * s->c + channel;
}
static inline int64_t result_at(const sampling *s, int64_t i, int64_t j, int64_t channel)
{
    return (i * s->columns + j) * s->c + channel;
}

/* From the center of n positions. */
static inline real from_center(int64_t i, int64_t n)
{
    return (real)i - (real)(n - 1) * (real)0.5;
}

/* One coordinate of where the result's pixel reads. */
typedef struct reading {
    real base; /* the pixel before it */
    real part; /* its distance from that */
    bool held; /* it would be further out */
} reading;

static inline reading reading_of(const sampling *s, lng_view map, int row, real i, real j, int64_t n)
{
    const real low = s->edge ? 0 : -1, high = (real)(s->edge ? n - 1 : n);
    const real at = real_fma(F(map, row), i, real_fma(F(map, row + 1), j, F(map, row + 2))) + (real)(n - 1) * (real)0.5;
    const real held = at < low ? low : at > high ? high : at;
    const real base = real_floor(held);
    return (reading){base, held - base, !(at > low && at < high)};
}

/* What a pixel of the result reads: pixels of the image, -1 for those outside. */
typedef struct corners {
    reading y, x;
    int64_t pixel[4];
    real weight[4];
} corners;

static inline bool within(real position, int64_t n)
{
    return position >= 0 && position < (real)n;
}

static inline corners corners_of(const sampling *s, lng_view map, int64_t i, int64_t j)
{
    const real from_y = from_center(i, s->rows), from_x = from_center(j, s->columns);
    corners k = {.y = reading_of(s, map, 0, from_y, from_x, s->h), .x = reading_of(s, map, 3, from_y, from_x, s->w)};
    EACH_CORNER(q)
    {
        const real y = k.y.base + (real)(q / 2), x = k.x.base + (real)(q % 2);
        k.pixel[q] = within(y, s->h) && within(x, s->w) ? (int64_t)y * s->w + (int64_t)x : -1;
        k.weight[q] = (q / 2 ? k.y.part : 1 - k.y.part) * (q % 2 ? k.x.part : 1 - k.x.part);
    }
    return k;
}

#ifdef LNG_FAST
/* A map that all examples share, as a fast kernel has it. */
static inline lng_view shared_map(const lng_call *call)
{
    return (lng_view){call->in[1], 1};
}

/* The same in lanes, each of which has a map of its own. */
typedef struct v_reading {
    v16 base, part;
    m16 free; /* not held */
} v_reading;

static inline v_reading v_reading_of(const sampling *s, const float *map, float i, float j, int64_t n)
{
    const v16 low = v_set1(s->edge ? 0 : -1), high = v_set1((float)(s->edge ? n - 1 : n));
    v16 at = v_fma(v_load(map + LNG_LANES), v_set1(j), v_load(map + 2 * LNG_LANES));
    at = v_add(v_fma(v_load(map), v_set1(i), at), v_set1((float)(n - 1) * 0.5f));
    const m16 is_free = m_and(v_lt(low, at), v_lt(at, high));
    at = v_select(v_lt(at, low), low, v_select(v_lt(high, at), high, at));
    const v16 base = v_floor(at);
    return (v_reading){base, v_sub(at, base), is_free};
}

static inline m16 v_within(i16 position, int64_t n)
{
    return m_and(m_not(iv_lt(position, iv_set1(0))), iv_lt(position, iv_set1((int32_t)n)));
}

typedef struct v_corner {
    int32_t pixel[LNG_LANES];
    m16 inside;
    v16 weight;
} v_corner;

static inline v_corner v_corner_of(const sampling *s, const v_reading *y, const v_reading *x, int q)
{
    const i16 row = iv_add(v_to_iv(y->base), iv_set1(q / 2)), column = iv_add(v_to_iv(x->base), iv_set1(q % 2));
    const v16 one = v_set1(1);
    v_corner k = {.inside = m_and(v_within(row, s->h), v_within(column, s->w)),
                  .weight = v_mul(q / 2 ? y->part : v_sub(one, y->part), q % 2 ? x->part : v_sub(one, x->part))};
    iv_storeu(k.pixel, iv_select(k.inside, iv_add(iv_mul(row, iv_set1((int32_t)s->w)), column), iv_set1(0)));
    return k;
}

static inline v16 v_gathered(const sampling *s, const float *in, const v_corner *k, int64_t channel)
{
    float x[LNG_LANES];
    for (int l = 0; l < LNG_LANES; l++)
        x[l] = in[pixel_at(s, k->pixel[l], channel) * LNG_LANES + l];
    return v_keep(k->inside, v_loadu(x));
}
#endif

#ifdef LNG_TABLE
#include "op/table.h"

/* clang-format off */
#define SAMPLE_MAP_PORT {"map", LNG_FLOAT_ONLY, "six numbers [6], three for the row and three for the column that is read"}
#define SAMPLE_ATTRS                                                                                                               \
    [SAMPLE_SIZE] = {"size", LNG_ATTR_INTS, .low = 1, .high = 65536, .max_count = 2,                                               \
                     .about = "rows and columns of the result; by default those of the image"},                                    \
    [SAMPLE_OUTSIDE] = {"outside", LNG_ATTR_NAME, .fallback = {.s = "zero"}, .choices = "zero edge",                               \
                        .about = "what is read outside the image: 0, or the pixel at its edge"}
/* clang-format on */

/* The shape of the result, for an image of shape x. */
static inline bool infer_sampling(lng_infer *r, lng_shape x, int map, lng_shape *out)
{
    if (!lng_infer_expect(r, map, lng_shape_of(1, (int64_t)6)))
        return false;
    const sampling s = sampling_of(r->attr, x);
    *out = lng_shape_of(3, s.rows, s.columns, s.c);
    return true;
}
#endif

#ifdef LNG_CASES
#define SAMPLE(h, w, outside, ...)                                                                                                 \
    {                                                                                                                              \
        {.v = LNG_DIMS(h, w)}, {.s = outside}, __VA_ARGS__                                                                         \
    }
#endif

#endif
