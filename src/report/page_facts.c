/* The model on the page, where the time went, and the facts of the run. */
#include "config.h"
#include "report/facts.h"
#include "report/page.h"
#include <inttypes.h>

/* ---- the model ---- */
static void parameters(const lng_page *p)
{
    const lng_model *m = p->report->model;
    char shape[LNG_SHAPE_TEXT];
    lng_page_put(p, "<details><summary>Parameters</summary>\n");
    lng_page_table(p, "Parameters", (const char *const[]){"name", "shape", "numbers"}, 3);
    for (size_t i = 0; i < m->variables; i++)
        if (m->variable[i].parameter)
            lng_page_row(p,
                         (const char *const[]){m->variable[i].name, lng_shape_text(shape, m->variable[i].shape),
                                               lng_count(p->arena, lng_shape_size(m->variable[i].shape))},
                         3);
    lng_page_row(p, (const char *const[]){"all", "", lng_count(p->arena, m->parameters)}, 3);
    lng_page_table_end(p);
    lng_page_put(p, "</details>\n");
}

static void architecture(const lng_page *p)
{
    const lng_figure *f = lng_figure_find("architecture");
    if (!lng_figure_applies(f, &p->drawn))
        return;
    lng_page_put(p, "<figure class=\"layers\">\n");
    const bool opens = lng_architecture_markup(&p->drawn, p->out);
    lng_page_put(p, "<figcaption>");
    lng_page_say(p, f->about);
    lng_page_put(p, opens ? "; a layer with a mark can be opened</figcaption></figure>\n" : "</figcaption></figure>\n");
}

void lng_page_model(const lng_page *p)
{
    lng_page_section(p, "model", "Model");
    architecture(p);
    parameters(p);
    lng_page_put(p, "<details><summary>Model file</summary>\n<pre tabindex=\"0\">");
    lng_text yaml = lng_text_new(p->arena);
    lng_text_put(&yaml, p->report->model->source->text, p->report->model->source->length);
    lng_page_say(p, yaml.at);
    lng_page_put(p, "</pre></details>\n");
    lng_page_section_end(p);
}

/* ---- time and facts ---- */
static void fact(const lng_page *p, const char *name, const char *value)
{
    lng_page_put(p, "<tr><th scope=\"row\">");
    lng_page_say(p, name);
    lng_page_put(p, "</th><td class=\"prose\">");
    lng_page_say(p, value);
    lng_page_put(p, "</td></tr>\n");
}

static const char *seconds(const lng_page *p, double s)
{
    return lng_format(p->arena, "%s s", lng_fixed(p->arena, s, s < 10 ? 2 : 1));
}

static void times(const lng_page *p)
{
    const lng_history *h = p->report->history;
    double all = 0;
    for (size_t i = 0; h && i < h->epochs; i++)
        all += h->epoch[i].seconds;
    if (h) {
        fact(p, "training steps", seconds(p, h->train_seconds));
        fact(p, "validation and the rest of the epochs", seconds(p, all > h->train_seconds ? all - h->train_seconds : 0));
        if (h->train_seconds > 0)
            fact(p, "training examples per second", lng_count(p->arena, (int64_t)((double)h->examples / h->train_seconds)));
    }
    if (p->report->evaluation_seconds > 0)
        fact(p, "evaluation of all splits", seconds(p, p->report->evaluation_seconds));
    if (h)
        fact(p, "altogether", seconds(p, all + p->report->evaluation_seconds));
}

/* An expression of the section `train`, or that there are several. */
static const char *text_of(const lng_model *m, const char *key)
{
    const lng_doc *d = lng_doc_get(lng_doc_get(m->expanded, "train"), key);
    return d && d->kind == LNG_DOC_SCALAR ? d->text : "several terms";
}

void lng_page_facts(const lng_page *p)
{
    const lng_report *r = p->report;
    const lng_model *m = r->model;
    lng_arena *a = p->arena;
    lng_page_section(p, "run", "Run");
    lng_page_table(p, "Facts of the run", NULL, 0);
    times(p);
    if (r->history)
        fact(p, "epochs", lng_format(a, "%zu of %d, %s steps", r->history->epochs, m->epochs, lng_count(a, r->history->steps)));
    if (r->history)
        fact(p, "loss and optimizer", lng_format(a, "%s; %s", text_of(m, "loss"), text_of(m, "optimizer")));
    fact(p, "batch", lng_format(a, "%d examples", m->batch));
    fact(p, "seed", lng_format(a, "%" PRIu64, m->seed));
    fact(p, "threads", lng_format(a, "%d", r->threads));
    fact(p, "machine", r->machine ? r->machine : "not known");
    fact(p, "lngraph", PACKAGE_VERSION);
    fact(p, "digest of the formula", lng_format(a, "%016" PRIx64, m->digest));
    fact(p, "digest of the data", lng_format(a, "%016" PRIx64, lng_found_of(a, r)->duplicates.digest));
    fact(p, "SHA-256 of model.safetensors", r->weights ? r->weights : "not known");
    lng_page_table_end(p);
    lng_page_put(
        p, "<p>The same file, seed and data give the same weights, bit for bit, on any machine and with any number of threads. "
           "This repeats the run in the folder of this page:</p>\n<pre tabindex=\"0\">lngraph run model.yaml</pre>\n");
    if (r->command) {
        lng_page_put(p, "<p>The command was:</p>\n<pre tabindex=\"0\">");
        lng_page_say(p, r->command);
        lng_page_put(p, "</pre>\n");
    }
    lng_page_section_end(p);
}
