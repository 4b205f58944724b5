/* The team's protocol (src/base/team.c), in all interleavings of two and three threads.
 *
 * The gates, the barrier and the hand-over of work are written down here step by step, each step one atomic access, lock or sleep of
 * team.c, in its order; spinning is left out, as it only looks at a number once more. A search visits every state that any order of
 * the threads' steps can lead to, with wake-ups that nobody sent where POSIX allows them. It fails when nobody can go on (a wake-up was
 * lost), when a thread leaves the barrier before all have come, and when a run ends before all have worked.
 *
 * This proves the protocol under sequential consistency, which team.c asks for where it matters; not that the C code is the
 * protocol. So that the search itself is not believed blindly, it must find the fault in each of some protocols that look right. */
#include "suite.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_THREADS 3
#define MOST_STEPS   250
#define RUNS         2

enum gate { START, BARRIER, DONE, GATES };

enum op {
    READ,    /* old = the gate's number */
    SET,     /* old = to */
    LOOK,    /* on to `to` when the number is no longer old */
    LOCK,    /* the gate's mutex */
    UNLOCK,  /* it */
    COUNT,   /* one sleeper more */
    UNCOUNT, /* one sleeper less */
    SLEEP,   /* unlock and fall asleep, in one */
    WAKE,    /* when woken, and the mutex is free: lock */
    RAISE,   /* the number */
    ASK,     /* on to `to` when nobody sleeps */
    SHOUT,   /* wake all sleepers */
    ARRIVE,  /* on to `to` unless all have arrived */
    CLEAR,   /* nobody has arrived */
    GIVE,    /* work for all but the first thread */
    WORKED,  /* on to `to` unless all but the first thread have worked */
    GO,      /* on to `to` */
    ENTER,   /* the barrier */
    LEAVE,   /* it: all must have entered */
    FINISH,  /* a piece of work */
    RETURN,  /* from a run: all must have finished */
    END
};

/* The difference between a protocol and team.c. */
enum mutant { NONE, COUNTS_TOO_LATE, ASKS_TOO_EARLY, SHOUTS_UNLOCKED, CLEARS_TOO_LATE, NEVER_LOOKS_AGAIN, MUTANTS };

typedef struct step {
    enum op op;
    enum gate gate;
    int to;
} step;

typedef struct program {
    step at[MOST_STEPS];
    int steps;
} program;

/* ---- team.c as programs ---- */
static int add(program *p, enum op op, enum gate gate, int to)
{
    ck_assert_int_lt(p->steps, MOST_STEPS);
    p->at[p->steps] = (step){op, gate, to};
    return p->steps++;
}

/* gate_open */
static void add_open(program *p, enum gate g, enum mutant m)
{
    int ask;
    if (m == ASKS_TOO_EARLY) {
        ask = add(p, ASK, g, 0);
        add(p, RAISE, g, 0);
        add(p, LOCK, g, 0);
        add(p, SHOUT, g, 0);
        add(p, UNLOCK, g, 0);
        const int end = add(p, GO, g, 0);
        p->at[ask].to = add(p, RAISE, g, 0);
        p->at[end].to = p->steps;
        return;
    }
    add(p, RAISE, g, 0);
    ask = add(p, ASK, g, 0);
    if (m != SHOUTS_UNLOCKED)
        add(p, LOCK, g, 0);
    add(p, SHOUT, g, 0);
    if (m != SHOUTS_UNLOCKED)
        add(p, UNLOCK, g, 0);
    p->at[ask].to = p->steps;
}

/* gate_wait */
static void add_wait(program *p, enum gate g, enum mutant m)
{
    const int early = add(p, LOOK, g, 0);
    add(p, LOCK, g, 0);
    if (m != COUNTS_TOO_LATE)
        add(p, COUNT, g, 0);
    const int last = add(p, LOOK, g, 0);
    if (m == COUNTS_TOO_LATE)
        add(p, COUNT, g, 0);
    add(p, SLEEP, g, 0);
    add(p, WAKE, g, 0);
    if (m != NEVER_LOOKS_AGAIN)
        add(p, GO, g, m == COUNTS_TOO_LATE ? p->steps : last);
    if (m != COUNTS_TOO_LATE)
        p->at[last].to = p->steps;
    add(p, UNCOUNT, g, 0);
    if (m == COUNTS_TOO_LATE)
        p->at[last].to = p->steps;
    add(p, UNLOCK, g, 0);
    p->at[early].to = p->steps;
}

/* lng_team_barrier */
static void add_barrier(program *p, enum mutant m)
{
    add(p, ENTER, BARRIER, 0);
    add(p, READ, BARRIER, 0);
    const int arrive = add(p, ARRIVE, BARRIER, 0);
    if (m != CLEARS_TOO_LATE)
        add(p, CLEAR, BARRIER, 0);
    add_open(p, BARRIER, m);
    if (m == CLEARS_TOO_LATE)
        add(p, CLEAR, BARRIER, 0);
    const int end = add(p, GO, BARRIER, 0);
    p->at[arrive].to = p->steps;
    add_wait(p, BARRIER, m);
    p->at[end].to = add(p, LEAVE, BARRIER, 0);
}

/* Work with two barriers. */
static void add_work(program *p, enum mutant m)
{
    add_barrier(p, m);
    add_barrier(p, m);
    add(p, FINISH, DONE, 0);
}

/* lng_team_run some times, then lng_team_free */
static program caller(enum mutant m)
{
    program p = {.steps = 0};
    for (int run = 0; run < RUNS; run++) {
        add(&p, GIVE, DONE, 0);
        add_open(&p, START, m);
        add_work(&p, m);
        add(&p, SET, DONE, run); /* read before the work was given */
        add_wait(&p, DONE, m);
        add(&p, RETURN, DONE, run + 1);
    }
    add_open(&p, START, m);
    add(&p, END, START, 0);
    return p;
}

/* serve */
static program server(enum mutant m)
{
    program p = {.steps = 0};
    for (int run = 0; run < RUNS; run++) {
        add(&p, SET, START, run);
        add_wait(&p, START, m);
        add_work(&p, m);
        const int last = add(&p, WORKED, DONE, 0);
        add_open(&p, DONE, m);
        p.at[last].to = p.steps;
    }
    add(&p, SET, START, RUNS);
    add_wait(&p, START, m);
    add(&p, END, START, 0);
    return p;
}

/* ---- states ---- */
typedef struct state {
    uint8_t at[MOST_THREADS], old[MOST_THREADS], asleep[MOST_THREADS]; /* of threads */
    uint8_t entered[MOST_THREADS], finished[MOST_THREADS];
    uint8_t number[GATES], sleepers[GATES], owner[GATES]; /* owner: thread + 1 */
    uint8_t arrived, working;
} state;

typedef struct search {
    program program[MOST_THREADS];
    int threads;
    state *seen, *open; /* a table by hash; a stack of states whose successors are still to be visited */
    bool *used;
    size_t room, states, depth;
    const char *fault;
} search;

static bool all_at_least(const uint8_t *count, int threads, int least)
{
    for (int i = 0; i < threads; i++)
        if (count[i] < least)
            return false;
    return true;
}

static bool can_step(const search *s, const state *now, int thread)
{
    const step *next = &s->program[thread].at[now->at[thread]];
    if (next->op == LOCK)
        return !now->owner[next->gate];
    if (next->op == WAKE)
        return !now->asleep[thread] && !now->owner[next->gate];
    return next->op != END;
}

static void wake_all(const search *s, state *now, enum gate g)
{
    for (int i = 0; i < s->threads; i++)
        if (s->program[i].at[now->at[i]].op == WAKE && s->program[i].at[now->at[i]].gate == g)
            now->asleep[i] = 0;
}

static void expect(search *s, bool holds, const char *what)
{
    if (!holds && !s->fault)
        s->fault = what;
}

/* The state after a thread's next step. */
static state after(search *s, state now, int thread)
{
    const step *next = &s->program[thread].at[now.at[thread]];
    const enum gate g = next->gate;
    bool jump = next->op == GO;
    switch (next->op) {
    case READ:
        now.old[thread] = now.number[g];
        break;
    case SET:
        now.old[thread] = (uint8_t)next->to;
        break;
    case LOOK:
        jump = now.number[g] != now.old[thread];
        break;
    case LOCK:
    case WAKE:
        now.owner[g] = (uint8_t)(thread + 1);
        break;
    case UNLOCK:
        now.owner[g] = 0;
        break;
    case COUNT:
        now.sleepers[g]++;
        break;
    case UNCOUNT:
        now.sleepers[g]--;
        break;
    case SLEEP:
        now.owner[g] = 0;
        now.asleep[thread] = 1;
        break;
    case RAISE:
        now.number[g]++;
        break;
    case ASK:
        jump = now.sleepers[g] == 0;
        break;
    case SHOUT:
        wake_all(s, &now, g);
        break;
    case ARRIVE:
        jump = ++now.arrived < s->threads;
        break;
    case CLEAR:
        now.arrived = 0;
        break;
    case GIVE:
        now.working = (uint8_t)(s->threads - 1);
        break;
    case WORKED:
        jump = --now.working > 0;
        break;
    case ENTER:
        now.entered[thread]++;
        break;
    case LEAVE:
        expect(s, all_at_least(now.entered, s->threads, now.entered[thread]), "a thread left the barrier before all had come");
        break;
    case FINISH:
        now.finished[thread]++;
        break;
    case RETURN:
        expect(s, all_at_least(now.finished, s->threads, next->to), "a run ended before all had worked");
        break;
    case GO:
    case END:
        break;
    }
    now.at[thread] = (uint8_t)(jump ? next->to : now.at[thread] + 1);
    return now;
}

/* Puts a state on the stack, unless it was seen. */
static void visit(search *s, const state *now)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < sizeof *now; i++)
        hash = (hash ^ ((const uint8_t *)now)[i]) * 1099511628211u;
    size_t at = (size_t)(hash % s->room);
    for (; s->used[at]; at = (at + 1) % s->room)
        if (memcmp(&s->seen[at], now, sizeof *now) == 0)
            return;
    ck_assert_uint_lt(s->states, s->room / 2);
    s->used[at] = true;
    s->seen[at] = *now;
    s->open[s->depth++] = *now;
    s->states++;
}

static void visit_successors(search *s, const state *now)
{
    bool moves = false, ended = true;
    for (int i = 0; i < s->threads && !s->fault; i++) {
        ended = ended && s->program[i].at[now->at[i]].op == END;
        if (now->asleep[i]) { /* woken by nobody */
            state next = *now;
            next.asleep[i] = 0;
            visit(s, &next);
        } else if (can_step(s, now, i)) {
            const state next = after(s, *now, i);
            moves = true;
            visit(s, &next);
        }
    }
    expect(s, moves || ended, "nobody can go on: a wake-up was lost");
}

/* A fault to which some order of steps leads; NULL: there is none. */
static const char *explore(int threads, enum mutant m, size_t *states)
{
    search s = {.threads = threads, .room = (size_t)1 << 18};
    s.seen = calloc(s.room, sizeof *s.seen);
    s.open = calloc(s.room, sizeof *s.open);
    s.used = calloc(s.room, sizeof *s.used);
    ck_assert(s.seen && s.open && s.used);
    for (int i = 0; i < threads; i++)
        s.program[i] = i ? server(m) : caller(m);
    visit(&s, &(state){.arrived = 0});
    while (s.depth > 0 && !s.fault) {
        const state now = s.open[--s.depth];
        visit_successors(&s, &now);
    }
    free(s.seen);
    free(s.open);
    free(s.used);
    *states = s.states;
    return s.fault;
}

START_TEST(no_order_of_steps_goes_wrong)
{
    size_t states;
    const char *fault = explore(_i, NONE, &states);
    printf("%d threads: %zu states\n", _i, states);
    ck_assert_msg(!fault, "%d threads: %s", _i, fault);
}
END_TEST

START_TEST(protocols_that_look_right_are_found_out)
{
    size_t states;
    ck_assert_msg(explore(2, (enum mutant)_i, &states) || explore(3, (enum mutant)_i, &states),
                  "mutant %d goes right in every order", _i);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        {.test = no_order_of_steps_goes_wrong, .from = 2, .to = MOST_THREADS + 1},
        {.test = protocols_that_look_right_are_found_out, .from = NONE + 1, .to = MUTANTS},
        {0},
    };
    return suite_run("team", tests, NULL, NULL);
}
