/* Any image file to an array of examples, and what prediction does to it before the model sees it. */
#include "config.h"
#include "data/image.h"
#include "base/file.h"
#include "data/format.h"
#include <string.h>

static bool parse(const unsigned char *at, size_t n, lng_shape wanted, lng_array *array, lng_failure *failure)
{
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

static bool read_whole(lng_arena *arena, const char *path, lng_shape wanted, lng_array *array, lng_errors *errors)
{
    size_t n;
    lng_failure failure = {0};
    const char *bytes = lng_file_read(arena, path, LNG_IMAGE_BYTES, &n, errors);
    if (!bytes)
        return false;
    *array = (lng_array){.at = NULL};
    if (parse((const unsigned char *)bytes, n, wanted, array, &failure) && array->type == LNG_ARRAY_I32)
        lng_fail(&failure, LNG_E_DTYPE, "byte 2: elements of 4-byte integers, expected bytes or floats");
    if (failure.code == LNG_E_NONE)
        return true;
    lng_array_free(array);
    lng_source source = {.name = strcmp(path, "-") ? path : "<stdin>"};
    return lng_error(errors, failure.code, (lng_place){.source = &source}, "%s", failure.text);
}

bool lng_images_read(const char *path, lng_shape wanted, lng_array *array, lng_errors *errors)
{
    lng_arena *arena = lng_arena_new();
    if (!arena || LNG_GUARD(arena)) {
        lng_arena_free(arena);
        return lng_error(errors, LNG_E_MEMORY, (lng_place){0}, "out of memory");
    }
    bool done = read_whole(arena, path, wanted, array, errors);
    lng_arena_unguard(arena);
    lng_arena_free(arena);
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

bool lng_image_is_light(const lng_array *array, int64_t example)
{
    int64_t h = array->shape.dim[0], w = array->shape.dim[1], c = array->shape.rank == 3 ? array->shape.dim[2] : 1, count = 0;
    double sum = 0, top = array->type == LNG_ARRAY_F32 ? (double)top_of(array) : 255;
    for (int64_t y = 0; y < h; y++)
        for (int64_t x = 0; x < w; x += y == 0 || y == h - 1 || w == 1 ? 1 : w - 1)
            for (int64_t k = 0; k < c; k++, count++) {
                int64_t i = ((example * h + y) * w + x) * c + k;
                sum +=
                    array->type == LNG_ARRAY_U8 ? (double)((const uint8_t *)array->at)[i] : (double)((const float *)array->at)[i];
            }
    return count > 0 && sum > 0.5 * top * (double)count;
}
