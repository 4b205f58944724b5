/* The training driver: the same bits at any number of threads, evaluation of each example by itself, and what is left if a run stops early
 * or its numbers stop being finite. */
#include "base/file.h"
#include "train/train.h"
#include "train/weights.h"
#include "suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRAIN      300
#define VALIDATION 37
#define TESTED     65

static uint8_t image[TRAIN + VALIDATION][28 * 28], test_image[TESTED][28 * 28];
static int32_t label[TRAIN + VALIDATION], test_label[TESTED];
static lng_field field[2], test_field[2];
static lng_data data;
static lng_range test;

/* Ten blurred bars at ten places, with noise: easy to learn, not trivial. */
static void draw(uint8_t *to, int32_t *label, uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    *label = (int32_t)(*state >> 16) % 10;
    for (int i = 0; i < 28 * 28; i++) {
        *state = *state * 1664525u + 1013904223u;
        const int near = abs(i / 28 - 2 * *label - 4);
        to[i] = (uint8_t)((*state >> 24) / 4 + (near < 3 ? 60 * (3 - near) : 0));
    }
}

static void set_up(void)
{
    uint32_t state = 1;
    for (int i = 0; i < TRAIN + VALIDATION; i++)
        draw(image[i], &label[i], &state);
    for (int i = 0; i < TESTED; i++)
        draw(test_image[i], &test_label[i], &state);
    field[0] = (lng_field){image, LNG_FIELD_U8, 28 * 28};
    field[1] = (lng_field){label, LNG_FIELD_I32, 1};
    test_field[0] = (lng_field){test_image, LNG_FIELD_U8, 28 * 28};
    test_field[1] = (lng_field){test_label, LNG_FIELD_I32, 1};
    data = (lng_data){.name = "bars",
                      .train = {.count = TRAIN + VALIDATION, .field = field, .fields = 2},
                      .test = {.count = TESTED, .field = test_field, .fields = 2},
                      .train_count = TRAIN,
                      .validation_count = VALIDATION};
    test = lng_split_range(&data, LNG_TEST);
}

static const char head[] = "lngraph: 1\n"
                           "name: bars\n"
                           "data: {source: digits}\n"
                           "in: image[28, 28, 1], label\n";
static const char convolution[] = "graph:\n"
                                  "  - image / 255\n"
                                  "  - conv2d: {filters: 3, kernel: 4, activation: sigmoid}\n"
                                  "  - maxpool2d: {size: 2}\n"
                                  "  - flatten\n"
                                  "  - dense: {units: 10, activation: softmax}\n";
static const char train_section[] =
    "train: {loss: 'cross_entropy(out, label)', optimizer: 'sgd(lr=0.1)', batch: 128, epochs: 3, seed: 309}\n"
    "report:\n"
    "  metrics:\n"
    "    - accuracy(out, label)\n"
    "    - auc(out, label)\n";

typedef struct run {
    lng_model *model;
    lng_team *team;
    lng_session *session;
} run;

static run start_text(const char *text, int threads, const lng_override *over, size_t n)
{
    run r;
    r.model = lng_model_parse("test.yaml", text, strlen(text), over, n, errors);
    must(r.model != NULL);
    r.team = lng_team_new(threads);
    const lng_subject subject = lng_subject_of_model(r.model);
    r.session = lng_session_new(&subject, LNG_STEP | LNG_EVALUATE | LNG_PREDICT, 0, r.team, errors);
    must(r.session && lng_session_initialize(r.session, errors));
    return r;
}

static run start(const char *graph, int threads, const lng_override *over, size_t n)
{
    static char text[4096];
    snprintf(text, sizeof text, "%s%s%s", head, graph, train_section);
    return start_text(text, threads, over, n);
}

static void end(run *r)
{
    lng_session_free(r->session);
    lng_team_free(r->team);
    lng_model_free(r->model);
}

static lng_history train(run *r)
{
    lng_history h;
    must(lng_train(r->session, arena, &data, &(lng_course){0}, &h, errors));
    return h;
}

static void digest(const run *r, char hex[65])
{
    lng_sha256 sha;
    lng_sha256_begin(&sha);
    for (size_t i = 0; i < r->session->store->count; i++)
        lng_sha256_add(&sha, r->session->store->at + r->session->store->offset[i],
                       (size_t)lng_shape_size(r->session->store->variable[i].shape) * sizeof(float));
    lng_sha256_end(&sha, hex);
}

/* Trains afresh; the digest of the weights, and of every figure of the history. */
static void trained(const char *graph, int threads, const lng_override *over, size_t n, char hex[65])
{
    run r = start(graph, threads, over, n);
    const lng_history h = train(&r);
    lng_sha256 sha;
    digest(&r, hex);
    lng_sha256_begin(&sha);
    lng_sha256_add(&sha, hex, 64);
    for (size_t i = 0; i < h.epochs; i++) {
        const lng_epoch *e = &h.epoch[i];
        lng_sha256_add(&sha, &e->loss, sizeof e->loss);
        lng_sha256_add(&sha, &e->metric[0], sizeof e->metric[0]);
        lng_sha256_add(&sha, &e->validation.loss, sizeof e->validation.loss);
        lng_sha256_add(&sha, &e->validation.mean[0], sizeof e->validation.mean[0]);
        lng_sha256_add(&sha, &e->validation.measure[1].figure[LNG_MICRO], sizeof(double));
    }
    lng_sha256_end(&sha, hex);
    end(&r);
}

START_TEST(same_bits_at_any_number_of_threads)
{
    static const char *const batch[] = {"128", "100", "7"};
    char first[3][65], hex[65];
    for (int b = 0; b < 3; b++) {
        const lng_override over = {"train.batch", batch[b]};
        trained(convolution, suite_threads[0], &over, 1, first[b]);
        for (int k = 1; k < SUITE_TEAMS; k++) {
            trained(convolution, suite_threads[k], &over, 1, hex);
            ck_assert_msg(strcmp(hex, first[b]) == 0, "batch %s at %d threads", batch[b], suite_threads[k]);
        }
    }
    ck_assert_str_ne(first[0], first[1]); /* the figures are not simply constant */
    ck_assert_str_ne(first[1], first[2]);
}
END_TEST

START_TEST(the_seed_decides)
{
    const lng_override over = {"train.seed", "310"};
    char a[65], b[65];
    trained(convolution, 2, NULL, 0, a);
    trained(convolution, 2, &over, 1, b);
    ck_assert_str_ne(a, b);
    run r = start(convolution, 2, NULL, 0);
    must(lng_model_set_seed(r.model, 310, errors));
    ck_assert(lng_session_initialize(r.session, errors));
    run s = start(convolution, 2, &over, 1);
    digest(&r, a);
    digest(&s, b);
    ck_assert_str_eq(a, b); /* however it was given */
    end(&r);
    end(&s);
}
END_TEST

/* Outputs follow their examples, bit for bit, whatever their place in a batch. */
START_TEST(permuted_examples_give_permuted_outputs)
{
    run r = start(convolution, 3, NULL, 0);
    train(&r);
    static float straight[TESTED][10];
    uint32_t rows[TESTED];
    const lng_context context = lng_session_context(r.session, test_field);
    const float *out = lng_runner_column(lng_session_runner(r.session, LNG_PREDICT), "out").at;
    for (uint32_t i = 0; i < TESTED; i++)
        rows[i] = i;
    ck_assert(lng_session_run(r.session, LNG_PREDICT, rows, TESTED, &context, errors));
    memcpy(straight, out, sizeof straight);
    for (int batch = 1; batch <= TESTED; batch += 16) {
        lng_shuffle(rows, TESTED, 5, batch);
        for (int at = 0; at < TESTED; at += batch) {
            const int n = TESTED - at < batch ? TESTED - at : batch;
            ck_assert(lng_session_run(r.session, LNG_PREDICT, rows + at, n, &context, errors));
            for (int i = 0; i < n; i++)
                ck_assert_mem_eq(out + 10 * i, straight[rows[at + i]], 10 * sizeof(float));
        }
    }
    end(&r);
}
END_TEST

static const char zeros_model[] = "graph:\n"
                                  "  - image / 255\n"
                                  "  - flatten\n"
                                  "  - dense: {units: 10, activation: softmax, init: zeros}\n";

/* Weights of zero know nothing: every class has probability 1/10, all scores tie. */
START_TEST(evaluation_of_ignorance)
{
    run r = start(zeros_model, 2, NULL, 0);
    lng_scores s;
    ck_assert(lng_evaluate(r.session, arena, &test, &s, errors));
    int zeros = 0;
    for (int i = 0; i < TESTED; i++)
        zeros += test_label[i] == 0;
    ck_assert_double_eq_tol(s.loss, log(10), 1e-6);
    ck_assert_double_eq(s.mean[0], (double)zeros / TESTED); /* the first largest score wins */
    ck_assert_double_eq(s.measure[1].figure[LNG_MACRO], 0.5);
    ck_assert_double_eq(s.measure[1].figure[LNG_MICRO], 0.5);
    ck_assert_int_eq(s.classes, 10);
    int64_t all = 0;
    for (int i = 0; i < 100; i++)
        all += s.confusion[i];
    ck_assert_int_eq(all, TESTED);
    end(&r);
}
END_TEST

/* Labels of one class: no AUC is defined, and nothing is invented. */
START_TEST(undefined_is_said)
{
    run r = start(convolution, 1, NULL, 0);
    lng_scores s;
    for (int i = 0; i < TESTED; i++)
        test_label[i] = 4;
    ck_assert(lng_evaluate(r.session, arena, &test, &s, errors));
    ck_assert(isnan(s.measure[1].figure[LNG_MACRO]) && isnan(s.measure[1].figure[LNG_WEIGHTED]) &&
              isnan(s.measure[1].per_class[4]) && isnan(s.measure[1].per_class[0]));
    ck_assert(isfinite(s.measure[1].figure[LNG_MICRO]) && isfinite(s.loss));
    end(&r);
}
END_TEST

static const char scores_model[] = "lngraph: 1\n"
                                   "name: scores\n"
                                   "data: {source: {format: memory, classes: 2, fields: {score: [2], label: class}}}\n"
                                   "in: score[2], label\n"
                                   "params: {w: 'constant(shape=[], value=1.0)'}\n"
                                   "out: concat(slice(score, axis=0, start=0, stop=1), slice(score, axis=0, start=1, stop=2))\n"
                                   "train: {loss: '(w - sum(score)) ** 2', optimizer: 'sgd(lr=0.1)', batch: 16, epochs: 1}\n"
                                   "report: {metrics: ['auc(out, label)']}\n";

/* Arithmetic gives zero for a number below 2^-126, but what is not computed keeps its bits, and is ranked by them. */
START_TEST(subnormal_scores_are_ranked)
{
    static float score[TESTED][2];
    const lng_field fields[] = {{score, LNG_FIELD_F32, 2}, {test_label, LNG_FIELD_I32, 1}};
    const lng_range all = {LNG_TEST, &(lng_part){.count = TESTED, .field = (lng_field *)fields, .fields = 2}, 0, TESTED};
    for (int i = 0; i < TESTED; i++) {
        test_label[i] = i % 2;
        score[i][1] = (float)(1 + i + TESTED * test_label[i]) * 1e-42f;
        score[i][0] = -score[i][1];
        ck_assert(score[i][1] > 0 && score[i][1] < 0x1p-126f);
    }
    run r = start_text(scores_model, 2, NULL, 0);
    lng_scores s;
    must(lng_evaluate(r.session, arena, &all, &s, errors));
    ck_assert_double_eq(s.measure[0].per_class[0], 1);
    ck_assert_double_eq(s.measure[0].per_class[1], 1);
    end(&r);
}
END_TEST

/* What a model computes as a label may be no class. */
START_TEST(computed_labels)
{
    static float score[TESTED][2];
    static const char *const metrics[] = {"['auc(out, label + 1)']", "['auc(out, label - 1)']",
                                          "['auc(out, label)', 'auc(out, op.to_int(score[0] * 1e9))']"};
    const lng_field fields[] = {{score, LNG_FIELD_F32, 2}, {test_label, LNG_FIELD_I32, 1}};
    const lng_range all = {LNG_TEST, &(lng_part){.count = TESTED, .field = (lng_field *)fields, .fields = 2}, 0, TESTED};
    for (int i = 0; i < TESTED; i++) {
        test_label[i] = i % 2;
        score[i][0] = (float)i;
    }
    for (int i = 0; i < LENGTH(metrics); i++) {
        const lng_override over = {"report.metrics", metrics[i]};
        run r = start_text(scores_model, 2, &over, 1);
        lng_scores s;
        ck_assert(!lng_evaluate(r.session, arena, &all, &s, errors));
        ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
        ck_assert_msg(strstr(lng_errors_message(errors, 0), "`: a label is none of the 2 classes, 0 to 1"), "%s", rendered(false));
        lng_errors_clear(errors);
        end(&r);
    }
}
END_TEST

START_TEST(it_learns)
{
    const lng_override over = {"train.epochs", "30"};
    run r = start(convolution, 2, &over, 1);
    const lng_history h = train(&r);
    ck_assert_uint_eq(h.epochs, 30);
    ck_assert_int_eq(h.steps, 90); /* the last batch of an epoch is a short one */
    ck_assert_int_eq(h.examples, 30 * TRAIN);
    ck_assert(!h.interrupted);
    ck_assert_double_lt(h.epoch[29].loss, h.epoch[0].loss / 2);
    lng_scores s;
    ck_assert(lng_evaluate(r.session, arena, &test, &s, errors));
    ck_assert_double_gt(s.mean[0], 0.9);
    ck_assert_double_gt(s.measure[1].figure[LNG_MACRO], 0.99);
    end(&r);
}
END_TEST

/* ---- early ends ---- */
static volatile sig_atomic_t stop;
static uint32_t stop_after;

static void count_step(void *context, const lng_trainer *t)
{
    uint32_t *seen = context;
    ck_assert_uint_eq(t->cursor.step, ++*seen);
    ck_assert_int_eq(t->cursor.epoch, (t->cursor.step - 1) / 3);
    ck_assert_int_eq(t->cursor.row, t->tally.examples);
    ck_assert_int_eq(t->cursor.row, t->cursor.step % 3 ? t->cursor.step % 3 * 128 : TRAIN);
    ck_assert(isfinite(t->tally.loss) && t->tally.seconds >= 0);
    if (*seen == stop_after)
        stop = LNG_STOP_SOON;
}

/* A run that is stopped after its k-th step has the weights of a run of k steps. */
START_TEST(stopped_is_as_if_capped)
{
    for (int k = 1; k <= 7; k += 2) {
        char capped[65], stopped[65], number[12];
        snprintf(number, sizeof number, "%d", k);
        const lng_override over = {"train.steps", number};
        run r = start(convolution, 2, &over, 1);
        const lng_history a = train(&r);
        digest(&r, capped);
        end(&r);

        uint32_t seen = 0;
        const lng_observer observer = {.context = &seen, .step = count_step};
        lng_history b;
        stop = 0;
        stop_after = (uint32_t)k;
        r = start(convolution, 2, NULL, 0);
        r.session->stop = &stop;
        ck_assert(lng_train(r.session, arena, &data, &(lng_course){.observer = &observer}, &b, errors));
        digest(&r, stopped);
        end(&r);
        ck_assert_int_eq(a.steps, k);
        ck_assert_int_eq(b.steps, k);
        ck_assert(!a.interrupted && b.interrupted);
        ck_assert_uint_eq(b.epochs, (size_t)(k + 2) / 3);
        ck_assert_str_eq(capped, stopped);
    }
}
END_TEST

/* ---- what is kept ---- */
/* A model with a validation set and further keys of `train`. */
static run start_with(const char *keys, int threads)
{
    const char *text =
        lng_format(arena,
                   "lngraph: 1\nname: bars\ndata: {source: digits, validation: {last: 0.1}}\n"
                   "in: image[28, 28, 1], label\n%s"
                   "train: {loss: 'cross_entropy(out, label)', optimizer: 'adamw(lr=0.02)', batch: 64, epochs: 8, seed: 3, %s}\n"
                   "report: {metrics: ['accuracy(out, label)', 'auc(out, label)', 'sum(out)']}\n",
                   convolution, keys);
    return start_text(text, threads, NULL, 0);
}

static double validated(const lng_history *h, int epoch, int metric)
{
    const lng_scores *s = &h->epoch[epoch - 1].validation;
    return metric < 0 ? s->loss : metric == 1 ? s->measure[1].figure[0] : s->mean[metric];
}

/* The first epoch with the best figure; the weights then have it again. */
static void keeps(const char *rule, int metric, int sign)
{
    run r = start_with(lng_format(arena, "keep: %s", rule), 2);
    const lng_history h = train(&r);
    int best = 1;
    for (int i = 2; i <= (int)h.epochs; i++)
        if (sign * validated(&h, i, metric) > sign * validated(&h, best, metric))
            best = i;
    ck_assert_uint_eq(h.epochs, 8);
    ck_assert_int_eq(h.kept, best);
    const lng_range range = lng_split_range(&data, LNG_VALIDATION);
    lng_scores s;
    must(lng_evaluate(r.session, arena, &range, &s, errors));
    const lng_epoch again = {.validation = s};
    ck_assert_double_eq(validated(&(lng_history){.epoch = (lng_epoch *)&again}, 1, metric), validated(&h, best, metric));
    end(&r);
}

START_TEST(the_best_is_kept)
{
    keeps("best(validation.loss)", -1, -1);
    keeps("best(validation.accuracy)", 0, 1); /* the first of equals */
    keeps("best(validation.auc.macro)", 1, 1);
    keeps("highest(validation.loss)", -1, 1);
    keeps("lowest(validation.sum)", 2, -1);
}
END_TEST

/* A loss that only falls is the highest in the first epoch. */
START_TEST(gives_up)
{
    run r = start_with("keep: highest(validation.loss), stop: {patience: 2}", 1);
    const lng_history h = train(&r);
    ck_assert_int_eq(h.kept, 1);
    ck_assert_uint_eq(h.epochs, 3);
    ck_assert(!h.interrupted);
    end(&r);
}
END_TEST

/* The mean norm of an epoch that ends after so many steps. far: how far its weights have come; may be NULL. */
static double norm_after(int steps, int batch, const char *key, double *far)
{
    const char *text = lng_format(arena,
                                  "lngraph: 1\nname: bars\ndata: {source: digits}\nin: image[28, 28, 1], label\n%s"
                                  "train: {loss: 'cross_entropy(out, label)', optimizer: 'sgd(lr=0.5)', batch: %d, steps: %d%s}\n",
                                  convolution, batch, steps, key);
    run r = start_text(text, 1, NULL, 0);
    const lng_store *s = r.session->store;
    float *before = lng_alloc_n(arena, s->floats, sizeof *before);
    memcpy(before, s->at, s->floats * sizeof *before);
    const lng_history h = train(&r);
    double square = 0;
    for (size_t i = 0; i < s->floats; i++)
        square += pow((double)s->at[i] - (double)before[i], 2);
    if (far)
        *far = sqrt(square);
    ck_assert_uint_eq(h.epochs, 1);
    end(&r);
    return h.epoch[0].norm;
}

/* The norm of the gradients, as far as one step of gradient descent shows it, is that of the first step, the 33rd, and so on; before a limit. */
START_TEST(norms)
{
    double far, limited;
    const double first = norm_after(1, 40, "", &far), single = norm_after(1, 1, "", NULL);
    ck_assert_double_eq_tol(first, far / 0.5, 1e-5 * first);
    ck_assert_double_eq(norm_after(1, 40, ", clip: {norm: 0.01}", &limited), first);
    ck_assert_double_eq_tol(limited, 0.5 * 0.01, 1e-6);
    ck_assert_double_eq(norm_after(32, 1, "", NULL), single);
    ck_assert_double_ne(norm_after(33, 1, "", NULL), single);
    ck_assert_double_eq(norm_after(64, 1, "", NULL), norm_after(33, 1, "", NULL));
}
END_TEST

/* After three epochs, of which the first is the best, and each two more, rates are a millionth of what they were; the history has the rate that each epoch ended with. */
START_TEST(slows_down)
{
    static const double rate[] = {0.02, 0.02, 0.02, 0.02e-6, 0.02e-6, 0.02e-12, 0.02e-12, 0.02e-18};
    run r = start_with("keep: highest(validation.loss), plateau: {factor: 1e-6, patience: 2}", 2);
    const lng_history h = train(&r);
    ck_assert_double_ne(validated(&h, 2, -1), validated(&h, 3, -1));
    for (int i = 1; i <= 8; i++)
        ck_assert_double_eq_tol(h.epoch[i - 1].rate, rate[i - 1], 1e-6 * rate[i - 1]);
    for (int i = 4; i <= 8; i++)
        ck_assert_double_eq_tol(validated(&h, i, -1), validated(&h, 3, -1), 1e-5);
    end(&r);
}
END_TEST

/* The rate is halved each two epochs; the bits until then are those of a run without it, and `stop` still counts. */
START_TEST(slows_down_again)
{
    run r = start_with("keep: highest(validation.loss), plateau: {factor: 0.5, patience: 2}, stop: {patience: 5}", 1),
        plain = start_with("keep: highest(validation.loss), stop: {patience: 5}", 3);
    const lng_history h = train(&r), p = train(&plain);
    ck_assert_uint_eq(h.epochs, 6);
    ck_assert_uint_eq(p.epochs, 6);
    for (int i = 1; i <= 6; i++) {
        const double slower = i <= 3 ? 1 : i <= 5 ? 0.5 : 0.25;
        ck_assert_double_eq(h.epoch[i - 1].rate, slower * (double)0.02f);
        ck_assert_int_eq(validated(&h, i, -1) == validated(&p, i, -1), i <= 3);
    }
    end(&plain);
    end(&r);
}
END_TEST

/* An average in which nothing remains is the last weights; otherwise these are beside it. */
START_TEST(averages)
{
    static const char *const remains[] = {"0", "0.5"};
    run plain = start_with("clip: {norm: 100}", 1);
    train(&plain);
    const float *w = lng_store_find(plain.session->store, "dense.W", NULL);
    for (int i = 0; i < 2; i++) {
        run r = start_with(lng_format(arena, "clip: {norm: 100}, average: %s", remains[i]), 3);
        const lng_history h = train(&r);
        const float *a = lng_store_find(r.session->store, "dense.W", NULL);
        ck_assert(i == 0 || memcmp(a, w, 100) != 0);
        const lng_range range = lng_split_range(&data, LNG_VALIDATION);
        lng_scores s;
        must(lng_evaluate(r.session, arena, &range, &s, errors));
        ck_assert_double_eq(s.loss, h.epoch[7].validation.loss); /* what was evaluated is what is kept */
        const float *raw = lng_store_find(r.session->store, i == 0 ? "dense.W" : "average.dense.W", NULL);
        ck_assert_mem_eq(raw, w, 100);
        end(&r);
    }
    end(&plain);
}
END_TEST

/* Four batches make the step of one that is four times as large. */
START_TEST(accumulated_is_one_batch)
{
    static const lng_override batch[] = {{"train.batch", "32"}, {"train.accumulate", "4"}};
    char one[65], four[65];
    trained(convolution, 2, NULL, 0, one); /* of 128 */
    trained(convolution, 3, batch, 2, four);
    ck_assert_str_eq(one, four);
}
END_TEST

/* Weights of another model, by name; the others are drawn. Every misfit is listed. */
START_TEST(starts_from_another_run)
{
    run base = start_with("clip: {norm: 1}", 1);
    train(&base);
    const char *path = in_folder("base.safetensors");
    const lng_weights weights = lng_session_weights(base.session);
    must(lng_weights_save(&weights, LNG_WEIGHTS_USED, path, errors));
    const float *w = lng_store_find(base.session->store, "conv2d.W", NULL),
                *d = lng_store_find(base.session->store, "dense.W", NULL);

    run r = start_with(lng_format(arena, "start: {from: '%s', match: 'conv2d.*'}", path), 1);
    ck_assert_mem_eq(lng_store_find(r.session->store, "conv2d.W", NULL), w, 48 * sizeof *w);
    ck_assert_mem_ne(lng_store_find(r.session->store, "dense.W", NULL), d, 100 * sizeof *d);
    end(&r);

    run student =
        start_text(lng_format(arena,
                              "%sblocks:\n  teacher:\n    in: x[h, w, c]\n    graph:\n"
                              "      - conv2d: {filters: 3, kernel: 4, activation: sigmoid}\n      - maxpool2d: {size: 2}\n"
                              "graph:\n  - image / 255\n  - teacher\n  - flatten\n  - dense: {units: 10, activation: softmax}\n"
                              "train: {loss: 'cross_entropy(out, label)', optimizer: sgd, start: {from: '%s', into: teacher}}\n",
                              head, path),
                   1, NULL, 0);
    ck_assert_mem_eq(lng_store_find(student.session->store, "teacher.conv2d.W", NULL), w, 48 * sizeof *w);
    ck_assert_mem_ne(lng_store_find(student.session->store, "dense.W", NULL), d, 100 * sizeof *d);
    end(&student);

    static const struct {
        const char *graph, *match, *errors[3]; /* `match`, and what follows it */
    } wrong[] = {
        {"  - conv2d: {filters: 4, kernel: 4}\n  - flatten\n  - dense: {units: 10, activation: softmax}\n",
         "*",
         {"tensor `conv2d.W` has shape [4, 4, 1, 3], but shape [4, 4, 1, 4] in the model",
          "tensor `conv2d.b` has shape [3], but shape [4] in the model", "tensor `dense.W` has shape"}},
        {"  - flatten\n  - dense: {units: 10}\n    as: head\n  - softmax\n",
         "head.*",
         {"the file has no tensor `head.W`", "the file has no tensor `head.b`"}},
        {"  - flatten\n  - dense: {units: 10, activation: softmax}\n", "conv*", {"no weight of the model matches `conv*`"}},
        {"  - flatten\n  - dense: {units: 10, activation: softmax}\n",
         "*', into: 'dens",
         {"no weight of the model's `dens` matches `*`"}},
        {"  - flatten\n  - dense: {units: 10, activation: softmax}\n", "*', into: 'dense", {"the file has no tensor `W`"}},
    };
    for (int i = 0; i < LENGTH(wrong); i++) {
        const char *text = lng_format(arena,
                                      "%sgraph:\n  - image / 255\n%strain: {loss: 'cross_entropy(out, label)', optimizer: sgd, "
                                      "start: {from: '%s', match: '%s'}}\n",
                                      head, wrong[i].graph, path, wrong[i].match);
        lng_model *m = lng_model_parse("test.yaml", text, strlen(text), NULL, 0, errors);
        must(m != NULL);
        const lng_subject subject = lng_subject_of_model(m);
        lng_session *s = lng_session_new(&subject, LNG_STEP, 0, base.team, errors);
        ck_assert(s && !lng_session_initialize(s, errors));
        for (int k = 0; k < 3 && wrong[i].errors[k]; k++)
            ck_assert_msg(strstr(lng_errors_message(errors, (size_t)k), wrong[i].errors[k]), "%s",
                          lng_errors_message(errors, (size_t)k));
        lng_errors_clear(errors);
        lng_session_free(s);
        lng_model_free(m);
    }
    end(&base);
}
END_TEST

/* Everything at once has the same bits at any number of threads. */
START_TEST(same_bits_of_everything)
{
    static const char keys[] =
        "clip: {norm: 0.5}, average: 0.9, keep: best(validation.loss), stop: {patience: 3}, "
        "parameters: [{match: 'dense.b', decay: 0.1, rate: 2}, {match: 'conv2d.*', optimizer: 'momentum(lr=0.05)'}]";
    char first[65], hex[65];
    for (int k = 0; k < SUITE_TEAMS; k++) {
        run r = start_with(keys, suite_threads[k]);
        train(&r);
        digest(&r, k == 0 ? first : hex);
        ck_assert(k == 0 || strcmp(first, hex) == 0);
        end(&r);
    }
}
END_TEST

static bool no_more(void *context, const lng_trainer *t)
{
    (void)context, (void)t;
    return false;
}

/* The cursor, the tally and the variables suffice to continue a run, anywhere in an epoch. */
START_TEST(continues_from_its_cursor)
{
    for (int k = 0; k <= 7; k++) {
        run whole = start(convolution, 2, NULL, 0), rest = start(convolution, 1, NULL, 0);
        lng_trainer a, b;
        char hex[2][65];
        lng_trainer_open(&a, whole.session, arena);
        lng_trainer_open(&b, rest.session, arena);
        ck_assert(lng_trainer_bind(&a, field, TRAIN, errors) && lng_trainer_bind(&b, field, TRAIN, errors));
        for (int i = 0; i < k; i++) {
            if (a.cursor.row == a.rows)
                lng_trainer_next_epoch(&a);
            must(lng_trainer_epoch(&a, no_more, NULL, errors));
        }
        b.cursor = a.cursor;
        b.tally.examples = a.tally.examples;
        b.tally.loss = a.tally.loss;
        memcpy(b.tally.metric, a.tally.metric, 2 * sizeof *a.tally.metric);
        memcpy(rest.session->store->at, whole.session->store->at, whole.session->store->floats * sizeof(float));
        for (int epoch = a.cursor.epoch; epoch < 3; epoch++) {
            ck_assert(lng_trainer_epoch(&a, NULL, NULL, errors) && lng_trainer_epoch(&b, NULL, NULL, errors));
            ck_assert_mem_eq(&a.cursor, &b.cursor, sizeof a.cursor);
            ck_assert_mem_eq(&a.tally.loss, &b.tally.loss, sizeof a.tally.loss);
            ck_assert_mem_eq(a.tally.metric, b.tally.metric, sizeof *a.tally.metric);
            ck_assert_int_eq(a.tally.examples, TRAIN);
            lng_trainer_next_epoch(&a);
            lng_trainer_next_epoch(&b);
        }
        digest(&whole, hex[0]);
        digest(&rest, hex[1]);
        ck_assert_str_eq(hex[0], hex[1]);
        lng_trainer_close(&a);
        lng_trainer_close(&b);
        end(&whole);
        end(&rest);
    }
}
END_TEST

START_TEST(stopped_before_it_began)
{
    run r = start(convolution, 1, NULL, 0);
    lng_history h;
    stop = LNG_STOP_SOON;
    r.session->stop = &stop;
    ck_assert(lng_train(r.session, arena, &data, &(lng_course){0}, &h, errors));
    ck_assert_int_eq(h.steps, 0);
    ck_assert_uint_eq(h.epochs, 0);
    ck_assert(h.interrupted);
    end(&r);
}
END_TEST

static const char explodes[] = "graph:\n"
                               "  - image / 255\n"
                               "  - flatten\n"
                               "  - dense: {units: 10}\n"
                               "  - exp(it * exp(step * 30.0))\n";

/* A number that is not finite ends the run before the update: the error names step and op, and the weights are the last good ones. */
START_TEST(not_finite)
{
    run r = start(explodes, 2, NULL, 0);
    lng_history h;
    ck_assert(!lng_train(r.session, arena, &data, &(lng_course){0}, &h, errors));
    ck_assert_uint_eq(lng_errors_count(errors), 1);
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_NONFINITE);
    ck_assert_int_eq(lng_errors_status(errors), LNG_NONFINITE);
    char step[32], good[65], left[65], number[8];
    snprintf(step, sizeof step, "step %lld ", (long long)h.steps + 1);
    ck_assert_msg(strstr(lng_errors_text(errors, 0), step), "%s", lng_errors_text(errors, 0));
    ck_assert_msg(strstr(lng_errors_text(errors, 0), "exp"), "%s", lng_errors_text(errors, 0));
    digest(&r, left);
    end(&r);
    snprintf(number, sizeof number, "%lld", (long long)h.steps);
    const lng_override over = {"train.steps", number};
    lng_errors_clear(errors);
    r = start(explodes, 1, &over, 1);
    if (h.steps)
        train(&r);
    digest(&r, good);
    ck_assert_str_eq(good, left);
    end(&r);
}
END_TEST

START_TEST(no_validation)
{
    data.validation_count = 0;
    run r = start(convolution, 2, NULL, 0);
    const lng_history h = train(&r);
    for (size_t i = 0; i < h.epochs; i++)
        ck_assert_int_eq(h.epoch[i].validation.count, 0);
    end(&r);
}
END_TEST

/* Weights that were made by hand, whose digest is right: what cannot be evaluated is said, with its name, and no figure is made of it. */
START_TEST(weights_beyond_numbers)
{
    static const struct {
        float value;
        const char *expected;
    } cases[] = {{NAN, "the weights cannot be evaluated: `dense.W` is not finite"},
                 {-INFINITY, "the weights cannot be evaluated: `dense.W` is not finite"},
                 {3e38f, "` in `dense` is not finite for "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run r = start(convolution, 2, NULL, 0), s = start(convolution, 1, NULL, 0);
        const char *path = in_folder("model.safetensors");
        size_t k;
        float *at = lng_store_find(r.session->store, "dense.W", &k);
        ck_assert_ptr_nonnull(at);
        for (int64_t e = 0; e < lng_shape_size(r.session->store->variable[k].shape); e++)
            at[e] = e == 0 || isfinite(cases[i].value) ? cases[i].value : at[e];
        const lng_weights from = lng_session_weights(r.session), to = lng_session_weights(s.session);
        must(lng_weights_save(&from, LNG_WEIGHTS_USED, path, errors));
        must(lng_weights_load(&to, path, errors));
        for (int split = LNG_TRAIN; split < LNG_SPLITS; split++) {
            const lng_range range = lng_split_range(&data, (lng_split)split);
            lng_scores scores;
            lng_errors_clear(errors);
            ck_assert(range.count == 0 || !lng_evaluate(s.session, arena, &range, &scores, errors));
            ck_assert(range.count == 0 || lng_errors_status(errors) == LNG_NONFINITE);
            ck_assert_msg(range.count == 0 || strstr(lng_errors_text(errors, 0), cases[i].expected), "%s",
                          lng_errors_text(errors, 0));
        }
        end(&r);
        end(&s);
    }
}
END_TEST

/* Saved, loaded into another session: the same figures to the last bit. */
START_TEST(stored_weights_evaluate_alike)
{
    const char *path = in_folder("model.safetensors");
    run r = start(convolution, 2, NULL, 0), s = start(convolution, 1, NULL, 0);
    lng_scores a, b;
    train(&r);
    const lng_weights from = lng_session_weights(r.session), to = lng_session_weights(s.session);
    const lng_range range = {LNG_TRAIN, &data.train, 5, 300};
    ck_assert(lng_weights_save(&from, LNG_WEIGHTS_USED, path, errors));
    ck_assert(lng_weights_load(&to, path, errors));
    ck_assert(lng_evaluate(r.session, arena, &range, &a, errors));
    ck_assert(lng_evaluate(s.session, arena, &range, &b, errors));
    ck_assert_mem_eq(&a.loss, &b.loss, sizeof a.loss);
    ck_assert_mem_eq(a.mean, b.mean, sizeof *a.mean);
    ck_assert_mem_eq(a.measure[1].per_class, b.measure[1].per_class, 10 * sizeof *a.measure[1].per_class);
    ck_assert_mem_eq(a.confusion, b.confusion, 100 * sizeof *a.confusion);
    end(&r);
    end(&s);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(same_bits_at_any_number_of_threads),
        TEST(the_seed_decides),
        TEST(permuted_examples_give_permuted_outputs),
        TEST(evaluation_of_ignorance),
        TEST(undefined_is_said),
        TEST(subnormal_scores_are_ranked),
        TEST(computed_labels),
        TEST(it_learns),
        TEST(stopped_is_as_if_capped),
        TEST(continues_from_its_cursor),
        TEST(stopped_before_it_began),
        TEST(not_finite),
        TEST(the_best_is_kept),
        TEST(gives_up),
        TEST(norms),
        TEST(slows_down),
        TEST(slows_down_again),
        TEST(averages),
        TEST(accumulated_is_one_batch),
        TEST(starts_from_another_run),
        TEST(same_bits_of_everything),
        TEST(no_validation),
        TEST(weights_beyond_numbers),
        TEST(stored_weights_evaluate_alike),
        {0},
    };
    return suite_run("train", tests, set_up, NULL);
}
