/* Where the threads' time goes, without gaps: when a thread has finished something, it reads the clock and charges the time since its last
 * reading to that. Not for other rooms. */
#ifndef LNG_TAPE_PROFILE_H
#define LNG_TAPE_PROFILE_H
#include "base/clock.h"
#include "tape/inside.h"

/* What threads do besides instructions. The entries of these activities follow those of the instructions. */
#define LNG_ACTIVITIES(X)                                                                                                          \
    X(SLOWEST, "waiting: slowest thread")                                                                                          \
    X(ALONE, "waiting: serial part")                                                                                               \
    X(TEAM, "team: start and stop")                                                                                                \
    X(STORE, "storing outputs")                                                                                                    \
    X(COMBINE, "combining partials")                                                                                               \
    X(CHECK, "last addition, finite check")                                                                                        \
    X(UPDATE, "update")                                                                                                            \
    X(BETWEEN, "shuffling, loop")                                                                                                  \
    X(TIMING, "timing")
#define ACTIVITY(name, text) DOING_##name,
enum activity { LNG_ACTIVITIES(ACTIVITY) ACTIVITIES };
#undef ACTIVITY

typedef struct entry {
    uint64_t ticks;
    int64_t readings;
} entry;

/* Of one thread; nobody else writes to it. */
typedef struct meter {
    lng_ticks *ticks; /* NULL: nothing is measured */
    uint64_t last;
    entry *instr, *activity;
} meter;

typedef struct profile {
    meter **meter; /* by thread */
    int threads;
    lng_ticks *ticks;
    uint64_t slowest, released;    /* when the last thread finished the team's last work, and when the first thread knew */
    uint64_t launched;             /* when the team's current work began */
    uint64_t begin, spent;         /* ticks */
    double begin_seconds, seconds; /* the same spans */
    double reading;                /* ticks that a reading costs */
    int64_t steps, slices, examples;
    lng_profile_row *row;
    lng_profile result;
} profile;

static inline void lng_charge(meter *m, entry *to)
{
    const uint64_t now = m->ticks();
    to->ticks += now - m->last;
    to->readings++;
    m->last = now;
}
#define CHARGE(m, name) ((m)->ticks ? lng_charge(m, &(m)->activity[DOING_##name]) : (void)0)

bool lng_meter_new(meter *, const lng_tape *);
void lng_meter_free(meter *);
/* Around work of the team: called by the first thread before it, for every part of it, by the first thread after it. */
void lng_profile_launch(profile *);
void lng_profile_enter(profile *, int part);
void lng_profile_release(profile *);

void lng_profile_step(profile *, int slices, int examples);
void lng_profile_switch(profile *, bool on);
const lng_profile *lng_profile_result(profile *, const lng_tape *);

#endif
