/* grad(u, x): the gradient of a scalar with respect to a value of the graph, as more graph. It may stand in a loss, in a block, and in itself. */
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"

static const lng_datum none = {0};

static bool depends(const lng_graph *g, lng_arena *arena, const lng_node *on, const lng_node *from)
{
    bool *reached = LNG_NEW_N(arena, g->nodes + 1, bool);
    reached[from->id] = true;
    lng_graph_mark_dependent(g, reached, false);
    return reached[on->id];
}

/* What is differentiated, or by what; NULL after an error. */
static lng_value *operand(lng_scope *s, const lng_expr *e, const lng_arg *a)
{
    const lng_datum t = lng_argument(s, a);
    if (t.kind == LNG_DATUM_NONE)
        return NULL;
    if (t.kind == LNG_DATUM_VALUE && t.value->dtype == LNG_F32)
        return lng_datum_value(s, t);
    lng_complain(s, lng_argument_place(a, &t), LNG_E_TYPE, "`%s` takes values of floats, not %s", e->name,
                 t.kind == LNG_DATUM_VALUE ? "integers" : lng_datum_text(s->e->arena, &t));
    return NULL;
}

/* Why the gradient of a per-example value by a shared one is refused. */
static bool is_shared(lng_scope *s, const lng_expr *e, const lng_value *u, const lng_value *x)
{
    if (!u->per_example || x->per_example)
        return false;
    lng_complain_at(s, e, LNG_E_GRADIENT,
                    "this gradient would be a sum over the batch: the value by which it is taken is shared by all "
                    "examples, and what is differentiated is not");
    lng_related(s, x->node->place, "the shared value");
    lng_hint(s, "take the gradient by a value that each example has, such as an input");
    return true;
}

lng_datum lng_apply_grad(lng_scope *s, const lng_expr *e, lng_args a)
{
    lng_elab *el = s->e;
    if (a.values != 2 || a.count != 2) {
        lng_complain_at(s, e, LNG_E_ARGUMENTS, "write grad(u, x): the gradient of the scalar u with respect to x");
        return none;
    }
    lng_value *u = operand(s, e, &a.arg[0]), *x = operand(s, e, &a.arg[1]), *gradient;
    if (!u || !x || is_shared(s, e, u, x))
        return none;
    if (!lng_value_is_constant(u, NULL) && !depends(el->graph, el->arena, u->node, x->node)) {
        lng_complain_at(s, e, LNG_E_GRADIENT, "the first value does not depend on the second, so this gradient is zero");
        lng_hint(s, "give the second the name that the first is computed from");
        return none;
    }
    el->graph->place = lng_user_place(s, lng_expr_place(e));
    el->graph->scope = s->site;
    if (!lng_gradient(el->graph, u, &x, 1, &gradient) || lng_exhausted(s, e, 1))
        return none;
    lng_datum t = lng_derived(s, e, LNG_DATUM_VALUE, NULL, 0);
    t.value = gradient;
    t.graph = el->graph;
    return t;
}
