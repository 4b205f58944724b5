/* The functions that are neither blocks nor ops: size(x) and rank(x) of a value or shape; split(x, parts=n), n parts along the last axis;
 * einsum, stack, range, grad and params, which have files of their own. */
#include "graph/ops.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include "syntax/builtin_names.h"
#include <math.h>
#include <string.h>

static const lng_datum none = {0};

static lng_datum size_or_rank(lng_scope *s, const lng_expr *e, const lng_datum *x)
{
    lng_datum out = lng_derived(s, e, LNG_DATUM_INT, x, 1);
    lng_shape shape = x->kind == LNG_DATUM_SHAPE ? x->shape : x->kind == LNG_DATUM_VALUE ? x->value->shape : (lng_shape){0};
    if (x->kind != LNG_DATUM_SHAPE && x->kind != LNG_DATUM_VALUE) {
        lng_complain_at(s, e, LNG_E_TYPE, "`%s` takes a shape or a value, not %s", e->name, lng_datum_text(s->e->arena, x));
        return none;
    }
    out.i = 1;
    if (e->name[0] == 'r')
        out.i = shape.rank;
    else
        for (int i = 0; i < shape.rank; i++)
            if (__builtin_mul_overflow(out.i, shape.dim[i], &out.i)) {
                lng_complain_at(s, e, LNG_E_LIMIT, "the product of these sizes does not fit in 64 bits");
                return none;
            }
    return out;
}

static lng_datum split(lng_scope *s, const lng_expr *e, const lng_datum *x, int64_t parts)
{
    lng_datum value = *x, out = lng_derived(s, e, LNG_DATUM_TUPLE, x, 1);
    int rank = x->kind == LNG_DATUM_VALUE ? x->value->shape.rank : 0;
    int64_t n = rank > 0 ? x->value->shape.dim[rank - 1] : 0;
    if (n == 0 || parts < 1 || parts > n || n % parts != 0 || parts > 1000) {
        lng_complain_at(s, e, LNG_E_SHAPE, "%s cannot be split into %lld equal parts", lng_datum_text(s->e->arena, x),
                        (long long)parts);
        return none;
    }
    out.items = (size_t)parts;
    out.item = LNG_NEW_N(s->e->arena, out.items, lng_datum);
    for (int64_t i = 0; i < parts; i++) {
        const lng_attr attr[LNG_MAX_ATTR] = {[LNG_SLICE_AXIS] = {.i = rank - 1},
                                             [LNG_SLICE_START] = {.i = i * (n / parts)},
                                             [LNG_SLICE_STOP] = {.i = (i + 1) * (n / parts)},
                                             [LNG_SLICE_STEP] = {.i = 1}};
        out.item[i] = lng_emit_op(s, e, &lng_op_slice, &value, 1, attr, NULL);
    }
    return out;
}

static lng_datum given(lng_scope *s, const lng_expr *e, lng_args a)
{
    const lng_expr *x = a.count == 1 && a.values == 1 ? a.arg[0].expr : NULL;
    lng_datum out = lng_derived(s, e, LNG_DATUM_BOOL, NULL, 0);
    if (!x || x->kind != LNG_EXPR_NAME || !lng_block_optional(s->block, x->name)) {
        lng_complain_at(s, e, LNG_E_ARGUMENTS, "`given` takes the name of an optional port of this block");
        lng_hint(s, "a port is optional with a `?` after its shape: `in: x[n], mask[n]?`");
        return none;
    }
    out.i = lng_scope_find(s, x->name)->kind != LNG_BIND_ABSENT;
    return out;
}

/* Those that look at their arguments themselves. */
static const struct {
    const char *name;
    lng_datum (*apply)(lng_scope *, const lng_expr *, lng_args);
} whole[] = {{"einsum", lng_apply_einsum}, {"stack", lng_apply_stack}, {"given", given},
             {"range", lng_apply_range},   {"grad", lng_apply_grad},   {"params", lng_apply_params}};

lng_datum lng_apply_builtin(lng_scope *s, const lng_expr *e, lng_args a)
{
    static const lng_attr_decl parts = {.name = "parts", .type = LNG_TYPE_INT, .low = 1, .low_int = 1, .high = INFINITY};
    bool splits = strcmp(e->name, "split") == 0;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(e->name, whole[i].name) == 0)
            return whole[i].apply(s, e, a);
    if (a.values != 1 || a.count != (splits ? 2u : 1u) || (splits && strcmp(a.arg[1].label, "parts") != 0)) {
        lng_complain_at(s, e, LNG_E_ARGUMENTS, splits ? "write split(x, parts=2)" : "`%s` takes one value", e->name);
        return none;
    }
    lng_datum x = lng_argument(s, &a.arg[0]);
    lng_datum n = splits ? lng_eval_as(s, a.arg[1].expr, &parts) : x;
    if (x.kind == LNG_DATUM_NONE || n.kind == LNG_DATUM_NONE)
        return none;
    return splits ? split(s, e, &x, n.i) : size_or_rank(s, e, &x);
}
