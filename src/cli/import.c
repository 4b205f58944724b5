/* lngraph import: a trained model, or weights, of another program as the folder of a run. */
#include "cli/cli.h"
#include "doc/doc.h"
#include "train/session.h"
#include <string.h>
#include <sys/stat.h>

typedef struct importer {
    lng_command *command;
    const char *file;            /* that is read */
    const char *model, *weights; /* that are written */
    lng_workspace w;             /* without data */
} importer;

/* ---- names ---- */
static const char *without_suffix(lng_arena *arena, const char *path, const char *suffix)
{
    const size_t n = strlen(path), m = strlen(suffix);
    return n > m && strcmp(path + n - m, suffix) == 0 ? lng_copy_n(arena, path, n - m) : NULL;
}

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
    const char *out = lng_command_get(c, "out"), *slash = strrchr(stem, '/');
    i->model = out ? out : lng_format(c->arena, "%s/model.yaml", slash ? slash + 1 : stem);
    const char *base = without_suffix(c->arena, i->model, ".yaml");
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

/* The weights first: a model file without them would be the worse half. */
static void write_files(const importer *i, const lng_text *model)
{
    lng_errors *errors = i->command->errors;
    const lng_weights weights = lng_session_weights(i->w.session);
    if (!make_folder(i) || !lng_weights_save(&weights, LNG_WEIGHTS_USED, i->weights, errors))
        return;
    if (lng_file_write(i->model, model->at, model->length, errors))
        print_files(i);
    else
        lng_file_remove(i->weights, errors);
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

/* ---- the verb ---- */
/* Where weights are to go must be said; of a model, it cannot be. */
static bool fits(const importer *i, bool weights)
{
    static const char *const of_weights[] = {"for", "layout", "names"};
    lng_command *c = i->command;
    if (weights && !lng_command_get(c, "for"))
        return lng_usage_error(c, "%s holds weights alone: --for=MODEL says which model they are for", i->file);
    for (size_t k = 0; k < sizeof of_weights / sizeof *of_weights && !weights; k++)
        if (lng_command_get(c, of_weights[k]))
            return lng_usage_error(c, "--%s is for weights, and %s holds a whole model", of_weights[k], i->file);
    return true;
}

static void import(lng_command *c)
{
    importer i = {.command = c, .file = c->operand[0]};
    const char *weights = without_suffix(c->arena, i.file, ".safetensors");
    if (!weights)
        lng_usage_error(c, "import reads a file that ends with .safetensors, not `%s`", i.file);
    else if (fits(&i, true) && choose_names(&i, weights))
        import_weights(&i);
    lng_workspace_close(&i.w);
}

#define LNG_LAYOUT(name, about) "|" #name
static const char layout_names[] =
#include "graph/layouts.def"
    ;

static const lng_option options[] = {
    {"out", 'o', "FILE",
     "the model file, whose name ends with .yaml; the weights go beside it (default: NAME/model.yaml, for the file NAME.safetensors)"},
    {"for", 0, "MODEL", "the model that the weights are for"},
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
    .about = "read weights that another program has trained, as the folder of a run",
    .details =
        "Writes a model file and, beside it, its weights, as NAME/model.yaml and NAME/model.safetensors for a file NAME. That folder is one of "
        "a run: `lngraph predict`, `eval` and `export` take it.\n"
        "\n"
        "FILE holds weights, as safetensors, and --for names the model that they are for: a model file, or the folder of a run. Each "
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
    .example = "lngraph import weights.safetensors --for=my.yaml\n"
               "lngraph import theirs.safetensors --for=my.yaml --layout=pytorch --names=names.yaml -o adopted/model.yaml",
    .option = options,
    .run = import,
};
