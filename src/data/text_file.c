/* Text: the bytes of a file in windows that follow one another, and for each byte the one after it. A window is a row of the mapped file, and
 * its targets are the same row, one byte further: so a text takes no memory, and each byte but the first is the target of exactly one window. */
#include "config.h"
#include "data/format.h"
#include "data/stream.h"
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BYTES = 256 };
static const char *const names[] = {"text", "next"}; /* a field is so many bytes further */

static int ahead_of(const char *field)
{
    return strcmp(field, names[1]) == 0;
}

bool lng_data_is_text(const lng_data_spec *spec)
{
    return spec->format && spec->format->load == lng_text_load;
}

/* ---- the description ---- */
static bool check_field(const lng_data_spec *spec, const lng_data_field *f, lng_errors *errors)
{
    char is[LNG_SHAPE_TEXT], first[LNG_SHAPE_TEXT];
    if (strcmp(f->name, names[0]) != 0 && strcmp(f->name, names[1]) != 0)
        return lng_error(errors, LNG_E_UNKNOWN_NAME, f->place,
                         "a text has the fields `text`, its bytes, and `next`, the byte after each, not `%.60s`", f->name);
    if (f->shape.rank != 1)
        return lng_error(errors, LNG_E_SHAPE, f->place, "`%s` is the length of a window, such as [128]", f->name);
    return f->shape.dim[0] == spec->field->shape.dim[0] ||
           lng_error(errors, LNG_E_SHAPE, f->place, "`%s` is %s, but `%s` is %s: both are as long as a window", f->name,
                     lng_shape_text(is, f->shape), spec->field->name, lng_shape_text(first, spec->field->shape));
}

bool lng_text_describe(lng_data_spec *spec, lng_errors *errors)
{
    static const char *const refused[][2] = {{"window", "the shape of `text` is that of a window"},
                                             {"classes", "a text has no labels"},
                                             {"first", "a text has no labels"}};
    bool good = true;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const lng_doc *item = lng_doc_get(spec->source, refused[i][0]);
        if (item)
            good = lng_error(errors, LNG_E_ARGUMENTS, item->place, "`%s` does not go with format text: %s", refused[i][0],
                             refused[i][1]);
    }
    for (size_t i = 0; i < spec->fields; i++) {
        lng_data_field *f = &spec->field[i];
        good = check_field(spec, f, errors) && good;
        f->dtype = LNG_I32;
        f->classes = BYTES;
    }
    return good;
}

/* ---- the file ---- */
static bool map_field(const lng_data_field *f, lng_array *array, int fd, uint64_t size, lng_failure *failure)
{
    const int64_t length = f->shape.dim[0];
    if (size < (uint64_t)length + 1)
        return lng_fail(failure, LNG_E_DATA, "a text of %llu byte%s, but a window and the byte after it are %lld",
                        (unsigned long long)size, size == 1 ? "" : "s", (long long)length + 1);
    unsigned char *at = size <= SIZE_MAX ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (at == MAP_FAILED)
        return lng_fail(failure, LNG_E_MEMORY, "a text of %llu bytes, which cannot be mapped into memory",
                        (unsigned long long)size);
    *array = (lng_array){.type = LNG_ARRAY_U8,
                         .shape = f->shape,
                         .count = (int64_t)((size - 1) / (uint64_t)length),
                         .at = at + ahead_of(f->name),
                         .mapping = at,
                         .mapped = (size_t)size};
    return true;
}

/* A compressed text becomes a temporary file. */
bool lng_text_load(lng_load *load, lng_failure *failure)
{
    uint64_t size = 0;
    lng_stream *s = lng_stream_open(load->path, load->sha256, failure);
    const int fd = s ? lng_stream_file(s, (uint64_t)LNG_ARRAY_BYTES, &size, failure) : -1;
    bool good = fd >= 0;
    for (size_t i = 0; i < load->fields; i++) {
        load->array[i] = (lng_array){.at = NULL};
        good = good && map_field(&load->field[i], &load->array[i], fd, size, failure);
    }
    if (fd >= 0)
        close(fd);
    lng_stream_free(s);
    return good;
}

bool lng_text_verify(const char *path, const char *sha256, lng_failure *failure)
{
    return lng_stream_verify(path, sha256, UINT64_MAX, failure);
}
