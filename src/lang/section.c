/* The tables of the sections. */
#include "lang/section.h"
#include <stdio.h>
#include <string.h>

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

const char *lng_key_type_text(lng_key_type type)
{
    static const char *const text[] = {"text",
                                       "an integer",
                                       "a number",
                                       "an expression",
                                       "one or more expressions, separated by commas",
                                       "a mapping of names",
                                       "a sequence",
                                       "a mapping",
                                       "a name or a mapping"};
    return text[type];
}

const lng_section_key *lng_section_find(const lng_section *s, const char *key)
{
    for (size_t i = 0; i < s->keys; i++)
        if (strcmp(s->key[i].name, key) == 0)
            return &s->key[i];
    return NULL;
}

/* ---- checks ---- */
static const char *of(const lng_section *s)
{
    return s->name[0] ? s->name : "a model file";
}

/* The key that a wrong one is near to; NULL when none is. */
static const char *nearest(const lng_section *s, const char *wrong)
{
    lng_nearest near = {.wrong = wrong};
    for (size_t i = 0; i < s->keys; i++)
        lng_nearest_offer(&near, s->key[i].name);
    return near.best;
}

static bool unknown(const lng_section *s, const lng_doc *key, lng_errors *errors)
{
    const char *near = nearest(s, key->text);
    lng_error(errors, LNG_E_UNKNOWN_KEY, key->place, "`%.60s` is no key of %s", key->text, of(s));
    if (near)
        lng_error_hint(errors, "did you mean `%s`?", near);
    return false;
}

/* A required key that is absent, unless a misspelt one has been reported already. */
static bool missing(const lng_section *s, const lng_section_key *key, const lng_doc *doc, lng_errors *errors)
{
    for (size_t i = 0; i < doc->count; i++) {
        const char *near = lng_section_find(s, doc->key[i]->text) ? NULL : nearest(s, doc->key[i]->text);
        if (near && strcmp(near, key->name) == 0)
            return false;
    }
    lng_error(errors, LNG_E_MISSING_KEY, doc->place, "%s has no `%s`", s->name[0] ? s->name : "this file", key->name);
    lng_error_hint(errors, "%s: %s", key->name, key->about);
    return false;
}

static bool in_range(const lng_section_key *key, double x, lng_place place, lng_errors *errors)
{
    char low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE], got[LNG_NUMBER_SIZE];
    if (key->low == key->high || (x >= key->low && x <= key->high))
        return true;
    return lng_error(errors, LNG_E_RANGE, place, "`%s` is from %s to %s, got %s", key->name, lng_number(low, key->low),
                     lng_number(high, key->high), lng_number(got, x));
}

static bool value_check(const lng_section_key *key, const lng_doc *value, lng_errors *errors)
{
    int64_t i;
    double x;
    lng_doc_kind kind = value->kind;
    bool fits = true;
    if (kind == LNG_DOC_SCALAR && value->length == 0 && !value->quoted)
        return lng_error(errors, LNG_E_MISSING_KEY, value->place, "`%s` has no value; it takes %s", key->name,
                         lng_key_type_text(key->type));
    switch (key->type) {
    case LNG_KEY_TEXT:
    case LNG_KEY_EXPRESSIONS:
        fits = kind == LNG_DOC_SCALAR;
        break;
    case LNG_KEY_INT:
        return lng_scalar_int(value, &i, errors) && in_range(key, (double)i, value->place, errors);
    case LNG_KEY_NUMBER:
        return lng_scalar_number(value, &x, errors) && in_range(key, x, value->place, errors);
    case LNG_KEY_NAMES:
        fits = kind == LNG_DOC_MAPPING;
        break;
    case LNG_KEY_SEQUENCE:
        fits = kind == LNG_DOC_SEQUENCE;
        break;
    case LNG_KEY_NAMED:
        fits = kind == LNG_DOC_SCALAR;
        /* fall through */
    case LNG_KEY_SECTION:
        if (kind == LNG_DOC_MAPPING)
            return lng_section_check(key->section, value, errors);
        fits = fits && key->type == LNG_KEY_NAMED;
        break;
    case LNG_KEY_EXPRESSION:
        break;
    }
    return fits || lng_error(errors, LNG_E_TYPE, value->place, "`%s` is %s", key->name, lng_key_type_text(key->type));
}

bool lng_section_check(const lng_section *s, const lng_doc *doc, lng_errors *errors)
{
    bool good = true;
    if (doc->kind != LNG_DOC_MAPPING)
        return lng_error(errors, LNG_E_TYPE, doc->place, "%s is a mapping, `key: value` on each line", of(s));
    for (size_t i = 0; i < doc->count; i++) {
        const lng_section_key *key = lng_section_find(s, doc->key[i]->text);
        if (!key)
            good = unknown(s, doc->key[i], errors);
        else if (key->not_yet)
            good = lng_error(errors, LNG_E_NOT_YET, doc->key[i]->place, "`%s` is not in this version of lngraph", key->name);
        else
            good = value_check(key, doc->item[i], errors) && good;
    }
    for (size_t i = 0; i < s->keys; i++)
        if (s->key[i].required && !lng_doc_get(doc, s->key[i].name))
            good = missing(s, &s->key[i], doc, errors);
    return good;
}

void lng_section_complete(lng_arena *arena, const lng_section *s, lng_doc *doc)
{
    for (size_t i = 0; i < s->keys; i++) {
        lng_doc *value = lng_doc_get(doc, s->key[i].name);
        if (!value && s->key[i].fallback)
            lng_doc_set(arena, doc, s->key[i].name, lng_doc_scalar(arena, s->key[i].fallback, doc->place));
        else if (value && s->key[i].section && value->kind == LNG_DOC_MAPPING)
            lng_section_complete(arena, s->key[i].section, value);
    }
}

bool lng_section_int(const lng_section *s, const lng_doc *doc, const char *name, int64_t *out)
{
    const lng_doc *value = doc ? lng_doc_get(doc, name) : NULL;
    const lng_section_key *key = lng_section_find(s, name);
    if (value)
        return value->kind == LNG_DOC_SCALAR && lng_parse_int(value->text, value->length, out);
    return key->fallback && lng_parse_int(key->fallback, strlen(key->fallback), out);
}

bool lng_section_number(const lng_section *s, const lng_doc *doc, const char *name, double *out)
{
    const lng_doc *value = doc ? lng_doc_get(doc, name) : NULL;
    const lng_section_key *key = lng_section_find(s, name);
    if (value)
        return value->kind == LNG_DOC_SCALAR && lng_parse_double(value->text, value->length, out);
    return key->fallback && lng_parse_double(key->fallback, strlen(key->fallback), out);
}
