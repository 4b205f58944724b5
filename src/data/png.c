/* PNG (ISO/IEC 15948), inflated by zlib: every color type and depth, interlaced or not. As strict as the other formats: the CRC of every
 * chunk is right; all rows are there and nothing follows them; palette indices are within the palette; IEND ends the file.
 *
 * Gray is 0.299 R + 0.587 G + 0.114 B; 16 bits become 8; transparent pixels lie on white, unless alpha is wanted. Chunks about color
 * spaces change nothing: a network reads the numbers that are stored. */
#include "config.h"
#include "base/arena.h"
#include "data/picture.h"
#include <string.h>
#include <zlib.h>

enum { GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGB_ALPHA = 6 }; /* color types */

#define MOST_INTERLACED ((int64_t)1 << 24) /* pixels: their order does not allow resizing while reading */

typedef struct png {
    const unsigned char *at;
    size_t n, i; /* of the file; where the current chunk begins */
    lng_failure *failure;
    const lng_pixels *sink;
    int64_t width, height;
    int depth, colour, channels;
    bool interlaced, keyed;
    uint16_t key[3]; /* the transparent color */
    unsigned char palette[256][4];
    int colours;
    z_stream z;
    bool inflating, begun, over, ended; /* IDAT began; another chunk followed; the deflate stream ended */
    unsigned char *row[2];              /* filter byte and samples: this row, and the one above */
    size_t have, row_bytes;             /* of this row: bytes so far, and in all */
    int pass;
    int64_t x0, y, dx, dy, columns; /* of the current row's pixels */
    unsigned char *pixels;          /* of a row, as the sink wants them */
} png;

static bool damaged(png *p, const char *what)
{
    return lng_fail(p->failure, LNG_E_DATA, "byte %zu: damaged PNG data: %s", p->i, what);
}

static uint32_t word(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* ---- rows ---- */
static bool next_pass(png *p)
{
    static const unsigned char x0[] = {0, 4, 0, 2, 0, 1, 0}, y0[] = {0, 0, 4, 0, 2, 0, 1}, dx[] = {8, 8, 4, 4, 2, 2, 1},
                               dy[] = {8, 8, 8, 4, 4, 2, 2};
    for (; p->pass < 7; p->pass++) {
        p->x0 = p->interlaced ? x0[p->pass] : 0;
        p->y = p->interlaced ? y0[p->pass] : 0;
        p->dx = p->interlaced ? dx[p->pass] : 1;
        p->dy = p->interlaced ? dy[p->pass] : 1;
        p->columns = (p->width - p->x0 + p->dx - 1) / p->dx;
        if (p->columns > 0 && p->y < p->height)
            break;
    }
    if (p->pass == 7)
        return false;
    p->row_bytes = 1 + (size_t)((p->columns * p->channels * p->depth + 7) / 8);
    memset(p->row[1], 0, p->row_bytes);
    return true;
}

static unsigned char paeth(int a, int b, int c)
{
    const int p = a + b - c, pa = p > a ? p - a : a - p, pb = p > b ? p - b : b - p, pc = p > c ? p - c : c - p;
    return (unsigned char)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

static bool unfilter(png *p)
{
    unsigned char *row = p->row[0] + 1;
    const unsigned char *above = p->row[1] + 1;
    const size_t step = (size_t)(p->channels * p->depth + 7) / 8;
    if (p->row[0][0] > 4)
        return damaged(p, "an unknown filter");
    for (size_t i = 0; p->row[0][0] && i + 1 < p->row_bytes; i++) {
        const int a = i >= step ? row[i - step] : 0, b = above[i], c = i >= step ? above[i - step] : 0;
        const int guess[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
        row[i] = (unsigned char)(row[i] + guess[p->row[0][0]]);
    }
    return true;
}

static unsigned sample(const png *p, int64_t k)
{
    const unsigned char *row = p->row[0] + 1;
    if (p->depth == 16)
        return (unsigned)row[2 * k] << 8 | row[2 * k + 1];
    const int64_t bit = k * p->depth;
    return row[bit / 8] >> (8 - p->depth - bit % 8) & ((1u << p->depth) - 1);
}

/* Red, green, blue, alpha. */
static bool pixel(png *p, int64_t x, unsigned char out[4])
{
    const unsigned most = (1u << p->depth) - 1;
    unsigned value[4] = {0};
    for (int k = 0; k < p->channels; k++)
        value[k] = sample(p, x * p->channels + k);
    if (p->colour == PALETTE) {
        if (value[0] >= (unsigned)p->colours)
            return damaged(p, "a color that the palette lacks");
        memcpy(out, p->palette[value[0]], 4);
        return true;
    }
    const bool grey = p->colour == GREY || p->colour == GREY_ALPHA,
               clear = p->keyed && value[0] == p->key[0] && (grey || (value[1] == p->key[1] && value[2] == p->key[2]));
    for (int k = 0; k < 3; k++)
        out[k] = (unsigned char)((value[grey ? 0 : k] * 255 + most / 2) / most);
    out[3] = p->colour & 4 ? (unsigned char)((value[p->channels - 1] * 255 + most / 2) / most) : clear ? 0 : 255;
    return true;
}

/* The row as the sink wants it. */
static const unsigned char *convert(png *p)
{
    if (p->colour == GREY && p->depth == 8 && !p->keyed && p->sink->channels == 1)
        return p->row[0] + 1; /* it is already in that form */
    for (int64_t x = 0; x < p->columns; x++) {
        unsigned char colour[4] = {0};
        if (!pixel(p, x, colour))
            return NULL;
        lng_pixel_store(p->pixels + x * p->sink->channels, colour, p->sink->channels);
    }
    return p->pixels;
}

static bool end_row(png *p)
{
    const unsigned char *pixels = unfilter(p) ? convert(p) : NULL;
    if (!pixels)
        return false;
    p->sink->row(p->sink->context, pixels, p->columns, p->x0, p->dx, p->y);
    unsigned char *swap = p->row[0];
    p->row[0] = p->row[1];
    p->row[1] = swap;
    p->have = 0;
    if ((p->y += p->dy) < p->height)
        return true;
    p->pass = p->interlaced ? p->pass + 1 : 7;
    next_pass(p);
    return true;
}

/* ---- chunks ---- */
static bool read_header(png *p, const unsigned char *at, size_t n)
{
    static const unsigned char depths[7] = {1 | 2 | 4 | 8 | 16, 0, 8 | 16, 1 | 2 | 4 | 8, 8 | 16, 0, 8 | 16};
    static const unsigned char channels[7] = {1, 0, 3, 1, 2, 0, 4};
    if (n != 13 || p->width)
        return damaged(p, "IHDR");
    p->width = word(at);
    p->height = word(at + 4);
    p->depth = at[8];
    p->colour = at[9];
    p->interlaced = at[12] == 1;
    if (p->width < 1 || p->height < 1 || p->colour > 6 || !p->depth || (p->depth & (p->depth - 1)) ||
        !(depths[p->colour] & p->depth) || at[10] || at[11] || at[12] > 1)
        return damaged(p, "IHDR");
    p->channels = channels[p->colour];
    if (p->width > LNG_IMAGE_SIDE || p->height > LNG_IMAGE_SIDE)
        return lng_fail(p->failure, LNG_E_LIMIT, "byte 16: an image of %lld x %lld, past the limit of %d", (long long)p->width,
                        (long long)p->height, LNG_IMAGE_SIDE);
    if (p->interlaced && p->width * p->height > MOST_INTERLACED)
        return lng_fail(p->failure, LNG_E_LIMIT, "byte 28: an interlaced image of more than 2^24 pixels");
    return true;
}

static bool read_palette(png *p, const unsigned char *at, size_t n)
{
    if (n == 0 || n % 3 || n > 768 || p->colours || p->begun)
        return damaged(p, "PLTE");
    p->colours = (int)(n / 3);
    for (int i = 0; i < p->colours; i++) {
        memcpy(p->palette[i], at + 3 * i, 3);
        p->palette[i][3] = 255;
    }
    return true;
}

static bool read_transparency(png *p, const unsigned char *at, size_t n)
{
    if (p->begun || p->keyed || p->colour & 4 || (p->colour == PALETTE ? n > (size_t)p->colours : n != (p->colour == GREY ? 2 : 6)))
        return damaged(p, "tRNS");
    p->keyed = p->colour != PALETTE;
    for (size_t i = 0; p->colour == PALETTE && i < n; i++)
        p->palette[i][3] = at[i];
    for (size_t i = 0; p->keyed && i < n / 2; i++)
        p->key[i] = (uint16_t)(at[2 * i] << 8 | at[2 * i + 1]);
    return true;
}

static bool begin_rows(png *p)
{
    const size_t longest = 1 + (size_t)(p->width * p->channels * p->depth + 7) / 8;
    p->begun = true;
    if (p->colour == PALETTE && !p->colours)
        return damaged(p, "there is no palette");
    p->row[0] = lng_block_new(longest);
    p->row[1] = lng_block_new(longest);
    p->pixels = lng_block_new((size_t)(p->width * p->sink->channels));
    p->inflating = inflateInit(&p->z) == Z_OK;
    if (!p->row[0] || !p->row[1] || !p->pixels || !p->inflating)
        return lng_fail(p->failure, LNG_E_MEMORY, "out of memory");
    return next_pass(p);
}

static bool read_rows(png *p, const unsigned char *at, size_t n)
{
    if (p->over || (!p->begun && !begin_rows(p)))
        return damaged(p, "IDAT");
    p->z.next_in = (unsigned char *)at; /* zlib only reads it */
    p->z.avail_in = (uInt)n;
    do {
        unsigned char more;
        const bool full = p->pass == 7;
        p->z.next_out = full ? &more : p->row[0] + p->have;
        p->z.avail_out = full ? 1 : (uInt)(p->row_bytes - p->have);
        const uInt room = p->z.avail_out;
        const int status = inflate(&p->z, Z_NO_FLUSH);
        if (status == Z_BUF_ERROR) /* nothing to read, or to write */
            break;
        if (status != Z_OK && status != Z_STREAM_END)
            return damaged(p, p->z.msg ? p->z.msg : "not a deflate stream");
        if (full && p->z.avail_out == 0)
            return damaged(p, "data after the last row");
        p->ended = status == Z_STREAM_END;
        p->have += full ? 0 : room - p->z.avail_out;
        if (!full && p->have == p->row_bytes && !end_row(p))
            return false;
    } while (!p->ended);
    return p->z.avail_in == 0 || damaged(p, "data after the last row");
}

static bool read_chunk(png *p, const unsigned char *type, size_t n)
{
    const unsigned char *at = type + 4;
    if (!p->width && memcmp(type, "IHDR", 4) != 0)
        return damaged(p, "IHDR is not the first chunk");
    p->over = p->over || (p->begun && memcmp(type, "IDAT", 4) != 0);
    if (memcmp(type, "IHDR", 4) == 0)
        return read_header(p, at, n);
    if (memcmp(type, "PLTE", 4) == 0)
        return read_palette(p, at, n);
    if (memcmp(type, "tRNS", 4) == 0)
        return read_transparency(p, at, n);
    if (memcmp(type, "IDAT", 4) == 0)
        return read_rows(p, at, n);
    return type[0] & 32 || damaged(p, "an unknown critical chunk"); /* a small letter: it is ancillary */
}

/* One chunk: length, type, content, CRC of both. *last: it was IEND. */
static bool next_chunk(png *p, bool *last)
{
    const unsigned char *at = p->at + p->i;
    const size_t left = p->n - p->i, n = left >= 12 ? word(at) : 0;
    if (left < 12 || n > left - 12)
        return lng_fail(p->failure, LNG_E_DATA, "byte %zu: the file does not end as a PNG image does", p->n);
    if (crc32(crc32(0, NULL, 0), at + 4, (uInt)n + 4) != word(at + 8 + n))
        return damaged(p, "a chunk with a wrong CRC");
    *last = memcmp(at + 4, "IEND", 4) == 0;
    if (!*last && !read_chunk(p, at + 4, n))
        return false;
    if (*last && n > 0)
        return damaged(p, "IEND");
    p->i += 12 + n;
    return true;
}

static bool decode(png *p)
{
    for (bool last = false; !last;)
        if (!next_chunk(p, &last))
            return false;
    if (p->pass < 7 || !p->ended)
        return damaged(p, "rows are missing");
    return p->i == p->n || lng_fail(p->failure, LNG_E_DATA, "byte %zu: the file goes on, but should end here", p->i);
}

bool lng_png_size(const unsigned char *at, size_t n, lng_picture_size *size, lng_failure *failure)
{
    png p = {.at = at, .n = n, .i = 8, .failure = failure};
    bool last;
    if (!next_chunk(&p, &last) || last)
        return lng_fail(failure, LNG_E_DATA, "byte 8: damaged PNG data: IHDR");
    *size = (lng_picture_size){p.height, p.width, p.interlaced};
    return true;
}

bool lng_png_decode(const unsigned char *at, size_t n, const lng_pixels *sink, lng_failure *failure)
{
    png p = {.at = at, .n = n, .i = 8, .failure = failure, .sink = sink};
    const bool done = decode(&p);
    if (p.inflating)
        inflateEnd(&p.z);
    lng_block_free(p.row[0]);
    lng_block_free(p.row[1]);
    lng_block_free(p.pixels);
    return done;
}
