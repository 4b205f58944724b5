/* What a user writes as text: documents, models, expressions, overrides; and JSON. */
#include "config.h"
#include "base/json.h"
#include "doc/doc.h"
#include "fuzz.h"
#include "lang/model.h"
#include "report/read.h"
#include <string.h>

static const char *written(const fuzz *f, const lng_doc *doc, size_t *n)
{
    lng_text t = lng_text_new(f->arena);
    lng_doc_write(&t, doc);
    *n = t.length;
    return t.at;
}

static bool equal(const lng_doc *a, const lng_doc *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == LNG_DOC_SCALAR)
        return a->length == b->length && memcmp(a->text, b->text, a->length) == 0 && lng_doc_is_null(a) == lng_doc_is_null(b);
    for (size_t i = 0; i < a->count; i++)
        if ((a->kind == LNG_DOC_MAPPING && !equal(a->key[i], b->key[i])) || !equal(a->item[i], b->item[i]))
            return false;
    return true;
}

/* A tree that is written is read again. */
void fuzz_document(fuzz *f)
{
    const lng_source source = {"input.yaml", (const char *)f->at, f->n};
    const lng_doc *doc = lng_doc_parse(f->arena, &source, f->errors);
    fuzz_outcome(f, doc != NULL);
    if (!doc)
        return;
    lng_source again = {.name = "written.yaml"};
    again.text = written(f, doc, &again.length);
    const lng_doc *same = lng_doc_parse(f->arena, &again, f->errors);
    fuzz_outcome(f, same != NULL);
    FUZZ_MUST(same && equal(doc, same));
}

/* A model's expanded file is the same model. */
static void read_model(fuzz *f, const char *text, size_t n, const lng_override *o, size_t overrides)
{
    lng_model *m = lng_model_parse("input.yaml", text, n, o, overrides, f->errors);
    fuzz_outcome(f, m != NULL);
    if (!m)
        return;
    lng_text t = lng_text_new(f->arena);
    lng_model_write(m, &t);
    lng_model *same = lng_model_parse("model.yaml", t.at, t.length, NULL, 0, f->errors);
    fuzz_outcome(f, same != NULL);
    FUZZ_MUST(same && same->digest == m->digest && same->variables == m->variables && same->metrics == m->metrics);
    lng_model_free(same);
    lng_model_free(m);
}

void fuzz_model(fuzz *f)
{
    read_model(f, (const char *)f->at, f->n, NULL, 0);
}

/* The expression is what a node of a model computes. */
void fuzz_expression(fuzz *f)
{
    lng_text t = lng_text_new(f->arena);
    lng_text_add(&t, "lngraph: 1\n"
                     "name: t\n"
                     "data: {source: digits}\n"
                     "in: image[28, 28, 1], label\n"
                     "params: {w: 'normal(shape=[784, 10])', c: 'constant(shape=[3, 4], value=0.5)'}\n"
                     "let:\n"
                     "  x: flatten(image / 255)\n"
                     "  y: '");
    for (size_t i = 0; i < f->n; i++)
        lng_text_put(&t, f->at[i] == '\'' ? "''" : (const char *)f->at + i, f->at[i] == '\'' ? 2 : 1);
    lng_text_add(&t, "'\n"
                     "out: softmax(x @ w + sum(y))\n"
                     "train: {loss: 'cross_entropy(out, label) + sum(c * c)', optimizer: sgd(lr=0.1)}\n");
    read_model(f, t.at, t.length, NULL, 0);
}

/* Each line sets a value, up to eight of them; the last one is also what somebody is still typing. */
void fuzz_override(fuzz *f)
{
    static const char model[] =
        "lngraph: 1\nname: t\ndata: {source: digits}\nin: image[28, 28, 1], label\nwith: {width: int > 0 = 4, rate: float = 0.1}\n"
        "graph:\n  - image / 255\n  - conv2d: {filters: width, kernel: 3, activation: relu}\n  - maxpool2d: {size: 2}\n"
        "  - repeat: 2\n    do:\n      - dropout\n  - flatten\n  - dense: {units: 10, activation: softmax}\n"
        "train: {loss: 'cross_entropy(out, label)', optimizer: 'adam(lr=cosine(peak=rate))', clip: {norm: 1.0}}\n"
        "report: {metrics: ['accuracy(out, label)']}\n";
    lng_override o[8];
    size_t n = 0;
    char *text = lng_copy_n(f->arena, (const char *)f->at, f->n), *line = text;
    while (line && n < 8) {
        char *next = strchr(line, '\n'), *value = strchr(line, '=');
        if (next)
            *next++ = 0;
        if (value && (!next || value < next)) {
            *value++ = 0;
            o[n++] = (lng_override){line, value};
        }
        line = next;
    }
    read_model(f, model, sizeof model - 1, o, n);
    const lng_source source = {"input.yaml", model, sizeof model - 1};
    lng_override_offer(f->arena, lng_doc_parse(f->arena, &source, f->errors), text, lng_map_new(f->arena));
}

/* Any JSON; as a report, too. */
void fuzz_json(fuzz *f)
{
    size_t offset = 0;
    const char *why = NULL;
    const bool read = lng_json_parse(f->arena, (const char *)f->at, f->n, &offset, &why) != NULL;
    FUZZ_MUST(read || (why && offset <= f->n));
    const lng_json_value *report = lng_report_read(f->arena, fuzz_file(f, "report.json", f->at, f->n), f->errors);
    fuzz_outcome(f, report != NULL);
    FUZZ_MUST(read || !report);
}
