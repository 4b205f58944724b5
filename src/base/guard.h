/* Guards: what is to be released even if memory runs out.
 *
 *     lng_guard guard;
 *     lng_guard_begin(&guard, arena, close_model, model);
 *     ...                                  // allocates from the arena
 *     lng_guard_end(&guard);               // closes the model
 *
 * If an allocation from the arena fails in between, the guards that were begun within the abandoned work are ended, the newest first, before it is
 * left: what they release may be on its stack. Guards end in the order opposite to that in which they began. Releasing allocates nothing from
 * the arena. */
#ifndef LNG_BASE_GUARD_H
#define LNG_BASE_GUARD_H
#include "base/arena.h"

typedef struct lng_guard {
    lng_arena *arena; /* NULL: not begun, or ended */
    void (*release)(void *what);
    void *what;
    struct lng_guard *older;
} lng_guard;

void lng_guard_begin(lng_guard *, lng_arena *, void (*release)(void *), void *what);
void lng_guard_end(lng_guard *); /* releases, if it has begun */

/* Abandons the work, as an allocation in the arena does that fails: for memory that is not the arena's. */
_Noreturn void lng_out_of_memory(lng_arena *);

#endif
