/* A model that is run for one example, as a single value of each layer, and for sixteen at a time, in lanes: the same bits. */
#include "suite.h"
#include "train/session.h"
#include <stdio.h>
#include <string.h>

#define EXAMPLES 24
#define PIXELS   (28 * 28)

static uint8_t image[EXAMPLES][PIXELS];
static int32_t label[EXAMPLES];

static const struct {
    const char *graph;
    bool one; /* it can be run so: no example depends on another */
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
    /* many weights, which go through panels */
    {"  - image / 255\n  - conv2d: {filters: 48, kernel: 3, padding: same}\n  - maxpool2d: {size: 2}\n"
     "  - conv2d: {filters: 154, kernel: 3, padding: same, activation: relu}\n  - conv2d: {filters: 50, kernel: 3}\n"
     "  - maxpool2d: {size: 2}\n  - flatten\n  - dense: {units: 10, activation: softmax}\n",
     true},
    {"  - reshape(image, shape=[4, 14, 14]) / 255\n  - reshape(it - flip(it, axis=1), shape=[4, 196, 1])\n"
     "  - matmul(it, it, transpose_b=true)\n  - matmul(it, it, transpose_b=true)\n  - mean(it, axes=[1])\n  - flatten\n"
     "  - dense: {units: 10, activation: softmax}\n",
     true},
    {"  - image / 255 + random_normal(shape=[28, 28, 1]) * random_uniform(shape=[1], per_example=false)\n  - flatten\n"
     "  - dense: {units: 10, activation: softmax}\n",
     true},
    /* products that several threads divide in each turn */
    {"  - image[:3, :, 0] / 255\n  - lstm: {units: 256}\n  - flatten\n  - dense: {units: 10, activation: softmax}\n", true},
    {"  - flatten(image / 255)\n  - dense: {units: 10}\n  - it - batch_mean(it)\n  - softmax\n", false},
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

/* Estimates choose how few examples go one by one: no run takes longer than a larger one, and an example not much longer than a
 * slice, even in loops whose turns do nearly nothing. */
static void check_estimates(const lng_runner *r, bool one)
{
    for (int threads = 1; one && threads <= 4; threads++) {
        const double alone = lng_tape_time(r->one_tape, 1, threads);
        ck_assert_double_gt(alone, 0);
        ck_assert_double_lt(alone, 1.25 * lng_tape_time(r->tape, 1, threads));
        ck_assert_double_eq(lng_tape_time(r->tape, 0, threads), 0);
        for (int slices = 2; slices <= 9; slices++)
            ck_assert_double_ge(lng_tape_time(r->tape, slices, threads), lng_tape_time(r->tape, slices - 1, threads));
    }
}

/* Of rows in any order, by any number of examples at a time. */
static void check_graph(const char *blocks, const char *graph, bool one, int threads)
{
    static const uint32_t order[EXAMPLES] = {3, 18, 0, 7, 11, 2, 1, 17, 4, 6, 5, 19, 9, 8, 10, 16, 12, 15, 13, 14, 21, 23, 20, 22};
    char text[4096];
    snprintf(text, sizeof text,
             "lngraph: 1\nname: one\ndata: {source: digits}\nin: image[28, 28, 1], label\n%sgraph:\n%s"
             "train: {loss: 'cross_entropy(out, label)', optimizer: 'sgd(lr=0.1)', batch: 16, epochs: 1}\n",
             blocks, graph);
    lng_model *model = lng_model_parse("one.yaml", text, strlen(text), NULL, 0, errors);
    must(model != NULL);
    lng_team *team = lng_team_new(threads);
    const lng_subject subject = lng_subject_of_model(model);
    lng_session *s = lng_session_new(&subject, LNG_PREDICT, EXAMPLES, team, errors);
    must(s && lng_session_initialize(s, errors));
    ck_assert_msg(!!lng_session_runner(s, LNG_PREDICT)->one == one, "%s", graph);
    check_estimates(lng_session_runner(s, LNG_PREDICT), one);
    int64_t size;
    const float *now = predict(s, order, EXAMPLES, &size);
    float *lanes = LNG_NEW_N(arena, (size_t)(size * EXAMPLES), float);
    memcpy(lanes, now, (size_t)(size * EXAMPLES) * sizeof *lanes);
    for (int count = 1; one && count < EXAMPLES; count += count == 7 ? 10 : 1) /* 17 and more: some in lanes, some not */
        for (int first = 0; first + count <= EXAMPLES; first += count) {
            now = predict(s, order + first, count, &size);
            for (int64_t k = 0; k < size * count; k++)
                if (memcmp(&now[k], &lanes[first * size + k], sizeof *now) != 0)
                    ck_abort_msg("%s%d threads, %d examples from %d: number %lld is %a, in lanes %a", graph, threads, count, first,
                                 (long long)k, (double)now[k], (double)lanes[first * size + k]);
        }
    lng_session_free(s);
    lng_team_free(team);
    lng_model_free(model);
}

START_TEST(same_bits)
{
    for (int k = 0; k < SUITE_TEAMS; k++)
        check_graph("", models[_i].graph, models[_i].one, suite_threads[k]);
}
END_TEST

/* ---- loops ---- */
/* Carries that exchange their values, several stacks, draws; a loop in a loop; one that reads no input. */
static const char blocks[] = "blocks:\n"
                             "  exchange:\n"
                             "    in: x[t, n]\n"
                             "    with: {units: int > 0, reverse: bool = false}\n"
                             "    params: {W: 'glorot_uniform([n, units])'}\n"
                             "    let:\n"
                             "      a, b:\n"
                             "        start: zeros([units]), ones([units])\n"
                             "        scan: x\n"
                             "        as: row\n"
                             "        do: b, tanh(row @ W) * a + random_normal(shape=[units])\n"
                             "        stack: {left: a, right: a * b}\n"
                             "        reverse: reverse\n"
                             "        remat: true\n"
                             "    out: concat(left, right)\n"
                             "  nested:\n"
                             "    in: x[t, n]\n"
                             "    with: {units: int > 0, reverse: bool = false}\n"
                             "    params: {w: 'ones([units])'}\n"
                             "    let:\n"
                             "      k, v:\n"
                             "        start: w, zeros([])\n"
                             "        scan: 3\n"
                             "        as: i\n"
                             "        do: 0.5 * k + to_float(i), v + k[0]\n"
                             "      h, last:\n"
                             "        start: x[-1], x[0]\n"
                             "        scan: x\n"
                             "        as: row\n"
                             "        do: within(row, h), row\n"
                             "        stack: {states: h + last}\n"
                             "        reverse: reverse\n"
                             "    out: concat(states, states * mean(k) + v)\n"
                             "  within:\n"
                             "    in: x[n], h[n]\n"
                             "    let:\n"
                             "      s:\n"
                             "        start: mean(h)\n"
                             "        scan: x\n"
                             "        as: v\n"
                             "        do: 0.5 * s + v\n"
                             "        stack: {all: s}\n"
                             "    out: all + 0.1 * h\n";

static int one_of(uint32_t *state, int n)
{
    return (int)((*state = *state * 1664525u + 1013904223u) >> 16) % n;
}

/* A chain of recurrent layers: [turns, numbers] in and out. Sequences end where `seen` is 0: label + 1 rows count. */
static const char *chain(int turns, uint32_t seed)
{
    static const char *const layer[] = {"lstm: {units: %d, reverse: %s, mask: seen}",
                                        "gru: {units: %d, reverse: %s}",
                                        "rnn: {units: %d, reverse: %s, mask: seen}",
                                        "bidirectional: {layer: 'gru(units=%d)', mask: seen} # %s",
                                        "bidirectional: {layer: 'lstm(units=%d)'} # %s",
                                        "exchange: {units: %d, reverse: %s}",
                                        "nested: {units: %d, reverse: %s}",
                                        "dense: {units: %d} # %s"};
    static const int units[] = {1, 5, 16, 17, 32, 48};
    lng_text text = lng_text_new(arena);
    lng_text_add(&text, "  - image[:%d, :%d, 0] / 255\n", turns, 1 + one_of(&seed, 28));
    for (int i = 1 + one_of(&seed, 3); i > 0; i--) {
        const char *form = layer[one_of(&seed, LENGTH(layer))];
        const int size = units[one_of(&seed, LENGTH(units))];
        lng_text_add(&text, "  - ");
        lng_text_add(&text, form, size, one_of(&seed, 2) ? "true" : "false");
        lng_text_add(&text, "\n");
    }
    lng_text_add(&text, "  - concat(it[-1], it[0], seen)\n  - dense: {units: 10, activation: softmax}\n");
    return text.at;
}

START_TEST(loops)
{
    const int turns = 1 + _i % 6;
    const char *sections = lng_format(arena, "%slet: {seen: 'arange(size=%d) <= to_float(label)'}\n", blocks, turns);
    check_graph(sections, chain(turns, (uint32_t)_i), true, suite_threads[_i % SUITE_TEAMS]);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {LOOP(same_bits, LENGTH(models)), LOOP(loops, 40), {0}};
    return suite_run("one", tests, set_up, NULL);
}
