/* ZIP archives: the directory at the end lists the entries; the header before each only locates its bytes. */
#include "config.h"
#include "data/zip.h"
#include "base/arena.h"
#include "data/stream.h"
#include <string.h>
#include <zlib.h>

enum { LOCAL = 30, ENTRY = 46, END = 22, MOST_COMMENT = 0xffff };

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

static bool damaged(lng_failure *failure, size_t offset, const char *what)
{
    return lng_fail(failure, LNG_E_DATA, "byte %zu: a damaged ZIP archive: %s", offset, what);
}

bool lng_zip_open(lng_zip *zip, const unsigned char *at, size_t n, lng_failure *failure)
{
    size_t end = n < END ? 0 : n - END;
    if (n < END)
        return damaged(failure, n, "it ends early");
    while (!(has_mark(at + end, 5, 6) && half(at + end + 20) == n - end - END)) /* before it: a comment */
        if (end-- == 0 || n - end > END + MOST_COMMENT)
            return damaged(failure, n, "its directory is missing; is the file truncated?");
    const size_t length = word(at + end + 12), start = word(at + end + 16);
    *zip = (lng_zip){.at = at, .size = end, .next = start, .left = half(at + end + 10)};
    if (start == UINT32_MAX || zip->left == 0xffff)
        return lng_fail(failure, LNG_E_LIMIT, "byte %zu: a ZIP archive of 4 GiB or more, or of 65,535 files or more", end);
    if (start > end || length != end - start)
        return damaged(failure, end, "its directory does not end here");
    return true;
}

/* Where the bytes of an entry begin: after its header, name and extra field. */
static bool find_bytes(const lng_zip *zip, size_t local, lng_zip_entry *e, lng_failure *failure)
{
    if (local > zip->size || zip->size - local < LOCAL || !has_mark(zip->at + local, 3, 4))
        return damaged(failure, local, "expected the header of an entry");
    const size_t skip = LOCAL + half(zip->at + local + 26) + half(zip->at + local + 28);
    if (zip->size - local < skip || zip->size - local - skip < e->stored)
        return damaged(failure, local, "an entry goes on past the end");
    e->at = zip->at + local + skip;
    return true;
}

bool lng_zip_next(lng_zip *zip, lng_zip_entry *e, lng_failure *failure)
{
    const unsigned char *at = zip->at + zip->next;
    if (zip->left == 0)
        return zip->next == zip->size ? false : damaged(failure, zip->next, "its directory goes on, but should end here");
    if (zip->size - zip->next < ENTRY || !has_mark(at, 1, 2))
        return damaged(failure, zip->next, "expected an entry of its directory");
    const size_t name = half(at + 28), all = ENTRY + name + half(at + 30) + half(at + 32);
    if (zip->size - zip->next < all)
        return damaged(failure, zip->next, "its directory ends early");
    *e = (lng_zip_entry){.name = (const char *)at + ENTRY,
                         .name_length = name,
                         .stored = word(at + 20),
                         .size = word(at + 24),
                         .crc = word(at + 16),
                         .deflated = half(at + 10) == 8};
    if (half(at + 8) & 1 || (half(at + 10) != 0 && half(at + 10) != 8))
        return lng_fail(failure, LNG_E_DATA, "byte %zu: `%.*s` is encrypted, or compressed by another method than deflate",
                        zip->next, (int)(name < 80 ? name : 80), e->name);
    zip->left--;
    zip->next += all;
    return find_bytes(zip, word(at + 42), e, failure);
}

static bool inflate_all(const lng_zip_entry *e, unsigned char *to)
{
    z_stream z = {.next_in = (unsigned char *)e->at, .avail_in = (uInt)e->stored, .next_out = to, .avail_out = (uInt)e->size};
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return false;
    const int status = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    return status == Z_STREAM_END && z.avail_out == 0 && z.avail_in == 0;
}

unsigned char *lng_zip_extract(const lng_zip_entry *e, lng_failure *failure)
{
    const int n = (int)(e->name_length < 80 ? e->name_length : 80);
    if (e->deflated ? e->size / LNG_DEFLATE_RATIO > e->stored : e->size != e->stored) {
        lng_fail(failure, LNG_E_DATA, "`%.*s`: %zu bytes cannot hold %zu", n, e->name, e->stored, e->size);
        return NULL;
    }
    unsigned char *bytes = lng_block_new(e->size ? e->size : 1);
    bool intact = bytes != NULL;
    if (!bytes)
        lng_fail(failure, LNG_E_MEMORY, "out of memory");
    else if (e->deflated)
        intact = inflate_all(e, bytes);
    else
        memcpy(bytes, e->at, e->size);
    if (intact && crc32(crc32(0, NULL, 0), bytes, (uInt)e->size) == e->crc)
        return bytes;
    lng_fail(failure, LNG_E_DATA, "`%.*s` is damaged: its content and its checksum differ", n, e->name);
    lng_block_free(bytes);
    return NULL;
}
