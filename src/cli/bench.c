/* lngraph bench: images a second in training and inference, the latency of one image, peak memory.
 *
 * A rate is that of the median lap after one lap that only warms up; training laps are full steps on the file's own data, shuffling
 * included. A lap has a fixed number of steps, or as many as a quarter of the time allows. --profile gives a row for each
 * instruction of the training tape. */
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
#define SHORT_LAP 3   /* profiled steps: the quickest lap should meet nobody else on the machine */
#define MOST_LAPS 100000

typedef struct bench {
    lng_command *command;
    lng_workspace *w;
    uint32_t *order;
    int64_t at; /* in the epoch's order */
    uint32_t step;
    int epoch;
    bool ok;
} bench;
typedef int64_t lap(bench *, int runs); /* examples; 0 after an error */

static bool train_step(bench *b)
{
    const lng_model *m = b->w->model;
    const lng_data *d = b->w->data;
    if (b->at + m->batch > d->train_count) {
        lng_shuffle(b->order, d->train_count, m->seed, ++b->epoch);
        b->at = 0;
    }
    const lng_clock clock = {.seed = m->seed, .step = b->step++, .epoch = b->epoch, .batch = m->batch, .field = d->train.field};
    b->ok = lng_train_step(b->w->session, b->order + b->at, m->batch, &clock, b->command->errors);
    b->at += m->batch;
    return b->ok;
}

static int64_t train(bench *b, int steps)
{
    for (int i = 0; i < steps; i++)
        if (!train_step(b))
            return 0;
    return (int64_t)steps * b->w->model->batch;
}

/* Runs over rows that follow each other. */
static int64_t infer_batches(bench *b, int runs, int batch)
{
    const lng_data *d = b->w->data;
    const lng_part *part = d->test.count >= batch ? &d->test : &d->train;
    const lng_clock clock = {.seed = b->w->model->seed, .progress = 1, .field = part->field};
    const int64_t places = part->count - batch + 1;
    for (int i = 0; i < runs; i++) {
        uint32_t *rows = b->order; /* any memory of a batch will do */
        const int64_t first = b->at;
        b->at = (first + batch) % places;
        for (int k = 0; k < batch; k++)
            rows[k] = (uint32_t)(first + k);
        lng_engine_run(b->w->session->infer.engine, rows, batch, &clock);
    }
    return (int64_t)runs * batch;
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

/* Runs until it is warm; the length of a lap. */
static int warm_up(bench *b, lap *run, int most, double seconds)
{
    int n = 0;
    for (const double end = lng_seconds() + seconds / 4; b->ok && n < most && (n == 0 || lng_seconds() < end); n++)
        run(b, 1);
    return n;
}

/* Examples a second; 0 after an error. */
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
                 threads == 1 ? "" : "s", lng_isa_name(b->w->session->isa));
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
    } row[] = {{"training", lng_count(c->arena, (int64_t)(training + 0.5)), "images/s"},
               {"inference", lng_count(c->arena, (int64_t)(inference + 0.5)), "images/s"},
               {"one image", lng_fixed(c->arena, latency, 1), "us"},
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
    if (!b->ok || !lng_session_infer(b->w->session, b->w->model->batch, c->errors))
        return;
    b->at = 0;
    const double inference = rate(b, infer, LAP, seconds / 3);
    b->at = 0;
    const double one = rate(b, infer_one, ONE_LAP, seconds / 3);
    getrusage(RUSAGE_SELF, &usage);
    if (lng_command_get(c, "json"))
        print_json(b, training, inference, 1e6 / one, usage.ru_maxrss);
    else
        print_text(b, training, inference, 1e6 / one, usage.ru_maxrss);
}

/* ---- --profile ---- */
/* Laps by turns without and with the profile: what measuring costs is the difference of the quickest ones. */
static bool profile_laps(bench *b, double seconds, double *overhead)
{
    lng_engine *engine = b->w->session->train.engine;
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
    lng_engine *engine = b->w->session->train.engine;
    lng_profile_report r = {.peak = lng_engine_peak(engine)};
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

static bool enough_data(bench *b)
{
    const lng_data *d = b->w->data;
    return d->train_count >= b->w->model->batch || lng_error(b->command->errors, LNG_E_RANGE, (lng_place){0},
                                                             "a batch of %d needs more than the %lld training examples of %s",
                                                             b->w->model->batch, (long long)d->train_count, d->name);
}

static void bench_run(lng_command *c)
{
    const char *text = lng_command_get(c, "seconds"), *batch = lng_command_get(c, "batch");
    double seconds = 6;
    int64_t n = 0;
    if (text && (!lng_parse_double(text, strlen(text), &seconds) || !(seconds > 0) || seconds > 86400)) {
        lng_usage_error(c, "--seconds takes a number above 0, not `%s`", text);
        return;
    }
    if (!lng_command_int(c, "batch", 1, 1 << 20, &n))
        return;
    const lng_override more = {"train.batch", batch};
    lng_workspace w;
    if (lng_workspace_open(c, &w, c->operand[0], &more, batch ? 1 : 0) && lng_session_initialise(w.session, c->errors)) {
        bench b = {.command = c, .w = &w, .ok = true, .epoch = -1};
        b.order =
            LNG_NEW_N(c->arena, (size_t)(w.data->train_count > w.model->batch ? w.data->train_count : w.model->batch), uint32_t);
        b.at = w.data->train_count;
        if (enough_data(&b)) {
            if (lng_command_get(c, "profile"))
                profile(&b, seconds);
            else
                measure(&b, seconds);
        }
    }
    lng_workspace_close(&w);
}

static const lng_option options[] = {
    {"batch", 'b', "N", "examples in a batch, instead of the file's"},
    {"seconds", 0, "S", "how long to measure training; inference takes a third of it, twice (default: 6)"},
    {"json", 0, NULL, "one line of JSON"},
    {"profile", 0, NULL, "a row for each instruction of the training tape"},
    LNG_WORKSPACE_OPTIONS,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_bench = {
    .name = "bench",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .about = "measures training, inference, latency and memory",
    .details =
        "Rates are those of the median lap, peak memory is the process's. Training is full steps on the file's own data, shuffling included; inference "
        "computes the "
        "model's output alone.\n"
        "\n"
        "With --profile: a row an instruction, then what the rest of a step costs. Times are of all threads together, and reading "
        "the clock is taken from them and shown as a row; GFLOP/s counts the multiply-adds that the op needs, peak is their "
        "share of what a thread does at best, measured on all threads at once; kB are operands and results. Columns that "
        "do not fit are left out; --json has them all.",
    .example = "lngraph bench my.yaml\n"
               "lngraph bench my.yaml --data=digits --threads=1 --profile",
    .option = options,
    .run = bench_run,
};
