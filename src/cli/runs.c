/* Folders of runs (runs.h). */
#include "cli/runs.h"
#include "train/saver.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const lng_run_states[] = {[LNG_RUN_DONE] = "done",     [LNG_RUN_INTERRUPTED] = "interrupted",
                                      [LNG_RUN_GOING] = "running", [LNG_RUN_BARE] = "without a report",
                                      [LNG_RUN_BROKEN] = "broken", [LNG_RUN_NONE] = "no run"};

/* Whether a process works in the folder. */
static bool is_locked(const char *folder)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd); /* and with it the lock */
    return locked;
}

static int64_t time_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_mtime : 0;
}

static bool is_true(const lng_json_value *v)
{
    return v && v->kind == LNG_JSON_BOOL && v->boolean;
}

static void read_report(lng_arena *a, const char *path, lng_run *run)
{
    lng_errors *errors = lng_errors_unheard(a);
    run->report = lng_report_read(a, path, errors);
    if (!run->report && lng_errors_count(errors))
        run->why = lng_copy(a, lng_errors_message(errors, 0));
    run->state = !run->report ? LNG_RUN_BROKEN : LNG_RUN_DONE;
    if (run->report && is_true(lng_report_at(run->report, (const char *const[]){"run", "interrupted", NULL})))
        run->state = LNG_RUN_INTERRUPTED;
}

static double steps_of(const lng_run *run)
{
    return lng_report_number(lng_report_at(run->report, (const char *const[]){"run", NULL}), "steps");
}

/* Whether the run went on after its report: the weights are those of the report, but the checkpoint is of another step. */
static bool went_on(lng_arena *a, const lng_run *run)
{
    const double reported = steps_of(run); /* NaN: `eval` made it */
    const int64_t steps = lng_checkpoint_steps(a, lng_checkpoint_path(a, run->folder, 0));
    return steps >= 0 && !isnan(reported) && (double)steps != reported;
}

bool lng_run_is_reported(lng_arena *a, const char *folder, int64_t step)
{
    lng_run run = {.folder = folder};
    read_report(a, lng_format(a, "%s/report.json", folder), &run);
    return run.state == LNG_RUN_DONE && steps_of(&run) == (double)step;
}

lng_run lng_run_look(lng_arena *a, const char *folder)
{
    const char *report = lng_format(a, "%s/report.json", folder), *weights = lng_format(a, "%s/model.safetensors", folder);
    lng_run run = {.folder = folder, .state = LNG_RUN_NONE, .time = time_of(folder)};
    if (is_locked(folder))
        run.state = LNG_RUN_GOING;
    else if (lng_file_exists(report)) {
        run.time = time_of(report);
        read_report(a, report, &run);
        if (run.state == LNG_RUN_DONE && went_on(a, &run))
            run.state = LNG_RUN_INTERRUPTED;
    } else if (lng_file_exists(weights))
        run.state = LNG_RUN_BARE;
    return run;
}

const char *lng_run_split(const lng_run *run)
{
    const lng_json_value *splits = run->report ? lng_json_get(run->report, "splits") : NULL;
    return splits && splits->kind == LNG_JSON_OBJECT && splits->count ? splits->key[splits->count - 1] : NULL;
}

const lng_json_value *lng_run_figures(const lng_run *run, const char *split, const char *what)
{
    const lng_json_value *f = split ? lng_report_at(run->report, (const char *const[]){"splits", split, what, NULL}) : NULL;
    return f && f->kind == LNG_JSON_OBJECT ? f : NULL;
}

static bool ends_with(const char *name, const char *end)
{
    const size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

lng_map *lng_run_figure_names(lng_arena *a, const lng_run *run, size_t runs, bool brief)
{
    lng_map *names = lng_map_new(a);
    for (size_t r = 0; r < runs; r++) {
        const lng_json_value *f = lng_run_figures(&run[r], lng_run_split(&run[r]), "figures");
        for (size_t i = 0; f && i < f->count; i++)
            if (!brief || (!ends_with(f->key[i], ".weighted") && !ends_with(f->key[i], ".micro")))
                lng_map_put(names, f->key[i], names);
    }
    return names;
}

const char *lng_run_figure_text(lng_arena *a, const lng_run *run, const char *split, const char *figure)
{
    const lng_json_value *f = lng_run_figures(run, split, "figures"), *value = f ? lng_json_get(f, figure) : NULL;
    if (!value)
        return "";
    return value->kind == LNG_JSON_NUMBER ? lng_fixed(a, value->number, 4) : "undefined";
}
