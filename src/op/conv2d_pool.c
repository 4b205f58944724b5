/* max_pool(conv2d(x, w)) for adjacent windows of 2 x 2, of whose map between the two there are two rows at a time. */
#include "op/pooled.h"
#include <string.h>
#ifdef LNG_FAST
#include "kernel/row_product.h"
#endif

static lng_pooled geometry(const lng_node *n)
{
    return pooled_of(n->attr, n->in[0]->shape, n->in[1]->shape);
}

static real output(const lng_pooled *k, const lng_naive_call *call, int32_t oy, int32_t ox, int32_t o)
{
    real sum = 0;
    EACH_TAP(k, ky, kx)
        EACH_CHANNEL(k, c)
            sum = real_fma(pooled_input(k, call->in[0], oy + ky, ox + kx, c), F(call->in[1], pooled_weight(k, ky, kx, c, o)), sum);
    return sum;
}

static void naive(const lng_naive_call *call)
{
    const lng_pooled pooled = geometry(call->node), *k = &pooled;
    EACH_WINDOW(k, wy, wx)
        EACH_OUTPUT(k, o) {
            real best = 0;
            int winner = -1;
            for (int corner = 0; corner < 4; corner++) {
                const real x = output(k, call, 2 * wy + corner / 2, 2 * wx + corner % 2, o);
                if (winner < 0 || x > best || (x != x && best == best)) {
                    best = x;
                    winner = corner;
                }
            }
            if (call->out[0].at)
                F(call->out[0], pooled_at(k, wy, wx, o)) = best;
            if (call->out[1].at)
                I(call->out[1], pooled_at(k, wy, wx, o)) = winner;
        }
}

#ifdef LNG_FAST
/* The map of a row of windows, then their winners. */
typedef struct rows {
    lng_pooled pooled;
    lng_product product;      /* of the two rows of the map that a row of windows has */
    const lng_product *panel; /* of 16 of a single image's outputs; NULL: all go together */
} rows;

static lng_taps *taps_of(int32_t outputs, int32_t window, lng_arena *arena)
{
    lng_taps *t = LNG_NEW_N(arena, (size_t)outputs, lng_taps);
    int32_t *number = LNG_NEW_N(arena, (size_t)(outputs + window), int32_t);
    for (int32_t i = 0; i < outputs + window; i++)
        number[i] = i;
    for (int32_t i = 0; i < outputs; i++)
        t[i] = (lng_taps){.n = window, .at = number + i, .tap = number};
    return t;
}

/* Of the image with its zeros. */
static size_t image_floats(const lng_pooled *k)
{
    return lng_pooled_pads(k) ? (size_t)lng_pooled_rows(k) * (size_t)lng_pooled_columns(k) * (size_t)k->c : 0;
}

static ptrdiff_t row_floats(const lng_pooled *k)
{
    return (ptrdiff_t)(lng_pooled_pads(k) ? lng_pooled_columns(k) : k->in_x) * k->c;
}

static rows *rows_of(const lng_node *n, lng_arena *arena)
{
    rows *r = LNG_NEW(arena, rows);
    const lng_pooled k = r->pooled = geometry(n);
    r->product = (lng_product){.channels = k.o,
                               .tap = k.o,
                               .channel = 1,
                               .chunk = lng_product_chunk((int64_t)k.kh * k.kw * k.c * k.o),
                               .taps = k.kh * k.kw * k.c,
                               .bands = 1};
    const lng_grid grid = {.row = taps_of(2, k.kh, arena),
                           .column = taps_of(2 * k.columns, k.kw, arena),
                           .rows = 2,
                           .columns = 2 * k.columns,
                           .x_row = (int32_t)row_floats(&k),
                           .x_column = k.c,
                           .w_row = k.kw * k.c * k.o,
                           .w_column = k.c * k.o,
                           .y_column = k.o,
                           .depth = k.c};
    lng_product_prepare(&r->product, &grid, arena);
    return r;
}

static size_t map_floats(const lng_pooled *k)
{
    return (size_t)4 * (size_t)k->columns * (size_t)k->o;
}

/* ---- of the examples of a slice ---- */
/* The corners of each window begin `column` and `row` after each other; n outputs. */
static void winners_of(const float *map, ptrdiff_t column, ptrdiff_t row, int32_t n, float *y, int32_t *winner)
{
    for (int32_t o = 0; o < n; o++, map += LNG_LANES) {
        v16 best = v_load(map);
        i16 at = iv_set1(0);
        for (int corner = 1; corner < 4; corner++) {
            const v16 x = v_load(map + corner / 2 * row + corner % 2 * column);
            const m16 wins = v_wins(x, best);
            best = v_select(wins, x, best);
            at = iv_select(wins, iv_set1(corner), at);
        }
        v_store(y + o * LNG_LANES, best);
        if (winner)
            iv_store(winner + o * LNG_LANES, at);
    }
}

static void fast(const lng_call *call)
{
    const rows *r = call->prepared;
    const lng_pooled *k = &r->pooled;
    const ptrdiff_t column = (ptrdiff_t)k->o * LNG_LANES, row = 2 * k->columns * column;
    const int32_t end = (int32_t)((int64_t)k->rows * (call->part + 1) / call->parts);
    float *const image = call->scratch, *const map = image + image_floats(k) * LNG_LANES;
    const float *w = lng_product_pack(&r->product, false, call->in[1], map + map_floats(k) * LNG_LANES), *x = call->in[0];
    if (lng_pooled_pads(k))
        lng_pooled_copy_image(k, x, k->c, image), x = image;
    for (int32_t wy = (int32_t)((int64_t)k->rows * call->part / call->parts); wy < end; wy++) {
        lng_product_run(&r->product, false, 0, 1, x + 2 * wy * row_floats(k) * LNG_LANES, w, map);
        for (int32_t wx = 0; wx < k->columns; wx++) {
            const ptrdiff_t at = pooled_at(k, wy, wx, 0) * LNG_LANES;
            winners_of(map + 2 * wx * column, column, row, k->o, (float *)call->out[0] + at,
                       call->out[1] ? (int32_t *)call->out[1] + at : NULL);
        }
    }
}

/* ---- of a single image ---- */
static void surround(const lng_pooled *k, const float *x, float *image)
{
    const int32_t height = lng_pooled_rows(k), width = lng_pooled_columns(k),
                  n = k->in_x < width - k->before_x ? k->in_x : width - k->before_x;
    memset(image, 0, image_floats(k) * sizeof *image);
    for (int32_t y = 0; y < k->in_y && y + k->before_y < height; y++)
        memcpy(image + ((ptrdiff_t)(y + k->before_y) * width + k->before_x) * k->c, x + (ptrdiff_t)y * k->in_x * k->c,
               (size_t)n * (size_t)k->c * sizeof *image);
}

/* Sixteen adjacent outputs of one window, whose first corner is at `map`. */
static void window_winners(const float *map, ptrdiff_t column, ptrdiff_t row, int live, float *y, int32_t *winner)
{
    v16 best = v_loadu(map);
    i16 at = iv_set1(0);
    for (int corner = 1; corner < 4; corner++) {
        const v16 x = v_loadu(map + corner / 2 * row + corner % 2 * column);
        const m16 wins = v_wins(x, best);
        best = v_select(wins, x, best);
        at = iv_select(wins, iv_set1(corner), at);
    }
    if (y)
        v_store_or_add(y, best, live, false);
    if (winner)
        v_store_or_add((float *)winner, iv_bits(at), live, false);
}

/* Outputs [from, end) of a row of windows, by a product of those. */
static void single_row(const lng_call *call, const lng_product *p, const float *x, const float *w, int32_t wy, int32_t from,
                       int32_t end, float *map)
{
    const lng_pooled *k = &((const rows *)call->prepared)->pooled;
    const ptrdiff_t row = (ptrdiff_t)2 * k->columns * k->o;
    lng_row_product_run(p, 0, 1, x + 2 * wy * row_floats(k), w, map + from);
    for (int32_t wx = 0; wx < k->columns; wx++)
        for (int32_t o = from; o < end; o += LNG_LANES) {
            const ptrdiff_t at = pooled_at(k, wy, wx, o);
            window_winners(map + (ptrdiff_t)2 * wx * k->o + o, k->o, row, k->o - o,
                           call->out[0] ? (float *)call->out[0] + at : NULL, call->out[1] ? (int32_t *)call->out[1] + at : NULL);
        }
}

/* A part is some of the rows or, if the weights go through panels, some of the outputs. */
static void fast_single(const lng_call *call)
{
    const rows *r = call->prepared;
    const lng_pooled *k = &r->pooled;
    float *const image = call->scratch, *const map = image + image_floats(k), *const panel = map + map_floats(k) + LNG_LANES;
    const float *x = call->in[0];
    if (lng_pooled_pads(k))
        surround(k, x, image), x = image;
    const bool panels = r->panel && lng_row_product_divides(&r->product, call->parts);
    const lng_span mine = lng_span_part(panels ? lng_row_product_vectors(&r->product) : k->rows, call->part, call->parts);
    for (int i = mine.from; i < mine.end; i++) {
        if (!panels) {
            single_row(call, &r->product, x, call->in[1], i, 0, k->o, map);
            continue;
        }
        const lng_product some = lng_row_product_pack(&r->product, r->panel, i, call->in[1], panel);
        for (int32_t wy = 0; wy < k->rows; wy++)
            single_row(call, &some, x, panel, wy, i * LNG_LANES, i * LNG_LANES + some.channels, map);
    }
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (n->in[1]->per_example)
        return (lng_prepared){0};
    rows *r = rows_of(n, arena);
    const size_t floats = image_floats(&r->pooled) + map_floats(&r->pooled);
    if (n->in[0]->per_example)
        return (lng_prepared){
            .kernel = fast, .data = r, .scratch = floats * LNG_LANES * sizeof(float) + lng_product_scratch(&r->product, false)};
    r->panel = lng_row_product_panel(&r->product, r->pooled.rows, arena);
    return (lng_prepared){
        .kernel = fast_single, .data = r, .scratch = (floats + LNG_LANES + lng_row_product_panel_floats(r->panel)) * sizeof(float)};
}
#endif
LNG_KERNELS(conv2d_pool, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    r->dtype[1] = LNG_I32;
    if (!pooled_output(r, r->in[0]->shape, r->in[1]->shape, &r->shape[0]))
        return false;
    r->shape[1] = r->shape[0];
    return true;
}

static int64_t cost(const lng_node *n)
{
    return 4 * cost_of_winners(n);
}

const lng_op lng_op_conv2d_pool = {
    .name = "conv2d_pool",
    .about = "conv2d and, over its output, max_pool with windows of 2 x 2",
    .math =
        "y = max_pool(conv2d(x, w), size=[2, 2]), bit for bit except for the sign of a zero: taps outside the image count as +0",
    .flags = LNG_OP_HIDDEN | LNG_OP_SLICE_SPLITS,
    LNG_IN({"x", LNG_FLOAT_ONLY, "an image [h, w, c]"}, {"w", LNG_FLOAT_ONLY, "weights [kh, kw, c, o]"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the winners' values [h', w', o]"}, CONV_POOL_WINNER),
    LNG_ATTRS(POOLED_ATTRS),
    .infer = infer,
    .cost = cost,
    .no_vjp = "it is made after differentiation",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(3, 3, 1), 1, 2, 3, 4, 5, 6, 7, 8, 9),
            LNG_ARRAY(LNG_DIMS(2, 2, 1, 2), 1, -1, 10, -10, 100, -100, 1000, -1000)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 2), 9865, -5421), LNG_ARRAY(LNG_DIMS(1, 1, 2), 3, 0)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 2, NAN, 1), LNG_ARRAY(LNG_DIMS(1, 1, 1, 1), 1)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 1), NAN), LNG_ARRAY(LNG_DIMS(1, 1, 1), 2)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 4, 1), 1, 2, 3, 4, 0, 0, 0, 0), LNG_ARRAY(LNG_DIMS(1, 3, 1, 1), 1, 1, 1)},
     .attr = POOLED("same", 0, 1),
     .out = {LNG_ARRAY(LNG_DIMS(1, 1, 1), 6), LNG_ARRAY(LNG_DIMS(1, 1, 1), 1)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(7, 9, 2), LNG_DIMS(2, 4, 2, 3)}, .default_attr = true},
    {.in = {LNG_DIMS(9, 10, 3), LNG_DIMS(5, 5, 3, 17)}, .attr = POOLED("valid", 1, 2)},
    {.in = {LNG_DIMS(6, 5, 1), LNG_DIMS(3, 4, 1, 10)}, .attr = POOLED("same", 0, 0)},
    {.in = {LNG_DIMS(2, 3, 2), LNG_DIMS(1, 1, 2, 1)}, .attr = POOLED("same", 0, 1)},
    {.in = {LNG_DIMS(4, 5, 2), LNG_DIMS(2, 3, 2, 5)}, .attr = POOLED_IN(3, 0, 1, 4)}, /* windows of padding alone */
};
LNG_OP_CASES(conv2d_pool);
#endif
