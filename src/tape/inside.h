/* What the files of this room share. Not for other rooms. */
#ifndef LNG_TAPE_INSIDE_H
#define LNG_TAPE_INSIDE_H
#include "kernel/combine.h"
#include "tape/tape.h"

/* Memory spaces; an operand's address is base[space] + offset. */
enum space { SPACE_NONE, SPACE_VARIABLES, SPACE_COMMON, SPACE_KEPT, SPACE_THREAD, SPACE_PARTIAL, SPACES };

/* Where a value lives. Several values may share a slot: views, and results written over an operand. */
typedef struct slot {
    enum space space;
    size_t offset, bytes;
    int first, last;        /* the instructions (by time) between which it must stand */
    const lng_value *value; /* the first value that lives here */
} slot;

typedef struct instr {
    const lng_node *node;
    lng_kernel *kernel; /* NULL: the naive one, lane by lane */
    lng_naive_kernel *naive;
    const void *plan;
    int time, until;                      /* what it reads must stand until then: the end of its joint run */
    int in[LNG_MAX_IN], out[LNG_MAX_OUT]; /* slots; -1: nobody reads it */
    bool batch, splits;                   /* splits: one slice of it can be computed by all threads, each a part */
    int joint;                            /* of the first instruction of a joint run: how many instructions it has; else 0 */
} instr;

typedef struct segment {
    instr *at;
    int count;
} segment;

/* One stage: shared instructions, per-example instructions, and the batch results that they leave. */
typedef struct stage {
    segment shared, slice;
    size_t partial_floats; /* of all its batch results together */
    size_t result_offset;  /* of the combined partials, in bytes in the common space */
    int begin, end;        /* times: [begin, end) covers the stage; slice instructions come last */
} stage;

typedef struct tape_output {
    const char *name;
    const lng_value *value;
    int slot, stage; /* per-example: the stage at whose end it is stored */
} tape_output;

typedef struct tape_update {
    size_t variable;
    int slot;
    bool in_place; /* the last instruction writes the variable itself */
} tape_update;

struct lng_tape {
    lng_arena *arena;
    const lng_graph *graph;
    const lng_variable *variable;
    size_t variables;
    size_t *variable_offset; /* floats */
    lng_tape_options options;
    int slices; /* of the largest batch */
    slot *slot;
    int slots;
    int *slot_of;  /* by id * LNG_MAX_OUT + port; -1: none */
    int *stage_of; /* by id; -1: before the first run (constants) */
    segment once;
    stage *stage;
    int stages, times;
    size_t common_bytes, kept_bytes, thread_bytes, scratch_bytes,
        partial_floats;       /* kept: of one slice; partial: the largest stage's */
    size_t sum_bytes[SPACES]; /* without reuse */
    tape_output *output;
    size_t outputs;
    tape_update *update;
    size_t updates;
    const lng_combine *combine;
};

/* Offsets of a store's variables, in floats; returns the total. */
size_t lng_store_layout(const lng_variable *, size_t count, size_t *offset);
/* Assigns slots and offsets to every value (plan.c); false after an error. */
bool lng_tape_plan(lng_tape *, lng_errors *);
/* Blocks of partials that a thread has; bytes of what an engine keeps of outputs and of variables' old values. */
int lng_tape_partial_blocks(const lng_tape *);
size_t lng_tape_output_bytes(const lng_tape *);
/* For tests: fills all memory that a run writes before it reads with NaN. */
void lng_engine_poison(lng_engine *);

#endif
