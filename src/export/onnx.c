/* A model as ONNX: the checks, and the file (onnx.h). */
#include "export/onnx.h"
#include "base/json.h"
#include "config.h"
#include <string.h>

/* A field, or what is drawn: ONNX draws other numbers, and no two programs the same. */
static bool is_input(const lng_node *n)
{
    return n->op == &lng_op_input || (n->op->flags & LNG_OP_RANDOM);
}

/* ---- checks ---- */
/* By id: whether a second result is read. */
static const bool *winners_read(lng_arena *arena, const lng_graph *g, const bool *live)
{
    bool *read = LNG_NEW_N(arena, g->nodes + 1, bool);
    for (size_t i = 0; i < g->nodes; i++)
        for (int k = 0; live[i] && k < g->node[i]->n_in; k++)
            if (g->node[i]->in[k]->port > 0)
                read[g->node[i]->in[k]->node->id] = true;
    return read;
}

static bool check(lng_onnx *o, const bool *live)
{
    const lng_graph *g = o->graph;
    bool good = true;
    for (size_t i = 0; i < g->nodes; i++) {
        const lng_node *n = g->node[i];
        const bool across = n->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS);
        if (!live[i] || is_input(n) || (!n->out[0].per_example && !across))
            continue;
        const char *lacks = lng_onnx_lacks(n->op);
        if (lacks)
            good = lng_error(o->errors, LNG_E_NOT_YET, n->place, "`%s` cannot be exported to ONNX: %s (%s)", n->op->name, lacks,
                             n->name ? n->name : n->op->name);
    }
    return good;
}

/* ---- the file ---- */
static void put_property(lng_text *to, const char *key, const char *value)
{
    lng_text t = lng_text_new(to->arena);
    lng_proto_string(&t, 1, key);
    lng_proto_string(&t, 2, value);
    lng_proto_bytes(to, 14, t.at, t.length);
}

/* A list of names, as JSON. */
static void put_names(lng_text *to, const char *key, const char *const *name, int64_t n)
{
    lng_json json = lng_json_new(to->arena, 0);
    lng_json_array(&json, NULL);
    for (int64_t i = 0; name && i < n; i++)
        lng_json_string(&json, NULL, name[i]);
    lng_json_end_array(&json);
    if (name)
        put_property(to, key, json.text.at);
}

static void put_model(const lng_onnx *o, const lng_onnx_program *p, const lng_text *graph, lng_text *to)
{
    lng_text opset = lng_text_new(to->arena);
    lng_proto_string(&opset, 1, "");
    lng_proto_int(&opset, 2, LNG_ONNX_OPSET);
    lng_proto_int(to, 1, 8); /* the version of the format that came with the opset */
    lng_proto_string(to, 2, PACKAGE_NAME);
    lng_proto_string(to, 3, PACKAGE_VERSION);
    lng_proto_int(to, 5, 1);
    lng_proto_string(to, 6, p->note ? p->note : "");
    lng_proto_bytes(to, 7, graph->at, graph->length);
    lng_proto_bytes(to, 8, opset.at, opset.length);
    put_property(to, "title", p->title);
    put_names(to, "names", p->meaning->name, p->meaning->names);
    lng_text_put(to, o->properties.at, o->properties.length);
}

static bool emit_node(lng_onnx *o, const lng_node *n)
{
    if (!n->out[0].per_example || is_input(n))
        return true;
    o->scope = n->name && *n->name ? n->name : n->op->name;
    return lng_onnx_row_of(n->op)->emit(o, n);
}

/* Those that have a node that is needed: what a loop leaves is needed with what it is made of. */
static bool *loops_that_run(const lng_onnx *o, const bool *live)
{
    bool *runs = LNG_NEW_N(o->arena, o->graph->loops + 1, bool);
    for (size_t i = 0; i < o->graph->nodes; i++)
        if (live[i] && o->graph->node[i]->loop)
            runs[o->graph->node[i]->loop->number] = true;
    return runs;
}

static bool emit(lng_onnx *o, const bool *live)
{
    size_t n;
    const lng_entry *entry = lng_graph_order(o->graph, o->arena, &n);
    const bool *runs = loops_that_run(o, live);
    bool good = true;
    for (size_t i = 0; i < n && good; i++) {
        const lng_entry *e = &entry[i];
        if (e->what == LNG_ENTRY_NODE)
            good = !live[e->node->id] || emit_node(o, e->node);
        else if (runs[e->loop->number] && e->what == LNG_ENTRY_BEGIN)
            lng_onnx_loop_begin(o, e->loop);
        else if (runs[e->loop->number])
            lng_onnx_loop_end(o);
    }
    return good;
}

/* ---- inputs ---- */
static void take(lng_onnx *o, const lng_value *v, const char *name, const char *as)
{
    o->some = o->some ? o->some : v;
    lng_onnx_result(o, v, as, LNG_ONNX_AS_IS);
    lng_onnx_port(&o->inputs, 11, name, v->dtype, v->shape, true);
}

static void take_field(lng_onnx *o, const lng_onnx_field *f, const lng_value *v)
{
    lng_map_put(o->names, f->name, o);
    take(o, v, f->name, lng_onnx_prepared(o, f, v->shape));
    if (!f->spec)
        return;
    put_names(&o->properties, lng_format(o->arena, "columns.%s", f->name), f->spec->column, (int64_t)f->spec->columns);
    put_names(&o->properties, lng_format(o->arena, "names.%s", f->name), f->spec->word, f->spec->words);
}

static void take_draw(lng_onnx *o, const lng_node *n)
{
    const char *name = lng_onnx_new_name(o, n->name);
    take(o, &n->out[0], name, name);
    put_property(&o->properties, lng_format(o->arena, "draws.%s", name), n->op->name);
}

/* The first of them tells the number of examples. */
static bool take_inputs(lng_onnx *o, const lng_onnx_program *p, const bool *live)
{
    const lng_value **reads = LNG_NEW_N(o->arena, p->fields + 1, const lng_value *);
    lng_graph_reads(o->graph, o->arena, reads);
    for (size_t i = 0; i < p->fields; i++)
        if (reads[i])
            take_field(o, &p->field[i], reads[i]);
    for (size_t i = 0; i < o->graph->nodes; i++)
        if (live[i] && o->graph->node[i]->out[0].per_example && (o->graph->node[i]->op->flags & LNG_OP_RANDOM))
            take_draw(o, o->graph->node[i]);
    return o->some || lng_error(o->errors, LNG_E_NOT_YET, (lng_place){0},
                                "a model that reads no field, and draws nothing, cannot be exported to ONNX");
}

bool lng_onnx_write(const lng_onnx_program *p, lng_text *to, lng_errors *errors)
{
    lng_arena *arena = to->arena;
    lng_onnx_body body = {.nodes = lng_text_new(arena)};
    lng_onnx onnx = {.arena = arena,
                     .errors = errors,
                     .graph = p->graph,
                     .body = &body,
                     .carried = LNG_NEW_N(arena, p->graph->nodes + 1, const char *),
                     .names = lng_map_new(arena),
                     .constants = lng_map_new(arena)},
             *o = &onnx;
    const lng_value *out = lng_graph_find_output(p->graph, "out");
    const bool *live = lng_graph_live(p->graph, arena);
    lng_text graph = lng_text_new(arena);
    o->inputs = lng_text_new(arena);
    o->properties = lng_text_new(arena);
    o->initializers = lng_text_new(arena);
    o->attributes = lng_text_new(arena);
    for (int i = 0; i < LNG_ONNX_ORDERS; i++)
        o->name[i] = LNG_NEW_N(arena, p->graph->nodes * LNG_MAX_OUT + 1, const char *);
    lng_map_put(o->names, "out", o);
    lng_map_put(o->names, "", o);
    o->winners = winners_read(arena, p->graph, live);
    if (!check(o, live) || !take_inputs(o, p, live))
        return false;
    o->shared = lng_reference_run(arena, p->graph, false, NULL, 0, p->context, lng_export_variable, (void *)p->store);
    if (!emit(o, live))
        return false;
    o->scope = "out";
    lng_onnx_finish(o, lng_onnx_batched(o, out), "out");
    lng_proto_string(&graph, 2, p->title);
    lng_text_put(&graph, o->inputs.at, o->inputs.length);
    lng_text_put(&graph, body.nodes.at, body.nodes.length);
    lng_text_put(&graph, o->initializers.at, o->initializers.length);
    lng_onnx_port(&graph, 12, "out", out->dtype, out->shape, true);
    put_model(o, p, &graph, to);
    return to->length <= INT32_MAX ||
           lng_error(errors, LNG_E_LIMIT, (lng_place){0}, "the model takes more than 2 GB, the most that an ONNX file can hold");
}
