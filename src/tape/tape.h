/* The tape: a graph as a flat list of instructions over planned memory, and the engine that runs it.
 *
 * Stages. A shared value's stage is the highest of its operands'; a per-example value's likewise; the result of a batch reduction, or of
 * an op across the batch, is one stage later than its operand. The tape runs, for each stage: its shared instructions (once), then its per-example
 * instructions (once per slice of 16 examples, slices in parallel without a barrier), then combines the slices' partials in the
 * fixed tree. A thread may take a group of slices together, instruction by instruction, so that what they share is read once (group.c).
 * The gradient of a large matrix is no sum of partials: once all slices are through, each thread computes some of its rows from all of them.
 * If a batch is a single slice, all threads together run the instructions that are worth cutting into parts.
 *
 * Memory, all planned here and allocated once:
 *   variables  the store: parameters and state, one for all tapes
 *   common     other shared values: one copy, with lifetimes over the whole tape
 *   kept       per-example values that cross a stage: one copy for every slice
 *   thread     other per-example values: one copy for every thread and slice of its group, reused by lifetime
 *   partial    a slice's share of a stage's batch reductions, contiguous: one block per level of the tree and thread
 *
 * The fixed tree over slices 0 .. n-1 splits at the largest power of two below n, whatever the number of threads: a thread takes
 * a contiguous run of slices and combines complete aligned subtrees as they appear (a binary counter); what remains is combined in
 * order. */
#ifndef LNG_TAPE_TAPE_H
#define LNG_TAPE_TAPE_H
#include "base/team.h"
#include "graph/level.h"

/* ---- the store ---- */
typedef struct lng_store {
    const lng_variable *variable; /* borrowed */
    size_t count;
    lng_arena *arena;
    lng_map *named; /* the variables */
    size_t *offset; /* of each variable, in floats; each is aligned to 64 bytes */
    size_t floats;
    float *at;
} lng_store;
lng_store *lng_store_new(const lng_variable *, size_t count, lng_errors *); /* zeroed; NULL after an error */
void lng_store_free(lng_store *);
float *lng_store_find(const lng_store *, const char *name, size_t *index); /* NULL when absent */

/* ---- the tape ---- */
typedef struct lng_tape lng_tape;
typedef struct lng_tape_options {
    int max_batch; /* most examples in one step */
    lng_isa isa;
    bool naive;          /* naive kernels only: the definition, for tests */
    size_t memory_limit; /* bytes; 0: 64 GiB */
    int group;           /* slices that a thread takes together, at most LNG_MAX_GROUP; 0: as many as pay */
    bool at_once;        /* batch ops that can (LNG_OP_ROWWISE) take all slices at once, whether it pays or not */
} lng_tape_options;
/* The graph and the variables must outlive the tape. NULL after an error. */
lng_tape *lng_tape_compile(const lng_graph *, const lng_variable *, size_t variables, const lng_tape_options *, lng_errors *);
void lng_tape_free(lng_tape *);
void lng_tape_print(const lng_tape *, lng_text *); /* one row per instruction */
/* Every value's address, size and lifetime; the peak compared with the sum. */
void lng_tape_print_plan(const lng_tape *, int threads, lng_text *);
/* How long a run of so many slices takes, in about nanoseconds: estimated, not measured. */
double lng_tape_time(const lng_tape *, int slices, int threads);
size_t lng_tape_memory(const lng_tape *, int threads); /* bytes that an engine will allocate, without the store */

/* ---- the engine ---- */
typedef struct lng_engine lng_engine;
lng_engine *lng_engine_new(const lng_tape *, lng_store *, lng_team *, lng_errors *);
void lng_engine_free(lng_engine *);

/* Runs one batch: rows[i] is the index of example i in the fields (context->field). 1 <= count <= max_batch; it sets context->batch.
 * Outputs are valid until the next run. Updates are applied only if every batch reduction is finite; otherwise the store does not change
 * and the result is false. Without updates, nothing is checked. */
bool lng_engine_run(lng_engine *, const uint32_t *rows, int count, const lng_context *);
/* The output `name` of the last run: shared values as they are, per-example ones as rows [example][element], in f32 or i32 by their
 * dtype. NULL if the graph has no such output. The pointer stays the same for the engine's life. */
const void *lng_engine_output(const lng_engine *, const char *name);
/* Puts the outputs of the last run of another engine, of one example, where this one's outputs have example i. Both have the same outputs in the
 * same order. */
void lng_engine_take(lng_engine *, const lng_engine *one, int i);
/* The same run, by one thread, with every instruction checked: the first node whose output is not finite. False when all are finite, or
 * out of memory. */
typedef struct lng_blame {
    const lng_node *node;
    uint32_t example; /* its index in the data set; LNG_NO_EXAMPLE: the value is shared */
    int64_t turn;     /* of the node's loops, counted as in lng_call */
} lng_blame;
bool lng_engine_blame(lng_engine *, const uint32_t *rows, int count, const lng_context *, lng_blame *);

/* Where the time of all threads went while the profile was on, without gaps: the rows' seconds add up to the elapsed time times the
 * number of threads. First come the instructions in the order of the tape, then all other activities. */
typedef struct lng_profile_row {
    const lng_node *node;         /* NULL: another activity */
    const char *what;             /* the op's name, or the activity in words */
    double seconds;               /* over all threads */
    int64_t calls;                /* over all threads */
    int64_t multiply_adds, bytes; /* altogether; bytes: of operands and results */
    bool cached;                  /* what a call reads and writes fits in a core's cache */
} lng_profile_row;
typedef struct lng_profile {
    const lng_profile_row *row;
    size_t rows;
    int64_t steps, examples;
    double seconds; /* that passed */
    int threads;
} lng_profile;
void lng_engine_profile(lng_engine *, bool on); /* measurements add up over all periods in which it is on */
const lng_profile *lng_engine_profile_read(lng_engine *);
/* What each thread can do at most while all do the same: operations, and bytes between it and its core's cache or the memory, per second. */
typedef struct lng_machine {
    double flops, cache, memory;
} lng_machine;
bool lng_engine_machine(const lng_engine *, lng_machine *); /* measured; false when out of memory */

#endif
