/* What a table needs is said before it is read, and what an engine needs before it runs: the memory of the process grows by no more than that
 * until training could begin, and by that much, within two percent, in steps. */
#include "config.h"
#include "base/file.h"
#include "data/data.h"
#include "suite.h"
#include "train/session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

enum { ROWS = 200000, COLUMNS = 10 };

typedef struct said {
    int times;
    int64_t rows;
    double bytes;
} said;

static void on_table(void *context, const char *path, int64_t rows, double bytes)
{
    said *s = context;
    (void)path;
    *s = (said){s->times + 1, rows, bytes};
}

/* x_0, ..., x_9, y: numbers of seven digits, and a class. */
static void write_table(bool compressed)
{
    gzFile file = gzopen(in_folder("t.csv"), compressed ? "wb1" : "wbT");
    ck_assert(file != NULL);
    for (int k = 0; k < COLUMNS; k++)
        gzprintf(file, "x_%d,", k);
    gzprintf(file, "y\n");
    for (int i = 0; i < ROWS; i++) {
        char row[COLUMNS * 9 + 8];
        size_t n = 0;
        for (int k = 0; k < COLUMNS; k++)
            n += (size_t)sprintf(row + n, "0.%06d,", (i * 7919 + k * 104729) % 1000000);
        n += (size_t)sprintf(row + n, "%c\n", "ab"[i % 2]);
        ck_assert_int_eq(gzwrite(file, row, (unsigned)n), (int)n);
    }
    ck_assert_int_eq(gzclose(file), Z_OK);
}

static double peak(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return 1024 * (double)use.ru_maxrss;
}

/* A sanitizer of addresses keeps what is freed. */
#if defined(__SANITIZE_ADDRESS__)
#define FREES false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FREES false
#endif
#endif
#ifndef FREES
#define FREES true
#endif

#define ONE_BY_ONE "    fields: {x: {columns: ['x_*'], shape: [10]}, y: {class: true, names: [a, b]}}\n"
#define SCALED     "    fields: {x: {columns: ['x_*'], shape: [10], scale: standard}, y: {class: true, names: [a, b]}}\n"
#define WINDOWS    "    fields: {x: {columns: ['x_*'], shape: [10], scale: standard}}\n    window: {length: 8, step: 2}\n"

static const struct {
    const char *fields, *validation;
    double least; /* bytes that a row needs; twice as many would be no estimate */
    bool compressed;
} cases[] = {{ONE_BY_ONE, "", 44, false},
             {ONE_BY_ONE, "", 44, true},
             {ONE_BY_ONE, "validation: {part: 0.2}", 84, false},
             {SCALED, "validation: {count: 1}", 124, false},
             {SCALED, "validation: {part: 0.2, stratify: y}", 180, false},
             {SCALED, "validation: {part: 0.2, group: y}", 180, false},
             {WINDOWS, "validation: {last: 0.1}", 240, false}};

START_TEST(stated)
{
    lng_source source = {.name = "model.yaml"};
    source.text =
        lng_format(arena, "source:\n    format: csv\n%s    train: {file: t.csv}\n%s\n", cases[_i].fields, cases[_i].validation);
    source.length = strlen(source.text);
    write_table(cases[_i].compressed);
    lng_data_spec spec;
    const lng_doc *doc = lng_doc_parse(arena, &source, errors);
    must(doc && lng_data_describe(arena, doc, "model.yaml", &spec, errors));
    said s = {0};
    spec.watch = (lng_data_watch){.context = &s, .needs = on_table};
    const double before = peak();
    lng_data *data = lng_data_open(&spec, spec.field, spec.fields, folder(), NULL, errors);
    must(data);
    const double grown = peak() - before;
    lng_data_free(data);
    ck_assert_int_eq(s.times, 1);
    ck_assert_msg(s.rows > 0.98 * ROWS && s.rows < 1.02 * ROWS, "%lld rows", (long long)s.rows);
    ck_assert_msg(s.bytes > cases[_i].least * ROWS && s.bytes < 2 * cases[_i].least * ROWS, "%.0f bytes a row", s.bytes / ROWS);
    if (!FREES)
        return;
    ck_assert_msg(grown <= s.bytes + (1 << 20), "%.0f bytes, but %.0f were said", grown, s.bytes);
    ck_assert_msg(grown >= 44 * ROWS, "%.0f bytes: not measured", grown);
}
END_TEST

/* ---- engines ---- */
/* Bytes of the process that are in memory; 0: the system does not say. */
static double resident(void)
{
    long all = 0, here = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%ld %ld", &all, &here) != 2)
        here = 0;
    if (f)
        fclose(f);
    return (double)here * (double)sysconf(_SC_PAGESIZE);
}

/* Of a model's fields, as many examples as a batch has, of numbers that every model takes. */
static const lng_field *fields_of(const lng_model *m)
{
    lng_field *field = LNG_NEW_N(arena, m->fields + 1, lng_field);
    for (size_t i = 0; i < m->fields; i++) {
        const int64_t size = lng_shape_size(m->field[i].shape);
        int32_t *at = LNG_NEW_N(arena, (size_t)(size * m->batch), int32_t); /* or the same zeros as floats */
        memset(at, 0, (size_t)(size * m->batch) * sizeof *at);
        field[i] = (lng_field){at, m->field[i].dtype == LNG_I32 ? LNG_FIELD_I32 : LNG_FIELD_F32, size};
    }
    return field;
}

/* A batch of many slices, of fewer than there are threads, and of one; convolutions, products, loops. */
static const struct {
    const char *model;
    int batch; /* 0: the model's */
} engines[] = {{"cnn", 0}, {"augmented", 0}, {"resnet", 0}, {"mobile", 0}, {"lstm", 0}, {"unet", 32}, {"cnn", 16}};
enum { THREADS = 4, ROOM = 400 << 10 /* pages begun, and what an initial value leaves behind */ };

START_TEST(running)
{
    const char *top = getenv("top_srcdir"), *path = lng_format(arena, "%s/models/%s.yaml", top ? top : "..", engines[_i].model);
    lng_model *m = lng_model_read(path, NULL, 0, errors);
    must(m);
    const int batch = engines[_i].batch ? engines[_i].batch : m->batch;
    uint32_t *rows = LNG_NEW_N(arena, (size_t)m->batch, uint32_t);
    const lng_subject subject = lng_subject_of_model(m);
    lng_team *team = lng_team_new(THREADS);
    const lng_field *fields = fields_of(m);
    lng_session *s = lng_session_new(&subject, LNG_STEP, batch, team, errors);
    must(s);
    const double before = resident(), said = (double)lng_session_memory(s);
    must(lng_session_initialize(s, errors));
    const lng_context context = lng_session_context(s, fields);
    for (int i = 0; i < 2; i++)
        must(lng_session_run(s, LNG_STEP, rows, batch, &context, errors));
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
    const double grown = resident() - before;
    lng_session_free(s);
    lng_team_free(team);
    lng_model_free(m);
    if (!FREES || before == 0)
        return;
    ck_assert_msg(grown < 1.02 * said + ROOM && grown > 0.98 * said - ROOM, "%s: %.0f bytes, but %.0f were said", engines[_i].model,
                  grown, said);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {LOOP(stated, LENGTH(cases)), LOOP(running, LENGTH(engines)), {0}};
    return suite_run("memory", tests, NULL, NULL);
}
