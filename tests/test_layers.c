/* Standard layers on small images, against numbers worked out by hand, and what augmentation keeps whatever it draws. */
#include "base/arena.h"
#include "suite.h"
#include <lngraph/lngraph.h>
#include <math.h>

#define NUMBERS 12 /* of an example: 1, 2 ... 12 */
#define ROWS    3

typedef struct compiled {
    lng_model *model;
    lng_program *program;
} compiled;

static compiled compile(const char *out, const char *loss)
{
    static const float x[ROWS][NUMBERS] = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
    static float all[ROWS][NUMBERS];
    static const int32_t label[ROWS] = {0};
    for (int i = 0; i < ROWS * NUMBERS; i++)
        all[i / NUMBERS][i % NUMBERS] = x[0][i % NUMBERS];
    const char *text = lng_format(arena,
                                  "lngraph: 1\nname: layers\n"
                                  "data: {source: {format: memory, classes: 10, fields: {x: [12], label: class}}}\n"
                                  "in: x[12], label\n"
                                  "params: {p: 'zeros([1])'}\n"
                                  "out: \"%s\"\n"
                                  "train: {loss: \"%s + sum(p) * sum(x) + 0 * sum(out)\", optimizer: sgd(lr=0.1)}\n",
                                  out, loss);
    compiled c = {lng_model_load_text("layers.yaml", text, NULL, errors), NULL};
    must(c.model != NULL);
    c.program = lng_model_compile(c.model, LNG_DIFFERENTIATE | LNG_EVALUATE, ROWS, 1, errors);
    must(c.program != NULL);
    must(lng_program_bind_f32(c.program, "x", all[0], ROWS, NUMBERS, LNG_BORROW, errors));
    must(lng_program_bind_i32(c.program, "label", label, ROWS, 1, LNG_BORROW, errors));
    return c;
}

static void release(compiled c)
{
    lng_program_free(c.program);
    lng_model_free(c.model);
}

static const struct {
    const char *out;
    int n;
    double right[24];
} layers[] = {
    /* rows, columns and channels apart: [3, 4, 1] is 1 2 3 4 / 5 6 7 8 / 9 10 11 12 */
    {"conv2d(reshape(x, shape=[3, 4, 1]), filters=1, kernel=[1, 2], init=ones)", 9, {3, 5, 7, 11, 13, 15, 19, 21, 23}},
    {"conv2d(reshape(x, shape=[3, 4, 1]), filters=1, kernel=[3, 1], stride=[1, 3], init=ones)", 2, {15, 24}},
    {"conv2d(reshape(x, shape=[3, 4, 1]), filters=1, kernel=2, dilation=[2, 3], init=ones)", 1, {26}},
    {"conv2d(reshape(x, shape=[3, 4, 1]), filters=1, kernel=[3, 4], padding=[[0, 1], [2, 0]], init=ones)",
     6,
     {33, 54, 78, 30, 48, 68}},
    {"conv2d(reshape(x, shape=[1, 3, 4]), filters=2, kernel=1, groups=2, init=ones)", 6, {3, 7, 11, 15, 19, 23}},
    {"conv1d_transpose(reshape(x, shape=[12, 1])[:3], filters=1, kernel=2, stride=2, extra=1, init=ones)",
     7,
     {1, 1, 2, 2, 3, 3, 0}},
    {"conv1d_transpose(reshape(x, shape=[12, 1])[:3], filters=1, kernel=3, padding=[1, 0], init=ones)", 4, {3, 6, 5, 3}},
    {"conv1d_transpose(reshape(x, shape=[12, 1])[:3], filters=1, kernel=3, stride=2, padding=same, init=ones)",
     6,
     {1, 1, 3, 2, 5, 3}},
    {"conv1d_transpose(reshape(x, shape=[12, 1])[:3], filters=1, kernel=2, dilation=2, init=ones)", 5, {1, 2, 4, 2, 3}},
    {"conv1d_transpose(reshape(x, shape=[6, 2])[:2], filters=2, kernel=1, groups=2, init=ones)", 4, {1, 2, 3, 4}},
    {"depthwise_conv2d(reshape(x, shape=[2, 3, 2]), kernel=[2, 1], init=ones)", 6, {8, 10, 12, 14, 16, 18}},
    {"depthwise_conv2d(reshape(x, shape=[2, 3, 2]), kernel=[2, 3], multiplier=2, init=ones)", 4, {36, 36, 42, 42}},
    {"separable_conv2d(reshape(x, shape=[2, 3, 2]), filters=1, kernel=[2, 3], init=ones) * 0", 1, {0}},
    {"conv1d(reshape(x, shape=[6, 2]), filters=1, kernel=2, init=ones)", 5, {10, 18, 26, 34, 42}},
    {"conv1d(reshape(x, shape=[6, 2]), filters=1, kernel=2, padding=causal, init=ones)", 6, {3, 10, 18, 26, 34, 42}},
    {"conv1d(reshape(x, shape=[6, 2]), filters=1, kernel=2, dilation=2, padding=causal, init=ones)", 6, {3, 7, 14, 22, 30, 38}},
    {"conv1d(reshape(x, shape=[6, 2]), filters=1, kernel=3, padding=same, init=ones)", 6, {10, 21, 33, 45, 57, 42}},
    {"conv1d(reshape(x, shape=[6, 2]), filters=1, kernel=2, stride=3, padding=[1, 0], init=ones)", 2, {3, 26}},
    {"conv1d(reshape(x, shape=[6, 2]), filters=2, kernel=6, groups=2, init=ones)", 2, {36, 42}},
    {"conv2d_transpose(reshape(x, shape=[1, 6, 2]), filters=1, kernel=[1, 2], stride=[1, 2], init=ones)",
     12,
     {3, 3, 7, 7, 11, 11, 15, 15, 19, 19, 23, 23}},
    {"conv2d_transpose(reshape(x, shape=[1, 6, 2]), filters=1, kernel=[1, 2], init=ones)", 7, {3, 10, 18, 26, 34, 42, 23}},
    {"conv2d_transpose(reshape(x, shape=[1, 6, 2]), filters=1, kernel=[1, 2], padding=[[0, 0], [1, 0]], init=ones)",
     6,
     {10, 18, 26, 34, 42, 23}},
    {"conv2d_transpose(reshape(x, shape=[1, 3, 4]), filters=1, kernel=[1, 2], stride=[1, 3], extra=[0, 1], init=ones)",
     9,
     {10, 10, 0, 26, 26, 0, 42, 42, 0}},
    {"conv2d_transpose(reshape(x, shape=[1, 3, 4]), filters=1, kernel=[1, 3], stride=[1, 2], padding=same, init=ones)",
     6,
     {10, 10, 36, 26, 68, 42}},
    {"conv2d_transpose(reshape(x, shape=[1, 3, 4]), filters=2, kernel=1, groups=2, init=ones)", 6, {3, 7, 11, 15, 19, 23}},
    {"maxpool2d(reshape(x, shape=[3, 4, 1]), size=[2, 3])", 1, {7}},
    {"maxpool2d(reshape(x, shape=[3, 4, 1]), size=[2, 3], ceil=true)", 4, {7, 8, 11, 12}},
    {"avgpool2d(reshape(x, shape=[3, 4, 1]), size=[2, 3], ceil=true)", 4, {4, 6, 10, 12}},
    {"avgpool2d(reshape(x, shape=[3, 4, 1]), size=[3, 2], padding=[[0, 0], [1, 1]])", 3, {5, 6.5, 8}},
    {"maxpool1d(reshape(x, shape=[6, 2]), size=2)", 6, {3, 4, 7, 8, 11, 12}},
    {"maxpool1d(reshape(x, shape=[6, 2]), size=4, stride=4, ceil=true)", 4, {7, 8, 11, 12}},
    {"avgpool1d(reshape(x, shape=[6, 2]), size=2, padding=[1, 1])", 8, {1, 2, 4, 5, 8, 9, 11, 12}},
    {"avgpool1d(reshape(x, shape=[6, 2]), size=3, padding=same)", 4, {3, 4, 9, 10}},
    {"global_avgpool(reshape(x, shape=[2, 3, 2]))", 2, {6, 7}},
    {"global_maxpool(reshape(x, shape=[6, 2]))", 2, {11, 12}},
    {"upsample2d(reshape(x, shape=[1, 3, 4]), factor=[2, 1])", 24, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                                                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
    {"upsample2d(reshape(slice(x, stop=3), shape=[1, 3, 1]), factor=[1, 2])", 6, {1, 1, 2, 2, 3, 3}},
    {"upsample2d(reshape(slice(x, stop=3), shape=[1, 3, 1]), factor=[1, 2], interpolation=bilinear)",
     6,
     {1, 1.25, 1.75, 2.25, 2.75, 3}},
    {"upsample2d(reshape(slice(x, stop=4), shape=[2, 2, 1]), factor=[2, 1], interpolation=bilinear)",
     8,
     {1, 2, 1.5, 2.5, 2.5, 3.5, 3, 4}},
    {"space_to_depth(reshape(x, shape=[2, 6, 1]), size=2)", 12, {1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12}},
    {"space_to_depth(reshape(x, shape=[2, 3, 2]), size=[2, 1])", 12, {1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12}},
    {"depth_to_space(space_to_depth(reshape(x, shape=[2, 6, 1]), size=2), size=2)", 12, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
    {"squeeze_excitation(reshape(x, shape=[6, 2])) * 0", 12, {0}},
    {"residual(x, layer=leaky_relu(slope=0.5), shortcut=op.neg, activation=relu)", 12, {0}},
    {"residual(x, layer=leaky_relu)", 12, {2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24}},
    /* of 1 2 5 6 9 10 and 3 4 7 8 11 12: means 5.5 and 7.5, variance 131 / 12 */
    {"group_norm(reshape(x, shape=[3, 4]), groups=2)",
     12,
     {-1.361969, -1.059309, -1.361969, -1.059309, -0.151330, 0.151330, -0.151330, 0.151330, 1.059309, 1.361969, 1.059309,
      1.361969}},
    /* of 1 5 9 and so on: the variance is 32 / 3 */
    {"instance_norm(reshape(x, shape=[3, 4]))",
     12,
     {-1.224744, -1.224744, -1.224744, -1.224744, 0, 0, 0, 0, 1.224744, 1.224744, 1.224744, 1.224744}},
    {"rms_norm(slice(x, start=2, stop=4))", 2, {0.848528, 1.131371}},
};

START_TEST(by_hand)
{
    compiled c = compile(layers[_i].out, "sum(out)");
    size_t n;
    ck_assert_msg(lng_program_run(c.program, LNG_EVALUATE, NULL, ROWS, errors), "%s", lng_errors_text(errors, 0));
    const float *out = lng_program_output(c.program, "out", &n);
    ck_assert_msg((int)n == layers[_i].n * ROWS, "%s: %d numbers", layers[_i].out, (int)n / ROWS);
    for (int i = 0; i < layers[_i].n; i++)
        ck_assert_msg(fabs(out[i] - layers[_i].right[i]) <= 2e-6 * (1 + fabs(layers[_i].right[i])),
                      "%s: number %d is %.9g, not %.9g", layers[_i].out, i, (double)out[i], layers[_i].right[i]);
    release(c);
}
END_TEST

#define IMAGE "reshape(x, shape=[3, 4, 1])"
#define DOT   "reshape(one_hot(label, depth=10), shape=[2, 5, 1])" /* 1 in the first corner */
static const struct {
    const char *loss;
    double training, evaluation;
} augmented[] = {
    {"sum(abs(random_flip(" IMAGE ", rate=1.0) - flip(" IMAGE ", axis=1)))", 0, 24},
    {"sum(abs(random_flip(" IMAGE ", rate=1.0, direction=vertical) - flip(" IMAGE ", axis=0)))", 0, 64},
    {"sum(abs(random_flip(" IMAGE ", rate=0.0) - " IMAGE "))", 0, 0},
    {"sum(random_flip(" IMAGE "))", 78, 78},
    {"sum(abs(random_shift(" IMAGE ", by=0) - " IMAGE "))", 0, 0},
    {"sum(random_shift(pad(pad(" DOT ", axis=0, before=2, after=2), axis=1, before=2, after=2), by=2))", 1, 1},
    {"sum(abs(random_rotate(" IMAGE ", degrees=0) - " IMAGE "))", 0, 0},
    {"sum(slice(slice(random_rotate(reshape(slice(x, stop=9), shape=[3, 3, 1]), degrees=90), axis=0, start=1, stop=2), axis=1, "
     "start=1, stop=2))",
     5, 5},
    {"sum(abs(random_scale(" IMAGE ", by=0) - " IMAGE "))", 0, 0},
    {"sum(slice(slice(random_scale(reshape(slice(x, stop=9), shape=[3, 3, 1]), by=0.5), axis=0, start=1, stop=2), axis=1, start=1, "
     "stop=2))",
     5, 5},
    {"sum(abs(random_shear(" IMAGE ", by=0) - " IMAGE "))", 0, 0},
    {"sum(abs(slice(random_shear(" IMAGE ", by=0.4) - " IMAGE ", axis=0, start=1, stop=2)))", 0, 0}, /* the middle row stays */
    {"sum(abs(random_affine(" IMAGE ", degrees=0, scale=0) - " IMAGE "))", 0, 0},
    {"sum(slice(slice(random_affine(reshape(slice(x, stop=9), shape=[3, 3, 1]), degrees=90, scale=0.5, shear=0.5), axis=0, start=1, "
     "stop=2), axis=1, start=1, stop=2))",
     5, 5}, /* the middle stays */
    {"sum(abs(slice(random_affine(" IMAGE ", degrees=0, scale=0, shear=0.4) - " IMAGE ", axis=0, start=1, stop=2)))", 0, 0},
    {"sum(random_affine(pad(pad(" DOT ", axis=0, before=3, after=3), axis=1, before=3, after=3), degrees=0, scale=0, shift=2))", 1,
     1},
    {"sum(random_erase(1 + 0 * " IMAGE ", size=[2, 3]))", 6, 12},
    {"sum(random_erase(1 + 0 * " IMAGE ", size=[3, 1]))", 9, 12},
    {"sum(random_erase(1 + 0 * " IMAGE ", size=[2, 3], rate=0.0))", 12, 12},
    {"sum(random_crop(1 + 0 * " IMAGE ", size=[2, 3]))", 6, 6},
    {"sum(abs(random_crop(" IMAGE ", size=[3, 4]) - " IMAGE "))", 0, 0},
    {"sum(random_crop(" IMAGE ", size=[1, 2]))", NAN, 13}, /* 6 + 7 */
    {"sum(abs(noise(x, deviation=0) - x))", 0, 0},
    {"max(random_brightness(x, by=3), axes=[0]) - sum(slice(random_brightness(x, by=0), stop=1))", NAN, 11},
    {"sum(abs(random_brightness(x, by=0) - x))", 0, 0},
};

START_TEST(whatever_is_drawn)
{
    compiled c = compile("x", augmented[_i].loss);
    for (int k = 0; k < 2; k++) {
        const double right = k ? augmented[_i].evaluation : augmented[_i].training;
        ck_assert_msg(lng_program_run(c.program, k ? LNG_EVALUATE : LNG_DIFFERENTIATE, NULL, ROWS, errors), "%s",
                      lng_errors_text(errors, 0));
        const double loss = lng_program_mean(c.program, "loss");
        ck_assert_msg(right != right || fabs(loss - right) <= 1e-5, "%s: %s gives %g, not %g", augmented[_i].loss,
                      k ? "evaluation" : "training", loss, right);
    }
    release(c);
}
END_TEST

/* Examples are drawn apart, and differ from what was put in. */
/* Two examples, [1, 0] and [0, 1]: mixed they are [s, 1 - s] and [1 - t, t]. */
static double mixed(const char *loss, lng_use use, uint32_t step)
{
    static const float x[2][2] = {{1, 0}, {0, 1}};
    const char *text = lng_format(arena,
                                  "lngraph: 1\nname: mixed\ndata: {source: {format: memory, fields: {x: [2]}}}\nin: x[2]\n"
                                  "params: {p: 'zeros([1])'}\nlet: {'a, b': 'mixup(x, x)'}\nout: a + b\n"
                                  "train: {loss: \"%s + sum(p) * sum(x)\", optimizer: sgd(lr=0.1)}\n",
                                  loss);
    lng_model *model = lng_model_load_text("mixed.yaml", text, NULL, errors);
    must(model != NULL);
    lng_program *program = lng_model_compile(model, LNG_DIFFERENTIATE | LNG_EVALUATE, 2, 1, errors);
    must(program != NULL);
    must(lng_program_bind_f32(program, "x", x[0], 2, 2, LNG_BORROW, errors));
    lng_program_set_clock(program, step, 0, 20);
    must(lng_program_run(program, use, NULL, 2, errors));
    const double mean = lng_program_mean(program, "loss");
    lng_program_free(program);
    lng_model_free(model);
    return mean;
}

START_TEST(mixtures)
{
    double moved = 0;
    for (uint32_t step = 0; step < 20; step++) {
        ck_assert(mixed("sum(abs(a - b))", LNG_DIFFERENTIATE, step) == 0);
        ck_assert_double_eq_tol(mixed("sum(a)", LNG_DIFFERENTIATE, step), 1, 1e-6);
        ck_assert(mixed("-min(a)", LNG_DIFFERENTIATE, step) <= 0);
        moved = fmax(moved, mixed("sum(abs(a - x))", LNG_DIFFERENTIATE, step));
    }
    ck_assert(moved > 0.1);
    ck_assert(mixed("sum(abs(a - x)) + sum(abs(b - x))", LNG_EVALUATE, 0) == 0);
}
END_TEST

START_TEST(something_is_drawn)
{
    static const char *const block[] = {
        "random_shift(%s, by=1)",
        "random_rotate(%s, degrees=45)",
        "random_scale(%s, by=0.5)",
        "random_shear(%s, by=1.0)",
        "random_flip(%s)",
        "random_crop(%s, size=[3, 4])",
        "random_erase(%s, size=1)",
        "random_brightness(%s, by=1.0)",
        "noise(%s)",
        "random_affine(%s, degrees=45, scale=0)",
        "random_affine(%s, degrees=0, scale=0.5)",
        "random_affine(%s, degrees=0, scale=0, shear=1.0)",
        "random_affine(%s, degrees=0, scale=0, shift=1)",
    };
    const char *cropped = "reshape(concat(x, x), shape=[6, 4, 1])";
    const char *y = lng_format(arena, block[_i], _i == 5 ? cropped : IMAGE);
    compiled c = compile("x", lng_format(arena, "sum(abs(flatten(%s) - batch_mean(flatten(%s))))", y, y));
    double most = 0;
    for (uint32_t step = 0; step < 20 && most == 0; step++) {
        lng_program_set_clock(c.program, step, 0, 20);
        must(lng_program_run(c.program, LNG_DIFFERENTIATE, NULL, ROWS, errors));
        most = fmax(most, lng_program_mean(c.program, "loss"));
    }
    ck_assert_msg(most > 0, "%s: all examples get the same", y);
    release(c);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(by_hand, LENGTH(layers)),
        LOOP(whatever_is_drawn, LENGTH(augmented)),
        TEST(mixtures),
        LOOP(something_is_drawn, 13),
        {0},
    };
    return suite_run("layers", tests, NULL, NULL);
}
