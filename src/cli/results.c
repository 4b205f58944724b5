/* The files that a run leaves in its folder.
 *
 * All are begun before training, under temporary names, and have their space. So a full disk or a folder that is not writable is found
 * before the work, not after it. The files get their names when training ends: weights and history first, then the reports. An old
 * report.json is removed first and the new one comes last, so a folder that has it is complete, as far as it says: a run that was resumed and
 * killed has a checkpoint of a later step.
 *
 * A failure costs no more than its own file: the weights do not depend on the history. */
#include "base/assert.h"
#include "cli/cli.h"
#include "syntax/sections.h"
#include "train/saver.h"
#include <string.h>

#define TEXT_ROOM ((size_t)16 << 10)  /* bytes reserved for a text whose length is not known in advance */
#define PAGE_ROOM ((size_t)512 << 10) /* bytes reserved for the page */
#define MOST_ROOM ((size_t)256 << 10) /* bytes reserved for the history, which only the longest runs exceed */

static const char *const name[LNG_RESULTS] = {
    [LNG_RESULT_SOURCE] = "source.yaml",
    [LNG_RESULT_MODEL] = "model.yaml",
    [LNG_RESULT_WEIGHTS] = "model.safetensors",
    [LNG_RESULT_CHECKPOINT] = LNG_CHECKPOINT_FILE,
    [LNG_RESULT_HISTORY] = "history.csv",
    [LNG_RESULT_TEXT] = "report.txt",
    [LNG_RESULT_HTML] = "report.html",
    [LNG_RESULT_CARD] = "MODEL_CARD.md",
    [LNG_RESULT_PREDICTIONS] = "predictions.csv",
    [LNG_RESULT_JSON] = "report.json",
};

static const char *path_of(const lng_results *r, int which)
{
    return lng_format(r->command->arena, "%s/%s", r->folder->path, name[which]);
}

static bool put(const lng_results *r, int which, lng_text text)
{
    LNG_ASSERT(r->file[which]);
    return lng_file_put(r->file[which], text.at, text.length);
}

static bool reserve(const lng_results *r, int which, size_t bytes)
{
    return lng_file_reserve(r->file[which], bytes);
}

/* A text that is known before training. What was put may still wait in memory, but its space must be reserved. */
static bool put_known(const lng_results *r, int which, const char *text, size_t length)
{
    return reserve(r, which, length) && lng_file_put(r->file[which], text, length);
}

static size_t history_room(const lng_model *m)
{
    const size_t row = (4 + 4 * (m->metrics + 1)) * 16, room = (size_t)(m->epochs + 1) * row;
    return room < MOST_ROOM ? room : MOST_ROOM;
}

/* All variables, the best ones so far, and the history. */
static size_t checkpoint_room(const lng_model *m, const lng_weights *w)
{
    return lng_weights_size(w, LNG_WEIGHTS_ALL) * (m->keep.text ? 2 : 1) + history_room(m);
}

/* Space for the last checkpoint; and is there any for those while training goes on, the ones that are kept and the one that is being
 * written? */
static bool reserve_checkpoint(const lng_results *r, const lng_model *m, const lng_weights *w)
{
    const lng_cadence *every = &m->checkpoint;
    const size_t room = checkpoint_room(m, w), kept = r->resumed ? 0 : (size_t)every->keep, others = kept + 1;
    const bool saves = every->seconds > 0 || every->steps > 0 || every->epochs > 0;
    if (!saves || lng_file_ask(r->file[LNG_RESULT_CHECKPOINT], (others + 1) * room))
        return reserve(r, LNG_RESULT_CHECKPOINT, room);
    lng_error_hint(r->command->errors, "checkpoints take %zu times %.3g MB; fewer with `-s train.checkpoint.keep=1`", others + 1,
                   (double)room / 1e6);
    return false;
}

static bool fill(lng_results *r, const lng_workspace *w)
{
    const lng_weights weights = lng_session_weights(w->session);
    lng_text model = lng_text_new(r->command->arena);
    lng_model_write(w->model, &model);
    return (r->resumed || put_known(r, LNG_RESULT_SOURCE, w->model->source->text, w->model->source->length)) &&
           put_known(r, LNG_RESULT_MODEL, model.at, model.length) &&
           reserve(r, LNG_RESULT_WEIGHTS, lng_weights_size(&weights, LNG_WEIGHTS_USED)) &&
           reserve(r, LNG_RESULT_HISTORY, history_room(w->model)) && reserve(r, LNG_RESULT_TEXT, TEXT_ROOM) &&
           reserve(r, LNG_RESULT_JSON, TEXT_ROOM) && reserve(r, LNG_RESULT_HTML, PAGE_ROOM) &&
           reserve(r, LNG_RESULT_CARD, TEXT_ROOM) && reserve_checkpoint(r, w->model, &weights);
}

static bool commit(lng_results *r, int which)
{
    lng_file *file = r->file[which];
    LNG_ASSERT(file); /* each is finished once */
    r->file[which] = NULL;
    const bool good = lng_file_commit(file);
    r->lacks = r->lacks || !good;
    return good;
}

/* Of the split whose predictions are to be written. */
static bool has_examples(lng_command *c, const lng_workspace *w)
{
    const lng_split split = lng_predictions_split(w->model);
    return lng_split_range(w->data, split).count > 0 ||
           lng_error(c->errors, LNG_E_ARGUMENTS, lng_predictions_wanted(w->model)->place,
                     "there are no %s examples whose predictions could be written", lng_split_name(split));
}

static bool save_predictions(lng_results *r, const lng_report *report)
{
    return !r->file[LNG_RESULT_PREDICTIONS] ||
           (lng_predictions_write(report, r->command->arena, r->file[LNG_RESULT_PREDICTIONS], r->command->errors) &&
            commit(r, LNG_RESULT_PREDICTIONS));
}

static void release(void *results)
{
    lng_results *r = results;
    for (int i = 0; i < LNG_RESULTS; i++)
        lng_file_abandon(r->file[i]);
}

bool lng_results_open(lng_results *r, lng_command *c, const lng_folder *f, const lng_workspace *w, bool resumed)
{
    *r = (lng_results){.command = c, .folder = f, .resumed = resumed};
    lng_guard_begin(&r->guard, c->arena, release, r);
    const bool predicts = lng_predictions_wanted(w->model) != NULL;
    if (predicts && !has_examples(c, w))
        return false;
    for (int i = 0; i < LNG_RESULTS; i++)
        if ((i != LNG_RESULT_PREDICTIONS || predicts) && !(resumed && i == LNG_RESULT_SOURCE) &&
            !(r->file[i] = lng_file_begin_own(path_of(r, i), c->errors)))
            return false;
    return fill(r, w);
}

/* Those of another run, which this one takes the place of. */
static bool remove_others(const lng_results *r)
{
    lng_errors *e = r->command->errors;
    bool good = lng_file_remove(path_of(r, LNG_RESULT_JSON), e) && lng_file_remove(path_of(r, LNG_RESULT_PREDICTIONS), e) &&
                lng_file_remove(path_of(r, LNG_RESULT_WEIGHTS), e);
    for (int64_t older = 0; good && (older == 0 || lng_file_exists(lng_checkpoint_path(r->command->arena, r->folder->path, older)));
         older++)
        good = lng_file_remove(lng_checkpoint_path(r->command->arena, r->folder->path, older), e);
    return good;
}

bool lng_results_begin(void *results)
{
    lng_results *r = results;
    return (r->resumed || (remove_others(r) && commit(r, LNG_RESULT_SOURCE))) && commit(r, LNG_RESULT_MODEL);
}

/* The older ones stay if the newest cannot be saved. */
static bool save_checkpoint(lng_results *r, lng_saver *saver)
{
    const bool saved = lng_saver_write(saver, r->file[LNG_RESULT_CHECKPOINT]) && commit(r, LNG_RESULT_CHECKPOINT);
    if (saved)
        lng_saver_forget(saver, r->command->arena);
    return saved;
}

/* resumable: there is a checkpoint, too. */
static bool save_weights(lng_results *r, const lng_workspace *w, lng_saver *saver, bool *resumable)
{
    static const int files[] = {LNG_RESULT_SOURCE, LNG_RESULT_MODEL};
    const lng_weights weights = lng_session_weights(w->session);
    bool good = lng_file_remove(path_of(r, LNG_RESULT_JSON), r->command->errors) && !r->lacks;
    const bool written = lng_weights_write(&weights, LNG_WEIGHTS_USED, r->file[LNG_RESULT_WEIGHTS], r->command->errors);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        good = (!r->file[files[i]] || commit(r, files[i])) && good;
    const bool described = !r->lacks;
    good = written && commit(r, LNG_RESULT_WEIGHTS) && good;
    *resumable = described && save_checkpoint(r, saver); /* nothing could go on from it otherwise */
    return good;
}

static bool save_history(lng_results *r, const lng_workspace *w, const lng_history *h)
{
    lng_text history = lng_text_new(r->command->arena);
    lng_history_csv(w->model, h, &history);
    return put(r, LNG_RESULT_HISTORY, history) && commit(r, LNG_RESULT_HISTORY);
}

bool lng_results_save_training(lng_results *r, const lng_workspace *w, const lng_history *h, lng_saver *saver, bool *whole)
{
    lng_stop_hold();
    bool resumable;
    const bool saved = save_weights(r, w, saver, &resumable);
    *whole = save_history(r, w, h) && saved && resumable;
    lng_stop_release();
    return saved;
}

bool lng_results_save_report(lng_results *r, const lng_report *report)
{
    static const lng_look plain;
    static const int files[] = {LNG_RESULT_TEXT, LNG_RESULT_HTML, LNG_RESULT_CARD, LNG_RESULT_JSON};
    lng_text text[LNG_RESULTS];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        text[files[i]] = lng_text_new(r->command->arena);
    lng_report_text(report, &text[LNG_RESULT_TEXT], plain);
    lng_report_html(report, &text[LNG_RESULT_HTML]);
    lng_card_write(report, &text[LNG_RESULT_CARD]);
    lng_report_json(report, &text[LNG_RESULT_JSON]);
    lng_stop_hold();
    bool good = save_predictions(r, report);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        good = good && put(r, files[i], text[files[i]]) && commit(r, files[i]);
    lng_stop_release();
    return good;
}

void lng_results_close(lng_results *r)
{
    lng_guard_end(&r->guard);
}
