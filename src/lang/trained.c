/* The parameters that training changes, and their gradients. A parameter without a gradient is a mistake, unless everything computed from
 * it is under stop_gradient: then it is frozen by intent, and the optimizer does not see it. */
#include "graph/ops.h"
#include "lang/compile.h"
#include "lang/diagnose.h"
#include "lang/variable.h"

/* By node: whether an output or update depends on it by a path without stop_gradient. */
static bool *open_to_outputs(const lng_graph *g, lng_arena *arena)
{
    bool *open = LNG_NEW_N(arena, g->nodes + 1, bool);
    for (size_t i = 0; i < g->outputs; i++)
        open[g->output[i].value->node->id] = true;
    for (size_t i = 0; i < g->updates; i++)
        open[g->update[i].value->node->id] = true;
    for (size_t i = g->nodes; i-- > 0;)
        for (int k = 0; open[i] && g->node[i]->op != &lng_op_stop_gradient && k < g->node[i]->n_in; k++)
            open[g->node[i]->in[k]->node->id] = true;
    return open;
}

/* By node: whether v depends on it. */
static bool *needed_by(const lng_graph *g, lng_arena *arena, const lng_value *v)
{
    bool *needed = LNG_NEW_N(arena, g->nodes + 1, bool);
    needed[v->node->id] = true;
    lng_graph_mark_needed(g, needed);
    return needed;
}

/* Whether y depends on a node by a path of ops that have gradients. */
static bool slope_reaches(const lng_graph *g, lng_arena *arena, const lng_node *from, const lng_value *y)
{
    bool *reached = LNG_NEW_N(arena, g->nodes + 1, bool);
    reached[from->id] = true;
    lng_graph_mark_dependent(g, reached, true);
    return reached[y->node->id];
}

/* The first op without a gradient between a node and the objective; NULL: there is none. */
static const lng_node *flat_op(const lng_graph *g, lng_arena *arena, const lng_node *from, const bool *needed)
{
    bool *reached = LNG_NEW_N(arena, g->nodes + 1, bool);
    reached[from->id] = true;
    lng_graph_mark_dependent(g, reached, false);
    for (size_t i = (size_t)from->id + 1; i < g->nodes; i++) {
        const lng_node *n = g->node[i];
        if (reached[i] && needed[i] && !n->op->vjp)
            return n;
    }
    return NULL;
}

/* node: NULL when nothing depends on it. */
static bool untrained(lng_compiler *c, const lng_scope *scope, const lng_stored *s, const lng_node *node)
{
    const lng_graph *g = c->elab.graph;
    const bool *needed = needed_by(g, c->arena, lng_graph_find_output(g, "objective"));
    const bool loss = node && needed[node->id];
    const lng_node *flat = loss ? flat_op(g, c->arena, node, needed) : NULL;
    lng_complain(scope, s->place, LNG_E_GRADIENT, "%s the parameter `%s`, so it is never trained",
                 loss ? "no gradient reaches" : "the loss does not depend on", s->variable.name);
    if (flat)
        lng_related(scope, flat->place, "`%s` stops it here", flat->op->name);
    lng_hint(scope, "to keep it as it is, use it only in stop_gradient(...)");
    return false;
}

/* ---- terms of the loss ---- */
static bool trains(const lng_compiler *c, size_t term, const lng_value *parameter)
{
    const char *pattern = c->recipe.trains ? c->recipe.trains[term] : NULL;
    return !pattern || lng_matches(pattern, parameter->node->name);
}

/* A term that trains nothing adds a number to the loss, and is nearly always a mistake; but a model of which parts are frozen may have one. So
 * this is a warning. flat: the op that stops the gradient; NULL: the term depends on no parameter that it could train. */
static void warn_of_term(const lng_compiler *c, size_t term, const lng_node *flat)
{
    lng_warn(c->errors, lng_expr_place(c->loss->item[term]), "`%s` trains no parameter: %s", c->model->metric[term].label,
             flat ? "no gradient comes from it" : "it depends on none that it could train");
    if (flat)
        lng_error_related(c->errors, flat->place, "`%s` stops it here", flat->op->name);
    lng_error_hint(c->errors, "what is only to be shown is a metric: list it in `report`");
}

static void look_at_term(const lng_compiler *c, const lng_trained *t, size_t term)
{
    const lng_graph *g = c->elab.graph;
    const lng_value *y = lng_graph_find_output(g, c->model->metric[term].output[0]);
    const bool *needed = needed_by(g, c->arena, y);
    const lng_node *flat = NULL;
    for (size_t i = 0; i < t->count; i++) {
        const lng_node *from = t->parameter[i]->node;
        if (!trains(c, term, t->parameter[i]) || !needed[from->id])
            continue;
        if (slope_reaches(g, c->arena, from, y))
            return;
        flat = flat ? flat : flat_op(g, c->arena, from, needed);
    }
    warn_of_term(c, term, flat);
}

/* Whether a gradient reaches a parameter, if there are any. */
static bool learns(lng_compiler *c, const lng_trained *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (!lng_value_is(t->gradient[i], 0))
            return true;
    if (t->count == 0 && c->recipe.settings)
        return lng_error(c->errors, LNG_E_GRADIENT, c->recipe.setting[0].place,
                         "every parameter is frozen, so there is nothing to train");
    if (t->count == 0)
        return true;
    lng_error(c->errors, LNG_E_GRADIENT, lng_expr_place(c->loss), "no gradient flows from the loss to any parameter");
    lng_error_hint(c->errors, "argmax, floor, sign and comparisons stop it; `lngraph doc losses` lists losses that learn");
    return false;
}

/* Drops those that have no gradient by intent. */
static bool keep_trained(lng_compiler *c, const lng_scope *scope, const lng_stored *const *stored, lng_trained *t)
{
    const bool *open = open_to_outputs(c->elab.graph, c->arena);
    const size_t all = t->count;
    bool good = true;
    t->count = 0;
    for (size_t i = 0; i < all; i++) {
        if (!lng_value_is(t->gradient[i], 0)) {
            t->parameter[t->count] = t->parameter[i];
            t->objective[t->count] = t->objective[i];
            t->gradient[t->count++] = t->gradient[i];
        } else if (open[t->parameter[i]->node->id])
            good = untrained(c, scope, stored[i], t->parameter[i]->node);
    }
    return good;
}

/* Whether the engine looks at v before it changes a variable: it does at every batch result. */
static bool is_watched(const lng_value *v)
{
    while (v->node->op->flags & LNG_OP_MOVES)
        v = v->node->in[0];
    return v->node->op->flags & LNG_OP_BATCH;
}

/* A gradient that is computed after the sum over the batch, or without one, as that of a penalty on the weights, is made part of a batch
 * result: the objective, to which 0 times it adds nothing if it is finite. */
static void watch_gradients(lng_graph *g, const lng_trained *t)
{
    const lng_shape scalar = {.rank = 0};
    lng_value *sum = NULL;
    g->scope = "objective";
    for (size_t i = 0; i < t->count; i++)
        if (!is_watched(t->gradient[i])) {
            lng_value *part = lng_sum_to(g, lng_mul(g, t->gradient[i], lng_scalar(g, 0)), scalar);
            sum = sum ? lng_add(g, sum, part) : part;
        }
    if (!sum)
        return;
    /* The objective may be differentiated again. */
    lng_value *nothing = lng_batch_broadcast(g, lng_unary(g, &lng_op_stop_gradient, sum));
    lng_graph_change_output(g, "objective", lng_batch_mean(g, lng_add(g, lng_graph_find_output(g, "loss"), nothing)));
}

static void list_gradients(lng_compiler *c, const lng_trained *t)
{
    lng_model *m = c->model;
    m->gradients = t->count;
    m->gradient = LNG_NEW_N(c->arena, t->count + 1, lng_output);
    for (size_t i = 0; i < t->count; i++)
        m->gradient[i] = (lng_output){t->parameter[i]->node->name, t->gradient[i]};
    m->objective = t->objective;
}

/* ---- objectives ---- */
/* Whether the same terms train two parameters. */
static bool share_terms(const lng_compiler *c, const lng_value *a, const lng_value *b)
{
    for (size_t i = 0; i < c->terms; i++)
        if (trains(c, i, a) != trains(c, i, b))
            return false;
    return true;
}

/* The mean of the terms that train a parameter; NULL: none does. */
static lng_value *objective_of(const lng_compiler *c, const lng_value *parameter)
{
    lng_graph *g = c->elab.graph;
    lng_value *sum = NULL;
    for (size_t i = 0; i < c->terms; i++) {
        lng_value *term = lng_graph_find_output(g, c->model->metric[i].output[0]);
        if (trains(c, i, parameter))
            sum = sum ? lng_add(g, sum, term) : term;
    }
    return lng_batch_mean(g, sum);
}

/* Parameters that the same terms train have one objective. */
static bool gradients_by_objective(lng_compiler *c, const lng_trained *t)
{
    lng_value **x = LNG_NEW_N(c->arena, t->count + 1, lng_value *), **gradient = LNG_NEW_N(c->arena, t->count + 1, lng_value *);
    for (size_t i = 0; i < t->count; i++) {
        size_t n = 0;
        if (t->gradient[i])
            continue;
        lng_value *objective = objective_of(c, t->parameter[i]);
        if (!objective)
            return lng_error(c->errors, LNG_E_GRADIENT, c->recipe.objectives->place, "no objective trains the parameter `%s`",
                             t->parameter[i]->node->name);
        for (size_t k = i; k < t->count; k++)
            if (share_terms(c, t->parameter[i], t->parameter[k]))
                x[n++] = t->parameter[k];
        if (!lng_gradient(c->elab.graph, objective, x, n, gradient))
            return false;
        n = 0;
        for (size_t k = i; k < t->count; k++)
            if (share_terms(c, t->parameter[i], t->parameter[k])) {
                t->objective[k] = objective;
                t->gradient[k] = gradient[n++];
            }
    }
    return true;
}

static bool objectives_match(lng_compiler *c)
{
    bool good = true;
    for (size_t i = 0; c->recipe.trains && i < c->recipe.objectives->count; i++)
        good = lng_pattern_is_used(c, c->recipe.objectives->item[i]->text, c->recipe.objectives->item[i]->place) && good;
    return good;
}

static bool gradients(lng_compiler *c, const lng_trained *t)
{
    lng_graph *g = c->elab.graph;
    lng_value *objective = lng_graph_find_output(g, "objective");
    if (c->recipe.trains)
        return objectives_match(c) && gradients_by_objective(c, t);
    for (size_t i = 0; i < t->count; i++)
        t->objective[i] = objective;
    return lng_gradient(g, objective, t->parameter, t->count, t->gradient);
}

bool lng_differentiate(lng_compiler *c, const lng_scope *scope, lng_trained *t)
{
    const size_t room = lng_map_count(c->elab.stored) + 1;
    const lng_stored **stored = LNG_NEW_N(c->arena, room, const lng_stored *);
    lng_graph *g = c->elab.graph;
    bool good = lng_settings_match(c);
    *t = (lng_trained){.parameter = LNG_NEW_N(c->arena, room, lng_value *),
                       .gradient = LNG_NEW_N(c->arena, room, lng_value *),
                       .objective = LNG_NEW_N(c->arena, room, lng_value *)};
    for (size_t i = 0; i + 1 < room; i++) {
        const lng_stored *s = lng_map_value(c->elab.stored, i);
        lng_value *v = lng_graph_find_variable(g, s->variable.name);
        if (!s->variable.parameter || !s->read_in[1] || lng_setting_of(c, s->variable.name).frozen)
            continue;
        if (!v) {
            good = untrained(c, scope, s, NULL);
            continue;
        }
        stored[t->count] = s;
        t->parameter[t->count++] = v;
    }
    if (!gradients(c, t) || !learns(c, t) || !keep_trained(c, scope, stored, t) || !good)
        return false;
    for (size_t i = 0; i < c->terms; i++)
        look_at_term(c, t, i);
    watch_gradients(g, t);
    list_gradients(c, t);
    return true;
}
