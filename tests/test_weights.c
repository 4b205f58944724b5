/* Weights files: what is written is read back to the bit, and nothing else is accepted. */
#include "base/file.h"
#include "train/weights.h"
#include "suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path;
static unsigned char file[1 << 16];
static size_t length;

static lng_variable shaped(const char *name, int rank, int64_t a, int64_t b)
{
    lng_variable v = {.name = name, .shape = {.rank = rank, .dim = {a, b}}, .parameter = true};
    return v;
}

static lng_variable model[4];

static lng_store *new_store(const lng_variable *variable, size_t n)
{
    lng_store *s = lng_store_new(variable, n, errors);
    ck_assert_ptr_nonnull(s);
    for (size_t i = 0; i < n; i++)
        for (int64_t k = 0; k < lng_shape_size(variable[i].shape); k++)
            s->at[s->offset[i] + (size_t)k] = (float)(k + 1) * 0.37f - (float)i;
    return s;
}

/* As if an optimizer kept the last variable. */
static bool used[8] = {true, true, true, false, true, true, true, true};
static uint64_t graph = 0x0123456789abcdef;

static bool save(lng_store *s, lng_weights_content content, const char *to)
{
    return lng_weights_save(&(lng_weights){.store = s, .used = used, .digest = graph}, content, to, errors);
}

static bool load(lng_store *s)
{
    return lng_weights_load(&(lng_weights){.store = s, .used = used, .digest = graph}, path, errors);
}

static void read_back(void)
{
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    length = fread(file, 1, sizeof file, f);
    fclose(f);
}

static void write_out(const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void set_up_file(void)
{
    lng_store *s = new_store(model, 4);
    ck_assert(save(s, LNG_WEIGHTS_ALL, path));
    lng_store_free(s);
    read_back();
}

static void set_up(void)
{
    model[0] = shaped("c1.W", 2, 2, 3);
    model[1] = shaped("c1.b", 1, 3, 0);
    model[2] = shaped("scale", 0, 0, 0);
    model[3] = shaped("dense \"x\"\n.W", 2, 3, 1); /* a name that JSON has to escape */
    path = in_folder("w.safetensors");
    set_up_file();
}

/* The file must be refused, and the store must stay as it was. */
static bool refused(const lng_variable *variable, size_t n)
{
    lng_store *s = new_store(variable, n), *before = new_store(variable, n);
    s->at[0] = before->at[0] = 12345;
    lng_errors_clear(errors);
    bool ok = !load(s) && lng_errors_count(errors) > 0;
    ok = ok && memcmp(s->at, before->at, s->floats * sizeof *s->at) == 0;
    lng_store_free(s);
    lng_store_free(before);
    return ok;
}

/* ... for this reason. */
static void expect(const char *header, size_t data, const char *why)
{
    const size_t n = (strlen(header) + 7) / 8 * 8;
    memset(file, 0, sizeof file);
    for (int i = 0; i < 8; i++)
        file[i] = (unsigned char)((uint64_t)n >> 8 * i);
    memset(file + 8, ' ', n);
    memcpy(file + 8, header, strlen(header));
    write_out(file, 8 + n + data);
    ck_assert_msg(refused(model, 1), "accepted: %s", header);
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_WEIGHTS);
    ck_assert_msg(strstr(lng_errors_text(errors, 0), why), "%s\nlacks: %s", lng_errors_text(errors, 0), why);
}
#define VERSION "\"format\":\"lngraph\",\"format_version\":\"2\","
#define META    "\"__metadata__\":{" VERSION "\"content\":\"weights\",\"graph\":\"g\",\"sha256\":\"s\"}"

START_TEST(round_trip)
{
    lng_store *s = new_store(model, 4), *t = new_store(model, 4);
    const float special[] = {-0.0f, INFINITY, -INFINITY, 1e-45f, 3.4e38f, NAN};
    memcpy(s->at, special, sizeof special);
    ck_assert(save(s, LNG_WEIGHTS_ALL, path));
    memset(t->at, 0x5a, t->floats * sizeof *t->at);
    ck_assert(load(t));
    for (size_t i = 0; i < 4; i++)
        ck_assert_mem_eq(s->at + s->offset[i], t->at + t->offset[i], (size_t)lng_shape_size(model[i].shape) * sizeof(float));
    lng_store_free(s);
    lng_store_free(t);
}
END_TEST

/* The format as others read it: 8 bytes of length, a header of that length, then the tensors without a gap. */
START_TEST(layout)
{
    const size_t header = file[0] | file[1] << 8;
    ck_assert_uint_eq(header % 8, 0);
    ck_assert_uint_eq(length, 8 + header + 4 * (6 + 3 + 1 + 3));
    ck_assert_ptr_nonnull(strstr((char *)file + 8, "\"c1.W\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}"));
    ck_assert_ptr_nonnull(strstr((char *)file + 8, "\"scale\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[48,52]}"));
    const unsigned char first[] = {0xa4, 0x70, 0xbd, 0x3e}; /* 0.37f, little-endian */
    ck_assert_mem_eq(file + 8 + header, first, 4);
}
END_TEST

/* One SHA-256 of the file, on every machine, for ever: this is version 2 of the format. */
START_TEST(same_bytes_everywhere)
{
    char hex[65];
    lng_sha256 h;
    lng_sha256_begin(&h);
    lng_sha256_add(&h, file, length);
    lng_sha256_end(&h, hex);
    ck_assert_str_eq(hex, "30b2adfb332d927a75fb14ebcd8680c8d0ef22b2c8d10d8ffafc5e3e6e93c8cf");
}
END_TEST

START_TEST(truncated_anywhere)
{
    const size_t n = length;
    for (size_t k = 0; k < n; k++) {
        write_out(file, k);
        ck_assert_msg(refused(model, 4), "cut at byte %zu of %zu", k, n);
        ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_WEIGHTS);
    }
    file[n] = 0;
    write_out(file, n + 1);
    ck_assert_msg(refused(model, 4), "a byte too many");
}
END_TEST

START_TEST(any_bit_flipped)
{
    for (size_t k = 0; k < length; k++)
        for (int bit = 0; bit < 8; bit++) {
            file[k] ^= (unsigned char)(1 << bit);
            write_out(file, length);
            ck_assert_msg(refused(model, 4), "bit %d of byte %zu", bit, k);
            file[k] ^= (unsigned char)(1 << bit);
        }
    write_out(file, length);
    ck_assert(!refused(model, 4));
}
END_TEST

START_TEST(hostile_headers)
{
    expect("", 0, "byte 8");
    expect(" {}", 0, "byte 8");
    expect("[]", 0, "byte 8");
    expect("{\"a\":", 0, "byte ");
    expect("{}", 0, "__metadata__");
    expect("{\"__metadata__\":7}", 0, "__metadata__");
    expect("{\"__metadata__\":{\"format\":\"pt\"}}", 0, "__metadata__");
    expect("{\"__metadata__\":{\"format\":\"lngraph\",\"format_version\":\"1\",\"graph\":\"\",\"sha256\":\"\"}}", 0, "version `1`");
    expect("{\"__metadata__\":{" VERSION "\"graph\":\"\",\"sha256\":\"\"}}", 0, "exactly");
    expect("{\"__metadata__\":{" VERSION "\"content\":\"x\",\"graph\":\"\",\"sha256\":\"\"}}", 0, "unknown content `x`");
    expect("{" META ",\"a\":{},\"b\":{},\"a\":{}}", 0, "duplicate key `a`");
    expect("{" META "}", 4, "byte ");
    expect("{" META ",\"a\":1}", 4, "`a`");
    expect("{" META ",\"a\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,4]}}", 4, "F64");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"x\":0}}", 4, "exactly");
    expect("{\"__metadata__\":{" VERSION "\"content\":7,\"graph\":\"g\",\"sha256\":\"s\"}}", 0, "exactly");
    expect("{" META ",\"run/a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4, "expected dtype F64, got `F32`");
    expect("{" META ",\"run/a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
           "4 bytes, but F64 of shape [1] takes 8");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2147483649],\"data_offsets\":[0,4]}}", 4, "from 0 to 2^31");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[0],"
           "\"data_offsets\":[0,0]}}",
           4, "does not match the digest"); /* a tensor of no bytes is at any place */
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "shape");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "shape");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4, "shape");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,4]}}", 4, "2^31");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 4, "shape");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "`a`");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, "`a`");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "`a`");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, "data_offsets");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,\"4\"]}}", 4, "data_offsets");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,9223372036854775807]}}", 4, "`a`");
    /* overlapping, holed, the same twice */
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
           "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
           12, "overlaps");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
           "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
           12, "no tensor");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "after the last");
    expect("{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
           "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
           8, "byte ");
}
END_TEST

START_TEST(oversized_headers)
{
    static const unsigned char lengths[][8] = {{255, 255, 255, 255, 255, 255, 255, 255},
                                               {0, 0, 0, 0, 0, 0, 0, 128},
                                               {248, 255, 255, 255, 255, 255, 255, 255},
                                               {0, 0, 0, 2},
                                               {255, 127}};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        memcpy(file, lengths[i], 8);
        write_out(file, length);
        ck_assert(refused(model, 4));
        ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_WEIGHTS);
        ck_assert_ptr_nonnull(strstr(lng_errors_text(errors, 0), "byte "));
    }
    memcpy(file, "lngraph: 1\n", 11);
    write_out(file, length);
    ck_assert(refused(model, 4));
    ck_assert_ptr_nonnull(strstr(lng_errors_text(errors, 0), "byte 0: this is not a safetensors file"));
}
END_TEST

static bool says(const char *what)
{
    for (size_t i = 0; i < lng_errors_count(errors); i++)
        if (strstr(lng_errors_text(errors, i), what))
            return true;
    return false;
}

START_TEST(another_graph)
{
    lng_variable other[4] = {shaped("c1.W", 2, 3, 2), shaped("c2.b", 1, 3, 0), model[2], model[3]};
    ck_assert(refused(other, 4));
    ck_assert_uint_eq(lng_errors_count(errors), 3); /* everything is reported */
    ck_assert(says("`c1.W` has shape [2, 3], but shape [3, 2] in the model"));
    ck_assert(says("the model's tensor `c2.b` is missing"));
    ck_assert(says("the model has no tensor `c1.b`"));
    ck_assert(refused(model, 3));
    ck_assert(says("the model has no tensor"));
    lng_variable more[5] = {model[0], model[1], model[2], model[3], shaped("more", 1, 1, 0)};
    ck_assert(refused(more, 5));
    ck_assert(says("the model's tensor `more` is missing"));
}
END_TEST

/* The store decides the order, not the file. */
START_TEST(any_order)
{
    const lng_variable other[4] = {model[3], model[1], model[0], model[2]};
    lng_store *s = new_store(other, 4), *t = new_store(model, 4);
    memset(s->at, 0, s->floats * sizeof *s->at);
    ck_assert(load(s));
    for (size_t i = 0; i < 4; i++)
        ck_assert_mem_eq(lng_store_find(s, model[i].name, NULL), t->at + t->offset[i],
                         (size_t)lng_shape_size(model[i].shape) * sizeof(float));
    lng_store_free(s);
    lng_store_free(t);
}
END_TEST

/* A file of weights holds what is used; the rest of the store is not touched by it. */
START_TEST(weights_without_training_state)
{
    lng_store *s = new_store(model, 4), *t = new_store(model, 4);
    ck_assert(save(s, LNG_WEIGHTS_USED, path));
    const lng_weights w = {.store = s, .used = used, .digest = graph};
    read_back();
    ck_assert_uint_eq(length, lng_weights_size(&w, LNG_WEIGHTS_USED));
    ck_assert_uint_lt(length, lng_weights_size(&w, LNG_WEIGHTS_ALL));
    ck_assert_ptr_null(strstr((char *)file + 8, "dense"));
    for (size_t i = 0; i < t->floats; i++)
        t->at[i] = -1;
    ck_assert(load(t));
    ck_assert_mem_eq(lng_store_find(t, "c1.W", NULL), lng_store_find(s, "c1.W", NULL), 6 * sizeof(float));
    ck_assert_float_eq(lng_store_find(t, model[3].name, NULL)[0], -1);
    used[3] = true;
    ck_assert(refused(model, 4));
    ck_assert(says("is missing"));
    used[3] = false;
    lng_store_free(s);
    lng_store_free(t);
}
END_TEST

/* Names and shapes fit, but not what they are used for. */
START_TEST(another_meaning)
{
    graph++;
    ck_assert(refused(model, 4));
    ck_assert(says("the weights of another model"));
    graph--;
    ck_assert(!refused(model, 4));
}
END_TEST

START_TEST(header_of_any_length)
{
    for (size_t cut = 1; cut < 8; cut++) {
        read_back();
        const size_t header = file[0] | file[1] << 8;
        file[0] = (unsigned char)(header - cut);
        file[1] = (unsigned char)((header - cut) >> 8);
        memmove(file + 8 + header - cut, file + 8 + header, length - 8 - header);
        write_out(file, length - cut);
        ck_assert(refused(model, 4));
        ck_assert(says("not a multiple of 8"));
        set_up_file();
    }
}
END_TEST

START_TEST(not_files)
{
    unlink(path);
    ck_assert(refused(model, 4));
    ck_assert_int_eq(lng_errors_status(errors), LNG_SYSTEM);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert(refused(model, 4));
    rmdir(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert(refused(model, 4));
}
END_TEST

/* A failed write leaves what was there, and nothing beside it. */
START_TEST(failed_write)
{
    lng_store *s = new_store(model, 4);
    lng_errors_clear(errors);
    ck_assert(!save(s, LNG_WEIGHTS_ALL, "/dev/full"));
    ck_assert_int_eq(lng_errors_status(errors), LNG_SYSTEM);
    char nowhere[96];
    snprintf(nowhere, sizeof nowhere, "%s/no/w.safetensors", folder());
    ck_assert(!save(s, LNG_WEIGHTS_ALL, nowhere));
    lng_store_free(s);
    ck_assert(!refused(model, 4));
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(round_trip),
        TEST(layout),
        TEST(same_bytes_everywhere),
        TEST(truncated_anywhere),
        TEST(any_bit_flipped),
        TEST(hostile_headers),
        TEST(oversized_headers),
        TEST(another_graph),
        TEST(any_order),
        TEST(weights_without_training_state),
        TEST(another_meaning),
        TEST(header_of_any_length),
        TEST(not_files),
        TEST(failed_write),
        {0},
    };
    return suite_run("weights", tests, set_up, NULL);
}
