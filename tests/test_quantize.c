/* Weights in 8 bits, by hand: scales, ties, zeros, and which channels an element belongs to; what else reads a weight; and inputs in 8 bits. */
#include "suite.h"
#include "train/quantize.h"
#include <math.h>
#include <string.h>

#define EXAMPLES 4
#define MOST     5000 /* weights, and numbers of an example */

static lng_variable variable = {.name = "W", .parameter = true};
static float w[MOST], x[EXAMPLES * MOST];

/* What becomes of a graph, and what it computes for x. */
typedef struct result {
    const float *numbers, *scale, *rate, *stands_for, *out; /* rate: NULL: inputs are floats */
    const lng_graph *graph;                                 /* fused */
} result;

static const float *copy(const float *at, int64_t n)
{
    return at ? memcpy(LNG_NEW_N(arena, (size_t)n, float), at, (size_t)n * sizeof *at) : NULL;
}

static const float *copy_variable(const lng_session *s, const char *name)
{
    size_t k;
    return lng_store_find(s->store, name, &k)
               ? copy(s->store->at + s->store->offset[k], lng_shape_size(s->store->variable[k].shape))
               : NULL;
}

static result run(lng_session *s, const lng_context *context)
{
    static const uint32_t rows[EXAMPLES] = {0, 1, 2, 3};
    must(lng_session_run(s, LNG_PREDICT, rows, EXAMPLES, context, errors));
    const lng_runner *runner = lng_session_runner(s, LNG_PREDICT);
    const lng_column out = lng_runner_column(runner, "out");
    return (result){copy_variable(s, "W.int8"),        copy_variable(s, "W.scale"),
                    copy_variable(s, "W.rate"),        copy_variable(s, "W"),
                    copy(out.at, EXAMPLES * out.size), lng_pass_run(&lng_pass_copy, runner->graph, arena)};
}

/* wrong: the error that comes of it; NULL: none. */
static result quantize(lng_graph *g, bool activations, const char *wrong)
{
    const lng_data_field input = {.name = "x"};
    const lng_value *reads[1] = {NULL};
    lng_team *team = lng_team_new(1);
    lng_graph_reads(g, arena, reads);
    lng_field field = {x, LNG_FIELD_F32, lng_shape_size(reads[0]->shape)};
    const lng_part part = {.count = EXAMPLES, .field = &field, .fields = 1};
    const lng_range all = {LNG_TRAIN, &part, 0, EXAMPLES};
    const lng_subject subject = {.train = g, .eval = g, .variable = &variable, .variables = 1, .input = &input, .inputs = 1};
    lng_session *from = lng_session_new(&subject, LNG_PREDICT, EXAMPLES, team, errors);
    must(from);
    memcpy(lng_store_find(from->store, "W", NULL), w, (size_t)lng_shape_size(variable.shape) * sizeof *w);
    const lng_quantized *list;
    size_t count;
    lng_session *to = lng_quantize(from, activations ? &all : NULL, LNG_PREDICT, EXAMPLES, arena, &list, &count, errors);
    result r = {.numbers = NULL};
    if (wrong) {
        ck_assert_ptr_null(to);
        ck_assert_int_eq(lng_errors_status(errors), LNG_NONFINITE);
        ck_assert_str_eq(lng_errors_message(errors, 0), wrong);
    } else {
        must(to);
        ck_assert_uint_eq(count, 1);
        const lng_context context = lng_session_context(to, &field);
        r = run(to, &context);
    }
    lng_session_free(to);
    lng_session_free(from);
    lng_team_free(team);
    return r;
}

static result quantized(lng_graph *g, bool activations)
{
    return quantize(g, activations, NULL);
}

/* x W, or x W', of weights that are [rows, columns] or, if `transpose`, turned before they are read. */
static lng_graph *product(int64_t rows, int64_t columns, bool transpose, bool transposed_product)
{
    lng_graph *g = lng_graph_new(arena, errors);
    variable.shape = lng_shape_of(2, rows, columns);
    lng_value *b = lng_read_variable(g, "W", variable.shape);
    if (transpose)
        b = lng_emit(g, &lng_op_transpose, &b, 1, (lng_attr[]){{.v = lng_shape_of(2, (int64_t)1, (int64_t)0)}}, NULL);
    const int64_t k = b->shape.dim[transposed_product ? 1 : 0];
    lng_value *input = lng_read_input(g, 0, "x", lng_shape_of(1, k), LNG_F32);
    lng_graph_output(g, "out", lng_matmul(g, input, false, b, transposed_product));
    return g;
}

static void check(const float *got, const float *expected, int n)
{
    for (int i = 0; i < n; i++)
        ck_assert_msg(got[i] == expected[i], "%d: %a, not %a", i, (double)got[i], (double)expected[i]);
}

static result of_weights(const float *weights, bool transpose, bool transposed_product)
{
    memcpy(w, weights, 6 * sizeof *w);
    return quantized(product(2, 3, transpose, transposed_product), false);
}

/* A column has the scale 1, where halves go to even numbers; one is 0; one has the scale 0x1p-126, below which there is none. */
START_TEST(columns)
{
    result r = of_weights((const float[]){127, 0, 127 * 0x1p-126f, -62.5f, 0, -0x1p-126f}, false, false);
    check(r.scale, (const float[]){1, 0, 0x1p-126f}, 3);
    check(r.numbers, (const float[]){127, 0, 127, -62, 0, -1}, 6);
    check(r.stands_for, (const float[]){127, 0, 127 * 0x1p-126f, -62, 0, -0x1p-126f}, 6);
    ck_assert_ptr_null(r.rate);
    r = of_weights((const float[]){126 * 0x1p-126f, 1, 1, 126 * 0x1p-126f, 1, 1}, false, false);
    check(r.scale, (const float[]){0, 1 / 127.f, 1 / 127.f}, 3);
    check(r.numbers, (const float[]){0, 127, 127, 0, 127, 127}, 6);
}
END_TEST

/* The outputs of x W' are the rows of W, whoever transposes. */
START_TEST(rows)
{
    static const float weights[] = {127, 1.5f, -2.5f, 254, 3, 5};
    for (int turned = 0; turned < 2; turned++) {
        const result r = of_weights(weights, turned, !turned);
        check(r.scale, (const float[]){1, 2}, 2);
        check(r.numbers, (const float[]){127, 2, -2, 127, 2, 2}, 6);
        check(r.stands_for, (const float[]){127, 2, -2, 254, 4, 4}, 6);
    }
    check(of_weights(weights, true, true).scale, (const float[]){2, 3 / 127.f, 5 / 127.f}, 3);
}
END_TEST

/* Whole numbers, some of them beyond what was measured, by whole numbers: what integers give, times a scale. */
START_TEST(inputs)
{
    enum { K = 300, N = 5 };
    uint32_t state = 1;
    for (int i = 0; i < K * N; i++)
        w[i] = (float)((state = state * 1664525u + 1013904223u) >> 8) * 0x1p-24f - 0.5f;
    for (int i = 0; i < EXAMPLES * K; i++)
        x[i] = (float)((state = state * 1664525u + 1013904223u) >> 8) * 0x1p-22f - 2;
    x[7] = -2.5f;
    const result r = quantized(product(K, N, false, false), true);
    const float step = 2.5f / 127;
    ck_assert(*r.rate == 1 / step);
    for (int e = 0; e < EXAMPLES; e++)
        for (int n = 0; n < N; n++) {
            int64_t sum = 0;
            float most = 0;
            for (int k = 0; k < K; k++) {
                sum += (int64_t)r.numbers[k * N + n] * lrintf(x[e * K + k] * *r.rate);
                most = fabsf(w[k * N + n]) > most ? fabsf(w[k * N + n]) : most;
            }
            ck_assert(r.scale[n] == most / 127 * step);
            ck_assert_msg(r.out[e * N + n] == (float)sum * r.scale[n], "%d, %d", e, n);
        }
}
END_TEST

/* 5000 times 127 is more than a float counts up to with inputs of 127: the numbers become smaller, but only if inputs are in 8 bits, too. */
START_TEST(sums_are_exact)
{
    for (int i = 0; i < MOST; i++)
        w[i] = 1;
    for (int i = 0; i < EXAMPLES * MOST; i++)
        x[i] = 1;
    result r = quantized(product(MOST, 1, false, false), false);
    ck_assert(r.numbers[0] == 127 && *r.scale == 1 / 127.f);
    r = quantized(product(MOST, 1, false, false), true);
    const float step = 1 / 127.f;
    ck_assert(r.numbers[0] == 16 && r.numbers[0] * MOST <= LNG_QUANTIZED_SUM && *r.scale == 8 * step * step);
    ck_assert(r.out[0] == (float)(16 * 127 * MOST) * *r.scale);
}
END_TEST

/* What is not a product reads what the numbers stand for. */
START_TEST(other_readers)
{
    lng_graph *g = product(2, 2, false, false);
    lng_value *weights = lng_graph_find_variable(g, "W"), *y = lng_graph_find_output(g, "out");
    lng_graph_change_output(g, "out", lng_add(g, y, lng_emit(g, &lng_op_sum, &weights, 1, NULL, NULL)));
    memcpy(w, (const float[]){127, 254, 0.4f, 2.9f}, 4 * sizeof *w);
    memset(x, 0, sizeof x); /* has no step, and the scale 0 */
    const result r = quantized(g, true);
    check(r.stands_for, (const float[]){127, 254, 0, 2}, 4);
    check(r.out, (const float[]){383, 383}, 2);
}
END_TEST

/* A convolution stays one op with its max-pool; in a loop, inputs are floats. */
START_TEST(pools_and_loops)
{
    lng_graph *g = lng_graph_new(arena, errors);
    variable.shape = lng_shape_of(4, (int64_t)3, (int64_t)3, (int64_t)1, (int64_t)2);
    lng_value *in[] = {lng_read_input(g, 0, "x", lng_shape_of(3, (int64_t)6, (int64_t)6, (int64_t)1), LNG_F32),
                       lng_read_variable(g, "W", variable.shape)};
    lng_value *y = lng_emit(g, &lng_op_conv2d, in, 2, NULL, NULL);
    lng_attr pool[LNG_MAX_ATTR];
    memcpy(pool, (lng_attr[LNG_MAX_ATTR]){0}, sizeof pool);
    pool[LNG_POOL_SIZE].v = lng_shape_of(2, (int64_t)2, (int64_t)2);
    pool[LNG_POOL_PADDING].s = "valid";
    y = lng_emit(g, &lng_op_max_pool, &y, 1, pool, NULL);
    lng_graph_output(g, "out", y);
    result r = quantized(g, true);
    bool pooled = false;
    for (size_t i = 0; i < r.graph->nodes; i++)
        pooled = pooled || r.graph->node[i]->op == &lng_op_conv2d_pool;
    ck_assert(pooled && r.rate);

    g = lng_graph_new(arena, errors);
    variable.shape = lng_shape_of(2, (int64_t)3, (int64_t)3);
    lng_value *rows = lng_read_input(g, 0, "x", lng_shape_of(2, (int64_t)4, (int64_t)3), LNG_F32);
    lng_loop_open(g, 4);
    lng_value *row = lng_loop_step(g, rows, false), *h = lng_loop_carry(g, lng_constant(g, 0, row->shape));
    lng_loop_next(g, h, lng_matmul(g, lng_add(g, row, h), false, lng_read_variable(g, "W", variable.shape), false));
    lng_loop_close(g);
    lng_graph_output(g, "out", lng_loop_last(g, h));
    r = quantized(g, true);
    ck_assert(r.numbers && !r.rate);
}
END_TEST

/* No number of 8 bits stands for what is not finite: the first weight is named that has it, or is multiplied by it. */
START_TEST(not_finite)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 6 * LENGTH(bad); i++) {
        memset(w, 0, sizeof w);
        w[i % 6] = bad[i / 6];
        quantize(product(2, 3, false, false), false, "the weight `W` is not finite");
        lng_errors_clear(errors);
        w[i % 6] = 1;
        memset(x, 0, sizeof x);
        x[i % 6] = bad[i / 6];
        quantize(product(2, 3, false, false), true, "what is multiplied by `W` is not finite");
        lng_errors_clear(errors);
        quantized(product(2, 3, false, false), false); /* nothing is asked of inputs that stay floats */
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {TEST(columns),         TEST(rows),       TEST(inputs), TEST(sums_are_exact), TEST(other_readers),
                                TEST(pools_and_loops), TEST(not_finite), {0}};
    return suite_run("quantize", tests, NULL, NULL);
}
