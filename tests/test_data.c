/* Data files that lie, are cut or are flipped, made here at run time; then whole data sets: where they are found, what must fit, how they
 * are split and shuffled; and the built-in digits. */
#include "config.h"
#include "base/file.h"
#include "data/data.h"
#include "data/format.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

/* Of all images, then labels, of the training part and then of the test part: the same on every machine. */
#define DIGITS_SHA256 "3ad0a96658328248b121e25a33911878096635abb7be75daaf344479b2df52d6"

static const char *path;

static void set_up(void)
{
    unsetenv("LNGRAPH_DATA");
    setenv("XDG_CACHE_HOME", folder(), 1);
    path = in_folder("file");
}

/* ---- making files ---- */

typedef struct bytes {
    unsigned char at[1 << 16];
    size_t n;
} bytes;

static void put(bytes *b, const void *at, size_t n)
{
    ck_assert(b->n + n <= sizeof b->at);
    memcpy(b->at + b->n, at, n);
    b->n += n;
}

static void put_word(bytes *b, uint32_t word)
{
    unsigned char big[4] = {(unsigned char)(word >> 24), (unsigned char)(word >> 16), (unsigned char)(word >> 8),
                            (unsigned char)word};
    put(b, big, 4);
}

static void save_to(const char *name, const void *at, size_t n)
{
    FILE *f = fopen(name, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(at, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

static void save(const bytes *b)
{
    save_to(path, b->at, b->n);
}

static bytes zipped(const bytes *b)
{
    static bytes out;
    z_stream z = {.next_in = (unsigned char *)b->at, .avail_in = (uInt)b->n, .next_out = out.at, .avail_out = sizeof out.at};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.n = z.total_out;
    deflateEnd(&z);
    return out;
}

static unsigned char pixel(size_t i)
{
    return (unsigned char)((i * i * 31 + i / 7) % 251);
}

/* An IDX file of bytes; dims end at the first 0. */
static bytes idx(uint32_t count, uint32_t h, uint32_t w)
{
    bytes b = {.n = 0};
    unsigned char magic[4] = {0, 0, 8, (unsigned char)(1 + (h > 0) + (w > 0))};
    put(&b, magic, 4);
    put_word(&b, count);
    if (h)
        put_word(&b, h);
    if (w)
        put_word(&b, w);
    for (size_t i = 0; i < (size_t)count * (h ? h : 1) * (w ? w : 1); i++) {
        unsigned char p = pixel(i);
        put(&b, &p, 1);
    }
    return b;
}

/* ---- reading files ---- */

static lng_failure failure;

static bool reads(const char *sha256, lng_array *array)
{
    lng_load load = {.path = path, .sha256 = sha256, .array = array, .fields = 1};
    failure = (lng_failure){0};
    return lng_idx_load(&load, &failure);
}

/* Refused, with a code and a text. */
static void refused(const char *expected, lng_code code)
{
    lng_array array;
    ck_assert(!reads(NULL, &array));
    ck_assert_ptr_null(array.at);
    ck_assert_msg(failure.code == code && strstr(failure.text, expected), "expected '%s', got '%s'", expected, failure.text);
}

static void accepted(uint32_t count, uint32_t h, uint32_t w)
{
    lng_array array;
    ck_assert_msg(reads(NULL, &array), "%s", failure.text);
    ck_assert_int_eq(array.type, LNG_ARRAY_U8);
    ck_assert_int_eq(array.count, count);
    ck_assert_int_eq(array.shape.rank, (h > 0) + (w > 0));
    if (h)
        ck_assert_int_eq(array.shape.dim[0], h);
    if (w)
        ck_assert_int_eq(array.shape.dim[1], w);
    for (size_t i = 0; i < (size_t)count * (h ? h : 1) * (w ? w : 1); i++)
        ck_assert_uint_eq(((uint8_t *)array.at)[i], pixel(i));
    lng_array_free(&array);
}

START_TEST(good_files)
{
    bytes images = idx(10, 28, 28), labels = idx(300, 0, 0), rows = idx(7, 3, 0), z = zipped(&images);
    save(&images);
    accepted(10, 28, 28);
    save(&z);
    accepted(10, 28, 28);
    save(&labels);
    accepted(300, 0, 0);
    save(&rows);
    accepted(7, 3, 0);
}
END_TEST

START_TEST(wide_types)
{
    lng_array array;
    for (int real = 0; real < 2; real++) {
        bytes b = {.n = 0};
        put(&b, (unsigned char[]){0, 0, real ? 0x0d : 0x0c, 2}, 4);
        put_word(&b, 2);
        put_word(&b, 2);
        put_word(&b, 0x3f800000);
        put_word(&b, 0xc0490fdb);
        put_word(&b, 1);
        put_word(&b, 0x80000000);
        save(&b);
        ck_assert(reads(NULL, &array));
        ck_assert_int_eq(array.type, real ? LNG_ARRAY_F32 : LNG_ARRAY_I32);
        const uint32_t expected[] = {0x3f800000, 0xc0490fdb, 1, 0x80000000};
        ck_assert_mem_eq(array.at, expected, sizeof expected);
        lng_array_free(&array);
    }
}
END_TEST

START_TEST(digests)
{
    bytes b = idx(100, 20, 0), z = zipped(&b);
    lng_sha256 hash;
    lng_array array;
    char hex[65];
    lng_sha256_begin(&hash);
    lng_sha256_add(&hash, b.at, b.n);
    lng_sha256_end(&hash, hex);
    for (int i = 0; i < 2; i++) {
        save(i ? &z : &b);
        ck_assert(reads(hex, &array));
        lng_array_free(&array);
    }
    hex[63] = hex[63] == '0' ? '1' : '0';
    ck_assert(!reads(hex, &array));
    ck_assert_ptr_null(array.at);
    ck_assert_ptr_nonnull(strstr(failure.text, "SHA-256"));
    ck_assert_int_eq(lng_code_status(failure.code), LNG_BAD_INPUT);
}
END_TEST

/* The processor's instructions and plain C agree, for any length, cut into any pieces. */
START_TEST(digests_both_ways)
{
    bytes b = idx(2000, 0, 0);
    for (size_t n = 0; n < 400; n++) {
        lng_sha256 hash[2];
        char hex[2][65];
        for (int i = 0; i < 2; i++) {
            lng_sha256_begin(&hash[i]);
            hash[i].extension = hash[i].extension && i;
            for (size_t at = 0, piece; at < n; at += piece) {
                piece = 1 + (at * 7 + n) % (i ? 200 : 90);
                piece = piece < n - at ? piece : n - at;
                lng_sha256_add(&hash[i], b.at + at, piece);
            }
            lng_sha256_end(&hash[i], hex[i]);
        }
        ck_assert_str_eq(hex[0], hex[1]);
        if (n == 0)
            ck_assert_str_eq(hex[0], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
END_TEST

START_TEST(lying_headers)
{
    bytes b = idx(4096, 0, 0);
    memmove(b.at + 16, b.at + 8, 4096);
    b.n = 4112;
    b.at[3] = 3;
    for (int i = 4; i < 8; i++)
        b.at[i] = 0xff; /* 2^32 - 1 images of 28 x 28 in 4,112 bytes */
    memcpy(b.at + 8, "\0\0\0\x1c\0\0\0\x1c", 8);
    save(&b);
    refused("byte 4: the header promises", LNG_E_DATA);
    bytes z = zipped(&b);
    save(&z);
    refused("byte 4: the header promises", LNG_E_DATA);
    for (int i = 8; i < 16; i++)
        b.at[i] = 0xff; /* a product that overflows 64 bits */
    save(&b);
    refused("byte 4: the header promises", LNG_E_DATA);

    bytes good = idx(6, 2, 3);
    for (int dim = 0; dim < 3; dim++) {
        bytes zero = good;
        memset(zero.at + 4 + 4 * dim, 0, 4);
        save(&zero);
        refused("is 0", LNG_E_DATA);
    }
}
END_TEST

START_TEST(wrong_magic)
{
    bytes good = idx(6, 2, 3);
    for (int byte = 0; byte < 4; byte++)
        for (int value = 0; value < 256; value++) {
            bytes bad = good;
            bad.at[byte] = (unsigned char)value;
            if (value == good.at[byte])
                continue;
            save(&bad);
            refused("byte ", LNG_E_DATA); /* also a rank that moves the payload, and a type that widens it */
        }
    bytes bad = good;
    bad.at[3] = 10;
    save(&bad);
    refused("byte 3: rank 10, expected 1 to 9", LNG_E_DATA);
    bad.at[2] = 9;
    save(&bad);
    refused("byte 2: element type 09", LNG_E_DATA);
}
END_TEST

START_TEST(wrong_length)
{
    bytes good = idx(6, 2, 3);
    bytes longer = good, shorter = good;
    longer.n++;
    shorter.n--;
    save(&longer);
    refused("byte 52: the file goes on", LNG_E_DATA);
    save(&shorter);
    refused("promises 36 bytes of elements, but the file can hold only 35", LNG_E_DATA);
    bytes z = zipped(&longer);
    save(&z);
    refused("byte 52: the uncompressed content goes on", LNG_E_DATA);
    z = zipped(&shorter);
    save(&z);
    refused("ends 1 byte early", LNG_E_DATA);
    for (size_t n = 0; n < good.n; n++) {
        shorter.n = n;
        save(&shorter);
        refused("byte ", LNG_E_DATA);
    }
}
END_TEST

START_TEST(gzip_cut_anywhere)
{
    bytes b = idx(20, 9, 7), z = zipped(&b);
    for (size_t n = z.n; n-- > 0;) {
        z.n = n;
        save(&z);
        refused("byte ", LNG_E_DATA);
    }
}
END_TEST

START_TEST(gzip_any_bit_flipped)
{
    bytes b = idx(20, 3, 2), z = zipped(&b);
    lng_array array;
    int same = 0;
    for (size_t bit = 0; bit < 8 * z.n; bit++) {
        z.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        save(&z);
        if (reads(NULL, &array)) {
            lng_array_free(&array);
            accepted(20, 3, 2); /* time and system stand in the header, unchecked */
            same++;
        }
        if (bit >= 8 * (z.n - 8)) /* the trailer: CRC and length */
            refused("incorrect", LNG_E_DATA);
        z.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ck_assert_int_le(same, 8 * 10);
}
END_TEST

START_TEST(gzip_with_more_behind)
{
    bytes b = idx(20, 3, 2), z = zipped(&b), more = z;
    char expected[64];
    snprintf(expected, sizeof expected, "byte %zu: bytes follow the end", z.n);
    put(&more, "x", 1);
    save(&more);
    refused(expected, LNG_E_DATA);
    more = z;
    put(&more, "\0\0\0\0", 4);
    save(&more);
    refused(expected, LNG_E_DATA);
    more = z;
    bytes empty = {.n = 0}, second = zipped(&empty);
    put(&more, second.at, second.n); /* a second member, even an empty one */
    save(&more);
    refused(expected, LNG_E_DATA);
}
END_TEST

/* A deflate block of zeros that ends on a byte and refers to nothing before it can be repeated: 10 GiB without deflating them. */
START_TEST(ten_gigabytes_of_zeros)
{
    enum { BLOCK = 1 << 20 };
    static unsigned char zeros[BLOCK], block[BLOCK];
    bytes head = idx(10, 28, 28);
    z_stream z = {.next_in = head.at, .avail_in = (uInt)head.n, .next_out = block, .avail_out = BLOCK};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FULL_FLUSH), Z_OK);
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    fwrite(block, 1, z.total_out, f);
    unsigned char *start = z.next_out;
    z.next_in = zeros;
    z.avail_in = BLOCK;
    ck_assert_int_eq(deflate(&z, Z_FULL_FLUSH), Z_OK);
    for (int i = 0; i < 10 << 10; i++)
        fwrite(start, 1, (size_t)(z.next_out - start), f);
    deflateEnd(&z);
    ck_assert_int_eq(fclose(f), 0);
    clock_t begin = clock();
    refused("byte 7856: the uncompressed content goes on", LNG_E_DATA);
    ck_assert_int_lt(clock() - begin, CLOCKS_PER_SEC / 4);

    save(&head);
    ck_assert_int_eq(truncate(path, (off_t)10 << 30), 0); /* a sparse file */
    begin = clock();
    refused("byte 7856: the file goes on", LNG_E_DATA);
    ck_assert_int_lt(clock() - begin, CLOCKS_PER_SEC / 4);
}
END_TEST

/* A sparse file that holds what its header promises: more than is read. */
START_TEST(limits)
{
    bytes b = idx(1, 1 << 13, 1);
    memcpy(b.at + 4, "\0\x08\0\1\0\0\x20\0", 8); /* 2^19 + 1 examples of 2^13 bytes */
    save(&b);
    ck_assert_int_eq(truncate(path, 16 + (off_t)524289 * 8192), 0);
    refused("past the limit", LNG_E_LIMIT);
}
END_TEST

START_TEST(not_files)
{
    refused("No such file", LNG_E_IO);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    refused("not a regular file", LNG_E_NOT_A_FILE);
    path = folder();
    refused("not a regular file", LNG_E_NOT_A_FILE);
    path = "/dev/zero";
    refused("not a regular file", LNG_E_NOT_A_FILE);
}
END_TEST

/* ---- data sets ---- */

static lng_data_file train_files[] = {{.field = "image", .name = "train-images"}, {.field = "label", .name = "train-labels"}};
static lng_data_file test_files[] = {{.field = "image", .name = "test-images"}, {.field = "label", .name = "test-labels"}};

/* A description, and the fields that a model reads of it. */
typedef struct set {
    lng_data_spec spec;
    lng_data_field field[2];
    size_t fields;
} set;

static set set_of(int64_t h, int64_t w)
{
    return (set){.field = {{.name = "image", .shape = {3, {h, w, 1}}, .dtype = LNG_F32}, {.name = "label", .dtype = LNG_I32}},
                 .fields = 2,
                 .spec = {.name = "toy",
                          .named = true,
                          .format = lng_data_format_find("idx"),
                          .classes = 251,
                          .part = {{.file = train_files, .files = 2}, {.file = test_files, .files = 2}},
                          .validation = {.how = LNG_SPLIT_LAST, .part = 0.1, .seed = -1}}};
}

static void save_set(const char *sub, bool gzip)
{
    static const char *const names[] = {"train-images", "train-labels", "test-images", "test-labels"};
    const char *in = in_folder(sub);
    mkdir(in, 0700);
    for (int i = 0; i < 4; i++) {
        bytes b = idx(i < 2 ? 25 : 8, i % 2 ? 0 : 4, i % 2 ? 0 : 5);
        if (gzip)
            b = zipped(&b);
        save_to(lng_format(arena, "%s/%s%s", in, names[i], gzip ? ".gz" : ""), b.at, b.n);
    }
}

static lng_data *opens(const set *s, const char *given)
{
    lng_data_field field[2] = {s->field[0], s->field[1]};
    lng_errors_clear(errors);
    for (int i = 0; i < 2; i++)
        field[i].classes = field[i].dtype == LNG_I32 ? s->spec.classes : 0;
    return lng_data_open(&s->spec, field, s->fields, given, NULL, errors);
}

static void fails(const set *s, lng_code code, const char *expected)
{
    lng_data *data = opens(s, folder());
    ck_assert_ptr_null(data);
    ck_assert_uint_ge(lng_errors_count(errors), 1);
    ck_assert_msg(lng_errors_code(errors, 0) == code && strstr(lng_errors_text(errors, 0), expected), "expected '%s', got '%s'",
                  expected, lng_errors_text(errors, 0));
}

START_TEST(opens_a_set)
{
    set s = set_of(4, 5);
    for (int gzip = 0; gzip < 2; gzip++) {
        save_set("", gzip);
        lng_team *team = gzip ? lng_team_new(2) : NULL;
        lng_data *data = lng_data_open(&s.spec, s.field, 2, folder(), team, errors);
        must(data != NULL);
        ck_assert_str_eq(data->name, "toy");
        ck_assert_str_eq(data->folder, folder());
        ck_assert_int_eq(data->train.count, 25);
        ck_assert_int_eq(data->test.count, 8);
        ck_assert_int_eq(data->validation_count, 3); /* 2.5, rounded */
        ck_assert_int_eq(data->train_count, 22);
        ck_assert_uint_eq(data->train.fields, 2);
        const lng_field *image = &data->train.field[0], *label = &data->test.field[1];
        ck_assert(image->type == LNG_FIELD_U8 && image->size == 20 && label->type == LNG_FIELD_I32 && label->size == 1);
        for (size_t i = 0; i < 500; i++)
            ck_assert_uint_eq(((const uint8_t *)image->at)[i], pixel(i));
        for (size_t i = 0; i < 8; i++)
            ck_assert_int_eq(((const int32_t *)label->at)[i], pixel(i));
        lng_data_free(data);
        lng_team_free(team);
        empty_folder();
    }
}
END_TEST

static void lacks_all(const char *const *place, int n)
{
    const char *text = rendered(false);
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_DATA_NOT_FOUND);
    ck_assert_int_eq(lng_errors_status(errors), LNG_SYSTEM);
    for (int i = 0; i < n; i++) {
        const char *name = lng_format(arena, "%s: has no test-labels", in_folder(place[i]));
        ck_assert_msg(strstr(text, name) != NULL, "no '%s' in\n%s", name, text);
    }
    ck_assert_ptr_nonnull(strstr(text, "--data"));
    ck_assert_ptr_nonnull(strstr(text, "LNGRAPH_DATA"));
    ck_assert_ptr_null(strstr(text, "fetch")); /* it has no URL */
}

/* Each place in turn is the best one left; a folder that was named is the only place. */
START_TEST(places_in_order)
{
    set s = set_of(4, 5);
    static const char *const place[] = {"given/toy", "given", "dir/toy", "dir", "env/toy", "env", "lngraph/toy"};
    static const char *const parent[] = {"given", "dir", "env", "lngraph"};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(mkdir(in_folder(parent[i]), 0700), 0);
    for (int i = 0; i < 7; i++)
        save_set(place[i], i % 2);
    setenv("LNGRAPH_DATA", in_folder("env"), 1);
    s.spec.dir = in_folder("dir");
    for (int i = 0; i < 7; i++) {
        const char *given = i < 2 ? in_folder("given") : NULL;
        lng_data *data = opens(&s, given);
        must(data != NULL);
        ck_assert_str_eq(data->folder, in_folder(place[i]));
        /* one file less, and the folder no longer counts */
        ck_assert_int_eq(remove(lng_format(arena, "%s/%s", data->folder, i % 2 ? "test-labels.gz" : "test-labels")), 0);
        lng_data_free(data);
        if (i != 1)
            continue;
        ck_assert_ptr_null(opens(&s, given));
        lacks_all(place, 2);
        lng_errors_clear(errors);
    }
    ck_assert_ptr_null(opens(&s, NULL));
    lacks_all(place + 2, 5);
}
END_TEST

/* A file sorted by label validates on its last classes alone. */
START_TEST(missing_classes)
{
    set s = set_of(4, 5);
    save_set("", false);
    bytes b = idx(25, 0, 0);
    for (int i = 0; i < 25; i++)
        b.at[8 + i] = (unsigned char)(i / 5);
    save_to(in_folder("train-labels"), b.at, b.n);
    for (int i = 0; i < 8; i++)
        b.at[8 + i] = (unsigned char)(i % 5);
    b.n = 16;
    b.at[7] = 8;
    save_to(in_folder("test-labels"), b.at, b.n);
    s.spec.classes = 5;
    s.spec.validation = (lng_split_spec){.how = LNG_SPLIT_COUNT, .count = 7, .seed = -1};
    lng_data *data = opens(&s, folder());
    must(data != NULL);
    ck_assert_str_eq(rendered(false), "lngraph: warning: the training examples have none of class 4 (`label`)\n"
                                      "lngraph: warning: the validation examples have none of class 0, 1, 2 (`label`)\n");
    lng_data_free(data);
    s.spec.validation = (lng_split_spec){.how = LNG_SPLIT_COUNT, .count = 0, .seed = -1};
    data = opens(&s, folder());
    ck_assert(data && lng_errors_warnings(errors) == 0);
    lng_data_free(data);
}
END_TEST

/* As spelled by some programs that unpack files. */
START_TEST(other_spellings)
{
    set s = set_of(4, 5);
    save_set("", false);
    ck_assert_int_eq(rename(in_folder("train-images"), in_folder("train.images")), 0);
    lng_data *data = opens(&s, folder());
    must(data != NULL);
    lng_data_free(data);
    ck_assert_int_eq(rename(in_folder("train.images"), in_folder("train_images")), 0);
    fails(&s, LNG_E_DATA_NOT_FOUND, "were not found");
}
END_TEST

START_TEST(only_what_the_model_reads)
{
    set s = set_of(4, 5);
    save_set("", false);
    ck_assert_int_eq(remove(in_folder("train-labels")) | remove(in_folder("test-labels")), 0);
    s.fields = 1;
    s.spec.part[LNG_PART_TEST].files = 0;
    lng_data *data = opens(&s, folder());
    must(data != NULL);
    ck_assert_int_eq(data->test.count, 0);
    lng_data_free(data);
}
END_TEST

START_TEST(what_must_fit)
{
    save_set("", false);
    set s = set_of(4, 6);
    fails(&s, LNG_E_SHAPE, "`image` is [4, 6, 1] here, but [4, 5] in the data set `toy`");
    s = set_of(5, 4);
    fails(&s, LNG_E_SHAPE, "`image` is [5, 4, 1] here");
    s.field[0].shape = (lng_shape){1, {20}};
    lng_data *flat = opens(&s, folder());
    ck_assert_ptr_nonnull(flat);
    lng_data_free(flat);
    s = set_of(4, 5);
    s.spec.classes = 200;
    fails(&s, LNG_E_DATA, "byte 12: the label of example 4 is 245, expected 0 to 199");
    s = set_of(4, 5);
    s.field[1].name = "labl";
    fails(&s, LNG_E_UNKNOWN_NAME, "no field `labl`");
    s = set_of(4, 5);
    s.spec.validation = (lng_split_spec){.how = LNG_SPLIT_COUNT, .count = 25, .seed = -1};
    fails(&s, LNG_E_RANGE, "leaves none of 25");
    s.spec.validation = (lng_split_spec){.how = LNG_SPLIT_COUNT, .count = 24, .seed = -1};
    lng_data *data = opens(&s, folder());
    ck_assert_ptr_nonnull(data);
    ck_assert_int_eq(data->train_count, 1);
    lng_data_free(data);
    bytes b = idx(24, 0, 0);
    save_to(in_folder("train-labels"), b.at, b.n);
    fails(&s, LNG_E_DATA, "24 examples of `label`, but 25 of `image`");
    b = idx(25, 0, 0);
    b.n--;
    save_to(in_folder("train-labels"), b.at, b.n);
    fails(&s, LNG_E_DATA, "train-labels: error[data]: byte 4");
}
END_TEST

START_TEST(types_must_fit)
{
    set s = set_of(4, 5);
    save_set("", false);
    bytes b = idx(100, 0, 0);
    memcpy(b.at + 2, "\x0c\1\0\0\0\x19", 6); /* 25 labels of four bytes */
    save_to(in_folder("train-labels"), b.at, b.n);
    fails(&s, LNG_E_DATA, "byte 8: the label of example 0 is");
    s.spec.classes = 0; /* any integer */
    lng_data *data = opens(&s, folder());
    must(data != NULL);
    ck_assert_int_eq(((const int32_t *)data->train.field[1].at)[0], pixel(0) << 24 | pixel(1) << 16 | pixel(2) << 8 | pixel(3));
    lng_data_free(data);
    b.at[2] = 0x0d;
    save_to(in_folder("train-labels"), b.at, b.n);
    fails(&s, LNG_E_DTYPE, "`label` is a class, but the file holds 32-bit floats");
}
END_TEST

/* ---- order ---- */

START_TEST(shuffled)
{
    enum { N = 1000 };
    uint32_t a[N], b[N];
    int seen[N] = {0}, moved = 0, same = 0;
    lng_shuffle(a, N, 309, 0);
    lng_shuffle(b, N, 309, 1);
    for (int i = 0; i < N; i++) {
        ck_assert_uint_lt(a[i], N);
        ck_assert_int_eq(seen[a[i]]++, 0);
        moved += a[i] != (uint32_t)i;
        same += a[i] == b[i];
    }
    ck_assert_int_gt(moved, N - 10);
    ck_assert_int_lt(same, 10);
    lng_shuffle(b, N, 309, 0);
    ck_assert_mem_eq(a, b, sizeof a);
    lng_shuffle(b, N, 310, 0);
    ck_assert_mem_ne(a, b, sizeof a);
    lng_shuffle(a, 1, 1, 0);
    ck_assert_uint_eq(a[0], 0);
    lng_shuffle(a, 0, 1, 0);
}
END_TEST

/* Every permutation of four about equally often: 24 x 200 draws. */
START_TEST(shuffled_evenly)
{
    int count[256] = {0}, kinds = 0;
    for (int epoch = 0; epoch < 4800; epoch++) {
        uint32_t o[4];
        lng_shuffle(o, 4, 7, epoch);
        count[o[0] | o[1] << 2 | o[2] << 4 | o[3] << 6]++;
    }
    for (int i = 0; i < 256; i++)
        if (count[i]) {
            kinds++;
            ck_assert_int_gt(count[i], 130);
            ck_assert_int_lt(count[i], 270);
        }
    ck_assert_int_eq(kinds, 24);
}
END_TEST

/* ---- digits ---- */

static void add_part(lng_sha256 *hash, const lng_part *part)
{
    lng_sha256_add(hash, part->field[0].at, (size_t)(part->count * 784));
    for (int64_t i = 0; i < part->count; i++) {
        unsigned char label = (unsigned char)((const int32_t *)part->field[1].at)[i];
        lng_sha256_add(hash, &label, 1);
    }
}

START_TEST(digits)
{
    set s = set_of(28, 28);
    s.spec.format = lng_data_format_find("digits");
    s.spec.classes = 10;
    char hex[2][65];
    ck_assert(lng_data_is_built_in(arena, "digits", errors));
    ck_assert(!lng_data_is_built_in(arena, "idx", errors) && !lng_data_is_built_in(arena, "mnist", errors));
    for (int i = 0; i < 2; i++) {
        lng_team *team = lng_team_new(3 * i + 1);
        lng_data *data = lng_data_open(&s.spec, s.field, 2, NULL, team, errors);
        must(data != NULL);
        ck_assert_ptr_null(data->folder);
        ck_assert_int_eq(data->train_count, 54000);
        ck_assert_int_eq(data->validation_count, 6000);
        ck_assert_int_eq(data->test.count, 10000);
        int count[10] = {0}, same = 0;
        const int32_t *label = data->train.field[1].at;
        for (int k = 0; k < 60000; k++) {
            count[label[k]]++;
            same += label[k] == k % 10;
        }
        ck_assert_int_lt(same, 7000);
        for (int c = 0; c < 10; c++)
            ck_assert_int_eq(count[c], 6000);
        lng_sha256 hash;
        lng_sha256_begin(&hash);
        add_part(&hash, &data->train);
        add_part(&hash, &data->test);
        lng_sha256_end(&hash, hex[i]);
        lng_data_free(data);
        lng_team_free(team);
    }
    ck_assert_str_eq(hex[0], hex[1]);
    ck_assert_str_eq(hex[0], DIGITS_SHA256);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(good_files),
        TEST(wide_types),
        TEST(digests),
        TEST(digests_both_ways),
        TEST(lying_headers),
        TEST(wrong_magic),
        TEST(wrong_length),
        TEST(gzip_cut_anywhere),
        TEST(gzip_any_bit_flipped),
        TEST(gzip_with_more_behind),
        TEST(ten_gigabytes_of_zeros),
        TEST(limits),
        TEST(not_files),
        TEST(opens_a_set),
        TEST(places_in_order),
        TEST(missing_classes),
        TEST(other_spellings),
        TEST(only_what_the_model_reads),
        TEST(what_must_fit),
        TEST(types_must_fit),
        TEST(digits),
        TEST(shuffled),
        TEST(shuffled_evenly),
        {0},
    };
    return suite_run("data", tests, set_up, NULL);
}
