/* What blocks require of sizes and attributes: `require`. It is known before training, and is looked at before the block's body. */
#include "lang/body.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include <string.h>

/* Adds the names that a condition reads, with what they are: "n is 49, heads is 5". *at: the first attribute among them that was given. */
static void add_names(lng_scope *in, const lng_expr *e, lng_map *said, lng_text *t, lng_place *at)
{
    lng_binding *b = e->kind == LNG_EXPR_NAME && !lng_map_get(said, e->name) ? lng_scope_find(in, e->name) : NULL;
    for (size_t i = 0; i < e->items; i++)
        if (e->item[i])
            add_names(in, e->item[i], said, t, at);
    if (!b)
        return;
    char shape[LNG_SHAPE_TEXT];
    const lng_datum d = lng_scope_read(in, b, e);
    const lng_shape *sizes = d.kind == LNG_DATUM_SHAPE ? &d.shape : d.kind == LNG_DATUM_VALUE ? &d.value->shape : NULL;
    if (at->line == 0 && !d.inner && d.kind != LNG_DATUM_VALUE)
        *at = d.place;
    lng_map_put(said, e->name, in);
    lng_text_add(t, "%s%s ", t->length ? ", " : "", e->name);
    if (d.kind == LNG_DATUM_INT)
        lng_text_add(t, "is %lld", (long long)d.i);
    else if (sizes)
        lng_text_add(t, "%s %s", d.kind == LNG_DATUM_VALUE ? "has shape" : "is", lng_shape_text(shape, *sizes));
    else
        lng_text_add(t, "is %s", lng_datum_text(in->e->arena, &d));
}

static bool holds(lng_scope *s, lng_scope *in, const char *name, const lng_requires *r, lng_place at)
{
    const lng_datum t = lng_eval(in, r->condition);
    lng_text names = lng_text_new(in->e->arena);
    if (t.kind == LNG_DATUM_NONE)
        return false;
    if (t.kind != LNG_DATUM_BOOL)
        return lng_complain_at(in, r->condition, LNG_E_TYPE, "a requirement is true or false before training, not %s",
                               lng_datum_text(in->e->arena, &t));
    if (t.i)
        return true;
    lng_place given = {0};
    add_names(in, r->condition, lng_map_new(in->e->arena), &names, &given);
    return lng_complain(s, given.line ? given : at, LNG_E_RANGE, "`%s` needs %s; %s", name, r->needs,
                        names.length ? names.at : "it has none");
}

bool lng_requirements_hold(lng_scope *s, lng_scope *in, const char *name, lng_place at)
{
    bool good = true;
    for (size_t i = 0; i < in->block->requires; i++)
        good = holds(s, in, name, &in->block->require[i], at) && good;
    return good;
}
