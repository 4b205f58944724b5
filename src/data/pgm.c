/* PGM and PPM, the gray and colored images of netpbm: P2 and P3 (numbers as text), P5 and P6 (bytes, or pairs of bytes if the maximum is
 * above 255).
 *
 *     P5  width  height  maximum  one blank  pixels        # comments run to the end of a line; only the header may have any
 *
 * A file holds one image: nothing may follow the pixels. */
#include "config.h"
#include "base/arena.h"
#include "data/picture.h"

typedef struct text {
    const unsigned char *at;
    size_t n, i;
    lng_failure *failure;
} text;

static bool is_blank(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_blanks(text *t, bool comments)
{
    for (; t->i < t->n; t->i++)
        if (comments && t->at[t->i] == '#')
            while (t->i + 1 < t->n && t->at[t->i] != '\n')
                t->i++;
        else if (!is_blank(t->at[t->i]))
            break;
}

/* A decimal number from low to high. */
static bool read_number(text *t, const char *what, uint32_t low, uint32_t high, bool comments, uint32_t *number)
{
    skip_blanks(t, comments);
    size_t start = t->i;
    uint64_t value = 0;
    for (; t->i < t->n && t->at[t->i] >= '0' && t->at[t->i] <= '9'; t->i++)
        value = value > high ? value : value * 10 + (t->at[t->i] - '0');
    if (t->i == start)
        return lng_fail(t->failure, LNG_E_DATA, "byte %zu: %s, expected the image's %s", start,
                        start < t->n ? "not a number" : "the file ends here", what);
    if (value < low || value > high)
        return lng_fail(t->failure, LNG_E_DATA, "byte %zu: the %s is not from %u to %u", start, what, low, high);
    *number = (uint32_t)value;
    return true;
}

static uint8_t level(uint32_t value, uint32_t maximum)
{
    return (uint8_t)((value * 255 + maximum / 2) / maximum);
}

typedef struct header {
    uint32_t width, height, maximum;
    uint32_t samples; /* of a pixel */
    bool plain;
} header;

static bool read_header(text *t, header *h)
{
    h->plain = t->at[1] < '5';
    h->samples = t->at[1] == '3' || t->at[1] == '6' ? 3 : 1;
    return read_number(t, "width", 1, LNG_IMAGE_SIDE, true, &h->width) &&
           read_number(t, "height", 1, LNG_IMAGE_SIDE, true, &h->height) && read_number(t, "maximum", 1, 65535, true, &h->maximum);
}

static bool read_text(text *t, const header *h, uint8_t *pixel)
{
    uint32_t value;
    for (uint32_t i = 0; i < h->width * h->samples; i++) {
        if (!read_number(t, "pixel", 0, h->maximum, false, &value))
            return false;
        pixel[i] = level(value, h->maximum);
    }
    return true;
}

static bool read_bytes(text *t, const header *h, uint8_t *pixel)
{
    const size_t width = h->maximum > 255 ? 2 : 1;
    for (uint32_t i = 0; i < h->width * h->samples; i++, t->i += width) {
        const unsigned char *at = t->at + t->i;
        const uint32_t value = width == 1 ? at[0] : (uint32_t)at[0] << 8 | at[1];
        if (value > h->maximum)
            return lng_fail(t->failure, LNG_E_DATA, "byte %zu: a pixel of %u, but the maximum is %u", t->i, value, h->maximum);
        pixel[i] = level(value, h->maximum);
    }
    return true;
}

/* The text needs two characters per number, one for the last. */
static bool check_length(text *t, const header *h)
{
    const size_t rest = t->n - t->i, bytes = (size_t)h->width * h->height * h->samples * (h->plain || h->maximum > 255 ? 2 : 1);
    if (h->plain ? rest + 1 >= bytes : rest == bytes)
        return true;
    if (rest > bytes)
        return lng_fail(t->failure, LNG_E_DATA, "byte %zu: the file goes on, but should end here", t->i + bytes);
    return lng_fail(t->failure, LNG_E_DATA, "byte %zu: the file ends %zu byte%s early", t->n, bytes - rest,
                    bytes - rest == 1 ? "" : "s");
}

/* The row as the sink wants it, in place of what was read. */
static const uint8_t *convert(const header *h, const lng_pixels *sink, const uint8_t *row, uint8_t *pixels)
{
    if (h->samples == 1 && sink->channels == 1)
        return row;
    for (uint32_t x = 0; x < h->width; x++) {
        const uint8_t *from = row + x * h->samples;
        const unsigned char colour[4] = {from[0], from[h->samples / 2], from[h->samples - 1], 255};
        lng_pixel_store(pixels + (size_t)x * (size_t)sink->channels, colour, sink->channels);
    }
    return pixels;
}

static bool read_rows(text *t, const header *h, const lng_pixels *sink)
{
    uint8_t *row = lng_block_new((size_t)h->width * h->samples), *pixels = lng_block_new((size_t)h->width * (size_t)sink->channels);
    bool good = (row && pixels) || lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
    for (uint32_t y = 0; good && y < h->height; y++) {
        good = (h->plain ? read_text : read_bytes)(t, h, row);
        if (good)
            sink->row(sink->context, convert(h, sink, row, pixels), h->width, 0, 1, y);
    }
    lng_block_free(row);
    lng_block_free(pixels);
    return good;
}

bool lng_pgm_size(const unsigned char *at, size_t n, lng_picture_size *size, lng_failure *failure)
{
    text t = {at, n, 2, failure};
    header h;
    if (!read_header(&t, &h))
        return false;
    *size = (lng_picture_size){h.height, h.width, false};
    return true;
}

bool lng_pgm_decode(const unsigned char *at, size_t n, const lng_pixels *sink, lng_failure *failure)
{
    text t = {at, n, 2, failure};
    header h;
    if (!read_header(&t, &h))
        return false;
    if (t.i < n && !is_blank(at[t.i]))
        return lng_fail(failure, LNG_E_DATA, "byte %zu: expected one blank after the header", t.i);
    t.i += t.i < n;
    if (!check_length(&t, &h) || !read_rows(&t, &h, sink))
        return false;
    skip_blanks(&t, false);
    return t.i == n || !h.plain || lng_fail(failure, LNG_E_DATA, "byte %zu: the file goes on, but should end here", t.i);
}
