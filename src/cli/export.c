/* lngraph export: a trained model for other programs. */
#include "export/html.h"
#include "cli/compile.h"
#include "cli/learning.h"
#include "report/read.h"
#include "train/session.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

#define CENTERED 0.06 /* of the side of an image: training images whose ink lies as near to the middle were brought there */

typedef struct exporter exporter;
typedef struct format {
    const char *name, *suffix; /* "c", ".c" */
    const char *takes;         /* options of its own, separated by spaces */
    const char *about;
    void (*write)(const exporter *);
} format;

struct exporter {
    lng_command *command;
    const format *format;
    lng_workspace w;                /* without data */
    const char *name;               /* of the model as an identifier: the prefix of a C program's names */
    const char *stem;               /* of the files */
    const lng_quantized *quantized; /* the weights in 8 bits, if --weights says so */
    size_t quantizeds;
};

/* ---- names ---- */
static bool is_identifier(const char *text)
{
    for (const char *at = text; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '_')
            return false;
    return isalpha((unsigned char)*text) != 0;
}

static const char *without_suffix(lng_arena *arena, const char *path, const char *suffix)
{
    const size_t n = strlen(path), m = strlen(suffix);
    return n > m && strcmp(path + n - m, suffix) == 0 ? lng_copy_n(arena, path, n - m) : NULL;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *fitting(lng_arena *arena, const char *text)
{
    char *name = lng_copy(arena, text);
    for (char *at = name; *at; at++)
        *at = isalnum((unsigned char)*at) ? *at : '_';
    return isalpha((unsigned char)*name) ? name : lng_format(arena, "model_%s", name);
}

/* --name, or the file's, or the model's. */
static bool choose_names(exporter *e)
{
    lng_command *c = e->command;
    const char *out = lng_command_get(c, "out"), *name = lng_command_get(c, "name"), *suffix = e->format->suffix;
    const char *stem = out ? without_suffix(c->arena, out, suffix) : NULL;
    if (out && !stem)
        return lng_usage_error(c, "-o takes the name of a file that ends with %s, such as digits%s, not `%s`", suffix, suffix, out);
    if (name && !is_identifier(name))
        return lng_usage_error(c, "--name takes a name as C has them, letters, digits and _, not `%s`", name);
    e->name = name ? name : fitting(c->arena, stem ? base_name(stem) : e->w.model->name);
    e->stem = stem ? stem : e->name;
    return true;
}

static const char *file_of(const exporter *e, const char *suffix)
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
static bool are_apart(const exporter *e)
{
    const char *weights = lng_command_get(e->command, "weights");
    return weights && (strcmp(weights, "bin") == 0 || strcmp(weights, "int8-bin") == 0);
}
static bool are_in_8_bits(const exporter *e)
{
    const char *weights = lng_command_get(e->command, "weights");
    return weights && strncmp(weights, "int8", 4) == 0;
}

/* With the data, to measure what a change of the arithmetic does. */
static bool open_measured(exporter *e, const char *model, const char *weights, unsigned uses)
{
    lng_command *c = e->command;
    return lng_workspace_open(c, &e->w, model, false) && choose_names(e) && lng_workspace_compile(c, &e->w, uses, 0) &&
           lng_load_weights(c, e->w.session, weights);
}

static bool open_in_8_bits(exporter *e, const char *model, const char *weights)
{
    return open_measured(e, model, weights, LNG_EVALUATE) &&
           (e->quantized = lng_quantize_measured(e->command, &e->w, LNG_PREDICT | LNG_EVALUATE, &e->quantizeds));
}

static bool open_in_floats(exporter *e, const char *model, const char *weights)
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

static bool open_model(exporter *e)
{
    lng_command *c = e->command;
    const char *model, *weights;
    return lng_run_find(c, c->operand[0], &model, &weights) &&
           (are_in_8_bits(e) ? open_in_8_bits(e, model, weights) : open_in_floats(e, model, weights));
}

static const lng_json_value *read_report(const exporter *e)
{
    lng_command *c = e->command;
    const char *path = lng_format(c->arena, "%s/report.json", c->operand[0]);
    return lng_file_exists(path) ? lng_report_read(c->arena, path, c->errors) : NULL;
}

/* A figure of the training examples of a field, as the report has it; NaN: it has none. report NULL: nor has it any. */
static double figure_of(const lng_json_value *report, const char *field, const char *figure)
{
    const lng_json_value *stats = report ? lng_report_at(report, (const char *const[]){"inputs", field, NULL}) : NULL;
    return stats ? lng_report_number(stats, figure) : NAN;
}

/* The range of the training examples of a field; nothing is set if the report has none. */
static void find_range(const lng_json_value *report, const char *field, double *least, double *most)
{
    const double from = figure_of(report, field, "least"), to = figure_of(report, field, "most");
    if (isfinite(from) && isfinite(to)) {
        *least = from;
        *most = to;
    }
}

/* The fields, with the range of the training examples. */
static lng_c_field *fields_of(const exporter *e)
{
    lng_command *c = e->command;
    const lng_json_value *report = read_report(e);
    lng_c_field *field = LNG_NEW_N(c->arena, e->w.model->fields + 1, lng_c_field);
    for (size_t i = 0; i < e->w.model->fields; i++) {
        const lng_data_field *f = &e->w.model->field[i];
        double least = 0, most = 1;
        find_range(report, f->name, &least, &most);
        field[i] = (lng_c_field){.name = f->name,
                                 .least = (float)least,
                                 .most = (float)most,
                                 .classes = f->classes,
                                 .spec = f->columns,
                                 .row = lng_field_row(f)};
    }
    return field;
}

/* The engine's outputs for the examples of the self-test. */
static bool run_examples(const exporter *e, lng_c_program *p)
{
    lng_command *c = e->command;
    static const uint32_t rows[LNG_C_EXAMPLES] = {0, 1, 2, 3};
    lng_runner *runner = lng_session_runner(e->w.session, LNG_PREDICT);
    const lng_value **reads = LNG_NEW_N(c->arena, p->fields + 1, const lng_value *);
    lng_field *at = LNG_NEW_N(c->arena, p->fields + 1, lng_field);
    lng_graph_reads(runner->graph, c->arena, reads);
    for (size_t i = 0; i < p->fields; i++)
        if (reads[i])
            at[i] = (lng_field){p->field[i].example, reads[i]->dtype == LNG_I32 ? LNG_FIELD_I32 : LNG_FIELD_F32,
                                lng_shape_size(reads[i]->shape)};
    const lng_context context = lng_session_context(e->w.session, at);
    if (!lng_session_run(e->w.session, LNG_PREDICT, rows, LNG_C_EXAMPLES, &context, c->errors))
        return false;
    const lng_column out = lng_runner_column(runner, "out");
    char *expects = lng_alloc_n(c->arena, (size_t)out.size * LNG_C_EXAMPLES, sizeof(float));
    for (int k = 0; k < LNG_C_EXAMPLES; k++)
        memcpy(expects + (size_t)out.size * 4 * (size_t)k,
               (const char *)out.at + (out.per_example ? (size_t)out.size * 4 * (size_t)k : 0), (size_t)out.size * 4);
    p->expects = expects;
    return true;
}

/* ---- what is different without fused multiply-adds ---- */
#define MOST_WORK ((int64_t)1 << 34) /* multiply-adds of the examples that are measured */
#define AT_LEAST  16
#define AT_ONCE   64

typedef struct comparison {
    const exporter *exporter;
    lng_c_program *program;
    const lng_context *context;
    lng_arena *scratch;
    const uint32_t *rows;
    int n;
} comparison;

static bool compare_some(void *context)
{
    const comparison *x = context;
    lng_session *s = x->exporter->w.session;
    if (!lng_session_run(s, LNG_PREDICT, x->rows, x->n, x->context, x->exporter->command->errors))
        return false;
    const lng_column out = lng_runner_column(lng_session_runner(s, LNG_PREDICT), "out");
    lng_c_compare_fast(x->program, x->context, x->rows, x->n, out.at, x->scratch, &x->program->tested);
    return true;
}

static bool compare_fast(const exporter *e, lng_c_program *p)
{
    lng_command *c = e->command;
    lng_range range;
    uint32_t rows[AT_ONCE];
    if (!lng_measured_range(c, &e->w, "--fast changes", &range))
        return false;
    const int64_t pay = MOST_WORK / (p->multiply_adds + 1), some = pay > AT_LEAST ? pay : AT_LEAST;
    const int64_t count = some < range.count ? some : range.count;
    const lng_context context = lng_session_context(e->w.session, range.part->field);
    for (int64_t done = 0; done < count; done += AT_ONCE) {
        comparison x = {e, p, &context, lng_arena_new(), rows, (int)(count - done < AT_ONCE ? count - done : AT_ONCE)};
        for (int i = 0; i < x.n; i++)
            rows[i] = (uint32_t)(range.first + (done + i) * range.count / count);
        const bool good = lng_attempt(x.scratch, compare_some, &x, c->errors, "measuring what --fast changes");
        lng_arena_free(x.scratch);
        if (!good)
            return false;
    }
    return true;
}

/* What the program takes is printed before anything is written. */
static bool print_bounds(const exporter *e, const lng_c_program *p)
{
    lng_command *c = e->command;
    char number[5][LNG_NUMBER_SIZE];
    lng_text_add(&c->out,
                 "RAM            %s bytes of context, about %s of stack\n"
                 "flash          %s bytes of weights%s, about %s of code\n"
                 "multiply-adds  %s\n",
                 lng_grouped(number[0], p->context_bytes), lng_grouped(number[1], p->stack_bytes),
                 lng_grouped(number[2], p->weight_bytes), p->apart ? " in a file" : "", lng_grouped(number[3], p->code_bytes),
                 lng_grouped(number[4], p->multiply_adds));
    if (p->step)
        lng_text_add(&c->out, "training       %s for each example of a step, of up to %d\n",
                     lng_grouped(number[0], p->step_multiply_adds), p->batch);
    if (p->fast)
        lng_text_add(&c->out, "fast           the outputs of %s examples differ by at most %g; %s classes change\n",
                     lng_grouped(number[0], p->tested.examples), p->tested.most, lng_grouped(number[1], p->tested.changed));
    return lng_command_print(c);
}

/* The files, or the header alone. */
static void write_program(const exporter *e, const lng_c_program *p)
{
    lng_command *c = e->command;
    lng_text header = lng_text_new(c->arena), source = lng_text_new(c->arena), weights = lng_text_new(c->arena);
    const char *header_file = file_of(e, ".h"), *source_file = file_of(e, ".c"), *weights_file = file_of(e, ".bin");
    lng_c_write(p, base_name(header_file), &header, &source, &weights);
    if (!lng_file_write(header_file, header.at, header.length, c->errors))
        return;
    if (lng_command_get(c, "header"))
        lng_text_add(&c->out, "wrote %s\n", header_file);
    else if (lng_file_write(source_file, source.at, source.length, c->errors) &&
             (!p->apart || lng_file_write(weights_file, weights.at, weights.length, c->errors)))
        lng_text_add(&c->out, p->apart ? "wrote %s, %s and %s\n" : "wrote %s and %s\n", header_file, source_file, weights_file);
}

static lng_c_program program_of(const exporter *e, const char *name, const lng_context *context, const lng_meaning *meaning)
{
    return (lng_c_program){.name = name,
                           .title = e->w.model->name,
                           .graph = lng_session_runner(e->w.session, LNG_PREDICT)->graph,
                           .store = e->w.session->store,
                           .context = context,
                           .meaning = meaning,
                           .field = fields_of(e),
                           .fields = e->w.model->fields};
}

static void write_learner(const exporter *e)
{
    lng_command *c = e->command;
    const lng_context context = lng_session_context(e->w.session, NULL);
    const lng_meaning meaning = lng_meaning_of(c->arena, e->w.model, NULL);
    lng_c_program p = program_of(e, e->name, &context, &meaning);
    lng_learning l = {.workspace = &e->w, .program = &p};
    p.fast = lng_command_get(c, "fast") != NULL;
    if (!lng_errors_count(c->errors) && lng_learning_begin(c, &l) && lng_c_compile(&p, c->arena, c->errors) &&
        lng_c_try_steps(&p, l.session, c->errors) && print_bounds(e, &p))
        write_program(e, &p);
    lng_learning_end(&l);
}

static void write_c(const exporter *e)
{
    lng_command *c = e->command;
    if (lng_command_get(c, "training")) {
        write_learner(e);
        return;
    }
    const lng_context context = lng_session_context(e->w.session, NULL);
    const lng_meaning meaning = lng_meaning_of(c->arena, e->w.model, NULL);
    lng_c_program p = program_of(e, e->name, &context, &meaning);
    p.fast = lng_command_get(c, "fast") != NULL;
    p.apart = are_apart(e);
    p.quantized = e->quantized;
    p.quantizeds = e->quantizeds;
    if (lng_errors_count(c->errors) || !lng_c_compile(&p, c->arena, c->errors) || !run_examples(e, &p))
        return;
    lng_c_measure_fast(&p, c->arena);
    if ((!p.fast || compare_fast(e, &p)) && print_bounds(e, &p))
        write_program(e, &p);
}

/* ---- a page ---- */
/* What a page asks for: of images also how the training images look, from the run's report. */
static lng_html_field *page_fields_of(const exporter *e)
{
    lng_command *c = e->command;
    const lng_json_value *report = read_report(e);
    lng_html_field *field = LNG_NEW_N(c->arena, e->w.model->fields + 1, lng_html_field);
    for (size_t i = 0; i < e->w.model->fields; i++) {
        const lng_data_field *of = &e->w.model->field[i];
        double least = 0, most = 255;
        find_range(report, of->name, &least, &most);
        field[i] = (lng_html_field){.of = *of,
                                    .least = least,
                                    .most = most,
                                    .light = figure_of(report, of->name, "light") > 0.5,
                                    .center = figure_of(report, of->name, "offset") < CENTERED};
    }
    return field;
}

static void write_html(const exporter *e)
{
    lng_command *c = e->command;
    const char *compiler = lng_command_get(c, "compiler"), *path = file_of(e, e->format->suffix);
    const lng_context context = lng_session_context(e->w.session, NULL);
    const lng_meaning meaning = lng_meaning_of(c->arena, e->w.model, NULL);
    lng_c_program p = program_of(e, "model", &context, &meaning);
    const lng_html h = {.program = &p, .note = e->w.model->note, .field = page_fields_of(e)};
    lng_text source = lng_text_new(c->arena), wasm = lng_text_new(c->arena), page = lng_text_new(c->arena);
    char number[LNG_NUMBER_SIZE];
    if (lng_errors_count(c->errors) || !lng_html_check(&h, c->arena, c->errors) || !lng_c_compile(&p, c->arena, c->errors) ||
        !run_examples(e, &p))
        return;
    lng_html_source(&h, &source);
    if (!lng_compile_wasm(c, compiler ? compiler : "clang", &source, &wasm))
        return;
    lng_html_write(&h, &wasm, &page);
    if (lng_file_write(path, page.at, page.length, c->errors))
        lng_text_add(&c->out, "wrote %s, %s bytes\n", path, lng_grouped(number, (int64_t)page.length));
}

/* ---- weights ---- */
/* Which tensor is what: a line for each. */
static bool print_tensors(lng_command *c, const lng_tensor *tensor, size_t n)
{
    size_t name = 0, shape = 0;
    for (size_t i = 0; i < n; i++) {
        char text[LNG_SHAPE_TEXT];
        const size_t wide = strlen(lng_shape_text(text, tensor[i].laid->shape));
        name = strlen(tensor[i].laid->name) > name ? strlen(tensor[i].laid->name) : name;
        shape = wide > shape ? wide : shape;
    }
    for (size_t i = 0; i < n; i++) {
        const lng_laid *laid = tensor[i].laid;
        const lng_variable *v = tensor[i].variable;
        char text[LNG_SHAPE_TEXT];
        lng_text_add(&c->out, "%-*s  ", (int)name, laid->name);
        if (strcmp(laid->name, v->name) == 0 && lng_shape_equal(laid->shape, v->shape))
            lng_text_add(&c->out, "%s\n", lng_shape_text(text, laid->shape));
        else {
            lng_text_add(&c->out, "%-*s  ", (int)shape, lng_shape_text(text, laid->shape));
            lng_text_add(&c->out, "from %s %s\n", v->name, lng_shape_text(text, v->shape));
        }
    }
    return lng_command_print(c);
}

static void write_weights(const exporter *e, bool archive)
{
    lng_command *c = e->command;
    const char *path = file_of(e, e->format->suffix), *word = lng_command_get(c, "layout");
    const lng_weights weights = lng_session_weights(e->w.session);
    lng_text file = lng_text_new(c->arena);
    unsigned layout = LNG_LAYOUT_lngraph;
    size_t n;
    while (word && strcmp(lng_layout_names[layout], word) != 0)
        layout++;
    const lng_tensor *tensor = lng_tensors_of(c->arena, layout, e->w.model->plain, &weights, &n);
    if (archive && !lng_npz_write(tensor, n, &file, c->errors))
        return;
    if (!archive)
        lng_safetensors_write(layout, e->w.model->name, tensor, n, &file);
    if (print_tensors(c, tensor, n) && lng_file_write(path, file.at, file.length, c->errors))
        lng_text_add(&c->out, "wrote %s\n", path);
}

static void write_npz(const exporter *e)
{
    write_weights(e, true);
}

static void write_safetensors(const exporter *e)
{
    write_weights(e, false);
}

/* ---- ONNX ---- */
static void write_onnx(const exporter *e)
{
    lng_command *c = e->command;
    const lng_model *m = e->w.model;
    const lng_runner *runner = lng_session_runner(e->w.session, LNG_PREDICT);
    const lng_context context = lng_session_context(e->w.session, NULL);
    const lng_meaning meaning = lng_meaning_of(c->arena, m, NULL);
    lng_onnx_field *field = LNG_NEW_N(c->arena, m->fields + 1, lng_onnx_field);
    const char *path = file_of(e, e->format->suffix);
    for (size_t i = 0; i < m->fields; i++)
        field[i] = (lng_onnx_field){m->field[i].name, m->field[i].columns, lng_field_row(&m->field[i])};
    const lng_onnx_program p = {.title = m->name,
                                .note = m->note,
                                .graph = runner->plain,
                                .store = e->w.session->store,
                                .context = &context,
                                .meaning = &meaning,
                                .field = field,
                                .fields = m->fields};
    lng_text file = lng_text_new(c->arena);
    char number[LNG_NUMBER_SIZE];
    if (lng_onnx_write(&p, &file, c->errors) && lng_file_write(path, file.at, file.length, c->errors))
        lng_text_add(&c->out, "wrote %s, %s bytes\n", path, lng_grouped(number, (int64_t)file.length));
}

/* ---- the formats ---- */
static const format formats[] = {
#define LNG_EXPORT_FORMAT(name, suffix, takes, about) {#name, suffix, takes, about, write_##name},
#include "export/formats.def"
#undef LNG_EXPORT_FORMAT
    {NULL, NULL, NULL, NULL, NULL}};

/* An option that is of other formats alone is a mistake. */
static bool fits(const exporter *e, const char *option)
{
    lng_text others = lng_text_new(e->command->arena);
    for (const format *f = formats; f->name; f++)
        if (has_word(f->takes, option))
            lng_text_add(&others, "%s--to=%s", others.length ? " and " : "", f->name);
    return others.length == 0 || has_word(e->format->takes, option) ||
           lng_usage_error(e->command, "--%s is for %s, not for --to=%s", option, others.at, e->format->name);
}

static bool choose_format(exporter *e)
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
    for (const format *f = formats; f->name; f++)
        lng_map_put(words, f->name, (void *)f->about);
}

static void export(lng_command *c)
{
    exporter e = {.command = c};
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
