/* The opaque structs of the public API.
 *
 * lng_errors, lng_model and lng_value are those of the rooms. A builder is a graph with the tables of its names; a program is a session
 * and a trainer (room train) to which the caller binds data, field by field. This room checks what it is passed, and forwards it.
 * Every function that may allocate from an arena protects it. */
#ifndef LNG_API_API_H
#define LNG_API_API_H
#include "lngraph/lngraph.h"
#include "train/epoch.h"

_Static_assert(LNG_MAX_DIMS == LNG_MAX_RANK, "the public header promises as many dimensions as a shape has");

struct lng_builder {
    lng_arena *arena;
    lng_errors *errors; /* the caller's, or own */
    lng_errors *own;    /* if the caller gave none */
    bool failed;        /* an error was reported: the graph does not compile */
    lng_graph *graph;
    lng_data_field *input; /* by the index of the op `input` */
    size_t inputs, input_capacity;
    lng_variable *variable;
    size_t variables, variable_capacity;
};

/* Rows that the caller has bound to an input. */
typedef struct lng_bound {
    int64_t rows; /* 0: not bound */
    void *copy;   /* lng_block_new; NULL when the array is borrowed */
} lng_bound;

struct lng_program {
    lng_arena *arena; /* of everything here, and of what a program keeps of a builder */
    lng_team *team;
    lng_session *session;
    lng_trainer trainer;    /* its cursor is what lng_program_set_clock sets */
    lng_field *field;       /* by input */
    lng_bound *bound;       /* by input */
    int batch;              /* the most examples in one batch */
    uint32_t *rows;         /* room for a batch */
    const lng_runner *last; /* what ran; NULL: nothing yet */
    int last_count;         /* on how many examples */
    void **gathered;        /* by output: the values of all batches of the last run, if it took several; else NULL (outputs.c) */
    size_t gathers;
};

static const lng_place lng_nowhere = {0};

/* Makes room to gather the outputs of so many examples; false when out of memory. (outputs.c) */
bool lng_gather_begin(lng_program *, const lng_runner *, int count, lng_errors *);
/* Adds the outputs of a batch, whose first example is number `first`. */
void lng_gather_add(lng_program *, const lng_runner *, int first, int count);
void lng_gather_end(lng_program *); /* forgets them */

/* Records an error and marks the builder as failed. Always NULL. (builder.c) */
void *lng_builder_fail(lng_builder *, lng_code, lng_place, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Reads an op's attributes from what YAML would have between braces. attr and place have room for each attribute. (attributes.c) */
bool lng_attributes_read(lng_builder *, const lng_op *, const char *text, lng_attr *, lng_place *place);

/* The public name of a graph's output: for a metric, its label. NULL: not public. */
const char *lng_output_label(const lng_model *, const char *name);
int lng_copy_shape(lng_shape, int64_t *dims);                          /* the rank; dims may be NULL */
bool lng_is_given(const void *handle, const char *what, lng_errors *); /* records an error if it is NULL */

#endif
