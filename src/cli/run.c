/* lngraph run: trains a model, reports on it, and keeps the results. */
#include "base/clock.h"
#include "base/file.h"
#include "cli/cli.h"
#include "train/weights.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ---- before training ---- */
static const char *facts(lng_arena *a, const lng_workspace *w)
{
    const lng_data *d = w->data;
    const int threads = lng_team_size(w->team);
    lng_text out = lng_text_new(a);
    lng_text_add(&out, "%s: %s parameters; %s: %s train", w->model->name, lng_count(a, w->model->parameters), d->name,
                 lng_count(a, d->train_count));
    if (d->validation_count)
        lng_text_add(&out, ", %s validation", lng_count(a, d->validation_count));
    if (d->test.count)
        lng_text_add(&out, ", %s test", lng_count(a, d->test.count));
    lng_text_add(&out, "; %d thread%s; seed %llu\n", threads, threads == 1 ? "" : "s", (unsigned long long)w->model->seed);
    return out.at;
}

/* Folded on a terminal only: a log has the facts on one line. */
static void say_first(lng_command *c, const lng_workspace *w)
{
    const int width = c->look_err.width < 100 ? c->look_err.width : 100;
    lng_text text = lng_text_new(c->arena);
    lng_wrap(&text, facts(c->arena, w), "", c->live ? width : INT_MAX);
    lng_text_add(&text, "\n");
    if (w->model->note) {
        lng_wrap(&text, w->model->note, "  ", width);
        lng_text_add(&text, "\n");
    }
    fputs(text.at, stderr);
}

/* ---- results ---- */
static bool write_text(lng_command *c, const lng_folder *f, const char *name, const char *text, size_t n)
{
    return lng_file_write(lng_format(c->arena, "%s/%s", f->path, name), text, n, c->errors);
}

/* report.json comes last: a folder that has it is complete. */
static bool keep(lng_command *c, const lng_workspace *w, const lng_folder *f, const lng_report *r)
{
    static const lng_look plain;
    lng_text model = lng_text_new(c->arena), history = lng_text_new(c->arena), text = lng_text_new(c->arena),
             json = lng_text_new(c->arena);
    lng_model_write(w->model, &model);
    lng_history_csv(w->model, r->history, &history);
    lng_report_text(r, &text, plain);
    lng_report_json(r, &json);
    return write_text(c, f, "source.yaml", w->model->source->text, w->model->source->length) &&
           write_text(c, f, "model.yaml", model.at, model.length) &&
           lng_weights_save(w->session->store, lng_format(c->arena, "%s/model.safetensors", f->path), c->errors) &&
           write_text(c, f, "history.csv", history.at, history.length) && write_text(c, f, "report.txt", text.at, text.length) &&
           write_text(c, f, "report.json", json.at, json.length);
}

static void finish(lng_command *c, lng_workspace *w, const lng_folder *f, const lng_history *history)
{
    lng_report r = {.model = w->model, .data = w->data, .threads = lng_team_size(w->team), .history = history};
    if (!lng_evaluate_splits(c, w, &r))
        return;
    const bool kept = keep(c, w, f, &r);
    lng_report_text(&r, &c->out, c->look);
    if (kept)
        lng_text_add(&c->out, "\nsaved in %s\n", f->path);
}

static void train(lng_command *c, lng_workspace *w)
{
    lng_folder folder;
    lng_history history;
    lng_progress progress;
    const bool quiet = lng_command_get(c, "quiet") != NULL;
    if (!lng_folder_claim(c, w->model->name, &folder))
        return;
    if (!quiet)
        say_first(c, w);
    volatile sig_atomic_t *stop = lng_stop_catch();
    const lng_observer observer = lng_progress_begin(&progress, c, w);
    lng_train(w->session, c->arena, w->data, quiet ? NULL : &observer, stop, &history, c->errors);
    lng_progress_end(&progress);
    if (history.interrupted && !quiet)
        fprintf(stderr, "interrupted after %lld steps\n", (long long)history.steps);
    if (history.steps > 0)
        finish(c, w, &folder, &history);
    lng_folder_release(&folder);
    c->signal = *stop;
}

/* ---- --dry-run ---- */
/* Seconds of the fastest of a few steps; 0 after an error. */
static double time_steps(lng_command *c, lng_trainer *t)
{
    double best = 0;
    for (const double end = lng_seconds() + 0.2; best == 0 || lng_seconds() < end;) {
        const double start = lng_seconds();
        if (!lng_trainer_full_step(t, c->errors))
            return 0;
        const double spent = lng_seconds() - start;
        best = best == 0 || spent < best ? spent : best;
    }
    return best;
}

/* Seconds of one validation, estimated from a part of the examples. */
static double time_validation(lng_command *c, lng_workspace *w)
{
    const lng_data *d = w->data;
    const int64_t part = d->validation_count < 2048 ? d->validation_count : 2048;
    if (part == 0)
        return 0;
    lng_scores scores;
    const double start = lng_seconds();
    lng_evaluate(w->session, c->arena, &d->train, d->train_count, part, &scores, c->errors);
    return (lng_seconds() - start) * (double)d->validation_count / (double)part;
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
    lng_trainer_open(&t, w->session, c->arena);
    const bool bound = lng_trainer_bind(&t, w->data->train.field, w->data->train_count, c->errors);
    const double step = bound ? time_steps(c, &t) : 0, validation = step > 0 ? time_validation(c, w) : 0;
    lng_trainer_close(&t);
    if (lng_errors_count(c->errors))
        return;
    const int64_t steps = t.steps, each = lng_steps_per_epoch(t.rows, t.batch);
    const double epochs = (double)((steps + each - 1) / each), memory = (double)lng_session_memory(w->session) / 1e6;
    char duration[32];
    lng_text text = lng_text_new(c->arena);
    lng_text_add(&text, "%s", facts(c->arena, w));
    lng_text_add(&text, "memory: %.1f MB of data, %.1f MB for weights and tapes\n", data_megabytes(w->data), memory);
    lng_text_add(&text, "time: about %s for %s steps of %d examples (%.2f ms each) in %.0f epoch%s",
                 lng_duration(duration, step * (double)steps + validation * epochs), lng_count(c->arena, steps), w->model->batch,
                 1e3 * step, epochs, epochs == 1 ? "" : "s");
    lng_wrap(&c->out, text.at, "", c->look.width);
    lng_text_add(&c->out, "\n");
}

static void run(lng_command *c)
{
    lng_workspace w;
    if (lng_workspace_open(c, &w, c->operand[0]) && lng_workspace_compile(c, &w, LNG_STEP | LNG_EVALUATE, 0) &&
        lng_session_initialize(w.session, c->errors)) {
        if (lng_command_get(c, "dry-run"))
            dry_run(c, &w);
        else
            train(c, &w);
    }
    lng_workspace_close(&w);
}

static const lng_option options[] = {
    {"out", 'o', "DIR", "folder for the results (default: runs/NAME, then runs/NAME-2, ...)"},
    {"force", 'f', NULL, "write into the folder even if it is not empty"},
    {"seed", 0, "N", "seed of all random numbers, instead of the file's"},
    LNG_WORKSPACE_OPTIONS,
    {"quiet", 'q', NULL, "print only the report and errors, no progress"},
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
        "MODEL is a YAML file, - for standard input, or the folder of a run. Progress goes to standard error, the report to standard "
        "output. Model, weights, history and report are stored in a folder of their own; see lngraph-files(5).\n"
        "\n"
        "SIGINT (Control-C) or SIGTERM stops the run after the current batch: what was trained is saved and reported. A second signal "
        "ends the process at once.",
    .example = "lngraph run my.yaml\n"
               "lngraph run my.yaml -s train.epochs=5 -o runs/second",
    .option = options,
    .run = run,
};
