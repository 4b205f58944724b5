/* What examples look like, and what prediction does to them before the model sees them. */
#include "config.h"
#include "data/image.h"
#include <math.h>

float lng_images_top(const lng_array *array)
{
    const float *at = array->at;
    for (int64_t i = 0, n = array->type == LNG_ARRAY_F32 ? array->count * lng_shape_size(array->shape) : 0; i < n; i++)
        if (at[i] > 1)
            return 255;
    return array->type == LNG_ARRAY_F32 ? 1 : 255;
}

void lng_images_invert(lng_array *array, float top)
{
    const int64_t n = array->count * lng_shape_size(array->shape);
    uint8_t *byte = array->at;
    float *real = array->at;
    for (int64_t i = 0; array->type == LNG_ARRAY_U8 && i < n; i++)
        byte[i] = (uint8_t)(255 - byte[i]);
    for (int64_t i = 0; array->type == LNG_ARRAY_F32 && i < n; i++)
        real[i] = top - real[i];
}

bool lng_shape_is_image(lng_shape shape)
{
    return shape.rank == 2 || shape.rank == 3;
}

bool lng_shape_is_sequence(lng_shape shape)
{
    const int64_t longest = 4; /* times the shorter side: more than that is hardly a picture */
    return shape.rank == 2 && (shape.dim[0] > longest * shape.dim[1] || shape.dim[1] > longest * shape.dim[0]);
}

int64_t lng_shape_channels(lng_shape shape)
{
    return shape.rank == 3 ? shape.dim[2] : 1;
}

bool lng_shape_is_picture(lng_shape shape)
{
    return lng_shape_is_image(shape) && !lng_shape_is_sequence(shape) &&
           (lng_shape_channels(shape) == 1 || lng_shape_channels(shape) == 3);
}

/* Adds n elements to the sum, in their order. bytes: the type of the array, known where the loops are compiled. */
static inline double add_elements(const lng_array *array, bool bytes, int64_t first, int64_t n, double sum)
{
    int64_t whole = 0; /* of bytes: exact, so the order does not matter */
    for (int64_t i = first; i < first + n; i++)
        if (bytes)
            whole += ((const uint8_t *)array->at)[i];
        else
            sum += lng_array_at(array, i);
    return sum + (double)whole;
}

static inline double border_of(const lng_array *array, bool bytes, int64_t example, int64_t *count)
{
    const int64_t h = array->shape.dim[0], w = array->shape.dim[1], c = lng_shape_channels(array->shape);
    double sum = 0;
    *count = 0;
    for (int64_t y = 0; y < h; y++) {
        const int64_t row = (example * h + y) * w * c;
        const bool whole = y == 0 || y == h - 1 || w <= 2;
        sum = add_elements(array, bytes, row, whole ? w * c : c, sum);
        sum = whole ? sum : add_elements(array, bytes, row + (w - 1) * c, c, sum);
        *count += whole ? w * c : 2 * c;
    }
    return sum;
}

double lng_image_border(const lng_array *array, int64_t example, int64_t *count)
{
    return array->type == LNG_ARRAY_U8 ? border_of(array, true, example, count) : border_of(array, false, example, count);
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
    if (n < 1)
        return;
    if (array->type == LNG_ARRAY_I32) {
        *least = *most = lng_array_at(array, 0);
        for (int64_t i = 1; i < n; i++) {
            *least = fmin(*least, lng_array_at(array, i));
            *most = fmax(*most, lng_array_at(array, i));
        }
        return;
    }
    if (array->type == LNG_ARRAY_U8) {
        uint8_t low = byte[0], high = byte[0];
        for (int64_t i = 1; i < n && (low > 0 || high < UINT8_MAX); i++) { /* no byte is beyond these */
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
