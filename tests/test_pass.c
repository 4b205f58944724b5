/* The passes: each does what it is for, on graphs other than the shipped models, and nothing else; and on random graphs no observable
 * bit changes. */
#include "graphs.h"
#include "pass/pass.h"
#include "tape/reference.h"
#include "suite.h"
#include <stdlib.h>
#include <string.h>

static lng_graph *g;

static void set_up(void)
{
    g = lng_graph_new(arena, errors);
}

static lng_value *max_pool(lng_value *x, lng_shape size)
{
    lng_attr attr[LNG_MAX_ATTR];
    graph_defaults(&lng_op_max_pool, attr);
    attr[LNG_POOL_SIZE].v = size;
    return lng_emit(g, &lng_op_max_pool, &x, 1, attr, NULL);
}

static int count(const lng_graph *graph, const lng_op *op)
{
    int n = 0;
    bool *live = lng_graph_live(graph, arena);
    for (size_t i = 0; i < graph->nodes; i++)
        n += live[i] && graph->node[i]->op == op;
    return n;
}

static const lng_node *only(const lng_graph *graph, const lng_op *op)
{
    ck_assert_int_eq(count(graph, op), 1);
    bool *live = lng_graph_live(graph, arena);
    for (size_t i = 0; i < graph->nodes; i++)
        if (live[i] && graph->node[i]->op == op)
            return graph->node[i];
    return NULL;
}

#define S1(a)          lng_shape_of(1, (int64_t)(a))
#define S2(a, b)       lng_shape_of(2, (int64_t)(a), (int64_t)(b))
#define S3(a, b, c)    lng_shape_of(3, (int64_t)(a), (int64_t)(b), (int64_t)(c))
#define S4(a, b, c, d) lng_shape_of(4, (int64_t)(a), (int64_t)(b), (int64_t)(c), (int64_t)(d))

START_TEST(log_of_softmax)
{
    lng_value *x = lng_read_input(g, 0, "x", S1(6), LNG_F32);
    lng_graph_output(g, "y", lng_unary(g, &lng_op_log, lng_unary(g, &lng_op_softmax, x)));
    lng_graph *made = lng_passes_run(lng_rewrites, g, arena, errors);
    ck_assert_int_eq(count(made, &lng_op_log_softmax), 1);
    ck_assert_int_eq(count(made, &lng_op_log) + count(made, &lng_op_softmax), 0);
}
END_TEST

START_TEST(activation_and_bias_move_past_the_pool)
{
    lng_value *x = lng_read_input(g, 0, "x", S3(11, 7, 2), LNG_F32), *w = lng_read_variable(g, "w", S4(2, 3, 2, 5)),
              *b = lng_read_variable(g, "b", S1(5));
    lng_value *y = lng_unary(g, &lng_op_sigmoid, lng_add(g, lng_binary(g, &lng_op_conv2d, x, w), b)); /* [10, 5, 5] */
    lng_graph_output(g, "y", max_pool(y, S2(3, 2)));
    lng_graph *made = lng_passes_run(lng_rewrites, g, arena, errors);
    const lng_node *act = only(made, &lng_op_sigmoid), *conv = only(made, &lng_op_conv2d);
    ck_assert_int_eq((int)act->out[0].shape.dim[0], 3);
    ck_assert_int_eq((int)only(made, &lng_op_add)->out[0].shape.dim[0], 3);
    ck_assert_int_eq((int)conv->out[0].shape.dim[0], 9); /* the pool drops a row and a column: they are not computed */
    ck_assert_int_eq((int)conv->out[0].shape.dim[1], 4);
}
END_TEST

START_TEST(what_must_not_move_stays)
{
    lng_value *x = lng_read_input(g, 0, "x", S3(8, 8, 2), LNG_F32), *image = lng_read_variable(g, "i", S3(8, 8, 2));
    lng_value *not_monotone = lng_unary(g, &lng_op_abs, x), *varying = lng_add(g, x, image),
              *shared_use = lng_unary(g, &lng_op_sigmoid, x);
    lng_graph_output(g, "a", max_pool(not_monotone, S2(2, 2)));
    lng_graph_output(g, "b", max_pool(varying, S2(2, 2)));
    lng_graph_output(g, "c", max_pool(shared_use, S2(2, 2)));
    lng_graph_output(g, "d", shared_use);
    lng_graph *made = lng_passes_run(lng_rewrites, g, arena, errors);
    ck_assert_int_eq((int)only(made, &lng_op_abs)->out[0].shape.dim[0], 8);
    ck_assert_int_eq((int)only(made, &lng_op_add)->out[0].shape.dim[0], 8);
    ck_assert_int_eq((int)only(made, &lng_op_sigmoid)->out[0].shape.dim[0], 8);
}
END_TEST

START_TEST(whole_convolution_is_a_product)
{
    lng_value *x = lng_read_input(g, 0, "x", S3(3, 4, 2), LNG_F32), *w = lng_read_variable(g, "w", S4(3, 4, 2, 7)),
              *v = lng_read_variable(g, "v", S4(3, 3, 2, 7));
    lng_graph_output(g, "y", lng_binary(g, &lng_op_conv2d, x, w));
    lng_graph_output(g, "z", lng_binary(g, &lng_op_conv2d, x, v));
    lng_graph *made = lng_passes_run(lng_rewrites, g, arena, errors);
    ck_assert_int_eq(count(made, &lng_op_matmul), 1);
    ck_assert_int_eq(count(made, &lng_op_conv2d), 1);
    ck_assert(lng_shape_equal(lng_graph_find_output(made, "y")->shape, S3(1, 1, 7)));
}
END_TEST

static void *variable_at(void *context, const char *name)
{
    return lng_store_find(context, name, NULL);
}

/* Both graphs on the data of `rg`, by the definitions: every output the same, to the bit or, in double, nearly. */
static void compare(const random_graph *rg, const lng_graph *graph, const lng_graph *made, double tolerance)
{
    uint32_t rows[20];
    for (uint32_t i = 0; i < 20; i++)
        rows[i] = i * 7;
    lng_store *store = lng_store_new(rg->variable, GRAPH_VARIABLES, errors);
    random_graph_fill(rg, 5, store);
    lng_context context = {.seed = 1, .batch = 20, .field = rg->field};
    const lng_reference *a = lng_reference_run(arena, graph, tolerance > 0, rows, 20, &context, variable_at, store);
    const lng_reference *b = lng_reference_run(arena, made, tolerance > 0, rows, 20, &context, variable_at, store);
    ck_assert_uint_eq(graph->outputs, made->outputs);
    ck_assert_uint_eq(graph->updates, made->updates);
    for (size_t i = 0; i < made->outputs; i++) {
        const lng_value *u = graph->output[i].value, *v = made->output[i].value;
        ck_assert(lng_shape_equal(u->shape, v->shape) && u->per_example == v->per_example);
        for (int e = 0; e < 20; e++)
            for (int64_t k = 0; k < lng_shape_size(u->shape); k++) {
                const double x = lng_reference_at(a, u, e, k), y = lng_reference_at(b, v, e, k);
                if (tolerance > 0)
                    ck_assert_double_eq_tol(x, y, tolerance);
                else
                    ck_assert_double_eq(x, y);
            }
    }
    lng_store_free(store);
}

START_TEST(random_graphs_keep_their_bits)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        random_graph *rg = random_graph_new(arena, (uint64_t)_i * 1000 + seed, 30, errors);
        lng_graph *made = lng_passes_run(lng_rewrites, rg->graph, arena, errors);
        ck_assert_ptr_nonnull(made);
        compare(rg, rg->graph, made, 0);
        made = lng_passes_run(lng_fusions, made, arena, errors);
        ck_assert_ptr_nonnull(made);
        compare(rg, rg->graph, made, 0);
    }
}
END_TEST

/* v four times, along the axis of channels. */
static lng_value *four_times(lng_value *v)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CONCAT_AXIS] = {.i = 2}};
    return lng_emit(g, &lng_op_concat, (lng_value *[]){v, v, v, v}, 4, attr, NULL);
}

/* A convolution of random images, of many channels if wide, under a pool, the sum of its squares' gradients, and sometimes the convolution itself. */
static void convolution_under_pool(const random_graph *rg, const char *padding, int64_t size, bool wide, bool observed)
{
    lng_attr attr[LNG_MAX_ATTR];
    graph_defaults(&lng_op_conv2d, attr);
    attr[LNG_CONV_PADDING].s = padding;
    lng_value *x = lng_unary(g, &lng_op_sin, lng_div(g, lng_read_input(g, 0, "x", S3(9, 8, 2), LNG_F32), lng_scalar(g, 40)));
    lng_value *w = lng_read_variable(g, "k", rg->variable[1].shape), *gradient[2];
    lng_value *convolution =
        lng_emit(g, &lng_op_conv2d, (lng_value *[]){wide ? four_times(four_times(x)) : x, wide ? four_times(four_times(w)) : w}, 2,
                 attr, NULL);
    lng_value *y = max_pool(convolution, S2(size, size));
    lng_value *loss = lng_batch_sum(g, lng_sum_to(g, lng_mul(g, y, y), lng_shape_of(0)));
    ck_assert(lng_gradient(g, loss, (lng_value *[]){w, x}, 2, gradient));
    lng_graph_output(g, "y", y);
    lng_graph_output(g, "dw", gradient[0]);
    lng_graph_output(g, "dx", gradient[1]);
    if (observed)
        lng_graph_output(g, "convolution", convolution);
}

START_TEST(convolution_and_pool_become_one)
{
    const random_graph *rg = random_graph_new(arena, 1, 0, errors);
    convolution_under_pool(rg, _i % 2 ? "same" : "valid", 2, _i / 2, false);
    const lng_graph *rewritten = lng_passes_run(lng_rewrites, g, arena, errors),
                    *made = lng_passes_run(lng_fusions, rewritten, arena, errors);
    ck_assert_int_eq(count(made, &lng_op_conv2d_pool) + count(made, &lng_op_conv2d_pool_weight_grad) +
                         count(made, _i / 2 ? &lng_op_conv2d_pool_wide_grad : &lng_op_conv2d_pool_input_grad),
                     3);
    ck_assert_int_eq(count(made, &lng_op_conv2d) + count(made, &lng_op_max_pool) + count(made, &lng_op_max_pool_grad), 0);
    compare(rg, g, made, 1e-10);
}
END_TEST

START_TEST(convolution_and_pool_stay_apart)
{
    const random_graph *rg = random_graph_new(arena, 1, 0, errors);
    convolution_under_pool(rg, "valid", _i ? 3 : 2, false, !_i); /* windows of 3 x 3; or the convolution is read elsewhere */
    const lng_graph *rewritten = lng_passes_run(lng_rewrites, g, arena, errors),
                    *made = lng_passes_run(lng_fusions, rewritten, arena, errors);
    ck_assert_int_eq(count(made, &lng_op_conv2d_pool), 0);
    compare(rg, g, made, 1e-10);
}
END_TEST

/* The sum of functions of the columns [0, 3), [3, 4) and [4 + gap, 8) of an image's rows, and its gradient. */
static void functions_of_slices(int64_t gap)
{
    static const lng_op *const function[] = {&lng_op_sin, &lng_op_tanh, &lng_op_exp};
    lng_value *x = lng_div(g, lng_read_input(g, 0, "x", S3(9, 8, 2), LNG_F32), lng_scalar(g, 40)), *y = lng_scalar(g, 0), *gradient;
    const int64_t from[] = {0, 3, 4 + gap}, to[] = {3, 4, 8};
    for (int i = 0; i < 3; i++)
        y = lng_add(g, y, lng_sum_to(g, lng_unary(g, function[i], lng_slice(g, x, 1, from[i], to[i], 1)), lng_shape_of(0)));
    ck_assert(lng_gradient(g, y, &x, 1, &gradient));
    lng_graph_output(g, "gradient", gradient);
}

START_TEST(pads_that_adjoin_are_joined)
{
    const random_graph *rg = random_graph_new(arena, 1, 0, errors);
    functions_of_slices(_i);
    const lng_graph *made = lng_passes_run(lng_fusions, g, arena, errors);
    ck_assert_int_eq(count(made, &lng_op_pad), _i ? 3 : 0);
    ck_assert_int_eq(count(made, &lng_op_concat), _i ? 0 : 1);
    compare(rg, g, made, 0);
}
END_TEST

/* What the fusions make of g, which has the same bits. */
static const lng_graph *fused(const random_graph *rg)
{
    const lng_graph *made = lng_passes_run(lng_fusions, g, arena, errors);
    ck_assert_ptr_nonnull(made);
    compare(rg, g, made, 0);
    return made;
}

static lng_value *image(void)
{
    return lng_unary(g, &lng_op_sin, lng_read_input(g, 0, "x", S3(9, 8, 2), LNG_F32));
}

static lng_value *broadcast(lng_value *v, lng_shape to)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_BROADCAST_SHAPE] = {.v = to}};
    return lng_emit(g, &lng_op_broadcast, &v, 1, attr, NULL);
}

static lng_value *sum_of_rows(lng_value *v)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_REDUCE_AXES] = {.v = S1(0)}};
    return lng_emit(g, &lng_op_sum, &v, 1, attr, NULL);
}

START_TEST(terms_are_not_stored)
{
    const random_graph *rg = random_graph_new(arena, 1, 0, errors);
    lng_value *x = image(), *y = lng_unary(g, &lng_op_cos, x);
    lng_graph_output(g, "product", sum_of_rows(lng_mul(g, x, y)));
    lng_graph_output(g, "squares", sum_of_rows(lng_mul(g, y, y)));
    lng_graph_output(g, "minus", sum_of_rows(lng_neg(g, x)));
    lng_graph_output(g, "stretched", sum_of_rows(lng_mul(g, x, lng_slice(g, y, 0, 0, 1, 1))));
    const lng_graph *made = fused(rg);
    ck_assert_int_eq(count(made, &lng_op_sum_product), 2);
    ck_assert_int_eq(count(made, &lng_op_neg), 0);
    ck_assert_int_eq(count(made, &lng_op_mul), 1);
}
END_TEST

START_TEST(stretched_operands_are_read_as_they_were)
{
    const random_graph *rg = random_graph_new(arena, 1, 0, errors);
    lng_value *x = image(), *mean = lng_unary(g, &lng_op_batch_broadcast, lng_batch_sum(g, sum_of_rows(x)));
    lng_value *every = broadcast(lng_reshape(g, mean, S3(1, 8, 2)), S3(9, 8, 2));
    lng_graph_output(g, "y", lng_binary(g, &lng_op_minimum, x, every));
    lng_graph_output(g, "z", lng_binary(g, &lng_op_maximum, broadcast(lng_slice(g, x, 1, 3, 4, 1), S3(9, 8, 2)), x));
    const lng_graph *made = fused(rg);
    ck_assert_int_eq(count(made, &lng_op_broadcast) + count(made, &lng_op_batch_broadcast), 0);
}
END_TEST

START_TEST(pointwise_ops_fuse_through_reshapes)
{
    const random_graph *rg = random_graph_new(arena, 1, 0, errors);
    lng_value *x = lng_reshape(g, image(), S2(72, 2)), *row = lng_slice(g, x, 0, 5, 6, 1), *column = lng_slice(g, x, 1, 0, 1, 1);
    lng_value *y = lng_binary(g, &lng_op_minimum, lng_mul(g, x, x), _i ? column : row);
    lng_graph_output(g, "y", lng_unary(g, &lng_op_relu, lng_reshape(g, y, S3(9, 8, 2))));
    const lng_graph *made = fused(rg);
    ck_assert_int_eq(count(made, &lng_op_fused), 1);
    ck_assert_int_eq(count(made, &lng_op_relu), _i); /* what is stretched along columns means something else in another shape */
}
END_TEST

START_TEST(what_one_sweep_alone_reads_is_computed_in_it)
{
    const random_graph *rg = random_graph_new(arena, 1, 0, errors);
    lng_value *x = image(), *m = lng_mul(g, x, lng_slice(g, x, 0, 2, 3, 1));
    lng_graph_output(g, "y", lng_add(g, lng_add(g, lng_unary(g, &lng_op_cos, x), m), m));
    if (_i)
        lng_graph_output(g, "m", m);
    const lng_graph *made = fused(rg);
    ck_assert_int_eq(count(made, &lng_op_fused), 1);
    ck_assert_int_eq(count(made, &lng_op_mul), _i);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(log_of_softmax),
        TEST(activation_and_bias_move_past_the_pool),
        TEST(what_must_not_move_stays),
        TEST(whole_convolution_is_a_product),
        LOOP(convolution_and_pool_become_one, 4),
        LOOP(convolution_and_pool_stay_apart, 2),
        LOOP(pads_that_adjoin_are_joined, 2),
        TEST(terms_are_not_stored),
        TEST(stretched_operands_are_read_as_they_were),
        LOOP(pointwise_ops_fuse_through_reshapes, 2),
        LOOP(what_one_sweep_alone_reads_is_computed_in_it, 2),
        LOOP(random_graphs_keep_their_bits, 8),
        {0},
    };
    return suite_run("pass", tests, set_up, NULL);
}
