/* PGM, the gray images of netpbm: P2 (numbers as text) and P5 (bytes, or pairs of bytes if the maximum is above 255).
 *
 *     P5  width  height  maximum  one blank  pixels        # comments run to the end of a line; only the header may have any
 *
 * A file holds one image: nothing may follow the pixels. */
#include "config.h"
#include "data/image.h"

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

static uint8_t grey(uint32_t value, uint32_t maximum)
{
    return (uint8_t)((value * 255 + maximum / 2) / maximum);
}

static bool read_text(text *t, uint8_t *pixel, size_t pixels, uint32_t maximum)
{
    uint32_t value;
    for (size_t i = 0; i < pixels; i++) {
        if (!read_number(t, "pixel", 0, maximum, false, &value))
            return false;
        pixel[i] = grey(value, maximum);
    }
    skip_blanks(t, false);
    return t->i == t->n || lng_fail(t->failure, LNG_E_DATA, "byte %zu: the file goes on, but should end here", t->i);
}

static bool read_bytes(text *t, uint8_t *pixel, size_t pixels, uint32_t maximum)
{
    const unsigned char *at = t->at + t->i;
    int width = maximum > 255 ? 2 : 1;
    for (size_t i = 0; i < pixels; i++, at += width) {
        uint32_t value = width == 1 ? at[0] : (uint32_t)at[0] << 8 | at[1];
        if (value > maximum)
            return lng_fail(t->failure, LNG_E_DATA, "byte %zu: a pixel of %u, but the maximum is %u", (size_t)(at - t->at), value,
                            maximum);
        pixel[i] = grey(value, maximum);
    }
    return true;
}

/* The text needs two characters per pixel, one for the last. */
static bool check_length(text *t, bool plain, size_t bytes)
{
    size_t rest = t->n - t->i;
    if (plain ? rest + 1 >= bytes : rest == bytes)
        return true;
    if (rest > bytes)
        return lng_fail(t->failure, LNG_E_DATA, "byte %zu: the file goes on, but should end here", t->i + bytes);
    return lng_fail(t->failure, LNG_E_DATA, "byte %zu: the file ends %zu byte%s early", t->n, bytes - rest,
                    bytes - rest == 1 ? "" : "s");
}

bool lng_pgm_parse(const unsigned char *at, size_t n, lng_array *array, lng_failure *failure)
{
    text t = {at, n, 2, failure};
    bool plain = at[1] == '2';
    uint32_t width, height, maximum;
    if (!read_number(&t, "width", 1, LNG_IMAGE_SIDE, true, &width) ||
        !read_number(&t, "height", 1, LNG_IMAGE_SIDE, true, &height) || !read_number(&t, "maximum", 1, 65535, true, &maximum))
        return false;
    if (t.i < n && !is_blank(at[t.i]))
        return lng_fail(failure, LNG_E_DATA, "byte %zu: expected one blank after the header", t.i);
    t.i += t.i < n;
    size_t pixels = (size_t)width * height;
    *array = (lng_array){.type = LNG_ARRAY_U8, .shape = {2, {height, width}}};
    return check_length(&t, plain, plain || maximum > 255 ? 2 * pixels : pixels) && lng_array_new(array, 1, failure) &&
           (plain ? read_text : read_bytes)(&t, array->at, pixels, maximum);
}
