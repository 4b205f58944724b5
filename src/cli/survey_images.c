/* A folder of images, one folder for each class: what is in it, from the names and the first bytes of all files; and a model file to start
 * from, which trains as it is. */
#include "config.h"
#include "base/json.h"
#include "cli/survey.h"
#include "data/image_list.h"
#include "data/picture.h"
#include "data/stream.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_BROKEN 8
#define MOST_SHOWN  20

typedef struct gallery {
    lng_command *c;
    lng_arena *arena;
    const char *path;                         /* as the user wrote it, without slashes at its end */
    const char *folder;                       /* of the training images */
    bool has_train, has_test, has_validation; /* below path */
    lng_image_list list;
    int64_t *count; /* of each class */
    lng_picture_size least, most;
    int64_t sized, broken;
    const char *broken_path[MOST_BROKEN], *why[MOST_BROKEN];
} gallery;

static bool has_folder(const gallery *g, const char *name)
{
    return lng_folder_exists(lng_format(g->arena, "%s/%s", g->path, name));
}

/* ---- the files ---- */
/* From the first bytes; a header with a long comment is read whole. */
static bool size_of(const char *path, lng_picture_size *size, lng_failure *failure)
{
    size_t n = 0, length;
    lng_stream *s = lng_stream_open(path, NULL, failure);
    const unsigned char *head = s ? lng_stream_head(s, &n) : NULL;
    const lng_picture_format *format = s ? lng_picture_find(head, n) : NULL;
    lng_failure unknown = {0};
    bool good = s && (format || lng_fail(failure, LNG_E_DATA, n == 0 ? "the file is empty" : "not an image"));
    if (good && !format->size(head, n, size, &unknown)) {
        unsigned char *bytes = lng_stream_rest(s, LNG_PICTURE_BYTES, &length, failure);
        good = bytes && format->size(bytes, length, size, failure);
        lng_block_free(bytes);
    }
    lng_stream_free(s);
    return good;
}

/* false after an error, which is not the file's. */
static bool look_at(gallery *g, const lng_image_file *file)
{
    lng_picture_size size = {0};
    lng_failure failure = {0};
    if (size_of(lng_format(g->arena, "%s/%s", g->folder, file->path), &size, &failure)) {
        const bool first = g->sized++ == 0;
        g->least.height = first || size.height < g->least.height ? size.height : g->least.height;
        g->least.width = first || size.width < g->least.width ? size.width : g->least.width;
        g->most.height = size.height > g->most.height ? size.height : g->most.height;
        g->most.width = size.width > g->most.width ? size.width : g->most.width;
        return true;
    }
    if (failure.code == LNG_E_MEMORY)
        return lng_fail_report(&failure, (lng_place){0}, g->c->errors);
    if (g->broken < MOST_BROKEN) {
        g->broken_path[g->broken] = file->path;
        g->why[g->broken] = lng_copy(g->arena, failure.text);
    }
    g->broken++;
    return true;
}

static bool read_folder(gallery *g)
{
    lng_failure failure = {0};
    const lng_source place = {.name = g->folder};
    if (!lng_image_list_read(g->arena, g->folder, &g->list, &failure))
        return lng_fail_report(&failure, (lng_place){.source = &place}, g->c->errors);
    if (g->list.n == 0)
        return lng_error(
            g->c->errors, LNG_E_DATA, (lng_place){.source = &place},
            "the folder has no images: expected files named .png, .jpg, .jpeg, .pgm or .ppm, in a folder for each class");
    g->count = LNG_NEW_N(g->arena, (size_t)g->list.classes + 1, int64_t);
    for (size_t i = 0; i < g->list.n; i++) {
        if (!look_at(g, &g->list.at[i]))
            return false;
        if (g->list.at[i].class >= 0)
            g->count[g->list.at[i].class]++;
    }
    return true;
}

static int64_t outside(const gallery *g)
{
    int64_t n = (int64_t)g->list.n;
    for (int64_t i = 0; i < g->list.classes; i++)
        n -= g->count[i];
    return n;
}

/* ---- as text ---- */
static void suspicions(const gallery *g, lng_text *out)
{
    lng_text found = lng_text_new(g->arena);
    if (outside(g))
        lng_text_add(&found, "  no class: %s images are in no folder of a class\n", lng_count(g->arena, outside(g)));
    for (int64_t i = 0; i < g->list.classes; i++)
        if (g->count[i] < 2)
            lng_text_add(&found, "  rare: %s has %s\n", lng_shown(g->arena, g->list.class[i], 28),
                         g->count[i] ? "a single image" : "no image");
    for (int64_t i = 0; i < g->broken && i < MOST_BROKEN; i++)
        lng_text_add(&found, "  broken: %s: %s\n", lng_shown(g->arena, g->broken_path[i], 60), g->why[i]);
    if (g->broken > MOST_BROKEN)
        lng_text_add(&found, "  broken: %s more\n", lng_count(g->arena, g->broken - MOST_BROKEN));
    if (found.length)
        lng_text_add(out, "\nsuspicious\n%s", found.at);
}

static void write_text(const gallery *g, lng_text *out)
{
    lng_arena *a = g->arena;
    lng_text_add(out, "%s: folder, %s images in %s folders", g->folder, lng_count(a, (int64_t)g->list.n),
                 lng_count(a, g->list.classes));
    if (g->sized)
        lng_text_add(out, ", %lld x %lld to %lld x %lld pixels", (long long)g->least.width, (long long)g->least.height,
                     (long long)g->most.width, (long long)g->most.height);
    lng_text_add(out, "\n\nlabel: the folder\n");
    lng_table *table = lng_table_new(a, "lrR", 2, 2);
    const int64_t shown = g->list.classes > MOST_SHOWN + 1 ? MOST_SHOWN : g->list.classes;
    for (int64_t i = 0; i < shown; i++) {
        lng_table_cell(table, LNG_PLAIN, lng_shown(a, g->list.class[i], 28));
        lng_table_cell(table, LNG_PLAIN, lng_count(a, g->count[i]));
        lng_table_cell(table, LNG_PLAIN, lng_format(a, "%s %%", lng_fixed(a, 100 * (double)g->count[i] / (double)g->list.n, 1)));
    }
    lng_table_write(table, out, g->c->look);
    if (shown < g->list.classes)
        lng_text_add(out, "  ... and %s more\n", lng_count(a, g->list.classes - shown));
    suspicions(g, out);
}

/* ---- as JSON ---- */
static void write_json(const gallery *g, lng_text *out)
{
    lng_json j = lng_json_new(g->arena, 2);
    lng_json_array(&j, NULL);
    lng_json_object(&j, NULL);
    lng_json_string(&j, "data", g->folder);
    lng_json_string(&j, "format", "folder");
    lng_json_int(&j, "rows", (int64_t)g->list.n);
    lng_json_object(&j, "label");
    lng_json_bool(&j, "is_class", true);
    lng_json_array(&j, "classes");
    for (int64_t i = 0; i < g->list.classes; i++) {
        lng_json_object(&j, NULL);
        lng_json_string(&j, "name", g->list.class[i]);
        lng_json_int(&j, "count", g->count[i]);
        lng_json_end(&j);
    }
    lng_json_end_array(&j);
    lng_json_end(&j);
    lng_json_int(&j, "broken", g->broken);
    lng_json_end(&j);
    lng_json_end_array(&j);
    lng_text_put(out, j.text.at, j.text.length);
    lng_text_add(out, "\n");
}

/* ---- as a model ---- */
static void put_source(const gallery *g, lng_text *out)
{
    lng_arena *a = g->arena;
    const char *base = lng_base_name(g->path);
    lng_text_add(out,
                 "data:\n  source:\n    format: folder\n    fields:\n      image: {shape: [32, 32, 3], fit: crop}\n"
                 "      label: {class: true, count: %lld}\n",
                 (long long)g->list.classes);
    lng_text_add(out, "    train: {folder: %s}\n", g->has_train ? "train" : lng_yaml_scalar(a, base));
    if (g->has_train && g->has_validation)
        lng_text_add(out, "    validation: {folder: validation}\n");
    if (g->has_train && g->has_test)
        lng_text_add(out, "    test: {folder: test}\n");
    if (g->broken)
        lng_text_add(out, "    skip: broken\n");
    lng_text_add(out, "  dir: %s\n", lng_yaml_scalar(a, g->has_train ? g->path : lng_parent_name(a, g->path)));
    if (!g->has_train || !g->has_validation)
        lng_text_add(out, "  validation: {part: 0.2, stratify: label}\n");
}

static bool write_model(const gallery *g, lng_text *out)
{
    const int64_t n = (int64_t)g->list.n - g->broken, batch = n < 2000 ? 32 : 128;
    int64_t epochs = 2000 * batch / (n > 0 ? n : 1);
    epochs = epochs < 3 ? 3 : epochs > 100 ? 100 : epochs;
    char *name = lng_copy(g->arena, lng_base_name(g->path));
    for (char *at = name; *at; at++)
        *at = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ? *at : '_';
    if (g->list.classes < 2 || outside(g)) {
        lng_error(g->c->errors, LNG_E_DATA, (lng_place){.source = &(lng_source){.name = g->folder}},
                  g->list.classes < 2 ? "there are no two classes: expected a folder for each"
                                      : "some images are in no folder of a class");
        return false;
    }
    lng_text_add(out, "# Made by `lngraph describe` from %s.\nlngraph: 1\nname: %s\n",
                 lng_shown(g->arena, lng_base_name(g->path), 60),
                 (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ? name : "model");
    put_source(g, out);
    lng_text_add(out,
                 "in: image[32, 32, 3], label\ngraph:\n  - image / 255\n"
                 "  - conv2d: {filters: 16, kernel: 3, activation: relu}\n  - maxpool2d: {size: 2}\n"
                 "  - conv2d: {filters: 32, kernel: 3, activation: relu}\n  - maxpool2d: {size: 2}\n  - flatten\n"
                 "  - dense: {units: 64, activation: relu}\n  - dense: {units: %lld, activation: softmax}\n",
                 (long long)g->list.classes);
    lng_text_add(
        out,
        "train:\n  loss: cross_entropy(out, label)\n  optimizer: adam(lr=cosine(peak=0.002))\n  batch: %lld\n  epochs: %lld\n"
        "  keep: best(validation.loss)\n  seed: 1\nreport:\n  metrics:\n    - accuracy(out, label)\n    - auc(out, label)\n",
        (long long)batch, (long long)epochs);
    return true;
}

void lng_describe_images(lng_command *c, const char *path)
{
    gallery g = {.c = c, .arena = c->arena};
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    g.path = lng_copy_n(c->arena, path, n);
    if (strcmp(lng_base_name(g.path), ".") == 0 || strcmp(lng_base_name(g.path), "..") == 0) { /* they say no name */
        char real[PATH_MAX];
        g.path = realpath(g.path, real) ? lng_copy(c->arena, real) : g.path;
    }
    g.has_train = has_folder(&g, "train");
    g.has_test = has_folder(&g, "test");
    g.has_validation = has_folder(&g, "validation");
    g.folder = g.has_train ? lng_format(c->arena, "%s/train", g.path) : g.path;
    if (!read_folder(&g))
        return;
    if (lng_command_get(c, "model"))
        write_model(&g, &c->out);
    else if (lng_command_get(c, "json"))
        write_json(&g, &c->out);
    else
        write_text(&g, &c->out);
}
