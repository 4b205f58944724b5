/* lngraph describe: what is in a data set, and a model file to start from. */
#include "cli/survey.h"
#include "base/json.h"
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* A model file, a run's folder: by its name, as data have others. */
static bool is_model(lng_command *c, const char *path)
{
    const size_t n = strlen(path);
    if ((n > 5 && strcmp(path + n - 5, ".yaml") == 0) || (n > 4 && strcmp(path + n - 4, ".yml") == 0))
        return true;
    return lng_folder_exists(path) && lng_file_exists(lng_format(c->arena, "%s/model.yaml", path));
}

static void print(lng_command *c, const lng_described *d, size_t n)
{
    if (lng_command_get(c, "json")) {
        lng_json j = lng_json_new(c->arena, 2);
        lng_json_array(&j, NULL);
        for (size_t i = 0; i < n; i++)
            lng_survey_json(&d[i], &j);
        lng_json_end_array(&j);
        lng_text_put(&c->out, j.text.at, j.text.length);
        lng_text_add(&c->out, "\n");
        return;
    }
    c->paged = true;
    for (size_t i = 0; i < n; i++) {
        lng_text_add(&c->out, "%s", i ? "\n" : "");
        lng_survey_text(&d[i], &c->out, c->look);
    }
}

/* The parts of a model's data, as the model reads them. */
static void describe_model(lng_command *c, const char *path)
{
    lng_workspace w = {0};
    lng_described d[LNG_SPLITS];
    size_t n = 0;
    if (lng_workspace_open(c, &w, path, false))
        for (int i = 0; i < LNG_SPLITS; i++) {
            const lng_range r = lng_split_range(w.data, (lng_split)i);
            if (r.count == 0)
                continue;
            d[n].name = lng_format(c->arena, "%s, %s", w.data->name, lng_split_name((lng_split)i));
            d[n].survey = lng_survey_part(c->arena, w.data, r.part, r.first, r.count, w.model->field, w.model->fields,
                                          lng_command_get(c, "label"), c->errors);
            if (!d[n++].survey)
                break;
        }
    if (lng_errors_count(c->errors) == 0)
        print(c, d, n);
    lng_workspace_close(&w);
}

static void describe_files(lng_command *c)
{
    const lng_survey *s = lng_survey_files(c->arena, c->operand, c->operands, lng_command_get(c, "label"), c->errors);
    const lng_described d = {c->operand[0], s};
    if (s && lng_command_get(c, "model"))
        lng_draft_model(c, s, c->operand, c->operands, &c->out);
    else if (s)
        print(c, &d, 1);
    else if (strstr(lng_base_name(c->operand[0]), ".txt"))
        lng_error_hint(c->errors, "a text that is no table is described with --text");
}

static void describe(lng_command *c)
{
    const bool model = is_model(c, c->operand[0]);
    if (lng_command_get(c, "json") && lng_command_get(c, "model"))
        lng_usage_error(c, "--json and --model exclude each other");
    else if (model && lng_command_get(c, "model"))
        lng_usage_error(c, "--model makes a model file of data, and %s is one", c->operand[0]);
    else if (model && c->operands > 1)
        lng_usage_error(c, "one model at a time");
    else if (lng_command_get(c, "text") && (model || c->operands > 1 || lng_folder_exists(c->operand[0])))
        lng_usage_error(c, "--text is for one file");
    else if (lng_command_get(c, "text"))
        lng_describe_letters(c, c->operand[0]);
    else if (model)
        describe_model(c, c->operand[0]);
    else if (c->operands == 1 && lng_folder_exists(c->operand[0]))
        lng_describe_images(c, c->operand[0]);
    else
        describe_files(c);
}

static const lng_option options[] = {
    {"label", 'l', "NAME",
     "the column that is the label (default: the last that is called label, target, class or y, or else the last)"},
    {"text", 0, NULL, "the file is a text, not a table: show its length, its characters and how often each byte stands in it"},
    {"model", 0, NULL, "print a model file to start from, which trains as it is"},
    {"json", 0, NULL, "print JSON"},
    LNG_WORKSPACE_OPTIONS,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_describe = {
    .name = "describe",
    .also = "inspect explore data head eda",
    .operands = "FILE...",
    .least = 1,
    .most = INT_MAX,
    .about = "show what is in a data set, or make a model file for it",
    .details =
        "FILE is a table in text (CSV), an NPZ archive, or an NPY or IDX file; several NPY or IDX files, such as images and their labels, are columns of one data set. It may be compressed with gzip, or be - for standard input. A folder of images has a folder for each class, or the folder train, which has them. A model file, or the folder of a run, stands for its data, as the model reads them; of windows of a series, the last row of each.\n"
        "\n"
        "A file is read once, and memory does not grow with it. Up to 2,048 different values of a column are counted one by one (fewer if there are more than 512 columns); beyond that, ~ marks an estimate of their number, from the hashes of a part of them, which is seldom off by more than 5 %, and the median is that of 2,048 numbers drawn at random. Repeated rows are counted exactly up to 262,144 different rows, and estimated in the same way beyond.\n"
        "\n"
        "Names are classes. Integers are classes if the label has at most 20 different ones, each twice on average; other numbers are a target of regression.",
    .example = "lngraph describe churn.csv\n"
               "lngraph describe churn.csv --model > churn.yaml\n"
               "lngraph describe book.txt --text\n"
               "lngraph describe train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz --json",
    .option = options,
    .run = describe,
};
