/* lngraph sweep: trains a model with every combination of some values. */
#include "cli/sweep.h"
#include "report/quantity.h"
#include <stdio.h>
#include <string.h>

#define LISTED_FAILS 5

/* ---- the figure to order by ---- */
static bool is_lower_better(const lng_model *m, const lng_quantity *q)
{
    const lng_model_metric *metric = q->metric == SIZE_MAX ? NULL : &m->metric[q->metric];
    return !metric || metric->better == LNG_LOWER_IS_BETTER || (metric->better == LNG_UNKNOWN_BETTER && !metric->rate);
}

static bool take_figure(lng_sweep *s, const char *given)
{
    lng_command *c = s->command;
    const char *dot = given ? strchr(given, '.') : NULL, *name = dot                  ? dot + 1
                                                                 : s->base->keep.text ? strchr(s->base->keep.text, '.') + 1
                                                                                      : NULL;
    const lng_quantities q = lng_quantities_of(c->arena, s->base);
    lng_nearest near = {.wrong = name ? name : ""};
    s->by = given;
    if (!given && s->base->keep.text) {
        s->lower = s->base->keep.lower;
        return true;
    }
    if (!name && given)
        return lng_usage_error(c, "--by takes SPLIT.FIGURE, such as validation.loss, not `%s`", given);
    if (!name) {
        s->lower = is_lower_better(s->base, &q.at[s->base->metrics ? 1 : 0]);
        return true;
    }
    bool split = false;
    for (int i = 0; i < LNG_SPLITS; i++)
        split = split || (strncmp(given, lng_split_name((lng_split)i), (size_t)(dot - given)) == 0 &&
                          strlen(lng_split_name((lng_split)i)) == (size_t)(dot - given));
    if (!split)
        return lng_usage_error(c, "--by begins with train, validation or test, such as validation.loss, not `%s`", given);
    for (size_t i = 0; i < q.count; i++) {
        lng_nearest_offer(&near, q.at[i].name);
        if (strcmp(q.at[i].name, name) != 0)
            continue;
        s->lower = is_lower_better(s->base, &q.at[i]);
        return true;
    }
    lng_usage_error(c, "--by: the report has no figure `%s`", name);
    if (near.best)
        lng_error_hint(c->errors, "did you mean `%.*s.%s`?", (int)(dot - given), given, near.best);
    return false;
}

/* ---- results ---- */
static size_t count(const lng_sweep *s, int state)
{
    size_t n = 0;
    for (size_t i = 0; i < s->trials; i++)
        n += (int)s->trial[i].state == state;
    return n;
}

static void report_failures(const lng_sweep *s)
{
    lng_command *c = s->command;
    const size_t failed = count(s, LNG_TRIAL_FAILED);
    size_t listed = 0;
    if (failed == 0)
        return;
    lng_error(c->errors, LNG_E_SWEEP, (lng_place){0}, "%zu of %zu runs failed", failed, s->trials);
    for (size_t i = 0; i < s->trials && listed < LISTED_FAILS; i++)
        if (s->trial[i].state == LNG_TRIAL_FAILED && ++listed)
            lng_error_hint(c->errors, "%s: %s", s->trial[i].name, s->trial[i].why);
}

static bool write_files(const lng_sweep *s, const lng_sweep_table *t)
{
    lng_arena *a = s->command->arena;
    lng_text html = lng_text_new(a), json = lng_text_new(a);
    lng_sweep_page(s, t, &html);
    lng_sweep_json(s, t, &json);
    return lng_file_write_own(lng_format(a, "%s/sweep.html", s->folder), html.at, html.length, s->command->errors) &&
           lng_file_write_own(lng_format(a, "%s/sweep.json", s->folder), json.at, json.length, s->command->errors);
}

static void finish(lng_sweep *s)
{
    lng_command *c = s->command;
    const lng_sweep_table t = lng_sweep_rows(s, s->command->arena);
    const size_t done = count(s, LNG_TRIAL_DONE), left = s->trials - done - count(s, LNG_TRIAL_FAILED);
    if (done == 0) {
        report_failures(s);
        return;
    }
    const bool written = write_files(s, &t);
    if (lng_command_get(c, "json"))
        lng_sweep_json(s, &t, &c->out);
    else
        lng_sweep_print(s, &t, &c->out);
    if (left && !lng_command_get(c, "json"))
        lng_text_add(&c->out, "%zu of %zu runs are left: the same command goes on\n", left, s->trials);
    if (written && !lng_command_get(c, "json"))
        lng_text_add(&c->out, "saved in %s; its page is sweep.html\n", lng_tame(c->arena, s->folder));
    report_failures(s);
}

/* With threads alone, as many runs as there are cores for them; with neither, as many as there are cores. */
static bool take_jobs(lng_sweep *s)
{
    const int cores = lng_cores();
    int64_t threads = 0, jobs = 0;
    if (!lng_command_int(s->command, "threads", 1, LNG_MAX_THREADS, &threads) ||
        !lng_command_int(s->command, "jobs", 1, 1024, &jobs))
        return false;
    const size_t left = s->trials - count(s, LNG_TRIAL_DONE);
    if (!jobs)
        jobs = threads == 0 ? cores : threads < cores ? cores / threads : 1;
    s->jobs = (size_t)jobs > left ? (int)(left ? left : 1) : (int)jobs;
    s->threads = threads ? (int)threads : cores > s->jobs ? cores / s->jobs : 1;
    return true;
}

static void sweep_in_folder(lng_sweep *s)
{
    const size_t before = count(s, LNG_TRIAL_DONE);
    if (before && !lng_command_get(s->command, "quiet"))
        fprintf(stderr, "%zu of %zu runs are done already\n", before, s->trials);
    lng_sweep_train(s);
    finish(s);
}

static void sweep(lng_command *c)
{
    lng_sweep s = {.command = c, .model = c->operand[0]};
    const char *out = lng_command_get(c, "out");
    if (strcmp(s.model, "-") == 0) {
        lng_usage_error(c, "a sweep reads its model once for each run, so it cannot be standard input");
        return;
    }
    if (!(s.model = lng_model_path(c, s.model)) || !lng_sweep_plan(&s) || !take_figure(&s, lng_command_get(c, "by")))
        return;
    s.folder = out ? out : lng_format(c->arena, "runs/%s-sweep", lng_folder_name(c->arena, s.base->name));
    lng_folder folder = {.path = s.folder};
    if (lng_folder_open(c, &folder) && lng_sweep_find_done(&s) && take_jobs(&s))
        sweep_in_folder(&s);
    lng_folder_release(&folder);
}

static const lng_option options[] = {
    {"set", 's', "PATH=VALUES",
     "a value of the model file, or several: a list, such as width=8,16,32, or a range, such as train.optimizer.lr=1e-3..1e-1"},
    {"random", 0, "N", "draw N combinations instead of taking all"},
    {"seeds", 0, "N", "train each with N seeds, from the file's seed on"},
    {"folds", 0, "K", "train each K times, validated by each of K folds of the training set, drawn at random"},
    {"jobs", 'j', "N", "runs at a time (default: one for each core)"},
    {"threads", 't', "N", "threads of each run (default: its share of the cores)"},
    {"limit", 0, "LIMITS", "end each run that would take more than this memory or time: memory=4G,time=10m"},
    {"by", 0, "FIGURE", "order by this figure, such as validation.auc.macro"},
    {"out", 'o', "DIR", "folder for the runs (default: runs/NAME-sweep)"},
    {"force", 'f', NULL, "train again what is done"},
    {"data", 0, "DIR|digits", "search this folder for the data set first; `digits`: use the built-in digits instead"},
    {"json", 0, NULL, "print a JSON array with an object for each combination"},
    {"quiet", 'q', NULL, "print only the table and errors, no progress"},
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_sweep = {
    .name = "sweep",
    .also = "tune grid hyperopt optimize crossvalidate",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .starts_runs = true,
    .about = "train a model with every combination of some values",
    .details =
        "Each combination is a run, in a folder of DIR that is named after its values. It gives the same bits as `lngraph run` with these values. "
        "Several runs go on at a time, each with its share of the cores: with at least as many runs as cores, one thread each.\n"
        "\n"
        "VALUES is one value, a list A,B,..., in which commas inside of brackets and quotes divide nothing, or a range of numbers LOW..HIGH. A range is "
        "even on a logarithmic scale if LOW is positive and HIGH at least ten times as large, else on a linear one; between integers, it "
        "has integers. All combinations of the values are taken, of a range 5 numbers, or N of LOW..HIGH:N. With --random, that many combinations "
        "are drawn instead, from the lists and the whole ranges; the file's seed decides which.\n"
        "\n"
        "The table has, for each combination, the mean of a figure over its seeds and folds, and its standard deviation, the best one first: "
        "the figure that --by names; or that of `train.keep`; or the first metric, of the validation examples if there are any. Losses are better "
        "if they are lower, and so is a mean of your own that is not of zeros and ones. Choose by the validation examples: beside it, the same figure of "
        "the test examples says how good the choice is.\n"
        "\n"
        "With --folds, `data.validation` is {folds: K, fold: I, shuffle: true}, with the file's `stratify`, `group`, `time` and `seed`.\n"
        "\n"
        "What is done is not done again: the same command goes on where an earlier one ended. A run that is done with another version of the "
        "model, of a file that it includes or of its data is not taken for one of this sweep, but refused; --force trains it again. After "
        "SIGINT (Control-C) or SIGTERM, the runs that are going on finish their batch and save what they have, as with `lngraph run`; the sweep then ends, and the next one resumes them, as "
        "`lngraph resume` does, which gives the same bits. On Linux, a sweep that is killed stops its runs in the same way. "
        "A run that --limit ends has failed, but keeps what it has learned: the next sweep goes on from there, for as long again. "
        "A run that fails leaves its messages in DIR/NAME.log; the others go on, and the exit status is 3. DIR/sweep.html has the table "
        "and figures; DIR/sweep.json has what --json prints.",
    .example = "lngraph sweep my.yaml -s train.batch=16,32,64 -s train.optimizer.lr=1e-2..1\n"
               "lngraph sweep my.yaml -s train.optimizer.lr=1e-3..1 --random 20 --seeds 3",
    .option = options,
    .run = sweep,
};
