/* What blocks require of sizes and attributes: `require`. It is known before training, and is looked at before the block's body. */
#include "lang/body.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include <string.h>

/* Where the user gave what a condition reads: the first attribute, else the first value. */
typedef struct givens {
    lng_place attribute, value;
} givens;

/* Adds the names that a condition reads, with what they are: "n is 49, heads is 5". */
static void add_names(lng_scope *in, const lng_expr *e, lng_map *said, lng_text *t, givens *at)
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
    lng_place *place = d.kind == LNG_DATUM_VALUE ? &at->value : &at->attribute;
    if (place->line == 0 && !d.inner)
        *place = d.place;
    lng_map_put(said, e->name, in);
    lng_text_add(t, "%s%s ", t->length ? ", " : "", e->name);
    if (d.kind == LNG_DATUM_INT)
        lng_text_add(t, "is %lld", (long long)d.i);
    else if (sizes)
        lng_text_add(t, "%s %s", d.kind == LNG_DATUM_VALUE ? "has shape" : "is", lng_shape_text(shape, *sizes));
    else
        lng_text_add(t, "is %s", lng_datum_text(in->e->arena, &d));
}

/* The text with its `{EXPRESSION}` worked out: "an axis from {-rank(x)} to {rank(x) - 1}". */
static const char *needs_text(lng_scope *in, const lng_requires *r)
{
    lng_text t = lng_text_new(in->e->arena);
    const char *at = r->needs->text;
    for (const char *end; *at; at = end) {
        end = *at == '{' ? strchr(at, '}') : at + strcspn(at + 1, "{") + 1;
        if (*at != '{' || !end) {
            end = end ? end : at + strlen(at);
            lng_text_add(&t, "%.*s", (int)(end - at), at);
            continue;
        }
        const char *text = lng_copy_n(in->e->arena, at + 1, (size_t)(end++ - at - 1));
        const lng_expr *e = lng_expr_parse(in->e->arena, lng_doc_scalar(in->e->arena, text, r->needs->place), false, in->e->errors);
        const lng_datum d = e ? lng_eval(in, e) : (lng_datum){0};
        char number[LNG_NUMBER_SIZE], shape[LNG_SHAPE_TEXT];
        lng_text_add(&t, "%s",
                     d.kind == LNG_DATUM_INT     ? lng_grouped(number, d.i)
                     : d.kind == LNG_DATUM_SHAPE ? lng_shape_text(shape, d.shape)
                                                 : lng_datum_text(in->e->arena, &d));
    }
    return t.at;
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
    givens given = {{0}, {0}};
    add_names(in, r->condition, lng_map_new(in->e->arena), &names, &given);
    return lng_complain_given(s, given.attribute.line ? given.attribute : given.value, at, LNG_E_RANGE, "`%s` needs %s; %s", name,
                              needs_text(in, r), names.length ? names.at : "it has none");
}

bool lng_requirements_hold(lng_scope *s, lng_scope *in, const char *name, lng_place at)
{
    bool good = true;
    for (size_t i = 0; i < in->block->requires; i++)
        good = holds(s, in, name, &in->block->require[i], at) && good;
    return good;
}
