/* The graph for each use: one of the subject's, with the outputs and updates that the use needs. */
#include "pass/pass.h"
#include "train/inside.h"

static const lng_graph *fail(lng_errors *errors, lng_code code, const char *text)
{
    lng_error(errors, code, lng_nowhere, "%s", text);
    return NULL;
}

/* The same nodes; outputs and updates can be replaced. */
static lng_graph *view(const lng_graph *of, lng_arena *arena, lng_errors *errors)
{
    lng_graph *g = LNG_NEW(arena, lng_graph);
    *g = *of;
    g->arena = arena;
    g->errors = errors;
    return g;
}

lng_graph *lng_without_updates(const lng_session *s, const lng_graph *of, lng_errors *errors)
{
    lng_graph *g = view(of, s->arena, errors);
    g->updates = 0;
    return g;
}

const char *lng_gradient_name(lng_arena *a, const char *parameter)
{
    return lng_format(a, "gradient.%s", parameter);
}

lng_graph *lng_step_graph(const lng_subject *subject, lng_arena *arena, lng_errors *errors)
{
    lng_graph *g = view(subject->train, arena, errors);
    const lng_model *m = subject->model;
    const lng_output *own = g->output;
    const size_t outputs = g->outputs;
    lng_graph_forget_outputs(g);
    for (size_t i = 0; i < outputs; i++)
        lng_graph_output(g, own[i].name, own[i].value);
    for (size_t i = 0; m && i < m->gradients; i++)
        lng_graph_output(g, lng_gradient_name(arena, m->gradient[i].name), m->gradient[i].value);
    return g;
}

static const lng_graph *step_graph(lng_session *s, lng_errors *errors)
{
    if (s->subject.train->updates == 0)
        return fail(errors, LNG_E_ARGUMENTS, "a step has nothing to do: no variable has an update");
    return lng_step_graph(&s->subject, s->arena, errors);
}

static const lng_graph *evaluate_graph(lng_session *s, lng_errors *errors)
{
    return lng_without_updates(s, s->subject.eval, errors);
}

static const lng_graph *predict_graph(lng_session *s, lng_errors *errors)
{
    lng_graph *g = lng_without_updates(s, s->subject.eval, errors);
    lng_value *out = lng_graph_find_output(g, "out");
    if (!out)
        return fail(errors, LNG_E_ARGUMENTS, "there is nothing to predict: the graph has no output `out`");
    lng_graph_forget_outputs(g);
    lng_graph_output(g, "out", out);
    return g;
}

/* ---- differentiation ---- */
static bool add_gradients(const lng_session *s, lng_graph *g, lng_value *objective, lng_errors *errors)
{
    const size_t room = s->subject.variables + 1;
    lng_value **x = LNG_NEW_N(s->arena, room, lng_value *), **gradient = LNG_NEW_N(s->arena, room, lng_value *);
    const char **name = LNG_NEW_N(s->arena, room, const char *);
    size_t n = 0;
    for (size_t i = 0; i < s->subject.variables; i++) {
        const lng_variable *v = &s->subject.variable[i];
        if (!v->parameter)
            continue;
        name[n] = lng_gradient_name(s->arena, v->name);
        if (lng_graph_find_output(g, name[n]))
            return lng_error(errors, LNG_E_DUPLICATE, lng_nowhere, "the output `%s` already exists", name[n]);
        x[n++] = lng_read_variable(g, v->name, v->shape);
    }
    if (!lng_gradient(g, objective, x, n, gradient))
        return false;
    for (size_t i = 0; i < n; i++)
        lng_graph_output(g, name[i], gradient[i]);
    return true;
}

/* Rewrites precede differentiation. */
static const lng_graph *gradient_graph(lng_session *s, lng_errors *errors)
{
    lng_graph *g = lng_passes_run(lng_rewrites, lng_without_updates(s, s->subject.train, errors), s->arena, errors);
    lng_value *objective = g ? lng_graph_find_output(g, "objective") : NULL;
    if (!g)
        return NULL;
    if (!objective || objective->per_example || lng_shape_size(objective->shape) != 1 || objective->dtype != LNG_F32)
        return fail(errors, LNG_E_GRADIENT, "differentiation needs an output `objective`: a scalar that is shared by the batch");
    return add_gradients(s, g, objective, errors) ? g : NULL;
}

/* ---- the table ---- */
static const struct {
    const char *name;
    const lng_graph *(*graph)(lng_session *, lng_errors *);
} table[LNG_USES] = {
    /* the use is 1 << index */
    {"LNG_STEP", step_graph},
    {"LNG_DIFFERENTIATE", gradient_graph},
    {"LNG_EVALUATE", evaluate_graph},
    {"LNG_PREDICT", predict_graph},
};
_Static_assert(LNG_STEP == 1 && LNG_DIFFERENTIATE == 2 && LNG_EVALUATE == 4 && LNG_PREDICT == 8, "the table's order");

const lng_graph *lng_use_graph(lng_session *s, int i, lng_errors *errors)
{
    return table[i].graph(s, errors);
}

const char *lng_use_name(unsigned use)
{
    for (int i = 0; i < LNG_USES; i++)
        if (1u << i == use)
            return table[i].name;
    return NULL;
}
