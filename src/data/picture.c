/* Pictures to arrays: as they are, or resized row by row, in memory that depends on the result alone. */
#include "config.h"
#include "data/picture.h"
#include "base/arena.h"
#include <string.h>

static bool is_pgm(const unsigned char *at, size_t n)
{
    return n >= 2 && at[0] == 'P' && (at[1] == '2' || at[1] == '3' || at[1] == '5' || at[1] == '6');
}

static bool is_png(const unsigned char *at, size_t n)
{
    return n >= 8 && memcmp(at, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static bool is_jpeg(const unsigned char *at, size_t n)
{
    return n >= 3 && memcmp(at, "\xff\xd8\xff", 3) == 0;
}

static const lng_picture_format formats[] = {
    {is_pgm, lng_pgm_size, lng_pgm_decode}, {is_png, lng_png_size, lng_png_decode}, {is_jpeg, lng_jpeg_size, lng_jpeg_decode}};

const lng_picture_format *lng_picture_find(const unsigned char *at, size_t n)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (formats[i].recognise(at, n))
            return &formats[i];
    return NULL;
}

void lng_pixel_store(unsigned char *to, const unsigned char from[4], int channels)
{
    unsigned rgb[3];
    for (int k = 0; k < 3; k++)
        rgb[k] = channels == 4 ? from[k] : (from[k] * from[3] + 255u * (255u - from[3]) + 127) / 255;
    if (channels < 3)
        to[0] = (unsigned char)((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
    for (int k = 0; k < 3 && channels >= 3; k++)
        to[k] = (unsigned char)rgb[k];
    if (channels == 4)
        to[3] = from[3];
}

static void put_pixels(void *context, const unsigned char *pixels, int64_t columns, int64_t x0, int64_t dx, int64_t y)
{
    const lng_array *array = context;
    const int64_t w = array->shape.dim[1], c = lng_shape_channels(array->shape);
    uint8_t *row = (uint8_t *)array->at + y * w * c;
    for (int64_t i = 0; i < columns; i++)
        memcpy(row + (x0 + i * dx) * c, pixels + i * c, (size_t)c);
}

static bool read_whole(const lng_picture_format *f, const unsigned char *at, size_t n, lng_array *array, lng_failure *failure)
{
    const lng_pixels sink = {(int)lng_shape_channels(array->shape), array, put_pixels};
    return lng_array_new(array, 1, failure) && f->decode(at, n, &sink, failure);
}

/* ---- resized ---- */
typedef struct resizing {
    lng_resizer *resizer;
    double *row;
    int channels;
} resizing;

static void resize_pixels(void *context, const unsigned char *pixels, int64_t columns, int64_t x0, int64_t dx, int64_t y)
{
    const resizing *s = context;
    (void)x0, (void)dx, (void)y; /* not interlaced: whole rows, from the top */
    for (int64_t i = 0; i < columns * s->channels; i++)
        s->row[i] = pixels[i];
    lng_resizer_row(s->resizer, s->row);
}

static bool read_resized(const lng_picture_format *f, const unsigned char *at, size_t n, lng_picture_size size, lng_array *array,
                         lng_failure *failure)
{
    const lng_shape to = array->shape;
    resizing s = {.channels = (int)lng_shape_channels(to)};
    s.resizer = lng_resizer_new(size.height, size.width, s.channels, to.dim[0], to.dim[1], failure);
    s.row = lng_block_new(sizeof(double) * (size_t)(size.width * s.channels));
    const lng_pixels sink = {s.channels, &s, resize_pixels};
    const bool done = s.resizer && (s.row || lng_fail(failure, LNG_E_MEMORY, "out of memory")) &&
                      lng_array_new(array, 1, failure) && f->decode(at, n, &sink, failure);
    for (int64_t i = 0, all = done ? lng_shape_size(to) : 0; i < all; i++)
        ((uint8_t *)array->at)[i] = (uint8_t)(lng_resizer_image(s.resizer)[i] + 0.5);
    lng_block_free(s.row);
    lng_resizer_free(s.resizer);
    return done;
}

bool lng_picture_read(const lng_picture_format *f, const unsigned char *at, size_t n, lng_shape to, lng_array *array,
                      lng_failure *failure)
{
    lng_picture_size size;
    *array = (lng_array){.type = LNG_ARRAY_U8, .shape = to};
    if (!f->size(at, n, &size, failure))
        return false;
    const bool same = size.height == to.dim[0] && size.width == to.dim[1];
    if (!same && !size.interlaced)
        return read_resized(f, at, n, size, array, failure);
    array->shape.dim[0] = size.height;
    array->shape.dim[1] = size.width;
    return read_whole(f, at, n, array, failure) && (same || lng_images_resize(array, to.dim[0], to.dim[1], failure));
}

/* ---- fitted ---- */
/* The size to which the picture is resized, with its proportions, so that it covers the shape, or fits into it. */
static lng_shape scaled(lng_picture_size size, lng_fit fit, lng_shape to)
{
    const double h = (double)to.dim[0] / (double)size.height, w = (double)to.dim[1] / (double)size.width;
    const double scale = (fit == LNG_FIT_CROP) == (h > w) ? h : w;
    const double side[] = {(double)size.height * scale + 0.5, (double)size.width * scale + 0.5};
    for (int i = 0; i < 2; i++) {
        int64_t n = (int64_t)side[i];
        n = fit == LNG_FIT_CROP ? (n < to.dim[i] ? to.dim[i] : n) : (n > to.dim[i] ? to.dim[i] : n);
        to.dim[i] = n < 1 ? 1 : n > LNG_IMAGE_SIDE ? LNG_IMAGE_SIDE : n;
    }
    return to;
}

/* The middle of one in the middle of the other. */
static void put_middle(const lng_array *from, lng_array *to)
{
    const int64_t c = lng_shape_channels(to->shape);
    int64_t n[2], source[2], target[2];
    for (int i = 0; i < 2; i++) {
        const int64_t had = from->shape.dim[i], has = to->shape.dim[i];
        n[i] = had < has ? had : has;
        source[i] = (had - n[i]) / 2;
        target[i] = (has - n[i]) / 2;
    }
    for (int64_t y = 0; y < n[0]; y++)
        memcpy((uint8_t *)to->at + ((target[0] + y) * to->shape.dim[1] + target[1]) * c,
               (const uint8_t *)from->at + ((source[0] + y) * from->shape.dim[1] + source[1]) * c, (size_t)(n[1] * c));
}

bool lng_picture_fit(const lng_picture_format *f, const unsigned char *at, size_t n, lng_fit fit, lng_shape to, lng_array *array,
                     lng_failure *failure)
{
    lng_picture_size size;
    lng_array whole;
    *array = (lng_array){.type = LNG_ARRAY_U8, .shape = to};
    if (!f->size(at, n, &size, failure))
        return false;
    const bool same = size.height == to.dim[0] && size.width == to.dim[1];
    if (!same && fit == LNG_FIT_NONE)
        return lng_fail(failure, LNG_E_SHAPE, "%lld x %lld pixels, expected %lld x %lld", (long long)size.height,
                        (long long)size.width, (long long)to.dim[0], (long long)to.dim[1]) ||
               lng_fail_hint(failure, "`fit: crop`, `fit: pad` or `fit: stretch` makes images of any size fit");
    if (same || fit == LNG_FIT_STRETCH)
        return lng_picture_read(f, at, n, to, array, failure);
    if (!lng_picture_read(f, at, n, scaled(size, fit, to), &whole, failure) || !lng_array_new(array, 1, failure)) {
        lng_array_free(&whole);
        return false;
    }
    put_middle(&whole, array);
    lng_array_free(&whole);
    return true;
}
