/* lngraph export: a trained model for other programs. */
#include "cli/exporter.h"
#include <ctype.h>
#include <string.h>

/* ---- the formats ---- */
static const lng_export_format formats[] = {
#define LNG_EXPORT_FORMAT(name, suffix, takes, about) {#name, suffix, takes, about, lng_export_##name},
#include "export/formats.def"
#undef LNG_EXPORT_FORMAT
    {NULL, NULL, NULL, NULL, NULL}};

/* ---- names ---- */
static bool is_identifier(const char *text)
{
    for (const char *at = text; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '_')
            return false;
    return isalpha((unsigned char)*text) != 0;
}

static const char *fitting(lng_arena *arena, const char *text)
{
    char *name = lng_copy(arena, text);
    for (char *at = name; *at; at++)
        *at = isalnum((unsigned char)*at) ? *at : '_';
    return isalpha((unsigned char)*name) ? name : lng_format(arena, "model_%s", name);
}

static bool refuse_file(lng_command *c, const char *suffix, const char *out)
{
    lng_usage_error(c, "-o takes the name of a file that ends with %s, such as digits%s, not `%s`", suffix, suffix, out);
    for (const lng_export_format *f = formats; f->name; f++)
        if (lng_without_suffix(c->arena, out, f->suffix))
            lng_error_hint(c->errors, "--to=%s writes such a file", f->name);
    return false;
}

/* --name, or the file's, or the model's. */
static bool choose_names(lng_exporter *e)
{
    lng_command *c = e->command;
    const char *out = lng_command_get(c, "out"), *name = lng_command_get(c, "name"), *suffix = e->format->suffix;
    const char *stem = out ? lng_without_suffix(c->arena, out, suffix) : NULL;
    if (out && !stem)
        return refuse_file(c, suffix, out);
    if (name && !is_identifier(name))
        return lng_usage_error(c, "--name takes a name as C has them, letters, digits and _, not `%s`", name);
    e->name = name ? name : fitting(c->arena, stem ? lng_base_name(stem) : e->w.model->name);
    e->stem = stem ? stem : e->name;
    return true;
}

const char *lng_export_file(const lng_exporter *e, const char *suffix)
{
    return lng_format(e->command->arena, "%s%s", e->stem, suffix);
}

/* ---- the model ---- */
static bool has_word(const char *words, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += n)
        if ((at == words || at[-1] == ' ') && (at[n] == 0 || at[n] == ' '))
            return true;
    return false;
}

/* Whether --weights says so: where the weights are, and that they are in 8 bits. */
bool lng_export_is_apart(const lng_exporter *e)
{
    const char *weights = lng_command_get(e->command, "weights");
    return weights && (strcmp(weights, "bin") == 0 || strcmp(weights, "int8-bin") == 0);
}
static bool are_in_8_bits(const lng_exporter *e)
{
    const char *weights = lng_command_get(e->command, "weights");
    return weights && strncmp(weights, "int8", 4) == 0;
}

/* With the data, to measure what a change of the arithmetic does. */
static bool open_measured(lng_exporter *e, const char *model, const char *weights, unsigned uses)
{
    lng_command *c = e->command;
    return lng_workspace_open(c, &e->w, model, false) && choose_names(e) && lng_workspace_compile(c, &e->w, uses, 0) &&
           lng_load_weights(c, e->w.session, weights);
}

static bool open_in_8_bits(lng_exporter *e, const char *model, const char *weights)
{
    return open_measured(e, model, weights, LNG_EVALUATE) &&
           (e->quantized = lng_quantize_measured(e->command, &e->w, LNG_PREDICT | LNG_EVALUATE, &e->quantizeds));
}

static bool open_in_floats(lng_exporter *e, const char *model, const char *weights)
{
    lng_command *c = e->command;
    if (lng_command_get(c, "activations"))
        return lng_usage_error(c, "--activations is for --weights=int8 and --weights=int8-bin");
    if (lng_command_get(c, "fast"))
        return open_measured(e, model, weights, LNG_PREDICT);
    if (lng_command_get(c, "data"))
        return lng_usage_error(
            c, "--data is for --weights=int8 and --fast, which measure what they change; nothing else needs the data set");
    return lng_workspace_open_model(c, &e->w, model) && choose_names(e) && (e->w.team = lng_open_team(c)) &&
           lng_workspace_compile(c, &e->w, LNG_PREDICT, LNG_C_EXAMPLES) &&
           (!lng_command_get(c, "training") ||
            lng_session_initialize(e->w.session, c->errors)) && /* what the optimizer begins with */
           lng_load_weights(c, e->w.session, weights);
}

static bool open_model(lng_exporter *e)
{
    lng_command *c = e->command;
    const char *model, *weights;
    return lng_run_find(c, c->operand[0], &model, &weights) &&
           (are_in_8_bits(e) ? open_in_8_bits(e, model, weights) : open_in_floats(e, model, weights));
}

/* An option that is of other formats alone is a mistake. */
static bool fits(const lng_exporter *e, const char *option)
{
    lng_text others = lng_text_new(e->command->arena);
    for (const lng_export_format *f = formats; f->name; f++)
        if (has_word(f->takes, option))
            lng_text_add(&others, "%s--to=%s", others.length ? " and " : "", f->name);
    return others.length == 0 || has_word(e->format->takes, option) ||
           lng_usage_error(e->command, "--%s is for %s, not for --to=%s", option, others.at, e->format->name);
}

static bool choose_format(lng_exporter *e)
{
    lng_command *c = e->command;
    const char *to = lng_command_get(c, "to");
    for (e->format = formats; to && strcmp(e->format->name, to) != 0; e->format++)
        continue;
    for (size_t i = 0; i < c->givens; i++)
        if (!fits(e, c->given[i].option->name))
            return false;
    return lng_learning_fits(c);
}

/* ---- the verb ---- */
static void format_words(lng_arena *arena, lng_map *words)
{
    (void)arena;
    for (const lng_export_format *f = formats; f->name; f++)
        lng_map_put(words, f->name, (void *)f->about);
}

static void export(lng_command *c)
{
    lng_exporter e = {.command = c};
    if (choose_format(&e) && open_model(&e))
        e.format->write(&e);
    lng_workspace_close(&e.w);
}

/* The words that --to and --layout take, each after a bar. */
#define LNG_EXPORT_FORMAT(name, suffix, takes, about) "|" #name
#define LNG_LAYOUT(name, about)                       "|" #name
static const char format_names[] =
#include "export/formats.def"
    ;
static const char layout_names[] =
#include "graph/layouts.def"
    ;

static const lng_option options[] = {
    {"to", 0, format_names + 1, "the format (default: c)"},
    {"out", 'o', "FILE",
     "the file, whose name ends with the format's; the header of a C file goes beside it (default: that of the model)"},
    {"name", 0, "NAME", "C: what all names of the program begin with (default: the file's or the model's name)"},
    {"header", 0, NULL, "C: write the header alone"},
    {"fast", 0, NULL, "C: for processors without fused multiply-adds: compute without them, which changes the last bits"},
    {"weights", 0, "inside|bin|int8|int8-bin",
     "C: where the weights are, inside the program (default) or in a file of their own, NAME.bin; int8: and in 8 bits"},
    LNG_ACTIVATIONS_OPTION,
    {"training", 0, NULL,
     "C: a program that trains: a step's forward pass, gradients and updates, and predictions with its weights"},
    {"batch", 0, "N", "with --training: the most examples of a step (default: the model's `batch`)"},
    {"data", 0, "DIR|digits",
     "with --fast and weights in 8 bits: take the files of the data set from this folder; `digits`: the built-in digits"},
    {"compiler", 0, "CLANG", "a page: the clang that compiles the program to WebAssembly (default: clang)"},
    {"layout", 0, layout_names + 1, "weights: whose names and order of dimensions they get (default: lngraph)"},
    LNG_THREADS_OPTION,
    LNG_LIMIT_OPTION,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_export = {
    .name = "export",
    .also = "convert deploy compile ship",
    .operands = "RUN",
    .least = 1,
    .most = 1,
    .about = "write a trained model, or its weights, for other programs",
    .words = format_words,
    .list = "The formats are:",
    .details =
        "RUN is the folder of a run; the data set is not needed, but for weights in 8 bits and for --fast. --to says what to write: by default a C program.\n"
        "\n"
        "--to=c writes one C99 file and its header, which need no library: only "
        "<stdint.h> and <string.h>. The program allocates nothing and has no state. Its weights are constants, and its memory is a context that the "
        "caller provides, of NAME_CONTEXT_BYTES. Several models can be in one program, which may be in C++.\n"
        "\n"
        "For a model of images, the header declares\n"
        "\n"
        "void NAME_predict(NAME_context *c, const float image[784], float out[10]);\n"
        "\n"
        "with a parameter for each field that the output depends on, as numbers of the training data: of images, levels from 0 to 255. NAME_name[i] is what "
        "output i is called, if the description of the data says so. For the numbers of a table, NAME_prepare_FIELD fills and scales the numbers of its columns as in "
        "training, and NAME_code_FIELD gives the code of a word.\n"
        "\n"
        "The results have the same bits as those of `lngraph predict`, whatever the compiler and the machine. They need fused multiply-adds; where the "
        "processor has none, the program computes them, which is slow. With --fast, or compiled with -DNAME_FAST, it multiplies and adds instead, "
        "and the last bits differ; the largest difference in the outputs of the examples that it checks itself with stands at its top. --fast also measures the test set, or what it has in its "
        "place, evenly spaced as many of its examples as take 17 thousand million multiply-adds: it prints how many classes change, and the largest difference, which also stands at the top. Options such as -ffast-math are refused.\n"
        "\n"
        "With --weights=bin, the weights are not in the program but in NAME.bin, to be mapped into memory or written to flash, and a model that was trained further "
        "needs no new program. NAME_open checks the file, once, and NAME_predict takes what it returns as its second argument. The file is little-endian, has "
        "NAME_WEIGHTS_BYTES, and lies at a multiple of 4 bytes; the struct NAME_weights in the header is its layout. Its first words are a mark, a digest of the program "
        "without weights, the size, and a check of the rest: a file that is damaged or of another model is refused.\n"
        "\n"
        "With --weights=int8, or int8-bin for a file, the weights of matrix products and convolutions take 8 bits, a quarter of the size. Each output of such an op, "
        "a channel, has a scale s, the float nearest to m / 127, where m is the largest size of its weights; a weight w becomes q, the whole number nearest "
        "to the float w / s, ties to even, at most 127 in size. The op reads q in place of w, and each of its outputs is then multiplied by s, rounded once. A weight may be transposed or "
        "reshaped before it is read; if several such ops read it, it has the channels of the first. What reads it otherwise, or with other channels, reads the floats q s. "
        "Weights that are read by index alone, biases and the like stay in 32 bits. The loss and the metrics of the test set, with 32 bits and with 8, are printed first, so the data set is needed; "
        "without a test set, those of the validation set.\n"
        "\n"
        "With --activations=int8, such an op also reads its other operand x in 8 bits, unless it is in a scan. The operand's step t is the float nearest to m / 127, where m is the largest size of a "
        "number in it over at most 1,000 training examples, evenly spaced, computed with 32 bits; if several ops read one weight, over what they all read. x becomes round_int8(x r), where r is the float "
        "nearest to 1 / t: the whole number nearest to the product, ties to even, from -127 to 127. An output is the exact sum of whole numbers, as a float, times the float "
        "nearest to s t. s, t and their product are 0 where they would be subnormal. Where the sizes |q| of a channel add up to more than 132,104, its s is doubled until they do not: so no sum passes 2^24, and a program may "
        "add in 32-bit integers or in floats, in any order, with the same bits. It takes integers where the processor has no vectors, such as on microcontrollers, and fused multiply-adds do "
        "not matter to it there.\n"
        "\n"
        "The results with weights in 8 bits have the bits of the engine with the same numbers, which `lngraph eval --quantized`, with the same --activations, evaluates.\n"
        "\n"
        "Compiled with -DNAME_TEST, the file is a program that checks itself: it computes a few examples, compares their bits with those that "
        "lngraph found, prints how many differ and the largest difference, and fails if any do.\n"
        "\n"
        "Where the processor has vectors with fused multiply-adds, an image takes LeNet-5 (2 x 10^5 multiply-adds) 10 us with clang -O3 -march=native and 14 us with gcc on one core of a server, a "
        "fiftieth of what plain loops take; in 8 bits 10 and 18 us. On a Cortex-M4, gcc -O2 makes 4 kB of code of it, and no function takes more than 250 bytes of stack. The program does not "
        "recurse, and has no arrays of variable length. Of the rules of MISRA C:2012, cppcheck finds that it departs mostly from these: 12.1 (precedence), 15.6 (loops without braces), 17.7 (what memcpy "
        "returns) and 18.4 (pointers that are added to).\n"
        "\n"
        "What the program takes is printed before anything is written: memory, constants, an estimate of the code, and the multiply-adds of one "
        "example. A model that draws random numbers, or mixes the examples of a batch, cannot be exported; nor can some ops: each is named with its place.\n"
        "\n"
        "With --training, the program learns: its weights are in the context, beside what the optimizer keeps and the memory of a step. The header declares\n"
        "\n"
        "void NAME_begin(NAME_context *c, uint32_t steps);\n"
        "int32_t NAME_train(NAME_context *c, int32_t count, const float *image, const int32_t *label);\n"
        "void NAME_predict(NAME_context *c, const float image[784], float out[10]);\n"
        "void NAME_save(const NAME_context *c, unsigned char to[NAME_SAVED_BYTES]);\n"
        "int32_t NAME_restore(NAME_context *c, const unsigned char from[NAME_SAVED_BYTES]);\n"
        "\n"
        "NAME_begin sets the weights to those of the run, and the optimizer to its start; steps is how many there will be, which learning rates may follow, or 0. NAME_train takes up to "
        "NAME_BATCH examples, as numbers of the training data, and makes one step: forward, gradients, update. It returns 1, with the mean loss before the step in c->loss, or 0 if a gradient was not finite, in which case "
        "nothing has changed. Where a model draws random numbers, such as those of dropout, its third parameter is the number of each example in the data set. NAME_save gives bytes that any machine "
        "reads, with a check, for a flash or a file. The first NAME_STATE numbers of the context are the weights and what the optimizer keeps, NAME_AT_WEIGHT where each begins; c->epoch is the caller's to count.\n"
        "\n"
        "The bits are those that `lngraph run` has with one thread, or any number of them, if it starts from the same weights (train.start) and takes the same examples in the same order. Of the values of "
        "a step, those of one example are in memory at a time, but for what later parts of the step read of all, as batch normalization does; so --batch changes little of the RAM, unless it "
        "is above 16, where sums of several slices wait for each other. `class_weights` cannot be exported so far.\n"
        "\n"
        "--to=html writes a page, one file, that computes the model in a browser; nothing is fetched or sent. One draws on it, with a finger, a "
        "mouse or keys, or opens a picture; columns of a table are fields of a form, categories lists, and other numbers are pasted. It shows what "
        "`lngraph predict` says, with the same bits: a drawing of a model whose training images have their ink in the middle, such as MNIST's, is "
        "brought there as --center does it. The page has the C program, compiled to WebAssembly by clang with its linker wasm-ld, which must be "
        "installed (on Debian, the packages clang and lld); --compiler names another clang. WebAssembly has no fused multiply-adds, so they are computed.\n"
        "\n"
        "--to=onnx writes a graph in ONNX, of operators that opset 17 has. Its inputs are the fields that the output depends on, by name and as numbers of the training "
        "data, [N, shape]: N examples at once, as many as you like; of images, levels from 0 to 255, and the channels last, as in the model file. Its output "
        "is `out`. What the model file does to its input is part of the graph, and so is what the description of the data does to numbers of a table: the graph reads "
        "them as the columns have them, NaN where one is missing. A category is the number of its word. The file "
        "has the model's name and note and, as JSON arrays, under `names` what the outputs are called, under `columns.FIELD` the columns of an input, and under "
        "`names.FIELD` the words of a category. Its results agree with lngraph's to about 1e-6, as "
        "sums are added up in another order. A scan becomes the operator Scan. What the model draws at random is an input, too, [N, shape], for the caller to fill: `draws.INPUT` says `random_normal`, "
        "numbers of mean 0 and variance 1, or `random_uniform`, from 0 to 1. A model that mixes the examples of a batch cannot be exported, nor can a few "
        "ops: each is named with its place. A file has at most 2 GB.\n"
        "\n"
        "--to=safetensors and --to=npz write the weights that model.safetensors of the run has, as 32-bit floats, and print which tensor is what. "
        "--layout gives them the names and the order of dimensions of other programs. What reads a weight decides about its dimensions: those "
        "of a convolution are [rows, columns, in, out] in lngraph and Keras, [out, in, rows, columns] in PyTorch; those of a matrix product [in, out], in "
        "PyTorch [out, in]. PyTorch has the channels of an image first, so the inputs of a dense layer that reads a flattened image have another order "
        "there, too. A weight that anything else reads, or that is read in two ways, keeps its dimensions. Of a name, the last part "
        "changes: W, b, scale, shift, mean, variance and table become weight, bias, weight, bias, running_mean, running_var and weight for PyTorch; kernel, "
        "bias, gamma, beta, moving_mean, moving_variance and embeddings for Keras; where two would become one, they keep their own.",
    .example =
        "lngraph export runs/my\nlngraph export runs/my -o firmware/digits.c --name=digits\nlngraph export runs/my --weights=bin\nlngraph export runs/my --weights=int8 --activations=int8\nlngraph export runs/my --training --batch=8\nlngraph export runs/my --to=html\nlngraph export runs/my --to=onnx\nlngraph export runs/my --to=npz --layout=pytorch",
    .option = options,
    .run = export,
};
