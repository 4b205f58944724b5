/* The clocks of the system and, where there is one, of the processor. */
#include "config.h"
#include "base/clock.h"
#include <time.h>
#if defined __x86_64__
#include <cpuid.h>
#include <x86intrin.h>
#endif

double lng_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- laps ---- */
void lng_watch_begin(lng_watch *w)
{
    w->last = lng_seconds();
}

double lng_watch_lap(lng_watch *w)
{
    const double now = lng_seconds(), most = 16 * w->usual > 1 ? 16 * w->usual : 1;
    const double lap = w->laps && now - w->last > most ? most : now - w->last;
    w->last = now;
    w->seconds += lap;
    w->laps += w->laps < 64;
    w->usual += (lap - w->usual) / w->laps;
    return lap;
}

/* ---- ticks ---- */
static uint64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#if defined __x86_64__
static uint64_t time_stamp(void)
{
    return __rdtsc();
}

/* Whether the time-stamp counter keeps its rate whatever the core's frequency is. */
static int counter_is_steady(void)
{
    unsigned a, b, c, d;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && d >> 8 & 1;
}
#endif

lng_ticks *lng_ticks_pick(void)
{
#if defined __x86_64__
    if (counter_is_steady())
        return time_stamp;
#endif
    return nanoseconds;
}
