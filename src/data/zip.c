/* ZIP archives: the directory at the end lists the members. Each has a header of its own, too, which must say the same, or programs that
 * read one or the other would see different archives. */
#include "config.h"
#include "data/zip.h"
#include "base/arena.h"
#include "base/file.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { LOCAL = 30, ENTRY = 46, END = 22, MOST_COMMENT = 0xffff };
#define MOST_DIRECTORY ((uint64_t)64 << 20)

static uint32_t word(const unsigned char *at)
{
    return (uint32_t)lng_little_endian(at, 4);
}

static unsigned half(const unsigned char *at)
{
    return (unsigned)lng_little_endian(at, 2);
}

static bool has_mark(const unsigned char *at, int third, int fourth)
{
    return at[0] == 'P' && at[1] == 'K' && at[2] == third && at[3] == fourth;
}

bool lng_zip_recognise(const unsigned char *at, size_t n)
{
    return n >= 4 && (has_mark(at, 3, 4) || has_mark(at, 5, 6));
}

static bool damaged(lng_failure *failure, uint64_t offset, const char *what)
{
    return lng_fail(failure, LNG_E_DATA, "byte %llu: a damaged ZIP archive: %s", (unsigned long long)offset, what);
}

static bool read_at(int fd, uint64_t at, unsigned char *to, size_t n, lng_failure *failure)
{
    const size_t got = lng_file_read_at(fd, at, to, n);
    if (got < n && errno)
        return lng_fail(failure, LNG_E_IO, "cannot read: %s", strerror(errno));
    return got == n || damaged(failure, at + got, "it ends early");
}

static unsigned char *read_block(int fd, uint64_t at, size_t n, lng_failure *failure)
{
    unsigned char *bytes = lng_block_new(n ? n : 1);
    if (bytes && read_at(fd, at, bytes, n, failure))
        return bytes;
    lng_fail(failure, LNG_E_MEMORY, "out of memory"); /* unless reading failed */
    lng_block_free(bytes);
    return NULL;
}

/* ---- the directory ---- */
static bool open_directory(lng_zip *zip, const unsigned char *mark, uint64_t end, lng_failure *failure)
{
    const uint64_t length = word(mark + 12), start = word(mark + 16);
    zip->left = half(mark + 10);
    if (start == UINT32_MAX || zip->left == 0xffff)
        return lng_fail(failure, LNG_E_LIMIT, "byte %llu: a ZIP archive of 4 GiB or more, or of 65,535 files or more",
                        (unsigned long long)end);
    if (start > end || length != end - start)
        return damaged(failure, end, "its directory does not end here");
    if (length > MOST_DIRECTORY)
        return lng_fail(failure, LNG_E_LIMIT, "byte %llu: a directory of more than 64 MiB", (unsigned long long)start);
    zip->start = start;
    zip->length = (size_t)length;
    zip->directory = read_block(zip->fd, start, zip->length, failure);
    return zip->directory;
}

/* Where the record at the end begins, within the tail of the archive: only a comment follows it. n: there is none. */
static size_t find_end(const unsigned char *tail, size_t n)
{
    for (size_t i = n < END ? 0 : n - END + 1; i-- > 0;)
        if (has_mark(tail + i, 5, 6) && half(tail + i + 20) == n - i - END)
            return i;
    return n;
}

bool lng_zip_open(lng_zip *zip, int fd, uint64_t size, lng_failure *failure)
{
    const size_t n = size < END + MOST_COMMENT ? (size_t)size : END + MOST_COMMENT;
    unsigned char *tail = read_block(fd, size - n, n, failure);
    *zip = (lng_zip){.fd = fd};
    if (!tail)
        return false;
    const size_t end = find_end(tail, n);
    const bool done = end < n ? open_directory(zip, tail + end, size - n + end, failure)
                              : damaged(failure, size, "its directory is missing; is the file truncated?");
    lng_block_free(tail);
    return done;
}

void lng_zip_free(lng_zip *zip)
{
    lng_block_free(zip->directory);
}

bool lng_zip_next(lng_zip *zip, lng_zip_entry *e, lng_failure *failure)
{
    const size_t rest = zip->length - zip->next;
    const uint64_t place = zip->start + zip->next;
    const unsigned char *at = zip->directory + zip->next;
    if (zip->left == 0)
        return rest == 0 ? false : damaged(failure, place, "its directory goes on, but should end here");
    if (rest < ENTRY || !has_mark(at, 1, 2))
        return damaged(failure, place, "expected an entry of its directory");
    const size_t name = half(at + 28), all = ENTRY + name + half(at + 30) + half(at + 32);
    if (rest < all)
        return damaged(failure, place, "its directory ends early");
    *e = (lng_zip_entry){.name = (const char *)at + ENTRY, .name_length = name, .place = place};
    e->member = (lng_member){
        .at = word(at + 42), .stored = word(at + 20), .size = word(at + 24), .crc = word(at + 16), .deflated = half(at + 10) == 8};
    if (half(at + 8) & 1 || (half(at + 10) != 0 && half(at + 10) != 8))
        return lng_fail(failure, LNG_E_DATA, "byte %llu: `%.*s` is encrypted, or compressed by another method than deflate",
                        (unsigned long long)place, (int)(name < 80 ? name : 80), e->name);
    zip->left--;
    zip->next += all;
    return true;
}

/* ---- a member's own header ---- */
/* Sizes and checksum: those of the directory, or, in a member of ZIP64, 64-bit sizes in the extra field; none, if they follow the bytes. */
static bool agrees(const lng_member *m, const unsigned char *local, const unsigned char *extra, size_t n)
{
    uint64_t crc = word(local + 14), stored = word(local + 18), size = word(local + 22);
    const bool follow = half(local + 6) & 8 && crc == 0;
    for (size_t i = 0; stored == UINT32_MAX && size == UINT32_MAX && i + 20 <= n; i += 4 + half(extra + i + 2))
        if (half(extra + i) == 1 && half(extra + i + 2) >= 16) {
            size = lng_little_endian(extra + i + 4, 8);
            stored = lng_little_endian(extra + i + 12, 8);
        }
    return (follow && stored == 0 && size == 0) || ((follow || crc == m->crc) && stored == m->stored && size == m->size);
}

static bool compare(const lng_zip_entry *e, const unsigned char *local, const unsigned char *name, uint64_t place,
                    lng_failure *failure)
{
    const size_t n = half(local + 26);
    const bool same_name = n == e->name_length && memcmp(name, e->name, n) == 0,
               same_kind = half(local + 8) == (e->member.deflated ? 8 : 0) && !(half(local + 6) & 1);
    if (!same_name)
        return damaged(failure, place, "the member's header has another name than the directory");
    if (!same_kind)
        return damaged(failure, place, "the member's header has another method than the directory");
    return agrees(&e->member, local, name + n, half(local + 28)) ||
           damaged(failure, place, "the member's header has another size or checksum than the directory");
}

bool lng_zip_locate(const lng_zip *zip, lng_zip_entry *e, lng_failure *failure)
{
    const uint64_t place = e->member.at;
    unsigned char local[LOCAL];
    if (place > zip->start || zip->start - place < LOCAL)
        return damaged(failure, e->place, "the member is not before the directory");
    if (!read_at(zip->fd, place, local, LOCAL, failure))
        return false;
    if (!has_mark(local, 3, 4))
        return damaged(failure, place, "expected the header of a member");
    const size_t names = (size_t)half(local + 26) + half(local + 28);
    if (zip->start - place < LOCAL + names || zip->start - place - LOCAL - names < e->member.stored)
        return damaged(failure, place, "a member goes on past the end");
    unsigned char *name = read_block(zip->fd, place + LOCAL, names, failure);
    const bool good = name && compare(e, local, name, place, failure);
    lng_block_free(name);
    e->member.at = place + LOCAL + names;
    return good;
}
