/* A run that is stopped at any step and resumed, with other threads and on another instruction-set level, ends as if it had not been: the
 * same bits, history and report, whatever a model carries from step to step. */
#include "base/file.h"
#include "report/facts.h"
#include "train/saver.h"
#include "suite.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- data: noise with a spot, in three classes, the last of them rare; 12 of 60 training examples validate ---- */
enum { TRAIN = 60, TESTED = 20, SIDE = 6, CLASSES = 3 };

static void write_part(const char *name, int count, uint32_t state)
{
    FILE *f = fopen(in_folder(name), "w");
    ck_assert_ptr_nonnull(f);
    fputs("class", f);
    for (int p = 0; p < SIDE * SIDE; p++)
        fprintf(f, ",x%d", p);
    for (int i = 0; i < count; i++) {
        const int class = i % 9 == 8 ? 2 : i % 2;
        fprintf(f, "\n%c", "abc"[class]);
        for (int p = 0; p < SIDE * SIDE; p++) {
            state = state * 1664525u + 1013904223u;
            fprintf(f, ",%u", (state >> 28) + (p / (2 * SIDE) == class ? 4 : 0));
        }
    }
    fputc('\n', f);
    fclose(f);
}

static void set_up(void)
{
    write_part("train.csv", TRAIN, 1);
    write_part("test.csv", TESTED, 2);
}

/* ---- models: what they carry ---- */
static const char head[] = "lngraph: 1\n"
                           "name: spots\n"
                           "data:\n"
                           "  source:\n"
                           "    name: spots\n"
                           "    format: csv\n"
                           "    train: {file: train.csv}\n"
                           "    test: {file: test.csv}\n"
                           "    fields:\n"
                           "      x: {columns: ['x*'], shape: [36], scale: standard}\n"
                           "      label: {column: class, class: true, names: [a, b, c]}\n"
                           "  validation: {last: 0.2}\n"
                           "in: x[36], label\n";
#define CLASSIFIES "  - flatten\n  - dense: {units: 3, activation: softmax}\n", "loss: 'cross_entropy(out, label)', "
#define JUDGED     "'accuracy(out, label)', 'auc(out, label)'"

static const struct {
    const char *carries, *graph, *loss, *train, *metrics;
} kinds[] = {
    {"states of layers and of the optimizer, draws, a schedule, the best weights, patience",
     "graph:\n  - reshape(x, shape=[6, 6, 1])\n  - conv2d: {filters: 3, kernel: 3}\n  - batchnorm\n  - relu\n"
     "  - dropout: {rate: 0.3}\n" CLASSIFIES,
     "optimizer: 'adam(lr=cosine(peak=0.02))', keep: best(validation.loss), stop: {patience: 2}, clip: {norm: 1.0}", JUDGED},
    {"an average of the weights", "graph:\n  - x\n  - dense: {units: 5, activation: tanh}\n" CLASSIFIES,
     "optimizer: sgd(lr=0.1), average: 0.8, keep: best(validation.auc.macro)", JUDGED},
    {"a rate that follows a metric", "graph:\n  - x\n  - dense: {units: 5, activation: tanh}\n" CLASSIFIES,
     "optimizer: momentum(lr=0.5), keep: highest(validation.loss), plateau: {factor: 0.5, patience: 1}", JUDGED},
    {"accumulated batches", "graph:\n  - x\n  - dense: {units: 5}\n  - dropout: {rate: 0.5}\n" CLASSIFIES,
     "optimizer: sgd(lr=0.1), accumulate: 2", JUDGED},
    {"weights of the classes", "graph:\n  - x\n  - dense: {units: 5, activation: relu}\n" CLASSIFIES,
     "optimizer: rmsprop(lr=0.01), class_weights: balanced", JUDGED},
    {"drawn examples", "graph:\n  - x\n  - dense: {units: 5, activation: relu}\n" CLASSIFIES,
     "optimizer: sgd(lr=0.1), sample: {balance: label}", JUDGED},
    {"augmentation",
     "graph:\n  - reshape(x, shape=[6, 6, 1])\n  - random_affine: {degrees: 20, scale: 0.2, shift: 1}\n  - random_flip\n"
     "  - random_erase: {size: 2}\n  - noise: {deviation: 0.1}\n" CLASSIFIES,
     "optimizer: adamw(lr=0.01)", JUDGED},
    {"a loop", "graph:\n  - reshape(x, shape=[6, 6])\n  - lstm: {units: 4}\n  - it[-1]\n" CLASSIFIES, "optimizer: adam(lr=0.02)",
     JUDGED},
    {"parameters with optimizers of their own, and frozen ones",
     "graph:\n  - x\n  - dense: {units: 5}\n    as: first\n  - relu\n  - dense: {units: 4}\n    as: second\n  - relu\n" CLASSIFIES,
     "optimizer: adam(lr=0.02), parameters: [{match: 'first.*', optimizer: momentum(lr=0.05)}, {match: 'second.b', frozen: true}]",
     JUDGED},
    {"two players",
     "shared:\n  draw: dense(units=36)\n  judge: dense(units=1)\n"
     "let:\n  drawn: draw(random_normal(shape=[4]))\n  real: judge(x)\n  fake: judge(drawn)\nout: drawn\n",
     "loss: {judge: mean(softplus(-real) + softplus(fake)), draw: mean(softplus(-fake))}, ",
     "objectives: {judge: 'judge.*', draw: 'draw.*'}, optimizer: 'adam(lr=0.01, b1=0.5)'", "mean(fake)"},
};

/* ---- runs ---- */
typedef struct run {
    lng_model *model;
    lng_team *team;
    lng_session *session;
    lng_data *data;
} run;

static run start_with(int kind, int threads, const char *level, const lng_override *over, size_t n)
{
    const char *text = lng_format(arena, "%s%strain: {%s%s, batch: 12, epochs: 4, seed: 309}\nreport: {metrics: [%s]}\n", head,
                                  kinds[kind].graph, kinds[kind].loss, kinds[kind].train, kinds[kind].metrics);
    run r = {.model = lng_model_parse("spots.yaml", text, strlen(text), over, n, errors), .team = lng_team_new(threads)};
    must(r.model != NULL);
    r.data = lng_data_open(&r.model->data, r.model->field, r.model->fields, folder(), r.team, errors);
    must(r.data != NULL);
    must(lng_model_set_learned(r.model, r.data->learned, errors));
    if (level)
        setenv("LNGRAPH_ISA", level, 1);
    const lng_subject subject = lng_subject_of_model(r.model);
    r.session = lng_session_new(&subject, LNG_STEP | LNG_EVALUATE, 0, r.team, errors);
    must(r.session && lng_session_initialize(r.session, errors));
    ck_assert(!level || strcmp(lng_levels[r.session->isa].name, level) == 0);
    unsetenv("LNGRAPH_ISA");
    lng_session_set_scales(r.session, arena, r.data->learned);
    return r;
}

static run start(int kind, int threads, const char *level)
{
    return start_with(kind, threads, level, NULL, 0);
}

static void end(run *r)
{
    lng_session_free(r->session);
    lng_data_free(r->data);
    lng_team_free(r->team);
    lng_model_free(r->model);
}

typedef struct stopper {
    volatile sig_atomic_t stop;
    int64_t at;
    enum lng_stop how;
} stopper;

static void stop_at(void *context, const lng_trainer *t)
{
    stopper *s = context;
    if (t->cursor.step >= s->at)
        s->stop = (sig_atomic_t)s->how;
}

static bool nothing_before(void *context)
{
    return context == NULL;
}

/* Trains from `from` (NULL: the beginning) to the step, or to the end, and saves a checkpoint. */
static lng_history train_to(run *r, int64_t step, enum lng_stop how, const lng_checkpoint *from, const char *path)
{
    lng_history h;
    stopper s = {.at = step, .how = how};
    const lng_observer observer = {.context = &s, .step = stop_at};
    lng_saver *saver = lng_saver_new(r->session, r->data, ".", nothing_before, NULL, errors);
    must(saver != NULL);
    const lng_course course = {.observer = &observer, .saver = saver, .from = from};
    r->session->stop = &s.stop;
    must(lng_train(r->session, arena, r->data, &course, &h, errors));
    r->session->stop = NULL;
    lng_file *file = lng_file_begin(path, errors);
    must(file && lng_saver_write(saver, file) && lng_file_commit(file));
    lng_saver_free(saver);
    return h;
}

/* ---- what a run ends with ---- */
typedef struct ending {
    int64_t steps;
    char weights[65], state[65]; /* of the weights that are kept, and of all variables in the last checkpoint */
    const char *history, *report;
} ending;

static void digest(const run *r, bool all, char hex[65])
{
    const lng_store *store = r->session->store;
    lng_sha256 sha;
    lng_sha256_begin(&sha);
    for (size_t i = 0; i < store->count; i++)
        if (all || r->session->used[i])
            lng_sha256_add(&sha, store->at + store->offset[i], (size_t)lng_shape_size(store->variable[i].shape) * sizeof(float));
    lng_sha256_end(&sha, hex);
}

/* The history in full, and all of report.json but the times. */
static ending end_of(run *r, lng_history h, const char *checkpoint)
{
    ending e = {.steps = h.steps};
    lng_checkpoint last;
    lng_scores scores[LNG_SPLITS];
    lng_report report = {.model = r->model, .data = r->data, .threads = 1, .session = r->session, .errors = errors};
    lng_text text[2] = {lng_text_new(arena), lng_text_new(arena)};
    h.train_seconds = 0;
    for (size_t i = 0; i < h.epochs; i++)
        h.epoch[i].seconds = h.epoch[i].train_seconds = 0;
    report.history = &h;
    for (int split = 0; split < LNG_SPLITS; split++) {
        const lng_range range = lng_split_range(r->data, (lng_split)split);
        must(lng_evaluate(r->session, arena, &range, &scores[split], errors));
        report.split[split] = &scores[split];
    }
    lng_history_csv(r->model, &h, &text[0]);
    lng_report_json(&report, &text[1]);
    e.history = text[0].at;
    e.report = text[1].at;
    digest(r, false, e.weights);
    must(lng_checkpoint_load(&last, r->session, checkpoint, arena, errors));
    digest(r, true, e.state);
    end(r);
    return e;
}

static void same(int kind, int64_t step, const char *what, const char *a, const char *b)
{
    ck_assert_msg(strcmp(a, b) == 0, "%s, stopped at step %d: another %s:\n%s\nis not\n%s", kinds[kind].carries, (int)step, what, a,
                  b);
}

/* The session of the rest is never that of the beginning: it has other threads, and is on another level. What is stopped at once, as every second
 * one and the last, does not validate an epoch that is over. */
START_TEST(resumed_at_any_step)
{
    const char *path = in_folder("checkpoint.safetensors");
    run r = start(_i, 2, NULL);
    const ending whole = end_of(&r, train_to(&r, INT64_MAX, LNG_STOP_SOON, NULL, path), path);
    ck_assert_int_ge(whole.steps, 8);
    for (int64_t step = 1; step <= whole.steps; step++) {
        const enum lng_stop how = step % 2 && step < whole.steps ? LNG_STOP_SOON : LNG_STOP_NOW;
        lng_checkpoint from;
        run a = start(_i, 3, NULL), b = start(_i, 1, "baseline");
        const lng_history h = train_to(&a, step, how, NULL, path);
        ck_assert_int_eq(h.steps, step);
        end(&a);
        must(lng_checkpoint_load(&from, b.session, path, arena, errors));
        ck_assert_int_eq(from.standing.cursor.step, step);
        ck_assert_str_eq(from.stays[LNG_STAYS_SEED], "309");
        const ending rest = end_of(&b, train_to(&b, INT64_MAX, LNG_STOP_SOON, &from, path), path);
        same(_i, step, "weights", rest.weights, whole.weights);
        same(_i, step, "state", rest.state, whole.state);
        same(_i, step, "history", rest.history, whole.history);
        same(_i, step, "report", rest.report, whole.report);
    }
}
END_TEST

/* With batches of another size, the rest of the run has the epochs that were left, and is one run: stopped again, it ends the same. */
START_TEST(resumed_with_another_batch)
{
    static const struct {
        const char *batch;
        int64_t steps; /* of 4 epochs of 48 examples, of which 36 of the second are done in 7 steps */
    } rest[] = {{"5", 7 + 3 + 2 * 10}, {"36", 7 + 1 + 2 * 2}, {"1000", 7 + 1 + 2 * 1}};
    const char *path = in_folder("checkpoint.safetensors");
    for (int i = 0; i < LENGTH(rest); i++) {
        const lng_override over[] = {{"train.optimizer", "adam(lr=cosine(peak=0.02))"}, {"train.batch", rest[i].batch}};
        ending e[2];
        for (int halt = 0; halt < 2; halt++) {
            lng_checkpoint from;
            run r = start_with(4, 1, NULL, over, 1);
            train_to(&r, 7, LNG_STOP_SOON, NULL, path);
            end(&r);
            r = start_with(4, 1, NULL, over, 2);
            must(lng_checkpoint_load(&from, r.session, path, arena, errors));
            if (halt) {
                train_to(&r, 9, LNG_STOP_SOON, &from, path);
                end(&r);
                r = start_with(4, 1, NULL, over, 2);
                must(lng_checkpoint_load(&from, r.session, path, arena, errors));
            }
            const lng_history h = train_to(&r, INT64_MAX, LNG_STOP_SOON, &from, path);
            ck_assert_int_eq(h.steps, rest[i].steps);
            ck_assert_uint_eq(h.epochs, 4);
            for (size_t k = 0; k < h.epochs; k++)
                ck_assert_int_eq(h.epoch[k].examples, 48);
            e[halt] = end_of(&r, h, path);
        }
        same(4, 9, "state", e[1].state, e[0].state);
        same(4, 9, "history", e[1].history, e[0].history);
    }
}
END_TEST

/* A signal in the last step, or while its epoch is validated, comes too late to interrupt anything. */
START_TEST(signalled_at_the_end)
{
    const char *path = in_folder("checkpoint.safetensors");
    run a = start(_i, 1, NULL), b = start(_i, 1, NULL);
    const ending whole = end_of(&a, train_to(&a, INT64_MAX, LNG_STOP_SOON, NULL, path), path);
    const ending late = end_of(&b, train_to(&b, whole.steps, LNG_STOP_SOON, NULL, path), path);
    same(_i, whole.steps, "report", late.report, whole.report);
    same(_i, whole.steps, "state", late.state, whole.state);
}
END_TEST

/* ---- checkpoints that cannot be saved ---- */
typedef struct unlucky {
    stopper stopper;
    const char *message;
    int times;
} unlucky;

static void on_unsaved(void *context, const lng_errors *why)
{
    unlucky *u = context;
    u->times++;
    u->message = lng_copy(arena, lng_errors_message(why, lng_errors_count(why) - 1));
    u->stopper.at = 0;
}

static bool refuses(void *context)
{
    return lng_error(context, LNG_E_IO, (lng_place){0}, "cannot write a model");
}

/* It is said after one of the next steps, once, and training goes on. Were it not, these runs would not end. */
START_TEST(unsaved_is_said_at_once)
{
    const lng_override over[] = {{"train.checkpoint", "{every: 1 steps}"}, {"train.epochs", "1000000"}};
    lng_before_saving *const before[] = {nothing_before, refuses};
    void *const context[] = {NULL, errors};
    static const char *const said[] = {"cannot be written: No such file", "cannot write a model"};
    for (int i = 0; i < 2; i++) {
        lng_history h;
        run r = start_with(1, 1, NULL, over, 2);
        unlucky u = {.stopper = {.at = INT64_MAX, .how = LNG_STOP_SOON}};
        const lng_observer observer = {.context = &u, .step = stop_at, .unsaved = on_unsaved};
        lng_saver *saver = lng_saver_new(r.session, r.data, in_folder("nowhere"), before[i], context[i], errors);
        const lng_course course = {.observer = &observer, .saver = saver};
        r.session->stop = &u.stopper.stop;
        must(saver != NULL);
        ck_assert(lng_train(r.session, arena, r.data, &course, &h, errors));
        ck_assert_int_eq(u.times, 1);
        ck_assert_msg(strstr(u.message, said[i]), "%s", u.message);
        ck_assert_uint_eq(lng_errors_count(errors), 1);
        lng_errors_clear(errors);
        lng_saver_free(saver);
        end(&r);
    }
}
END_TEST

/* A checkpoint is not trusted: what it says of the run must fit the model. */
START_TEST(checkpoints_of_other_runs)
{
    const char *path = in_folder("checkpoint.safetensors");
    lng_checkpoint from;
    run a = start(0, 1, NULL), b = start(1, 1, NULL), c = start(0, 1, NULL);
    train_to(&a, 2, LNG_STOP_SOON, NULL, path);
    ck_assert(!lng_checkpoint_load(&from, b.session, path, arena, errors));
    lng_errors_clear(errors);
    const lng_weights weights = lng_session_weights(c.session);
    must(lng_weights_save(&weights, LNG_WEIGHTS_ALL, path, errors));
    ck_assert(!lng_checkpoint_load(&from, c.session, path, arena, errors));
    ck_assert_msg(strstr(lng_errors_text(errors, 0), "not the checkpoint of a run"), "%s", lng_errors_text(errors, 0));
    end(&a);
    end(&b);
    end(&c);
}
END_TEST

/* Its digest is right, but no run has such numbers. */
START_TEST(checkpoints_that_lie)
{
    enum { CLOCK, TALLY, BEST };
    static const struct {
        int tensor, number;
        double value;
    } lies[] = {
        {CLOCK, 0, -1}, {CLOCK, 0, 0.5}, {CLOCK, 0, 0x1p32}, {CLOCK, 1, 0x1p31}, {CLOCK, 2, 12},      {CLOCK, 2, NAN},
        {TALLY, 0, 36}, {TALLY, 3, -1},  {BEST, 1, 2},       {BEST, 1, -1},      {BEST, 2, INFINITY}, {BEST, 2, 1e300},
    };
    const char *path = in_folder("checkpoint.safetensors");
    lng_checkpoint from, again;
    run r = start(0, 1, NULL);
    train_to(&r, 2, LNG_STOP_SOON, NULL, path);
    must(lng_checkpoint_load(&from, r.session, path, arena, errors));
    lng_weights weights = lng_session_weights(r.session);
    for (int i = 0; i <= LENGTH(lies); i++) {
        const bool lacks = i == LENGTH(lies);
        lng_rest rest = {.best = from.best, .count = LNG_STANDING_TENSORS - lacks};
        memcpy(rest.stays, from.stays, sizeof rest.stays);
        rest.numbers = lng_standing_numbers(arena, &from.standing, r.model->metrics);
        if (!lacks)
            rest.numbers[lies[i].tensor].at[lies[i].number] = lies[i].value;
        weights.rest = &rest;
        must(lng_weights_save(&weights, LNG_WEIGHTS_ALL, path, errors));
        ck_assert_msg(!lng_checkpoint_load(&again, r.session, path, arena, errors), "lie %d", i);
        ck_assert_msg(strstr(lng_errors_text(errors, 0), lacks ? "`run/history` is missing" : "contradicts itself"), "lie %d: %s",
                      i, lng_errors_text(errors, 0));
        lng_errors_clear(errors);
    }
    end(&r);
}
END_TEST

START_TEST(checkpoints_after_epochs)
{
    const lng_override over[] = {{"train.checkpoint", "{every: 2 epochs}"}, {"train.epochs", "3"}};
    lng_history h;
    lng_checkpoint from;
    run r = start_with(1, 1, NULL, over, 2);
    lng_saver *saver = lng_saver_new(r.session, r.data, folder(), nothing_before, NULL, errors);
    must(saver && lng_train(r.session, arena, r.data, &(lng_course){.saver = saver}, &h, errors));
    lng_saver_free(saver);
    must(lng_checkpoint_load(&from, r.session, lng_checkpoint_path(arena, folder(), 0), arena, errors));
    ck_assert_int_eq(from.standing.cursor.epoch, 2);
    ck_assert_int_eq(from.standing.cursor.row, 0);
    ck_assert(!lng_file_exists(lng_checkpoint_path(arena, folder(), 1)));
    end(&r);
}
END_TEST

/* A file of which only the numbers are forged: its digest is right. */
static bool loads(const run *r, const lng_checkpoint *c)
{
    const char *path = in_folder("forged.safetensors");
    const size_t metrics = r->model->metrics;
    lng_checkpoint read;
    lng_weights weights = lng_session_weights(r->session);
    lng_rest rest = {.numbers = lng_standing_numbers(arena, &c->standing, metrics), .count = LNG_STANDING_TENSORS, .best = c->best};
    memcpy(rest.stays, c->stays, sizeof rest.stays);
    weights.rest = &rest;
    must(lng_weights_save(&weights, LNG_WEIGHTS_ALL, path, errors));
    const bool ok = lng_checkpoint_load(&read, r->session, path, arena, errors);
    ck_assert_msg(ok || strstr(lng_errors_text(errors, 0), "the checkpoint contradicts itself"), "%s", lng_errors_text(errors, 0));
    lng_errors_clear(errors);
    return ok;
}

START_TEST(forged_checkpoints)
{
    const char *path = in_folder("checkpoint.safetensors");
    lng_checkpoint from;
    run r = start(0, 1, NULL);
    train_to(&r, lng_steps_per_epoch(r.data->train_count, 12) + 1, LNG_STOP_SOON, NULL, path);
    must(lng_checkpoint_load(&from, r.session, path, arena, errors));
    ck_assert(from.standing.epochs == 1 && from.best);
    ck_assert(loads(&r, &from));
    for (int i = 0; i < 8; i++) {
        lng_checkpoint c = from;
        lng_epoch e = from.standing.epoch[0];
        c.standing.epoch = &e;
        switch (i) {
        case 0:
            c.standing.cursor.epoch = INT_MAX;
            break;
        case 1:
            c.standing.cursor.epoch = 2;
            break;
        case 2:
            c.standing.best.epoch = INT_MAX;
            break;
        case 3:
            e.epoch = INT_MAX;
            break;
        case 4:
            e.examples = INT64_C(1) << 52;
            break;
        case 5:
            c.best = NULL;
            break;
        case 6:
            c.standing.cursor.row = c.standing.tally.examples = INT64_C(1) << 52;
            break;
        default:
            c.standing.cursor.row++;
        }
        ck_assert_msg(!loads(&r, &c), "forgery %d is taken", i);
    }
    end(&r);
}
END_TEST

/* A file in the place of a checkpoint: how many steps its run has made, or that it does not say. */
static int64_t steps_in(const void *bytes, size_t n)
{
    const char *path = in_folder("forged.safetensors");
    must(lng_file_write(path, bytes, n, errors));
    return lng_checkpoint_steps(arena, path);
}

START_TEST(steps_of_any_file)
{
    static const char *const headers[] = {"",
                                          "[]",
                                          "{\"run/clock\":",
                                          "{}",
                                          "{\"run/clock\":[0,8]}",
                                          "{\"run/clock\":{}}",
                                          "{\"run/clock\":{\"data_offsets\":8}}",
                                          "{\"run/clock\":{\"data_offsets\":[0]}}",
                                          "{\"run/clock\":{\"data_offsets\":[0.5,8]}}",
                                          "{\"run/clock\":{\"data_offsets\":[\"0\",8]}}",
                                          "{\"run/clock\":{\"data_offsets\":[-1,8]}}",
                                          "{\"run/clock\":{\"data_offsets\":[1,8]}}",
                                          "{\"run/clock\":{\"data_offsets\":[9223372036854775807,8]}}",
                                          "{\"run/clock\":{\"data_offsets\":[0,8]}}"};
    static const struct {
        unsigned char number[8]; /* the least significant byte first */
        int64_t steps;
    } clocks[] = {{{0, 0, 0, 0, 0, 0, 0x45, 0x40}, 42},  /* 42 */
                  {{0, 0, 0, 0, 0, 0, 0xf0, 0xbf}, -1},  /* -1 */
                  {{0, 0, 0, 0, 0, 0, 0xf0, 0x41}, -1},  /* 2^32 */
                  {{0, 0, 0, 0, 0, 0, 0xf0, 0x7f}, -1},  /* infinity */
                  {{0, 0, 0, 0, 0, 0, 0xf8, 0x7f}, -1}}; /* NaN */
    const char *path = in_folder("checkpoint.safetensors");
    run r = start(0, 1, NULL);
    train_to(&r, 2, LNG_STOP_SOON, NULL, path);
    end(&r);
    ck_assert_int_eq(lng_checkpoint_steps(arena, path), 2);
    ck_assert_int_eq(lng_checkpoint_steps(arena, in_folder("none")), -1);
    ck_assert_int_eq(lng_checkpoint_steps(arena, folder()), -1);
    size_t n;
    const char *whole = lng_file_read(arena, path, 1 << 20, &n, errors);
    must(whole != NULL);
    bool told = false;
    for (size_t cut = 0; cut <= n; cut += 1 + cut / 9) { /* once it says so, a longer part does, too */
        const int64_t steps = steps_in(whole, cut);
        ck_assert(steps == 2 || (steps == -1 && !told));
        told = steps == 2;
    }
    char file[200] = {0};
    for (int i = 0; i < LENGTH(headers); i++) {
        file[0] = (char)snprintf(file + 8, sizeof file - 8, "%s", headers[i]);
        const size_t header = strlen(headers[i]);
        for (int k = 0; k < LENGTH(clocks); k++) {
            memcpy(file + 8 + header, clocks[k].number, 8);
            ck_assert_int_eq(steps_in(file, 8 + header + 8), i + 1 < LENGTH(headers) ? -1 : clocks[k].steps);
        }
    }
    for (int i = 2; i < 8; i++) { /* a header of up to 2^63 bytes */
        memset(file, 0, 8);
        file[i] = (char)0x80;
        ck_assert_int_eq(steps_in(file, sizeof file), -1);
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(resumed_at_any_step, LENGTH(kinds)),
        TEST(resumed_with_another_batch),
        LOOP(signalled_at_the_end, LENGTH(kinds)),
        TEST(unsaved_is_said_at_once),
        TEST(checkpoints_of_other_runs),
        TEST(checkpoints_that_lie),
        TEST(checkpoints_after_epochs),
        TEST(forged_checkpoints),
        TEST(steps_of_any_file),
        {0},
    };
    return suite_run("resume", tests, set_up, NULL);
}
