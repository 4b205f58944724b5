/* Images as PNG, and in data: URIs (RFC 2397, RFC 4648; PNG, third edition). */
#include "data/image.h"
#include "base/guard.h"
#include "figure/figure.h"
#include <zlib.h>
#include <string.h>

#define MOST_SIDE 96

static void put32(lng_text *out, uint32_t x)
{
    const char b[] = {(char)(x >> 24), (char)(x >> 16), (char)(x >> 8), (char)x};
    lng_text_put(out, b, 4);
}

static void chunk(lng_text *out, const char *type, const char *data, size_t n)
{
    put32(out, (uint32_t)n);
    const size_t at = out->length;
    lng_text_put(out, type, 4);
    lng_text_put(out, data, n);
    put32(out, (uint32_t)crc32(0, (const unsigned char *)out->at + at, (unsigned)(n + 4)));
}

void lng_png_write(lng_text *out, const lng_text *rows, int64_t height, int64_t width, int64_t channels)
{
    lng_arena *a = out->arena;
    uLongf n = compressBound((uLong)rows->length);
    char *packed = lng_alloc(a, n);
    if (compress2((Bytef *)packed, &n, (const Bytef *)rows->at, (uLong)rows->length, 6) != Z_OK)
        lng_out_of_memory(a);
    lng_text head = lng_text_new(a);
    put32(&head, (uint32_t)width);
    put32(&head, (uint32_t)height);
    lng_text_put(&head, channels == 3 ? "\10\2\0\0\0" : "\10\0\0\0\0", 5);
    lng_text_put(out, "\211PNG\r\n\32\n", 8);
    chunk(out, "IHDR", head.at, head.length);
    chunk(out, "IDAT", packed, n);
    chunk(out, "IEND", "", 0);
}

static void put_uri(lng_text *out, const lng_text *rows, int64_t height, int64_t width, int64_t channels)
{
    lng_text png = lng_text_new(out->arena);
    lng_png_write(&png, rows, height, width, channels);
    lng_text_add(out, "data:image/png;base64,");
    lng_text_base64(out, png.at, png.length);
}

const lng_array *lng_picture_field(const lng_part *part)
{
    for (size_t i = 0; i < part->fields; i++) {
        const lng_array *x = &part->array[i];
        if (lng_shape_is_picture(x->shape) && x->shape.dim[0] <= MOST_SIDE && x->shape.dim[1] <= MOST_SIDE)
            return x;
    }
    return NULL;
}

const unsigned char *lng_picture_bytes(lng_arena *a, const lng_array *x, int64_t example)
{
    const int64_t n = lng_shape_size(x->shape), first = example * n;
    unsigned char *byte = lng_alloc(a, (size_t)n);
    double least = lng_array_at(x, first), most = least;
    for (int64_t i = 0; i < n; i++) {
        const double v = lng_array_at(x, first + i);
        least = v < least ? v : least;
        most = v > most ? v : most;
    }
    for (int64_t i = 0; i < n; i++)
        byte[i] = most > least ? (unsigned char)(255 * (lng_array_at(x, first + i) - least) / (most - least) + 0.5) : 0;
    return byte;
}

void lng_picture_uri(lng_text *out, const lng_array *x, int64_t example)
{
    const int64_t channels = lng_shape_channels(x->shape), h = x->shape.dim[0], w = x->shape.dim[1];
    const unsigned char *byte = lng_picture_bytes(out->arena, x, example);
    lng_text rows = lng_text_new(out->arena);
    for (int64_t y = 0; y < h; y++) {
        lng_text_put(&rows, "", 1);
        lng_text_put(&rows, (const char *)byte + y * w * channels, (size_t)(w * channels));
    }
    put_uri(out, &rows, h, w, channels);
}

/* From white at 0 to blue at `most`, or orange at its negative; both are read by color-blind readers. */
static void put_signed(lng_text *rows, double value, double most)
{
    static const double blue[] = {0, 114, 178}, orange[] = {192, 79, 0};
    const double part = most > 0 ? (value < 0 ? -value : value) / most : 0;
    for (int k = 0; k < 3; k++) {
        const char sample = (char)(unsigned char)(255 + part * ((value < 0 ? orange : blue)[k] - 255) + 0.5);
        lng_text_put(rows, &sample, 1);
    }
}

void lng_picture_signed(lng_text *out, const float *value, int64_t height, int64_t width, int64_t stride, double most)
{
    lng_text rows = lng_text_new(out->arena);
    for (int64_t i = 0; i < height * width; i++) {
        if (i % width == 0)
            lng_text_put(&rows, "", 1);
        put_signed(&rows, (double)value[i * stride], most);
    }
    put_uri(out, &rows, height, width, 3);
}
