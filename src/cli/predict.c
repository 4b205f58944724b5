/* lngraph predict: applies a trained model to new images.
 *
 * The run's folder is enough: the data set is not opened. The graph of the output alone is compiled. Files are read by blocks, and the
 * examples of all files are gathered into batches. No result depends on the other examples of a batch: a model that mixes the examples of a batch, or draws
 * random numbers (which depend on the example's place), gets each one alone. */
#include "base/file.h"
#include "report/read.h"
#include "cli/generate.h"
#include "cli/predict.h"
#include "data/format.h"
#include "data/image_list.h"
#include "train/weights.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BATCH    512
#define MOST_NUMBERS  (1 << 24) /* of a batch, which has at least one example */
#define MOST_PICTURES 8
#define MOST_CHOSEN   512       /* examples at a time; no file gives more */
#define PRINTED       (1 << 16) /* bytes of results after which they are printed */

/* A field that the output depends on. */
typedef struct input {
    lng_preprocess preprocess;
    size_t field; /* of the model */
    int64_t size; /* elements of an example */
    void *row;    /* capacity x size elements of four bytes: waiting for the next run */
    const char *file;
} input;

typedef struct predictor {
    lng_command *command;
    lng_preprocess options; /* of every input */
    lng_model *model;
    lng_team *team;
    lng_session *session;
    lng_runner *runner;
    input *input;
    const lng_preprocess **preprocess; /* of each */
    size_t inputs;
    const lng_value *output;
    lng_meaning meaning; /* of it */
    lng_intake *intake;  /* the files that are being read: one for each input, or one for all */
    size_t intakes;
    int64_t *number;         /* MOST_CHOSEN: of examples that are chosen */
    lng_field *fields;       /* all; those that are not read are empty */
    uint32_t *order;         /* 0, 1, ... */
    lng_prediction *waiting; /* capacity */
    int count, capacity;
    bool together; /* one file has all inputs */
    bool unread;   /* nobody reads the results any more */
    int pictures;  /* still to be drawn */
    lng_look look; /* of a picture */
    double *out;   /* size of the output, and room for one more */
    lng_prediction_table table;
    bool formed;    /* a file decided that */
    bool csv;       /* results go into copies of the tables that are read */
    lng_file *file; /* -o; NULL: standard output */
    lng_generation generation;
} predictor;

/* ---- the run ---- */
static const char *run_folder(lng_command *c, const char **model, const char **weights)
{
    struct stat st;
    const char *folder = c->operand[0];
    if (stat(folder, &st) == 0 && !S_ISDIR(st.st_mode)) {
        lng_error(c->errors, LNG_E_RUN_FOLDER, (lng_place){0}, "%s is a file, not a run folder", folder);
        lng_error_hint(c->errors, "`lngraph run MODEL` trains a model and prints its run folder");
        return NULL;
    }
    return lng_run_find(c, folder, model, weights) ? folder : NULL;
}

/* The run's report; NULL if there is none. false after an error. */
static bool read_report(lng_command *c, const char *path, const lng_json_value **report)
{
    *report = NULL;
    return !lng_file_exists(path) || (*report = lng_report_read(c->arena, path, c->errors));
}

/* What the training examples looked like, from the report at `path`. */
static void take_stats(const lng_json_value *report, const char *path, lng_preprocess *in)
{
    const lng_json_value *stats = lng_report_at(report, (const char *const[]){"inputs", in->field, NULL});
    in->stats = (lng_stats){lng_report_number(stats, "least"), lng_report_number(stats, "most"), lng_report_number(stats, "light"),
                            lng_report_number(stats, "offset"), lng_report_number(stats, "extent")};
    in->known = stats != NULL;
    if (!stats && !in->as_is)
        fprintf(stderr, "%s does not describe the training data of `%s`: scale and polarity are not checked\n",
                lng_tame(in->command->arena, path), in->field);
}

/* ---- the model ---- */
static bool find_inputs(predictor *p, const char *folder)
{
    lng_command *c = p->command;
    const char *path = lng_format(c->arena, "%s/report.json", folder);
    const lng_json_value *report = NULL;
    const lng_value **reads = LNG_NEW_N(c->arena, p->model->fields + 1, const lng_value *);
    p->input = LNG_NEW_N(c->arena, p->model->fields, input);
    bool images = false;
    lng_graph_reads(p->runner->graph, c->arena, reads);
    for (size_t i = 0; i < p->model->fields; i++) {
        if (!reads[i])
            continue;
        input *in = &p->input[p->inputs++];
        const lng_data_field *field = &p->model->field[i];
        in->field = i;
        in->size = lng_shape_size(reads[i]->shape);
        images = images || lng_shape_is_image(reads[i]->shape);
        in->preprocess = p->options;
        in->preprocess.field = field->name;
        in->preprocess.wanted = reads[i]->shape;
        in->preprocess.integers = field->dtype == LNG_I32;
        in->preprocess.classes = field->classes;
        in->preprocess.first = p->model->data.first;
        in->preprocess.columns = field->columns;
        in->preprocess.style = p->model->data.style;
        in->preprocess.rows = field->rows;
        in->preprocess.window = p->model->data.window.length ? &p->model->data.window : NULL;
        if (field->dtype != LNG_F32)
            continue;
        if (!report && !read_report(c, path, &report))
            return false;
        take_stats(report, path, &in->preprocess);
    }
    for (size_t i = 0; i < p->inputs; i++)
        p->input[i].preprocess.images = images;
    return true;
}

/* The windows of a text have no predictions of their own that anybody would read. */
static bool refuse_text(const predictor *p)
{
    const lng_command *c = p->command;
    const char *file = c->operands > 1 ? c->operand[1] : "FILE";
    lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0}, "the model predicts the bytes of a text, each from those before it");
    lng_error_hint(c->errors, "--generate=N continues a text; `lngraph eval %s --data %s` judges one",
                   lng_tame(c->arena, c->operand[0]), lng_tame(c->arena, file));
    return false;
}

/* Whether the model can continue a text: for each byte of a window, it says what is next. */
static bool can_generate(const predictor *p)
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
static bool operands_fit(const predictor *p)
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

/* Whether an example's output could depend on the others of its batch, or on its place in it. */
static bool stands_alone(const lng_graph *g)
{
    for (size_t i = 0; i < g->nodes; i++)
        if (g->node[i]->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS | LNG_OP_RANDOM))
            return false;
    return true;
}

static bool make_room(predictor *p)
{
    lng_command *c = p->command;
    int64_t size = 0;
    for (size_t i = 0; i < p->inputs; i++)
        size += p->input[i].size;
    const int64_t most = MOST_NUMBERS / (size > 0 ? size : 1);
    p->output = lng_graph_find_output(p->runner->graph, "out");
    p->meaning = lng_meaning_of(c->arena, p->model, NULL);
    p->capacity = !stands_alone(p->runner->graph) || most < 1 ? 1 : most < MOST_BATCH ? (int)most : MOST_BATCH;
    p->waiting = LNG_NEW_N(c->arena, (size_t)p->capacity, lng_prediction);
    p->order = LNG_NEW_N(c->arena, (size_t)p->capacity, uint32_t);
    for (int i = 0; i < p->capacity; i++)
        p->order[i] = (uint32_t)i;
    p->fields = LNG_NEW_N(c->arena, p->model->fields, lng_field);
    p->number = LNG_NEW_N(c->arena, MOST_CHOSEN, int64_t);
    p->intake = LNG_NEW_N(c->arena, p->inputs + 1, lng_intake);
    p->preprocess = LNG_NEW_N(c->arena, p->inputs + 1, const lng_preprocess *);
    for (size_t i = 0; i < p->inputs; i++)
        p->preprocess[i] = &p->input[i].preprocess;
    p->out = LNG_NEW_N(c->arena, (size_t)lng_shape_size(p->output->shape) + 1, double);
    for (size_t i = 0; i < p->inputs; i++) {
        input *in = &p->input[i];
        if (!(in->row = lng_block_new((size_t)p->capacity * (size_t)in->size * 4)))
            return lng_error(c->errors, LNG_E_MEMORY, (lng_place){0}, "out of memory");
        p->fields[in->field] = (lng_field){.at = in->row, .size = in->size};
        p->fields[in->field].type = in->preprocess.integers ? LNG_FIELD_I32 : LNG_FIELD_F32;
    }
    return true;
}

static bool open_session(predictor *p)
{
    const lng_subject subject = lng_subject_of_model(p->model);
    p->session = lng_session_new(&subject, LNG_PREDICT, MOST_BATCH, p->team, p->command->errors);
    p->runner = p->session ? lng_session_runner(p->session, LNG_PREDICT) : NULL;
    return p->session != NULL;
}

static bool open_model(predictor *p)
{
    lng_command *c = p->command;
    const char *model, *weights, *folder = run_folder(c, &model, &weights);
    return folder && (p->team = lng_open_team(c)) && (p->model = lng_open_model(c, model)) && open_session(p) &&
           lng_load_weights(c, p->session, weights) && find_inputs(p, folder) && make_room(p);
}

static void close_model(void *predicting)
{
    predictor *p = predicting;
    lng_file_abandon(p->file);
    for (size_t i = 0; i < p->inputs; i++)
        lng_block_free(p->input[i].row);
    lng_session_free(p->session);
    lng_team_free(p->team);
    lng_model_free(p->model);
}

/* ---- examples ---- */
/* One number for two classes is the probability of class 1, if it can be one: that of class 0 goes before it. */
static void complete_pair(const predictor *p, lng_prediction *a)
{
    const double one = p->out[0];
    if (!p->meaning.pair || one < 0 || one > 1)
        return;
    p->out[0] = 1 - one;
    p->out[1] = one;
    a->size = 2;
}

/* Of an image that the model has made. */
static const char *made_picture(predictor *p, const void *out)
{
    const lng_array image = {.type = LNG_ARRAY_F32, .shape = p->output->shape, .count = 1, .at = (void *)out};
    if (p->inputs > 0 || p->pictures == 0 || p->output->dtype != LNG_F32 || !lng_shape_is_image(image.shape))
        return NULL;
    p->pictures--;
    return lng_picture(p->command->arena, p->look, &image, 0);
}

static void answer(predictor *p, lng_prediction *a, const void *out)
{
    lng_command *c = p->command;
    bool finite = true;
    a->size = lng_shape_size(p->output->shape);
    a->meaning = &p->meaning;
    a->out = p->out;
    for (int64_t i = 0; i < a->size; i++) {
        p->out[i] = p->output->dtype == LNG_I32 ? ((const int32_t *)out)[i] : (double)((const float *)out)[i];
        finite = finite && isfinite(p->out[i]);
    }
    const lng_source source = {.name = a->file};
    if (!finite)
        lng_error(c->errors, LNG_E_NONFINITE, (lng_place){.source = &source}, "the output for example %lld is not finite",
                  (long long)(a->index < 0 ? 0 : a->index));
    else {
        complete_pair(p, a);
        if (p->inputs == 0)
            a->picture = made_picture(p, out);
        if (p->csv)
            lng_prediction_csv(a, &p->table, &c->out, c->errors);
        else
            (lng_command_get(c, "json") ? lng_prediction_json : lng_prediction_text)(a, &c->out);
    }
}

/* false: nobody takes the results any more. */
static bool print(predictor *p)
{
    lng_text *out = &p->command->out;
    if (!p->file)
        return lng_command_print(p->command);
    const bool done = lng_file_put(p->file, out->at, out->length);
    out->length = 0;
    return done;
}

static void flush(predictor *p)
{
    const lng_context context = lng_session_context(p->session, p->fields);
    const lng_column out = lng_runner_column(p->runner, "out"); /* floats and integers are four bytes each */
    const int n = p->count;
    p->count = 0;
    if (n == 0 || !lng_session_run(p->session, LNG_PREDICT, p->order, n, &context, p->command->errors))
        return;
    for (int i = 0; i < n; i++)
        answer(p, &p->waiting[i], (const char *)out.at + (out.per_example ? 4 * i * out.size : 0));
    p->unread = p->command->out.length > PRINTED && !print(p);
}

/* ---- draws ---- */
static bool read_seed(predictor *p)
{
    int64_t seed = -1;
    if (!lng_command_int(p->command, "seed", 0, INT64_MAX, &seed))
        return false;
    if (seed >= 0)
        lng_model_set_seed(p->model, (uint64_t)seed);
    return true;
}

/* Example i is what the model draws for example i. */
static void draw(predictor *p)
{
    int64_t count = 1;
    if (!lng_command_int(p->command, "draws", 1, UINT32_MAX - 1, &count))
        return;
    for (int64_t i = 0; i < count && !p->unread && lng_errors_status(p->command->errors) == 0; i++) {
        p->waiting[0] = (lng_prediction){.file = p->command->operand[0], .index = i};
        p->order[0] = (uint32_t)i;
        p->count = 1;
        flush(p);
    }
}

/* ---- a text ---- */
static const float *run_window(void *predicting)
{
    predictor *p = predicting;
    const lng_context context = lng_session_context(p->session, p->fields);
    return lng_session_run(p->session, LNG_PREDICT, p->order, 1, &context, p->command->errors)
               ? lng_runner_column(p->runner, "out").at
               : NULL;
}

static bool print_bytes(void *predicting)
{
    return print(predicting);
}

static void generate(predictor *p)
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

/* ---- files ---- */
/* One file for each input, or one with the fields of all. */
static void assign_files(predictor *p)
{
    const size_t each = p->together ? p->inputs : 1;
    p->intakes = p->together ? 1 : p->inputs;
    for (size_t i = 0; i < p->intakes; i++)
        p->intake[i] = (lng_intake){.in = p->preprocess + i, .n = each, .path = p->input[i].file};
}

/* Every field of a set has as many examples as the first. */
static bool check_count(const predictor *p, size_t i, int64_t count, int64_t first)
{
    const lng_source source = {.name = p->intake[i].path};
    return count == first ||
           lng_error(p->command->errors, LNG_E_DATA, (lng_place){.source = &source}, "%lld examples of `%s`, but %lld of `%s`",
                     (long long)count, p->input[i].preprocess.field, (long long)first, p->input[0].preprocess.field);
}

static bool is_same_head(const lng_prediction_table *a, const char *head, size_t length, const lng_table_form *form)
{
    return a->form.separator == form->separator && a->form.headed == form->headed && a->form.columns == form->columns &&
           a->head_length == length && memcmp(a->head, head, length) == 0;
}

/* Columns that a prediction would add are there, such as in a table that was predicted before. */
static bool has_predictions(const predictor *p, const lng_table_form *form, const lng_source *source)
{
    const int64_t size = p->meaning.pair ? 2 : lng_shape_size(p->output->shape);
    lng_errors *errors = p->command->errors;
    for (size_t i = 0; form->headed && i < form->columns; i++)
        if (lng_is_prediction(form->name[i], &p->meaning, size)) {
            lng_error(errors, LNG_E_DUPLICATE, (lng_place){.source = source},
                      "line 1, column %zu: there is a column `%.60s` already, as predictions are called", i + 1, form->name[i]);
            lng_error_hint(errors, "rename or remove it; --json adds no columns");
            return true;
        }
    return false;
}

/* Whether results become columns of the file, if it is a table and the only one with the inputs. Tables with the same head are one. */
static bool choose_form(predictor *p)
{
    const lng_examples *x = p->intake[0].file;
    const char *path = p->intake[0].path;
    const lng_source source = {.name = strcmp(path, "-") ? path : "<stdin>"};
    lng_table_form form = {.separator = 0};
    const bool csv = p->intakes == 1 && !lng_command_get(p->command, "json") && lng_examples_are_text(x, &form), first = !p->formed;
    size_t length = 0;
    const char *head = csv ? lng_examples_text(x, -1, &length) : NULL;
    p->formed = true;
    if (csv && has_predictions(p, &form, &source))
        return false;
    if (first) {
        p->csv = csv;
        p->table = (lng_prediction_table){.form = form, .comma = p->model->data.style.comma, .head_length = length};
        p->table.head = csv ? lng_copy_n(p->command->arena, head, length) : NULL;
        return true;
    }
    if (p->csv == csv && (!csv || is_same_head(&p->table, head, length, &form)))
        return true;
    lng_error(p->command->errors, LNG_E_ARGUMENTS, (lng_place){.source = &source},
              csv && p->csv ? "its columns are not those of the first table"
                            : "tables and other files have no common form of results");
    lng_error_hint(p->command->errors, "predict it alone, or with --json");
    return false;
}

/* Reads from the first example on. */
static bool open_files(predictor *p)
{
    bool good = true;
    for (size_t i = 0; i < p->intakes; i++) {
        lng_intake_close(&p->intake[i]);
        good = lng_intake_open(&p->intake[i]) && good;
    }
    for (size_t i = 1; good && i < p->intakes; i++)
        if (p->intake[i].held >= 0 && p->intake[0].held >= 0)
            good = check_count(p, i, p->intake[i].held, p->intake[0].held);
    return good && choose_form(p);
}

/* The next examples of all files: how many; 0 at the end, -1 after an error. */
static int64_t read_block(predictor *p)
{
    int64_t most = INT64_MAX, count = 0;
    bool good = true;
    for (size_t i = 0; i < p->intakes; i++) {
        const int64_t these = lng_examples_most(p->intake[i].file);
        most = these < most ? these : most;
    }
    for (size_t i = 0; good && i < p->intakes; i++) {
        lng_intake *from = &p->intake[i];
        const int64_t n = lng_intake_next(from, most);
        count = i == 0 ? n : count;
        good = n >= 0 && check_count(p, i, from->at + n, p->intake[0].at + count);
    }
    return good ? count : -1;
}

/* Where --index is. */
typedef struct choice {
    size_t range;
    int64_t next; /* within the range */
} choice;

/* The examples that --index names next, as long as they are in the block; all of it without --index. */
static int64_t choose(const predictor *p, choice *c)
{
    const lng_preprocess *in = p->preprocess[0];
    const lng_intake *from = &p->intake[0];
    int64_t n = 0;
    for (; !in->ranges && n < from->got; n++)
        p->number[n] = from->at + n;
    while (c->range < in->ranges && n < MOST_CHOSEN) {
        const int64_t *range = in->range[c->range], number = range[0] + c->next;
        if (number < from->at || number >= from->at + from->got)
            break;
        p->number[n++] = number;
        c->next = number < range[1] ? c->next + 1 : 0;
        c->range += number == range[1];
    }
    return n;
}

static void fill_row(const input *in, const lng_array *x, int64_t example, int place)
{
    for (int64_t e = 0; e < in->size; e++) {
        const double v = lng_array_at(x, example * in->size + e);
        if (in->preprocess.integers)
            ((int32_t *)in->row)[place * in->size + e] = (int32_t)v;
        else
            ((float *)in->row)[place * in->size + e] = (float)v;
    }
}

static const lng_array *chosen(const predictor *p, size_t i)
{
    return p->together ? &p->intake[0].chosen[i] : &p->intake[i].chosen[0];
}

/* The examples that were chosen. They are named after the first file. */
static bool push(predictor *p, int64_t n)
{
    const lng_intake *first = &p->intake[0];
    bool good = true;
    for (size_t i = 0; i < p->intakes; i++)
        good = lng_intake_choose(&p->intake[i], p->number, n) && good;
    for (int64_t i = 0; good && i < n && !p->unread; i++) {
        lng_prediction *a = &p->waiting[p->count];
        *a = (lng_prediction){.file = first->path, .index = first->held == 1 ? -1 : p->number[i]};
        if (p->csv)
            a->row = lng_examples_text(first->file, p->number[i] - first->at, &a->row_length);
        if (p->pictures > 0) {
            a->picture = p->csv ? NULL : lng_picture(p->command->arena, p->look, chosen(p, 0), i);
            p->pictures--;
        }
        for (size_t k = 0; k < p->inputs; k++)
            fill_row(&p->input[k], chosen(p, k), i, p->count);
        if (++p->count == p->capacity)
            flush(p);
    }
    if (p->csv) /* the text of the rows is there until the next block */
        flush(p);
    return good;
}

/* --index may go back; a file can be read again, standard input cannot. */
static bool go_back(predictor *p)
{
    for (size_t i = 0; i < p->intakes; i++)
        if (strcmp(p->intake[i].path, "-") == 0)
            return lng_error(p->command->errors, LNG_E_ARGUMENTS, (lng_place){0},
                             "--index goes back by more than %d examples, but standard input can be read only once", MOST_CHOSEN);
    return open_files(p);
}

/* The examples of a file with all inputs, or of several files in parallel, one for each; without those before an error. */
static void feed(predictor *p)
{
    const lng_preprocess *in = p->preprocess[0];
    choice c = {0};
    assign_files(p);
    bool more = open_files(p);
    while (more && !p->unread && read_block(p) > 0) {
        for (int64_t n; more && !p->unread && (n = choose(p, &c)) > 0;) {
            more = push(p, n);
            if (!in->ranges)
                break;
        }
        if (in->ranges && c.range == in->ranges)
            break;
        if (more && in->ranges && in->range[c.range][0] + c.next < p->intake[0].at)
            more = go_back(p);
    }
    for (size_t i = 0; i < p->intakes; i++)
        lng_intake_close(&p->intake[i]);
    for (size_t k = 0; k < p->inputs; k++)
        p->input[k].file = NULL;
    p->together = false;
}

/* FIELD=FILE; or FILE, for the only input. NULL: a file for all inputs. */
static input *input_of(predictor *p, const char **file)
{
    const char *equals = strchr(*file, '=');
    for (size_t i = 0; equals && i < p->inputs; i++) {
        const char *name = p->input[i].preprocess.field;
        if (strlen(name) == (size_t)(equals - *file) && strncmp(name, *file, strlen(name)) == 0) {
            *file = equals + 1;
            return &p->input[i];
        }
    }
    return p->inputs == 1 ? p->input : NULL;
}

static void hint_files(predictor *p)
{
    lng_text files = lng_text_new(p->command->arena);
    for (size_t i = 0; i < p->inputs; i++)
        lng_text_add(&files, " %s=FILE", p->input[i].preprocess.field);
    lng_error_hint(p->command->errors, "give each of them a file:%s", files.at);
}

static bool refuse_file(predictor *p, const char *what)
{
    lng_text fields = lng_text_new(p->command->arena);
    for (size_t i = 0; i < p->inputs; i++)
        lng_text_add(&fields, "%s`%s`", i ? ", " : "", p->input[i].preprocess.field);
    lng_error(p->command->errors, LNG_E_ARGUMENTS, (lng_place){0}, "the output depends on %s: %s", fields.at, what);
    hint_files(p);
    return false;
}

static void take_file_of_all(predictor *p, const char *file)
{
    const size_t before = lng_errors_count(p->command->errors);
    for (size_t i = 0; i < p->inputs; i++)
        p->input[i].file = file;
    p->together = true;
    feed(p);
    if (lng_errors_count(p->command->errors) > before && lng_errors_code(p->command->errors, before) == LNG_E_ARGUMENTS)
        hint_files(p);
}

static bool take_operand(predictor *p, const char *file)
{
    input *in = input_of(p, &file);
    bool begun = false, full = true;
    for (size_t i = 0; i < p->inputs; i++)
        begun = begun || p->input[i].file;
    if (!in && (begun || (strchr(file, '=') && !lng_file_exists(file))))
        return refuse_file(p, lng_format(p->command->arena, "whose file is %s?", file));
    if (!in) {
        take_file_of_all(p, file);
        return true;
    }
    if (in->file)
        return refuse_file(p,
                           lng_format(p->command->arena, "`%s` has a second file before each input has one", in->preprocess.field));
    in->file = file;
    for (size_t i = 0; i < p->inputs; i++)
        full = full && p->input[i].file;
    if (full)
        feed(p);
    return true;
}

/* A folder stands for the images in it. An error with it, as with a file, leaves the others alone. */
static bool take_folder(predictor *p, const char *folder)
{
    lng_arena *arena = p->command->arena;
    const lng_source source = {.name = folder};
    lng_failure failure = {0};
    lng_image_list list;
    if (!lng_image_list_read(arena, folder, &list, &failure))
        lng_fail_report(&failure, (lng_place){.source = &source}, p->command->errors);
    else if (list.n == 0)
        lng_error(p->command->errors, LNG_E_DATA, (lng_place){.source = &source}, "there is no image in this folder");
    for (size_t i = 0; i < list.n && !p->unread; i++)
        if (!take_operand(p, lng_format(arena, "%s/%s", folder, list.at[i].path)))
            return false;
    return true;
}

static void take_operands(predictor *p)
{
    const lng_command *c = p->command;
    for (size_t i = 1; i < c->operands && !p->unread; i++)
        if (!(lng_folder_exists(c->operand[i]) ? take_folder : take_operand)(p, c->operand[i]))
            return;
    for (size_t i = 0; i < p->inputs && !p->unread; i++)
        if (p->input[i].file) {
            refuse_file(p, "not all of them have a file");
            break;
        }
    flush(p);
}

static bool operands_are_fine(lng_command *c)
{
    int streams = 0;
    for (size_t i = 1; i < c->operands; i++)
        streams += strcmp(c->operand[i], "-") == 0;
    return streams < 2 || lng_usage_error(c, "standard input, `-`, can be read once");
}

static bool open_output(predictor *p)
{
    const char *path = lng_command_get(p->command, "out");
    return !path || (p->file = lng_file_begin(path, p->command->errors)) != NULL;
}

/* A file of results is whole, or there is none. */
static void close_output(predictor *p)
{
    lng_errors *errors = p->command->errors;
    if (!p->file)
        return;
    print(p);
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
    predictor p = {
        .command = c, .look = c->look, .pictures = isatty(STDOUT_FILENO) && !lng_command_get(c, "json") ? MOST_PICTURES : 0};
    p.look.width = lng_screen_width(STDOUT_FILENO) - 1; /* writing to the last column may break the line */
    lng_guard guard;
    lng_guard_begin(&guard, c->arena, close_model, &p);
    if (operands_are_fine(c) && lng_preprocess_open(&p.options, c) && lng_generation_read(&p.generation, c) && open_model(&p) &&
        operands_fit(&p) && read_seed(&p) && open_output(&p))
        (p.generation.bytes ? generate : p.inputs ? take_operands : draw)(&p);
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
