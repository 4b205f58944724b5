/* Whether the gradient rules of the ops are right, without a model.
 *
 * An op is tried with the operands that `trial` in its table describes, or, if it is pointwise, with floats from -2 to 2. The objective is the
 * sum of its results, each times a random weight; its gradient by the operands is compared with differences (train/gradcheck.h). So is the
 * gradient of the sum of these gradients, unless an op in them refuses a second derivative. Operands are all shared, the first one per-example,
 * or all per-example, as far as the op takes them.
 *
 * A trial is a list of items, and several trials are separated by `|`:
 *
 *     [3, 4]       an operand of this shape
 *     8:[3]        whole numbers below 8, which are drawn and not differentiated by
 *     axis=1       an attribute: a number, a word, or a list of integers
 *     0.5..2       the range of the numbers
 */
#ifndef LNG_TRAIN_OPCHECK_H
#define LNG_TRAIN_OPCHECK_H
#include "train/gradcheck.h"

typedef struct lng_opcheck {
    int checks;              /* how often the op was tried; 0: no gradient flows through it */
    int second;              /* in how many of them the second gradient was compared, too */
    int kinks;               /* comparisons that were left undecided */
    double error;            /* the largest relative one */
    const char *wrong;       /* the operand whose gradient is wrong; NULL: all are right */
    double rule, difference; /* what the two say of it */
} lng_opcheck;

typedef struct lng_opcheck_options {
    uint64_t seed;
    int examples;
    int64_t elements; /* to check of each operand, beside a direction through all */
} lng_opcheck_options;

/* The caller protects the arena. false after an error: the trial cannot be made, or a number is not finite. */
bool lng_opcheck_run(lng_arena *, const lng_op *, const lng_opcheck_options *, lng_opcheck *, lng_errors *);

#endif
