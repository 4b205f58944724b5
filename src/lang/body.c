/* The body of a block: the chain of steps, the result, and what training changes. */
#include "lang/body.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include "lang/layers.h"
#include "lang/turn.h"
#include "syntax/builtin_names.h"
#include <string.h>

static const lng_datum none = {0};

static lng_datum chain_value(lng_scope *s, const lng_step *step)
{
    lng_expr *it = lng_expr_name(s->e->arena, "it", step->expr->doc);
    lng_datum t = lng_eval(s, it);
    t.place = step->place;
    t.inner = s->block->standard;
    return t;
}

/* The values that a step takes: those of `from`, or the one before. */
static bool step_values(lng_scope *s, const lng_step *step, const lng_callable *c, lng_datum **values, size_t *n)
{
    int ports = lng_ports_of(s, c);
    *n = step->from ? step->froms : ports > 0 ? 1 : 0;
    *values = LNG_NEW_N(s->e->arena, *n + 1, lng_datum);
    if (ports < 0)
        return false;
    if (ports == 0 && !step->from && s->has_it) {
        const char *meant = lng_nearest_block(s, c->name);
        lng_complain(s, step->place, LNG_E_ARGUMENTS, "`%s` takes no value, so it cannot follow a step", c->name);
        if (meant && lng_is_synonym(c->name, meant))
            lng_hint(s, "did you mean `%s`?", meant);
        return false;
    }
    for (size_t i = 0; i < *n; i++)
        (*values)[i] = step->from ? lng_eval(s, step->from[i]) : chain_value(s, step);
    return true;
}

/* `- flatten`, `- conv2d: {filters: 6}`; a bare name that names no block may name a value. */
static lng_datum bare_step(lng_scope *s, const lng_step *step)
{
    const lng_expr *e = step->expr;
    lng_expr head = *e, plain = {.kind = LNG_EXPR_CALL};
    lng_callable c;
    lng_datum *values;
    size_t n;
    if (e->kind == LNG_EXPR_NAME && !step->from && !lng_find_callable(s, e->name, &c) &&
        (lng_scope_find(s, e->name) || lng_is_reserved(e->name))) {
        lng_datum t = lng_eval(s, e);
        if (t.kind != LNG_DATUM_BLOCK)
            return t;
    }
    if (e->kind == LNG_EXPR_CALL)
        head.kind = LNG_EXPR_NAME; /* the block alone; the call brings its attributes */
    lng_datum block = lng_eval_block(s, &head);
    if (block.kind != LNG_DATUM_BLOCK || !step_values(s, step, block.block, &values, &n))
        return none;
    return lng_apply(s, block.block, lng_args_of(s, e->kind == LNG_EXPR_CALL ? e : &plain, values, n), e);
}

static lng_datum one_step(lng_scope *s, const lng_step *step)
{
    if (step->failed || lng_exhausted(s, step->expr, 1))
        return none;
    if (step->bare)
        return bare_step(s, step);
    if (step->expr->kind == LNG_EXPR_CALL)
        return lng_apply_named(s, step->expr, lng_args_of(s, step->expr, NULL, 0));
    return lng_eval(s, step->expr);
}

static void run(lng_scope *, const lng_chain *);

/* Gives the names of `as` to the values of a step. */
static void name_values(lng_scope *s, const lng_step *step, lng_datum t)
{
    const bool fits = step->names <= 1 || (t.kind == LNG_DATUM_TUPLE && t.items == step->names);
    if (!fits && t.kind != LNG_DATUM_NONE)
        lng_complain(s, step->as_place, LNG_E_TYPE, "%zu names need %zu values, not %s", step->names, step->names,
                     lng_datum_text(s->e->arena, &t));
    for (size_t i = 0; i < step->names; i++)
        lng_scope_bind(s, step->as[i], !fits ? none : step->names == 1 ? t : t.item[i]);
}

static void plain_step(lng_scope *s, const lng_step *step)
{
    const bool called = step->as || lng_step_calls(s, step);
    s->now = lng_path(s->e->arena, lng_scope_path(s), step->expr->call);
    const int row = lng_layers_enter(s, LNG_ROW_OF_TEXT, called ? s->now : NULL, step->expr, step->place);
    lng_datum t = one_step(s, step);
    lng_layers_leave(s, row, &t);
    s->it = t;
    s->has_it = true;
    name_values(s, step, t);
}

/* Without a turn, the value of the step before stays what it is. */
static void repeat(lng_scope *s, const lng_step *step)
{
    lng_elab *e = s->e;
    const size_t before = lng_errors_count(e->errors);
    s->now = lng_path(e->arena, lng_scope_path(s), step->expr->call);
    const lng_datum count = step->failed ? none : lng_eval(s, step->expr);
    const int64_t turns = lng_turns_of(s, step->expr, &count, "`repeat`");
    if (!s->has_it && (s->block->ports == 1 || turns == 0))
        s->it = lng_eval(s, lng_expr_name(e->arena, "it", step->expr->doc)), s->has_it = true;
    for (int64_t i = 0; i < turns && lng_errors_count(e->errors) == before && !lng_exhausted(s, step->expr, LNG_TURN_WORK); i++) {
        lng_turn *turn = lng_turn_begin(s, "`repeat`", step->expr->call, i, step->place);
        lng_turn_bind(s, step->repeat->as,
                      (lng_datum){.kind = LNG_DATUM_INT, .inner = s->block->standard, .place = step->place, .i = i});
        lng_turn_expect(turn, e->arena, &step->repeat->body);
        run(s, &step->repeat->body);
        lng_turn_end(s);
    }
    if (turns < 0)
        s->it = none, s->has_it = true;
}

static void run(lng_scope *s, const lng_chain *chain)
{
    for (size_t i = 0; i < chain->steps && !s->e->exhausted; i++)
        if (chain->step[i].repeat)
            repeat(s, &chain->step[i]);
        else
            plain_step(s, &chain->step[i]);
}

static lng_datum steps(lng_scope *s)
{
    run(s, &s->block->chain);
    s->now = NULL;
    return s->it;
}

static lng_datum evaluate_out(lng_scope *s)
{
    const lng_block *b = s->block;
    if (b->outs == 1)
        return lng_eval(s, b->out[0]);
    lng_datum t = {.kind = LNG_DATUM_TUPLE, .inner = b->standard, .place = lng_expr_place(b->out[0]), .items = b->outs};
    t.item = LNG_NEW_N(s->e->arena, b->outs, lng_datum);
    for (size_t i = 0; i < b->outs; i++)
        t.item[i] = lng_eval(s, b->out[i]);
    return t;
}

lng_datum lng_body(lng_scope *s)
{
    const lng_block *b = s->block;
    lng_datum end = steps(s);
    if (!b->out)
        return b->has_graph ? end : (lng_datum){.kind = LNG_DATUM_TUPLE, .inner = b->standard, .place = b->place};
    const int row = lng_layers_enter(s, LNG_ROW_OF_TEXT, "out", b->out[0], b->out[0]->doc->place);
    lng_datum t = evaluate_out(s);
    lng_layers_leave(s, row, &t);
    return t;
}

/* ---- updates ---- */
typedef struct update {
    const char *variable;
    lng_value *value; /* NULL after an error */
    bool state;
} update;

/* What the name in an update stands for: a state, or a port that got a parameter; its shape is set. NULL after an error. */
static const char *target(lng_scope *s, const lng_define *d, bool *state, lng_shape *shape)
{
    lng_binding *b = lng_map_get(s->name, d->name[0]);
    *state = b && b->kind == LNG_BIND_DEFINE && b->define->kind == LNG_DEFINE_STATE;
    bool port = b && b->kind == LNG_BIND_DATUM && b->slot[0].datum.kind == LNG_DATUM_VALUE &&
                (b->slot[0].datum.value->node->op->flags & LNG_OP_STORED);
    if (!*state && !port) {
        lng_nearest near = {.wrong = d->name[0]};
        lng_complain(s, d->place, LNG_E_UNKNOWN_NAME,
                     "`update` can change only states and, in an optimizer, `param`; `%s` is neither", d->name[0]);
        for (size_t i = 0; i < s->block->defines; i++)
            if (s->block->define[i].kind == LNG_DEFINE_STATE)
                lng_nearest_offer(&near, s->block->define[i].name[0]);
        if (near.best)
            lng_hint(s, "did you mean `%s`?", near.best);
        return NULL;
    }
    const lng_datum t = *state ? lng_scope_read(s, b, d->expr) : b->slot[0].datum;
    if (t.kind != LNG_DATUM_VALUE)
        return NULL;
    *shape = t.value->shape;
    return *state ? lng_path(s->e->arena, s->path, d->name[0]) : t.value->node->name;
}

static update evaluate(lng_scope *s, const lng_define *d)
{
    char want[LNG_SHAPE_TEXT], got[LNG_SHAPE_TEXT];
    lng_shape shape;
    update u = {0};
    u.variable = target(s, d, &u.state, &shape);
    lng_binding *b = lng_map_get(s->name, lng_format(s->e->arena, "new.%s", d->name[0]));
    lng_datum t = lng_scope_read(s, b, d->expr);
    lng_value *v = t.kind == LNG_DATUM_NONE ? NULL : lng_datum_value(s, t);
    if (!v || !u.variable)
        return u;
    if (v->per_example)
        lng_complain_at(s, d->expr, LNG_E_KIND,
                        "`%s` is shared by the whole batch, but this differs between examples; take its batch_mean", d->name[0]);
    else if (v->dtype != LNG_F32)
        lng_complain_at(s, d->expr, LNG_E_DTYPE, "`%s` holds floats (f32), but this holds integers", d->name[0]);
    else if ((v->shape.rank != 0 || !u.state) && !lng_shape_equal(v->shape, shape)) /* a state may be set to a number */
        lng_complain_at(s, d->expr, LNG_E_SHAPE, "`%s` has shape %s, but its new value has shape %s", d->name[0],
                        lng_shape_text(want, shape), lng_shape_text(got, v->shape));
    else if (!u.state && lng_map_get(s->e->updated, u.variable))
        lng_complain_at(s, d->expr, LNG_E_DUPLICATE, "the parameter `%s` is updated twice in one step", u.variable);
    else
        u.value = lng_broadcast(s->e->graph, v, shape);
    return u;
}

static void publish(lng_elab *e, const update *u)
{
    lng_updated *updated = LNG_NEW(e->arena, lng_updated);
    *updated = (lng_updated){u->value, ++e->updates};
    if (lng_map_put(e->updated, u->variable, updated))
        lng_graph_change_update(e->graph, u->variable, u->value);
    else
        lng_graph_update(e->graph, u->variable, u->value);
}

/* All at once: the names in them stand for what was before the call. */
void lng_body_updates(lng_scope *s)
{
    const lng_block *b = s->block;
    update *all = LNG_NEW_N(s->e->arena, b->defines + 1, update);
    for (size_t i = 0; i < b->defines; i++)
        if (b->define[i].kind == LNG_DEFINE_UPDATE)
            all[i] = evaluate(s, &b->define[i]);
    for (size_t i = 0; i < b->defines; i++)
        if (all[i].value)
            publish(s->e, &all[i]);
}
