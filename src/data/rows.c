/* Elements of IDX and NPY files to arrays: integers of any width become the same of 32 bits, or are refused; floats become the nearest of 32
 * bits. What is there as the array has it is read into it, or mapped; anything else goes through a buffer. */
#include "config.h"
#include "data/rows.h"
#include "base/arena.h"
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOME 4096 /* elements that are converted at a time */

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

static bool take_integer(const lng_rows *r, uint64_t word, int32_t *to, char why[64])
{
    const int unused = 64 - 8 * r->width;
    const bool is_signed = r->raw == LNG_RAW_SIGNED;
    const int64_t value = is_signed ? (int64_t)(word << unused) >> unused : (int64_t)word;
    *to = (int32_t)value;
    if (value == *to && (is_signed || value >= 0))
        return true;
    if (is_signed)
        snprintf(why, 64, "%" PRId64 ", which does not fit in 32 bits", value);
    else
        snprintf(why, 64, "%" PRIu64 ", which does not fit in 32 bits", word);
    return false;
}

/* IEEE 754 binary16, which a double holds exactly. */
static double half(uint64_t word)
{
    const int exponent = (int)(word >> 10 & 31);
    const double fraction = (double)(word & 1023), sign = word >> 15 & 1 ? -1 : 1;
    if (exponent == 31)
        return fraction > 0 ? (double)NAN : sign * (double)INFINITY;
    return sign * (exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24));
}

static double wide_of(uint64_t word, int width)
{
    const uint32_t low = (uint32_t)word;
    double wide;
    float single;
    if (width == 2)
        return half(word);
    memcpy(&wide, &word, sizeof wide);
    memcpy(&single, &low, sizeof single);
    return width == 8 ? wide : (double)single;
}

static bool take_float(const lng_rows *r, uint64_t word, float *to, char why[64])
{
    const double wide = wide_of(word, r->width);
    *to = fabs(wide) <= (double)FLT_MAX ? (float)wide : NAN;
    if (isfinite(*to))
        return true;
    if (isfinite(wide))
        snprintf(why, 64, "%g, which does not fit in a 32-bit float", wide);
    else
        snprintf(why, 64, "%s", lng_nonfinite_name(wide));
    return false;
}

/* To element i of the array. */
static bool take(const lng_rows *r, const unsigned char *from, void *to, int64_t i, char why[64])
{
    if (r->head.type == LNG_ARRAY_U8) {
        ((uint8_t *)to)[i] = *from;
        snprintf(why, 64, "%d, where a boolean is 0 or 1", *from);
        return r->raw != LNG_RAW_BOOL || *from <= 1;
    }
    const uint64_t word = element(r, from);
    return r->head.type == LNG_ARRAY_I32 ? take_integer(r, word, (int32_t *)to + i, why)
                                         : take_float(r, word, (float *)to + i, why);
}

/* Element `at` of the file is wrong, in the example. */
static bool refuse(const lng_rows *r, int64_t at, int64_t example, const char *why, lng_failure *failure)
{
    return lng_fail(failure, LNG_E_DATA, "byte %" PRIu64 ": example %" PRId64 " holds %s",
                    r->start + (uint64_t)at * (uint64_t)r->width, example, why);
}

/* n elements from the file's form; first: how many were read before. */
static bool convert(const lng_rows *r, const unsigned char *from, void *to, int64_t n, int64_t first, lng_failure *failure)
{
    const int64_t size = lng_shape_size(r->head.shape);
    char why[64];
    for (int64_t i = 0; i < n; i++)
        if (!take(r, from + i * r->width, to, i, why))
            return refuse(r, first + i, (first + i) / size, why, failure);
    return true;
}

static bool read_some(const lng_rows *r, const lng_array *array, int64_t n, int64_t first, lng_failure *failure)
{
    unsigned char bytes[8 * SOME];
    bool good = true;
    for (int64_t i = 0, part; good && i < n; i += part) {
        part = n - i < SOME ? n - i : SOME;
        good = lng_stream_read(r->stream, bytes, (size_t)(part * r->width), failure) &&
               convert(r, bytes, (char *)array->at + i * lng_array_width(array), part, first + i, failure);
    }
    return good;
}

/* ---- Fortran order ---- */
static bool read_whole(lng_rows *r, lng_failure *failure)
{
    const uint64_t bytes = promised(r);
    if (bytes > (uint64_t)LNG_ARRAY_BYTES)
        return lng_fail(failure, LNG_E_LIMIT,
                        "an array in Fortran order of more than 4 GiB; numpy.ascontiguousarray changes the order");
    r->whole = lng_block_new((size_t)bytes);
    if (!r->whole)
        return lng_fail(failure, LNG_E_MEMORY, "out of memory");
    return lng_stream_read(r->stream, r->whole, (size_t)bytes, failure);
}

/* Where the element of an example is among all of the file. */
static int64_t fortran_place(const lng_rows *r, int64_t example, int64_t at)
{
    const lng_shape s = r->head.shape;
    int64_t digit[LNG_MAX_RANK + 1], place = 0;
    for (int i = s.rank; i-- > 0; at /= s.dim[i])
        digit[i] = at % s.dim[i];
    for (int i = s.rank; i-- > 0;)
        place = place * s.dim[i] + digit[i];
    return r->one ? place : place * r->head.count + example;
}

static bool read_fortran(lng_rows *r, const lng_array *array, int64_t n, lng_failure *failure)
{
    const int64_t size = lng_shape_size(r->head.shape);
    char why[64];
    if (!r->whole && !read_whole(r, failure))
        return false;
    for (int64_t i = 0; i < n * size; i++) {
        const int64_t example = r->done + i / size, place = fortran_place(r, example, i % size);
        if (!take(r, r->whole + place * r->width, array->at, i, why))
            return refuse(r, place, example, why, failure);
    }
    return true;
}

void lng_rows_free(lng_rows *r)
{
    lng_block_free(r->whole);
    r->whole = NULL;
}

/* ---- the whole ---- */
bool lng_rows_read(lng_rows *r, int64_t n, lng_array *array, lng_failure *failure)
{
    const int64_t size = lng_shape_size(r->head.shape), first = r->done * size, elements = n * size;
    *array = r->head;
    bool good = elements <= LNG_ARRAY_BYTES / lng_array_width(array)
                    ? lng_array_new(array, n, failure)
                    : lng_fail(failure, LNG_E_LIMIT, "%" PRId64 " examples of %" PRId64 " bytes, past the limit of 4 GiB", n,
                               size * lng_array_width(array));
    if (r->fortran)
        good = good && read_fortran(r, array, n, failure);
    else if (r->width != lng_array_width(array))
        good = good && read_some(r, array, elements, first, failure);
    else
        good = good && lng_stream_read(r->stream, array->at, (size_t)elements * (size_t)r->width, failure) &&
               ((r->width == 1 && r->raw != LNG_RAW_BOOL) || convert(r, array->at, array->at, elements, first, failure));
    r->done += n;
    good = good && (r->done < r->head.count || lng_stream_finish(r->stream, failure));
    if (!good)
        lng_array_free(array);
    return good;
}

bool lng_rows_verify(lng_rows *r, lng_failure *failure)
{
    const int64_t some = 256;
    lng_array array;
    while (r->done < r->head.count) {
        const int64_t left = r->head.count - r->done;
        if (!lng_rows_read(r, left < some ? left : some, &array, failure))
            return false;
        lng_array_free(&array);
    }
    return true;
}

/* ---- mapped ---- */
/* Whether the elements are in the file as in the array. */
static bool is_direct(const lng_rows *r)
{
    const uint16_t one = 1;
    const bool little = *(const unsigned char *)&one == 1;
    return lng_stream_exact(r->stream) && !r->fortran && r->width == lng_array_width(&r->head) && r->raw != LNG_RAW_BOOL &&
           (r->width == 1 || (r->big_endian != little && r->start % (uint64_t)r->width == 0)) && r->head.type != LNG_ARRAY_I32;
}

/* All elements go by once, through the stream, which also finds whether the digest is right. */
static bool check_all(const lng_rows *r, bool digest, lng_failure *failure)
{
    const int64_t elements = r->head.count * lng_shape_size(r->head.shape);
    unsigned char bytes[4 * SOME];
    float unused[SOME];
    bool good = true;
    if (r->head.type == LNG_ARRAY_U8 && !digest)
        return true;
    for (int64_t i = 0, part; good && i < elements; i += part) {
        part = elements - i < SOME ? elements - i : SOME;
        good = lng_stream_read(r->stream, bytes, (size_t)(part * r->width), failure) &&
               (r->width == 1 || convert(r, bytes, unused, part, i, failure));
    }
    return good && lng_stream_finish(r->stream, failure);
}

bool lng_rows_map(lng_rows *r, const char *path, bool digest, lng_array *array, lng_failure *failure)
{
    struct stat s;
    const size_t bytes = (size_t)(r->start + promised(r));
    *array = r->head;
    array->at = array->mapping = NULL;
    const int fd = is_direct(r) ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    unsigned char *at = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &s) == 0 && (uint64_t)s.st_size == bytes)
        at = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    if (at == MAP_FAILED)
        return true;
    array->mapping = at;
    array->mapped = bytes;
    array->at = at + r->start;
    if (check_all(r, digest, failure))
        return true;
    lng_array_free(array);
    return false;
}
