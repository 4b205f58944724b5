/* The tables of words and operators. */
#include "syntax/builtin_names.h"
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

const lng_builtin_name lng_builtin_names[] = {
    {"it", "it", .about = "in a chain, the value of the step before; in the first step, the only port"},
    {"training", "training",
     .about = "true in training, false in evaluation; a condition on it is decided when the model is compiled"},
    {"step", "step", .about = "number of training steps done so far"},
    {"epoch", "epoch", .about = "number of passes over the training set done so far"},
    {"progress", "progress", .about = "fraction of the training done so far, from 0 towards 1"},
    {"total_steps", "total_steps", .about = "number of training steps in all"},
    {"batch_size", "batch_size", .about = "number of examples in this batch"},
    {"pi", "pi", .about = "the number 3.14159..."},
    {"new", "new.NAME", .about = "in `update`, the new value of a state or of `param`; NAME alone is the old one"},
    {"size", "size(x)", .about = "the number of elements of a value or shape", .function = true},
    {"rank", "rank(x)", .about = "the number of dimensions of a value or shape", .function = true},
    {"split", "split(x, parts=n)", .about = "n equal parts along the last dimension, as several values: `a, b: split(x, parts=2)`",
     .function = true},
    {"stack", "stack(a, b, c, axis=0)",
     .about = "values of one shape along a new axis, which a negative number counts from the end", .function = true},
    {"einsum", "einsum('hqd,hkd->hqk', a, b)",
     .about =
         "products of values by their axes: a letter names an axis, axes of one letter go together, and letters that the result after the arrow "
         "does not have are summed over. The values are taken in order, as products of matrices where anything is summed",
     .function = true},
    {"given", "given(x)", .about = "whether a call gives the optional port x a value; it is known before training",
     .function = true},
    {"range", "range(n), range(i, j), range(i, j, step)",
     .about = "the integers from 0 to n - 1, or from i up to j without it: `[f(x[i]) for i in range(n)]`", .function = true},
    {"grad", "grad(u, x)",
     .about = "the gradient of the scalar u with respect to x; it can be differentiated again: "
              "`grad(sum(grad(u, x)), x)`",
     .function = true},
    {"params", "params('*.W')",
     .about = "in the loss and in metrics, the model's parameters whose names match, as several values: "
              "`0.01 * sum([sum(p * p) for p in params('*.W')])`",
     .function = true},
};
const size_t lng_builtin_name_count = COUNT(lng_builtin_names);

static const lng_builtin_name *find(const char *name)
{
    for (size_t i = 0; i < lng_builtin_name_count; i++)
        if (strcmp(lng_builtin_names[i].name, name) == 0)
            return &lng_builtin_names[i];
    return NULL;
}

bool lng_is_reserved(const char *name)
{
    const lng_builtin_name *found = find(name);
    return found && !found->function;
}

bool lng_is_builtin(const char *name)
{
    const lng_builtin_name *found = find(name);
    return found && found->function;
}

const lng_operators lng_operator_rows[] = {
    {"if else", "a if c else b",
     "a choice. If c is known before training, the other branch is never looked at; otherwise a where c is not 0 and b "
     "elsewhere, element by element"},
    {"or", "a or b", "true if either is, for conditions known before training or values that are 0 or 1"},
    {"and", "a and b", "true if both are"},
    {"not", "not a", "true if a is not"},
    {"== != < <= > >=", "a == b, a != b, a < b, a <= b, a > b, a >= b",
     "a comparison, which may be chained as in `0 < x < 1`; on values, it gives 0 or 1 for each element. Words, shapes and booleans have "
     "only == and !="},
    {"+ -", "a + b, a - b", "sum and difference, element by element with broadcasting; + of two shapes or lists joins them"},
    {"* / // % @", "a * b, a / b, a // b, a % b, a @ b",
     "product, quotient, rounded quotient, remainder and matrix product; // and % round towards minus infinity: 7 // 2 is 3, "
     "-7 // 2 is -4"},
    {"+ -", "+a, -a", "the sign"},
    {"**", "a ** b", "a power; groups to the right and binds tighter than a sign before it: -x ** 2 is -(x ** 2)"},
};
const size_t lng_operator_row_count = COUNT(lng_operator_rows);
