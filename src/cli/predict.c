/* lngraph predict: applies a trained model to new images and other examples. */
#include "cli/predictor.h"
#include "data/format.h"
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define MOST_PICTURES 8

/* ---- what the model reads ---- */
/* The windows of a text have no predictions of their own that anybody would read. */
static bool refuse_text(const lng_predictor *p)
{
    const lng_command *c = p->command;
    const char *file = c->operands > 1 ? c->operand[1] : "FILE";
    lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0}, "the model predicts the bytes of a text, each from those before it");
    lng_error_hint(c->errors, "--generate=N continues a text; `lngraph eval %s --data %s` judges one",
                   lng_tame(c->arena, c->operand[0]), lng_tame(c->arena, file));
    return false;
}

/* Whether the model can continue a text: for each byte of a window, it says what is next. */
static bool can_generate(const lng_predictor *p)
{
    const lng_command *c = p->command;
    const lng_shape s = p->output->shape;
    char is[LNG_SHAPE_TEXT];
    if (c->operands > 1)
        return lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0}, "--generate continues --prompt, and takes no file");
    if (!lng_data_is_text(&p->model->data))
        return lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0},
                         "--generate is for language models, whose data have `format: text`, not %s",
                         p->model->data.format ? p->model->data.format->name : "others");
    if (p->inputs != 1 || strcmp(p->input->preprocess.field, "text") != 0)
        return lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0},
                         "--generate needs a model whose output depends on `text` alone");
    return (s.rank == 2 && s.dim[0] == p->input->size && s.dim[1] == LNG_GENERATED_BYTES && p->output->dtype == LNG_F32) ||
           lng_error(c->errors, LNG_E_SHAPE, (lng_place){0},
                     "the output is %s, but --generate needs [%lld, %d]: 256 logits for each byte", lng_shape_text(is, s),
                     (long long)p->input->size, LNG_GENERATED_BYTES);
}

/* A model that reads no field makes examples by what it draws: it takes no file, but a number of them. */
static bool operands_fit(const lng_predictor *p)
{
    lng_command *c = p->command;
    const char *draws = lng_command_get(c, "draws");
    if (p->generation.bytes)
        return can_generate(p);
    if (lng_data_is_text(&p->model->data))
        return refuse_text(p);
    if (p->inputs == 0 && c->operands > 1)
        return lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0},
                         "the output depends on no field of the data, so it takes no file");
    if (p->inputs > 0 && draws)
        return lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0},
                         "--draws is for a model that reads nothing; this one reads `%s` from a file",
                         p->input[0].preprocess.field);
    return p->inputs == 0 || c->operands > 1 || lng_usage_error(c, "name a file for the model to read");
}

/* ---- draws ---- */
static bool read_seed(lng_predictor *p)
{
    int64_t seed = -1;
    if (!lng_command_int(p->command, "seed", 0, INT64_MAX, &seed))
        return false;
    return seed < 0 || lng_model_set_seed(p->model, (uint64_t)seed, p->command->errors);
}

/* Example i is what the model draws for example i. */
static void draw(lng_predictor *p)
{
    int64_t count = 1;
    if (!lng_command_int(p->command, "draws", 1, UINT32_MAX - 1, &count))
        return;
    for (int64_t i = 0; i < count && !p->unread && lng_errors_status(p->command->errors) == 0; i++) {
        p->waiting[0] = (lng_prediction){.file = p->command->operand[0], .index = i};
        p->order[0] = (uint32_t)i;
        p->count = 1;
        lng_predictor_flush(p);
    }
}

/* ---- a text ---- */
static const float *run_window(void *predicting)
{
    lng_predictor *p = predicting;
    const lng_context context = lng_session_context(p->session, p->fields);
    return lng_session_run(p->session, LNG_PREDICT, p->order, 1, &context, p->command->errors)
               ? lng_runner_column(p->runner, "out").at
               : NULL;
}

static bool print_bytes(void *predicting)
{
    return lng_predictor_print(predicting);
}

static void generate(lng_predictor *p)
{
    lng_generation *g = &p->generation;
    g->seed = p->model->seed;
    g->terminal = !p->file && isatty(STDOUT_FILENO);
    g->window = p->input->row;
    g->length = p->input->size;
    g->context = p;
    g->run = run_window;
    g->print = print_bytes;
    lng_generate(g);
}

/* ---- the verb ---- */
static bool operands_are_fine(lng_command *c)
{
    int streams = 0;
    for (size_t i = 1; i < c->operands; i++)
        streams += strcmp(c->operand[i], "-") == 0;
    return streams < 2 || lng_usage_error(c, "standard input, `-`, can be read once");
}

static bool open_output(lng_predictor *p)
{
    const char *path = lng_command_get(p->command, "out");
    return !path || (p->file = lng_file_begin(path, p->command->errors)) != NULL;
}

/* A file of results is whole, or there is none. */
static void close_output(lng_predictor *p)
{
    lng_errors *errors = p->command->errors;
    if (!p->file)
        return;
    lng_predictor_print(p);
    lng_file *file = p->file;
    p->file = NULL;
    if (lng_errors_status(errors) == 0) {
        lng_file_commit(file);
        return;
    }
    lng_file_abandon(file);
    lng_error_hint(errors, "%s was not written", lng_command_get(p->command, "out"));
}

static void predict(lng_command *c)
{
    lng_predictor p = {
        .command = c, .look = c->look, .pictures = isatty(STDOUT_FILENO) && !lng_command_get(c, "json") ? MOST_PICTURES : 0};
    p.look.width = lng_screen_width(STDOUT_FILENO) - 1; /* writing to the last column may break the line */
    lng_guard guard;
    lng_guard_begin(&guard, c->arena, lng_predictor_close, &p);
    if (operands_are_fine(c) && lng_preprocess_open(&p.options, c) && lng_generation_read(&p.generation, c) &&
        lng_predictor_open(&p) && operands_fit(&p) && read_seed(&p) && open_output(&p))
        (p.generation.bytes ? generate : p.inputs ? lng_feed : draw)(&p);
    close_output(&p);
    lng_guard_end(&guard);
}

static const lng_option options[] = {
    {"index", 'i', "N,...", "only these examples of each file, such as 3,7,10-19; the first is 0"},
    {"resize", 'r', NULL, "resize images to the size that the model reads"},
    {"invert", 0, NULL, "swap dark and light"},
    {"center", 'c', NULL, "scale what is drawn, and move it to the middle, as in MNIST"},
    {"as-is", 0, NULL, "predict even if the numbers or borders are unlike the training data"},
    {"out", 'o', "FILE", "write the results there, once all files were read without an error"},
    {"json", 0, NULL, "print one JSON object per line, with all digits"},
    {"draws", 0, "N", "so many examples from a model that reads no file (default: 1)"},
    {"generate", 'g', "N", "N bytes that a language model continues a text with"},
    {"prompt", 'p', "TEXT", "the text to continue (default: none; the first byte is that after the end of a line)"},
    {"temperature", 0, "T",
     "of --generate: below 1, probable bytes become more so; at 0, the most probable one follows (default: 1)"},
    {"seed", 0, "N", "seed of what the model or --generate draws, instead of the run's"},
    LNG_THREADS_OPTION,
    LNG_LIMIT_OPTION,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_predict = {
    .name = "predict",
    .also = "infer inference classify",
    .operands = "RUN [FILE]...",
    .least = 1,
    .most = INT_MAX,
    .about = "apply a trained model to images or other examples",
    .details =
        "RUN is the folder of a run; the data set is not needed. A FILE is an image in PNG, JPEG, PGM or PPM, a folder of images, or an array of examples in NPY, "
        "IDX, NPZ or CSV, plain or compressed with gzip, recognized by its first bytes; - is standard input.\n"
        "\n"
        "If the model's output depends on several fields of the data set, a FILE in NPZ or CSV has all of them: an array, or "
        "columns, for each field, as in lngraph-data(5). Or each field gets a file of its own, FIELD=FILE, all with the same "
        "number of examples; another set of files may follow the last field. Classes are integers.\n"
        "\n"
        "A model whose output depends on random numbers alone, such as one that draws digits, takes no FILE; --draws says how many examples "
        "it is to make, and --seed gives other ones.\n"
        "\n"
        "A language model, which was trained on a text (`format: text`), continues one: --generate makes N bytes that follow --prompt, and prints them as they are, "
        "without the prompt. Each is drawn from the probabilities that the model gives, raised to the power of 1 / T and scaled to sum 1. The same seed draws the same bytes, on any number of "
        "threads; at temperature 0 none are drawn. The model sees the last bytes of the text that its window holds, and no earlier "
        "ones; a shorter text stands at the beginning of the window, where a model that looks back only does not see what would follow. The window is computed anew for each "
        "byte, which takes as long as the prediction of one example. On a terminal, control characters become question marks.\n"
        "\n"
        "The model reads the numbers as in training. Images become levels from 0 (black) to 255 (white), whatever the maximum of "
        "their file. A field with three channels reads red, green and blue, one with four also alpha; otherwise colors become gray, "
        "0.299 R + 0.587 G + 0.114 B, and transparent pixels white. Arrays are taken as they are: floats must have the scale of "
        "the training data, which for images is 0 to 255.\n"
        "\n"
        "An image of another size is fitted as in training, if the description of the data says how (`fit`); otherwise it is an error; --resize stretches or shrinks it to fit. An image that looks inverted is an "
        "error, too: one whose border is light (on average above the middle of the range of the training data) when fewer than one "
        "in a thousand training images have a light border, or the other way round. --invert swaps dark and light in images: v becomes "
        "255 - v, or 1 - v in an array whose first images are floats up to 1. It is also an error if numbers are far outside the range "
        "of the training data, or if the first images of a file together, in floats, cover less than a hundredth of it, such as 0 to 1 "
        "instead of 0 to 255. "
        "RUN/report.json has the range and the borders of the training data; --as-is skips these checks.\n"
        "\n"
        "--center makes images of any size look like MNIST's: it scales what differs from the border to fit a box of 20/28 of the "
        "image, and moves its center of mass to the middle. A warning suggests it if what is drawn is farther from the middle, or "
        "smaller, than in any training image, provided that these all have the same kind of border.\n"
        "\n"
        "Each example gives one line of parts separated by tabs: the file, with [index] if it holds several examples; then the "
        "most probable class, by its name if the description of the data has names, and its probability, and the same for the next two. This holds if the model's output has one number for "
        "each class of the data set, none negative, with sum 1, or, for two classes, a single number from 0 to 1, the probability "
        "of class 1; of any other output, the numbers are printed. A terminal also shows small pictures of the first eight examples, "
        "as the model sees them.\n"
        "\n"
        "A table in CSV gives the same table with columns added, with its separator and decimal sign. A class gives `prediction`, the most "
        "probable one, and `probability.0`, `probability.1`, ... for each class. Labels that do not exclude each other, such as a field "
        "`{columns: [urgent, spam]}` whose loss is binary_cross_entropy, give `prediction.urgent`, `prediction.spam` and "
        "`probability.urgent`, `probability.spam`; a label above 0.5 is predicted. Numbers of a field that the output does not depend on give "
        "`prediction`, or `prediction.NAME` for each column; any other output gives `out`, or `out.0`, `out.1`, .... Classes have their names "
        "instead of numbers if the description of the data has them. Such a column that is there already is an error. Several tables "
        "must have the same columns, and become one. If the model reads windows of a series, each window gives one line: its last row, "
        "with the prediction.\n"
        "\n"
        "With --json, each line is an object: `file`, `index` (0 if the file holds one example), then `class`, `probability` and "
        "`probabilities`; or `labels`, those above 0.5, and `probabilities` of all by name; or `output`, a list, or an object if the "
        "numbers have names.\n"
        "\n"
        "A file is read up to 512 examples at a time, so it may be larger than memory. An error ends it, but not the other files: the "
        "results before it and theirs are printed, then all errors, and the exit status is that of the first error. No result depends on the other examples, on their order or on the number of threads: a model "
        "that mixes the examples of a batch, or draws random numbers, gets each example alone.",
    .example = "lngraph predict runs/my digit.png --resize\nlngraph predict runs/my images.npy --json\n"
               "lngraph predict runs/churn customers.csv\nlngraph predict runs/vae --draws=8 --seed=7\n"
               "lngraph predict runs/bytes-lm --generate=500 --prompt='One day Fox ' --temperature=0.8",
    .option = options,
    .run = predict,
};
