/* A team: persistent threads, a gate at which they wait for work, parts that each thread may take, a gate at which the caller waits.
 *
 * A gate is a number that increases. A waiter first spins for some microseconds (a training step opens several gates, and sleeping costs
 * more than any of them), then yields the core between looks, then sleeps on a condition variable. A team with more threads
 * than the process has cores does not spin: that would keep the core from the thread that is waited for.
 *
 * A part of a run belongs to the thread of its number, but whoever has nothing left to do takes one that is not begun: beside other
 * processes, nobody waits for a thread that has no core, only for one that has lost it in the middle of its part. Each part keeps the
 * number of the last run in which it was taken. To take it is to raise that number from the run before; so a thread that comes late,
 * with the number of an old run, takes nothing.
 *
 * No wake-up is lost. A waiter counts itself as a sleeper before it looks at the number for the last time; the opener raises the
 * number before it looks for sleepers; both orders are sequentially consistent. tests/test_team.c tries every order of the steps, which
 * have their names there in capitals here. */
#include "config.h"
#include "base/team.h"
#include "base/arena.h"
#include "base/assert.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define LINE        64 /* bytes of a cache line: what different threads write is kept on different lines */
#define SPIN_NANOS  30000
#define YIELD_NANOS 60000

typedef struct gate {
    alignas(LINE) atomic_uint number;
    alignas(LINE) atomic_int sleepers;
    pthread_mutex_t mutex;
    pthread_cond_t opened;
} gate;

/* A thread, and the part of the same number. */
typedef struct member {
    alignas(LINE) atomic_uint taken; /* the number of the last run in which somebody took the part */
    lng_team *team;
    int thread;
    pthread_t id;
} member;

struct lng_team {
    gate start, done;
    alignas(LINE) atomic_int left;           /* parts that are not finished, without the caller's own */
    alignas(LINE) void (*work)(void *, int); /* NULL: leave */
    void *context;
    int size, started;
    bool spin;
    member *member;
};

/* ---- subnormals ---- */

unsigned lng_flush_subnormals(void)
{
#if defined(__SSE2__)
    unsigned old = _mm_getcsr();
    _mm_setcsr(old | 0x8040); /* FTZ, DAZ */
    return old;
#elif defined(__aarch64__)
    uint64_t old;
    __asm__ volatile("mrs %0, fpcr" : "=r"(old));
    __asm__ volatile("msr fpcr, %0" : : "r"(old | 1u << 24)); /* FZ */
    return (unsigned)old;
#else
    return 0;
#endif
}

void lng_flush_restore(unsigned old)
{
#if defined(__SSE2__)
    _mm_setcsr(old);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)old));
#else
    (void)old;
#endif
}

/* ---- gates ---- */

static bool gate_init(gate *g)
{
    if (pthread_mutex_init(&g->mutex, NULL) != 0)
        return false;
    if (pthread_cond_init(&g->opened, NULL) == 0)
        return true;
    pthread_mutex_destroy(&g->mutex);
    return false;
}

static void gate_destroy(gate *g)
{
    pthread_cond_destroy(&g->opened);
    pthread_mutex_destroy(&g->mutex);
}

static void gate_open(gate *g)
{
    atomic_fetch_add(&g->number, 1);    /* RAISE */
    if (atomic_load(&g->sleepers) == 0) /* ASK */
        return;
    pthread_mutex_lock(&g->mutex);      /* LOCK */
    pthread_cond_broadcast(&g->opened); /* SHOUT */
    pthread_mutex_unlock(&g->mutex);    /* UNLOCK */
}

static void pause_core(void)
{
#if defined(__SSE2__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static long nanos_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000000000L + (now.tv_nsec - start->tv_nsec);
}

static bool has_opened(gate *g, unsigned old)
{
    return atomic_load_explicit(&g->number, memory_order_acquire) != old;
}

static bool spin_at(gate *g, unsigned old)
{
    struct timespec start;
    for (int i = 0; i < 64; i++, pause_core())
        if (has_opened(g, old))
            return true;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long nanos = 0; nanos < YIELD_NANOS; nanos = nanos_since(&start)) {
        for (int i = 0; i < 32; i++, pause_core())
            if (has_opened(g, old))
                return true;
        if (nanos > SPIN_NANOS)
            sched_yield();
    }
    return false;
}

/* Returns once the number is no longer `old`. */
static void gate_wait(gate *g, unsigned old, bool spin)
{
    if (has_opened(g, old) || (spin && spin_at(g, old))) /* LOOK */
        return;
    pthread_mutex_lock(&g->mutex);                /* LOCK */
    atomic_fetch_add(&g->sleepers, 1);            /* COUNT */
    while (atomic_load(&g->number) == old)        /* LOOK */
        pthread_cond_wait(&g->opened, &g->mutex); /* SLEEP, WAKE */
    atomic_fetch_sub(&g->sleepers, 1);            /* UNCOUNT */
    pthread_mutex_unlock(&g->mutex);              /* UNLOCK */
}

/* ---- the team ---- */

/* Takes a part of run `number` that nobody has taken. */
static bool take(member *m, unsigned number)
{
    unsigned before = number - 1;
    return atomic_load_explicit(&m->taken, memory_order_relaxed) == before &&
           atomic_compare_exchange_strong(&m->taken, &before, number); /* TAKE */
}

static void work_on(lng_team *t, int part)
{
    t->work(t->context, part);              /* WORK */
    if (atomic_fetch_sub(&t->left, 1) == 1) /* FINISH */
        gate_open(&t->done);
}

/* Works on the parts that nobody has begun, those of the next threads first. */
static void help(lng_team *t, int thread, unsigned number)
{
    for (int i = 1; i < t->size; i++) {
        const int part = (thread + i) % t->size;
        if (part > 0 && take(&t->member[part], number))
            work_on(t, part);
    }
}

/* Who has taken its own part may look at the work, which stays until the part is finished. */
static void *serve(void *at)
{
    member *m = at;
    lng_team *t = m->team;
    lng_flush_subnormals();
    for (unsigned number = 0;;) {
        gate_wait(&t->start, number, t->spin);
        number = atomic_load(&t->start.number); /* READ */
        if (take(m, number)) {
            if (!t->work)
                return NULL;
            work_on(t, m->thread);
        }
        help(t, m->thread, number);
    }
}

/* Signals are left to the caller's thread. */
static bool start_threads(lng_team *t)
{
    sigset_t all, old;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &old) != 0)
        return false;
    bool fine = true;
    for (int i = 1; i < t->size && fine; i++) {
        t->member[i].team = t;
        t->member[i].thread = i;
        fine = !lng_allocation_fails() && pthread_create(&t->member[i].id, NULL, serve, &t->member[i]) == 0;
        t->started += fine;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return fine;
}

lng_team *lng_team_new(int threads)
{
    if (threads < 1)
        return NULL;
    lng_team *t = lng_block_new(sizeof *t);
    if (!t)
        return NULL;
    t->size = threads;
    t->spin = lng_cores() >= threads;
    gate *gates[] = {&t->start, &t->done};
    for (int i = 0; i < 2; i++)
        if (!gate_init(gates[i])) {
            while (i-- > 0)
                gate_destroy(gates[i]);
            lng_block_free(t);
            return NULL;
        }
    t->member = lng_block_new((size_t)threads * sizeof *t->member);
    if (!t->member || !start_threads(t)) {
        lng_team_free(t);
        return NULL;
    }
    return t;
}

void lng_team_free(lng_team *t)
{
    if (!t)
        return;
    t->work = NULL;
    gate_open(&t->start);
    for (int i = 1; i <= t->started; i++)
        pthread_join(t->member[i].id, NULL);
    gate_destroy(&t->start);
    gate_destroy(&t->done);
    lng_block_free(t->member);
    lng_block_free(t);
}

int lng_team_size(const lng_team *t)
{
    return t->size;
}

void lng_team_run(lng_team *t, void (*work)(void *, int), void *context)
{
    unsigned state = lng_flush_subnormals();
    if (t->size == 1) {
        work(context, 0);
    } else {
        const unsigned before = atomic_load(&t->done.number); /* READ */
        t->work = work;
        t->context = context;
        atomic_store(&t->left, t->size - 1); /* GIVE */
        gate_open(&t->start);
        work(context, 0); /* WORK */
        help(t, 0, atomic_load(&t->start.number));
        gate_wait(&t->done, before, t->spin);
    }
    lng_flush_restore(state);
}

int lng_cores(void)
{
#if defined(CPU_COUNT)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 4096 ? 4096 : (int)n;
}
