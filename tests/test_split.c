/* Which rows train, validate and test: of every kind of split, by hand where it is not drawn. */
#include "config.h"
#include "data/split.h"
#include "suite.h"
#include <stdio.h>
#include <string.h>

enum { ROWS = 40 };
static lng_data_spec spec;
static lng_data_field named = {.name = "key"};
static float value[ROWS];
static lng_array array = {.type = LNG_ARRAY_F32, .count = ROWS, .at = value};
static lng_division d;
static char in[ROWS + 1]; /* the part of each row: -, v or t */

static void set_up(void)
{
    const lng_split_spec nothing = {.seed = -1};
    spec = (lng_data_spec){.validation = nothing, .test = nothing, .seed = 1};
}

static bool divides(lng_failure *failure)
{
    const lng_split_key key = {.array = &array}, keys[] = {key, key};
    d = (lng_division){.row = LNG_NEW_N(arena, ROWS, uint32_t)};
    *failure = (lng_failure){0};
    if (!lng_divide(arena, &spec, keys, ROWS, &d, failure))
        return false;
    ck_assert_int_eq(d.train + d.validation + d.test, ROWS);
    memset(in, 0, sizeof in);
    for (int64_t i = 0; i < ROWS; i++) {
        ck_assert_int_eq(in[d.row[i]], 0); /* each row once */
        in[d.row[i]] = i < d.train ? '-' : i < d.train + d.validation ? 'v' : 't';
        if (i > 0 && i != d.train && i != d.train + d.validation)
            ck_assert_uint_lt(d.row[i - 1], d.row[i]); /* in their order */
    }
    return true;
}

static const char *divided(void)
{
    lng_failure failure;
    ck_assert_msg(divides(&failure), "%s", failure.text);
    return in;
}

static void refuses(const char *text)
{
    lng_failure failure;
    ck_assert(!divides(&failure));
    ck_assert_str_eq(failure.text, text);
}

static int validating(double of)
{
    int n = 0;
    for (int i = 0; i < ROWS; i++)
        n += in[i] == 'v' && (double)value[i] == of;
    return n;
}

#define ALL "----------------------------------------"

START_TEST(places)
{
    ck_assert_str_eq(divided(), ALL);
    spec.validation.how = LNG_SPLIT_LAST;
    spec.validation.part = 0.1;
    ck_assert_str_eq(divided(), "------------------------------------vvvv");
    spec.validation.how = LNG_SPLIT_FIRST;
    ck_assert_str_eq(divided(), "vvvv------------------------------------");
    spec.validation.how = LNG_SPLIT_COUNT;
    spec.validation.count = 2;
    spec.test.how = LNG_SPLIT_LAST; /* taken out first */
    spec.test.part = 0.05;
    ck_assert_str_eq(divided(), "------------------------------------vvtt");
    spec.test.how = LNG_SPLIT_NOTHING;
    spec.validation.how = LNG_SPLIT_FOLD;
    spec.validation.folds = 3;
    for (spec.validation.fold = 0; spec.validation.fold < 3; spec.validation.fold++) {
        static const char *const expected[] = {"vvvvvvvvvvvvv---------------------------",
                                               "-------------vvvvvvvvvvvvv--------------",
                                               "--------------------------vvvvvvvvvvvvvv"};
        ck_assert_str_eq(divided(), expected[spec.validation.fold]);
    }
    spec.validation.folds = 41;
    refuses("40 examples cannot make 41 folds");
}
END_TEST

/* The same for the same seed; another for another seed, of the run or of the split. */
START_TEST(drawn)
{
    char first[ROWS + 1];
    spec.validation = (lng_split_spec){.how = LNG_SPLIT_PART, .part = 0.25, .shuffle = true, .seed = -1};
    strcpy(first, divided());
    ck_assert_int_eq(d.validation, 10);
    ck_assert_str_ne(first, "------------------------------vvvvvvvvvv");
    ck_assert_str_eq(divided(), first);
    spec.seed = 2;
    ck_assert_str_ne(divided(), first);
    spec.validation.seed = 1;
    ck_assert_str_eq(divided(), first);
    spec.validation = (lng_split_spec){.how = LNG_SPLIT_FOLD, .folds = 4, .shuffle = true, .seed = 7};
    char seen[ROWS] = "";
    for (; spec.validation.fold < 4; spec.validation.fold++) {
        divided();
        ck_assert_int_eq(d.validation, 10);
        for (int i = 0; i < ROWS; i++)
            seen[i] = (char)(seen[i] + (in[i] == 'v'));
    }
    for (int i = 0; i < ROWS; i++)
        ck_assert_int_eq(seen[i], 1);
}
END_TEST

/* 4 of one class, 36 of the other. */
START_TEST(stratified)
{
    for (int i = 0; i < ROWS; i++)
        value[i] = i % 10 == 3;
    spec.validation =
        (lng_split_spec){.how = LNG_SPLIT_PART, .part = 0.25, .shuffle = true, .by = LNG_SPLIT_BY_CLASS, .key = &named, .seed = -1};
    for (spec.seed = 0; spec.seed < 20; spec.seed++) {
        divided();
        ck_assert_int_eq(d.validation, 10);
        ck_assert_int_eq(validating(1), 1);
        ck_assert_int_eq(validating(0), 9);
    }
    spec.validation.shuffle = false;
    spec.validation.how = LNG_SPLIT_LAST;
    ck_assert_str_eq(divided(), "------------------------------vvvvvvvvvv");
    spec.validation = (lng_split_spec){.how = LNG_SPLIT_FOLD, .folds = 4, .by = LNG_SPLIT_BY_CLASS, .key = &named, .seed = -1};
    for (; spec.validation.fold < 4; spec.validation.fold++) {
        divided();
        ck_assert_int_eq(validating(1), 1);
        ck_assert_int_eq(validating(0), 9);
    }
}
END_TEST

static int parts_of_group(float of)
{
    bool seen[128] = {false};
    for (int i = 0; i < ROWS; i++)
        seen[(int)in[i]] = seen[(int)in[i]] || value[i] == of;
    return seen['-'] + seen['v'] + seen['t'];
}

/* Groups of 1, 3, 5, ... rows, scattered. */
START_TEST(grouped)
{
    for (int i = 0; i < ROWS; i++) {
        const int at = i * 7 % ROWS;
        value[i] = (float)(at < 1 ? 0 : at < 4 ? 1 : at < 9 ? 2 : at < 16 ? 3 : at < 25 ? 4 : 5);
    }
    spec.validation =
        (lng_split_spec){.how = LNG_SPLIT_PART, .part = 0.2, .shuffle = true, .by = LNG_SPLIT_BY_GROUP, .key = &named, .seed = -1};
    spec.test =
        (lng_split_spec){.how = LNG_SPLIT_PART, .part = 0.2, .shuffle = true, .by = LNG_SPLIT_BY_GROUP, .key = &named, .seed = -1};
    for (spec.seed = 0; spec.seed < 50; spec.seed++) {
        lng_failure failure;
        if (!divides(&failure)) { /* the last group that is left may be too large */
            ck_assert_str_eq(failure.text, "the splits leave none of 40 examples to train on");
            continue;
        }
        ck_assert(d.validation > 0 && d.test > 0);
        for (int g = 0; g < 6; g++)
            ck_assert_int_eq(parts_of_group((float)g), 1);
    }
    spec.test = (lng_split_spec){.seed = -1};
    spec.validation = (lng_split_spec){.how = LNG_SPLIT_FOLD, .folds = 3, .by = LNG_SPLIT_BY_GROUP, .key = &named, .seed = -1};
    static const int64_t sizes[] = {15, 13, 12}; /* 15; 9 + 3; 7 + 5; and the one of 1 goes to the smallest, 9 + 3 */
    for (; spec.validation.fold < 3; spec.validation.fold++) {
        divided();
        ck_assert_int_eq(d.validation, sizes[spec.validation.fold]);
    }
    spec.validation.folds = 7;
    refuses("6 groups cannot make 7 folds");
}
END_TEST

START_TEST(timed)
{
    for (int i = 0; i < ROWS; i++)
        value[i] = (float)(i * 3 % ROWS); /* 39 at row 13, 38 at row 26, 37 at row 39, 36 at row 12 */
    spec.validation = (lng_split_spec){.how = LNG_SPLIT_PART, .part = 0.1, .by = LNG_SPLIT_BY_TIME, .key = &named, .seed = -1};
    divided();
    for (int i = 0; i < ROWS; i++)
        ck_assert_int_eq(in[i] == 'v', i == 13 || i == 26 || i == 39 || i == 12);
    spec.validation.how = LNG_SPLIT_FIRST;
    divided();
    ck_assert(in[0] == 'v' && in[27] == 'v' && in[14] == 'v' && in[1] == 'v');
}
END_TEST

START_TEST(too_many)
{
    spec.validation = (lng_split_spec){.how = LNG_SPLIT_COUNT, .count = 30, .seed = -1};
    spec.test = (lng_split_spec){.how = LNG_SPLIT_FIRST, .part = 0.5, .seed = -1};
    refuses("a validation set of 30 examples leaves none of 20 to train on");
}
END_TEST

int main(void)
{
    const suite_test tests[] = {TEST(places), TEST(drawn), TEST(stratified), TEST(grouped), TEST(timed), TEST(too_many), {0}};
    return suite_run("split", tests, set_up, NULL);
}
