/* Overrides of a model file's values, and the expanded document. */
#include "base/file.h"
#include "models.h"
#include "suite.h"
#include <stdlib.h>
#include <string.h>

/* ---- overrides ---- */
static const char lenet[] =
    "lngraph: 1\nname: t\ndata: {source: mnist}\nin: image[28, 28, 1], label\ngraph:\n  - image / 255\n"
    "  - conv2d: {filters: 6, kernel: 2, activation: sigmoid}\n  - maxpool2d: {size: 2}\n  - dropout\n  - batchnorm\n  - flatten\n"
    "  - dense: {units: 10, activation: softmax}\n"
    "train: {loss: 'cross_entropy(out, label)', optimizer: 'adam(lr=cosine(peak=1e-3))'}\n"
    "report: {metrics: ['accuracy(out, label)', 'auc(out, label)', 'accuracy(out, label)']}\n";

START_TEST(overrides)
{
    const lng_override o[] = {
        {"train.batch", "100"},          {"graph.1.conv2d.filters", "8"},    {"train.steps", "3"},
        {"data.validation.last", "0.5"}, {"train.optimizer", "sgd(lr=0.5)"}, {"graph.6", "{dense: {units: 10}}"},
        {"report.metrics", "[]"}};
    lng_model *m = model(lenet, o, sizeof o / sizeof *o);
    must(m != NULL);
    ck_assert_int_eq(m->batch, 100);
    ck_assert_int_eq(m->steps, 3);
    ck_assert(m->data.validation.part == 0.5);
    ck_assert_int_eq(variable(m, "conv2d.W")->shape.dim[3], 8);
    ck_assert_uint_eq(m->metrics, 0);
    ck_assert(strstr(expanded(m), "filters: 8"));
    lng_model_free(m);
}
END_TEST

/* The model above with `optimizer` and one override. */
static const char *optimizer_after(const char *optimizer, const char *path, const char *value)
{
    const lng_override o[] = {{"train.optimizer", optimizer}, {path, value}};
    lng_model *m = model(lenet, o, 2);
    ck_assert_msg(m != NULL, "%s, %s=%s: %s", optimizer, path, value, lng_errors_text(errors, 0));
    const lng_doc *train = lng_doc_get(m->expanded, "train");
    lng_text out = lng_text_new(arena);
    lng_doc_write(&out, lng_doc_get(train, "optimizer"));
    lng_model_free(m);
    return out.at;
}

START_TEST(overrides_of_calls)
{
    static const struct {
        const char *optimizer, *path, *value, *after;
    } cases[] = {
        {"adam(lr=0.01)", "train.optimizer.lr", "0.1", "adam(lr=0.1)\n"},
        {"adam(lr=0.01)", "train.optimizer.adam.lr", "0.1", "adam(lr=0.1)\n"},
        {"adam(lr=0.01, )", "train.optimizer.eps", "1e-3", "adam(lr=0.01, eps=1e-3, )\n"},
        {"std.adam()", "train.optimizer.lr", "0.1", "std.adam(lr=0.1)\n"},
        {"adam", "train.optimizer.lr", "0.1", "adam:\n  lr: 0.1\n"},
        {"{adam: {lr: 0.01}}", "train.optimizer.lr", "0.1", "{adam: {lr: 0.1}}\n"},
        {"{adam: }", "train.optimizer.adam.lr", "0.1", "{adam: {lr: 0.1}}\n"},
        {"adam(lr=cosine(peak=1e-3))", "train.optimizer.lr.peak", "2e-3", "adam(lr=cosine(peak=2e-3))\n"},
        {"adam(lr=cosine(1e-3, 1e-4))", "train.optimizer.lr.peak", "2e-3", "adam(lr=cosine(2e-3, 1e-4))\n"},
        {"adam(eps=(1 + 1) * 1e-8, lr=cosine)", "train.optimizer.lr.peak", "2e-3",
         "adam(eps=(1 + 1) * 1e-8, lr=cosine(peak=2e-3))\n"},
        {"{adam: {lr: cosine}}", "train.optimizer.lr.peak", "2e-3", "{adam: {lr: {cosine: {peak: 2e-3}}}}\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(optimizer_after(cases[i].optimizer, cases[i].path, cases[i].value), cases[i].after);
}
END_TEST

/* A name of `with` comes first; what is set stands in the expanded file. */
START_TEST(hyper_parameters)
{
    static const char text[] =
        "lngraph: 1\nname: t\ndata: {source: digits}\nin: image[28, 28, 1], label\n"
        "with: {width: int > 0 = 16, half: int = width // 2, act: block = relu, rate: float > 0 = cosine(peak=0.1), wide: bool}\n"
        "graph:\n  - flatten(image / 255)\n  - dense: {units: 'width * 2 if wide else width', activation: act}\n"
        "  - dense: {units: half}\n  - dense: {units: 10, activation: softmax}\n"
        "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=rate)}\n";
    const lng_override o[] = {{"width", "6"}, {"rate.peak", "0.2"}, {"wide", "true"}, {"width", "8"}, {"train.batch", "7"}};
    lng_model *m = model(text, o, 5);
    must(m != NULL);
    ck_assert_int_eq(variable(m, "dense.W")->shape.dim[1], 16);
    ck_assert_int_eq(variable(m, "dense_2.W")->shape.dim[1], 4);
    ck_assert_int_eq(m->batch, 7);
    ck_assert_uint_eq(m->hypers, 5);
    ck_assert_str_eq(m->hyper[0].name, "width");
    ck_assert_str_eq(m->hyper[0].value, "8");
    ck_assert_str_eq(m->hyper[0].type, "int > 0");
    const char *again = expanded(m);
    ck_assert(strstr(again, "width: int > 0 = 8") && strstr(again, "cosine(peak=0.2)") && strstr(again, "wide: bool = true"));
    lng_model *same = model(again, NULL, 0);
    must(same != NULL);
    ck_assert_uint_eq(same->digest, m->digest);
    lng_model_free(same);
    lng_model_free(m);
    ck_assert_ptr_null(model(text, o, 1)); /* `wide` has no value */
    ck_assert_str_eq(lng_errors_message(errors, 0), "the hyper-parameter `wide` has no value");
}
END_TEST

START_TEST(overrides_of_steps)
{
    const lng_override o[] = {{"graph.1.filters", "8"}, {"graph.3.rate", "0.25"}, {"train.loss.loss_of", "1"}};
    lng_model *m = model(lenet, o, 2);
    must(m != NULL);
    ck_assert_int_eq(variable(m, "conv2d.W")->shape.dim[3], 8);
    ck_assert(strstr(expanded(m), "rate: 0.25"));
    lng_model_free(m);
    ck_assert_ptr_null(model(lenet, o + 2, 1));
    ck_assert_str_eq(lng_errors_hint(errors, 0, 0), "the attributes of `cross_entropy` are smoothing");
}
END_TEST

START_TEST(overrides_of_items)
{
    static const char text[] =
        "lngraph: 1\nname: t\ndata: {source: digits}\nin: image[28, 28, 1], label\nwith: {size: 'int[2] = [3, 4]'}\n"
        "graph:\n  - image / 255\n  - conv2d: {filters: 4, kernel: [3, 3]}\n  - conv2d(it, filters=4, kernel=[3, 3])\n"
        "  - avgpool2d: {size: size}\n  - repeat: 2\n    do:\n      - conv2d: {filters: 4, kernel: 1}\n  - flatten\n"
        "  - dense: {units: 10, activation: softmax}\n"
        "train:\n  loss: {fit: 'cross_entropy(out, label)'}\n  optimizer: sgd(lr=0.1)\n  parameters: [{match: '*.b', rate: 2}]\n";
    const lng_override o[] = {
        {"graph.1.kernel.0", "2"},
        {"graph.2.kernel.1", "2"},
        {"size.1", "2"},
        {"graph.4.do.0.filters", "5"},
        {"graph.4.do+", "dense: {units: 4}"},
        {"graph.4.do.0.filters", "4"},
        {"train.parameters.0.rate", "3"},
        {"train.parameters.0.optimizer", "adam"},
        {"train.parameters.0.optimizer.lr", "0.2"},
        {"train.parameters+", "{match: '*.W', rate: 0.5}"},
        {"train.loss.size", "1e-4 * sum([sum(p * p) for p in params('*.W')])"},
        {"report.metrics+", "accuracy(out, label)"},
        {"report.metrics+", "auc(out, label)"},
    };
    lng_model *m = model(text, o, sizeof o / sizeof *o);
    must(m != NULL);
    const char *shapes[] = {"conv2d.W", "conv2d_2.W"};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(variable(m, shapes[i])->shape.dim[0], i ? 3 : 2);
        ck_assert_int_eq(variable(m, shapes[i])->shape.dim[1], i ? 2 : 3);
    }
    ck_assert_int_eq(variable(m, "repeat.0.conv2d.W")->shape.dim[3], 4);
    ck_assert_ptr_nonnull(variable(m, "repeat.1.dense.W"));
    ck_assert_uint_eq(m->metrics, 2 + 2); /* and the terms of the loss */
    const char *again = expanded(m);
    ck_assert(strstr(again, "size: \"int[2] = [3, 2]\""));
    ck_assert(strstr(again, "rate: 3") && strstr(again, "rate: 0.5") && strstr(again, "lr: 0.2") && strstr(again, "size: \"1e-4"));
    lng_model_free(m);
}
END_TEST

START_TEST(refused_overrides)
{
    static const struct {
        lng_override o;
        const char *error;
    } cases[] = {
        {{"train.bacth", "1"}, "--set train.bacth:1:1: error[unknown-key]"},
        {{"trian.batch", "1"}, "--set:1:1: error[unknown-key]"},
        {{"graph.9.conv2d", "1"}, "--set:1:7: error[unknown-key]"},
        {{"graph.x", "1"}, "--set:1:7: error[unknown-key]"},
        {{"graph.-1", "relu"}, "--set:1:7: error[unknown-key]"},
        {{"train.batch", "0"}, "--set train.batch:1:1: error[out-of-range]"},
        {{"train.batch", "1e3"}, "--set train.batch:1:1: error[wrong-type]"},
        {{"train.batch", "[1"}, "--set train.batch:2:1: error[yaml-syntax]"},
        {{"train.batch", ""}, "--set train.batch: error[missing-key]"},
        {{"train.optimizer.rl", "1"}, "--set train.optimizer.rl:1:28: error[unknown-key]"},
        {{"train.optimizer.lr", "-1"}, "--set train.optimizer.lr:1:9: error[out-of-range]"},
        {{"train.optimizer.b1", "0.5, b2=0.5"}, "--set:1:17: error[expression]"}, /* not another call */
        {{"train.optimizer.b1", "0.5) + adam(b1=0.5"}, "--set:1:17: error[expression]"},
        {{"train.optimizer.lr.paek", "1"}, "--set train.optimizer.lr.paek:1:27: error[unknown-key]"},
        {{"train.optimizer.beta.x", "1"}, "--set:1:17: error[unknown-key]"},
        {{"train.optimizer.lr.peak.x", "1"}, "--set:1:25: error[unknown-key]"},
        {{"name.x", "1"}, "--set:1:6: error[unknown-key]"},
        {{"data.source.x", "1"}, "--set:1:13: error[unknown-key]"},
        {{"graph.0.x", "1"}, "--set:1:9: error[unknown-key]"},
        {{"graph.1.conv2d.kernel", "30"}, "--set graph.1.conv2d.kernel:1:1: error[shape]"},
        {{"", "1"}, "--set:1:1: error[unknown-key]"},
        {{"train..batch", "1"}, "--set:1:7: error[unknown-key]"},
        {{"report.metrics.3", "1"}, "--set:1:16: error[unknown-key]: no item `3`: the items of the list are 0 to 2"},
        {{"report.metrics.0.x", "1"}, "--set report.metrics.0.x:1:22: error[unknown-key]"},
        {{"report.metrics[0]", "1"}, "--set:1:8: error[unknown-key]: the file has no key `metrics[0]` here"},
        {{"train.batch+", "1"}, "--set:1:1: error[wrong-type]"},
        {{"train.optimizer+", "1"}, "--set:1:1: error[wrong-type]"},
        {{"train+", "1"}, "--set:1:1: error[wrong-type]"},
        {{"+", "1"}, "--set:1:1: error[unknown-key]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lng_errors_clear(errors);
        ck_assert_ptr_null(model(lenet, &cases[i].o, 1));
        const char *text = lng_errors_text(errors, 0);
        ck_assert_msg(strncmp(text, cases[i].error, strlen(cases[i].error)) == 0, "%s: %s", cases[i].o.path, text);
    }
}
END_TEST

/* ---- expansion ---- */
static void expands_to_itself(const char *text)
{
    lng_model *a = model(text, NULL, 0);
    must(a != NULL);
    const char *once = expanded(a);
    lng_model *b = model(once, NULL, 0);
    ck_assert_msg(b != NULL, "%s\n%s", lng_errors_text(errors, 0), once);
    ck_assert_str_eq(expanded(b), once);
    ck_assert_str_eq(printed(a->train), printed(b->train));
    ck_assert_str_eq(printed(a->eval), printed(b->eval));
    ck_assert_str_eq(printed(a->init), printed(b->init));
    ck_assert_int_eq(a->keep.lower, b->keep.lower);
    ck_assert_int_eq(a->keep.metric, b->keep.metric);
    lng_model_free(a);
    lng_model_free(b);
}

START_TEST(expansion_is_complete)
{
    expands_to_itself(lenet);
    /* own blocks that hide standard ones stay apart from them */
    expands_to_itself(lng_format(
        arena,
        "%sblocks:\n  dense: {in: 'x[n]', with: {units: int}, out: 'dense(x, units=units) * 2'}\n  zeros: {with: {shape: shape}, out: zeros(shape) + 1}\n"
        "graph:\n  - flatten(image)\n  - dense: {units: 10}\n  - softmax\n%s",
        head, tail));
}
END_TEST

/* The run's model file has the standard blocks as its own: it is known of them, too, whether more or less is better. */
START_TEST(what_is_better_stays)
{
    static const struct {
        const char *figure;
        bool lower;
    } kept[] = {{"loss", true}, {"mae", true}, {"bits_per_byte", true}, {"accuracy", false}, {"auc.macro", false}};
    const char *text = lng_format(
        arena,
        "%sgraph:\n  - flatten(image)\n  - dense: {units: 10, activation: softmax}\n"
        "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1), keep: best(validation.%s)}\n"
        "report: {metrics: ['mae(out, one_hot(label, depth=10))', "
        "'bits_per_byte(log(reshape(out, shape=[1, 10])), reshape(label, shape=[1]))', 'accuracy(out, label)', 'auc(out, label)']}\n",
        head, kept[_i].figure);
    expands_to_itself(text);
    lng_model *m = model(text, NULL, 0);
    ck_assert(m->keep.lower == kept[_i].lower);
    lng_model_free(m);
}
END_TEST

START_TEST(shipped_models_expand)
{
    static const char *const names[] = {"lenet5", "lenet5-fast", "softmax", "mlp", "cnn", "cnn-bn", "residual"};
    const char *top = getenv("top_srcdir");
    size_t length;
    char *text =
        lng_file_read(arena, lng_format(arena, "%s/models/%s.yaml", top ? top : "..", names[_i]), 1 << 20, &length, errors);
    must(text != NULL);
    expands_to_itself(text);
}
END_TEST

START_TEST(expanded_defaults)
{
    lng_model *m = model(lenet, NULL, 0);
    const char *text = expanded(m);
    ck_assert(strstr(text, "std.conv2d:") && strstr(text, "std.glorot_uniform:") && strstr(text, "std.cosine:") &&
              strstr(text, "std.adam:"));
    ck_assert(!strstr(text, "std.sgd:"));
    ck_assert(strstr(text, "batch: 32") && strstr(text, "epochs: 10") && strstr(text, "seed: 1"));
    ck_assert(strstr(text, "format: idx") && strstr(text, "name: mnist"));
    must(lng_model_set_seed(m, 1234567890123ull, errors));
    ck_assert(strstr(expanded(m), "seed: 1234567890123"));
    ck_assert_uint_eq(m->metrics, 3);
    ck_assert_str_eq(m->metric[2].label, "accuracy_2");
    ck_assert(m->metric[1].collective && !m->metric[0].collective);
    ck_assert(lng_graph_find_output(m->eval, "metric.1.0") && lng_graph_find_output(m->eval, "metric.2"));
    lng_model_free(m);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(overrides),
        TEST(overrides_of_calls),
        TEST(hyper_parameters),
        TEST(overrides_of_steps),
        TEST(overrides_of_items),
        TEST(refused_overrides),
        TEST(expansion_is_complete),
        LOOP(what_is_better_stays, 5),
        LOOP(shipped_models_expand, 7),
        TEST(expanded_defaults),
        {0},
    };
    return suite_run("overrides", tests, NULL, NULL);
}
