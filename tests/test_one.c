/* A model that is run for one example, as a single value of each layer, and for sixteen at a time, in lanes: the same bits. */
#include "suite.h"
#include "train/session.h"
#include <stdio.h>
#include <string.h>

#define EXAMPLES 19
#define PIXELS   (28 * 28)

static uint8_t image[EXAMPLES][PIXELS];
static int32_t label[EXAMPLES];

static const struct {
    const char *graph;
    bool one; /* it can be run so */
} models[] = {
    {"  - image / 255\n  - flatten\n  - dense: {units: 37, activation: tanh}\n  - dense: {units: 10, activation: softmax}\n", true},
    {"  - image / 255\n  - flatten\n  - dense: {units: 200, activation: relu}\n  - dense: {units: 1, activation: sigmoid}\n"
     "  - concat(it, 1 - it)\n  - dense: {units: 10, activation: softmax}\n",
     true},
    {"  - image / 255\n  - conv2d: {filters: 20, kernel: 5, activation: sigmoid}\n  - maxpool2d: {size: 2}\n"
     "  - conv2d: {filters: 50, kernel: 5, padding: same, activation: sigmoid}\n  - maxpool2d: {size: 2}\n  - flatten\n"
     "  - dense: {units: 10, activation: softmax}\n",
     true},
    {"  - image / 255\n  - conv2d: {filters: 17, kernel: 3, padding: same, stride: 2}\n  - batchnorm\n  - relu\n"
     "  - conv2d: {filters: 34, kernel: 3, groups: 17, padding: same}\n  - depthwise_conv2d: {kernel: 3, padding: same}\n"
     "  - maxpool2d: {size: 3, stride: 2}\n  - avgpool2d: {size: 2, padding: same}\n  - mean(it, axes=[0, 1])\n"
     "  - dense: {units: 10, activation: softmax}\n",
     true},
    {"  - image / 255\n  - conv2d: {filters: 6, kernel: [3, 5], dilation: 2, stride: [1, 3]}\n  - conv2d_transpose: {filters: 5, kernel: 3, stride: 2}\n"
     "  - pad(it, axis=0, before=1, after=2)\n  - flip(it, axis=1)\n  - transpose(it, perm=[1, 2, 0])\n  - flatten\n"
     "  - dense: {units: 10, activation: softmax}\n",
     true},
    {"  - reshape(image, shape=[28, 28]) / 255\n  - transformer_encoder: {heads: 2, hidden: 24}\n  - it[-1]\n  - dense: {units: 10, activation: softmax}\n",
     true},
    {"  - image / 255\n  - flatten\n  - concat(it, one_hot(label, depth=10))\n  - dropout: {rate: 0.5}\n  - layernorm\n"
     "  - dense: {units: 10, activation: softmax}\n",
     true},
    /* products that several threads divide: many points, one point, turned weights, several matrices */
    {"  - image / 255\n  - conv2d: {filters: 64, kernel: 5, padding: same}\n  - conv2d_transpose: {filters: 3, kernel: 3}\n"
     "  - flatten\n  - dense: {units: 300}\n  - dense: {units: 10, activation: softmax}\n",
     true},
    {"  - reshape(image, shape=[4, 14, 14]) / 255\n  - reshape(it - flip(it, axis=1), shape=[4, 196, 1])\n"
     "  - matmul(it, it, transpose_b=true)\n  - matmul(it, it, transpose_b=true)\n  - mean(it, axes=[1])\n  - flatten\n"
     "  - dense: {units: 10, activation: softmax}\n",
     true},
    {"  - image / 255 + random_normal(shape=[28, 28, 1])\n  - flatten\n  - dense: {units: 10, activation: softmax}\n", false},
    {"  - image[:, :, 0] / 255\n  - lstm: {units: 5}\n  - it[-1]\n  - dense: {units: 10, activation: softmax}\n", false},
};

static void set_up(void)
{
    uint32_t state = 1;
    for (int i = 0; i < EXAMPLES; i++) {
        label[i] = i % 10;
        for (int k = 0; k < PIXELS; k++)
            image[i][k] = (uint8_t)((state = state * 1664525u + 1013904223u) >> 24);
    }
}

static const float *predict(lng_session *s, const uint32_t *rows, int count, int64_t *size)
{
    const lng_field field[] = {{image, LNG_FIELD_U8, PIXELS}, {label, LNG_FIELD_I32, 1}};
    const lng_context context = lng_session_context(s, field);
    must(lng_session_run(s, LNG_PREDICT, rows, count, &context, errors));
    const lng_column out = lng_runner_column(lng_session_runner(s, LNG_PREDICT), "out");
    *size = out.size;
    return out.at;
}

/* Of rows in any order, by any number of examples at a time. */
static void check_model(int i, int threads)
{
    static const uint32_t order[EXAMPLES] = {3, 18, 0, 7, 11, 2, 1, 17, 4, 6, 5, 9, 8, 10, 16, 12, 15, 13, 14};
    char text[2048];
    snprintf(text, sizeof text,
             "lngraph: 1\nname: one\ndata: {source: digits}\nin: image[28, 28, 1], label\ngraph:\n%s"
             "train: {loss: 'cross_entropy(out, label)', optimizer: 'sgd(lr=0.1)', batch: 16, epochs: 1}\n",
             models[i].graph);
    lng_model *model = lng_model_parse("one.yaml", text, strlen(text), NULL, 0, errors);
    must(model != NULL);
    lng_team *team = lng_team_new(threads);
    const lng_subject subject = lng_subject_of_model(model);
    lng_session *s = lng_session_new(&subject, LNG_PREDICT, EXAMPLES, team, errors);
    must(s && lng_session_initialize(s, errors));
    ck_assert(!!lng_session_runner(s, LNG_PREDICT)->one == models[i].one);
    int64_t size;
    const float *now = predict(s, order, EXAMPLES, &size);
    float *lanes = LNG_NEW_N(arena, (size_t)(size * EXAMPLES), float);
    memcpy(lanes, now, (size_t)(size * EXAMPLES) * sizeof *lanes);
    for (int count = 1; count <= 4; count++)
        for (int first = 0; first + count <= EXAMPLES; first += count) {
            now = predict(s, order + first, count, &size);
            for (int64_t k = 0; k < size * count; k++)
                if (memcmp(&now[k], &lanes[first * size + k], sizeof *now) != 0)
                    ck_abort_msg("model %d, %d threads, %d examples from %d: number %lld is %a, in lanes %a", i, threads, count,
                                 first, (long long)k, (double)now[k], (double)lanes[first * size + k]);
        }
    lng_session_free(s);
    lng_team_free(team);
    lng_model_free(model);
}

START_TEST(same_bits)
{
    for (int k = 0; k < SUITE_TEAMS; k++)
        check_model(_i, suite_threads[k]);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {LOOP(same_bits, LENGTH(models)), {0}};
    return suite_run("one", tests, set_up, NULL);
}
