/* IDX: the format of MNIST's files. All numbers are big-endian.
 *
 *     0  0  0  type  rank      type 08: u8, 0C: i32, 0D: f32
 *     4  dim[rank]             u32 each; the first one counts examples
 *     4 + 4 rank               the elements, row-major, to the end of the file
 *
 * The header is trusted only if it fits the size of the file (if compressed, what so many bytes can inflate to). */
#include "config.h"
#include "data/format.h"
#include "data/rows.h"

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

static bool read_dims(lng_stream *s, lng_array *array, lng_failure *failure)
{
    unsigned char raw[4 * (LNG_MAX_RANK + 1)];
    const int rank = array->shape.rank + 1;
    if (!lng_stream_read(s, raw, 4 * (size_t)rank, failure))
        return false;
    for (int i = 0; i < rank; i++) {
        const uint32_t dim = big_endian(raw + 4 * i);
        if (dim == 0)
            return lng_fail(failure, LNG_E_DATA, "byte %d: dimension %d is 0", 4 + 4 * i, i);
        *(i == 0 ? &array->count : &array->shape.dim[i - 1]) = dim;
    }
    return true;
}

bool lng_idx_open(lng_rows *r, lng_stream *s, lng_failure *failure)
{
    *r = (lng_rows){.stream = s, .big_endian = true};
    if (!read_magic(s, &r->head, failure) || !read_dims(s, &r->head, failure))
        return false;
    r->width = lng_array_width(&r->head);
    r->raw = r->head.type == LNG_ARRAY_F32 ? LNG_RAW_FLOAT : r->head.type == LNG_ARRAY_I32 ? LNG_RAW_SIGNED : LNG_RAW_UNSIGNED;
    return lng_rows_begin(r, (uint64_t)lng_idx_offset(&r->head, 0), 4, failure);
}

bool lng_idx_load(lng_load *load, lng_failure *failure)
{
    lng_rows r;
    *load->array = (lng_array){.at = NULL};
    lng_stream *s = lng_stream_open(load->path, load->sha256, failure);
    const bool done = s && lng_idx_open(&r, s, failure) && lng_rows_read(&r, r.head.count, load->array, failure);
    lng_stream_free(s);
    return done;
}

bool lng_idx_verify(const char *path, const char *sha256, lng_failure *failure)
{
    lng_rows r;
    lng_stream *s = lng_stream_open(path, sha256, failure);
    const bool intact = s && lng_idx_open(&r, s, failure) && lng_rows_verify(&r, failure);
    lng_stream_free(s);
    return intact;
}
