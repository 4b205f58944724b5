/* Averages of the parameters over the steps: `average` of the section train.
 *
 * The first step's parameters are the first average; each later step moves it by a part of the difference. */
#include "graph/ops.h"
#include "lang/compile.h"
#include "lang/variable.h"

/* The state that holds the average; it begins as the parameter does. NULL: the name is taken. */
static lng_value *average_of(lng_compiler *c, const lng_stored *parameter)
{
    const char *name = lng_path(c->arena, "average", parameter->variable.name);
    lng_graph *init = c->elab.init;
    if (lng_map_get(c->elab.stored, name)) {
        lng_error(c->errors, LNG_E_DUPLICATE, parameter->place, "the average of `%s` is named `%s`, which is taken",
                  parameter->variable.name, name);
        return NULL;
    }
    lng_stored *s = LNG_NEW(c->arena, lng_stored);
    *s = *parameter;
    s->variable.name = name;
    s->variable.parameter = false;
    s->variable.average_of = parameter->variable.name;
    lng_map_put(c->elab.stored, name, s);
    lng_graph_output(init, name, lng_graph_find_output(init, parameter->variable.name));
    return lng_read_variable(c->elab.graph, name, s->variable.shape);
}

bool lng_average_parameters(lng_compiler *c, const lng_trained *t)
{
    lng_graph *g = c->elab.graph;
    if (c->recipe.average <= 0)
        return true;
    g->scope = "average";
    lng_value *later = lng_binary(g, &lng_op_less, lng_scalar(g, 0), lng_read_clock(g, "step"));
    lng_value *kept = lng_mul(g, later, lng_scalar(g, c->recipe.average)), *rest = lng_sub(g, lng_scalar(g, 1), kept);
    for (size_t i = 0; i < t->count; i++) {
        const char *name = t->parameter[i]->node->name;
        const lng_updated *now = lng_map_get(c->elab.updated, name);
        lng_value *average = average_of(c, lng_map_get(c->elab.stored, name));
        if (!average)
            return false;
        if (now)
            lng_graph_update(g, average->node->name, lng_add(g, lng_mul(g, kept, average), lng_mul(g, rest, now->value)));
    }
    return true;
}
