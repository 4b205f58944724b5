/* Offsets from lifetimes: in the order of time, slots take memory of their space, best fit first, and return it. */
#include "tape/inside.h"
#include <string.h>

typedef struct range {
    size_t at, bytes;
} range;

typedef struct pool {
    range *free; /* by address, no two adjacent */
    size_t count, capacity, end;
} pool;

static void remove_range(pool *p, size_t i)
{
    memmove(&p->free[i], &p->free[i + 1], (--p->count - i) * sizeof *p->free);
}

/* The smallest range that is large enough; count if there is none. */
static size_t best_fit(const pool *p, size_t bytes)
{
    size_t best = p->count;
    for (size_t i = 0; i < p->count; i++)
        if (p->free[i].bytes >= bytes && (best == p->count || p->free[i].bytes < p->free[best].bytes))
            best = i;
    return best;
}

static bool ends_free(const pool *p)
{
    return p->count && p->free[p->count - 1].at + p->free[p->count - 1].bytes == p->end;
}

static size_t take(pool *p, size_t bytes)
{
    size_t i = best_fit(p, bytes), at = p->end;
    if (i < p->count) {
        at = p->free[i].at;
        p->free[i].at += bytes;
        p->free[i].bytes -= bytes;
        if (!p->free[i].bytes)
            remove_range(p, i);
        return at;
    }
    if (ends_free(p)) /* too small, but the space can grow from there */
        at = p->free[--p->count].at;
    p->end = at + bytes;
    return at;
}

static void give(pool *p, lng_arena *arena, size_t at, size_t bytes)
{
    size_t i = 0;
    while (i < p->count && p->free[i].at < at)
        i++;
    const bool left = i > 0 && p->free[i - 1].at + p->free[i - 1].bytes == at;
    const bool right = i < p->count && at + bytes == p->free[i].at;
    if (left && right) {
        p->free[i - 1].bytes += bytes + p->free[i].bytes;
        remove_range(p, i);
    } else if (left) {
        p->free[i - 1].bytes += bytes;
    } else if (right) {
        p->free[i].at = at;
        p->free[i].bytes += bytes;
    } else {
        p->free = lng_grow(arena, p->free, p->count, &p->capacity, sizeof *p->free);
        memmove(&p->free[i + 1], &p->free[i], (p->count++ - i) * sizeof *p->free);
        p->free[i] = (range){at, bytes};
    }
}

/* The slots that begin and that end at each time: lists of slot number + 1. */
typedef struct calendar {
    int *first, *last;           /* by time: the head of a list */
    int *next_first, *next_last; /* by slot */
} calendar;

static bool is_planned(const slot *s)
{
    return s->whole < 0 && (s->space == SPACE_COMMON || s->space == SPACE_KEPT || s->space == SPACE_THREAD);
}

static calendar new_calendar(const lng_tape *t)
{
    const size_t times = (size_t)t->times + 1, slots = (size_t)t->slots + 1;
    calendar c = {LNG_NEW_N(t->arena, times, int), LNG_NEW_N(t->arena, times, int), LNG_NEW_N(t->arena, slots, int),
                  LNG_NEW_N(t->arena, slots, int)};
    for (int i = t->slots; i-- > 0;) {
        const slot *s = &t->slot[i];
        if (!is_planned(s))
            continue;
        c.next_first[i] = c.first[s->first];
        c.first[s->first] = i + 1;
        c.next_last[i] = c.last[s->last];
        c.last[s->last] = i + 1;
    }
    return c;
}

void lng_plan_offsets(lng_tape *t)
{
    const calendar c = new_calendar(t);
    pool pools[SPACES] = {0};
    for (int time = 0; time <= t->times; time++) {
        for (int i = c.first[time]; i; i = c.next_first[i - 1])
            t->slot[i - 1].offset = take(&pools[t->slot[i - 1].space], t->slot[i - 1].bytes);
        for (int i = c.last[time]; i; i = c.next_last[i - 1])
            give(&pools[t->slot[i - 1].space], t->arena, t->slot[i - 1].offset, t->slot[i - 1].bytes);
    }
    for (int i = 0; i < t->slots; i++)
        if (t->slot[i].whole >= 0)
            t->slot[i].offset += t->slot[t->slot[i].whole].offset;
    t->common_bytes = pools[SPACE_COMMON].end;
    t->kept_bytes = pools[SPACE_KEPT].end;
    t->thread_bytes = pools[SPACE_THREAD].end;
}
