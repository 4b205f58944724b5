/* Data files as streams: opened without trusting the path, inflated if gzip, hashed while they are read, checked at the end.
 *
 * A gzip file is one member (RFC 1952). A second member, or anything else after the first one's trailer, is refused: no data set
 * needs it, and a file that was overwritten looks like this. inflate() compares the trailer's CRC and length only on its way to
 * Z_STREAM_END, which the last byte of the payload does not reach: so finishing asks for one byte more. */
#include "config.h"
#include "data/stream.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define CHUNK (1u << 16) /* read and hashed at a time, so that bytes are hashed while they are in the cache */

struct lng_stream {
    int fd;
    uint64_t size; /* of the file; of the content of a member */
    uint64_t in;   /* bytes read from it */
    uint64_t out;  /* bytes of content given */
    bool deflated, inflating, ended;
    bool endless;             /* its size is unknown */
    const lng_member *member; /* NULL: the whole file */
    uint32_t crc;             /* of the content of a member, so far */
    const char *sha256;
    lng_sha256 hash;
    z_stream z;
    unsigned char head[LNG_HEAD]; /* of the content */
    size_t headed;                /* bytes in it */
    unsigned char chunk[CHUNK];
};

/* Members of one file are read side by side. */
static ssize_t read_some(lng_stream *s, size_t have)
{
    const lng_member *m = s->member;
    if (!m)
        return read(s->fd, s->chunk + have, CHUNK - have);
    const uint64_t done = s->in + have, left = m->stored - done, room = CHUNK - have;
    return left ? pread(s->fd, s->chunk + have, (size_t)(left < room ? left : room), (off_t)(m->at + done)) : 0;
}

/* Reads the next chunk if nothing is left of the last one; at the end of the file, nothing is left. */
static bool refill(lng_stream *s, lng_failure *failure)
{
    size_t have = 0;
    while (!s->z.avail_in && have < CHUNK && s->fd >= 0) {
        ssize_t n = read_some(s, have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return lng_fail(failure, LNG_E_IO, "cannot read: %s", strerror(errno));
        if (n == 0)
            break;
        have += (size_t)n;
    }
    if (have) {
        s->z.next_in = s->chunk;
        s->z.avail_in = (uInt)have;
        s->in += have;
    }
    return true;
}

/* O_NONBLOCK: opening a FIFO must not hang. */
static bool open_regular(lng_stream *s, const char *path, lng_failure *failure)
{
    struct stat status;
    s->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (s->fd < 0 || fstat(s->fd, &status))
        return lng_fail(failure, LNG_E_IO, "cannot open: %s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return lng_fail(failure, LNG_E_NOT_A_FILE, "not a regular file");
    s->size = (uint64_t)status.st_size;
    return true;
}

void lng_stream_free(lng_stream *s)
{
    if (!s)
        return;
    if (s->inflating)
        inflateEnd(&s->z);
    if (s->fd >= 0 && !s->member)
        close(s->fd);
    lng_block_free(s);
}

uint64_t lng_stream_most(const lng_stream *s)
{
    if (s->endless)
        return UINT64_MAX;
    return lng_stream_exact(s) ? s->size : s->size > UINT64_MAX / LNG_DEFLATE_RATIO ? UINT64_MAX : s->size * LNG_DEFLATE_RATIO;
}

bool lng_stream_exact(const lng_stream *s)
{
    return s->member || (!s->deflated && !s->endless);
}

/* The last four bytes of gzip are the size modulo 2^32. */
uint64_t lng_stream_about(const lng_stream *s)
{
    unsigned char end[4];
    if (lng_stream_exact(s) || s->endless)
        return s->endless ? 0 : s->size;
    if (s->size < sizeof end || pread(s->fd, end, sizeof end, (off_t)(s->size - sizeof end)) != sizeof end)
        return 0;
    const uint64_t size = lng_little_endian(end, 4);
    return size <= lng_stream_most(s) ? size : 0;
}

static uint64_t file_offset(const lng_stream *s)
{
    return s->in - s->z.avail_in;
}

static const char *method(const lng_stream *s)
{
    return s->member ? "deflate" : "gzip";
}

static bool damaged(lng_stream *s, lng_failure *failure)
{
    return lng_fail(failure, LNG_E_DATA, "byte %llu: damaged %s data: %s", (unsigned long long)file_offset(s), method(s),
                    s->z.msg ? s->z.msg : "not a deflate stream");
}

/* Inflates up to n bytes: fewer only at the end of the member. */
static bool pull_deflated(lng_stream *s, unsigned char *to, size_t n, size_t *got, lng_failure *failure)
{
    s->z.next_out = to;
    s->z.avail_out = (uInt)n;
    while (s->z.avail_out && !s->ended) {
        if (!refill(s, failure))
            return false;
        if (!s->z.avail_in)
            return lng_fail(failure, LNG_E_DATA, "byte %llu: the file ends inside its %s data", (unsigned long long)file_offset(s),
                            method(s));
        int status = inflate(&s->z, Z_NO_FLUSH);
        if (status == Z_MEM_ERROR)
            return lng_fail(failure, LNG_E_MEMORY, "out of memory");
        if (status != Z_OK && status != Z_STREAM_END)
            return damaged(s, failure);
        s->ended = status == Z_STREAM_END;
    }
    *got = n - s->z.avail_out;
    return true;
}

static bool pull_plain(lng_stream *s, unsigned char *to, size_t n, size_t *got, lng_failure *failure)
{
    for (*got = 0; *got < n;) {
        if (!refill(s, failure))
            return false;
        size_t part = s->z.avail_in < n - *got ? s->z.avail_in : n - *got;
        if (part == 0)
            break;
        memcpy(to + *got, s->z.next_in, part);
        s->z.next_in += part;
        s->z.avail_in -= (uInt)part;
        *got += part;
    }
    return true;
}

/* Fewer than n bytes only at the end of the content. */
static bool pull(lng_stream *s, unsigned char *to, size_t n, size_t *got, lng_failure *failure)
{
    if (!(s->deflated ? pull_deflated : pull_plain)(s, to, n, got, failure))
        return false;
    if (s->sha256)
        lng_sha256_add(&s->hash, to, *got);
    if (s->member)
        s->crc = (uint32_t)crc32(s->crc, to, (uInt)*got);
    return true;
}

static bool begin(lng_stream *s, lng_failure *failure)
{
    const bool gzip = s->z.avail_in >= 2 && s->z.next_in[0] == 0x1f && s->z.next_in[1] == 0x8b;
    s->deflated = s->member ? s->member->deflated : gzip;
    if (s->deflated && inflateInit2(&s->z, s->member ? -MAX_WBITS : 16 + MAX_WBITS) != Z_OK)
        return lng_fail(failure, LNG_E_MEMORY, "out of memory");
    s->inflating = s->deflated;
    lng_sha256_begin(&s->hash);
    return pull(s, s->head, sizeof s->head, &s->headed, failure);
}

static lng_stream *new_stream(lng_failure *failure)
{
    lng_stream *s = lng_block_new(sizeof *s);
    if (s)
        s->fd = -1;
    else
        lng_fail(failure, LNG_E_MEMORY, "out of memory");
    return s;
}

lng_stream *lng_stream_open(const char *path, const char *sha256, lng_failure *failure)
{
    lng_stream *s = new_stream(failure);
    if (!s)
        return NULL;
    s->sha256 = sha256;
    if (open_regular(s, path, failure) && refill(s, failure) && begin(s, failure))
        return s;
    lng_stream_free(s);
    return NULL;
}

lng_stream *lng_stream_input(lng_failure *failure)
{
    lng_stream *s = new_stream(failure);
    if (!s)
        return NULL;
    s->endless = true;
    s->fd = dup(STDIN_FILENO);
    if (s->fd < 0)
        lng_fail(failure, LNG_E_IO, "cannot open: %s", strerror(errno));
    else if (refill(s, failure) && begin(s, failure))
        return s;
    lng_stream_free(s);
    return NULL;
}

lng_stream *lng_stream_member(int fd, const lng_member *member, lng_failure *failure)
{
    lng_stream *s = new_stream(failure);
    if (!s)
        return NULL;
    s->fd = fd;
    s->member = member;
    s->size = member->size;
    if (member->deflated ? member->size / LNG_DEFLATE_RATIO > member->stored : member->size != member->stored)
        lng_fail(failure, LNG_E_DATA, "%llu bytes cannot hold %llu", (unsigned long long)member->stored,
                 (unsigned long long)member->size);
    else if (refill(s, failure) && begin(s, failure))
        return s;
    lng_stream_free(s);
    return NULL;
}

const unsigned char *lng_stream_head(const lng_stream *s, size_t *n)
{
    *n = s->headed;
    return s->head;
}

bool lng_stream_some(lng_stream *s, void *to, size_t n, size_t *got, lng_failure *failure)
{
    /* the rest of the head, then what follows it */
    size_t left = s->out < s->headed ? s->headed - (size_t)s->out : 0, part = left < n ? left : n, rest = 0;
    memcpy(to, s->head + s->headed - left, part);
    if (part < n && !pull(s, (unsigned char *)to + part, n - part, &rest, failure))
        return false;
    *got = part + rest;
    s->out += *got;
    return true;
}

bool lng_stream_read(lng_stream *s, void *to, size_t n, lng_failure *failure)
{
    unsigned char *at = to;
    while (n) {
        size_t part = n < CHUNK ? n : CHUNK, got;
        if (!lng_stream_some(s, at, part, &got, failure))
            return false;
        if (got < part)
            return lng_fail(failure, LNG_E_DATA, "byte %llu: the %s ends %zu byte%s early", (unsigned long long)s->out,
                            s->deflated ? "uncompressed content" : "file", n - got, n - got == 1 ? "" : "s");
        at += part;
        n -= part;
    }
    return true;
}

/* A block of twice the size replaces the old one. */
static unsigned char *grow(unsigned char *old, size_t n, size_t *room)
{
    *room = *room ? 2 * *room : CHUNK;
    unsigned char *new = lng_block_grow(old, n, *room);
    if (!new)
        lng_block_free(old);
    return new;
}

unsigned char *lng_stream_rest(lng_stream *s, size_t limit, size_t *n, lng_failure *failure)
{
    size_t room = 0, got = 1;
    unsigned char *bytes = NULL;
    for (*n = 0; got; *n += got) {
        if (*n == room && !(bytes = grow(bytes, *n, &room))) {
            lng_fail(failure, LNG_E_MEMORY, "out of memory");
            return NULL;
        }
        if (*n > limit)
            lng_fail(failure, LNG_E_LIMIT, "the file is larger than %llu bytes", (unsigned long long)limit);
        if (*n > limit || !lng_stream_some(s, bytes + *n, room - *n, &got, failure)) {
            lng_block_free(bytes);
            return NULL;
        }
    }
    return bytes;
}

static bool check_digest(lng_stream *s, lng_failure *failure)
{
    char hex[65];
    if (!s->sha256)
        return true;
    lng_sha256_end(&s->hash, hex);
    if (!strcmp(hex, s->sha256))
        return true;
    return lng_fail(failure, LNG_E_DATA, "byte 0: the content's SHA-256 is %s, expected %s", hex, s->sha256);
}

bool lng_stream_finish(lng_stream *s, lng_failure *failure)
{
    unsigned char more;
    uint64_t end = s->out;
    size_t got;
    if (!lng_stream_some(s, &more, 1, &got, failure))
        return false;
    if (got)
        return lng_fail(failure, LNG_E_DATA, "byte %llu: the %s goes on, but should end here", (unsigned long long)end,
                        s->deflated ? "uncompressed content" : "file");
    if (!refill(s, failure))
        return false;
    if (s->deflated && s->z.avail_in)
        return lng_fail(failure, LNG_E_DATA, "byte %llu: bytes follow the end of the %s data%s", (unsigned long long)file_offset(s),
                        method(s), s->member ? "" : " (only one member is read)");
    if (s->member && s->crc != s->member->crc)
        return lng_fail(failure, LNG_E_DATA, "damaged: the content and its checksum differ");
    return check_digest(s, failure);
}

/* ---- content that can be read at any place ---- */
static bool write_all(int fd, const unsigned char *at, size_t n, lng_failure *failure)
{
    while (n) {
        const ssize_t done = write(fd, at, n);
        if (done < 0 && errno != EINTR)
            return lng_fail(failure, LNG_E_IO, "cannot write a temporary file: %s", strerror(errno));
        at += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

/* Reads all; writes it unless fd is -1. */
static bool drain(lng_stream *s, int fd, uint64_t limit, lng_failure *failure)
{
    unsigned char bytes[1 << 14];
    size_t got = 1;
    while (got) {
        if (!lng_stream_some(s, bytes, sizeof bytes, &got, failure) || (fd >= 0 && !write_all(fd, bytes, got, failure)))
            return false;
        if (s->out > limit)
            return lng_fail(failure, LNG_E_LIMIT, "the file is larger than %llu bytes", (unsigned long long)limit);
    }
    return lng_stream_finish(s, failure);
}

bool lng_stream_verify(const char *path, const char *sha256, uint64_t limit, lng_failure *failure)
{
    lng_stream *s = lng_stream_open(path, sha256, failure);
    const bool intact = s && drain(s, -1, limit, failure);
    lng_stream_free(s);
    return intact;
}

static int temporary(lng_failure *failure)
{
    FILE *file = tmpfile();
    const int fd = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 0) : -1;
    if (fd < 0) {
        lng_fail(failure, LNG_E_IO, "cannot make a temporary file for its content: %s", strerror(errno));
        lng_fail_hint(failure, "unpack it before, with gzip -d");
    }
    if (file)
        fclose(file);
    return fd;
}

int lng_stream_file(lng_stream *s, uint64_t limit, uint64_t *size, lng_failure *failure)
{
    const bool plain = lng_stream_exact(s), unread = plain && !s->sha256;
    const int fd = plain ? fcntl(s->fd, F_DUPFD_CLOEXEC, 0) : temporary(failure);
    if (fd < 0)
        lng_fail(failure, LNG_E_IO, "cannot open: %s", strerror(errno));
    if (fd >= 0 && (unread || drain(s, plain ? -1 : fd, limit, failure))) {
        *size = plain ? s->size : s->out;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}
