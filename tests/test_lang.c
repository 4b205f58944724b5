/* The language: blocks, names, ports, warnings, the standard library, limits. */
#include "lang/model.h"
#include "syntax/library.h"
#include "syntax/sections.h"
#include "models.h"
#include "suite.h"
#include <stdlib.h>
#include <string.h>

/* ---- models ---- */
START_TEST(integers_meet_integers)
{
    static const char *const texts[] = {"label == 1", "1 == label", "label != 3",      "label < 5",
                                        "2 <= label", "not label",  "equal(label, 0)", "label == argmax(out)"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *text = lng_format(arena,
                                      "%sgraph: [flatten(image), dense: {units: 10, activation: softmax}]\n"
                                      "report: {metrics: ['%s']}\n%s",
                                      head, texts[i], tail);
        lng_model *m = model(text, NULL, 0);
        ck_assert_msg(m != NULL, "%s: %s", texts[i], lng_errors_text(errors, 0));
        lng_model_free(m);
    }
    const char *wrong[][2] = {{"label == 3000000000", "an integer (i32) is from -2,147,483,648 to 2,147,483,647"},
                              {"label == 1.5", "expects two floats or two integers, got i32 and f32"}};
    for (size_t i = 0; i < 2; i++) {
        lng_errors_clear(errors);
        ck_assert(!model(
            lng_format(arena, "%sgraph: [flatten(image), dense: {units: 10, activation: softmax}]\nreport: {metrics: ['%s']}\n%s",
                       head, wrong[i][0], tail),
            NULL, 0));
        ck_assert_msg(strstr(lng_errors_text(errors, 0), wrong[i][1]), "%s", lng_errors_text(errors, 0));
    }
}
END_TEST

START_TEST(names_of_parameters)
{
    lng_model *m = good(
        "blocks:\n  twice:\n    in: x[n]\n    graph: [{dense: {units: n}}, {dense: {units: n}, as: second}, {dense: {units: n}}]\n"
        "graph:\n  - flatten(image / 255)\n  - dense: {units: 4}\n  - twice\n  - twice\n  - dense: {units: 4}\n    as: twice_3\n  - twice\n"
        "  - dense: {units: 10, activation: softmax}\n");
    ck_assert(lng_shape_equal(variable(m, "dense.W")->shape, lng_shape_of(2, (int64_t)784, (int64_t)4)));
    const char *const names[] = {"twice.dense.W", "twice.second.b",  "twice.dense_2.W", "twice_2.dense.W",
                                 "twice_3.W",     "twice_4.dense.b", "dense_2.W"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert(variable(m, names[i])->parameter);
    ck_assert_uint_eq(m->variables, 2 * (2 + 1 + 3 * 3));
    ck_assert_int_eq(m->parameters, 784 * 4 + 4 + 10 * 20 + 4 * 10 + 10);
    lng_model_free(m);
}
END_TEST

/* The names of everything that is stored or drawn, one per line, in alphabetical order. */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *all_names(const lng_model *m)
{
    size_t n = 0;
    const lng_graph *const graphs[] = {m->train, m->init};
    const char **name = LNG_NEW_N(arena, m->train->nodes + m->init->nodes + m->variables, const char *);
    for (size_t i = 0; i < m->variables; i++)
        name[n++] = m->variable[i].name;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < graphs[k]->nodes; i++)
            if (graphs[k]->node[i]->op->flags & LNG_OP_RANDOM)
                name[n++] = lng_format(arena, "~%s", graphs[k]->node[i]->name);
    qsort(name, n, sizeof *name, by_text);
    lng_text t = lng_text_new(arena);
    for (size_t i = 0; i < n; i++)
        lng_text_add(&t, "%s ", name[i]);
    return t.at;
}

/* Names come from a call's place in the text, not from the order of evaluation. */
static const struct {
    const char *text, *names; /* SUM stands for the sum of q and k */
} sums[] = {
    {"let:\n  x: flatten(image) / 255\n  q: dense(x, units=10)\n  k: dense(x, units=10)\nout: softmax(SUM)\n",
     "k.W k.b q.W q.b ~k.W ~q.W "},
    {"let:\n  q: relu(dense(flatten(image), units=10))\n  k: relu(dense(flatten(image), units=10))\nout: softmax(SUM)\n",
     "dense.W dense.b dense_2.W dense_2.b ~dense.W ~dense_2.W "},
    {"let:\n  q: dropout(x)\n  k: dropout(x)\n  x: dense(flatten(image), units=10)\nout: softmax(SUM)\n",
     "x.W x.b ~k.random_uniform ~q.random_uniform ~x.W "},
    {"let:\n  q: random_normal(shape=[10], per_example=true)\n  k: random_normal(shape=[10], per_example=true)\n"
     "graph: [flatten(image), dense: {units: 10}]\nout: softmax(it + SUM)\n",
     "dense.W dense.b ~dense.W ~k ~q "},
    {"shared: {drop: dropout(rate=0.5)}\nlet:\n  q: drop(x) * 2\n  k: drop(x) * 3\n  x: dense(flatten(image), units=10)\n"
     "out: softmax(SUM)\n",
     "x.W x.b ~drop.random_uniform ~drop_2.random_uniform ~x.W "},
    {"blocks:\n  start:\n    with: {shape: shape}\n    let:\n      q: random_normal(shape=shape, per_example=false)\n"
     "      k: random_normal(shape=shape, per_example=false)\n    out: SUM\n"
     "graph: [flatten(image), dense: {units: 10, init: start}, softmax]\n",
     "dense.W dense.b ~dense.init.k ~dense.init.q "},
};

static lng_model *with_sum(const char *text, const char *sum)
{
    const char *at = strstr(text, "SUM");
    return good(lng_format(arena, "%.*s%s%s", (int)(at - text), text, sum, at + strlen("SUM")));
}

START_TEST(names_come_from_the_text)
{
    lng_model *one = with_sum(sums[_i].text, "q - 2 * k"), *other = with_sum(sums[_i].text, "-2 * k + q");
    ck_assert_str_eq(all_names(one), sums[_i].names);
    ck_assert_str_eq(all_names(other), sums[_i].names);
    ck_assert_uint_eq(one->digest, other->digest);
    lng_model_free(one);
    lng_model_free(other);
}
END_TEST

/* The nodes of a let are called after it, whatever reads it first: a step, the result or the loss. */
static int nodes_called(const lng_graph *g, const char *name)
{
    int n = 0;
    for (size_t i = 0; i < g->nodes; i++)
        n += strcmp(g->node[i]->name, name) == 0;
    return n;
}

START_TEST(nodes_are_called_after_their_let)
{
    static const char *const texts[] = {
        "let: {small: sin(image) / 255}\ngraph:\n  - flatten(small):\n    as: row\n  - dense: {units: 10}\n  - softmax\n",
        "let: {small: sin(image) / 255}\ngraph:\n  - flatten(image)\n  - dense: {units: 10}\n  - softmax(it + sum(small))\n",
        "let: {small: sin(image) / 255}\ngraph:\n  - flatten(image)\n  - dense: {units: 10}\nout: softmax(it + sum(small))\n",
        ("blocks:\n  inner:\n    in: x[...]\n    let: {small: sin(x) / 255}\n    graph: [flatten(x), it * flatten(small)]\n"
         "graph: [inner(image), dense: {units: 10, activation: softmax}]\n")};
    lng_model *m = good(texts[_i]);
    ck_assert_int_ge(nodes_called(m->eval, _i < 3 ? "small" : "inner.small"), 2); /* sin, and what divides */
    lng_model_free(m);
}
END_TEST

/* Where names cannot tell, the digest does: the same tensors, used differently. Calls stand as D. */
static const struct {
    bool equal;
    const char *one, *other;
} uses[] = {
    {false, "D - 2 * sigmoid(D)", "-2 * sigmoid(D) + D"},
    {false, "q - 2 * k", "k - 2 * q"},
    {false, "q * sigmoid(k)", "k * sigmoid(q)"},
    {false, "0.5 * q + k", "0.25 * q + k"},
    {false, "q + k", "q - k"},
    {false, "q - k", "k - q"},
    {false, "q / k", "k / q"},
    {true, "q + k", "k + q"},
    {true, "q - 0.1 * k", "-0.1 * k + q"},
    {true, "q - k", "-(k - q)"},
    {true, "k * (1 - q)", "k - q * k"},
    {true, "(q + k) * (q - k)", "q * q - k * k"},
    {true, "sigmoid(q - k) * k", "k * sigmoid(-k + q)"},
};

static uint64_t digest_of(const char *sum)
{
    lng_text t = lng_text_new(arena);
    lng_text_add(&t, "let:\n  x: flatten(image) / 255\n");
    if (strchr(sum, 'q'))
        lng_text_add(&t, "  q: dense(x, units=10)\n  k: dense(x, units=10)\n");
    lng_text_add(&t, "out: softmax(");
    for (; *sum; sum++)
        if (*sum == 'D')
            lng_text_add(&t, "dense(x, units=10)");
        else
            lng_text_put(&t, sum, 1);
    lng_text_add(&t, ")\n");
    lng_model *m = good(t.at);
    const uint64_t digest = m->digest;
    ck_assert_int_eq(m->parameters, 15700);
    lng_model_free(m);
    return digest;
}

START_TEST(digest_of_uses)
{
    ck_assert_int_eq(uses[_i].equal, digest_of(uses[_i].one) == digest_of(uses[_i].other));
}
END_TEST

/* What the output does not read, the loss does. */
START_TEST(digest_of_the_loss)
{
    static const char *const decoded[] = {"relu(dense(h, units=9)) - dense(h, units=9)",
                                          "dense(h, units=9) - relu(dense(h, units=9))"};
    uint64_t digest[2];
    for (int i = 0; i < 2; i++) {
        const char *text = lng_format(arena,
                                      "%slet:\n  h: dense(flatten(image), units=10)\n  r: %s\nout: softmax(h)\n"
                                      "train: {loss: 'cross_entropy(out, label) + mean(r ** 2)', optimizer: sgd}\n",
                                      head, decoded[i]);
        lng_model *m = model(text, NULL, 0);
        must(m != NULL);
        digest[i] = m->digest;
        lng_model_free(m);
    }
    ck_assert_uint_ne(digest[0], digest[1]);
}
END_TEST

/* Rows of the layer table: in the order of the text, and together all that is computed for the output. */
static const struct {
    const char *text, *rows;
} tables[] = {
    {"graph: [image / 255, flatten, dense: {units: 10}, softmax]\n",
     "image / 255:image / 255 0 0, flatten:flatten 0 0, dense:dense 7850 7840, softmax:softmax 0 0, "},
    {"let:\n  x: flatten(image) / n\n  q: dense(x, units=10)\n  n: 5\n  k: dense(x, units=10)\nout: softmax(relu(k) - q)\n",
     "x:flatten(image) / n 0 0, q:dense 7850 7840, k:dense 7850 7840, out:softmax 0 0, "},
    {"let: {x: flatten(image) / 255}\nout: softmax(dense(dense(x, units=3), units=10) + 1)\n",
     "x:flatten(image) / 255 0 0, out:softmax 0 0, dense:dense 40 30, dense_2:dense 2355 2352, "},
    {"let:\n  a: relu(dense(flatten(image), units=4)) + 1\ngraph:\n  - a\n  - relu(dense(it, units=10))\nout: >\n  softmax(it\n  + 1)\n",
     "a:relu(dense(flatten(image), units=4)) + 1 0 0, dense_2:dense 3140 3136, a:a 0 0, relu:relu 0 0, dense:dense 50 40, "
     "out:softmax 0 0, "},
    {"let:\n  a, b: split(dense(flatten(image), units=20), parts=2)\nshared:\n  d: dense(units=10)\nout: softmax(d(a) + d(b))\n",
     "a, b:split 0 0, dense:dense 15700 15680, out:softmax 0 0, d:d 110 100, d_2:d 0 100, "},
    {"let:\n  h: dense(flatten(image), units=784)\n  k: reshape(image, shape=[28, 28]) @ reshape(h, shape=[28, 28])\n"
     "out: softmax(dense(flatten(k), units=10))\n",
     "h:dense 615440 614656, k:reshape(image, shape=[28, 28]) @ reshape(h, shape=[28, 28]) 0 21952, out:softmax 0 0, dense:dense 7850 7840, "},
};

START_TEST(layer_table)
{
    lng_model *m = good(tables[_i].text);
    lng_text t = lng_text_new(arena);
    int64_t parameters = 0;
    for (size_t i = 0; i < m->layers; i++) {
        const lng_layer *l = &m->layer[i];
        lng_text_add(&t, "%s:%s %d %d, ", l->name, l->block, (int)l->parameters, (int)l->cost);
        parameters += l->parameters;
    }
    ck_assert_str_eq(t.at, tables[_i].rows);
    ck_assert_int_eq(parameters, m->parameters);
    lng_model_free(m);
}
END_TEST

/* What is used only under stop_gradient stays as it is. */
START_TEST(parameters_that_stay)
{
    lng_model *m = good("let: {x: flatten(image) / 255, fixed: 'stop_gradient(dense(x, units=10))'}\n"
                        "graph: [x, dense: {units: 10}, softmax(it + fixed)]\n");
    ck_assert_uint_eq(m->variables, 4);
    ck_assert_uint_eq(m->train->updates, 2);
    for (size_t i = 0; i < m->train->updates; i++)
        ck_assert_msg(strncmp(m->train->update[i].name, "dense.", 6) == 0, "%s", m->train->update[i].name);
    lng_model_free(m);
}
END_TEST

/* A step is read by the next one, by its name, or by the result. */
START_TEST(steps_that_are_read)
{
    static const char *const texts[] = {
        "graph: [image, flatten, dense: {units: 10}, softmax]\n",
        "graph:\n  - flatten(image):\n    as: x\n  - dense: {units: 10}\n    as: y\n  - dense(x, units=10)\n  - softmax(it + y)\n",
        "graph:\n  - flatten(image)\n  - dense: {units: 10}\n    as: y\n  - flatten(image)\nout: softmax(dense(it, units=10) + y)\n",
        ("graph:\n  - flatten(image)\n  - dense: {units: 10}\n    as: y\n  - concat: {}\n    from: 1 - it, it\n  - dense: {units: 10}\n"
         "  - softmax(it if true else y)\n"),
        "blocks:\n  b: {in: 'x[n]', graph: [it + x, relu]}\ngraph: [flatten(image), dense: {units: 10}, b, softmax]\n",
        "shared: {d: dense(units=784)}\ngraph: [flatten(image) / 255, d, d, dense: {units: 10, activation: softmax}]\n",
    };
    lng_model_free(good(texts[_i]));
}
END_TEST

START_TEST(both_phases_name_alike)
{
    /* only training calls a dense of its own: the others keep their names */
    lng_model *m = good("let:\n  extra: dense(flatten(image), units=10) if training else zeros([10])\n"
                        "graph:\n  - flatten(image) / 255\n  - dense: {units: 10}\n  - softmax(it + extra)\n");
    ck_assert_int_eq(m->parameters, 2 * 7850);
    const char *eval = printed(m->eval);
    ck_assert(strstr(eval, "; dense.W") && !strstr(eval, "; dense_2.W"));
    lng_model_free(m);
}
END_TEST

START_TEST(untaken_branches_do_not_exist)
{
    lng_model *m = good("graph:\n  - flatten(image)\n  - dense: {units: 10, bias: false, activation: softmax}\n");
    ck_assert_uint_eq(m->variables, 1);
    lng_model_free(m);
}
END_TEST

START_TEST(own_block_hides_a_standard_one)
{
    const char *text = "blocks:\n  dense: {in: 'x[n]', with: {units: int}, out: 'dense(x, units=units, bias=false) * 2'}\n"
                       "  softmax: {in: x, out: softmax(x)}\n"
                       "graph:\n  - flatten(image)\n  - dense: {units: 10}\n  - softmax\n";
    lng_model *m = good(text);
    ck_assert_uint_eq(m->variables, 1);
    ck_assert_str_eq(m->variable[0].name, "dense.dense.W");
    lng_model_free(m);
    m = good("blocks:\n  dense: {in: 'x[n]', with: {units: int}, out: 'std.dense(x, units=units, bias=false) + op.relu(x[0])' }\n"
             "  relu: {in: x, out: op.relu(x)}\n  unused: {in: x, out: relu(x)}\n"
             "graph:\n  - flatten(image)\n  - std.dense: {units: 10, activation: softmax}\n");
    lng_model_free(m);
}
END_TEST

START_TEST(blocks_as_arguments)
{
    lng_model *m = good(
        "blocks:\n  apply: {in: x, with: {f: block = relu, g: block = f}, out: g(f(x))}\n"
        "graph:\n  - flatten(image)\n  - apply\n  - apply: {f: leaky_relu(slope=0.25)}\n  - apply: {f: {leaky_relu: {slope: 0.125}}, g: tanh}\n"
        "  - dense: {units: 10, activation: softmax, init: constant(value=0.5)}\n");
    const char *g = printed(m->train);
    ck_assert(strstr(g, "value=0.25") && strstr(g, "value=0.125") && strstr(g, "tanh"));
    lng_model_free(m);
}
END_TEST

START_TEST(shared_blocks_are_made_once)
{
    lng_model *m = good(
        "shared: {half: dense(units=392)}\n"
        "let:\n  a: slice(flatten(image), axis=0, start=0, stop=392)\n  b: slice(flatten(image), axis=0, start=392, stop=784)\n"
        "graph:\n  - half(a) + half(b)\n  - dense: {units: 10, activation: softmax}\n");
    ck_assert_uint_eq(m->variables, 4);
    ck_assert_int_eq(variable(m, "half.W")->shape.dim[0], 392);
    lng_model_free(m);
}
END_TEST

/* `same` is what `first` is: one of the two results of a node. */
START_TEST(several_values)
{
    lng_model *m = good(
        "blocks:\n  pair: {in: 'x[n]', out: 'x * 2, x + 1'}\n"
        "let:\n  a, b: pair(flatten(image))\n  p, q: split(b, parts=2)\n"
        "  first, index: max_pool(image, size=[1, 1])\n"
        "  same: broadcast(first, shape=[28, 28, 1])\n"
        "graph:\n  - a * pair(b)[1] + concat(p, q, axis=0) + flatten(same * same)\n  - dense: {units: 10, activation: softmax}\n");
    ck_assert_uint_eq(m->variables, 2);
    lng_model_free(m);
}
END_TEST

START_TEST(initial_values)
{
    lng_model *m = good("params:\n  W: he_normal([784, 10])\n  b: zeros([10]) + 1\n  c: b * 2 + W.shape[1]\n"
                        "graph:\n  - flatten(image) @ W + b * c\n  - softmax\n");
    ck_assert_uint_eq(m->variables, 3);
    for (size_t i = 0; i < m->variables; i++)
        ck_assert(lng_graph_find_output(m->init, m->variable[i].name) != NULL);
    ck_assert(strstr(printed(m->init), "random_normal() {shape=[784, 10], per_example=false} ; W"));
    double fill;
    ck_assert(lng_value_is_constant(lng_graph_find_output(m->init, "c"), &fill) && fill == 12);
    lng_model_free(m);
}
END_TEST

START_TEST(optimizer_state)
{
    char *text = lng_format(
        arena,
        "%sgraph:\n  - flatten(image)\n  - dense: {units: 10, activation: softmax}\n"
        "train: {loss: 'cross_entropy(out, label)', optimizer: 'adam(lr=cosine(peak=1e-3))', batch: 5, epochs: 2, seed: 7, steps: 9}\n",
        head);
    lng_model *m = model(text, NULL, 0);
    must(m != NULL);
    ck_assert(!variable(m, "optimizer.dense.W.m")->parameter);
    ck_assert(!variable(m, "optimizer.dense.b.v")->parameter);
    ck_assert_uint_eq(m->variables, 6);
    ck_assert_uint_eq(m->train->updates, 6);
    ck_assert_uint_eq(m->eval->updates, 0);
    ck_assert_int_eq(m->parameters, 7850);
    ck_assert(m->batch == 5 && m->epochs == 2 && m->seed == 7 && m->steps == 9);
    lng_model_free(m);
}
END_TEST

START_TEST(running_statistics)
{
    lng_model *m = good("graph:\n  - batchnorm(image)\n  - flatten\n  - dense: {units: 10, activation: softmax}\n");
    ck_assert_uint_eq(m->train->updates, 2 + 4);
    ck_assert_uint_eq(m->eval->updates, 0);
    ck_assert(!variable(m, "batchnorm.mean")->parameter);
    ck_assert(!strstr(printed(m->eval), "batch_sum"));
    lng_model_free(m);
}
END_TEST

START_TEST(any_number_of_values_is_joined)
{
    lng_model *m = good("let: {x: flatten(image)}\ngraph:\n  - concat(x, x, x, x, x, x, x, x, x)\n  - concat: {}\n"
                        "    from: it, x, x, x, x\n  - dense: {units: 10, activation: softmax}\n");
    ck_assert_int_eq(variable(m, "dense.W")->shape.dim[0], (9 + 4) * 784);
    lng_model_free(m);
}
END_TEST

START_TEST(lets_do_not_recurse)
{
    lng_text t = lng_text_new(arena);
    lng_text_add(&t, "let:\n");
    for (int i = 8000; i > 0; i--)
        lng_text_add(&t, "  a%d: a%d + 1\n", i, i - 1);
    lng_text_add(&t, "  a0: flatten(image)\ngraph:\n  - dense(a8000, units=10, activation=softmax)\n");
    lng_model_free(good(t.at));
}
END_TEST

/* ---- ports that bind each other ---- */
START_TEST(ports_bind)
{
    static const char *const middle[] = {
        /* a run of sizes is a shape, and one number fits one number */
        "blocks:\n  ones_like: {in: 'x[...s, n], y[...s]', out: 'ones(s + [n]) * x'}\n"
        "out: softmax(dense(flatten(ones_like(image, sum(image, axes=[2]))), units=10))\n",
        "let: {p: 'dense(flatten(image), units=1, activation=sigmoid)'}\n"
        "out: softmax(dense(flatten(image), units=10)) * (1 + binary_cross_entropy(p, label == 1) + mse(mean(image), p))\n",
        /* numbers have no classes to be too many */
        "let: {p: 'softmax(dense(flatten(image), units=10))'}\n"
        "out: p * cross_entropy(p, argmax(p)) * binary_cross_entropy(p, p)\n",
    };
    for (size_t i = 0; i < sizeof middle / sizeof *middle; i++)
        lng_model_free(good(middle[i]));
}
END_TEST

/* ---- warnings ---- */
/* What could be probabilities is none of the compiler's business; tests/invalid/warn-numbers has what could not. */
START_TEST(nothing_to_warn_of)
{
    static const char *const out[] = {"0.5 * softmax(a) + 0.5 * softmax(2 * a)",
                                      "exp(log_softmax(a))",
                                      "exp(a) / sum(exp(a))",
                                      "relu(a) / (1 + sum(relu(a)))",
                                      "flatten(softmax(reshape(a, shape=[2, 5])))",
                                      "(tanh(a) + 1) / 20",
                                      "minimum(maximum(a, 0.1), 1)",
                                      "dropout(softmax(relu(a)))",
                                      "select(less(0, a), sigmoid(a), 0) / 10"};
    for (int i = 0; i < LENGTH(out); i++)
        lng_model_free(good(lng_format(arena, "let: {a: 'dense(flatten(image / 255), units=10)'}\nout: %s\n", out[i])));
    lng_model_free(good("graph: [flatten(image / 255), dense: {units: 10, activation: softmax}]\n"
                        "report: {metrics: ['softmax_cross_entropy(log(out), label)', 'binary_cross_entropy(out, out)']}\n"));
}
END_TEST

/* ---- the standard library ---- */
/* Models of standard blocks together; tests/cli_doc.sh tries each one alone. */
static const struct {
    const char *layer, *init, *loss, *optimizer;
} everything[] = {
    {"batchnorm", "zeros", "cross_entropy(out, label)", "sgd(lr=cosine(peak=0.1))"},
    {"layernorm", "ones", "binary_cross_entropy(out, one_hot(label, depth=10))", "momentum(lr=cosine(peak=0.1, warmup=0))"},
    {"dropout: {rate: 0.2}", "constant(value=0.5)", "softmax_cross_entropy(out, label)", "adam(lr=linear(start=0.1))"},
    {"identity", "uniform(low=-1, high=1)", "sigmoid_cross_entropy(out, one_hot(label, depth=10))",
     "adamw(lr=step_decay(start=0.1, every=3))"},
    {"leaky_relu", "normal(deviation=0.1)", "mse(out, one_hot(label, depth=10))",
     "momentum(lr=exponential(start=0.1, factor=0.9), nesterov=true)"},
    {"elu", "glorot_uniform", "mae(out, one_hot(label, depth=10))", "sgd(lr=warmup(peak=0.1, steps=10))"},
    {"gelu", "glorot_normal", "2 - accuracy(out, label) + mean(likely(out)) + cross_entropy(out, label)",
     "momentum(lr=0.1 * 0.5 ** epoch)"},
    {"silu", "he_uniform", "batch_mean(cross_entropy(out, label))", "adam(lr=0.5)"},
    {"log_sigmoid", "he_normal", "cross_entropy(out, label)", "adamw(lr=0.1)"},
    {"softplus", "zeros", "cross_entropy(out, label)", "sgd(lr=0.1)"},
    {"relu", "zeros", "cross_entropy(out, label)", "sgd(lr=0.1)"},
    {"avgpool2d: {size: 2}", "zeros", "cross_entropy(out, label)", "sgd(lr=0.1)"},
    {"maxpool2d: {size: 3, stride: 2, padding: same}", "zeros", "cross_entropy(out, label)", "sgd(lr=0.1)"},
    {"conv2d: {filters: 3, kernel: 3, stride: 2, padding: same, init: he_uniform, activation: gelu}", "zeros",
     "cross_entropy(out, label)", "sgd(lr=0.1)"},
};

START_TEST(standard_blocks)
{
    for (int i = 0; i < LENGTH(everything); i++) {
        const char *text =
            lng_format(arena,
                       "%sgraph:\n  - image / 255\n  - %s\n  - flatten\n"
                       "  - dense: {units: 10, init: '%s', activation: softmax}\ntrain: {loss: '%s', optimizer: '%s'}\n",
                       head, everything[i].layer, everything[i].init, everything[i].loss, everything[i].optimizer);
        lng_model *m = model(text, NULL, 0);
        ck_assert_msg(m != NULL, "%s\n%s", text, rendered(false));
        lng_model_free(m);
    }
}
END_TEST

/* The optimizer may read a name of the model. */
START_TEST(rate_of_a_let)
{
    lng_model_free(model(lng_format(arena,
                                    "%slet: {rate: 0.5}\ngraph: [flatten(image), dense: {units: 10, activation: softmax}]\n"
                                    "train: {loss: 'cross_entropy(out, label)', optimizer: adam(lr=rate)}\n",
                                    head),
                         NULL, 0));
    ck_assert_msg(lng_errors_count(errors) == 0, "%s", rendered(false));
}
END_TEST

/* ---- hostile sizes ---- */
START_TEST(work_is_limited)
{
    lng_text t = lng_text_new(arena);
    lng_text_add(&t, "%sblocks:\n  b0: {in: x, out: x}\n", head);
    for (int i = 1; i < 40; i++)
        lng_text_add(&t, "  b%d: {in: x, out: b%d(x) + b%d(x)}\n", i, i - 1, i - 1);
    lng_text_add(&t, "graph:\n  - flatten(image)\n  - b39\n  - softmax\n%s", tail);
    ck_assert_ptr_null(model(t.at, NULL, 0));
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_LIMIT);
    ck_assert_uint_eq(lng_errors_count(errors), 1);
}
END_TEST

static bool read_library(void *small)
{
    const lng_map *blocks = lng_library_new(small, errors)->standard;
    for (size_t i = 0; i < lng_map_count(blocks); i++)
        if (!lng_block_read(small, lng_map_value(blocks, i), &lng_section_block, errors))
            return false;
    return true;
}

/* Wherever memory runs out, the library is read completely or not at all, without a crash or leak (the sanitizers would see it). */
START_TEST(memory_runs_out)
{
    for (long n = 1, left = 0; left == 0; n += 1 + n / 8) {
        lng_arena *small = lng_arena_new();
        lng_errors_clear(errors);
        fail_allocation(n, false);
        const bool done = lng_attempt(small, read_library, small, errors, "reading the library");
        left = fail_allocation(0, false);
        lng_arena_free(small);
        ck_assert(done == (left > 0) && n < 10000000);
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(names_of_parameters),
        LOOP(names_come_from_the_text, LENGTH(sums)),
        LOOP(nodes_are_called_after_their_let, 4),
        LOOP(digest_of_uses, LENGTH(uses)),
        LOOP(layer_table, LENGTH(tables)),
        TEST(parameters_that_stay),
        LOOP(steps_that_are_read, 6),
        TEST(digest_of_the_loss),
        TEST(both_phases_name_alike),
        TEST(untaken_branches_do_not_exist),
        TEST(own_block_hides_a_standard_one),
        TEST(blocks_as_arguments),
        TEST(shared_blocks_are_made_once),
        TEST(several_values),
        TEST(initial_values),
        TEST(optimizer_state),
        TEST(running_statistics),
        TEST(any_number_of_values_is_joined),
        TEST(lets_do_not_recurse),
        TEST(ports_bind),
        TEST(nothing_to_warn_of),
        TEST(integers_meet_integers),
        TEST(standard_blocks),
        TEST(rate_of_a_let),
        TEST(work_is_limited),
        TEST(memory_runs_out),
        {0},
    };
    return suite_run("lang", tests, NULL, NULL);
}
