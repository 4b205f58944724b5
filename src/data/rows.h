/* An array in a file, in IDX or NPY: its header, then its examples, some at a time. */
#ifndef LNG_DATA_ROWS_H
#define LNG_DATA_ROWS_H
#include "data/stream.h"

typedef struct lng_rows {
    lng_stream *stream; /* the caller's */
    lng_array head;     /* type, shape, and how many examples; without elements */
    int width;          /* bytes of an element in the file; what is wider than the array's elements must fit in them */
    enum { LNG_RAW_UNSIGNED, LNG_RAW_SIGNED, LNG_RAW_FLOAT, LNG_RAW_BOOL } raw; /* what they are */
    bool big_endian;
    bool fortran;         /* the first dimension varies fastest */
    bool one;             /* the whole array is one example: the first dimension is of the shape */
    unsigned char *whole; /* of an array in Fortran order, once it is read: a block */
    uint64_t start;       /* byte of the first element */
    int64_t done;         /* examples that were read */
} lng_rows;

/* Reads the header, and compares what it promises with the size of the file, before memory is allocated. */
bool lng_idx_open(lng_rows *, lng_stream *, lng_failure *);
/* wanted: NULL if the first dimension counts examples; otherwise the array may be one example of this shape. */
bool lng_npy_open(lng_rows *, lng_stream *, const lng_shape *wanted, lng_failure *);
void lng_rows_free(lng_rows *);
/* The elements begin here, at the byte `start`; the byte `at` promised them. */
bool lng_rows_begin(lng_rows *, uint64_t start, uint64_t at, lng_failure *);
/* The next n examples, which must be there, as an array of their own. The end of the file is checked with its last example. */
bool lng_rows_read(lng_rows *, int64_t n, lng_array *, lng_failure *);
/* Reads all that are left, some at a time, and forgets them. */
bool lng_rows_verify(lng_rows *, lng_failure *);
/* All examples, mapped from the file at `path`, whose pages are read as they are needed; the array's `at` is NULL if they cannot be taken as
 * they are. digest: the stream checks one. false after a failure. */
bool lng_rows_map(lng_rows *, const char *path, bool digest, lng_array *, lng_failure *);
#endif
