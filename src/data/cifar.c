/* The binary version of CIFAR-10: records without a header, so that the file's length alone tells whether it is whole, and the labels whether it
 * is such a file at all. */
#include "config.h"
#include "base/arena.h"
#include "data/format.h"
#include "data/stream.h"
#include <string.h>

enum { SIDE = 32, PLANE = SIDE * SIDE, RECORD = 1 + 3 * PLANE, CLASSES = 10 };
#define MOST_RECORDS (1 << 20) /* of a part */

/* Planes of colors to colors of pixels. */
static void store(uint8_t *to, const unsigned char *record)
{
    for (int i = 0; i < PLANE; i++)
        for (int c = 0; c < 3; c++)
            to[3 * i + c] = record[1 + c * PLANE + i];
}

/* One record after the other; false at the end, which is intact, or after a failure. */
static bool next(lng_stream *s, int64_t number, unsigned char record[RECORD], lng_failure *failure)
{
    size_t got;
    if (!lng_stream_some(s, record, RECORD, &got, failure) || (got == 0 && number > 0))
        return false;
    if (got < RECORD)
        return lng_fail(failure, LNG_E_DATA, "byte %lld: the file ends within a record of %d bytes",
                        (long long)(number * RECORD + (int64_t)got), RECORD);
    return record[0] < CLASSES || lng_fail(failure, LNG_E_DATA, "byte %lld: the label of example %lld is %d, expected 0 to %d",
                                           (long long)(number * RECORD), (long long)number, record[0], CLASSES - 1);
}

static lng_stream *open_file(const char *path, const char *sha256, lng_failure *failure)
{
    lng_stream *s = lng_stream_open(path, sha256, failure);
    size_t n;
    const unsigned char *head = s ? lng_stream_head(s, &n) : NULL;
    const char *what = s && n > 0 && head[0] >= CLASSES ? lng_content_name(head, n) : NULL;
    if (what)
        lng_fail(failure, LNG_E_DATA, "byte 0: not records of CIFAR-10, but %s", what);
    if (!what)
        return s;
    lng_stream_free(s);
    return NULL;
}

typedef struct reading {
    lng_load *load;
    const char *path;
    lng_array *image, *label; /* NULL: the model does not read it */
    int64_t count, room;
    unsigned char record[RECORD];
} reading;

static bool grow(lng_array *array, int64_t count, int64_t room, lng_failure *failure)
{
    lng_array more = {.type = array->type, .shape = array->shape};
    if (!lng_array_new(&more, room, failure))
        return false;
    if (count)
        memcpy(more.at, array->at, (size_t)(count * lng_shape_size(array->shape)));
    lng_array_free(array);
    *array = more;
    return true;
}

static bool keep(reading *r, lng_failure *failure)
{
    if (r->count == MOST_RECORDS)
        return lng_fail(failure, LNG_E_LIMIT, "more than %d examples", MOST_RECORDS);
    if (r->count == r->room) {
        r->room = r->room ? 2 * r->room : 10000;
        if ((r->image && !grow(r->image, r->count, r->room, failure)) || (r->label && !grow(r->label, r->count, r->room, failure)))
            return false;
    }
    if (r->image)
        store((uint8_t *)r->image->at + r->count * 3 * PLANE, r->record);
    if (r->label)
        ((uint8_t *)r->label->at)[r->count] = r->record[0];
    r->count++;
    return true;
}

static bool read_file(reading *r, const char *path, lng_failure *failure)
{
    lng_failure why = {0};
    lng_stream *s = open_file(path, NULL, &why);
    for (int64_t i = 0; s && next(s, i, r->record, &why) && keep(r, &why); i++)
        continue;
    const bool good = s && why.code == LNG_E_NONE && lng_stream_finish(s, &why);
    lng_stream_free(s);
    if (!good && path == r->load->path)
        *failure = why;
    else if (!good)
        lng_fail(failure, why.code, "%.150s: %s", path, why.text);
    return good;
}

bool lng_cifar_load(lng_load *load, lng_failure *failure)
{
    reading r = {.load = load};
    for (size_t i = 0; i < load->fields; i++) {
        const bool label = load->field[i].dtype == LNG_I32;
        lng_array **to = label ? &r.label : &r.image;
        if (*to || strcmp(load->field[i].name, label ? "label" : "image") != 0)
            return lng_fail(failure, LNG_E_UNKNOWN_NAME, "there is no field `%.60s`; CIFAR-10 has `image` and `label`",
                            load->field[i].name);
        *to = &load->array[i];
        **to = (lng_array){.type = LNG_ARRAY_U8};
        if (!label)
            (*to)->shape = (lng_shape){3, {SIDE, SIDE, 3}};
    }
    bool good = read_file(&r, load->path, failure);
    for (size_t i = 0; good && i < load->mores; i++)
        good = read_file(&r, load->more[i], failure);
    if (r.image)
        r.image->count = r.count;
    if (r.label)
        r.label->count = r.count;
    return good;
}

/* Its records are read and forgotten. */
bool lng_cifar_verify(const char *path, const char *sha256, lng_failure *failure)
{
    unsigned char record[RECORD];
    lng_stream *s = open_file(path, sha256, failure);
    for (int64_t i = 0; s && next(s, i, record, failure); i++)
        continue;
    const bool intact = s && failure->code == LNG_E_NONE && lng_stream_finish(s, failure);
    lng_stream_free(s);
    return intact;
}
