/* lngraph bench: images per second in training and inference, the latency of one image, peak memory.
 *
 * A rate is that of the median lap, after one lap to warm up. Training runs full steps on the file's own data, shuffling included. A lap
 * has a fixed number of steps, or as many as a quarter of the time allows. --profile gives a row per instruction of the training tape. */
#include "config.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli/cli.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define LAP       50  /* steps */
#define ONE_LAP   200 /* single images */
#define SHORT_LAP 3   /* profiled steps: few, so that the quickest lap runs undisturbed */
#define MOST_LAPS 100000

typedef struct bench {
    lng_command *command;
    lng_workspace *w;
    lng_trainer trainer;
    lng_guard guard; /* closes it */
    uint32_t *rows;  /* a batch for inference */
    int64_t at;      /* the next one of them */
    bool ok;
} bench;
typedef int64_t lap(bench *, int runs); /* examples; 0 after an error */

static int64_t train(bench *b, int steps)
{
    for (int i = 0; b->ok && i < steps; i++)
        b->ok = lng_trainer_full_step(&b->trainer, b->command->errors);
    return b->ok ? (int64_t)steps * b->trainer.batch : 0;
}

/* Runs over consecutive rows. */
static int64_t infer_batches(bench *b, int runs, int batch)
{
    const lng_data *d = b->w->data;
    const lng_part *part = d->test.count >= batch ? &d->test : &d->train;
    const lng_context context = lng_session_context(b->w->session, part->field);
    for (int i = 0; b->ok && i < runs; i++) {
        for (int k = 0; k < batch; k++)
            b->rows[k] = (uint32_t)(b->at + k);
        b->at = (b->at + batch) % (part->count - batch + 1);
        b->ok = lng_session_run(b->w->session, LNG_PREDICT, b->rows, batch, &context, b->command->errors);
    }
    return b->ok ? (int64_t)runs * batch : 0;
}

static int64_t infer(bench *b, int runs)
{
    return infer_batches(b, runs, b->w->model->batch);
}

static int64_t infer_one(bench *b, int runs)
{
    return infer_batches(b, runs, 1);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Warms up; returns the length of a lap. */
static int warm_up(bench *b, lap *run, int most, double seconds)
{
    int n = 0;
    for (const double end = lng_seconds() + seconds / 4; b->ok && n < most && (n == 0 || lng_seconds() < end); n++)
        run(b, 1);
    return n;
}

/* Examples per second; 0 after an error. */
static double rate(bench *b, lap *run, int most, double seconds)
{
    double *each = NULL;
    size_t laps = 0, capacity = 0;
    const int length = warm_up(b, run, most, seconds);
    for (const double end = lng_seconds() + seconds; b->ok && laps < MOST_LAPS && (laps < 3 || lng_seconds() < end);) {
        const double start = lng_seconds();
        const int64_t n = run(b, length);
        each = lng_grow(b->command->arena, each, laps, &capacity, sizeof *each);
        each[laps++] = n ? (lng_seconds() - start) / (double)n : 0;
    }
    if (!b->ok)
        return 0;
    qsort(each, laps, sizeof *each, by_value);
    return 1 / each[laps / 2];
}

/* ---- results ---- */
static lng_json begin_json(const bench *b)
{
    lng_json j = lng_json_new(b->command->arena, 0);
    lng_json_object(&j, NULL);
    lng_json_string(&j, "peer", "lngraph " PACKAGE_VERSION);
    lng_json_string(&j, "model", b->w->model->name);
    lng_json_int(&j, "threads", lng_team_size(b->w->team));
    lng_json_int(&j, "batch", b->w->model->batch);
    return j;
}

static void end_json(const bench *b, lng_json *j)
{
    lng_json_end(j);
    lng_text_put(&b->command->out, j->text.at, j->text.length);
    lng_text_put(&b->command->out, "\n", 1);
}

static void say_what(const bench *b)
{
    const int threads = lng_team_size(b->w->team);
    lng_text_add(&b->command->out, "%s, batch %d, %d thread%s, %s\n", b->w->model->name, b->w->model->batch, threads,
                 threads == 1 ? "" : "s", lng_levels[b->w->session->isa].name);
}

static void print_json(const bench *b, double training, double inference, double latency, long rss)
{
    lng_json j = begin_json(b);
    lng_json_int(&j, "train_images_per_second", (int64_t)(training + 0.5));
    lng_json_int(&j, "infer_images_per_second", (int64_t)(inference + 0.5));
    lng_json_number(&j, "latency_us", (double)(int64_t)(latency * 10 + 0.5) / 10);
    lng_json_int(&j, "peak_rss_kb", rss);
    end_json(b, &j);
}

static void print_text(const bench *b, double training, double inference, double latency, long rss)
{
    lng_command *c = b->command;
    lng_table *t = lng_table_new(c->arena, "lrl", 0, 2);
    const struct {
        const char *name, *value, *unit;
    } row[] = {{"training", lng_rate(c->arena, training), "examples/s"},
               {"inference", lng_rate(c->arena, inference), "examples/s"},
               {"one example", lng_fixed(c->arena, latency, 1), "us"},
               {"peak memory", lng_fixed(c->arena, (double)rss * 1024 / 1e6, 1), "MB"}};
    say_what(b);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        lng_table_cell(t, LNG_PLAIN, row[i].name);
        lng_table_cell(t, LNG_BOLD, row[i].value);
        lng_table_cell(t, LNG_PLAIN, row[i].unit);
    }
    lng_table_write(t, &c->out, c->look);
}

static void measure(bench *b, double seconds)
{
    lng_command *c = b->command;
    struct rusage usage;
    const double training = rate(b, train, LAP, seconds);
    const double inference = rate(b, infer, LAP, seconds / 3);
    b->at = 0;
    const double one = rate(b, infer_one, ONE_LAP, seconds / 3);
    if (!b->ok)
        return;
    getrusage(RUSAGE_SELF, &usage);
    if (lng_command_get(c, "json"))
        print_json(b, training, inference, 1e6 / one, usage.ru_maxrss);
    else
        print_text(b, training, inference, 1e6 / one, usage.ru_maxrss);
}

/* ---- --profile ---- */
/* Alternates laps without and with the profile: the cost of measuring is the difference between the quickest ones. */
static bool profile_laps(bench *b, double seconds, double *overhead)
{
    lng_engine *engine = lng_session_runner(b->w->session, LNG_STEP)->engine;
    double best[2] = {INFINITY, INFINITY};
    const int length = warm_up(b, train, SHORT_LAP, seconds);
    const double end = lng_seconds() + seconds;
    for (int laps = 0; b->ok && (laps < 3 || lng_seconds() < end); laps++)
        for (int on = 0; on < 2; on++) {
            lng_engine_profile(engine, on);
            const double start = lng_seconds();
            train(b, length);
            best[on] = fmin(best[on], lng_seconds() - start);
            lng_engine_profile(engine, false);
        }
    *overhead = best[1] / best[0] - 1;
    return b->ok;
}

static void profile(bench *b, double seconds)
{
    lng_engine *engine = lng_session_runner(b->w->session, LNG_STEP)->engine;
    lng_profile_report r = {0};
    lng_engine_machine(engine, &r.machine);
    if (!profile_laps(b, seconds, &r.overhead))
        return;
    r.profile = lng_engine_profile_read(engine);
    if (lng_command_get(b->command, "json")) {
        lng_json j = begin_json(b);
        lng_profile_json(&r, &j);
        end_json(b, &j);
    } else {
        say_what(b);
        lng_profile_text(&r, &b->command->out, b->command->look);
    }
}

static bool enough_data(lng_command *c, const lng_workspace *w)
{
    return w->data->train_count >= w->model->batch ||
           lng_error(c->errors, LNG_E_RANGE, (lng_place){0}, "a batch of %d takes more than the %lld training examples of %s",
                     w->model->batch, (long long)w->data->train_count, w->data->name);
}

static bool open(bench *b, lng_command *c, lng_workspace *w, bool profiled)
{
    const unsigned uses = profiled ? LNG_STEP : LNG_STEP | LNG_PREDICT;
    if (!lng_workspace_open(c, w, c->operand[0], true) || !enough_data(c, w) ||
        !lng_workspace_compile(c, w, uses, w->model->batch) || !lng_session_initialize(w->session, c->errors))
        return false;
    *b = (bench){.command = c, .w = w, .rows = LNG_NEW_N(c->arena, (size_t)w->model->batch, uint32_t), .ok = true};
    return lng_workspace_trainer(c, w, &b->trainer, &b->guard);
}

static void bench_run(lng_command *c)
{
    const char *text = lng_command_get(c, "seconds");
    const bool profiled = lng_command_get(c, "profile") != NULL;
    double seconds = 6;
    int64_t batch = 0;
    if (text && (!lng_parse_double(text, strlen(text), &seconds) || !(seconds > 0) || seconds > 86400)) {
        lng_usage_error(c, "--seconds takes a number from above 0 to 86400, not `%s`", text);
        return;
    }
    if (!lng_command_int(c, "batch", 1, 1 << 20, &batch))
        return;
    lng_workspace w;
    bench b = {0};
    if (open(&b, c, &w, profiled))
        (profiled ? profile : measure)(&b, seconds);
    lng_guard_end(&b.guard);
    lng_workspace_close(&w);
}

static const lng_option options[] = {
    {"batch", 'b', "N", "examples per batch, instead of the file's"},
    {"seconds", 0, "S", "seconds to measure training; each of the two inference figures takes a third of it (default: 6)"},
    {"json", 0, NULL, "print one line of JSON"},
    {"profile", 0, NULL, "print one row per instruction of the training tape"},
    LNG_WORKSPACE_OPTIONS,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_bench = {
    .name = "bench",
    .also = "benchmark profile time",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .about = "measure training and inference speed, latency and memory",
    .details =
        "Each rate is the median of repeated measurements; peak memory is that of the process. Training runs full steps on the "
        "model's own data, including shuffling; inference computes the model's output alone.\n"
        "\n"
        "--profile prints one row per instruction, then the cost of the rest of the step. Times are summed over all threads; the "
        "cost of reading the clock is subtracted from them and shown as a row of its own. GFLOP/s counts the multiply-adds of the "
        "op; peak is that rate as a percentage of the best of one thread, measured on all threads at once; kB is the size "
        "of operands and results. Bound says what limits the instruction: `memory` or `cache`, if moving these bytes at the best measured rate takes "
        "half of its time or more, and more than its multiply-adds would; else `compute`. Columns that do not fit the terminal are left "
        "out; --json has them all.",
    .example = "lngraph bench my.yaml\n"
               "lngraph bench my.yaml --data=digits --threads=1 --profile",
    .option = options,
    .run = bench_run,
};
