/* lngraph list: the runs in a folder, with their figures. */
#include "cli/runs.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef struct list {
    lng_run *run;
    size_t runs, capacity;
} list;

static void close_folder(void *dir)
{
    closedir(dir);
}

static bool gather(lng_command *c, const char *folder, list *l)
{
    lng_guard guard;
    DIR *dir = opendir(folder);
    if (!dir)
        return lng_error(c->errors, LNG_E_IO, (lng_place){0}, "cannot open the folder %s: %s", folder, strerror(errno));
    lng_guard_begin(&guard, c->arena, close_folder, dir);
    for (const struct dirent *e; (errno = 0, e = readdir(dir));) {
        const char *path = lng_format(c->arena, "%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.' || !lng_folder_exists(path))
            continue;
        l->run = lng_grow(c->arena, l->run, l->runs, &l->capacity, sizeof *l->run);
        l->run[l->runs++] = lng_run_look(c->arena, path);
    }
    const int number = errno;
    lng_guard_end(&guard);
    return number == 0 || lng_error(c->errors, LNG_E_IO, (lng_place){0}, "cannot read the folder %s: %s", folder, strerror(number));
}

static int newest_first(const void *a, const void *b)
{
    const lng_run *x = a, *y = b;
    return x->time != y->time ? (x->time < y->time) - (x->time > y->time) : strcmp(x->folder, y->folder);
}

static const char *time_text(lng_arena *a, int64_t seconds)
{
    const time_t t = (time_t)seconds;
    struct tm when;
    char text[32];
    return localtime_r(&t, &when) && strftime(text, sizeof text, "%Y-%m-%d %H:%M", &when) ? lng_copy(a, text) : "";
}

static const char *string_at(const lng_run *run, const char *object, const char *key)
{
    const lng_json_value *v = lng_report_at(run->report, (const char *const[]){object, key, NULL});
    return v && v->kind == LNG_JSON_STRING ? v->string : NULL;
}

/* "interrupted", with the reason if it is broken; NULL: it is as it should be. */
static const char *trouble(lng_arena *a, const lng_run *run)
{
    if (run->state == LNG_RUN_DONE)
        return NULL;
    return run->why ? lng_format(a, "%s: %s", lng_run_states[run->state], run->why) : lng_run_states[run->state];
}

/* ---- as a table ---- */
static void print_head(lng_table *t, const lng_map *names)
{
    lng_table_cell(t, LNG_BOLD, "run");
    for (size_t i = 0; i < lng_map_count(names); i++)
        lng_table_cell(t, LNG_BOLD, lng_map_key(names, i));
    lng_table_cell(t, LNG_BOLD, "of");
    lng_table_cell(t, LNG_BOLD, "when");
    lng_table_rule(t);
}

static void print_run(lng_command *c, lng_table *t, const lng_map *names, const lng_run *run)
{
    const char *split = lng_run_split(run);
    lng_table_cell(t, LNG_PLAIN, lng_tame(c->arena, run->folder));
    for (size_t i = 0; i < lng_map_count(names); i++)
        lng_table_cell(t, LNG_PLAIN, lng_run_figure_text(c->arena, run, split, lng_map_key(names, i)));
    lng_table_cell(t, LNG_DIM, split ? split : lng_run_states[run->state]);
    lng_table_cell(t, LNG_DIM, time_text(c->arena, run->time));
}

static void print(lng_command *c, const list *l)
{
    const lng_map *names = lng_run_figure_names(c->arena, l->run, l->runs, true);
    const size_t n = lng_map_count(names);
    char *align = lng_alloc(c->arena, n + 4);
    align[0] = 'l';
    memset(align + 1, 'R', n);
    memcpy(align + 1 + n, "lL", 3);
    if (n)
        align[1] = 'r'; /* the first figure stays */
    lng_table *t = lng_table_new(c->arena, align, 0, 2);
    print_head(t, names);
    for (size_t i = 0; i < l->runs; i++)
        print_run(c, t, names, &l->run[i]);
    lng_table_write(t, &c->out, c->look);
    for (size_t i = 0; i < l->runs; i++)
        if (l->run[i].state != LNG_RUN_DONE)
            lng_text_add(&c->out, "%s: %s\n", lng_tame(c->arena, l->run[i].folder),
                         lng_tame(c->arena, trouble(c->arena, &l->run[i])));
}

/* ---- as JSON ---- */
static void put_numbers(lng_json *j, const char *name, const lng_json_value *object)
{
    lng_json_object(j, name);
    for (size_t i = 0; object && i < object->count; i++)
        lng_json_number(j, object->key[i], lng_report_number(object, object->key[i]));
    lng_json_end(j);
}

static void put_run(lng_json *j, const lng_run *run)
{
    const char *split = lng_run_split(run), *model = string_at(run, "model", "name"), *data = string_at(run, "data", "name");
    lng_json_object(j, NULL);
    lng_json_string(j, "folder", run->folder);
    lng_json_string(j, "state", lng_run_states[run->state]);
    if (run->why)
        lng_json_string(j, "reason", run->why);
    lng_json_int(j, "time", run->time);
    if (model)
        lng_json_string(j, "model", model);
    if (data)
        lng_json_string(j, "data", data);
    if (split) {
        lng_json_string(j, "split", split);
        put_numbers(j, "figures", lng_run_figures(run, split, "figures"));
    }
    lng_json_end(j);
}

static void put_json(lng_command *c, const list *l)
{
    lng_json j = lng_json_new(c->arena, 2);
    lng_json_array(&j, NULL);
    for (size_t i = 0; i < l->runs; i++)
        put_run(&j, &l->run[i]);
    lng_json_end_array(&j);
    lng_text_put(&c->out, j.text.at, j.text.length);
    lng_text_add(&c->out, "\n");
}

static void list_runs(lng_command *c)
{
    const char *folder = c->operands ? c->operand[0] : "runs";
    list l = {0};
    if (!gather(c, folder, &l))
        return;
    if (l.runs == 0 && lng_file_exists(lng_format(c->arena, "%s/model.yaml", folder))) { /* the folder of a run itself */
        l.run = lng_grow(c->arena, l.run, 0, &l.capacity, sizeof *l.run);
        l.run[l.runs++] = lng_run_look(c->arena, folder);
    }
    if (l.runs > 0)
        qsort(l.run, l.runs, sizeof *l.run, newest_first);
    c->paged = true;
    if (lng_command_get(c, "json"))
        put_json(c, &l);
    else if (l.runs)
        print(c, &l);
    else
        lng_text_add(&c->out, "%s has no runs\n", lng_tame(c->arena, folder));
}

static const lng_option options[] = {
    {"json", 0, NULL, "print a JSON array with an object for each run"},
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_list = {
    .name = "list",
    .also = "ls runs history",
    .operands = "[DIR]",
    .least = 0,
    .most = 1,
    .about = "list runs with their figures",
    .details =
        "The folder DIR (default: runs) is searched for folders of runs, but not those inside of them. The newest is first, by the time of its "
        "report. The figures are those of the test examples, or of what the run has instead, which the column `of` names.\n"
        "\n"
        "Below the table is a line for each folder that is not as it should be: a run that was interrupted, or resumed and "
        "then killed, that is still running, that has weights without a report (`lngraph eval` makes one), or whose report cannot be read; "
        "and for each folder that is no run.\n"
        "\n"
        "With --json, each object has `folder`, `state` (done, interrupted, running, without a report, broken or no run), `reason` if it is "
        "broken, `time` in seconds since 1970, and of the report `model`, `data`, `split` and `figures`, by their names in report.json.",
    .example = "lngraph list\n"
               "lngraph list runs/my-sweep\n"
               "lngraph list --json | jq '.[0].figures'",
    .option = options,
    .run = list_runs,
};
