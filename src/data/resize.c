/* Images of another size. One axis after the other: a new pixel is a weighted mean of old ones,
 *     smaller: each old pixel by the part of it that the new one covers
 *     larger:  the two old pixels whose centres enclose the new centre, by nearness; the border repeats */
#include "config.h"
#include "data/image.h"

/* Old pixels first .. first + count - 1 of a line of `old` make pixel i of a line of `new`. */
typedef struct mix {
    int64_t first, count;
    double left, right; /* weights of the first and the last one; those between weigh 1 */
} mix;

static mix mix_of(int64_t i, int64_t old, int64_t new)
{
    double scale = (double)old / (double)new;
    if (old >= new) {
        double from = (double)i * scale, to = (double)(i + 1) * scale;
        int64_t first = (int64_t)from, last = i + 1 == new ? old - 1 : (int64_t)to;
        if (last > old - 1)
            last = old - 1;
        double right = to - (double)last;
        return (mix){first, last - first + 1, (double)(first + 1) - from, right < 1 ? right : 1};
    }
    double centre = ((double)i + 0.5) * scale - 0.5;
    int64_t first = centre < 0 ? 0 : (int64_t)centre;
    double right = centre < 0 ? 0 : centre - (double)first;
    return first + 1 < old ? (mix){first, 2, 1 - right, right} : (mix){first, 1, 1, 1};
}

/* Lines of `old` elements, `stride` apart, to lines of `new`; outer x stride lines. */
static void resize_axis(const double *from, double *to, int64_t outer, int64_t old, int64_t new, int64_t stride)
{
    for (int64_t i = 0; i < new; i++) {
        mix m = mix_of(i, old, new);
        for (int64_t o = 0; o < outer; o++)
            for (int64_t s = 0; s < stride; s++) {
                double sum = 0, weights = 0;
                for (int64_t k = 0; k < m.count; k++) {
                    double weight = k == 0 ? (m.count == 1 ? 1 : m.left) : k == m.count - 1 ? m.right : 1;
                    sum += weight * from[(o * old + m.first + k) * stride + s];
                    weights += weight;
                }
                to[(o * new + i) * stride + s] = sum / weights;
            }
    }
}

static void load(const lng_array *from, int64_t example, int64_t size, double *to)
{
    for (int64_t i = 0, at = example * size; i < size; i++, at++)
        to[i] = lng_array_at(from, at);
}

static void store(lng_array *to, int64_t example, int64_t size, const double *from)
{
    for (int64_t i = 0, at = example * size; i < size; i++, at++)
        if (to->type == LNG_ARRAY_U8)
            ((uint8_t *)to->at)[at] = (uint8_t)(from[i] + 0.5);
        else
            ((float *)to->at)[at] = (float)from[i];
}

static bool resize(lng_array *array, int64_t height, int64_t width, lng_failure *failure)
{
    int64_t h = array->shape.dim[0], w = array->shape.dim[1], c = array->shape.rank == 3 ? array->shape.dim[2] : 1;
    lng_array out = {.type = array->type, .shape = array->shape};
    out.shape.dim[0] = height;
    out.shape.dim[1] = width;
    if (lng_shape_size(array->shape) < 0 || !lng_array_new(&out, array->count, failure))
        return lng_fail(failure, LNG_E_LIMIT, "images larger than the limit");
    double *work = lng_block_new(sizeof(double) * (size_t)(h * w * c + h * width * c + height * width * c));
    if (!work) {
        lng_array_free(&out);
        return lng_fail(failure, LNG_E_MEMORY, "out of memory");
    }
    double *wide = work + h * w * c, *done = wide + h * width * c;
    for (int64_t i = 0; i < array->count; i++) {
        load(array, i, h * w * c, work);
        resize_axis(work, wide, h, w, width, c);
        resize_axis(wide, done, 1, h, height, width * c);
        store(&out, i, height * width * c, done);
    }
    lng_block_free(work);
    lng_array_free(array);
    *array = out;
    return true;
}

bool lng_images_resize(lng_array *array, int64_t height, int64_t width, lng_errors *errors)
{
    lng_failure failure = {0};
    if (height < 1 || width < 1 || height > LNG_IMAGE_SIDE || width > LNG_IMAGE_SIDE)
        lng_fail(&failure, LNG_E_LIMIT, "images of %lld x %lld, past the limit", (long long)height, (long long)width);
    else if (!lng_shape_is_image(array->shape) || array->type == LNG_ARRAY_I32)
        lng_fail(&failure, LNG_E_SHAPE, "only images of u8 or f32 with two or three dimensions can be resized");
    else if (resize(array, height, width, &failure))
        return true;
    return lng_error(errors, failure.code, (lng_place){0}, "%s", failure.text);
}
