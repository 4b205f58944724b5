/* What a called name means, and blocks as arguments. */
#include "base/assert.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include "syntax/builtin_names.h"
#include "metric/metric.h"
#include <string.h>

#define MAX_LIST 80 /* characters of names in a hint */

/* A block among the names of the scope: an attribute of type block, or a shared block. */
lng_binding *lng_block_binding(const lng_scope *s, const char *name)
{
    lng_binding *b = lng_scope_find(s, name);
    const lng_attr_decl *w = b ? lng_block_attr(s->block, name) : NULL;
    bool is = (w && w->type == LNG_TYPE_BLOCK) || (b && b->kind == LNG_BIND_DEFINE && b->define->kind == LNG_DEFINE_SHARED);
    return is ? b : NULL;
}

bool lng_find_callable(lng_scope *s, const char *name, lng_callable *c)
{
    *c = (lng_callable){.name = name};
    const lng_block *from = s->caller ? s->block : NULL;
    return lng_library_find(s->e->library, from, name, &c->block, &c->op);
}

static void offer_callables(const lng_scope *s, lng_nearest *near)
{
    const lng_library *l = s->e->library;
    for (size_t i = 0; i < s->block->attrs; i++)
        if (s->block->attr[i].type == LNG_TYPE_BLOCK)
            lng_nearest_offer(near, s->block->attr[i].name);
    for (size_t i = 0; i < lng_map_count(l->own); i++)
        lng_nearest_offer(near, lng_map_key(l->own, i));
    for (size_t i = 0; i < lng_map_count(l->standard); i++)
        lng_nearest_offer(near, lng_map_key(l->standard, i));
    for (size_t i = 0; i < lng_op_count; i++)
        if (!(lng_ops[i]->flags & LNG_OP_HIDDEN))
            lng_nearest_offer(near, lng_ops[i]->name);
    for (size_t i = 0; i < lng_builtin_name_count; i++)
        if (lng_builtin_names[i].function)
            lng_nearest_offer(near, lng_builtin_names[i].name);
    const bool result_known = !s->caller && lng_map_get(s->name, "out"); /* as it is to metrics */
    for (size_t i = 0; result_known && i < lng_metric_count; i++)
        lng_nearest_offer(near, lng_metrics[i]->name);
}

const char *lng_nearest_block(const lng_scope *s, const char *name)
{
    lng_nearest near = {.wrong = name};
    offer_callables(s, &near);
    return near.best;
}

/* Lists a group of the library, or says how to. */
static void group_hint(const lng_scope *s, const char *group)
{
    const lng_map *names = lng_group_names(s->e->library, group);
    const size_t n = lng_map_count(names);
    lng_text list = lng_text_new(s->e->arena);
    for (size_t i = 0; i < n; i++)
        lng_text_add(&list, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " and ", lng_map_key(names, i));
    if (n > 0 && list.length <= MAX_LIST)
        lng_hint(s, "the %s are %s", group, list.at);
    else if (n > 0)
        lng_hint(s, "`lngraph doc %s` lists the %s", group, group);
}

bool lng_is_misplaced_scan(const lng_expr *e)
{
    bool is = e->kind == LNG_EXPR_CALL && strcmp(e->name, "scan") == 0;
    for (size_t i = 0; e->kind == LNG_EXPR_CALL && i < e->items; i++)
        is = is || (e->label[i] && strcmp(e->label[i], "scan") == 0);
    return is;
}

bool lng_unknown_block(lng_scope *s, const lng_expr *e, const char *name, const char *group)
{
    lng_nearest near = {.wrong = name};
    const lng_expr *value = e->kind != LNG_EXPR_NAME && !e->marked && e->values == 1 ? e->item[0] : NULL; /* `a: f(x)` */
    const bool is_value = lng_scope_find(s, name) != NULL;
    const bool names_value = value && value->marked;
    lng_callable c;
    if (!names_value && lng_is_misnamed(s, name))
        return false;
    lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, is_value ? "`%.60s` is a value, not a block" : "there is no block or op `%.60s`",
                    name);
    if (names_value && !lng_map_get(s->e->misnamed, name))
        lng_map_put(s->e->misnamed, name, s->block);
    if (!lng_heard(s))
        return false;
    offer_callables(s, &near);
    if (e->kind == LNG_EXPR_NAME) /* a step may be a value, too */
        lng_offer_names(s, &near);
    if (lng_is_misplaced_scan(e))
        lng_hint(s, "a scan is not a step: `let` has it, as in `h: {start: ..., scan: ..., as: ..., do: ...}`; a step reads `h`");
    else if (value && value->kind == LNG_EXPR_NAME && lng_find_callable(s, value->name, &c))
        lng_hint(s, "write `- %s`, if the step is to call it", value->name);
    else if (names_value && value->kind == LNG_EXPR_CALL && value->values == 0)
        lng_hint(s, "the value of a step gets a name with `as`: write `- %s: {...}` and, beneath it, `as: %s`", value->name, name);
    else if (names_value)
        lng_hint(s, "to name a value, write `%s: %s` in `let`; a step gets a name with `as`", name, value->doc->text);
    else if (near.best)
        lng_suggest(s, near.best);
    else if (group)
        group_hint(s, group);
    return false;
}

/* The block that a name stands for; false after an error. */
static bool resolve(lng_scope *s, const lng_expr *e, const char *name, lng_callable *c)
{
    lng_binding *b = lng_block_binding(s, name);
    if (b) {
        lng_datum t = lng_scope_read(s, b, e);
        if (t.kind != LNG_DATUM_BLOCK)
            return false;
        *c = *t.block;
        return true;
    }
    return lng_find_callable(s, name, c) || lng_unknown_block(s, e, name, NULL);
}

int lng_ports_of(lng_scope *s, const lng_callable *c)
{
    if (c->op)
        return c->op->n_in;
    return lng_block_read(s->e->arena, c->block, &lng_section_block, s->e->errors) ? (int)c->block->ports : -1;
}

lng_args lng_args_of(lng_scope *s, const lng_expr *call, const lng_datum *first, size_t n)
{
    lng_args a = {.count = n + call->items, .values = n + call->values};
    a.arg = LNG_NEW_N(s->e->arena, a.count ? a.count : 1, lng_arg);
    for (size_t i = 0; i < n; i++)
        a.arg[i] = (lng_arg){.datum = first[i], .place = first[i].place};
    for (size_t i = 0; i < call->items; i++)
        a.arg[n + i] = (lng_arg){.label = call->label[i],
                                 .expr = call->item[i],
                                 .place = call->label[i] ? call->label_place[i] : lng_expr_place(call->item[i])};
    return a;
}

lng_datum lng_apply(lng_scope *s, const lng_callable *c, lng_args args, const lng_expr *at)
{
    LNG_ASSERT(!c->op != !c->block && args.values <= args.count);
    return c->op ? lng_apply_op(s, c, args, at) : lng_apply_block(s, c, args, at);
}

lng_datum lng_apply_schedule(lng_scope *s, const lng_datum *t, const lng_expr *at)
{
    lng_block *b = t->kind == LNG_DATUM_BLOCK ? t->block->block : NULL;
    if (!b || !lng_block_read(s->e->arena, b, &lng_section_block, s->e->errors) || b->ports > 0)
        return *t;
    return lng_apply(s, t->block, (lng_args){0}, at);
}

lng_datum lng_apply_named(lng_scope *s, const lng_expr *e, lng_args args)
{
    lng_callable c;
    if (!lng_block_binding(s, e->name) && !lng_find_callable(s, e->name, &c) && lng_is_builtin(e->name))
        return lng_apply_builtin(s, e, args);
    return resolve(s, e, e->name, &c) ? lng_apply(s, &c, args, e) : (lng_datum){0};
}

bool lng_attribute_type(lng_scope *s, const lng_callable *c, const char *label, lng_type *type)
{
    const lng_attr_decl *w = NULL;
    if (c->block && lng_block_read(s->e->arena, c->block, &lng_section_block, s->e->errors))
        w = lng_block_attr(c->block, label);
    const int i = c->op ? lng_op_attr_index(c->op, label) : -1;
    const bool port = c->block && c->block->good && lng_block_optional(c->block, label);
    if (w)
        *type = w->type;
    else if (port)
        *type = LNG_TYPE_INT;
    else if (i >= 0)
        *type = c->op->attr[i].type == LNG_ATTR_NAME || c->op->attr[i].type == LNG_ATTR_PADDING ? LNG_TYPE_STRING : LNG_TYPE_INT;
    return w || port || i >= 0;
}

lng_datum lng_argument(lng_scope *s, const lng_arg *a)
{
    return a->expr ? lng_eval(s, a->expr) : a->datum;
}

/* ---- blocks as arguments ---- */
static lng_datum bound(lng_scope *s, const lng_expr *e, const lng_callable *c)
{
    lng_callable *kept = LNG_NEW(s->e->arena, lng_callable);
    *kept = *c;
    if (!s->block->standard)
        kept->given = lng_expr_place(e);
    lng_datum t = lng_derived(s, e, LNG_DATUM_BLOCK, NULL, 0);
    t.block = kept;
    return t;
}

/* sgd(lr=0.01): the block with some attributes bound. Their types are checked here, at the place where they are written. */
static lng_datum partial(lng_scope *s, const lng_expr *e)
{
    lng_callable c;
    if (!resolve(s, e, e->name, &c))
        return (lng_datum){0};
    if (c.block && !lng_block_read(s->e->arena, c.block, &lng_section_block, s->e->errors))
        return (lng_datum){0};
    if (e->values > 0) {
        if (e->marked)
            lng_complain_at(s, e->item[0], LNG_E_ARGUMENTS,
                            "expected a block, not its result: give `%s` attributes by name, and no values", c.name);
        else
            lng_complain_at(s, e, LNG_E_ARGUMENTS, "the attributes of `%s` must be a mapping", c.name);
        lng_unnamed_hint(s, &c, e);
        return (lng_datum){0};
    }
    const char **label = LNG_NEW_N(s->e->arena, c.bounds + e->items + 1, const char *);
    lng_datum *datum = LNG_NEW_N(s->e->arena, c.bounds + e->items + 1, lng_datum);
    bool good = true;
    for (size_t i = 0; i < c.bounds; i++)
        label[i] = c.label[i], datum[i] = c.bound[i];
    for (size_t i = 0; i < e->items; i++) {
        for (size_t k = 0; k < i; k++)
            if (strcmp(e->label[k], e->label[i]) == 0)
                good = lng_complain(s, e->label_place[i], LNG_E_ARGUMENTS, "`%s` is given twice", e->label[i]);
        lng_datum t = lng_bind_attribute(s, &c, e->label[i], e->item[i], e->label_place[i]);
        good = good && t.kind != LNG_DATUM_NONE;
        label[c.bounds + i] = e->label[i];
        datum[c.bounds + i] = t;
    }
    c.label = label, c.bound = datum, c.bounds += e->items;
    return good ? bound(s, e, &c) : (lng_datum){0};
}

bool lng_not_a_block(lng_scope *s, const lng_expr *e)
{
    return lng_complain_at(s, e, LNG_E_TYPE, "expected a block: its name, or name(attribute=value)");
}

lng_datum lng_eval_block(lng_scope *s, const lng_expr *e)
{
    lng_callable c;
    if (e->kind == LNG_EXPR_IF) {
        lng_datum condition = lng_eval(s, e->item[1]);
        if (condition.kind == LNG_DATUM_BOOL)
            return lng_eval_block(s, e->item[condition.i ? 0 : 2]);
        if (condition.kind != LNG_DATUM_NONE)
            lng_complain_at(s, e->item[1], LNG_E_TYPE, "a block is chosen at compile time, so this condition must be known then");
        return (lng_datum){0};
    }
    if (e->kind == LNG_EXPR_NAME)
        return resolve(s, e, e->name, &c) ? bound(s, e, &c) : (lng_datum){0};
    if (e->kind == LNG_EXPR_FIELD && e->item[0]->kind == LNG_EXPR_NAME)
        return resolve(s, e, lng_format(s->e->arena, "%s.%s", e->item[0]->name, e->name), &c) ? bound(s, e, &c) : (lng_datum){0};
    if (e->kind == LNG_EXPR_CALL)
        return partial(s, e);
    lng_not_a_block(s, e);
    return (lng_datum){0};
}
