/* Any image file to an array of examples, and what prediction does to it before the model sees it. */
#include "config.h"
#include "data/image.h"
#include "base/arena.h"
#include "data/table.h"
#include <math.h>
#include <string.h>

static bool is_pgm(const unsigned char *at, size_t n)
{
    return n >= 2 && at[0] == 'P' && (at[1] == '2' || at[1] == '5');
}

static bool is_npy(const unsigned char *at, size_t n)
{
    return n >= 6 && memcmp(at, "\x93NUMPY", 6) == 0;
}

static bool is_png(const unsigned char *at, size_t n)
{
    return n >= 8 && memcmp(at, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static bool parse(const unsigned char *at, size_t n, lng_image_wish wish, lng_array *array, lng_failure *failure)
{
    if (is_pgm(at, n))
        return lng_pgm_parse(at, n, array, failure);
    return is_npy(at, n) ? lng_npy_parse(at, n, wish.shape, array, failure) : lng_png_parse(at, n, wish, array, failure);
}

static bool read_rest(lng_stream *s, lng_image_wish wish, lng_array *array, lng_failure *failure)
{
    size_t n;
    unsigned char *bytes = lng_stream_rest(s, LNG_IMAGE_BYTES, &n, failure);
    const bool done = bytes && parse(bytes, n, wish, array, failure);
    lng_block_free(bytes);
    return done;
}

/* A file that begins like none of the formats is refused by its first bytes, however much follows. */
static bool read_stream(lng_stream *s, lng_image_wish wish, lng_array *array, lng_failure *failure)
{
    size_t n;
    const unsigned char *head = lng_stream_head(s, &n);
    const char *what = lng_content_name(head, n);
    if (n == 0)
        return lng_fail(failure, LNG_E_DATA, "byte 0: the file is empty: expected PGM (P2 or P5), PNG, NPY, NPZ, IDX or CSV");
    if (lng_idx_recognise(head, n))
        return lng_idx_read(s, array, failure);
    if (is_pgm(head, n) || is_npy(head, n) || is_png(head, n))
        return read_rest(s, wish, array, failure);
    return lng_fail(failure, LNG_E_DATA, "byte 0: not an image%s%s: expected PGM (P2 or P5), PNG, NPY, NPZ, IDX or CSV",
                    what ? ", but " : "", what ? what : "");
}

static bool read_images(lng_stream *s, lng_image_wish wish, lng_array *array, lng_failure *failure)
{
    *array = (lng_array){.at = NULL};
    if (read_stream(s, wish, array, failure) && array->type == LNG_ARRAY_I32 && !wish.integers)
        lng_fail(failure, LNG_E_DTYPE, "byte 2: elements of 4-byte integers, expected bytes or floats");
    if (failure->code != LNG_E_NONE)
        lng_array_free(array);
    return failure->code == LNG_E_NONE;
}

static bool has_one_field(const unsigned char *at, size_t n)
{
    return lng_idx_recognise(at, n) || is_pgm(at, n) || is_npy(at, n) || is_png(at, n);
}

static bool read_fields(lng_stream *s, lng_image_wish wish, lng_load load, lng_failure *failure)
{
    size_t n;
    const unsigned char *head = lng_stream_head(s, &n);
    load.format = lng_table_format(head, n);
    if (load.format)
        return lng_table_read(s, &load, failure);
    return load.fields > 1 && has_one_field(head, n)
               ? lng_fail(failure, LNG_E_ARGUMENTS, "this file has one field: expected NPZ or CSV, which have several")
               : read_images(s, wish, load.array, failure);
}

bool lng_examples_read(const char *path, lng_image_wish wish, const lng_data_field *field, size_t fields, lng_array *array,
                       lng_errors *errors)
{
    const bool input = strcmp(path, "-") == 0;
    const lng_source source = {.name = input ? "<stdin>" : path};
    lng_failure failure = {0};
    lng_stream *s = input ? lng_stream_input(&failure) : lng_stream_open(path, NULL, &failure);
    if (s)
        read_fields(s, wish, (lng_load){.field = field, .array = array, .fields = fields}, &failure);
    lng_stream_free(s);
    return failure.code == LNG_E_NONE || lng_fail_report(&failure, (lng_place){.source = &source}, errors);
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

double lng_image_border(const lng_array *array, int64_t example, int64_t *count)
{
    const int64_t h = array->shape.dim[0], w = array->shape.dim[1], c = array->shape.rank == 3 ? array->shape.dim[2] : 1;
    double sum = 0;
    *count = 0;
    for (int64_t y = 0; y < h; y++)
        for (int64_t x = 0; x < w; x += y == 0 || y == h - 1 || w == 1 ? 1 : w - 1)
            for (int64_t k = 0; k < c; k++, ++*count)
                sum += lng_array_at(array, ((example * h + y) * w + x) * c + k);
    return sum;
}

bool lng_image_is_light(const lng_array *array, int64_t example, double middle)
{
    int64_t count;
    const double sum = lng_image_border(array, example, &count);
    return count > 0 && sum > middle * (double)count;
}

void lng_array_range(const lng_array *array, int64_t count, double *least, double *most)
{
    const int64_t n = count * lng_shape_size(array->shape);
    const uint8_t *byte = array->at;
    const float *real = array->at;
    *least = *most = NAN;
    if (n < 1 || array->type == LNG_ARRAY_I32)
        return;
    if (array->type == LNG_ARRAY_U8) {
        uint8_t low = byte[0], high = byte[0];
        for (int64_t i = 1; i < n; i++) {
            low = byte[i] < low ? byte[i] : low;
            high = byte[i] > high ? byte[i] : high;
        }
        *least = low, *most = high;
        return;
    }
    float low = real[0], high = real[0];
    for (int64_t i = 1; i < n; i++) {
        low = real[i] < low ? real[i] : low;
        high = real[i] > high ? real[i] : high;
    }
    *least = (double)low, *most = (double)high;
}

#define INK_NUMBERS (1 << 24) /* numbers of the examples whose ink is looked for */

static void find_inks(const lng_array *array, int64_t count, lng_stats *stats)
{
    const int64_t most = INK_NUMBERS / lng_shape_size(array->shape);
    double offset, extent;
    stats->offset = stats->extent = NAN;
    for (int64_t i = 0; lng_shape_is_image(array->shape) && i < count && i < most; i++)
        if (lng_image_ink(array, i, &offset, &extent)) {
            stats->offset = fmax(stats->offset, offset); /* the number, if the other is NaN */
            stats->extent = fmin(stats->extent, extent);
        }
}

lng_stats lng_array_stats(const lng_array *array, int64_t count)
{
    lng_stats stats = {NAN, NAN, NAN, NAN, NAN};
    int64_t light = 0;
    lng_array_range(array, count, &stats.least, &stats.most);
    if (isnan(stats.least))
        return stats;
    for (int64_t i = 0; i < count && lng_shape_is_image(array->shape); i++)
        light += lng_image_is_light(array, i, (stats.least + stats.most) / 2);
    stats.light = lng_shape_is_image(array->shape) ? (double)light / (double)count : NAN;
    find_inks(array, count, &stats);
    return stats;
}
