/* lngraph resume: goes on with a run from its last checkpoint. */
#include "base/file.h"
#include "cli/runs.h"
#include "syntax/sections.h"
#include "train/saver.h"
#include <string.h>

/* The newest checkpoint of those that are at least so old; NULL: there is none. */
static const char *newest(lng_command *c, const char *folder, int64_t *older)
{
    for (; *older < LNG_MOST_CHECKPOINTS; ++*older) {
        const char *path = lng_checkpoint_path(c->arena, folder, *older);
        if (lng_file_exists(path))
            return path;
    }
    return NULL;
}

/* Reads a checkpoint that another one can take the place of: if it is damaged, with a warning. */
static bool try(lng_command *c, const lng_workspace *w, const char *path, const char *next, lng_checkpoint *to)
{
    lng_errors *why = lng_errors_unheard(c->arena);
    const bool fine = lng_checkpoint_load(to, w->session, path, c->arena, why);
    if (!fine)
        lng_warn(c->errors, (lng_place){0}, "going on from %s, as %s cannot be read: %s", next, path, lng_errors_message(why, 0));
    return fine;
}

/* Reads the newest checkpoint that is whole. */
static bool load(lng_command *c, const lng_workspace *w, const char *folder, lng_checkpoint *to)
{
    int64_t older = 0;
    const char *path = newest(c, folder, &older);
    for (const char *next; older++, (next = newest(c, folder, &older)); path = next)
        if (try(c, w, path, next, to))
            return true;
    return lng_checkpoint_load(to, w->session, path, c->arena, c->errors);
}

/* What is said if something does not stay the same; `named`: with what it was and would be. */
static const struct {
    lng_code code;
    const char *what;
    bool named;
} changes[LNG_STAYS] = {
    [LNG_STAYS_SEED] = {LNG_E_ARGUMENTS, "the seed", true},
    [LNG_STAYS_DATA] = {LNG_E_DATA, "the training examples are not those that the run has been trained on so far", false},
    [LNG_STAYS_HELD_OUT] = {LNG_E_DATA, "the validation or test examples are not those that the run has been judged by so far",
                            false},
    [LNG_STAYS_LOSS] = {LNG_E_ARGUMENTS,
                        "the loss, or the formula that it is computed by, is not that which the run has been trained with so far",
                        false},
    [LNG_STAYS_UPDATES] = {LNG_E_ARGUMENTS,
                           "a state, such as an average of `batchnorm`, is not updated by the formula of the run so far", false},
    [LNG_STAYS_KEEP] = {LNG_E_ARGUMENTS, "`keep`", true},
};

static bool refuse(lng_command *c, int i, const char *was, const char *is)
{
    const char *what = changes[i].what;
    if (changes[i].named)
        return lng_error(c->errors, changes[i].code, (lng_place){0}, "the run has %s %s, and cannot go on with %s %s", what, was,
                         what, is);
    lng_error(c->errors, changes[i].code, (lng_place){0}, "%s", what);
    lng_error_hint(c->errors, "%s, or train a new run from these weights with `start`",
                   changes[i].code == LNG_E_DATA ? "give it the same data with --data" : "undo the change of model.yaml");
    return false;
}

/* Whether the rest of the run would be of the same run. */
static bool fits(lng_command *c, const lng_workspace *w, const lng_checkpoint *from)
{
    lng_stays now;
    lng_stays_find(&now, w->model, w->data);
    for (int i = 0; i < LNG_STAYS; i++)
        if (from->stays[i] && strcmp(from->stays[i], now.text[i]) != 0)
            return refuse(c, i, from->stays[i], now.text[i]);
    return true;
}

/* Says so, if the run has done all that its model asks for. One that was ended before it had its report gets it now. */
static bool has_ended(lng_command *c, const lng_workspace *w, const char *folder, const lng_checkpoint *from)
{
    const lng_model *m = w->model;
    const lng_standing *at = &from->standing;
    const lng_ending ending = lng_ending_of(m, w->data->train_count, &at->cursor, &at->best);
    if (ending == LNG_NOT_ENDED || !lng_run_is_reported(c->arena, folder, at->cursor.step))
        return false;
    const bool counts_steps = ending == LNG_ENDED_BY_STEPS || at->cursor.row > 0; /* within an epoch: the epochs are fewer now */
    const long long done = counts_steps ? at->cursor.step : (int64_t)at->cursor.epoch;
    if (ending == LNG_ENDED_BY_PATIENCE)
        lng_text_add(&c->out, "the run has ended: %lld epochs without an improvement of %s\n", (long long)m->keep.patience,
                     m->keep.text);
    else
        lng_text_add(&c->out, "the run has ended, after %lld %s%s; `-s train.%s=N` trains on\n", done,
                     counts_steps ? "step" : "epoch", done == 1 ? "" : "s", ending == LNG_ENDED_BY_STEPS ? "steps" : "epochs");
    return true;
}

static void resume_in(lng_command *c, lng_workspace *w, const lng_folder *folder)
{
    lng_checkpoint from;
    if (load(c, w, folder->path, &from) && fits(c, w, &from) && !has_ended(c, w, folder->path, &from))
        lng_training(c, w, folder, &from);
}

/* A folder without a model or a checkpoint is not made a run's. */
static bool find(lng_command *c, const char *folder, const char **model)
{
    int64_t older = 0;
    *model = lng_format(c->arena, "%s/model.yaml", folder);
    if (lng_file_exists(*model) && newest(c, folder, &older))
        return true;
    return lng_error(c->errors, LNG_E_RUN_FOLDER, (lng_place){0}, "%s has no run to go on with: %s is missing", folder,
                     lng_file_exists(*model) ? lng_checkpoint_path(c->arena, folder, 0) : *model);
}

static void resume(lng_command *c)
{
    lng_workspace w = {0};
    lng_folder folder = {.path = c->operand[0], .fd = -1};
    const char *model;
    if (find(c, folder.path, &model) && lng_folder_open(c, &folder) && lng_workspace_open(c, &w, model, true) &&
        lng_workspace_compile(c, &w, LNG_STEP | LNG_EVALUATE, 0))
        resume_in(c, &w, &folder);
    lng_workspace_close(&w);
    lng_folder_release(&folder);
}

static const lng_option options[] = {
    LNG_WORKSPACE_OPTIONS,
    {"quiet", 'q', NULL, "print only the report and errors, no progress"},
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_resume = {
    .name = "resume",
    .also = "continue restart",
    .operands = "RUN",
    .least = 1,
    .most = 1,
    .about = "go on with a run from its last checkpoint",
    .details =
        "RUN is the folder of a run that was interrupted or killed, or has ended. It ends with the same weights, to the bit, and the "
        "same figures as if it had never stopped, also with another number of threads or on another processor.\n"
        "\n"
        "-s changes what makes sense for the rest of a run, such as train.epochs or the rate of the optimizer; the run's model.yaml "
        "records it. With another train.batch, the epochs that are left stay as many. A schedule is computed for the new number of "
        "steps. What the variables mean, the loss and what it is computed by, how layers update their states, `keep`, the seed and all "
        "examples must stay as they were: a change is refused, with what differs.\n"
        "\n"
        "A checkpoint is saved about once a minute, or as `checkpoint` of the model says. If the newest is damaged, the one before "
        "is taken, with a warning.",
    .example = "lngraph resume runs/lenet5\n"
               "lngraph resume runs/lenet5 -s train.epochs=200",
    .option = options,
    .run = resume,
};
