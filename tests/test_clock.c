/* Time, while the wall clock jumps and the process is stopped: watches, checkpoints, and what a run reports. The clocks of this program are its own. */
#include "config.h"
#include "base/clock.h"
#include "base/file.h"
#include "suite.h"
#include "world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Shared with the program, which runs in a process of its own. */
typedef struct clocks {
    bool counts;          /* else the clocks are the system's */
    double now, tick;     /* of the clock that never goes back; what it advances at each look */
    double pause;         /* it advances once by this, at the look `at` */
    long looks, at, wall; /* so often the program has looked; at the wall clock */
} clocks;
static clocks *clocks_now;

#pragma GCC visibility push(default)
int clock_gettime(clockid_t which, struct timespec *to)
{
    clocks *c = clocks_now;
    if (!c->counts)
        return (int)syscall(SYS_clock_gettime, which, to);
    if (which != CLOCK_MONOTONIC)
        c->wall++;
    c->now += c->tick + (++c->looks == c->at ? c->pause : 0);
    *to = (struct timespec){(time_t)c->now, (long)((c->now - (double)(time_t)c->now) * 1e9)};
    return 0;
}

time_t time(time_t *to)
{
    struct timespec now = {clocks_now->wall % 2 ? 0 : 4000000000, 0};
    if (clocks_now->counts)
        clocks_now->wall++;
    else
        clock_gettime(CLOCK_REALTIME, &now);
    if (to)
        *to = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict to, void *restrict zone)
{
    (void)zone;
    *to = (struct timeval){time(NULL), 0};
    return 0;
}
#pragma GCC visibility pop

static lng_watch begin(void)
{
    lng_watch w = {0};
    clocks_now->counts = true;
    lng_watch_begin(&w);
    clocks_now->counts = false;
    return w;
}

static double lap(lng_watch *w, double seconds)
{
    clocks_now->counts = true;
    clocks_now->now += seconds;
    const double counted = lng_watch_lap(w);
    clocks_now->counts = false;
    return counted;
}

static lng_watch steady(double seconds)
{
    lng_watch w = begin();
    for (int i = 0; i < 1000; i++)
        ck_assert_double_eq_tol(lap(&w, seconds), seconds, 1e-5);
    return w;
}

START_TEST(pauses)
{
    lng_watch w = steady(0.01);
    ck_assert_double_eq_tol(w.usual, 0.01, 1e-6);
    ck_assert_double_eq_tol(lap(&w, 3600), 1, 1e-5);
    ck_assert_double_eq_tol(w.usual, 0.01 + 0.99 / 64, 1e-5);
    ck_assert_double_eq_tol(lap(&w, 0.9), 0.9, 1e-5); /* slow, but no pause */
    ck_assert_double_eq_tol(w.seconds, 11.9, 1e-2);
    w = steady(2);
    ck_assert_double_eq_tol(lap(&w, 31), 31, 1e-5);
    ck_assert_double_eq_tol(lap(&w, 86400), 16 * (2 + 29.0 / 64), 1e-4);
}
END_TEST

/* Work that becomes a thousand times slower is no pause for long. */
START_TEST(slower_for_good)
{
    lng_watch w = steady(0.01);
    int laps = 0;
    while (lap(&w, 10) < 9.99)
        ck_assert_int_lt(laps++, 20);
}
END_TEST

/* The first lap has nothing to compare with. */
START_TEST(first_lap)
{
    lng_watch w = begin();
    ck_assert_double_eq(w.usual, 0);
    ck_assert_double_eq_tol(lap(&w, 30), 30, 1e-5);
    ck_assert_double_eq_tol(w.usual, 30, 1e-5);
}
END_TEST

/* ---- a run ---- */
static double in_report(const char *key)
{
    size_t n;
    const char *text = lng_file_read(arena, in_folder("world/new/report.json"), 1 << 20, &n, errors),
               *at = text ? strstr(text, lng_format(arena, "\"%s\": ", key)) : NULL;
    ck_assert_msg(at, "%s: %s", key, text ? text : rendered(false));
    return strtod(strchr(at, ':') + 1, NULL);
}

/* How many checkpoints a run of 120 steps makes, at one a minute. */
static int checkpoints(double tick, long at, double pause)
{
    calls *c = calls_new(16 << 20);
    ck_assert_ptr_nonnull(c);
    world_make(arena, in_folder("world"));
    *clocks_now = (clocks){.counts = true, .tick = tick, .at = at, .pause = pause};
    const outcome o =
        world_run(arena, in_folder("world"), c,
                  "run -q -t 1 -o new -s train.epochs=40 -s train.checkpoint.every=60s -s train.checkpoint.keep=1 bars.yaml");
    clocks_now->counts = false;
    ck_assert_msg(o.status == 0, "%d %s", o.status, o.err);
    int made = 0;
    size_t place = 0;
    for (record r; calls_next(c, &place, &r);)
        made += r.deed == DEED_RENAME && strstr(r.other, "/checkpoint.safetensors") != NULL;
    calls_free(c);
    return made - 1; /* at the end */
}

START_TEST(one_checkpoint_for_a_pause)
{
    ck_assert_int_eq(checkpoints(0.001, 0, 0), 0);
    ck_assert_int_eq(clocks_now->wall, 0);
    const double steady = in_report("train_seconds");
    const long looks = clocks_now->looks;
    ck_assert_double_gt(steady, 0.1);
    empty_folder();
    ck_assert_int_eq(checkpoints(0.001, looks / 2, 86400), 1);
    ck_assert_double_le(in_report("train_seconds"), steady + 1.01);
    ck_assert_double_gt(in_report("train_seconds"), steady / 2);
    empty_folder();
    ck_assert_int_ge(checkpoints(1.5, 0, 0), 1); /* as minutes pass */
}
END_TEST

/* Nothing looks at the wall clock. */
START_TEST(the_wall_clock_jumps)
{
    static const char *const command[] = {"run -q -t 2 -o new bars.yaml", "resume -q -t 1 done -s train.epochs=3",
                                          "sweep -q -j 1 -s train.batch=16,32 -o swept bars.yaml",
                                          "run -t 1 --limit time=1h -o limited bars.yaml", "bench -t 1 --seconds=0.01 bars.yaml"};
    world_make(arena, in_folder("world"));
    for (int i = 0; i < LENGTH(command); i++) {
        *clocks_now = (clocks){.counts = true, .tick = 0.001};
        const outcome o = world_run(arena, in_folder("world"), NULL, command[i]);
        clocks_now->counts = false;
        ck_assert_msg(o.status == 0, "%s: %d %s", command[i], o.status, o.err);
        ck_assert_int_eq(clocks_now->wall, 0);
        ck_assert_int_gt(clocks_now->looks, 0);
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(pauses), TEST(slower_for_good), TEST(first_lap), TEST(one_checkpoint_for_a_pause), TEST(the_wall_clock_jumps), {0},
    };
    clocks_now = suite_shared(sizeof *clocks_now);
    return clocks_now ? suite_run("clock", tests, NULL, NULL) : 1;
}
