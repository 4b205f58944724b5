/* The model of lngraph predict: the examples of all files are gathered into batches.
 *
 * The run's folder is enough: the data set is not opened. The graph of the output alone is compiled. No result depends on the other examples of a batch: a model that
 * mixes the examples of a batch, or draws random numbers (which depend on the example's place), gets each one alone. */
#include "cli/predictor.h"
#include "report/read.h"
#include "train/weights.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_BATCH   512
#define MOST_NUMBERS (1 << 24) /* of a batch, which has at least one example */
#define PRINTED      (1 << 16) /* bytes of results after which they are printed */

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
static bool find_inputs(lng_predictor *p, const char *folder)
{
    lng_command *c = p->command;
    const char *path = lng_format(c->arena, "%s/report.json", folder);
    const lng_json_value *report = NULL;
    const lng_value **reads = LNG_NEW_N(c->arena, p->model->fields + 1, const lng_value *);
    p->input = LNG_NEW_N(c->arena, p->model->fields, lng_predictor_input);
    bool images = false;
    lng_graph_reads(p->runner->graph, c->arena, reads);
    for (size_t i = 0; i < p->model->fields; i++) {
        if (!reads[i])
            continue;
        lng_predictor_input *in = &p->input[p->inputs++];
        const lng_data_field *field = &p->model->field[i];
        in->field = i;
        in->size = lng_shape_size(reads[i]->shape);
        images = images || lng_shape_is_image(reads[i]->shape);
        in->preprocess = p->options;
        in->preprocess.field = field->name;
        in->preprocess.wanted = reads[i]->shape;
        in->preprocess.integers = field->dtype == LNG_I32;
        in->preprocess.classes = field->classes;
        in->preprocess.below = field->below;
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

/* Whether an example's output could depend on the others of its batch, or on its place in it. */
static bool stands_alone(const lng_graph *g)
{
    for (size_t i = 0; i < g->nodes; i++)
        if (g->node[i]->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS | LNG_OP_RANDOM))
            return false;
    return true;
}

static bool make_room(lng_predictor *p)
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
    p->number = LNG_NEW_N(c->arena, LNG_MOST_CHOSEN, int64_t);
    p->intake = LNG_NEW_N(c->arena, p->inputs + 1, lng_intake);
    p->preprocess = LNG_NEW_N(c->arena, p->inputs + 1, const lng_preprocess *);
    for (size_t i = 0; i < p->inputs; i++)
        p->preprocess[i] = &p->input[i].preprocess;
    p->out = LNG_NEW_N(c->arena, (size_t)lng_shape_size(p->output->shape) + 1, double);
    for (size_t i = 0; i < p->inputs; i++) {
        lng_predictor_input *in = &p->input[i];
        if (!(in->row = lng_block_new((size_t)p->capacity * (size_t)in->size * 4)))
            return lng_error(c->errors, LNG_E_MEMORY, (lng_place){0}, "out of memory");
        p->fields[in->field] = (lng_field){.at = in->row, .size = in->size};
        p->fields[in->field].type = in->preprocess.integers ? LNG_FIELD_I32 : LNG_FIELD_F32;
    }
    return true;
}

static bool open_session(lng_predictor *p)
{
    const lng_subject subject = lng_subject_of_model(p->model);
    p->session = lng_session_new(&subject, LNG_PREDICT, MOST_BATCH, p->team, p->command->errors);
    p->runner = p->session ? lng_session_runner(p->session, LNG_PREDICT) : NULL;
    return p->session != NULL;
}

bool lng_predictor_open(lng_predictor *p)
{
    lng_command *c = p->command;
    const char *model, *weights, *folder = run_folder(c, &model, &weights);
    return folder && (p->team = lng_open_team(c)) && (p->model = lng_open_model(c, model)) && open_session(p) &&
           lng_load_weights(c, p->session, weights) && find_inputs(p, folder) && make_room(p);
}

void lng_predictor_close(void *predicting)
{
    lng_predictor *p = predicting;
    lng_file_abandon(p->file);
    for (size_t i = 0; i < p->inputs; i++)
        lng_block_free(p->input[i].row);
    lng_session_free(p->session);
    lng_team_free(p->team);
    lng_model_free(p->model);
}

/* ---- examples ---- */
/* One number for two classes is the probability of class 1, if it can be one: that of class 0 goes before it. */
static void complete_pair(const lng_predictor *p, lng_prediction *a)
{
    const double one = p->out[0];
    if (!p->meaning.pair || one < 0 || one > 1)
        return;
    p->out[0] = 1 - one;
    p->out[1] = one;
    a->size = 2;
}

/* Of an image that the model has made. */
static const char *made_picture(lng_predictor *p, const void *out)
{
    const lng_array image = {.type = LNG_ARRAY_F32, .shape = p->output->shape, .count = 1, .at = (void *)out};
    if (p->inputs > 0 || p->pictures == 0 || p->output->dtype != LNG_F32 || !lng_shape_is_image(image.shape))
        return NULL;
    p->pictures--;
    return lng_picture(p->command->arena, p->look, &image, 0);
}

static void answer(lng_predictor *p, lng_prediction *a, const void *out)
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
bool lng_predictor_print(lng_predictor *p)
{
    lng_text *out = &p->command->out;
    if (!p->file)
        return lng_command_print(p->command);
    const bool done = lng_file_put(p->file, out->at, out->length);
    out->length = 0;
    return done;
}

void lng_predictor_flush(lng_predictor *p)
{
    const lng_context context = lng_session_context(p->session, p->fields);
    const lng_column out = lng_runner_column(p->runner, "out"); /* floats and integers are four bytes each */
    const int n = p->count;
    p->count = 0;
    if (n == 0 || !lng_session_run(p->session, LNG_PREDICT, p->order, n, &context, p->command->errors))
        return;
    for (int i = 0; i < n; i++)
        answer(p, &p->waiting[i], (const char *)out.at + (out.per_example ? 4 * i * out.size : 0));
    p->unread = p->command->out.length > PRINTED && !lng_predictor_print(p);
}
