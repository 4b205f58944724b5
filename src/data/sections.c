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
    {"file", LNG_KEY_TEXT, .required = true, .about = "name of the file; NAME.gz is also found"},
    {"sha256", LNG_KEY_TEXT,
     .about = "SHA-256 of the uncompressed content, as 64 hexadecimal digits; a file with another digest is refused"},
    {"bytes", LNG_KEY_INT, .least = 1, .most = (int64_t)1 << 40,
     .about = "size of the uncompressed content; lngraph fetch refuses a longer file"}};
const lng_section lng_section_file = {"data.source.train.FIELD", "a file of the data set",
                                      "A file of the data set: it has one field or, in the formats npz and csv, all fields.",
                                      SOURCE_EXAMPLE, LNG_SECTION_KEYS(file_keys)};

static const lng_section_key source_keys[] = {
    {"name", LNG_KEY_TEXT, .fallback = "data", .about = "name used in reports and for the folder with its files"},
    {"about", LNG_KEY_TEXT, .about = "description in one line"},
    {"format", LNG_KEY_WORD, .required = true, .choice = lng_data_format_choice, .about = "format of its files"},
    {"fields", LNG_KEY_NAMES, .required = true, .about = "shape of each field, such as [28, 28, 1], or `class` for a label"},
    {"classes", LNG_KEY_INT, .least = 1, .most = 1 << 20, .about = "number of classes; labels are 0 to classes - 1"},
    {"train", LNG_KEY_NAMES, .about = "file of each field in the training set; for npz and csv, the only file: {file: NAME}"},
    {"test", LNG_KEY_NAMES, .about = "file of each field in the test set; for npz and csv, the only file: {file: NAME}"},
    {"urls", LNG_KEY_SEQUENCE, .about = "URLs of folders with the files, tried in order"}};
const lng_section lng_section_source = {"data.source", "the description of a data set",
                                        "A description of a data set has these keys.", SOURCE_EXAMPLE,
                                        LNG_SECTION_KEYS(source_keys)};

static const lng_section_key validation_keys[] = {
    {"last", LNG_KEY_NUMBER, .low = 0, .high = 0.9, .about = "fraction of the training set, taken from its end"},
    {"count", LNG_KEY_INT, .least = 0, .most = 1000000000, .about = "number of examples, taken from the end of the training set"}};
const lng_section lng_section_validation = {
    "data.validation", "`data.validation`",
    "Validation examples come from the end of the training set: a fraction of it (`last`) or a number of examples (`count`).",
    "data: {source: mnist, validation: {last: 0.1}}", LNG_SECTION_KEYS(validation_keys)};

static const lng_section_key data_keys[] = {
    {"source", LNG_KEY_NAMED, .required = true, .section = &lng_section_source, .about = "name of a data set, or its description"},
    {"dir", LNG_KEY_TEXT, .about = "folder with the files of the data set, relative to the model file"},
    {"validation", LNG_KEY_SECTION, .section = &lng_section_validation,
     .about = "part of the training set to validate on (default: none)"}};
const lng_section lng_section_data = {"data", "`data`", "What the model learns from.",
                                      "data: {source: mnist, validation: {last: 0.1}}", LNG_SECTION_KEYS(data_keys)};
