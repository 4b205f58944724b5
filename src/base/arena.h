/* Arenas: each stage owns one, and frees it as a whole.
 *
 * Allocation never returns NULL. When memory runs out (or the arena's limit is reached) it unwinds to the innermost guard:
 *
 *     if (LNG_GUARD(arena))                 // comes here a second time when memory ran out
 *         return lng_error(errors, LNG_E_MEMORY, nowhere, "out of memory"), NULL;
 *     ... lng_alloc(arena, n) ...
 *     lng_arena_unguard(arena);
 *
 * Only the entry point of a stage sets a guard; locals changed after it and read behind it are volatile (C11 7.13.2.1).
 * Code between guard and unguard owns nothing but arena memory, or registers it with lng_arena_defer. */
#ifndef LNG_BASE_ARENA_H
#define LNG_BASE_ARENA_H
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct lng_arena lng_arena;

lng_arena *lng_arena_new(void); /* NULL when out of memory */
void lng_arena_free(lng_arena *);
void lng_arena_limit(lng_arena *, size_t bytes); /* beyond it allocation fails; 0: no limit */
size_t lng_arena_used(const lng_arena *);
/* Calls release(what) when the arena is freed: newest first. */
void lng_arena_defer(lng_arena *, void (*release)(void *), void *what);

jmp_buf *lng_arena_guard(lng_arena *); /* pushes a guard; guards nest up to 8 deep */
void lng_arena_unguard(lng_arena *);
#define LNG_GUARD(arena) (setjmp(*lng_arena_guard(arena)) != 0)

void *lng_alloc(lng_arena *, size_t bytes);                                      /* zeroed, aligned to 16 */
void *lng_alloc_n(lng_arena *, size_t n, size_t size);                           /* n * size, overflow counts as out of memory */
void *lng_grow(lng_arena *, void *old, size_t n, size_t *capacity, size_t size); /* room for element n (from 0); doubles */
char *lng_copy(lng_arena *, const char *text);
char *lng_copy_n(lng_arena *, const char *text, size_t n);
char *lng_format(lng_arena *, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define LNG_NEW(arena, type)      ((type *)lng_alloc(arena, sizeof(type)))
#define LNG_NEW_N(arena, n, type) ((type *)lng_alloc_n(arena, n, sizeof(type)))

/* Memory that is not an arena's: aligned to 64, zeroed, NULL when out of memory. Freed with lng_block_free. */
void *lng_block_new(size_t bytes);
void lng_block_free(void *);

/* For tests: the n-th allocation from now fails (of arenas, blocks, error lists and teams alike), once or from then on; 0 ends it.
 * Returns how many allocations the previous order was still waiting for: 0 when it struck, or there was none. */
long lng_fail_allocation(long n, bool forever);
/* What stands behind it: whether this allocation is to fail. */
bool lng_allocation_fails(void);

#endif
