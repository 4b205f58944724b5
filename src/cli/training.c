/* Training into a folder: what `run` and `resume` have in common. */
#include "base/clock.h"
#include "cli/cli.h"
#include "report/facts.h"
#include "train/saver.h"
#include <limits.h>
#include <stdio.h>

/* ---- before training ---- */
const char *lng_training_facts(lng_arena *a, const lng_workspace *w)
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
    lng_wrap(&text, lng_training_facts(c->arena, w), "", c->live ? width : INT_MAX);
    lng_text_add(&text, "\n");
    if (w->model->note) {
        lng_wrap(&text, w->model->note, "  ", width);
        lng_text_add(&text, "\n");
    }
    fputs(text.at, stderr);
}

/* ---- training ---- */
/* Whether there is an epoch, or a part of one, and the last validation, if any, succeeded: then the weights can be evaluated. */
static bool is_validated(const lng_workspace *w, const lng_history *h)
{
    return h->epochs > 0 && (w->data->validation_count == 0 || h->kept || h->epoch[h->epochs - 1].validation.count > 0);
}

static void finish(lng_command *c, lng_workspace *w, lng_results *results, const lng_history *history, lng_saver *saver)
{
    lng_report r = {.model = w->model,
                    .data = w->data,
                    .threads = lng_team_size(w->team),
                    .history = history,
                    .session = w->session,
                    .errors = c->errors};
    bool whole;
    const bool saved = lng_results_save_training(results, w, history, saver, &whole);
    const double start = lng_seconds();
    const bool evaluated = whole && is_validated(w, history) && lng_evaluate_splits(c, w, &r);
    r.evaluation_seconds = lng_seconds() - start;
    lng_report_origin(c, lng_format(c->arena, "%s/model.safetensors", results->folder->path), &r);
    if (evaluated) {
        r.found = lng_found_of(c->arena, &r);
        lng_report_text(&r, &c->out, c->look);
        lng_text_add(&c->out, "\n");
    }
    const bool reported = evaluated && lng_results_save_report(results, &r);
    if (evaluated)
        lng_report_judge(c->arena, &r, c->errors);
    if (history->kept)
        lng_text_add(&c->out, "kept the weights of epoch %d, the best by %s\n", history->kept, w->model->keep.text);
    if (saved)
        lng_text_add(&c->out, "saved in %s%s\n", lng_tame(c->arena, results->folder->path),
                     reported ? "; its page is report.html" : ", without a report");
}

static void say_interrupted(const lng_command *c, const lng_history *h, const char *folder)
{
    if (h->interrupted)
        fprintf(stderr, "interrupted after %lld steps; `lngraph resume %s` goes on\n", (long long)h->steps,
                lng_tame(c->arena, folder));
}

static void say_over(lng_command *c, const lng_history *h, const char *folder)
{
    lng_error(c->errors, LNG_E_TIME, (lng_place){0}, "the time that --limit gives is over, after %lld steps", (long long)h->steps);
    if (h->steps > 0)
        lng_error_hint(c->errors, "`lngraph resume %s` goes on", lng_tame(c->arena, folder));
}

static void train(lng_command *c, lng_workspace *w, lng_results *results, const lng_checkpoint *from, lng_saver *saver)
{
    lng_history history;
    lng_progress progress;
    const bool quiet = lng_command_get(c, "quiet") != NULL;
    if (!quiet)
        say_first(c, w);
    w->session->stop = lng_stop_catch(LNG_STOP_NOW);
    const lng_observer observer = lng_progress_begin(&progress, c, w);
    const lng_course course = {.observer = &observer, .saver = saver, .from = from};
    lng_train(w->session, c->arena, w->data, &course, &history, c->errors);
    lng_progress_end(&progress);
    if (!quiet && !lng_stop_is_over())
        say_interrupted(c, &history, results->folder->path);
    if (history.steps > 0)
        finish(c, w, results, &history, saver);
    if (lng_stop_is_over())
        say_over(c, &history, results->folder->path);
    c->signal = lng_stop_signal();
}

static void free_saver(void *saver)
{
    lng_saver_free(saver);
}

void lng_training(lng_command *c, lng_workspace *w, const lng_folder *folder, const lng_checkpoint *from)
{
    lng_results results;
    if (lng_results_open(&results, c, folder, w, from != NULL)) {
        lng_saver *saver = lng_saver_new(w->session, w->data, folder->path, lng_results_begin, &results, c->errors);
        lng_guard guard;
        lng_guard_begin(&guard, c->arena, free_saver, saver);
        if (saver)
            train(c, w, &results, from, saver);
        lng_guard_end(&guard);
    }
    lng_results_close(&results);
}
