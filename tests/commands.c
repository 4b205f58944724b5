/* Commands of every verb (commands.h). */
#include "config.h"
#include "commands.h"
#include "base/file.h"
#include "export/export.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#ifdef HAVE_JPEG
#include <jpeglib.h>
#endif

const act acts[] = {
    {.command = "run -q -t 2 -o new bars.yaml", .changes = "new/"},
    {.command = "run -q -t 1 --force -o done bars.yaml", .changes = "done/"},
    {.command = "run -q -t 1 --limit memory=4G,time=1h -o new table.yaml", .changes = "new/"},
    {.command = "run -q -t 1 -o new pictures.yaml", .changes = "new/ cache/"},
    {.command = "run -q -t 1 --sandbox -o new --data=data bars.yaml", .changes = "new/"},
    {.command = "run -t 1 -o new arrays.yaml", .changes = "new/"},
    {.command = "run -q -t 1 -o new archive.yaml", .changes = "new/"},
    {.command = "run -q -t 1 -o new colors.yaml", .changes = "new/"},
    {.command = "run -q -t 1 -o new letters.yaml", .changes = "new/"},
    {.command = "run -q -t 1 -n points.yaml"},
    {.command = "resume -q -t 2 done -s train.epochs=4 --data=data", .changes = "done/"},
    {.command = "sweep -q -j 1 -s train.batch=16,32 -o swept --data=data bars.yaml", .changes = "swept/", .fails = LNG_BAD_INPUT},
    {.command = "sweep -q -j 1 --folds=2 --json -o swept table.yaml", .changes = "swept/", .fails = LNG_BAD_INPUT},
    {.command = "eval -t 2 --data=data done"},
    {.command = "eval -t 1 --quantized --json -w done/model.safetensors bars.yaml"},
    {.command = "predict -t 2 -o out.csv done data/test-images", .changes = "out.csv"},
    {.command = "predict -t 1 --json tabled table.csv.gz"},
    {.command = "predict -t 1 -r -c --as-is done picture.png"},
    {.command = "predict -t 1 -g 9 -p ab spoken"},
    {.command = "check bars.yaml table.yaml", .fails = LNG_BAD_INPUT},
    {.command = "describe data/train-images data/train-labels"},
    {.command = "describe table.csv.gz --model"},
    {.command = "describe -t 1 pictures/train", .fails = LNG_BAD_INPUT, .tells = true},
    {.command = "describe --json x.npy"},
    {.command = "describe archive.npz"},
    {.command = "describe --text table.csv.gz"},
    {.command = "describe --data=data bars.yaml"},
    {.command = "gradcheck -t 2 --data=data bars.yaml"},
    {.command = "gradcheck --ops"},
    {.command = "show bars.yaml"},
    {.command = "show --tape --plan bars.yaml"},
    {.command = "show --dot bars.yaml"},
    {.command = "show --examples bars.yaml"},
    {.command = "show --examples --data=data -o shown.svg bars.yaml", .changes = "shown.svg"},
    {.command = "show --examples -o shown.png bars.yaml", .changes = "shown.png"},
    {.command = "figure -t 2 --data=data -o curves.svg done curves", .changes = "curves.svg"},
    {.command = "figure -t 1 done embedding"},
    {.command = "export --to=c -o exported.c done", .changes = "exported"},
    {.command = "export --to=c --weights=int8-bin --data=data -t 1 -o exported.c done", .changes = "exported"},
    {.command = "export --to=c --weights=int8 --activations=int8 -t 1 -o exported.c done", .changes = "exported"},
    {.command = "export --to=html --compiler=wasm-compiler -o exported.html done", .changes = "exported"},
    {.command = "export --to=npz -o exported.npz done", .changes = "exported"},
    {.command = "export --to=onnx -o exported.onnx done", .changes = "exported"},
    {.command = "export --to=safetensors --layout=pytorch -o exported.safetensors done", .changes = "exported"},
    {.command = "import -t 1 --for=bars.yaml --names=names.yaml done/model.safetensors -o imported/model.yaml",
     .changes = "imported"},
    {.command = "import -t 1 done.onnx -o read/model.yaml", .changes = "read"},
    {.command = "list ."},
    {.command = "list --json ."},
    {.command = "compare -t 1 --data=data --html page.html done done", .changes = "page.html"},
    {.command = "compare --json done done"},
    {.command = "bench -t 2 --seconds=0.01 --data=data bars.yaml"},
    {.command = "fetch bars.yaml --from=data", .changes = "cache/"},
    {.command = "fetch remote.yaml", .changes = "cache/"},
    {.command = "new mlp", .changes = "mlp.yaml"},
    {.command = "new -o mine.yaml mlp", .changes = "mine.yaml"},
    {.command = "doc dense"},
    {.command = "doc"},
    {.command = "schema"},
    {.command = "complete -- ru"},
    {.command = "complete -- export --to="},
    {.command = "help"},
    {.command = "help run"},
};
const int act_count = LENGTH(acts);

bool act_may_change(const act *a, const char *path)
{
    for (const char *at = a->changes; at && *at; at += strcspn(at, " "), at += *at == ' ')
        if (strncmp(path, at, strcspn(at, " ")) == 0)
            return true;
    return false;
}

bool comes_again(const char *path)
{
    return !strstr(path, "/.images/");
}

/* ---- models ---- */
#define TRAIN "train: {loss: 'cross_entropy(out, kind)', optimizer: sgd(lr=0.1), batch: 16, epochs: 1}\n"

static const char table[] = "lngraph: 1\n"
                            "name: table\n"
                            "data:\n"
                            "  source:\n"
                            "    name: table\n"
                            "    format: csv\n"
                            "    fields:\n"
                            "      height: {missing: mean, scale: standard}\n"
                            "      plan: {category: true, count: 2}\n"
                            "      kind: {class: true, count: 2}\n"
                            "    train: {file: table.csv}\n"
                            "  dir: .\n"
                            "  validation: {part: 0.25}\n"
                            "in: height[1], plan, kind\n"
                            "graph:\n"
                            "  - concat(height, one_hot(plan, depth=2))\n"
                            "  - dense: {units: 2, activation: softmax}\n" TRAIN;
static const char pictures[] = "lngraph: 1\n"
                               "name: pictures\n"
                               "data:\n"
                               "  source:\n"
                               "    name: pictures\n"
                               "    format: folder\n"
                               "    fields: {image: {shape: [4, 4, 1], fit: stretch}, kind: {class: true, count: 2}}\n"
                               "    train: {folder: train}\n"
                               "    test: {folder: test}\n"
                               "  dir: pictures\n"
                               "in: image[4, 4, 1], kind\n"
                               "graph:\n"
                               "  - image / 255\n"
                               "  - flatten\n"
                               "  - dense: {units: 2, activation: softmax}\n" TRAIN;
static const char colors[] = "lngraph: 1\n"
                             "name: colors\n"
                             "data:\n"
                             "  source: {name: colors, format: cifar, classes: 10, fields: {image: [32, 32, 3], label: class},\n"
                             "           train: {files: [colors.bin, colors.bin]}, test: {files: [colors.bin]}}\n"
                             "  dir: .\n"
                             "in: image[32, 32, 3], label\n"
                             "graph:\n"
                             "  - image / 255\n"
                             "  - avgpool2d: {size: 8}\n"
                             "  - flatten\n"
                             "  - dense: {units: 10, activation: softmax}\n"
                             "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1), batch: 16, epochs: 1}\n";
static const char letters[] =
    "lngraph: 1\n"
    "name: letters\n"
    "data:\n"
    "  source: {name: letters, format: text, fields: {text: [8], next: [8]}, train: {file: letters.txt.gz}}\n"
    "  dir: .\n"
    "  validation: {last: 0.25}\n"
    "in: text[8], next[8]\n"
    "graph:\n"
    "  - text\n"
    "  - embedding: {count: 256, units: 4}\n"
    "  - dense: {units: 256}\n"
    "train: {loss: 'sequence_cross_entropy(out, next)', optimizer: sgd(lr=0.1), batch: 16, epochs: 1}\n";
#define LINE                                                                                                                       \
    "graph:\n"                                                                                                                     \
    "  - x\n"                                                                                                                      \
    "  - dense: {units: 1}\n"                                                                                                      \
    "train: {loss: 'mse(out, y)', optimizer: sgd(lr=0.01), batch: 16, epochs: 1}\n"
static const char arrays[] =
    "lngraph: 1\n"
    "name: arrays\n"
    "data:\n"
    "  source: {name: arrays, format: npy, fields: {x: [3], y: [1]}, train: {x: {file: x.npy}, y: {file: y.npy}}}\n"
    "  dir: .\n"
    "  validation: {part: 0.25}\n"
    "in: x[3], y[1]\n" LINE;
static const char archive[] = "lngraph: 1\n"
                              "name: archive\n"
                              "data:\n"
                              "  source: {name: archive, format: npz, fields: {x: [3], y: [1]}, train: {file: archive.npz}}\n"
                              "  dir: .\n"
                              "  validation: {last: 0.25}\n"
                              "in: x[3], y[1]\n" LINE;
static const char points[] =
    "lngraph: 1\n"
    "name: points\n"
    "data:\n"
    "  source: {name: points, format: uniform, fields: {x: [3], y: [1]}, train: {examples: 48}, test: {examples: 16}}\n"
    "in: x[3], y[1]\n" LINE;

/* bars.yaml, whose data are not here, but where the program `curl` finds them. */
static const char *remote(lng_arena *a, const char *folder)
{
    size_t n;
    const char *bars = lng_file_read(a, lng_format(a, "%s/bars.yaml", folder), 1 << 16, &n, errors);
    static const char at[] = "    name: bars\n";
    const char *rest = bars ? strstr(bars, at) : NULL;
    must(rest != NULL);
    return lng_format(a, "%.*s    name: remote\n    urls: [http://example.org/]\n%s", (int)(rest - bars), bars,
                      rest + sizeof at - 1);
}

/* ---- data ---- */
static void save(lng_arena *a, const char *folder, const char *name, const char *bytes, size_t n)
{
    must(lng_file_write(lng_format(a, "%s/%s", folder, name), bytes, n, errors));
}

static void save_zipped(lng_arena *a, const char *folder, const char *name, const char *bytes, size_t n)
{
    gzFile zipped = gzopen(lng_format(a, "%s/%s", folder, name), "wb");
    ck_assert(zipped && gzwrite(zipped, bytes, (unsigned)n) == (int)n && gzclose(zipped) == Z_OK);
}

/* As it is, and compressed. */
static void make_table(lng_arena *a, const char *folder)
{
    lng_text rows = lng_text_new(a);
    lng_text_add(&rows, "height,plan,kind\n");
    for (int i = 0; i < 40; i++)
        lng_text_add(&rows, "%d.5,%s,%s\n", 10 * (i % 4) + i % 3, i % 2 ? "basic" : "plus", i % 4 < 2 ? "low" : "high");
    save(a, folder, "table.csv", rows.at, rows.length);
    save_zipped(a, folder, "table.csv.gz", rows.at, rows.length);
}

#ifdef HAVE_JPEG
static void make_photo(const char *path)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr manager;
    unsigned char level[16], *row = level, *bytes = NULL;
    unsigned long n = 0;
    memset(level, 40, sizeof level);
    jpeg.err = jpeg_std_error(&manager);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &n);
    jpeg.image_width = jpeg.image_height = sizeof level;
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height)
        jpeg_write_scanlines(&jpeg, &row, 1);
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    must(lng_file_write(path, bytes, n, errors));
    free(bytes);
}
#endif

static void make_pictures(lng_arena *a, const char *folder)
{
    static const char *const part[] = {"train", "test"}, *const kind[] = {"dark", "light"};
    for (int i = 0; i < 16; i++) {
        const char *in = lng_format(a, "%s/pictures/%s/%s", folder, part[i / 2 % 2], kind[i % 2]);
        lng_text picture = lng_text_new(a);
        lng_text_add(&picture, "P2 4 4 255\n");
        for (int p = 0; p < 16; p++)
            lng_text_add(&picture, "%d\n", 150 * (i % 2) + 5 * i + p);
        must(lng_folder_make(in, errors));
        save(a, in, lng_format(a, "%d.pgm", i), picture.at, picture.length);
    }
#ifdef HAVE_JPEG
    make_photo(lng_format(a, "%s/pictures/train/dark/photo.jpg", folder));
#endif
}

static void make_colors(lng_arena *a, const char *folder)
{
    const size_t record = 1 + 32 * 32 * 3, n = 16 * record;
    char *bytes = lng_alloc(a, n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(i % record ? i * 7 : i / record % 10);
    save(a, folder, "colors.bin", bytes, n);
}

#define ROWS         48
#define ENTRY_LENGTH 22 /* where an archive that stores its first file has the file's length */
#define ENTRY_HEADER 30

/* An archive of one array has it behind a header and its name. */
static void save_array(lng_arena *a, const char *folder, const lng_tensor *tensor)
{
    const char *name = lng_format(a, "%s.npy", tensor->laid->name);
    lng_text zip = lng_text_new(a);
    size_t n = 0;
    must(lng_npz_write(tensor, 1, &zip, errors));
    for (int i = 3; i >= 0; i--)
        n = n << 8 | (unsigned char)zip.at[ENTRY_LENGTH + i];
    save(a, folder, name, zip.at + ENTRY_HEADER + strlen(name), n);
}

/* x[3] and y[1] as two arrays, and as one archive. */
static void make_arrays(lng_arena *a, const char *folder)
{
    float x[ROWS * 3], y[ROWS];
    for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < 3; k++)
            x[3 * i + k] = (float)((i * (k + 2)) % 7) / 7;
        y[i] = x[3 * i] - x[3 * i + 1];
    }
    const lng_laid laid[] = {{.name = "x", .shape = {.rank = 2, .dim = {ROWS, 3}}},
                             {.name = "y", .shape = {.rank = 2, .dim = {ROWS, 1}}}};
    const lng_tensor tensor[] = {{.laid = &laid[0], .at = x}, {.laid = &laid[1], .at = y}};
    lng_text zip = lng_text_new(a);
    must(lng_npz_write(tensor, 2, &zip, errors));
    save(a, folder, "archive.npz", zip.at, zip.length);
    save_array(a, folder, &tensor[0]);
    save_array(a, folder, &tensor[1]);
}

static void make_letters(lng_arena *a, const char *folder)
{
    char text[800];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i * i % 5);
    save_zipped(a, folder, "letters.txt.gz", text, sizeof text);
}

/* ---- programs ---- */
static void make_program(lng_arena *a, const char *folder, const char *name, const char *script)
{
    must(lng_folder_make(folder, errors));
    save(a, folder, name, script, strlen(script));
    ck_assert_int_eq(chmod(lng_format(a, "%s/%s", folder, name), 0755), 0);
}

static const char curl[] = "#!/bin/sh\n"
                           "for url; do :; done\n"
                           "[ -e \"data/${url##*/}\" ] || { echo HTTP/1.1 404 >&2; exit 22; }\n"
                           "exec cat \"data/${url##*/}\"\n";
/* More than a pipe holds. */
static const char wasm_compiler[] = "#!/bin/sh\n"
                                    "cat >/dev/null\n"
                                    "printf '\\0asm'\n"
                                    "exec head -c 100000 /dev/zero\n";

void acts_make(lng_arena *a, const char *folder, const char *programs)
{
    world_make(a, folder);
    const struct {
        const char *name, *text;
    } files[] = {{"table", table},     {"pictures", pictures}, {"remote", remote(a, folder)},
                 {"colors", colors},   {"letters", letters},   {"arrays", arrays},
                 {"archive", archive}, {"points", points},     {"names", "{dense.W: dense.W, dense.b: dense.b}\n"}};
    for (int i = 0; i < LENGTH(files); i++)
        save(a, folder, lng_format(a, "%s.yaml", files[i].name), files[i].text, strlen(files[i].text));
    make_table(a, folder);
    make_pictures(a, folder);
    make_colors(a, folder);
    make_arrays(a, folder);
    make_letters(a, folder);
    world_must(a, folder, "run -q -t 1 -o tabled table.yaml");
    world_must(a, folder, "run -q -t 1 -o spoken letters.yaml");
    world_must(a, folder, "show --examples -o picture.png bars.yaml");
    make_program(a, programs, "curl", curl);
    make_program(a, programs, "wasm-compiler", wasm_compiler);
    setenv("PATH", lng_format(a, "%s:%s", programs, getenv("PATH")), 1);
}
