/* Loops of `let`: what is carried from turn to turn, over the rows of a value. */
#ifndef LNG_SYNTAX_SCAN_H
#define LNG_SYNTAX_SCAN_H
#include "syntax/expression.h"
#include "syntax/sections.h"

bool lng_is_scan(const lng_doc *);
/* NULL after an error. carry: the names of the let; row: those of `as`. */
lng_expr *lng_scan_read(lng_arena *, const lng_doc *, const char **carry, size_t carries, const char **row, size_t rows,
                        lng_errors *);
#endif
