/* What `train` says about the way from the loss to the new parameters, with numbers worked out by hand. */
#include "base/text.h"
#include "lang/model.h"
#include "suite.h"
#include <lngraph/lngraph.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 2

typedef struct compiled {
    lng_model *model;
    lng_program *program;
} compiled;

/* A model of x[1], which is 1 and 3. */
static compiled compile_text(const char *text)
{
    static const float x[ROWS] = {1, 3};
    compiled c = {lng_model_load_text("recipe.yaml", text, NULL, errors), NULL};
    must(c.model != NULL);
    c.program = lng_model_compile(c.model, LNG_STEP | LNG_EVALUATE, ROWS, 1, errors);
    must(c.program && lng_program_bind_f32(c.program, "x", x, ROWS, 1, LNG_BORROW, errors));
    return c;
}

static compiled compile(const char *params, const char *train)
{
    const char *text = lng_format(arena,
                                  "lngraph: 1\nname: recipe\n"
                                  "data: {source: {format: memory, classes: 10, fields: {x: [1]}}}\n"
                                  "in: x[1]\nparams: {%s}\nout: x\ntrain: {%s}\n",
                                  params, train);
    return compile_text(text);
}

static void release(compiled c)
{
    lng_program_free(c.program);
    lng_model_free(c.model);
}

static void step(compiled c)
{
    must(lng_program_run(c.program, LNG_STEP, NULL, ROWS, errors));
}

static double number(compiled c, const char *variable, size_t i)
{
    size_t n = 0;
    const float *at = lng_program_variable(c.program, variable, &n);
    ck_assert_msg(at && i < n, "%s", variable);
    return at[i];
}

#define near(got, right) ck_assert_double_le(fabs((got) - (right)), 1e-6 * fabs(right))

/* ---- clip ---- */
/* The gradient of each of the hundred numbers of p and q is `slope`; what is left of it after the limit. */
static const struct {
    const char *slope, *clip;
    double p;
} clips[] = {
    {"1e20", "norm: 1.0", 0.1},        {"3e38", "norm: 1.0", 0.1},  /* the norm itself is no float */
    {"1e-15", "norm: 1e-10", 1e-15},   {"0.25", "norm: 2.5", 0.25}, /* at the limit, nothing changes */
    {"0.5", "norm: 2.5", 0.25},        {"0", "norm: 2.5", 0},       {"0.5", "value: 0.25", 0.25}, {"-0.5", "value: 0.25", -0.25},
    {"-0.125", "value: 0.25", -0.125},
};

START_TEST(limited)
{
    compiled c = compile("p: 'zeros([40])', q: 'zeros([3, 20])'",
                         lng_format(arena, "loss: '%s * (sum(p) + sum(q)) + 0 * sum(x)', optimizer: 'sgd(lr=1)', clip: {%s}",
                                    clips[_i].slope, clips[_i].clip));
    step(c);
    for (size_t i = 0; i < 40; i++)
        near(-number(c, "p", i), clips[_i].p);
    near(-number(c, "q", 59), clips[_i].p);
    const float *before = lng_program_output(c.program, "gradient.q", NULL);
    ck_assert(before != NULL);
    near((double)before[59], strtod(clips[_i].slope, NULL));
    release(c);
}
END_TEST

START_TEST(not_limited_is_not_changed)
{
    const char *const train = "loss: 'sum(0.3 * p * x)', optimizer: 'sgd(lr=0.7)'";
    compiled plain = compile("p: 'zeros([1])'", train);
    compiled limited = compile("p: 'zeros([1])'", lng_format(arena, "%s, clip: {norm: 10}", train));
    step(plain);
    step(limited);
    ck_assert_double_eq(number(plain, "p", 0), number(limited, "p", 0));
    release(plain);
    release(limited);
}
END_TEST

/* The slope of a root at 0 is infinite. */
START_TEST(bad_gradient_names_its_parameter)
{
    compiled c = compile("p: 'constant(shape=[1], value=1)', q: 'zeros([1])'",
                         "loss: 'sum(p * x) + sum(sqrt(q))', optimizer: 'sgd(lr=1)', clip: {norm: 1.0}");
    ck_assert(!lng_program_run(c.program, LNG_STEP, NULL, ROWS, errors));
    const char *message = lng_errors_message(errors, 0);
    ck_assert_msg(strstr(message, "in the gradient of `q`, is not finite"), "%s", message);
    ck_assert_double_eq(number(c, "p", 0), 1);
    ck_assert_double_eq(number(c, "q", 0), 0);
    release(c);
}
END_TEST

/* ---- terms of the loss ---- */
START_TEST(terms)
{
    const char *const train = "optimizer: 'sgd(lr=0.1)', seed: 3, loss: ";
    const char *const params = "p: 'constant(shape=[1], value=2)'";
    compiled one = compile(params, lng_format(arena, "%s'sum(p * x) + 0.5 * sum(p * p)'", train));
    compiled two = compile(params, lng_format(arena, "%s{data: 'sum(p * x)', size: '0.5 * sum(p * p)'}", train));
    step(one);
    step(two);
    ck_assert_double_eq(number(one, "p", 0), number(two, "p", 0));
    ck_assert_double_eq(lng_program_mean(two.program, "loss"), 2 * 2 + 2);
    ck_assert(lng_program_run(two.program, LNG_EVALUATE, NULL, ROWS, errors));
    const double p = number(two, "p", 0);
    near(lng_program_mean(two.program, "loss"), 2 * p + p * p / 2);
    near(lng_program_mean(two.program, "loss.data"), 2 * p);
    near(lng_program_mean(two.program, "loss.size"), p * p / 2);
    ck_assert_str_eq(lng_model_output(two.model, 0), "loss.data");
    ck_assert_str_eq(lng_model_output(two.model, 1), "loss.size");
    release(one);
    release(two);
}
END_TEST

/* A term that draws numbers is computed once. */
START_TEST(terms_draw_once)
{
    compiled c = compile("p: 'zeros([1])'", "optimizer: 'sgd(lr=0.1)', loss: {noise: 'sum(p * x) + random_uniform(shape=[])'}");
    step(c);
    ck_assert_double_eq(lng_program_mean(c.program, "loss"), lng_program_mean(c.program, "loss.noise"));
    release(c);
}
END_TEST

/* ---- objectives ---- */
/* Two players: the first term trains p, the second q, the third all. All read the values before the step. */
START_TEST(objectives)
{
    compiled c = compile("p: 'constant(shape=[1], value=1)', q: 'constant(shape=[1], value=3)', r: 'zeros([1])'",
                         "loss: {d: 'sum(p * q * x)', g: '-sum(p * q * x)', both: '4 * sum(r) + 0 * sum(x)'}, "
                         "objectives: {d: p, g: 'q*'}, optimizer: 'sgd(lr=0.1)'");
    step(c);
    near(number(c, "p", 0), 1 - 0.1 * 2 * 3);
    near(number(c, "q", 0), 3 + 0.1 * 2 * 1);
    near(number(c, "r", 0), -0.4);
    near(lng_program_mean(c.program, "loss.d"), 6.0);
    release(c);
}
END_TEST

/* ---- gradients in the loss ---- */
/* u = w x^3 / 6 at x = 1 and 3: its derivatives are w x^2 / 2, w x and w. */
static const struct {
    const char *loss;
    double value, slope; /* the mean of the loss, and its derivative by w, at w = 2 */
} derivatives[] = {
    {"sum(grad(sum(w * x ** 3 / 6), x))", 5, 2.5},
    {"sum(grad(sum(grad(sum(w * x ** 3 / 6), x)), x))", 4, 2},
    {"sum(grad(sum(grad(sum(grad(sum(w * x ** 3 / 6), x)), x)), x))", 2, 1},
    {"sum((grad(sum(w * x ** 3 / 6), x) - x) ** 2)", 18, 27},  /* a differential equation: u' = x */
    {"(sum(grad(sum(w * x), x) ** 2) ** 0.5 - 1) ** 2", 1, 2}, /* a gradient penalty: (|u'| - 1)^2 */
    {"sum(x) * 0 + grad(w ** 3, w)", 12, 12},                  /* of a shared value by a shared one */
    {"sum(x) * 0 + sum([sum(p * p) for p in params('w')])", 4, 4},
};

START_TEST(gradients_in_the_loss)
{
    compiled c = compile_text(lng_format(arena,
                                         "lngraph: 1\nname: recipe\n"
                                         "data: {source: {format: memory, classes: 10, fields: {x: [1]}}}\n"
                                         "in: x[1]\nparams: {w: 'constant(shape=[], value=2)'}\nout: w * x\n"
                                         "train: {loss: \"%s\", optimizer: 'sgd(lr=1)'}\n",
                                         derivatives[_i].loss));
    ck_assert(lng_program_run(c.program, LNG_EVALUATE, NULL, ROWS, errors));
    near(lng_program_mean(c.program, "loss"), derivatives[_i].value);
    step(c);
    near(2 - number(c, "w", 0), derivatives[_i].slope);
    release(c);
}
END_TEST

/* ---- parameters ---- */
/* One step along gradients of 1 for a.b (a vector), a.W and c.W (matrices), all from 1. */
static const struct {
    const char *optimizer, *parameters;
    double a_b, a_W, c_W;
} settings[] = {
    {"sgd(lr=0.5)", "{match: '*', rate: 1}", 0.5, 0.5, 0.5},
    {"sgd(lr=0.5)", "{match: 'a.*', rate: 0.5}", 0.75, 0.75, 0.5},
    {"sgd", "{match: '*.W', rate: 10}", 0.99, 0.9, 0.9}, /* of the default */
    {"sgd(lr=linear(start=0.5, end=0))", "{match: 'a.?', rate: 0.5}", 0.75, 0.75, 0.5},
    {"sgd(lr=0.5)", "{match: 'a.*', frozen: true}", 1, 1, 0.5},
    {"sgd(lr=0.5)", "{match: '*', frozen: true}, {match: '*.b', frozen: false, rate: 2}", 0, 1, 1},
    {"sgd(lr=0.5)", "{match: '*', rate: 2, optimizer: sgd(lr=0.25)}, {match: 'c.W', rate: 1}", 0.5, 0.5, 0.75},
    {"sgd(lr=0.5)", "{match: '*.W', optimizer: 'adamw(lr=0.5, decay=0.1)', decay: 0.2}", 0.5, 0.4, 0.4},
    {"adamw(lr=0.5, decay=0.1)", "{match: 'a.*', decay: 0}", 0.5, 0.5, 0.45},
    {"adamw(lr=0.5, decay=0.1)", "{match: '*.b', decay: 0.2}", 0.4, 0.45, 0.45}, /* a vector that is told to */
    {"adamw(lr=0.5, decay=0.1)", "{match: 'c.*', decay: 0.2, rate: 0.1}", 0.5, 0.45, 0.94},
};

static const char layers[] = "blocks:\n  layer:\n    in: x[n]\n    params:\n      b: constant(shape=[n], value=1)\n"
                             "      W: constant(shape=[n, n], value=1)\n    out: b + sum(W)\n";

START_TEST(settings_by_name)
{
    const char *text = lng_format(arena,
                                  "lngraph: 1\nname: recipe\n"
                                  "data: {source: {format: memory, classes: 10, fields: {x: [1]}}}\nin: x[1]\n%s"
                                  "let: {a: layer(x), c: layer(x)}\nout: a + c + 0 * x\n"
                                  "train: {loss: sum(out), optimizer: '%s', parameters: [%s]}\n",
                                  layers, settings[_i].optimizer, settings[_i].parameters);
    compiled c = compile_text(text);
    step(c);
    near(number(c, "a.b", 0), settings[_i].a_b);
    near(number(c, "a.W", 0), settings[_i].a_W);
    near(number(c, "c.W", 0), settings[_i].c_W);
    release(c);
}
END_TEST

START_TEST(patterns)
{
    static const struct {
        const char *pattern, *name;
        bool matches;
    } rows[] = {{"*", "", true},        {"", "", true},         {"", "a", false},       {"?", "", false},
                {"a?c", "abc", true},   {"a*c", "ac", true},    {"a*c", "abcbc", true}, {"a*c", "abcb", false},
                {"*.b", "a.b.b", true}, {"*.b", "a.bb", false}, {"a.*", "a", false},    {"*a*b*", "xaxbx", true},
                {"*a*b*", "ba", false}, {"**", "x", true},      {"a*?", "a", false},    {"a*?", "ab", true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(lng_matches(rows[i].pattern, rows[i].name) == rows[i].matches, "%s, %s", rows[i].pattern, rows[i].name);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(limited, LENGTH(clips)),
        TEST(not_limited_is_not_changed),
        TEST(bad_gradient_names_its_parameter),
        TEST(terms),
        TEST(terms_draw_once),
        TEST(objectives),
        LOOP(gradients_in_the_loss, LENGTH(derivatives)),
        LOOP(settings_by_name, LENGTH(settings)),
        TEST(patterns),
        {0},
    };
    return suite_run("recipe", tests, NULL, NULL);
}
