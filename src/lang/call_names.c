/* The names of calls. They come from the text of a block alone, so they do not depend on what is evaluated first, or at all.
 *
 * A step, and the call that is the whole value of a `let`, take their own name. Every other call is named by what it calls and a count
 * within the block: of the chain first, then of `let`, the result, the ports, the defaults, the initial values and the updates, each in the
 * order of the text. Names that the block gives to values are skipped. Ops have names only as steps, or when they draw random numbers.
 * In what has turns, calls are counted anew: what stands under `repeat` is `repeat.0.dense`, whatever stands before it. */
#include "graph/op.h"
#include "lang/call.h"
#include "lang/eval.h"
#include "lang/turn.h"
#include "syntax/builtin_names.h"
#include <string.h>

static void name_calls(lng_scope *, lng_expr *, const char *as);

static bool is_taken(const lng_scope *s, const char *name)
{
    return lng_map_get(s->block->taken, name) || (s->turn && lng_scope_find(s, name));
}

static const char *next_name(const lng_scope *s, const char *called)
{
    const char *dot = strchr(called, '.'), *base = dot ? dot + 1 : called; /* std.dense is a dense */
    const bool bound = lng_block_binding(s, base);                         /* the name is its own */
    int *count = lng_map_get(s->calls, base);
    if (!count)
        lng_map_put(s->calls, base, count = LNG_NEW(s->e->arena, int));
    const char *name;
    do {
        ++*count;
        name = *count == 1 ? base : lng_format(s->e->arena, "%s_%d", base, *count);
    } while ((is_taken(s, name) && !(bound && name == base)) || lng_map_get(s->call, name));
    lng_map_put(s->call, name, (void *)name);
    return name;
}

/* An expression has one name, however often the tree contains it: a < b < c contains b twice. */
static void give_name(const lng_scope *s, lng_expr *e, const char *called, const char *as)
{
    if (!e->call)
        e->call = as ? as : next_name(s, called);
}

static void name_arguments(lng_scope *, const lng_expr *call, const lng_callable *);

/* A block passed as an argument, perhaps with attributes, is not a call; its attributes may contain calls. */
static void name_block(lng_scope *s, const lng_expr *e)
{
    lng_callable c;
    if (e->kind == LNG_EXPR_CALL)
        name_arguments(s, e, lng_find_callable(s, e->name, &c) ? &c : NULL);
    else if (e->kind == LNG_EXPR_IF) {
        name_calls(s, e->item[1], NULL);
        name_block(s, e->item[0]);
        name_block(s, e->item[2]);
    }
}

void lng_name_calls_of(lng_scope *s, lng_expr *e, lng_type type)
{
    lng_callable c;
    const bool word = e->kind == LNG_EXPR_NAME && !lng_scope_find(s, e->name);
    if (type == LNG_TYPE_BLOCK)
        name_block(s, e);
    else if (type == LNG_TYPE_FLOAT && word && lng_find_callable(s, e->name, &c)) /* a schedule */
        give_name(s, e, e->name, NULL);
    else if (type != LNG_TYPE_STRING || e->kind != LNG_EXPR_NAME)
        name_calls(s, e, NULL);
}

/* c: what is called; NULL if that is known only in the call. */
static void name_arguments(lng_scope *s, const lng_expr *call, const lng_callable *c)
{
    for (size_t i = 0; i < call->items; i++) {
        lng_type type = call->label[i] ? LNG_TYPE_STRING : LNG_TYPE_INT;
        if (c && call->label[i])
            lng_attribute_type(s, c, call->label[i], &type);
        lng_name_calls_of(s, call->item[i], type);
    }
}

typedef struct counts {
    lng_map *call, *calls;
} counts;

/* What stands in turns has counts of its own. */
static counts begin_turn(lng_scope *s, const char *name, lng_place place)
{
    const counts before = {s->call, s->calls};
    s->call = lng_map_new(s->e->arena);
    s->calls = lng_map_new(s->e->arena);
    lng_turn_begin(s, NULL, "", 0, place);
    lng_turn_bind(s, name, (lng_datum){.kind = LNG_DATUM_INT});
    return before;
}

static void end_turn(lng_scope *s, counts before)
{
    lng_turn_end(s);
    s->call = before.call;
    s->calls = before.calls;
}

static void name_for(lng_scope *s, lng_expr *e)
{
    give_name(s, e, "for", NULL);
    name_calls(s, e->item[1], NULL);
    const counts before = begin_turn(s, e->name, e->place);
    name_calls(s, e->item[0], NULL);
    end_turn(s, before);
}

static void name_scan(lng_scope *s, lng_expr *e)
{
    for (size_t i = 0; i < lng_scan_turn(e); i++)
        name_calls(s, e->item[i], NULL);
    lng_turn_begin_scan(s, e);
    for (size_t i = lng_scan_turn(e); i < e->items; i++)
        name_calls(s, e->item[i], NULL);
    lng_turn_end(s);
}

static void name_calls(lng_scope *s, lng_expr *e, const char *as)
{
    lng_callable c;
    if (!e)
        return;
    if (e->kind == LNG_EXPR_NAME && lng_block_binding(s, e->name))
        give_name(s, e, e->name, as);
    else if (e->kind == LNG_EXPR_CALL) {
        const bool bound = lng_block_binding(s, e->name), known = !bound && lng_find_callable(s, e->name, &c);
        if (bound || (known && (c.block || c.op->flags & LNG_OP_RANDOM)))
            give_name(s, e, e->name, as);
        name_arguments(s, e, known ? &c : NULL);
    } else if (e->kind == LNG_EXPR_FOR)
        name_for(s, e);
    else if (e->kind == LNG_EXPR_SCAN)
        name_scan(s, e);
    else
        for (size_t i = 0; i < e->items; i++)
            name_calls(s, e->item[i], NULL);
}

bool lng_step_calls(lng_scope *s, const lng_step *step)
{
    const lng_expr *e = step->expr;
    lng_callable c;
    if (!step->bare || e->kind != LNG_EXPR_NAME)
        return step->bare || e->kind == LNG_EXPR_CALL;
    const bool value = lng_scope_find(s, e->name) || lng_is_reserved(e->name);
    return lng_find_callable(s, e->name, &c) || lng_block_binding(s, e->name) || !value;
}

static void name_chain(lng_scope *, const lng_chain *);

static void name_repeat(lng_scope *s, const lng_step *step)
{
    give_name(s, step->expr, "repeat", NULL);
    name_calls(s, step->expr, NULL);
    const counts before = begin_turn(s, step->repeat->as, step->place);
    lng_turn_expect(s->turn, s->e->arena, &step->repeat->body);
    name_chain(s, &step->repeat->body);
    end_turn(s, before);
}

static void name_step(lng_scope *s, const lng_step *step)
{
    lng_expr *e = step->expr;
    give_name(s, e, lng_step_calls(s, step) ? e->name : "step", step->as ? step->as[0] : NULL);
    for (size_t i = 0; i < step->froms; i++)
        name_calls(s, step->from[i], NULL);
    if (!step->bare || e->kind == LNG_EXPR_CALL)
        name_calls(s, e, NULL);
}

static void name_chain(lng_scope *s, const lng_chain *chain)
{
    for (size_t i = 0; i < chain->steps; i++)
        if (chain->step[i].repeat)
            name_repeat(s, &chain->step[i]);
        else
            name_step(s, &chain->step[i]);
}

static void name_definitions(lng_scope *s, lng_define_kind kind)
{
    for (size_t i = 0; i < s->block->defines; i++) {
        const lng_define *d = &s->block->define[i];
        if (d->kind != kind)
            continue;
        if (kind == LNG_DEFINE_SHARED)
            name_block(s, d->expr);
        else
            name_calls(s, d->expr, kind == LNG_DEFINE_LET ? d->name[0] : NULL);
    }
}

void lng_name_calls(lng_scope *s)
{
    const lng_block *b = s->block;
    name_chain(s, &b->chain);
    name_definitions(s, LNG_DEFINE_LET);
    for (size_t i = 0; i < b->outs; i++)
        name_calls(s, b->out[i], NULL);
    for (size_t i = 0; i < b->ports; i++)
        name_calls(s, b->port[i].bound, NULL);
    for (size_t i = 0; i < b->attrs; i++)
        if (b->attr[i].fallback)
            lng_name_calls_of(s, b->attr[i].fallback, b->attr[i].type);
    name_definitions(s, LNG_DEFINE_PARAM);
    name_definitions(s, LNG_DEFINE_STATE);
    name_definitions(s, LNG_DEFINE_SHARED);
    name_definitions(s, LNG_DEFINE_UPDATE);
}
