/* What the runs of a sweep gave: for each setting, mean and spread over its seeds and folds; the best one first. */
#include "cli/sweep.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the figure ---- */
/* The report of a run that is done; NULL: none is. */
static const lng_run *any_run(const lng_sweep *s)
{
    for (size_t i = 0; i < s->trials; i++)
        if (s->trial[i].state == LNG_TRIAL_DONE)
            return &s->trial[i].run;
    return NULL;
}

static const char *default_figure(const lng_sweep *s)
{
    const lng_model *m = s->base;
    return m->metrics ? lng_model_figure(s->command->arena, &m->metric[0], 0) : "loss";
}

/* `validation.accuracy` as given; or that of `keep`; or the first metric, of the validation examples where there are any. */
void lng_sweep_choose(const lng_sweep *s, lng_sweep_table *t)
{
    const lng_run *run = any_run(s);
    const char *by = s->by ? s->by : s->base->keep.text, *dot = by ? strchr(by, '.') : NULL;
    const char *last = run ? lng_run_split(run) : NULL;
    if (dot) {
        t->split = lng_copy_n(s->command->arena, by, (size_t)(dot - by));
        t->figure = dot + 1;
    } else {
        t->split = run && lng_run_figures(run, "validation", "figures") ? "validation" : last;
        t->figure = default_figure(s);
    }
    t->last = last && t->split && strcmp(last, t->split) != 0 ? last : NULL;
}

/* ---- rows ---- */
static void add_up(const lng_sweep *s, const lng_sweep_row *row, const char *split, const char *figure, double *mean,
                   double *spread)
{
    double sum = 0, squares = 0, n = 0;
    *mean = *spread = (double)NAN;
    for (int pass = 0; pass < 2 && split; pass++)
        for (const lng_trial *t = row->first; t < s->trial + s->trials && t->setting == row->first->setting; t++) {
            if (t->state != LNG_TRIAL_DONE)
                continue;
            const double x = lng_report_number(lng_run_figures(&t->run, split, "figures"), figure);
            sum += pass ? 0 : x;
            n += !pass;
            squares += pass ? (x - sum / n) * (x - sum / n) : 0;
        }
    if (n > 0)
        *mean = sum / n;
    if (n > 1)
        *spread = sqrt(squares / (n - 1));
}

/* A qsort has no context: the better one is the smaller. */
typedef struct ranked {
    lng_sweep_row row;
    double badness;
} ranked;

static int best_first(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (isnan(x->badness) || isnan(y->badness))
        return isnan(x->badness) - isnan(y->badness) ? isnan(x->badness) - isnan(y->badness)
                                                     : (x->row.first > y->row.first) - (x->row.first < y->row.first);
    return x->badness != y->badness ? (x->badness > y->badness) - (x->badness < y->badness)
                                    : (x->row.first > y->row.first) - (x->row.first < y->row.first);
}

lng_sweep_table lng_sweep_rows(const lng_sweep *s, lng_arena *a)
{
    ranked *all = LNG_NEW_N(a, s->settings, ranked);
    lng_sweep_table t = {.row = LNG_NEW_N(a, s->settings, lng_sweep_row)};
    lng_sweep_choose(s, &t);
    for (size_t i = 0; i < s->trials; i++) {
        lng_sweep_row *row = &all[s->trial[i].setting].row;
        row->first = row->first ? row->first : &s->trial[i];
        row->done += s->trial[i].state == LNG_TRIAL_DONE;
        row->failed += s->trial[i].state == LNG_TRIAL_FAILED;
    }
    for (size_t k = 0; k < s->settings; k++) {
        add_up(s, &all[k].row, t.split, t.figure, &all[k].row.mean, &all[k].row.spread);
        add_up(s, &all[k].row, t.last, t.figure, &all[k].row.last_mean, &all[k].row.last_spread);
        all[k].badness = s->lower ? all[k].row.mean : -all[k].row.mean;
    }
    qsort(all, s->settings, sizeof *all, best_first);
    for (size_t k = 0; k < s->settings; k++)
        t.row[k] = all[k].row;
    return t;
}

/* ---- as text ---- */
const char *lng_spread_text(lng_arena *a, double mean, double spread)
{
    if (isnan(mean))
        return "-";
    return isnan(spread) ? lng_fixed(a, mean, 4) : lng_format(a, "%.4f +- %.4f", mean, spread);
}

bool lng_sweep_varies(const lng_sweep *s, size_t key)
{
    return s->key[key].values > 1 || s->key[key].range;
}

void lng_sweep_print(const lng_sweep *s, const lng_sweep_table *t, lng_text *out)
{
    lng_arena *a = s->command->arena;
    lng_text align = lng_text_new(a);
    for (size_t k = 0; k < s->keys; k++)
        lng_text_add(&align, "%s", lng_sweep_varies(s, k) ? "l" : "");
    lng_text_add(&align, "r%sR", t->last ? "r" : "");
    lng_table *table = lng_table_new(a, align.at, 0, 2);
    for (size_t k = 0; k < s->keys; k++)
        if (lng_sweep_varies(s, k))
            lng_table_cell(table, LNG_BOLD, s->key[k].path);
    lng_table_cell(table, LNG_BOLD, lng_format(a, "%s.%s", t->split ? t->split : "", t->figure));
    if (t->last)
        lng_table_cell(table, LNG_BOLD, lng_format(a, "%s.%s", t->last, t->figure));
    lng_table_cell(table, LNG_BOLD, "runs");
    lng_table_rule(table);
    for (size_t i = 0; i < s->settings; i++) {
        const lng_sweep_row *r = &t->row[i];
        for (size_t k = 0; k < s->keys; k++)
            if (lng_sweep_varies(s, k))
                lng_table_cell(table, LNG_PLAIN, lng_tame(a, r->first->value[k]));
        lng_table_cell(table, LNG_PLAIN, lng_spread_text(a, r->mean, r->spread));
        if (t->last)
            lng_table_cell(table, LNG_PLAIN, lng_spread_text(a, r->last_mean, r->last_spread));
        lng_table_cell(table, LNG_DIM,
                       r->failed ? lng_format(a, "%zu, %zu failed", r->done, r->failed) : lng_format(a, "%zu", r->done));
    }
    lng_table_write(table, out, s->command->look);
}

/* ---- as JSON ---- */
static void put_figure(lng_json *j, const char *name, double mean, double spread)
{
    lng_json_object(j, name);
    lng_json_number(j, "mean", mean);
    lng_json_number(j, "spread", spread);
    lng_json_end(j);
}

static void put_row(lng_json *j, const lng_sweep *s, const lng_sweep_table *t, const lng_sweep_row *r)
{
    lng_json_object(j, NULL);
    lng_json_object(j, "settings");
    for (size_t k = 0; k < s->keys; k++)
        lng_json_string(j, s->key[k].path, r->first->value[k]);
    lng_json_end(j);
    lng_json_int(j, "done", (int64_t)r->done);
    lng_json_int(j, "failed", (int64_t)r->failed);
    put_figure(j, t->split ? lng_format(s->command->arena, "%s.%s", t->split, t->figure) : t->figure, r->mean, r->spread);
    if (t->last)
        put_figure(j, lng_format(s->command->arena, "%s.%s", t->last, t->figure), r->last_mean, r->last_spread);
    lng_json_array(j, "runs");
    for (size_t i = 0; i < s->trials; i++)
        if (s->trial[i].setting == r->first->setting && s->trial[i].state == LNG_TRIAL_DONE)
            lng_json_string(j, NULL, s->trial[i].name);
    lng_json_end_array(j);
    lng_json_end(j);
}

void lng_sweep_json(const lng_sweep *s, const lng_sweep_table *t, lng_text *out)
{
    lng_json j = lng_json_new(out->arena, 2);
    lng_json_array(&j, NULL);
    for (size_t i = 0; i < s->settings; i++)
        put_row(&j, s, t, &t->row[i]);
    lng_json_end_array(&j);
    lng_text_put(out, j.text.at, j.text.length);
    lng_text_add(out, "\n");
}
