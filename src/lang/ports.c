/* What ports require of their values beyond the shape: `label[] < n` takes classes below n, if their number is known; and `expects`. */
#include "graph/ops.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include "lang/nature.h"
#include <string.h>

typedef struct ports {
    lng_scope *s, *in; /* of the caller, of the block */
    const lng_callable *c;
    const lng_args *args;
} ports;

static const lng_datum *datum_of(const ports *p, const lng_port_decl *port)
{
    const lng_binding *b = lng_map_get(p->in->name, port->name);
    return &b->slot[0].datum;
}

static lng_place place_of(const ports *p, const lng_port_decl *port)
{
    return lng_argument_place(&p->args->arg[port - p->c->block->port], datum_of(p, port));
}

static bool reads(const lng_expr *e, const char *name)
{
    bool found = e->kind == LNG_EXPR_NAME && strcmp(e->name, name) == 0;
    for (size_t i = 0; i < e->items && !found; i++)
        found = e->item[i] && reads(e->item[i], name);
    return found;
}

/* The port whose shape determines a bound; NULL: none. */
static const lng_port_decl *source_of(const lng_block *b, const lng_expr *bound)
{
    for (size_t i = 0; i < b->ports; i++)
        for (int d = 0; d < b->port[i].dims; d++)
            if (b->port[i].dim[d].name && reads(bound, b->port[i].dim[d].name))
                return &b->port[i];
    return NULL;
}

/* An attribute that is too small for the integers that the port takes. */
static bool too_few(const ports *p, const lng_port_decl *port, const lng_datum *bound, int64_t classes)
{
    const char *attribute = port->bound->name;
    lng_complain_datum(p->s, bound, LNG_E_RANGE,
                       "`%s` of `%s` must be at least %lld, not %lld: `%s` has the integers from 0 to %lld", attribute, p->c->name,
                       (long long)classes, (long long)bound->i, port->name, (long long)classes - 1);
    lng_related(p->s, lng_user_place(p->s, place_of(p, port)), "`%s` is given here", port->name);
    return false;
}

static bool too_many(const ports *p, const lng_port_decl *port, const lng_port_decl *source, const lng_datum *bound,
                     int64_t classes)
{
    const char *block = p->c->name;
    if (!source && port->bound->kind == LNG_EXPR_NAME && lng_block_attr(p->c->block, port->bound->name))
        return too_few(p, port, bound, classes);
    if (!source)
        return lng_complain(p->s, place_of(p, port), LNG_E_SHAPE, "`%s` takes %s, but `%s` has %lld classes", block, port->text,
                            port->name, (long long)classes);
    const lng_datum *scores = datum_of(p, source);
    lng_complain(p->s, place_of(p, port), LNG_E_SHAPE, "`%s` takes %s, %s, but `%s` is %s and `%s` has %lld classes", block,
                 source->text, port->text, source->name, lng_datum_text(p->s->e->arena, scores), port->name, (long long)classes);
    lng_related(p->s, scores->value->node->place, "`%s` is computed here", source->name);
    lng_hint(p->s, "one value for each class: `units: %lld` in the last layer", (long long)classes);
    return false;
}

/* The field that a value has all numbers of, in whatever order, shape and type; NULL: it is not one. */
static lng_data_field *field_of(const lng_elab *e, const lng_value *v)
{
    const lng_node *n = v->node;
    while ((n->op->flags & LNG_OP_MOVES && n->op != &lng_op_slice) || n->op == &lng_op_to_int || n->op == &lng_op_to_float)
        n = n->in[0]->node;
    const int64_t field = n->op == &lng_op_input ? n->attr[LNG_INPUT_INDEX].i : (int64_t)e->fields;
    return field < (int64_t)e->fields ? &e->field[field] : NULL;
}

/* What a port requires of numbers that are known only when they are read. */
static void note_limits(const ports *p, const lng_value *v, const lng_datum *bound)
{
    lng_data_field *f = field_of(p->s->e, v);
    if (!f || f->classes > 0)
        return;
    if (v->dtype == LNG_F32)
        f->fraction = f->fraction || (bound->i == 2 && f->dtype == LNG_F32);
    else if (f->below == 0 || f->below > bound->i) {
        f->below = bound->i;
        f->limit = lng_user_place(p->s, bound->inner ? p->in->place : bound->place);
    }
}

static bool classes_fit(const ports *p, const lng_port_decl *port)
{
    const int64_t classes = lng_classes_of(p->s->e, datum_of(p, port)->value);
    const lng_datum bound = lng_eval(p->in, port->bound);
    if (bound.kind == LNG_DATUM_NONE)
        return false;
    if (bound.kind != LNG_DATUM_INT)
        return lng_complain_at(p->in, port->bound, LNG_E_TYPE, "a bound must be an integer, not %s",
                               lng_datum_text(p->s->e->arena, &bound));
    const lng_port_decl *source = source_of(p->c->block, port->bound);
    note_limits(p, datum_of(p, port)->value, &bound);
    if (classes > bound.i)
        return too_many(p, port, source, &bound, classes);
    if (source && classes > 0 && classes < bound.i)
        lng_lint_surplus(p->s, datum_of(p, source)->value, place_of(p, port), bound.i, classes);
    return true;
}

bool lng_ports_hold(lng_scope *s, lng_scope *in, const lng_callable *c, const lng_args *args)
{
    const ports p = {s, in, c, args};
    bool good = true;
    for (size_t i = 0; i < c->block->ports; i++)
        if (c->block->port[i].bound && !args->arg[i].absent)
            good = classes_fit(&p, &c->block->port[i]) && good;
    for (size_t i = 0; i < c->block->ports && good; i++) {
        const lng_port_decl *port = &c->block->port[i];
        if (port->expects != LNG_EXPECTS_ANYTHING && !args->arg[i].absent)
            lng_lint(s, c, port, datum_of(&p, port)->value, place_of(&p, port));
    }
    return good;
}
