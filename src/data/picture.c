/* Pictures to arrays: as they are, or resized row by row, in memory that depends on the result alone. */
#include "config.h"
#include "data/picture.h"
#include "base/arena.h"
#include <string.h>

static bool is_pgm(const unsigned char *at, size_t n)
{
    return n >= 2 && at[0] == 'P' && (at[1] == '2' || at[1] == '5');
}

static bool is_png(const unsigned char *at, size_t n)
{
    return n >= 8 && memcmp(at, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static const lng_picture_format formats[] = {{is_pgm, lng_pgm_size, lng_pgm_decode, false},
                                             {is_png, lng_png_size, lng_png_decode, true}};

const lng_picture_format *lng_picture_find(const unsigned char *at, size_t n)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (formats[i].recognise(at, n))
            return &formats[i];
    return NULL;
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
