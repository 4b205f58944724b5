/* Parameters and state: made when first read, with their initial values in a graph of their own. */
#include "base/assert.h"
#include "graph/ops.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include "lang/variable.h"
#include <string.h>

static lng_value *initial_value(lng_scope *s, const lng_define *d, const char *name, lng_datum *origin)
{
    lng_elab *e = s->e;
    LNG_ASSERT(!e->initializing && e->graph != e->init);
    lng_graph *graph = e->graph;
    e->graph = e->init;
    e->initializing = e->draws_of = name;
    lng_datum t = lng_eval(s, d->expr);
    lng_value *v = t.kind == LNG_DATUM_NONE ? NULL : lng_datum_value(s, t);
    if (v && v->dtype != LNG_F32)
        lng_complain_at(s, d->expr, LNG_E_DTYPE, "an initial value must hold floats (f32), but this holds integers");
    else if (v && v->per_example)
        lng_complain_at(s, d->expr, LNG_E_KIND,
                        "an initial value must be shared by all examples, but this one is drawn per example");
    *origin = t;
    e->initializing = e->draws_of = NULL;
    e->graph = graph;
    return v && v->dtype == LNG_F32 && !v->per_example ? v : NULL;
}

static lng_stored *make(lng_scope *s, const lng_define *d, const char *name)
{
    lng_elab *e = s->e;
    lng_datum origin;
    lng_value *v = initial_value(s, d, name, &origin);
    if (!v)
        return NULL;
    int64_t size = lng_shape_size(v->shape);
    if (size > LNG_MAX_VARIABLE_ELEMENTS - e->elements) {
        char shape[LNG_SHAPE_TEXT], count[LNG_NUMBER_SIZE];
        lng_complain(s, d->place, LNG_E_LIMIT, "with `%s` of shape %s the model has more than %s parameters", name,
                     lng_shape_text(shape, v->shape), lng_grouped(count, LNG_MAX_VARIABLE_ELEMENTS));
        return NULL;
    }
    e->elements += size;
    LNG_ASSERT(e->elements <= LNG_MAX_VARIABLE_ELEMENTS && !lng_graph_find_output(e->init, name));
    lng_graph_output(e->init, name, v);
    lng_stored *stored = LNG_NEW(e->arena, lng_stored);
    *stored =
        (lng_stored){.variable = {.name = name, .shape = v->shape, .parameter = d->kind == LNG_DEFINE_PARAM, .place = d->place},
                     .define = d,
                     .origin = origin,
                     .place = lng_user_place(s, d->place)};
    lng_map_put(e->stored, name, stored);
    return stored;
}

/* What earlier calls in this step made of a state; a gradient does not go back through them. NULL: there were none. */
static lng_value *updated(const lng_scope *s, const char *name)
{
    const lng_updated *u = lng_map_get(s->e->updated, name);
    return u && u->at <= s->since ? lng_unary(s->e->graph, &lng_op_stop_gradient, u->value) : NULL;
}

lng_datum lng_variable_read(lng_scope *s, lng_binding *b, const lng_expr *at)
{
    lng_elab *e = s->e;
    const lng_define *d = b->define;
    const char *name = lng_path(e->arena, s->path, d->name[0]);
    lng_stored *stored = lng_map_get(e->stored, name);
    if (e->initializing) { /* the initial value of one may be made of another's */
        lng_value *v = stored ? lng_graph_find_output(e->init, name) : NULL;
        if (!v)
            lng_complain_at(s, at, LNG_E_KIND, "an initial value cannot depend on `%s`, which has no value yet", d->name[0]);
        return v ? (lng_datum){.kind = LNG_DATUM_VALUE,
                               .inner = s->block->standard,
                               .place = b->place,
                               .value = v,
                               .graph = e->init}
                 : (lng_datum){0};
    }
    if (stored && stored->define != d) {
        lng_complain(s, d->place, LNG_E_DUPLICATE, "two parameters are named `%s`", name);
        return (lng_datum){0};
    }
    if (!stored && !(stored = make(s, d, name)))
        return (lng_datum){0};
    if (stored->variable.parameter && !stored->read_in[e->training])
        e->parameters += lng_shape_size(stored->variable.shape);
    stored->read_in[e->training] = true;
    e->graph->place = lng_user_place(s, b->place);
    e->graph->scope = s->path;
    lng_value *before = updated(s, name);
    lng_value *v = before ? before : lng_read_variable(e->graph, name, stored->variable.shape);
    lng_datum t = {.kind = v ? LNG_DATUM_VALUE : LNG_DATUM_NONE,
                   .inner = s->block->standard,
                   .place = b->place,
                   .value = v,
                   .graph = e->graph};
    if (t.inner && !stored->origin.inner && stored->origin.place.line)
        t.inner = false, t.place = stored->origin.place;
    return t;
}

const lng_stored *lng_parameter_matching(const lng_elab *e, size_t i, const char *pattern)
{
    const lng_stored *s = lng_map_value(e->stored, i);
    return s->variable.parameter && s->read_in[1] && lng_matches(pattern, s->variable.name) ? s : NULL;
}
