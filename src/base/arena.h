/* Arenas: memory that is freed as a whole.
 *
 * Allocation never returns NULL. When memory runs out, the work in hand is abandoned:
 *
 *     static bool read_all(void *context)        // allocates as if memory were unlimited
 *     ...
 *     return lng_attempt(arena, read_all, &reading, errors, "reading the weights");
 *
 * Only entry points do this. The work owns nothing but memory of the arena, or what is reachable from its context and
 * freed by its caller, or what it has registered with lng_arena_defer; and it does not free the arena. Attempts nest, in one arena
 * or in several; when the outer one's arena runs out, the inner one's can only be freed. */
#ifndef LNG_BASE_ARENA_H
#define LNG_BASE_ARENA_H
#include "base/error.h"
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

typedef struct lng_arena lng_arena;

lng_arena *lng_arena_new(void); /* NULL when out of memory */
void lng_arena_free(lng_arena *);
/* Calls release(what) when the arena is freed: newest first. */
void lng_arena_defer(lng_arena *, void (*release)(void *), void *what);

/* A list for errors that nobody hears, which the arena frees. */
lng_errors *lng_errors_unheard(lng_arena *);

/* Runs work(context). Returns false if memory runs out, or if there is no arena. Outside of an attempt, an allocation that fails aborts the
 * program: a defect. */
bool lng_protect(lng_arena *, void (*work)(void *context), void *context);
/* Runs work(context) and returns its result. When out of memory, records "out of memory while DOING" and returns false. */
bool lng_attempt(lng_arena *, bool (*work)(void *context), void *context, lng_errors *, const char *doing);

void *lng_alloc(lng_arena *, size_t bytes);                                      /* zeroed, aligned to 16 */
void *lng_alloc_n(lng_arena *, size_t n, size_t size);                           /* n * size; an overflow counts as out of memory */
void *lng_grow(lng_arena *, void *old, size_t n, size_t *capacity, size_t size); /* room for element n (from 0); doubles */
char *lng_copy(lng_arena *, const char *text);
char *lng_copy_n(lng_arena *, const char *text, size_t n);
const char *lng_path(lng_arena *, const char *path, const char *name);   /* "path.name"; where the path is "", the name itself */
const char *lng_beside(lng_arena *, const char *file, const char *path); /* a path that is relative to the folder of a file */
const char *lng_base_name(const char *path);                             /* what follows the last slash, if there is one */
const char *lng_parent_name(lng_arena *, const char *path);              /* what stands before it: "." without one */
const char *lng_without_suffix(lng_arena *, const char *path,
                               const char *suffix); /* NULL: nothing stands before it, or it does not end so */
char *lng_format(lng_arena *, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *lng_vformat(lng_arena *, const char *format, va_list) __attribute__((format(printf, 2, 0)));
#define LNG_NEW(arena, type)      ((type *)lng_alloc(arena, sizeof(type)))
#define LNG_NEW_N(arena, n, type) ((type *)lng_alloc_n(arena, n, sizeof(type)))

/* Memory outside of arenas: aligned to 64, zeroed; NULL when out of memory. Free it with lng_block_free. */
void *lng_block_new(size_t bytes);
/* A block for the old one, which is freed, with its first `used` bytes; NULL when out of memory: the old one stays. */
void *lng_block_grow(void *old, size_t used, size_t bytes);
void lng_block_free(void *);

/* For tests: each allocation, of arenas, blocks, error lists and teams alike, asks whether it fails; NULL: none does. */
void lng_on_allocation(bool (*fails)(void));
/* For allocators: whether this allocation must fail. */
bool lng_allocation_fails(void);

#endif
