/* Arenas: chunks of zeroed memory, handed out from the front and never reused, so that nothing is cleared twice.
 *
 * Under AddressSanitizer every allocation is a chunk of its own, so that running past its end is found. */
#include "config.h"
#include "base/arena.h"
#include "base/guard.h"
#include "base/assert.h"
#include "base/text.h"
#include <setjmp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ONE_EACH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_EACH 1
#endif
#endif
#ifndef ONE_EACH
#define ONE_EACH 0
#endif

#define ALIGNMENT   16
#define FIRST_CHUNK ((size_t)4 << 10)
#define LAST_CHUNK  ((size_t)1 << 20)

typedef struct chunk {
    struct chunk *next;
    char *at, *end;
} chunk;
#define HEADER ((sizeof(chunk) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

typedef struct defer {
    struct defer *older;
    void (*release)(void *);
    void *what;
} defer;

/* Where to go on if memory runs out. */
typedef struct refuge {
    struct refuge *outer;
    lng_guard *guard; /* the newest that is not of this work */
    jmp_buf at;
} refuge;

struct lng_arena {
    chunk *chunk; /* the newest; memory is handed out from it */
    defer *defer;
    refuge *refuge; /* the innermost */
    lng_guard *guard;
    size_t next_size;
};

/* The tests' hook: the only global state of the library. */
static bool (*_Atomic hook)(void);

void lng_on_allocation(bool (*fails)(void))
{
    atomic_store(&hook, fails);
}

bool lng_allocation_fails(void)
{
    bool (*fails)(void) = atomic_load_explicit(&hook, memory_order_relaxed);
    return fails && fails();
}

lng_arena *lng_arena_new(void)
{
    lng_arena *a = lng_allocation_fails() ? NULL : calloc(1, sizeof *a);
    if (a)
        a->next_size = FIRST_CHUNK;
    return a;
}

void lng_arena_free(lng_arena *a)
{
    if (!a)
        return;
    for (defer *d = a->defer; d; d = d->older)
        d->release(d->what);
    for (chunk *c = a->chunk, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(a);
}

bool lng_protect(lng_arena *a, void (*work)(void *), void *context)
{
    refuge r;
    if (!a)
        return false;
    r.outer = a->refuge;
    r.guard = a->guard;
    a->refuge = &r;
    if (setjmp(r.at) != 0) {
        a->refuge = r.outer;
        return false;
    }
    work(context);
    a->refuge = r.outer;
    return true;
}

typedef struct attempt {
    bool (*work)(void *);
    void *context;
    bool good;
} attempt;

static void work_on(void *context)
{
    attempt *a = context;
    a->good = a->work(a->context);
}

bool lng_attempt(lng_arena *arena, bool (*work)(void *), void *context, lng_errors *errors, const char *doing)
{
    attempt a = {work, context, false};
    if (lng_protect(arena, work_on, &a))
        return a.good;
    return lng_error(errors, LNG_E_MEMORY, (lng_place){0}, "out of memory while %s", doing);
}

_Noreturn void lng_out_of_memory(lng_arena *a)
{
    if (!a->refuge)
        abort(); /* a defect: an allocation without protection */
    while (a->guard != a->refuge->guard)
        lng_guard_end(a->guard);
    longjmp(a->refuge->at, 1);
}

void lng_guard_begin(lng_guard *g, lng_arena *a, void (*release)(void *), void *what)
{
    *g = (lng_guard){a, release, what, a->guard};
    a->guard = g;
}

void lng_guard_end(lng_guard *g)
{
    if (!g->arena)
        return;
    LNG_ASSERT(g->arena->guard == g);
    g->arena->guard = g->older;
    g->arena = NULL;
    g->release(g->what);
}

static chunk *add_chunk(lng_arena *a, size_t bytes)
{
    while (bytes > a->next_size / 4 && a->next_size < LAST_CHUNK)
        a->next_size *= 2; /* large allocations may be common here */
    size_t room = ONE_EACH || bytes > a->next_size / 4 ? bytes : a->next_size;
    if (room > SIZE_MAX - HEADER)
        return NULL;
    chunk *c = calloc(1, HEADER + room);
    if (!c)
        return NULL;
    c->at = (char *)c + HEADER;
    c->end = c->at + room;
    if (a->chunk && room == bytes) { /* it is full at once: the one in use stays in front */
        c->next = a->chunk->next;
        a->chunk->next = c;
    } else {
        c->next = a->chunk;
        a->chunk = c;
        if (a->next_size < LAST_CHUNK)
            a->next_size *= 2;
    }
    return c;
}

static void *try_alloc(lng_arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX / 2 || lng_allocation_fails())
        return NULL;
    size_t rounded = bytes ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    size_t taken = ONE_EACH ? bytes : rounded;
    chunk *c = a->chunk;
    if (!c || (size_t)(c->end - c->at) < taken || ONE_EACH)
        c = add_chunk(a, taken);
    if (!c)
        return NULL;
    void *at = c->at;
    c->at += taken;
    return at;
}

void lng_arena_defer(lng_arena *a, void (*release)(void *), void *what)
{
    defer *d = try_alloc(a, sizeof *d);
    if (!d) {
        release(what);
        lng_out_of_memory(a);
    }
    *d = (defer){a->defer, release, what};
    a->defer = d;
}

static void free_errors(void *what)
{
    lng_errors_free(what);
}

lng_errors *lng_errors_unheard(lng_arena *a)
{
    lng_errors *e = lng_errors_new();
    if (!e)
        lng_out_of_memory(a);
    lng_arena_defer(a, free_errors, e);
    return e;
}

void *lng_alloc(lng_arena *a, size_t bytes)
{
    void *at = try_alloc(a, bytes);
    if (!at)
        lng_out_of_memory(a);
    return at;
}

void *lng_alloc_n(lng_arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        lng_out_of_memory(a);
    return lng_alloc(a, n * size);
}

void *lng_grow(lng_arena *a, void *old, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return old;
    size_t wanted = n < 4 ? 8 : n > SIZE_MAX / 2 ? SIZE_MAX : 2 * n;
    void *new = lng_alloc_n(a, wanted, size);
    if (*capacity)
        memcpy(new, old, *capacity * size);
    *capacity = wanted;
    return new;
}

char *lng_copy(lng_arena *a, const char *text)
{
    return lng_copy_n(a, text, strlen(text));
}

char *lng_copy_n(lng_arena *a, const char *text, size_t n)
{
    if (n == SIZE_MAX)
        lng_out_of_memory(a);
    char *copy = lng_alloc(a, n + 1);
    if (n)
        memcpy(copy, text, n);
    return copy;
}

const char *lng_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *lng_parent_name(lng_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash ? "." : slash == path ? "/" : lng_copy_n(arena, path, (size_t)(slash - path));
}

const char *lng_without_suffix(lng_arena *arena, const char *path, const char *suffix)
{
    const size_t n = strlen(path), m = strlen(suffix);
    return n > m && strcmp(path + n - m, suffix) == 0 ? lng_copy_n(arena, path, n - m) : NULL;
}

const char *lng_beside(lng_arena *arena, const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');
    return path[0] == '/' || !slash ? path : lng_format(arena, "%.*s/%s", (int)(slash - file), file, path);
}

const char *lng_path(lng_arena *a, const char *path, const char *name)
{
    return *path ? lng_format(a, "%s.%s", path, name) : name;
}

char *lng_vformat(lng_arena *a, const char *format, va_list args)
{
    char usual[160];
    va_list again;
    va_copy(again, args);
    const int n = lng_vprint(usual, sizeof usual, format, args);
    if (n < 0)
        lng_out_of_memory(a);
    char *text = lng_alloc(a, (size_t)n + 1);
    if ((size_t)n < sizeof usual)
        memcpy(text, usual, (size_t)n + 1);
    else
        lng_vprint(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

char *lng_format(lng_arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = lng_vformat(a, format, args);
    va_end(args);
    return text;
}

/* calloc takes large blocks from the system, which zeroes pages as they are touched. Its result is stored before the block. */
void *lng_block_new(size_t bytes)
{
    enum { TO = 64 };
    if (bytes > SIZE_MAX / 2 || lng_allocation_fails())
        return NULL;
    char *raw = calloc(1, bytes + TO + sizeof raw);
    if (!raw)
        return NULL;
    char *block = raw + sizeof raw;
    block += (TO - (uintptr_t)block % TO) % TO;
    memcpy(block - sizeof raw, &raw, sizeof raw);
    return block;
}

void *lng_block_grow(void *old, size_t used, size_t bytes)
{
    void *block = lng_block_new(bytes);
    if (block && used)
        memcpy(block, old, used);
    if (block)
        lng_block_free(old);
    return block;
}

void lng_block_free(void *block)
{
    if (!block)
        return;
    char *raw;
    memcpy(&raw, (char *)block - sizeof raw, sizeof raw);
    free(raw);
}
