/* Fields that are described by columns of a table: what becomes of cells, worked out by hand, and what is learned from training examples
 * alone. */
#include "config.h"
#include "base/file.h"
#include "base/random.h"
#include "data/cell.h"
#include "data/decimal.h"
#include "data/data.h"
#include "suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lng_data *data;
static lng_data_spec spec;

static void save(const char *name, const char *text)
{
    must(lng_file_write(in_folder(name), text, strlen(text), errors));
}

static void tear_down(void)
{
    lng_data_free(data);
    data = NULL;
}

/* The fields of a table; more: further keys of the description, each on a line. */
static bool opens(const char *fields, const char *more, const char *train, const char *test)
{
    lng_source *source = LNG_NEW(arena, lng_source);
    const char *text =
        lng_format(arena, "source:\n  format: csv\n  fields: %s\n  train: {file: train.csv}\n%s%s\nvalidation: {count: 1}\n",
                   fields, test ? "  test: {file: test.csv}\n" : "", more);
    *source = (lng_source){"model.yaml", text, strlen(text)};
    tear_down();
    lng_errors_clear(errors);
    save("train.csv", train);
    if (test)
        save("test.csv", test);
    const lng_doc *doc = lng_doc_parse(arena, source, errors);
    if (!doc || !lng_data_describe(arena, doc, "model.yaml", &spec, errors))
        return false;
    data = lng_data_open(&spec, spec.field, spec.fields, folder(), NULL, errors);
    return data != NULL;
}

static void fails(const char *fields, const char *train, const char *test, const char *expected)
{
    ck_assert_msg(!opens(fields, "", train, test), "opened: %s", expected);
    ck_assert_msg(strstr(rendered(false), expected) != NULL, "expected '%s', got '%s'", expected, rendered(false));
}

static void floats(const lng_part *part, size_t field, int64_t n, const float *expected)
{
    const lng_array *array = &part->array[field];
    ck_assert_int_eq(array->type, LNG_ARRAY_F32);
    ck_assert_int_eq(array->count * lng_shape_size(array->shape), n);
    for (int64_t i = 0; i < n; i++)
        ck_assert_msg(((const float *)array->at)[i] == expected[i], "number %d is %.9g, not %.9g", (int)i,
                      (double)((const float *)array->at)[i], (double)expected[i]);
}

static void integers(const lng_part *part, size_t field, int64_t n, const int32_t *expected)
{
    const lng_array *array = &part->array[field];
    ck_assert_int_eq(array->type, LNG_ARRAY_I32);
    ck_assert_int_eq(array->count, n);
    ck_assert_mem_eq(array->at, expected, (size_t)n * 4);
}

#define F(...)                                                                                                                     \
    (const float[])                                                                                                                \
    {                                                                                                                              \
        __VA_ARGS__                                                                                                                \
    }
#define I(...)                                                                                                                     \
    (const int32_t[])                                                                                                              \
    {                                                                                                                              \
        __VA_ARGS__                                                                                                                \
    }

/* The last training example is for validation: nothing is learned from it. Columns: a 0, 2, 4, 6; b 8, 4, missing, 0. */
#define TRAINED "a,b\n0,8\n2,4\n4,NA\n6,0\n1000,\n"
#define TESTED  "b,c,a\n,x,12\n8,y,-6\n"

START_TEST(scales)
{
    static const struct {
        const char *keys;
        float train[10], test[4];
    } cases[] = {
        {"missing: fill, fill: [-1]", {0, 8, 2, 4, 4, -1, 6, 0, 1000, -1}, {12, -1, -6, 8}},
        {"missing: fill, fill: [-1, 5]", {0, 8, 2, 4, 4, 5, 6, 0, 1000, 5}, {12, 5, -6, 8}},
        {"missing: mean", {0, 8, 2, 4, 4, 4, 6, 0, 1000, 4}, {12, 4, -6, 8}},
        {"missing: median", {0, 8, 2, 4, 4, 4, 6, 0, 1000, 4}, {12, 4, -6, 8}},
        /* a: from 0 to 6; b: from 0 to 8 */
        {"missing: mean, scale: minmax", {0, 1, 1 / 3.0f, 0.5f, 2 / 3.0f, 0.5f, 1, 0, 1000 / 6.0f, 0.5f}, {2, 0.5f, -1, 1}},
        /* quartiles: a 1.5, 3, 4.5; b 2, 4, 6 */
        {"missing: median, scale: robust", {-1, 1, -1 / 3.0f, 0, 1 / 3.0f, 0, 1, -1, 997 / 3.0f, 0}, {3, 0, -3, 1}},
        {"missing: fill, fill: [0], scale: given, subtract: [2, 4], divide: [2]",
         {-1, 2, 0, 0, 1, -2, 2, -2, 499, -2},
         {5, -2, -4, 2}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        must(opens(lng_format(arena, "{x: {columns: [a, b], %s}}", cases[i].keys), "", TRAINED, TESTED));
        floats(&data->train, 0, 10, cases[i].train);
        floats(&data->test, 0, 4, cases[i].test);
    }
    /* 1, 1, 3, 3: mean 2, deviation 1; a constant column stays 0 */
    must(opens("{x: {columns: [a, c], scale: standard}}", "", "a,c\n1,7\n1,7\n3,7\n3,7\n9,8\n", NULL));
    floats(&data->train, 0, 10, F(-1, 0, -1, 0, 1, 0, 1, 0, 7, 1));
    /* in double: as floats, these would be one number */
    must(opens("{x: {column: a, scale: minmax}}", "", "a\n1700000000\n1700000001\n1700000049\n1700000003\n", "a\n1700000007\n"));
    floats(&data->train, 0, 4, F(0, 1 / 49.0f, 1, 3 / 49.0f));
    floats(&data->test, 0, 1, F(7 / 49.0f));
    ck_assert(((const float *)data->train.field[0].at)[2] == 1); /* the engine reads what was scaled */
    must(opens("{x: {column: a, date: true, scale: minmax}}", "",
               "a\n2026-11-26 13:25:00\n2026-11-26 13:25:01\n2026-11-26 13:25:04\n2026-11-26 13:25:02\n", NULL));
    ck_assert_float_eq_tol(((const float *)data->train.array[0].at)[1], 0.25f, 1e-5f);
    must(opens("{x: {column: a, scale: log1p}}", "", "a\n0\n1\n0\n", NULL));
    floats(&data->train, 0, 3, F(0, 0.693147182f, 0));
    fails("{x: {column: a, scale: log1p}}", "a\n0\n-1\n0\n", NULL,
          "train.csv: error[data]: example 1 holds -1, of which there is no log1p");
    fails("{x: {column: a, missing: mean}}", "a\nNA\nNA\n3\n", NULL, "number 0 of `x` is missing in all training examples");
}
END_TEST

START_TEST(missing)
{
    must(opens("{x: {columns: [a], missing: drop}, y: {column: b}}", "", "a,b\n1,1\nnull,2\n,3\n4,4\n?,5\n6,6\n", NULL));
    floats(&data->train, 0, 3, F(1, 4, 6));
    floats(&data->train, 1, 3, F(1, 4, 6));
    fails("{x: {column: a}}", "a,b\n1,1\nNA,2\n", NULL, "line 3, column 1: `a` is `NA`, expected a number");
    fails("{x: {column: a, missing: mean}}", "a,b\n1,1\nnone,2\n", NULL, "line 3, column 1: `a` is `none`, expected a number");
}
END_TEST

START_TEST(names)
{
    static const char train[] = "k,l\nred,no\nblue,yes\nred,no\n\"a \"\"b\"\"\",yes\ngreen,no\n";
    must(opens("{k: {category: true, count: 3, unknown: other}, l: {class: true, count: 2}}", "", train,
               "l,k\nyes,green\nno,blue\n"));
    integers(&data->train, 0, 5, I(2, 1, 2, 0, 3));
    integers(&data->train, 1, 5, I(0, 1, 0, 1, 0));
    integers(&data->test, 0, 2, I(3, 1));
    integers(&data->test, 1, 2, I(1, 0));
    ck_assert_int_eq(spec.classes, 2);
    ck_assert_str_eq(data->learned[0]->word[0], "a \"b\"");
    must(opens("{k: {class: true, names: [red, blue, green, 'a \"b\"']}, l: {class: true, count: 2}}", "", train, NULL));
    ck_assert(spec.classes == 0 && spec.field[0].classes == 4 && spec.field[1].classes == 2);
    must(opens("{k: {category: true, names: [red, blue, green, 'a \"b\"']}}", "", train, NULL));
    integers(&data->train, 0, 5, I(0, 1, 0, 3, 2));
    must(opens("{k: {category: true, names: [a, b], missing: other}, v: {column: v}}", "", "k,v\na,1\n,2\nb,3\n", NULL));
    integers(&data->train, 0, 3, I(0, 2, 1));
    fails("{k: {category: true, count: 3}}", train, NULL,
          "train.csv: error[data]: line 6: `k` is `green`, which no training example has");
    fails("{k: {category: true, count: 3, unknown: other}}", train, "k\nblue\n\n",
          "test.csv: error[data]: line 3, column 1: `k` is empty");
    fails("{l: {class: true, count: 2}}", train, "l\nno\nmaybe\n",
          "test.csv: error[data]: line 3: `l` is `maybe`, which no training");
    fails("{l: {class: true, names: [no, maybe]}}", train, NULL, "line 3, column 2: `l` is `yes`, expected `no` or `maybe`");
    fails("{k: {category: true, count: 4}}", train, NULL,
          "`k` has 3 names in the training examples, but its `count` is 4: a \"b\", blue, red");
    fails("{k: {category: true, count: 1}}",
          "k\na name that is rather long: no 0\na name that is rather long: no 1\na name that is rather long: no 2\n"
          "a name that is rather long: no 3\na name that is rather long: no 4\na name that is rather long: no 5\n"
          "a name that is rather long: no 6\na name that is rather long: no 7\n",
          NULL, "long: no 4, ...\n");
    fails("{k: {category: true, names: [a], missing: other}}", "k,v\na,1\n,2\nb,3\n", NULL, "`k` is `b`, expected `a`");
    fails(
        "{k: {category: true, names: ['one name that is not short', 'another one that is neither', 'a third, still longer than both, and "
        "then one more', so that the fourth has no room]}}",
        "k\ne\n", NULL, "line 2, column 1: `k` is `e`, expected one of its `names`\n");
}
END_TEST

/* Another name in each row: the first one that is too many is told. */
START_TEST(too_many_names)
{
    lng_text rows = lng_text_new(arena);
    lng_text_add(&rows, "k\n");
    for (int i = 0; i <= LNG_MOST_WORDS; i++)
        lng_text_add(&rows, "n%d\n", i);
    fails("{k: {category: true, count: 5, unknown: other}}", rows.at, NULL,
          "train.csv: error[data]: line 65538, column 1: `k` has more than 65536 names\n");
}
END_TEST

START_TEST(columns)
{
    must(opens("{x: {columns: ['p*'], shape: [2, 2]}, last: {column: q}}", "", "q,p1,r,p2,p10,p3\n0,1,2,3,4,5\n6,7,8,9,1,2\n",
               NULL));
    floats(&data->train, 0, 8, F(1, 3, 4, 5, 7, 9, 1, 2));
    floats(&data->train, 1, 2, F(0, 6));
    must(opens("{x: {columns: ['3', '1']}, y: {column: '3'}}", "  header: false\n  separator: bar", "1|2|3\n4|5|6\n", NULL));
    floats(&data->train, 0, 4, F(3, 1, 6, 4));
    floats(&data->train, 1, 2, F(3, 6));
    must(opens("{x: {columns: [a, b]}}", "  decimal: comma", "a,b;b;a\n1;-2,5;0,125\n1;1,5;+7,\n", NULL));
    floats(&data->train, 0, 4, F(0.125f, -2.5f, 7, 1.5f));
    fails("{x: {columns: [a, b]}}", "a,b,a\n1,2,3\n", NULL, "line 1: a column of `x` appears twice: `a`");
    must(!opens("{x: {columns: [a, b]}}", "  separator: semicolon", "a,b\n1,2\n", NULL));
    ck_assert_ptr_nonnull(strstr(rendered(false), "hint: cells are separated by `;` here, of which the first line has none"));
    fails("{x: {columns: [a, bb]}}", "a,b,c\n1,2,3\n", NULL, "line 1: there is no column `bb`; the columns are a, b, c");
    fails("{x: {columns: ['p*'], shape: [2]}}", "p1,p2,p3\n1,2,3\n", NULL, "line 1: 3 columns of `x`, expected 2");
    fails("{x: {columns: ['p*'], shape: [3]}}", "p1,p2,q\n1,2,3\n", NULL, "line 1: 2 columns of `x`, expected 3");
}
END_TEST

/* As strtod has it, whatever follows, and with a decimal comma, too. */
static void is_nearest(const char *text, size_t n)
{
    static const char *const after[] = {"", "00000000", ",5.5,5.5", "\n1234567"};
    const double expected = strtod(text, NULL);
    for (int i = 0; i < 8; i++) {
        char row[128], *comma;
        double x = 1;
        snprintf(row, sizeof row, "%s%s", text, after[i % 4]);
        if (i >= 4 && (comma = memchr(row, '.', n)))
            *comma = ',';
        const bool quick = lng_decimal(row, n, i >= 4 ? ',' : '.', &x);
        ck_assert_msg(quick || lng_cell_number(row, n, i >= 4, &x), "%s", row);
        ck_assert_msg(memcmp(&x, &expected, sizeof x) == 0, "%s: %.17g, expected %.17g", row, x, expected);
    }
}

/* The nearest double of every number, as strtod has it: drawn digits of all lengths, and numbers halfway between two doubles. */
START_TEST(nearest)
{
    static const char *const hard[] = {"9007199254740993",
                                       "9007199254740992.5",
                                       "4503599627370497.5",
                                       "0.1",
                                       "123456789012345.67",
                                       "2.2250738585072011e-308",
                                       "1.00000000000000011102230246251565",
                                       "1.00000000000000011102230246251566",
                                       "8.5070591730234615865843651857942052863e37",
                                       "00012.50",
                                       "-0",
                                       ".5",
                                       "-7.",
                                       "12345678.12345678",
                                       "0.00000000000000000000000000000000000012345678901234567890",
                                       "18446744073709551615",
                                       "18446744073709551616",
                                       "9999999999999999999",
                                       "9999999999999999999e-27",
                                       "9999999999999999999e19",
                                       "1e22",
                                       "1e23",
                                       "+1E-05",
                                       "0e99"};
    const lng_key key = lng_random_key(7, 0);
    uint64_t drawn = 0;
    for (size_t i = 0; i < 100000 + sizeof hard / sizeof *hard; i++) {
        char text[64];
        const int whole = 1 + (int)lng_random_below(key, 0, 0, drawn++, 16), part = (int)lng_random_below(key, 0, 0, drawn++, 20);
        int n = 0;
        if (i < sizeof hard / sizeof *hard)
            n = snprintf(text, sizeof text, "%s", hard[i]);
        else if (lng_random_below(key, 0, 0, drawn++, 2))
            text[n++] = '-';
        for (int k = 0; i >= sizeof hard / sizeof *hard && k < whole + part + (part > 0); k++)
            text[n++] = k == whole ? '.' : (char)('0' + lng_random_below(key, 0, 0, drawn++, 10));
        text[n] = 0;
        if (i >= sizeof hard / sizeof *hard && lng_random_below(key, 0, 0, drawn++, 3) == 0)
            n += snprintf(text + n, sizeof text - (size_t)n, "e%d", (int)lng_random_below(key, 0, 0, drawn++, 52) - 30);
        is_nearest(text, (size_t)n);
    }
}
END_TEST

/* Integers from 2^53 on that are halfway between two doubles, as they are and over a power of ten; and the one after them. */
START_TEST(halfway)
{
    const lng_key key = lng_random_key(8, 0);
    for (uint64_t i = 0; i < 50000; i++) {
        const int more = (int)(i % 10);
        const uint64_t top =
            (uint64_t)lng_random_below(key, 0, 0, 2 * i, 1 << 30) << 22 | (uint64_t)lng_random_below(key, 0, 0, 2 * i + 1, 1 << 22);
        const uint64_t x = ((((uint64_t)1 << 52 | top) << 1 | 1) << more) + i / 10 % 2;
        char text[64];
        is_nearest(text, (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)x));
        is_nearest(text, (size_t)snprintf(text, sizeof text, "%llue-%d", (unsigned long long)x, (int)(i % 28)));
    }
}
END_TEST

START_TEST(no_numbers)
{
    static const char *const wrong[] = {"",    "-",   ".",        "-.",        "+",    "e5",
                                        "1e",  "1e+", "1e5.",     "1.2.3",     "--1",  "1,5",
                                        "1 2", "12a", "0x10",     "12345678a", "1.a",  "1.1234567a",
                                        "inf", "nan", "1234567/", "1:2",       "4e38", "1234567890123456789012345678901234567890"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double x;
        char row[64] = "";
        strcpy(row, wrong[i]);
        ck_assert_msg(!lng_decimal(row, strlen(row), '.', &x), "%s", row);
        ck_assert_msg(!lng_cell_number(wrong[i], strlen(wrong[i]), false, &x), "%s", wrong[i]);
    }
}
END_TEST

START_TEST(dates)
{
    static const struct {
        const char *text;
        double days; /* NAN: no date */
    } cases[] = {{"1970-01-01", 0},
                 {"1969-12-31", -1},
                 {"2000-03-01", 11017},
                 {"2000-02-29 06:00", 11016.25},
                 {"2026-11-26T13:30:00", 20783.5625},
                 {"1900-03-01", -25508},
                 {"01.03.2000", 11017},
                 {"1.3.2000", 11017},
                 {"29.2.2000 06:00", 11016.25},
                 {"29.02.2026", NAN},
                 {"1.13.2000", NAN},
                 {"1.3.00", NAN},
                 {"1.3.", NAN},
                 {"1.", NAN},
                 {"2026-02-29", NAN},
                 {"1900-02-29", NAN},
                 {"2026-13-01", NAN},
                 {"2026-00-01", NAN},
                 {"2026-1-01", NAN},
                 {"26-11-2026", NAN},
                 {"2026-11-26 24:00", NAN},
                 {"2026-11-26 ", NAN},
                 {"2026-11-26x", NAN},
                 {"", NAN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double days = 0;
        const bool date = lng_cell_date(cases[i].text, strlen(cases[i].text), &days);
        ck_assert_msg(date == !isnan(cases[i].days) && (!date || days == cases[i].days), "%s: %g", cases[i].text, days);
    }
    must(opens("{t: {date: true, missing: fill, fill: [-7]}}", "", "t\n1970-01-02\n?\n", NULL));
    floats(&data->train, 0, 2, F(1, -7));
    fails("{t: {date: true}}", "t\n1970-01-02\n2/1/1970\n", NULL,
          "line 3, column 1: `t` is `2/1/1970`, expected a date, such as 2026-11-26");
}
END_TEST

int main(void)
{
    const suite_test tests[] = {TEST(scales),  TEST(missing), TEST(names),      TEST(too_many_names), TEST(columns),
                                TEST(nearest), TEST(halfway), TEST(no_numbers), TEST(dates),          {0}};
    return suite_run("columns", tests, NULL, tear_down);
}
