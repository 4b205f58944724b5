/* Files of one picture: PGM and PPM, PNG, JPEG. The header gives the size, so a picture that cannot be used costs nothing; its rows then come
 * one by one, and may be resized as they come. As strict as data sets: a file holds what its header says, to the byte. */
#ifndef LNG_DATA_PICTURE_H
#define LNG_DATA_PICTURE_H
#include "data/image.h"
#include "data/spec.h"

typedef struct lng_picture_size {
    int64_t height, width;
    bool interlaced;
} lng_picture_size;

/* Takes the picture row by row. */
typedef struct lng_pixels {
    int channels; /* that it takes: 1, 3 or 4 */
    void *context;
    /* pixels x0, x0 + dx, ... of row y; interlaced files give them in seven passes */
    void (*row)(void *context, const unsigned char *pixels, int64_t columns, int64_t x0, int64_t dx, int64_t y);
} lng_pixels;

typedef struct lng_picture_format {
    bool (*recognise)(const unsigned char *at, size_t n);
    /* n: of the first bytes of the file */
    bool (*size)(const unsigned char *at, size_t n, lng_picture_size *, lng_failure *);
    bool (*decode)(const unsigned char *at, size_t n, const lng_pixels *, lng_failure *);
} lng_picture_format;
const lng_picture_format *lng_picture_find(const unsigned char *at, size_t n); /* NULL: it begins like none of them */

/* Decodes a picture of 0 to 255 into an example of this shape: [height, width] or [height, width, channels]. */
bool lng_picture_read(const lng_picture_format *, const unsigned char *at, size_t n, lng_shape, lng_array *, lng_failure *);

/* The same for a picture of any size, which the fit brings to the shape; without one it must have the size. */
bool lng_picture_fit(const lng_picture_format *, const unsigned char *at, size_t n, lng_fit, lng_shape, lng_array *, lng_failure *);
/* Reads a file with a picture into the bytes of an example. */
bool lng_picture_load(const char *path, lng_fit, lng_shape, unsigned char *to, lng_failure *);
#define LNG_PICTURE_BYTES ((size_t)1 << 30) /* of a file */

/* Red, green, blue and alpha as so many channels: 1 is gray, 0.299 R + 0.587 G + 0.114 B; unless alpha is wanted, the pixel lies on white. */
void lng_pixel_store(unsigned char *to, const unsigned char from[4], int channels);
bool lng_pgm_size(const unsigned char *at, size_t n, lng_picture_size *, lng_failure *);
bool lng_pgm_decode(const unsigned char *at, size_t n, const lng_pixels *, lng_failure *);
bool lng_jpeg_size(const unsigned char *at, size_t n, lng_picture_size *, lng_failure *);
bool lng_jpeg_decode(const unsigned char *at, size_t n, const lng_pixels *, lng_failure *);
bool lng_png_size(const unsigned char *at, size_t n, lng_picture_size *, lng_failure *);
bool lng_png_decode(const unsigned char *at, size_t n, const lng_pixels *, lng_failure *);
#endif
