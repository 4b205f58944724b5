/* lngraph run: trains a model, reports on it, and keeps the results. */
#include "base/clock.h"
#include "cli/cli.h"

static void train_in_folder(lng_command *c, lng_workspace *w)
{
    lng_folder folder;
    if (!lng_folder_claim(c, w->model->name, &folder))
        return;
    lng_training(c, w, &folder, NULL);
    lng_folder_release(&folder);
}

/* ---- --dry-run ---- */
typedef struct pace {
    double step;  /* seconds of the fastest of the run's first steps; 0 after an error */
    double order; /* how many more an epoch's first one takes, which puts the examples in order */
} pace;

static pace time_steps(lng_command *c, lng_trainer *t)
{
    pace p = {0};
    double first = 0;
    const double end = lng_seconds() + 0.2;
    for (int i = 0; t->cursor.step < t->steps && (i < 2 || lng_seconds() < end); i++) {
        if (t->cursor.row == t->rows)
            lng_trainer_next_epoch(t);
        const bool full = t->rows - t->cursor.row >= t->batch;
        const double start = lng_seconds();
        if (!lng_trainer_step(t, c->errors))
            return (pace){0};
        const double spent = lng_seconds() - start;
        if (i == 0)
            first = spent;
        if (i < 2 || (full && spent < p.step))
            p.step = spent;
    }
    p.order = first > p.step ? first - p.step : 0;
    return p;
}

/* Seconds of one validation, estimated from part of the examples. */
static double time_validation(lng_command *c, lng_workspace *w)
{
    const lng_range all = lng_split_range(w->data, LNG_VALIDATION);
    lng_range some = all;
    if (all.count == 0)
        return 0;
    if (some.count > 2048)
        some.count = 2048;
    lng_scores scores;
    const double start = lng_seconds();
    lng_evaluate(w->session, c->arena, &some, &scores, c->errors);
    return (lng_seconds() - start) * (double)all.count / (double)some.count;
}

static double data_megabytes(const lng_data *d)
{
    double bytes = 0;
    const lng_part *part[] = {&d->train, &d->test};
    for (size_t i = 0; i < 2; i++)
        for (size_t f = 0; f < part[i]->fields; f++)
            bytes += (double)part[i]->field[f].size * (double)part[i]->count * (part[i]->field[f].type == LNG_FIELD_U8 ? 1 : 4);
    return bytes / 1e6;
}

static void dry_run(lng_command *c, lng_workspace *w)
{
    lng_trainer t;
    lng_guard guard;
    const bool bound = lng_workspace_trainer(c, w, &t, &guard);
    const pace p = bound ? time_steps(c, &t) : (pace){0};
    const double validation = p.step > 0 ? time_validation(c, w) : 0;
    lng_guard_end(&guard);
    if (lng_errors_count(c->errors))
        return;
    const int64_t steps = t.steps, each = lng_steps_per_epoch(t.rows, t.batch);
    const double epochs = (double)((steps + each - 1) / each), memory = (double)lng_session_memory(w->session) / 1e6;
    char duration[32];
    lng_text text = lng_text_new(c->arena);
    lng_text_add(&text, "%s", lng_training_facts(c->arena, w));
    lng_text_add(&text, "memory: %.1f MB of data, %.1f MB for weights and tapes\n", data_megabytes(w->data), memory);
    lng_text_add(&text, "time: about %s for %s steps of %d examples (%.2f ms each) in %.0f epoch%s",
                 lng_duration(duration, p.step * (double)steps + (p.order + validation) * epochs), lng_count(c->arena, steps),
                 w->model->batch, 1e3 * p.step, epochs, epochs == 1 ? "" : "s");
    lng_wrap(&c->out, text.at, "", c->look.width);
    lng_text_add(&c->out, "\n");
}

/* A dry run has no folder. */
static bool is_enclosed(lng_command *c, lng_sandbox *box)
{
    if (!lng_command_get(c, "sandbox"))
        return true;
    const char *model = lng_model_path(c, c->operand[0]), *out = lng_command_get(c, "out");
    return model && lng_sandbox_enter(c, box, model, lng_command_get(c, "dry-run") ? NULL : out ? out : "runs");
}

static void run(lng_command *c)
{
    lng_workspace w = {0};
    lng_sandbox box = {0};
    if (is_enclosed(c, &box) && lng_workspace_open(c, &w, c->operand[0], true) &&
        lng_workspace_compile(c, &w, LNG_STEP | LNG_EVALUATE, 0) && lng_session_initialize(w.session, c->errors)) {
        lng_session_set_scales(w.session, c->arena, w.data->learned);
        if (lng_command_get(c, "dry-run"))
            dry_run(c, &w);
        else
            train_in_folder(c, &w);
    }
    lng_workspace_close(&w);
    lng_sandbox_leave(&box);
}

static const lng_option options[] = {
    {"out", 'o', "DIR", "folder for the results (default: runs/NAME, then runs/NAME-2, ...)"},
    {"force", 'f', NULL, "write into the folder even if it is not empty"},
    {"seed", 0, "N", "seed of all random numbers, instead of the file's"},
    LNG_WORKSPACE_OPTIONS,
    {"quiet", 'q', NULL, "print only the report and errors, no progress"},
    {"sandbox", 0, NULL, "let the kernel keep the run to the folders of the model, of data and of the run"},
    {"dry-run", 'n', NULL, "compile, open the data, try one batch, and estimate memory and time"},
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_run = {
    .name = "run",
    .also = "train fit learn",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .about = "train a model and report its results",
    .details =
        "MODEL is a YAML file, - for standard input, or the folder of a run. Progress goes to standard error, the report to "
        "standard output. Model, weights, history and report are stored in a folder of their own; see lngraph-files(5).\n"
        "\n"
        "After SIGINT (Control-C) or SIGTERM, the run finishes its batch, saves the weights, reports on them, and ends. After a "
        "second signal it saves the weights without evaluating them; a third one ends it at once, or when the files that it is "
        "saving are complete. If the report is missing, `lngraph eval RUN` makes it. `lngraph resume RUN` goes on from where it "
        "stopped, also after a crash, from the last checkpoint: see `checkpoint` in lngraph-model(5).\n"
        "\n"
        "If a loss, a gradient or an evaluated output is not finite, the run saves the weights as they were before that step, and "
        "ends with exit status 5.\n"
        "\n"
        "For a model that nobody knows, --limit and --sandbox set bounds. A plan that needs more memory is refused before training; when the time "
        "is over, the run finishes its batch, saves the weights, and ends with exit status 4 at the latest a minute later. While a run is stopped, its time passes, too. With --sandbox, the "
        "kernel (Linux with Landlock) lets the process read only the folder of the model, that of --data or LNGRAPH_DATA and the cache of data "
        "sets, write only into the folder that -o names, or else below `runs`, start no program, and make no connection by TCP. A text that is "
        "compressed has to be unpacked before: no temporary file can be made for it.",
    .example = "lngraph run my.yaml\n"
               "lngraph run my.yaml -s train.epochs=5 -o runs/second",
    .option = options,
    .run = run,
};
