/* lngraph bench: images a second in training and inference, the latency of one image, peak memory.
 *
 * A rate is that of the median lap after one lap that only warms up; training laps are full steps on the file's own data, shuffling
 * included. --profile gives a row for each instruction of the training tape. */
#include "config.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli/cli.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define LAP       50  /* steps */
#define ONE_LAP   200 /* single images */
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

static int64_t train_lap(bench *b)
{
    for (int i = 0; i < LAP; i++)
        if (!train_step(b))
            return 0;
    return (int64_t)LAP * b->w->model->batch;
}

static int64_t infer(bench *b, int laps, int batch)
{
    const lng_data *d = b->w->data;
    const lng_part *part = d->test.count >= batch ? &d->test : &d->train;
    const lng_clock clock = {.seed = b->w->model->seed, .progress = 1, .field = part->field};
    const int64_t places = part->count - batch + 1;
    for (int i = 0; i < laps; i++) {
        uint32_t *rows = b->order; /* any memory of a batch will do */
        for (int k = 0; k < batch; k++)
            rows[k] = (uint32_t)((int64_t)i * batch % places + k);
        lng_engine_run(b->w->session->infer.engine, rows, batch, &clock);
    }
    return (int64_t)laps * batch;
}

static int64_t infer_lap(bench *b)
{
    return infer(b, LAP, b->w->model->batch);
}

static int64_t one_lap(bench *b)
{
    return infer(b, ONE_LAP, 1);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Examples a second; 0 after an error. */
static double rate(bench *b, int64_t (*lap)(bench *), double seconds)
{
    double *each = NULL;
    size_t laps = 0, capacity = 0;
    lap(b);
    for (const double end = lng_seconds() + seconds; b->ok && laps < MOST_LAPS && (laps < 3 || lng_seconds() < end);) {
        const double start = lng_seconds();
        const int64_t n = lap(b);
        each = lng_grow(b->command->arena, each, laps, &capacity, sizeof *each);
        each[laps++] = n ? (lng_seconds() - start) / (double)n : 0;
    }
    if (!b->ok)
        return 0;
    qsort(each, laps, sizeof *each, by_value);
    return 1 / each[laps / 2];
}

/* ---- results ---- */
static void print_json(const bench *b, double train, double inference, double latency, long rss)
{
    lng_command *c = b->command;
    lng_json j = lng_json_new(c->arena, 0);
    lng_json_object(&j, NULL);
    lng_json_string(&j, "peer", "lngraph " PACKAGE_VERSION);
    lng_json_string(&j, "model", b->w->model->name);
    lng_json_int(&j, "threads", lng_team_size(b->w->team));
    lng_json_int(&j, "batch", b->w->model->batch);
    lng_json_int(&j, "train_images_per_second", (int64_t)(train + 0.5));
    lng_json_int(&j, "infer_images_per_second", (int64_t)(inference + 0.5));
    lng_json_number(&j, "latency_us", (double)(int64_t)(latency * 10 + 0.5) / 10);
    lng_json_int(&j, "peak_rss_kb", rss);
    lng_json_end(&j);
    lng_text_put(&c->out, j.text.at, j.text.length);
    lng_text_put(&c->out, "\n", 1);
}

static void print_text(const bench *b, double train, double inference, double latency, long rss)
{
    lng_command *c = b->command;
    lng_table *t = lng_table_new(c->arena, "lrl", 0, 2);
    const struct {
        const char *name, *value, *unit;
    } row[] = {{"training", lng_count(c->arena, (int64_t)(train + 0.5)), "images/s"},
               {"inference", lng_count(c->arena, (int64_t)(inference + 0.5)), "images/s"},
               {"one image", lng_fixed(c->arena, latency, 1), "us"},
               {"peak memory", lng_fixed(c->arena, (double)rss / 1e3, 1), "MB"}};
    const int threads = lng_team_size(b->w->team);
    lng_text_add(&c->out, "%s, batch %d, %d thread%s, %s\n", b->w->model->name, b->w->model->batch, threads,
                 threads == 1 ? "" : "s", lng_isa_name(b->w->session->isa));
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
    const double train = rate(b, train_lap, seconds);
    if (!b->ok || !lng_session_infer(b->w->session, b->w->model->batch, c->errors))
        return;
    const double inference = rate(b, infer_lap, seconds / 3), one = rate(b, one_lap, seconds / 3);
    getrusage(RUSAGE_SELF, &usage);
    if (lng_command_get(c, "json"))
        print_json(b, train, inference, 1e6 / one, usage.ru_maxrss);
    else
        print_text(b, train, inference, 1e6 / one, usage.ru_maxrss);
}

/* ---- --profile ---- */
static int by_seconds(const void *a, const void *b)
{
    const lng_profile_row *x = a, *y = b;
    return x->seconds > y->seconds ? -1 : x->seconds < y->seconds;
}

static void profile_row(const bench *b, lng_table *t, const lng_profile_row *r, double steps, double all)
{
    lng_arena *a = b->command->arena;
    const double examples = r->per_example ? steps * b->w->model->batch : steps;
    const int64_t cost = r->node->op->cost ? r->node->op->cost(r->node) : 0;
    char shape[LNG_SHAPE_TEXT];
    lng_table_cell(t, LNG_PLAIN, r->node->op->name);
    lng_table_cell(t, LNG_PLAIN, r->node->name ? r->node->name : "");
    lng_table_cell(t, LNG_PLAIN, lng_copy(a, lng_shape_text(shape, r->node->out[0].shape)));
    lng_table_cell(t, LNG_PLAIN, lng_fixed(a, 1e6 * r->seconds / steps, 1));
    lng_table_cell(t, LNG_PLAIN, lng_format(a, "%s %%", lng_fixed(a, 100 * r->seconds / all, 1)));
    lng_table_cell(t, LNG_PLAIN, cost && r->seconds > 0 ? lng_fixed(a, 2e-9 * (double)cost * examples / r->seconds, 1) : "");
}

static void profile(bench *b, double seconds)
{
    lng_command *c = b->command;
    lng_engine *engine = b->w->session->train.engine;
    const lng_profile_row *rows;
    train_lap(b);
    lng_engine_profile(engine, true);
    const double start = lng_seconds();
    int64_t images = 0;
    while (b->ok && (images == 0 || lng_seconds() - start < seconds))
        images += train_lap(b);
    if (!b->ok)
        return;
    const double steps = (double)images / b->w->model->batch, all = (lng_seconds() - start) * lng_team_size(b->w->team);
    const size_t n = lng_engine_profile_rows(engine, &rows);
    lng_profile_row *sorted = LNG_NEW_N(c->arena, n, lng_profile_row);
    memcpy(sorted, rows, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_seconds);
    lng_table *t = lng_table_new(c->arena, "lLLrrr", 0, 2);
    static const char *const head[] = {"op", "of", "output", "us/step", "share", "GFLOP/s"};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        lng_table_cell(t, LNG_BOLD, head[i]);
    lng_table_rule(t);
    double busy = 0;
    for (size_t i = 0; i < n; i++) {
        profile_row(b, t, &sorted[i], steps, all);
        busy += sorted[i].seconds;
    }
    lng_table_rule(t);
    const double rest = all - busy;
    const char *const last[] = {"waiting, data, joining",
                                "",
                                "",
                                lng_fixed(c->arena, 1e6 * rest / steps, 1),
                                lng_format(c->arena, "%s %%", lng_fixed(c->arena, 100 * rest / all, 1)),
                                ""};
    for (size_t i = 0; i < sizeof last / sizeof *last; i++)
        lng_table_cell(t, LNG_PLAIN, last[i]);
    lng_table_write(t, &c->out, c->look);
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
    .details = "Rates are those of the median lap. Training is full steps on the file's own data, shuffling included; inference "
               "computes the "
               "model's output alone.",
    .option = options,
    .run = bench_run,
};
