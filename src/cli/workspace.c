/* What the verbs work on: the model, the threads, the data set, a session. */
#include "base/clock.h"
#include "base/file.h"
#include "base/printable.h"
#include "cli/cli.h"
#include "cli/sweep.h"
#include "train/saver.h"
#include <stdio.h>
#include <string.h>

static bool parse_overrides(lng_command *c, lng_override *to, size_t *n)
{
    for (size_t i = 0; i < c->givens; i++) {
        if (strcmp(c->given[i].option->name, "set") != 0)
            continue;
        const char *text = c->given[i].value, *equals = strchr(text, '=');
        if (!equals || equals == text)
            return lng_usage_error(c, "--set takes PATH=VALUE, such as train.batch=64, not `%s`", text);
        to[(*n)++] = (lng_override){lng_copy_n(c->arena, text, (size_t)(equals - text)), equals + 1};
    }
    return true;
}

const char *lng_built_in_data(lng_command *c)
{
    const char *data = lng_command_get(c, "data");
    return data && lng_data_is_built_in(c->arena, data, c->errors) ? data : NULL;
}

lng_model *lng_open_model(lng_command *c, const char *path)
{
    const char *batch = lng_command_get(c, "batch"), *file = lng_model_path(c, path);
    lng_override *all = LNG_NEW_N(c->arena, c->givens + 2, lng_override);
    size_t count = 0;
    if (!file || !parse_overrides(c, all, &count))
        return NULL;
    if (batch)
        all[count++] = (lng_override){"train.batch", batch};
    if (lng_built_in_data(c))
        all[count++] = (lng_override){"data.source", lng_built_in_data(c)};
    lng_model *model = lng_model_read(file, all, count, c->errors);
    if (!model)
        lng_suggest_model(c, file);
    for (size_t i = 0; i < count && !model; i++)
        if (lng_sweep_is_list(all[i].value) && lng_errors_count(c->errors))
            lng_error_hint(c->errors, "to try several values of %s: `lngraph sweep`", all[i].path);
    return model;
}

void lng_close_model(void *model)
{
    lng_model_free(model);
}

bool lng_run_find(lng_command *c, const char *folder, const char **model, const char **weights)
{
    *model = lng_format(c->arena, "%s/model.yaml", folder);
    *weights = lng_format(c->arena, "%s/model.safetensors", folder);
    if (lng_file_exists(*model) && lng_file_exists(*weights))
        return true;
    lng_error(c->errors, LNG_E_RUN_FOLDER, (lng_place){0}, "%s is not a run folder: %s is missing", folder,
              lng_file_exists(*model) ? *weights : *model);
    if (lng_file_exists(*model) && lng_file_exists(lng_checkpoint_path(c->arena, folder, 0)))
        lng_error_hint(c->errors, "its training did not end: `lngraph resume %s` goes on", folder);
    return false;
}

lng_team *lng_open_team(lng_command *c)
{
    int64_t threads = lng_cores();
    if (!lng_command_int(c, "threads", 1, LNG_MAX_THREADS, &threads))
        return NULL;
    lng_team *team = lng_team_new((int)threads);
    if (!team)
        lng_error(c->errors, LNG_E_SYSTEM, (lng_place){0}, "the system refused to start %lld threads", (long long)threads);
    return team;
}

/* What is said while data are opened. */
typedef struct opening {
    const lng_command *command;
    double drawn;
    int shown;
} opening;

/* Decoding many images, on a terminal. */
static void on_image(void *context, const char *part, int64_t done, int64_t all)
{
    opening *d = context;
    const double now = lng_seconds();
    char number[2][LNG_NUMBER_SIZE];
    if (done == all) {
        lng_line_clear(&d->shown);
    } else if (now - d->drawn >= 0.1) {
        lng_line l = lng_line_begin();
        lng_line_add(&l, "%s: %s of %s images", part, lng_grouped(number[0], done), lng_grouped(number[1], all));
        lng_line_bar(&l, d->command->look_err, (double)done / (double)all);
        lng_line_draw(&l, "", &d->shown);
        d->drawn = now;
    }
}

#define MUCH ((double)(64 << 20)) /* bytes of memory, of which people want to hear before they wait */

/* A large table, before it is read; any table, where memory is asked for. */
static void on_table(void *context, const char *path, int64_t rows, double bytes)
{
    const opening *d = context;
    char number[LNG_NUMBER_SIZE], name[256];
    lng_printable(name, sizeof name, path);
    if (bytes >= MUCH || lng_command_get(d->command, "dry-run"))
        fprintf(stderr, "%s: about %s rows, which need at most %.0f MiB of memory\n", name, lng_grouped(number, rows),
                bytes / (1 << 20) + 0.5);
}

static void release(void *workspace)
{
    lng_workspace *w = workspace;
    lng_session_free(w->session);
    lng_data_free(w->data);
    lng_team_free(w->team);
    lng_model_free(w->model);
}

bool lng_workspace_open_model(lng_command *c, lng_workspace *w, const char *path)
{
    *w = (lng_workspace){0};
    lng_guard_begin(&w->guard, c->arena, release, w);
    return (w->model = lng_open_model(c, path)) != NULL;
}

bool lng_workspace_open_values(lng_command *c, lng_workspace *w, const char *path, const lng_override *o, size_t n)
{
    *w = (lng_workspace){0};
    lng_guard_begin(&w->guard, c->arena, release, w);
    return (w->model = lng_model_read(path, o, n, lng_errors_unheard(c->arena))) != NULL;
}

bool lng_workspace_open_text(lng_command *c, lng_workspace *w, const char *name, const lng_text *text)
{
    *w = (lng_workspace){0};
    lng_guard_begin(&w->guard, c->arena, release, w);
    return (w->model = lng_model_parse(name, text->at, text->length, NULL, 0, c->errors)) != NULL;
}

bool lng_workspace_open(lng_command *c, lng_workspace *w, const char *path, bool trains)
{
    int64_t seed = -1;
    *w = (lng_workspace){0};
    lng_guard_begin(&w->guard, c->arena, release, w);
    if (!lng_command_int(c, "seed", 0, INT64_MAX, &seed) || !(w->team = lng_open_team(c)))
        return false;
    if (!(w->model = lng_open_model(c, path)))
        return false;
    if (seed >= 0 && !lng_model_set_seed(w->model, (uint64_t)seed, c->errors))
        return false;
    const char *folder = lng_built_in_data(c) ? NULL : lng_command_get(c, "data");
    opening watched = {.command = c};
    w->model->data.watch = (lng_data_watch){&watched, c->live ? on_image : NULL, lng_command_get(c, "quiet") ? NULL : on_table};
    w->data = lng_data_open(&w->model->data, w->model->field, w->model->fields, folder, w->team, c->errors);
    w->model->data.watch = (lng_data_watch){0};
    if (w->data && !lng_model_set_learned(w->model, w->data->learned, c->errors))
        return false;
    if (w->data && folder && w->data->folder && !lng_model_set_folder(w->model, w->data->folder, c->errors))
        return false;
    if (w->data && lng_errors_warnings(c->errors)) { /* now, not after the run */
        lng_errors_render(c->errors, stderr, c->look_err.colour);
        lng_errors_clear(c->errors);
    }
    if (w->data && trains && w->data->train.fields == 0)
        return lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0},
                         "%s is a file, which has examples to evaluate, but none to train on", folder);
    return w->data != NULL;
}

bool lng_workspace_compile(lng_command *c, lng_workspace *w, unsigned uses, int batch)
{
    const lng_subject subject = lng_subject_of_model(w->model);
    w->session = lng_session_new(&subject, uses, batch, w->team, c->errors);
    return w->session != NULL;
}

bool lng_load_weights(lng_command *c, lng_session *s, const char *path)
{
    const lng_weights weights = lng_session_weights(s);
    return lng_weights_load(&weights, path, c->errors);
}

static void close_trainer(void *trainer)
{
    lng_trainer_close(trainer);
}

bool lng_workspace_trainer(lng_command *c, lng_workspace *w, lng_trainer *t, lng_guard *guard)
{
    lng_trainer_open(t, w->session, c->arena);
    lng_guard_begin(guard, c->arena, close_trainer, t);
    return lng_trainer_bind(t, w->data->train.field, w->data->train_count, c->errors);
}

void lng_workspace_close(lng_workspace *w)
{
    lng_guard_end(&w->guard);
}

bool lng_evaluate_splits(lng_command *c, lng_workspace *w, lng_report *r)
{
    for (int i = 0; i < LNG_SPLITS; i++) {
        const lng_range range = lng_split_range(w->data, (lng_split)i);
        if (range.count == 0)
            continue;
        lng_scores *scores = LNG_NEW(c->arena, lng_scores);
        if (!lng_evaluate_fully(w->session, c->arena, &range, scores, c->errors))
            return false;
        r->split[i] = scores;
    }
    return true;
}
