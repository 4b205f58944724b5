/* Errors of elaboration, placed in the user's text. */
#include "lang/diagnose.h"
#include "lang/turn.h"

/* The scope in the user's own text from which a standard block was called, and the place of the call there. */
static const lng_scope *users(const lng_scope *s, lng_place *place)
{
    while (s->block->standard && s->caller) {
        *place = s->place;
        s = s->caller;
    }
    return s;
}

const char *lng_user_block(const lng_scope *s)
{
    while (s->caller && s->caller->block->standard)
        s = s->caller;
    return s->block->name;
}

lng_place lng_user_place(const lng_scope *s, lng_place place)
{
    users(s, &place);
    return place;
}

/* The turns that a scope is in, and the call that led to it, from the inside out: at most so many. Returns how many are left. */
static int relate_way(const lng_scope *s, int most)
{
    for (const lng_turn *t = s->turn; t && t->what && most > 0; t = t->outer, most--)
        lng_related(s, t->place, "in turn %lld of this %s", (long long)t->index, t->what);
    if (most > 0 && s->caller && !s->block->standard && s->place.line) {
        lng_related(s, lng_user_place(s->caller, s->place), "in this call of `%s`", s->block->name);
        most--;
    }
    return most;
}

/* Adds where in a standard block the mistake shows, or the way to it: turns and calls. */
void lng_relate(const lng_scope *s, lng_place place)
{
    int most = LNG_WAY;
    if (s->block->standard)
        lng_related(s, place, "inside the standard block `%s`", s->block->name), most--;
    for (const lng_scope *at = s; at && most > 0; at = at->caller)
        most = relate_way(at, most);
}

/* A code is reported once at each place: blocks are called several times, and checked before. */
static bool is_new(lng_elab *e, lng_place place, lng_code code)
{
    const char *key = lng_format(e->arena, "%p:%d:%d:%d", (const void *)place.source, place.line, place.column, (int)code);
    return lng_map_put(e->reported, key, e) == NULL;
}

static void complain(const lng_scope *s, lng_place at, lng_place text, lng_code code, const char *format, va_list list)
{
    s->e->silent = s->muted || !is_new(s->e, at, code);
    if (s->e->silent)
        return;
    lng_verror(s->e->errors, code, at, format, list);
    if (text.line)
        lng_relate(s, text);
}

lng_errors *lng_heard(const lng_scope *s)
{
    return s->e->silent || !lng_error_takes_hints(s->e->errors) ? NULL : s->e->errors;
}

bool lng_complain(const lng_scope *s, lng_place place, lng_code code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    complain(s, lng_user_place(s, place), place, code, format, list);
    va_end(list);
    return false;
}

bool lng_complain_given(const lng_scope *s, lng_place given, lng_place at, lng_code code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    complain(s, given.line ? given : lng_user_place(s, at), at, code, format, list);
    va_end(list);
    return false;
}

bool lng_complain_datum(const lng_scope *s, const lng_datum *t, lng_code code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const bool given = !t->inner && s->block->standard; /* by the user, who needs no note about the inside */
    complain(s, t->inner ? lng_user_place(s, t->place) : t->place, given ? (lng_place){0} : t->place, code, format, list);
    va_end(list);
    return false;
}

bool lng_exhausted(lng_scope *s, const lng_expr *at, int64_t work)
{
    lng_elab *e = s->e;
    e->work += work;
    const bool nodes = e->graph && e->graph->nodes > e->most_nodes;
    if (!e->exhausted && (nodes || e->work > e->most_work)) {
        e->exhausted = true;
        char number[LNG_NUMBER_SIZE];
        lng_complain_at(s, at, LNG_E_LIMIT,
                        nodes ? "the model has more than %s nodes here"
                              : "elaborating the model takes more than %s steps; it stopped here",
                        lng_grouped(number, nodes ? (int64_t)e->most_nodes : e->most_work));
    }
    return e->exhausted;
}

void lng_suggest(const lng_scope *s, const char *name)
{
    lng_map_put(s->e->suggested, name, s->e);
    lng_hint(s, "did you mean `%s`?", name);
}

void lng_hint_items(const lng_scope *s, const lng_datum *t)
{
    if (t->kind == LNG_DATUM_TUPLE && t->items > 1)
        lng_hint(s, "an index takes one of them, `[0]`; `[f(x) for x in ...]` takes each");
}
