/* Where the ink of an image is, and bringing it to the middle as MNIST does: scaled to fit a box of 20/28 of the image, and moved so that
 * its center of mass is in the middle. Ink is what differs from the mean of the border. */
#include "config.h"
#include "data/image.h"
#include <math.h>
#include <string.h>

#define FAINT 0.1 /* of the strongest ink of the image: paler pixels are no ink */
#define BOX   (20.0 / 28)

typedef struct plane {
    const lng_array *array;
    int64_t example, h, w, c;
    double ground, faint;
} plane;

/* bytes: the type of the array, known where the loops are compiled. */
static inline double element(const plane *p, bool bytes, int64_t i)
{
    return bytes ? ((const uint8_t *)p->array->at)[i] : (double)((const float *)p->array->at)[i];
}

static int64_t first_of(const plane *p)
{
    return p->example * p->h * p->w * p->c;
}

/* Of the pixel whose first channel is element i. */
static inline double ink_at(const plane *p, bool bytes, int64_t i)
{
    double ink = 0;
    for (int64_t k = 0; k < p->c; k++)
        ink += fabs(element(p, bytes, i + k) - p->ground);
    return ink > p->faint ? ink : 0;
}

/* Images with one channel of bytes have 256 inks at most. */
static bool is_gray(const plane *p)
{
    return p->array->type == LNG_ARRAY_U8 && p->c == 1;
}

static double strongest_of_bytes(const plane *p)
{
    const uint8_t *byte = (const uint8_t *)p->array->at + first_of(p);
    uint8_t low = UINT8_MAX, high = 0;
    for (int64_t i = 0; i < p->h * p->w; i++) {
        low = byte[i] < low ? byte[i] : low;
        high = byte[i] > high ? byte[i] : high;
    }
    return fmax(fabs(low - p->ground), fabs(high - p->ground));
}

static inline double strongest_in(const plane *p, bool bytes)
{
    const int64_t first = first_of(p), end = first + p->h * p->w * p->c;
    double most = 0;
    for (int64_t i = first; i < end; i += p->c) {
        const double ink = ink_at(p, bytes, i);
        most = ink > most ? ink : most;
    }
    return most;
}

static plane plane_of(const lng_array *array, int64_t example)
{
    const lng_shape s = array->shape;
    plane p = {.array = array, .example = example, .h = s.dim[0], .w = s.dim[1], .c = lng_shape_channels(s)};
    int64_t border;
    p.ground = lng_image_border(array, example, &border);
    p.ground /= (double)border;
    p.faint = FAINT * (is_gray(&p)                   ? strongest_of_bytes(&p)
                       : array->type == LNG_ARRAY_U8 ? strongest_in(&p, true)
                                                     : strongest_in(&p, false));
    return p;
}

typedef struct ink {
    double sum, y, x;                 /* center of mass, in pixels from the first one's center */
    int64_t top, bottom, left, right; /* all included */
} ink;

/* inks: of each byte, in gray images; NULL otherwise. */
static inline ink find_in(const plane *p, bool bytes, const double *inks)
{
    ink i = {.top = p->h, .bottom = -1, .left = p->w, .right = -1};
    int64_t element = first_of(p);
    for (int64_t y = 0; y < p->h; y++)
        for (int64_t x = 0; x < p->w; x++, element += p->c) {
            const double v = inks ? inks[((const uint8_t *)p->array->at)[element]] : ink_at(p, bytes, element);
            if (v == 0)
                continue;
            i.sum += v;
            i.y += v * (double)y;
            i.x += v * (double)x;
            i.top = y < i.top ? y : i.top;
            i.bottom = y;
            i.left = x < i.left ? x : i.left;
            i.right = x > i.right ? x : i.right;
        }
    i.y = i.sum > 0 ? i.y / i.sum : 0;
    i.x = i.sum > 0 ? i.x / i.sum : 0;
    return i;
}

static ink find_ink(const plane *p)
{
    double inks[UINT8_MAX + 1];
    if (!is_gray(p))
        return p->array->type == LNG_ARRAY_U8 ? find_in(p, true, NULL) : find_in(p, false, NULL);
    for (int b = 0; b <= UINT8_MAX; b++) {
        inks[b] = fabs(b - p->ground);
        inks[b] = inks[b] > p->faint ? inks[b] : 0;
    }
    return find_in(p, true, inks);
}

bool lng_image_ink(const lng_array *array, int64_t example, double *offset, double *extent)
{
    const plane p = plane_of(array, example);
    const ink i = find_ink(&p);
    const double h = (double)p.h, w = (double)p.w;
    if (i.sum == 0)
        return false;
    *offset = fmax(fabs((i.y + 0.5) / h - 0.5), fabs((i.x + 0.5) / w - 0.5));
    *extent = fmax((double)(i.bottom - i.top + 1) / h, (double)(i.right - i.left + 1) / w);
    return true;
}

/* ---- moving it ---- */
static double at(const plane *p, int64_t y, int64_t x, int64_t k)
{
    return lng_array_at(p->array, first_of(p) + (y * p->w + x) * p->c + k);
}

/* The rectangle of the ink as floats, an image of its own. */
static bool cut_out(const plane *p, const ink *i, lng_array *out, lng_failure *failure)
{
    *out = (lng_array){.type = LNG_ARRAY_F32, .shape = p->array->shape};
    out->shape.dim[0] = i->bottom - i->top + 1;
    out->shape.dim[1] = i->right - i->left + 1;
    if (!lng_array_new(out, 1, failure))
        return false;
    float *to = out->at;
    for (int64_t y = i->top; y <= i->bottom; y++)
        for (int64_t x = i->left; x <= i->right; x++)
            for (int64_t k = 0; k < p->c; k++)
                *to++ = (float)at(p, y, x, k);
    return true;
}

static int64_t scaled(int64_t side, double scale)
{
    const int64_t n = (int64_t)((double)side * scale + 0.5);
    return n > 0 ? n : 1;
}

static void put(lng_array *out, int64_t element, double value)
{
    if (out->type == LNG_ARRAY_U8)
        ((uint8_t *)out->at)[element] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5);
    else
        ((float *)out->at)[element] = (float)value;
}

/* Puts `part` on the ground of an image of `out`, with its center of mass in the middle; what would be outside is cut. */
static void place(const plane *p, const lng_array *part, lng_array *out)
{
    const int64_t h = out->shape.dim[0], w = out->shape.dim[1], from = p->example * h * w * p->c;
    const plane small = {.array = part, .h = part->shape.dim[0], .w = part->shape.dim[1], .c = p->c, .ground = p->ground};
    const ink i = find_ink(&small);
    const int64_t top = (int64_t)floor((double)(h - 1) / 2 - i.y + 0.5), left = (int64_t)floor((double)(w - 1) / 2 - i.x + 0.5);
    for (int64_t y = 0; y < h; y++)
        for (int64_t x = 0; x < w; x++)
            for (int64_t k = 0; k < p->c; k++) {
                const bool inside = y >= top && x >= left && y < top + small.h && x < left + small.w;
                put(out, from + (y * w + x) * p->c + k, inside ? at(&small, y - top, x - left, k) : p->ground);
            }
}

static bool center(const lng_array *array, int64_t example, int64_t number, lng_array *out, lng_failure *failure)
{
    const plane p = plane_of(array, example);
    const ink i = find_ink(&p);
    const double box = BOX * (double)(out->shape.dim[0] < out->shape.dim[1] ? out->shape.dim[0] : out->shape.dim[1]);
    const int64_t h = i.bottom - i.top + 1, w = i.right - i.left + 1;
    lng_array part;
    if (i.sum == 0)
        return lng_fail(failure, LNG_E_DATA, "example %lld has no ink to center: all its pixels are equal", (long long)number);
    const double scale = box / (double)(h > w ? h : w);
    const bool good = cut_out(&p, &i, &part, failure) && lng_images_resize(&part, scaled(h, scale), scaled(w, scale), failure);
    if (good)
        place(&p, &part, out);
    lng_array_free(&part);
    return good;
}

bool lng_images_center(lng_array *array, const int64_t *number, int64_t height, int64_t width, lng_failure *failure)
{
    lng_array out = {.type = array->type, .shape = array->shape};
    out.shape.dim[0] = height;
    out.shape.dim[1] = width;
    bool good = lng_array_new(&out, array->count, failure);
    for (int64_t i = 0; good && i < array->count; i++)
        good = center(array, i, number[i], &out, failure);
    lng_array_free(good ? array : &out);
    if (good)
        *array = out;
    return good;
}
