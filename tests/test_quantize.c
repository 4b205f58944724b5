/* Weights in 8 bits, by hand: scales, ties, zeros, and which channels an element belongs to. */
#include "graph/ops.h"
#include "suite.h"
#include "train/quantize.h"
#include <string.h>

static lng_variable variable = {.name = "W", .shape = {2, {2, 3}}};

/* The weights that are left of some, after an op on W, or on its transpose, has quantized them by its channels. */
static const lng_quantized *quantized(const float *w, bool transpose, bool transposed_product, float *left)
{
    lng_graph *g = lng_graph_new(arena, errors);
    lng_store *store = lng_store_new(&variable, 1, errors);
    lng_value *value = lng_read_variable(g, "W", variable.shape), *in[] = {value};
    lng_value *b = transpose
                       ? lng_emit(g, &lng_op_transpose, in, 1, (lng_attr[]){{.v = lng_shape_of(2, (int64_t)1, (int64_t)0)}}, NULL)
                       : value;
    const int64_t k = b->shape.dim[transposed_product ? 1 : 0];
    lng_value *x = lng_read_input(g, 0, "x", lng_shape_of(2, (int64_t)1, k), LNG_F32);
    lng_graph_output(g, "out", lng_matmul(g, x, false, b, transposed_product));
    memcpy(lng_store_find(store, "W", NULL), w, 6 * sizeof *w);
    size_t count;
    const lng_quantized *q = lng_quantize(arena, g, store, &count);
    ck_assert_uint_eq(count, 1);
    memcpy(left, lng_store_find(store, "W", NULL), 6 * sizeof *w);
    lng_store_free(store);
    return q;
}

static void check(const float *got, const float *expected, int n)
{
    for (int i = 0; i < n; i++)
        ck_assert_msg(got[i] == expected[i], "%d: %a, not %a", i, (double)got[i], (double)expected[i]);
}

/* A column has the scale 1, where halves go to even numbers; one is 0; one has the scale 0x1p-126, below which there is none. */
START_TEST(columns)
{
    const float w[] = {127, 0, 127 * 0x1p-126f, -62.5f, 0, -0x1p-126f}, after[] = {127, 0, 127 * 0x1p-126f, -62, 0, -0x1p-126f};
    float left[6];
    check(quantized(w, false, false, left)->scale, (const float[]){1, 0, 0x1p-126f}, 3);
    check(left, after, 6);
    const float small[] = {126 * 0x1p-126f, 1, 1, 126 * 0x1p-126f, 1, 1};
    check(quantized(small, false, false, left)->scale, (const float[]){0, 1 / 127.f, 1 / 127.f}, 3);
    check(left, (const float[]){0, 127 * (1 / 127.f), 127 * (1 / 127.f), 0, 127 * (1 / 127.f), 127 * (1 / 127.f)}, 6);
}
END_TEST

/* The outputs of x W' are the rows of W, whoever transposes. */
START_TEST(rows)
{
    const float w[] = {127, 1.5f, -2.5f, 254, 3, 5}, after[] = {127, 2, -2, 254, 4, 4};
    float left[6];
    check(quantized(w, false, true, left)->scale, (const float[]){1, 2}, 2);
    check(left, after, 6);
    check(quantized(w, true, false, left)->scale, (const float[]){1, 2}, 2);
    check(left, after, 6);
    check(quantized(w, true, true, left)->scale, (const float[]){2, 3 / 127.f, 5 / 127.f}, 3);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {TEST(columns), TEST(rows), {0}};
    return suite_run("quantize", tests, NULL, NULL);
}
