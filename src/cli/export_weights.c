/* A trained model for other frameworks: its weights alone, or all of it as ONNX (exporter.h). */
#include "cli/exporter.h"
#include <string.h>

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
        if (!v)
            lng_text_add(&c->out, "%-*s  zeros\n", (int)shape, lng_shape_text(text, laid->shape));
        else if (strcmp(laid->name, v->name) == 0 && lng_shape_equal(laid->shape, v->shape))
            lng_text_add(&c->out, "%s\n", lng_shape_text(text, laid->shape));
        else {
            lng_text_add(&c->out, "%-*s  ", (int)shape, lng_shape_text(text, laid->shape));
            lng_text_add(&c->out, "from %s %s\n", v->name, lng_shape_text(text, v->shape));
        }
    }
    return lng_command_print(c);
}

static void write_weights(const lng_exporter *e, bool archive)
{
    lng_command *c = e->command;
    const char *path = lng_export_file(e, e->format->suffix), *word = lng_command_get(c, "layout");
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

void lng_export_npz(const lng_exporter *e)
{
    write_weights(e, true);
}

void lng_export_safetensors(const lng_exporter *e)
{
    write_weights(e, false);
}

/* ---- ONNX ---- */
void lng_export_onnx(const lng_exporter *e)
{
    lng_command *c = e->command;
    const lng_model *m = e->w.model;
    const lng_runner *runner = lng_session_runner(e->w.session, LNG_PREDICT);
    const lng_context context = lng_session_context(e->w.session, NULL);
    const lng_meaning meaning = lng_meaning_of(c->arena, m, NULL);
    lng_onnx_field *field = LNG_NEW_N(c->arena, m->fields + 1, lng_onnx_field);
    const char *path = lng_export_file(e, e->format->suffix);
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
