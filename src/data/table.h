/* Files that hold all fields of a part: archives and tables. */
#ifndef LNG_DATA_TABLE_H
#define LNG_DATA_TABLE_H
#include "data/format.h"
#include "data/stream.h"

#define LNG_TABLE_BYTES ((size_t)2 << 30) /* of a file */

/* The whole content, checked at its end: a block; NULL after a failure. */
unsigned char *lng_table_bytes(lng_stream *, size_t *n, lng_failure *);
/* The format, with fields, of a file that begins like this; NULL: there is none. */
const lng_data_format *lng_table_format(const unsigned char *at, size_t n);
/* Reads the fields; frees the arrays after a failure. */
bool lng_table_read(lng_stream *, const lng_load *, lng_failure *);

/* ---- what the rows are made of ---- */
bool lng_table_load(const lng_load *, lng_failure *);
bool lng_table_verify(const char *path, const char *sha256, lng_failure *);
bool lng_npz_read(lng_stream *, const lng_load *, lng_failure *);
bool lng_csv_read(lng_stream *, const lng_load *, lng_failure *);
int64_t lng_csv_line(const lng_load *, int64_t example);
bool lng_csv_recognise(const unsigned char *at, size_t n);
#endif
