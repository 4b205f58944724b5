/* What a sweep finds in its folder: a run that is done is not made again, and one that was stopped goes on, if it is of this model, these values
 * and these data. The text of the model file alone does not say so: what it includes may have changed, and the files of the data. */
#include "cli/compare.h"
#include "cli/sweep.h"
#include "report/facts.h"
#include "train/saver.h"
#include <inttypes.h>
#include <string.h>

#define MOST_MODEL ((size_t)4 << 20)

typedef struct finding {
    lng_sweep *sweep;
    lng_override *value; /* of the current trial */
    lng_map *digest;     /* of the data: by their description and the fields that are read, with the seed if it divides them */
} finding;

static bool same_bytes(lng_command *c, const char *path, const lng_source *source)
{
    size_t n;
    const char *other = lng_file_read(c->arena, path, MOST_MODEL, &n, NULL);
    return other && n == source->length && memcmp(other, source->text, n) == 0;
}

/* The first key that differs from the run's, but for the data: the run's model.yaml has what was learned from them. NULL: there is none. */
static const char *other_key(lng_command *c, const char *folder, const lng_model *m)
{
    const lng_source *source;
    const lng_doc *model[] = {
        lng_doc_read(c->arena, lng_format(c->arena, "%s/model.yaml", folder), &source, lng_errors_unheard(c->arena)), m->expanded};
    lng_comparison both = {.command = c, .runs = 2};
    if (!model[0])
        return "its model.yaml cannot be read";
    lng_compare_models(&both, model);
    for (size_t i = 0; i < both.differences; i++) {
        const lng_difference *d = &both.difference[i];
        if (strncmp(d->key, "data.", 5) != 0)
            return lng_format(c->arena, "`%s` is %s there, and %s here", d->key, d->value[0] ? d->value[0] : "absent",
                              d->value[1] ? d->value[1] : "absent");
    }
    return NULL;
}

/* NULL after an error. Warnings are the runs' own. */
static const char *read_digest(lng_command *c, lng_workspace *w)
{
    const lng_model *m = w->model;
    const char *folder = lng_built_in_data(c) ? NULL : lng_command_get(c, "data");
    if (!(w->team = lng_open_team(c)))
        return NULL;
    w->data = lng_data_open(&m->data, m->field, m->fields, folder, w->team, lng_errors_unheard(c->arena));
    if (!w->data)
        w->data = lng_data_open(&m->data, m->field, m->fields, folder, w->team, c->errors);
    const lng_report report = {.model = m, .data = w->data};
    return w->data ? lng_format(c->arena, "%016" PRIx64, lng_duplicates_of(c->arena, &report).digest) : NULL;
}

static bool is_drawn(const lng_split_spec *s)
{
    return s->how != LNG_SPLIT_NOTHING && s->seed < 0;
}

/* Whether the data are those of a run that is done; if not, *what differs. false after an error. */
static bool compare_data(finding *f, const lng_run *run, lng_workspace *w, const char **what)
{
    lng_command *c = f->sweep->command;
    const lng_data_spec *data = &w->model->data;
    const lng_json_value *there = lng_report_at(run->report, (const char *const[]){"data", "digest", NULL});
    lng_text key = lng_text_new(c->arena);
    lng_text_add(&key, "%" PRIu64 " ", is_drawn(&data->validation) || is_drawn(&data->test) ? w->model->seed : 0);
    for (size_t i = 0; i < w->model->fields; i++)
        lng_text_add(&key, "%s ", w->model->field[i].name);
    lng_doc_write(&key, lng_doc_get(w->model->expanded, "data"));
    const char *here = lng_map_get(f->digest, key.at);
    if (!here && !(here = read_digest(c, w)))
        return false;
    lng_map_put(f->digest, key.at, (void *)here);
    if (!there || there->kind != LNG_JSON_STRING || strcmp(there->string, here) != 0)
        *what = lng_format(c->arena, "its data have the digest %s, and %s here",
                           there && there->kind == LNG_JSON_STRING ? there->string : "-", here);
    return true;
}

/* The model of a trial, as its run reads it. false without an error: its run will say what is wrong. */
static bool open_trial(finding *f, const lng_trial *t, lng_workspace *w)
{
    lng_command *c = f->sweep->command;
    size_t n = lng_sweep_values(f->sweep, t, f->value);
    if (lng_built_in_data(c))
        f->value[n++] = (lng_override){"data.source", lng_built_in_data(c)};
    return lng_workspace_open_values(c, w, f->sweep->model, f->value, n) &&
           (t->seed < 0 || lng_model_set_seed(w->model, (uint64_t)t->seed, c->errors));
}

static bool is_another(const lng_sweep *s, const char *folder, const char *what)
{
    lng_command *c = s->command;
    lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0}, "%s is a run of another version of %s", folder, s->model);
    lng_error_hint(c->errors, "%s", what);
    lng_error_hint(c->errors, "-o names another folder; --force trains everything again");
    return false;
}

/* One that is not done, and is of another model, is made again. */
static bool look_at(finding *f, lng_trial *t, lng_workspace *w)
{
    lng_command *c = f->sweep->command;
    const char *folder = lng_sweep_folder(f->sweep, t), *what = NULL;
    const bool done = t->run.state == LNG_RUN_DONE;
    if (!open_trial(f, t, w))
        return true;
    if (!same_bytes(c, lng_format(c->arena, "%s/source.yaml", folder), w->model->source))
        what = "the text of the model file is another one";
    else if (!(what = other_key(c, folder, w->model)) && done && !compare_data(f, &t->run, w, &what))
        return false;
    if (done && what)
        return is_another(f->sweep, folder, what);
    t->resumes = !done && !what;
    t->before = done;
    t->state = done ? LNG_TRIAL_DONE : LNG_TRIAL_WAITS;
    return true;
}

bool lng_sweep_find_done(lng_sweep *s)
{
    lng_command *c = s->command;
    finding f = {s, LNG_NEW_N(c->arena, s->keys + LNG_SWEEP_VALUES + 1, lng_override), lng_map_new(c->arena)};
    bool good = true;
    for (size_t i = 0; good && i < s->trials && !lng_command_get(c, "force"); i++) {
        lng_trial *t = &s->trial[i];
        lng_workspace w = {0};
        const char *folder = lng_sweep_folder(s, t);
        t->run = lng_run_look(c->arena, folder);
        if (t->run.state != LNG_RUN_DONE && !lng_file_exists(lng_checkpoint_path(c->arena, folder, 0)))
            continue;
        good = look_at(&f, t, &w);
        lng_workspace_close(&w);
    }
    return good;
}
