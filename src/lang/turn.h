/* Turns: what is evaluated several times, each time with names of its own. A turn of a `repeat` names its number and its steps; one of
 * [f(i) for i in a], the item. Names are
 * looked up in the turns from the inside out, then in the scope; definitions are outside of all turns. */
#ifndef LNG_LANG_TURN_H
#define LNG_LANG_TURN_H
#include "lang/scope.h"

#define LNG_MAX_TURNS 10000
#define LNG_TURN_WORK 10 /* beside what is done in it */

struct lng_turn {
    lng_turn *outer; /* NULL: none */
    int depth;       /* the number of those */
    lng_map *name;   /* value name -> lng_binding */
    const char *path, *site;
    lng_place place;  /* of what has the turns */
    const char *what; /* "`repeat`"; NULL: nothing is evaluated, only names are looked up */
    int64_t index;
};

/* Between these two, the scope is in the turn. `call` names what has the turns, in its block. */
lng_turn *lng_turn_begin(lng_scope *, const char *what, const char *call, int64_t index, lng_place);
/* Of a scan: one turn stands for all, and has the names of calls around it. Its values are integers until they are bound. */
void lng_turn_begin_scan(lng_scope *, const lng_expr *);
void lng_turn_end(lng_scope *);
void lng_turn_bind(lng_scope *, const char *name, lng_datum);     /* a name of the present turn; NULL: none */
void lng_turn_expect(lng_turn *, lng_arena *, const lng_chain *); /* names of steps that are still to come */
/* The number of turns; -1 after an error. `what` is done so often: "`repeat`". */
int64_t lng_turns_of(lng_scope *, const lng_expr *, const lng_datum *count, const char *what);
#endif
