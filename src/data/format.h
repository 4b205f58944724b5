/* What a format gives to source.c. Several files load at the same time, so a loader records at most one failure of its own instead
 * of touching the list of errors, which belongs to one thread. */
#ifndef LNG_DATA_FORMAT_H
#define LNG_DATA_FORMAT_H
#include "data/data.h"

typedef struct lng_failure {
    lng_code code; /* LNG_E_NONE: none */
    char text[400];
} lng_failure;
/* Fills in the first failure; later ones are consequences. Always false. */
bool lng_fail(lng_failure *, lng_code, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool lng_array_new(lng_array *, int64_t count, lng_failure *); /* type and shape are set; gives count and memory */
int lng_array_width(const lng_array *);                        /* bytes of an element */
bool lng_array_widen(lng_array *, lng_failure *);              /* u8 to i32, in place of it */

/* A regular file as a stream of bytes, inflated when it is gzip. */
typedef struct lng_stream lng_stream;
lng_stream *lng_stream_open(const char *path, const char *sha256, lng_failure *); /* NULL after a failure */
lng_stream *lng_stream_of(const unsigned char *bytes, size_t n, lng_failure *);   /* the same of a file in memory */
/* Reads exactly n bytes; false after a failure, also when the content ends before. */
bool lng_stream_read(lng_stream *, void *to, size_t n, lng_failure *);
/* The content must end here: no byte more, an intact trailer, the digest that was asked for. */
bool lng_stream_finish(lng_stream *, lng_failure *);
uint64_t lng_stream_most(const lng_stream *); /* no more bytes than this can come out of a file of this size */
bool lng_stream_exact(const lng_stream *);    /* and not less either: the file is not compressed */
void lng_stream_free(lng_stream *);

bool lng_idx_load(const char *path, size_t bytes_limit, const char *sha256, lng_array *, lng_failure *);
bool lng_idx_parse(const unsigned char *at, size_t n, lng_array *, lng_failure *);
int64_t lng_idx_offset(const lng_array *, int64_t example); /* where an example stands in the (uncompressed) file */

/* Images in memory (image.h). */
bool lng_pgm_parse(const unsigned char *at, size_t n, lng_array *, lng_failure *); /* at least two bytes */
bool lng_npy_parse(const unsigned char *at, size_t n, lng_shape wanted, lng_array *, lng_failure *);
bool lng_png_parse(const unsigned char *at, size_t n, lng_array *, lng_failure *);

/* The built-in digits: the images [28, 28] as u8 and the labels as i32 of one part (0: train, 1: test). */
#define LNG_DIGITS_TRAIN 60000
#define LNG_DIGITS_TEST  10000
bool lng_digits_make(int part, lng_team *, lng_array *image, lng_array *label, lng_failure *);

#endif
