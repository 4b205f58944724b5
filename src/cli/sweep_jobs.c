/* The runs of a sweep, each in a process of its own, several at a time.
 *
 * A process is forked before this one has any thread, and is `lngraph run` in all that matters: so it gives the same bits. It has a process group
 * of its own: a Control-C reaches it through this process alone, once. What it says goes into a log, which stays if it fails. */
#include "base/clock.h"
#include "cli/sweep.h"
#include "lngraph/lngraph.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_LOG ((size_t)1 << 16) /* bytes of its end, that are looked at */
#define MOST_ROW 512
#define NAP      10000000L /* nanoseconds between two looks at the processes */

const char *lng_sweep_folder(const lng_sweep *s, const lng_trial *t)
{
    return lng_format(s->command->arena, "%s/%s", s->folder, t->name);
}

static const char *log_of(const lng_sweep *s, lng_arena *a, const lng_trial *t)
{
    return lng_format(a, "%s/%s.log", s->folder, t->name);
}

/* ---- the process ---- */
/* `data.validation` of a fold: drawn at random, unless examples are ordered by time; what else the file says of the split holds. */
static const char *folds_of(const lng_sweep *s, const lng_trial *t)
{
    static const char *const kept[] = {"stratify", "group", "time", "seed"};
    const lng_doc *split = lng_doc_get(lng_doc_get(s->base->expanded, "data"), "validation");
    lng_text text = lng_text_new(s->command->arena);
    lng_text_add(&text, "{folds: %lld, fold: %lld", (long long)s->folds, (long long)t->fold);
    if (!lng_doc_get(split, "time"))
        lng_text_add(&text, ", shuffle: true");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const lng_doc *value = lng_doc_get(split, kept[i]);
        if (value)
            lng_text_add(&text, value->quoted ? ", %s: \"%s\"" : ", %s: %s", kept[i], value->text);
    }
    lng_text_add(&text, "}");
    return text.at;
}

size_t lng_sweep_values(const lng_sweep *s, const lng_trial *t, lng_override *to)
{
    size_t n = 0;
    if (t->fold >= 0)
        to[n++] = (lng_override){"data.validation", folds_of(s, t)};
    for (size_t k = 0; k < s->keys; k++)
        to[n++] = (lng_override){s->key[k].path, t->value[k]};
    return n;
}

/* The run's own model.yaml has its values already if it is resumed. */
static int put_values(const lng_sweep *s, const lng_trial *t, char **argv)
{
    lng_arena *a = s->command->arena;
    lng_override *value = LNG_NEW_N(a, s->keys + LNG_SWEEP_VALUES, lng_override);
    const size_t values = lng_sweep_values(s, t, value);
    int n = 0;
    argv[n++] = lng_copy(a, "--force");
    argv[n++] = lng_format(a, "--out=%s", lng_sweep_folder(s, t));
    if (t->seed >= 0)
        argv[n++] = lng_format(a, "--seed=%lld", (long long)t->seed);
    for (size_t i = 0; i < values; i++)
        argv[n++] = lng_format(a, "--set=%s=%s", value[i].path, value[i].value);
    return n;
}

static char **arguments(const lng_sweep *s, const lng_trial *t, int *count)
{
    lng_arena *a = s->command->arena;
    const char *data = lng_command_get(s->command, "data");
    char **argv = LNG_NEW_N(a, s->keys + LNG_MOST_LIMITS + 16, char *);
    int n = 0;
    argv[n++] = lng_copy(a, "lngraph");
    argv[n++] = lng_copy(a, t->resumes ? "resume" : "run");
    argv[n++] = lng_format(a, "--threads=%d", s->threads);
    if (data)
        argv[n++] = lng_format(a, "--data=%s", data);
    n += lng_limits_pass_on(s->command, argv + n);
    if (!t->resumes)
        n += put_values(s, t, argv + n);
    argv[n++] = lng_copy(a, "--");
    argv[n++] = lng_copy(a, t->resumes ? lng_sweep_folder(s, t) : s->model);
    *count = n;
    return argv;
}

/* A sweep that is killed stops its runs, too, which save what they have: they would go on in folders that the next sweep needs. */
static void end_with(pid_t parent)
{
#ifdef __linux__
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() != parent)
        _exit(LNG_SYSTEM);
#else
    (void)parent;
#endif
}

/* In the new process; does not return. */
static void work(pid_t parent, const char *log, int argc, char **argv)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    unlink(log); /* which may be a link */
    const int to = open(log, O_WRONLY | O_CREAT | O_EXCL, 0666), nothing = open("/dev/null", O_RDWR);
    setpgid(0, 0);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], SIG_DFL);
    end_with(parent);
    if (to < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 || dup2(to, STDERR_FILENO) < 0)
        _exit(LNG_SYSTEM);
    const int status = lng_main(argc, argv);
    fflush(NULL);
    _exit(status);
}

static bool start(lng_sweep *s, lng_trial *t)
{
    int argc;
    char **argv = arguments(s, t, &argc);
    const char *log = log_of(s, s->command->arena, t);
    const pid_t parent = getpid();
    fflush(NULL);
    t->process = fork();
    if (t->process == 0)
        work(parent, log, argc, argv);
    if (t->process < 0)
        return lng_error(s->command->errors, LNG_E_SYSTEM, (lng_place){0}, "the system refused a process: %s", strerror(errno));
    t->state = LNG_TRIAL_RUNS;
    t->start = lng_seconds();
    return true;
}

/* ---- its end ---- */
/* The end of its log: `most` bytes, and a NUL. */
static void read_log(const lng_sweep *s, lng_arena *a, const lng_trial *t, char *text, size_t most)
{
    FILE *f = fopen(log_of(s, a, t), "rb");
    size_t n = 0;
    if (f) {
        if (fseek(f, -(long)most, SEEK_END) != 0)
            rewind(f);
        n = fread(text, 1, most, f);
        fclose(f);
    }
    text[n] = 0;
}

/* The first error in its log, without the name of what it is about. */
static const char *reason(const lng_sweep *s, const lng_trial *t, int status)
{
    lng_arena *a = s->command->arena;
    char *log = lng_alloc(a, MOST_LOG + 1);
    read_log(s, a, t, log, MOST_LOG);
    const char *error = strstr(log, "error[");
    if (error)
        return lng_copy_n(a, error, strcspn(error, "\n"));
    return WIFSIGNALED(status) ? lng_format(a, "it was ended by signal %d", WTERMSIG(status))
                               : lng_format(a, "exit status %d", WEXITSTATUS(status));
}

/* A run with a report is done, even if a requirement is not met. */
static void finish(const lng_sweep *s, lng_trial *t, int status, bool stopping)
{
    t->run = lng_run_look(s->command->arena, lng_sweep_folder(s, t));
    const bool met = WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == LNG_UNMET);
    t->state = met && t->run.state == LNG_RUN_DONE ? LNG_TRIAL_DONE : stopping ? LNG_TRIAL_STOPPED : LNG_TRIAL_FAILED;
    if (t->state == LNG_TRIAL_FAILED)
        t->why = reason(s, t, status);
    else
        unlink(log_of(s, s->command->arena, t));
}

/* ---- progress ---- */
/* The last part of a key's path, if no other key ends with it; or else the path. */
static const char *short_path(const lng_sweep *s, size_t key)
{
    const char *dot = strrchr(s->key[key].path, '.'), *last = dot ? dot + 1 : s->key[key].path;
    for (size_t k = 0; k < s->keys; k++) {
        const char *other = strrchr(s->key[k].path, '.');
        if (k != key && strcmp(last, other ? other + 1 : s->key[k].path) == 0)
            return s->key[key].path;
    }
    return last;
}

/* What tells a trial from the others, "batch=32, lr=0.1, seed=1". A log has the name of its folder. */
static const char *label_of(const lng_sweep *s, lng_arena *a, const lng_trial *t)
{
    lng_text label = lng_text_new(a);
    for (size_t k = 0; k < s->keys; k++)
        if (lng_sweep_varies(s, k))
            lng_text_add(&label, "%s%s=%s", label.length ? ", " : "", short_path(s, k), t->value[k]);
    if (t->seed >= 0)
        lng_text_add(&label, "%sseed=%lld", label.length ? ", " : "", (long long)t->seed);
    if (t->fold >= 0)
        lng_text_add(&label, "%sfold=%lld", label.length ? ", " : "", (long long)t->fold);
    return lng_tame(a, s->command->live && label.length ? label.at : t->name);
}

typedef struct counts {
    size_t waiting, running, done, stopped, failed;
} counts;

static counts count(const lng_sweep *s)
{
    counts n = {0};
    for (size_t i = 0; i < s->trials; i++) {
        n.waiting += s->trial[i].state == LNG_TRIAL_WAITS;
        n.running += s->trial[i].state == LNG_TRIAL_RUNS;
        n.done += s->trial[i].state == LNG_TRIAL_DONE;
        n.stopped += s->trial[i].state == LNG_TRIAL_STOPPED;
        n.failed += s->trial[i].state == LNG_TRIAL_FAILED;
    }
    return n;
}

static void say_end(const lng_sweep *s, const lng_trial *t, int *shown)
{
    lng_arena *a = s->command->arena;
    char time[32];
    lng_sweep_table table = {0};
    lng_sweep_choose(s, &table);
    lng_line_clear(shown);
    fprintf(stderr, "%s  %s  ", t->state == LNG_TRIAL_DONE ? label_of(s, a, t) : lng_tame(a, t->name),
            lng_duration(time, lng_seconds() - t->start));
    if (t->state == LNG_TRIAL_DONE)
        fprintf(stderr, "%s %s %s\n", table.split ? table.split : "", table.figure,
                lng_run_figure_text(a, &t->run, table.split, table.figure));
    else
        fprintf(stderr, "%s\n", t->state == LNG_TRIAL_STOPPED ? "stopped" : lng_tame(a, t->why));
}

/* "epoch 3, loss 0.2135": from the last row in the log of a run (progress.c); empty before its first epoch ends. */
static void standing(const lng_sweep *s, lng_arena *a, const lng_trial *t, char text[64])
{
    char log[MOST_ROW + 1];
    long long epoch = 0;
    double loss = 0;
    read_log(s, a, t, log, MOST_ROW);
    text[0] = 0;
    for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
        if (sscanf(line, "%lld %lf", &epoch, &loss) == 2)
            snprintf(text, 64, "epoch %lld, loss %.4f", epoch, loss);
}

/* What is drawn again and again is made in an arena of its own; without memory for it, it is left out. */
typedef struct scene {
    const lng_sweep *s;
    lng_arena *arena;
    const char *rows;
    char best[160]; /* the best setting so far, with its figure; "" if nothing is done */
} scene;

static void make(scene *x, void (*what)(void *))
{
    x->rows = "";
    x->arena = lng_arena_new();
    if (!x->arena)
        return;
    lng_protect(x->arena, what, x);
}

/* A row for each that goes on, as many as there is room for, and the best so far. */
static void make_rows(void *context)
{
    scene *x = context;
    const lng_sweep *s = x->s;
    lng_arena *a = x->arena;
    lng_text out = lng_text_new(a);
    const int width = lng_screen_width(STDERR_FILENO) - 1;
    int room = lng_screen_rows(STDERR_FILENO) / 2;
    for (size_t i = 0; i < s->trials; i++) {
        const lng_trial *t = &s->trial[i];
        char at[64], time[32];
        if (t->state != LNG_TRIAL_RUNS || room-- <= 0)
            continue;
        standing(s, a, t, at);
        lng_text_add(&out, "%.*s\n", width,
                     lng_format(a, "  %s  %s  %s", label_of(s, a, t), lng_duration(time, lng_seconds() - t->start), at));
    }
    if (*x->best)
        lng_text_add(&out, "%.*s\n", width, lng_format(a, "best so far: %s", x->best));
    x->rows = out.at;
}

static void find_best(void *context)
{
    scene *x = context;
    lng_arena *a = x->arena;
    const lng_sweep_table t = lng_sweep_rows(x->s, a);
    if (t.row[0].mean == t.row[0].mean)
        snprintf(x->best, sizeof x->best, "%s  %s.%s %s", label_of(x->s, a, t.row[0].first), t.split ? t.split : "", t.figure,
                 lng_spread_text(a, t.row[0].mean, t.row[0].spread));
}

static void note_best(scene *x)
{
    make(x, find_best);
    lng_arena_free(x->arena);
}

static void draw_line(scene *x, double begin, int *shown)
{
    const counts n = count(x->s);
    char time[32];
    lng_line line = lng_line_begin();
    lng_line_add(&line, "%zu of %zu done", n.done, x->s->trials);
    if (n.failed)
        lng_line_add(&line, ", %zu failed", n.failed);
    lng_line_add(&line, ", %zu running, %s", n.running, lng_duration(time, lng_seconds() - begin));
    lng_line_bar(&line, x->s->command->look_err, (double)(n.done + n.failed) / (double)x->s->trials);
    make(x, make_rows);
    lng_line_draw(&line, x->rows, shown);
    lng_arena_free(x->arena);
}

/* ---- all of them ---- */
static void pass_on(const lng_sweep *s, int number)
{
    for (size_t i = 0; i < s->trials; i++)
        if (s->trial[i].state == LNG_TRIAL_RUNS)
            kill(s->trial[i].process, number);
}

/* Whether one has ended since the last look. */
static bool look(const lng_sweep *s, bool stopping, bool quiet, int *shown)
{
    bool any = false;
    for (size_t i = 0; i < s->trials; i++) {
        lng_trial *t = &s->trial[i];
        int status;
        if (t->state != LNG_TRIAL_RUNS || waitpid(t->process, &status, WNOHANG) != t->process)
            continue;
        finish(s, t, status, stopping);
        any = true;
        if (!quiet)
            say_end(s, t, shown);
    }
    return any;
}

static bool start_waiting(lng_sweep *s)
{
    size_t running = count(s).running;
    for (size_t i = 0; i < s->trials && running < (size_t)s->jobs; i++)
        if (s->trial[i].state == LNG_TRIAL_WAITS) {
            if (!start(s, &s->trial[i]))
                return false;
            running++;
        }
    return true;
}

bool lng_sweep_train(lng_sweep *s)
{
    lng_command *c = s->command;
    const bool quiet = lng_command_get(c, "quiet") != NULL;
    const double begin = lng_seconds();
    const struct timespec nap = {0, NAP};
    volatile sig_atomic_t *asked = lng_stop_catch(LNG_STOP_NOW);
    sig_atomic_t passed = 0;
    bool good = true;
    double drawn = 0;
    const bool live = c->live && !quiet;
    scene scene = {.s = s};
    int shown = 0;
    if (live)
        note_best(&scene);
    while (count(s).running || (good && !*asked && count(s).waiting)) {
        if (good && !*asked && !(good = start_waiting(s)))
            pass_on(s, SIGTERM);
        for (; passed < *asked; passed++)
            pass_on(s, lng_stop_signal());
        if (!look(s, *asked || !good, quiet, &shown))
            nanosleep(&nap, NULL);
        else if (live)
            note_best(&scene);
        if (live && lng_seconds() - drawn > 0.2) {
            draw_line(&scene, begin, &shown);
            drawn = lng_seconds();
        }
    }
    lng_line_clear(&shown);
    c->signal = lng_stop_signal();
    return good && !*asked;
}
