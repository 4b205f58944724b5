/* The three graphs of a model. The model's block is elaborated in a scope without a caller, once with training true and once with false;
 * initial values collect in the third graph meanwhile. */
#include "base/assert.h"
#include "lang/balance.h"
#include "lang/body.h"
#include "lang/call.h"
#include "lang/compile.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include "lang/layers.h"
#include "lang/nature.h"
#include "lang/units.h"
#include "lang/variable.h"
#include "metric/metric.h"
#include "pass/pass.h"
#include <string.h>

typedef struct phase {
    lng_compiler *c;
    lng_scope *scope;
    lng_datum out;
} phase;

/* ---- the body ---- */
static bool bind_inputs(phase *p)
{
    lng_compiler *c = p->c;
    for (size_t i = 0; i < c->model->fields; i++) {
        const lng_data_field *f = &c->model->field[i];
        c->elab.graph->place = f->place;
        c->elab.graph->scope = f->name;
        lng_value *v = lng_read_input(c->elab.graph, (int)i, f->name, f->shape, f->dtype);
        if (!v)
            return false;
        lng_scope_bind(p->scope, f->name,
                       (lng_datum){.kind = LNG_DATUM_VALUE, .place = f->place, .value = v, .graph = c->elab.graph});
        lng_match_shape(p->scope, &c->block->port[i], f->shape, f->place);
    }
    return true;
}

static bool begin(phase *p, lng_compiler *c, bool training)
{
    *p = (phase){.c = c};
    c->elab.training = training;
    c->elab.parameters = 0;
    c->elab.work = 0;
    c->elab.most_work = LNG_MAX_WORK;
    c->elab.most_nodes = LNG_MAX_NODES;
    c->elab.graph = lng_graph_new(c->arena, c->errors);
    c->elab.updated = lng_map_new(c->arena);
    c->elab.layers = training ? NULL : lng_layers_new(c->arena);
    p->scope = lng_scope_new(&c->elab, NULL, c->block, "", "", c->block->place);
    if (!bind_inputs(p))
        return false;
    if (!lng_requirements_hold(p->scope, p->scope, c->model->name, c->block->place))
        return false;
    c->elab.complete = false;
    p->out = lng_body(p->scope);
    c->elab.complete = true;
    lng_scope_bind(p->scope, "out", p->out);
    if (training)
        lng_body_updates(p->scope);
    return true;
}

/* ---- loss and metrics ---- */
/* A scalar, for each example or for the whole batch. NULL after an error. */
static lng_value *scalar(phase *p, const lng_expr *e, const char *what)
{
    char shape[LNG_SHAPE_TEXT];
    lng_datum t = lng_eval(p->scope, e);
    lng_value *v = t.kind == LNG_DATUM_NONE ? NULL : lng_datum_value(p->scope, t);
    if (!v)
        return NULL;
    if (v->shape.rank != 0) {
        lng_complain_at(p->scope, e, LNG_E_SHAPE, "%s must be a scalar, but this has shape %s", what,
                        lng_shape_text(shape, v->shape));
        lng_hint(p->scope, "take its sum or mean");
        return NULL;
    }
    if (v->dtype != LNG_F32) {
        lng_complain_at(p->scope, e, LNG_E_DTYPE, "%s must be a float (f32), but this is an integer", what);
        return NULL;
    }
    return v;
}

/* The loss, or the sum of its terms, which are outputs as well; NULL after an error. */
static lng_value *loss_of(phase *p)
{
    lng_compiler *c = p->c;
    lng_value *sum = NULL;
    bool good = true;
    if (c->terms == 0)
        return scalar(p, c->loss, "the loss");
    for (size_t i = 0; i < c->terms; i++) {
        lng_value *v = scalar(p, c->loss->item[i], "a term of the loss");
        const char *name = c->model->metric[i].output[0] = lng_format(c->arena, "metric.%zu", i);
        good = v && good;
        if (!v)
            continue;
        lng_graph_output(c->elab.graph, name, lng_batch_broadcast(c->elab.graph, v));
        sum = sum ? lng_add(c->elab.graph, sum, v) : v;
    }
    return good ? sum : NULL;
}

/* The model's result, or the first of several, in the units of the data, as metrics get it too; NULL: it is no value yet. */
static lng_value *result_of(phase *p)
{
    const bool alone = p->out.kind == LNG_DATUM_VALUE;
    const lng_datum *first = p->out.kind == LNG_DATUM_TUPLE && p->out.items > 0 ? &p->out.item[0] : &p->out;
    return first->kind == LNG_DATUM_VALUE ? lng_restore_units(p->scope, first->value, alone) : NULL;
}

/* A block of the file hides a metric of its name; a standard one, which is of single examples, does not. */
static const lng_metric *collective(const phase *p, const lng_expr *e)
{
    lng_callable found;
    const bool hidden =
        e->kind != LNG_EXPR_CALL || (lng_find_callable(p->scope, e->name, &found) && !(found.block && found.block->standard));
    return hidden ? NULL : lng_metric_find(e->name);
}

static void mean_metric(phase *p, size_t i)
{
    lng_graph *g = p->c->elab.graph;
    lng_value *v = scalar(p, p->c->metric[i], "a metric");
    const char *name = p->c->model->metric[i].output[0] = lng_format(p->c->arena, "metric.%zu", i);
    if (!v)
        return;
    p->c->model->metric[i].rate = v->per_example && lng_classes_of(&p->c->elab, v) == 2;
    lng_graph_output(g, name, lng_batch_broadcast(g, v));
}

static void collective_metric(phase *p, size_t i, const lng_metric *metric)
{
    lng_compiler *c = p->c;
    const lng_expr *e = c->metric[i];
    lng_model_metric *m = &c->model->metric[i];
    m->collective = metric;
    if (e->items != e->values || e->values != LNG_METRIC_OUTPUTS) {
        lng_complain_at(p->scope, e, LNG_E_ARGUMENTS, "`%s` takes %d values by position, got %zu", metric->name, LNG_METRIC_OUTPUTS,
                        e->items);
        return;
    }
    lng_value *value[LNG_METRIC_OUTPUTS] = {0};
    bool good = true;
    for (size_t k = 0; k < e->items; k++) {
        lng_datum t = lng_eval(p->scope, e->item[k]);
        value[k] = t.kind == LNG_DATUM_NONE ? NULL : lng_datum_value(p->scope, t);
        good = value[k] && good;
    }
    if (!good || !lng_scores_fit(p->scope, metric, e, value) || c->elab.training)
        return;
    for (size_t k = 0; k < e->items; k++) {
        m->output[k] = lng_format(c->arena, "metric.%zu.%zu", i, k);
        lng_graph_output(c->elab.graph, m->output[k], value[k]);
    }
}

static void metrics(phase *p)
{
    for (size_t i = p->c->terms; i < p->c->metrics; i++) {
        const lng_metric *metric = collective(p, p->c->metric[i]);
        lng_check_units(p->scope, p->c->metric[i]);
        if (metric)
            collective_metric(p, i, metric);
        else
            mean_metric(p, i);
    }
}

/* ---- training ---- */
/* Whether batches can be accumulated: a step takes all their examples at once, so nothing of the loss may depend on how they are divided. */
static bool accumulates(const phase *p, const lng_value *loss)
{
    const lng_compiler *c = p->c;
    const lng_graph *g = c->elab.graph;
    bool *needed = LNG_NEW_N(c->arena, g->nodes + 1, bool), good = true;
    needed[loss->node->id] = c->recipe.accumulate > 1;
    lng_graph_mark_needed(g, needed);
    for (int i = loss->node->id; i >= 0 && good; i--) {
        const lng_node *n = g->node[i];
        good = !needed[i] || !(n->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS));
        if (!good) {
            lng_complain(p->scope, n->place, LNG_E_KIND,
                         n->op->flags & LNG_OP_BATCH ? "this reduces over the batch, so `accumulate` cannot divide it"
                                                     : "this mixes the batch's examples, so `accumulate` cannot divide it");
            lng_hint(p->scope, "write `batch: %d` without `accumulate`, if it may see all examples of a step", c->model->batch);
        }
    }
    return good;
}

bool lng_compile_train_graph(lng_compiler *c)
{
    phase p;
    size_t before = lng_errors_count(c->errors);
    if (!begin(&p, c, true))
        return false;
    lng_value *loss = c->loss ? loss_of(&p) : NULL;
    loss = loss ? lng_weigh_loss(c, p.scope, loss) : NULL;
    if (c->loss && !loss) /* the metrics would repeat what is wrong with it */
        return false;
    if (!loss || !c->optimizer || lng_errors_count(c->errors) > before) {
        metrics(&p);
        return false;
    }
    lng_graph *g = c->elab.graph;
    if (!accumulates(&p, loss))
        return false;
    g->place = lng_expr_place(c->loss);
    lng_graph_output(g, "loss", lng_batch_broadcast(g, loss));
    lng_graph_output(g, "objective", lng_batch_mean(g, loss));
    const lng_formulas formulas = lng_graph_formulas(g, loss, c->arena);
    c->model->trained = formulas.value;
    c->model->updated = formulas.updates;
    result_of(&p);
    metrics(&p);
    if (!lng_lists_are_whole(&c->elab) || lng_errors_count(c->errors) > before ||
        !(g = lng_passes_run(lng_rewrites, g, c->arena, c->errors)))
        return false;
    c->elab.graph = g;
    c->elab.updated = lng_map_new(c->arena); /* of the graph before the rewrites */
    g->place = lng_expr_place(c->loss);
    lng_trained t;
    if (!lng_differentiate(c, p.scope, &t))
        return false;
    lng_clip_gradients(c, &t);
    if (!lng_optimize(c, &t) || !lng_average_parameters(c, &t))
        return false;
    c->model->train = g;
    return lng_graph_verify(g, c->errors);
}

/* ---- evaluation ---- */
bool lng_compile_eval_graph(lng_compiler *c)
{
    phase p;
    size_t before = lng_errors_count(c->errors);
    if (!begin(&p, c, false))
        return false;
    lng_value *loss = loss_of(&p);
    loss = loss ? lng_weigh_loss(c, p.scope, loss) : NULL;
    lng_value *result = result_of(&p);
    metrics(&p);
    if (!loss || lng_errors_count(c->errors) > before)
        return false;
    lng_graph *g = c->elab.graph;
    lng_datum out = p.out.kind == LNG_DATUM_TUPLE && p.out.items > 0 ? p.out.item[0] : p.out;
    lng_value *first = lng_datum_value(p.scope, out);
    if (!first)
        return false;
    if (!first->per_example) {
        lng_complain(p.scope, out.place, LNG_E_UNUSED, "the result is the same for all examples: it depends on no input");
        return false;
    }
    lng_graph_output(g, "out", result ? result : first);
    lng_graph_output(g, "loss", lng_batch_broadcast(g, loss));
    c->model->plain = g;
    const lng_nature nature = lng_nature_of(&c->elab, first);
    c->model->ranks = lng_is_score(nature);
    c->model->probabilities = nature == LNG_PROBABILITY;
    lng_layers_finish(c->elab.layers, c->model);
    c->model->digest = lng_graph_digest(g, c->arena);
    c->model->eval = lng_passes_run(lng_rewrites, g, c->arena, c->errors);
    return c->model->eval != NULL;
}

bool lng_compile_variables(lng_compiler *c)
{
    lng_model *m = c->model;
    bool good = true;
    m->variables = lng_map_count(c->elab.stored);
    m->variable = LNG_NEW_N(c->arena, m->variables + 1, lng_variable);
    m->init = c->elab.init;
    LNG_ASSERT(m->init->outputs == m->variables); /* one initial value each */
    for (size_t i = 0; i < m->variables; i++) {
        const lng_stored *s = lng_map_value(c->elab.stored, i);
        m->variable[i] = s->variable;
        if (s->variable.parameter)
            m->parameters += lng_shape_size(s->variable.shape);
        if (s->variable.parameter && !s->read_in[1])
            good = lng_error(c->errors, LNG_E_UNUSED, s->variable.place,
                             "the parameter `%s` is used only when `training` is false, so it is never trained", s->variable.name);
    }
    return good && lng_graph_verify(m->init, c->errors);
}
