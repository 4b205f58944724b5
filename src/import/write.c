/* The model file of what was imported: steps become a chain, short expressions are put into those that read them, and a value that is not read by the
 * next step alone gets a name. */
#include "import/build.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LINE 76  /* of an expression */
#define KEY  180 /* bytes of a YAML key */

typedef struct writer {
    lng_importer *m;
    lng_arena *arena;
    lng_import_step **step; /* those that are written */
    size_t steps;
    bool *param; /* used */
    lng_imported *to;
} writer;

static lng_doc *scalar(const writer *w, const char *text)
{
    return lng_doc_scalar(w->arena, text, (lng_place){0});
}

static lng_doc *mapping(const writer *w, bool flow)
{
    lng_doc *d = lng_doc_mapping(w->arena, (lng_place){0});
    d->flow = flow;
    return d;
}

static lng_doc *sequence(const writer *w)
{
    lng_doc *d = lng_doc_sequence(w->arena, (lng_place){0});
    d->flow = false;
    return d;
}

static void set(const writer *w, lng_doc *to, const char *key, const char *value)
{
    lng_doc_set(w->arena, to, key, scalar(w, value));
}

static lng_doc *shape_doc(const writer *w, lng_shape s)
{
    lng_doc *d = lng_doc_sequence(w->arena, (lng_place){0});
    for (int i = 0; i < s.rank; i++)
        lng_doc_push(w->arena, d, NULL, scalar(w, lng_format(w->arena, "%lld", (long long)s.dim[i])));
    return d;
}

/* ---- which steps are needed, and which stand in others ---- */
/* How often a form has operand i. */
static int occurrences(const char *form, int i)
{
    int n = 0;
    for (const char *at = form; (at = strchr(at, '$')); at++)
        n += (int)strtol(at + 1, NULL, 10) == i;
    return n;
}

static void find_needed(writer *w, lng_import_step *last)
{
    lng_importer *m = w->m;
    last->needed = true;
    last->uses = 1;
    for (size_t i = m->steps; i-- > 0;) {
        lng_import_step *s = m->step[i];
        for (int k = 0; s->needed && k < s->ins; k++) {
            if (s->in[k]->param)
                w->param[s->in[k]->param - 1] = true;
            if (!s->in[k]->from)
                continue;
            s->in[k]->from->needed = true;
            s->in[k]->from->uses += s->form ? occurrences(s->form, k) : 1;
            s->in[k]->from->reader = s;
        }
    }
}

static void find_inlined(writer *w)
{
    for (size_t i = 0; i < w->m->steps; i++) {
        lng_import_step *s = w->m->step[i];
        s->length = s->form ? strlen(s->form) : 0;
        for (int k = 0; s->needed && k < s->ins; k++) {
            lng_import_step *from = s->in[k]->from;
            const size_t each = !from ? strlen(s->in[k]->name) : 2;
            if (from && from->form && s->form && from->uses == 1 && s->length + from->length <= LINE) {
                from->inlined = true;
                s->length += from->length;
            } else
                s->length += each;
        }
    }
}

static void choose_steps(writer *w)
{
    w->step = LNG_NEW_N(w->arena, w->m->steps + 1, lng_import_step *);
    for (size_t i = 0; i < w->m->steps; i++)
        if (w->m->step[i]->needed && !w->m->step[i]->inlined)
            w->step[w->steps++] = w->m->step[i];
}

/* ---- names ---- */
/* What a step reads of others than the one before it gets a name. */
static void find_named(const lng_import_step *s, const lng_import_step *before)
{
    for (int k = 0; k < s->ins; k++) {
        lng_import_step *from = s->in[k]->from;
        if (from && from->inlined)
            find_named(from, before);
        else if (from && from != before)
            from->named = true;
    }
}

/* "conv2d", "conv2d_2": how the language counts calls. */
static bool is_counted(const char *name, const char *base)
{
    const size_t n = strlen(base);
    if (strncmp(name, base, n) != 0 || (name[n] && name[n] != '_'))
        return false;
    return !name[n] || (isdigit((unsigned char)name[n + 1]) && name[n + 1 + strspn(name + n + 1, "0123456789")] == 0);
}

static lng_map *names_of_values(const writer *w)
{
    lng_map *taken = lng_map_new(w->arena);
    lng_map_put(taken, "label", taken);
    lng_map_put(taken, "target", taken);
    for (size_t i = 0; i < w->m->fields; i++)
        lng_map_put(taken, w->m->field[i]->name, taken);
    for (size_t i = 0; i < w->m->params; i++)
        if (w->param[i])
            lng_map_put(taken, w->m->param[i].name, taken);
    for (size_t i = 0; i < w->steps; i++)
        if (w->step[i]->as)
            lng_map_put(taken, w->step[i]->as, taken);
    return taken;
}

/* The names that calls without `as` get. */
static void count_calls(const writer *w)
{
    const lng_map *taken = names_of_values(w);
    lng_map *counts = lng_map_new(w->arena);
    for (size_t i = 0; i < w->steps; i++) {
        lng_import_step *s = w->step[i];
        if (!s->block)
            continue;
        int *n = lng_map_get(counts, s->block);
        if (!n)
            lng_map_put(counts, s->block, n = LNG_NEW(w->arena, int));
        s->call = s->as;
        while (!s->as) {
            ++*n;
            s->call = *n == 1 ? s->block : lng_format(w->arena, "%s_%d", s->block, *n);
            if (!lng_map_get(taken, s->call))
                break;
        }
    }
}

static const char *kind_name(const writer *w, const lng_import_step *s)
{
    char *kind = lng_format(w->arena, "%s_1", s->kind);
    for (char *at = kind; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return lng_import_identifier(w->m, kind);
}

/* A layer keeps the name that it had, where the language does not give it the same. */
static void name_steps(writer *w)
{
    for (size_t i = 0; i < w->steps; i++)
        find_named(w->step[i], i ? w->step[i - 1] : NULL);
    for (size_t i = 0; i < w->steps; i++) {
        lng_import_step *s = w->step[i];
        s->wish = s->wish && *s->wish ? s->wish : NULL;
        if (s->wish && (s->named || !is_counted(s->wish, s->block)))
            s->as = lng_import_identifier(w->m, s->wish);
        else if (s->named)
            s->as = kind_name(w, s);
    }
    for (bool changed = true; changed;) {
        changed = false;
        count_calls(w);
        for (size_t i = 0; i < w->steps; i++) {
            lng_import_step *s = w->step[i];
            if (s->wish && !s->as && strcmp(s->call, s->wish) != 0) {
                s->as = lng_import_identifier(w->m, s->wish);
                changed = true;
            }
        }
    }
}

/* ---- expressions ---- */
static void put_form(lng_text *to, const lng_import_step *s, const lng_import_step *before);

/* alone: between parentheses or commas already. */
static void put_value(lng_text *to, const lng_import_value *v, const lng_import_step *before, bool alone)
{
    const lng_import_step *s = v->from;
    if (!s)
        lng_text_add(to, "%s", v->name);
    else if (!s->inlined)
        lng_text_add(to, "%s", s == before ? "it" : s->as);
    else {
        lng_text_add(to, "%s", s->infix && !alone ? "(" : "");
        put_form(to, s, before);
        lng_text_add(to, "%s", s->infix && !alone ? ")" : "");
    }
}

static void put_form(lng_text *to, const lng_import_step *s, const lng_import_step *before)
{
    for (const char *at = s->form; *at;) {
        if (*at != '$') {
            lng_text_put(to, at++, 1);
            continue;
        }
        char *end;
        const long k = strtol(at + 1, &end, 10);
        const bool opens = at == s->form ? *end == 0 : at[-1] == '(' || (at[-1] == ' ' && at - 1 > s->form && at[-2] == ',');
        put_value(to, s->in[k], before, opens && (*end == 0 || *end == ')' || *end == ','));
        at = end;
    }
}

static const char *expression(const writer *w, const lng_import_step *s, const lng_import_step *before)
{
    lng_text text = lng_text_new(w->arena);
    put_form(&text, s, before);
    return text.at;
}

/* ---- the chain ---- */
static void put_block(const writer *w, lng_doc *graph, const lng_import_step *s, const lng_import_step *before)
{
    const bool follows = before && s->in[0]->from == before;
    if (follows && !s->as && s->attributes->count == 0) {
        lng_doc_push(w->arena, graph, NULL, scalar(w, s->block));
        return;
    }
    lng_doc *step = mapping(w, false);
    lng_text from = lng_text_new(w->arena);
    lng_doc_set(w->arena, step, s->block, s->attributes);
    put_value(&from, s->in[0], before, true);
    if (!follows)
        set(w, step, "from", from.at);
    if (s->as)
        set(w, step, "as", s->as);
    lng_doc_push(w->arena, graph, NULL, step);
}

static void put_expression(const writer *w, lng_doc *graph, const lng_import_step *s, const lng_import_step *before)
{
    const char *text = expression(w, s, before);
    if (!s->as || strlen(text) > KEY)
        lng_doc_push(w->arena, graph, NULL, scalar(w, text));
    if (!s->as)
        return;
    lng_doc *step = mapping(w, false);
    set(w, step, strlen(text) > KEY ? "it" : text, "");
    set(w, step, "as", s->as);
    lng_doc_push(w->arena, graph, NULL, step);
}

static lng_doc *graph_of(const writer *w, const lng_import_value *out)
{
    lng_doc *graph = sequence(w);
    for (size_t i = 0; i < w->steps; i++)
        (w->step[i]->block ? put_block : put_expression)(w, graph, w->step[i], i ? w->step[i - 1] : NULL);
    if (w->steps == 0)
        lng_doc_push(w->arena, graph, NULL, scalar(w, out->name));
    return graph;
}

/* ---- weights ---- */
static void add_weight(writer *w, const char *name, const lng_import_weight *from)
{
    w->to->weight[w->to->weights++] = (lng_imported_weight){name, from->shape, from->at};
}

static void list_weights(writer *w)
{
    w->to->weight = LNG_NEW_N(w->arena, w->steps * LNG_IMPORT_WEIGHTS + w->m->params + 1, lng_imported_weight);
    for (size_t i = 0; i < w->steps; i++)
        for (int k = 0; k < w->step[i]->weights; k++)
            add_weight(w, lng_format(w->arena, "%s.%s", w->step[i]->call, w->step[i]->weight[k].name), &w->step[i]->weight[k]);
    for (size_t i = 0; i < w->m->params; i++)
        if (w->param[i])
            add_weight(w, w->m->param[i].name, &w->m->param[i]);
}

/* The sections of the model's own weights: those that are trained, and those that stay as they are. */
static void put_params(const writer *w, lng_doc *doc)
{
    lng_doc *params = mapping(w, false), *state = mapping(w, false), *update = mapping(w, false);
    for (size_t i = 0; i < w->m->params; i++) {
        const lng_import_weight *p = &w->m->param[i];
        if (w->param[i])
            set(w, p->fixed ? state : params, p->name, lng_format(w->arena, "zeros(%s)", lng_import_shape_text(w->m, p->shape)));
        if (w->param[i] && p->fixed)
            set(w, update, p->name, p->name);
    }
    if (params->count)
        lng_doc_set(w->arena, doc, "params", params);
    if (state->count)
        lng_doc_set(w->arena, doc, "state", state);
    if (state->count)
        lng_doc_set(w->arena, doc, "update", update);
}

/* ---- what is around the graph ---- */
/* How the model may be trained on, by what it computes at its end. */
typedef struct goal {
    const char *loss, *metric[2];
    bool classifies;
    lng_shape target;
} goal;

static goal goal_of(const lng_import_value *out)
{
    const lng_import_step *s = out->from;
    const lng_doc *given = s && s->attributes ? lng_doc_get(s->attributes, "activation") : NULL;
    const char *last = given ? given->text : s && s->block ? s->block : "";
    const lng_shape stored = lng_import_stored(out), shape = stored.rank ? stored : lng_shape_of(1, (int64_t)1);
    const bool row = shape.rank == 1 && shape.dim[0] > 1;
    if (row && strcmp(last, "softmax") == 0)
        return (goal){"cross_entropy(out, label)", {"accuracy(out, label)", "auc(out, label)"}, true, {0}};
    if (row && strcmp(last, "dense") == 0)
        return (goal){"softmax_cross_entropy(out, label)", {"accuracy(out, label)", NULL}, true, {0}};
    if (strcmp(last, "sigmoid") == 0)
        return (goal){"binary_cross_entropy(out, target)", {NULL}, false, shape};
    return (goal){"mse(out, target)", {"mae(out, target)", NULL}, false, shape};
}

static const lng_data_field *field_like(const lng_data_spec *d, lng_shape shape, bool class)
{
    for (size_t i = 0; i < d->fields; i++)
        if (class ? d->field[i].dtype == LNG_I32 && d->field[i].shape.rank == 0
                  : d->field[i].dtype == LNG_F32 && lng_shape_equal(d->field[i].shape, shape))
            return &d->field[i];
    return NULL;
}

static bool check_data(const writer *w, const lng_data_spec *d, const goal *g)
{
    char text[LNG_SHAPE_TEXT];
    const lng_import_value *v = w->m->field[0];
    const lng_data_field *f = field_like(d, lng_import_stored(v), false);
    if (w->m->fields != 1 || !f)
        return lng_error(w->m->errors, LNG_E_ONNX, (lng_place){.source = w->m->source},
                         "the data set %s has no field like the input `%s`, of shape %s", d->name, v->tensor,
                         lng_shape_text(text, lng_import_stored(v)));
    if (!g->classifies || !field_like(d, (lng_shape){0}, true))
        return lng_error(w->m->errors, LNG_E_ONNX, (lng_place){.source = w->m->source},
                         "the data set %s is one of classes, and the model's output is no score for each class", d->name);
    w->m->field[0]->name = f->name;
    return true;
}

static lng_doc *data_of(const writer *w, const lng_import_frame *f, const goal *g, int64_t classes)
{
    lng_doc *data = mapping(w, f->data != NULL), *validation = mapping(w, true);
    set(w, validation, "last", "0.1");
    if (f->data) {
        set(w, data, "source", f->data->name);
        lng_doc_set(w->arena, data, "validation", validation);
        return data;
    }
    lng_doc *source = mapping(w, false), *fields = mapping(w, false), *train = mapping(w, true);
    set(w, source, "name", f->name);
    set(w, source, "format", "npz");
    if (g->classifies)
        set(w, source, "classes", lng_format(w->arena, "%lld", (long long)classes));
    for (size_t i = 0; i < w->m->fields; i++)
        lng_doc_set(w->arena, fields, w->m->field[i]->name, shape_doc(w, lng_import_stored(w->m->field[i])));
    if (g->classifies)
        set(w, fields, "label", "class");
    else
        lng_doc_set(w->arena, fields, "target", shape_doc(w, g->target));
    set(w, train, "file", "train.npz");
    lng_doc_set(w->arena, source, "fields", fields);
    lng_doc_set(w->arena, source, "train", train);
    lng_doc_set(w->arena, data, "source", source);
    lng_doc_set(w->arena, data, "validation", validation);
    return data;
}

static const char *ports_of(const writer *w, const goal *g)
{
    lng_text ports = lng_text_new(w->arena);
    for (size_t i = 0; i < w->m->fields; i++)
        lng_text_add(&ports, "%s%s, ", w->m->field[i]->name, lng_import_shape_text(w->m, lng_import_stored(w->m->field[i])));
    lng_text_add(&ports, g->classifies ? "label" : "target%s", lng_import_shape_text(w->m, g->target));
    return ports.at;
}

static void put_training(const writer *w, const lng_import_frame *f, const goal *g, lng_doc *doc)
{
    lng_doc *train = mapping(w, false), *start = mapping(w, true), *report = mapping(w, false), *metrics = sequence(w);
    set(w, start, "from", f->start);
    lng_doc_set(w->arena, train, "start", start);
    set(w, train, "loss", g->loss);
    set(w, train, "optimizer", "adam(lr=1e-4)");
    lng_doc_set(w->arena, doc, "train", train);
    for (int i = 0; i < 2 && g->metric[i]; i++)
        lng_doc_push(w->arena, metrics, NULL, scalar(w, g->metric[i]));
    lng_doc_set(w->arena, report, "metrics", metrics);
    if (metrics->count)
        lng_doc_set(w->arena, doc, "report", report);
}

static lng_imported_port port_of(const lng_import_value *v, const char *name)
{
    return (lng_imported_port){v->tensor, name, v->shape, lng_import_stored(v), v->order == LNG_IMPORT_LAST};
}

static void list_ports(const writer *w, const lng_import_value *out)
{
    w->to->out = port_of(out, "out");
    w->to->fields = w->m->fields;
    w->to->field = LNG_NEW_N(w->arena, w->m->fields + 1, lng_imported_port);
    for (size_t i = 0; i < w->m->fields; i++)
        w->to->field[i] = port_of(w->m->field[i], w->m->field[i]->name);
}

void lng_import_write(lng_importer *m, lng_import_value *out, const lng_import_frame *f, lng_imported *to)
{
    writer w = {.m = m, .arena = m->arena, .to = to, .param = LNG_NEW_N(m->arena, m->params + 1, bool)};
    const goal g = goal_of(out);
    if (f->data && !check_data(&w, f->data, &g))
        return;
    if (out->from)
        find_needed(&w, out->from);
    find_inlined(&w);
    choose_steps(&w);
    name_steps(&w);
    lng_doc *doc = to->doc = mapping(&w, false);
    set(&w, doc, "lngraph", "1");
    set(&w, doc, "name", f->name);
    lng_doc_set(m->arena, doc, "data", data_of(&w, f, &g, out->shape.rank ? out->shape.dim[0] : 0));
    set(&w, doc, "in", ports_of(&w, &g));
    put_params(&w, doc);
    lng_doc_set(m->arena, doc, "graph", graph_of(&w, out));
    put_training(&w, f, &g, doc);
    list_weights(&w);
    list_ports(&w, out);
}
