/* Files that hold several fields: npz and csv, intact and damaged. */
#include "config.h"
#include "data/data.h"
#include "data/table.h"
#include "suite.h"
#include "whole.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const char *path;
static const lng_data_field fields[] = {{.name = "x", .shape = {1, {3}}, .dtype = LNG_F32}, {.name = "label", .dtype = LNG_I32}};
static lng_array array[2];

static void set_up(void)
{
    path = in_folder("file");
}

static void tear_down(void)
{
    for (int i = 0; i < 2; i++)
        lng_array_free(&array[i]);
}

static bool reads_file(int64_t most)
{
    tear_down();
    lng_errors_clear(errors);
    return read_whole(path, (lng_wish){.size = LNG_AS_THEY_ARE}, fields, 2, most, array, errors);
}

static bool reads(const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
    return reads_file(1 + (int64_t)(n % 3));
}

static void holds(int64_t count, const float *x, const int32_t *label)
{
    ck_assert_int_eq(array[0].count, count);
    ck_assert_int_eq(array[1].count, count);
    ck_assert_int_eq(array[0].type, LNG_ARRAY_F32);
    ck_assert_int_eq(array[1].type, LNG_ARRAY_I32);
    ck_assert_mem_eq(array[0].at, x, (size_t)count * 12);
    ck_assert_mem_eq(array[1].at, label, (size_t)count * 4);
}

static void refused(const void *bytes, size_t n, const char *expected)
{
    ck_assert_msg(!reads(bytes, n), "read: %s", expected);
    ck_assert_ptr_null(array[0].at);
    ck_assert_ptr_null(array[1].at);
    ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
    ck_assert_msg(strstr(lng_errors_text(errors, 0), expected) != NULL, "expected '%s', got '%s'", expected,
                  lng_errors_text(errors, 0));
}

/* ---- csv ---- */
static const float numbers[] = {1, -2.5f, 3e-3f, 4, 5, 6};
static const int32_t labels[] = {1, 0};

START_TEST(csv)
{
    static const char *const texts[] = {
        "x.0,x.1,x.2,label\n1,-2.5,3e-3,1\n4,5,6,0\n",
        "x_0,x_1,x_2,label\n1,-2.5,.003,1\n4.0,5,6,0",
        "\xef\xbb\xbfname,label,x.2,x.1,x.0\r\n\"Miller, \"\"Jo\"\"\r\n\",1,3e-3,-2.5,1\r\nÉmile,0,6,5,4\r\n",
        "\"x.0\" , x.1\t,x.2,label \n \"1\" , -2.5 ,3e-3,1\n4,5,6,0\n",
        "x.0,x.1,x.2,label,\n1,-2.5,3e-3,1,\n4,5,6,0,\n",
        "x.0;x.1;x.2;label\n1;-2.5;3e-3;1\n04;5.;+6;0\r\n",
        "x.0\tx.1\tx.2\tlabel\t\"a,b,c,d,e\"\n1\t-2.5\t3e-3\t1\t\n4\t5\t6\t0\t\n",
        "x.0,x.1,x.2,label\n1,-2.5,3e-3,1\n4,5,6,0\n\n \t\r\n  ",
        "x.0|x.1|x.2|label\n1|-2.500000000000000000000|3e-3|1\n4|5|6|0\r",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_msg(reads(texts[i], strlen(texts[i])), "%s: %s", texts[i], rendered(false));
        holds(2, numbers, labels);
    }
}
END_TEST

START_TEST(csv_heads)
{
    static const char *const cases[][2] = {
        {"a,b,c,label\n1,2,3,1\n", "0 columns of `x`, expected 3: x.0 to x.2; the columns are a, b, c, label\n"
                                   "      = hint: name other columns with `columns`, such as `x: {columns: [a, ...]}`\n"},
        {"x.0,x.1,x.2,LABEL\n1,2,3,1\n", "; the columns are x.0, x.1, x.2, LABEL\n      = hint: did you mean `LABEL`?\n"},
        {"X.0,X.1,X.2,label\n1,2,3,1\n", "      = hint: did you mean `X.0`?\n"},
        {"0.5,-2,3,1\n1,2,3,1\n",
         "; the columns are 0.5, -2, 3, 1\n      = hint: the first line of a table has the names of the columns, unless `header: false`\n"},
        {"x.0,x.1,x.2,Jahresdurchschnittstemperatur,Jahresniederschlagsmenge,Jahressonnenscheindauer,Jahreswindgeschwindigkeit,"
         "Jahresluftdruckmittelwert,Jahreshöchsttemperatur,Jahrestiefsttemperatur,z\n",
         "Jahreshöchsttemperatur, ...\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert(!reads(cases[i][0], strlen(cases[i][0])));
        ck_assert_msg(strstr(rendered(false), cases[i][1]) != NULL, "expected '%s', got '%s'", cases[i][1], rendered(false));
    }
}
END_TEST

#define HEAD "x.0,x.1,x.2,label\n"
/* Wherever what is read at once ends: in a number, between CR and LF, within quotes, between two that are one. */
START_TEST(csv_cut_anywhere)
{
    enum { ROOM = 1 << 18 }; /* what is read at first */
    static const char rows[] = "1,-2.5,3e-3,1,\"a \"\"b\"\"\r\n\" \t\r\n\"4\" ,5,6,0,\"\"\"\"\r\n";
    static char text[ROOM + sizeof rows];
    const size_t head = (size_t)snprintf(text, sizeof text, "x.0,x.1,x.2,label,"), n = sizeof rows - 1;
    for (size_t cut = 0; cut <= n; cut++) {
        memset(text + head, 'a', ROOM - cut - head - 1); /* the name of a column that is not read */
        text[ROOM - cut - 1] = '\n';
        memcpy(text + ROOM - cut, rows, n);
        ck_assert_msg(reads(text, ROOM - cut + n), "%zu: %s", cut, rendered(false));
        holds(2, numbers, labels);
    }
}
END_TEST

/* A row that does not end is not read into memory for ever. */
START_TEST(csv_without_end)
{
    static char block[1 << 20];
    gzFile f = gzopen(path, "wb1");
    memset(block, 'a', sizeof block);
    ck_assert(gzputs(f, HEAD "1,2,3,1\n4,5,6,\"") > 0);
    for (int i = 0; i < 65; i++)
        ck_assert_int_eq(gzwrite(f, block, sizeof block), sizeof block);
    ck_assert_int_eq(gzclose(f), Z_OK);
    ck_assert(!reads_file(1));
    ck_assert_str_eq(lng_errors_message(errors, 0), "line 3: a row of more than 64 MiB; is a closing quote missing?");
}
END_TEST

START_TEST(csv_refused)
{
    static const char *const cases[][2] = {
        {HEAD, "line 2: no examples follow"},
        {HEAD "1,2,3\n", "line 2: 3 cells, expected 4"},
        {HEAD "1,2,3,1\n1,2,3,1,5\n", "line 3: 5 cells, expected 4"},
        {HEAD "\n \n", "no examples follow"},
        {HEAD "1,2,3,1\n\n \n1,2,3,1\n", "line 3 is blank, but rows follow it"},
        {HEAD "1,2,3,1\n\"\"\n", "line 3: 1 cells, expected 4"},
        {HEAD "1,,3,1\n", "line 2, column 2: `x.1` is empty, expected a number"},
        {HEAD "1,two,3,1\n", "line 2, column 2: `x.1` is `two`, expected a number"},
        {HEAD "1,2,3,1\n1,\"nan\",3,1\n", "line 3, column 2: `x.1` is `nan`, expected a number"},
        {HEAD "1,1e39,3,1\n", "line 2, column 2: `x.1` is `1e39`, expected a number"},
        {HEAD "1,2;3,3,1\n", "expected a number"},
        {HEAD "1,2,3,1.0\n", "line 2, column 4: `label` is `1.0`, expected an integer"},
        {HEAD "1,2,3,2147483648\n", "expected an integer"},
        {HEAD "1,2,3,\"1\n", "line 2, column 4: the closing quote is missing"},
        {HEAD "1,2,3,\"1\"1\n", "line 2, column 4: something follows a closing quote"},
        {HEAD "1,2,3\"4\",1\n", "line 2, column 3: a quote inside a cell that does not begin with one"},
        {"a," HEAD "\"\n\"\"\",1,2,3,1\n\"\n\nb\",1,2,3,1\nc\xff,1,2,3,1\n", "line 7, column 1: the byte ff is not UTF-8"},
        {HEAD "1,2,3,\"\n\xc3\"\n", "line 2, column 4: the byte c3 is not UTF-8"},
        {"a;" HEAD "1,2,3,1\n", "line 1: "},
        {"x.0,x.1,label\n1,2,3\n", "line 1: 2 columns of `x`, expected 3: x.0 to x.2"},
        {"x,label\n1,2\n", "line 1: 0 columns of `x`"},
        {"x.0,x.1,x.3,label\n1,2,3,1\n", "line 1: 2 columns of `x`"},
        {"x.0,x.1,x.2,lable\n1,2,3,1\n", "line 1: there is no column `label`"},
        {"x.0,x.1,x.2,x_1,label\n1,2,3,4,1\n", "line 1: a column of `x` appears twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i][0], strlen(cases[i][0]), cases[i][1]);
    refused(HEAD "1,2\0,3,1\n", sizeof HEAD "1,2\0,3,1\n" - 1, "line 2, column 2: a NUL byte");
}
END_TEST

/* ---- npz ---- */
typedef struct archive {
    unsigned char at[8192], directory[1024];
    size_t n, directory_n;
    int entries;
} archive;

static void little(unsigned char *to, uint64_t word, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (unsigned char)(word >> 8 * i);
}

static size_t deflated(const unsigned char *from, size_t n, unsigned char *to, size_t room)
{
    z_stream z = {.next_in = (unsigned char *)from, .avail_in = (uInt)n, .next_out = to, .avail_out = (uInt)room};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

/* An entry as numpy writes it: its own header has the sizes in a field of ZIP64. */
static void add_entry(archive *a, const char *name, const void *bytes, size_t n, bool deflates)
{
    unsigned char *local = a->at + a->n, *central = a->directory + a->directory_n, *data;
    const size_t length = strlen(name), extra = 20;
    memcpy(local, "PK\3\4", 4);
    little(local + 4, 45, 2);
    little(local + 8, deflates ? 8 : 0, 2);
    little(local + 26, length, 2);
    little(local + 28, extra, 2);
    memcpy(local + 30, name, length);
    data = local + 30 + length + extra;
    const size_t stored = deflates ? deflated(bytes, n, data, sizeof a->at - (size_t)(data - a->at)) : n;
    if (!deflates)
        memcpy(data, bytes, n);
    little(local + 14, crc32(0, bytes, (uInt)n), 4);
    little(local + 18, UINT32_MAX, 4); /* the sizes are in the extra field */
    little(local + 22, UINT32_MAX, 4);
    little(local + 30 + length, 1, 2);
    little(local + 30 + length + 2, 16, 2);
    little(local + 30 + length + 4, n, 8);
    little(local + 30 + length + 12, stored, 8);
    memcpy(central, "PK\1\2", 4);
    little(central + 10, deflates ? 8 : 0, 2);
    little(central + 16, crc32(0, bytes, (uInt)n), 4);
    little(central + 20, stored, 4);
    little(central + 24, n, 4);
    little(central + 28, length, 2);
    little(central + 42, (uint64_t)(local - a->at), 4);
    memcpy(central + 46, name, length);
    a->directory_n += 46 + length;
    a->n = (size_t)(data - a->at) + stored;
    a->entries++;
}

static void close_archive(archive *a)
{
    unsigned char *end = a->at + a->n + a->directory_n;
    memcpy(a->at + a->n, a->directory, a->directory_n);
    memcpy(end, "PK\5\6", 4);
    little(end + 8, (uint64_t)a->entries, 2);
    little(end + 10, (uint64_t)a->entries, 2);
    little(end + 12, a->directory_n, 4);
    little(end + 16, a->n, 4);
    a->n += a->directory_n + 22;
}

static void add_array(archive *a, const char *name, const char *type, const char *shape, const void *elements, size_t n,
                      bool deflates)
{
    unsigned char file[1024] = "\x93NUMPY\1";
    const int length = snprintf((char *)file + 10, 500, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", type, shape);
    little(file + 8, (uint64_t)length, 2);
    memcpy(file + 10 + length, elements, n);
    const size_t width = strchr("if", type[1]) ? (size_t)(type[2] - '0') : 0;
    for (size_t i = 0; width > 0 && i + width <= n; i += width) { /* as the type says, on every machine */
        uint64_t word;
        uint32_t half;
        if (width == 8)
            memcpy(&word, (const char *)elements + i, 8);
        else
            memcpy(&half, (const char *)elements + i, 4), word = half;
        little(file + 10 + length + i, word, (int)width);
    }
    add_entry(a, name, file, 10 + (size_t)length + n, deflates);
}

static void make_archive(archive *a, bool deflates)
{
    const double wide[] = {1, -2.5, (double)3e-3f, 4, 5, 6};
    const int64_t long_labels[] = {1, 0};
    *a = (archive){.n = 0};
    add_array(a, "names.npy", "<U3", "(2,)", "abcdefghijkl", 12, deflates);
    add_array(a, "label.npy", "<i8", "(2,)", long_labels, sizeof long_labels, deflates);
    add_array(a, "x.npy", "<f8", "(2, 3)", wide, sizeof wide, deflates);
    close_archive(a);
}

START_TEST(npz)
{
    archive a;
    make_archive(&a, _i);
    must(reads(a.at, a.n));
    holds(2, numbers, labels);
    memset(a.at + a.n, 'c', 100); /* a comment */
    little(a.at + a.n - 2, 100, 2);
    must(reads(a.at, a.n + 100));
    a = (archive){.n = 0};
    add_array(&a, "x.npy", "<i4", "(1, 3)", (int32_t[]){1, -2, 1 << 24}, 12, _i);
    add_array(&a, "label.npy", "|u1", "(1,)", "\7", 1, _i);
    close_archive(&a);
    must(reads(a.at, a.n));
    ck_assert_mem_eq(array[0].at, ((float[]){1, -2, 1 << 24}), 12);
    ck_assert_int_eq(array[1].type, LNG_ARRAY_U8);
}
END_TEST

/* No part of the archive can be wrong or missing. */
START_TEST(npz_damaged)
{
    archive a, b;
    make_archive(&a, _i);
    for (size_t cut = 4; cut < a.n; cut++)
        refused(a.at, cut, "");
    const size_t start = a.n - 22 - a.directory_n;
    for (size_t i = 4; i < a.n; i++) {
        b = a;
        b.at[i] ^= 0x41;
        if (reads(b.at, b.n)) /* what neither the names nor the sizes of the two arrays depend on */
            holds(2, numbers, labels);
        else
            ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
        if (i >= start && i < start + 4)
            refused(b.at, b.n, "damaged ZIP");
    }
}
END_TEST

/* A program that reads the members' own headers, or the last of two members, must not see another archive. */
START_TEST(npz_ambiguous)
{
    archive a, b;
    make_archive(&a, _i);
    size_t local = 4; /* the header of the second member, label.npy */
    while (memcmp(a.at + local, "PK\3\4", 4) != 0)
        local++;
    const struct {
        size_t at;
        const char *what;
    } cases[] = {
        {30, "name"}, {8, "method"}, {14, "size or checksum"}, {30 + 9 + 4, "size or checksum"}, {30 + 9 + 12, "size or checksum"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        b = a;
        b.at[local + cases[i].at] ^= 1;
        refused(b.at, b.n,
                lng_format(arena, "byte %zu: a damaged ZIP archive: the member's header has another %s than the directory", local,
                           cases[i].what));
    }
    a = (archive){.n = 0};
    add_array(&a, "label.npy", "|u1", "(1,)", "\7", 1, _i);
    add_array(&a, "x.npy", "<i4", "(1, 3)", (int32_t[]){1, -2, 3}, 12, _i);
    add_array(&a, "label.npy", "|u1", "(1,)", "\6", 1, _i);
    close_archive(&a);
    refused(a.at, a.n, lng_format(arena, "byte %zu: a second array label.npy", a.n - 22 - 46 - 9));
    a = (archive){.n = 0};
    add_array(&a, "x.npy", "<i4", "(1, 3)", (int32_t[]){1, -2, 3}, 12, _i);
    add_array(&a, "label.npy", "|u1", "(2,)", "\7\7", 2, _i);
    close_archive(&a);
    refused(a.at, a.n, "2 examples of `label`, but 1 of `x`");
}
END_TEST

START_TEST(npz_refused)
{
    static const struct {
        const char *name, *type, *shape;
        size_t n;
        const char *expected;
    } cases[] = {
        {"X.npy", "<f4", "(2, 3)", 24, "there is no array x.npy; the archive has label.npy, X.npy"},
        {"x", "<f4", "(2, 3)", 24, "there is no array x.npy"},
        {"x.npy", "<c8", "(2, 3)", 48, "x.npy: byte 20: expected real numbers"},
        {"x.npy", "<f4", "()", 4, "a single number; expected an array"},
        {"x.npy", "<f4", "(2, 3)", 20, "x.npy: byte 10: the header promises 24 bytes of elements, but the file can hold only 20"},
        {"x.npy", "<i4", "(2, 3)", 24, "x.npy: example 0 holds 2147483647: only integers up to 2^24"},
        {"x.npy", "<i8", "(2, 1)", 16, "x.npy: byte 70: example 0 holds 9223372034707292159, which does not fit in 32 bits"},
        {"x.npy", "<f8", "(2, 1)", 16, "x.npy: byte 70: example 0 holds NaN"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        archive a = {.n = 0};
        uint32_t elements[12];
        for (size_t k = 0; k < sizeof elements / sizeof *elements; k++)
            elements[k] = 0x7fffffff;
        add_array(&a, "label.npy", "<i8", "(2,)", (int64_t[]){1, 0}, 16, _i);
        add_array(&a, cases[i].name, cases[i].type, cases[i].shape, elements, cases[i].n, _i);
        close_archive(&a);
        refused(a.at, a.n, cases[i].expected);
    }
    archive a;
    make_archive(&a, _i);
    little(a.at + a.n - 22 - a.directory_n + 8, 1, 2);
    refused(a.at, a.n, "`names.npy` is encrypted");
    make_archive(&a, true);
    size_t local = 4;
    while (memcmp(a.at + local, "PK\3\4", 4) != 0)
        local++;
    little(a.at + a.n - 22 - a.directory_n + 46 + 9 + 24, 1 << 30, 4); /* of label.npy: a gigabyte, which both headers promise */
    little(a.at + local + 30 + 9 + 4, 1 << 30, 8);
    refused(a.at, a.n, "bytes cannot hold 1073741824");
    make_archive(&a, _i);
    little(a.at + a.n - 22 + 16, UINT32_MAX, 4); /* the marks of ZIP64, whose own directory is elsewhere */
    refused(a.at, a.n, "a ZIP archive of 4 GiB or more, or of 65,535 files or more");
    make_archive(&a, _i);
    little(a.at + a.n - 22 + 10, UINT16_MAX, 2);
    refused(a.at, a.n, "a ZIP archive of 4 GiB or more, or of 65,535 files or more");
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(csv),    TEST(csv_heads),      TEST(csv_cut_anywhere), TEST(csv_without_end), TEST(csv_refused),
        LOOP(npz, 2), LOOP(npz_damaged, 2), LOOP(npz_ambiguous, 2), LOOP(npz_refused, 2),  {0}};
    return suite_run("table", tests, set_up, tear_down);
}
