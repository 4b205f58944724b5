/* IDX: the format of MNIST's files. All numbers are big-endian.
 *
 *     0  0  0  type  rank      type 08: u8, 0C: i32, 0D: f32
 *     4  dim[rank]             u32 each; the first one counts examples
 *     4 + 4 rank               the elements, row-major, to the end of the file
 *
 * The header is trusted only if it fits the size of the file (if compressed, what so many bytes can inflate to). */
#include "config.h"
#include "data/format.h"
#include "data/stream.h"
#include <string.h>

#define MOST_BYTES ((uint64_t)4 << 30) /* of elements */

static uint32_t big_endian(const unsigned char at[4])
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

int64_t lng_idx_offset(const lng_array *array, int64_t example)
{
    int64_t header = 4 + 4 * ((int64_t)array->shape.rank + 1);
    return header + example * lng_shape_size(array->shape) * lng_array_width(array);
}

bool lng_idx_recognise(const unsigned char *at, size_t n)
{
    return n >= 4 && at[0] == 0 && at[1] == 0;
}

static bool not_idx(const lng_stream *s, lng_failure *failure)
{
    size_t n;
    const unsigned char *head = lng_stream_head(s, &n);
    if (!lng_content_check(lng_data_format_find("idx"), head, n, failure))
        return false;
    return lng_fail(failure, LNG_E_DATA, "byte 0: not an IDX file: it begins with %02x %02x, expected 00 00 (or gzip's 1f 8b)",
                    head[0], head[1]);
}

static bool read_magic(lng_stream *s, lng_array *array, lng_failure *failure)
{
    unsigned char magic[4];
    if (!lng_stream_read(s, magic, 4, failure))
        return false;
    if (!lng_idx_recognise(magic, 4))
        return not_idx(s, failure);
    switch (magic[2]) {
    case 0x08:
        array->type = LNG_ARRAY_U8;
        break;
    case 0x0c:
        array->type = LNG_ARRAY_I32;
        break;
    case 0x0d:
        array->type = LNG_ARRAY_F32;
        break;
    default:
        return lng_fail(failure, LNG_E_DATA, "byte 2: element type %02x, expected 08 (u8), 0c (i32) or 0d (f32)", magic[2]);
    }
    if (magic[3] < 1 || magic[3] > LNG_MAX_RANK + 1)
        return lng_fail(failure, LNG_E_DATA, "byte 3: rank %d, expected 1 to %d", magic[3], LNG_MAX_RANK + 1);
    array->shape.rank = magic[3] - 1;
    return true;
}

/* The number of bytes that the header promises; UINT64_MAX if it is larger than any file. */
static bool read_dims(lng_stream *s, lng_array *array, uint64_t *payload, lng_failure *failure)
{
    unsigned char raw[4 * (LNG_MAX_RANK + 1)];
    int rank = array->shape.rank + 1;
    *payload = (uint64_t)lng_array_width(array);
    if (!lng_stream_read(s, raw, 4 * (size_t)rank, failure))
        return false;
    for (int i = 0; i < rank; i++) {
        uint32_t dim = big_endian(raw + 4 * i);
        if (dim == 0)
            return lng_fail(failure, LNG_E_DATA, "byte %d: dimension %d is 0", 4 + 4 * i, i);
        *payload = *payload > UINT64_MAX / dim ? UINT64_MAX : *payload * dim;
        *(i == 0 ? &array->count : &array->shape.dim[i - 1]) = dim;
    }
    return true;
}

/* Before any memory is allocated. */
static bool plausible(const lng_stream *s, const lng_array *array, uint64_t payload, lng_failure *failure)
{
    uint64_t header = (uint64_t)lng_idx_offset(array, 0), most = lng_stream_most(s);
    if (payload == UINT64_MAX)
        return lng_fail(failure, LNG_E_DATA, "byte 4: the header promises more than 2^64 bytes of elements");
    if (payload > most - header)
        return lng_fail(failure, LNG_E_DATA, "byte 4: the header promises %llu bytes of elements, but the file can hold only %llu",
                        (unsigned long long)payload, (unsigned long long)(most - header));
    if (lng_stream_exact(s) && payload < most - header)
        return lng_fail(failure, LNG_E_DATA, "byte %llu: the file goes on, but should end here",
                        (unsigned long long)(header + payload));
    if (payload > MOST_BYTES || lng_shape_size(array->shape) < 0)
        return lng_fail(failure, LNG_E_LIMIT, "byte 4: the header promises %llu bytes of elements, past the limit",
                        (unsigned long long)payload);
    return true;
}

static void to_host(lng_array *array)
{
    if (lng_array_width(array) != 4)
        return;
    unsigned char *at = array->at;
    int64_t n = array->count * lng_shape_size(array->shape);
    for (int64_t i = 0; i < n; i++) {
        uint32_t word = big_endian(at + 4 * i);
        memcpy(at + 4 * i, &word, sizeof word);
    }
}

static bool check_finite(const lng_array *array, lng_failure *failure)
{
    const int64_t bad = lng_array_nonfinite(array);
    if (bad < 0)
        return true;
    const int64_t size = lng_shape_size(array->shape);
    return lng_fail(failure, LNG_E_DATA, "byte %lld: example %lld holds %s", (long long)(lng_idx_offset(array, 0) + 4 * bad),
                    (long long)(bad / size), lng_nonfinite_name(lng_array_at(array, bad)));
}

static bool read_all(lng_stream *s, lng_array *array, lng_failure *failure)
{
    uint64_t payload;
    if (!read_magic(s, array, failure) || !read_dims(s, array, &payload, failure) || !plausible(s, array, payload, failure) ||
        !lng_array_new(array, array->count, failure) || !lng_stream_read(s, array->at, (size_t)payload, failure) ||
        !lng_stream_finish(s, failure))
        return false;
    to_host(array);
    return check_finite(array, failure);
}

bool lng_idx_read(lng_stream *s, lng_array *array, lng_failure *failure)
{
    *array = (lng_array){.at = NULL};
    if (read_all(s, array, failure))
        return true;
    lng_array_free(array);
    return false;
}

/* Frees the stream, which is NULL if it could not be opened. */
static bool read_and_close(lng_stream *s, lng_array *array, lng_failure *failure)
{
    *array = (lng_array){.at = NULL};
    bool done = s && lng_idx_read(s, array, failure);
    lng_stream_free(s);
    return done;
}

bool lng_idx_load(const lng_load *load, lng_failure *failure)
{
    return read_and_close(lng_stream_open(load->path, load->sha256, failure), load->array, failure);
}

bool lng_idx_verify(const char *path, const char *sha256, lng_failure *failure)
{
    lng_array array;
    const bool intact = read_and_close(lng_stream_open(path, sha256, failure), &array, failure);
    lng_array_free(&array);
    return intact;
}
