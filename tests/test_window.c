/* Windows of series, by hand: which rows they have, in files and in blocks of rows that come one after the other. */
#include "config.h"
#include "data/slide.h"
#include "data/window.h"
#include "suite.h"
#include <stdio.h>
#include <string.h>

enum { ROWS = 12 };
static const char *site; /* of each row */
static lng_window_spec spec;
static char text[400];

static lng_data_field past = {.name = "past", .shape = {2, {3, 1}}, .rows = 3}, next = {.name = "next", .shape = {1, {1}}},
                      group = {.name = "site"};

static void set_up(void)
{
    site = "aaaaaaaaaaaa";
    spec = (lng_window_spec){.length = 3, .step = 1, .ahead = 1};
}

static lng_array array_of(const lng_data_field *f, int64_t count)
{
    lng_failure failure = {0};
    lng_array a = {.type = LNG_ARRAY_F32, .shape = f->shape};
    ck_assert(lng_array_new(&a, count, &failure));
    return a;
}

static lng_array rows_of(int64_t first, int64_t count)
{
    const lng_data_field f = lng_field_of_row(&past);
    lng_array rows = array_of(&f, count);
    for (int64_t i = 0; i < count; i++)
        ((float *)rows.at)[i] = (float)(first + i);
    return rows;
}

static lng_array sites_of(int64_t first, int64_t count)
{
    lng_array sites = {.type = LNG_ARRAY_I32};
    lng_failure failure = {0};
    ck_assert(lng_array_new(&sites, count, &failure));
    for (int64_t i = 0; i < count; i++)
        ((int32_t *)sites.at)[i] = site[first + i] - 'a';
    return sites;
}

/* "0,1,2>3 " for each window and its target. */
static void add_text(const lng_array *p, const lng_array *n, int64_t windows)
{
    for (int64_t i = 0; i < windows; i++) {
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%.0f,%.0f,%.0f>%.0f ", lng_array_at(p, 3 * i), lng_array_at(p, 3 * i + 1),
                 lng_array_at(p, 3 * i + 2), n ? lng_array_at(n, i) : -1);
    }
}

/* Those of the rows that `in` has an `x` for. */
static const char *found(const char *in, bool targets)
{
    uint32_t number[ROWS];
    int64_t n = 0;
    for (uint32_t i = 0; i < ROWS; i++)
        if (in[i] == 'x')
            number[n++] = i;
    lng_array sites = sites_of(0, ROWS), all = rows_of(0, ROWS), rows;
    lng_failure failure = {0};
    ck_assert(lng_array_select(&all, number, n, &rows, &failure));
    const lng_series series = lng_series_of(arena, strcmp(site, "aaaaaaaaaaaa") ? &sites : NULL, ROWS);
    lng_windows w;
    lng_windows_find(arena, &spec, &series, strchr(in, '-') ? number : NULL, n, spec.length + (targets ? spec.ahead : 0), &w);
    lng_array p = array_of(&past, w.count), t = array_of(&next, w.count);
    lng_windows_gather(&w, &spec, &past, &rows, 0, &p, 0);
    if (targets)
        lng_windows_gather(&w, &spec, &next, &rows, 0, &t, 0);
    text[0] = 0;
    add_text(&p, targets ? &t : NULL, w.count);
    lng_array *const arrays[] = {&sites, &all, &rows, &p, &t};
    for (int i = 0; i < 5; i++)
        lng_array_free(arrays[i]);
    return text;
}

/* Of rows that come `block` at a time. */
static const char *slid(int64_t block, bool targets)
{
    const lng_data_field fields[] = {past, next};
    spec.group = strcmp(site, "aaaaaaaaaaaa") ? &group : NULL;
    lng_slide *s = lng_slide_new(&spec, fields, targets ? 2 : 1);
    lng_failure failure = {0};
    text[0] = 0;
    for (int64_t first = 0; first < ROWS; first += block) {
        lng_array sites = sites_of(first, block), rows[] = {rows_of(first, block), rows_of(first, block)}, to[2] = {{0}, {0}};
        const int64_t n = lng_slide_rows(s, rows, spec.group ? &sites : NULL, to, &failure);
        ck_assert_int_ge(n, 0);
        add_text(&to[0], targets ? &to[1] : NULL, n);
        for (int64_t i = 0; i < n && !targets; i++)
            ck_assert_int_eq(first + lng_slide_row(s, i), (int64_t)lng_array_at(&to[0], 3 * i + 2));
        lng_array *const arrays[] = {&sites, &rows[0], &rows[1], &to[0], &to[1]};
        for (int i = 0; i < 5; i++)
            lng_array_free(arrays[i]);
    }
    lng_slide_free(s);
    return text;
}

START_TEST(one_series)
{
    ck_assert_str_eq(found("xxxxxxxxxxxx", true), "0,1,2>3 1,2,3>4 2,3,4>5 3,4,5>6 4,5,6>7 5,6,7>8 6,7,8>9 7,8,9>10 8,9,10>11 ");
    spec.ahead = 0;
    spec.step = 4;
    ck_assert_str_eq(found("xxxxxxxxxxxx", true), "0,1,2>2 4,5,6>6 8,9,10>10 ");
    spec.ahead = 5;
    ck_assert_str_eq(found("xxxxxxxxxxxx", true), "0,1,2>7 4,5,6>11 ");
    ck_assert_str_eq(found("xxxxxxxxxxxx", false), "0,1,2>-1 4,5,6>-1 8,9,10>-1 ");
}
END_TEST

START_TEST(parts)
{
    ck_assert_str_eq(found("xxxxx-----xx", true), "0,1,2>3 1,2,3>4 ");
    ck_assert_str_eq(found("-----xxxxxxx", true), "5,6,7>8 6,7,8>9 7,8,9>10 8,9,10>11 ");
    ck_assert_str_eq(found("xxxxx--xxxxx", true), "0,1,2>3 1,2,3>4 7,8,9>10 8,9,10>11 ");
    ck_assert_str_eq(found("xxx---xxx---", true), "");
}
END_TEST

START_TEST(groups)
{
    site = "abababaabbcb";
    ck_assert_str_eq(found("xxxxxxxxxxxx", true), "0,2,4>6 1,3,5>8 2,4,6>7 3,5,8>9 5,8,9>11 ");
    ck_assert_str_eq(found("xxxx-xxxxxxx", true), "1,3,5>8 3,5,8>9 5,8,9>11 "); /* row 4 stands between 2 and 6 */
}
END_TEST

START_TEST(sliding)
{
    static const char *const sites[] = {"aaaaaaaaaaaa", "abababaabbcb", "abcabcabcabc"};
    char whole[sizeof text];
    for (size_t i = 0; i < 3; i++)
        for (int targets = 0; targets < 2; targets++)
            for (spec.step = 1; spec.step < 4; spec.step++) {
                site = sites[i];
                snprintf(whole, sizeof whole, "%s", found("xxxxxxxxxxxx", targets));
                for (int64_t block = 1; block <= ROWS; block++)
                    if (ROWS % block == 0 && (i == 0 || !targets)) /* a window's place is where it ends, or where its target is */
                        ck_assert_str_eq(slid(block, targets), whole);
            }
}
END_TEST

START_TEST(too_short)
{
    lng_failure failure = {0};
    lng_slide *s = lng_slide_new(&spec, &past, 1);
    lng_array rows = rows_of(0, 2), to = {.at = NULL};
    ck_assert(lng_slide_end(s, &failure)); /* there were no rows, which the file's reader tells */
    ck_assert_int_eq(lng_slide_rows(s, &rows, NULL, &to, &failure), 0);
    ck_assert(!lng_slide_end(s, &failure));
    ck_assert_str_eq(failure.text, "the longest series has 2 rows, fewer than the 3 of a window");
    lng_array_free(&rows);
    lng_slide_free(s);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {TEST(one_series), TEST(parts), TEST(groups), TEST(sliding), TEST(too_short), {0}};
    return suite_run("window", tests, set_up, NULL);
}
