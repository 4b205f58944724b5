/* A data file as a stream of bytes: inflated if it is gzip, hashed while it is read, checked at its end. */
#ifndef LNG_DATA_STREAM_H
#define LNG_DATA_STREAM_H
#include "data/array.h"

typedef struct lng_stream lng_stream;
lng_stream *lng_stream_open(const char *path, const char *sha256, lng_failure *); /* a regular file; NULL after a failure */
lng_stream *lng_stream_input(lng_failure *);                                      /* standard input, of whatever kind */
/* A member of an archive: where its bytes are in the file, and what they become. */
typedef struct lng_member {
    uint64_t at, stored, size; /* first byte; bytes in the file, and of the content */
    uint32_t crc;              /* of the content */
    bool deflated;
} lng_member;
lng_stream *lng_stream_member(int fd, const lng_member *, lng_failure *); /* both are the caller's, and outlive it */
void lng_stream_free(lng_stream *);
/* The first bytes of the content, at most LNG_HEAD of them; they can still be read. */
#define LNG_HEAD 512
const unsigned char *lng_stream_head(const lng_stream *, size_t *n);
/* Reads exactly n bytes; false after a failure, such as an earlier end. */
bool lng_stream_read(lng_stream *, void *to, size_t n, lng_failure *);
/* Reads at most n bytes; fewer only at the end of the content. */
bool lng_stream_some(lng_stream *, void *to, size_t n, size_t *got, lng_failure *);
/* The rest of the content, at most `limit` bytes, as a block; NULL after a failure. */
unsigned char *lng_stream_rest(lng_stream *, size_t limit, size_t *n, lng_failure *);
/* Checks that the content ends here, with an intact trailer and the expected digest. */
bool lng_stream_finish(lng_stream *, lng_failure *);
/* Reads a file of at most `limit` bytes of content, and checks its end. */
bool lng_stream_verify(const char *path, const char *sha256, uint64_t limit, lng_failure *);
/* The whole content as a file that can be read at any place: the file itself, or a temporary one without a name. Its descriptor; -1 after a
 * failure, such as a content of more than `limit` bytes. */
int lng_stream_file(lng_stream *, uint64_t limit, uint64_t *size, lng_failure *);
#define LNG_DEFLATE_RATIO 1032u               /* the most that deflate can expand: 2 bits to 258 bytes */
uint64_t lng_stream_most(const lng_stream *); /* a file of this size cannot hold more bytes; UINT64_MAX: its size is unknown */
uint64_t
lng_stream_about(const lng_stream *); /* how large the content seems to be; of gzip, as its end says, which may lie; 0: unknown */
bool lng_stream_exact(const lng_stream *); /* nor fewer, as it is not compressed */

#endif
