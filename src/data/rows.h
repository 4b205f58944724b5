/* An array in a file, in IDX or NPY: its header, then its examples, some at a time. */
#ifndef LNG_DATA_ROWS_H
#define LNG_DATA_ROWS_H
#include "data/stream.h"

typedef struct lng_rows {
    lng_stream *stream; /* the caller's */
    lng_array head;     /* type, shape, and how many examples; without elements */
    int width;          /* bytes of an element in the file; what is wider than the array's elements must fit in them */
    bool big_endian;
    uint64_t start; /* byte of the first element */
    int64_t done;   /* examples that were read */
} lng_rows;

/* Reads the header, and compares what it promises with the size of the file, before memory is allocated. */
bool lng_idx_open(lng_rows *, lng_stream *, lng_failure *);
/* wanted: NULL if the first dimension counts examples; otherwise the array may be one example of this shape. */
bool lng_npy_open(lng_rows *, lng_stream *, const lng_shape *wanted, lng_failure *);
/* The elements begin here, at the byte `start`; the byte `at` promised them. */
bool lng_rows_begin(lng_rows *, uint64_t start, uint64_t at, lng_failure *);
/* The next n examples, which must be there, as an array of their own. The end of the file is checked with its last example. */
bool lng_rows_read(lng_rows *, int64_t n, lng_array *, lng_failure *);
#endif
