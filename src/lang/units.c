/* The user's units. A model that predicts a field that its description scales computes scaled numbers, and so does its loss: gradients need
 * the scale. People do not: metrics, predictions and exports get both sides as they were before. What that takes is learned from the data
 * after the graphs are made, so it is state, called FIELD.subtract and FIELD.divide, which goes with the weights. */
#include "lang/units.h"
#include "graph/ops.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include "lang/variable.h"

const char *lng_scale_name(lng_arena *arena, const char *field, lng_scale_part part)
{
    return lng_format(arena, "%s.%s", field, part == LNG_SCALE_SUBTRACT ? "subtract" : "divide");
}

/* A state that nothing updates; until it is set, it changes nothing. */
static lng_value *scale(lng_elab *e, const lng_data_field *f, lng_scale_part part)
{
    const char *name = lng_scale_name(e->arena, f->name, part);
    lng_stored *stored = lng_map_get(e->stored, name);
    if (!stored) {
        e->init->place = f->place;
        e->init->scope = f->name;
        lng_graph_output(e->init, name, lng_constant(e->init, part == LNG_SCALE_DIVIDE, f->shape));
        stored = LNG_NEW(e->arena, lng_stored);
        *stored = (lng_stored){.variable = {.name = name, .shape = f->shape, .place = f->place}, .place = f->place};
        lng_map_put(e->stored, name, stored);
    }
    stored->read_in[e->training] = true;
    return lng_read_variable(e->graph, name, f->shape);
}

static lng_value *restored(lng_elab *e, const lng_data_field *f, lng_value *x)
{
    lng_graph *g = e->graph;
    if (f->columns->scale == LNG_SCALE_LOG1P)
        return lng_unary(g, &lng_op_expm1, x);
    lng_value *divide = lng_reshape(g, scale(e, f, LNG_SCALE_DIVIDE), x->shape),
              *subtract = lng_reshape(g, scale(e, f, LNG_SCALE_SUBTRACT), x->shape);
    return lng_add(g, lng_mul(g, x, divide), subtract);
}

/* By id, the nodes that a value depends on. */
static const bool *needs_of(const lng_elab *e, const lng_value *v)
{
    bool *needed = LNG_NEW_N(e->arena, e->graph->nodes + 1, bool);
    needed[v->node->id] = true;
    lng_graph_mark_needed(e->graph, needed);
    return needed;
}

/* The field that a node reads; NULL: it reads none. */
static lng_data_field *field_of(const lng_elab *e, const lng_node *n)
{
    return n->op == &lng_op_input ? &e->field[n->attr[LNG_INPUT_INDEX].i] : NULL;
}

/* Which fields a value depends on. */
static void note_reads(const lng_elab *e, const lng_value *v)
{
    const bool *needed = needs_of(e, v);
    for (int i = v->node->id; i >= 0; i--) {
        lng_data_field *f = needed[i] ? field_of(e, e->graph->node[i]) : NULL;
        if (f)
            f->read = true;
    }
}

static bool is_scaled(const lng_data_field *f)
{
    return f->columns && f->columns->scale != LNG_SCALE_NONE;
}

static bool is_scaled_target(const lng_data_field *f)
{
    return f->dtype == LNG_F32 && !f->read && is_scaled(f);
}

/* The only such field with as many numbers as the output; NULL: there is none, or several. */
static const lng_data_field *target_of(const lng_elab *e, const lng_value *out)
{
    const lng_data_field *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < e->fields; i++)
        if (is_scaled_target(&e->field[i]) && lng_shape_size(e->field[i].shape) == lng_shape_size(out->shape) && ++count)
            found = &e->field[i];
    return count == 1 && out->dtype == LNG_F32 ? found : NULL;
}

static void warn_of_others(const lng_elab *e, const lng_data_field *restored)
{
    for (size_t i = 0; !e->training && i < e->fields; i++)
        if (is_scaled_target(&e->field[i]) && &e->field[i] != restored)
            lng_warn(e->errors, e->field[i].place,
                     "`%s` is scaled, but not the only field that the result may predict: metrics and predictions stay scaled",
                     e->field[i].name);
}

static void bind(lng_scope *s, const char *name, lng_value *v)
{
    lng_scope_bind(s, name, (lng_datum){.kind = LNG_DATUM_VALUE, .place = v->node->place, .value = v, .graph = s->e->graph});
}

lng_value *lng_restore_units(lng_scope *s, lng_value *out, bool alone)
{
    lng_elab *e = s->e;
    note_reads(e, out);
    const lng_data_field *f = alone ? target_of(e, out) : NULL;
    warn_of_others(e, f);
    if (!f)
        return out;
    e->graph->place = f->place;
    e->graph->scope = f->name;
    lng_value *result = restored(e, f, out), *target = restored(e, f, lng_scope_find(s, f->name)->slot[0].datum.value);
    bind(s, "out", result);
    bind(s, f->name, target);
    e->in_units[0] = result;
    e->in_units[1] = target;
    return result;
}

/* ---- metrics ---- */
/* Whether a value comes from what has been restored; *scaled: from a field that has not. */
static bool is_in_units(const lng_elab *e, const lng_value *v, bool *scaled)
{
    const bool *needed = needs_of(e, v);
    *scaled = false;
    for (int i = v->node->id; i >= 0; i--) {
        const lng_data_field *f = needed[i] ? field_of(e, e->graph->node[i]) : NULL;
        *scaled = *scaled || (f && is_scaled(f));
    }
    return needed[e->in_units[0]->node->id] || needed[e->in_units[1]->node->id];
}

void lng_check_units(lng_scope *s, const lng_expr *metric)
{
    const lng_elab *e = s->e;
    const lng_expr *left = NULL;
    bool any = false, scaled;
    if (e->training || !e->in_units[0] || metric->kind != LNG_EXPR_CALL)
        return;
    for (size_t i = 0; i < metric->values; i++) {
        const lng_datum t = lng_eval(s, metric->item[i]);
        if (t.kind != LNG_DATUM_VALUE)
            continue;
        if (is_in_units(e, t.value, &scaled))
            any = true;
        else if (scaled)
            left = metric->item[i];
    }
    if (any && left) {
        lng_warn(e->errors, lng_expr_place(left), "this stays scaled, but what it is compared with is in the units of the data");
        lng_error_hint(e->errors, "a field of its own, without `scale`, has the numbers as they are in the file");
    }
}
