/* Data sets of every kind are opened, and a model is trained on them, while memory runs out: whichever allocation fails, there is an error and no
 * crash, and nothing leaks (the sanitizers would see it); or the data are the same, because it could do without. */
#include "config.h"
#include "base/file.h"
#include "data/data.h"
#include "train/saver.h"
#include "train/train.h"
#include "suite.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { ROWS = 40 };

static void put(const char *name, const void *bytes, size_t n)
{
    must(lng_file_write(in_folder(name), bytes, n, errors));
}

/* ---- files of every kind ---- */
static const char *table(void)
{
    lng_text t = lng_text_new(arena);
    lng_text_add(&t, "a,b,c,day,plan,note,who,y\n");
    for (int i = 0; i < ROWS; i++)
        lng_text_add(&t, "%d,%s,%d.5,2026-01-%02d,%s,\"say \"\"%d\"\"\",w%d,%s\n", i, i % 7 ? "1.5" : "", i % 5, 1 + i % 28,
                     (const char *[]){"basic", "plus", "pro"}[i % 3], i, i / 4, i % 2 ? "yes" : "no");
    return t.at;
}

static void write_table(void)
{
    put("t.csv", table(), strlen(table()));
}

static void write_compressed_table(void)
{
    gzFile file = gzopen(in_folder("t.csv"), "wb");
    ck_assert(file && gzputs(file, table()) > 0 && gzclose(file) == Z_OK);
}

static void write_arrays(void)
{
    unsigned char x[16 + 4 * ROWS] = {0, 0, 8, 3, 0, 0, 0, ROWS, 0, 0, 0, 2, 0, 0, 0, 2}, y[8 + ROWS] = {0, 0, 8, 1, 0, 0, 0, ROWS};
    for (int i = 0; i < 4 * ROWS; i++)
        x[16 + i] = (unsigned char)(37 * i);
    for (int i = 0; i < ROWS; i++)
        y[8 + i] = (unsigned char)(i % 2);
    put("x", x, sizeof x);
    put("y", y, sizeof y);
}

static void write_pictures(void)
{
    static const char *const part[] = {"pictures", "pictures/no", "pictures/yes"};
    for (int i = 0; i < LENGTH(part); i++)
        ck_assert_int_eq(mkdir(in_folder(part[i]), 0777), 0);
    for (int i = 0; i < ROWS; i++) {
        char name[40], pixels[] = "P5 3 4 255\n0123456789ab";
        snprintf(name, sizeof name, "pictures/%s/%d.pgm", i % 2 ? "yes" : "no", i);
        pixels[11] = (char)i;
        put(name, pixels, sizeof pixels - 1);
    }
}

static void write_records(void)
{
    enum { RECORD = 3073 };
    static unsigned char file[ROWS / 2 * RECORD];
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (unsigned char)(i % RECORD ? i % 251 : i / RECORD % 10);
    put("1.bin", file, sizeof file);
    put("2.bin", file, sizeof file);
}

#define TABLE                                                                                                                      \
    "  source:\n"                                                                                                                  \
    "    format: csv\n"                                                                                                            \
    "    fields:\n"                                                                                                                \
    "      x: {columns: [a, b], missing: mean, scale: standard}\n"                                                                 \
    "      c: {missing: median, scale: robust}\n"                                                                                  \
    "      day: {date: true}\n"                                                                                                    \
    "      plan: {category: true, count: 3}\n"                                                                                     \
    "      note: {text: true, length: 7, longer: cut}\n"                                                                           \
    "      y: {class: true, count: 2}\n"                                                                                           \
    "    train: {file: t.csv}\n"
#define OF_TABLE "x[2], c[1], day[1], plan, note[7], y"
#define CONCAT   "concat(x, c, day, one_hot(plan, depth=3), op.to_float(note))"

static const struct {
    const char *data, *in, *first, *train;
    void (*write)(void);
} sources[] = {
    {TABLE "  validation: {part: 0.2, stratify: y}\n", OF_TABLE, CONCAT, "class_weights: balanced", write_table},
    {TABLE "  validation: {part: 0.2, group: who}\n  test: {last: 0.2}\n", OF_TABLE, CONCAT, "sample: {balance: y}", write_table},
    {TABLE "  validation: {folds: 4, fold: 1}\n", OF_TABLE, CONCAT, "average: 0.9\n  keep: best(validation.loss)",
     write_compressed_table},
    {TABLE "    window: {length: 3}\n  validation: {last: 0.2}\n", "x[3, 2], c[3, 1], day[3, 1], plan[3], y[3]", "flatten(x)", "",
     write_table},
    {"  source: {format: idx, classes: 2, fields: {x: [2, 2], y: class}, train: {x: {file: x}, y: {file: y}}}\n"
     "  validation: {part: 0.2, stratify: y}\n",
     "x[2, 2], y", "flatten(x / 255)", "keep: best(validation.loss)\n  plateau: {factor: 0.5, patience: 1}", write_arrays},
    {"  source:\n    format: folder\n    classes: 2\n    fields: {x: {shape: [2, 2], fit: crop}, y: class}\n    train: {folder: pictures}\n"
     "  validation: {part: 0.2}\n",
     "x[2, 2], y", "flatten(x / 255)", "keep: best(validation.loss)", write_pictures},
    {"  source: {format: cifar, classes: 10, fields: {image: [32, 32, 3], label: class}, train: {files: [1.bin, 2.bin]}}\n",
     "image[32, 32, 3], label", "flatten(image / 255)", "clip: {norm: 1.0}", write_records},
};

static lng_model *model_of(int i, const char *loss)
{
    const bool image = strstr(sources[i].in, "image"), windows = strstr(sources[i].in, "y[3]");
    const char *text = lng_format(
        arena,
        "lngraph: 1\nname: starved\ndata:\n%s  dir: .\nin: %s\ngraph:\n  - %s\n  - dense: {units: %d, activation: softmax}\n"
        "train:\n  loss: cross_entropy(out, %s)%s\n  optimizer: adam(lr=0.01)\n  batch: 8\n  epochs: 2\n  checkpoint: {every: 1 epochs}\n  %s\n",
        sources[i].data, sources[i].in, sources[i].first, image ? 10 : 2,
        image     ? "label"
        : windows ? "y[-1]"
                  : "y",
        loss, sources[i].train);
    lng_model *m = lng_model_parse("starved.yaml", text, strlen(text), NULL, 0, errors);
    must(m != NULL);
    return m;
}

static bool says_memory(void)
{
    for (size_t i = 0; i < lng_errors_count(errors); i++)
        if (lng_errors_code(errors, i) == LNG_E_MEMORY)
            return true;
    return false;
}

static lng_data *open_data(const lng_model *m)
{
    return lng_data_open(&m->data, m->field, m->fields, folder(), NULL, errors);
}

START_TEST(data_without_memory)
{
    char digest[65], again[65];
    sources[_i].write();
    lng_model *m = model_of(_i, "");
    lng_data *data = open_data(m);
    must(data != NULL);
    lng_data_digest(data, digest);
    lng_data_free(data);
    bool struck = true;
    for (long n = 1; struck; n++) {
        lng_errors_clear(errors);
        fail_allocation(n, n % 2);
        data = open_data(m);
        struck = fail_allocation(0, false) == 0;
        ck_assert_msg(data ? lng_errors_count(errors) == 0 : struck && says_memory(), "allocation %ld: %s", n, rendered(false));
        if (data)
            lng_data_digest(data, again);
        ck_assert(!data || strcmp(digest, again) == 0);
        lng_data_free(data);
    }
    lng_model_free(m);
}
END_TEST

/* ---- training ---- */
typedef struct training {
    lng_arena *arena;
    const lng_model *model;
    lng_data *data;
    lng_team *team;
    const char *folder; /* of the checkpoints; NULL: there are none, as the disk takes its time */
} training;

static bool nothing_before(void *context)
{
    (void)context;
    return true;
}

static bool train(void *context)
{
    const training *t = context;
    const lng_subject subject = lng_subject_of_model(t->model);
    lng_session *s = lng_session_new(&subject, LNG_STEP | LNG_EVALUATE | LNG_PREDICT, 0, t->team, errors);
    lng_saver *saver = NULL;
    lng_history h;
    bool good = s && lng_session_initialize(s, errors);
    if (good && t->folder)
        good = (saver = lng_saver_new(s, t->data, t->folder, nothing_before, NULL, errors)) != NULL;
    good = good && lng_train(s, t->arena, t->data, &(lng_course){.saver = saver}, &h, errors);
    lng_saver_free(saver);
    lng_session_free(s);
    return good;
}

/* Where no allocation fails, training ends with this code. */
static void starve(int source, const char *loss, lng_code code)
{
    sources[source].write();
    lng_model *m = model_of(source, loss);
    training t = {.model = m, .data = open_data(m), .team = lng_team_new(1), .folder = source == 0 ? folder() : NULL};
    must(t.data != NULL);
    bool struck = true;
    for (long n = 1; struck; n++) {
        t.arena = lng_arena_new();
        lng_errors_clear(errors);
        fail_allocation(n, n % 2);
        const bool good = lng_attempt(t.arena, train, &t, errors, "training");
        struck = fail_allocation(0, false) == 0;
        lng_arena_free(t.arena);
        ck_assert_msg(good || lng_errors_count(errors) > 0, "allocation %ld: no error", n);
        ck_assert_msg(lng_errors_code(errors, 0) == code || (struck && says_memory()), "allocation %ld: %s", n, rendered(false));
    }
    lng_data_free(t.data);
    lng_team_free(t.team);
    lng_model_free(m);
}

START_TEST(training_without_memory)
{
    starve(_i, "", LNG_E_NONE);
}
END_TEST

/* A number that is not finite is told, if need be without its place. */
START_TEST(blame_without_memory)
{
    starve(_i, " / 0", LNG_E_NONFINITE);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(data_without_memory, LENGTH(sources)),
        LOOP(training_without_memory, LENGTH(sources)),
        LOOP(blame_without_memory, 2),
        {0},
    };
    return suite_run("starved", tests, NULL, NULL);
}
