/* lngraph show: a model at each stage of its way to the tape. */
#include "cli/cli.h"
#include "export/export.h"
#include "train/session.h"
#include <string.h>

/* Which of the model's graphs --phase names. */
static const lng_graph *phase_graph(const lng_command *c, const lng_model *m)
{
    const char *phase = lng_command_get(c, "phase");
    return !phase || strcmp(phase, "train") == 0 ? m->train : strcmp(phase, "eval") == 0 ? m->eval : m->init;
}

static void show_tape(lng_command *c, const lng_model *m, const lng_graph *graph, bool plan)
{
    const lng_subject subject = lng_subject_of_model(m);
    lng_tape *tape = lng_fused_tape(graph, &subject, m->batch, c->arena, c->errors);
    if (tape && plan)
        lng_tape_print_plan(tape, lng_cores(), &c->out);
    else if (tape)
        lng_tape_print(tape, &c->out);
    lng_tape_free(tape);
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
    lng_model *model = lng_open_model(c, c->operand[0]);
    if (model)
        show_model(c, model);
    lng_model_free(model);
}

static const lng_option options[] = {
    {"expanded", 'x', NULL, "the model file with overrides applied and every default written"},
    {"graph", 'g', NULL, "the graph, after rewrites and differentiation"},
    {"tape", 0, NULL, "the instructions, after fusion"},
    {"plan", 0, NULL, "where every value lives, and for how long; what an engine allocates"},
    {"dot", 0, NULL, "the graph for Graphviz"},
    {"phase", 'p', "train|eval|init", "of which graph (default: train)"},
    LNG_MODEL_OPTIONS,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_show = {
    .name = "show",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .about = "shows a model: its layers, or a stage of its compilation",
    .details = "Without options: a row a layer, with its block, output shape, parameters, multiply-adds and the memory of its "
               "output for one "
               "example. MODEL is a file, or - for standard input.",
    .example = "lngraph show my.yaml\n"
               "lngraph show my.yaml --dot | dot -Tsvg >my.svg",
    .option = options,
    .run = show,
};
