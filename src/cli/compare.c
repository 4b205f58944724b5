/* lngraph compare: runs side by side.
 *
 * Figures and curves are those of the runs' reports. Whether a difference is more than chance needs the predictions of single examples, which a
 * run does not store: the weights are evaluated again, on the examples that both runs were judged by. */
#include "cli/compare.h"
#include "data/digest.h"
#include "figure/figure.h"
#include "report/quantity.h"
#include <limits.h>
#include <math.h>
#include <string.h>

#define MOST_LISTED 40 /* keys that differ, in the table */
#define LEAST_SHOWN 12 /* bytes of their values, however narrow the screen is */
#define CHANCE      0.05

/* ---- the examples of a run, and what it predicts ---- */
typedef struct judged {
    lng_split split;
    lng_scored scored;  /* score NULL: nothing is predicted */
    const char **field; /* that it reads */
    char (*digest)[65]; /* of each field's examples */
    size_t fields;
    bool classes; /* it predicts classes of a label */
} judged;

static void take_digests(lng_command *c, const lng_workspace *w, const lng_range *range, judged *j)
{
    j->fields = range->part->fields;
    j->field = LNG_NEW_N(c->arena, j->fields, const char *);
    j->digest = lng_alloc_n(c->arena, j->fields, sizeof *j->digest);
    for (size_t i = 0; i < j->fields; i++) {
        lng_field_digest(&range->part->field[i], range->first, range->count, j->digest[i]);
        j->field[i] = lng_copy(c->arena, w->model->field[i].name);
    }
}

static bool evaluate(lng_command *c, lng_workspace *w, const char *weights, judged *j)
{
    lng_scores *scores = LNG_NEW(c->arena, lng_scores);
    j->split = LNG_TEST;
    while (j->split > LNG_TRAIN && lng_split_range(w->data, j->split).count == 0)
        j->split--;
    const lng_range range = lng_split_range(w->data, j->split);
    if (!lng_workspace_compile(c, w, LNG_EVALUATE, 0) || !lng_load_weights(c, w->session, weights) ||
        !lng_evaluate_fully(w->session, c->arena, &range, scores, c->errors))
        return false;
    const lng_scored *e = lng_drawn_scored(&(lng_drawn){.model = w->model, .data = w->data, .scores = scores});
    if (e)
        j->scored = *e; /* its arrays are the command's */
    j->classes = e && e->label && scores->confusion;
    take_digests(c, w, &range, j);
    return true;
}

static bool judge(lng_command *c, const char *folder, judged *j)
{
    const char *model, *weights;
    lng_workspace w = {0};
    *j = (judged){.split = LNG_TEST};
    const bool good =
        lng_run_find(c, folder, &model, &weights) && lng_workspace_open(c, &w, model, false) && evaluate(c, &w, weights, j);
    lng_workspace_close(&w);
    return good;
}

/* Why the predictions cannot be compared, as the end of a sentence; NULL if they can. */
static const char *apart(lng_arena *a, const judged *x, const judged *y)
{
    if (!x->scored.score || !y->scored.score)
        return "not both predict a class or targets";
    if (x->split != y->split)
        return "they were judged by different splits";
    if (x->scored.count != y->scored.count)
        return lng_format(a, "they were judged by %lld and %lld examples", (long long)x->scored.count, (long long)y->scored.count);
    for (size_t i = 0; i < x->fields; i++)
        for (size_t k = 0; k < y->fields; k++)
            if (strcmp(x->field[i], y->field[k]) == 0 && strcmp(x->digest[i], y->digest[k]) != 0)
                return lng_format(a, "the field `%s` of the examples differs", x->field[i]);
    if (!x->scored.label != !y->scored.label)
        return "one predicts a label, the other targets";
    const size_t truths = (size_t)x->scored.count * (x->scored.label ? 1 : (size_t)x->scored.columns);
    if (x->scored.label ? memcmp(x->scored.label, y->scored.label, truths * sizeof *x->scored.label) != 0
                        : x->scored.columns != y->scored.columns ||
                              memcmp(x->scored.target, y->scored.target, truths * sizeof *x->scored.target) != 0)
        return "what is right differs";
    return NULL;
}

static void add_contrast(lng_comparison *c, lng_contrast one)
{
    c->contrast = lng_grow(c->command->arena, c->contrast, c->contrasts, &c->contrast_capacity, sizeof *c->contrast);
    c->contrast[c->contrasts++] = one;
}

static bool contrast_all(lng_comparison *c)
{
    lng_command *cmd = c->command;
    judged first, other;
    if (!judge(cmd, c->run[0].folder, &first))
        return false;
    for (size_t i = 1; i < c->runs; i++) {
        lng_paired auc;
        if (!judge(cmd, c->run[i].folder, &other))
            return false;
        const char *why = apart(cmd->arena, &first, &other);
        if (why) {
            lng_error(cmd->errors, LNG_E_ARGUMENTS, (lng_place){0}, "%s and %s cannot be compared example by example: %s",
                      c->run[0].folder, c->run[i].folder, why);
            continue;
        }
        if (first.classes && other.classes)
            add_contrast(c, (lng_contrast){"accuracy", "McNemar", i, lng_compare_accuracy(&first.scored, &other.scored)});
        if (first.scored.columns == other.scored.columns && lng_compare_auc(cmd->arena, &first.scored, &other.scored, &auc))
            add_contrast(c, (lng_contrast){first.scored.columns > 1 ? "auc.macro" : "auc", "DeLong", i, auc});
    }
    return true;
}

/* ---- as text ---- */
const char *lng_chance_text(lng_arena *a, double p)
{
    if (isnan(p))
        return "cannot be told";
    const char *verdict = p < CHANCE ? "more than chance" : "may be chance";
    return p < 0.0001 ? lng_format(a, "p < 0.0001: %s", verdict) : lng_format(a, "p = %.4f: %s", p, verdict);
}

static lng_table *table_new(const lng_comparison *c, const char *corner)
{
    char *align = lng_alloc(c->command->arena, c->runs + 2);
    memset(align, 'l', c->runs + 1);
    lng_table *t = lng_table_new(c->command->arena, align, 0, 2);
    lng_table_cell(t, LNG_BOLD, corner);
    for (size_t i = 0; i < c->runs; i++)
        lng_table_cell(t, LNG_BOLD, lng_tame(c->command->arena, c->run[i].folder));
    lng_table_rule(t);
    return t;
}

/* With so many bytes of each value. */
static const lng_table *differences_in(const lng_comparison *c, size_t most)
{
    lng_arena *a = c->command->arena;
    lng_table *t = table_new(c, "differs");
    for (size_t k = 0; k < c->differences && k < MOST_LISTED; k++) {
        lng_table_cell(t, LNG_PLAIN, lng_tame(a, c->difference[k].key));
        for (size_t i = 0; i < c->runs; i++) {
            const char *value = c->difference[k].value[i];
            lng_table_cell(t, LNG_PLAIN, value ? lng_tame(a, lng_shorten(a, value, most)) : "-");
        }
    }
    return t;
}

static void print_differences(const lng_comparison *c)
{
    lng_command *cmd = c->command;
    if (c->differences == 0) {
        lng_text_add(&cmd->out, "The models are the same, in every key.\n\n");
        return;
    }
    const lng_table *t;
    size_t most = 64; /* bytes of a value */
    do {
        t = differences_in(c, most);
        most -= 4;
    } while (most > LEAST_SHOWN && cmd->look.width > 0 && lng_table_width(t) > cmd->look.width);
    lng_table_write(t, &cmd->out, cmd->look);
    if (c->differences > MOST_LISTED)
        lng_text_add(&cmd->out, "and %zu more keys\n", c->differences - MOST_LISTED);
    lng_text_add(&cmd->out, "\n");
}

static lng_interval interval_of(const lng_run *run, const char *split, const char *figure)
{
    const lng_json_value *all = lng_run_figures(run, split, "intervals"), *i = all ? lng_json_get(all, figure) : NULL;
    if (!i || i->kind != LNG_JSON_ARRAY || i->count != 2)
        return LNG_NO_INTERVAL;
    return (lng_interval){i->item[0].number, i->item[1].number};
}

const char *lng_compare_figure(lng_arena *a, const lng_comparison *c, size_t run, const char *figure)
{
    const lng_interval in = interval_of(&c->run[run], c->split, figure);
    const char *value = lng_run_figure_text(a, &c->run[run], c->split, figure);
    return in.low <= in.high ? lng_format(a, "%s (%s)", value, lng_interval_text(a, in, 4)) : *value ? value : "-";
}

static void print_figures(const lng_comparison *c)
{
    lng_command *cmd = c->command;
    lng_arena *a = cmd->arena;
    const lng_map *names = lng_run_figure_names(a, c->run, c->runs, false);
    lng_table *t = table_new(c, c->split);
    for (size_t k = 0; k < lng_map_count(names); k++) {
        const char *name = lng_map_key(names, k);
        lng_table_cell(t, LNG_PLAIN, lng_tame(a, name));
        for (size_t i = 0; i < c->runs; i++)
            lng_table_cell(t, LNG_PLAIN, lng_compare_figure(a, c, i, name));
    }
    lng_table_write(t, &cmd->out, cmd->look);
}

static void print_contrasts(const lng_comparison *c)
{
    lng_command *cmd = c->command;
    lng_arena *a = cmd->arena;
    if (c->contrasts)
        lng_text_add(&cmd->out, "\n");
    for (size_t i = 0; i < c->contrasts; i++) {
        const lng_contrast *x = &c->contrast[i];
        const char *counts = strcmp(x->figure, "accuracy") == 0
                                 ? lng_format(a, "; only %s is right %lld times, only %s %lld times", lng_tame(a, c->run[0].folder),
                                              (long long)x->paired.only_first, lng_tame(a, c->run[x->other].folder),
                                              (long long)x->paired.only_second)
                                 : "";
        lng_wrap(&cmd->out,
                 lng_format(a, "%s of %s less that of %s: %+.4f, %s (%s)%s", x->figure, lng_tame(a, c->run[0].folder),
                            lng_tame(a, c->run[x->other].folder), x->paired.difference, lng_chance_text(a, x->paired.p), x->test,
                            counts),
                 "", cmd->look.width);
        lng_text_add(&cmd->out, "\n");
    }
}

/* ---- as JSON ---- */
static void put_differences(lng_json *j, const lng_comparison *c)
{
    lng_json_array(j, "differences");
    for (size_t k = 0; k < c->differences; k++) {
        lng_json_object(j, NULL);
        lng_json_string(j, "key", c->difference[k].key);
        lng_json_array(j, "values");
        for (size_t i = 0; i < c->runs; i++)
            if (c->difference[k].value[i])
                lng_json_string(j, NULL, c->difference[k].value[i]);
            else
                lng_json_number(j, NULL, (double)NAN);
        lng_json_end_array(j);
        lng_json_end(j);
    }
    lng_json_end_array(j);
}

static void put_run(lng_json *j, const lng_comparison *c, const lng_run *run)
{
    const lng_json_value *figures = lng_run_figures(run, c->split, "figures");
    lng_json_object(j, NULL);
    lng_json_string(j, "folder", run->folder);
    lng_json_object(j, "figures");
    for (size_t i = 0; figures && i < figures->count; i++)
        lng_json_number(j, figures->key[i], lng_report_number(figures, figures->key[i]));
    lng_json_end(j);
    lng_json_object(j, "intervals");
    for (size_t i = 0; figures && i < figures->count; i++) {
        const lng_interval in = interval_of(run, c->split, figures->key[i]);
        if (!(in.low <= in.high))
            continue;
        lng_json_array(j, figures->key[i]);
        lng_json_number(j, NULL, in.low);
        lng_json_number(j, NULL, in.high);
        lng_json_end_array(j);
    }
    lng_json_end(j);
    lng_json_end(j);
}

static void put_contrasts(lng_json *j, const lng_comparison *c)
{
    lng_json_array(j, "tests");
    for (size_t i = 0; i < c->contrasts; i++) {
        const lng_contrast *x = &c->contrast[i];
        lng_json_object(j, NULL);
        lng_json_string(j, "figure", x->figure);
        lng_json_string(j, "test", x->test);
        lng_json_string(j, "first", c->run[0].folder);
        lng_json_string(j, "second", c->run[x->other].folder);
        lng_json_number(j, "difference", x->paired.difference);
        lng_json_number(j, "p", x->paired.p);
        if (strcmp(x->figure, "accuracy") == 0) {
            lng_json_int(j, "only_first", x->paired.only_first);
            lng_json_int(j, "only_second", x->paired.only_second);
        }
        lng_json_end(j);
    }
    lng_json_end_array(j);
}

static void put_json(const lng_comparison *c)
{
    lng_json j = lng_json_new(c->command->arena, 2);
    lng_json_object(&j, NULL);
    lng_json_string(&j, "split", c->split);
    lng_json_array(&j, "runs");
    for (size_t i = 0; i < c->runs; i++)
        put_run(&j, c, &c->run[i]);
    lng_json_end_array(&j);
    put_differences(&j, c);
    put_contrasts(&j, c);
    lng_json_end(&j);
    lng_text_put(&c->command->out, j.text.at, j.text.length);
    lng_text_add(&c->command->out, "\n");
}

/* ---- the verb ---- */
static bool open_runs(lng_comparison *c)
{
    lng_command *cmd = c->command;
    c->runs = cmd->operands;
    c->run = LNG_NEW_N(cmd->arena, c->runs, lng_run);
    for (size_t i = 0; i < c->runs; i++) {
        const char *model, *weights, *folder = cmd->operand[i];
        if (!lng_run_find(cmd, folder, &model, &weights))
            return false;
        const char *path = lng_format(cmd->arena, "%s/report.json", folder);
        c->run[i] = (lng_run){.folder = folder, .report = lng_report_read(cmd->arena, path, cmd->errors)};
        if (!c->run[i].report)
            return false;
    }
    c->split = lng_run_split(&c->run[0]);
    return c->split ||
           lng_error(cmd->errors, LNG_E_RUN_FOLDER, (lng_place){0}, "the report of %s has no figures", c->run[0].folder);
}

static void compare_runs(lng_command *c)
{
    lng_comparison x = {.command = c};
    const char *html = lng_command_get(c, "html");
    if (!open_runs(&x) || !lng_compare_files(&x) || !contrast_all(&x))
        return;
    if (html) {
        lng_text page = lng_text_new(c->arena);
        lng_compare_page(&x, &page);
        if (!lng_file_write(html, page.at, page.length, c->errors))
            return;
    }
    c->paged = true;
    if (lng_command_get(c, "json")) {
        put_json(&x);
        return;
    }
    print_differences(&x);
    print_figures(&x);
    print_contrasts(&x);
}

static const lng_option options[] = {
    {"html", 0, "FILE", "write a page with tables, and with the curves of all runs in one figure"},
    {"json", 0, NULL, "print an object instead"},
    {"data", 0, "DIR", "search this folder for the data set first"},
    LNG_THREADS_OPTION,
    LNG_LIMIT_OPTION,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_compare = {
    .name = "compare",
    .also = "diff versus vs",
    .operands = "RUN RUN...",
    .least = 2,
    .most = INT_MAX,
    .about = "show runs side by side",
    .details =
        "First come the keys of the expanded models that differ, then the figures, with their 95 % intervals, of the test examples or of what "
        "the runs have instead, from their reports.\n"
        "\n"
        "Whether a difference between the first run and each other one is more than chance is told by tests on pairs of predictions: McNemar's, "
        "exact, for accuracy, and DeLong's for AUC, macro if there are several classes. p is the probability of a difference at least as large "
        "if there were none; below 0.05 it is called more than chance. With many runs or figures, some such differences are to be expected. "
        "The tests say nothing of what another seed would have given: `lngraph sweep --seeds` does.\n"
        "\n"
        "For the tests, the weights are evaluated again. Runs that were not judged by the same examples (by the digest of each field that both "
        "read) are not tested: an error says why, after the table.",
    .example = "lngraph compare runs/my runs/my-2\n"
               "lngraph compare runs/* --html compare.html",
    .option = options,
    .run = compare_runs,
};
