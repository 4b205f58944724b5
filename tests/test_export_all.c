/* Everything that trains exports, or the export says what does not: all shipped models, and the examples of all blocks and ops, in every format.
 * What is refused is listed here with its reason. */
#include "doc/doc.h"
#include "export/html.h"
#include "std/std.h"
#include "suite.h"
#include "syntax/library.h"
#include "syntax/sections.h"
#include "train/session.h"
#include <string.h>

/* ---- the formats ---- */
typedef struct subject {
    const lng_model *model;
    lng_session *session;
    lng_context context;
    lng_meaning meaning;
} subject;

static lng_c_program c_program(const subject *s)
{
    lng_c_field *field = LNG_NEW_N(arena, s->model->fields + 1, lng_c_field);
    for (size_t i = 0; i < s->model->fields; i++) {
        const lng_data_field *f = &s->model->field[i];
        field[i] = (lng_c_field){.name = f->name, .most = 1, .classes = f->classes, .spec = f->columns, .row = lng_field_row(f)};
    }
    return (lng_c_program){.name = "model",
                           .title = s->model->name,
                           .graph = lng_session_runner(s->session, LNG_PREDICT)->graph,
                           .store = s->session->store,
                           .context = &s->context,
                           .meaning = &s->meaning,
                           .field = field,
                           .fields = s->model->fields};
}

static void to_c(const subject *s)
{
    lng_c_program p = c_program(s);
    (void)lng_c_compile(&p, arena, errors);
}

static void to_html(const subject *s)
{
    lng_c_program p = c_program(s);
    lng_html_field *field = LNG_NEW_N(arena, s->model->fields + 1, lng_html_field);
    for (size_t i = 0; i < s->model->fields; i++)
        field[i] = (lng_html_field){.of = s->model->field[i], .most = 255};
    (void)(lng_html_check(&(lng_html){.program = &p, .field = field}, arena, errors) && lng_c_compile(&p, arena, errors));
}

static void to_onnx(const subject *s)
{
    lng_onnx_field *field = LNG_NEW_N(arena, s->model->fields + 1, lng_onnx_field);
    lng_text file = lng_text_new(arena);
    for (size_t i = 0; i < s->model->fields; i++)
        field[i] = (lng_onnx_field){s->model->field[i].name, s->model->field[i].columns, lng_field_row(&s->model->field[i])};
    (void)lng_onnx_write(&(lng_onnx_program){.title = s->model->name,
                                             .graph = lng_session_runner(s->session, LNG_PREDICT)->plain,
                                             .store = s->session->store,
                                             .context = &s->context,
                                             .meaning = &s->meaning,
                                             .field = field,
                                             .fields = s->model->fields},
                         &file, errors);
}

/* In every layout. */
static void to_weights(const subject *s)
{
    const lng_weights weights = lng_session_weights(s->session);
    for (int layout = 0; layout < LNG_LAYOUTS; layout++) {
        lng_text npz = lng_text_new(arena), safetensors = lng_text_new(arena);
        size_t n;
        const lng_tensor *tensor = lng_tensors_of(arena, (lng_layout)layout, s->model->plain, &weights, &n);
        lng_safetensors_write((lng_layout)layout, s->model->name, tensor, n, &safetensors);
        (void)lng_npz_write(tensor, n, &npz, errors);
    }
}

static const struct {
    const char *name;
    void (*write)(const subject *);
} formats[] = {{"c", to_c}, {"html", to_html}, {"onnx", to_onnx}, {"weights", to_weights}};

/* ---- what is refused ---- */
static const struct {
    const char *name, *format, *says;
} refused[] = {
    {"gan.yaml", "c", "it draws random numbers"},
    {"gan.yaml", "html", "it draws random numbers"},
    {"unet.yaml", "c", "it draws random numbers"},
    {"unet.yaml", "html", "it draws random numbers"},
    {"vae.yaml", "c", "it draws random numbers"},
    {"vae.yaml", "html", "it draws random numbers"},
    {"random_normal", "c", "it draws random numbers"},
    {"random_normal", "html", "it draws random numbers"},
    {"random_uniform", "c", "it draws random numbers"},
    {"random_uniform", "html", "it draws random numbers"},
    {"sample_affine", "c", "it draws random numbers"},
    {"sample_affine", "html", "it draws random numbers"},
    {"batch_mean", "c", "it depends on the other examples of a batch"},
    {"batch_mean", "html", "it depends on the other examples of a batch"},
    {"batch_mean", "onnx", "it depends on the other examples of a batch"},
    {"batch_sum", "c", "it depends on the other examples of a batch"},
    {"batch_sum", "html", "it depends on the other examples of a batch"},
    {"batch_sum", "onnx", "it depends on the other examples of a batch"},
    {"orthonormal", "c", "`orthonormal` cannot be exported to C: it has no form in C yet"},
    {"orthonormal", "html", "`orthonormal` cannot be exported to C: it has no form in C yet"},
    {"orthonormal", "onnx", "`orthonormal` cannot be exported to ONNX: it has no form there yet"},
};

static const char *refusal_of(const char *name, const char *format)
{
    for (int i = 0; i < LENGTH(refused); i++)
        if (strcmp(refused[i].name, name) == 0 && strcmp(refused[i].format, format) == 0)
            return refused[i].says;
    return NULL;
}

static void export_text(const char *name, const char *text)
{
    lng_team *team = lng_team_new(1);
    lng_model *m = lng_model_parse(name, text, strlen(text), NULL, 0, errors);
    ck_assert_msg(m != NULL, "%s: %s", name, rendered(false));
    lng_errors_clear(errors); /* warnings */
    const lng_subject of = lng_subject_of_model(m);
    subject s = {.model = m, .session = lng_session_new(&of, LNG_PREDICT, LNG_C_EXAMPLES, team, errors)};
    ck_assert_msg(s.session && lng_session_initialize(s.session, errors), "%s: %s", name, rendered(false));
    s.context = lng_session_context(s.session, NULL);
    s.meaning = lng_meaning_of(arena, m, NULL);
    for (int i = 0; i < LENGTH(formats); i++) {
        const char *says = refusal_of(name, formats[i].name);
        formats[i].write(&s);
        if (!says)
            ck_assert_msg(lng_errors_count(errors) == 0, "%s as %s: %s", name, formats[i].name, rendered(false));
        else
            ck_assert_msg(strstr(rendered(false), says) != NULL, "%s as %s: %s, not: %s", name, formats[i].name, rendered(false),
                          says);
        lng_errors_clear(errors);
    }
    lng_session_free(s.session);
    lng_team_free(team);
    lng_model_free(m);
}

START_TEST(shipped_models_export)
{
    export_text(lng_shipped_files[_i].name, lng_shipped_files[_i].text);
}
END_TEST

/* ---- examples ---- */
static bool has_section(const char *text, const char *section)
{
    const size_t n = strlen(section);
    for (const char *at = text; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL)
        if (strncmp(at, section, n) == 0)
            return true;
    return false;
}

/* A step, or sections of a model file, as a whole one; NULL: it shows a part of training alone, which no export has. */
static const char *whole(const char *example)
{
    lng_text t = lng_text_new(arena);
    if (strncmp(example, "- ", 2) == 0) {
        lng_text_add(&t, "graph:\n  - image / 255\n");
        for (const char *at = example; *at; at += strcspn(at, "\n"), at += *at == '\n')
            lng_text_add(&t, "  %.*s\n", (int)strcspn(at, "\n"), at);
        lng_text_add(&t, "  - flatten\n  - dense: {units: 10, activation: softmax}\n");
    } else if (has_section(example, "graph:") || has_section(example, "out:"))
        lng_text_add(&t, "%s\n", example);
    else
        return NULL;
    static const char *const needed[][2] = {{"lngraph:", "lngraph: 1\n"},
                                            {"name:", "name: example\n"},
                                            {"data:", "data: {source: mnist}\n"},
                                            {"in:", "in: image[28, 28, 1], label\n"},
                                            {"train:", "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1)}\n"}};
    for (int i = 0; i < LENGTH(needed); i++)
        if (!has_section(t.at, needed[i][0]))
            lng_text_add(&t, "%s", needed[i][1]);
    return t.at;
}

START_TEST(examples_of_blocks_export)
{
    const lng_library *library = lng_library_new(arena, errors);
    int exported = 0;
    must(library);
    for (size_t i = 0; i < lng_map_count(library->standard); i++) {
        lng_block *block = lng_map_value(library->standard, i);
        must(lng_block_read(arena, block, &lng_section_block, errors));
        const lng_doc *example = lng_doc_get(block->doc, "example");
        const char *text = example ? whole(example->text) : NULL;
        if (text)
            export_text(lng_map_key(library->standard, i), text);
        exported += text != NULL;
    }
    ck_assert_int_ge(exported, 90);
}
END_TEST

START_TEST(examples_of_ops_export)
{
    const lng_op *op = lng_ops[_i];
    const char *text = op->flags & LNG_OP_HIDDEN || !op->example ? NULL : whole(op->example);
    if (text)
        export_text(op->name, text);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {LOOP(shipped_models_export, (int)lng_shipped_count),
                                TEST(examples_of_blocks_export),
                                LOOP(examples_of_ops_export, (int)lng_op_count),
                                {0}};
    return suite_run("everything exports", tests, NULL, NULL);
}
