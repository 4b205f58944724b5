/* Any image file to an array of examples, and what prediction does to it before the model sees it. */
#include "config.h"
#include "data/image.h"
#include "base/file.h"
#include <math.h>
#include <string.h>

static bool parse(const unsigned char *at, size_t n, lng_shape wanted, lng_array *array, lng_failure *failure)
{
    if (n == 0)
        return lng_fail(failure, LNG_E_DATA, "byte 0: the file is empty: expected an image in PGM (P2 or P5), PNG, NPY or IDX");
    if (n >= 2 && at[0] == 'P' && (at[1] == '2' || at[1] == '5'))
        return lng_pgm_parse(at, n, array, failure);
    if (n >= 6 && memcmp(at, "\x93NUMPY", 6) == 0)
        return lng_npy_parse(at, n, wanted, array, failure);
    if (n >= 8 && memcmp(at, "\x89PNG\r\n\x1a\n", 8) == 0)
        return lng_png_parse(at, n, array, failure);
    if (n >= 2 && ((at[0] == 0x1f && at[1] == 0x8b) || (at[0] == 0 && at[1] == 0)))
        return lng_idx_parse(at, n, array, failure);
    return lng_fail(failure, LNG_E_DATA, "byte 0: not an image: expected PGM (P2 or P5), PNG, NPY or IDX");
}

typedef struct reading {
    lng_arena *arena;
    const char *path;
    lng_shape wanted;
    lng_array *array;
    lng_errors *errors;
} reading;

static bool read_whole(void *context)
{
    const reading *r = context;
    lng_array *array = r->array;
    size_t n;
    lng_failure failure = {0};
    const char *bytes = lng_file_read(r->arena, r->path, LNG_IMAGE_BYTES, &n, r->errors);
    if (!bytes)
        return false;
    *array = (lng_array){.at = NULL};
    if (parse((const unsigned char *)bytes, n, r->wanted, array, &failure) && array->type == LNG_ARRAY_I32)
        lng_fail(&failure, LNG_E_DTYPE, "byte 2: elements of 4-byte integers, expected bytes or floats");
    if (failure.code == LNG_E_NONE)
        return true;
    lng_array_free(array);
    lng_source source = {.name = strcmp(r->path, "-") ? r->path : "<stdin>"};
    return lng_error(r->errors, failure.code, (lng_place){.source = &source}, "%s", failure.text);
}

bool lng_images_read(const char *path, lng_shape wanted, lng_array *array, lng_errors *errors)
{
    reading r = {.arena = lng_arena_new(), .path = path, .wanted = wanted, .array = array, .errors = errors};
    const bool done = lng_attempt(r.arena, read_whole, &r, errors, "reading images");
    lng_arena_free(r.arena);
    return done;
}

static float top_of(const lng_array *array)
{
    const float *at = array->at;
    for (int64_t i = 0, n = array->count * lng_shape_size(array->shape); i < n; i++)
        if (at[i] > 1)
            return 255;
    return 1;
}

void lng_images_invert(lng_array *array)
{
    int64_t n = array->count * lng_shape_size(array->shape);
    if (array->type == LNG_ARRAY_U8) {
        uint8_t *at = array->at;
        for (int64_t i = 0; i < n; i++)
            at[i] = (uint8_t)(255 - at[i]);
    } else if (array->type == LNG_ARRAY_F32) {
        float *at = array->at, top = top_of(array);
        for (int64_t i = 0; i < n; i++)
            at[i] = top - at[i];
    }
}

bool lng_shape_is_image(lng_shape shape)
{
    return shape.rank == 2 || shape.rank == 3;
}

bool lng_image_is_light(const lng_array *array, int64_t example, double middle)
{
    int64_t h = array->shape.dim[0], w = array->shape.dim[1], c = array->shape.rank == 3 ? array->shape.dim[2] : 1, count = 0;
    double sum = 0;
    for (int64_t y = 0; y < h; y++)
        for (int64_t x = 0; x < w; x += y == 0 || y == h - 1 || w == 1 ? 1 : w - 1)
            for (int64_t k = 0; k < c; k++, count++)
                sum += lng_array_at(array, ((example * h + y) * w + x) * c + k);
    return count > 0 && sum > middle * (double)count;
}

static void find_range(const lng_array *array, int64_t n, lng_stats *stats)
{
    const uint8_t *byte = array->at;
    const float *real = array->at;
    if (array->type == LNG_ARRAY_U8) {
        uint8_t least = byte[0], most = byte[0];
        for (int64_t i = 1; i < n; i++) {
            least = byte[i] < least ? byte[i] : least;
            most = byte[i] > most ? byte[i] : most;
        }
        *stats = (lng_stats){.least = least, .most = most};
        return;
    }
    float least = real[0], most = real[0];
    for (int64_t i = 1; i < n; i++) {
        least = real[i] < least ? real[i] : least;
        most = real[i] > most ? real[i] : most;
    }
    *stats = (lng_stats){.least = (double)least, .most = (double)most};
}

lng_stats lng_array_stats(const lng_array *array, int64_t count)
{
    lng_stats stats = {NAN, NAN, NAN};
    const int64_t n = count * lng_shape_size(array->shape);
    int64_t light = 0;
    if (n < 1 || array->type == LNG_ARRAY_I32)
        return stats;
    find_range(array, n, &stats);
    for (int64_t i = 0; i < count && lng_shape_is_image(array->shape); i++)
        light += lng_image_is_light(array, i, (stats.least + stats.most) / 2);
    stats.light = lng_shape_is_image(array->shape) ? (double)light / (double)count : NAN;
    return stats;
}
