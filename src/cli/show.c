/* lngraph show: prints a model at any stage of its compilation. */
#include "cli/sheet.h"
#include "export/export.h"
#include "train/session.h"
#include <string.h>

/* The graph that --phase names. */
static const lng_graph *phase_graph(const lng_command *c, const lng_model *m)
{
    const char *phase = lng_command_get(c, "phase");
    return !phase || strcmp(phase, "train") == 0 ? m->train : strcmp(phase, "eval") == 0 ? m->eval : m->init;
}

static void free_tape(void *tape)
{
    lng_tape_free(tape);
}

static void show_tape(lng_command *c, const lng_model *m, const lng_graph *graph, bool plan)
{
    const lng_subject subject = lng_subject_of_model(m);
    lng_tape *tape = lng_fused_tape(graph, &subject, m->batch, c->arena, c->errors);
    lng_guard guard;
    lng_guard_begin(&guard, c->arena, free_tape, tape);
    if (tape && plan)
        lng_tape_print_plan(tape, lng_cores(), &c->out);
    else if (tape)
        lng_tape_print(tape, &c->out);
    lng_guard_end(&guard);
}

static void show_model(lng_command *c, const lng_model *m)
{
    const lng_graph *graph = phase_graph(c, m);
    const bool expanded = lng_command_get(c, "expanded"), text = lng_command_get(c, "graph"), dot = lng_command_get(c, "dot");
    const bool tape = lng_command_get(c, "tape"), plan = lng_command_get(c, "plan");
    if (!expanded && !text && !dot && !tape && !plan)
        lng_layers_text(m, &c->out, c->look);
    if (expanded)
        lng_model_write(m, &c->out);
    if (text)
        lng_graph_print(graph, &c->out);
    if (dot)
        lng_dot_write(graph, m->name, &c->out);
    if (tape)
        show_tape(c, m, graph, false);
    if (plan)
        show_tape(c, m, graph, true);
}

static void show(lng_command *c)
{
    if (lng_command_get(c, "examples")) {
        lng_show_examples(c, c->operand[0]);
        return;
    }
    lng_workspace w;
    c->paged = true;
    if (lng_workspace_open_model(c, &w, c->operand[0]))
        show_model(c, w.model);
    lng_workspace_close(&w);
}

static const lng_option options[] = {
    {"expanded", 'x', NULL, "the model file with overrides applied and all defaults written out"},
    {"graph", 'g', NULL, "the graph, after rewrites and differentiation"},
    {"tape", 0, NULL, "the instructions, after fusion"},
    {"plan", 0, NULL, "where each value is in memory, and when; what an engine allocates"},
    {"dot", 0, NULL, "the graph in the language of Graphviz"},
    {"phase", 'p', "train|eval|init", "which graph to show (default: train)"},
    {"examples", 0, NULL, "training images as they are stored, then as the model gets them in training, with its augmentation"},
    {"out", 'o', "FILE", "with --examples: write them to this file: as PNG, without names, if it ends in .png, or else as SVG"},
    LNG_WORKSPACE_OPTIONS,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_show = {
    .name = "show",
    .also = "summary print",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .about = "show the layers of a model, or a stage of its compilation",
    .details =
        "Without options, prints a table of layers: the steps of `graph`, what `let` and `out` name, and other calls that have "
        "parameters or multiply-adds, each with its output shape, parameters, multiply-adds, and the memory of its output for one "
        "example; and the model's hyper-parameters. MODEL is a file, - for standard input, or the folder of a run. On a terminal, a pager shows long output.\n"
        "\n"
        "With --examples, it opens the data set, and shows the first training image of each class, of at most ten, beside what the model makes of it in the first steps before anything that it learns: random shifts, rotations and the like are those that training draws.",
    .example = "lngraph show my.yaml\n"
               "lngraph show my.yaml --examples -o examples.png\n"
               "lngraph show my.yaml --dot | dot -Tsvg >my.svg",
    .option = options,
    .run = show,
};
