/* Files that hold all fields of a part: archives and tables. */
#ifndef LNG_DATA_TABLE_H
#define LNG_DATA_TABLE_H
#include "data/format.h"
#include "data/stream.h"

#define LNG_TABLE_BYTES ((uint64_t)2 << 30) /* of a file */

/* How such a file is read: a row of the table of formats. `head` is filled in for each field: type, shape, and how many examples; -1: not
 * known before the end. */
struct lng_table {
    void *(*open)(lng_stream *, const lng_load *, lng_array *head, lng_failure *); /* NULL after a failure */
    /* The next examples, at most `most`, as an array for each field; fewer only at the end, which is checked. -1 after a failure. */
    int64_t (*next)(void *, int64_t most, lng_array *, lng_failure *);
    void (*free)(void *);
    /* Of a table in text: row i of those that were read last, if the load keeps the text; -1: the head. NULL: there is no text. */
    const char *(*text)(void *, int64_t i, size_t *length);
    lng_table_form (*form)(void *);
};

/* The format, with fields, of a file that begins like this; NULL: there is none. */
const lng_data_format *lng_table_format(const unsigned char *at, size_t n);

/* ---- what the rows are made of ---- */
extern const lng_table lng_npz_table, lng_csv_table;
bool lng_table_load(lng_load *, lng_failure *);
bool lng_table_verify(const char *path, const char *sha256, lng_failure *);
int64_t lng_csv_line(const lng_load *, int64_t example);
bool lng_csv_recognise(const unsigned char *at, size_t n);
#endif
