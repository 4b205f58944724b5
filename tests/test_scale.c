/* Every way from a model's text to a session that can train takes time in proportion to the model: of two models that differ in size alone,
 * one eight times as large, the larger may take 24 times as long, which what is linear never does and what is quadratic, at 64 times, always. */
#include "base/team.h"
#include "suite.h"
#include "train/session.h"
#include <stdio.h>
#include <time.h>

#define TIMES 8

static const char head[] = "lngraph: 1\n"
                           "name: large\n"
                           "data: {source: digits}\n"
                           "in: image[28, 28, 1], label\n";
static const char tail[] = "train:\n"
                           "  loss: cross_entropy(out, label)\n"
                           "  optimizer: adamw(lr=0.01)\n"
                           "  batch: 16\n"
                           "  epochs: 1\n"
                           "  seed: 1\n";

/* ---- models of a size n ---- */
static void chain(lng_text *t, int n)
{
    static const char *const step[] = {"relu", "tanh(it) * 1.5", "it + 0.5", "sigmoid"};
    lng_text_add(t, "graph:\n  - dense(flatten(image), units=10)\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "  - %s\n", step[i % 4]);
}

static void lets(lng_text *t, int n)
{
    lng_text_add(t, "let:\n  x0: dense(flatten(image), units=10)\n");
    for (int i = 1; i <= n; i++)
        lng_text_add(t, "  x%d: tanh(x%d) + x%d\n", i, i - 1, i < 4 ? 0 : i - 4);
    lng_text_add(t, "out: x%d\n", n);
}

/* A plain recurrent net: three parameters that every step reads. */
static void recurrent(lng_text *t, int n)
{
    lng_text_add(t, "params:\n"
                    "  w: normal(shape=[10, 10])\n"
                    "  u: normal(shape=[1, 10])\n"
                    "  b: constant(shape=[10], value=0.0)\n"
                    "let:\n"
                    "  x: reshape(image / 255, shape=[784, 1])\n"
                    "  h0: b\n");
    for (int i = 1; i <= n; i++)
        lng_text_add(t, "  h%d: tanh(reshape(slice(x, axis=0, start=%d, stop=%d), shape=[1]) @ u + h%d @ w + b)\n", i, i - 1, i,
                     i - 1);
    lng_text_add(t, "out: h%d\n", n);
}

static void layers(lng_text *t, int n)
{
    lng_text_add(t, "graph:\n  - flatten(image) / 255\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "  - dense: {units: 4, activation: relu}\n");
    lng_text_add(t, "  - dense: {units: 10}\n");
}

/* A block of one's own with many attributes, each of which it reads. */
static void attributes(lng_text *t, int n)
{
    lng_text_add(t, "blocks:\n  big:\n    in: x[...]\n    with:\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "      a%d: float = %d.5\n", i, i);
    lng_text_add(t, "    let:\n      y0: x\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "      y%d: y%d * a%d\n", i + 1, i, i);
    lng_text_add(t, "    out: y%d\ngraph:\n  - dense(flatten(image), units=10)\n  - big\n", n);
}

/* Blocks of one's own, each called once. */
static void blocks(lng_text *t, int n)
{
    lng_text_add(t, "blocks:\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "  b%d:\n    in: x[...]\n    out: tanh(x)\n", i);
    lng_text_add(t, "graph:\n  - dense(flatten(image), units=10)\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "  - b%d\n", i);
}

static void draws(lng_text *t, int n)
{
    lng_text_add(t, "graph:\n  - dense(flatten(image), units=10)\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "  - dropout: {rate: 0.01}\n");
}

/* Many values that live at the same time, added one by one. */
static void heads(lng_text *t, int n)
{
    lng_text_add(t, "let:\n  x: dense(flatten(image), units=10)\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "  h%d: tanh(x * %d.5)\n", i, i);
    lng_text_add(t, "  s0: h0\n");
    for (int i = 1; i < n; i++)
        lng_text_add(t, "  s%d: s%d + h%d\n", i, i - 1, i);
    lng_text_add(t, "out: s%d\n", n - 1);
}

/* One long expression, on one line and on many. */
static void joined(lng_text *t, int n, const char *separator)
{
    lng_text_add(t, "let:\n  x: dense(flatten(image), units=1)\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "  h%d: tanh(x * %d.5)\n", i, i);
    lng_text_add(t, "graph:\n  - concat(h0");
    for (int i = 1; i < n; i++)
        lng_text_add(t, "%sh%d", separator, i);
    lng_text_add(t, ")\n  - dense: {units: 10}\n");
}

static void line(lng_text *t, int n)
{
    joined(t, n, ", ");
}

static void lines(lng_text *t, int n)
{
    joined(t, n, ",\n      ");
}

static void dense(lng_text *t, int n)
{
    (void)n;
    lng_text_add(t, "graph:\n  - dense(flatten(image), units=10)\n");
}

static void metrics(lng_text *t, int n)
{
    lng_text_add(t, "report:\n  metrics:\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "    - mean(out * %d.5)\n", i);
}

/* Each is near to many names, and after some dozens of errors nobody looks for the nearest. */
static void misspelt(lng_text *t, int n)
{
    lng_text_add(t, "let:\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "  a_rather_long_name_that_ends_with_%06d: image\n", i);
    lng_text_add(t, "graph:\n  - dense(flatten(image), units=10)\n");
    for (int i = 0; i < n; i++)
        lng_text_add(t, "  - it + the_rather_long_name_that_ends_with_%06d\n", i);
}

static const struct {
    const char *name;
    void (*body)(lng_text *, int n), (*after)(lng_text *, int n);
    int n;
} kinds[] = {
    {"steps of a chain", chain, NULL, 500},
    {"lets that need each other", lets, NULL, 250},
    {"steps of a recurrent net", recurrent, NULL, 98},
    {"layers", layers, NULL, 50},
    {"attributes", attributes, NULL, 1000},
    {"blocks", blocks, NULL, 250},
    {"draws", draws, NULL, 100},
    {"values that live together", heads, NULL, 250},
    {"operands on one line", line, NULL, 250},
    {"operands on many lines", lines, NULL, 250},
    {"metrics", dense, metrics, 500},
    {"names that nothing has", misspelt, NULL, 2000},
};

/* ---- from text to session ---- */
static void make_ready(int kind, const lng_text *t, lng_team *team)
{
    lng_model *m = lng_model_parse("large.yaml", t->at, t->length, NULL, 0, errors);
    if (kinds[kind].body == misspelt) {
        ck_assert_ptr_null(m);
        lng_errors_withdraw(errors, 0);
        return;
    }
    must(m);
    size_t memory;
    must(lng_session_check(m, 1, &memory, errors));
    const lng_subject subject = lng_subject_of_model(m);
    lng_session *s = lng_session_new(&subject, LNG_STEP | LNG_EVALUATE, 0, team, errors);
    must(s);
    must(lng_session_initialize(s, errors));
    lng_session_free(s);
    lng_model_free(m);
}

static double seconds(int kind, int n)
{
    lng_team *team = lng_team_new(1);
    lng_text t = lng_text_new(arena);
    double best = 1e9;
    lng_text_add(&t, "%s", head);
    kinds[kind].body(&t, n);
    lng_text_add(&t, "%s", tail);
    if (kinds[kind].after)
        kinds[kind].after(&t, n);
    for (int i = 0; i < 2; i++) {
        const clock_t start = clock();
        make_ready(kind, &t, team);
        const double taken = (double)(clock() - start) / CLOCKS_PER_SEC;
        best = taken < best ? taken : best;
    }
    lng_team_free(team);
    return best;
}

START_TEST(cost_is_linear)
{
    const int n = kinds[_i].n;
    const double small = seconds(_i, n), large = seconds(_i, TIMES * n);
    printf("%d and %d %s: %.1f and %.1f ms\n", n, TIMES * n, kinds[_i].name, 1e3 * small, 1e3 * large);
    ck_assert_msg(large < 3 * TIMES * small, "%d times the %s take %.1f times as long", TIMES, kinds[_i].name, large / small);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {LOOP(cost_is_linear, LENGTH(kinds)), {0}};
    return suite_run("scale", tests, NULL, NULL);
}
