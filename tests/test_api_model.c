/* The public API on models: facts, the same bits as the training loop, gradients, weights, memory that runs out, threads of the caller. */
#include "api/api.h"
#include "train/train.h"
#include "suite.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS 100

static const char text[] = "lngraph: 1\n"
                           "name: bars\n"
                           "note: quick\n"
                           "data: {source: {format: memory, classes: 3, fields: {image: [6, 6, 1], label: class}}}\n"
                           "in: image[6, 6, 1], label\n"
                           "graph:\n"
                           "  - image / 255\n"
                           "  - conv2d: {filters: 2, kernel: 3, activation: sigmoid}\n"
                           "  - flatten\n"
                           "  - dense: {units: 3, activation: softmax}\n"
                           "train:\n"
                           "  loss: cross_entropy(out, label)\n"
                           "  optimizer: sgd(lr=0.5)\n"
                           "  batch: 16\n"
                           "  epochs: 3\n"
                           "  seed: 5\n"
                           "report: {metrics: ['accuracy(out, label)', 'auc(out, label)']}\n";

static uint8_t image[ROWS][36];
static int32_t label[ROWS];

static void set_up(void)
{
    uint32_t state = 1;
    for (int i = 0; i < ROWS; i++) {
        label[i] = i % 3;
        for (int k = 0; k < 36; k++) {
            state = state * 1664525u + 1013904223u;
            image[i][k] = (uint8_t)((state >> 25) + (k / 12 == label[i] ? 100 : 0));
        }
    }
}

/* The one error, about an argument; the list is empty then. */
static void refused(bool is_refused, const char *part)
{
    ck_assert(is_refused && lng_errors_count(errors) == 1);
    ck_assert_str_eq(lng_errors_name(errors, 0), "arguments");
    ck_assert_msg(strstr(lng_errors_message(errors, 0), part), "%s", lng_errors_text(errors, 0));
    lng_errors_clear(errors);
}

static lng_model *load(const char *override)
{
    const char *overrides[] = {override, NULL};
    lng_model *m = lng_model_load_text("bars.yaml", text, override ? overrides : NULL, errors);
    must(m);
    return m;
}

static lng_program *compile(const lng_model *m, unsigned uses, int batch, int threads)
{
    lng_program *p = lng_model_compile(m, uses, batch, threads, errors);
    must(p && lng_program_bind_u8(p, "image", image[0], ROWS, 36, LNG_BORROW, errors) &&
         lng_program_bind_i32(p, "label", label, ROWS, 1, LNG_BORROW, errors));
    return p;
}

static bool same_variables(lng_program *p, lng_program *q)
{
    for (size_t i = 0; i < lng_program_variables(p); i++) {
        const char *name = lng_program_variable_name(p, i);
        size_t n, m;
        const float *a = lng_program_variable(p, name, &n), *c = lng_program_variable(q, name, &m);
        if (!c || n != m || memcmp(a, c, n * sizeof *a) != 0)
            return false;
    }
    return true;
}

START_TEST(facts)
{
    int64_t dims[LNG_MAX_DIMS];
    lng_model *m = load(NULL);
    ck_assert_str_eq(lng_model_name(m), "bars");
    ck_assert_str_eq(lng_model_note(m), "quick");
    ck_assert_int_eq(lng_model_parameters(m), 2 * 9 + 2 + 32 * 3 + 3);
    ck_assert(lng_model_batch(m) == 16 && lng_model_epochs(m) == 3 && lng_model_classes(m) == 3 && lng_model_inputs(m) == 2);
    ck_assert_str_eq(lng_model_input(m, 0), "image");
    ck_assert(lng_model_input_shape(m, 0, dims) == 3 && dims[0] == 6 && dims[2] == 1 && lng_model_input_shape(m, 1, dims) == 0);
    ck_assert(!lng_model_input_is_integer(m, 0) && lng_model_input_is_integer(m, 1));
    int seen = 0; /* the operands of the AUC are not public */
    ck_assert_uint_eq(lng_model_outputs(m), 3);
    for (size_t i = 0; i < 3; i++) {
        const char *name = lng_model_output(m, i);
        const int rank = lng_model_output_shape(m, i, dims);
        seen += strcmp(name, "out") == 0 && rank == 1 && dims[0] == 3 ? 1 : 0;
        seen += strcmp(name, "loss") == 0 && rank == 0 ? 10 : 0;
        seen += strcmp(name, "accuracy") == 0 && rank == 0 ? 100 : 0;
    }
    ck_assert_int_eq(seen, 111);
    lng_model_free(m);
    m = load("train.batch=7");
    ck_assert_int_eq(lng_model_batch(m), 7);
    lng_model_free(m);
}
END_TEST

/* What does not exist: no model, no text, an index past the end. */
START_TEST(no_model)
{
    refused(!lng_model_load(NULL, NULL, errors), "path is NULL");
    refused(!lng_model_load_text(NULL, text, NULL, errors), "name is NULL");
    refused(!lng_model_load_text("bars.yaml", NULL, NULL, errors), "text is NULL");
    refused(!lng_model_compile(NULL, LNG_STEP, 0, 1, errors), "model is NULL");
    lng_model *loaded = load(NULL);
    for (lng_model *m = loaded;; m = NULL) {
        const size_t i = m ? lng_model_inputs(m) : 0, o = m ? lng_model_outputs(m) : 0;
        ck_assert(!lng_model_input(m, i) && lng_model_input_shape(m, i, NULL) == 0 && !lng_model_input_is_integer(m, i));
        ck_assert(!lng_model_output(m, o) && lng_model_output_shape(m, o, NULL) == 0 && !lng_model_output(m, SIZE_MAX));
        if (!m)
            break;
    }
    ck_assert(lng_model_input_shape(loaded, 0, NULL) == 3 && lng_model_output_shape(loaded, 0, NULL) >= 0);
    ck_assert(!lng_model_name(NULL) && !lng_model_note(NULL) && lng_model_parameters(NULL) == 0 && lng_model_batch(NULL) == 0 &&
              lng_model_epochs(NULL) == 0 && lng_model_classes(NULL) == 0 && lng_model_inputs(NULL) == 0 &&
              lng_model_outputs(NULL) == 0);
    ck_assert(!lng_model_compile(loaded, 0, 0, 1, NULL));
    lng_program *quiet = lng_model_compile(loaded, LNG_STEP | LNG_DIFFERENTIATE | LNG_EVALUATE | LNG_PREDICT, 0, 1, NULL);
    ck_assert_ptr_nonnull(quiet);
    lng_program_free(quiet);
    lng_model_free(loaded);
}
END_TEST

START_TEST(mistakes)
{
    const char *const no_value[] = {"train.batch", NULL};
    ck_assert(!lng_model_load_text("x", text, no_value, errors) && !lng_model_load_text("x", text, no_value, NULL));
    ck_assert_str_eq(lng_errors_name(errors, 0), "arguments");
    lng_errors_clear(errors);
    ck_assert_ptr_null(lng_model_load_text("m.yaml", "lngraph: 1\nnaem: x\n", NULL, errors));
    ck_assert(lng_errors_line(errors, 0) == 2 && lng_errors_column(errors, 0) == 1 && lng_errors_status(errors) == 3);
    ck_assert_str_eq(lng_errors_file(errors, 0), "m.yaml");
    ck_assert_str_eq(lng_errors_name(errors, 0), "unknown-key");
    ck_assert_ptr_nonnull(strstr(lng_errors_text(errors, 0), "m.yaml:2:1: error[unknown-key]: "));
    ck_assert_ptr_eq(strstr(lng_errors_text(errors, 0), lng_errors_message(errors, 0)) - strlen("m.yaml:2:1: error[unknown-key]: "),
                     lng_errors_text(errors, 0));
    lng_errors_clear(errors);
    ck_assert_ptr_null(lng_model_load("no/such.yaml", NULL, errors));
    ck_assert_int_eq(lng_errors_status(errors), 4);
    lng_errors_clear(errors);
    lng_model *m = load(NULL);
    lng_program *p = lng_model_compile(m, LNG_STEP, 8, 1, errors);
    must(p && lng_program_bind_u8(p, "image", image[0], ROWS, 36, LNG_BORROW, errors));
    ck_assert(!lng_program_bind_i32(p, "label", (const int32_t[]){0, 2, 3}, 3, 1, LNG_COPY, errors));
    ck_assert_ptr_nonnull(strstr(lng_errors_message(errors, 0), "row 2: label 3"));
    lng_errors_clear(errors);
    must(lng_program_bind_i32(p, "label", label, ROWS - 1, 1, LNG_BORROW, errors));
    ck_assert(!lng_program_epoch(p, NULL, errors)); /* not as many labels as images */
    must(lng_program_bind_i32(p, "label", label, ROWS, 1, LNG_BORROW, errors));
    lng_errors_clear(errors);
    ck_assert(!lng_program_epoch(p, NULL, errors)); /* compiled for less than a batch */
    ck_assert_ptr_nonnull(strstr(lng_errors_message(errors, 0), "compiled for 8"));
    lng_errors_clear(errors);
    must(lng_program_run(p, LNG_STEP, NULL, 8, errors));
    lng_program_free(p);
    lng_model_free(m);
}
END_TEST

/* The results of the training loop on the same rows, bit for bit, at any number of threads and any batch size compiled for. */
START_TEST(bits_of_the_loop)
{
    lng_model *m = load(NULL);
    lng_field field[] = {{image, LNG_FIELD_U8, 36}, {label, LNG_FIELD_I32, 1}};
    lng_data data = {.name = "bars", .train = {.count = ROWS, .field = field, .fields = 2}, .train_count = ROWS};
    lng_team *team = lng_team_new(2);
    lng_history history;
    const lng_subject subject = lng_subject_of_model(m);
    lng_session *s = lng_session_new(&subject, LNG_STEP | LNG_EVALUATE, 0, team, errors);
    must(s && lng_session_initialize(s, errors));
    must(lng_train(s, arena, &data, &(lng_course){0}, &history, errors));
    for (int k = 0; k < SUITE_TEAMS; k++) {
        lng_program *p = compile(m, LNG_STEP | LNG_EVALUATE, k == 1 ? 0 : ROWS, suite_threads[k]);
        double loss;
        for (int epoch = 0; epoch < 3; epoch++) {
            must(lng_program_epoch(p, &loss, errors));
            ck_assert_double_eq(loss, history.epoch[epoch].loss);
        }
        ck_assert_uint_eq(lng_program_steps(p), (uint32_t)history.steps);
        for (size_t i = 0; i < lng_program_variables(p); i++) {
            size_t n;
            const float *mine = lng_program_variable(p, lng_program_variable_name(p, i), &n);
            ck_assert_mem_eq(mine, lng_store_find(s->store, lng_program_variable_name(p, i), NULL), n * sizeof *mine);
        }
        lng_program_free(p);
    }
    lng_session_free(s);
    lng_team_free(team);
    lng_model_free(m);
}
END_TEST

/* sgd: the step is the gradient that LNG_DIFFERENTIATE shows, times the rate; and that changes nothing by itself. */
START_TEST(gradients_of_a_model)
{
    lng_model *m = load(NULL);
    lng_program *p = compile(m, LNG_STEP | LNG_DIFFERENTIATE, 0, 2), *q = compile(m, LNG_PREDICT, 1, 1);
    must(lng_program_run(p, LNG_DIFFERENTIATE, NULL, 16, errors));
    ck_assert(same_variables(p, q));
    float gradient[96], before[96];
    size_t n;
    const float *g = lng_program_output(p, "gradient.dense.W", &n);
    ck_assert_uint_eq(n, 96);
    memcpy(gradient, g, sizeof gradient);
    memcpy(before, lng_program_variable(p, "dense.W", NULL), sizeof before);
    ck_assert(isfinite(lng_program_mean(p, "objective")) && lng_program_mean(p, "loss") > 0);
    must(lng_program_run(p, LNG_STEP, NULL, 16, errors));
    const float *after = lng_program_variable(p, "dense.W", NULL);
    for (size_t i = 0; i < n; i++)
        ck_assert_double_eq_tol(after[i], before[i] - 0.5 * gradient[i], 1e-6);
    ck_assert(!same_variables(p, q));
    lng_program_free(p);
    lng_program_free(q);
    lng_model_free(m);
}
END_TEST

/* For each use what its runs read and give, with the shapes of what is there after a run. */
START_TEST(uses)
{
    static const lng_use all[] = {LNG_STEP, LNG_DIFFERENTIATE, LNG_EVALUATE, LNG_PREDICT};
    int64_t dims[LNG_MAX_DIMS];
    lng_model *m = load(NULL);
    lng_program *p = compile(m, LNG_STEP | LNG_DIFFERENTIATE | LNG_EVALUATE | LNG_PREDICT, ROWS, 1),
                *q = compile(m, LNG_PREDICT, 1, 1);
    for (size_t u = 0; u < 4; u++) {
        must(lng_program_run(p, all[u], NULL, 10, errors));
        int seen = 0;
        for (size_t i = 0; i < lng_program_outputs(p, all[u]); i++) {
            const char *name = lng_program_output_name(p, all[u], i);
            const int rank = lng_program_output_shape(p, all[u], i, dims);
            size_t n, size = lng_program_output_is_shared(p, all[u], i) ? 1 : 10;
            for (int k = 0; k < rank; k++)
                size *= (size_t)dims[k];
            ck_assert(!lng_program_output_is_integer(p, all[u], i) && lng_program_output(p, name, &n));
            ck_assert_msg(n == size, "%s", name);
            seen += strcmp(name, "gradient.dense.W") == 0 && rank == 2 && dims[0] == 32 && n == 96 ? 1000 : 0;
            seen += strcmp(name, "objective") == 0 && n == 1 ? 100 : 0;
            seen += strcmp(name, "accuracy") == 0 && n == 10 ? 10 : 0;
            seen += strcmp(name, "out") == 0 && n == 30 ? 1 : 0;
        }
        ck_assert_int_eq(seen, all[u] == LNG_PREDICT ? 1 : all[u] == LNG_EVALUATE ? 11 : 1110);
        ck_assert(lng_program_reads(p, all[u], "image") && lng_program_reads(p, all[u], "label") == (all[u] != LNG_PREDICT));
        ck_assert(!lng_program_reads(p, all[u], "imag") && !lng_program_reads(p, all[u], NULL));
        ck_assert_uint_eq(lng_program_outputs(q, all[u]), all[u] == LNG_PREDICT);
    }
    ck_assert(lng_program_outputs(NULL, LNG_STEP) == 0 && lng_program_outputs(p, (lng_use)3) == 0 &&
              !lng_program_reads(NULL, LNG_STEP, "image"));
    ck_assert(!lng_program_output_name(p, LNG_PREDICT, 1) && lng_program_output_shape(p, LNG_PREDICT, 1, dims) == 0 &&
              !lng_program_output_is_shared(p, LNG_PREDICT, 1) && !lng_program_output_is_integer(p, LNG_PREDICT, 1));
    lng_program_free(p);
    lng_program_free(q);
    lng_model_free(m);
}
END_TEST

/* Errors as a text: all of it, cut, or only its length. */
START_TEST(errors_as_text)
{
    char whole[1024], part[20] = "before";
    ck_assert(lng_errors_format(errors, whole, sizeof whole) == 0 && whole[0] == 0 && lng_errors_format(NULL, NULL, 0) == 0);
    ck_assert_ptr_null(lng_model_load_text("m.yaml", "lngraph: 1\nnaem: x\n", NULL, errors));
    const size_t n = lng_errors_format(errors, whole, sizeof whole);
    ck_assert(n == strlen(whole) && lng_errors_format(errors, NULL, 100) == n && lng_errors_format(errors, part, sizeof part) == n);
    ck_assert_ptr_nonnull(strstr(whole, "m.yaml:2:1: error[unknown-key]: "));
    ck_assert_ptr_nonnull(strstr(whole, "naem: x\n"));
    ck_assert_ptr_nonnull(strstr(whole, "^~~~"));
    ck_assert_ptr_nonnull(strstr(whole, "did you mean `name`?"));
    ck_assert(strlen(part) == sizeof part - 1 && strncmp(part, whole, sizeof part - 1) == 0);
    lng_errors_clear(errors);
}
END_TEST

START_TEST(weights)
{
    char path[64], other[64];
    snprintf(path, sizeof path, "api-%ld.safetensors", (long)getpid());
    snprintf(other, sizeof other, "api-%ld.broken", (long)getpid());
    lng_model *m = load(NULL), *wide = load("graph.1.conv2d.filters=4");
    lng_program *p = compile(m, LNG_STEP | LNG_EVALUATE, ROWS, 1), *q = compile(m, LNG_PREDICT, 1, 1),
                *w = compile(wide, LNG_PREDICT, 1, 1);
    must(lng_program_epoch(p, NULL, errors) && lng_program_save(p, path, errors));
    ck_assert(!same_variables(p, q));
    must(lng_program_load(q, path, errors));
    ck_assert(same_variables(p, q));
    /* one image alone is classified as among a hundred */
    float among[3];
    must(lng_program_run(p, LNG_EVALUATE, NULL, ROWS, errors));
    memcpy(among, lng_program_output(p, "out", NULL) + 7 * 3, sizeof among);
    must(lng_program_run(q, LNG_PREDICT, (const uint32_t[]){7}, 1, errors));
    ck_assert_mem_eq(lng_program_output(q, "out", NULL), among, sizeof among);
    ck_assert(!lng_program_load(w, path, errors));
    ck_assert_str_eq(lng_errors_name(errors, 0), "weights");
    FILE *whole = fopen(path, "rb"), *broken = fopen(other, "wb");
    for (int c; (c = getc(whole)) != EOF;)
        putc(c, broken);
    fseek(broken, -1, SEEK_CUR);
    putc(0x55, broken); /* the last byte of a weight */
    fclose(whole);
    fclose(broken);
    lng_program_variable(q, "dense.b", NULL)[0] = 42;
    ck_assert(!lng_program_load(q, other, errors) && !lng_program_load(q, other, NULL));
    ck_assert_double_eq(lng_program_variable(q, "dense.b", NULL)[0], 42);
    ck_assert(!lng_program_save(q, "no/such/folder", errors) && !lng_program_save(q, "no/such/folder", NULL));
    remove(path);
    remove(other);
    lng_program_free(p);
    lng_program_free(q);
    lng_program_free(w);
    lng_model_free(m);
    lng_model_free(wide);
}
END_TEST

/* A checkpoint continues training with the same bits; weights are what using a model takes, and fit only that model. */
START_TEST(weights_and_checkpoints)
{
    char checkpoint[64], path[64];
    size_t n;
    snprintf(checkpoint, sizeof checkpoint, "api-%ld.checkpoint", (long)getpid());
    snprintf(path, sizeof path, "api-%ld.weights", (long)getpid());
    lng_model *m = load("train.optimizer=adam(lr=0.01)"), *other = load("graph.1.conv2d.activation=tanh");
    lng_program *p = compile(m, LNG_STEP, 0, 2), *q = compile(m, LNG_STEP, 0, 1), *r = compile(m, LNG_PREDICT, 1, 1),
                *s = compile(other, LNG_PREDICT, 1, 1);
    must(lng_program_epoch(p, NULL, errors) && lng_program_save(p, checkpoint, errors) &&
         lng_program_save_weights(p, path, errors));
    must(lng_program_load(q, checkpoint, errors) && lng_program_load(r, path, errors));
    lng_program_set_clock(q, lng_program_steps(p), 1, 0);
    ck_assert(same_variables(p, q));
    ck_assert_mem_eq(lng_program_variable(p, "dense.W", &n), lng_program_variable(r, "dense.W", NULL), n * sizeof(float));
    ck_assert(lng_program_variable(p, "optimizer.dense.b.m", NULL)[0] != 0);
    ck_assert(lng_program_variable(r, "optimizer.dense.b.m", NULL)[0] == 0);
    must(lng_program_epoch(p, NULL, errors) && lng_program_epoch(q, NULL, errors));
    ck_assert(same_variables(p, q));
    ck_assert(!lng_program_load(s, path, errors));
    ck_assert_ptr_nonnull(strstr(lng_errors_message(errors, 0), "the weights of another model"));
    ck_assert_ptr_nonnull(lng_errors_hint(errors, 0, 0));
    remove(checkpoint);
    remove(path);
    lng_program_free(p);
    lng_program_free(q);
    lng_program_free(r);
    lng_program_free(s);
    lng_model_free(m);
    lng_model_free(other);
}
END_TEST

/* ---- memory that runs out ---- */
static bool use_model(void)
{
    lng_model *m = lng_model_load_text("bars.yaml", text, NULL, errors);
    lng_program *p = m ? lng_model_compile(m, LNG_STEP | LNG_DIFFERENTIATE | LNG_PREDICT, 0, 1, errors) : NULL;
    const bool ok = p && lng_program_bind_u8(p, "image", image[0], ROWS, 36, LNG_COPY, errors) &&
                    lng_program_bind_i32(p, "label", label, ROWS, 1, LNG_COPY, errors) && lng_program_epoch(p, NULL, errors);
    lng_program_free(p);
    lng_model_free(m);
    return ok;
}

static bool use_builder(void)
{
    lng_builder *b = lng_builder_new(errors);
    lng_value *x = b ? lng_builder_input(b, "x", 1, (const int64_t[]){3}) : NULL;
    lng_value *y = b ? lng_builder_op(b, "sum", &x, 1, "axes: [0]") : NULL, *g;
    lng_program *p = b && lng_builder_gradient(b, y, &x, 1, &g) && lng_builder_output(b, "g", g)
                         ? lng_builder_compile(b, LNG_EVALUATE, 2, 1)
                         : NULL;
    lng_builder_free(b);
    lng_program_free(p);
    return p != NULL;
}

static void starve(bool (*use)(void))
{
    long n = 1, failures = 0;
    for (bool left = true; left; n += 1 + n / 20) {
        lng_errors_clear(errors);
        fail_allocation(n, n % 2);
        const bool ok = use();
        left = fail_allocation(0, false) == 0; /* it struck */
        ck_assert_msg(!left || !ok, "allocation %ld failed, and nobody noticed", n);
        ck_assert_msg(ok || lng_errors_status(errors) == LNG_SYSTEM, "allocation %ld: %s", n, lng_errors_text(errors, 0));
        ck_assert_msg(ok || strncmp(lng_errors_file(errors, 0), "std/", 4) != 0, "allocation %ld: %s", n,
                      lng_errors_text(errors, 0));
        failures += left;
    }
    ck_assert_int_gt(failures, 20);
}

START_TEST(out_of_memory)
{
    starve(use_model);
    starve(use_builder);
}
END_TEST

/* ---- threads of the caller ---- */
static void *train_once(void *of)
{
    const lng_model *m = of;
    lng_errors *own = lng_errors_new();
    lng_program *p = lng_model_compile(m, LNG_STEP, 0, 2, own);
    bool ok = p && lng_program_bind_u8(p, "image", image[0], ROWS, 36, LNG_BORROW, own) &&
              lng_program_bind_i32(p, "label", label, ROWS, 1, LNG_BORROW, own);
    for (int i = 0; ok && i < 3; i++)
        ok = lng_program_epoch(p, NULL, own);
    lng_errors_free(own);
    if (!ok)
        lng_program_free(p);
    return ok ? p : NULL;
}

START_TEST(one_model_many_threads)
{
    enum { CALLERS = 4 };
    pthread_t thread[CALLERS];
    lng_model *m = load(NULL);
    lng_program *alone = train_once(m);
    must(alone);
    for (int i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, train_once, m), 0);
    for (int i = 0; i < CALLERS; i++) {
        void *p;
        pthread_join(thread[i], &p);
        ck_assert(p && same_variables(alone, p));
        lng_program_free(p);
    }
    lng_program_free(alone);
    lng_model_free(m);
}
END_TEST

/* A model, a list and a program for each thread: loading and compiling share nothing either. */
static void *load_and_train(void *seed)
{
    const char *const overrides[] = {seed, NULL};
    lng_errors *own = lng_errors_new();
    lng_model *m = lng_model_load_text("bars.yaml", text, overrides, own);
    lng_program *p = m ? train_once(m) : NULL;
    float *sum = p ? malloc(sizeof *sum) : NULL;
    size_t n;
    const float *w = p ? lng_program_variable(p, lng_program_variable_name(p, 0), &n) : NULL;
    for (size_t i = 0; sum && i < n; i++)
        *sum = i == 0 ? w[0] : *sum + w[i];
    lng_program_free(p);
    lng_model_free(m);
    lng_errors_free(own);
    return sum;
}

START_TEST(a_model_for_each_thread)
{
    enum { CALLERS = 4 };
    static char seed[CALLERS][32];
    pthread_t thread[CALLERS];
    float *alone[CALLERS];
    for (int i = 0; i < CALLERS; i++) {
        snprintf(seed[i], sizeof seed[i], "train.seed=%d", i + 1);
        alone[i] = load_and_train(seed[i]);
    }
    for (int i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, load_and_train, seed[i]), 0);
    for (int i = 0; i < CALLERS; i++) {
        void *sum;
        pthread_join(thread[i], &sum);
        ck_assert(sum && alone[i] && *(float *)sum == *alone[i] && (i == 0 || *alone[i] != *alone[i - 1]));
        free(sum);
        if (i > 0)
            free(alone[i - 1]);
    }
    free(alone[CALLERS - 1]);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(facts),
        TEST(no_model),
        TEST(mistakes),
        TEST(bits_of_the_loop),
        TEST(gradients_of_a_model),
        TEST(uses),
        TEST(errors_as_text),
        TEST(weights),
        TEST(weights_and_checkpoints),
        TEST(out_of_memory),
        TEST(one_model_many_threads),
        TEST(a_model_for_each_thread),
        {0},
    };
    return suite_run("api", tests, set_up, NULL);
}
