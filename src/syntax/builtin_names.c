/* The tables of words and operators. */
#include "syntax/builtin_names.h"
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

const lng_builtin_name lng_builtin_names[] = {
    {"it", "it", .about = "the value so far, in a chain; at its start the only port"},
    {"training", "training",
     .about =
         "true in training, false in evaluation: a condition on it is decided before anything runs, and it is the only way to tell the "
         "two apart"},
    {"step", "step", .about = "how many training steps have been done, from 0"},
    {"epoch", "epoch", .about = "how many passes over the training set have been done, from 0"},
    {"progress", "progress", .about = "how far the training is: 0 at the first step, towards 1 at the last"},
    {"batch_size", "batch_size", .about = "how many examples this batch has"},
    {"pi", "pi", .about = "the number 3.14159..."},
    {"new", "new.NAME", .about = "in `update`: the new value of a state or of `param`, while NAME alone is the old one"},
    {"size", "size(x)", .about = "the number of elements of a value or shape", .function = true},
    {"rank", "rank(x)", .about = "the number of dimensions of a value or shape", .function = true},
    {"split", "split(x, parts=n)", .about = "n equal parts of the last dimension, as several values: `a, b: split(x, parts=2)`",
     .function = true},
    {"grad", "grad(u, x)", .about = "the gradient of the scalar u with respect to x", .function = true, .not_yet = true},
};
const size_t lng_builtin_name_count = COUNT(lng_builtin_names);

const lng_builtin_name *lng_builtin_name_find(const char *name)
{
    for (size_t i = 0; i < lng_builtin_name_count; i++)
        if (strcmp(lng_builtin_names[i].name, name) == 0)
            return &lng_builtin_names[i];
    return NULL;
}

bool lng_is_reserved(const char *name)
{
    const lng_builtin_name *found = lng_builtin_name_find(name);
    return found && !found->function;
}

bool lng_is_builtin(const char *name)
{
    const lng_builtin_name *found = lng_builtin_name_find(name);
    return found && found->function;
}

const lng_operators lng_operator_rows[] = {
    {"if else", "a if c else b",
     "a choice. When c is known before training, the other branch is never looked at; else an element of a where c is not 0, of b "
     "elsewhere"},
    {"or", "a or b", "of conditions known before training, or of values that are 0 or 1"},
    {"and", "a and b", "the same"},
    {"not", "not a", "the same"},
    {"== != < <= > >=", "a == b, a != b, a < b, a <= b, a > b, a >= b",
     "true or false of what is known before training, 0 or 1 of values; chains such as `0 < x < 1`. Words, shapes and truths have == "
     "and != alone"},
    {"+ -", "a + b, a - b", "element by element, the shapes broadcast; + of two shapes joins them"},
    {"* / // % @", "a * b, a / b, a // b, a % b, a @ b",
     "// and % round towards minus infinity: 7 // 2 is 3, -7 // 2 is -4; @ is the matrix product"},
    {"+ -", "+a, -a", "the sign"},
    {"**", "a ** b", "a power; groups to the right, and binds tighter than a sign before it: -x ** 2 is -(x ** 2)"},
};
const size_t lng_operator_row_count = COUNT(lng_operator_rows);
