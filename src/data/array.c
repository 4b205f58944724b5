/* Arrays of examples: memory, bytes to integers, and elements that are not numbers. */
#include "config.h"
#include "data/array.h"
#include "base/text.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

bool lng_fail(lng_failure *failure, lng_code code, const char *format, ...)
{
    if (failure->code != LNG_E_NONE)
        return false;
    va_list arguments;
    va_start(arguments, format);
    failure->code = code;
    lng_vprint(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    return false;
}

bool lng_fail_also(lng_failure *failure, lng_code code, const char *text)
{
    const size_t used = strlen(failure->more), n = strlen(text);
    if (failure->code == LNG_E_NONE)
        return lng_fail(failure, code, "%s", text);
    if (used + n + 2 <= sizeof failure->more)
        snprintf(failure->more + used, sizeof failure->more - used, "%s\n", text);
    return false;
}

bool lng_fail_hint(lng_failure *failure, const char *format, ...)
{
    if (failure->hint[0])
        return false;
    va_list arguments;
    va_start(arguments, format);
    lng_vprint(failure->hint, sizeof failure->hint, format, arguments);
    va_end(arguments);
    return false;
}

bool lng_fail_report(const lng_failure *failure, lng_place place, lng_errors *errors)
{
    lng_error(errors, failure->code, place, "%s", failure->text);
    if (failure->hint[0])
        lng_error_hint(errors, "%s", failure->hint);
    for (const char *line = failure->more, *end; (end = strchr(line, '\n')); line = end + 1)
        lng_error(errors, failure->code, place, "%.*s", (int)(end - line), line);
    return false;
}

int lng_array_width(const lng_array *array)
{
    return array->type == LNG_ARRAY_U8 ? 1 : array->type == LNG_ARRAY_F64 ? 8 : 4;
}

bool lng_array_new(lng_array *array, int64_t count, lng_failure *failure)
{
    int64_t size = lng_shape_size(array->shape);
    array->count = count;
    array->mapping = NULL;
    if (size < 0 || count < 0 || (size && count > INT64_MAX / 8 / size))
        return lng_fail(failure, LNG_E_LIMIT, "an array of more elements than memory can hold");
    array->at = lng_block_new((size_t)(count * size * lng_array_width(array)));
    return array->at || lng_fail(failure, LNG_E_MEMORY, "out of memory");
}

void lng_array_free(lng_array *array)
{
    if (!array)
        return;
    if (array->mapping)
        munmap(array->mapping, array->mapped);
    else
        lng_block_free(array->at);
    array->at = array->mapping = NULL;
}

double lng_array_at(const lng_array *array, int64_t element)
{
    if (array->type == LNG_ARRAY_U8)
        return ((const uint8_t *)array->at)[element];
    if (array->type == LNG_ARRAY_F64)
        return ((const double *)array->at)[element];
    return array->type == LNG_ARRAY_F32 ? (double)((const float *)array->at)[element] : ((const int32_t *)array->at)[element];
}

bool lng_array_widen(lng_array *array, lng_failure *failure)
{
    lng_array wide = {.type = LNG_ARRAY_I32, .shape = array->shape};
    if (array->type == LNG_ARRAY_I32)
        return true;
    if (!lng_array_new(&wide, array->count, failure))
        return false;
    const uint8_t *from = array->at;
    int32_t *to = wide.at;
    for (int64_t i = 0, n = array->count * lng_shape_size(array->shape); i < n; i++)
        to[i] = from[i];
    lng_array_free(array);
    *array = wide;
    return true;
}

bool lng_array_to_floats(lng_array *array, int64_t first, lng_failure *failure)
{
    const int64_t size = lng_shape_size(array->shape);
    const int32_t *from = array->at;
    float *to = array->at;
    for (int64_t i = 0, n = array->count * size; i < n; i++) {
        const int32_t x = from[i];
        if (x < -(1 << 24) || x > 1 << 24)
            return lng_fail(failure, LNG_E_DATA, "example %lld holds %ld: only integers up to 2^24 can be read as numbers",
                            (long long)(first + i / size), (long)x);
        to[i] = (float)x;
    }
    array->type = LNG_ARRAY_F32;
    return true;
}

bool lng_array_select(const lng_array *array, const uint32_t *row, int64_t n, lng_array *to, lng_failure *failure)
{
    const size_t bytes = (size_t)lng_shape_size(array->shape) * (size_t)lng_array_width(array);
    *to = (lng_array){.type = array->type, .shape = array->shape};
    if (!lng_array_new(to, n, failure))
        return false;
    for (int64_t i = 0; i < n; i++)
        memcpy((char *)to->at + (size_t)i * bytes, (const char *)array->at + row[i] * bytes, bytes);
    return true;
}

const char *lng_nonfinite_name(double x)
{
    return isnan(x) ? "NaN" : x < 0 ? "-infinity" : "infinity";
}

uint64_t lng_little_endian(const unsigned char *at, int bytes)
{
    uint64_t word = 0;
    for (int i = bytes; i-- > 0;)
        word = word << 8 | at[i];
    return word;
}
