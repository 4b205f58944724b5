/* DOT (Graphviz): the live nodes of a graph and the values that flow between them. */
#include "export/export.h"

static void quoted(lng_text *out, const char *text)
{
    lng_text_put(out, "\"", 1);
    for (; *text; text++)
        lng_text_add(out, *text == '"' || *text == '\\' ? "\\%c" : *text == '\n' ? "\\n" : "%c", *text);
    lng_text_put(out, "\"", 1);
}

static void write_node(const lng_node *node, lng_text *out)
{
    const lng_value *v = &node->out[0];
    const bool stored = node->op->flags & LNG_OP_STORED;
    char shape[LNG_SHAPE_TEXT];
    const char *text = lng_shape_text(shape, v->shape);
    const char *label = node->name
                            ? lng_format(out->arena, "%s\n%s\n%s %s", node->op->name, node->name, lng_dtype_name(v->dtype), text)
                            : lng_format(out->arena, "%s\n%s %s", node->op->name, lng_dtype_name(v->dtype), text);
    lng_text_add(out, "  n%d [label=", node->id);
    quoted(out, label);
    lng_text_add(out, ", %s];\n", stored ? "shape=cylinder" : v->per_example ? "shape=box" : "shape=box, style=rounded");
    for (int i = 0; i < node->n_in; i++)
        if (node->in[i])
            lng_text_add(out, "  n%d -> n%d;\n", node->in[i]->node->id, node->id);
}

static void write_end(const lng_output *end, size_t i, const char *kind, const char *style, lng_text *out)
{
    lng_text_add(out, "  %s%zu [label=", kind, i);
    quoted(out, end->name);
    lng_text_add(out, ", %s];\n  n%d -> %s%zu;\n", style, end->value->node->id, kind, i);
}

void lng_dot_write(const lng_graph *graph, const char *name, lng_text *out)
{
    const bool *live = lng_graph_live(graph, out->arena);
    lng_text_add(out, "digraph ");
    quoted(out, name);
    lng_text_add(out, " {\n  node [fontname=\"sans-serif\", fontsize=10];\n");
    for (size_t i = 0; i < graph->nodes; i++)
        if (live[graph->node[i]->id])
            write_node(graph->node[i], out);
    for (size_t i = 0; i < graph->outputs; i++)
        write_end(&graph->output[i], i, "out", "shape=ellipse", out);
    for (size_t i = 0; i < graph->updates; i++)
        write_end(&graph->update[i], i, "update", "shape=ellipse, style=dashed", out);
    lng_text_add(out, "}\n");
}
