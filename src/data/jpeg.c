/* JPEG, decoded by libjpeg if there was one when this was built. A file whose data are damaged or cut is refused, where libjpeg would warn
 * and make up the rest. The exact transform and its plain upsampling are asked for, so that versions of libjpeg differ as little as they can. */
#include "config.h"
#include "base/arena.h"
#include "data/picture.h"

#ifdef HAVE_JPEG
#include <stdio.h>
#include <setjmp.h>
#include <jpeglib.h>
#include <jerror.h>

typedef struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr handler;
    jmp_buf out;
    lng_failure *failure;
    unsigned char *row, *pixels; /* blocks */
} decoder;

/* Warnings are errors: the data are not what they were. */
static void refuse(j_common_ptr jpeg)
{
    decoder *d = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY)
        lng_fail(d->failure, LNG_E_MEMORY, "out of memory");
    else
        lng_fail(d->failure, LNG_E_DATA, "damaged JPEG data: %s", text);
    longjmp(d->out, 1);
}

static void refuse_warning(j_common_ptr jpeg, int level)
{
    if (level < 0)
        refuse(jpeg);
}

static void read_header(decoder *d, const unsigned char *at, size_t n)
{
    d->jpeg.err = jpeg_std_error(&d->handler);
    d->handler.error_exit = refuse;
    d->handler.emit_message = refuse_warning;
    d->jpeg.client_data = d;
    jpeg_create_decompress(&d->jpeg);
    d->jpeg.client_data = d;
    jpeg_mem_src(&d->jpeg, (unsigned char *)at, (unsigned long)n); /* not const in old versions; it only reads */
    jpeg_read_header(&d->jpeg, TRUE);
}

static void close_decoder(decoder *d)
{
    jpeg_destroy_decompress(&d->jpeg);
    lng_block_free(d->row);
    lng_block_free(d->pixels);
}

static bool check_size(const decoder *d)
{
    const struct jpeg_decompress_struct *j = &d->jpeg;
    if (j->image_width > LNG_IMAGE_SIDE || j->image_height > LNG_IMAGE_SIDE)
        return lng_fail(d->failure, LNG_E_LIMIT, "an image of %u x %u, past the limit of %d", j->image_height, j->image_width,
                        LNG_IMAGE_SIDE);
    return j->num_components == 1 || j->num_components == 3 ||
           lng_fail(d->failure, LNG_E_DATA, "a JPEG image of %d color components, expected gray or RGB", j->num_components);
}

bool lng_jpeg_size(const unsigned char *at, size_t n, lng_picture_size *size, lng_failure *failure)
{
    decoder d = {.failure = failure};
    volatile bool good = false;
    if (setjmp(d.out) == 0) {
        read_header(&d, at, n);
        *size = (lng_picture_size){d.jpeg.image_height, d.jpeg.image_width, false};
        good = check_size(&d);
    }
    close_decoder(&d);
    return good;
}

static void give_row(const decoder *d, const lng_pixels *sink, int64_t y)
{
    const int64_t width = d->jpeg.output_width;
    const int samples = d->jpeg.output_components;
    for (int64_t x = 0; x < width; x++) {
        const unsigned char *from = d->row + x * samples;
        const unsigned char colour[4] = {from[0], from[samples / 2], from[samples - 1], 255};
        lng_pixel_store(d->pixels + x * sink->channels, colour, sink->channels);
    }
    sink->row(sink->context, d->pixels, width, 0, 1, y);
}

static bool decode(decoder *d, const lng_pixels *sink)
{
    struct jpeg_decompress_struct *j = &d->jpeg;
    if (!check_size(d))
        return false;
    j->out_color_space = j->num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    j->dct_method = JDCT_ISLOW;
    j->do_fancy_upsampling = TRUE;
    jpeg_start_decompress(j);
    d->row = lng_block_new((size_t)j->output_width * (size_t)j->output_components);
    d->pixels = lng_block_new((size_t)j->output_width * (size_t)sink->channels);
    if (!d->row || !d->pixels)
        return lng_fail(d->failure, LNG_E_MEMORY, "out of memory");
    for (int64_t y = 0; j->output_scanline < j->output_height; y++) {
        JSAMPROW row = d->row;
        jpeg_read_scanlines(j, &row, 1);
        give_row(d, sink, y);
    }
    jpeg_finish_decompress(j);
    return true;
}

bool lng_jpeg_decode(const unsigned char *at, size_t n, const lng_pixels *sink, lng_failure *failure)
{
    decoder d = {.failure = failure};
    volatile bool good = false;
    if (setjmp(d.out) == 0) {
        read_header(&d, at, n);
        good = decode(&d, sink);
    }
    close_decoder(&d);
    return good;
}
#else
static bool refuse(lng_failure *failure)
{
    lng_fail(failure, LNG_E_DATA, "a JPEG image, but this lngraph was built without libjpeg");
    return lng_fail_hint(failure, "install libjpeg-dev (Debian, Ubuntu) or libjpeg-turbo-devel (Fedora), and build lngraph again");
}

bool lng_jpeg_size(const unsigned char *at, size_t n, lng_picture_size *size, lng_failure *failure)
{
    (void)at, (void)n, (void)size;
    return refuse(failure);
}

bool lng_jpeg_decode(const unsigned char *at, size_t n, const lng_pixels *sink, lng_failure *failure)
{
    (void)at, (void)n, (void)sink;
    return refuse(failure);
}
#endif
