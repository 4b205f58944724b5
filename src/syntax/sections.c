/* The tables of the sections. */
#include "syntax/schema.h"

#define KEYS(table) .key = table, .keys = sizeof(table) / sizeof *(table)

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
    {"file", LNG_KEY_TEXT, .required = true, .about = "the file's name; NAME.gz is found as well"},
    {"sha256", LNG_KEY_TEXT,
     .about = "digest of the uncompressed content, 64 hexadecimal digits; a file with another one is refused"}};
const lng_section lng_section_file = {"data.source.train.FIELD", "A file that holds one field of the data set.", SOURCE_EXAMPLE,
                                      KEYS(file_keys)};

static const lng_section_key source_keys[] = {
    {"name", LNG_KEY_TEXT, .fallback = "data", .about = "what reports call it, and the folder that it is looked for in"},
    {"about", LNG_KEY_TEXT, .about = "one line about it"},
    {"format", LNG_KEY_TEXT, .required = true,
     .about = "idx: files as MNIST's; digits: the built-in generator, without files; "
              "memory: a program binds its arrays, liblngraph(3)"},
    {"fields", LNG_KEY_NAMES, .required = true, .about = "name: its shape, `[28, 28, 1]`, or the word `class` for a label"},
    {"classes", LNG_KEY_INT, .low = 1, .high = 1 << 20, .about = "labels are 0 to classes - 1"},
    {"train", LNG_KEY_NAMES, .about = "name: the file of each field for training"},
    {"test", LNG_KEY_NAMES, .about = "name: the file of each field for the test"},
    {"urls", LNG_KEY_SEQUENCE, .about = "folders on the web that hold the files; the first that answers is used"}};
const lng_section lng_section_source = {"data.source", "The description of a data set.", SOURCE_EXAMPLE, KEYS(source_keys)};

static const lng_section_key validation_keys[] = {
    {"last", LNG_KEY_NUMBER, .low = 0, .high = 0.9, .about = "this part of the training set's end, as stored, is never trained on"},
    {"count", LNG_KEY_INT, .low = 0, .high = 1e9, .about = "the same as a number of examples"}};
const lng_section lng_section_validation = {"data.validation",
                                            "Which examples validate: `last` or `count` says how many at the end.",
                                            "data: {source: mnist, validation: {last: 0.1}}", KEYS(validation_keys)};

static const lng_section_key data_keys[] = {
    {"source", LNG_KEY_NAMED, .required = true, .section = &lng_section_source, .about = "a data set's name, or its description"},
    {"dir", LNG_KEY_TEXT, .about = "the folder of its files, seen from this file"},
    {"validation", LNG_KEY_SECTION, .section = &lng_section_validation,
     .about = "which part of the training set validates (default: none)"}};
const lng_section lng_section_data = {"data", "What the model learns from.", "data: {source: mnist, validation: {last: 0.1}}",
                                      KEYS(data_keys)};

static const lng_section_key train_keys[] = {
    {"loss", LNG_KEY_EXPRESSION, .required = true,
     .about = "a scalar for each example, of the inputs, `out` and the names of `let`; its mean over the batch is minimised"},
    {"optimizer", LNG_KEY_EXPRESSION, .required = true, .about = "a block with the ports param, grad: sgd(lr=0.01)"},
    {"batch", LNG_KEY_INT, .fallback = "32", .low = 1, .high = 1 << 20, .about = "examples in a step"},
    {"epochs", LNG_KEY_INT, .fallback = "10", .low = 1, .high = 1000000, .about = "passes over the training set"},
    {"steps", LNG_KEY_INT, .low = 1, .high = 1e15, .about = "stop after this many steps, if the epochs are not over before"},
    {"seed", LNG_KEY_INT, .fallback = "1", .low = 0, .high = 9.2e18, .about = "of everything random"}};
const lng_section lng_section_train = {
    "train", "How the model learns.",
    "train:\n  loss: cross_entropy(out, label)\n  optimizer: sgd(lr=0.01)\n  batch: 128\n  epochs: 20", KEYS(train_keys)};

static const lng_section_key published_keys[] = {
    {"source", LNG_KEY_TEXT, .required = true, .about = "who published the values, and what they are"},
    {"data", LNG_KEY_TEXT, .required = true, .about = "the data set that they belong to; beside another one they are not shown"},
    {"train", LNG_KEY_NAMES, .about = "metric: value, on the training set: {accuracy: 0.95, auc.macro: 0.99}"},
    {"validation", LNG_KEY_NAMES, .about = "the same on the validation set"},
    {"test", LNG_KEY_NAMES, .about = "the same on the test set"}};
const lng_section lng_section_published = {
    "report.published", "Figures to show beside ours.",
    "report:\n  metrics: ['accuracy(out, label)']\n  published: {source: the paper, data: mnist, test: {accuracy: 0.99}}",
    KEYS(published_keys)};

static const lng_section_key report_keys[] = {
    {"metrics", LNG_KEY_SEQUENCE,
     .about = "calls: a block that gives a scalar for each example (the mean is reported), or a metric over the whole set: "
              "auc(out, label)"},
    {"published", LNG_KEY_SECTION, .section = &lng_section_published, .about = "figures to show beside ours"}};
const lng_section lng_section_report = {"report", "What is measured at the end.",
                                        "report: {metrics: ['accuracy(out, label)', 'auc(out, label)']}", KEYS(report_keys)};

#define BLOCK_KEYS                                                                                                                 \
    {"in", LNG_KEY_EXPRESSIONS,                                                                                                    \
     .about = "the ports, with their shapes: `x[..., n], h[u]`; names in a shape are bound to its sizes"},                         \
        {"shared", LNG_KEY_NAMES, .about = "name: a block that is made once, and called by this name"},                            \
        {"params", LNG_KEY_NAMES, .about = "name: initial value; what the optimizer changes"},                                     \
        {"state", LNG_KEY_NAMES, .about = "name: initial value; what `update` changes"},                                           \
        {"let", LNG_KEY_NAMES, .about = "name: expression, in any order; `a, b: ...` takes several values"},                       \
        {"graph", LNG_KEY_SEQUENCE, .about = "a chain of steps; `it` is the value so far"},                                        \
        {"out", LNG_KEY_EXPRESSIONS, .about = "the result (default: the end of the chain)"},                                       \
    {                                                                                                                              \
        "update", LNG_KEY_NAMES, .about = "name: what a state becomes in a training step; `new.NAME` is the new value of another"  \
    }

static const lng_section_key block_keys[] = {
    {"about", LNG_KEY_TEXT, .about = "one line about it"},
    {"example", LNG_KEY_TEXT, .about = "a use that can be pasted"},
    {"with", LNG_KEY_NAMES, .about = "name: TYPE [RANGE] [= DEFAULT]; types int, float, bool, string, shape, block"},
    BLOCK_KEYS};
const lng_section lng_section_block = {"blocks.NAME", "A block is a mapping of these keys.",
                                       "blocks:\n"
                                       "  shift:\n"
                                       "    about: adds a number of its own to each\n"
                                       "    in: x[n]\n"
                                       "    params: {b: 'zeros([n])'}\n"
                                       "    out: x + b\n"
                                       "graph:\n"
                                       "  - flatten(image / 255)\n"
                                       "  - shift\n"
                                       "  - dense: {units: 10, activation: softmax}",
                                       KEYS(block_keys)};

static const lng_section_key model_keys[] = {
    {"lngraph", LNG_KEY_INT, .required = true, .low = 1, .high = 1000, .about = "version of the language: 1"},
    {"name", LNG_KEY_TEXT, .required = true, .about = "what reports and the run folder call it"},
    {"about", LNG_KEY_TEXT, .about = "one line about it"},
    {"note", LNG_KEY_TEXT, .about = "said before training"},
    {"data", LNG_KEY_SECTION, .required = true, .section = &lng_section_data, .about = "what it learns from"},
    BLOCK_KEYS,
    {"train", LNG_KEY_SECTION, .required = true, .section = &lng_section_train, .about = "how it learns"},
    {"report", LNG_KEY_SECTION, .section = &lng_section_report, .about = "what is measured"},
    {"blocks", LNG_KEY_NAMES, .about = "name: a block of your own"},
    {"include", LNG_KEY_SEQUENCE, .about = "other files with blocks", .not_yet = true}};
const lng_section lng_section_model = {"", "Everything about a model stands in one file, a mapping of these keys.",
                                       "lngraph: 1\n"
                                       "name: first\n"
                                       "data: {source: mnist, validation: {last: 0.1}}\n"
                                       "in: image[28, 28, 1], label\n"
                                       "graph:\n"
                                       "  - image / 255\n"
                                       "  - flatten\n"
                                       "  - dense: {units: 10, activation: softmax}\n"
                                       "train:\n"
                                       "  loss: cross_entropy(out, label)\n"
                                       "  optimizer: sgd(lr=0.1)\n"
                                       "report: {metrics: ['accuracy(out, label)']}",
                                       KEYS(model_keys)};

static const lng_section_key step_keys[] = {
    {"as", LNG_KEY_TEXT, .about = "a name for the step's value"},
    {"from", LNG_KEY_EXPRESSIONS, .about = "the values it is given, instead of `it`: `a, b`"},
    {"repeat", LNG_KEY_NAMES, .about = "the same steps several times", .not_yet = true}};
const lng_section lng_section_step = {
    "graph.STEP", "A step of a chain: a block's name, an expression, or `block: {attributes}` with these beside it.",
    "graph:\n"
    "  - image / 255\n"
    "  - conv2d: {filters: 6, kernel: 5}\n"
    "    as: c1\n"
    "  - avgpool2d: {size: 24}\n"
    "  - concat: {}\n"
    "    from: flatten(it), flatten(c1)\n"
    "  - dense: {units: 10, activation: softmax}",
    KEYS(step_keys)};

const lng_section *const lng_sections[] = {&lng_section_model,      &lng_section_block,    &lng_section_step, &lng_section_data,
                                           &lng_section_validation, &lng_section_source,   &lng_section_file, &lng_section_train,
                                           &lng_section_report,     &lng_section_published};
const size_t lng_section_count = sizeof lng_sections / sizeof *lng_sections;
