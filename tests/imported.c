/* Running what was imported (imported.h). */
#include "config.h"
#include "imported.h"
#include "import/import.h"
#include "suite.h"
#include "train/session.h"
#include <string.h>

static bool convert(const lng_text *onnx, lng_imported *to)
{
    lng_source *source = LNG_NEW(arena, lng_source);
    static const lng_import_frame frame = {.name = "imported", .start = "model.safetensors"};
    *source = (lng_source){"model.onnx", onnx->at, onnx->length};
    const lng_foreign *net = lng_foreign_read(arena, source, errors);
    return net && lng_import_onnx(arena, source, net, &frame, to, errors);
}

const char *imported_text(const lng_text *onnx)
{
    lng_imported from;
    lng_text text = lng_text_new(arena);
    if (!convert(onnx, &from))
        return NULL;
    lng_doc_write(&text, from.doc);
    return text.at;
}

/* Element e of [c, ...] is this one of [..., c]. */
static int64_t moved(const lng_imported_port *p, int64_t e)
{
    const int64_t size = lng_shape_size(p->there), c = p->there.rank ? p->there.dim[0] : 1, n = size / c;
    return p->last ? e % n * c + e / n : e;
}

static void fill(const lng_imported *from, const lng_store *store)
{
    for (size_t k = 0; k < from->weights; k++) {
        size_t index;
        float *at = lng_store_find(store, from->weight[k].name, &index);
        ck_assert_msg(at != NULL, "the model has no weight %s", from->weight[k].name);
        must(lng_shape_equal(store->variable[index].shape, from->weight[k].shape));
        memcpy(at, from->weight[k].at, (size_t)lng_shape_size(from->weight[k].shape) * sizeof *at);
    }
}

static void *field_of(const lng_imported_port *p, const imported_input *input, size_t n, int examples)
{
    const int64_t size = lng_shape_size(p->there);
    const imported_input *from = NULL;
    for (size_t i = 0; i < n; i++)
        from = strcmp(input[i].name, p->tensor) == 0 ? &input[i] : from;
    ck_assert_msg(from != NULL, "nothing is given for the input %s", p->tensor);
    float *at = LNG_NEW_N(arena, (size_t)(size * examples) + 1, float);
    for (int k = 0; k < examples; k++)
        for (int64_t e = 0; e < size; e++)
            at[k * size + moved(p, e)] = from->at[k * size + e];
    return at;
}

static void run(lng_session *s, const lng_imported *from, const imported_input *input, size_t n, int examples, float *to)
{
    const lng_model *m = s->subject.model;
    lng_runner *runner = lng_session_runner(s, LNG_PREDICT);
    lng_field *data = LNG_NEW_N(arena, m->fields + 1, lng_field);
    const int64_t size = lng_shape_size(from->out.there);
    for (size_t i = 0; i < from->fields; i++)
        for (size_t k = 0; k < m->fields; k++)
            if (strcmp(m->field[k].name, from->field[i].name) == 0)
                data[k] =
                    (lng_field){field_of(&from->field[i], input, n, examples), LNG_FIELD_F32, lng_shape_size(from->field[i].here)};
    const lng_context context = lng_session_context(s, data);
    for (uint32_t k = 0; k < (uint32_t)examples; k++) {
        must(lng_session_run(s, LNG_PREDICT, &k, 1, &context, errors));
        const lng_column out = lng_runner_column(runner, "out");
        ck_assert_int_eq(out.size, size);
        for (int64_t e = 0; e < size; e++) {
            const int64_t at = moved(&from->out, e);
            to[k * (uint64_t)size + (uint64_t)e] =
                out.dtype == LNG_I32 ? (float)((const int32_t *)out.at)[at] : ((const float *)out.at)[at];
        }
    }
}

const float *imported_run(const lng_text *onnx, const imported_input *input, size_t inputs, int examples, int64_t *size)
{
    lng_imported from;
    lng_text text = lng_text_new(arena);
    if (!convert(onnx, &from))
        return NULL;
    lng_doc_write(&text, from.doc);
    lng_model *m = lng_model_parse("imported.yaml", text.at, text.length, NULL, 0, errors);
    ck_assert_msg(m != NULL, "%s\n%s", text.at, rendered(false));
    lng_team *team = lng_team_new(1);
    const lng_subject subject = lng_subject_of_model(m);
    lng_session *s = lng_session_new(&subject, LNG_PREDICT, 1, team, errors);
    must(s != NULL);
    *size = lng_shape_size(from.out.there);
    float *to = LNG_NEW_N(arena, (size_t)(*size * examples) + 1, float);
    fill(&from, s->store);
    run(s, &from, input, inputs, examples, to);
    lng_session_free(s);
    lng_team_free(team);
    lng_model_free(m);
    return to;
}
