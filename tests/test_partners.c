/* Examples that are made without files, and their partners: what they share, and that parts are never mixed. */
#include "data/data.h"
#include "data/format.h"
#include "suite.h"
#include <string.h>

enum { TRAIN = 900, VALIDATION = 100, TEST_EXAMPLES = 300, CLASSES = 4 };

static const char description[] = "source:\n"
                                  "  format: uniform\n"
                                  "  classes: 4\n"
                                  "  fields: {point: [3], kind: class}\n"
                                  "  train: {examples: 1000}\n"
                                  "  test: {examples: 300}\n"
                                  "validation: {last: 0.1}\n"
                                  "partners:\n"
                                  "  like: {same: kind}\n"
                                  "  unlike: {same: kind, rate: 0}\n"
                                  "  mixed: {same: kind, rate: 0.5}\n"
                                  "  any: {}\n";

static lng_data_spec spec;

static void describe(const char *text)
{
    lng_source *source = LNG_NEW(arena, lng_source);
    *source = (lng_source){"test.yaml", text, strlen(text)};
    const lng_doc *doc = lng_doc_parse(arena, source, errors);
    must(doc && lng_section_check(&lng_section_data, &lng_section_data, doc, errors) &&
         lng_data_describe(arena, doc, "test.yaml", &spec, errors));
}

/* Opens what a model reads that has these fields. */
static lng_data *open_fields(const char *const *name, size_t n)
{
    lng_data_field *field = LNG_NEW_N(arena, n, lng_data_field);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(lng_data_spec_find(arena, &spec, name[i], &field[i]), "%s", name[i]);
    lng_data *data = lng_data_open(&spec, field, n, NULL, NULL, errors);
    must(data != NULL);
    return data;
}

static const float *point(const lng_part *part, size_t field, int64_t i)
{
    return (const float *)part->array[field].at + 3 * i;
}

static int kind(const lng_part *part, size_t field, int64_t i)
{
    return ((const int32_t *)part->field[field].at)[i];
}

/* The example whose point it is, which no other has. */
static int64_t whose(const lng_part *part, const float *at)
{
    int64_t i = 0;
    while (i < part->count && memcmp(point(part, 0, i), at, 12) != 0)
        i++;
    ck_assert(i < part->count);
    return i;
}

START_TEST(made_examples)
{
    describe(description);
    const char *const name[] = {"point", "kind"};
    lng_data *data = open_fields(name, 2);
    double sum = 0;
    int count[CLASSES] = {0};
    ck_assert_int_eq(data->train_count, TRAIN);
    ck_assert_int_eq(data->validation_count, VALIDATION);
    ck_assert_int_eq(data->test.count, TEST_EXAMPLES);
    for (int64_t i = 0; i < TRAIN; i++) {
        for (int e = 0; e < 3; e++) {
            const float x = point(&data->train, 0, i)[e];
            ck_assert(x >= 0 && x < 1);
            sum += x;
        }
        ck_assert(kind(&data->train, 1, i) >= 0 && kind(&data->train, 1, i) < CLASSES);
        count[kind(&data->train, 1, i)]++;
    }
    ck_assert_double_eq_tol(sum / (3 * TRAIN), 0.5, 0.03);
    for (int c = 0; c < CLASSES; c++)
        ck_assert(count[c] > 170 && count[c] < 280);
    ck_assert_mem_ne(point(&data->train, 0, 0), point(&data->test, 0, 0), 12);
    lng_data_free(data);
}
END_TEST

/* Of one part: example i and its partners. */
static void check_partners(const lng_part *part, int64_t first, int64_t count, int *shared)
{
    for (int64_t i = first; i < first + count; i++) {
        for (size_t p = 0; p < 4; p++) {
            const int64_t other = whose(part, point(part, 2 + 2 * p, i));
            ck_assert_int_eq(kind(part, 3 + 2 * p, i), kind(part, 1, other));
            ck_assert(other >= first && other < first + count);
            ck_assert(p == 3 || other != i);
        }
        ck_assert_int_eq(kind(part, 3, i), kind(part, 1, i));
        ck_assert_int_ne(kind(part, 5, i), kind(part, 1, i));
        *shared += kind(part, 7, i) == kind(part, 1, i);
    }
}

START_TEST(partners)
{
    describe(description);
    const char *const name[] = {"point",       "kind",        "like_point", "like_kind", "unlike_point",
                                "unlike_kind", "mixed_point", "mixed_kind", "any_point", "any_kind"};
    lng_data *data = open_fields(name, LENGTH(name));
    int shared = 0, other = 0;
    check_partners(&data->train, 0, TRAIN, &shared);
    ck_assert(shared > TRAIN / 2 - 60 && shared < TRAIN / 2 + 60);
    check_partners(&data->train, TRAIN, VALIDATION, &other);
    check_partners(&data->test, 0, TEST_EXAMPLES, &other);
    lng_data_free(data);
}
END_TEST

/* A model may read a partner's field alone, in any order; what the partner is drawn by need not be read. */
START_TEST(partners_alone)
{
    describe(description);
    const char *const all[] = {"point", "kind", "unlike_point"}, *const some[] = {"unlike_point"},
                      *const turned[] = {"unlike_point", "point"};
    lng_data *a = open_fields(all, 3), *b = open_fields(some, 1), *c = open_fields(turned, 2);
    ck_assert_int_eq(b->train.fields, 1);
    ck_assert_mem_eq(point(&a->train, 2, 0), point(&b->train, 0, 0), 1000 * 12);
    ck_assert_mem_eq(point(&a->test, 2, 0), point(&c->test, 0, 0), TEST_EXAMPLES * 12);
    ck_assert_mem_eq(point(&a->train, 0, 0), point(&c->train, 1, 0), 1000 * 12);
    lng_data_free(a);
    lng_data_free(b);
    lng_data_free(c);
}
END_TEST

/* Nothing differs from the only class, and the only example of a class is its own partner. */
START_TEST(partners_that_lack)
{
    const char *const own[] = {"point", "like_point"}, *const none[] = {"unlike_point"};
    describe("source: {format: uniform, classes: 1, fields: {point: [3], kind: class}, train: {examples: 1}}\n"
             "partners: {like: {same: kind}, unlike: {same: kind, rate: 0}}\n");
    lng_data *data = open_fields(own, 2);
    ck_assert_mem_eq(point(&data->train, 0, 0), point(&data->train, 1, 0), 12);
    lng_data_free(data);
    lng_data_field field;
    ck_assert(lng_data_spec_find(arena, &spec, none[0], &field));
    ck_assert_ptr_null(lng_data_open(&spec, &field, 1, NULL, NULL, errors));
    ck_assert(strstr(lng_errors_message(errors, 0), "no example of this part differs in `kind`"));
}
END_TEST

int main(void)
{
    const suite_test tests[] = {TEST(made_examples), TEST(partners), TEST(partners_alone), TEST(partners_that_lack), {0}};
    return suite_run("partners", tests, NULL, NULL);
}
