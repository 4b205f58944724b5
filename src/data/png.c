/* PNG by libpng's simplified interface, when it was there at configure time. */
#include "config.h"
#include "data/image.h"
#include <string.h>

#ifdef HAVE_LIBPNG
#include <png.h>

static bool decode(png_image *image, lng_array *array, lng_failure *failure)
{
    const png_color white = {255, 255, 255};
    if (image->width > LNG_IMAGE_SIDE || image->height > LNG_IMAGE_SIDE)
        return lng_fail(failure, LNG_E_LIMIT, "byte 16: an image of %u x %u, past the limit of %d", image->width, image->height,
                        LNG_IMAGE_SIDE);
    image->format = PNG_FORMAT_GRAY;
    *array = (lng_array){.type = LNG_ARRAY_U8, .shape = {2, {image->height, image->width}}};
    if (!lng_array_new(array, 1, failure))
        return false;
    return png_image_finish_read(image, &white, array->at, 0, NULL) ||
           lng_fail(failure, LNG_E_DATA, "byte 8: damaged PNG data: %s", image->message);
}

bool lng_png_parse(const unsigned char *at, size_t n, lng_array *array, lng_failure *failure)
{
    static const unsigned char end[12] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
    if (n < sizeof end || memcmp(at + n - sizeof end, end, sizeof end) != 0)
        return lng_fail(failure, LNG_E_DATA, "byte %zu: the file does not end as a PNG image does", n);
    png_image image = {.version = PNG_IMAGE_VERSION};
    bool done = png_image_begin_read_from_memory(&image, at, n)
                    ? decode(&image, array, failure)
                    : lng_fail(failure, LNG_E_DATA, "byte 8: not a PNG image: %s", image.message);
    png_image_free(&image);
    return done;
}
#else
bool lng_png_parse(const unsigned char *at, size_t n, lng_array *array, lng_failure *failure)
{
    (void)at, (void)n, (void)array;
    return lng_fail(failure, LNG_E_DATA,
                    "byte 0: a PNG image, but this lngraph was built without libpng; install libpng (Debian: "
                    "libpng-dev), configure and build again, or convert the image to PGM");
}
#endif
