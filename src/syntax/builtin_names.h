/* The words of expressions that are neither blocks nor ops, names known everywhere and built-in functions; and the operators. The
 * reserved words, suggestions, `lngraph doc` and lngraph-model(5) come from these tables. */
#ifndef LNG_SYNTAX_BUILTIN_NAMES_H
#define LNG_SYNTAX_BUILTIN_NAMES_H
#include <stdbool.h>
#include <stddef.h>

typedef struct lng_builtin_name {
    const char *name;
    const char *form; /* as it is written: "split(x, parts=n)" */
    const char *about;
    bool function; /* else a value */
} lng_builtin_name;
extern const lng_builtin_name lng_builtin_names[];
extern const size_t lng_builtin_name_count;
bool lng_is_reserved(const char *name); /* a value's: it, training, step... No block may define it */
bool lng_is_builtin(const char *name);  /* a function's */

/* Operators of the same precedence, from the loosest to the tightest. */
typedef struct lng_operators {
    const char *signs; /* separated by spaces: "+ -" */
    const char *form;  /* "a + b, a - b" */
    const char *about;
} lng_operators;
extern const lng_operators lng_operator_rows[];
extern const size_t lng_operator_row_count;
#endif
