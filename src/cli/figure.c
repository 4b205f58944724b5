/* lngraph figure: draws a figure of a run. */
#include "cli/cli.h"
#include "figure/figure.h"
#include <string.h>

#define MOST_HISTORY ((size_t)256 << 20)

static void figure_words(lng_arena *a, lng_map *words)
{
    (void)a;
    for (size_t i = 0; i < lng_figure_count; i++)
        lng_map_put(words, lng_figures[i]->name, (void *)lng_figures[i]->about);
}

/* "the figures are curves, confusion, ..." */
static const char *all_figures(lng_arena *a)
{
    lng_text text = lng_text_new(a);
    for (size_t i = 0; i < lng_figure_count; i++)
        lng_text_add(&text, "%s%s", i ? ", " : "the figures are ", lng_figures[i]->name);
    return text.at;
}

/* The last split that there is, which is the one to judge by. */
static bool evaluate(lng_command *c, lng_workspace *w, const char *weights, lng_drawn *d)
{
    lng_scores *scores = LNG_NEW(c->arena, lng_scores);
    lng_split split = LNG_TEST;
    while (split > LNG_TRAIN && lng_split_range(w->data, split).count == 0)
        split--;
    const lng_range range = lng_split_range(w->data, split);
    d->split = split;
    d->scores = scores;
    return lng_workspace_compile(c, w, LNG_EVALUATE, 0) && lng_load_weights(c, w->session, weights) &&
           lng_evaluate_fully(w->session, c->arena, &range, scores, c->errors);
}

static bool gather(lng_command *c, lng_workspace *w, const lng_figure *f, lng_drawn *d)
{
    const char *model, *weights;
    size_t n;
    if (!lng_run_find(c, c->operand[0], &model, &weights))
        return false;
    if (f->needs_data || f->needs_scores) {
        if (!lng_workspace_open(c, w, model, true))
            return false;
    } else if (!(w->model = lng_open_model(c, model)))
        return false;
    *d = (lng_drawn){.model = w->model, .data = w->data};
    if (f->needs_history)
        d->history = lng_file_read(c->arena, lng_format(c->arena, "%s/history.csv", c->operand[0]), MOST_HISTORY, &n, c->errors);
    return (!f->needs_history || d->history) && (!f->needs_scores || evaluate(c, w, weights, d));
}

static void write_figure(lng_command *c, const lng_figure *f, const lng_drawn *d)
{
    const char *lacks = f->lacks ? f->lacks(d) : NULL, *file = lng_command_get(c, "out");
    lng_text svg = lng_text_new(c->arena);
    if (lacks) {
        lng_error(c->errors, LNG_E_RUN_FOLDER, (lng_place){0}, "the figure %s cannot be drawn: %s", f->name, lacks);
        return;
    }
    f->draw(d, &svg, true);
    if (file && strcmp(file, "-") != 0)
        lng_file_write(file, svg.at, svg.length, c->errors);
    else
        lng_text_put(&c->out, svg.at, svg.length);
}

static void figure(lng_command *c)
{
    const lng_figure *f = lng_figure_find(c->operand[1]);
    lng_workspace w = {0};
    lng_drawn d;
    if (!f) {
        if (!lng_unknown_word(c, "figure", c->operand[1], figure_words))
            lng_error_hint(c->errors, "%s", all_figures(c->arena));
        return;
    }
    if (gather(c, &w, f, &d))
        write_figure(c, f, &d);
    lng_workspace_close(&w);
}

static const lng_option options[] = {
    {"out", 'o', "FILE", "file for the figure (default: standard output)"},
    LNG_WORKSPACE_OPTIONS,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_figure = {
    .name = "figure",
    .also = "plot draw chart",
    .operands = "RUN NAME",
    .least = 2,
    .most = 2,
    .about = "draw a figure of a run",
    .details =
        "The figure is SVG. Those of scores are of the test examples, or of what the run has instead. The run's report.html has them all.",
    .example = "lngraph figure runs/my curves -o curves.svg\n"
               "lngraph figure runs/my confusion >confusion.svg",
    .option = options,
    .run = figure,
};
