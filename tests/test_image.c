/* Image files for prediction: what is read, what is refused and at which byte; resizing, inverting, polarity. */
#include "config.h"
#include "base/file.h"
#include "data/image.h"
#include "data/picture.h"
#include "whole.h"
#include "suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const char *path;
static lng_array image;
static lng_wish wanted = {.shape = {3, {4, 5, 1}}};

static void set_up(void)
{
    path = in_folder("image");
    image = (lng_array){.at = NULL};
}

static void tear_down(void)
{
    lng_array_free(&image);
}

static void save(const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

static lng_failure failure;

static bool read_images(const char *from)
{
    const lng_data_field field = {.name = "image", .shape = wanted.shape, .dtype = wanted.integers ? LNG_I32 : LNG_F32};
    lng_array_free(&image);
    return read_whole(from, wanted, &field, 1, 2, &image, errors);
}

static bool reads(const void *bytes, size_t n)
{
    save(bytes, n);
    lng_errors_clear(errors);
    return read_images(path);
}

static void good(const void *bytes, size_t n, int64_t count, const char *shape, const uint8_t *pixels)
{
    char text[LNG_SHAPE_TEXT];
    ck_assert_msg(reads(bytes, n), "%s", lng_errors_text(errors, 0));
    ck_assert_int_eq(image.count, count);
    ck_assert_str_eq(lng_shape_text(text, image.shape), shape);
    if (pixels)
        ck_assert_mem_eq(image.at, pixels, (size_t)(count * lng_shape_size(image.shape)));
}

static void bad(const void *bytes, size_t n, const char *expected)
{
    ck_assert_msg(!reads(bytes, n), "read: %s", expected);
    ck_assert_ptr_null(image.at);
    ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
    ck_assert_msg(strstr(lng_errors_text(errors, 0), expected) != NULL, "expected '%s', got '%s'", expected,
                  lng_errors_text(errors, 0));
}

#define GOOD(bytes, count, shape, ...) good(bytes, sizeof(bytes) - 1, count, shape, (const uint8_t[]){__VA_ARGS__})
#define BAD(bytes, expected)           bad(bytes, sizeof(bytes) - 1, expected)

START_TEST(pgm)
{
    GOOD("P5 3 2 255\n\x01\x02\x03\xfd\xfe\xff", 1, "[2, 3]", 1, 2, 3, 253, 254, 255);
    GOOD("P5\n# made by hand # 7\n3#w\n2\t15\r\x00\x01\x02\x03\x0e\x0f", 1, "[2, 3]", 0, 17, 34, 51, 238, 255);
    GOOD("P5 2 1 65535 \xff\xff\x7f\xff", 1, "[1, 2]", 255, 127);
    GOOD("P2 2 2 10  0 5\n10 10", 1, "[2, 2]", 0, 128, 255, 255);
    GOOD("P2 2 2 10  0 5\n10 10 \n\n", 1, "[2, 2]", 0, 128, 255, 255);
    GOOD("P6 2 1 255 \xff\x00\x00\x00\xff\x00", 1, "[1, 2]", 76, 150); /* 0.299 and 0.587 of 255 */
    GOOD("P3 2 1 10 10 0 0 10 10 10", 1, "[1, 2]", 76, 255);
    GOOD("P5 1 1 255 #", 1, "[1, 1]", '#'); /* the one blank is gone: pixels have no comments */
}
END_TEST

/* Rows of 0 10 20 30 and 40 50 60 70. */
START_TEST(fitted)
{
    static const unsigned char bytes[] = "P5 4 2 255\n\x00\x0a\x14\x1e\x28\x32\x3c\x46";
    static const struct {
        lng_fit fit;
        int64_t side;
        uint8_t pixels[16];
    } cases[] = {{LNG_FIT_CROP, 2, {10, 20, 50, 60}},
                 {LNG_FIT_STRETCH, 2, {5, 25, 45, 65}},
                 {LNG_FIT_PAD, 4, {0, 0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70}},
                 {LNG_FIT_CROP, 1, {25}}}; /* scaled to 25 and 45, of which the first is taken */
    const lng_picture_format *format = lng_picture_find(bytes, sizeof bytes - 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        failure = (lng_failure){0};
        const lng_shape to = {2, {cases[i].side, cases[i].side}};
        const bool fits = lng_picture_fit(format, bytes, sizeof bytes - 1, cases[i].fit, to, &image, &failure);
        ck_assert_msg(fits, "%s", failure.text);
        ck_assert(lng_shape_equal(image.shape, to));
        ck_assert_mem_eq(image.at, cases[i].pixels, (size_t)(cases[i].side * cases[i].side));
        lng_array_free(&image);
    }
    failure = (lng_failure){0};
    ck_assert(!lng_picture_fit(format, bytes, sizeof bytes - 1, LNG_FIT_NONE, (lng_shape){3, {2, 2, 3}}, &image, &failure));
    ck_assert_str_eq(failure.text, "2 x 4 pixels, expected 2 x 2");
    failure = (lng_failure){0};
    ck_assert(lng_picture_fit(format, bytes, sizeof bytes - 1, LNG_FIT_CROP, (lng_shape){3, {2, 2, 3}}, &image, &failure));
    ck_assert_mem_eq(image.at, ((const uint8_t[]){10, 10, 10, 20, 20, 20, 50, 50, 50, 60, 60, 60}), 12);
}
END_TEST

START_TEST(pgm_refused)
{
    BAD("P5 3 2 255\n12345", "byte 16: the file ends 1 byte early");
    BAD("P5 3 2 255\n1234567", "byte 17: the file goes on");
    BAD("P5 3 2 255", "byte 10: the file ends 6 bytes early");
    BAD("P5 3 2", "byte 6: the file ends here, expected the image's maximum");
    BAD("P5", "byte 2: the file ends here, expected the image's width");
    BAD("P5 -3 2 255\n", "byte 3: not a number, expected the image's width");
    BAD("P5 0 2 255\n", "byte 3: the width is not from 1 to 16384");
    BAD("P5 3 99999999999999999999 255\n", "byte 5: the height is not from 1 to 16384");
    BAD("P5 16384 16384 255\n1234", "early");
    BAD("P2 16384 16384 255\n1234", "early");
    BAD("P5 3 2 0\n123456", "byte 7: the maximum is not from 1 to 65535");
    BAD("P5 3 2 65536\n123456", "byte 7: the maximum is not");
    BAD("P5 1 1 255x", "byte 10: expected one blank");
    BAD("P5 2 1 9\n\x09\x0a", "byte 10: a pixel of 10, but the maximum is 9");
    BAD("P2 2 1 9 9 10", "byte 11: the pixel is not from 0 to 9");
    BAD("P2 2 1 9 9 x", "byte 11: not a number");
    BAD("P2 2 1 9 9 9 9", "byte 13: the file goes on");
    BAD("P2 2 1 255 255 ", "byte 15: the file ends here");
    BAD("P7 1 1 255 abc", "byte 0: not an image");
    BAD("P6 1 1 255 ab", "ends 1 byte early");
    BAD("P3 1 1 255 1 2  ", "the file ends here, expected the image's pixel");
    BAD("", "byte 0: the file is empty");
    BAD("P", "byte 0: not an image");
}
END_TEST

static size_t npy(unsigned char *out, int major, const char *header, const void *elements, size_t n)
{
    size_t length = strlen(header), at = major == 1 ? 10 : 12;
    memcpy(out, "\x93NUMPY", 6);
    out[6] = (unsigned char)major;
    out[7] = 0;
    memset(out + 8, 0, 4);
    out[8] = (unsigned char)length;
    out[9] = (unsigned char)(length >> 8);
    memcpy(out + at, header, length);
    memcpy(out + at + length, elements, n);
    return at + length + n;
}

/* The bytes of a file, the least significant one first, on every machine. */
static const unsigned char *little(const float f[4])
{
    static unsigned char bytes[16];
    for (int i = 0; i < 16; i++) {
        uint32_t word;
        memcpy(&word, f + i / 4, 4);
        bytes[i] = (unsigned char)(word >> i % 4 * 8);
    }
    return bytes;
}

START_TEST(npy_good)
{
    unsigned char file[1000];
    uint8_t pixels[60];
    for (int i = 0; i < 60; i++)
        pixels[i] = (uint8_t)(i * 4);
    static const struct {
        const char *shape, *expected;
        int64_t count;
    } cases[] = {{"(4, 5)", "[4, 5]", 1},          {"(4, 5, 1)", "[4, 5, 1]", 1}, {"(1, 4, 5)", "[1, 4, 5]", 1},
                 {"(3, 4, 5)", "[4, 5]", 3},       {"(3, 20)", "[20]", 3},        {"(20,)", "[20]", 1},
                 {"(3, 4, 5, 1)", "[4, 5, 1]", 3}, {"(5, 3, 4)", "[3, 4]", 5},    {"(3,4,5,)", "[4, 5]", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[200];
        bool whole = strchr(cases[i].shape, '3') != NULL;
        snprintf(header, sizeof header, "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }   \n", cases[i].shape);
        for (int major = 1; major <= 3; major++)
            good(file, npy(file, major, header, pixels, whole ? 60 : 20), cases[i].count, cases[i].expected, pixels);
    }
    const float f[] = {0, 1.5f, -2, 1e30f};
    size_t n = npy(file, 1, "{\"shape\":(2,2),\"fortran_order\":False,\"descr\":\"<f4\"}", little(f), sizeof f);
    ck_assert_msg(reads(file, n), "%s", lng_errors_text(errors, 0));
    ck_assert_int_eq(image.type, LNG_ARRAY_F32);
    ck_assert_mem_eq(image.at, f, sizeof f);
}
END_TEST

/* Four numbers of each kind. */
START_TEST(npy_kinds)
{
    static const struct {
        const char *kind;
        size_t width;
        unsigned char bytes[32];
        float expected[4];
    } cases[] = {
        {"|b1", 1, {0, 1, 1, 0}, {0, 1, 1, 0}},
        {"|u1", 1, {0, 1, 254, 255}, {0, 1, 254, 255}},
        {"|i1", 1, {1, 0xfe, 0x7f, 0x80}, {1, -2, 127, -128}},
        {"<i2", 2, {1, 0, 0xfe, 0xff, 0xff, 0x7f, 0, 0x80}, {1, -2, 32767, -32768}},
        {">i2", 2, {0, 1, 0xff, 0xfe, 0x7f, 0xff, 0x80, 0}, {1, -2, 32767, -32768}},
        {"<u2", 2, {1, 0, 0xfe, 0xff, 0xff, 0x7f, 0, 0x80}, {1, 65534, 32767, 32768}},
        {">u4", 4, {0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 9}, {1, 65536, 256, 9}},
        {"<i4", 4, {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 7, 0, 0, 0}, {-1, 16777216, 0, 7}},
        {"<u8", 8, {1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3}, {1, 256, 2, 3}},
        {">i8",
         8,
         {255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3},
         {-1, 256, 2, 3}},
        {"<f2", 2, {0, 0x3c, 0, 0xc0, 1, 0, 0xff, 0x7b}, {1, -2, 0x1p-24f, 65504}},
        {">f2", 2, {0x3c, 0, 0xc0, 0, 0, 1, 0x7b, 0xff}, {1, -2, 0x1p-24f, 65504}},
        {">f4", 4, {0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0x42, 0x28, 0, 0}, {1, -2, 0, 42}},
        {">f8", 8, {0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, [24] = 0x40, 0x45}, {1, -2, 0, 42}},
    };
    unsigned char file[1000];
    char header[200];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (2, 2)}", cases[i].kind);
        const bool read = reads(file, npy(file, 1, header, cases[i].bytes, 4 * cases[i].width));
        ck_assert_msg(read, "%s: %s", cases[i].kind, lng_errors_text(errors, 0));
        ck_assert_int_eq(image.type, i < 2 ? LNG_ARRAY_U8 : LNG_ARRAY_F32);
        for (int k = 0; k < 4; k++)
            ck_assert_msg(lng_array_at(&image, k) == (double)cases[i].expected[k], "%s: %g", cases[i].kind,
                          lng_array_at(&image, k));
    }
    static const unsigned char digits[] = {0, 1, 2, 3, 4, 5, 6, 7}, rows[] = {0, 2, 4, 1, 3, 5},
                               planes[] = {0, 4, 2, 6, 1, 5, 3, 7};
    good(file, npy(file, 1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)}", digits, 6), 1, "[2, 3]", rows);
    good(file, npy(file, 1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2, 2)}", digits, 8), 2, "[2, 2]", planes);
}
END_TEST

START_TEST(npy_refused)
{
    unsigned char file[1000];
    const float elements[] = {0, 1, INFINITY, NAN};
    static const char *const cases[][2] = {
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2)}", "the file goes on, but should end here"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}", "byte 77: example 0 holds infinity"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2)}", "holds "},
        {"{'descr': '<i8', 'fortran_order': False, 'shape': (1, 2)}", "example 0 holds 4575657221408423936, which does not fit"},
        {"{'descr': '<u4', 'fortran_order': False, 'shape': (2, 2)}", "example 0 holds 1065353216: only integers up to 2^24"},
        {"{'descr': '<u2', 'fortran_order': False, 'shape': (1, 2)}", "the file goes on, but should end here"},
        {"{'descr': '|b1', 'fortran_order': False, 'shape': (2, 8)}", "example 0 holds 128, where a boolean is 0 or 1"},
        {"{'descr': '<f2', 'fortran_order': True, 'shape': (2, 4)}", "example 0 holds NaN"},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (1, 2)}", "expected real numbers"},
        {"{'descr': '<U1', 'fortran_order': False, 'shape': (2, 2)}", "expected real numbers"},
        {"{'descr': '|u2', 'fortran_order': False, 'shape': (2, 2)}", "expected real numbers"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,)}", "expected real numbers"},
        {"{'descr': '|u1', 'fortran_order': None, 'shape': (4, 4)}", "expected True or False"},
        {"{'descr': '|u1', 'fortran_order': False}", "expected the keys"},
        {"{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (16,)}", "expected each key once"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (16,), 'more': 1}", "expected 'descr', 'fortran_order' or 'shape'"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (0, 16)}", "expected a size of at least 1"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (-16,)}", "expected a size of at least 1"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}", "expected a size of at least 1"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (2147483648, 2147483648, 2147483648, 4)}",
         "promises more elements than a file can hold"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,16)}", "at most eight"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (16,", "expected a size"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (16 16)}", "expected a comma or `)`"},
        {"{'descr': '|u1' 'fortran_order': False, 'shape': (16,)}", "expected a comma or `}`"},
        {"{'descr' '|u1'}", "expected `:`"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (16,)} x", "expected nothing more"},
        {"", "expected `{`"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        bad(file, npy(file, 1 + (int)i % 3 % 2, cases[i][0], little(elements), sizeof elements), cases[i][1]);
    static const char *const largest[][2] = {
        {"{'descr': '<u8', 'fortran_order': False, 'shape': (1, 2)}", "example 0 holds 18446744073709551615, which does not fit"},
        {"{'descr': '>u4', 'fortran_order': False, 'shape': (1, 4)}", "example 0 holds 4294967295, which does not fit in 32 bits"},
    };
    unsigned char ones[16]; /* the bits of -1 */
    memset(ones, 0xff, sizeof ones);
    for (size_t i = 0; i < sizeof largest / sizeof *largest; i++)
        bad(file, npy(file, 1, largest[i][0], ones, sizeof ones), largest[i][1]);
    size_t n = npy(file, 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (16,)}", elements, sizeof elements);
    ck_assert(reads(file, n));
    for (size_t cut = 0; cut < n; cut++)
        bad(file, cut, "byte ");
    bad(file, n + 1, "the file goes on, but should end here");
    file[6] = 4;
    bad(file, n, "byte 6: not an NPY file of version");
}
END_TEST

START_TEST(idx)
{
    const unsigned char file[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
    good(file, sizeof file, 2, "[1, 3]", file + 16);
    bad(file, sizeof file - 1, "byte 4: the header promises 6");
    const unsigned char words[] = {0, 0, 12, 1, 0, 0, 0, 1, 0, 0, 0, 7};
    bad(words, sizeof words, "4-byte integers");
}
END_TEST

/* ---- PNG, made here ---- */
typedef struct made {
    unsigned char at[4000];
    size_t n;
} made;

static void put_word(unsigned char *at, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(x >> (24 - 8 * i));
}

static void put_chunk(made *m, const char *type, const void *content, size_t n)
{
    unsigned char *at = m->at + m->n;
    put_word(at, (uint32_t)n);
    memcpy(at + 4, type, 4);
    memcpy(at + 8, content, n);
    put_word(at + 8 + n, (uint32_t)crc32(crc32(0, NULL, 0), at + 4, (uInt)n + 4));
    m->n += 12 + n;
}

static void begin_png(made *m, uint32_t width, uint32_t height, int depth, int colour, int interlaced)
{
    unsigned char header[13] = {0};
    m->n = 8;
    memcpy(m->at, "\x89PNG\r\n\x1a\n", 8);
    put_word(header, width);
    put_word(header + 4, height);
    header[8] = (unsigned char)depth;
    header[9] = (unsigned char)colour;
    header[12] = (unsigned char)interlaced;
    put_chunk(m, "IHDR", header, 13);
}

/* The rows, each after its filter byte, in IDATs of `piece` bytes; then IEND. */
static void end_png(made *m, const void *rows, size_t n, size_t piece)
{
    unsigned char z[1000];
    uLongf length = sizeof z;
    ck_assert_int_eq(compress(z, &length, rows, n), Z_OK);
    for (size_t i = 0; i < length; i += piece)
        put_chunk(m, "IDAT", z + i, length - i < piece ? length - i : piece);
    put_chunk(m, "IEND", "", 0);
}

/* A whole image of one row of two grey pixels, or of two with the palette's first color, with one more chunk before its rows. */
static made with_chunk(int colour, const char *type, const void *content, size_t n)
{
    made m;
    begin_png(&m, 2, 1, 8, colour, 0);
    put_chunk(&m, type, content, n);
    end_png(&m, "\0\0\0", 3, 1000);
    return m;
}

#define ROWS(text) text, sizeof(text) - 1

START_TEST(png_kinds)
{
    made m;
    begin_png(&m, 3, 2, 8, 0, 0);
    end_png(&m, ROWS("\0\x00\x01\x02\0\x80\xfe\xff"), 5);
    good(m.at, m.n, 1, "[2, 3]", (const uint8_t[]){0, 1, 2, 128, 254, 255});
    begin_png(&m, 4, 5, 8, 0, 0); /* every filter */
    end_png(&m, ROWS("\0\x01\x02\x03\x04\1\x01\x01\x01\x01\2\x01\x01\x01\x01\3\x01\x01\x01\x01\4\x01\x01\x01\x01"), 1000);
    good(m.at, m.n, 1, "[5, 4]", (const uint8_t[]){1, 2, 3, 4, 1, 2, 3, 4, 2, 3, 4, 5, 2, 3, 4, 5, 3, 4, 5, 6});
    begin_png(&m, 3, 1, 8, 2, 0);
    end_png(&m, ROWS("\0\xff\xff\xff\0\0\0\xff\0\0"), 1000);
    good(m.at, m.n, 1, "[1, 3]", (const uint8_t[]){255, 0, 76});
    begin_png(&m, 9, 1, 1, 0, 0);
    end_png(&m, ROWS("\0\xa5\x80"), 1000);
    good(m.at, m.n, 1, "[1, 9]", (const uint8_t[]){255, 0, 255, 0, 0, 255, 0, 255, 255});
    begin_png(&m, 2, 1, 16, 0, 0);
    end_png(&m, ROWS("\0\x80\x00\xff\xff"), 1000);
    good(m.at, m.n, 1, "[1, 2]", (const uint8_t[]){128, 255});
    begin_png(&m, 2, 1, 8, 6, 0); /* transparent becomes white */
    end_png(&m, ROWS("\0\0\0\0\0\0\0\0\xff"), 1000);
    good(m.at, m.n, 1, "[1, 2]", (const uint8_t[]){255, 0});
    begin_png(&m, 3, 1, 2, 3, 0);
    put_chunk(&m, "PLTE", "\x0a\x0a\x0a\x14\x14\x14", 6);
    put_chunk(&m, "tRNS", "\0", 1);
    end_png(&m, ROWS("\0\x44"), 1000);
    good(m.at, m.n, 1, "[1, 3]", (const uint8_t[]){20, 255, 20});
    begin_png(&m, 3, 3, 8, 0, 1); /* interlaced: passes 1, 4, 5, 6, 7 have pixels; numbered in the order of the file */
    end_png(&m, ROWS("\0\x00\0\x01\0\x02\x03\0\x04\0\x05\0\x06\x07\x08"), 1000);
    good(m.at, m.n, 1, "[3, 3]", (const uint8_t[]){0, 4, 1, 6, 7, 8, 2, 5, 3});
}
END_TEST

/* A model of colors sees them. */
START_TEST(png_colours)
{
    made m;
    wanted.shape = (lng_shape){3, {1, 2, 3}};
    begin_png(&m, 2, 1, 8, 2, 0);
    end_png(&m, ROWS("\0\1\2\3\xfd\xfe\xff"), 1000);
    good(m.at, m.n, 1, "[1, 2, 3]", (const uint8_t[]){1, 2, 3, 253, 254, 255});
    begin_png(&m, 2, 1, 8, 0, 0);
    end_png(&m, ROWS("\0\7\x09"), 1000);
    good(m.at, m.n, 1, "[1, 2, 3]", (const uint8_t[]){7, 7, 7, 9, 9, 9});
    wanted.shape = (lng_shape){3, {1, 1, 4}};
    begin_png(&m, 1, 1, 8, 6, 0);
    end_png(&m, ROWS("\0\1\2\3\4"), 1000);
    good(m.at, m.n, 1, "[1, 1, 4]", (const uint8_t[]){1, 2, 3, 4});
    wanted = (lng_wish){.shape = {3, {4, 5, 1}}};
}
END_TEST

START_TEST(png_refused)
{
    made m, twice;
    begin_png(&m, 3, 2, 8, 0, 0);
    put_chunk(&m, "tEXt", "Title\0x", 7);
    const size_t text = m.n - 5;
    end_png(&m, ROWS("\0\x00\x01\x02\0\x80\xfe\xff"), 5);
    ck_assert(reads(m.at, m.n));
    for (size_t cut = 8; cut < m.n; cut++)
        bad(m.at, cut, "byte ");
    for (size_t bit = 64; bit < 8 * m.n; bit++) { /* every chunk has a CRC */
        m.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        bad(m.at, m.n, "byte ");
        m.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    m.at[text] ^= 1;
    bad(m.at, m.n, "byte 33: damaged PNG data: a chunk with a wrong CRC");
    m.at[text] ^= 1;
    twice = m;
    memcpy(twice.at + m.n, m.at, m.n);
    bad(twice.at, 2 * m.n, "the file goes on, but should end here");
    begin_png(&m, 3, 2, 8, 0, 0);
    end_png(&m, ROWS("\0\x00\x01\x02\0\x80\xfe\xff\0"), 1000);
    bad(m.at, m.n, "data after the last row");
    begin_png(&m, 3, 2, 8, 0, 0);
    end_png(&m, ROWS("\0\x00\x01\x02\0\x80\xfe"), 1000);
    bad(m.at, m.n, "rows are missing");
    begin_png(&m, 3, 1, 2, 3, 0);
    put_chunk(&m, "PLTE", "\x0a\x0a\x0a\x14\x14\x14", 6);
    end_png(&m, ROWS("\0\x48"), 1000);
    bad(m.at, m.n, "a color that the palette lacks");
    begin_png(&m, 3, 1, 2, 3, 0);
    end_png(&m, ROWS("\0\x44"), 1000);
    bad(m.at, m.n, "there is no palette");
    begin_png(&m, 16385, 1, 8, 0, 0);
    bad(m.at, m.n, "past the limit");
    begin_png(&m, 16384, 16384, 8, 0, 1);
    bad(m.at, m.n, "interlaced image of more than");
    begin_png(&m, 1, 1, 3, 0, 0);
    bad(m.at, m.n, "IHDR");
    begin_png(&m, 1, 1, 8, 0, 0);
    put_chunk(&m, "ABCD", "", 0);
    end_png(&m, ROWS("\0\0"), 1000);
    bad(m.at, m.n, "an unknown critical chunk");
}
END_TEST

/* Chunks whose CRC is right, and which say what no image can. */
START_TEST(png_contradictions)
{
    static const struct {
        int colour;
        const char *type;
        const void *content;
        size_t n;
        const char *refused;
    } chunks[] = {
        {0, "IHDR", ROWS("\0\0\0\2\0\0\0\1\x08\0\0\0\0"), "byte 33: damaged PNG data: IHDR"},
        {0, "IHDR", "", 0, "byte 33: damaged PNG data: IHDR"},
        {3, "PLTE", "", 0, "byte 33: damaged PNG data: PLTE"},
        {3, "PLTE", "\1\2\3\4", 4, "byte 33: damaged PNG data: PLTE"},
        {3, "tRNS", "\0", 1, "byte 33: damaged PNG data: tRNS"},
        {0, "tRNS", "\0", 1, "byte 33: damaged PNG data: tRNS"},
        {2, "tRNS", "\0\0", 2, "byte 33: damaged PNG data: tRNS"},
        {4, "tRNS", "\0\0", 2, "byte 33: damaged PNG data: tRNS"},
        {0, "IDAT", "\x78\xbb\0\0\0\1", 6, "byte 33: damaged PNG data: not a deflate stream"}, /* it wants a dictionary */
        {0, "IDAT", "no deflate", 10, "byte 33: damaged PNG data: incorrect header check"},
        {0, "IEND", "\0", 1, "byte 33: damaged PNG data: IEND"},
        {0, "IEND", "", 0, "byte 45: damaged PNG data: rows are missing"},
    };
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        const made m = with_chunk(chunks[i].colour, chunks[i].type, chunks[i].content, chunks[i].n);
        bad(m.at, m.n, chunks[i].refused);
    }
    made m = with_chunk(3, "PLTE", "\1\2\3", 3);
    ck_assert(reads(m.at, m.n));
    m.n -= 12; /* IEND */
    put_chunk(&m, "PLTE", "\1\2\3", 3);
    bad(m.at, m.n, "damaged PNG data: PLTE");
    for (int field = 10; field < 13; field++) { /* compression, filter, interlace: none beyond these exists */
        unsigned char header[13] = {0, 0, 0, 2, 0, 0, 0, 1, 8};
        header[field] = 2;
        m.n = 8;
        put_chunk(&m, "IHDR", header, 13);
        bad(m.at, m.n, "byte 8: damaged PNG data: IHDR");
    }
    begin_png(&m, 0, 1, 8, 0, 0);
    bad(m.at, m.n, "byte 8: damaged PNG data: IHDR");
    begin_png(&m, 1, 0, 8, 0, 0);
    bad(m.at, m.n, "byte 8: damaged PNG data: IHDR");
    begin_png(&m, 1, 1, 8, 7, 0);
    bad(m.at, m.n, "byte 8: damaged PNG data: IHDR");
    begin_png(&m, 1, 1, 16, 3, 0);
    bad(m.at, m.n, "byte 8: damaged PNG data: IHDR");
    begin_png(&m, 1, 16385, 8, 0, 0);
    bad(m.at, m.n, "past the limit");
    begin_png(&m, 2, 1, 8, 0, 0);
    end_png(&m, ROWS("\5\0\0"), 1000);
    bad(m.at, m.n, "byte 33: damaged PNG data: an unknown filter");
    begin_png(&m, 1, 1, 8, 0, 0);
    end_png(&m, ROWS("\0\0"), 4);
    m.n -= 12;
    put_chunk(&m, "tEXt", "a\0b", 3);
    put_chunk(&m, "IDAT", "", 0); /* not next to the others */
    bad(m.at, m.n, "damaged PNG data: IDAT");
}
END_TEST

/* A pixel of the color that tRNS names is transparent; one that differs in the last channel is not. */
START_TEST(png_keyed)
{
    made m;
    begin_png(&m, 3, 1, 8, 2, 0);
    put_chunk(&m, "tRNS", "\0\1\0\2\0\3", 6);
    end_png(&m, ROWS("\0\1\2\3\1\2\4\1\1\3"), 1000);
    wanted.shape = (lng_shape){3, {1, 3, 3}};
    good(m.at, m.n, 1, "[1, 3, 3]", (const uint8_t[]){255, 255, 255, 1, 2, 4, 1, 1, 3});
}
END_TEST

/* Resized while it is read: the same as afterwards. The header alone gives the size, and pictures that are too large for centering shrink. */
START_TEST(png_resized)
{
    made m;
    begin_png(&m, 4, 2, 8, 0, 0);
    end_png(&m, ROWS("\0\x00\x0a\x14\x1e\0\x28\x32\x3c\x46"), 1000);
    wanted = (lng_wish){.shape = {2, {1, 2}}, .size = LNG_RESIZED};
    good(m.at, m.n, 1, "[1, 2]", (const uint8_t[]){25, 45});
    wanted.size = LNG_REDUCED;
    good(m.at, m.n, 1, "[2, 4]", (const uint8_t[]){0, 10, 20, 30, 40, 50, 60, 70});
    wanted = (lng_wish){.shape = {3, {4, 5, 1}}};
    save(m.at, 60); /* the rest is missing, and not read */
    const lng_data_field field = {.name = "image", .shape = wanted.shape};
    lng_examples *x = lng_examples_open(path, &wanted, &field, 1, errors);
    ck_assert_ptr_nonnull(x);
    ck_assert_int_eq(lng_examples_head(x, 0)->shape.dim[1], 4);
    lng_array_free(&image);
    ck_assert_int_eq(lng_examples_next(x, 5, &image, errors), -1);
    lng_examples_free(x);
}
END_TEST

START_TEST(pgm_reduced)
{
    wanted.size = LNG_REDUCED;
    lng_text wide = lng_text_new(arena);
    lng_text_add(&wide, "P2 6144 3 9");
    for (int i = 0; i < 3 * 6144; i++)
        lng_text_add(&wide, " %d", i % 6144 % 3 * 3);
    ck_assert(reads(wide.at, wide.length));
    ck_assert_int_eq(image.shape.dim[0], 1);
    ck_assert_int_eq(image.shape.dim[1], 2048);
    for (int i = 0; i < 2048; i++)
        ck_assert_int_eq(((uint8_t *)image.at)[i], 85); /* the mean of 0, 85 and 170 */
    wanted.size = LNG_AS_THEY_ARE;
}
END_TEST

START_TEST(inverted)
{
    GOOD("P5 2 1 255 \x00\xf0", 1, "[1, 2]", 0, 240);
    lng_images_invert(&image, lng_images_top(&image));
    ck_assert_mem_eq(image.at, ((uint8_t[]){255, 15}), 2);
    float unit[] = {0, 0.25f, 1}, wide[] = {0, 1.5f, 255};
    lng_array f = {.type = LNG_ARRAY_F32, .shape = {2, {1, 3}}, .count = 1, .at = unit};
    lng_images_invert(&f, lng_images_top(&f));
    ck_assert_mem_eq(unit, ((float[]){1, 0.75f, 0}), sizeof unit);
    f.at = wide;
    lng_images_invert(&f, lng_images_top(&f));
    ck_assert_mem_eq(wide, ((float[]){255, 253.5f, 0}), sizeof wide);
}
END_TEST

START_TEST(polarity)
{
    GOOD("P5 3 3 255 \xff\xff\xff\xff\x00\xff\xff\xff\xff", 1, "[3, 3]", 255, 255, 255, 255, 0, 255, 255, 255, 255);
    ck_assert(lng_image_is_light(&image, 0, 127.5));
    lng_images_invert(&image, lng_images_top(&image));
    ck_assert(!lng_image_is_light(&image, 0, 127.5));
    const unsigned char two[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 9, 200, 250};
    ck_assert(reads(two, sizeof two));
    ck_assert(!lng_image_is_light(&image, 0, 127.5));
    ck_assert(lng_image_is_light(&image, 1, 127.5));
    float unit[] = {0.9f, 0.9f, 0.1f, 0.9f};
    lng_array f = {.type = LNG_ARRAY_F32, .shape = {3, {4, 1, 1}}, .count = 1, .at = unit};
    ck_assert(lng_image_is_light(&f, 0, 0.5));
}
END_TEST

START_TEST(stats)
{
    GOOD("P5 3 1 255 \x05\xfa\x06", 1, "[1, 3]", 5, 250, 6);
    lng_stats l = lng_array_stats(&image, 1);
    ck_assert(l.least == 5 && l.most == 250 && l.light == 0);
    float values[] = {-3, 1, 1, 1, -1, -1};
    lng_array f = {.type = LNG_ARRAY_F32, .shape = {2, {1, 2}}, .count = 3, .at = values};
    l = lng_array_stats(&f, 3);
    ck_assert(l.least == -3 && l.most == 1 && l.light == 1.0 / 3);
    l = lng_array_stats(&f, 1);
    ck_assert(l.least == -3 && l.most == 1 && l.light == 0);
    f.shape = (lng_shape){1, {2}};
    l = lng_array_stats(&f, 3);
    ck_assert(l.most == 1 && isnan(l.light));
    l = lng_array_stats(&f, 0);
    ck_assert(isnan(l.least) && isnan(l.most) && isnan(l.light));
}
END_TEST

/* What is quick for bytes and for gray images gives the same as floats and channels. */
START_TEST(stats_of_any_type)
{
    enum { COUNT = 3, H = 5, W = 7 };
    for (int64_t channels = 1; channels <= 3; channels += 2) {
        uint8_t byte[COUNT * H * W * 3];
        float real[COUNT * H * W * 3];
        for (int64_t i = 0; i < COUNT * H * W; i++)
            for (int64_t k = 0; k < channels; k++) {
                byte[i * channels + k] = i % W < 2 ? 3 : (uint8_t)(i * i * 37 % 251);
                real[i * channels + k] = byte[i * channels + k];
            }
        lng_array a = {.type = LNG_ARRAY_U8, .shape = {3, {H, W, channels}}, .count = COUNT, .at = byte}, b = a;
        b.type = LNG_ARRAY_F32;
        b.at = real;
        const lng_stats x = lng_array_stats(&a, COUNT), y = lng_array_stats(&b, COUNT);
        ck_assert(x.least == y.least && x.most == y.most && x.light == y.light);
        ck_assert(x.offset > 0.05 && x.offset == y.offset);
        ck_assert(x.extent > 0.5 && x.extent == y.extent);
    }
}
END_TEST

static void resized(int64_t h, int64_t w, const uint8_t *expected)
{
    ck_assert(lng_images_resize(&image, h, w, &failure));
    ck_assert_int_eq(image.shape.dim[0], h);
    ck_assert_int_eq(image.shape.dim[1], w);
    ck_assert_mem_eq(image.at, expected, (size_t)(image.count * lng_shape_size(image.shape)));
}

START_TEST(resizing)
{
    GOOD("P5 4 2 255 \x00\x0a\x14\x1e\x28\x32\x3c\x46", 1, "[2, 4]", 0, 10, 20, 30, 40, 50, 60, 70);
    resized(2, 4, (const uint8_t[]){0, 10, 20, 30, 40, 50, 60, 70}); /* the same size changes nothing */
    resized(2, 2, (const uint8_t[]){5, 25, 45, 65});
    resized(1, 2, (const uint8_t[]){25, 45});
    resized(2, 4, (const uint8_t[]){25, 30, 40, 45, 25, 30, 40, 45});
    GOOD("P5 3 1 255 \x00\x1e\x3c", 1, "[1, 3]", 0, 30, 60);
    resized(1, 2, (const uint8_t[]){10, 50}); /* (0 + 30 / 2) / 1.5 */
    resized(1, 1, (const uint8_t[]){30});
    resized(3, 2, (const uint8_t[]){30, 30, 30, 30, 30, 30});
    const unsigned char two[] = {0, 0, 8, 4, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 100, 10, 200, 50, 60, 70, 80};
    ck_assert(reads(two, sizeof two)); /* two examples of two channels */
    resized(1, 1, (const uint8_t[]){5, 150, 60, 70});
    failure = (lng_failure){0};
    ck_assert(!lng_images_resize(&image, 0, 5, &failure));
    ck_assert_int_eq(failure.code, LNG_E_LIMIT);
    failure = (lng_failure){0};
    ck_assert(!lng_images_resize(&image, 5, 1 << 20, &failure));
    ck_assert_int_eq(failure.code, LNG_E_LIMIT);
}
END_TEST

/* Whatever the sizes: a flat image stays flat, the mean of a smaller one is kept, and values stay between the least and the largest. */
START_TEST(resizing_keeps)
{
    for (int64_t h = 1; h <= 40; h += 3)
        for (int64_t new = 1; new <= 40; new ++) {
            float line[40];
            double sum = 0, after = 0;
            lng_array f = {.type = LNG_ARRAY_F32, .shape = {2, {h, 1}}};
            for (int flat = 0; flat < 2; flat++) {
                sum = after = 0;
                f.count = 1;
                f.shape.dim[0] = h;
                f.at = lng_block_new(sizeof line);
                for (int i = 0; i < h; i++)
                    sum += line[i] = flat ? 77 : (float)(i * i % 97);
                memcpy(f.at, line, sizeof line);
                ck_assert(lng_images_resize(&f, new, 1, &failure));
                for (int i = 0; i < new; i++) {
                    float v = ((float *)f.at)[i];
                    after += v;
                    ck_assert(flat ? v == 77 : v >= 0 && v <= 96);
                }
                if (new <= h)
                    ck_assert_double_eq_tol(sum / (double)h, after / (double)new, 1e-4);
                lng_array_free(&f);
            }
        }
}
END_TEST

/* 3 x 6 pixels of ink in a corner become 10 x 20 in the middle, on the ground of the border. */
START_TEST(centered)
{
    for (int floats = 0; floats < 2; floats++) {
        lng_array a = {.type = floats ? LNG_ARRAY_F32 : LNG_ARRAY_U8, .shape = {3, {30, 40, 1}}};
        double offset, extent;
        ck_assert(lng_array_new(&a, 2, &failure));
        for (int i = 0; i < 2400; i++) {
            const int y = i % 1200 / 40, x = i % 40, v = y >= 2 && y < 8 && x >= 30 && x < 33 ? 200 : 10;
            if (floats)
                ((float *)a.at)[i] = (float)v;
            else
                ((uint8_t *)a.at)[i] = (uint8_t)v;
        }
        ck_assert(lng_image_ink(&a, 1, &offset, &extent));
        ck_assert(fabs(offset - 11.0 / 40) < 1e-6 || fabs(offset - 10.0 / 30) < 1e-6);
        ck_assert(extent == 6.0 / 30);
        ck_assert(lng_images_center(&a, (const int64_t[]){0, 1}, 28, 28, &failure));
        ck_assert_int_eq(a.count, 2);
        ck_assert_int_eq(a.shape.dim[0], 28);
        ck_assert_int_eq(a.shape.dim[1], 28);
        for (int64_t i = 0; i < 2 * 784; i++) {
            const int64_t y = i % 784 / 28, x = i % 28;
            ck_assert(lng_array_at(&a, i) == (y >= 4 && y < 24 && x >= 9 && x < 19 ? 200 : 10));
        }
        ck_assert(lng_image_ink(&a, 0, &offset, &extent));
        ck_assert(offset == 0);
        lng_array_free(&a);
    }
}
END_TEST

START_TEST(standard_input)
{
    save("P2 1 2 1 0 1", 12);
    ck_assert_ptr_nonnull(freopen(path, "rb", stdin));
    ck_assert(read_images("-"));
    ck_assert_int_eq(image.shape.dim[0], 2);
    save("P2 1 2 1 0 2", 12);
    ck_assert_ptr_nonnull(freopen(path, "rb", stdin));
    lng_array_free(&image);
    ck_assert(!read_images("-"));
    ck_assert_str_eq(lng_errors_text(errors, 0), "<stdin>: error[data]: byte 11: the pixel is not from 0 to 1");
    unlink(path);
    lng_errors_clear(errors);
    ck_assert(!read_images(path));
    ck_assert_int_eq(lng_errors_status(errors), LNG_SYSTEM);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(pgm),
        TEST(pgm_refused),
        TEST(fitted),
        TEST(npy_good),
        TEST(npy_kinds),
        TEST(npy_refused),
        TEST(idx),
        TEST(png_kinds),
        TEST(png_colours),
        TEST(png_refused),
        TEST(png_contradictions),
        TEST(png_keyed),
        TEST(png_resized),
        TEST(pgm_reduced),
        TEST(inverted),
        TEST(polarity),
        TEST(stats),
        TEST(stats_of_any_type),
        TEST(resizing),
        TEST(resizing_keeps),
        TEST(standard_input),
        TEST(centered),
        {0},
    };
    return suite_run("image", tests, set_up, tear_down);
}
