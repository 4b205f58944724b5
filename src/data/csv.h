/* The rows of a table in text, as RFC 4180 has it, one at a time. Lines end with LF or CRLF, the last one perhaps with nothing; a byte order
 * mark at the beginning is skipped. */
#ifndef LNG_DATA_CSV_H
#define LNG_DATA_CSV_H
#include "data/spec.h"
#include "data/stream.h"

typedef struct lng_cell { /* without its quotes and the blanks around it */
    const char *at;
    size_t length;
    bool quoted;
} lng_cell;

typedef struct lng_csv {
    lng_stream *stream; /* the caller's */
    char separator;
    lng_cell *cell; /* of the present row; valid until the next one */
    size_t cells, cell_room;
    int64_t line;    /* where the row begins, from 1 */
    const char *row; /* its text, without the line end */
    size_t row_length;
    bool crlf;      /* it ended so */
    uint64_t taken; /* bytes up to its end */
    /* ---- private ---- */
    char *text, *plain; /* read, but not given; cells whose quotes were doubled */
    size_t room, next, end, plain_used;
    int64_t lines; /* line ends within the row */
    bool ended;
    const char *block; /* of the text after the row, up to where it has been searched; NULL: it has not */
    uint64_t marks;    /* what was found */
    bool strange;
} lng_csv;

bool lng_csv_begin(lng_csv *, lng_stream *, const lng_table_style *, lng_failure *);
bool lng_csv_row(lng_csv *, lng_failure *); /* false at the end, which is intact, or after a failure */
void lng_csv_end(lng_csv *);
/* Fails at a cell of the row, counted from 0. Always false. */
bool lng_csv_fail(const lng_csv *, size_t cell, lng_failure *, const char *format, ...) __attribute__((format(printf, 4, 5)));
#endif
