/* lngraph gradcheck: compares the gradients of a model with differences. */
#include "train/gradcheck.h"
#include "base/json.h"
#include "cli/gradcheck.h"
#include "train/epoch.h"

#define ELEMENTS 5
#define EXAMPLES 4

typedef struct gradcheck {
    lng_command *command;
    lng_workspace w;
    int64_t elements, examples;
    lng_gradcheck found;
} gradcheck;

/* "`tanh` in `dense`" */
static const char *node_text(lng_arena *arena, const lng_node *n)
{
    return n->name && *n->name ? lng_format(arena, "`%s` in `%s`", n->op->name, n->name) : lng_format(arena, "`%s`", n->op->name);
}

/* ---- results ---- */
static const char *verdict_of(lng_arena *arena, const lng_gradcheck_row *row)
{
    if (row->wrong)
        return lng_format(arena, "wrong: %.6g, not %.6g", row->rule, row->difference);
    if (row->kinks)
        return lng_format(arena, "%s, %d kink%s", row->kinks > row->elements ? "unknown" : "right", row->kinks,
                          row->kinks == 1 ? "" : "s");
    return "right";
}

static void print_text(const gradcheck *g)
{
    lng_command *c = g->command;
    lng_table *t = lng_table_new(c->arena, "llrrl", 0, 2);
    const char *const head[] = {"parameter", "shape", "elements", "error", "gradient"};
    for (int i = 0; i < 5; i++)
        lng_table_cell(t, LNG_DIM, head[i]);
    lng_table_rule(t);
    for (size_t i = 0; i < g->found.rows; i++) {
        const lng_gradcheck_row *row = &g->found.row[i];
        char shape[LNG_SHAPE_TEXT];
        lng_table_cell(t, LNG_BOLD, row->name);
        lng_table_cell(t, LNG_PLAIN, lng_format(c->arena, "%s", lng_shape_text(shape, row->shape)));
        lng_table_cell(t, LNG_PLAIN,
                       lng_format(c->arena, "%s of %s", lng_count(c->arena, row->elements), lng_count(c->arena, row->size)));
        lng_table_cell(t, LNG_PLAIN, lng_format(c->arena, "%.0e", row->error));
        lng_table_cell(t, row->wrong ? LNG_BOLD : LNG_PLAIN, verdict_of(c->arena, row));
    }
    lng_table_write(t, &c->out, c->look);
}

static void put_suspect(lng_json *j, const lng_node *n, const char *operand)
{
    lng_json_object(j, NULL);
    lng_json_string(j, "op", n->op->name);
    lng_json_string(j, "of", n->name ? n->name : "");
    lng_json_string(j, "operand", operand);
    lng_json_string(j, "file", n->place.source ? n->place.source->name : "");
    lng_json_int(j, "line", n->place.line);
    lng_json_end(j);
}

static void print_json(const gradcheck *g)
{
    lng_command *c = g->command;
    lng_json j = lng_json_new(c->arena, 0);
    lng_json_object(&j, NULL);
    lng_json_string(&j, "model", g->w.model->name);
    lng_json_int(&j, "seed", (int64_t)g->w.model->seed);
    lng_json_int(&j, "examples", g->examples);
    lng_json_array(&j, "parameters");
    for (size_t i = 0; i < g->found.rows; i++) {
        const lng_gradcheck_row *row = &g->found.row[i];
        lng_json_object(&j, NULL);
        lng_json_string(&j, "name", row->name);
        lng_json_array(&j, "shape");
        for (int k = 0; k < row->shape.rank; k++)
            lng_json_int(&j, NULL, row->shape.dim[k]);
        lng_json_end_array(&j);
        lng_json_int(&j, "elements", row->elements);
        lng_json_int(&j, "kinks", row->kinks);
        lng_json_number(&j, "error", row->error);
        lng_json_number(&j, "gradient", row->rule);
        lng_json_number(&j, "difference", row->difference);
        lng_json_bool(&j, "wrong", row->wrong);
        lng_json_end(&j);
    }
    lng_json_end_array(&j);
    lng_json_array(&j, "suspects");
    for (int i = 0; i < g->found.suspects; i++)
        put_suspect(&j, g->found.suspect[i], g->found.suspect[i]->op->in[g->found.operand[i]].name);
    lng_json_end_array(&j);
    lng_json_end(&j);
    lng_text_put(&c->out, j.text.at, j.text.length);
    lng_text_put(&c->out, "\n", 1);
}

/* A wrong gradient is a defect of an op, whatever the model is. */
static void blame(const gradcheck *g)
{
    const lng_gradcheck *f = &g->found;
    lng_command *c = g->command;
    lng_error(c->errors, LNG_E_DEFECT, f->suspects ? f->suspect[0]->place : (lng_place){0},
              "the gradient of `%s` is %.6g where differences say %.6g", f->worst->name, f->worst->rule, f->worst->difference);
    for (int i = 0; i < f->suspects; i++) {
        const lng_node *n = f->suspect[i];
        lng_error_hint(c->errors, "%s gradient rule of %s, by its operand `%s`", i == 0 ? "the cause is the" : "or it is the",
                       node_text(c->arena, n), n->op->in[f->operand[i]].name);
    }
}

/* ---- checking ---- */
static bool check(gradcheck *g)
{
    lng_command *c = g->command;
    const lng_model *m = g->w.model;
    const lng_data *d = g->w.data;
    uint32_t *rows = LNG_NEW_N(c->arena, (size_t)g->examples, uint32_t);
    lng_trainer t;
    lng_guard guard;
    if (d->train_count < g->examples)
        return lng_error(c->errors, LNG_E_RANGE, (lng_place){0}, "--examples=%lld is more than the %lld training examples of %s",
                         (long long)g->examples, (long long)d->train_count, d->name);
    for (int i = 0; i < g->examples; i++)
        rows[i] = (uint32_t)i;
    bool ok = lng_workspace_trainer(c, &g->w, &t, &guard);
    const lng_context context = lng_trainer_context(&t);
    const lng_gradcheck_subject subject = {.graph = m->train,
                                           .gradient = m->gradient,
                                           .objective = m->objective,
                                           .gradients = m->gradients,
                                           .store = g->w.session->store,
                                           .rows = rows,
                                           .examples = (int)g->examples,
                                           .context = &context,
                                           .elements = g->elements};
    ok = ok && lng_gradcheck_run(c->arena, &subject, &g->found, c->errors);
    lng_guard_end(&guard);
    return ok;
}

static void gradcheck_run(lng_command *c)
{
    gradcheck g = {.command = c, .elements = ELEMENTS, .examples = EXAMPLES};
    if (!lng_command_int(c, "elements", 0, INT64_C(1) << 31, &g.elements) || !lng_command_int(c, "examples", 1, 4096, &g.examples))
        return;
    if ((lng_command_get(c, "ops") != NULL) == (c->operands > 0)) {
        lng_usage_error(c, c->operands ? "--ops checks the ops alone; leave out `%s`" : "give a MODEL, or --ops to check all ops",
                        c->operands ? c->operand[0] : "");
        return;
    }
    if (c->operands == 0) {
        lng_gradcheck_ops(c, g.elements, g.examples);
        return;
    }
    if (lng_workspace_open(c, &g.w, c->operand[0], true) && lng_workspace_compile(c, &g.w, LNG_PREDICT, 1) &&
        lng_session_initialize(g.w.session, c->errors) && check(&g)) {
        (lng_command_get(c, "json") ? print_json : print_text)(&g);
        if (g.found.worst)
            blame(&g);
    }
    lng_workspace_close(&g.w);
}

static const lng_option options[] = {
    {"ops", 0, NULL, "check the gradient rules of all ops, without a model"},
    {"elements", 'n', "N", "elements to check of each parameter, beside a direction through all of them (default: 5)"},
    {"examples", 0, "N", "training examples that the loss is the mean of (default: 4)"},
    {"seed", 0, "N", "seed of all random numbers, instead of the file's"},
    {"json", 0, NULL, "print one line of JSON"},
    LNG_WORKSPACE_OPTIONS,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_gradcheck = {
    .name = "gradcheck",
    .also = "gradients differentiate",
    .operands = "[MODEL]",
    .least = 0,
    .most = 1,
    .about = "compare the gradients of a model with differences",
    .details =
        "The gradient of the loss by each parameter is compared with central differences, once along a random direction through all "
        "elements, and for some elements one by one. Gradients and differences are both computed in double, by the definitions of the "
        "ops, so rounding plays no part; that the kernels used in training equal the definitions bit for bit is for lngraph's tests. The "
        "loss is that of the first training examples at the first step. Draws, such as those of dropout, are fixed by the seed. With "
        "`objectives`, each parameter's gradient is that of the terms that train it.\n"
        "\n"
        "Parameters have their initial values, moved by 0.01 to 0.02, because relu and many other functions have a kink at 0. Where "
        "differences with several steps disagree, a kink is near, and the check decides nothing; so it does where the slopes on both "
        "sides differ, and the gradient is between them. What comes from stop_gradient, or from an op that gives no gradient, "
        "such as floor, is held at its value.\n"
        "\n"
        "The column `error` is the largest difference, relative to the gradient; up to 1e-5 it is right. If a gradient is wrong, "
        "an error names the node whose rule is the cause, with its line, and the exit status is 1. A loss or gradient that is not finite "
        "ends with 5.\n"
        "\n"
        "--ops checks each op of lngraph-ops(7) alone, and those that only gradients use, with small operands that are shared by the "
        "examples or per-example. The objective is the sum of its results, each times a random weight. Where an op gives no gradient, "
        "the table says why. The gradient of the gradients is compared, too; `no second` marks ops that refuse it.",
    .example = "lngraph gradcheck my.yaml\n"
               "lngraph gradcheck my.yaml --data=digits -n 100\n"
               "lngraph gradcheck --ops",
    .option = options,
    .run = gradcheck_run,
};
