/* lngraph figure: draws a figure of a run. */
#include "cli/cli.h"
#include "cli/predict.h"
#include "report/chart.h"
#include <string.h>
#include <unistd.h>

#define MOST_HISTORY ((size_t)256 << 20)

static void figure_words(lng_arena *a, lng_map *words)
{
    (void)a;
    for (size_t i = 0; i < lng_figure_count; i++)
        lng_map_put(words, lng_figures[i]->name, (void *)lng_figures[i]->about);
}

/* Examples are those of the last split that there is, which is the one to judge by. */
static lng_split last_split(const lng_data *data)
{
    lng_split split = LNG_TEST;
    while (split > LNG_TRAIN && lng_split_range(data, split).count == 0)
        split--;
    return split;
}

static bool evaluate(lng_command *c, lng_workspace *w, lng_drawn *d)
{
    lng_scores *scores = LNG_NEW(c->arena, lng_scores);
    const lng_range range = lng_split_range(w->data, d->split);
    d->scores = scores;
    return lng_evaluate_fully(w->session, c->arena, &range, scores, c->errors);
}

/* --example and --layer. */
static bool choose(lng_command *c, const lng_workspace *w, lng_drawn *d)
{
    const int64_t last = w->data ? lng_split_range(w->data, d->split).count - 1 : INT64_MAX;
    d->layer = lng_command_get(c, "layer");
    if (!lng_command_int(c, "example", 0, last, &d->example))
        return false;
    lng_nearest nearest = {.wrong = d->layer};
    bool known = !d->layer;
    for (size_t i = 0; i < w->model->layers && !known; i++) {
        known = strcmp(w->model->layer[i].name, d->layer) == 0;
        lng_nearest_offer(&nearest, w->model->layer[i].name);
    }
    if (known)
        return true;
    lng_usage_error(c, "the model has no layer `%s`", d->layer);
    if (nearest.best)
        lng_error_hint(c->errors, "did you mean `%s`?", nearest.best);
    else
        lng_error_hint(c->errors, "`lngraph show %s` lists its layers", c->operand[0]);
    return false;
}

static bool gather(lng_command *c, lng_workspace *w, const lng_figure *f, lng_drawn *d)
{
    const char *model, *weights;
    size_t n;
    if (!lng_run_find(c, c->operand[0], &model, &weights))
        return false;
    if (f->needs_data || f->needs_scores || f->needs_weights) {
        if (!lng_workspace_open(c, w, model, true))
            return false;
    } else if (!lng_workspace_open_model(c, w, model))
        return false;
    *d = (lng_drawn){.model = w->model, .data = w->data, .errors = c->errors};
    if (w->data)
        d->split = last_split(w->data);
    if (!choose(c, w, d))
        return false;
    if (f->needs_history &&
        !(d->history = lng_file_read(c->arena, lng_format(c->arena, "%s/history.csv", c->operand[0]), MOST_HISTORY, &n, c->errors)))
        return false;
    if (!f->needs_scores && !f->needs_weights)
        return true;
    if (!lng_workspace_compile(c, w, LNG_EVALUATE, 0) || !lng_load_weights(c, w->session, weights))
        return false;
    d->session = w->session;
    return !f->needs_scores || evaluate(c, w, d);
}

/* For a terminal, or where --text asks for it. */
static void write_text(lng_command *c, const lng_figure *f, const lng_drawn *d)
{
    c->paged = true;
    if (lng_figure_text(f, d, &c->out, c->look))
        return;
    lng_usage_error(c, "the figure %s has no form for a terminal", f->name);
    lng_error_hint(c->errors, "write it into a file: `-o %s.svg`", f->name);
}

static void write_figure(lng_command *c, const lng_figure *f, const lng_drawn *d)
{
    const char *lacks = f->lacks ? f->lacks(d) : NULL, *file = lng_command_get(c, "out");
    lng_text svg = lng_text_new(c->arena);
    if (lacks) {
        lng_error(c->errors, LNG_E_RUN_FOLDER, (lng_place){0}, "the figure %s cannot be drawn: %s", f->name, lacks);
        return;
    }
    if (lng_command_get(c, "text") || (!file && isatty(STDOUT_FILENO))) {
        write_text(c, f, d);
        return;
    }
    f->draw(d, &svg, true);
    if (lng_errors_count(c->errors))
        return;
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
            lng_error_hint(c->errors, "`lngraph help figure` lists the figures");
        return;
    }
    const char *file = lng_command_get(c, "out"), *ending = file ? lng_picture_ending(file) : NULL;
    if (ending) {
        lng_usage_error(c, "figures are written as SVG, not as `.%s`", ending);
        lng_error_hint(c->errors, "write `-o %s.svg`; browsers and `rsvg-convert` make other formats of it", f->name);
        return;
    }
    if (gather(c, &w, f, &d))
        write_figure(c, f, &d);
    lng_workspace_close(&w);
}

static const lng_option options[] = {
    {"out", 'o', "FILE", "file for the figure (default: standard output)"},
    {"text", 0, NULL, "draw it in characters, as on a terminal: curves and confusion"},
    {"example", 0, "N", "number of the example that `pixels` and `activations` show, from 0 (default: 0)"},
    {"layer", 0, "NAME", "layer that `embedding` projects (default: the last one before the result)"},
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
        "The figure is SVG; curves and confusion are drawn in characters if standard output is a terminal. What it shows of single examples and scores is of the test examples, or else of those for validation or training. "
        "A figure that does not apply to the model is refused, with the reason.",
    .example = "lngraph figure runs/my curves -o curves.svg\n"
               "lngraph figure runs/my activations --example=7 >activations.svg",
    .option = options,
    .run = figure,
    .words = figure_words,
    .list = "The figures are:",
};
