/* Elements of IDX and NPY files to arrays. What has 64 bits becomes the same integer of 32 bits, or the nearest float. */
#include "config.h"
#include "data/rows.h"
#include "base/arena.h"
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST_BYTES ((int64_t)4 << 30) /* in memory */
#define WIDE       4096               /* elements of 64 bits that are converted at a time */

/* Bytes; UINT64_MAX: more than any file has. */
static uint64_t promised(const lng_rows *r)
{
    const int64_t size = lng_shape_size(r->head.shape);
    const uint64_t width = (uint64_t)r->width;
    if (size < 0 || (size > 0 && (uint64_t)r->head.count > UINT64_MAX / 2 / width / (uint64_t)size))
        return UINT64_MAX;
    return (uint64_t)r->head.count * (uint64_t)size * width;
}

bool lng_rows_begin(lng_rows *r, uint64_t start, uint64_t at, lng_failure *failure)
{
    const uint64_t bytes = promised(r), all = lng_stream_most(r->stream), most = all > start ? all - start : 0;
    r->start = start;
    r->done = 0;
    if (bytes == UINT64_MAX)
        return lng_fail(failure, LNG_E_DATA, "byte %" PRIu64 ": the header promises more elements than a file can hold", at);
    if (bytes > most)
        return lng_fail(failure, LNG_E_DATA,
                        "byte %" PRIu64 ": the header promises %" PRIu64 " bytes of elements, but the file can hold only %" PRIu64,
                        at, bytes, most);
    return !lng_stream_exact(r->stream) || bytes == most ||
           lng_fail(failure, LNG_E_DATA, "byte %" PRIu64 ": the file goes on, but should end here", start + bytes);
}

static uint64_t element(const lng_rows *r, const unsigned char *at)
{
    uint64_t word = 0;
    if (!r->big_endian)
        return lng_little_endian(at, r->width);
    for (int i = 0; i < r->width; i++)
        word = word << 8 | at[i];
    return word;
}

static bool take_integer(uint64_t word, int width, int32_t *to, char why[64])
{
    const int64_t value = width == 4 ? (int32_t)(uint32_t)word : (int64_t)word;
    *to = (int32_t)value;
    if (value != *to)
        snprintf(why, 64, "%" PRId64 ", which does not fit in 32 bits", value);
    return value == *to;
}

static bool take_float(uint64_t word, int width, float *to, char why[64])
{
    const uint32_t half = (uint32_t)word;
    double wide;
    if (width == 8) {
        memcpy(&wide, &word, sizeof wide);
        *to = fabs(wide) <= (double)FLT_MAX ? (float)wide : NAN;
    } else {
        memcpy(to, &half, sizeof *to);
        wide = (double)*to;
    }
    if (isfinite(*to))
        return true;
    if (isfinite(wide))
        snprintf(why, 64, "%g, which does not fit in a 32-bit float", wide);
    else
        snprintf(why, 64, "%s", lng_nonfinite_name(wide));
    return false;
}

/* n elements from the file's form; first: how many were read before. */
static bool convert(const lng_rows *r, const unsigned char *from, void *to, int64_t n, int64_t first, lng_failure *failure)
{
    const int64_t size = lng_shape_size(r->head.shape);
    char why[64];
    for (int64_t i = 0; r->width > 1 && i < n; i++) {
        const uint64_t word = element(r, from + i * r->width);
        if (!(r->head.type == LNG_ARRAY_I32 ? take_integer(word, r->width, (int32_t *)to + i, why)
                                            : take_float(word, r->width, (float *)to + i, why)))
            return lng_fail(failure, LNG_E_DATA, "byte %" PRIu64 ": example %" PRId64 " holds %s",
                            r->start + (uint64_t)(first + i) * (uint64_t)r->width, (first + i) / size, why);
    }
    return true;
}

static bool read_wide(const lng_rows *r, lng_array *array, int64_t n, int64_t first, lng_failure *failure)
{
    unsigned char bytes[8 * WIDE];
    bool good = true;
    for (int64_t i = 0, part; good && i < n; i += part) {
        part = n - i < WIDE ? n - i : WIDE;
        good = lng_stream_read(r->stream, bytes, (size_t)part * 8, failure) &&
               convert(r, bytes, (char *)array->at + 4 * i, part, first + i, failure);
    }
    return good;
}

bool lng_rows_read(lng_rows *r, int64_t n, lng_array *array, lng_failure *failure)
{
    const int64_t size = lng_shape_size(r->head.shape), first = r->done * size, elements = n * size;
    *array = r->head;
    bool good = elements <= MOST_BYTES / lng_array_width(array)
                    ? lng_array_new(array, n, failure)
                    : lng_fail(failure, LNG_E_LIMIT, "%" PRId64 " examples of %" PRId64 " bytes, past the limit of 4 GiB", n,
                               size * lng_array_width(array));
    if (r->width == 8)
        good = good && read_wide(r, array, elements, first, failure);
    else
        good = good && lng_stream_read(r->stream, array->at, (size_t)elements * (size_t)r->width, failure) &&
               convert(r, array->at, array->at, elements, first, failure);
    r->done += n;
    good = good && (r->done < r->head.count || lng_stream_finish(r->stream, failure));
    if (!good)
        lng_array_free(array);
    return good;
}
