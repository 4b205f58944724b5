/* A trained model as a program in C, or as a page that runs it (exporter.h). */
#include "cli/compile.h"
#include "cli/exporter.h"
#include "export/html.h"
#include "report/read.h"
#include <math.h>
#include <string.h>

#define CENTERED 0.06 /* of the side of an image: training images whose ink lies as near to the middle were brought there */

/* ---- the fields ---- */
static const lng_json_value *read_report(const lng_exporter *e)
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
static lng_c_field *fields_of(const lng_exporter *e)
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

/* ---- the program ---- */
/* The engine's outputs for the examples of the self-test. */
static bool run_examples(const lng_exporter *e, lng_c_program *p)
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
    const lng_exporter *exporter;
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

static bool compare_fast(const lng_exporter *e, lng_c_program *p)
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
static bool print_bounds(const lng_exporter *e, const lng_c_program *p)
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
static void write_program(const lng_exporter *e, const lng_c_program *p)
{
    lng_command *c = e->command;
    lng_text header = lng_text_new(c->arena), source = lng_text_new(c->arena), weights = lng_text_new(c->arena);
    const char *header_file = lng_export_file(e, ".h"), *source_file = lng_export_file(e, ".c"),
               *weights_file = lng_export_file(e, ".bin");
    lng_c_write(p, lng_base_name(header_file), &header, &source, &weights);
    if (!lng_file_write(header_file, header.at, header.length, c->errors))
        return;
    if (lng_command_get(c, "header"))
        lng_text_add(&c->out, "wrote %s\n", header_file);
    else if (lng_file_write(source_file, source.at, source.length, c->errors) &&
             (!p->apart || lng_file_write(weights_file, weights.at, weights.length, c->errors)))
        lng_text_add(&c->out, p->apart ? "wrote %s, %s and %s\n" : "wrote %s and %s\n", header_file, source_file, weights_file);
}

static lng_c_program program_of(const lng_exporter *e, const char *name, const lng_context *context, const lng_meaning *meaning)
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

static void write_learner(const lng_exporter *e)
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

void lng_export_c(const lng_exporter *e)
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
    p.apart = lng_export_is_apart(e);
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
static lng_html_field *page_fields_of(const lng_exporter *e)
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

void lng_export_html(const lng_exporter *e)
{
    lng_command *c = e->command;
    const char *compiler = lng_command_get(c, "compiler"), *path = lng_export_file(e, e->format->suffix);
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
