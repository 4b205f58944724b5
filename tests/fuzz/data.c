/* Files of data. */
#include "config.h"
#include "data/data.h"
#include "data/examples.h"
#include "data/format.h"
#include "data/picture.h"
#include "data/stream.h"
#include "fuzz.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a failure says; the same outcome as a list of errors. */
static void judge(fuzz *f, const lng_failure *failure, bool ok)
{
    if (!ok)
        lng_fail_report(failure, (lng_place){0}, f->errors);
    fuzz_outcome(f, ok);
    lng_errors_clear(f->errors);
}

/* As `lngraph predict` reads a file: some examples at a time. Returns how many; -1: it is refused. */
static int64_t read_examples(fuzz *f, const char *path, const lng_wish *wish, const lng_data_field *field, size_t fields)
{
    lng_examples *x = lng_examples_open(path, wish, field, fields, f->errors);
    int64_t n = x ? 1 : -1, all = 0;
    while (n > 0) {
        lng_array array[2] = {{.at = NULL}};
        n = lng_examples_next(x, 7, array, f->errors);
        all += n > 0 ? n : 0;
        for (size_t i = 0; n > 0 && i < fields; i++) {
            lng_array_stats(&array[i], array[i].count);
            lng_array_free(&array[i]);
        }
    }
    lng_examples_free(x);
    fuzz_outcome(f, n == 0);
    lng_errors_clear(f->errors);
    return n < 0 ? -1 : all;
}

/* ---- arrays, archives, tables: as a data set, for `lngraph fetch`, and for prediction ---- */
static const lng_data_field fields[] = {{.name = "x", .shape = {1, {3}}, .dtype = LNG_F32}, {.name = "label", .dtype = LNG_I32}};

static void load(fuzz *f, const char *path, const lng_data_field *field, size_t n)
{
    lng_array array[2] = {{.at = NULL}};
    lng_failure failure = {.code = LNG_E_NONE};
    lng_load l = {.format = lng_data_format_find(f->name), .path = path, .field = field, .array = array, .fields = n};
    judge(f, &failure, l.format->load(&l, &failure));
    for (size_t i = 0; i < n; i++)
        lng_array_free(&array[i]);
}

void fuzz_array(fuzz *f)
{
    const char *path = fuzz_file(f, "data", f->at, f->n);
    const lng_data_format *format = lng_data_format_find(f->name);
    const bool whole = format->files == LNG_FILE_PER_PART;
    lng_failure failure = {.code = LNG_E_NONE};
    load(f, path, fields, whole ? 2 : 1);
    judge(f, &failure, format->verify(path, NULL, &failure));
    read_examples(f, path, &(lng_wish){.shape = fields[0].shape, .size = LNG_AS_THEY_ARE, .integers = true, .text = true}, fields,
                  whole ? 2 : 1);
}

/* Records are long: the input is repeated to the length that its first two bytes say. */
void fuzz_cifar(fuzz *f)
{
    static const lng_data_field both[] = {{.name = "image", .shape = {3, {32, 32, 3}}, .dtype = LNG_F32},
                                          {.name = "label", .dtype = LNG_I32}};
    if (f->n < 3)
        return;
    const size_t n = f->at[0] | (size_t)f->at[1] << 8;
    unsigned char *bytes = lng_alloc(f->arena, n + 1);
    for (size_t i = 0; i < n; i++)
        bytes[i] = f->at[2 + i % (f->n - 2)];
    const char *path = fuzz_file(f, "data", bytes, n);
    lng_failure failure = {.code = LNG_E_NONE};
    load(f, path, both, 2);
    judge(f, &failure, lng_cifar_verify(path, NULL, &failure));
}

/* ---- a text: what is next in a window stands in it, and each byte but the first is predicted once ---- */
void fuzz_text(fuzz *f)
{
    enum { LENGTH = 3 };
    static const lng_data_field both[] = {{.name = "text", .shape = {1, {LENGTH}}, .dtype = LNG_I32},
                                          {.name = "next", .shape = {1, {LENGTH}}, .dtype = LNG_I32}};
    const char *path = fuzz_file(f, "text", f->at, f->n);
    lng_array array[2] = {{.at = NULL}};
    lng_failure failure = {.code = LNG_E_NONE};
    lng_load l = {.format = lng_data_format_find("text"), .path = path, .field = both, .array = array, .fields = 2};
    const bool ok = l.format->load(&l, &failure);
    judge(f, &failure, ok);
    for (int64_t i = 0; ok && i < array[0].count * LENGTH; i++) {
        FUZZ_MUST(i == 0 || lng_array_at(&array[1], i - 1) == lng_array_at(&array[0], i));
        FUZZ_MUST(i < (int64_t)array[1].mapped && lng_array_at(&array[1], i) <= 255);
    }
    FUZZ_MUST(!ok || (array[0].count > 0 && array[0].count == array[1].count));
    for (int i = 0; i < 2; i++)
        lng_array_free(&array[i]);
    failure = (lng_failure){.code = LNG_E_NONE};
    judge(f, &failure, l.format->verify(path, NULL, &failure));
}

/* ---- a compressed stream: read by pieces, as a whole, to a file ---- */
void fuzz_gzip(fuzz *f)
{
    const char *path = fuzz_file(f, "data.gz", f->at, f->n);
    unsigned char piece[100];
    size_t got = sizeof piece, all = 0, n = 0;
    lng_failure failure = {.code = LNG_E_NONE};
    lng_stream *s = lng_stream_open(path, NULL, &failure);
    bool ok = s != NULL;
    while (ok && got == sizeof piece) {
        ok = lng_stream_some(s, piece, sizeof piece, &got, &failure);
        all += ok ? got : 0;
    }
    ok = ok && lng_stream_finish(s, &failure);
    lng_stream_free(s);
    judge(f, &failure, ok);
    failure = (lng_failure){.code = LNG_E_NONE};
    s = lng_stream_open(path, NULL, &failure);
    unsigned char *rest = s ? lng_stream_rest(s, 1 << 20, &n, &failure) : NULL;
    const bool whole = rest && lng_stream_finish(s, &failure);
    lng_stream_free(s);
    lng_block_free(rest);
    judge(f, &failure, whole);
    FUZZ_MUST(all > 1 << 20 || (whole == ok && (!ok || n == all)));
}

/* ---- pictures: as they are, in every number of channels, and fitted ---- */
void fuzz_picture(fuzz *f)
{
    static const int64_t channels[] = {1, 3, 4};
    static const lng_fit fits[] = {LNG_FIT_CROP, LNG_FIT_PAD, LNG_FIT_STRETCH};
    const lng_picture_format *format = lng_picture_find(f->at, f->n);
    lng_picture_size size;
    lng_failure failure = {.code = LNG_E_NONE};
    if (!format)
        return;
    const bool sized = format->size(f->at, f->n, &size, &failure);
    judge(f, &failure, sized);
    if (!sized || size.height * size.width > 1 << 16)
        return;
    for (int i = 0; i < 3; i++) {
        lng_array same = {.at = NULL}, fitted = {.at = NULL};
        lng_failure one = {.code = LNG_E_NONE}, two = {.code = LNG_E_NONE};
        const bool ok = lng_picture_read(format, f->at, f->n, lng_shape_of(3, size.height, size.width, channels[i]), &same, &one);
        judge(f, &one, ok);
        const bool fits_too =
            lng_picture_fit(format, f->at, f->n, fits[i], lng_shape_of(3, (int64_t)5, (int64_t)3, channels[i]), &fitted, &two);
        judge(f, &two, fits_too);
        FUZZ_MUST(ok == fits_too);
        lng_array_free(&same);
        lng_array_free(&fitted);
    }
    const lng_data_field field = {.name = "image", .shape = {3, {4, 4, 1}}, .dtype = LNG_F32};
    read_examples(f, fuzz_file(f, "picture", f->at, f->n),
                  &(lng_wish){.shape = field.shape, .size = f->n % 2 ? LNG_RESIZED : LNG_REDUCED}, &field, 1);
}

/* ---- a described table: keys of `source`, or of `data` if not indented; a line "---"; the table ---- */
void fuzz_table(fuzz *f)
{
    const lng_source *head = fuzz_head(f, "input.yaml");
    lng_source *source = LNG_NEW(f->arena, lng_source);
    const char *text = lng_format(f->arena, "source:\n  format: csv\n  train: {file: train.csv}\n%s", head->text);
    *source = (lng_source){head->name, text, strlen(text)};
    fuzz_file(f, "train.csv", f->at, f->n);
    lng_data_spec spec;
    const lng_doc *doc = lng_doc_parse(f->arena, source, f->errors);
    const bool described = doc && lng_section_check(&lng_section_data, &lng_section_data, doc, f->errors) &&
                           lng_data_describe(f->arena, doc, head->name, &spec, f->errors);
    if (described && spec.fields == 0)
        return; /* a model that reads no field is refused before its data are opened */
    lng_data *data = described ? lng_data_open(&spec, spec.field, spec.fields, f->folder, NULL, f->errors) : NULL;
    fuzz_outcome(f, data != NULL);
    if (data) {
        char hex[65];
        lng_data_digest(data, hex);
        lng_data_check_classes(f->arena, data, &spec, spec.field, spec.fields, f->errors);
    }
    lng_data_free(data);
}

/* ---- a folder of images: a line a name ---- */
static bool is_safe(const char *name)
{
    return *name && *name != '/' && !strstr(name, "..") && strlen(name) < 1000;
}

static void clear(const char *folder)
{
    DIR *d = opendir(folder);
    for (const struct dirent *e; d && (e = readdir(d));) {
        char path[4096];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (unlink(path) != 0) {
            clear(path);
            rmdir(path);
        }
    }
    if (d)
        closedir(d);
}

/* Makes a file with the folders above it, or nothing if the system refuses the name. */
static void put(const fuzz *f, const char *folder, char *name)
{
    static const char image[] = "P2 2 1 255 7 200";
    char *path = lng_format(f->arena, "%s/%s", folder, name);
    for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        mkdir(path, 0700);
    }
    FILE *file = fopen(path, "w");
    if (file) {
        fwrite(image, 1, strlen(name) % 5 ? sizeof image - 1 : 4, file);
        fclose(file);
    }
}

void fuzz_folder(fuzz *f)
{
    const char *folder = lng_format(f->arena, "%s/images", f->folder);
    setenv("XDG_CACHE_HOME", lng_format(f->arena, "%s/cache", f->folder), 1);
    mkdir(folder, 0700);
    clear(folder);
    char *line = lng_copy_n(f->arena, (const char *)f->at, f->n);
    for (int i = 0; line && i < 20; i++) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        if (is_safe(line))
            put(f, folder, line);
        line = next;
    }
    const char *text = lng_format(f->arena,
                                  "source:\n  format: folder\n  train: {folder: images}\n%s"
                                  "  fields: {image: {shape: [2, 2, 1], fit: pad}, label: {class: true, count: 2}}\n",
                                  f->n % 2 ? "  skip: broken\n" : "");
    lng_source *source = LNG_NEW(f->arena, lng_source);
    *source = (lng_source){"input.yaml", text, strlen(text)};
    lng_data_spec spec;
    for (int time = 0; time < 2; time++) { /* the second time from the cache */
        const lng_doc *doc = lng_doc_parse(f->arena, source, f->errors);
        fuzz_outcome(f, doc && lng_data_describe(f->arena, doc, "input.yaml", &spec, f->errors));
        lng_data *data = lng_data_open(&spec, spec.field, spec.fields, f->folder, NULL, f->errors);
        fuzz_outcome(f, data != NULL);
        lng_data_free(data);
        lng_errors_clear(f->errors);
    }
}
