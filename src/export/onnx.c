/* A model as ONNX: the checks, and the file (onnx.h). */
#include "export/onnx.h"
#include "base/json.h"
#include "config.h"
#include <string.h>

/* ---- checks ---- */
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
    const bool *winners = winners_read(o->arena, g, live);
    bool good = true;
    for (size_t i = 0; i < g->nodes; i++) {
        const lng_node *n = g->node[i];
        const bool across = n->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS);
        if (!live[i] || n->op == &lng_op_input || (!n->out[0].per_example && !across))
            continue;
        const char *lacks = winners[i] ? "the index of the largest is read" : lng_onnx_lacks(n->op);
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

static void put_classes(const lng_meaning *m, lng_text *to)
{
    lng_json json = lng_json_new(to->arena, 0);
    lng_json_array(&json, NULL);
    for (int64_t i = 0; m->name && i < m->names; i++)
        lng_json_string(&json, NULL, m->name[i]);
    lng_json_end_array(&json);
    if (m->name)
        put_property(to, "names", json.text.at);
}

static void put_model(const lng_onnx_program *p, const lng_text *graph, lng_text *to)
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
    put_classes(p->meaning, to);
}

static bool emit_node(lng_onnx *o, const lng_node *n)
{
    if (!n->out[0].per_example || n->op == &lng_op_input)
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

/* The fields become inputs, and the first of them tells the number of examples. */
static bool take_fields(lng_onnx *o, const lng_onnx_program *p, lng_text *graph)
{
    const lng_value **reads = LNG_NEW_N(o->arena, p->fields + 1, const lng_value *);
    lng_graph_reads(o->graph, o->arena, reads);
    for (size_t i = 0; i < p->fields; i++)
        if (reads[i]) {
            o->some = o->some ? o->some : reads[i];
            lng_map_put(o->names, p->field[i], o);
            lng_onnx_result(o, reads[i], p->field[i], LNG_ONNX_AS_IS);
            lng_onnx_port(graph, 11, p->field[i], reads[i]->dtype, reads[i]->shape, true);
        }
    return o->some || lng_error(o->errors, LNG_E_NOT_YET, (lng_place){0}, "a model that reads no field cannot be exported to ONNX");
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
    o->initializers = lng_text_new(arena);
    o->attributes = lng_text_new(arena);
    for (int i = 0; i < LNG_ONNX_ORDERS; i++)
        o->name[i] = LNG_NEW_N(arena, p->graph->nodes * LNG_MAX_OUT + 1, const char *);
    lng_map_put(o->names, "out", o);
    lng_map_put(o->names, "", o);
    if (!check(o, live) || !take_fields(o, p, &graph))
        return false;
    o->shared = lng_reference_run(arena, p->graph, false, NULL, 0, p->context, lng_export_variable, (void *)p->store);
    if (!emit(o, live))
        return false;
    o->scope = "out";
    lng_onnx_finish(o, lng_onnx_batched(o, out), "out");
    lng_proto_string(&graph, 2, p->title);
    lng_text_put(&graph, body.nodes.at, body.nodes.length);
    lng_text_put(&graph, o->initializers.at, o->initializers.length);
    lng_onnx_port(&graph, 12, "out", out->dtype, out->shape, true);
    put_model(p, &graph, to);
    return to->length <= INT32_MAX ||
           lng_error(errors, LNG_E_LIMIT, (lng_place){0}, "the model takes more than 2 GB, the most that an ONNX file can hold");
}
