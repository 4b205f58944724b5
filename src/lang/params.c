/* params('pattern'): the parameters of the model whose names match, as several values, for penalties on their size. The model must be complete:
 * the loss and the metrics can ask for them, and what they make themselves comes before. */
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include "lang/variable.h"

static const lng_datum none = {0};

static size_t count(const lng_elab *e, const char *pattern)
{
    size_t n = 0;
    for (size_t i = 0; i < lng_map_count(e->stored); i++)
        n += lng_parameter_matching(e, i, pattern) != NULL;
    return n;
}

static lng_datum no_match(lng_scope *s, const lng_expr *e, const char *pattern)
{
    lng_nearest near = {.wrong = pattern};
    lng_text names = lng_text_new(s->e->arena);
    for (size_t i = 0, listed = 0; i < lng_map_count(s->e->stored); i++) {
        const lng_stored *p = lng_parameter_matching(s->e, i, "*");
        if (!p)
            continue;
        lng_nearest_offer(&near, p->variable.name);
        if (listed++ < 8)
            lng_text_add(&names, "%s%s", names.length ? ", " : "", p->variable.name);
    }
    lng_complain_at(s, e, LNG_E_UNKNOWN_NAME, "no parameter matches `%.60s`", pattern);
    if (near.best)
        lng_hint(s, "did you mean `%s`?", near.best);
    if (names.length)
        lng_hint(s, "parameters of the model are %s", names.at);
    return none;
}

lng_datum lng_apply_params(lng_scope *s, const lng_expr *e, lng_args a)
{
    lng_elab *el = s->e;
    const lng_expr *text = a.count == 1 && a.values == 1 ? a.arg[0].expr : NULL;
    if (!text || text->kind != LNG_EXPR_STRING) {
        lng_complain_at(s, e, LNG_E_ARGUMENTS, "write params('*.W'): a pattern, in quotes, of parameters' names");
        return none;
    }
    if (!el->complete) {
        lng_complain_at(s, e, LNG_E_ARGUMENTS,
                        "`params` can be asked for in the loss and in metrics only, when the model has all its parameters");
        return none;
    }
    if (lng_exhausted(s, e, (int64_t)lng_map_count(el->stored)))
        return none;
    lng_datum out = lng_derived(s, e, LNG_DATUM_TUPLE, NULL, 0);
    out.items = count(el, text->name);
    if (out.items == 0)
        return no_match(s, text, text->name);
    out.item = LNG_NEW_N(el->arena, out.items, lng_datum);
    for (size_t i = 0, n = 0; i < lng_map_count(el->stored); i++) {
        const lng_stored *p = lng_parameter_matching(el, i, text->name);
        if (!p)
            continue;
        out.item[n] = lng_derived(s, e, LNG_DATUM_VALUE, NULL, 0);
        out.item[n].value = lng_read_variable(el->graph, p->variable.name, p->variable.shape);
        out.item[n++].graph = el->graph;
    }
    el->listed = lng_grow(el->arena, el->listed, el->lists, &el->list_capacity, sizeof *el->listed);
    el->listed[el->lists++] = (lng_parameter_list){text->name, out.items, lng_expr_place(e)};
    return out;
}

bool lng_lists_are_whole(lng_elab *e)
{
    bool good = true;
    for (size_t i = 0; i < e->lists; i++) {
        const lng_parameter_list *l = &e->listed[i];
        if (count(e, l->pattern) == l->count)
            continue;
        good = lng_error(e->errors, LNG_E_CYCLE, l->place, "parameters that match `%.60s` are made only after this", l->pattern);
        lng_error_hint(e->errors, "put what makes them, such as a layer that only the loss reads, into an earlier term");
    }
    e->lists = 0;
    return good;
}
