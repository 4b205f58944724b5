/* NPZ, the archives of numpy.savez: a field is the array of its name, whose first dimension counts the examples. */
#include "config.h"
#include "base/arena.h"
#include "data/image.h"
#include "data/table.h"
#include "data/zip.h"
#include <stdio.h>
#include <string.h>

#define MOST_BYTES ((size_t)2 << 30) /* of an array */

/* NAME.npy */
static bool is_called(const lng_zip_entry *e, const char *field)
{
    const size_t n = strlen(field);
    return e->name_length == n + 4 && memcmp(e->name, field, n) == 0 && memcmp(e->name + n, ".npy", 4) == 0;
}

/* Integers where the model has numbers. */
static bool to_floats(lng_array *array, lng_failure *failure)
{
    const int32_t *from = array->at;
    float *to = array->at;
    for (int64_t i = 0, n = array->count * lng_shape_size(array->shape); i < n; i++) {
        const int32_t x = from[i];
        if (x < -(1 << 24) || x > 1 << 24)
            return lng_fail(failure, LNG_E_DATA, "element %lld is %ld: only integers up to 2^24 can be read as numbers",
                            (long long)i, (long)x);
        to[i] = (float)x;
    }
    array->type = LNG_ARRAY_F32;
    return true;
}

static bool read_array(const lng_zip_entry *e, const lng_data_field *field, lng_array *array, lng_failure *failure)
{
    if (e->size > MOST_BYTES)
        return lng_fail(failure, LNG_E_LIMIT, "longer than %zu bytes", MOST_BYTES);
    unsigned char *bytes = lng_zip_extract(e, failure);
    bool good = bytes && lng_npy_parse_examples(bytes, e->size, array, failure);
    lng_block_free(bytes);
    if (good && array->type == LNG_ARRAY_I32 && field->dtype == LNG_F32)
        good = to_floats(array, failure);
    return good;
}

static bool no_array(const lng_zip *start, const lng_data_field *field, lng_failure *failure)
{
    lng_zip zip = *start;
    lng_zip_entry e;
    char names[200] = "";
    for (size_t n = 0; lng_zip_next(&zip, &e, failure) && n + e.name_length + 3 < sizeof names; n = strlen(names))
        snprintf(names + n, sizeof names - n, "%s%.*s", n ? ", " : "", (int)e.name_length, e.name);
    return lng_fail(failure, LNG_E_DATA, "there is no array %s.npy; the archive has %s", field->name, names[0] ? names : "none");
}

static bool read_field(const lng_load *load, const lng_zip *start, size_t i, lng_failure *failure)
{
    lng_zip zip = *start;
    lng_zip_entry e;
    lng_failure inside = {0};
    while (lng_zip_next(&zip, &e, failure))
        if (is_called(&e, load->field[i].name))
            return read_array(&e, &load->field[i], &load->array[i], &inside) ||
                   lng_fail(failure, inside.code, "%s.npy: %s", load->field[i].name, inside.text);
    return failure->code == LNG_E_NONE && no_array(start, &load->field[i], failure);
}

bool lng_npz_read(lng_stream *s, const lng_load *load, lng_failure *failure)
{
    size_t n;
    lng_zip zip;
    unsigned char *bytes = lng_table_bytes(s, &n, failure);
    bool good = bytes && lng_zip_open(&zip, bytes, n, failure);
    for (size_t i = 0; good && i < load->fields; i++)
        good = read_field(load, &zip, i, failure);
    lng_block_free(bytes);
    return good;
}
