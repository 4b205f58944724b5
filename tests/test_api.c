/* The public API from outside: graphs built in C, their gradients and programs, and callers' mistakes. */
#include "lngraph/lngraph.h"
#include "suite.h"
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static lng_builder *b;
static lng_program *p;

static void set_up(void)
{
    b = lng_builder_new(errors);
    p = NULL;
}

static void tear_down(void)
{
    lng_program_free(p);
    lng_builder_free(b);
}

/* The newest error, with a part of its message; the list is empty then. */
static void refused(bool is_refused, const char *name, const char *part)
{
    const size_t n = lng_errors_count(errors);
    ck_assert(is_refused);
    ck_assert_msg(n > 0, "no error, but [%s] %s expected", name, part);
    ck_assert_msg(strcmp(lng_errors_name(errors, n - 1), name) == 0 && strstr(lng_errors_message(errors, n - 1), part),
                  "error %s, but [%s] %s expected", lng_errors_text(errors, n - 1), name, part);
    lng_errors_clear(errors);
}

/* The same for the builder, which is of no use afterwards. */
static void refused_build(bool is_refused, const char *name, const char *part)
{
    refused(is_refused, name, part);
    refused(!lng_builder_compile(b, LNG_EVALUATE, 1, 1), "arguments", "building it has failed");
    lng_builder_free(b);
    b = lng_builder_new(errors);
}

#define SHAPE(...)                                                                                                                 \
    (int)(sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[])                                             \
    {                                                                                                                              \
        __VA_ARGS__                                                                                                                \
    }

static lng_value *vector(const char *name, int64_t n)
{
    return lng_builder_input(b, name, 1, &n);
}

/* ---- gradients ---- */

/* y = mean over the batch of sum(tanh(x W + v)^2), and its gradients with respect to W, v and x. */
static void build_layer(void)
{
    lng_value *x = vector("x", 3), *w = lng_builder_parameter(b, "W", SHAPE(3, 2)), *v = lng_builder_parameter(b, "v", SHAPE(2));
    lng_value *h = lng_builder_op1(b, "tanh", lng_builder_op2(b, "add", lng_builder_op2(b, "matmul", x, w), v));
    lng_value *y = lng_builder_op(b, "sum", (lng_value *[]){lng_builder_op2(b, "mul", h, h)}, 1, NULL), *g[3];
    lng_value *mean = lng_builder_batch_mean(b, y);
    must(lng_builder_gradient(b, mean, (lng_value *[]){w, v}, 2, g) && lng_builder_gradient(b, y, &x, 1, &g[2]));
    ck_assert(lng_value_is_shared(mean) && lng_value_is_shared(g[0]) && !lng_value_is_shared(y) && !lng_value_is_shared(g[2]));
    must(lng_builder_output(b, "objective", mean) && lng_builder_output(b, "dW", g[0]) && lng_builder_output(b, "dv", g[1]) &&
         lng_builder_output(b, "dx", g[2]) && lng_builder_output(b, "y", y));
    p = lng_builder_compile(b, LNG_EVALUATE | LNG_DIFFERENTIATE, 5, 2);
    must(p);
}

static double evaluate(const char *output)
{
    must(lng_program_run(p, LNG_EVALUATE, NULL, 5, errors));
    return lng_program_output(p, output, NULL)[0];
}

static double central_difference(float *at, const char *output)
{
    const float kept = *at, h = 1e-2f;
    *at = kept + h;
    const double above = evaluate(output);
    *at = kept - h;
    const double below = evaluate(output);
    *at = kept;
    return (above - below) / (2 * (double)h);
}

static void check_gradient(float *at, size_t n, const float *gradient, const char *output)
{
    float kept[16];
    memcpy(kept, gradient, n * sizeof *kept);
    for (size_t i = 0; i < n; i++)
        ck_assert_double_eq_tol(central_difference(&at[i], output), kept[i], 2e-3);
}

START_TEST(gradients)
{
    float x[15];
    size_t n;
    build_layer();
    for (int i = 0; i < 15; i++)
        x[i] = (float)sin(i + 1);
    must(lng_program_bind_f32(p, "x", x, 5, 3, LNG_BORROW, errors));
    float *w = lng_program_variable(p, "W", &n), *v = lng_program_variable(p, "v", NULL);
    ck_assert_uint_eq(n, 6);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(w[i], 0);
    for (int i = 0; i < 6; i++)
        w[i] = (float)cos(3 * i);
    v[0] = 0.25f, v[1] = -0.5f;
    evaluate("y");
    check_gradient(w, 6, lng_program_output(p, "dW", &n), "objective");
    ck_assert_uint_eq(n, 6);
    evaluate("y");
    check_gradient(v, 2, lng_program_output(p, "dv", NULL), "objective");
    evaluate("y");
    check_gradient(x, 3, lng_program_output(p, "dx", &n), "y"); /* of the first example; borrowed data may change */
    ck_assert_uint_eq(n, 15);
    float dw[6];
    evaluate("y");
    memcpy(dw, lng_program_output(p, "dW", NULL), sizeof dw);
    must(lng_program_run(p, LNG_DIFFERENTIATE, NULL, 5, errors));
    const float *same = lng_program_output(p, "gradient.W", &n);
    ck_assert_uint_eq(n, 6);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq_tol(same[i], dw[i], 1e-6);
    ck_assert_ptr_nonnull(lng_program_output(p, "gradient.v", NULL));
}
END_TEST

/* d/dx of d/dx of x^3, and what does not depend on x. */
START_TEST(second_derivative)
{
    lng_value *x = lng_builder_input(b, "x", 0, NULL), *z = vector("z", 2), *g = NULL, *gg = NULL, *none = NULL;
    lng_value *y = lng_builder_op2(b, "mul", x, lng_builder_op2(b, "mul", x, x));
    must(lng_builder_gradient(b, y, &x, 1, &g) && lng_builder_gradient(b, g, &x, 1, &gg) &&
         lng_builder_gradient(b, y, &z, 1, &none));
    must(lng_builder_output(b, "gg", gg) && lng_builder_output(b, "none", none));
    p = lng_builder_compile(b, LNG_EVALUATE, 3, 1);
    must(p);
    const uint8_t bytes[] = {1, 2, 10};
    must(lng_program_bind_u8(p, "x", bytes, 3, 1, LNG_COPY, errors));
    size_t n;
    refused(!lng_program_bind_u8(p, "y", bytes, 3, 1, LNG_COPY, errors), "unknown-name", "unknown input `y`");
    must(lng_program_run(p, LNG_EVALUATE, (const uint32_t[]){2, 0}, 2, errors));
    const float *at = lng_program_output(p, "gg", &n);
    ck_assert(n == 2 && at[0] == 60 && at[1] == 6);
    at = lng_program_output(p, "none", &n);
    ck_assert(n == 4 && at[0] == 0 && at[3] == 0);
}
END_TEST

/* A gradient that does not exist is an error, not a zero. */
START_TEST(gradients_that_do_not_exist)
{
    lng_value *x = vector("x", 2), *k = lng_builder_input_i32(b, "k", 0, NULL), *g = x;
    refused_build(!lng_builder_gradient(b, x, &x, 1, &g) && !g, "gradient", "only a scalar");
    x = vector("x", 2), k = lng_builder_input_i32(b, "k", 0, NULL);
    lng_value *y = lng_builder_op(b, "sum", &x, 1, NULL);
    refused_build(!lng_builder_gradient(b, y, &k, 1, &g), "gradient", "integers");
    x = lng_builder_input(b, "x", 0, NULL);
    y = lng_builder_op2(b, "mul", x, lng_builder_batch_mean(b, x));
    refused_build(!lng_builder_gradient(b, y, &x, 1, &g), "gradient", "batch");
    x = lng_builder_input(b, "x", 0, NULL);
    must(lng_builder_output(b, "objective", x));
    refused(!lng_builder_compile(b, LNG_DIFFERENTIATE, 1, 1), "gradient", "`objective`");
}
END_TEST

/* ---- training ---- */

/* A line through four points by gradient descent; a parameter that nothing reads stays, and has gradient 0. */
START_TEST(regression)
{
    lng_value *x = lng_builder_input(b, "x", 0, NULL), *t = lng_builder_input(b, "t", 0, NULL);
    lng_value *a = lng_builder_parameter(b, "a", 0, NULL), *c = lng_builder_parameter(b, "c", 0, NULL), *g[2];
    must(lng_builder_parameter(b, "unread", SHAPE(2)));
    lng_value *e = lng_builder_op2(b, "sub", lng_builder_op2(b, "add", lng_builder_op2(b, "mul", a, x), c), t);
    lng_value *loss = lng_builder_op2(b, "mul", e, e), *mean = lng_builder_batch_mean(b, loss), *rate = lng_builder_number(b, 0.1);
    must(lng_builder_gradient(b, mean, (lng_value *[]){a, c}, 2, g));
    must(lng_builder_update(b, "a", lng_builder_op2(b, "sub", a, lng_builder_op2(b, "mul", rate, g[0]))));
    must(lng_builder_update(b, "c", lng_builder_op2(b, "sub", c, lng_builder_op2(b, "mul", rate, g[1]))));
    must(lng_builder_output(b, "loss", loss) && lng_builder_output(b, "objective", mean));
    p = lng_builder_compile(b, LNG_STEP | LNG_DIFFERENTIATE, 4, 1);
    must(p);
    lng_builder_free(b); /* the program lives on */
    b = NULL;
    must(lng_program_bind_f32(p, "x", (const float[]){-1, 0, 1, 2}, 4, 1, LNG_COPY, errors));
    must(lng_program_bind_i32(p, "t", (const int32_t[]){-5, -2, 1, 4}, 4, 1, LNG_COPY, errors));
    double loss_now = 0, loss_before = INFINITY;
    for (int i = 0; i < 300; i++, loss_before = loss_now) {
        must(lng_program_epoch(p, &loss_now, errors));
        ck_assert(loss_now <= loss_before);
    }
    ck_assert_uint_eq(lng_program_steps(p), 300);
    ck_assert_double_eq_tol(lng_program_variable(p, "a", NULL)[0], 3, 1e-4);
    ck_assert_double_eq_tol(lng_program_variable(p, "c", NULL)[0], -2, 1e-4);
    must(lng_program_run(p, LNG_DIFFERENTIATE, NULL, 4, errors));
    ck_assert_double_eq_tol(lng_program_output(p, "gradient.a", NULL)[0], 0, 1e-3);
    size_t n;
    const float *unread = lng_program_output(p, "gradient.unread", &n);
    ck_assert(n == 2 && unread[0] == 0 && unread[1] == 0);
    ck_assert_uint_eq(lng_program_variables(p), 3);
    ck_assert_str_eq(lng_program_variable_name(p, 2), "unread");
}
END_TEST

/* Updates read old values: two variables are swapped. The clock and the batch's size can be read. */
START_TEST(updates_and_clock)
{
    lng_value *x = lng_builder_input(b, "x", 0, NULL), *a = lng_builder_state(b, "a", SHAPE(2)),
              *c = lng_builder_parameter(b, "c", SHAPE(2));
    must(lng_builder_update(b, "a", c) && lng_builder_update(b, "c", a));
    must(lng_builder_output(b, "step", lng_builder_clock(b, "step")) &&
         lng_builder_output(b, "epoch", lng_builder_clock(b, "epoch")) &&
         lng_builder_output(b, "progress", lng_builder_clock(b, "progress")) &&
         lng_builder_output(b, "size", lng_builder_clock(b, "batch_size")) &&
         lng_builder_output(b, "sum", lng_builder_batch_sum(b, x)));
    p = lng_builder_compile(b, LNG_STEP, 40, 3);
    must(p);
    ck_assert(!lng_program_variable_is_parameter(p, 0) && lng_program_variable_is_parameter(p, 1));
    lng_program_variable(p, "a", NULL)[1] = 5;
    float x40[40];
    for (int i = 0; i < 40; i++)
        x40[i] = (float)i;
    must(lng_program_bind_f32(p, "x", x40, 40, 1, LNG_BORROW, errors));
    must(lng_program_run(p, LNG_STEP, NULL, 40, errors));
    ck_assert(lng_program_variable(p, "a", NULL)[1] == 0 && lng_program_variable(p, "c", NULL)[1] == 5);
    lng_program_set_clock(p, 7, 2, 14);
    must(lng_program_run(p, LNG_STEP, NULL, 33, errors));
    ck_assert(lng_program_variable(p, "a", NULL)[1] == 5 && lng_program_variable(p, "c", NULL)[1] == 0);
    ck_assert_uint_eq(lng_program_steps(p), 8);
    ck_assert(lng_program_output(p, "step", NULL)[0] == 7 && lng_program_output(p, "epoch", NULL)[0] == 2 &&
              lng_program_output(p, "progress", NULL)[0] == 0.5f && lng_program_output(p, "size", NULL)[0] == 33);
    ck_assert_double_eq(lng_program_mean(p, "sum"), 32 * 33 / 2);
}
END_TEST

/* A step that is not finite changes nothing and says where. */
START_TEST(nonfinite_step)
{
    lng_value *x = lng_builder_input(b, "x", 0, NULL), *a = lng_builder_parameter(b, "a", 0, NULL), *g;
    lng_value *y = lng_builder_batch_mean(b, lng_builder_op1(b, "log", lng_builder_op2(b, "mul", a, x)));
    must(lng_builder_gradient(b, y, &a, 1, &g) && lng_builder_update(b, "a", lng_builder_op2(b, "add", a, g)));
    p = lng_builder_compile(b, LNG_STEP, 2, 1);
    must(p);
    lng_program_variable(p, "a", NULL)[0] = 2;
    must(lng_program_bind_f32(p, "x", (const float[]){1, 0}, 2, 1, LNG_COPY, errors));
    must(lng_program_run(p, LNG_STEP, NULL, 1, errors));
    ck_assert_double_eq(lng_program_variable(p, "a", NULL)[0], 2.5);
    refused(!lng_program_run(p, LNG_STEP, NULL, 2, errors), "non-finite", "example 1");
    ck_assert_double_eq(lng_program_variable(p, "a", NULL)[0], 2.5);
    ck_assert_uint_eq(lng_program_steps(p), 1);
    ck_assert_ptr_null(lng_program_output(p, "loss", NULL));
    must(lng_program_run(p, LNG_STEP, NULL, 1, errors));
}
END_TEST

/* Draws depend on the seed and the step alone. */
START_TEST(seeds)
{
    lng_value *x = vector("x", 4), *r = lng_builder_op(b, "random_uniform", NULL, 0, "shape: [4]");
    must(lng_builder_output(b, "out", lng_builder_op2(b, "add", x, r)));
    p = lng_builder_compile(b, LNG_EVALUATE | LNG_PREDICT, 2, 2);
    must(p);
    float first[8];
    must(lng_program_bind_f32(p, "x", (const float[8]){0}, 2, 4, LNG_COPY, errors) &&
         lng_program_run(p, LNG_EVALUATE, NULL, 2, errors));
    memcpy(first, lng_program_output(p, "out", NULL), sizeof first);
    ck_assert(first[0] >= 0 && first[0] < 1 && first[0] != first[1]);
    must(lng_program_run(p, LNG_PREDICT, NULL, 2, errors));
    ck_assert_mem_eq(lng_program_output(p, "out", NULL), first, sizeof first);
    lng_program_set_seed(p, 1);
    must(lng_program_run(p, LNG_PREDICT, NULL, 2, errors));
    ck_assert_mem_ne(lng_program_output(p, "out", NULL), first, sizeof first);
}
END_TEST

/* ---- mistakes in a graph ---- */
START_TEST(wrong_leaves)
{
    refused_build(!lng_builder_input(b, "a b", 0, NULL), "arguments", "`a b`");
    refused_build(!lng_builder_input(b, "", 0, NULL), "arguments", "1 to 200");
    refused_build(!lng_builder_input(b, NULL, 0, NULL), "arguments", "`NULL`");
    refused_build(!lng_builder_input(b, "x", 9, NULL), "shape", "0 to 8");
    refused_build(!lng_builder_input(b, "x", -1, NULL), "shape", "0 to 8");
    refused_build(!lng_builder_input(b, "x", 1, NULL), "shape", "0 to 8");
    refused_build(!lng_builder_parameter(b, "x", SHAPE(2, 0)), "shape", "dimension 1 is 0");
    refused_build(!lng_builder_parameter(b, "x", SHAPE(2, -3)), "shape", "is -3");
    refused_build(!lng_builder_parameter(b, "x", SHAPE(INT64_MAX, INT64_MAX, 2)), "limit", "2^31");
    refused_build(!lng_builder_clock(b, "steps"), "expression", "batch_size; not `steps`");
    must(lng_builder_input(b, "x", 0, NULL));
    refused_build(!lng_builder_parameter(b, "x", 0, NULL), "duplicate-key", "already");
    lng_value *w = lng_builder_parameter(b, "w", SHAPE(2));
    ck_assert_ptr_eq(lng_builder_parameter(b, "w", SHAPE(2)), w);
    refused_build(!lng_builder_state(b, "w", SHAPE(2)), "duplicate-key", "already");
    lng_builder_parameter(b, "w", SHAPE(2));
    refused_build(!lng_builder_parameter(b, "w", SHAPE(3)), "duplicate-key", "already");
}
END_TEST

START_TEST(wrong_ops)
{
    refused_build(!lng_builder_op1(b, "tahn", vector("x", 2)), "unknown-name", "`tahn`");
    refused_build(!lng_builder_op1(b, NULL, vector("x", 2)), "unknown-name", "unknown op");
    refused_build(!lng_builder_op(b, "variable", NULL, 0, "shape: [2]"), "unknown-name", "variable");
    refused_build(!lng_builder_op2(b, "tanh", vector("x", 2), vector("y", 2)), "arguments", "1 operand");
    refused_build(!lng_builder_op(b, "tanh", NULL, 1, NULL), "arguments", "1 operand");
    refused_build(!lng_builder_op(b, "tanh", NULL, 9, NULL), "arguments", "1 operand");
    refused_build(!lng_builder_op2(b, "add", vector("x", 2), vector("y", 3)), "shape", "3");
    refused_build(!lng_builder_op1(b, "tanh", lng_builder_input_i32(b, "k", 0, NULL)), "dtype", "got i32");
    refused_build(!lng_builder_batch_sum(b, lng_builder_input_i32(b, "k", 0, NULL)), "dtype", "integers");
    refused_build(!lng_builder_op1(b, "tanh", NULL), "arguments", "value 0 is NULL");
    lng_builder *other = lng_builder_new(errors);
    lng_value *stranger = lng_builder_input(other, "x", 0, NULL);
    refused_build(!lng_builder_op2(b, "add", vector("x", 2), stranger), "arguments", "value 1 belongs to another");
    refused_build(!lng_builder_output(b, "y", stranger), "arguments", "another builder");
    lng_builder_free(other);
    /* one mistake, one error: its consequences stay silent */
    lng_value *y =
        lng_builder_op1(b, "tanh", lng_builder_op2(b, "add", lng_builder_op1(b, "tahn", vector("x", 2)), vector("y", 2)));
    ck_assert(!y && !lng_builder_output(b, "y", y) && !lng_builder_update(b, "w", y) && !lng_builder_gradient(b, y, &y, 1, &y));
    ck_assert_uint_eq(lng_errors_count(errors), 1);
    refused_build(!y, "unknown-name", "`tahn`");
}
END_TEST

START_TEST(wrong_attributes)
{
    lng_value *x = lng_builder_input(b, "z", SHAPE(4, 6));
    must(lng_builder_op(b, "sum", &x, 1, "axes: [%d, %d], keep: %s", 0, 1, "true"));
    static const struct {
        const char *text, *name, *part;
        int column;
    } wrong[] = {
        {"axis: [0]", "unknown-key", "no attribute `axis`", 2},
        {"axes: 0, keep: yes", "wrong-type", "true or false", 17},
        {"axes: [0, one]", "wrong-type", "list of integers", 12},
        {"axes: {a: b}", "wrong-type", "list of integers", 8},
        {"axes: ['0']", "wrong-type", "list of integers", 9},
        {"axes: [0], axes: [1]", "duplicate-key", "axes", 13},
        {"keep: 'true'", "wrong-type", "true or false", 8},
        {"axes: [0", "yaml-syntax", "", 0},
        {"axes: [0]}, {", "yaml-syntax", "", 0},
        {"axes: &a [0]", "yaml-feature", "", 0},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        x = lng_builder_input(b, "x", SHAPE(4, 6));
        ck_assert_msg(!lng_builder_op(b, "sum", &x, 1, "%s", wrong[i].text), "%s", wrong[i].text);
        ck_assert_str_eq(lng_errors_file(errors, 0), "<sum>");
        ck_assert_int_eq(lng_errors_line(errors, 0), 1);
        if (wrong[i].column)
            ck_assert_msg(lng_errors_column(errors, lng_errors_count(errors) - 1) == wrong[i].column, "%s: %s", wrong[i].text,
                          lng_errors_text(errors, lng_errors_count(errors) - 1));
        refused_build(true, wrong[i].name, wrong[i].part);
    }
    x = lng_builder_input(b, "x", SHAPE(4, 6));
    refused_build(!lng_builder_op(b, "sum", &x, 1, "axes: [2]"), "out-of-range", "axes");
    x = lng_builder_input(b, "x", SHAPE(4, 6));
    refused_build(!lng_builder_op(b, "reshape", &x, 1, NULL), "missing-key", "`shape`");
    x = lng_builder_input(b, "x", SHAPE(4, 6));
    refused_build(!lng_builder_op(b, "sum", &x, 1, "%2000s", ""), "limit", "1023 bytes");
}
END_TEST

START_TEST(wrong_outputs)
{
    lng_value *x = vector("x", 2);
    must(lng_builder_output(b, "y", x));
    refused_build(!lng_builder_output(b, "y", x), "duplicate-key", "`y`");
    refused_build(!lng_builder_output(b, "y", NULL), "arguments", "NULL");
    x = vector("x", 2);
    lng_value *w = lng_builder_parameter(b, "weight", SHAPE(2));
    refused_build(!lng_builder_update(b, "wieght", w), "unknown-name", "`wieght`");
    x = vector("x", 2), lng_builder_parameter(b, "w", SHAPE(2));
    refused_build(!lng_builder_update(b, "w", x), "kind", "per-example");
    lng_builder_parameter(b, "w", SHAPE(2));
    refused_build(!lng_builder_update(b, "w", lng_builder_number(b, 1)), "shape", "f32 [2]");
    w = lng_builder_parameter(b, "w", SHAPE(2));
    must(lng_builder_update(b, "w", w));
    refused_build(!lng_builder_update(b, "w", w), "duplicate-key", "already");
    must(lng_builder_output(b, "y", vector("x", 2)));
    refused(!lng_builder_compile(b, LNG_STEP, 1, 1), "arguments", "no variable has an update");
    refused(!lng_builder_compile(b, LNG_PREDICT, 1, 1), "arguments", "no output `out`");
    refused(!lng_builder_compile(b, 0, 1, 1), "arguments", "LNG_STEP");
    refused(!lng_builder_compile(b, 16, 1, 1), "arguments", "LNG_STEP");
    refused(!lng_builder_compile(b, LNG_EVALUATE, 0, 1), "out-of-range", "got 0");
    refused(!lng_builder_compile(b, LNG_EVALUATE, 1 << 30, 1), "out-of-range", "a batch");
    refused(!lng_builder_compile(b, LNG_EVALUATE, 1, -1), "out-of-range", "got -1");
    refused(!lng_builder_compile(b, LNG_EVALUATE, 1, 100000), "out-of-range", "threads");
    p = lng_builder_compile(b, LNG_EVALUATE, 1, 0);
    must(p); /* none of these spoils the builder */
}
END_TEST

/* A locale with a decimal comma changes nothing (where the machine has one). */
START_TEST(locales)
{
    static const char *const locale[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"};
    for (size_t i = 0; i < 3 && !setlocale(LC_ALL, locale[i]); i++)
        ;
    lng_value *x = vector("x", 2), *y = lng_builder_op(b, "random_uniform", NULL, 0, "shape: [%d]", 2);
    must(x && y && lng_builder_output(b, "y", lng_builder_op2(b, "mul", y, lng_builder_number(b, 0.5))));
    lng_value *pair[] = {x, x};
    must(lng_builder_op(b, "concat", pair, 2, "axis: %d", 0));
    refused(!lng_builder_op(b, "concat", pair, 2, "axis: %.1f", 0.5), "wrong-type", "an integer");
    ck_assert_ptr_null(lng_builder_op(b, "concat", pair, 2, "axis: %.1f", 0.5));
    ck_assert_ptr_null(strstr(lng_errors_text(errors, 0), "0,5"));
    setlocale(LC_ALL, "C");
}
END_TEST

/* ---- mistakes at run time ---- */
START_TEST(wrong_runs)
{
    lng_value *x = vector("x", 2), *k = lng_builder_input_i32(b, "k", 0, NULL);
    must(lng_builder_output(b, "out", x) && lng_builder_output(b, "label", k));
    p = lng_builder_compile(b, LNG_EVALUATE | LNG_PREDICT, 4, 1);
    must(p);
    const float three[3][2] = {{1, 2}, {3, 4}, {5, 6}};
    const int32_t label[] = {7, 8, 9};
    refused(!lng_program_run(p, LNG_PREDICT, NULL, 1, errors), "arguments", "`x` is not bound");
    refused(!lng_program_bind_f32(p, "x", three[0], 3, 3, LNG_BORROW, errors), "shape", "rows have 2 elements, not 3");
    refused(!lng_program_bind_f32(p, "x", three[0], 0, 2, LNG_BORROW, errors), "arguments", "no rows");
    refused(!lng_program_bind_f32(p, "x", NULL, 3, 2, LNG_BORROW, errors), "arguments", "no rows");
    refused(!lng_program_bind_f32(p, "x", three[0], UINT32_MAX, 2, LNG_BORROW, errors), "limit", "too many");
    refused(!lng_program_bind_f32(p, "k", three[0], 3, 1, LNG_BORROW, errors), "dtype", "integers");
    refused(!lng_program_bind_f32(p, NULL, three[0], 3, 1, LNG_BORROW, errors), "unknown-name", "NULL");
    must(lng_program_bind_f32(p, "x", three[0], 3, 2, LNG_BORROW, errors));
    ck_assert_ptr_null(lng_program_output(p, "out", NULL)); /* nothing ran */
    must(lng_program_run(p, LNG_PREDICT, NULL, 3, errors));
    ck_assert_mem_eq(lng_program_output(p, "out", NULL), three, sizeof three);
    ck_assert_ptr_null(lng_program_output(p, "label", NULL));
    refused(!lng_program_run(p, LNG_EVALUATE, NULL, 1, errors), "arguments", "`k` is not bound");
    must(lng_program_bind_i32(p, "k", label, 2, 1, LNG_BORROW, errors));
    refused(!lng_program_run(p, LNG_EVALUATE, NULL, 3, errors), "out-of-range", "row 2: only 2 rows");
    refused(!lng_program_run(p, LNG_EVALUATE, (const uint32_t[]){0, UINT32_MAX}, 2, errors), "out-of-range", "row 4294967295");
    refused(!lng_program_run(p, LNG_EVALUATE, NULL, 0, errors), "out-of-range", "got 0");
    refused(!lng_program_run(p, LNG_EVALUATE, NULL, -5, errors), "out-of-range", "got -5");
    refused(!lng_program_run(p, LNG_STEP, NULL, 1, errors), "arguments", "not compiled for LNG_STEP");
    refused(!lng_program_run(p, (lng_use)(LNG_EVALUATE | LNG_PREDICT), NULL, 1, errors), "arguments", "not a single use");
    refused(!lng_program_epoch(p, NULL, errors), "arguments", "LNG_STEP");
    must(lng_program_run(p, LNG_EVALUATE, (const uint32_t[]){1, 1, 0}, 3, errors));
    size_t n = 99;
    const int32_t *k3 = lng_program_output_i32(p, "label", &n);
    ck_assert(n == 3 && k3[0] == 8 && k3[1] == 8 && k3[2] == 7);
    ck_assert(!lng_program_output(p, "label", &n) && n == 0 && !lng_program_output_i32(p, "out", NULL) &&
              !lng_program_output(p, NULL, NULL));
    ck_assert(isnan(lng_program_mean(p, "label")) && isnan(lng_program_mean(p, "nothing")));
    ck_assert_double_eq(lng_program_mean(p, "out"), (3 + 4 + 3 + 4 + 1 + 2) / 6.0);
    ck_assert(!lng_program_variable(p, "nothing", &n) && n == 0 && !lng_program_variable(p, NULL, NULL));
    ck_assert(!lng_program_run(p, LNG_STEP, NULL, 1, NULL) && !lng_program_bind_u8(p, "z", NULL, 0, 0, LNG_COPY, NULL));
}
END_TEST

/* More examples than a batch: the outputs are those of consecutive runs. */
START_TEST(many_examples)
{
    lng_value *x = vector("x", 2), *k = lng_builder_input_i32(b, "k", 0, NULL), *w = lng_builder_parameter(b, "w", SHAPE(2));
    must(lng_builder_output(b, "out", lng_builder_op2(b, "mul", x, w)) && lng_builder_output(b, "k", k) &&
         lng_builder_output(b, "w", w));
    p = lng_builder_compile(b, LNG_EVALUATE | LNG_PREDICT, 3, 2);
    must(p);
    enum { ROWS = 50 };
    float data[ROWS][2];
    int32_t label[ROWS];
    uint32_t rows[ROWS];
    for (int i = 0; i < ROWS; i++) {
        data[i][0] = (float)i;
        data[i][1] = -(float)i;
        label[i] = 7 * i;
        rows[i] = (uint32_t)(i * 37 % ROWS);
    }
    float *weight = lng_program_variable(p, "w", NULL);
    weight[0] = 2;
    weight[1] = 3;
    must(lng_program_bind_f32(p, "x", data[0], ROWS, 2, LNG_BORROW, errors) &&
         lng_program_bind_i32(p, "k", label, ROWS, 1, LNG_BORROW, errors));
    static const int counts[] = {1, 3, 4, 6, 49, ROWS, 2};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (int shuffled = 0; shuffled < 2; shuffled++) {
            size_t n;
            const int count = counts[c];
            must(lng_program_run(p, LNG_EVALUATE, shuffled ? rows : NULL, count, errors));
            const float *out = lng_program_output(p, "out", &n);
            ck_assert_uint_eq(n, (size_t)count * 2);
            const int32_t *labels = lng_program_output_i32(p, "k", &n);
            ck_assert_uint_eq(n, (size_t)count);
            for (int i = 0; i < count; i++) {
                const int row = shuffled ? (int)rows[i] : i;
                ck_assert(out[2 * i] == 2 * data[row][0] && out[2 * i + 1] == 3 * data[row][1] && labels[i] == label[row]);
            }
            ck_assert(lng_program_output(p, "w", &n)[1] == 3 && n == 2);
            ck_assert_double_eq(lng_program_mean(p, "w"), 2.5);
        }
    must(lng_program_run(p, LNG_PREDICT, NULL, ROWS, errors));
    ck_assert(!lng_program_output(p, "k", NULL));
    ck_assert(!lng_program_run(p, LNG_PREDICT, NULL, ROWS + 1, errors));
    ck_assert_ptr_nonnull(strstr(lng_errors_message(errors, 0), "row 50: only 50 rows"));
}
END_TEST

/* A reduction over the batch has one result, so it takes no more than a batch at once. */
START_TEST(reductions_take_one_batch)
{
    must(lng_builder_output(b, "out", lng_builder_batch_sum(b, vector("x", 1))));
    p = lng_builder_compile(b, LNG_EVALUATE, 3, 1);
    must(p && lng_program_bind_f32(p, "x", (const float[]){1, 2, 4, 8}, 4, 1, LNG_COPY, errors));
    must(lng_program_run(p, LNG_EVALUATE, NULL, 3, errors));
    ck_assert_float_eq(*lng_program_output(p, "out", NULL), 7);
    ck_assert(!lng_program_run(p, LNG_EVALUATE, NULL, 4, errors));
    ck_assert_ptr_nonnull(strstr(lng_errors_message(errors, 0), "LNG_EVALUATE takes 1 to 3 examples per run, got 4"));
}
END_TEST

/* Copied rows are the program's, borrowed ones the caller's. Bytes become integers and floats. */
START_TEST(binding)
{
    must(lng_builder_output(b, "x", vector("x", 2)) && lng_builder_output(b, "k", lng_builder_input_i32(b, "k", 0, NULL)));
    p = lng_builder_compile(b, LNG_EVALUATE, 2, 1);
    must(p);
    uint8_t bytes[] = {0, 255, 128, 7}, label[] = {255, 3};
    must(lng_program_bind_u8(p, "x", bytes, 2, 2, LNG_COPY, errors) &&
         lng_program_bind_u8(p, "k", label, 2, 1, LNG_BORROW, errors));
    memset(bytes, 1, sizeof bytes);
    label[1] = 4;
    must(lng_program_run(p, LNG_EVALUATE, NULL, 2, errors));
    const float *x = lng_program_output(p, "x", NULL);
    const int32_t *k = lng_program_output_i32(p, "k", NULL);
    ck_assert(x[0] == 0 && x[1] == 255 && x[2] == 128 && x[3] == 7 && k[0] == 255 && k[1] == 4);
    must(lng_program_bind_i32(p, "x", (const int32_t[]){-3, 1 << 20}, 1, 2, LNG_COPY, errors));
    must(lng_program_run(p, LNG_EVALUATE, NULL, 1, errors));
    ck_assert(x[0] == -3 && x[1] == 1 << 20);
}
END_TEST

/* ---- values and errors ---- */
START_TEST(facts_of_values)
{
    int64_t dims[LNG_MAX_DIMS] = {0};
    lng_value *x = lng_builder_input(b, "x", SHAPE(4, 6, 1)),
              *pool = lng_builder_op(b, "max_pool", &x, 1, "size: [2, 3], stride: [2, 3]");
    ck_assert_int_eq(lng_value_shape(pool, dims), 3);
    ck_assert(dims[0] == 2 && dims[1] == 2 && dims[2] == 1 && !lng_value_is_integer(pool) && !lng_value_is_shared(pool));
    ck_assert_ptr_eq(lng_value_result(pool, 0), pool);
    ck_assert(!lng_value_result(pool, -1) && !lng_value_result(pool, 99));
    ck_assert(lng_value_is_integer(lng_builder_op(b, "argmax", &x, 1, "axis: 0")));
    lng_value *filled = lng_builder_filled(b, 2.5, SHAPE(3));
    ck_assert(lng_value_is_shared(filled) && lng_value_shape(filled, dims) == 1 && dims[0] == 3);
    must(lng_errors_count(errors) == 0);
}
END_TEST

/* What does not exist is an ordinary mistake, not a crash: every function, on every object that can be NULL. */
START_TEST(no_builder_and_no_values)
{
    int64_t dims[LNG_MAX_DIMS];
    lng_value *x = vector("x", 2), *g;
    ck_assert(!lng_builder_input(NULL, "x", 0, NULL) && !lng_builder_input_i32(NULL, "x", 0, NULL) &&
              !lng_builder_parameter(NULL, "x", 0, NULL) && !lng_builder_state(NULL, "x", 0, NULL) &&
              !lng_builder_number(NULL, 1) && !lng_builder_filled(NULL, 1, 0, NULL) && !lng_builder_clock(NULL, "step") &&
              !lng_builder_op(NULL, "sum", &x, 1, NULL) && !lng_builder_op(NULL, NULL, NULL, 0, "%2000s", "") &&
              !lng_builder_op1(NULL, "tanh", x) && !lng_builder_op2(NULL, "add", x, x) &&
              !lng_builder_op3(NULL, "select", x, x, x) && !lng_builder_batch_sum(NULL, x) && !lng_builder_batch_mean(NULL, x));
    ck_assert(!lng_builder_gradient(NULL, x, &x, 1, &g) && !lng_builder_output(NULL, "y", x) && !lng_builder_update(NULL, "w", x) &&
              !lng_builder_compile(NULL, LNG_EVALUATE, 1, 1));
    ck_assert(lng_value_shape(NULL, dims) == 0 && !lng_value_is_shared(NULL) && !lng_value_is_integer(NULL) &&
              !lng_value_result(NULL, 0) && lng_value_shape(x, NULL) == 1);
    ck_assert_uint_eq(lng_errors_count(errors), 0);
    refused_build(!lng_builder_op(b, NULL, NULL, 0, "%2000s", ""), "limit", "NULL");
    x = vector("x", 2);
    lng_value *y = lng_builder_op(b, "sum", &x, 1, NULL);
    refused_build(!lng_builder_gradient(b, y, NULL, 1, &g), "arguments", "values is NULL");
    x = vector("x", 2);
    refused_build(!lng_builder_op(b, "sum", &x, 0, NULL), "arguments", "operand");
    x = vector("x", 2), y = lng_builder_op(b, "sum", &x, 1, NULL);
    refused_build(!lng_builder_gradient(b, y, &x, 1, NULL), "arguments", "gradients is NULL");
}
END_TEST

START_TEST(no_program_and_no_list)
{
    size_t n = 9;
    const float one = 1;
    refused(!lng_program_bind_u8(NULL, "x", (const uint8_t *)"", 1, 1, LNG_COPY, errors), "arguments", "program is NULL");
    refused(!lng_program_bind_i32(NULL, "x", (const int32_t[]){1}, 1, 1, LNG_COPY, errors), "arguments", "program is NULL");
    refused(!lng_program_bind_f32(NULL, "x", &one, 1, 1, LNG_COPY, errors), "arguments", "program is NULL");
    refused(!lng_program_run(NULL, LNG_STEP, NULL, 1, errors), "arguments", "program is NULL");
    refused(!lng_program_epoch(NULL, NULL, errors), "arguments", "program is NULL");
    refused(!lng_program_save(NULL, "w", errors), "arguments", "program is NULL");
    refused(!lng_program_load(NULL, "w", errors), "arguments", "program is NULL");
    lng_program_set_seed(NULL, 1);
    lng_program_set_clock(NULL, 1, 1, 2);
    ck_assert(lng_program_memory(NULL) == 0 && lng_program_steps(NULL) == 0 && lng_program_variables(NULL) == 0 &&
              !lng_program_variable_name(NULL, 0) && lng_program_variable_shape(NULL, 0, NULL) == 0 &&
              !lng_program_variable_is_parameter(NULL, 0) && !lng_program_variable(NULL, "w", &n) && n == 0);
    n = 9;
    ck_assert(!lng_program_output(NULL, "y", &n) && n == 0 && !lng_program_output_i32(NULL, "y", NULL) &&
              isnan(lng_program_mean(NULL, "y")));
    must(lng_builder_output(b, "y", lng_builder_parameter(b, "w", SHAPE(2))));
    p = lng_builder_compile(b, LNG_EVALUATE, 1, 1);
    must(p);
    ck_assert(!lng_program_variable_name(p, 1) && lng_program_variable_shape(p, 1, NULL) == 0 &&
              !lng_program_variable_is_parameter(p, SIZE_MAX) && lng_program_variable_shape(p, 0, NULL) == 1);
    refused(!lng_program_save(p, NULL, errors), "arguments", "path is NULL");
    refused(!lng_program_load(p, NULL, errors), "arguments", "path is NULL");
    ck_assert(!lng_program_load(p, "/nowhere/at/all", NULL) && !lng_program_save(p, "/nowhere/at/all", NULL));
    lng_errors_clear(NULL);
    lng_errors_print(NULL, stderr, true);
    lng_errors_print(errors, NULL, true);
    ck_assert(lng_errors_count(NULL) == 0 && lng_errors_status(NULL) == 0 && lng_errors_line(NULL, 0) == 0 &&
              lng_errors_column(NULL, 0) == 0 && !*lng_errors_name(NULL, 0) && !*lng_errors_file(NULL, 0) &&
              !*lng_errors_message(NULL, 0) && !*lng_errors_text(NULL, 0) && !lng_errors_hint(NULL, 0, 0));
    ck_assert(!lng_builder_op1(b, "tahn", vector("x", 2)) && !lng_errors_hint(errors, 0, 1) && !lng_errors_hint(errors, 1, 0));
    ck_assert_str_eq(lng_errors_hint(errors, 0, 0), "did you mean `tanh`?");
}
END_TEST

START_TEST(error_lists)
{
    lng_builder *quiet = lng_builder_new(NULL);
    ck_assert(!lng_builder_op1(quiet, "no", NULL) && !lng_builder_compile(quiet, LNG_EVALUATE, 1, 1));
    lng_builder_free(quiet);
    lng_builder_free(NULL);
    lng_program_free(NULL);
    lng_model_free(NULL);
    lng_errors_free(NULL);
    ck_assert_int_eq(lng_errors_status(errors), 0);
    char name[32];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "op%d", i);
        lng_builder_op1(b, name, NULL);
    }
    ck_assert_uint_eq(lng_errors_count(errors), 100);
    ck_assert_int_eq(lng_errors_status(errors), 3);
    ck_assert_str_eq(lng_errors_name(errors, 63), "unknown-name");
    ck_assert_str_eq(lng_errors_message(errors, 63), "unknown op `op63`");
    ck_assert_str_eq(lng_errors_file(errors, 63), "");
    ck_assert_str_eq(lng_errors_name(errors, 64), "");
    ck_assert_str_eq(lng_errors_text(errors, 64), "");
    ck_assert_str_eq(lng_errors_message(errors, SIZE_MAX), "");
    ck_assert_int_eq(lng_errors_line(errors, 64), 0);
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    lng_errors_print(errors, out, false);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "op63"));
    ck_assert_ptr_nonnull(strstr(text, "and 36 more"));
    free(text);
    lng_errors_clear(errors);
    ck_assert_uint_eq(lng_errors_count(errors), 0);
    ck_assert_str_eq(lng_errors_file(errors, 0), "");
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(gradients),
        TEST(second_derivative),
        TEST(gradients_that_do_not_exist),
        TEST(regression),
        TEST(updates_and_clock),
        TEST(nonfinite_step),
        TEST(seeds),
        TEST(wrong_leaves),
        TEST(wrong_ops),
        TEST(wrong_attributes),
        TEST(wrong_outputs),
        TEST(locales),
        TEST(wrong_runs),
        TEST(binding),
        TEST(many_examples),
        TEST(reductions_take_one_batch),
        TEST(facts_of_values),
        TEST(no_builder_and_no_values),
        TEST(no_program_and_no_list),
        TEST(error_lists),
        {0},
    };
    return suite_run("api", tests, set_up, tear_down);
}
