/* Text that is safe to show: control and direction-changing characters, and bytes that are not UTF-8, are spelled out. */
#ifndef LNG_BASE_PRINTABLE_H
#define LNG_BASE_PRINTABLE_H
#include <stddef.h>

/* A character as it is shown: at most 10 bytes and NUL. */
typedef struct lng_cell {
    char text[12];
    int bytes, columns;
    size_t taken; /* bytes of the source */
} lng_cell;
lng_cell lng_cell_at(const char *, size_t n);

/* Copies a text in printable form; returns the length. It ends in "..." if it does not fit. */
int lng_printable(char *out, size_t size, const char *text);
#endif
