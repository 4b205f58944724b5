/* The parts of reading a table: columns.c reads rows, columns_head.c finds the columns of fields, columns_cell.c reads cells. Not for other files. */
#ifndef LNG_DATA_COLUMNS_H
#define LNG_DATA_COLUMNS_H
#include "data/csv.h"
#include "data/table.h"
#include "data/vocabulary.h"

/* A number of a field, and the column that it comes from. Several fields may read a column. */
typedef struct lng_table_number {
    size_t column, field;
    int64_t element;
    const lng_column_spec *spec; /* of the field; NULL: it has none */
    enum { LNG_TO_FLOAT, LNG_TO_DOUBLE, LNG_TO_WORD, LNG_TO_INTEGER, LNG_TO_TEXT, LNG_TO_IMAGE } kind;
    void *to; /* this number of the first example; those of the others are `stride` elements apart */
    int64_t stride;
    bool date; /* instead of a number */
} lng_table_number;

typedef struct lng_table_reader {
    const lng_load *load;
    lng_csv csv;
    char point;        /* of decimals */
    const char **name; /* of each column: a block */
    char *names;       /* their text: a block */
    size_t columns;
    lng_table_number *source; /* in the order of the columns: a block */
    size_t sources;
    lng_vocabulary **words; /* of each field that holds names, the known ones; NULL: it holds none, or they are learned: a block */
    bool drops;             /* some field leaves out rows */
    bool has_rows;          /* one was read */
    bool crlf;              /* the head's line end */
    int64_t ragged;         /* rows with another number of cells than the head */
    bool pending;           /* the first row is read, but not given */
    char *kept;             /* the text of the head and of the rows that were read last: a block */
    size_t kept_used, kept_room, head_length;
    size_t *row_end; /* of each row, in it: a block */
    int64_t row_room;
    lng_failure *failure;
} lng_table_reader;

/* Of the field's numbers as they are read. What is scaled is rounded to floats only then: dates and times are large, and their
 * differences small. */
lng_array lng_table_array(const lng_data_field *);

/* ---- the head ---- */
/* The names of the columns: the cells of the row that was read, or 1, 2, .... */
bool lng_table_names(lng_table_reader *);
/* Which columns the fields have; errors name what is missing. */
bool lng_table_numbers(lng_table_reader *);
/* The names that a description gives; others are learned, if the load has room for them. */
bool lng_table_words(lng_table_reader *);

/* ---- the row that was read ---- */
/* Whether a field leaves out the row, because a cell is missing; prediction, which keeps the text, leaves out none. */
bool lng_table_drops(const lng_table_reader *);
/* Its numbers become those of an example; false after errors. */
bool lng_table_store(const lng_table_reader *, int64_t row);

#endif
