/* Offsets from lifetimes: in the order of time, slots take memory of their space, best fit first, and return it. */
#include "tape/inside.h"
#include "tape/pool.h"

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

/* Kernels read up to 16 numbers past a shared value (graph/op.h); nobody writes there meanwhile. */
static size_t room_of(const slot *s)
{
    return s->bytes + (s->space == SPACE_COMMON ? LNG_LANES * sizeof(float) : 0);
}

void lng_plan_offsets(lng_tape *t)
{
    const calendar c = new_calendar(t);
    lng_pool pools[SPACES] = {{0}};
    lng_pool_block **block = LNG_NEW_N(t->arena, (size_t)t->slots + 1, lng_pool_block *);
    for (int time = 0; time <= t->times; time++) {
        for (int i = c.first[time]; i; i = c.next_first[i - 1]) {
            slot *s = &t->slot[i - 1];
            block[i] = lng_pool_take(&pools[s->space], t->arena, room_of(s));
            s->offset = block[i]->at;
            t->sum_bytes[s->space] += room_of(s) - s->bytes;
        }
        for (int i = c.last[time]; i; i = c.next_last[i - 1])
            lng_pool_return(&pools[t->slot[i - 1].space], block[i]);
    }
    for (int i = 0; i < t->slots; i++)
        if (t->slot[i].whole >= 0)
            t->slot[i].offset += t->slot[t->slot[i].whole].offset;
    t->common_bytes = pools[SPACE_COMMON].end;
    t->kept_bytes = lng_stride(pools[SPACE_KEPT].end);
    t->sum_bytes[SPACE_KEPT] = lng_stride(t->sum_bytes[SPACE_KEPT]);
    t->thread_bytes = pools[SPACE_THREAD].end;
}
