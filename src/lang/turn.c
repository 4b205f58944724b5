/* Turns of `repeat` and `for`. */
#include "lang/turn.h"
#include "lang/diagnose.h"

lng_turn *lng_turn_begin(lng_scope *s, const char *what, const char *call, int64_t index, lng_place place)
{
    lng_arena *arena = s->e->arena;
    lng_turn *t = LNG_NEW(arena, lng_turn);
    const char *name = lng_format(arena, "%s.%lld", call, (long long)index);
    *t = (lng_turn){.outer = s->turn,
                    .depth = s->turn ? s->turn->depth + 1 : 1,
                    .name = lng_map_new(arena),
                    .path = lng_path(arena, lng_scope_path(s), name),
                    .site = lng_path(arena, lng_scope_site(s), name),
                    .place = place,
                    .what = what,
                    .index = index};
    return s->turn = t;
}

void lng_turn_bind(lng_scope *s, const char *name, lng_datum t)
{
    if (!name)
        return;
    lng_map_put(s->turn->name, name, LNG_NEW(s->e->arena, lng_binding));
    lng_scope_bind(s, name, t);
}

void lng_turn_begin_scan(lng_scope *s, const lng_expr *e)
{
    static const lng_datum some = {.kind = LNG_DATUM_INT};
    const char *path = lng_scope_path(s), *site = lng_scope_site(s);
    lng_turn *t = lng_turn_begin(s, NULL, "", 0, e->place);
    t->path = path;
    t->site = site;
    for (size_t i = 0; i < e->scan->carries; i++)
        lng_turn_bind(s, e->scan->carry[i], some);
    for (size_t i = 0; i < e->scan->rows; i++)
        lng_turn_bind(s, e->scan->row[i], some);
}

void lng_turn_end(lng_scope *s)
{
    s->turn = s->turn->outer;
}

void lng_turn_expect(lng_turn *t, lng_arena *arena, const lng_chain *chain)
{
    for (size_t i = 0; i < chain->steps; i++)
        for (size_t k = 0; k < chain->step[i].names; k++) {
            lng_binding *b = LNG_NEW(arena, lng_binding);
            *b = (lng_binding){.kind = LNG_BIND_STEP, .place = chain->step[i].as_place};
            lng_map_put(t->name, chain->step[i].as[k], b);
        }
}

int64_t lng_turns_of(lng_scope *s, const lng_expr *e, const lng_datum *count, const char *what)
{
    char most[LNG_NUMBER_SIZE], number[LNG_NUMBER_SIZE];
    if (count->kind == LNG_DATUM_NONE)
        return -1;
    if (count->kind != LNG_DATUM_INT)
        lng_complain_at(s, e, LNG_E_TYPE, "%s takes an integer that is known before training, not %s", what,
                        lng_datum_text(s->e->arena, count));
    else if (count->i < 0)
        lng_complain_at(s, e, LNG_E_RANGE, "%s takes an integer >= 0, not %s", what, lng_grouped(number, count->i));
    else if (count->i > LNG_MAX_TURNS)
        lng_complain_at(s, e, LNG_E_LIMIT, "%s takes at most %s turns, not %s", what, lng_grouped(most, LNG_MAX_TURNS),
                        lng_grouped(number, count->i));
    else
        return count->i;
    return -1;
}
