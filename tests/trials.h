/* Trials of one op, of which the generated op tests consist: operands drawn or given, each shared or per-example, and the op's node over
 * them.
 *
 * A per-example operand is an input (its own field of the data), a shared one a variable; shared integers are the argmax of a variable.
 * Values are multiples of 2^-12, so that they are the same numbers as floats and as doubles, also when shifted along a direction. */
#ifndef LNG_TESTS_TRIALS_H
#define LNG_TESTS_TRIALS_H
#include "graphs.h"
#include "op/cases.h"
#include "tape/reference.h"

#define TRIAL_EXAMPLES  33
#define TRIAL_FIELDS    (3 + LNG_MAX_IN) /* 0, 1, 2: for the op `input` itself; then one for each operand */
#define TRIAL_VARIABLES (LNG_MAX_IN + LNG_MAX_OUT + LNG_MAX_IN)

typedef struct trial {
    lng_arena *arena;
    lng_errors *errors;
    const lng_op *op;
    int n_in;
    unsigned shared, truths; /* bit k: operand k is */
    lng_graph *graph;
    lng_value *in[LNG_MAX_IN];
    lng_value *out; /* the node's first output */
    int64_t size[LNG_MAX_IN];
    double *base[LNG_MAX_IN], *direction[LNG_MAX_IN]; /* of float operands: [examples or 1][size] */
    lng_variable variable[TRIAL_VARIABLES];
    float *single[TRIAL_VARIABLES];
    double *number[TRIAL_VARIABLES];
    int variables, operand_variable[LNG_MAX_IN];
    lng_field field[TRIAL_FIELDS];
    lng_context context;
} trial;

/* The source of a trial: a sample or a case of the op, or something drawn by a test. */
typedef struct trial_plan {
    const lng_op *op;
    const lng_sample *sample; /* NULL: values are drawn */
    lng_shape in[LNG_MAX_IN];
    int n_in;
    const lng_attr *attr; /* NULL: all defaults */
    double low, high;
    bool distinct, integers;
    unsigned truths, shared;
    uint64_t seed;
} trial_plan;
trial_plan trial_plan_sample(const lng_op *, int which, unsigned shared);
trial_plan trial_plan_case(const lng_op *, int which, unsigned shared);

/* NULL when the op refuses this combination of kinds (error `kind`). Any other error is left in `errors`, and out is NULL. */
trial *trial_new(lng_arena *, const trial_plan *, lng_errors *);
/* A further variable with values of its own, made after the operands. */
lng_value *trial_variable(trial *, const char *name, lng_shape, uint64_t seed);
double *trial_numbers(trial *, const char *name); /* of a variable; call trial_round after changing them */
void trial_round(trial *);
/* Sets operand k to base + amount * direction. */
void trial_shift(trial *, int k, double amount);
/* Runs the first `nodes` nodes of the graph by the reference executor (0: all of them). */
lng_reference *trial_reference(trial *, lng_arena *, bool in_double, const uint32_t *rows, int count, size_t nodes);

/* Rows 0, 1, ..; or from the last to the first. */
const uint32_t *trial_rows(bool backwards, int count);
int trial_examples(const lng_value *, int count); /* of a value in a batch of `count`: 1 if it is shared */
/* The derivative of the scalar v along operand k's direction, by central differences of the fourth order, in double. */
double trial_difference(trial *, const lng_value *v, int k, int count, double step);
/* The same from a gradient by operand k; *size is the sum of the absolute terms. */
double trial_along(const trial *, const lng_reference *, const lng_value *gradient, int k, int count, double *size);

#endif
