/* Scopes: the names of one call, evaluated on demand; names for nodes; variables. */
#include "base/assert.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include "lang/layers.h"
#include "lang/turn.h"
#include "lang/variable.h"
#include <string.h>

void lng_elab_begin(lng_elab *e, lng_arena *arena, lng_errors *errors, lng_library *library)
{
    *e = (lng_elab){.arena = arena,
                    .errors = errors,
                    .library = library,
                    .init = lng_graph_new(arena, errors),
                    .most_work = LNG_MAX_WORK,
                    .most_nodes = LNG_MAX_NODES,
                    .reported = lng_map_new(arena),
                    .misnamed = lng_map_new(arena),
                    .suggested = lng_map_new(arena),
                    .stored = lng_map_new(arena),
                    .shared = lng_map_new(arena)};
}

static lng_binding *bind(lng_scope *s, const char *name, lng_place place)
{
    lng_binding *b = LNG_NEW(s->e->arena, lng_binding);
    b->place = place;
    lng_map_put(s->name, name, b);
    return b;
}

static void bind_define(lng_scope *s, const lng_define *d)
{
    lng_binding *first = NULL;
    for (size_t i = 0; i < d->names; i++) {
        const char *name = d->kind == LNG_DEFINE_UPDATE ? lng_format(s->e->arena, "new.%s", d->name[i]) : d->name[i];
        lng_binding *b = bind(s, name, d->place);
        first = first ? first : b;
        b->kind = LNG_BIND_DEFINE;
        b->define = d;
        b->index = i;
        b->first = first;
    }
}

lng_scope *lng_scope_new(lng_elab *e, lng_scope *caller, lng_block *block, const char *path, const char *site, lng_place place)
{
    LNG_ASSERT(block->read && path && (!caller || caller->e == e));
    lng_scope *s = LNG_NEW(e->arena, lng_scope);
    *s = (lng_scope){
        .e = e, .caller = caller, .block = block, .path = path, .site = site, .place = place, .name = lng_map_new(e->arena)};
    s->graph = e->graph;
    s->loop = e->graph ? e->graph->inside : NULL;
    s->call = block->call;
    s->calls = block->calls;
    s->muted = (caller && caller->muted) || (block->failed && !block->standard);
    block->used = true;
    for (size_t i = 0; i < block->attrs; i++) {
        lng_binding *b = bind(s, block->attr[i].name, block->attr[i].place);
        b->kind = LNG_BIND_ATTR;
        b->attr = &block->attr[i];
    }
    for (size_t i = 0; i < block->defines; i++)
        bind_define(s, &block->define[i]);
    for (size_t i = 0; i < block->chain.steps; i++)
        for (size_t k = 0; k < block->chain.step[i].names; k++)
            bind(s, block->chain.step[i].as[k], block->chain.step[i].as_place)->kind = LNG_BIND_STEP;
    if (!block->named)
        lng_name_calls(s);
    block->named = true;
    return s;
}

bool lng_is_misnamed(const lng_scope *s, const char *name)
{
    return lng_map_get(s->e->misnamed, name) == s->block;
}

lng_binding *lng_scope_find(const lng_scope *s, const char *name)
{
    for (const lng_turn *t = s->turn; t; t = t->outer) {
        lng_binding *b = lng_map_get(t->name, name);
        if (b)
            return b;
    }
    return lng_map_get(s->name, name);
}

const char *lng_scope_path(const lng_scope *s)
{
    return s->turn ? s->turn->path : s->path;
}

const char *lng_scope_site(const lng_scope *s)
{
    return s->turn ? s->turn->site : s->site;
}

lng_binding *lng_scope_bind(lng_scope *s, const char *name, lng_datum datum)
{
    lng_binding *b = lng_scope_find(s, name);
    if (!b)
        b = bind(s, name, datum.place);
    b->kind = LNG_BIND_DATUM;
    for (int i = 0; i < 2; i++) {
        b->slot[i].status = LNG_READY;
        b->slot[i].datum = datum;
    }
    return b;
}

void lng_scope_leave_out(lng_scope *s, const lng_port_decl *port)
{
    bind(s, port->name, port->place)->kind = LNG_BIND_ABSENT;
    for (int i = 0; i < port->dims; i++)
        if (port->dim[i].name && !lng_map_get(s->name, port->dim[i].name))
            bind(s, port->dim[i].name, port->place)->kind = LNG_BIND_ABSENT;
}

/* ---- reading on demand ---- */
typedef struct settling { /* lets that wait for other lets: a stack instead of recursion */
    lng_scope *s;
    const lng_expr *turn; /* the scan in whose turn a name is read; NULL: none */
    lng_binding **stack;
    size_t depth, capacity;
    int slot;
} settling;

static void push(settling *w, const char *name)
{
    lng_binding *b = w->turn && lng_scan_names(w->turn, name) ? NULL : lng_map_get(w->s->name, name);
    if (!b || b->kind != LNG_BIND_DEFINE || (b->define->kind != LNG_DEFINE_LET && b->define->kind != LNG_DEFINE_UPDATE))
        return;
    b = b->first;
    if (b->slot[w->slot].status == LNG_READY)
        return;
    w->stack = lng_grow(w->s->e->arena, w->stack, w->depth, &w->capacity, sizeof *w->stack);
    w->stack[w->depth++] = b;
}

/* Pushes the names that the expression reads, whatever its conditions are. */
static void push_needs(settling *w, const lng_expr *e)
{
    if (!e)
        return;
    if (e->kind == LNG_EXPR_NAME)
        push(w, e->name);
    else if (e->kind == LNG_EXPR_FIELD && e->item[0]->kind == LNG_EXPR_NAME && strcmp(e->item[0]->name, "new") == 0)
        push(w, lng_format(w->s->e->arena, "new.%s", e->name));
    else if (e->kind == LNG_EXPR_IF)
        push_needs(w, e->item[1]);
    else if (e->kind == LNG_EXPR_BINARY && (e->sign == LNG_AND || e->sign == LNG_OR))
        push_needs(w, e->item[0]);
    else
        for (size_t i = 0; i < e->items; i++) {
            w->turn = e->kind == LNG_EXPR_SCAN && i >= lng_scan_turn(e) ? e : w->turn;
            push_needs(w, e->item[i]);
        }
    w->turn = e->kind == LNG_EXPR_SCAN ? NULL : w->turn;
}

static const char *defined_name(const lng_binding *b)
{
    return b->define ? b->define->name[b->index] : b->attr->name;
}

static lng_datum cyclic(lng_scope *s, const lng_binding *b, const char *through)
{
    lng_complain(s, b->place, LNG_E_CYCLE, "`%s` depends on itself%s", defined_name(b), through);
    if (b->kind == LNG_BIND_DEFINE && b->define->kind == LNG_DEFINE_SHARED)
        lng_hint(s, "a name in `shared` hides the block of that name: choose another name");
    return (lng_datum){0};
}

/* ", through `b`, `c`": what is open above a let on the stack */
static const char *way(const settling *w, const lng_binding *from, size_t depth)
{
    lng_text t = lng_text_new(w->s->e->arena);
    size_t i = 0, named = 0;
    while (i < depth && w->stack[i] != from)
        i++;
    for (i++; i < depth && named < 10; i++)
        if (w->stack[i]->slot[w->slot].status == LNG_OPEN && w->stack[i] != from)
            lng_text_add(&t, named++ ? ", `%s`" : ", through `%s`", defined_name(w->stack[i]));
    return t.at;
}

/* Gives the data of a let to all its names. */
static void distribute(lng_scope *s, lng_binding *first, lng_datum t, int slot)
{
    const lng_define *d = first->define;
    bool fits = d->names == 1 || (t.kind == LNG_DATUM_TUPLE && t.items == d->names);
    if (!fits && t.kind != LNG_DATUM_NONE)
        lng_complain_at(s, d->expr, LNG_E_TYPE, "%zu names need %zu values, not %s", d->names, d->names,
                        lng_datum_text(s->e->arena, &t));
    for (size_t i = 0; i < d->names; i++) {
        lng_binding *b =
            lng_map_get(s->name, d->kind == LNG_DEFINE_UPDATE ? lng_format(s->e->arena, "new.%s", d->name[i]) : d->name[i]);
        b->slot[slot].datum = !fits ? (lng_datum){0} : d->names == 1 ? t : t.item[i];
        b->slot[slot].status = LNG_READY;
    }
}

/* "h, c" */
static const char *names_of(lng_arena *arena, const lng_define *d)
{
    lng_text t = lng_text_new(arena);
    for (size_t i = 0; i < d->names; i++)
        lng_text_add(&t, "%s%s", i ? ", " : "", d->name[i]);
    return t.at;
}

static void evaluate_let(lng_scope *s, lng_binding *first, int slot)
{
    const char *draws_of = s->e->draws_of, *now = s->now;
    const lng_define *d = first->define;
    const int row = s->e->layers ? lng_layers_enter(s, LNG_ROW_OF_TEXT, names_of(s->e->arena, d), d->expr, d->place) : -1;
    first->slot[slot].status = LNG_OPEN;
    s->e->draws_of = NULL;
    s->now = s->block->standard || d->kind != LNG_DEFINE_LET ? NULL : lng_path(s->e->arena, s->path, d->name[0]);
    lng_datum t = lng_eval(s, d->expr);
    s->e->draws_of = draws_of;
    s->now = now;
    lng_layers_leave(s, row, &t);
    distribute(s, first, t, slot);
}

/* Evaluates a let after all that it needs: depth first, with a stack of its own. */
static void settle(lng_scope *s, lng_binding *b, int slot)
{
    settling w = {.s = s, .slot = slot};
    push(&w, b->define->kind == LNG_DEFINE_UPDATE ? lng_format(s->e->arena, "new.%s", b->define->name[0]) : b->define->name[0]);
    while (w.depth > 0) {
        lng_binding *top = w.stack[w.depth - 1];
        size_t depth = w.depth;
        if (top->slot[slot].status == LNG_WAITING) {
            top->slot[slot].status = LNG_OPEN;
            push_needs(&w, top->define->expr);
            for (size_t i = depth; i < w.depth; i++)
                if (w.stack[i]->slot[slot].status == LNG_OPEN)
                    distribute(s, w.stack[i], cyclic(s, w.stack[i], way(&w, w.stack[i], depth)), slot);
        } else {
            w.depth--;
            if (top->slot[slot].status == LNG_OPEN)
                evaluate_let(s, top, slot);
        }
    }
}

static lng_datum shared_block(lng_scope *s, lng_binding *b)
{
    lng_datum t = lng_eval_block(s, b->define->expr);
    if (t.kind != LNG_DATUM_BLOCK)
        return t;
    lng_callable *c = LNG_NEW(s->e->arena, lng_callable);
    *c = *t.block;
    c->name = b->define->name[0];
    c->only = lng_path(s->e->arena, s->path, c->name);
    t.block = c;
    return t;
}

/* What it draws depends on its place in the text, not on who reads it first. */
static lng_datum default_value(lng_scope *s, lng_binding *b, int slot)
{
    const char *draws_of = s->e->draws_of;
    b->slot[slot].status = LNG_OPEN;
    s->e->draws_of = NULL;
    lng_datum t = lng_eval_as(s, b->attr->fallback, b->attr);
    s->e->draws_of = draws_of;
    return t;
}

static lng_datum read_now(lng_scope *s, lng_binding *b, const lng_expr *at, int slot)
{
    lng_define_kind kind = b->kind == LNG_BIND_DEFINE ? b->define->kind : LNG_DEFINE_LET;
    if (b->kind == LNG_BIND_ATTR)
        return default_value(s, b, slot);
    if (kind == LNG_DEFINE_PARAM || kind == LNG_DEFINE_STATE) {
        b->slot[slot].status = LNG_OPEN;
        return lng_variable_read(s, b, at);
    }
    if (kind == LNG_DEFINE_SHARED) {
        b->slot[slot].status = LNG_OPEN;
        return shared_block(s, b);
    }
    settle(s, b->first, slot);
    return b->slot[slot].datum;
}

/* Definitions are not part of the chain: it must not matter which step, in which turn, reads them first. */
static lng_datum read_outside_chain(lng_scope *s, lng_binding *b, const lng_expr *at, int slot)
{
    const bool outside = s->outside;
    lng_turn *turn = s->turn;
    lng_graph *g = s->e->graph;
    lng_loop *inside = g->inside;
    s->outside = true;
    s->turn = NULL;
    g->inside = g == s->graph ? s->loop : NULL;
    lng_datum t = read_now(s, b, at, slot);
    s->outside = outside;
    s->turn = turn;
    g->inside = inside;
    return t;
}

lng_datum lng_scope_read(lng_scope *s, lng_binding *b, const lng_expr *at)
{
    LNG_ASSERT(b && at && (b->kind != LNG_BIND_DEFINE || b->index < b->define->names));
    int slot = s->e->initializing != NULL;
    if (b->slot[slot].status == LNG_READY)
        return b->slot[slot].datum;
    if (b->kind == LNG_BIND_STEP) {
        lng_complain_at(s, at, LNG_E_UNKNOWN_NAME, "`%s` is defined further down the chain", at->name);
        return (lng_datum){0};
    }
    if (b->kind == LNG_BIND_ABSENT) {
        lng_complain_at(s, at, LNG_E_ARGUMENTS, "`%s` has no value here: the call leaves an optional port out", at->name);
        lng_related(s, b->place, "the port is declared here");
        lng_hint(s, "write `... if given(%s) else ...`", lng_block_optional(s->block, at->name) ? at->name : "PORT");
        return (lng_datum){0};
    }
    lng_datum t = {0};
    if (b->slot[slot].status == LNG_OPEN || (b->first && b->first->slot[slot].status == LNG_OPEN))
        t = cyclic(s, b, "");
    else
        t = read_outside_chain(s, b, at, slot);
    b->slot[slot].datum = t;
    b->slot[slot].status = LNG_READY;
    return t;
}
