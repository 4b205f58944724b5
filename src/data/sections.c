/* The tables of the `data` section and of what is in it. */
#include "data/format.h"

#define SOURCE_EXAMPLE                                                                                                             \
    "data:\n"                                                                                                                      \
    "  source:\n"                                                                                                                  \
    "    name: letters\n"                                                                                                          \
    "    format: idx\n"                                                                                                            \
    "    classes: 26\n"                                                                                                            \
    "    fields: {image: [28, 28, 1], label: class}\n"                                                                             \
    "    train: {image: {file: train-images}, label: {file: train-labels}}\n"                                                      \
    "    test: {image: {file: test-images}, label: {file: test-labels}}"

static const lng_section_key file_keys[] = {
    {"file", LNG_KEY_TEXT, .about = "name of the file; NAME.gz is also found"},
    {"files", LNG_KEY_SEQUENCE, .about = "in the format cifar: names of the files, instead of `file`"},
    {"folder", LNG_KEY_TEXT, .about = "in the format folder: name of the folder with the images, instead of `file`"},
    {"sha256", LNG_KEY_TEXT,
     .about = "SHA-256 of the uncompressed content, as 64 hexadecimal digits; a file with another digest is refused"},
    {"bytes", LNG_KEY_INT, .least = 1, .most = (int64_t)1 << 40,
     .about = "size of the uncompressed content; lngraph fetch refuses a longer file"}};
const lng_section lng_section_file = {"data.source.train.FIELD", "a file of the data set",
                                      "A file of the data set: it has one field or, in the formats npz and csv, all fields.",
                                      SOURCE_EXAMPLE, LNG_SECTION_KEYS(file_keys)};

static const lng_section_key made_keys[] = {
    {"examples", LNG_KEY_INT, .required = true, .least = 1, .most = 1000000000, .about = "how many there are"}};
const lng_section lng_section_made = {"data.source.PART", "a part of a data set without files",
                                      "In the format uniform, `train` and `test` say how many examples are made.",
                                      "data:\n"
                                      "  source:\n"
                                      "    format: uniform\n"
                                      "    fields: {x: [1]}\n"
                                      "    train: {examples: 4096}\n"
                                      "    test: {examples: 512}\n"
                                      "in: x[1]\n"
                                      "graph:\n"
                                      "  - dense: {units: 1}\n"
                                      "train:\n"
                                      "  loss: mse(out, sin(pi * x))\n"
                                      "  optimizer: sgd(lr=0.1)",
                                      LNG_SECTION_KEYS(made_keys)};

static const lng_section_key window_keys[] = {
    {"length", LNG_KEY_INT, .required = true, .least = 1, .most = 1 << 20, .about = "rows of a window"},
    {"step", LNG_KEY_INT, .fallback = "1", .least = 1, .most = 1 << 30,
     .about = "rows from the beginning of a window to that of the next one"},
    {"ahead", LNG_KEY_INT, .least = 0, .most = 1 << 30,
     .about = "with `targets`: rows from the last one of a window to theirs; 0: the last row itself (default: 1)"},
    {"targets", LNG_KEY_SEQUENCE,
     .about = "fields of one row, `ahead` rows after the window; all others have the rows of the window as their first dimension"},
    {"group", LNG_KEY_TEXT,
     .about =
         "name of a column (in other formats than csv, of a class): each of its values is a series of its own (default: a file is one)"}};
const lng_section lng_section_window = {
    "data.source.window", "windows of a series",
    "In the formats csv, npy, npz and idx, an example can be a window of consecutive rows, in the order of the file.",
    "data:\n"
    "  source:\n"
    "    format: csv\n"
    "    fields:\n"
    "      past: {columns: [load, temperature], scale: standard}\n"
    "      load: {scale: standard}\n"
    "    window: {length: 24, ahead: 1, targets: [load]}\n"
    "    train: {file: power.csv}\n"
    "  validation: {last: 0.2}\n"
    "in: past[24, 2], load[1]\n"
    "graph:\n"
    "  - past\n"
    "  - flatten\n"
    "  - dense: {units: 1}\n"
    "train:\n"
    "  loss: mse(out, load)\n"
    "  optimizer: adam",
    LNG_SECTION_KEYS(window_keys)};

#define CHOICES(function, ...)                                                                                                     \
    static const char *function(size_t i, const char **about)                                                                      \
    {                                                                                                                              \
        static const char *const all[][2] = {__VA_ARGS__};                                                                         \
        if (i >= sizeof all / sizeof *all)                                                                                         \
            return NULL;                                                                                                           \
        *about = all[i][1];                                                                                                        \
        return all[i][0];                                                                                                          \
    }
/* In the order of the enumerators of lng_column_spec. */
CHOICES(missing_choice, {"error", "an error"}, {"drop", "the example is left out"}, {"fill", "the number that `fill` gives"},
        {"mean", "the mean of the training examples"}, {"median", "their median"}, {"other", "the category after the named ones"})
CHOICES(scale_choice, {"none", "numbers as they are"}, {"given", "minus `subtract`, divided by `divide`"},
        {"standard", "mean 0 and standard deviation 1, over the training examples"}, {"minmax", "from 0 to 1, over them"},
        {"robust", "median 0, and 1 between the quartiles, over them"}, {"log1p", "the logarithm of 1 + x"})
CHOICES(fit_choice, {"none", "it must have the size of the field"},
        {"crop", "it is scaled to cover the field, and what stands out at two sides is cut off"},
        {"pad", "it is scaled to fit in, and the rest is black"}, {"stretch", "each side is scaled on its own"})
CHOICES(skip_choice, {"none", "an error"}, {"broken", "those that cannot be read are left out, and a warning says how many"})
CHOICES(longer_choice, {"error", "an error"},
        {"cut", "the bytes after `length` are cut off, and those of a character that would be left in part"})
CHOICES(unknown_choice, {"error", "an error"}, {"other", "the category after the named ones"})
CHOICES(separator_choice, {"comma", ","}, {"semicolon", ";"}, {"tab", "\\t"}, {"bar", "|"})
const char lng_separators[] = ",;\t|";
CHOICES(decimal_choice, {"point", "1.5"}, {"comma", "1,5"})

static const lng_section_key columns_keys[] = {
    {"columns", LNG_KEY_SEQUENCE,
     .about =
         "names of columns, in the order of the field's numbers; `*` in a name stands for any characters (default: the field's name, and "
         "NAME.0, NAME.1, ...)"},
    {"column", LNG_KEY_TEXT, .about = "name of the only column"},
    {"shape", LNG_KEY_SEQUENCE, .about = "shape of the field (default: the number of names); needed if a name has a `*`"},
    {"missing", LNG_KEY_WORD, .choice = missing_choice, .about = "what a missing cell becomes (default: error)"},
    {"fill", LNG_KEY_SEQUENCE, .about = "with `missing: fill`: what a missing number becomes, one for each column, or one for all"},
    {"scale", LNG_KEY_WORD, .choice = scale_choice,
     .about =
         "how numbers are scaled, each column by itself (default: none); a field that the model predicts is scaled for the loss alone"},
    {"subtract", LNG_KEY_SEQUENCE, .about = "with `scale: given`: one number for each column"},
    {"divide", LNG_KEY_SEQUENCE, .about = "with `scale: given`: one number for each column, not 0"},
    {"date", LNG_KEY_BOOL,
     .about =
         "true: cells are dates, 2026-11-26 or 26.11.2026, perhaps with a time, 2026-11-26 13:25:00; they become days since 1970-01-01"},
    {"text", LNG_KEY_BOOL,
     .about =
         "true: the field is the bytes of a cell in UTF-8, as integers from 1 to 255, and zeros after them up to `length`; an empty cell is a text without bytes"},
    {"length", LNG_KEY_INT, .least = 1, .most = 1 << 20, .about = "with `text: true`: bytes of the field"},
    {"longer", LNG_KEY_WORD, .choice = longer_choice, .about = "with `text: true`: what becomes of a longer text (default: error)"},
    {"image", LNG_KEY_BOOL,
     .about = "true: a cell has the path of an image, relative to the table; `shape` and `fit` say what becomes of it"},
    {"int", LNG_KEY_BOOL,
     .about = "true: numbers are integers, which have no fraction and are not scaled; without `columns` and `shape`, a single one"},
    {"class", LNG_KEY_BOOL, .about = "true: cells are the names of classes, which become integers"},
    {"category", LNG_KEY_BOOL, .about = "true: cells are the names of categories, which become integers"},
    {"factor", LNG_KEY_BOOL,
     .about =
         "true: a category for each of whose names the page and the model card give figures; the model reads the field, but need not use it"},
    {"names", LNG_KEY_SEQUENCE,
     .about = "the names, in the order of the integers (default: those in the training examples, sorted)"},
    {"count", LNG_KEY_INT, .least = 1, .most = 1 << 16, .about = "without `names`: how many names the training examples have"},
    {"fit", LNG_KEY_WORD, .choice = fit_choice, .about = "of images: how one of another size is made to fit (default: none)"},
    {"unknown", LNG_KEY_WORD, .choice = unknown_choice,
     .about = "what a category becomes that is not among the names (default: error); an unknown class is an error"}};
const lng_section lng_section_columns = {
    "data.source.fields.FIELD", "the description of a field by its columns",
    "In the format csv, a field can be described by its columns; in the format folder, `shape` and `fit` describe images, and `class`, with "
    "`names` or `count`, the names of the folders. What `mean`, `median`, `standard`, `minmax`, `robust` and `count` stand for "
    "is learned from the training examples alone, without those for validation, and stored in the model.yaml of the run as `fill`, "
    "`subtract`, `divide` and `names`.",
    "data:\n"
    "  source:\n"
    "    format: csv\n"
    "    fields:\n"
    "      usage: {columns: [age, income], missing: mean, scale: standard}\n"
    "      plan: {column: plan, category: true, count: 3, unknown: other}\n"
    "      label: {column: churned, class: true, names: [stayed, left]}\n"
    "    train: {file: churn.csv}\n"
    "in: usage[2], plan, label\n"
    "graph:\n"
    "  - concat(usage, one_hot(plan, depth=4))\n"
    "  - dense: {units: 2, activation: softmax}",
    LNG_SECTION_KEYS(columns_keys)};

static const lng_section_key source_keys[] = {
    {"name", LNG_KEY_TEXT, .fallback = "data", .about = "name used in reports and for the folder with its files"},
    {"about", LNG_KEY_TEXT, .about = "description in one line"},
    {"format", LNG_KEY_WORD, .required = true, .choice = lng_data_format_choice, .about = "format of its files"},
    {"fields", LNG_KEY_NAMES, .required = true,
     .about = "shape of each field, such as [28, 28, 1], `class` for a label, or `int` for an integer; several integers are "
              "`{int: true, shape: [28]}`; in csv, also a mapping that describes a field by columns"},
    {"classes", LNG_KEY_INT, .least = 1, .most = 1 << 20, .about = "number of classes; labels are 0 to classes - 1"},
    {"first", LNG_KEY_INT, .least = 0, .most = 1, .about = "of labels in numbers: the label of class 0 (default: 0)"},
    {"separator", LNG_KEY_WORD, .choice = separator_choice,
     .about = "of csv: what separates the cells (default: what the first line has most of)"},
    {"decimal", LNG_KEY_WORD, .choice = decimal_choice, .about = "of csv: what the fraction of a number follows (default: point)"},
    {"header", LNG_KEY_BOOL,
     .about = "of csv: false if the first line is an example; columns are then called 1, 2, ... (default: true)"},
    {"window", LNG_KEY_SECTION, .section = &lng_section_window,
     .about = "of a series: the consecutive rows that an example is made of (default: each row is an example)"},
    {"skip", LNG_KEY_WORD, .choice = skip_choice, .about = "of folder: what becomes of images that cannot be read (default: none)"},
    {"train", LNG_KEY_NAMES,
     .about = "file of each field in the training set; for npz and csv, the only file: {file: NAME}; for uniform, {examples: N}"},
    {"validation", LNG_KEY_NAMES, .about = "files of a validation set of its own, or a number of examples, in the same way"},
    {"test", LNG_KEY_NAMES,
     .about = "file of each field in the test set; for npz and csv, the only file: {file: NAME}; for uniform, {examples: N}"},
    {"urls", LNG_KEY_SEQUENCE, .about = "URLs of folders with the files, tried in order"}};
const lng_section lng_section_source = {"data.source", "the description of a data set",
                                        "A description of a data set has these keys.", SOURCE_EXAMPLE,
                                        LNG_SECTION_KEYS(source_keys)};

#define FRACTION "it is a fraction of the examples; `count` takes their number"
static const lng_section_key split_keys[] = {
    {"last", LNG_KEY_NUMBER, .low = 0, .high = 0.9, .beyond = FRACTION,
     .about = "fraction of the training set, taken from its end"},
    {"first", LNG_KEY_NUMBER, .low = 0, .high = 0.9, .beyond = FRACTION,
     .about = "fraction of the training set, taken from its beginning"},
    {"part", LNG_KEY_NUMBER, .low = 0, .high = 0.9, .beyond = FRACTION,
     .about = "fraction of the training set, drawn at random; with `time`, taken from its end"},
    {"count", LNG_KEY_INT, .least = 0, .most = 1000000000,
     .about = "number of examples, taken from the end of the training set; with `shuffle: true`, drawn at random"},
    {"folds", LNG_KEY_INT, .least = 2, .most = 1000,
     .about = "number of folds into which the training set is divided, of sizes that differ by at most one example"},
    {"fold", LNG_KEY_INT, .least = 0, .most = 999, .about = "with `folds`: the fold to take, counted from 0 (default: 0)"},
    {"column", LNG_KEY_TEXT, .about = "of csv: name of the column that says `train`, `validation` or `test` for each example"},
    {"shuffle", LNG_KEY_BOOL, .about = "true: examples are drawn at random, not in their order (default: true with `part`)"},
    {"stratify", LNG_KEY_TEXT, .about = "name of a class field, of whose classes the same fraction is taken"},
    {"group", LNG_KEY_TEXT,
     .about = "name of a column (in other formats than csv, of a field): examples with the same value stay together"},
    {"time", LNG_KEY_TEXT,
     .about = "name of a column (in other formats than csv, of a field) of dates or numbers, by which examples are ordered first"},
    {"seed", LNG_KEY_INT, .least = 0, .most = INT64_MAX, .about = "seed of what is drawn (default: that of `train`)"}};
const lng_section lng_section_validation = {
    "data.validation", "`data.validation`",
    "What is taken out of the training set to validate on. `test` takes the same keys, and what it takes out is tested on. Exactly one "
    "of `last`, `first`, `part`, `count`, `folds` and `column` says how much.",
    "data: {source: mnist, validation: {part: 0.1, stratify: label}}", LNG_SECTION_KEYS(split_keys)};

static const lng_section_key partner_keys[] = {
    {"same", LNG_KEY_TEXT, .about = "a class or category that both have in common (default: any example will do)"},
    {"rate", LNG_KEY_NUMBER, .fallback = "1", .low = 0, .high = 1,
     .about = "with `same`: the fraction of the examples whose partner has it in common; those of the others differ in it"}};
const lng_section lng_section_partner = {
    "data.partners.NAME", "a partner",
    "A partner is another example of the same part, drawn once for each example: for networks that compare. Its fields are called after both, "
    "such as `other_image`.",
    "data:\n"
    "  source: mnist\n"
    "  partners: {other: {same: label, rate: 0.5}}\n"
    "in: image[28, 28, 1], label, other_image[28, 28, 1], other_label\n"
    "shared: {embed: dense(units=16)}\n"
    "let:\n"
    "  a: embed(flatten(image / 255))\n"
    "  b: embed(flatten(other_image / 255))\n"
    "out: norm(a - b)\n"
    "train:\n"
    "  loss: contrastive(a, b, label == other_label)\n"
    "  optimizer: sgd(lr=0.1)\n"
    "report: {metrics: [out]}",
    LNG_SECTION_KEYS(partner_keys)};

static const lng_section_key data_keys[] = {
    {"source", LNG_KEY_NAMED, .required = true, .section = &lng_section_source, .about = "name of a data set, or its description"},
    {"dir", LNG_KEY_TEXT, .about = "folder with the files of the data set, relative to the model file"},
    {"validation", LNG_KEY_SECTION, .section = &lng_section_validation,
     .about = "part of the training set to validate on (default: none)"},
    {"test", LNG_KEY_SECTION, .section = &lng_section_validation,
     .about = "part of the training set to test on, for a source without test files (default: none)"},
    {"partners", LNG_KEY_NAMES, .section = &lng_section_partner,
     .about = "other examples that go with each one, by name: {other: {same: label, rate: 0.5}}"}};
const lng_section lng_section_data = {"data", "`data`", "What the model learns from.",
                                      "data: {source: mnist, validation: {last: 0.1}}", LNG_SECTION_KEYS(data_keys)};
