/* The engine's parts: what engine.c runs, in memory that memory.c allocates. Not for other rooms. */
#ifndef LNG_TAPE_ENGINE_H
#define LNG_TAPE_ENGINE_H
#include "tape/profile.h"

/* A complete subtree of the fixed tree, held in one block of partials. */
typedef struct subtree {
    int start, size;
    float *at;
} subtree;

#define MAX_SUBTREES 64 /* twice the depth of the tree over 2^31 slices */

typedef struct worker {
    char *own; /* the space of this thread */
    char *base[SPACES];
    int64_t *turn; /* by the loop's number: the one that it is in */
    void *scratch;
    float *partial; /* blocks of partial_floats, used as a stack */
    subtree tree[MAX_SUBTREES];
    int trees;
    meter meter;
} worker;

struct lng_engine {
    const lng_tape *tape;
    lng_store *store;
    lng_team *team;
    worker *worker;
    int threads, workers; /* while blaming there is one thread, which does the work of all workers */
    char *common, *kept;
    char *old;             /* of variables whose old values other variables get */
    void **row;            /* of each per-example output: [max_batch][elements] */
    size_t partial_stride; /* floats */
    size_t step[SPACES];   /* from a slice of a group to the next: bytes; 0: they share the space */
    int group;             /* most slices that go together */
    int blocks;            /* of partials, of each worker */
    /* the batch that is running */
    const uint32_t *rows;
    int count, slices, stage;
    int parts;            /* in which the batch results are made */
    bool together;        /* the caller runs alone: joint instructions are for the team */
    const instr *joint;   /* the first instruction of the joint run that the team is working on */
    const lng_call *call; /* of it */
    subtree *pending;     /* the subtrees of a stage's partials that the threads have left, in the order of the slices */
    int pendings;
    bool *finite; /* by part of the results */
    lng_context context;
    void (*work)(void *, int); /* of the team */
    profile profile;
    /* while blaming */
    bool check;
    int64_t ran, began; /* instructions, of this slice and those before the slices; since the run began */
    lng_blame bad;
    int64_t bad_at; /* how many had run */
};

bool lng_engine_allocate(lng_engine *);       /* all but the engine itself; false when out of memory */
void lng_engine_fill(lng_engine *, int byte); /* all memory that a run writes before it reads, except the outputs */

#endif
