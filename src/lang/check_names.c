/* Checks names before anything is evaluated: in every block of the file, called or not, and in branches that will not be taken.
 * Also finds blocks that call themselves through others, and definitions that nothing reads. */
#include "lang/call.h"
#include "lang/compile.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include "lang/turn.h"
#include "metric/metric.h"
#include "syntax/builtin_names.h"
#include <string.h>

#define MAX_CHAIN 1000 /* of blocks that call blocks */

typedef struct user { /* a block of the file, and which of the file's blocks it calls */
    lng_block *block;
    lng_block **calls;
    const lng_expr **at;
    size_t count, capacity, at_capacity;
    enum { UNSEEN, OPEN, DONE } state;
} user;

typedef struct check {
    lng_compiler *c;
    lng_scope *s;      /* the names of the block under check */
    lng_map *read;     /* names that something reads */
    bool it;           /* something has read `it` */
    const char *group; /* of the library, where a block of it is wanted; else NULL */
    lng_map *user;     /* by block name */
    user *now;
} check;

static void walk(check *k, const lng_expr *e);

static void refer(check *k, const lng_expr *e, lng_block *b)
{
    user *u = k->now;
    if (!b || b->standard)
        return;
    u->calls = lng_grow(k->c->arena, u->calls, u->count, &u->capacity, sizeof *u->calls);
    u->at = lng_grow(k->c->arena, u->at, u->count, &u->at_capacity, sizeof *u->at);
    u->at[u->count] = e;
    u->calls[u->count++] = b;
}

static void mark_read(check *k, const char *name)
{
    lng_map_put(k->read, name, k);
}

static bool is_read(const check *k, const char *name)
{
    return lng_map_get(k->read, name) || lng_map_get(k->c->elab.suggested, name);
}

static void unread(check *k, lng_place place, const char *kind, const char *name)
{
    lng_complain(k->s, place, LNG_E_UNUSED, "%s`%s` is never used", kind, name);
}

/* Before the first step, `it` is the only port. */
static void it_name(check *k)
{
    k->it = true;
    if (k->s->block->ports == 1)
        mark_read(k, k->s->block->port[0].name);
}

static void value_name(check *k, const lng_expr *e)
{
    if (strcmp(e->name, "it") == 0)
        it_name(k);
    if (lng_scope_find(k->s, e->name))
        mark_read(k, e->name);
    else if (!lng_is_reserved(e->name)) {
        lng_unknown_value(k->s, e);
        k->it = true; /* it may be what is meant */
    }
}

static void block_name(check *k, const lng_expr *e, const char *name)
{
    lng_callable c;
    if (lng_scope_find(k->s, name))
        mark_read(k, name);
    else if (lng_find_callable(k->s, name, &c))
        refer(k, e, c.block);
    else
        lng_unknown_block(k->s, e, name, k->group);
}

/* The group of the library that an attribute takes blocks of: that of its default, or schedules; NULL: of no one group. */
static const char *group_of(check *k, const lng_attr_decl *w)
{
    lng_callable c;
    if (w->type == LNG_TYPE_BLOCK && w->fallback && w->fallback->kind == LNG_EXPR_NAME &&
        lng_library_find(k->c->library, NULL, w->fallback->name, &c.block, &c.op) && c.block)
        return c.block->group;
    return w->type == LNG_TYPE_FLOAT ? "schedules" : NULL;
}

/* An argument where a bare name may be a word or a block. */
static void argument(check *k, const lng_expr *e, lng_type type)
{
    lng_callable c;
    if (e->kind == LNG_EXPR_IF) {
        walk(k, e->item[1]);
        argument(k, e->item[0], type);
        argument(k, e->item[2], type);
    } else if (e->kind == LNG_EXPR_NAME && type == LNG_TYPE_STRING)
        mark_read(k, e->name);
    else if (e->kind == LNG_EXPR_NAME && type == LNG_TYPE_BLOCK)
        block_name(k, e, e->name);
    else if (e->kind == LNG_EXPR_NAME && type == LNG_TYPE_FLOAT && !lng_scope_find(k->s, e->name) &&
             lng_find_callable(k->s, e->name, &c))
        refer(k, e, c.block);
    else if (e->kind != LNG_EXPR_FIELD || type != LNG_TYPE_BLOCK)
        walk(k, e);
}

/* `dropout: 0.5` */
static void no_mapping(check *k, const lng_callable *c, const lng_expr *e)
{
    lng_complain_at(k->s, e, LNG_E_ARGUMENTS, "the attributes of `%s` must be a mapping", e->name);
    if (c->op || (c->block && lng_ports_of(k->s, c) >= 0))
        lng_unnamed_hint(k->s, c, e);
}

static void call(check *k, const lng_expr *e)
{
    lng_callable c = {.name = e->name};
    bool bound = lng_scope_find(k->s, e->name) != NULL, known = lng_find_callable(k->s, e->name, &c);
    bool metric = k->s->block == k->c->block && lng_metric_find(e->name);
    if (bound)
        mark_read(k, e->name);
    const bool unknown = !known && !bound && !lng_is_builtin(e->name) && !metric;
    if (unknown)
        lng_unknown_block(k->s, e, e->name, k->group);
    if (unknown && lng_is_misplaced_scan(e))
        return;
    if (known && !bound)
        refer(k, e, c.block);
    if (!e->marked && e->values > 0) {
        if (!unknown)
            no_mapping(k, &c, e);
        argument(k, e->item[0], LNG_TYPE_STRING);
        return;
    }
    const char *group = k->group;
    for (size_t i = 0; i < e->items; i++) {
        lng_type type = LNG_TYPE_INT;
        const lng_attr_decl *w = e->label[i] && known && c.block ? lng_block_attr(c.block, e->label[i]) : NULL;
        k->group = w ? group_of(k, w) : NULL;
        if (e->label[i] && (bound || unknown))
            argument(k, e->item[i], LNG_TYPE_STRING); /* of a block passed as an argument, or of none: a name may be a word */
        else if (!e->label[i] || !known)
            walk(k, e->item[i]);
        else if (lng_attribute_type(k->s, &c, e->label[i], &type))
            argument(k, e->item[i], type);
        else if (!c.block || c.block->good)
            lng_unknown_attribute(k->s, &c, e->label[i], e->label_place[i]);
    }
    k->group = group;
}

static void comprehension(check *k, const lng_expr *e)
{
    walk(k, e->item[1]);
    if (lng_is_reserved(e->name))
        lng_complain_at(k->s, e, LNG_E_DUPLICATE, "`%s` is reserved; choose another name", e->name);
    else if (lng_scope_find(k->s, e->name))
        lng_complain_at(k->s, e, LNG_E_DUPLICATE, "`%s` is defined already; choose another name", e->name);
    lng_turn_begin(k->s, NULL, "", 0, e->place);
    lng_turn_bind(k->s, e->name, (lng_datum){.kind = LNG_DATUM_INT});
    walk(k, e->item[0]);
    lng_turn_end(k->s);
}

static void scan(check *k, const lng_expr *e)
{
    const lng_scan *of = e->scan;
    for (size_t i = 0; i < lng_scan_turn(e); i++)
        walk(k, e->item[i]);
    lng_turn_begin_scan(k->s, e);
    for (size_t i = 0; i < of->rows; i++) /* another scan may have used the name */
        lng_map_put(k->read, of->row[i], NULL);
    for (size_t i = lng_scan_turn(e); i < e->items; i++)
        walk(k, e->item[i]);
    for (size_t i = 0; i < of->rows; i++)
        if (!is_read(k, of->row[i]))
            unread(k, of->row_place, "the row ", of->row[i]);
    lng_turn_end(k->s);
}

static void walk(check *k, const lng_expr *e)
{
    if (!e)
        return;
    if (e->kind == LNG_EXPR_NAME)
        value_name(k, e);
    else if (e->kind == LNG_EXPR_CALL)
        call(k, e);
    else if (e->kind == LNG_EXPR_FOR)
        comprehension(k, e);
    else if (e->kind == LNG_EXPR_SCAN)
        scan(k, e);
    else if (e->kind == LNG_EXPR_FIELD && e->item[0]->kind == LNG_EXPR_NAME && strcmp(e->item[0]->name, "new") == 0)
        mark_read(k, e->name);
    else
        for (size_t i = 0; i < e->items; i++)
            walk(k, e->item[i]);
}

/* ---- a block ---- */
/* Whether a step that is a block's name, or a call, gets the value of the step before. A call without values does not; but if its block
 * wants some, the call will say so. */
static bool takes_chain(check *k, const lng_step *s)
{
    const lng_expr *e = s->expr;
    lng_callable c;
    if (s->bare || e->kind != LNG_EXPR_CALL)
        return s->bare && !s->from && lng_step_calls(k->s, s);
    return e->values == 0 && (!lng_find_callable(k->s, e->name, &c) || lng_ports_of(k->s, &c) != 0);
}

static bool repeat(check *, const lng_step *);

/* Whether the step reads the value of the one before, or has another mistake. */
static bool step(check *k, const lng_step *s)
{
    const size_t before = lng_errors_count(k->c->errors);
    k->it = false;
    if (s->repeat)
        return repeat(k, s);
    for (size_t i = 0; i < s->froms; i++)
        walk(k, s->from[i]);
    k->group = s->bare ? "layers" : NULL;
    if (s->bare && s->expr->kind == LNG_EXPR_NAME && !lng_is_reserved(s->expr->name))
        block_name(k, s->expr, s->expr->name);
    else if (!s->bare || s->expr->kind == LNG_EXPR_NAME || s->expr->kind == LNG_EXPR_CALL)
        walk(k, s->expr);
    k->group = NULL;
    if (takes_chain(k, s))
        it_name(k);
    return k->it || lng_errors_count(k->c->errors) > before;
}

/* read[i]: whether step i reads the value of the step before; of the first, that of what is before the chain. */
static bool *steps(check *k, const lng_chain *c)
{
    bool *read = LNG_NEW_N(k->c->arena, c->steps + 1, bool);
    for (size_t i = 0; i < c->steps; i++)
        read[i] = step(k, &c->step[i]);
    k->it = false;
    return read;
}

/* `- dropout(0.5)` should be `- dropout: {rate: 0.5}`. */
static void step_hint(check *k, const lng_step *s)
{
    const lng_expr *e = s->expr;
    lng_callable c;
    const bool calls = !s->bare && e->kind == LNG_EXPR_CALL && e->items == e->values && lng_find_callable(k->s, e->name, &c) &&
                       c.block && lng_ports_of(k->s, &c) == 1;
    const char *named = calls ? lng_name_numbers(k->c->arena, &c, e, 0, ": ") : NULL;
    if (named)
        lng_hint(k->s, "`%s` is called with %s instead; write `- %s: {%s}`", e->name, e->values == 1 ? "a number" : "numbers",
                 e->name, named);
    else
        lng_hint(k->s, "write `it` for the value of the step before, or remove that step");
}

/* end: whether something reads the value of the last. */
static void unread_steps(check *k, const lng_chain *c, const bool *read, bool end)
{
    for (size_t i = 0; i < c->steps; i++) {
        const lng_step *s = &c->step[i];
        const bool last = i + 1 == c->steps;
        bool reads = last ? end : read[i + 1];
        for (size_t n = 0; n < s->names; n++)
            reads = reads || lng_map_get(k->read, s->as[n]);
        if (reads)
            continue;
        if (!last) {
            lng_complain(k->s, s[1].place, LNG_E_UNUSED,
                         "this step does not use the value of the step before, and nothing else does");
            lng_related(k->s, s->place, "the step before");
            step_hint(k, &s[1]);
            c->step[i + 1].failed = true;
        } else {
            lng_complain(k->s, s->place, LNG_E_UNUSED, "the value of the last step is never used: `out` does not read it");
            lng_hint(k->s, "write `it` in `out` for this value, or remove `out`");
        }
    }
}

/* Each turn must go on from the one before. */
static bool repeat(check *k, const lng_step *s)
{
    const lng_chain *body = &s->repeat->body;
    walk(k, s->expr);
    lng_turn_expect(lng_turn_begin(k->s, NULL, "", 0, s->place), k->c->arena, body);
    lng_turn_bind(k->s, s->repeat->as, (lng_datum){.kind = LNG_DATUM_INT});
    const bool *read = steps(k, body);
    unread_steps(k, body, read, true);
    lng_turn_end(k->s);
    if (!read[0]) {
        lng_complain(k->s, body->step[0].place, LNG_E_UNUSED,
                     "the first step of a turn must use the value of the turn before, and this does not");
        lng_related(k->s, s->place, "the steps are repeated here");
        lng_hint(k->s, "write `it` for the value of the turn before");
    }
    return true;
}

static void bind_sizes(check *k)
{
    lng_datum some = {.kind = LNG_DATUM_INT, .i = 1};
    const lng_block *b = k->s->block;
    for (size_t i = 0; i < b->ports; i++) {
        lng_scope_bind(k->s, b->port[i].name, some);
        for (int d = 0; d < b->port[i].dims; d++)
            if (b->port[i].dim[d].name)
                lng_scope_bind(k->s, b->port[i].dim[d].name, some);
    }
}

static void unread_ports(check *k)
{
    const lng_block *b = k->s->block;
    for (size_t i = 0; i < b->ports; i++) {
        const lng_port_decl *p = &b->port[i];
        bool read = lng_map_get(k->read, p->name) || p->bound;
        for (int d = 0; d < p->dims; d++)
            read = read || (p->dim[d].name && lng_map_get(k->read, p->dim[d].name));
        if (!read)
            unread(k, p->place, "the port ", p->name);
    }
}

static void unread_attributes(check *k)
{
    const lng_block *b = k->s->block;
    const char *kind = b == k->c->block ? "the hyper-parameter " : "the attribute ";
    for (size_t i = 0; i < b->attrs; i++)
        if (!lng_map_get(k->read, b->attr[i].name))
            unread(k, b->attr[i].place, kind, b->attr[i].name);
}

static bool can_be_block(const lng_expr *e)
{
    return e->kind == LNG_EXPR_NAME || e->kind == LNG_EXPR_FIELD || e->kind == LNG_EXPR_CALL || e->kind == LNG_EXPR_IF;
}

static void unread_stacks(check *k, const lng_scan *of)
{
    for (size_t i = 0; i < of->stacks; i++)
        if (!is_read(k, of->stack[i]))
            unread(k, of->stack_place[i], "the stack ", of->stack[i]);
}

static void unread_definitions(check *k)
{
    static const char *const kinds[] = {"the parameter ", "the state ", "", "the shared block ", ""};
    const lng_block *b = k->s->block;
    for (size_t i = 0; i < b->defines; i++) {
        const lng_define *d = &b->define[i];
        bool read = d->kind == LNG_DEFINE_UPDATE;
        for (size_t n = 0; n < d->names; n++)
            read = read || is_read(k, d->name[n]);
        if (read && d->kind == LNG_DEFINE_LET && d->expr->kind == LNG_EXPR_SCAN)
            unread_stacks(k, d->expr->scan);
        if (!read && d->kind == LNG_DEFINE_SHARED && !can_be_block(d->expr))
            lng_not_a_block(k->s, d->expr);
        else if (!read)
            unread(k, d->place, kinds[d->kind], d->name[0]);
    }
}

/* A state that only its own update reads is not used; a port is, when an optimizer changes it. */
static void walk_update(check *k, const lng_define *d)
{
    const char *name = d->name[0];
    const lng_binding *b = lng_map_get(k->s->name, name);
    void *read = lng_map_get(k->read, name);
    walk(k, d->expr);
    if (!b || b->kind == LNG_BIND_DEFINE)
        lng_map_put(k->read, name, read);
    else
        mark_read(k, name);
}

/* The calls of loss, optimizer and metrics are of the model, too. */
static void name_train_section(check *k)
{
    lng_compiler *c = k->c;
    if (c->loss)
        lng_name_calls_of(k->s, c->loss, LNG_TYPE_INT);
    if (c->optimizer)
        lng_name_calls_of(k->s, c->optimizer, LNG_TYPE_BLOCK);
    for (size_t i = 0; i < c->recipe.settings; i++)
        if (c->recipe.setting[i].optimizer)
            lng_name_calls_of(k->s, c->recipe.setting[i].optimizer, LNG_TYPE_BLOCK);
    for (size_t i = 0; i < c->metrics; i++)
        lng_name_calls_of(k->s, c->metric[i], LNG_TYPE_INT);
}

static void check_block(check *k, user *u)
{
    lng_compiler *c = k->c;
    const lng_block *b = u->block;
    const size_t before = lng_errors_count(c->errors);
    k->now = u;
    k->read = lng_map_new(c->arena);
    lng_scope outer = {.e = &c->elab, .block = c->block, .name = lng_map_new(c->arena)}; /* names mean what they do inside */
    k->s = lng_scope_new(&c->elab, b == c->block ? NULL : &outer, u->block, "", "", (lng_place){0});
    bind_sizes(k);
    for (size_t i = 0; i < b->ports; i++)
        walk(k, b->port[i].bound);
    for (size_t i = 0; i < b->attrs; i++)
        if (b->attr[i].fallback)
            argument(k, b->attr[i].fallback, b->attr[i].type);
    for (size_t i = 0; i < b->defines; i++)
        if (b->define[i].kind == LNG_DEFINE_SHARED)
            argument(k, b->define[i].expr, LNG_TYPE_BLOCK);
        else if (b->define[i].kind == LNG_DEFINE_UPDATE)
            walk_update(k, &b->define[i]);
        else
            walk(k, b->define[i].expr);
    const bool *read = steps(k, &b->chain);
    for (size_t i = 0; i < b->requires; i++)
        walk(k, b->require[i].condition);
    for (size_t i = 0; i < b->outs; i++)
        walk(k, b->out[i]);
    const bool ends = !b->out || k->it;
    if (b == c->block) {
        const lng_binding *other = lng_map_get(k->s->name, "out");
        if (other)
            lng_complain(k->s, other->place, LNG_E_DUPLICATE, "`out` is the model's result; choose another name");
        lng_scope_bind(k->s, "out", (lng_datum){.kind = LNG_DATUM_INT});
        name_train_section(k);
        k->group = lng_section_find(&lng_section_train, "loss")->group;
        walk(k, c->loss);
        k->group = lng_section_find(&lng_section_train, "optimizer")->group;
        if (c->optimizer)
            argument(k, c->optimizer, LNG_TYPE_BLOCK);
        for (size_t i = 0; i < c->recipe.settings; i++)
            if (c->recipe.setting[i].optimizer)
                argument(k, c->recipe.setting[i].optimizer, LNG_TYPE_BLOCK);
        k->group = lng_section_find(&lng_section_report, "metrics")->group;
        for (size_t i = 0; i < c->metrics; i++)
            walk(k, c->metric[i]);
        k->group = NULL;
    }
    unread_steps(k, &b->chain, read, ends);
    if (b->good) { /* else what is wrong may be what would have read them */
        const bool sound = lng_errors_count(c->errors) == before;
        if (sound && b != c->block)
            unread_ports(k);
        if (sound)
            unread_attributes(k);
        unread_definitions(k);
    }
    u->block->used = false;
}

/* ---- cycles ---- */
static bool cyclic(check *k, user *u, int depth)
{
    lng_scope s = {.e = &k->c->elab, .block = k->c->block};
    if (u->state == DONE)
        return false;
    if (depth > MAX_CHAIN)
        return !lng_complain(&s, u->block->place, LNG_E_LIMIT, "blocks call each other more than %d deep", MAX_CHAIN);
    u->state = OPEN;
    bool found = false;
    for (size_t i = 0; i < u->count && !found; i++) {
        user *next = lng_map_get(k->user, u->calls[i]->name);
        if (next && next->state == OPEN) {
            lng_complain_at(&s, u->at[i], LNG_E_CYCLE, "the block `%s` calls itself%s%s%s", next->block->name,
                            next == u ? "" : " through `", next == u ? "" : u->block->name, next == u ? "" : "`");
            found = true;
        } else
            found = next && cyclic(k, next, depth + 1);
    }
    u->state = DONE;
    return found;
}

bool lng_check_names(lng_compiler *c)
{
    check k = {.c = c, .user = lng_map_new(c->arena)};
    const lng_map *own = c->library->own;
    bool good = true;
    for (size_t i = 0; i < lng_map_count(own); i++) {
        user *u = LNG_NEW(c->arena, user);
        u->block = lng_map_value(own, i);
        lng_map_put(k.user, u->block->name, u);
        if (u->block->body)
            check_block(&k, u);
    }
    user model = {.block = c->block};
    if (c->block->body)
        check_block(&k, &model);
    const bool empty = c->block->body && !c->block->has_graph && !c->block->out;
    if (empty && !lng_doc_get(c->doc, "graph") && !lng_doc_get(c->doc, "out")) {
        lng_error(c->errors, LNG_E_MISSING_KEY, c->doc->place, "this file has neither `graph` nor `out`");
        lng_error_hint(c->errors, "graph: %s", lng_section_find(&lng_section_model, "graph")->about);
    }
    good = good && !empty;
    for (size_t i = 0; i < lng_map_count(k.user); i++)
        good = !cyclic(&k, lng_map_value(k.user, i), 0) && good;
    return good;
}
