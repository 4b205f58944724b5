/* Shared by the files of this room, and not for other rooms. */
#ifndef LNG_TAPE_INSIDE_H
#define LNG_TAPE_INSIDE_H
#include "kernel/combine.h"
#include "tape/tape.h"

/* Memory spaces; a value's address is base[space] + offset. */
enum space { SPACE_NONE, SPACE_VARIABLES, SPACE_COMMON, SPACE_KEPT, SPACE_THREAD, SPACE_PARTIAL, SPACES };

/* Where a value lives. Several values may share a slot: views, and results written over an operand. */
typedef struct slot {
    enum space space;
    size_t offset, bytes;
    int first, last; /* the times between which it must last */
    int whole;       /* the slot that this one is part of; -1: none */
    ptrdiff_t turn;  /* bytes: how much further it is in the whole in each turn of loop number `loop` */
    int loop;
    const lng_value *value; /* the first value in it; NULL: the results of a stage as a whole */
} slot;

/* Where a value is that is part of another one, in elements (parts.c). */
typedef struct tape_part {
    const lng_value *whole; /* NULL: it has memory of its own */
    int64_t first, turn;    /* its first element; how many further that is in each turn of loop number `loop` */
    int loop;
} tape_part;

typedef struct instr {
    const lng_node *node;
    lng_kernel *kernel; /* NULL: the naive one, lane by lane */
    lng_naive_kernel *naive;
    const void *prepared;
    int time;
    int run_first, run_last;              /* the times of its joint run; its own time if there is none */
    bool joint;                           /* it runs in a joint run, which may be of its own */
    int in[LNG_MAX_IN], out[LNG_MAX_OUT]; /* slots; out -1: nobody reads it */
    int claim;                            /* the slot of the variable that is updated by it, element by element; -1: none */
    bool batch, splits;                   /* it leaves a partial; all threads can compute one slice, each a part */
    size_t once, scratch;                 /* of lng_prepared; scratch: of all slices, if it takes all at once */
    double takes;                         /* a turn, estimated (time.c) */
} instr;

/* A loop of a segment: the instructions [first, end) run `count` times in a row; then each carry has its next value. */
typedef struct tape_carry {
    int from, to; /* slots */
    bool staged;  /* the next value is itself a carry: it is put aside before any carry changes */
} tape_carry;
typedef struct tape_loop {
    const lng_loop *loop;
    int first, end;
    int inner;                /* how many of the loops that follow are in it */
    int begin_time, end_time; /* around its instructions */
    tape_carry *carry;
    size_t carries;
} tape_loop;

typedef struct segment {
    instr *at;
    int count;
    tape_loop *loop; /* in the order in which they begin, outer ones first */
    int loops;
} segment;

/* What instructions take, estimated: those that one thread runs, those that all divide, and what it takes to divide them; what
 * a thread waits for once, if it takes slices together. */
typedef struct tape_time {
    double serial, divided, dividing, once;
} tape_time;
#define LNG_TEAM_TIME     1500 /* what it takes to start and stop the team */
#define LNG_MOST_TOGETHER 8    /* threads for one slice: more would wait longer than they work */

/* One stage: shared instructions, per-example instructions, and the batch results that they leave, as partials or, by `sums`, at once: of
 * all slices, each thread some of the rows. */
typedef struct stage {
    segment shared, slice, sums;
    int moment;            /* the time after its instructions at which outputs are stored and partials combined */
    int result;            /* the slot of the combined partials as a whole; -1: the stage has none */
    size_t partial_floats; /* of all its partials together */
    tape_time slice_time;  /* of one slice */
} stage;

typedef struct tape_output {
    const char *name;
    const lng_value *value;
    int slot, stage; /* per-example: the stage at whose end it is stored */
} tape_output;

typedef struct tape_update {
    size_t variable;
    const lng_value *value;
    int slot; /* of the value */
    enum {
        UPDATE_COPY,          /* the value is copied into the variable at the end of the step */
        UPDATE_FROM_VARIABLE, /* likewise, but the value is a variable: it is put aside before any variable changes */
        UPDATE_IN_PLACE       /* the instruction that makes the value writes the variable itself */
    } how;
} tape_update;

struct lng_tape {
    lng_arena *arena;
    const lng_graph *graph;
    const lng_entry *order; /* of the graph's nodes */
    size_t entries;
    const lng_variable *variable;
    size_t variables;
    lng_map *variable_named; /* a name's variable */
    size_t *variable_offset; /* floats */
    int *variable_slot;      /* -1: nobody reads or writes it during the step */
    lng_tape_options options;
    int slices; /* of the largest batch */
    slot *slot;
    int slots;
    int *slot_of;    /* by lng_value_index; -1: none */
    int *stage_of;   /* by the node's id; LNG_STAGE_ONCE, LNG_STAGE_DEAD */
    tape_part *part; /* by lng_value_index */
    bool *idle;      /* by the node's id: its results are there without an instruction */
    segment once;
    stage *stage;
    int stages, times;
    tape_time shared_time, sums_time; /* of all stages; sums: for each slice */
    size_t common_bytes, thread_bytes, scratch_bytes;
    size_t part_scratch;      /* what a thread without slices needs of scratch_bytes */
    size_t group_scratch;     /* of kernels that take several slices, for each */
    size_t kept_bytes;        /* of one slice */
    int group;                /* most slices that a thread takes together: a power of two */
    size_t partial_floats;    /* of the stage that has the most */
    size_t sum_bytes[SPACES]; /* without reuse */
    tape_output *output;
    size_t outputs;
    lng_map *output_named;
    tape_update *update;
    size_t updates;
    const lng_combine *combine;
};

/* Offsets of a store's variables, in floats; returns the total. */
size_t lng_store_layout(const lng_variable *, size_t count, size_t *offset);

/* The memory plan (plan.c): a slot for every value; false after an error. */
bool lng_tape_plan(lng_tape *, lng_errors *);
int lng_new_variable_slot(lng_tape *, size_t variable, const lng_value *); /* where the store has it */
static inline int lng_slot_of(const lng_tape *t, const lng_value *v)       /* -1: none */
{
    return t->slot_of[lng_value_index(v)];
}

/* Values that are part of others (parts.c), and whose memory a value is in. */
void lng_find_parts(lng_tape *);
const lng_value *lng_owner(const lng_tape *, const lng_value *);
/* The loop of a segment that holds instruction i and no value of node n: the outermost one; NULL: none. */
const tape_loop *lng_loop_around(const segment *, int i, const lng_node *n);
void lng_plan_updates(lng_tape *);                         /* decides which are made in place (update.c) */
void lng_plan_offsets(lng_tape *);                         /* of every slot, from the lifetimes (offsets.c) */
const char *lng_plan_fault(const lng_tape *, lng_arena *); /* the first broken invariant of plan.c; NULL: none (verify.c) */

/* Estimates (time.c): of an instruction, for one slice if it is for slices; whether all threads together are faster; of all segments. */
double lng_instr_time(const instr *);
bool lng_pays_to_divide(const instr *);
void lng_estimate(lng_tape *);

/* How a batch is divided (group.c). Whether a batch op's result is better computed from all slices, once they are through. */
bool lng_sums_at_once(const lng_tape *, const lng_node *);
/* The slices that a thread should take together, and how many one of so many threads does. */
int lng_plan_group(const lng_tape *);
int lng_tape_group(const lng_tape *, int threads);
/* The slices of a thread; how many of them go together from one on, `most` at most: a complete subtree of the fixed tree. */
void lng_slices_of(int slices, int threads, int thread, int *first, int *end);
int lng_group_at(int slice, int end, int most);
int lng_tape_takers(const lng_tape *, int threads);         /* the first so many threads may have slices */
int lng_tape_partial_blocks(const lng_tape *, int threads); /* of each of them */

/* The bytes of one slice, if those of other slices follow: never a multiple of a page, so that they do not compete for the same lines. */
size_t lng_stride(size_t bytes);
size_t lng_tape_thread_bytes(const lng_tape *, int threads); /* of each thread's own values */
size_t lng_tape_output_bytes(const lng_tape *);              /* that an engine keeps of outputs and of variables' old values */
/* What an instruction reads and writes: of per-example values for a slice, or of shared ones. */
int64_t lng_instr_bytes(const instr *, bool per_example);
/* For tests: fills all memory that a run writes before it reads with NaN. */
void lng_engine_poison(lng_engine *);

#endif
