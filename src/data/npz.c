/* NPZ, the archives of numpy.savez: a field is the array of its name, whose first dimension counts the examples. The arrays are read side
 * by side, each from its place in the archive. */
#include "config.h"
#include "base/arena.h"
#include "data/rows.h"
#include "data/table.h"
#include "data/zip.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct archive {
    const lng_load *load;
    int fd;
    lng_zip zip;
    lng_zip_entry *entry; /* of each field */
    lng_rows *rows;
} archive;

/* NAME.npy */
static bool is_called(const lng_zip_entry *e, const char *field)
{
    const size_t n = strlen(field);
    return e->name_length == n + 4 && memcmp(e->name, field, n) == 0 && memcmp(e->name + n, ".npy", 4) == 0;
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

/* The whole directory is read, as another array of the same name would make the first a guess. */
static bool find(const archive *a, size_t i, lng_failure *failure)
{
    const lng_data_field *field = &a->load->field[i];
    lng_zip zip = a->zip;
    bool found = false;
    for (lng_zip_entry e; lng_zip_next(&zip, &e, failure);) {
        if (!is_called(&e, field->name))
            continue;
        if (found)
            return lng_fail(failure, LNG_E_DATA, "byte %llu: a second array %s.npy", (unsigned long long)e.place, field->name);
        a->entry[i] = e;
        found = true;
    }
    return failure->code == LNG_E_NONE && (found || no_array(&a->zip, field, failure));
}

/* Names the array that failed. */
static bool inside(const archive *a, size_t i, const lng_failure *why, lng_failure *failure)
{
    return lng_fail(failure, why->code, "%s.npy: %s", a->load->field[i].name, why->text);
}

static bool open_array(const archive *a, size_t i, lng_array *head, lng_failure *failure)
{
    lng_failure why = {0};
    if (!find(a, i, failure) || !lng_zip_locate(&a->zip, &a->entry[i], failure))
        return false;
    lng_stream *s = lng_stream_member(a->fd, &a->entry[i].member, &why);
    a->rows[i].stream = s;
    if (!s || !lng_npy_open(&a->rows[i], s, NULL, &why))
        return inside(a, i, &why, failure);
    *head = a->rows[i].head;
    if (head->type == LNG_ARRAY_I32 && a->load->field[i].dtype == LNG_F32)
        head->type = LNG_ARRAY_F32;
    return true;
}

/* As a part has one number of examples, a wrong promise is found before memory is allocated. */
static bool check_counts(const archive *a, lng_failure *failure)
{
    const lng_data_field *field = a->load->field;
    for (size_t i = 1; i < a->load->fields; i++)
        if (a->rows[i].head.count != a->rows[0].head.count)
            return lng_fail(failure, LNG_E_DATA, "%lld examples of `%s`, but %lld of `%s`", (long long)a->rows[i].head.count,
                            field[i].name, (long long)a->rows[0].head.count, field[0].name);
    return true;
}

static void free_archive(void *reader)
{
    archive *a = reader;
    if (!a)
        return;
    for (size_t i = 0; a->rows && i < a->load->fields; i++)
        lng_rows_free(&a->rows[i]), lng_stream_free(a->rows[i].stream);
    lng_zip_free(&a->zip);
    if (a->fd >= 0)
        close(a->fd);
    lng_block_free(a->entry);
    lng_block_free(a->rows);
    lng_block_free(a);
}

static bool begin(archive *a, lng_stream *s, lng_array *head, lng_failure *failure)
{
    const lng_load *load = a->load;
    uint64_t size;
    a->entry = lng_block_new(load->fields * sizeof *a->entry);
    a->rows = lng_block_new(load->fields * sizeof *a->rows);
    a->fd = lng_stream_file(s, LNG_TABLE_BYTES, &size, failure);
    if (!a->entry || !a->rows)
        return lng_fail(failure, LNG_E_MEMORY, "out of memory");
    bool good = a->fd >= 0 && lng_zip_open(&a->zip, a->fd, size, failure);
    for (size_t i = 0; good && i < load->fields; i++)
        good = open_array(a, i, &head[i], failure);
    return good && check_counts(a, failure);
}

static void *open_archive(lng_stream *s, const lng_load *load, lng_array *head, lng_failure *failure)
{
    archive *a = lng_block_new(sizeof *a);
    if (!a)
        return lng_fail(failure, LNG_E_MEMORY, "out of memory"), NULL;
    *a = (archive){.load = load, .fd = -1};
    if (begin(a, s, head, failure))
        return a;
    free_archive(a);
    return NULL;
}

static bool read_array(const archive *a, size_t i, int64_t n, lng_array *array, lng_failure *failure)
{
    lng_failure why = {0};
    const int64_t first = a->rows[i].done;
    const bool good =
        lng_rows_read(&a->rows[i], n, array, &why) &&
        (array->type != LNG_ARRAY_I32 || a->load->field[i].dtype == LNG_I32 || lng_array_to_floats(array, first, &why));
    return good || inside(a, i, &why, failure);
}

static int64_t next(void *reader, int64_t most, lng_array *array, lng_failure *failure)
{
    archive *a = reader;
    const int64_t left = a->rows[0].head.count - a->rows[0].done, n = left < most ? left : most;
    size_t read = 0;
    while (n > 0 && read < a->load->fields && read_array(a, read, n, &array[read], failure))
        read++;
    if (n == 0 || read == a->load->fields)
        return n;
    for (size_t i = 0; i <= read; i++)
        lng_array_free(&array[i]);
    return -1;
}

const lng_table lng_npz_table = {.open = open_archive, .next = next, .free = free_archive};
