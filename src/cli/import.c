/* lngraph import: a model of ONNX, or weights of another program, as the folder of a run. */
#include "cli/cli.h"
#include "import/import.h"
#include "train/session.h"
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct importer {
    lng_command *command;
    const char *file;            /* that is read */
    const char *model, *weights; /* that are written */
    lng_workspace w;             /* without data */
} importer;

/* ---- names ---- */
static bool is_free(lng_command *c, const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0) /* a dangling link exists, too */
        return true;
    lng_usage_error(c, "%s already exists", path);
    lng_error_hint(c->errors, "-o FILE.yaml writes other files");
    return false;
}

/* stem: of the file that is read. */
static bool choose_names(importer *i, const char *stem)
{
    lng_command *c = i->command;
    const char *out = lng_command_get(c, "out");
    i->model = out ? out : lng_format(c->arena, "%s/model.yaml", lng_base_name(stem));
    const char *base = lng_without_suffix(c->arena, i->model, ".yaml");
    if (!base)
        return lng_usage_error(c, "-o takes the name of a file that ends with .yaml, such as digits/model.yaml, not `%s`", out);
    i->weights = lng_format(c->arena, "%s.safetensors", base);
    return is_free(c, i->model) && is_free(c, i->weights);
}

/* ---- writing ---- */
static bool make_folder(const importer *i)
{
    const char *slash = strrchr(i->model, '/');
    return !slash || slash == i->model ||
           lng_folder_make(lng_copy_n(i->command->arena, i->model, (size_t)(slash - i->model)), i->command->errors);
}

/* What to do next. In the folder of a run, both files have the names that they have there. */
static void print_files(const importer *i)
{
    lng_command *c = i->command;
    const size_t n = strlen(i->model), m = strlen("/model.yaml");
    const bool run = n > m && strcmp(i->model + n - m, "/model.yaml") == 0;
    char number[LNG_NUMBER_SIZE];
    lng_text_add(&c->out, "wrote %s and %s: %s parameters\n", i->model, i->weights, lng_grouped(number, i->w.model->parameters));
    if (run)
        lng_text_add(&c->out, "`lngraph predict %.*s` predicts with them\n", (int)(n - m), i->model);
}

/* Both files or none: neither was there before. */
static void write_files(const importer *i, const lng_text *model)
{
    lng_errors *errors = i->command->errors;
    const lng_weights weights = lng_session_weights(i->w.session);
    if (make_folder(i) && lng_weights_save(&weights, LNG_WEIGHTS_USED, i->weights, errors) &&
        lng_file_write(i->model, model->at, model->length, errors)) {
        print_files(i);
        return;
    }
    unlink(i->weights);
    unlink(i->model);
}

/* ---- weights ---- */
/* --names: a mapping as `names` of `start`. */
static bool read_names(lng_command *c, const lng_doc **names)
{
    const char *path = lng_command_get(c, "names");
    const lng_source *source;
    *names = path ? lng_doc_read(c->arena, path, &source, c->errors) : NULL;
    if (path && *names && (*names)->kind != LNG_DOC_MAPPING)
        return lng_error(c->errors, LNG_E_TYPE, (*names)->place,
                         "expected a mapping of names in the file to names in the model, such as features.0.*: conv2d.*");
    return !path || (*names && lng_start_names_check(*names, c->errors));
}

static unsigned layout_of(const lng_command *c)
{
    const char *word = lng_command_get(c, "layout");
    unsigned layout = LNG_LAYOUT_lngraph;
    while (word && strcmp(lng_layout_names[layout], word) != 0)
        layout++;
    return layout;
}

static void import_weights(importer *i)
{
    lng_command *c = i->command;
    lng_start start = {.from = i->file, .match = "*", .layout = layout_of(c), .tells = true};
    lng_text model = lng_text_new(c->arena);
    if (!read_names(c, &start.names) || !lng_workspace_open_model(c, &i->w, lng_command_get(c, "for")) ||
        !(i->w.team = lng_open_team(c)) || !lng_workspace_compile(c, &i->w, LNG_PREDICT, 1))
        return;
    const lng_weights weights = lng_session_weights(i->w.session);
    if (!lng_weights_adopt(&weights, &start, i->w.model->plain, c->errors))
        return;
    lng_model_write(i->w.model, &model);
    write_files(i, &model);
}

/* ---- ONNX ---- */
static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Of the model: as the file is called. */
static const char *name_of(lng_arena *arena, const char *stem)
{
    char *name = lng_copy(arena, last_part(stem));
    for (char *at = name; *at; at++)
        *at = isalnum((unsigned char)*at) || *at == '-' ? *at : '_';
    return isalpha((unsigned char)*name) ? name : lng_format(arena, "model_%s", name);
}

static lng_foreign *read_onnx(lng_command *c, const char *path, lng_source *source)
{
    source->name = path;
    source->text = lng_file_read(c->arena, path, INT32_MAX, &source->length, c->errors);
    return source->text ? lng_foreign_read(c->arena, source, c->errors) : NULL;
}

/* --data: the name of a standard data set. */
static bool data_of(lng_command *c, lng_data_spec *to, const lng_data_spec **data)
{
    const char *name = lng_command_get(c, "data");
    *data = name ? to : NULL;
    return !name || lng_data_describe_standard(c->arena, name, to, c->errors);
}

/* The weights go where the model has them. */
static bool fill(const importer *i, const lng_imported *from)
{
    const lng_store *store = i->w.session->store;
    lng_map *variable = lng_map_new(i->command->arena);
    for (size_t k = 0; k < store->count; k++)
        lng_map_put(variable, store->variable[k].name, (void *)&store->variable[k]);
    for (size_t k = 0; k < from->weights; k++) {
        const lng_imported_weight *w = &from->weight[k];
        const lng_variable *v = lng_map_get(variable, w->name);
        if (!v || !lng_shape_equal(v->shape, w->shape))
            return lng_error(i->command->errors, LNG_E_DEFECT, (lng_place){0}, "the imported weight `%s` has no place in the model",
                             w->name);
        memcpy(store->at + store->offset[v - store->variable], w->at, (size_t)lng_shape_size(w->shape) * sizeof *w->at);
    }
    return true;
}

/* What the other program calls its inputs and its output, and what they are here. */
static void print_port(lng_command *c, const lng_imported_port *p)
{
    char there[LNG_SHAPE_TEXT], here[LNG_SHAPE_TEXT];
    const char *dims = lng_shape_text(there, p->there);
    lng_text_add(&c->out, "%s [N%s%s is %s%s%s\n", lng_tame(c->arena, p->tensor), p->there.rank ? ", " : "", dims + 1, p->name,
                 lng_shape_text(here, p->here), p->last ? ", channels last" : "");
}

static void put_head(const importer *i, const lng_foreign *net, const lng_import_frame *frame, lng_text *to)
{
    lng_arena *arena = i->command->arena;
    lng_text_add(to, "# Made by `lngraph import` from %s%s%s.\n", lng_tame(arena, last_part(i->file)),
                 *net->producer ? ", by " : "", lng_tame(arena, lng_copy_n(arena, net->producer, strnlen(net->producer, 60))));
    lng_text_add(to, "# What it learned is in %s. To train on: ", frame->start);
    if (!frame->data)
        lng_text_add(to, "put examples into train.npz, or describe your data under `data`; ");
    lng_text_add(to, "see whether `loss` is the right one.\n");
}

static void import_onnx(importer *i, const char *stem)
{
    lng_command *c = i->command;
    lng_source source = {0};
    lng_data_spec data;
    lng_import_frame frame = {.name = name_of(c->arena, stem), .start = last_part(i->weights)};
    lng_imported from;
    lng_text model = lng_text_new(c->arena);
    const lng_foreign *net = data_of(c, &data, &frame.data) ? read_onnx(c, i->file, &source) : NULL;
    if (!net || !lng_import_onnx(c->arena, &source, net, &frame, &from, c->errors))
        return;
    put_head(i, net, &frame, &model);
    lng_doc_write(&model, from.doc);
    if (from.left)
        lng_warn(c->errors, (lng_place){.source = &source}, "only the first output, `%s`, was imported, not %s", from.out.tensor,
                 from.left);
    for (size_t k = 0; k < from.fields; k++)
        print_port(c, &from.field[k]);
    print_port(c, &from.out);
    if (lng_workspace_open_text(c, &i->w, i->model, &model) && (i->w.team = lng_open_team(c)) &&
        lng_workspace_compile(c, &i->w, LNG_PREDICT, 1) && fill(i, &from))
        write_files(i, &model);
}

/* ---- the verb ---- */
/* Where weights are to go must be said; of a model, it cannot be. */
static bool fits(const importer *i, bool weights)
{
    static const char *const of_weights[] = {"for", "layout", "names", "set"};
    lng_command *c = i->command;
    if (weights && !lng_command_get(c, "for"))
        return lng_usage_error(c, "%s holds weights alone: --for=MODEL says which model they are for", i->file);
    if (weights && lng_command_get(c, "data"))
        return lng_usage_error(c, "--data is for a whole model; --for=%s says what it reads", lng_command_get(c, "for"));
    for (size_t k = 0; k < sizeof of_weights / sizeof *of_weights && !weights; k++)
        if (lng_command_get(c, of_weights[k]))
            return lng_usage_error(c, "--%s is for weights, and %s holds a whole model", of_weights[k], i->file);
    return true;
}

static void import(lng_command *c)
{
    importer i = {.command = c, .file = c->operand[0]};
    const char *weights = lng_without_suffix(c->arena, i.file, ".safetensors"),
               *onnx = lng_without_suffix(c->arena, i.file, ".onnx");
    if (!weights && !onnx)
        lng_usage_error(c, "import reads a file that ends with .onnx or .safetensors, not `%s`", i.file);
    else if (fits(&i, weights != NULL) && choose_names(&i, weights ? weights : onnx))
        (void)(weights ? import_weights(&i) : import_onnx(&i, onnx));
    lng_workspace_close(&i.w);
}

#define LNG_LAYOUT(name, about) "|" #name
static const char layout_names[] =
#include "graph/layouts.def"
    ;

static const lng_option options[] = {
    {"out", 'o', "FILE",
     "the model file, whose name ends with .yaml; the weights go beside it (default: NAME/model.yaml, for the file NAME.onnx)"},
    {"data", 0, "NAME", "ONNX: the standard data set that the model is to read, such as mnist (default: one to fill in)"},
    {"for", 0, "MODEL", "weights: the model that they are for"},
    {"layout", 0, layout_names + 1, "weights: whose names and order of dimensions they have (default: lngraph)"},
    {"names", 0, "FILE", "weights: a YAML mapping from names in the file to names in the model"},
    LNG_MODEL_OPTIONS,
    LNG_THREADS_OPTION,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_import = {
    .name = "import",
    .also = "load adopt",
    .operands = "FILE",
    .least = 1,
    .most = 1,
    .about = "read a model of ONNX, or weights, as the folder of a run",
    .details =
        "Writes a model file and, beside it, its weights: NAME/model.yaml and NAME/model.safetensors for a file NAME.onnx or NAME.safetensors. That "
        "folder is one of a run: `lngraph predict`, `eval`, `export` and so on take it.\n"
        "\n"
        "From ONNX comes a model file to read and change. Where operators make up a layer, they become its block, such as Conv, Add and Relu `conv2d: "
        "{activation: relu}`; a layer keeps its name. The first dimension of each input is the examples. Images, which ONNX has as [channels, rows, "
        "columns], have the channels last here, in the inputs and the output, too; what was named in which shape is printed, and weights are turned to fit. Batch normalization and dropout "
        "act as layers again when the model is trained. LSTM, GRU and RNN become lstm, gru and rnn, two of them if they go both ways, with the weights of their gates in the order "
        "here, whether the turns or the examples stand first there; other activations, lengths of single examples, states at the start other than zeros, peepholes, and a GRU whose reset gate acts before the product "
        "have no form here. Einsum is einsum. Every operator that has no form here is listed with its nodes, and nothing is written. A graph that mixes the examples of a batch, a "
        "tensor in another file, and layers whose weights are computed cannot be imported; of several outputs, the first is. A weight that two layers "
        "share becomes two. Results agree to about 1e-6, as sums are added up in another order; those of a file that `lngraph export` wrote are the same to the bit, but for expm1, log1p and tables that are scaled. Loops do not come back.\n"
        "\n"
        "To train on, the model file needs data. With --data, it reads a standard data set; otherwise it names train.npz, "
        "an archive of arrays with one for each input, and one called `label` (classes) or `target`: put it beside the model file, or describe your data under `data`. The loss is chosen by the last "
        "layer: cross entropy after a softmax or a dense layer, the squared error otherwise; see whether it is yours. `train.start` begins with the imported weights.\n"
        "\n"
        "Of weights, as safetensors, --for names the model that they are for: a model file, or the folder of a run. Each "
        "weight of the model must be in FILE, with its shape; all that are missing or different are reported at once, and tensors that the "
        "model does not need are named in a warning. --layout says whose names and order of dimensions FILE has, as those that `lngraph export` "
        "writes. Where the layers of the other program have names of their own, --names gives a file of YAML that maps them, "
        "as `names` of `train.start` does:\n"
        "\n"
        "features.0.*: conv2d.*\n"
        "classifier.weight: dense.W\n"
        "\n"
        "One * stands for the same characters in both. The names on the right are those that the model has, or that the layout makes of them; a name "
        "that no key matches is one of the layout.",
    .example = "lngraph import theirs.onnx\n"
               "lngraph import theirs.onnx --data=mnist -o theirs/model.yaml\n"
               "lngraph import weights.safetensors --for=my.yaml\n"
               "lngraph import theirs.safetensors --for=my.yaml --layout=pytorch --names=names.yaml -o adopted/model.yaml",
    .option = options,
    .run = import,
};
