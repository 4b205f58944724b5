/* Resizes images, one axis after the other: a new pixel is a weighted mean of old ones,
 *     smaller: each old pixel by the part of it that the new one covers
 *     larger:  the two old pixels whose centers enclose the new center, by nearness; the border repeats */
#include "config.h"
#include "data/image.h"
#include "base/assert.h"
#include <string.h>

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

static double weight_of(const mix *m, int64_t k)
{
    return k == 0 ? (m->count == 1 ? 1 : m->left) : k == m->count - 1 ? m->right : 1;
}

/* ---- rows ---- */
struct lng_resizer {
    int64_t h, w, channels, height, width;
    int64_t y, first;     /* the next row; the first new row that is not complete */
    mix *column;          /* what makes each new pixel of a row */
    double *wide;         /* the row, `width` wide */
    double *sum, *weight; /* of the new image; of its rows */
};

lng_resizer *lng_resizer_new(int64_t h, int64_t w, int64_t channels, int64_t height, int64_t width, lng_failure *failure)
{
    lng_resizer *r = lng_block_new(sizeof *r);
    if (r) {
        *r = (lng_resizer){.h = h, .w = w, .channels = channels, .height = height, .width = width};
        r->column = lng_block_new(sizeof(mix) * (size_t)width);
        r->wide = lng_block_new(sizeof(double) * (size_t)(width * channels));
        r->sum = lng_block_new(sizeof(double) * (size_t)(height * width * channels));
        r->weight = lng_block_new(sizeof(double) * (size_t)height);
    }
    for (int64_t i = 0; r && r->column && i < width; i++)
        r->column[i] = mix_of(i, w, width);
    if (r && r->column && r->wide && r->sum && r->weight)
        return r;
    lng_resizer_free(r);
    lng_fail(failure, LNG_E_MEMORY, "out of memory");
    return NULL;
}

void lng_resizer_free(lng_resizer *r)
{
    if (!r)
        return;
    lng_block_free(r->column);
    lng_block_free(r->wide);
    lng_block_free(r->sum);
    lng_block_free(r->weight);
    lng_block_free(r);
}

/* The sum of the old pixels of one channel by their weights, and the weights'. */
static double mixed(const mix *m, const double *row, int64_t channels)
{
    double sum = weight_of(m, 0) * row[0], weights = weight_of(m, 0);
    for (int64_t k = 1; k < m->count - 1; k++)
        sum += row[k * channels];
    weights += m->count > 2 ? (double)(m->count - 2) : 0;
    if (m->count > 1) {
        sum += m->right * row[(m->count - 1) * channels];
        weights += m->right;
    }
    return sum / weights;
}

static void widen_row(lng_resizer *r, const double *row)
{
    for (int64_t i = 0; i < r->width; i++)
        for (int64_t c = 0; c < r->channels; c++)
            r->wide[i * r->channels + c] = mixed(&r->column[i], row + r->column[i].first * r->channels + c, r->channels);
}

/* Adds the row to a new one, which is divided by its weights after its last row. */
static void add_row(lng_resizer *r, int64_t i, const mix *m)
{
    const int64_t n = r->width * r->channels, k = r->y - m->first;
    double *sum = r->sum + i * n;
    if (k == 0) {
        memset(sum, 0, sizeof *sum * (size_t)n);
        r->weight[i] = 0;
    }
    for (int64_t e = 0; e < n; e++)
        sum[e] += weight_of(m, k) * r->wide[e];
    r->weight[i] += weight_of(m, k);
    for (int64_t e = 0; k == m->count - 1 && e < n; e++)
        sum[e] /= r->weight[i];
}

void lng_resizer_row(lng_resizer *r, const double *row)
{
    LNG_ASSERT(r->y <= r->h);
    if (r->y == r->h)
        r->y = r->first = 0;
    widen_row(r, row);
    for (int64_t i = r->first; i < r->height; i++) {
        const mix m = mix_of(i, r->h, r->height);
        if (m.first > r->y)
            break;
        if (r->y < m.first + m.count)
            add_row(r, i, &m);
        if (r->y >= m.first + m.count - 1 && i == r->first)
            r->first++;
    }
    r->y++;
}

const double *lng_resizer_image(const lng_resizer *r)
{
    return r->sum;
}

/* ---- arrays ---- */
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
    int64_t h = array->shape.dim[0], w = array->shape.dim[1], c = lng_shape_channels(array->shape);
    lng_array out = {.type = array->type, .shape = array->shape};
    out.shape.dim[0] = height;
    out.shape.dim[1] = width;
    if (lng_shape_size(array->shape) < 0 || !lng_array_new(&out, array->count, failure))
        return lng_fail(failure, LNG_E_LIMIT, "images larger than the limit");
    lng_resizer *r = lng_resizer_new(h, w, c, height, width, failure);
    double *row = lng_block_new(sizeof(double) * (size_t)(w * c));
    const bool ready = r && (row || lng_fail(failure, LNG_E_MEMORY, "out of memory"));
    for (int64_t i = 0; ready && i < array->count; i++) {
        for (int64_t y = 0; y < h; y++) {
            for (int64_t x = 0; x < w * c; x++)
                row[x] = lng_array_at(array, (i * h + y) * w * c + x);
            lng_resizer_row(r, row);
        }
        store(&out, i, height * width * c, lng_resizer_image(r));
    }
    lng_block_free(row);
    lng_resizer_free(r);
    if (!ready) {
        lng_array_free(&out);
        return false;
    }
    lng_array_free(array);
    *array = out;
    return true;
}

bool lng_images_resize(lng_array *array, int64_t height, int64_t width, lng_failure *failure)
{
    if (height < 1 || width < 1 || height > LNG_IMAGE_SIDE || width > LNG_IMAGE_SIDE)
        return lng_fail(failure, LNG_E_LIMIT, "images of %lld x %lld, past the limit", (long long)height, (long long)width);
    if (!lng_shape_is_image(array->shape) || array->type == LNG_ARRAY_I32)
        return lng_fail(failure, LNG_E_SHAPE, "only images of u8 or f32 with two or three dimensions can be resized");
    return resize(array, height, width, failure);
}
