/* Layouts of weights: which elements go where, by the op that reads a weight. */
#include "graph/layout.h"
#include "models.h"
#include "suite.h"
#include <string.h>

static const char graph[] = "graph:\n"
                            "  - image / 255\n"
                            "  - conv2d: {filters: 3, kernel: [2, 4], stride: 4}\n"
                            "  - batchnorm\n"
                            "  - conv2d_transpose: {filters: 2, kernel: 1, stride: 1}\n"
                            "  - flatten\n"
                            "  - relu\n"
                            "  - dense: {units: 5}\n"
                            "  - dense: {units: 10, activation: softmax}\n";

static const lng_laid *laid_as(const lng_model *m, lng_layout layout, const char *name)
{
    const lng_laid *laid = lng_lay_out(arena, layout, m->plain, m->variable, m->variables);
    return &laid[variable(m, name) - m->variable];
}

static void is(const lng_laid *laid, const char *name, const char *shape)
{
    char text[LNG_SHAPE_TEXT];
    ck_assert_str_eq(laid->name, name);
    ck_assert_str_eq(lng_shape_text(text, laid->shape), shape);
}

START_TEST(pytorch_has_outputs_and_channels_first)
{
    lng_model *m = good(graph);
    const lng_laid *w = laid_as(m, LNG_LAYOUT_pytorch, "conv2d.W"); /* [2, 4, 1, 3] */
    is(w, "conv2d.weight", "[3, 1, 2, 4]");
    ck_assert_int_eq(lng_laid_source(w, 0), 0);
    ck_assert_int_eq(lng_laid_source(w, 1), 3);               /* the next column */
    ck_assert_int_eq(lng_laid_source(w, 8), 1);               /* the next filter */
    w = laid_as(m, LNG_LAYOUT_pytorch, "conv2d_transpose.W"); /* [1, 1, 3, 2], which the op reads transposed */
    is(w, "conv2d_transpose.weight", "[3, 2, 1, 1]");
    ck_assert_int_eq(lng_laid_source(w, 1), 1);
    w = laid_as(m, LNG_LAYOUT_pytorch, "dense.W"); /* of an image [7, 7, 2] */
    is(w, "dense.weight", "[5, 98]");
    ck_assert_int_eq(lng_laid_source(w, 1), 2 * 5);                 /* the next column of the first channel */
    ck_assert_int_eq(lng_laid_source(w, 49), 5);                    /* the second channel */
    ck_assert_int_eq(lng_laid_source(w, 98 + 50), (2 + 1) * 5 + 1); /* its second column, of the second unit */
    w = laid_as(m, LNG_LAYOUT_pytorch, "dense_2.W");
    is(w, "dense_2.weight", "[10, 5]");
    ck_assert_int_eq(lng_laid_source(w, 1), 10);
    is(laid_as(m, LNG_LAYOUT_pytorch, "batchnorm.variance"), "batchnorm.running_var", "[3]");
    lng_model_free(m);
}
END_TEST

/* Transposed without a permutation, the axes are reversed. */
START_TEST(read_transposed)
{
    lng_model *m =
        good("params: {V: 'glorot_uniform([10, 784])'}\ngraph:\n  - flatten(image / 255)\n  - softmax(it @ transpose(V))\n");
    const lng_laid *w = laid_as(m, LNG_LAYOUT_pytorch, "V");
    char text[LNG_SHAPE_TEXT];
    ck_assert_str_eq(lng_shape_text(text, w->shape), "[10, 784]"); /* [out, in], as it is */
    ck_assert_int_eq(lng_laid_source(w, 1), 1);
    ck_assert_int_eq(lng_laid_source(w, 785), 785);
    w = laid_as(m, LNG_LAYOUT_keras, "V");
    ck_assert_str_eq(lng_shape_text(text, w->shape), "[784, 10]");
    ck_assert_int_eq(lng_laid_source(w, 1), 784);
    lng_model_free(m);
}
END_TEST

START_TEST(keras_has_them_last)
{
    lng_model *m = good(graph);
    is(laid_as(m, LNG_LAYOUT_keras, "conv2d.W"), "conv2d.kernel", "[2, 4, 1, 3]");
    const lng_laid *w = laid_as(m, LNG_LAYOUT_keras, "conv2d_transpose.W");
    is(w, "conv2d_transpose.kernel", "[1, 1, 2, 3]");
    ck_assert_int_eq(lng_laid_source(w, 1), 2);
    is(laid_as(m, LNG_LAYOUT_keras, "dense.W"), "dense.kernel", "[98, 5]");
    is(laid_as(m, LNG_LAYOUT_keras, "batchnorm.scale"), "batchnorm.gamma", "[3]");
    lng_model_free(m);
}
END_TEST

START_TEST(lngraph_has_them_as_they_are)
{
    lng_model *m = good(graph);
    const lng_laid *laid = lng_lay_out(arena, LNG_LAYOUT_lngraph, m->plain, m->variable, m->variables);
    for (size_t i = 0; i < m->variables; i++) {
        ck_assert_str_eq(laid[i].name, m->variable[i].name);
        must(lng_shape_equal(laid[i].shape, m->variable[i].shape));
        for (int64_t e = 0; e < lng_shape_size(laid[i].shape); e++)
            ck_assert_int_eq(lng_laid_source(&laid[i], e), e);
    }
    lng_model_free(m);
}
END_TEST

/* A table that is read by index, and again as a matrix: its rows are the index's. */
START_TEST(a_weight_that_is_read_in_two_ways_stays)
{
    lng_model *m =
        good("params: {W: 'glorot_uniform([28, 28])'}\ngraph:\n  - squeeze(image / 255)\n  - it @ W\n  - it * W\n  - flatten\n"
             "  - dense: {units: 10, activation: softmax}\n");
    is(laid_as(m, LNG_LAYOUT_pytorch, "W"), "W", "[28, 28]");
    ck_assert_int_eq(lng_laid_source(laid_as(m, LNG_LAYOUT_pytorch, "W"), 1), 1);
    lng_model_free(m);
    m = good(
        "params: {W: 'glorot_uniform([28, 7])'}\ngraph:\n  - squeeze(image / 255)\n  - tanh(it @ W) @ transpose(W, perm=[1, 0])\n  - flatten\n"
        "  - dense: {units: 10, activation: softmax}\n");
    is(laid_as(m, LNG_LAYOUT_keras, "W"), "W", "[28, 7]");
    lng_model_free(m);
}
END_TEST

/* The biases of lstm are two in PyTorch, of which one is nothing here; gru has both. */
START_TEST(recurrent_layers_have_names_of_their_own)
{
    lng_model *m = good("graph:\n  - image[:, :, 0] / 255\n  - lstm: {units: 5}\n  - gru: {units: 4}\n  - it[-1]\n"
                        "  - dense: {units: 10, activation: softmax}\n");
    is(laid_as(m, LNG_LAYOUT_pytorch, "lstm.W"), "lstm.weight_ih_l0", "[20, 28]");
    is(laid_as(m, LNG_LAYOUT_pytorch, "lstm.U"), "lstm.weight_hh_l0", "[20, 5]");
    is(laid_as(m, LNG_LAYOUT_pytorch, "lstm.b"), "lstm.bias_ih_l0", "[20]");
    ck_assert_str_eq(laid_as(m, LNG_LAYOUT_pytorch, "lstm.b")->more, "lstm.bias_hh_l0");
    is(laid_as(m, LNG_LAYOUT_pytorch, "gru.W"), "gru.weight_ih_l0", "[12, 5]");
    is(laid_as(m, LNG_LAYOUT_pytorch, "gru.U"), "gru.weight_hh_l0", "[12, 4]");
    is(laid_as(m, LNG_LAYOUT_pytorch, "gru.b"), "gru.bias_ih_l0", "[12]");
    is(laid_as(m, LNG_LAYOUT_pytorch, "gru.d"), "gru.bias_hh_l0", "[12]");
    ck_assert(!laid_as(m, LNG_LAYOUT_pytorch, "gru.b")->more);
    is(laid_as(m, LNG_LAYOUT_pytorch, "dense.W"), "dense.weight", "[10, 4]");
    is(laid_as(m, LNG_LAYOUT_lngraph, "lstm.U"), "lstm.U", "[5, 20]");
    ck_assert(!laid_as(m, LNG_LAYOUT_lngraph, "lstm.b")->more);
    lng_model_free(m);
}
END_TEST

START_TEST(no_two_get_one_name)
{
    lng_model *m = good("blocks:\n  both: {in: 'x[n]', params: {W: 'ones([n])', scale: 'ones([n])'}, out: x * W * scale}\n"
                        "graph:\n  - flatten(image / 255)\n  - both\n  - dense: {units: 10, activation: softmax}\n");
    is(laid_as(m, LNG_LAYOUT_pytorch, "both.W"), "both.W", "[784]");
    is(laid_as(m, LNG_LAYOUT_pytorch, "both.scale"), "both.scale", "[784]");
    is(laid_as(m, LNG_LAYOUT_keras, "both.W"), "both.kernel", "[784]");
    lng_model_free(m);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {TEST(pytorch_has_outputs_and_channels_first),
                                TEST(read_transposed),
                                TEST(keras_has_them_last),
                                TEST(lngraph_has_them_as_they_are),
                                TEST(a_weight_that_is_read_in_two_ways_stays),
                                TEST(recurrent_layers_have_names_of_their_own),
                                TEST(no_two_get_one_name),
                                {0}};
    return suite_run("layouts", tests, NULL, NULL);
}
