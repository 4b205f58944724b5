/* What describe finds, against numbers that are known: estimates of distinct values, and each suspicion where it belongs and nowhere else. */
#include "config.h"
#include "base/file.h"
#include "data/survey.h"
#include "suite.h"
#include <math.h>
#include <string.h>

static lng_survey *survey(const char *text, const char *label)
{
    const char *path = in_folder("table.csv");
    must(lng_file_write(path, text, strlen(text), errors));
    lng_survey *s = lng_survey_files(arena, &path, 1, label, errors);
    must(s != NULL);
    return s;
}

/* Whether the suspicion is about exactly these columns, a letter each. */
static void suspects(const lng_survey *s, const char *name, const char *columns)
{
    lng_text found = lng_text_new(arena);
    const lng_suspicion *q = lng_suspicion_find(name);
    for (size_t i = 0; i < s->columns; i++)
        if (q->of_column(s, &s->column[i]))
            lng_text_add(&found, "%s", s->column[i].name);
    ck_assert_msg(strcmp(found.at, columns) == 0, "%s: `%s`, not `%s`", name, found.at, columns);
}

START_TEST(distinct_values_are_counted_in_bounded_memory)
{
    lng_sieve few = lng_sieve_new(arena, 1024), many = lng_sieve_new(arena, 4096);
    for (int i = 0; i < 1000; i++) {
        const int value = i % 500;
        lng_sieve_add(&few, lng_sieve_hash(&value, sizeof value), (uint64_t)(1 + (value == 7 && i > 500)));
    }
    ck_assert_int_eq(lng_sieve_count(&few).distinct, 500);
    ck_assert_int_eq(lng_sieve_count(&few).repeats, 500);
    ck_assert_int_eq(lng_sieve_count(&few).conflicts, 1);
    for (int i = 0; i < 600000; i++) {
        const int value = i % 300000;
        lng_sieve_add(&many, lng_sieve_hash(&value, sizeof value), 1);
    }
    ck_assert_uint_eq(many.room, 4096);
    ck_assert_double_eq_tol((double)lng_sieve_count(&many).distinct, 300000, 30000);
    ck_assert_double_eq_tol((double)lng_sieve_count(&many).repeats, 300000, 30000);
}
END_TEST

START_TEST(columns_have_kinds_and_figures)
{
    const lng_survey *s = survey("i,n,c,d,w,e,y\n"
                                 "4,1.5,\"1,5\",2020-01-01,a,,1\n"
                                 "-2,2,\"2,5\",2020-01-03,b,NA,0\n"
                                 "NA,4.0,3,2020-01-02,a,,1\n"
                                 "1,0.5,4,,3,,1\n",
                                 NULL);
    static const lng_census_kind kind[] = {LNG_COLUMN_INTEGER, LNG_COLUMN_NUMBER, LNG_COLUMN_NUMBER, LNG_COLUMN_DATE,
                                           LNG_COLUMN_WORD,    LNG_COLUMN_EMPTY,  LNG_COLUMN_INTEGER};
    for (size_t i = 0; i < s->columns; i++)
        ck_assert_msg(s->column[i].kind == kind[i], "%s is %s", s->column[i].name, lng_census_kind_names[s->column[i].kind]);
    ck_assert_int_eq(s->column[0].missing, 1);
    ck_assert_double_eq(s->column[0].moment.least, -2);
    ck_assert_double_eq(s->column[0].moment.mean, 1);
    ck_assert_double_eq(s->column[0].median, 1);
    ck_assert_double_eq(s->column[1].moment.mean, 2);
    ck_assert_double_eq(s->column[1].median, 1.75);
    ck_assert_double_eq(s->column[2].moment.most, 4);
    ck_assert_double_eq_tol(lng_moments_deviation(&s->column[1].moment), sqrt(1.625), 1e-12);
    ck_assert_int_eq(s->column[4].value[0].count, 2);
    ck_assert_str_eq(lng_survey_label(s)->name, "y");
    ck_assert(lng_survey_classifies(s));
}
END_TEST

START_TEST(suspicions_are_where_they_belong)
{
    lng_text t = lng_text_new(arena);
    /* a: an id; b: noise; c: constant; d: determines y by its value, e by its range; f: codes; g: odd dates; h: nearly numbers; i: as b;
     * j: empty; k: mostly missing */
    lng_text_add(&t, "a,b,c,d,e,f,g,h,i,j,k,y\n");
    for (int i = 0; i < 200; i++) {
        const bool yes = i * 7 % 3 == 0;
        lng_text_add(&t, "%d,%d.5,k,%s,%d.25,0%d,%d/11/2026,%s,%d.5,,%s,%s\n", i, i * 37 % 101,
                     yes     ? "refund"
                     : i % 2 ? "none"
                             : "open",
                     yes ? 100 + i % 9 : i % 50, i % 4, 1 + i % 28, i == 9 ? "oops" : "1.5", i * 37 % 101, i % 3 == 1 ? "3" : "",
                     yes ? "yes" : "no");
    }
    const lng_survey *s = survey(t.at, NULL);
    suspects(s, "id", "a");
    suspects(s, "constant", "ck");
    suspects(s, "leak", "de");
    suspects(s, "codes", "f");
    suspects(s, "dates", "g");
    suspects(s, "nearly-numbers", "h");
    suspects(s, "equal-columns", "i");
    suspects(s, "empty", "j");
    suspects(s, "missing", "k");
    for (size_t i = 0; i < lng_suspicion_count; i++)
        ck_assert_msg(!lng_suspicions[i].of_all || !lng_suspicions[i].of_all(s), "%s: %s", lng_suspicions[i].name,
                      lng_suspicions[i].of_all(s));
    s = survey(t.at, "b");
    ck_assert(!lng_survey_classifies(s));
    suspects(s, "leak", "i"); /* by correlation */
}
END_TEST

START_TEST(wide_and_long_tables_stay_within_memory)
{
    lng_text t = lng_text_new(arena);
    for (int i = 0; i < 20000; i++)
        lng_text_add(&t, "%d.5,%d\n", i, i % 7);
    const lng_survey *s = survey(t.at, NULL);
    ck_assert(s->style.anonymous);
    ck_assert_int_eq(s->rows, 20000);
    ck_assert_ptr_null(s->column[0].value);
    ck_assert_double_eq_tol((double)s->column[0].distinct.distinct, 20000, 2000);
    ck_assert_double_eq_tol(s->column[0].median, 10000, 500);
    ck_assert_int_eq((int)s->column[1].value_count, 7);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {TEST(distinct_values_are_counted_in_bounded_memory),
                                TEST(columns_have_kinds_and_figures),
                                TEST(suspicions_are_where_they_belong),
                                TEST(wide_and_long_tables_stay_within_memory),
                                {0}};
    return suite_run("survey", tests, NULL, NULL);
}
