/* Calls of blocks: attributes and ports are bound, then the body is elaborated in a scope of its own. */
#include "graph/ops.h"
#include "lang/body.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include "lang/layers.h"
#include "lang/nature.h"
#include "lang/variable.h"
#include <string.h>

static const lng_datum none = {0};

static size_t attributes(const lng_callable *c)
{
    return c->block ? c->block->attrs : (size_t)c->op->n_attr;
}

static const char *attribute(const lng_callable *c, size_t i)
{
    return c->block ? c->block->attr[i].name : c->op->attr[i].name;
}

static bool is_port(const lng_callable *c, const char *name)
{
    for (size_t i = 0; c->block && i < c->block->ports; i++)
        if (strcmp(c->block->port[i].name, name) == 0)
            return true;
    for (int i = 0; c->op && i < c->op->n_in; i++)
        if (strcmp(c->op->in[i].name, name) == 0)
            return true;
    return false;
}

/* A port was named that must not be: which may be. */
static void port_hint(const lng_scope *s, const lng_callable *c, const char *label)
{
    lng_text names = lng_text_new(s->e->arena);
    for (size_t i = 0; c->block && i < c->block->ports; i++)
        if (c->block->port[i].optional)
            lng_text_add(&names, "%s`%s`", names.length ? ", " : "", c->block->port[i].name);
    if (names.length)
        lng_hint(s, "`%s` is a port; pass its value by position (optional ports may be given by name: %s)", label, names.at);
    else
        lng_hint(s, "`%s` is a port; pass its value by position", label);
}

static bool same_ports(const lng_block *a, const lng_block *b)
{
    bool same = a->ports == b->ports;
    for (size_t i = 0; same && i < a->ports; i++)
        same = strcmp(a->port[i].text, b->port[i].text) == 0;
    return same;
}

/* The attribute that is called so, here or in other frameworks; NULL: there is none. */
static const char *attribute_called(const lng_block *b, const char *label)
{
    for (size_t i = 0; i < b->attrs; i++)
        if (strcmp(b->attr[i].name, label) == 0 || lng_is_synonym(label, b->attr[i].name))
            return b->attr[i].name;
    return NULL;
}

/* A hint at blocks that stand for this one and have the attribute: momentum, for sgd(momentum=0.9). */
static void others_hint(lng_scope *s, const lng_callable *c, const char *label)
{
    const lng_library *library = s->e->library;
    const char *group = c->block ? c->block->group : NULL, *attr = NULL;
    const lng_map *names = group ? lng_group_names(library, group) : NULL;
    lng_text found = lng_text_new(s->e->arena);
    for (size_t i = 0; names && i < lng_map_count(names); i++) {
        lng_block *b = lng_map_get(library->standard, lng_map_key(names, i));
        const bool alike = b && lng_block_read(s->e->arena, b, &lng_section_block, s->e->errors) && same_ports(b, c->block);
        const char *called = alike ? attribute_called(b, label) : NULL;
        if (!called)
            continue;
        attr = called;
        lng_text_add(&found, "%s%s", found.length ? ", " : "", b->name);
    }
    if (attr)
        lng_hint(s, "of the %s, %s %s `%s`", group, found.at, strchr(found.at, ',') ? "have" : "has", attr);
}

/* In a standard block: where the user wrote the block that it calls, if it is one of its attributes. */
static lng_place given_of(const lng_scope *s, const lng_callable *c)
{
    return s->block->standard ? c->given : (lng_place){0};
}

lng_datum lng_unknown_attribute(lng_scope *s, const lng_callable *c, const char *label, lng_place place)
{
    lng_nearest near = {.wrong = label};
    lng_text names = lng_text_new(s->e->arena);
    for (size_t i = 0; i < attributes(c); i++) {
        lng_nearest_offer(&near, attribute(c, i));
        lng_text_add(&names, "%s%s", i ? ", " : "", attribute(c, i));
    }
    for (size_t i = 0; c->block && i < c->block->ports; i++)
        if (c->block->port[i].optional)
            lng_nearest_offer(&near, c->block->port[i].name);
    lng_complain_given(s, given_of(s, c), place, LNG_E_UNKNOWN_KEY, "`%s` has no attribute `%.60s`", c->name, label);
    if (is_port(c, label)) {
        port_hint(s, c, label);
        return none;
    }
    if (near.best)
        lng_hint(s, "did you mean `%s`?", near.best);
    else
        others_hint(s, c, label);
    if (names.length)
        lng_hint(s, "the attributes of `%s` are %s", c->name, names.at);
    else
        lng_hint(s, "`%s` has no attributes", c->name);
    return none;
}

lng_datum lng_bind_attribute(lng_scope *s, const lng_callable *c, const char *label, const lng_expr *e, lng_place place)
{
    for (size_t i = 0; i < c->bounds; i++)
        if (strcmp(c->label[i], label) == 0) {
            lng_complain(s, place, LNG_E_ARGUMENTS, "`%s` is already set", label);
            lng_related(s, c->bound[i].place, "set here");
            return none;
        }
    if (c->op) {
        int k = lng_op_attr_index(c->op, label);
        return k < 0 ? lng_unknown_attribute(s, c, label, place) : lng_eval_op_attribute(s, c->op, k, e);
    }
    const lng_attr_decl *w = lng_block_attr(c->block, label);
    return w ? lng_eval_as(s, e, w) : lng_unknown_attribute(s, c, label, place);
}

static bool given(const lng_callable *c, const lng_args *a, const char *label)
{
    for (size_t i = 0; i < c->bounds; i++)
        if (strcmp(c->label[i], label) == 0)
            return true;
    for (size_t i = a->values; i < a->count; i++)
        if (strcmp(a->arg[i].label, label) == 0)
            return true;
    return false;
}

static bool give(lng_scope *in, const char *label, lng_datum t)
{
    lng_scope_bind(in, label, t);
    return t.kind != LNG_DATUM_NONE;
}

/* A block without ports takes its attributes by position, too. */
static bool attributes_by_position(lng_scope *s, lng_scope *in, const lng_callable *c, const lng_args *a)
{
    const lng_block *b = c->block;
    bool good = true;
    size_t next = 0;
    for (size_t i = 0; i < a->values; i++, next++) {
        while (next < b->attrs && given(c, a, b->attr[next].name))
            next++;
        if (next == b->attrs)
            return lng_complain(s, a->arg[i].place, LNG_E_ARGUMENTS, "`%s` takes no more values", c->name);
        const lng_attr_decl *w = &b->attr[next];
        good = give(in, w->name, a->arg[i].expr ? lng_eval_as(s, a->arg[i].expr, w) : lng_convert(s, a->arg[i].datum, w)) && good;
    }
    return good;
}

/* Reports an absent attribute that has no default, unless one that the block does not have has been reported: it may be meant. */
static void missing(lng_scope *s, const lng_callable *c, const lng_args *a, const lng_attr_decl *w, const lng_expr *at)
{
    for (size_t i = a->values; i < a->count; i++)
        if (!lng_block_attr(c->block, a->arg[i].label) && !lng_block_optional(c->block, a->arg[i].label))
            return;
    lng_complain_given(s, given_of(s, c), lng_expr_place(at), LNG_E_MISSING_KEY, "`%s` needs the attribute `%s`: %s", c->name,
                       w->name, lng_attr_decl_wanted(s->e->arena, w));
}

static bool bind_attributes(lng_scope *s, lng_scope *in, const lng_callable *c, const lng_args *a, const lng_expr *at)
{
    const lng_block *b = c->block;
    bool good = true;
    for (size_t i = 0; i < c->bounds; i++)
        good = give(in, c->label[i], c->bound[i]) && good;
    for (size_t i = a->values; i < a->count; i++) {
        for (size_t k = a->values; k < i; k++)
            if (strcmp(a->arg[k].label, a->arg[i].label) == 0)
                good = lng_complain(s, a->arg[i].place, LNG_E_ARGUMENTS, "`%s` is given twice", a->arg[i].label);
        if (lng_block_optional(b, a->arg[i].label)) /* the ports have been refused */
            continue;
        lng_datum t = lng_bind_attribute(s, c, a->arg[i].label, a->arg[i].expr, a->arg[i].place);
        good = lng_block_attr(b, a->arg[i].label) && give(in, a->arg[i].label, t) && good;
    }
    if (b->ports == 0)
        good = attributes_by_position(s, in, c, a) && good;
    for (size_t i = 0; i < b->attrs; i++) {
        const lng_binding *w = lng_map_get(in->name, b->attr[i].name);
        const bool unnamed = b->ports > 0 && a->values > b->ports; /* one too many: it may be meant for this one */
        if (w->kind != LNG_BIND_ATTR || b->attr[i].fallback)
            continue;
        if (!unnamed)
            missing(s, c, a, &b->attr[i], at);
        good = give(in, b->attr[i].name, none); /* a port may read it */
    }
    return good;
}

/* ---- ports ---- */
/* Binds a name of a shape when it is first read; later it must be the same. */
static bool bind_name(lng_scope *in, const lng_port_decl *port, const char *name, lng_datum t)
{
    const lng_binding *b = lng_map_get(in->name, name);
    if (!b) {
        lng_scope_bind(in, name, t)->place = port->place;
        return true;
    }
    const lng_datum *known = &b->slot[0].datum;
    if (t.kind == LNG_DATUM_INT)
        return known->kind == LNG_DATUM_INT && known->i == t.i;
    const bool single = lng_shape_size(t.shape) == 1; /* one number, in however many dimensions */
    return known->kind == LNG_DATUM_SHAPE &&
           (lng_shape_equal(known->shape, t.shape) || (single && lng_shape_size(known->shape) == 1));
}

static bool bind_size(lng_scope *in, const lng_port_decl *port, const lng_dim *d, int64_t size, lng_place place)
{
    /* of the value; nobody wrote it */
    const lng_datum t = {.kind = LNG_DATUM_INT, .inner = true, .place = place, .i = size};
    return d->kind == LNG_DIM_SIZE ? d->size == size : bind_name(in, port, d->name, t);
}

/* `...s` matches the sizes from `at` to `end`. */
static bool bind_run(lng_scope *in, const lng_port_decl *port, const lng_dim *d, lng_shape shape, int at, int end, lng_place place)
{
    lng_datum t = {.kind = LNG_DATUM_SHAPE, .inner = true, .place = place};
    for (int i = at; i < end; i++)
        t.shape.dim[t.shape.rank++] = shape.dim[i];
    return !d->name || bind_name(in, port, d->name, t);
}

bool lng_match_shape(lng_scope *in, const lng_port_decl *port, lng_shape shape, lng_place place)
{
    int any = -1, fixed = 0;
    for (int i = 0; i < port->dims; i++)
        if (port->dim[i].kind == LNG_DIM_ANY)
            any = i;
        else
            fixed++;
    if (!port->shaped)
        return true;
    if (any < 0 ? shape.rank != fixed : shape.rank < fixed)
        return false;
    int skipped = shape.rank - fixed;
    for (int i = 0; i < port->dims; i++) {
        int at = any >= 0 && i > any ? i - 1 + skipped : i;
        if (i == any ? !bind_run(in, port, &port->dim[i], shape, at, at + skipped, place)
                     : !bind_size(in, port, &port->dim[i], shape.dim[at], place))
            return false;
    }
    return true;
}

static const lng_value *first_per_example(const lng_node *n)
{
    for (int i = 0; i < n->n_in; i++)
        if (n->in[i]->per_example)
            return n->in[i];
    return NULL;
}

/* The first layer on the way to v that took a value of several dimensions for many rows. NULL: there is none. */
static const lng_node *first_product(const lng_value *v)
{
    const lng_node *found = NULL;
    for (; v && v->shape.rank >= 2; v = first_per_example(v->node))
        if (v->node->op == &lng_op_matmul && v->node->in[0]->shape.rank >= 2 && !v->node->in[1]->per_example)
            found = v->node;
    return found;
}

/* A hint where one row is wanted, but there are several, or a class: how to make one. */
static void row_hint(const lng_scope *s, const lng_port_decl *port, const lng_value *v)
{
    const bool row = port->dims == 1 && port->dim[0].kind != LNG_DIM_ANY;
    const int64_t classes = v->dtype == LNG_I32 ? lng_classes_of(s->e, v) : 0;
    if (row && v->shape.rank >= 2) {
        const lng_node *product = first_product(v);
        char shape[LNG_SHAPE_TEXT];
        if (product)
            lng_related(s, product->place, "this step gets a value of shape %s", lng_shape_text(shape, product->in[0]->shape));
        else
            lng_related(s, v->node->place, "the value is computed here");
        if (v->shape.rank == 2)
            lng_hint(s,
                     "of a sequence, take `it[-1]` or `mean(it, axes=[0])`; `flatten`, before that step or earlier, makes one row "
                     "of all values");
        else
            lng_hint(s, "`flatten`, before that step or earlier, turns the values of an example into one row");
    } else if (port->dims > 1 && v->shape.rank == 1 && v->node->op == &lng_op_reshape && v->node->in[0]->shape.rank > 1)
        lng_related(s, v->node->place, "this step turns the values of an example into one row");
    else if (classes && v->shape.rank == 0)
        lng_hint(s, "one_hot(x, depth=%lld) turns a class into a row: 1 in its place, 0 elsewhere", (long long)classes);
}

static bool shape_names(const lng_port_decl *port, const char *name)
{
    for (int i = 0; i < port->dims; i++)
        if (port->dim[i].name && strcmp(port->dim[i].name, name) == 0)
            return true;
    return false;
}

/* The first port before another whose shape has a name in common with it; NULL: there is none. */
static const lng_port_decl *bound_with(const lng_block *b, const lng_port_decl *port)
{
    for (const lng_port_decl *p = b->port; p < port; p++)
        for (int i = 0; i < port->dims; i++)
            if (port->dim[i].name && shape_names(p, port->dim[i].name))
                return p;
    return NULL;
}

lng_place lng_argument_place(const lng_arg *a, const lng_datum *t)
{
    const lng_place place = t->inner || !a->expr ? a->place : lng_expr_place(a->expr);
    return place.line ? place : t->place;
}

static bool wrong_shape(lng_scope *s, const lng_scope *in, const lng_callable *c, const lng_args *a, const lng_port_decl *port,
                        const lng_datum *t)
{
    const lng_arg *arg = &a->arg[port - c->block->port];
    const lng_port_decl *other = bound_with(c->block, port);
    const lng_binding *known = other ? lng_map_get(in->name, other->name) : NULL;
    const char *text = lng_datum_text(s->e->arena, t);
    if (!known || known->slot[0].datum.kind == LNG_DATUM_NONE)
        lng_complain(s, lng_argument_place(arg, t), LNG_E_SHAPE, "`%s` takes %s, not %s", c->name, port->text, text);
    else {
        lng_complain(s, lng_argument_place(arg, t), LNG_E_SHAPE, "`%s` takes %s, %s, but `%s` is %s and `%s` is %s", c->name,
                     other->text, port->text, other->name, lng_datum_text(s->e->arena, &known->slot[0].datum), port->name, text);
        lng_related(s, lng_argument_place(&a->arg[other - c->block->port], &known->slot[0].datum), "`%s` is given here",
                    other->name);
    }
    if (!c->block->standard)
        lng_related(s, port->place, "the port is declared here");
    row_hint(s, port, t->value);
    return false;
}

static bool bind_port(lng_scope *s, lng_scope *in, const lng_callable *c, size_t i, const lng_args *args)
{
    const lng_port_decl *port = &c->block->port[i];
    const lng_arg *a = &args->arg[i];
    lng_datum t = lng_argument(s, a), out = {.inner = t.inner, .place = t.place};
    out.value = t.kind == LNG_DATUM_NONE ? NULL : lng_datum_value(s, t);
    out.kind = out.value ? LNG_DATUM_VALUE : LNG_DATUM_NONE;
    out.graph = s->e->graph;
    lng_scope_bind(in, port->name, out);
    return out.value && (lng_match_shape(in, port, out.value->shape, out.place) || wrong_shape(s, in, c, args, port, &out));
}

/* The first one that must be given or, if none must, number 0. */
static size_t first_attribute(const lng_callable *c)
{
    for (size_t i = 0; i < attributes(c); i++)
        if (c->block ? !c->block->attr[i].fallback : c->op->attr[i].required)
            return i;
    return 0;
}

/* The text of a number, in `text`; NULL: the expression is none. */
static const char *literal_text(char text[LNG_NUMBER_SIZE], const lng_expr *e)
{
    const bool integer = e->kind == LNG_EXPR_INT;
    return integer || e->kind == LNG_EXPR_FLOAT ? lng_number(text, integer ? (double)e->i : e->f) : NULL;
}

const char *lng_name_numbers(lng_arena *arena, const lng_callable *c, const lng_expr *call, size_t first, const char *is)
{
    lng_text all = lng_text_new(arena);
    size_t k = first_attribute(c);
    for (size_t i = first; i < call->values; i++, k++) {
        char text[LNG_NUMBER_SIZE];
        if (k >= attributes(c) || !literal_text(text, call->item[i]))
            return NULL;
        lng_text_add(&all, "%s%s%s%s", i > first ? ", " : "", attribute(c, k), is, text);
    }
    return all.length ? all.at : NULL;
}

void lng_unnamed_hint(lng_scope *s, const lng_callable *c, const lng_expr *call)
{
    if (call->kind != LNG_EXPR_CALL || !call->values)
        return;
    const int ports = lng_ports_of(s, c);
    const size_t values = call->values, first = ports >= 0 && (size_t)ports < values ? (size_t)ports : values - 1;
    const char *named = lng_name_numbers(s->e->arena, c, call, first, call->marked ? "=" : ": ");
    if (call->marked && named)
        lng_hint(s, "attributes are given by name: %s", named);
    else if (!call->marked && !attributes(c))
        lng_hint(s, "`%s` has no attributes: write its name alone", c->name);
    else if (!call->marked)
        lng_hint(s, "write `%s: {%s}`", c->name,
                 named ? named : lng_format(s->e->arena, "%s: ...", attribute(c, first_attribute(c))));
}

static bool has_attribute(const lng_callable *c, const char *label)
{
    return c->op ? lng_op_attr_index(c->op, label) >= 0 : lng_block_attr(c->block, label) != NULL;
}

void lng_arguments_hint(const lng_scope *s, const lng_callable *c, const lng_args *a, const lng_expr *at)
{
    const bool written_as_call = at->kind == LNG_EXPR_CALL && at->marked;
    if (!s->now || s->outside)
        return;
    if (!written_as_call)
        lng_hint(s, "give a step several values with `from: a, b`");
    else if (a->values == 0 && at->items == 0)
        lng_hint(s, "write `- %s` for the value of the step before, or %s(it)", c->name, c->name);
    else if (a->values == 0 && at->label[0] && has_attribute(c, at->label[0]))
        lng_hint(s, "write `- %s: {%s: ...}` for the value of the step before, or %s(it, %s=...)", c->name, at->label[0], c->name,
                 at->label[0]);
}

/* "1 to 2 values (x[n], mask[n]?)" */
static const char *ports_text(const lng_scope *s, const lng_block *b, size_t least)
{
    lng_text t = lng_text_new(s->e->arena);
    if (least < b->ports)
        lng_text_add(&t, "%zu to ", least);
    lng_text_add(&t, "%zu value%s", b->ports, b->ports == 1 ? "" : "s");
    for (size_t i = 0; i < b->ports; i++)
        lng_text_add(&t, "%s%s", i ? ", " : " (", b->port[i].text);
    lng_text_add(&t, ")");
    return t.at;
}

static bool count_ports(lng_scope *s, const lng_callable *c, const lng_args *a, const lng_expr *at)
{
    const lng_block *b = c->block;
    size_t least = 0;
    while (least < b->ports && !b->port[least].optional)
        least++;
    if (a->values >= least && a->values <= b->ports)
        return true;
    lng_complain_given(s, given_of(s, c), lng_expr_place(at), LNG_E_ARGUMENTS, "`%s` takes %s, got %zu", c->name,
                       ports_text(s, b, least), a->values);
    if (a->values > b->ports)
        lng_unnamed_hint(s, c, at);
    lng_arguments_hint(s, c, a, at);
    return false;
}

/* Puts what is given to optional ports, by position or by name, where they are; the rest of them is absent. */
static bool sort_ports(lng_scope *s, const lng_callable *c, lng_args *a)
{
    const size_t ports = c->block->ports;
    lng_args out = {.arg = LNG_NEW_N(s->e->arena, ports + a->count + 1, lng_arg), .count = ports, .values = ports};
    bool good = true;
    for (size_t i = 0; i < ports; i++)
        out.arg[i] = i < a->values ? a->arg[i] : (lng_arg){.absent = true};
    for (size_t i = a->values; i < a->count; i++) {
        const lng_port_decl *port = lng_block_optional(c->block, a->arg[i].label);
        lng_arg *to = port ? &out.arg[port - c->block->port] : &out.arg[out.count++];
        if (port && !to->absent)
            good = lng_complain(s, a->arg[i].place, LNG_E_ARGUMENTS, "`%s` is given twice", a->arg[i].label);
        *to = a->arg[i];
        if (port)
            to->label = NULL, to->place = lng_expr_place(to->expr);
    }
    *a = out;
    return good;
}

static bool bind_ports(lng_scope *s, lng_scope *in, const lng_callable *c, const lng_args *a)
{
    const lng_block *b = c->block;
    bool good = true;
    for (size_t i = 0; i < b->ports; i++)
        good = (a->arg[i].absent || bind_port(s, in, c, i, a)) && good;
    for (size_t i = 0; i < b->ports; i++)
        if (a->arg[i].absent)
            lng_scope_leave_out(in, &b->port[i]);
    return good && lng_ports_hold(s, in, c, a);
}

/* The place of a result: in the user's text, that of the call; in a standard block, that of what the user passed to it. */
static void locate(const lng_scope *s, const lng_scope *in, const lng_expr *at, lng_datum *t)
{
    if (t->inner && !s->block->standard)
        t->inner = false, t->place = lng_expr_place(at);
    for (size_t i = 0; t->inner && i < in->block->attrs; i++) {
        const lng_binding *b = lng_map_get(in->name, in->block->attr[i].name);
        if (b->kind == LNG_BIND_DATUM && !b->slot[0].datum.inner && b->slot[0].datum.place.line)
            t->inner = false, t->place = b->slot[0].datum.place;
    }
}

/* ---- several calls of a shared block ---- */
/* The first port whose value has another shape than in the first call, which went well. NULL: all have theirs. */
static const lng_port_decl *unlike_first(const lng_scope *in, const lng_scope *first)
{
    for (size_t i = 0; i < in->block->ports; i++) {
        const lng_port_decl *port = &in->block->port[i];
        const lng_binding *now = lng_map_get(in->name, port->name), *then = lng_map_get(first->name, port->name);
        const lng_datum *a = &now->slot[0].datum, *b = &then->slot[0].datum;
        if (a->kind == LNG_DATUM_VALUE && b->kind == LNG_DATUM_VALUE && !lng_shape_equal(a->value->shape, b->value->shape))
            return port;
    }
    return NULL;
}

/* A call failed where the first one, with the same attributes, did not: its parameters have the shapes that fit that one's values. The call is
 * to blame, in place of what the errors since `before` say. */
static void blame_call(lng_scope *s, const lng_scope *in, const lng_callable *c, const lng_expr *at, size_t before)
{
    const lng_scope *first = lng_map_get(s->e->shared, c->only);
    const lng_port_decl *port = first ? unlike_first(in, first) : NULL;
    if (!port)
        return;
    char got[LNG_SHAPE_TEXT], want[LNG_SHAPE_TEXT];
    const lng_binding *now = lng_map_get(in->name, port->name), *then = lng_map_get(first->name, port->name);
    lng_errors_withdraw(s->e->errors, before);
    lng_complain_at(s, at, LNG_E_SHAPE, "`%s` is shared, and its parameters fit `%s` of shape %s, but this call gives it %s",
                    c->name, port->name, lng_shape_text(want, then->slot[0].datum.value->shape),
                    lng_shape_text(got, now->slot[0].datum.value->shape));
    lng_related(s, first->place, "the first call, for which they were made");
    lng_hint(s, "a block under `blocks` has parameters of its own in each call");
}

/* Whether a call is for something: a result or, of an optimizer, the update of a port. */
static bool is_complete(lng_scope *s, const lng_callable *c, const lng_expr *at)
{
    const lng_block *b = c->block;
    bool acts = b->out || b->has_graph;
    for (size_t i = 0; i < b->ports && !acts; i++)
        acts = lng_block_updates(b, b->port[i].name);
    if (acts)
        return true;
    lng_complain_at(s, at, LNG_E_MISSING_KEY, "`%s` has no result: it needs `graph` or `out`", c->name);
    lng_related(s, b->place, "the block is declared here");
    return false;
}

lng_datum lng_apply_block(lng_scope *s, const lng_callable *c, lng_args args, const lng_expr *at)
{
    lng_elab *e = s->e;
    if (!lng_block_read(e->arena, c->block, &lng_section_block, e->errors))
        return none;
    if (!is_complete(s, c, at))
        return none;
    if (lng_exhausted(s, at, (int64_t)(10 + c->block->attrs + c->block->defines + c->block->chain.steps)))
        return none;
    if (e->calls >= LNG_MAX_CALLS) {
        lng_complain_at(s, at, LNG_E_LIMIT, "blocks are nested more than %d deep here", LNG_MAX_CALLS);
        return none;
    }
    const char *path = c->only ? c->only : lng_path(e->arena, lng_scope_path(s), at->call);
    const char *site = at->call ? lng_path(e->arena, lng_scope_site(s), at->call) : path;
    lng_scope *in = lng_scope_new(e, s, c->block, path, site, lng_expr_place(at));
    const bool takes = c->block->ports > 0, counted = !takes || count_ports(s, c, &args, at);
    const bool sorted = !takes || !counted || sort_ports(s, c, &args);
    bool good = bind_attributes(s, in, c, &args, at);
    good = counted && sorted && (!takes || bind_ports(s, in, c, &args)) && good;
    if (!good || !lng_requirements_hold(s, in, c->name, lng_expr_place(at)))
        return none;
    const size_t before = lng_errors_count(e->errors);
    e->calls++;
    const int row = lng_layers_enter(s, LNG_ROW_OF_CALL, at->call, at, lng_expr_place(at));
    in->since = e->updates;
    lng_datum t = lng_body(in);
    lng_layers_leave(s, row, &t);
    if (e->training && !e->initializing)
        lng_body_updates(in);
    e->calls--;
    const bool failed = lng_errors_count(e->errors) > before;
    if (failed && c->only)
        blame_call(s, in, c, at, before);
    else if (c->only && t.kind != LNG_DATUM_NONE && !lng_map_get(e->shared, c->only))
        lng_map_put(e->shared, c->only, in);
    if (failed && !c->block->standard)
        c->block->failed = true;
    locate(s, in, at, &t);
    return t;
}
