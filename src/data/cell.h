/* What a cell of a table says. */
#ifndef LNG_DATA_CELL_H
#define LNG_DATA_CELL_H
#include <stdbool.h>
#include <stddef.h>

bool lng_cell_number(const char *, size_t n, bool comma, double *); /* finite, within floats; comma: the decimal point is one */
bool lng_cell_number_of_any_form(const char *, size_t n, bool comma, double *); /* slowly */
bool lng_cell_date(const char *, size_t n, double *days); /* 2026-11-26 or 26.11.2026, or with a time: since 1970-01-01 */
const char *lng_date_text(char buffer[16], double days);  /* "2026-11-26" */
bool lng_cell_is_missing(const char *, size_t n);         /* empty, or a word for it, such as NA */
#endif
