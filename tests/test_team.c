/* The team's protocol (src/base/team.c), in all interleavings of two and three threads.
 *
 * The gates and the parts of a run are written down here step by step, each step one atomic access, lock or sleep of
 * team.c, in its order and under the name that it has in the comments there; spinning is left out, as it only looks at a number once more.
 * A search visits every state that any order of the threads' steps can lead to, with wake-ups that nobody sent where POSIX allows them. It
 * fails when nobody can go on (a wake-up was lost), when a part is begun twice in a run or in none, and when a run ends before all its
 * parts are finished.
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

enum gate { START, DONE, GATES };

enum op {
    READ,    /* old = the gate's number */
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
    GIVE,    /* work for all parts but the first */
    TAKE,    /* a part of the run whose number was read at the start; on to `to` if somebody has taken it */
    SEE,     /* on to `to` if somebody has taken the part */
    GRAB,    /* the part, whoever has it */
    WORK,    /* on a part */
    FINISH,  /* it; on to `to` unless it was the last one */
    RETURN,  /* from a run: all parts must be finished */
    DISMISS, /* the threads: they shall leave */
    LEAVE,   /* on to `to` when told so */
    GO,      /* on to `to` */
    END
};

/* The difference between a protocol and team.c. */
enum mutant {
    NONE,
    COUNTS_TOO_LATE,
    ASKS_TOO_EARLY,
    SHOUTS_UNLOCKED,
    NEVER_LOOKS_AGAIN,
    READS_TOO_LATE,
    GIVES_TOO_LATE,
    TAKES_IN_TWO_STEPS,
    TAKES_ANY_NUMBER,
    MUTANTS
};

typedef struct step {
    enum op op;
    enum gate gate;
    int to, part;
} step;

typedef struct program {
    step at[MOST_STEPS];
    int steps, threads;
} program;

/* ---- team.c as programs ---- */
static int add(program *p, enum op op, enum gate gate, int to)
{
    ck_assert_int_lt(p->steps, MOST_STEPS);
    p->at[p->steps] = (step){.op = op, .gate = gate, .to = to};
    return p->steps++;
}

static int add_part(program *p, enum op op, int part)
{
    const int at = add(p, op, DONE, 0);
    p->at[at].part = part;
    return at;
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

/* work_on */
static void add_work(program *p, int part, enum mutant m)
{
    add_part(p, WORK, part);
    const int finish = add_part(p, FINISH, part);
    add_open(p, DONE, m);
    p->at[finish].to = p->steps;
}

/* take; the step from which to go on elsewhere if somebody else has the part */
static int add_take(program *p, int part, enum mutant m)
{
    if (m != TAKES_IN_TWO_STEPS)
        return add_part(p, TAKE, part);
    const int see = add_part(p, SEE, part);
    add_part(p, GRAB, part);
    return see;
}

/* help */
static void add_help(program *p, int thread, enum mutant m)
{
    for (int i = 1; i < p->threads; i++) {
        const int part = (thread + i) % p->threads;
        if (part == 0)
            continue;
        const int take = add_take(p, part, m);
        add_work(p, part, m);
        p->at[take].to = p->steps;
    }
}

/* lng_team_run */
static void add_run(program *p, int run, enum mutant m)
{
    if (m != READS_TOO_LATE)
        add(p, READ, DONE, 0);
    if (m != GIVES_TOO_LATE)
        add(p, GIVE, DONE, 0);
    add_open(p, START, m);
    if (m == GIVES_TOO_LATE)
        add(p, GIVE, DONE, 0);
    if (m == READS_TOO_LATE)
        add(p, READ, DONE, 0);
    add_part(p, WORK, 0);
    add(p, READ, START, 0);
    add_help(p, 0, m);
    add_wait(p, DONE, m);
    add(p, RETURN, DONE, run);
}

/* lng_team_run some times, then lng_team_free */
static program caller(int threads, enum mutant m)
{
    program p = {.threads = threads};
    for (int run = 1; run <= RUNS; run++)
        add_run(&p, run, m);
    add(&p, DISMISS, START, 0);
    add_open(&p, START, m);
    add(&p, END, START, 0);
    return p;
}

/* serve */
static program server(int threads, int thread, enum mutant m)
{
    program p = {.threads = threads};
    add_wait(&p, START, m);
    add(&p, READ, START, 0);
    const int take = add_take(&p, thread, m);
    const int leave = add(&p, LEAVE, START, 0);
    add_work(&p, thread, m);
    p.at[take].to = p.steps;
    add_help(&p, thread, m);
    add(&p, GO, START, 0);
    p.at[leave].to = add(&p, END, START, 0);
    return p;
}

/* ---- states ---- */
typedef struct state {
    uint8_t at[MOST_THREADS], old[MOST_THREADS][GATES], asleep[MOST_THREADS]; /* of threads */
    uint8_t taken[MOST_THREADS], begun[MOST_THREADS], finished[MOST_THREADS]; /* of parts */
    uint8_t number[GATES], sleepers[GATES], owner[GATES];                     /* owner: thread + 1 */
    uint8_t runs, left, dismissed;
} state;

typedef struct search {
    program program[MOST_THREADS];
    int threads;
    enum mutant mutant;
    state *seen, *open; /* a table by hash; a stack of states whose successors are still to be visited */
    bool *used;
    size_t room, states, depth;
    const char *fault;
} search;

static bool all_finished(const state *now, int threads, int run)
{
    for (int part = 1; part < threads; part++)
        if (now->finished[part] != run)
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

/* Whether a thread takes a part, of the run whose number it knows. */
static bool takes(const search *s, const state *now, int thread, int part)
{
    const uint8_t number = now->old[thread][START];
    return s->mutant == TAKES_ANY_NUMBER ? now->taken[part] != number : now->taken[part] + 1 == number;
}

static void work(search *s, state *now, int part)
{
    now->begun[part]++;
    expect(s, now->begun[part] == now->runs, "a part was begun twice in a run, or in none");
}

/* The state after a thread's next step. */
static state after(search *s, state now, int thread)
{
    const step *next = &s->program[thread].at[now.at[thread]];
    const enum gate g = next->gate;
    bool jump = next->op == GO;
    switch (next->op) {
    case READ:
        now.old[thread][g] = now.number[g];
        break;
    case LOOK:
        jump = now.number[g] != now.old[thread][g];
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
    case GIVE:
        now.runs++;
        now.left = (uint8_t)(s->threads - 1);
        break;
    case TAKE:
    case SEE:
        jump = !takes(s, &now, thread, next->part);
        if (!jump && next->op == TAKE)
            now.taken[next->part] = now.old[thread][START];
        break;
    case GRAB:
        now.taken[next->part] = now.old[thread][START];
        break;
    case WORK:
        work(s, &now, next->part);
        break;
    case FINISH:
        now.finished[next->part]++;
        jump = --now.left != 0;
        break;
    case RETURN:
        expect(s, all_finished(&now, s->threads, next->to), "a run ended before all its parts were finished");
        break;
    case DISMISS:
        now.dismissed = 1;
        break;
    case LEAVE:
        jump = now.dismissed;
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
    search s = {.threads = threads, .mutant = m, .room = (size_t)1 << 18};
    s.seen = calloc(s.room, sizeof *s.seen);
    s.open = calloc(s.room, sizeof *s.open);
    s.used = calloc(s.room, sizeof *s.used);
    ck_assert(s.seen && s.open && s.used);
    for (int i = 0; i < threads; i++)
        s.program[i] = i ? server(threads, i, m) : caller(threads, m);
    visit(&s, &(state){.runs = 0});
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
