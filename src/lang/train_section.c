/* The sections train and report: numbers and expressions. */
#include "lang/compile.h"
#include "doc/number.h"
#include <string.h>

/* A mistake in a number has been recorded by the section's check. */
static bool clip(lng_compiler *c, const lng_doc *d)
{
    const lng_section *section = lng_section_find(&lng_section_train, "clip")->section;
    if (!d || d->kind != LNG_DOC_MAPPING)
        return !d;
    if (d->count > 1 && lng_doc_get(d, "norm") && lng_doc_get(d, "value"))
        return lng_error(c->errors, LNG_E_ARGUMENTS, d->place, "`clip` takes `norm` or `value`, not both");
    if (d->count == 0)
        return lng_error(c->errors, LNG_E_MISSING_KEY, d->place, "`clip` needs a limit, such as {norm: 1.0} or {value: 0.5}");
    return lng_section_number(section, d, "norm", &c->recipe.clip_norm) ||
           lng_section_number(section, d, "value", &c->recipe.clip_value);
}

/* ---- the loss ---- */
/* Terms by name: a list of expressions, of which each is shown like a metric, too. */
static lng_expr *read_terms(lng_compiler *c, const lng_doc *d)
{
    lng_expr *all = LNG_NEW(c->arena, lng_expr);
    *all = (lng_expr){.kind = LNG_EXPR_LIST, .depth = 1, .doc = d, .place = d->place};
    all->item = LNG_NEW_N(c->arena, d->count + 1, lng_expr *);
    if (d->count == 0)
        lng_error(c->errors, LNG_E_MISSING_KEY, d->place, "the loss needs a term: `{data: cross_entropy(out, label)}`");
    for (size_t i = 0; i < d->count; i++) {
        const lng_doc *name = d->key[i];
        lng_expr *e = lng_expr_read(c->arena, d->item[i], c->errors);
        const bool named = lng_is_name(name->text, name->length) ||
                           lng_error(c->errors, LNG_E_EXPRESSION, name->place, "`%.60s` is not a name", name->text);
        if (!e || !named)
            continue;
        all->depth = e->depth >= all->depth ? e->depth + 1 : all->depth;
        all->item[all->items++] = e;
    }
    all->values = all->items;
    return d->count > 0 && all->items == d->count ? all : NULL;
}

static lng_expr *read_loss(lng_compiler *c, const lng_doc *d)
{
    return d->kind == LNG_DOC_MAPPING ? read_terms(c, d) : lng_expr_read(c->arena, d, c->errors);
}

static void list_terms(lng_compiler *c, const lng_doc *loss)
{
    for (; c->loss && c->loss->kind == LNG_EXPR_LIST && loss->kind == LNG_DOC_MAPPING && c->terms < c->loss->items; c->terms++) {
        c->model->metric[c->metrics].label = lng_format(c->arena, "loss.%s", loss->key[c->terms]->text);
        c->metric[c->metrics++] = c->loss->item[c->terms];
    }
}

/* ---- objectives ---- */
static bool unknown_term(lng_compiler *c, const lng_doc *name, const lng_doc *loss)
{
    lng_nearest near = {.wrong = name->text};
    for (size_t i = 0; i < c->terms; i++)
        lng_nearest_offer(&near, loss->key[i]->text);
    lng_error(c->errors, LNG_E_UNKNOWN_NAME, name->place, "the loss has no term `%.60s`", name->text);
    if (near.best)
        lng_error_hint(c->errors, "did you mean `%s`?", near.best);
    else if (c->terms == 0)
        lng_error_hint(c->errors, "name its terms: `loss: {d: ..., g: ...}`");
    return false;
}

static bool objectives(lng_compiler *c, const lng_doc *loss, const lng_doc *d)
{
    bool good = true;
    if (!d || d->kind != LNG_DOC_MAPPING || !c->loss)
        return !d;
    c->recipe.objectives = d;
    c->recipe.trains = LNG_NEW_N(c->arena, c->terms + 1, const char *);
    for (size_t i = 0; i < d->count; i++) {
        size_t term = 0;
        while (term < c->terms && strcmp(loss->key[term]->text, d->key[i]->text) != 0)
            term++;
        if (term == c->terms)
            good = unknown_term(c, d->key[i], loss);
        else if (d->item[i]->kind != LNG_DOC_SCALAR)
            good = lng_error(c->errors, LNG_E_TYPE, d->item[i]->place, "expected a pattern of parameters' names, such as 'd.*'");
        else
            c->recipe.trains[term] = d->item[i]->text;
    }
    if (!good)
        c->recipe.trains = NULL;
    return good;
}

static size_t stars(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '*';
    return n;
}

bool lng_start_names_check(const lng_doc *d, lng_errors *errors)
{
    bool good = true;
    for (size_t i = 0; d && d->kind == LNG_DOC_MAPPING && i < d->count; i++) {
        const lng_doc *from = d->key[i], *to = d->item[i];
        if (to->kind != LNG_DOC_SCALAR)
            good = lng_error(errors, LNG_E_TYPE, to->place, "expected the name of a weight of the model, such as 'dense.W'");
        else if (stars(from->text) > 1 || stars(to->text) > stars(from->text))
            good = lng_error(errors, LNG_E_TYPE, from->place,
                             "a name in the file has one `*` at most, and only then the model's has one");
    }
    return good;
}

static bool start(lng_compiler *c, const lng_doc *d)
{
    const lng_section *section = lng_section_find(&lng_section_train, "start")->section;
    unsigned layout = LNG_LAYOUT_lngraph;
    const lng_doc *from = d ? lng_doc_get(d, "from") : NULL, *into = d ? lng_doc_get(d, "into") : NULL,
                  *match = d ? lng_doc_get(d, "match") : NULL;
    if (!d || d->kind != LNG_DOC_MAPPING || !from || from->kind != LNG_DOC_SCALAR)
        return !d;
    c->model->start = (lng_start){.from = lng_beside(c->arena, c->model->source->name, from->text),
                                  .into = into ? into->text : NULL,
                                  .match = match ? match->text : "*",
                                  .names = lng_doc_get(d, "names"),
                                  .place = d->place};
    lng_section_word(section, d, "layout", &layout);
    c->model->start.layout = (lng_layout)layout;
    return lng_start_names_check(lng_doc_get(d, "names"), c->errors);
}

static bool plateau(lng_compiler *c, const lng_doc *d)
{
    const lng_section *section = lng_section_find(&lng_section_train, "plateau")->section;
    if (!d || d->kind != LNG_DOC_MAPPING)
        return !d;
    c->recipe.plateau = d;
    return lng_section_number(section, d, "factor", &c->model->keep.slower) &&
           lng_section_int(section, d, "patience", &c->model->keep.slower_patience);
}

static bool too_many_examples(lng_compiler *c, const lng_doc *d, int64_t accumulate, int64_t batch)
{
    char most[LNG_NUMBER_SIZE], batches[LNG_NUMBER_SIZE], each[LNG_NUMBER_SIZE];
    return lng_error(c->errors, LNG_E_LIMIT, lng_doc_get(d, "accumulate")->place,
                     "a step has at most %s examples, not %s batches of %s", lng_grouped(most, 1 << 20),
                     lng_grouped(batches, accumulate), lng_grouped(each, batch));
}

static bool train(lng_compiler *c, const lng_doc *d)
{
    lng_model *m = c->model;
    int64_t batch, epochs, seed, accumulate = 1;
    const lng_doc *loss = lng_doc_get(d, "loss"), *optimizer = lng_doc_get(d, "optimizer");
    c->loss = loss ? read_loss(c, loss) : NULL;
    c->optimizer = optimizer ? lng_expr_read(c->arena, optimizer, c->errors) : NULL;
    if (!d || d->kind != LNG_DOC_MAPPING)
        return false;
    bool good = lng_section_int(&lng_section_train, d, "batch", &batch) &&
                lng_section_int(&lng_section_train, d, "epochs", &epochs) && lng_section_int(&lng_section_train, d, "seed", &seed);
    if (!good || batch < 1 || batch > 1 << 20 || epochs < 1 || epochs > 1000000)
        return false; /* recorded by the section's check */
    lng_section_int(&lng_section_train, d, "accumulate", &accumulate);
    if (accumulate < 1 || accumulate > (1 << 20) / batch)
        return accumulate < 1 || accumulate > 1 << 20 || too_many_examples(c, d, accumulate, batch);
    m->batch = (int)(batch * accumulate);
    c->recipe.accumulate = (int)accumulate;
    m->epochs = (int)epochs;
    m->seed = m->data.seed = (uint64_t)seed;
    m->steps = -1;
    lng_section_int(&lng_section_train, d, "steps", &m->steps);
    good = lng_compile_settings(c, lng_doc_get(d, "parameters"));
    lng_section_number(&lng_section_train, d, "average", &c->recipe.average);
    good = start(c, lng_doc_get(d, "start")) && good;
    good = lng_compile_checkpoint(c, lng_doc_get(d, "checkpoint")) && good;
    good = plateau(c, lng_doc_get(d, "plateau")) && good;
    return clip(c, lng_doc_get(d, "clip")) && good && c->loss && c->optimizer;
}

static bool is_column(const char *name)
{
    static const char *const columns[] = {"epoch",         "examples", "loss",         "learning_rate",
                                          "gradient_norm", "seconds",  "train_seconds"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (strcmp(columns[i], name) == 0)
            return true;
    return strncmp(name, "validation_", 11) == 0;
}

/* The name that a mapping gives to a metric; NULL after an error. */
static const char *name_of(lng_compiler *c, const lng_doc *key)
{
    if (!lng_is_name(key->text, key->length))
        lng_error(c->errors, LNG_E_EXPRESSION, key->place, "`%.60s` is not a name", key->text);
    else if (is_column(key->text))
        lng_error(c->errors, LNG_E_DUPLICATE, key->place,
                  "history.csv has a column `%.60s` for something else; choose another name", key->text);
    else
        return key->text;
    return NULL;
}

/* In a list, a metric is named after what it calls. */
static const char *label_of(const lng_expr *e, lng_map *given)
{
    const bool named = e->kind == LNG_EXPR_CALL || e->kind == LNG_EXPR_NAME;
    const char *label = lng_map_new_name(given, named ? e->name : "metric");
    lng_map_put(given, label, given);
    return label;
}

static bool metrics(lng_compiler *c, const lng_doc *loss, const lng_doc *d)
{
    bool good = true;
    const size_t listed = d && d->kind != LNG_DOC_SCALAR ? d->count : 0; /* 0: absent, or recorded */
    const size_t room = listed + 1 + (c->loss ? c->loss->items : 0);
    c->metric = LNG_NEW_N(c->arena, room, lng_expr *);
    c->model->metric = LNG_NEW_N(c->arena, room, lng_model_metric);
    if (loss)
        list_terms(c, loss);
    lng_map *given = lng_map_new(c->arena);
    for (size_t i = 0; i < listed; i++) {
        lng_expr *e = lng_expr_read(c->arena, d->item[i], c->errors);
        const char *label = !e ? NULL : d->kind == LNG_DOC_MAPPING ? name_of(c, d->key[i]) : label_of(e, given);
        good = label && good;
        if (!label)
            continue;
        c->model->metric[c->metrics].label = label;
        c->metric[c->metrics++] = e;
    }
    c->model->metrics = c->metrics;
    return good;
}

static bool values(lng_compiler *c, const char *split, const lng_doc *d)
{
    lng_model *m = c->model;
    bool good = true;
    if (!d || d->kind != LNG_DOC_MAPPING)
        return true; /* absent, or recorded */
    for (size_t i = 0; i < d->count; i++) {
        double x;
        if (!lng_scalar_number(d->item[i], &x, c->errors))
            good = false;
        else
            m->published[m->published_count++] = (lng_published){split, d->key[i]->text, x};
    }
    return good;
}

static bool published(lng_compiler *c, const lng_doc *d)
{
    static const char *const splits[] = {"train", "validation", "test"};
    size_t n = 0;
    bool good = true;
    if (!d || !lng_doc_get(d, "source") || !lng_doc_get(d, "data"))
        return true;
    for (int i = 0; i < 3; i++) {
        const lng_doc *split = lng_doc_get(d, splits[i]);
        n += split ? split->count : 0;
    }
    c->model->published = LNG_NEW_N(c->arena, n + 1, lng_published);
    c->model->published_source = lng_doc_get(d, "source")->text;
    c->model->published_data = lng_doc_get(d, "data")->text;
    for (int i = 0; i < 3; i++)
        good = values(c, splits[i], lng_doc_get(d, splits[i])) && good;
    return good;
}

bool lng_compile_train_section(lng_compiler *c)
{
    const lng_doc *report = lng_doc_get(c->doc, "report"), *section = lng_doc_get(c->doc, "train");
    bool good = train(c, section);
    good = metrics(c, lng_doc_get(section, "loss"), lng_doc_get(report, "metrics")) && good;
    good = objectives(c, lng_doc_get(section, "loss"), lng_doc_get(section, "objectives")) && good;
    return published(c, lng_doc_get(report, "published")) && good;
}
